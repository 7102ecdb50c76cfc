//! Requests that are wrong before their body is: method, path, media type, length, query, order.

use serde_json::{Value, json};

use super::House;
use crate::running_server::{Answer, BATCH, EVENTS, LINES, ONE, SIENA, expenditure, progress};

/// Largest body of a posting, as `cairn serve --help` says.
const BODY_BYTES_MAX: usize = 1024 * 1024;

fn status_of(raw: &str) -> u16 {
    let status = raw.split(' ').nth(1).and_then(|status| status.parse().ok());
    status.unwrap_or_else(|| panic!("no answer: {raw:?}"))
}

/// The head of a posting with a body that is or is not to come.
fn head(token: &str, more: &str) -> String {
    let authorization = match token {
        "" => String::new(),
        token => format!("Authorization: Bearer {token}\r\n"),
    };
    format!("POST {EVENTS} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{authorization}{more}\r\n")
}

#[test]
fn a_body_of_two_megabytes_is_refused_by_its_header() {
    let house = House::open();
    let length = format!("Content-Type: {ONE}\r\nContent-Length: {}\r\n", 2 * BODY_BYTES_MAX);
    // None of it is sent: the header is enough.
    let answer = house.server.raw(head(&house.trakia, &length).as_bytes());
    assert_eq!(status_of(&answer), 413, "{answer}");
    assert!(answer.contains("/problems/body_too_large"), "{answer}");
    assert_eq!(house.server.position(), house.recorded);
    house.close();
}

#[test]
fn a_body_of_two_megabytes_is_refused_as_it_streams_in() {
    let house = House::open();
    let mut request =
        head(&house.trakia, &format!("Content-Type: {ONE}\r\nTransfer-Encoding: chunked\r\n"));
    for _ in 0..32 {
        request.push_str(&format!("{:x}\r\n{}\r\n", 64 * 1024, " ".repeat(64 * 1024)));
    }
    request.push_str("0\r\n\r\n");
    let answer = house.server.raw(request.as_bytes());
    // Where the rest of the body is still under way, the connection may break before the answer
    // is read; that nothing was recorded holds either way.
    if !answer.is_empty() {
        assert_eq!(status_of(&answer), 413, "{answer}");
        assert!(answer.contains("/problems/body_too_large"), "{answer}");
    }
    let streamed =
        reqwest::blocking::Body::new(std::io::Cursor::new(vec![b' '; BODY_BYTES_MAX + 1]));
    let request = house.server.posting(&house.trakia, ONE, Vec::new()).body(streamed);
    let answer = Answer::of(request);
    house.assert_refused("one byte too many, chunked", &answer, 413, "body_too_large");
    house.close();
}

#[test]
fn a_body_of_one_megabyte_is_read() {
    let house = House::open();
    let mut body = progress("A 5.2", "with much white space around it").to_string();
    body.insert_str(0, &" ".repeat(BODY_BYTES_MAX - body.len()));
    assert_eq!(house.post_bytes(body).status, 201);
}

#[test]
fn a_body_that_breaks_off_records_nothing() {
    let house = House::open();
    let event = progress("A 5.2", "broken off").to_string();
    let length = format!("Content-Type: {ONE}\r\nContent-Length: {}\r\n", event.len() + 1);
    let request = head(&house.trakia, &length) + &event;
    let connection = std::net::TcpStream::connect(house.server.address()).unwrap();
    std::io::Write::write_all(&mut &connection, request.as_bytes()).unwrap();
    connection.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = String::new();
    let _ = std::io::Read::read_to_string(&mut &connection, &mut answer);
    assert!(!answer.contains(" 201 "), "{answer}");
    assert_eq!(house.server.position(), house.recorded);
    house.close();
}

#[test]
fn another_media_type_is_not_read() {
    let house = House::open();
    let body = progress("A 5.2", "sound").to_string();
    let types = [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "text/json",
        "application/xml",
        "application/cloudevents",
        "application/cloudevents+xml",
        "*/*",
        "",
        "application/jsonp",
        "application/json, text/plain",
        "application/graphql",
    ];
    for media_type in types {
        let request = house.server.posting(&house.trakia, media_type, body.clone().into_bytes());
        house.assert_refused(media_type, &Answer::of(request), 415, "media_type_unsupported");
    }
    let url = house.server.url(EVENTS);
    let untyped = house.server.client().post(&url).bearer_auth(&house.trakia).body(body.clone());
    house.assert_refused("no type", &Answer::of(untyped), 415, "media_type_unsupported");
    for media_type in [ONE, BATCH, LINES] {
        let packed = house.server.posting(&house.trakia, media_type, body.clone().into_bytes());
        let packed = Answer::of(packed.header("Content-Encoding", "gzip"));
        house.assert_refused("packed", &packed, 415, "media_type_unsupported");
    }

    // A parameter changes nothing, and the case does not matter.
    for media_type in ["application/json; charset=utf-8", "Application/CloudEvents+JSON"] {
        let request = house.server.posting(&house.trakia, media_type, body.clone().into_bytes());
        assert!(matches!(Answer::of(request).status, 200 | 201), "{media_type}");
    }
}

