//! Callers: tokens that prove nothing, and every route for a caller with none, with one that
//! means nothing here, and with one that may do less.

use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::Value::{self, Null};
use serde_json::json;

use super::House;
use crate::running_server::{
    Answer, EVENTS, LEAD, LedgerFolder, ONE, SIENA, TRAKIA, expenditure, progress,
};

/// What a good token says, with one thing changed, signed with the ledger's own key.
fn signed(ledger: &LedgerFolder, change: impl FnOnce(&mut Header, &mut Value)) -> String {
    let good = ledger.token(TRAKIA);
    let mut header = jsonwebtoken::decode_header(&good).unwrap();
    let mut claims = jsonwebtoken::dangerous::insecure_decode::<Value>(&good).unwrap().claims;
    change(&mut header, &mut claims);
    let pem = std::fs::read(ledger.data().join("keys/token.pem")).unwrap();
    jsonwebtoken::encode(&header, &claims, &EncodingKey::from_ed_pem(&pem).unwrap()).unwrap()
}

fn hours(claims: &mut Value, name: &str, hours: i64) {
    claims[name] = json!(claims[name].as_i64().unwrap() + hours * 3_600);
}

#[test]
fn a_token_that_proves_nothing_is_refused() {
    let house = House::open();
    let good = signed(&house.ledger, |_, _| {});
    assert_eq!(house.server.get(&good, EVENTS).status, 200, "signed here, it is as good as ours");
    let claim = |change: fn(&mut Value)| signed(&house.ledger, |_, claims| change(claims));
    let header = |change: fn(&mut Header)| signed(&house.ledger, |header, _| change(header));
    let (first, signature) = good.rsplit_once('.').unwrap();
    let (_, payload) = first.split_once('.').unwrap();
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.{payload}.");
    let other = if signature.starts_with('A') { "B" } else { "A" };
    let changed = format!("{first}.{other}{}", &signature[1..]);
    let lead = house.ledger.token(LEAD);
    let claims_of_lead = good.replacen(payload, lead.split('.').nth(1).unwrap(), 1);
    let mut secret = jsonwebtoken::decode_header(&good).unwrap();
    secret.alg = Algorithm::HS256;
    let public = std::fs::read(house.ledger.data().join("keys/token.pub")).unwrap();
    let by_public = EncodingKey::from_secret(&public);
    let claims = jsonwebtoken::dangerous::insecure_decode::<Value>(&good).unwrap().claims;
    let tokens = [
        ("empty", String::new()),
        ("garbage", "garbage".to_owned()),
        ("three dots", "a.b.c".to_owned()),
        ("cut", good[..good.len() - 10].to_owned()),
        ("nine kilobytes", "a".repeat(9 * 1024)),
        ("another ledger's", LedgerFolder::with_example().token(TRAKIA)),
        ("not signed", unsigned),
        ("its signature changed", changed),
        ("with another's claims", claims_of_lead),
        ("signed with the public key", jsonwebtoken::encode(&secret, &claims, &by_public).unwrap()),
        (
            "expired",
            claim(|claims| {
                hours(claims, "iat", -9);
                hours(claims, "nbf", -9);
                hours(claims, "exp", -9);
            }),
        ),
        ("not yet good", claim(|claims| hours(claims, "nbf", 1))),
        ("issued tomorrow", claim(|claims| hours(claims, "iat", 1))),
        ("good for a year", claim(|claims| hours(claims, "exp", 24 * 365))),
        ("without an end", claim(|claims| claims["exp"] = json!(null))),
        ("with an end in words", claim(|claims| claims["exp"] = json!("never"))),
        ("of nobody", claim(|claims| claims["sub"] = json!(null))),
        ("of a subject with NUL", claim(|claims| claims["sub"] = json!("trakia\u{0}university"))),
        ("of a list", claim(|claims| claims["sub"] = json!([TRAKIA]))),
        ("for another service", claim(|claims| claims["aud"] = json!("payroll"))),
        ("from another issuer", claim(|claims| claims["iss"] = json!("cairns"))),
        ("an identity token", header(|header| header.typ = Some("JWT".to_owned()))),
        ("of a kind unsaid", header(|header| header.typ = None)),
        ("of another key's name", header(|header| header.kid = Some("x".to_owned()))),
        ("of a key unsaid", header(|header| header.kid = None)),
    ];
    for (what, token) in tokens {
        for answer in [
            house.server.get(&token, EVENTS),
            house.server.post(&token, &progress("A 5.2", "sound")),
            house.server.graphql(&token, "{ rules { id } }"),
        ] {
            house.assert_refused(what, &answer, 401, "unauthenticated");
            assert!(answer.header("www-authenticate").starts_with("Bearer realm="), "{what}");
            assert!(token.len() < 7 || !answer.body.contains(&token), "{what}: it is repeated");
        }
    }
    house.close();
}

