//! The rows of a list on their way to the writer, and what became of each.

mod notes;

use cairn_domain::ids::{PartnerNumber, Subject};
use cairn_domain::policy::reading::Reader;
use cairn_domain::project::Project;
use cairn_workbook::column::{Column, Part};
use cairn_workbook::entry::{CellFault, Entry, Events, Known, Owner, RowEvent};
use cairn_workbook::list::List;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{own_partners, today};
use crate::envelope::{self, Submission};
use crate::ingest;
use crate::problem::{Kind, Problem};
use crate::views::Ledger;
use crate::writer::{self, Failure, Outcome, Postbox, Receipt, UnderWay};

/// What is said of a row whose line counts no more.
const TAKEN_BACK: &str = "This row was recorded before and taken back since: it counts no more. If \
    the cost is to count again, declare it anew under another reference; otherwise take the row out.";

/// Who sends a list, and for whom.
#[derive(Clone, Debug)]
pub struct Sender {
    pub subject: Subject,
    pub owner: Owner,
    /// Why the lead sends the list of another partner.
    pub reason: Option<String>,
    /// The lines of the partner that credit notes may name.
    known: Known,
    /// Whether the sender posts for another partner than its own.
    acts_for_another: bool,
    /// Whether the list came by import, from somebody who can open the database.
    imported: bool,
}

impl Sender {
    /// `project` is the newest state, if it is there: a member of the partner posts for itself, and
    /// anybody else in its name. Whether it may is judged with every posting.
    pub fn new(
        project: Option<&Project>,
        owner: Owner,
        subject: Subject,
        reason: Option<String>,
        imported: bool,
    ) -> Self {
        let own = project.map(|project| own_partners(project, &subject)).unwrap_or_default();
        let acts_for_another = !own.contains(&owner.partner);
        let known = project.filter(|project| {
            let reader = Reader::of(project, Some(&subject), today(project));
            reader.sees_lines_of(Some(owner.partner))
        });
        let known = known.map(|project| Known::of(project, owner.partner)).unwrap_or_default();
        Self { subject, owner, reason, known, acts_for_another, imported }
    }

    pub fn partner(&self) -> PartnerNumber {
        self.owner.partner
    }

    /// The postings of a row: its line, and its payment with it or not at all.
    fn submissions(&self, events: &Events) -> Result<Vec<Submission>, Box<(Part, Problem)>> {
        let line = [(Part::Line, "expenditure.declared", &events.line)];
        let payment = events.payment.iter().map(|event| (Part::Payment, "expenditure.paid", event));
        line.into_iter()
            .chain(payment)
            .map(|(part, event_type, event)| {
                self.submission(event_type, event).map_err(|problem| Box::new((part, problem)))
            })
            .collect()
    }

    fn submission(&self, event_type: &str, event: &RowEvent) -> Result<Submission, Problem> {
        let partner = self.owner.partner;
        let mut json = json!({ "specversion": "1.0", "id": event.id, "type": event_type,
            "occurredon": event.day, "data": event.data });
        if self.acts_for_another {
            json["onbehalfof"] = json!(partner);
            if let Some(reason) = &self.reason {
                json["reason"] = json!(reason);
            }
        } else {
            json["source"] = json!(format!("/partners/{partner}"));
        }
        let read = envelope::read_posted(json, &self.owner.project, &self.subject);
        read.map(|submission| Submission { imported: self.imported, ..submission })
    }
}

/// What became of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Became {
    Recorded,
    /// Recorded, with warnings.
    Warned,
    /// All of it was recorded before.
    Repeated,
    Refused,
    /// It is not known to be recorded; sending the list again is harmless.
    NotSent,
}

/// The answer to a row.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RowAnswer {
    pub row: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    pub became: Became,
    /// Ids of its events, where they were taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<CellFinding>,
}

/// What a rule says of a row, and the cell that it speaks of.
#[derive(Clone, Debug, Serialize)]
pub struct CellFinding {
    pub rule: String,
    pub cell: String,
    /// The name of the cell's column, where the finding speaks of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<&'static str>,
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facts: Option<Value>,
}

/// The answers to all rows of a list, in their order.
#[derive(Clone, Debug)]
pub struct Answers {
    pub rows: Vec<RowAnswer>,
    /// The highest position of an event of the list.
    pub position: u64,
}

impl Answers {
    pub fn count(&self, became: Became) -> usize {
        self.rows.iter().filter(|row| row.became == became).count()
    }
}

/// A row on its way.
struct Sent {
    entry: Entry,
    /// Why it is not posted.
    refused: Vec<CellFinding>,
}

