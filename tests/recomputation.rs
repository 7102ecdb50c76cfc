//! Every figure of money, made twice: by the program, and from what the program exports by
//! `recomputation/recompute.py`, which knows `schema/figures.md` and nothing of the program.
//! Of every project each figure is asked for by GraphQL and held against the other, by name.
//!
//! A run of the test command takes a few projects. All of them at full size, which is meant for a
//! release build:
//!
//! ```text
//! CAIRN_RECOMPUTED_PROJECTS=20 CAIRN_RECOMPUTED_EVENTS=20000 \
//!     cargo nextest run --release --profile long -p cairn --test recomputation --no-capture
//! ```

#![allow(clippy::unwrap_used, reason = "a test fails where it cannot go on")]
#![expect(clippy::print_stdout, reason = "how much was compared; nextest shows it on failure")]

mod running_server;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use running_server::{LedgerFolder, RunningServer, example, run};
use serde_json::{Map, Value, json};

/// Axes of the budget's use, as the recomputation names each question.
const ASKED: [&str; 12] = [
    "",
    "PARTNER",
    "WORK_PACKAGE",
    "CATEGORY",
    "ACTIVITY",
    "DELIVERABLE",
    "CURRENCY",
    "MONTH",
    "CLAIM",
    "PARTNER WORK_PACKAGE CATEGORY",
    "PARTNER CLAIM",
    "CATEGORY CLAIM CURRENCY",
];

const AXES: &str = "partner workPackage category activity deliverable currency month claim";

const AMOUNTS: &str = "planned declared provisional frozen paid claimed certified deducted parked \
                       inControl remaining erdf erdfCertified";

const CLAIM_AMOUNTS: &str =
    "declared certified deducted parked inControl takenUp erdf erdfCertified";

const CASH: &str = "received confirmed forwarded repaid recovered toRepay spent ownShare \
                    contributions inKind revenue held gap";

const TRIGGER: &str = "trigger reported missing validated proRataValidated proRataReported";

/// What tells an entry of a list from the others.
const NAMES: [&str; 9] = [
    "partner",
    "workPackage",
    "category",
    "activity",
    "deliverable",
    "currency",
    "month",
    "claim",
    "number",
];

/// How many differences a failure prints.
const SHOWN: usize = 20;

/// Fewer figures than these of a generated project would mean that questions came back empty.
const FIGURES_MIN: usize = 1_000;

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/recomputation").join(name)
}

fn python() -> Command {
    let mut python = Command::new("python3");
    python.arg("-B");
    python
}

/// What the export alone comes to: the figures of each project by its key, and sentences about
/// what the log contradicts.
fn recomputed(ledger: &LedgerFolder, export: &str) -> (Map<String, Value>, Vec<Value>) {
    let file = ledger.write("export.ndjson", export);
    let ended = run(python().arg(script("recompute.py")).arg(file));
    assert!(ended.stderr.is_empty(), "{ended:?}");
    let answer: Value = serde_json::from_str(&ended.stdout).unwrap();
    let (projects, wrong) = (&answer["projects"], &answer["wrong"]);
    (projects.as_object().unwrap().clone(), wrong.as_array().unwrap().clone())
}

/// Somebody who leads each project.
fn leads(export: &str) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let lead = |line: &str| {
        let event: Value = serde_json::from_str(line).unwrap();
        let data = &event["data"];
        let leads = event["type"] == "member.granted" && data["role"] == "lead";
        leads.then(|| (text(&event["project"]), text(&data["subject"])))
    };
    let mut leads = BTreeMap::new();
    for (project, subject) in export.lines().filter_map(lead) {
        leads.entry(project).or_insert(subject);
    }
    leads
}

fn ask(server: &RunningServer, token: &str, project: &str, fields: &str) -> Value {
    let query = format!("{{ project(acronym: \"{project}\") {{ {fields} }} }}");
    let mut answer = server.graphql(token, &query).json();
    assert!(answer["errors"].is_null(), "{query}: {}", answer["errors"]);
    answer["data"]["project"].take()
}