#[test]
fn an_authorization_header_that_is_no_bearer_token_is_refused() {
    let house = House::open();
    let good = house.trakia.as_str();
    let headers = [
        vec!["Basic dHJha2lhOnRyYWtpYQ==".to_owned()],
        vec![good.to_owned()],
        vec!["Bearer".to_owned()],
        vec![format!("Bearer {good}"), format!("Bearer {good}")],
        vec![format!("Bearer {good} {good}")],
        vec![format!("Bearer {good}, Bearer {good}")],
        vec![String::new()],
    ];
    for values in headers {
        let mut request = house.server.client().get(house.server.url(EVENTS));
        for value in &values {
            request = request.header("Authorization", value);
        }
        let answer = Answer::of(request);
        house.assert_refused("header", &answer, 401, "unauthenticated");
    }
    let any_case = house.server.client().get(house.server.url(EVENTS));
    let any_case = any_case.header("Authorization", format!("bearer {good}"));
    assert_eq!(Answer::of(any_case).status, 200);
    house.close();
}

/// What a route answers to a request without a token, with a valid token of somebody who is no
/// member, and with that of a transfer partner, who may do and see less.
struct Route {
    method: &'static str,
    route: &'static str,
    missing: u16,
    foreign: u16,
    weaker: u16,
}

const fn route(method: &'static str, route: &'static str, statuses: [u16; 3]) -> Route {
    let [missing, foreign, weaker] = statuses;
    Route { method, route, missing, foreign, weaker }
}

/// A page about Cairn itself, which anybody may read.
const PUBLIC: [u16; 3] = [200, 200, 200];

/// Every route of the program.
const ROUTES: [Route; 22] = [
    route("post", "/v1/projects/{project}/events", [401, 404, 403]),
    route("get", "/v1/projects/{project}/events", [401, 404, 200]),
    route("get", "/v1/projects/{project}/events/{id}", [401, 404, 404]),
    route("get", "/v1/projects/{project}/events/{id}/proof", [401, 404, 404]),
    route("get", "/v1/projects/{project}/annual-reports/{number}", [401, 404, 403]),
    route("post", "/v1/projects/{project}/expenditure", [401, 404, 403]),
    route("get", "/v1/projects/{project}/templates/expenditure.xlsx", [401, 404, 403]),
    // Of the list everybody gets the items that it may see, which are none here.
    route("get", "/v1/projects/{project}/sheets/{sheet}.{format}", [401, 404, 200]),
    route("get", "/v1/projects/{project}/sheets/claims/{number}.{format}", [401, 404, 403]),
    // No token opens a feed: its path does.
    route("get", "/v1/projects/{project}/calendar/{secret}.ics", [404, 404, 404]),
    // For members of any project.
    route("get", "/v1/checkpoint", [401, 404, 200]),
    route("get", "/v1/proofs/consistency", [401, 404, 200]),
    // What is public is for anybody; the fields have their cases below.
    route("to", "/graphql", PUBLIC),
    route("get", "/v1/rules", PUBLIC),
    route("get", "/v1/typology", PUBLIC),
    route("get", "/v1/schemas", PUBLIC),
    route("get", "/v1/schemas/{type}/{version}.json", PUBLIC),
    route("get", "/problems/{id}", PUBLIC),
    route("get", "/openapi.json", PUBLIC),
    route("get", "/healthz", PUBLIC),
    route("get", "/readyz", PUBLIC),
    route("default", "", [404, 404, 404]),
];

