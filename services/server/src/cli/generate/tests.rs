use std::collections::{BTreeMap, BTreeSet};

use cairn_domain::event::EventType;
use cairn_domain::event::plan::Role;
use cairn_domain::policy;
use cairn_domain::posting::{Part, Refusal};
use clap::Parser;
use serde_json::Value;

use super::chance::PerMille;
use super::history::Attempt;
use super::shares::{self, BEGUN, Begun};
use super::{Histories, PROJECT_EVENTS_MIN, UNDER_WAY_MAX, lines, submission};
use crate::envelope::Submission;
use crate::keys::Keys;
use crate::views::{self, snapshot::Snapshots};
use crate::writer::{self, Failure, Rejected, Started, UnderWay};

fn events(seed: u64, projects: u64, events: u64) -> Vec<Value> {
    let recorded = Histories::new(seed, projects, events).filter(|a| a.refused_by.is_none());
    recorded.map(|attempt| attempt.event).collect()
}

fn event_type(event: &Value) -> &str {
    event["type"].as_str().unwrap()
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_seed_other_ones() {
    let first = lines(7, 2, 4_000);
    assert_eq!(first, lines(7, 2, 4_000));
    for other in [lines(8, 2, 4_000), lines(7, 2, 4_002)] {
        let ids = |lines: &[String]| {
            let id = |line: &String| line.split('"').nth(7).unwrap().to_owned();
            lines.iter().map(id).collect::<BTreeSet<_>>()
        };
        assert!(ids(&first).is_disjoint(&ids(&other)));
    }
}

#[test]
fn gives_as_many_events_as_were_asked_for_in_the_order_of_their_times() {
    for (projects, events) in [(1, 2_000), (3, 6_001), (7, 14_000)] {
        let all = self::events(1, projects, events);
        assert_eq!(all.len() as u64, events);
        let times: Vec<_> = all.iter().map(|e| e["recordedat"].as_str().unwrap()).collect();
        let instants = times.iter().map(|at| at.parse::<jiff::Timestamp>().unwrap());
        assert!(instants.is_sorted());
        let mut of_project = BTreeMap::new();
        for event in &all {
            *of_project.entry(event["project"].as_str().unwrap()).or_insert(0_u64) += 1;
        }
        assert_eq!(of_project.len() as u64, projects);
        let (least, most) = (of_project.values().min(), of_project.values().max());
        assert!(most.unwrap() - least.unwrap() <= 1, "{of_project:?}");
    }
}

#[test]
fn the_projects_alternate_in_the_log() {
    let all = events(1, 4, 8_000);
    let switches = all.windows(2).filter(|pair| pair[0]["project"] != pair[1]["project"]).count();
    assert!(switches > 4_000, "{switches}");
}

#[test]
fn every_type_of_event_occurs_in_the_shortest_history() {
    for seed in 0..40 {
        let all = events(seed, 1, PROJECT_EVENTS_MIN);
        let found: BTreeSet<&str> = all.iter().map(event_type).collect();
        let missing: Vec<_> =
            EventType::all().map(EventType::as_str).filter(|name| !found.contains(name)).collect();
        assert!(missing.is_empty(), "seed {seed}: {missing:?}");
    }
}

#[test]
fn every_role_posts_every_type_of_event_that_it_may() {
    for seed in 0..20 {
        let all = events(seed, 1, 8_000);
        let mut found = BTreeSet::new();
        for event in &all {
            let subject = event["actorsubject"].as_str().unwrap();
            let role = subject.strip_prefix("synthetic-001-").unwrap_or(subject);
            found.insert((role.split('-').next().unwrap().to_owned(), event_type(event)));
        }
        let member = |role: &Role| Part::Member { role: *role, partner: None };
        let parts = Role::ALL.iter().map(member).chain([Part::Operator]);
        let may = parts.flat_map(|part| EventType::all().map(move |t| (part, t)));
        let missing: Vec<_> = may
            .filter(|(part, event_type)| policy::posts(*part, *event_type))
            .map(|(part, event_type)| (part.as_str().to_owned(), event_type.as_str()))
            .filter(|pair| !found.contains(pair))
            .collect();
        assert!(missing.is_empty(), "seed {seed}: {missing:?}");
    }
}

/// Posts everything to a writer, and says of each attempt what became of it.
async fn posted(histories: Histories) -> Vec<(Attempt, Result<(), Rejected>)> {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("cairn.db").display());
    let log = cairn_store::open(&database).await.unwrap();
    let Started { postbox, ledger, task } = writer::start(log, None, |_, _| {}).await.unwrap();
    let mut outcomes = Vec::new();
    let mut settle = |settled: Option<(Attempt, Option<writer::Outcome>)>| {
        let Some((attempt, Some(posted))) = settled else { return };
        outcomes.push(match posted {
            Ok(_) => (attempt, Ok(())),
            Err(Failure::Rejected { rejected, .. }) => (attempt, Err(rejected)),
            Err(failure) => panic!("{failure:?}"),
        });
    };
    let mut under_way = UnderWay::new(postbox, UNDER_WAY_MAX);
    for attempt in histories {
        while !under_way.has_room() {
            settle(under_way.next().await);
        }
        let submission: Submission = submission(attempt.event.clone()).unwrap();
        under_way.post(attempt, vec![submission]).await;
    }
    while let Some(settled) = under_way.next().await {
        settle(Some(settled));
    }
    drop(under_way);
    task.await.unwrap();
    ledger.log().close().await;
    outcomes
}