/// Records every row that the rules take. A caller who may not post at all gets that as the
/// problem of the whole list.
pub async fn record(
    list: &List,
    sender: &Sender,
    postbox: &Postbox,
    under_way_max: usize,
) -> Result<Answers, Problem> {
    let mut under_way = UnderWay::new(postbox.clone(), under_way_max);
    let mut taking = Taking::new(list);
    let entries = notes::last(list.entries(&sender.owner, &sender.known));
    let named = notes::named(&entries);
    for entry in entries {
        while !under_way.has_room() {
            if let Some((sent, outcome)) = under_way.next().await {
                taking.settle(sent, outcome)?;
            }
        }
        if taking.stopped.is_some() {
            taking.rows.push(not_sent(&entry));
            continue;
        }
        match read(list, sender, &entry) {
            Ok(submissions) => {
                under_way.post(Sent { entry, refused: Vec::new() }, submissions).await;
            }
            Err(refused) => under_way.pass(Sent { entry, refused }),
        }
    }
    while let Some((sent, outcome)) = under_way.next().await {
        taking.settle(sent, outcome)?;
    }
    taking.rows.sort_by_key(|row| row.row);
    notes::explain(&mut taking.rows, &named);
    Ok(Answers { rows: taking.rows, position: taking.position })
}

/// Judges every row as if those before it were recorded, and records nothing.
pub async fn judge(list: &List, sender: &Sender, ledger: &Ledger) -> Result<Answers, Problem> {
    let rooms = crate::request::newest(ledger)?;
    let mut taking = Taking::new(list);
    let (mut sent, mut postings) = (Vec::new(), Vec::new());
    let entries = notes::last(list.entries(&sender.owner, &sender.known));
    let named = notes::named(&entries);
    for entry in entries {
        match read(list, sender, &entry) {
            Ok(submissions) => {
                sent.push(Sent { entry, refused: Vec::new() });
                postings.push(submissions);
            }
            Err(refused) => taking.settle(Sent { entry, refused }, None)?,
        }
    }
    let judged = writer::dry_run_each(&rooms, ledger.log(), &postings).await;
    for (sent, outcome) in sent.into_iter().zip(judged) {
        taking.settle(sent, Some(outcome))?;
    }
    taking.rows.sort_by_key(|row| row.row);
    notes::explain(&mut taking.rows, &named);
    Ok(Answers { rows: taking.rows, position: rooms.position() })
}

fn read(list: &List, sender: &Sender, entry: &Entry) -> Result<Vec<Submission>, Vec<CellFinding>> {
    let of_cell = |fault: &CellFault| CellFinding {
        rule: Kind::CellInvalid.id().to_owned(),
        cell: fault.cell.clone(),
        column: fault.column.map(Column::name),
        message: fault.message.clone(),
        facts: None,
    };
    let events = entry.events.as_ref();
    let events = events.map_err(|faults| faults.iter().map(of_cell).collect::<Vec<_>>())?;
    if sender.known.is_taken_back(events.line.id) {
        let (rule, column) = (Kind::IdTaken.id().to_owned(), Some(Column::Reference));
        return Err(vec![finding(list, entry.row, column, rule, TAKEN_BACK.to_owned(), None)]);
    }
    sender.submissions(events).map_err(|refused| {
        let (part, problem) = *refused;
        findings(list, entry.row, part, &problem)
    })
}

/// What a problem says of a row: each of its errors, with the cell that its pointer names.
fn findings(list: &List, row: u32, part: Part, problem: &Problem) -> Vec<CellFinding> {
    let json = problem.to_json();
    let errors = json["errors"].as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut findings: Vec<_> = errors
        .iter()
        .map(|error| {
            let column = Column::of_pointer(part, error["pointer"].as_str().unwrap_or_default());
            let facts = error.get("facts").cloned();
            finding(list, row, column, text(&error["rule"]), text(&error["message"]), facts)
        })
        .collect();
    if findings.is_empty() {
        let (rule, message) = (problem.id().to_owned(), problem.detail().to_owned());
        findings.push(finding(list, row, None, rule, message, None));
    }
    findings
}

fn finding(
    list: &List,
    row: u32,
    column: Option<Column>,
    rule: String,
    message: String,
    facts: Option<Value>,
) -> CellFinding {
    let (cell, column) = (list.cell(row, column), column.map(Column::name));
    CellFinding { rule, cell, column, message, facts }
}

/// The answers as they come.
struct Taking<'a> {
    list: &'a List,
    rows: Vec<RowAnswer>,
    position: u64,
    /// Whether the writer ever took or refused a row of this sender by what the row says.
    is_let_in: bool,
    /// Why no more rows are sent.
    stopped: Option<String>,
}

impl<'a> Taking<'a> {
    fn new(list: &'a List) -> Self {
        Self { list, rows: Vec::new(), position: 0, is_let_in: false, stopped: None }
    }

