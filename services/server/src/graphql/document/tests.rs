use std::fmt::Write;

use super::*;

fn code(document: &str) -> &'static str {
    check(document).map_or_else(|fault| fault.code(), |_| "taken")
}

fn fragment_bomb(levels: usize) -> String {
    let mut document = "{...f0}".to_owned();
    for level in 0..levels {
        let next = level + 1;
        write!(document, "fragment f{level} on Q{{...f{next} ...f{next}}}").unwrap();
    }
    write!(document, "fragment f{levels} on Q{{a}}").unwrap();
    document
}

fn nested(levels: usize) -> String {
    format!("{}{}", "{a".repeat(levels), "}".repeat(levels))
}

#[test]
fn takes_what_clients_send() {
    let cases = [
        "{ viewer { name } }",
        "query A($first: Int = 3) { projects(first: $first) { edges { node { acronym } } } }",
        "{ project(acronym: \"care-get\") { ...P } } fragment P on Project { titles { text } }",
        "query A { rules { id } } query B { viewer { name } }",
        "{ lessons(search: \"}}}{{{ \\\" {\") { totalCount } }",
        "{ lessons(search: \"\"\"a \"quoted\" { \\\"\"\" { [ (\"\"\") { totalCount } }",
        "{ a # {{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{{\n }",
        "\u{feff}{ a(n: -1.5e-3, l: [1, 2], o: {k: ENUM}) @include(if: true) }",
        include_str!("introspection.graphql"),
    ];
    for document in cases {
        assert_eq!(code(document), "taken", "{document}");
    }
}

#[test]
fn refuses_what_grows_faster_than_it_is_long() {
    let many = |part: &str, count: usize| format!("{{{}}}", part.repeat(count));
    let operations =
        |count| (0..count).fold(String::new(), |all, n| format!("{all} query q{n}{{a}}"));
    let aliases = |count| (0..count).fold(String::new(), |all, n| format!("{all} a{n}:a"));
    let bomb = fragment_bomb(31);
    let cases = [
        (bomb.as_str(), "DOCUMENT_TOO_MANY_FIELDS"),
        (&bomb["{...f0}".len()..], "GRAPHQL_PARSE_FAILED"),
        (&format!("{{a}}{}", &bomb["{...f0}".len()..]), "DOCUMENT_TOO_MANY_FIELDS"),
        (&many(" a:a", 10_000), "DOCUMENT_TOO_LONG"),
        (&many(" a:a", 300), "DOCUMENT_TOO_MANY_ALIASES"),
        (&format!("{{{}}}", aliases(16)), "DOCUMENT_TOO_MANY_ALIASES"),
        (&nested(1_000), "DOCUMENT_TOO_NESTED"),
        (&nested(33), "DOCUMENT_TOO_NESTED"),
        (&nested(13), "DOCUMENT_TOO_DEEP"),
        (&nested(12), "taken"),
        (&format!("{{a(b:{}1{})}}", "[".repeat(1_000), "]".repeat(1_000)), "DOCUMENT_TOO_NESTED"),
        (&format!("{{a{}{}}}", "(".repeat(1_000), ")".repeat(1_000)), "DOCUMENT_TOO_NESTED"),
        (&format!("{{a(b:{}", "{a:".repeat(1_000)), "DOCUMENT_TOO_NESTED"),
        (&operations(500), "DOCUMENT_TOO_MANY_TOKENS"),
        (&operations(11), "DOCUMENT_TOO_MANY_OPERATIONS"),
        (&operations(10), "taken"),
        (&format!("{{a(b:\"{}\")}}", "x".repeat(6_000_000)), "DOCUMENT_TOO_LONG"),
        (&many(" a", 11), "DOCUMENT_TOO_MANY_ROOT_FIELDS"),
        (
            "{...F} fragment F on Q {a b c d e f ...G} fragment G on Q {g h i j k}",
            "DOCUMENT_TOO_MANY_ROOT_FIELDS",
        ),
        (&format!("{{a{}}}", " @skip(if:true)".repeat(31)), "DOCUMENT_TOO_MANY_DIRECTIVES"),
        (&format!("query A({}){{a}}", "$a:Int @b ".repeat(31)), "DOCUMENT_TOO_MANY_DIRECTIVES"),
    ];
    for (document, expected) in cases {
        assert_eq!(code(document), expected, "{}", document.get(..80).unwrap_or(document));
    }
}

#[test]
fn refuses_fragments_that_lead_back_to_themselves() {
    for document in [
        "{...A} fragment A on Q {...A}",
        "{a} fragment A on Q {b {...B}} fragment B on Q {... {...C}} fragment C on Q {...A}",
    ] {
        assert_eq!(code(document), "DOCUMENT_FRAGMENT_CYCLE", "{document}");
    }
}

#[test]
fn counts_depth_through_fragments() {
    let (inner, outer) = (nested(8), nested(6).replacen("{a}", "{a{...F}}", 1));
    assert_eq!(code(&format!("{outer} fragment F on Q {inner}")), "DOCUMENT_TOO_DEEP");
    assert_eq!(
        check(&nested(13)).unwrap_err().to_string(),
        "The document nests fields 13 deep; 12 are taken. \
         Ask for the inner objects by node(id) in a second request."
    );
}

#[test]
fn bounds_introspection() {
    assert_eq!(code(&format!("{{__schema{}}}", nested(16))), "INTROSPECTION_TOO_DEEP");
    assert_eq!(
        code("{__schema{types{fields{type{fields{type{fields{name}}}}}}}}"),
        "INTROSPECTION_TOO_NESTED"
    );
}

#[test]
fn sees_brackets_where_the_parser_sees_them() {
    let braces = "{a".repeat(1_000);
    for document in [
        format!("#\r{braces}"),
        format!("{{a(b:\"\\\\\"){braces}"),
        format!("{{a(b:\"\"){braces}"),
        format!("{{a(b:\"\"\"\\\"\"\" \"\"\"){braces}"),
        format!("{{a(b:\"\"\"\\\\\"\"\"\"\"\"){braces}"),
        format!("\u{feff}#\u{2028}\n{braces}"),
    ] {
        assert_eq!(code(&document), "DOCUMENT_TOO_NESTED", "{}", &document[..30]);
    }
    for document in [
        format!("{{a(b:\"\"\"{braces}"),
        format!("{{a(b:[\"\"\"{braces}\"])}}"),
        format!("{{a(b:\"{braces}\n\")}}"),
        format!("{{a(b:\"{braces}\\"),
    ] {
        assert_eq!(code(&document), "GRAPHQL_PARSE_FAILED", "{}", &document[..20]);
    }
}

#[test]
fn says_where_a_document_cannot_be_read() {
    let problems = [
        ("{ a\n", "line 2, column 1: expected"),
        ("{ a }\n{ b }", "line 2, column 1: document contains"),
        ("{ a }\n{ b(c: \"d) }", "line 2, column 8: a string begins here and has no end."),
        ("", "line 1, column 1: expected"),
    ];
    for (document, place) in problems {
        let message = check(document).unwrap_err().to_string();
        assert!(message.contains(place), "{document:?}: {message}");
        assert!(!message.contains('\n') && message.ends_with('.'), "{message:?}");
    }
}
