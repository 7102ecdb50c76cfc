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
pub(super) fn tag(request: &HttpRequest, response: HttpResponse) -> HttpResponse {
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