#[tokio::test]
async fn the_writer_takes_all_that_is_meant_and_refuses_the_rest_by_the_rule_that_is_meant() {
    let mut refused_by = BTreeSet::new();
    for (seed, projects, events) in [(1, 12, 24_000), (2, 1, 12_000), (3, 6, 12_000)] {
        for (attempt, outcome) in posted(Histories::new(seed, projects, events)).await {
            let mut rules = match outcome {
                Ok(()) => Vec::new(),
                Err(Rejected::Refusal(Refusal::NotAMember)) => vec![super::refused::NOT_A_MEMBER],
                Err(Rejected::Refusal(Refusal::Forbidden(finding))) => vec![finding.rule.id()],
                Err(Rejected::Refusal(Refusal::Refused(findings))) => {
                    findings.iter().map(|finding| finding.rule.id()).collect()
                }
                Err(Rejected::Conflict(conflict)) => panic!("{conflict:?}: {}", attempt.event),
            };
            // A missing rate is named for each currency.
            rules.dedup();
            let meant: Vec<_> = attempt.refused_by.into_iter().collect();
            assert_eq!(rules, meant, "{}", attempt.event);
            refused_by.extend(meant);
        }
    }
    assert_eq!(refused_by.len(), 27, "{refused_by:?}");
}

/// How many of how many, in thousandths.
fn per_mille(part: usize, whole: usize) -> PerMille {
    PerMille::try_from(part * 1_000 / whole).unwrap()
}

#[track_caller]
fn near(found: PerMille, share: PerMille) {
    assert!(found.abs_diff(share) <= share / 6 + 1, "{found} per mille, {share} are stated");
}

#[test]
fn what_goes_wrong_has_the_share_that_is_stated() {
    let attempts: Vec<Attempt> = Histories::new(1, 4, 20_000).collect();
    let refused = attempts.iter().filter(|attempt| attempt.refused_by.is_some()).count();
    near(per_mille(refused, attempts.len()), shares::REFUSED);

    let all: Vec<&Value> =
        attempts.iter().filter(|a| a.refused_by.is_none()).map(|a| &a.event).collect();
    let of = |name: &str| all.iter().filter(|event| event_type(event) == name).count();
    let returned = of("deliverable.returned");
    near(per_mille(returned, returned + of("deliverable.accepted")), shares::RETURNED);
    near(per_mille(of("question.answered"), of("question.asked")), shares::ANSWERED);
    let given_back = of("partner_report.returned");
    near(per_mille(given_back, of("partner_report.submitted")), shares::REPORTS_RETURNED);

    let declared = all.iter().copied().filter(|event| event_type(event) == "expenditure.declared");
    let (credit_notes, lines): (Vec<&Value>, Vec<&Value>) =
        declared.partition(|event| event["data"].get("corrects").is_some());
    near(per_mille(credit_notes.len(), lines.len()), shares::CREDITED);
    near(per_mille(of("expenditure.reversed"), lines.len()), shares::REVERSED);
    let starts: BTreeMap<_, _> = all
        .iter()
        .filter(|event| event_type(event) == "project.registered")
        .map(|event| (event["project"].as_str(), event["data"]["start"].as_str()))
        .collect();
    let is_early =
        |line: &&&Value| line["data"]["incurredFrom"].as_str() < starts[&line["project"].as_str()];
    near(per_mille(lines.iter().filter(is_early).count(), lines.len()), shares::EARLY);
    let mut payments = BTreeMap::new();
    for event in all.iter().filter(|event| event_type(event) == "expenditure.paid") {
        *payments.entry(event["data"]["line"].as_str().unwrap()).or_insert(0) += 1;
    }
    let in_parts = payments.values().filter(|parts| **parts == 2).count();
    near(per_mille(in_parts, lines.len()), shares::PAID_IN_PARTS);
    let reversed: BTreeSet<_> = all
        .iter()
        .filter(|event| event_type(event) == "expenditure.reversed")
        .map(|event| event["data"]["line"].as_str().unwrap())
        .collect();
    let mut lines_of = BTreeMap::new();
    let stays = |line: &&&Value| !reversed.contains(line["id"].as_str().unwrap());
    for line in lines.iter().filter(stays) {
        if let Some(invoice) = line["data"]["document"].get("invoice") {
            let number = (line["project"].as_str(), invoice["number"].as_str());
            *lines_of.entry(number).or_insert(0) += 1;
        }
    }
    let divided = lines_of.values().filter(|lines| **lines == 2).count();
    near(per_mille(divided, lines_of.len()), shares::DIVIDED);
}

