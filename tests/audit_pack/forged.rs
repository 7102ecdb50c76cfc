//! Packs that somebody changed: the verifier refuses them, in a sentence.

use std::fs;
use std::os::unix::fs::symlink;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{Pack, is_unsigned, two_projects};

#[test]
fn a_byte_that_is_changed_in_any_file_is_found() {
    let good = Pack::of(&two_projects(), "care-get");
    let mut schema_seen = false;
    for name in good.files() {
        if name.starts_with("schemas/") && std::mem::replace(&mut schema_seen, true) {
            continue;
        }
        let bytes = good.read(&name);
        for place in [bytes.len() / 7, bytes.len() / 2, bytes.len() - 2] {
            let pack = good.copy();
            let mut changed = bytes.clone();
            // Where the program itself is changed, in its words: else it would not run.
            let place = if name == "verify.py" { 60 + place % 100 } else { place };
            changed[place] = if bytes[place] == b'7' { b'8' } else { b'7' };
            fs::write(pack.path(&name), changed).unwrap();
            pack.assert_refused(&format!("byte {place} of {name}"), "");
        }
    }
    let pack = good.copy();
    fs::write(pack.path("schemas/more.json"), "{}").unwrap();
    pack.assert_refused("a file more", "schemas/more.json is not the one that was packed");
    fs::remove_file(pack.path("schemas/more.json")).unwrap();
    fs::remove_file(pack.path("checkpoints/first")).unwrap();
    pack.assert_refused("a file less", "checkpoints/first is not the one that was packed");
}

#[test]
fn events_that_are_altered_removed_or_added_are_found_also_with_a_manifest_that_fits() {
    let good = Pack::of(&two_projects(), "care-get");
    let lines: Vec<_> = good.text("events.ndjson").lines().map(str::to_owned).collect();
    let forge = |what: &str, why: &str, change: &dyn Fn(&mut Vec<String>)| {
        let (pack, mut lines) = (good.copy(), lines.clone());
        change(&mut lines);
        pack.forge("events.ndjson", lines.iter().flat_map(|l| [l, "\n"]).collect::<String>());
        pack.assert_refused(what, why);
    };
    for column in [
        "position",
        "id",
        "type",
        "schemaversion",
        "occurredon",
        "recordedat",
        "actorsubject",
        "actorpartner",
        "actorrole",
        "payload",
        "digest",
        "proof",
    ] {
        forge(column, "version 150 is not the one that was recorded", &|lines| {
            let mut event: Value = serde_json::from_str(&lines[149]).unwrap();
            let other: Value = serde_json::from_str(&lines[150]).unwrap();
            event[column] = match &event[column] {
                Value::Number(number) => (number.as_i64().unwrap() + 1).into(),
                Value::Null => 1.into(),
                Value::String(text) if *text == other[column] => format!("{text}x").into(),
                Value::String(_) | Value::Array(_) => other[column].clone(),
                other => panic!("{column} is {other}"),
            };
            lines[149] = event.to_string();
        });
    }
    forge("removed", "version 106 is out of place", &|lines| drop(lines.remove(104)));
    forge("swapped", "version 106 is out of place", &|lines| lines.swap(104, 105));
    forge("twice", "version 105 is out of place", &|lines| lines.insert(104, lines[104].clone()));
    forge("the last removed", "209 events are there where 210 were signed", &|lines| {
        lines.pop();
    });
    forge("nothing left", "0 events are there where 210 were signed", &|lines| lines.clear());
}

#[test]
fn checkpoints_of_another_key_or_log_are_found_also_with_a_manifest_that_fits() {
    let ledger = two_projects();
    let good = Pack::of(&ledger, "care-get");
    let other = Pack::of(&two_projects(), "care-get");
    for name in ["checkpoints/newest", "checkpoints/first"] {
        let pack = good.copy();
        pack.forge(name, other.read(name));
        pack.assert_refused(name, "is of another log");
        // Under the name of this log.
        let origin = |pack: &Pack| pack.text(name).lines().next().unwrap().to_owned();
        let renamed = other.text(name).replace(&origin(&other), &origin(&good));
        let pack = good.copy();
        pack.forge(name, renamed);
        pack.assert_refused(name, "has another key");
        // What it says changed under its signature.
        let pack = good.copy();
        pack.forge(name, good.text(name).replace("project care-get 210", "project care-get 209"));
        pack.assert_refused(name, "is not signed by the log's key");
    }
    let pack = good.copy();
    pack.forge("checkpoints/first", good.read("checkpoints/newest"));
    pack.assert_refused("two checkpoints that the proof is not of", "did not only grow");
    let pack = good.copy();
    let proof = good.text("checkpoints/consistency.json");
    let place = proof.find('=').unwrap() - 5;
    let other_hash = if proof.as_bytes()[place] == b'A' { "B" } else { "A" };
    let changed = format!("{}{other_hash}{}", &proof[..place], &proof[place + 1..]);
    pack.forge("checkpoints/consistency.json", changed);
    pack.assert_refused("another proof of growth", "did not only grow");
    // A whole pack of another key fits together in itself; the key tells.
    assert_eq!(other.verify(None).code, 0);
    let refused = other.verify(Some(&ledger.data().join("keys/log.pub")));
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.stderr.contains("log.pub is another key"), "{refused:?}");
}

