//! Bodies that are no JSON, or JSON that two readers would understand in two ways.

use super::House;
use crate::running_server::progress;

#[test]
fn what_is_not_json_is_refused() {
    let house = House::open();
    let sound = progress("A 5.2", "sound").to_string();
    let in_data = |inside: &str| sound.replacen(r#""progress":"partly""#, inside, 1);
    let nested = |open: &str, close: &str| open.repeat(10_000) + "1" + &close.repeat(10_000);
    let mut latin_1 = sound.clone().into_bytes();
    let place = sound.find("sound").unwrap();
    latin_1[place] = 0xe9;
    let bodies: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", Vec::new()),
        ("white space", b" \n\t ".to_vec()),
        ("a text", b"D 5.2.1 was submitted".to_vec()),
        ("a form", b"id=1&type=deliverable.submitted".to_vec()),
        ("half an event", sound.as_bytes()[..sound.len() / 2].to_vec()),
        ("two events", format!("{sound}{sound}").into_bytes()),
        ("a comma too many", sound.replacen("}}", "},}", 1).into_bytes()),
        ("single quotes", sound.replace('"', "'").into_bytes()),
        ("a byte order mark", format!("\u{feff}{sound}").into_bytes()),
        ("Latin-1", latin_1),
        ("UTF-16", sound.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("half of a character", in_data(r#""progress":"\ud83d""#).into_bytes()),
        ("a NUL byte", sound.replace("sound", "so\0und").into_bytes()),
        ("only opening brackets", "[".repeat(10_000).into_bytes()),
        ("ten thousand arrays", nested("[", "]").into_bytes()),
        ("ten thousand objects", nested(r#"{"a":"#, "}").into_bytes()),
        ("arrays inside", in_data(&format!(r#""links":{}"#, nested("[", "]"))).into_bytes()),
        ("not a number", in_data(r#""progress":NaN"#).into_bytes()),
        ("an infinite number", in_data(r#""progress":1e400"#).into_bytes()),
    ];
    for (what, body) in bodies {
        let answer = house.post_bytes(body.clone());
        house.assert_refused(what, &answer, 400, "not_json");
        // A line of white space is no line.
        if !body.trim_ascii().is_empty() {
            house.assert_refused_as_a_line(what, body, &answer);
        }
    }
    house.close();
}

#[test]
fn an_object_that_names_a_member_twice_is_refused() {
    let house = House::open();
    let sound = progress("A 5.2", "sound").to_string();
    let twice = [
        (
            "an attribute",
            sound.replacen(r#""occurredon""#, r#""occurredon":"2026-11-19","occurredon""#, 1),
        ),
        ("in data", sound.replacen(r#""code""#, r#""code":"A 5.1","code""#, 1)),
        ("in a text", sound.replacen(r#""en":"#, r#""en":"other","en":"#, 1)),
    ];
    for (what, body) in twice {
        let answer = house.post_bytes(body.clone());
        assert_eq!(answer.status, 400, "{what}: {answer:?}");
        house.assert_harmless(what, &answer);
        house.assert_refused_as_a_line(what, body, &answer);
    }
}