#[test]
fn what_becomes_of_lines_has_the_share_that_is_stated() {
    let all = events(1, 4, 40_000);
    let of = |name: &'static str| all.iter().filter(move |event| event_type(event) == name);
    let lines = of("expenditure.declared").count();
    // The document of a credit note always comes later.
    let lacks = |event: &&Value| {
        event["data"].get("evidence").is_none() && event["data"].get("corrects").is_none()
    };
    let undocumented = of("expenditure.declared").filter(lacks).count();
    near(per_mille(undocumented, lines), shares::UNDOCUMENTED);
    let is_query = |event: &&Value| event["data"]["result"] == "query";
    let checks = of("expenditure.prechecked").count();
    let queries = of("expenditure.prechecked").filter(is_query).count();
    near(per_mille(queries, checks), shares::QUERIED);
    let amended = of("expenditure.amended").count();
    near(per_mille(amended, checks), shares::QUERIED + shares::AMENDED);
    let ruled = of("line.verified").count();
    let deducted = of("line.verified").filter(|e| e["data"].get("deductions").is_some()).count();
    near(per_mille(deducted, ruled), shares::DEDUCTED);
    let parked = of("line.verified").filter(|e| e["data"]["parked"] != "0.00").count();
    near(per_mille(parked, ruled), shares::PARKED);
}

#[test]
fn every_project_spends_in_three_currencies_and_both_claims_go_through_control() {
    for seed in 0..10 {
        let all = events(seed, 1, PROJECT_EVENTS_MIN);
        let of = |name: &'static str| all.iter().filter(move |event| event_type(event) == name);
        let spent: BTreeSet<_> =
            of("expenditure.declared").filter_map(|e| e["data"]["currency"].as_str()).collect();
        assert!(["EUR", "RON", "BGN"].iter().all(|c| spent.contains(c)), "{seed}: {spent:?}");
        assert_eq!(of("claim.submitted").count(), 3, "{seed}");
        assert_eq!(of("claim.withdrawn").count(), 1, "{seed}");
        assert_eq!(of("control.closed").count(), 2, "{seed}");
    }
}

#[test]
fn the_lead_posts_for_others_as_often_as_is_stated() {
    let all = events(1, 4, 20_000);
    let is_for_partner =
        |event: &&Value| event["onbehalfof"].as_str().is_some_and(|of| of.parse::<u32>().is_ok());
    let for_another = all.iter().filter(is_for_partner).count();
    let types = ["activity.progress_reported", "expenditure."];
    let of_others = all.iter().filter(|event| {
        types.iter().any(|name| event_type(event).starts_with(name))
            && (event["source"] != "/partners/1" || event.get("onbehalfof").is_some())
    });
    near(per_mille(for_another, of_others.count()), shares::ON_BEHALF);
}

