//! Why a request is answered with 401.

use jiff::Timestamp;

/// What is wrong with a token. The sentences go out to whoever sent it, so they say how to mend
/// it and repeat nothing of what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenFault {
    #[error(
        "The request has no bearer token. Send the header `Authorization: Bearer TOKEN`, with a \
         token from your issuer or from `cairn token`."
    )]
    Missing,
    #[error("The request has several `Authorization` headers. Send one.")]
    Repeated,
    #[error(
        "The token is longer than {} bytes. Ask your issuer for one with fewer claims.",
        super::TOKEN_BYTES_MAX
    )]
    TooLong,
    #[error(
        "The token is not a signed JSON Web Token, or was cut. Send it whole and unchanged, as \
         your issuer or `cairn token` gave it."
    )]
    Malformed,
    #[error(
        "The token is not an access token: its type has to be `at+jwt`. Send the access token, \
         not the identity or refresh token that came with it."
    )]
    WrongType,
    #[error(
        "The token was signed with a key that this server does not know. Get a new one from your \
         issuer, or with `cairn token` and the `--data` folder of this server."
    )]
    UnknownKey,
    #[error(
        "The signature of the token is wrong: it was changed, or another key signed it. Get a \
         new one from your issuer, or with `cairn token`."
    )]
    WrongSignature,
    #[error(
        "The claim `{claim}` of the token is missing or not what it should be. Have your issuer \
         set it, or use `cairn token`."
    )]
    BadClaim { claim: &'static str },
    #[error(
        "The token is from an issuer that this server does not trust. Its `iss` has to be `{}`.",
        super::ISSUER
    )]
    WrongIssuer,
    #[error(
        "The token is meant for another service. Ask your issuer for one with `{}` as its `aud`.",
        super::AUDIENCE
    )]
    WrongAudience,
    #[error(
        "The token lives longer than {:#}. Ask your issuer for one that expires sooner.",
        super::LIFETIME_MAX
    )]
    LivesTooLong,
    #[error(
        "The token is good from {from} on. Wait until then; if that is past for you, one of the \
         clocks is wrong."
    )]
    NotYetValid { from: Timestamp },
    #[error("The token expired at {at}. Get a new one from your issuer, or with `cairn token`.")]
    Expired { at: Timestamp },
}

impl TokenFault {
    /// The value of `WWW-Authenticate` (RFC 6750, section 3). Who sent no token is told the
    /// scheme alone, as that section asks.
    pub fn challenge(&self) -> String {
        let code = match self {
            Self::Missing => return "Bearer realm=\"cairn\"".to_owned(),
            Self::Repeated => "invalid_request",
            Self::TooLong
            | Self::Malformed
            | Self::WrongType
            | Self::UnknownKey
            | Self::WrongSignature
            | Self::BadClaim { .. }
            | Self::WrongIssuer
            | Self::WrongAudience
            | Self::LivesTooLong
            | Self::NotYetValid { .. }
            | Self::Expired { .. } => "invalid_token",
        };
        format!("Bearer realm=\"cairn\", error=\"{code}\", error_description=\"{self}\"")
    }
}
