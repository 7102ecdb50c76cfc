//! `cairn import`: what it says, what it records, and beside whom.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::running_server::{
    EVENTS, LEAD, LedgerFolder, SIENA, TRAKIA, example, expenditure, progress,
};

fn charters() -> [PathBuf; 2] {
    [example().join("care-get.yaml"), example().join("illustrative-plan.yaml")]
}

/// A posting as a line of an import: it names its project and who did it.
fn line(actor: &str, mut event: Value) -> String {
    event["project"] = json!("care-get");
    event["actorsubject"] = json!(actor);
    event.to_string()
}

fn count(ledger: &LedgerFolder) -> usize {
    ledger.export().lines().count()
}

#[test]
fn a_folder_is_imported_whole_and_importing_it_again_records_nothing() {
    let ledger = LedgerFolder::empty();
    let first = ledger.import(&[&example()]);
    assert_eq!(first.code, 0, "{first:?}");
    let wanted = [
        "care-get.yaml + illustrative-plan.yaml: 35 recorded, 0 repeated, 0 refused, 0 not readable",
        "care-get-1.ndjson: 19 recorded, 0 repeated, 0 refused, 0 not readable",
        "illustrative-history.ndjson: 156 recorded, 0 repeated, 0 refused, 0 not readable",
    ];
    let told: Vec<_> = first.stdout.lines().collect();
    assert_eq!(told[..3], wanted);
    for (told, file) in told[3..].iter().zip(["monitoring", "payments-and-claim"]) {
        assert!(told.starts_with(&format!("illustrative-{file}.ndjson: ")), "{told}");
        assert!(told.ends_with(" recorded, 0 repeated, 0 refused, 0 not readable"), "{told}");
    }
    let exported = ledger.export();

    let again = ledger.import(&[&example()]);
    assert_eq!(again.code, 0, "{again:?}");
    assert!(again.stdout.contains("156 repeated"), "{again:?}");
    assert_eq!(again.stdout.matches(" 0 recorded,").count(), 5, "{again:?}");
    assert_eq!(ledger.export(), exported);
}

#[test]
fn an_import_that_went_well_warns_of_nothing() {
    for _ in 0..50 {
        let ended = LedgerFolder::empty().import(&[&example()]);
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
    }
}

#[test]
fn lines_that_are_refused_are_named_by_their_numbers() {
    let ledger = LedgerFolder::with_example();
    let before = count(&ledger);
    let mut twice = progress("A 5.2", "first");
    let first = line(TRAKIA, twice.clone());
    twice["data"]["progress"] = json!("fully");
    let lines = [
        first.clone(),
        String::new(),
        "{ this is no JSON".to_owned(),
        line(SIENA, expenditure()),
        line(TRAKIA, progress("A 9.9", "unknown")),
        line(TRAKIA, twice),
        first,
        line("nobody", progress("A 5.2", "who")),
        progress("A 5.2", "without a project").to_string(),
        line(TRAKIA, progress("A 5.2", "last")),
    ];
    let file = ledger.write("history.ndjson", lines.join("\n"));
    let ended = ledger.import(&[&file]);
    assert_eq!(ended.code, 1, "{ended:?}");
    let said: Vec<_> = ended.stdout.lines().collect();
    let refused = [
        (3, "not_json"),
        (4, "transfer_partner_has_no_costs"),
        (5, "code_unknown"),
        (6, "id_taken"),
        (8, "not_found"),
        (9, "project"),
    ];
    for (number, why) in refused {
        let place = format!("history.ndjson:{number}: refused: ");
        let found = said.iter().find(|line| line.starts_with(&place));
        assert!(found.is_some_and(|line| line.contains(why)), "{number} {why}: {ended:?}");
    }
    let sum = "history.ndjson: 2 recorded, 1 repeated, 6 refused, 0 not readable";
    assert_eq!(said.last(), Some(&sum), "{ended:?}");
    assert_eq!(said.len(), refused.len() + 1, "{ended:?}");
    assert_eq!(count(&ledger), before + 2);
}