/// The figures that the program answers with, in the shape of the recomputed ones.
fn answered(server: &RunningServer, token: &str, project: &str) -> Value {
    let mut figures = ask(
        server,
        token,
        project,
        &format!(
            "claims {{ number submittedOn amounts {{ {CLAIM_AMOUNTS} }}
                partners {{ partner amounts {{ {CLAIM_AMOUNTS} }} }} }}
            cash {{ partner {CASH} }}
            paymentTrigger {{ {TRIGGER} partners: byPartner {{ partner reported trigger missing }} }}"
        ),
    );
    // A claim that is not submitted has the amounts that it would have; no figure is in it yet.
    let claims = figures["claims"].as_array_mut().unwrap();
    claims.retain(|claim| !claim["submittedOn"].is_null());
    for claim in claims {
        claim.as_object_mut().unwrap().remove("submittedOn");
    }
    for by in ASKED {
        let fields = format!(
            "budgetUse(by: [{}]) {{ rows {{ {AXES} {AMOUNTS} }} totals {{ {AMOUNTS} }}
                unconverted {{ currency amount }} }}",
            by.replace(' ', ", ")
        );
        let mut used = ask(server, token, project, &fields)["budgetUse"].take();
        figures["unconverted"] = used["unconverted"].take();
        used.as_object_mut().unwrap().remove("unconverted");
        figures["budgetUse"][by] = used;
    }
    figures
}

/// Both answers to the same questions, and where they differ.
#[derive(Default)]
struct Comparison {
    compared: usize,
    differences: Vec<String>,
}

impl Comparison {
    fn compare(&mut self, name: &str, program: &Value, recomputed: &Value) {
        match (program, recomputed) {
            (Value::Object(program), Value::Object(recomputed)) => {
                self.compare_fields(name, program, recomputed);
            }
            (Value::Array(program), Value::Array(recomputed)) => {
                self.compare_entries(name, program, recomputed);
            }
            (Value::String(program), Value::String(recomputed)) => {
                self.compared += 1;
                // GraphQL writes the categories in capitals.
                if !program.eq_ignore_ascii_case(recomputed) {
                    self.differs(name, program, recomputed);
                }
            }
            _ => {
                if program != recomputed {
                    self.differs(name, program, recomputed);
                }
            }
        }
    }

    fn compare_fields(
        &mut self,
        name: &str,
        program: &Map<String, Value>,
        recomputed: &Map<String, Value>,
    ) {
        let fields: BTreeSet<&String> = program.keys().chain(recomputed.keys()).collect();
        for field in fields {
            let of = |figures: &Map<String, Value>| figures.get(field).cloned().unwrap_or_default();
            self.compare(&format!("{name} / {field}"), &of(program), &of(recomputed));
        }
    }

    /// Entries of the same name. What is 0.00 throughout need not be there.
    fn compare_entries(&mut self, name: &str, program: &[Value], recomputed: &[Value]) {
        let (program, recomputed) = (by_name(program), by_name(recomputed));
        let names: BTreeSet<&String> = program.keys().chain(recomputed.keys()).collect();
        for entry in names {
            let of = |entries: &ByName| entries.get(entry).cloned().unwrap_or_default();
            let (program, recomputed) = (of(&program), of(&recomputed));
            let name = format!("{name} / {entry}");
            if program.len() == recomputed.len() {
                for (program, recomputed) in program.iter().zip(&recomputed) {
                    self.compare(&name, program, recomputed);
                }
            } else {
                self.differs(&name, json!(program), json!(recomputed));
            }
        }
    }

    fn differs(
        &mut self,
        name: &str,
        program: impl std::fmt::Display,
        recomputed: impl std::fmt::Display,
    ) {
        self.differences.push(format!("{name}: the program {program}, recomputed {recomputed}"));
    }
}

type ByName = BTreeMap<String, Vec<Value>>;