    fn settle(&mut self, sent: Sent, outcome: Option<Outcome>) -> Result<(), Problem> {
        let Sent { entry, refused } = sent;
        let answer = match outcome {
            None => RowAnswer { findings: refused, ..answer(&entry, Became::Refused) },
            Some(Ok(receipts)) => {
                self.is_let_in = true;
                self.taken(&entry, &receipts)
            }
            Some(Err(Failure::Rejected { index, rejected })) => {
                let problem = Problem::from(rejected);
                if !self.is_let_in && matches!(problem.status().as_u16(), 403 | 404) {
                    return Err(problem);
                }
                self.is_let_in = true;
                self.refused(&entry, index, &problem)
            }
            Some(Err(failure)) => {
                let problem = ingest::problem_alone(failure);
                let why = self.stopped.get_or_insert_with(|| problem.detail().to_owned()).clone();
                let rule = problem.id().to_owned();
                let finding = finding(self.list, entry.row, None, rule, why, None);
                RowAnswer { findings: vec![finding], ..not_sent(&entry) }
            }
        };
        self.rows.push(answer);
        Ok(())
    }

    fn taken(&mut self, entry: &Entry, receipts: &[Receipt]) -> RowAnswer {
        let mut findings = Vec::new();
        for (part, receipt) in [Part::Line, Part::Payment].into_iter().zip(receipts) {
            self.position = self.position.max(receipt.position);
            let places = receipt.warned_at.iter().map(Some).chain(std::iter::repeat(None));
            for (warning, pointer) in receipt.warnings.iter().zip(places) {
                let column = pointer.and_then(|pointer| Column::of_pointer(part, pointer));
                let (rule, message) = (warning.rule.clone(), warning.message.clone());
                findings.push(finding(self.list, entry.row, column, rule, message, None));
            }
        }
        let became = match receipts.iter().all(|receipt| receipt.repeated) {
            true => Became::Repeated,
            false if findings.is_empty() => Became::Recorded,
            false => Became::Warned,
        };
        let mut ids = receipts.iter().map(|receipt| receipt.id.to_string());
        RowAnswer { line: ids.next(), payment: ids.next(), findings, ..answer(entry, became) }
    }

    fn refused(&self, entry: &Entry, index: usize, problem: &Problem) -> RowAnswer {
        let part = if index == 0 { Part::Line } else { Part::Payment };
        let findings = if problem.id() == Kind::IdTaken.id() {
            let (column, message) = changed(part);
            let rule = problem.id().to_owned();
            vec![finding(self.list, entry.row, Some(column), rule, message.to_owned(), None)]
        } else {
            findings(self.list, entry.row, part, problem)
        };
        RowAnswer { findings, ..answer(entry, Became::Refused) }
    }
}

/// What is said of a row that was recorded before and says something else now.
fn changed(part: Part) -> (Column, &'static str) {
    match part {
        Part::Line => (
            Column::Reference,
            "Give this row another reference if it is another cost: one with this reference was \
             recorded before and says something else. If it is the same cost, what is recorded \
             stays: post `expenditure.amended`, or `expenditure.reversed` and a row with another \
             reference. If it says the same, somebody in another role sent it before.",
        ),
        Part::Payment => (
            Column::PaidAmount,
            "The payment of this row was recorded before and said something else. What is recorded \
             stays: post further payments as `expenditure.paid`.",
        ),
    }
}

fn answer(entry: &Entry, became: Became) -> RowAnswer {
    let (row, reference) = (entry.row, entry.reference.clone());
    RowAnswer { row, reference, became, line: None, payment: None, findings: Vec::new() }
}

fn not_sent(entry: &Entry) -> RowAnswer {
    answer(entry, Became::NotSent)
}

/// The whole answer as JSON.
pub fn to_json(list: &List, sender: &Sender, answers: &Answers, dry_run: bool) -> Value {
    let mut json = Map::new();
    json.insert("project".to_owned(), json!(sender.owner.project));
    json.insert("partner".to_owned(), json!(sender.partner()));
    json.insert("dryRun".to_owned(), json!(dry_run));
    if let Some(sheet) = &list.sheet {
        json.insert("sheet".to_owned(), json!(sheet));
        json.insert("sheetsNotRead".to_owned(), json!(list.sheets_not_read));
    }
    json.insert("rows".to_owned(), json!(answers.rows.len()));
    for (name, became) in [
        ("recorded", Became::Recorded),
        ("warned", Became::Warned),
        ("repeated", Became::Repeated),
        ("refused", Became::Refused),
        ("notSent", Became::NotSent),
    ] {
        json.insert(name.to_owned(), json!(answers.count(became)));
    }
    let ignored = list.ignored.iter();
    let ignored = ignored.map(|(cell, heading)| json!({ "cell": cell, "heading": heading }));
    json.insert("ignored".to_owned(), ignored.collect());
    json.insert("answers".to_owned(), json!(answers.rows));
    Value::Object(json)
}