/// A list of expenditure of one row.
const LIST: &str = "category;workPackage;documentKind;documentNumber;documentDate;incurredFrom;\
    incurredTo;net;share;declared;currency\nequipment;WP 5;internal;1;2025-03-28;2025-03-28;\
    2025-03-28;1,00;1;1,00;EUR";

/// Methods and paths as `app.rs` registers them.
fn routes_of_the_program() -> Vec<(String, String)> {
    let source = include_str!("../../services/server/src/app.rs");
    assert_eq!(source.matches(".configure(").count(), 1, "routes are registered in one place");
    let mut routes = Vec::new();
    let mut path = String::new();
    for line in source.lines() {
        if let Some(found) = line.split('"').nth(1).filter(|text| text.starts_with('/')) {
            path = found.to_owned();
        }
        let Some((before, after)) = line.split_once("web::") else { continue };
        let after = after.strip_prefix("resource(").unwrap_or(after);
        let method = after.split('(').next().unwrap();
        let is_method = matches!(method, "get" | "post" | "put" | "patch" | "delete" | "to");
        if is_method && !before.contains("default_service(") {
            routes.push((method.to_owned(), path.clone()));
        }
    }
    routes
}

#[test]
fn every_route_of_the_program_has_its_cases() {
    let routes = routes_of_the_program();
    assert!(routes.len() >= 14, "{routes:?}");
    for (method, path) in &routes {
        let has_case = ROUTES.iter().any(|case| case.method == method && case.route == path);
        assert!(has_case, "{method} {path} has no case for a missing, foreign and weaker token");
    }
    for case in ROUTES.iter().filter(|case| case.method != "default") {
        let there = routes.iter().any(|(method, path)| case.method == method && case.route == path);
        assert!(there, "{} {} is no route any more", case.method, case.route);
    }
}

#[test]
fn every_route_answers_as_the_token_allows() {
    let house = House::open();
    let (nobody, siena) = (house.ledger.token("nobody"), house.ledger.token(SIENA));
    let events = house.server.get(&house.trakia, &format!("{EVENTS}?limit=200")).json();
    let costs = events.as_array().unwrap().iter();
    let costs = costs.clone().find(|event| event["type"] == "expenditure.declared").unwrap();
    let id = costs["id"].as_str().unwrap();
    for case in &ROUTES {
        let path = match case.route {
            "" => "/nothing-here".to_owned(),
            "/v1/proofs/consistency" => format!("{}?first=1", case.route),
            route if route.starts_with("/problems/") => route.replace("{id}", "not_found"),
            route => route
                .replace("{project}", "care-get")
                .replace("{id}", id)
                .replace("{sheet}", "expenditure")
                .replace("{format}", "csv")
                .replace("{number}", "1")
                .replace("{type}", "expenditure.declared")
                .replace("{version}", "1"),
        };
        let ask = |token: Option<&str>| {
            let url = house.server.url(&path);
            let request = match case.method {
                "post" if case.route.ends_with("/expenditure") => {
                    house.server.client().post(url).header("Content-Type", "text/csv").body(LIST)
                }
                "post" => house
                    .server
                    .client()
                    .post(url)
                    .header("Content-Type", ONE)
                    .body(expenditure().to_string()),
                "to" => {
                    house.server.client().post(url).json(&json!({ "query": "{ rules { id } }" }))
                }
                _ => house.server.client().get(url),
            };
            Answer::of(match token {
                Some(token) => request.bearer_auth(token),
                None => request,
            })
        };
        let asked =
            [(None, case.missing), (Some(&nobody), case.foreign), (Some(&siena), case.weaker)];
        for (token, status) in asked {
            let answer = ask(token.map(String::as_str));
            let what = format!("{} {path}", case.method);
            assert_eq!(answer.status, status, "{what}: {answer:?}");
            if status >= 400 {
                house.assert_harmless(&what, &answer);
            }
            assert!(!answer.body.contains(id), "{what} tells of another's costs: {answer:?}");
        }
    }
    house.close();
}