#[test]
fn what_partners_begin_has_the_shares_that_are_stated() {
    let all = events(1, 2, 20_000);
    let of = |name: &str| all.iter().filter(|event| event_type(event) == name).count();
    let mut last_outcome = BTreeMap::new();
    let mut editions = 0;
    for event in &all {
        let code = (event["project"].as_str(), event["data"]["code"].as_str());
        match event_type(event) {
            "deliverable.submitted" if last_outcome.get(&code) == Some(&"accepted") => {
                editions += 1;
            }
            "deliverable.accepted" => _ = last_outcome.insert(code, "accepted"),
            "deliverable.returned" => _ = last_outcome.insert(code, "returned"),
            _ => {}
        }
    }
    // Without the second lines of invoices, what is declared anew, and credit notes.
    let mut documents = BTreeSet::new();
    for event in all.iter().filter(|event| event["data"].get("document").is_some()) {
        if event["data"].get("corrects").is_none() {
            let document = event["data"]["document"].to_string();
            documents.insert((event["project"].as_str(), document));
        }
    }
    let found = |begun: Begun| match begun {
        Begun::Line => documents.len(),
        Begun::Progress => of("activity.progress_reported"),
        Begun::Lesson => of("lesson.recorded"),
        Begun::Corroboration => of("lesson.corroborated"),
        Begun::Question => of("question.asked"),
        Begun::Edition => editions,
    };
    assert_eq!(BEGUN.iter().map(|(_, share)| share).sum::<usize>(), 100);
    let whole = BEGUN.iter().map(|(begun, _)| found(*begun)).sum();
    for (begun, share) in BEGUN {
        near(per_mille(found(begun), whole), PerMille::try_from(share * 10).unwrap());
    }
}

#[test]
fn the_help_states_the_shares_as_they_are() {
    let help = crate::config::Config::try_parse_from(["cairn", "generate", "--help"]);
    let help = help.unwrap_err().to_string();
    let states = |share: PerMille, of: &str| {
        let percent = format!("{} %", share / 10);
        let stated = format!("{percent} {of}");
        assert!(help.contains(&stated), "{stated:?} is not in\n{help}");
    };
    let begun = ["expenditure lines", "progress", "lessons", "corroborations", "questions", "new"];
    for ((_, share), of) in BEGUN.iter().zip(begun) {
        states(PerMille::try_from(share * 10).unwrap(), of);
    }
    states(shares::PAID_IN_PARTS, "paid in two parts");
    states(shares::CREDITED, "corrected by a credit note");
    states(shares::REVERSED, "reversed and declared anew");
    states(shares::EARLY, "incurred in part before");
    states(shares::DIVIDED, "divided between two lines");
    states(shares::UNDOCUMENTED, "declared without a document");
    states(shares::SUPERSEDED, "with a document that is superseded");
    states(shares::QUERIED, "are a query");
    states(shares::AMENDED, "are followed by an amendment");
    states(shares::DEDUCTED, "are certified in part");
    states(shares::PARKED, "are parked");
    states(shares::RETURNED, "return the deliverable");
    states(shares::REPORTS_RETURNED, "are given back");
    states(shares::ANSWERED, "are answered");
    states(shares::ON_BEHALF, "are posted for them by the lead");
    states(shares::REFUSED, "are refused");
}

#[tokio::test]
async fn a_history_of_every_type_is_the_same_from_its_snapshot() {
    let folder = tempfile::tempdir().unwrap();
    let database = format!("sqlite:{}", folder.path().join("cairn.db").display());
    let log = cairn_store::open(&database).await.unwrap();
    let Started { postbox, ledger, .. } =
        writer::start(log.clone(), None, |_, _| {}).await.unwrap();
    super::post(&postbox, Histories::new(1, 1, 2_200), 2_200).await.unwrap();
    let keys = Keys::open_or_create(folder.path()).unwrap();
    let snapshots = Snapshots::new(folder.path(), keys.snapshots);
    snapshots.keep(&ledger);
    let mut pages = 0;
    let again = views::open(&*log, Some(&snapshots), |_, _| pages += 1).await.unwrap();
    assert_eq!(pages, 1, "the log has two pages, and nothing after the snapshot");
    let said = |rooms: &views::Rooms| {
        let room = rooms.get("synthetic-001").unwrap();
        let registers = format!("{:?} {:?}", room.register, room.finance_register);
        let folds = format!("{:?} {registers}", room.project);
        let folds = format!("{folds} {:?} {:?} {:?}", room.fund, room.oversight, room.origins);
        format!("{folds} {:?} {:?}", room.deadlines, room.learning)
    };
    assert_eq!(said(&again), said(&ledger.snapshot()));
}
