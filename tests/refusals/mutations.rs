//! Whatever is done to a sound posting: it is recorded or refused, and a refusal leaves no trace.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

use super::House;
use crate::running_server::{expenditure, progress, second_submission};

const CASES: u32 = 400;

#[derive(Clone, Debug)]
enum Mutation {
    /// Puts a value in the place of another.
    Replace(Index, Value),
    Remove(Index),
    /// Adds a member to an object.
    Add(Index, String, Value),
    /// Works on the text that is sent.
    Byte(Index, u8),
    Cut(Index),
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[0-9.eE+-]{1,40}",
        "[\\x00-\\x1f\\x7f-\\x9f\u{202e}\u{feff}]{1,4}",
        "[ADOaАДαΔ]{1,2}[ .0-9\u{a0}]{0,8}",
        Just("A 5.2".to_owned()),
        Just("2026-11-20".to_owned()),
        Just("x".repeat(70_000)),
    ]
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(null)),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inside| {
        prop_oneof![
            vec(inside.clone(), 0..4).prop_map(Value::from),
            vec((any_name(), inside), 0..4).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

/// Names that mean something somewhere.
const NAMES: [&str; 10] =
    ["id", "type", "data", "code", "text", "original", "bg", "evidence", "uri", "net"];

fn any_name() -> impl Strategy<Value = String> {
    prop_oneof![proptest::sample::select(&NAMES[..]).prop_map(str::to_owned), any_text()]
}

fn any_mutation() -> impl Strategy<Value = Mutation> {
    prop_oneof![
        4 => (any::<Index>(), any_value()).prop_map(|(at, value)| Mutation::Replace(at, value)),
        2 => any::<Index>().prop_map(Mutation::Remove),
        2 => (any::<Index>(), any_name(), any_value())
            .prop_map(|(at, name, value)| Mutation::Add(at, name, value)),
        1 => (any::<Index>(), any::<u8>()).prop_map(|(at, byte)| Mutation::Byte(at, byte)),
        1 => any::<Index>().prop_map(Mutation::Cut),
    ]
}

/// The pointers of all values inside a value.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    let escaped = |name: &str| name.replace('~', "~0").replace('/', "~1");
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                pointers(value, &format!("{at}/{}", escaped(name)), found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                pointers(value, &format!("{at}/{index}"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn place<'a>(event: &'a mut Value, at: &Index) -> &'a mut Value {
    let mut found = Vec::new();
    pointers(event, "", &mut found);
    let pointer = &found[at.index(found.len())];
    event.pointer_mut(pointer).unwrap()
}

fn mutated(mut event: Value, mutations: &[Mutation]) -> Vec<u8> {
    for mutation in mutations {
        match mutation {
            Mutation::Replace(at, value) => *place(&mut event, at) = value.clone(),
            Mutation::Remove(at) => match place(&mut event, at) {
                Value::Object(members) if !members.is_empty() => {
                    let name = members.keys().nth(at.index(members.len())).unwrap().clone();
                    members.shift_remove(&name);
                }
                other => *other = Value::Null,
            },
            Mutation::Add(at, name, value) => {
                if let Value::Object(members) = place(&mut event, at) {
                    members.insert(name.clone(), value.clone());
                }
            }
            Mutation::Byte(..) | Mutation::Cut(_) => {}
        }
    }
    let mut bytes = event.to_string().into_bytes();
    for mutation in mutations {
        match mutation {
            Mutation::Byte(at, byte) if !bytes.is_empty() => {
                let place = at.index(bytes.len());
                bytes[place] = *byte;
            }
            Mutation::Cut(at) => bytes.truncate(at.index(bytes.len() + 1)),
            Mutation::Byte(..)
            | Mutation::Replace(..)
            | Mutation::Remove(_)
            | Mutation::Add(..) => {}
        }
    }
    bytes
}

#[test]
fn a_posting_changed_at_random_is_recorded_once_or_refused_without_a_trace() {
    let house = House::open();
    let sound: [fn() -> Value; 3] = [|| progress("A 5.2", "sound"), second_submission, expenditure];
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new(config).run(
        &(0..sound.len(), vec(any_mutation(), 1..4)),
        |(kind, mutations)| {
            let before = house.server.position();
            let body = mutated(sound[kind](), &mutations);
            let answer = house.post_bytes(body.clone());
            let shown = String::from_utf8_lossy(&body);
            prop_assert!(answer.status < 500, "{answer:?} to {shown}");
            let after = house.server.position();
            match answer.status {
                201 => prop_assert_eq!(after, before + 1),
                200 => prop_assert_eq!(after, before),
                status => {
                    prop_assert_eq!(after, before, "{:?} to {}", answer, shown);
                    let problem = answer.problem(status);
                    let page = house.server.get(&house.trakia, &format!("/problems/{problem}"));
                    prop_assert_eq!(page.status, 200);
                    for inside in ["sqlx", "SELECT", "panicked", "/src/"] {
                        let sent = shown.contains(inside);
                        prop_assert!(sent || !answer.body.contains(inside), "{answer:?}");
                    }
                }
            }
            Ok(())
        },
    );
    result.unwrap();
    house.close();
}