#[test]
fn what_cannot_be_read_ends_with_two() {
    let ledger = LedgerFolder::empty();
    let broken = ledger.write("broken.yaml", "project: [care-get\n");
    let unknown = ledger.write("unknown.yaml", "project: care-get\nbudgets: []\n");
    let text = ledger.write("history.txt", "{}");
    let empty = ledger.file("empty");
    std::fs::create_dir(&empty).unwrap();
    let latin_1 = ledger.write("latin-1.yaml", b"project: caf\xe9\n");
    for path in [&broken, &unknown, &text, &empty, &latin_1, &ledger.file("missing.ndjson")] {
        let ended = ledger.import(&[path]);
        assert_eq!(ended.code, 2, "{path:?}: {ended:?}");
        let name = path.file_name().unwrap().to_str().unwrap();
        let said = format!("{}{}", ended.stdout, ended.stderr);
        assert!(said.contains(name), "{path:?}: {ended:?}");
    }
    // One path that cannot be read, and nothing of the others is recorded.
    assert_eq!(ledger.import(&[&example(), &ledger.file("missing.ndjson")]).code, 2);
    assert!(!ledger.database_file().exists() || count(&ledger) == 0);
}

#[test]
fn a_file_without_a_last_line_break_and_with_dos_line_ends_is_read() {
    let ledger = LedgerFolder::with_example();
    let lines: Vec<_> = (0..3).map(|n| line(TRAKIA, progress("A 5.2", &n.to_string()))).collect();
    let file = ledger.write("dos.ndjson", lines.join("\r\n"));
    let ended = ledger.import(&[&file]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.stdout.contains("3 recorded"), "{ended:?}");
}

#[test]
fn a_mark_of_the_byte_order_before_the_first_line_is_no_part_of_it() {
    let ledger = LedgerFolder::with_example();
    let [first, second] = ["first", "second"].map(|text| line(TRAKIA, progress("A 5.2", text)));
    let marked = ledger.write("marked.ndjson", format!("\u{feff}{first}\n{second}\n"));
    let ended = ledger.import(&[&marked]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.stdout.contains("2 recorded"), "{ended:?}");
    // Anywhere else it is a fault of the line.
    let third = line(TRAKIA, progress("A 5.2", "third"));
    let inside = ledger.write("inside.ndjson", format!("{second}\n\u{feff}{third}\n"));
    let ended = ledger.import(&[&inside]);
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.stdout.contains("inside.ndjson:2: refused: "), "{ended:?}");
}

#[test]
fn bytes_that_are_no_events_are_refused_line_by_line() {
    let ledger = LedgerFolder::with_example();
    let bytes: Vec<u8> = (0..=255).collect();
    let ended = ledger.import(&[&ledger.write("noise.ndjson", bytes)]);
    assert_eq!(ended.code, 1, "{ended:?}");
    assert!(ended.stdout.contains(" 2 refused, 0 not readable"), "{ended:?}");
}

#[test]
fn an_import_runs_beside_a_server_which_sees_its_events() {
    let ledger = LedgerFolder::empty();
    let [charter, plan] = charters();
    assert_eq!(ledger.import(&[&charter, &plan]).code, 0);
    let server = ledger.serve();
    let (lead, trakia) = (ledger.token(LEAD), ledger.token(TRAKIA));
    assert_eq!(server.position(), 35);
    assert_eq!(ledger.import_first_years().code, 0);
    let seen = server.get_after(&lead, &format!("{EVENTS}?after=209"), 210);
    assert_eq!(seen.status, 200, "{seen:?}");
    assert_eq!(seen.json()[0]["position"], 210);
    // And goes on after them.
    let posted = server.post(&trakia, &progress("A 5.2", "after the import"));
    assert_eq!(posted.json()["position"], 211, "{posted:?}");

    // While postings come in, each keeps its place.
    let lines: Vec<_> = (0..300).map(|n| line(TRAKIA, progress("A 5.2", &n.to_string()))).collect();
    let file = ledger.write("beside.ndjson", lines.join("\n"));
    std::thread::scope(|scope| {
        let import = scope.spawn(|| ledger.import(&[&file]));
        let mut posted = 0;
        while !import.is_finished() {
            assert_eq!(server.post(&trakia, &progress("A 5.2", "meanwhile")).status, 201);
            posted += 1;
        }
        let ended = import.join().unwrap();
        assert_eq!(ended.code, 0, "{ended:?}");
        let last = 211 + 300 + posted;
        let page = server.get_after(&lead, EVENTS, last);
        assert_eq!(page.header("cairn-position"), last.to_string());
    });
    assert_eq!(ledger.verify().code, 0);
}