#[test]
fn a_batch_that_is_none_is_refused() {
    let house = House::open();
    let post = |body: Value| {
        let body = body.to_string().into_bytes();
        Answer::of(house.server.posting(&house.trakia, BATCH, body))
    };
    let cases = [
        ("one event", progress("A 5.2", "sound"), "not_an_event"),
        ("an empty batch", json!([]), "not_an_event"),
        ("null", json!(null), "not_an_event"),
        ("batch of numbers", json!([1, 2]), "not_an_event"),
        ("batch of batches", json!([[progress("A 5.2", "sound")]]), "not_an_event"),
        ("batch with null", json!([progress("A 5.2", "sound"), null]), "not_an_event"),
    ];
    for (what, body, problem) in cases {
        house.assert_refused(what, &post(body), 400, problem);
    }
    let second = post(json!([progress("A 5.2", "sound"), null]));
    assert_eq!(second.faults()[0].0, "/1");
    house.close();
}

#[test]
fn a_wrong_query_is_refused() {
    let house = House::open();
    let queries = [
        "?limit=0",
        "?limit=201",
        "?limit=-1",
        "?limit=many",
        "?limit=",
        "?after=-1",
        "?after=1.5",
        "?after=18446744073709551616",
        "?after=%00",
        "?before=3",
        "?after=1&after=2",
        "?limit=99999999999",
        "?after=1;limit=2",
        "?%ff=1",
        "?after='%20or%201=1",
    ];
    for query in queries {
        let answer = house.server.get(&house.trakia, &format!("{EVENTS}{query}"));
        house.assert_refused(query, &answer, 400, "parameter_invalid");
    }
    // The largest numbers there are: a page with nothing in it.
    let last = house.server.get(&house.trakia, &format!("{EVENTS}?after={}", u64::MAX));
    assert_eq!((last.status, last.json()), (200, json!([])));
    for query in ["?dry-run=perhaps", "?dry-run=1", "?dryrun=true", "?dry-run"] {
        let url = house.server.url(&format!("{EVENTS}{query}"));
        let request = house.server.client().post(url).bearer_auth(&house.trakia);
        let body = progress("A 5.2", "sound").to_string();
        let answer = Answer::of(request.header("Content-Type", ONE).body(body));
        house.assert_refused(query, &answer, 400, "parameter_invalid");
    }
    for position in ["x", "-1", "1.5", "", "18446744073709551616"] {
        let request = house.server.client().get(house.server.url(EVENTS));
        let request = request.bearer_auth(&house.trakia).header("Cairn-Position", position);
        let what = format!("Cairn-Position: {position}");
        house.assert_refused(&what, &Answer::of(request), 400, "parameter_invalid");
    }
    house.close();
}

