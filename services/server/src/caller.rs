//! Who is asking: the subject of a request's token, or nobody.

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;
use cairn_domain::ids::Subject;
use jiff::Timestamp;

use crate::auth::{self, TokenFault, Verifier};

/// The subject of the request; a request without a token is refused.
pub fn required(request: &HttpRequest, verifier: &Verifier) -> Result<Subject, TokenFault> {
    let token = auth::bearer(request.headers())?;
    verifier.verify(token, Timestamp::now())
}

/// The subject of the request, or nobody where it has no token. A wrong token is refused.
pub fn optional(request: &HttpRequest, verifier: &Verifier) -> Result<Option<Subject>, TokenFault> {
    match request.headers().contains_key(AUTHORIZATION) {
        true => required(request, verifier).map(Some),
        false => Ok(None),
    }
}
