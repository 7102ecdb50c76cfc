//! `cairn verify --export`: the file of an export, on a machine without the database.

use std::path::Path;

use crate::running_server::{Ended, LedgerFolder, cairn, run};

struct Exported {
    ledger: LedgerFolder,
    lines: Vec<String>,
}

impl Exported {
    fn make() -> Self {
        let ledger = LedgerFolder::with_example();
        let lines = ledger.export().lines().map(|line| format!("{line}\n")).collect();
        Self { ledger, lines }
    }

    fn verify(&self, text: impl AsRef<[u8]>, more: &[&Path]) -> Ended {
        let file = self.ledger.write("export.ndjson", text);
        run(cairn().arg("verify").arg("--export").arg(file).args(more))
    }

    fn assert_altered(&self, what: &str, text: impl AsRef<[u8]>, position: usize) {
        let found = self.verify(text, &[]);
        assert_eq!(found.code, 1, "{what}: {found:?}");
        let named = format!("ALTERED at position {position}: ");
        assert!(found.stdout.starts_with(&named), "{what}: {found:?}");
    }
}

#[test]
fn an_export_has_the_tree_head_of_its_database() {
    let exported = Exported::make();
    let (data, newest) =
        (exported.ledger.data(), exported.ledger.data().join("checkpoints/newest"));
    let database = exported.ledger.verify();
    let whole = exported.lines.concat();
    let with_data = exported.verify(&whole, &[Path::new("--data"), &data]);
    assert_eq!((with_data.code, &with_data.stdout), (0, &database.stdout), "{with_data:?}");
    let with_key = exported.verify(
        &whole,
        &[Path::new("--key"), &data.join("keys/log.pub"), Path::new("--checkpoint"), &newest],
    );
    assert_eq!((with_key.code, &with_key.stdout), (0, &database.stdout), "{with_key:?}");
    let alone = exported.verify(&whole, &[]);
    assert_eq!(alone.code, 0, "{alone:?}");
    assert!(alone.stdout.contains("not checked against a key"), "{alone:?}");
    let head = |ended: &Ended| ended.stdout.lines().next().unwrap().to_owned();
    assert_eq!(head(&alone), head(&database));
}

#[test]
fn any_byte_of_an_export_that_is_changed_is_named() {
    let exported = Exported::make();
    let whole = exported.lines.concat().into_bytes();
    let mut line = 1;
    for (place, byte) in whole.iter().enumerate() {
        // A few dozen of them, each at another place of its line.
        if place % 5_471 == 17 {
            let mut changed = whole.clone();
            changed[place] = if *byte == b'7' { b'8' } else { b'7' };
            exported.assert_altered(&format!("byte {place}"), changed, line);
        }
        line += usize::from(*byte == b'\n');
    }
    assert!(line > 200 && whole.len() > 100_000, "{line} lines, {} bytes", whole.len());
}

#[test]
fn lines_of_an_export_that_are_gone_or_changed_places_are_named() {
    let exported = Exported::make();
    let change = |change: &dyn Fn(&mut Vec<String>)| {
        let mut lines = exported.lines.clone();
        change(&mut lines);
        lines.concat()
    };
    exported.assert_altered("removed", change(&|lines| drop(lines.remove(104))), 105);
    exported.assert_altered("swapped", change(&|lines| lines.swap(104, 105)), 105);
    let twice = |lines: &mut Vec<String>| lines.insert(104, lines[104].clone());
    exported.assert_altered("twice", change(&twice), 105);
    exported.assert_altered("an empty line", change(&|lines| lines.insert(3, "\n".into())), 4);
    let actor = |lines: &mut Vec<String>| {
        lines[104] = lines[104].replacen("\"actorsubject\":\"", "\"actorsubject\":\"x", 1);
    };
    exported.assert_altered("another actor", change(&actor), 105);
    let posting = |lines: &mut Vec<String>| {
        let mut event: serde_json::Value = serde_json::from_str(&lines[9]).unwrap();
        event.as_object_mut().unwrap().shift_remove("leafhash");
        lines[9] = format!("{event}\n");
    };
    exported.assert_altered("no leaf hash", change(&posting), 10);

    let cut = change(&|lines| lines.truncate(150));
    assert_eq!(exported.verify(&cut, &[]).code, 0, "by itself it looks whole");
    let found = exported.verify(&cut, &[Path::new("--data"), &exported.ledger.data()]);
    assert_eq!(found.code, 1, "{found:?}");
    assert!(found.stdout.starts_with("ALTERED at position 151: the event is missing"), "{found:?}");
    let missing = run(cairn().args(["verify", "--export", "/no/such/file.ndjson"]));
    assert_eq!((missing.code, missing.stdout.as_str()), (2, ""), "{missing:?}");
}