#[test]
fn a_path_that_leads_nowhere_is_not_found() {
    let house = House::open();
    let id = "0195b7d2-cb40-7647-9612-703b693f12be";
    let paths = [
        "/".to_owned(),
        "/v1".to_owned(),
        "/v1/projects".to_owned(),
        "/v1/projects/care-get".to_owned(),
        "/v1/projects/unknown/events".to_owned(),
        "/v1/projects/CARE-GET/events".to_owned(),
        "/v1/projects/%00/events".to_owned(),
        "/v1/projects/care-get%00/events".to_owned(),
        "/v1/projects/%ff/events".to_owned(),
        format!("/v1/projects/{}/events", "a".repeat(5_000)),
        "/v1/projects/..%2fcare-get/events".to_owned(),
        format!("{EVENTS}/{id}"),
        format!("{EVENTS}/%00"),
        format!("{EVENTS}/x'%20or%201=1--"),
        format!("/v1/projects/unknown/events/{id}"),
        format!("{EVENTS}/{id}%00"),
        "/problems/none".to_owned(),
        "/problems/%00".to_owned(),
        "/problems/%3Cscript%3E".to_owned(),
        "/v1/schemas/volcano.erupted/1.json".to_owned(),
        "/v1/schemas/activity.started/2.json".to_owned(),
        "/v1/schemas/..%2f..%2fetc/1.json".to_owned(),
    ];
    for path in paths {
        let answer = house.server.get(&house.trakia, &path);
        house.assert_refused(&path, &answer, 404, "not_found");
    }
    // A NUL that is not even encoded is no HTTP.
    let raw = house.server.raw(b"GET /v1/projects/\0/events HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(status_of(&raw), 400, "{raw}");
    for path in ["/v1/projects/unknown/events", "/v1/projects/%00/events"] {
        let request = house.server.client().post(house.server.url(path));
        let request = request.bearer_auth(&house.trakia).header("Content-Type", ONE);
        let body = progress("A 5.2", "sound").to_string();
        let answer = Answer::of(request.body(body.clone()));
        house.assert_refused(path, &answer, 404, "not_found");
        // A path that cannot be one is refused before the first line is read.
        let request = house.server.client().post(house.server.url(path));
        let request = request.bearer_auth(&house.trakia).header("Content-Type", LINES);
        let answer = Answer::of(request.body(body));
        match path.contains('%') {
            true => house.assert_refused(path, &answer, 404, "not_found"),
            false => assert!(answer.body.contains(r#""status":404"#), "{answer:?}"),
        }
    }
    house.close();
}

#[test]
fn a_method_without_meaning_is_refused() {
    let house = House::open();
    let one = format!("{EVENTS}/0195b7d2-cb40-7647-9612-703b693f12bf");
    for (path, methods) in
        [(EVENTS, &["PUT", "PATCH", "DELETE"][..]), (&one, &["POST", "PUT", "PATCH", "DELETE"])]
    {
        for method in methods {
            let url = house.server.url(path);
            let request = house.server.client().request(method.parse().unwrap(), url);
            let answer = Answer::of(request.bearer_auth(&house.trakia));
            house.assert_refused(method, &answer, 405, "method_not_allowed");
        }
    }
    house.close();
}

#[test]
fn a_method_without_meaning_is_told_which_have_one() {
    let house = House::open();
    for (path, allowed) in [(EVENTS, "GET, POST"), ("/readyz", "GET"), ("/v1/rules", "GET")] {
        let answer = Answer::of(house.server.client().delete(house.server.url(path)));
        house.assert_refused(path, &answer, 405, "method_not_allowed");
        assert_eq!(answer.header("allow"), allowed);
    }
}

#[test]
fn checks_come_in_the_order_of_the_contract() {
    let house = House::open();
    let status = |raw: &str| status_of(&house.server.raw(raw.as_bytes()));
    let length = |bytes: usize| format!("Content-Length: {bytes}\r\n");
    let typed =
        |media_type: &str, bytes: usize| format!("Content-Type: {media_type}\r\n{}", length(bytes));
    // Who has no token is told first that the body would not be read.
    assert_eq!(status(&head("", &typed("text/plain", 0))), 415, "415 before 401");
    assert_eq!(status(&head("", &typed(ONE, 2 * BODY_BYTES_MAX))), 413, "413 before 401");
    assert_eq!(status(&head("", &typed("text/plain", 2 * BODY_BYTES_MAX))), 415);
    // Then that there is no token, before the body is looked at.
    assert_eq!(status(&(head("", &typed(ONE, 1)) + "{")), 401, "401 before 400");
    assert_eq!(status(&(head("x", &typed(ONE, 1)) + "{")), 401, "401 before 400");
    for media_type in [ONE, LINES] {
        let chunked = format!("Content-Type: {media_type}\r\nTransfer-Encoding: chunked\r\n");
        assert_eq!(status(&(head("", &chunked) + "1\r\n{\r\n0\r\n\r\n")), 401);
    }

    let post = |token: &str, path: &str, body: &Value| {
        let request = house.server.client().post(house.server.url(path)).bearer_auth(token);
        Answer::of(request.header("Content-Type", ONE).body(body.to_string()))
    };
    let (nobody, siena) = (house.ledger.token("nobody"), house.ledger.token(SIENA));
    let mut broken_costs = expenditure();
    broken_costs["data"]["net"] = json!("much");
    let mut future_costs = expenditure();
    future_costs["occurredon"] = json!("2999-01-01");
    let elsewhere = "/v1/projects/unknown/events";
    // A body that is no event is no event for whoever sends it.
    let answer = post(&nobody, EVENTS, &json!({ "id": 7 }));
    assert_eq!(answer.status, 400, "400 before 404: {answer:?}");
    // What is not a member's is unknown, whatever the event says.
    for (token, path) in [(&nobody, EVENTS), (&siena, elsewhere)] {
        for body in [&broken_costs, &future_costs] {
            house.assert_refused(path, &post(token, path, body), 404, "not_found");
        }
    }
    // Who may not declare costs is not told what is wrong with them.
    for body in [&broken_costs, &future_costs] {
        let answer = post(&siena, EVENTS, body);
        house.assert_refused("403 before 422", &answer, 403, "transfer_partner_has_no_costs");
    }
    // The form of the data comes before the rules.
    let mut both = future_costs.clone();
    both["data"]["net"] = json!("much");
    let answer = post(&house.trakia, EVENTS, &both);
    house.assert_refused("form before rules", &answer, 422, "data_malformed");
    house.close();
}

#[test]
fn a_known_id_comes_before_rights_and_rules() {
    let house = House::open();
    let sound = expenditure();
    assert_eq!(house.server.post(&house.trakia, &sound).status, 201);
    let mut other = sound.clone();
    other["data"]["net"] = json!("much");
    let answer = house.server.post(&house.trakia, &other);
    assert_eq!(answer.problem(409), "id_taken", "409 before 422");
    let mut foreign = sound;
    foreign["data"]["declared"] = json!("1.00");
    let answer = house.server.post(&house.ledger.token(SIENA), &foreign);
    assert_eq!(answer.problem(409), "id_taken", "409 before 403");
    let answer = house.server.post(&house.ledger.token("nobody"), &foreign);
    assert_eq!(answer.problem(404), "not_found", "404 before 409");
}
