//! Every business rule: its id, whether it blocks or warns, and its sentence.
//!
//! `block` means that the record would make no sense. `warn` records the event with the rule's
//! id in it. No rule says that a cost is ineligible: only the controller rules on that.

use serde::Serialize;
use serde_json::{Map, Value};

/// What follows from breaking a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The caller may not do this (HTTP 403).
    Forbid,
    /// The event is refused (HTTP 422).
    Block,
    /// The event is recorded with a warning in it.
    Warn,
}

macro_rules! rules {
    ($($variant:ident: $severity:ident = $id:literal, $sentence:literal;)*) => {
        /// A business rule.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Rule {
            $($variant,)*
        }

        impl Rule {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The stable name of the rule: part of the contract.
            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)*
                }
            }

            pub const fn severity(self) -> Severity {
                match self {
                    $(Self::$variant => Severity::$severity,)*
                }
            }

            /// The rule in one sentence.
            pub const fn sentence(self) -> &'static str {
                match self {
                    $(Self::$variant => $sentence,)*
                }
            }
        }
    };
}

rules! {
    // Who may post.
    ProjectBeginsByImport: Forbid = "project_begins_by_import", "A project begins by `cairn import`, by whoever can open the database.";
    OperatorOnlyBegins: Forbid = "operator_only_begins", "The operator registers the project, its partners and its first lead, and grants a lead when none is left; all else has a member as its actor.";
    TransferPartnerHasNoCosts: Forbid = "transfer_partner_has_no_costs", "A transfer partner observes and learns; it is paid by lump sum and declares no costs.";
    RoleMayNotPost: Forbid = "role_may_not_post", "This role does not post events of this type; schema/policy.csv says who does.";
    ItemOfAnotherPartner: Forbid = "item_of_another_partner", "The item belongs to another partner, whose members post for it; the lead may do so on its behalf.";
    LeadPostsOnBehalf: Forbid = "lead_posts_on_behalf", "The lead posts this for another partner only with `onbehalfof` and a reason.";
    OwnLessonNotCorroborated: Forbid = "own_lesson_not_corroborated", "A lesson is corroborated by another organisation than its author's.";
    OnBehalfOfIsForTheLead: Forbid = "on_behalf_of_is_for_the_lead", "Only the lead acts on behalf of others.";
    NothingToActOnBehalf: Forbid = "nothing_to_act_on_behalf", "The one named in `onbehalfof` does not post events of this type. Leave `onbehalfof` out, or name the one whose decision it is.";
    ControllerDecides: Forbid = "controller_decides", "This is the controller's to say; the lead records it with `onbehalfof` `controller` and the document in which it was said.";
    ChooseMembership: Forbid = "choose_membership", "Who acts for several partners or in several roles says for which: `source` is `/partners/N`.";

    // The form of an event.
    DataMalformed: Block = "data_malformed", "`data` has the form that the schema of the event type gives.";

    // Every event.
    OccurredInFuture: Block = "occurred_in_future", "An event is recorded on the day it occurred or later.";
    OccurredTooEarly: Block = "occurred_too_early", "An event is of 1 January 1999 or later, since there was no euro before.";
    OccurredOnDocumentDate: Block = "occurred_on_document_date", "A line on an invoice occurs on the invoice's date, a payment on the date it was made, a contract and its changes on the date of their document.";
    ReasonMissing: Block = "reason_missing", "Who acts on behalf of another says why in `reason`.";
    EvidenceMissing: Block = "evidence_missing", "This event needs at least one document as evidence.";
    EvidenceNotUploaded: Block = "evidence_not_uploaded", "Held evidence has been uploaded before an event names it; a document elsewhere has its `uri`.";
    ProjectNotRegistered: Block = "project_not_registered", "The project is registered before anything else.";
    PartnerUnknown: Block = "partner_unknown", "A partner is named by the number under which it joined.";
    NumberOutOfRange: Block = "number_out_of_range", "Partners, milestones and versions of the application form are numbered from 1 to 999.";
    CodeUnknown: Block = "code_unknown", "A code stands in an approved application form.";
    CodeNotInForm: Warn = "code_not_in_form", "The code stands in an earlier application form, not in the one in force on that day.";
    CodesDisagree: Block = "codes_disagree", "Codes of one event belong to the same work package and activity.";

    // Project, contract, partners, members.
    ProjectRegisteredAlready: Block = "project_registered_already", "A project is registered once.";
    PeriodReversed: Block = "period_reversed", "A period ends on or after the day it starts, a membership on the day of its grant or later; thematic costs end no later than the project.";
    LanguagesMissing: Block = "languages_missing", "A project has at least one language.";
    ContractSignedAlready: Block = "contract_signed_already", "The subsidy contract is signed once; a change is an amendment.";
    ErdfAboveRate: Block = "erdf_above_rate", "The ERDF amount is at most the total times the contract's rate.";
    ContractAmountNotPositive: Block = "contract_amount_not_positive", "The amounts of a contract are more than nothing.";
    PaymentSharesAboveWhole: Block = "payment_shares_above_whole", "The payment shares sum to at most the whole.";
    AmendmentNotRising: Block = "amendment_not_rising", "The amendments of the contract are numbered, and the numbers rise.";
    PartnerNumberTaken: Block = "partner_number_taken", "A partner's number is given once.";
    SecondLeadPartner: Block = "second_lead_partner", "A project has one lead partner.";
    TransferPartnerOfSameState: Block = "transfer_partner_of_same_state", "A transfer partner is of another member state than the lead partner.";
    NothingChanges: Block = "nothing_changes", "A change says what is different from now on.";
    LeadPartnerStays: Block = "lead_partner_stays", "The lead partner does not leave its project.";
    PartnerWithdrawnAlready: Block = "partner_withdrawn_already", "A partner leaves once.";
    PartnerWithdrawn: Block = "partner_withdrawn", "A partner does no work and has no costs after its last day in the partnership.";
    WithdrawnPartnerOwnsItems: Warn = "withdrawn_partner_owns_items", "Who is responsible for items of the plan hands them over before it leaves, and gets no new ones.";
    WithdrawnPartnerHasOpenLines: Warn = "withdrawn_partner_has_open_lines", "Lines of a partner that leaves stay as they are; unpaid ones are paid before the final claim.";
    MemberRoleNotOfPartner: Block = "member_role_not_of_partner", "A member has the role of its partner; expert, controller, programme and auditor have no partner.";
    MemberGrantedAlready: Block = "member_granted_already", "The same membership is not granted twice.";
    MemberOfAnother: Block = "member_of_another", "Who is a member already, and not of this partner, gets a further membership from the lead only.";
    MemberUnknown: Block = "member_unknown", "A membership that is revoked was granted before.";
    AuditorNeedsEnd: Block = "auditor_needs_end", "An auditor's membership has a last day.";
    LeadAndController: Block = "lead_and_controller", "One subject is never lead and controller in one project.";
    LastLeadStays: Block = "last_lead_stays", "The last lead of a project is not revoked.";

    // The application form.
    FormVersionNotRising: Block = "form_version_not_rising", "The versions of the application form rise.";
    ContractNotSigned: Block = "contract_not_signed", "The subsidy contract is recorded before an application form, an amendment or a payment of the fund.";
    CodeTwice: Block = "code_twice", "A code stands once in a form.";
    CodeWithoutParent: Block = "code_without_parent", "Every code has its parent in the same form: a deliverable its activity, all others their work package.";
    CodeReused: Block = "code_reused", "A code of an earlier version that means something else now says so with `was` or `new: true`.";
    WasUnknown: Block = "was_unknown", "`was` names a code of an earlier version.";
    TargetMissing: Block = "target_missing", "An output is planned at least once.";
    ItemMovedTwice: Block = "item_moved_twice", "An item of an earlier version goes on under one code.";
    BudgetCellTwice: Block = "budget_cell_twice", "A partner, work package and category have one cell.";
    AmountNegative: Block = "amount_negative", "A planned amount is not negative.";
    BudgetNotContract: Block = "budget_not_contract", "The budget cells sum to the contract's total, the partners' ERDF to the contract's ERDF.";
    FinancingNotBudget: Block = "financing_not_budget", "A partner's ERDF and contributions sum to its budget cells.";
    FlatRateOfItself: Block = "flat_rate_of_itself", "A flat rate is taken of categories that are neither flat rates nor lump sums.";
    LumpSumNotBudget: Block = "lump_sum_not_budget", "The lump sums of a partner and work package sum to its lump-sum cell.";
    OwnShareLow: Warn = "own_share_low", "Every partner brings its own share of its budget.";
    FlatRateNotPlanned: Warn = "flat_rate_not_planned", "A planned flat-rate cell is the rate of its planned base, rounded down.";

    // Changes.
    ChangeKnown: Block = "change_known", "A change's number is given once.";
    ChangeUnknown: Block = "change_unknown", "A change is recorded before it is decided on or carried out by a form.";
    ChangeNotRequested: Block = "change_not_requested", "What is decided on was asked for.";
    ChangeDecidedAlready: Block = "change_decided_already", "A change is decided on once.";
    FormMovesWithoutChange: Warn = "form_moves_without_change", "A form that shifts money names the changes that it carries out.";
    ChangeNotApproved: Warn = "change_not_approved", "A form carries out changes that were notified or approved.";
    MajorChangeIsRequested: Block = "major_change_is_requested", "A major change, and one of the contract's total, is asked for and not only notified.";
    DeltasNotBalanced: Block = "deltas_not_balanced", "The deltas of a budget change sum to nothing, unless the contract's total changes.";
    DeltaAbovePlanned: Warn = "delta_above_planned", "From a budget cell no more is taken than is planned there.";
    TechnicalChangeMovesMoney: Warn = "technical_change_moves_money", "A technical change moves no money.";
    ShiftAboveThreshold: Warn = "shift_above_threshold", "What is shifted in the budget without the programme's approval stays within the project's threshold.";

    // Rates and milestones.
    MonthInvalid: Block = "month_invalid", "A month has a year of the euro and a number from 1 to 12.";
    RateTwice: Block = "rate_twice", "A currency has one rate in a month, and the euro has none.";
    RatesChanged: Warn = "rates_changed", "Other rates for a known month replace the ones before.";
    RatePolicyIncomplete: Block = "rate_policy_incomplete", "An irrevocable rate has its value, a monthly one has none, and the euro needs no policy.";
    IrrevocableRateDiffers: Warn = "irrevocable_rate_differs", "The irrevocable rate of a currency is the one that the Council fixed, with all its digits.";
    MilestoneKnown: Block = "milestone_known", "A milestone's number is given once, unless `replaces` says that it is planned anew.";
    MilestonesMany: Warn = "milestones_many", "A Monitoring Plan has at most about two milestones in twelve months.";

    // Delivery.
    BeforeProjectStart: Block = "before_project_start", "Work is done from the project's first day on.";
    CompletedAgain: Warn = "completed_again", "An activity is completed once; what is said again replaces the day.";
    CompletedBeforeStart: Warn = "completed_before_start", "An activity is completed on the day it was started or later.";
    ProgressAfterCompletion: Warn = "progress_after_completion", "A completed activity has no further progress.";
    OutsideWorkPackageWindow: Warn = "outside_work_package_window", "The day lies within the window of the work package's type.";
    NotTheLatestSubmission: Block = "not_the_latest_submission", "What is reviewed is the latest submission, and it has not been reviewed yet.";
    OwnSubmissionReviewed: Block = "own_submission_reviewed", "A submission is reviewed by another person than the one who submitted it.";
    RemarkMissing: Block = "remark_missing", "Who returns a submission says what is to be mended.";
    NothingToWithdraw: Block = "nothing_to_withdraw", "What is withdrawn was submitted, and was not withdrawn before.";
    AcceptedStays: Block = "accepted_stays", "A submission that was accepted stays; a new edition is handed in instead.";
    QuantityZero: Block = "quantity_zero", "Of an output something was achieved, or something is taken back.";
    QuantityReasonMissing: Block = "quantity_reason_missing", "Who takes back some of what was achieved says why.";
    OutputBelowNothing: Block = "output_below_nothing", "No more is taken back of an output than was achieved.";
    ForecastOfNoItem: Block = "forecast_of_no_item", "A forecast is one of an activity, a deliverable or an output.";
    ForecastAfterDone: Warn = "forecast_after_done", "What is done has no further forecast.";
    IndicatorUnknown: Block = "indicator_unknown", "An indicator stands in an approved application form.";
    IndicatorReportedAlready: Block = "indicator_reported_already", "A partner reports an indicator once for a period; what was wrong is corrected.";
    ValueNegative: Block = "value_negative", "The value of an indicator and of its groups is not negative.";
    GroupsNotValue: Warn = "groups_not_value", "The groups of a value sum to it.";
    IndicatorReportUnknown: Block = "indicator_report_unknown", "A report of an indicator is named by the id of the event that made it.";
    ValueValidatedAlready: Block = "value_validated_already", "A value is validated once; a corrected one anew.";
    OwnValueValidated: Block = "own_value_validated", "A value is validated by another person than the one who stated it.";
    MilestoneUnknown: Block = "milestone_unknown", "A milestone is planned before it is met, missed or reviewed.";
    MilestoneMetAlready: Block = "milestone_met_already", "A milestone is met once, and stays met.";
    ReviewOfNothing: Block = "review_of_nothing", "A review looks at one milestone or more.";
    MilestoneBeforeItems: Warn = "milestone_before_items", "A milestone is met on the day its last item was accepted or completed, or later.";
    MilestoneMissedEarly: Warn = "milestone_missed_early", "A milestone is missed once its due day is past.";
    MilestoneOutsideProject: Warn = "milestone_outside_project", "A milestone is due between the project's first and last day.";
    MilestoneOfNothing: Warn = "milestone_of_nothing", "A milestone is built from items of the plan.";
    MilestoneItemsOpen: Warn = "milestone_items_open", "A milestone is met when all its items are accepted or completed.";
    MilestoneReasonMissing: Block = "milestone_reason_missing", "Who calls a milestone met while an item is open says why.";
    ReportNumberUnfit: Block = "report_number_unfit", "Annual reports are numbered from 1 to the number of calendar years of the project.";
    ReportNumberSkips: Block = "report_number_skips", "An annual report is handed in after the one before it.";
    ReportPeriodGap: Warn = "report_period_gap", "The period of a report begins on the day after the one before it ends.";
    ReportPeriodsOutOfOrder: Block = "report_periods_out_of_order", "The periods of annual reports follow each other in the order of their numbers and have no day in common.";
    ReportVersionUnknown: Block = "report_version_unknown", "An annual report shows the project at a version that was recorded before the report was posted.";
    ReportVersionFalls: Block = "report_version_falls", "An annual report shows the project at no earlier version than the reports that were handed in before it.";
    ReportWaits: Block = "report_waits", "An annual report is handed in again once the programme has asked for a clarification.";
    ReportApprovedAlready: Block = "report_approved_already", "An approved annual report takes no further event.";
    ReportNotSubmitted: Block = "report_not_submitted", "An annual report is asked about or approved after it was handed in.";
    ClarificationOpen: Block = "clarification_open", "Once a clarification of an annual report is asked for, the next thing is that the report is handed in again or approved.";
    ClarificationDuePassed: Warn = "clarification_due_passed", "The day by which a clarification is due is not before the day on which it is asked for.";

    // Risks, issues, decisions, communication.
    RiskScaleOutOfRange: Block = "risk_scale_out_of_range", "The probability and the impact of a risk are from 1 to 5.";
    RiskUnknown: Block = "risk_unknown", "A risk is named by the id of the event that recorded it.";
    RiskClosed: Block = "risk_closed", "A closed risk is not assessed again; one that comes back is a new risk.";
    IssueUnknown: Block = "issue_unknown", "An issue is named by the id of the event that raised it.";
    IssueResolvedAlready: Block = "issue_resolved_already", "An issue is resolved once; one that comes back is a new issue.";
    BeforeWhatItAnswers: Block = "before_what_it_answers", "What answers, settles or judges something is of its day or later.";
    DecisionOfAnother: Block = "decision_of_another", "A decision is superseded by the partner that recorded it, or by the lead.";
    DecisionUnknown: Block = "decision_unknown", "A decision that is superseded is named by the id of the event that recorded it.";
    DayPassedAlready: Block = "day_passed_already", "The day by which something is to be done is the event's own day or later.";
    EmblemNotShown: Warn = "emblem_not_shown", "What is shown to the public bears the emblem of the European Union (Regulation (EU) 2021/1060, Article 50).";

    // Calendar feeds.
    FeedUnknown: Block = "feed_unknown", "A calendar feed is named by the id of the event that opened it, by its member or by the lead.";
    FeedClosedAlready: Block = "feed_closed_already", "A calendar feed is closed once.";

    // Finance.
    CategoryNotPlanned: Block = "category_not_planned", "The partner has this category in its budget.";
    FlatRateNotPosted: Block = "flat_rate_not_posted", "A flat-rate category is computed and never posted.";
    LumpSumNotPosted: Block = "lump_sum_not_posted", "A lump sum is triggered by its result and never declared as a cost.";
    DeclaredAboveEligible: Block = "declared_above_eligible", "What is declared is at most (net + VAT - recoverable VAT) x share.";
    SelfAssessedVatUnfit: Warn = "self_assessed_vat_unfit", "VAT that a partner assesses itself is of an invoice, and where the project bears it, it is the VAT of the line.";
    DocumentExceeded: Block = "document_exceeded", "The lines of one document at one partner together are at most its eligible amount, by the smallest (net + VAT - recoverable VAT) x share that one of them states.";
    DocumentAmountsDiffer: Warn = "document_amounts_differ", "Every line of a document states the same net, VAT and recoverable VAT: those of the whole document.";
    DocumentDeclaredTwice: Block = "document_declared_twice", "A document is not declared twice with the same work package, category and amount.";
    DocumentCurrencyDiffers: Block = "document_currency_differs", "The lines of one document, and the credit notes of a line, are in one currency.";
    DocumentAtAnotherPartner: Warn = "document_at_another_partner", "A document is declared by one partner.";
    IncurredOutsideWindow: Warn = "incurred_outside_window", "A cost is incurred within the window of its work package's type.";
    SupplierIsPartner: Warn = "supplier_is_partner", "A partner does not buy from a partner of the same project.";
    SupplierIsSelf: Block = "supplier_is_self", "A partner does not buy from itself.";
    BudgetExceeded: Warn = "budget_exceeded", "Declared costs stay within the budget of the partner, the work package and the category.";
    RatePolicyMissing: Block = "rate_policy_missing", "A currency other than the euro has a rate policy in force.";
    AmountZero: Block = "amount_zero", "An amount is not nothing.";
    TakenBackReasonMissing: Block = "taken_back_reason_missing", "Who takes back an amount that was mistyped says why in `reason`.";
    MistypedUnknown: Block = "mistyped_unknown", "Who takes back money that was sent or ordered back names the event in `corrects`.";
    TakenBackAboveRecorded: Block = "taken_back_above_recorded", "No more is taken back than was recorded.";
    SignsDisagree: Block = "signs_disagree", "A cost is positive; a credit note is negative and names the line it corrects; all amounts of a line have its sign.";
    LineUnknown: Block = "line_unknown", "An expenditure line is named by the id of the event that declared it.";
    LineReversed: Block = "line_reversed", "A reversed line takes no further event.";
    LineHasCreditNotes: Block = "line_has_credit_notes", "A line is taken back after the credit notes that lower it.";
    CorrectionAboveLine: Block = "correction_above_line", "Credit notes of a line are at most the line.";
    PaidAboveDocument: Block = "paid_above_document", "What was paid is at most the amount of the document.";
    LineWithoutDocument: Block = "line_without_document", "Only a line that stands on a document is paid or amended; a lump sum and a unit cost are reversed and posted anew.";
    LineLocked: Block = "line_locked", "A line in a submitted claim stays as it is; it is reversed and declared anew.";
    EvidenceTargetUnknown: Block = "evidence_target_unknown", "Documents are laid to an expenditure line, a lump sum, a unit cost or a payment, by the id of its event.";
    SupersededUnknown: Block = "superseded_unknown", "A document that is replaced is one that was laid down before.";
    OptionUnknown: Block = "option_unknown", "A lump sum or unit cost is one that the application form has for the partner.";
    LumpSumTriggeredAlready: Block = "lump_sum_triggered_already", "A lump sum counts once.";
    ConditionsOpen: Warn = "conditions_open", "A lump sum is triggered when all its conditions are met.";
    UnitsNotPositive: Block = "units_not_positive", "Of a unit cost some units were done.";
    UnitCostClaimedTwice: Warn = "unit_cost_claimed_twice", "The same number of units of the same days is claimed once.";
    PaidInFuture: Block = "paid_in_future", "A payment is recorded on the day it was made or later.";
    PaidBeforeIncurred: Warn = "paid_before_incurred", "A payment before the cost was incurred is an advance.";

    // Claims and control.
    ClaimNumberUnfit: Block = "claim_number_unfit", "Claims are numbered from 1 to the number of instalments that follow the first.";
    ClaimSkips: Block = "claim_skips", "A claim is submitted after the one before it.";
    ClaimSubmittedAlready: Block = "claim_submitted_already", "A submitted claim stays as it is; before control it can be withdrawn.";
    ClaimNotAssembled: Block = "claim_not_assembled", "A claim is assembled before it is submitted.";
    ClaimEmpty: Block = "claim_empty", "A claim has at least one line.";
    ClaimTooLarge: Block = "claim_too_large", "A claim has at most 20,000 lines.";
    LineInClaim: Block = "line_in_claim", "A line is in at most one open claim.";
    LineNotPrechecked: Warn = "line_not_prechecked", "The lead partner looks at a line before it goes into a claim.";
    LineUnpaid: Warn = "line_unpaid", "A line is paid before it goes into a claim.";
    CorrectionsLeftOut: Warn = "corrections_left_out", "A line goes into a claim with its credit notes and with what takes it back.";
    LineUnpaidInFinalClaim: Block = "line_unpaid_in_final_claim", "A line is paid before the final claim goes to control.";
    RateMissing: Block = "rate_missing", "A claim is converted by the rates of the month in which it is submitted; all of them are recorded before.";
    CostOutsideWindow: Block = "cost_outside_window", "A cost outside of its work package's window goes into a claim with a letter of the programme or the controller.";
    SupplierNeedsLetter: Block = "supplier_needs_letter", "A purchase from another partner goes into a claim with a letter of the programme or the controller.";
    ClaimNotSubmitted: Block = "claim_not_submitted", "A claim is controlled, asked about and withdrawn after it was submitted.";
    ClaimInControl: Block = "claim_in_control", "Once control has begun, a claim is not withdrawn and control does not begin again.";
    ControlNotStarted: Block = "control_not_started", "Lines are ruled on and control is closed while control of the claim is open.";
    SampleIncomplete: Block = "sample_incomplete", "A random sample names its seed, and a share or an amount; a chosen one names its lines.";
    LineNotInClaim: Block = "line_not_in_claim", "The line is in the claim.";
    VerificationUnbalanced: Block = "verification_unbalanced", "Certified, deducted and parked together are what the claim declares of the line.";
    LineNotVerified: Block = "line_not_verified", "Control is closed when every line of the claim is ruled on.";
    NothingParked: Block = "nothing_parked", "What is taken up again was parked in a claim whose control is closed.";
    CorrectionAboveCertified: Block = "correction_above_certified", "A correction takes off at most what is certified, in claims whose control is closed.";
    CorrectionOfNothing: Block = "correction_of_nothing", "A correction names each of its lines once, and at least one.";

    // Contracts with suppliers.
    ContractKnown: Block = "contract_known", "A partner gives the reference of a contract once, whatever its case and spaces.";
    ContractNotAwarded: Block = "contract_not_awarded", "A contract is amended, closed or passed on by the partner that has awarded it.";
    ContractClosedAlready: Block = "contract_closed_already", "A closed contract is not amended, passed on or closed again.";
    SubcontractsAboveContract: Warn = "subcontracts_above_contract", "The subcontracts of a contract together are at most its value.";
    ContractUnknown: Warn = "contract_unknown", "A line names a contract that the partner has awarded.";
    ContractSupplierDiffers: Warn = "contract_supplier_differs", "The invoice of a line that names a contract is of the contract's supplier.";
    IncurredOutsideContract: Warn = "incurred_outside_contract", "A cost under a contract is incurred within the days of its performance.";
    IncurredAfterClosing: Warn = "incurred_after_closing", "Under a closed contract no further cost is incurred.";
    ContractCurrencyDiffers: Warn = "contract_currency_differs", "A line is in the currency of its contract, or in one that a fixed rate ties to it.";
    ContractExceeded: Warn = "contract_exceeded", "The documents of the lines that name a contract, each counted once with its VAT, are together at most the contract's value.";

    // What partners bring and report, visits, the keeping of records.
    SourceNotPlanned: Warn = "source_not_planned", "A contribution is of a source that the application form names for the partner.";
    SourceKindDiffers: Warn = "source_kind_differs", "A contribution is public or private as the application form has it.";
    GivenBackAboveReceived: Block = "given_back_above_received", "Of a contribution or a revenue no more is given back than came in from the same source.";
    PartnerReportWaits: Block = "partner_report_waits", "A partner hands the report of a period in again once the lead has given it back.";
    PartnerReportsOverlap: Warn = "partner_reports_overlap", "The reports of a partner have no day in common.";
    PartnerReportUnknown: Block = "partner_report_unknown", "A partner's report is named by the id of the event that handed it in.";
    ClaimUnknown: Block = "claim_unknown", "A claim is named by its number once it was put together.";
    HoldUnknown: Block = "hold_unknown", "A hold is named by the id of the event that placed it.";
    HoldReleasedAlready: Block = "hold_released_already", "A hold is released once.";

    // The fund's money.
    AmountNotPositive: Block = "amount_not_positive", "What has come in, or is at stake, is more than nothing.";
    InstalmentUnknown: Block = "instalment_unknown", "A payment belongs to one of the instalments for which the subsidy contract has a share.";
    InstalmentAboveShare: Warn = "instalment_above_share", "Of an instalment no more comes in than its share of the ERDF.";
    ReceivedAboveErdf: Block = "received_above_erdf", "The instalments together are at most the contract's ERDF.";
    ForwardedToLead: Block = "forwarded_to_lead", "The lead partner sends on what is others'; what it keeps it does not send.";
    ForwardedAboveReceived: Block = "forwarded_above_received", "The lead partner sends on at most what it has received and what partners paid back to it, less what it paid back itself.";
    PaymentUnknown: Block = "payment_unknown", "A payment is confirmed by the partner to which it was sent, by the id of the event that sent it.";
    PaymentConfirmedAlready: Block = "payment_confirmed_already", "A payment is not confirmed twice with the same words.";
    ConfirmedOtherwise: Warn = "confirmed_otherwise", "What has come in is what was sent.";
    CorrectionUnknown: Block = "correction_unknown", "The correction that a recovery follows from is named by the id of the event that imposed it.";
    RecoveryUnknown: Block = "recovery_unknown", "A recovery is named by the id of the event that ordered it.";
    RepaidAboveOrdered: Block = "repaid_above_ordered", "Of a recovery no more is paid back than was ordered.";

    // Clarifications and audits.
    LinesOfSeveralPartners: Block = "lines_of_several_partners", "The lines that one clarification or finding names are of one partner, who answers for them.";
    ClarificationUnknown: Block = "clarification_unknown", "A clarification is named by the id of the event that requested it, by the partner that answers and by those who see its lines.";
    ClarificationClosedAlready: Block = "clarification_closed_already", "A closed clarification takes no further event; what is still to be asked is a new one.";
    AuditUnknown: Block = "audit_unknown", "An audit is named by the id of the event that opened it.";
    AuditClosedAlready: Block = "audit_closed_already", "An audit is closed once, and then has no further findings.";
    FindingNumberTaken: Block = "finding_number_taken", "A number stands for one finding of an audit.";

    // Learning.
    LessonUnknown: Block = "lesson_unknown", "A lesson is named by the id of the event that recorded it.";
    QuestionSubjectUnclear: Block = "question_subject_unclear", "A question is about a lesson or about a code, one of the two.";
    QuestionUnknown: Block = "question_unknown", "A question is named by the id of the event that asked it.";
    CorroboratedAlready: Block = "corroborated_already", "An organisation corroborates a lesson once.";
}

/// A rule that an event breaks: where, what, and how to mend it.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub rule: Rule,
    /// A JSON Pointer into the posting, such as `/data/code`.
    pub pointer: String,
    pub message: String,
    pub facts: Map<String, Value>,
}

impl Finding {
    pub fn new(rule: Rule, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { rule, pointer: pointer.into(), message: message.into(), facts: Map::new() }
    }

    /// A figure that the sentence speaks of, for programs.
    pub fn fact(mut self, name: &str, value: impl ToString) -> Self {
        self.facts.insert(name.to_owned(), Value::String(value.to_string()));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_one_id() {
        let mut ids: Vec<_> = Rule::ALL.iter().map(|rule| rule.id()).collect();
        ids.sort_unstable();
        let before = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), before);
    }
}