#[test]
fn a_word_that_nobody_signed_is_found_also_with_a_manifest_that_fits() {
    let good = Pack::of(&two_projects(), "care-get");
    let line = good.text("events.ndjson").lines().next().unwrap().to_owned();
    let event: Value = serde_json::from_str(&line).unwrap();
    let leaf = event["leafhash"].as_str().unwrap();
    let (id, digest) = (event["id"].as_str().unwrap(), event["digest"].as_str().unwrap());
    for (what, from, to) in [
        ("another leaf hash", leaf, "0".repeat(64).as_str()),
        ("data beside the payload", "\"payload\":", "\"data\":{\"amount\":1},\"payload\":"),
        ("a column twice", "{", "{\"actorrole\":\"auditor\","),
        ("a member more", "{", "{\"amount\":1,"),
        (
            "another order",
            "{\"position\":1,\"project\":\"care-get\"",
            "{\"project\":\"care-get\",\"position\":1",
        ),
        ("white space", "{", "{ "),
        ("another spelling of an id", id, &id.to_uppercase()),
        ("another spelling of a digest", digest, &digest.to_uppercase()),
        ("a number that is none", "\"schemaversion\":1", "\"schemaversion\":true"),
        ("a fraction", "\"schemaversion\":1", "\"schemaversion\":1.0"),
    ] {
        let pack = good.copy();
        assert!(line.contains(from), "{what}: {line}");
        pack.forge("events.ndjson", good.text("events.ndjson").replacen(from, to, 1));
        pack.assert_refused(what, "");
    }
    let pack = good.copy();
    pack.forge("events.ndjson", good.text("events.ndjson").replace('\n', "\r\n"));
    pack.assert_refused("other ends of lines", "says more, or other, than what was recorded");
    for (from, to) in [
        ("\"first\": 210", "\"first\": 209"),
        ("\"size\": 245", "\"size\": 246"),
        ("\"size\": 245", "\"size\": 245,\n  \"note\": \"audited\""),
        ("\"first\": 210", "\"first\": 1,\n  \"first\": 210"),
    ] {
        for name in ["checkpoints/consistency.json", "manifest.json"] {
            let pack = good.copy();
            let forged = good.text(name).replace(from, to);
            assert_ne!(forged, good.text(name), "{name}: {from}");
            match name {
                "manifest.json" => fs::write(pack.path(name), forged).unwrap(),
                _ => pack.forge(name, forged),
            }
            pack.assert_refused(to, &format!("{name} says more, or other, than what is proven"));
        }
    }
}

#[test]
fn a_file_that_does_not_belong_to_the_pack_is_found_also_when_the_manifest_names_it() {
    let good = Pack::of(&two_projects(), "care-two");
    let events = good.text("events.ndjson");
    assert!(!events.contains("\"type\":\"question.answered\""), "a type of no event");
    for (name, why) in [
        ("evidence/invoice.pdf", "evidence does not belong to a pack"),
        ("invoice.pdf", "invoice.pdf does not belong to this pack"),
        ("checkpoints/middle", "checkpoints/middle does not belong to this pack"),
        ("schemas/project.registered", "does not belong to this pack"),
        ("schemas/question.answered.v1.json", "does not belong to this pack"),
        ("project.registered", "does not belong to this pack"),
    ] {
        let pack = good.copy();
        pack.add(name, "of somebody");
        pack.assert_refused(name, why);
    }
    let elsewhere = TempDir::new().unwrap();
    for name in ["verify.py", "checkpoints/newest", "schemas"] {
        let (pack, to) = (good.copy(), elsewhere.path().join(name.replace('/', "-")));
        fs::rename(pack.path(name), &to).unwrap();
        symlink(&to, pack.path(name)).unwrap();
        pack.assert_refused(name, &format!("{name} does not belong to a pack"));
    }
    // A program that lies in a good pack does not speak for another.
    let pack = good.copy();
    fs::remove_file(pack.path("verify.py")).unwrap();
    symlink(good.path("verify.py"), pack.path("verify.py")).unwrap();
    pack.assert_refused("the program of another pack", "verify.py does not belong to a pack");
}

#[test]
fn a_pack_that_is_no_pack_is_refused_in_a_sentence() {
    let good = Pack::of(&two_projects(), "care-two");
    let deep = "[".repeat(200_000);
    let broken: [(&str, &[u8]); 6] = [
        ("nothing", b""),
        ("no text", b"\xff\xfe\n"),
        ("deep", deep.as_bytes()),
        ("an object", b"{}\n"),
        ("a null", b"null\n"),
        ("members of other kinds", br#"{"files":[],"hashes":{"a":1},"project":["a"],"version":1}"#),
    ];
    for name in good.files().iter().filter(|name| !is_unsigned(name)) {
        for (what, content) in broken {
            let pack = good.copy();
            match name.as_str() {
                "manifest.json" => fs::write(pack.path(name), content).unwrap(),
                _ => pack.forge(name, content),
            }
            pack.assert_refused(&format!("{what} in {name}"), "");
        }
    }
    let events = good.text("events.ndjson");
    let (line, rest) = events.split_once('\n').unwrap();
    let event: Value = serde_json::from_str(line).unwrap();
    for column in event.as_object().unwrap().keys() {
        for value in [Value::Null, json!([[]])] {
            if event[column] == value {
                continue;
            }
            let (pack, mut changed) = (good.copy(), event.clone());
            changed[column] = value;
            pack.forge("events.ndjson", format!("{changed}\n{rest}"));
            pack.assert_refused(&changed.to_string(), "");
        }
    }
}