/// A question to a root field, a place in its answer, and what stands there without a token, with
/// that of no member, and with a weaker one.
type RootField = (&'static str, String, &'static str, [Value; 3]);

fn root_fields(lesson_of_members: &str) -> Vec<RootField> {
    let project = |inside: &str| format!("{{ project(acronym: \"care-get\") {{ {inside} }} }}");
    let node = format!("{{ node(id: \"{lesson_of_members}\") {{ id }} }}");
    vec![
        (
            "viewer",
            "{ viewer { subject } }".into(),
            "/subject",
            [Null, "nobody".into(), SIENA.into()],
        ),
        ("project", project("acronym"), "/acronym", [(); 3].map(|()| "CARE-GET".into())),
        (
            "project",
            project("members { subject }"),
            "/members",
            [Null, Null, json!([{ "subject": SIENA }])],
        ),
        (
            "project",
            project("budgetUse { totals { planned } }"),
            "/budgetUse/totals/planned",
            [Null, Null, "5009480.00".into()],
        ),
        (
            "projects",
            "{ projects { nodes { members { subject } } } }".into(),
            "/nodes/0/members",
            [Null, Null, json!([{ "subject": SIENA }])],
        ),
        (
            "rules",
            "{ rules { id } }".into(),
            "/0/id",
            [(); 3].map(|()| "project_begins_by_import".into()),
        ),
        ("typology", "{ typology { code } }".into(), "/0/code", [(); 3].map(|()| "1".into())),
        ("node", node, "/id", [Null, Null, lesson_of_members.into()]),
        (
            "lessons",
            "{ lessons { totalCount } }".into(),
            "/totalCount",
            [18, 18, 25].map(Value::from),
        ),
    ]
}

#[test]
fn every_root_field_answers_as_the_token_allows() {
    let house = House::open();
    let ask = |token: Option<&String>, question: &str| {
        let request = house.server.client().post(house.server.url("/graphql"));
        let request = request.json(&json!({ "query": question }));
        let answer = Answer::of(match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        });
        assert_eq!(answer.status, 200, "{answer:?}");
        super::assert_says_nothing_of_the_inside(question, &answer.body);
        answer.json()["data"].clone()
    };
    let tokens = [None, Some(house.ledger.token("nobody")), Some(house.ledger.token(SIENA))];
    let lessons = |token: Option<&String>| {
        let answer = ask(token, "{ lessons(first: 50) { nodes { id } } }");
        answer["lessons"]["nodes"].as_array().unwrap().clone()
    };
    let public = lessons(None);
    let of_members =
        lessons(tokens[2].as_ref()).into_iter().find(|id| !public.contains(id)).unwrap();
    let cases = root_fields(of_members["id"].as_str().unwrap());

    let fields = ask(None, "{ __schema { queryType { fields { name } } } }");
    for field in fields["__schema"]["queryType"]["fields"].as_array().unwrap() {
        let has_case = cases.iter().any(|(name, ..)| field["name"] == *name);
        assert!(has_case, "{field} has no case for a missing, foreign and weaker token");
    }
    for (name, question, pointer, wanted) in &cases {
        for (token, wanted) in tokens.iter().zip(wanted) {
            let data = ask(token.as_ref(), question);
            let found = data[*name].pointer(pointer).unwrap_or(&Null);
            assert_eq!(found, wanted, "{question}: {data}");
        }
    }
    // Past days are for members.
    let past = r#"{ project(acronym: "care-get", until: "2025-03-19") { version } }"#;
    for (token, answered) in tokens.iter().zip([false, false, true]) {
        assert_eq!(ask(token.as_ref(), past)["project"].is_object(), answered, "{past}");
    }
    house.close();
}
