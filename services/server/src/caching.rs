//! Answers that a client already has are not sent again.

use actix_web::body::MessageBody;
use actix_web::http::header::{self, ETag, EntityTag, Header, IfNoneMatch};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse};
use sha2::{Digest, Sha256};

use crate::record;

/// Bytes of the hash that tell answers apart.
const TAG_BYTES: usize = 16;

/// Gives an answer its strong ETag, a hash of its media type and body. A client that asks by `GET`
/// and has this very answer gets 304 without it.
pub fn tag(request: &HttpRequest, response: HttpResponse) -> HttpResponse {
    if response.status() != StatusCode::OK {
        return response;
    }
    let (mut response, body) = response.into_parts();
    let body = match body.try_into_bytes() {
        Ok(body) => body,
        Err(body) => return response.set_body(body),
    };
    let mut hash = Sha256::new();
    if let Some(media_type) = response.headers().get(header::CONTENT_TYPE) {
        hash.update(media_type.as_bytes());
    }
    hash.update(&body);
    let tag = EntityTag::new_strong(record::hex(&hash.finalize()[..TAG_BYTES]));
    let known = request.method() == Method::GET && has(request, &tag);
    if let Ok(value) = header::TryIntoHeaderValue::try_into_value(ETag(tag)) {
        response.headers_mut().insert(header::ETAG, value);
    }
    if known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response.headers_mut().remove(header::CONTENT_TYPE);
        return response.set_body(()).map_into_boxed_body();
    }
    response.set_body(body).map_into_boxed_body()
}

fn has(request: &HttpRequest, tag: &EntityTag) -> bool {
    if !request.headers().contains_key(header::IF_NONE_MATCH) {
        return false;
    }
    match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => true,
        Ok(IfNoneMatch::Items(known)) => known.iter().any(|known| known.weak_eq(tag)),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use actix_web::test::TestRequest;

    use super::*;

    fn answer(request: TestRequest, body: &'static str) -> (u16, HeaderValue, usize) {
        let response = HttpResponse::Ok().content_type("application/json").body(body);
        let response = tag(&request.to_http_request(), response);
        let tag = response.headers().get(header::ETAG).unwrap().clone();
        let status = response.status().as_u16();
        (status, tag, response.into_body().try_into_bytes().unwrap().len())
    }

    #[test]
    fn an_answer_that_the_client_has_is_not_sent_again() {
        let (status, tag, length) = answer(TestRequest::get(), "{}");
        assert_eq!((status, length), (200, 2));
        assert!(tag.to_str().unwrap().starts_with('"'), "a strong tag: {tag:?}");
        let known = |request: TestRequest| request.insert_header((header::IF_NONE_MATCH, &tag));
        assert_eq!(answer(known(TestRequest::get()), "{}"), (304, tag.clone(), 0));
        let any = TestRequest::get().insert_header((header::IF_NONE_MATCH, "\"x\", *"));
        assert_eq!(answer(any, "{}").0, 200);
        let (status, other, _) = answer(known(TestRequest::get()), "{ }");
        assert_eq!(status, 200);
        assert_ne!(other, tag);
        assert_eq!(answer(known(TestRequest::post()), "{}").0, 200);
    }

    #[test]
    fn a_refusal_has_no_tag() {
        let response = HttpResponse::BadRequest().body("{}");
        let response = tag(&TestRequest::get().to_http_request(), response);
        assert!(!response.headers().contains_key(header::ETAG));
    }
}