/// The entries by what tells them apart. Two items of the plan can have had the same code: their
/// rows are put in the order of their amounts.
fn by_name(entries: &[Value]) -> ByName {
    let mut by_name = ByName::new();
    for entry in entries.iter().filter(|entry| !is_nothing(entry)) {
        let named = NAMES.iter().filter(|name| !entry[**name].is_null());
        let named = named.map(|name| format!("{name} {}", entry[*name]).to_lowercase());
        by_name.entry(named.collect::<Vec<_>>().join(", ")).or_default().push(entry.clone());
    }
    let amounts = |entry: &Value| AMOUNTS.split(' ').map(|name| entry[name].to_string()).collect();
    for entries in by_name.values_mut() {
        entries.sort_by_cached_key(|entry| -> Vec<String> { amounts(entry) });
    }
    by_name
}

/// Whether an entry has no other amounts than 0.00.
fn is_nothing(entry: &Value) -> bool {
    let is_name = |field: &String| NAMES.contains(&field.as_str());
    match entry {
        Value::Object(fields) => fields.iter().all(|(field, of)| is_name(field) || is_nothing(of)),
        Value::Array(entries) => entries.iter().all(is_nothing),
        Value::String(amount) => amount == "0.00",
        Value::Null => true,
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Compares all figures of all projects of a ledger.
fn compare(ledger: &LedgerFolder, server: &RunningServer, export: &str) -> Comparison {
    let (projects, wrong) = recomputed(ledger, export);
    assert!(wrong.is_empty(), "the log contradicts itself: {wrong:#?}");
    let leads = leads(export);
    let mut comparison = Comparison::default();
    for (project, recomputed) in projects {
        let token = ledger.token(&leads[&project]);
        comparison.compare(&project, &answered(server, &token, &project), &recomputed);
    }
    println!("{} figures compared", comparison.compared);
    comparison
}

#[track_caller]
fn same(comparison: &Comparison) {
    let differences = &comparison.differences;
    let first = differences.iter().take(SHOWN).map(|it| format!("\n{it}")).collect::<String>();
    assert!(differences.is_empty(), "{} figures differ:{first}", differences.len());
}

fn variable(name: &str, otherwise: usize) -> usize {
    std::env::var(name).map_or(otherwise, |number| number.parse().unwrap())
}

#[test]
fn figures_of_generated_projects_are_those_of_their_export() {
    let projects = variable("CAIRN_RECOMPUTED_PROJECTS", 3);
    let events = projects * variable("CAIRN_RECOMPUTED_EVENTS", 4_000);
    let ledger = LedgerFolder::empty();
    let mut generate = ledger.command("generate");
    let generate = generate.args(["--projects", &projects.to_string()]);
    let ended = run(generate.args(["--events", &events.to_string()]));
    assert_eq!(ended.code, 0, "{ended:?}");
    let comparison = compare(&ledger, &ledger.serve(), &ledger.export());
    same(&comparison);
    assert!(comparison.compared > projects * FIGURES_MIN, "{} figures", comparison.compared);
}

#[test]
fn figures_of_the_example_are_those_of_its_export() {
    let ledger = LedgerFolder::empty();
    let ended = ledger.import(&[&example()]);
    assert_eq!(ended.code, 0, "{ended:?}");
    same(&compare(&ledger, &ledger.serve(), &ledger.export()));
}

#[test]
fn a_cent_more_in_one_line_is_found() {
    let ledger = LedgerFolder::with_example();
    let export = ledger.export();
    let (before, line) = export.split_once(r#""currency":"EUR","declared":"#).unwrap();
    let line = line.replacen(".00", ".01", 1);
    let altered = format!(r#"{before}"currency":"EUR","declared":{line}"#);
    let comparison = compare(&ledger, &ledger.serve(), &altered);
    assert!(!comparison.differences.is_empty());
}

#[test]
fn small_histories_come_to_what_was_worked_out_by_hand() {
    let ended = run(python().args(["-m", "unittest", "discover"]).arg(script("")));
    assert_eq!(ended.code, 0, "{ended:?}");
}
