use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App, http::header::HeaderName};
use async_graphql::{
    Context, EmptyMutation, EmptySubscription, Error, ErrorExtensions, Object, Schema,
};

use super::media_type::GRAPHQL_RESPONSE;
use super::*;

struct Caller(&'static str);

struct Query;

#[Object]
impl Query {
    async fn caller(&self, context: &Context<'_>) -> &'static str {
        context.data_unchecked::<Caller>().0
    }

    async fn at_most_127(&self, n: i8) -> Option<i8> {
        Some(n)
    }

    async fn failing(&self) -> Option<Result<i32, Error>> {
        let failure = std::io::Error::other("/var/lib/cairn/log.sqlite is gone");
        Some(Err(Error::new_with_source(failure)))
    }

    async fn endless(&self) -> i32 {
        std::future::pending().await
    }

    async fn forbidden(&self) -> Result<i32, Error> {
        Err(Error::new("Not yours.").extend_with(|_, values| values.set("code", "FORBIDDEN")))
    }
}

async fn ask(request: TestRequest) -> (u16, String, serde_json::Value) {
    let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
    let handler = move |request: HttpRequest, payload: web::Payload| {
        let schema = schema.clone();
        async move {
            let mut caller = Data::default();
            caller.insert(Caller("Siena"));
            answer(&schema, &request, payload, caller, false).await
        }
    };
    let app = init_service(App::new().default_service(web::to(handler))).await;
    let response = call_service(&app, request.to_request()).await;
    let status = response.status().as_u16();
    let media_type =
        response.headers().get(header::CONTENT_TYPE).unwrap().to_str().unwrap().to_owned();
    let body = serde_json::from_slice(&read_body(response).await).unwrap();
    (status, media_type, body)
}

fn post(document: &str) -> TestRequest {
    TestRequest::post()
        .insert_header((header::CONTENT_TYPE, JSON))
        .insert_header((header::ACCEPT, GRAPHQL_RESPONSE))
        .set_payload(serde_json::json!({ "query": document }).to_string())
}

fn get(query: &str) -> TestRequest {
    TestRequest::get().uri(&format!("/?{query}"))
}

async fn check(request: TestRequest, status: u16, code: &str) -> serde_json::Value {
    let (found, _, body) = ask(request).await;
    assert_eq!(body["errors"][0]["extensions"]["code"], code, "{body}");
    assert_eq!(found, status, "{body}");
    body
}

#[actix_web::test]
async fn hands_the_caller_to_the_resolvers() {
    let (status, media_type, body) = ask(post("{ caller }")).await;
    assert_eq!((status, body), (200, serde_json::json!({ "data": { "caller": "Siena" } })));
    assert_eq!(media_type, "application/graphql-response+json; charset=utf-8");
}

#[actix_web::test]
async fn answers_in_the_media_type_that_is_liked_better() {
    for (accept, expected) in [
        ("*/*", JSON),
        ("application/json", JSON),
        ("application/json;q=0.5, application/graphql-response+json", GRAPHQL_RESPONSE),
        ("application/graphql-response+json;q=0.1, */*", JSON),
        ("application/json, application/graphql-response+json", GRAPHQL_RESPONSE),
        ("application/json;q=0, */*;q=0.1", GRAPHQL_RESPONSE),
    ] {
        let (status, media_type, _) =
            ask(post("{ caller }").insert_header((header::ACCEPT, accept))).await;
        assert_eq!(status, 200);
        assert_eq!(media_type, format!("{expected}; charset=utf-8"), "{accept}");
    }
    let unknown = post("{ caller }").insert_header((header::ACCEPT, "text/html"));
    check(unknown, 406, "NOT_ACCEPTABLE").await;
}

#[actix_web::test]
async fn takes_queries_by_get_only_after_a_preflight() {
    let preflight = (HeaderName::from_static("graphql-require-preflight"), "1");
    let query = "query=query%20A%7Bcaller%7D&operationName=A";
    check(get(query), 400, "PREFLIGHT_MISSING").await;
    assert_eq!(ask(get(query).insert_header(preflight.clone())).await.0, 200);
    assert_eq!(ask(get(query).insert_header((header::AUTHORIZATION, "Bearer x"))).await.0, 200);
    let basic = get(query).insert_header((header::AUTHORIZATION, "Basic x"));
    check(basic, 400, "PREFLIGHT_MISSING").await;
    let mutation = "query=query%20A%7Bcaller%7D%20mutation%20B%7Bcaller%7D&operationName=B";
    check(get(mutation).insert_header(preflight), 405, "NOT_QUERY_BY_GET").await;
}

#[actix_web::test]
async fn refuses_bodies_that_are_not_one_question() {
    for (body, code) in [
        ("{ \"query", "NOT_JSON"),
        ("[]", "NOT_JSON"),
        ("{}", "PARAMETERS_INVALID"),
        ("{\"query\": 1}", "PARAMETERS_INVALID"),
        ("{\"query\": \"{ caller }\", \"variables\": []}", "PARAMETERS_INVALID"),
        ("{\"query\": \"{ caller }\", \"extensions\": 1}", "PARAMETERS_INVALID"),
    ] {
        check(post("").set_payload(body), 400, code).await;
    }
    let plain = post("{ caller }").insert_header((header::CONTENT_TYPE, "text/plain"));
    check(plain, 415, "UNSUPPORTED_MEDIA_TYPE").await;
    let large = post("").set_payload(" ".repeat(BODY_BYTES_MAX + 1));
    check(large, 413, "BODY_TOO_LARGE").await;
    check(TestRequest::put(), 405, "METHOD_NOT_ALLOWED").await;
}

#[actix_web::test]
async fn leaves_data_out_when_nothing_was_executed() {
    for (document, code) in [
        ("{ caller", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ atMost127(n: 128) }", "ARGUMENT_INVALID"),
        ("query A { caller } query B { caller }", "GRAPHQL_VALIDATION_FAILED"),
        ("mutation { caller }", "GRAPHQL_VALIDATION_FAILED"),
        (
            "{ a { b { c { d { e { f { g { h { i { j { k { l { m } } } } } } } } } } } } }",
            "DOCUMENT_TOO_DEEP",
        ),
    ] {
        assert!(check(post(document), 400, code).await.get("data").is_none(), "{document}");
        let json = post(document).insert_header((header::ACCEPT, JSON));
        check(json, 200, code).await;
    }
}

#[actix_web::test]
async fn offers_no_names_to_strangers() {
    let body = check(post("{ calle }"), 400, "GRAPHQL_VALIDATION_FAILED").await;
    assert_eq!(body["errors"][0]["message"], "Unknown field \"calle\" on type \"Query\".");
}

#[actix_web::test]
async fn keeps_failures_from_below_to_itself() {
    let body = check(post("{ failing caller }"), 200, "INTERNAL").await;
    assert!(!body.to_string().contains("sqlite"), "{body}");
    assert_eq!(body["data"], serde_json::json!({ "failing": null, "caller": "Siena" }));
}

#[actix_web::test]
async fn makes_data_null_by_an_error_in_a_field_that_cannot_be() {
    let body = check(post("{ caller forbidden }"), 200, "FORBIDDEN").await;
    assert_eq!(body["data"], serde_json::Value::Null);
    assert!(body.get("data").is_some());
}

#[actix_web::test]
async fn gives_up_a_question_that_takes_too_long() {
    let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
    let outcome = execute(&schema, Request::new("{ endless }"), Duration::ZERO).await;
    let fault = outcome.err().unwrap();
    assert_eq!(fault.status_and_code(), (StatusCode::SERVICE_UNAVAILABLE, "TIMEOUT"));
    let response = refuse(MediaType::Json, &fault);
    assert_eq!(response.status(), 503);
}