#[test]
fn an_edited_charter_is_refused_with_the_event_to_post_instead() {
    let ledger = LedgerFolder::with_example();
    let before = ledger.export();
    let edit = |file: &Path, from: &str, to: &str| {
        let text = std::fs::read_to_string(file).unwrap();
        assert!(text.contains(from), "{from}");
        ledger.write("edited.yaml", text.replacen(from, to, 1))
    };
    let [charter, plan] = charters();
    let edits = [
        (&charter, "country: \"RO\"", "country: \"SK\"", "partners[1]", "`partner.changed`"),
        (&charter, "acronym: \"CARE-GET\"", "acronym: \"CARE GET\"", "register", "not changed"),
        (
            &plan,
            "validFrom: \"2024-12-01\"\n    workPackages",
            "validFrom: \"2024-12-02\"\n    workPackages",
            "applicationForms[0]",
            "`application_form.approved` with the next version",
        ),
        (&plan, "until: \"2028-12-31\"", "until: \"2029-12-31\"", "members[", "`member.granted`"),
    ];
    for (file, from, to, place, instead) in edits {
        let edited = edit(file, from, to);
        let rest = if *file == charter { &plan } else { &charter };
        let ended = ledger.import(&[&edited, rest]);
        assert_eq!(ended.code, 1, "{from}: {ended:?}");
        let refused: Vec<_> = ended.stdout.lines().filter(|l| l.contains("refused: ")).collect();
        assert_eq!(refused.len(), 1, "{from}: {ended:?}");
        assert!(refused[0].contains(place) && refused[0].contains(instead), "{refused:?}");
        assert_eq!(ledger.export(), before, "{from}");
    }
}

#[test]
fn a_recorded_event_keeps_the_order_of_its_project() {
    let ledger = LedgerFolder::with_example();
    let before = count(&ledger);
    let at = |instant: &str| {
        let mut event = progress("A 5.2", instant);
        event["occurredon"] = json!("2026-07-01");
        event["recordedat"] = json!(instant);
        line(TRAKIA, event)
    };
    // The example's last event was recorded on 2 November 2026 at 06:00.
    let lines = [
        at("2026-11-02T05:59:59Z"),
        at("2026-11-02T06:00:00Z"),
        at("2999-01-01T00:00:00Z"),
        at("yesterday"),
        at("2026-11-02T06:00:01Z"),
    ];
    let file = ledger.write("restored.ndjson", lines.join("\n"));
    let ended = ledger.import(&[&file]);
    assert_eq!(ended.code, 1, "{ended:?}");
    for number in [1, 3, 4] {
        let place = format!("restored.ndjson:{number}: refused: ");
        let found = ended.stdout.lines().find(|line| line.starts_with(&place));
        assert!(found.is_some_and(|line| line.contains("recordedat")), "{number}: {ended:?}");
    }
    assert!(ended.stdout.contains("2 recorded, 0 repeated, 3 refused"), "{ended:?}");
    assert_eq!(count(&ledger), before + 2);
    let exported = ledger.export();
    assert!(exported.lines().last().unwrap().contains(r#""recordedat":"2026-11-02T06:00:01Z""#));
}

#[test]
fn nobody_begins_a_project_but_the_operator() {
    let ledger = LedgerFolder::empty();
    let [charter, plan] = charters();
    // The plan alone has members and no project.
    let ended = ledger.import(&[&plan]);
    assert_eq!(ended.code, 1, "{ended:?}");
    assert_eq!(count(&ledger), 0);
    // With the charter alone there is a project, and nobody in it.
    assert_eq!(ledger.import(&[&charter]).code, 1, "the contract has no actor yet");
    let server = ledger.serve();
    assert_eq!(server.get(&ledger.token(LEAD), EVENTS).status, 404);
    drop(server);
    let ended = ledger.import(&[&charter, &plan]);
    assert_eq!(ended.code, 0, "{ended:?}");
}

#[test]
fn an_exported_line_that_could_not_be_read_again_is_refused() {
    let ledger = LedgerFolder::with_example();
    let exported = ledger.export();
    let submitted = exported.lines().find(|line| line.contains(r#""submission":1"#)).unwrap();
    let damages = [
        (r#""completed":{"submission":1}"#, r#""completed":{"submission":"one"}"#),
        (r#""completed":{"submission":1}"#, r#""completed":{"other":1}"#),
        (r#""completed":{"submission":1}"#, r#""completed":{"submission":1},"warnings":5"#),
        (r#""actorpartner":3"#, r#""actorpartner":"3""#),
    ];
    for (sound, damaged) in damages {
        let line = submitted.replacen(sound, damaged, 1);
        assert_ne!(line, submitted, "{sound}");
        let other = LedgerFolder::empty();
        let file = other.write("damaged.ndjson", line);
        let ended = other.import(&[&file]);
        assert_eq!(ended.code, 1, "{damaged}: {ended:?}");
        assert!(ended.stdout.contains("is not what Cairn exports"), "{ended:?}");
        assert_eq!(other.export(), "");
    }
}
