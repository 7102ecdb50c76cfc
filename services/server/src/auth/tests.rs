use std::sync::LazyLock;

use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use cairn_domain::ids::Subject;
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{Algorithm, EncodingKey};
use proptest::prelude::{any, prop_assert, proptest};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{
    CLOCK_LEEWAY, IssueError, LIFETIME_MAX, TOKEN_BYTES_MAX, TokenFault, Verifier, bearer, issue,
};
use crate::keys::{Keys, TokenKeys};

const NOW_SECONDS: i64 = 1_800_000_000;
const HOUR: SignedDuration = SignedDuration::from_hours(1);
const SECOND: SignedDuration = SignedDuration::from_secs(1);

fn now() -> Timestamp {
    Timestamp::from_second(NOW_SECONDS).unwrap()
}

fn keys() -> TokenKeys {
    let data = tempfile::tempdir().unwrap();
    Keys::open_or_create(data.path()).unwrap().token
}

fn subject() -> Subject {
    "urn:uuid:5c1c".parse().unwrap()
}

fn header(keys: &TokenKeys) -> Value {
    json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": keys.id() })
}

fn claims() -> Value {
    json!({
        "iss": "cairn", "aud": "cairn-api", "sub": subject().as_str(),
        "iat": NOW_SECONDS, "nbf": NOW_SECONDS, "exp": NOW_SECONDS + 3600,
    })
}

/// `value` with `name` replaced; null takes it away.
fn with(mut value: Value, name: &str, member: Value) -> Value {
    let members = value.as_object_mut().unwrap();
    match member {
        Value::Null => {
            members.remove(name);
        }
        member => {
            members.insert(name.to_owned(), member);
        }
    }
    value
}

fn encoded(header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", part(header), part(claims))
}

fn forged(header: &Value, claims: &Value, key: &EncodingKey, algorithm: Algorithm) -> String {
    let message = encoded(header, claims);
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), key, algorithm).unwrap();
    format!("{message}.{signature}")
}

fn signed(keys: &TokenKeys, header: &Value, claims: &Value) -> String {
    forged(header, claims, keys.signing(), TokenKeys::ALGORITHM)
}

#[test]
fn takes_what_it_issued_until_it_expires() {
    let keys = keys();
    let verifier = Verifier::new(&keys);
    let token = issue(&keys, &subject(), HOUR, now()).unwrap();
    let last_moment = now() + HOUR + CLOCK_LEEWAY - SECOND;
    for at in [now() - CLOCK_LEEWAY, now(), now() + HOUR, last_moment] {
        assert_eq!(verifier.verify(&token, at), Ok(subject()), "{at}");
        assert_eq!(Verifier::new(&keys).verify(&token, at), Ok(subject()), "{at}");
    }
}

#[test]
fn refuses_a_remembered_token_outside_its_times() {
    let keys = keys();
    let verifier = Verifier::new(&keys);
    let token = issue(&keys, &subject(), HOUR, now()).unwrap();
    verifier.verify(&token, now()).unwrap();
    let hash: [u8; 32] = Sha256::digest(&token).into();
    assert!(verifier.remembered.contains_key(&hash));
    let expired = Err(TokenFault::Expired { at: now() + HOUR });
    let too_early = Err(TokenFault::NotYetValid { from: now() });
    for asked in [&verifier, &Verifier::new(&keys)] {
        assert_eq!(asked.verify(&token, now() + HOUR + CLOCK_LEEWAY), expired);
        assert_eq!(asked.verify(&token, now() - CLOCK_LEEWAY - SECOND), too_early);
    }
}

#[test]
fn remembers_no_more_than_its_limit_and_nothing_that_it_refused() {
    let keys = keys();
    let verifier = Verifier::new(&keys);
    let refused = signed(&keys, &header(&keys), &with(claims(), "aud", json!("elsewhere")));
    verifier.verify(&refused, now()).unwrap_err();
    verifier.remembered.run_pending_tasks();
    assert_eq!(verifier.remembered.entry_count(), 0);
    assert_eq!(verifier.remembered.policy().max_capacity(), Some(10_000));
}

#[test]
fn takes_every_way_to_write_the_same() {
    let keys = keys();
    let token = |name: &str, kind: &str, aud: Value| {
        let header = with(header(&keys), "typ", json!(kind));
        signed(&keys, &header, &with(claims(), name, aud))
    };
    for token in [
        token("aud", "at+jwt", json!(["elsewhere", "cairn-api"])),
        token("aud", "AT+JWT", json!("cairn-api")),
        token("aud", "application/at+jwt", json!("cairn-api")),
        token("groups", "at+jwt", json!(["not", "ours"])),
    ] {
        assert_eq!(Verifier::new(&keys).verify(&token, now()), Ok(subject()));
    }
}

#[test]
fn refuses_every_header_but_its_own() {
    let keys = keys();
    let cases = [
        ("typ", json!("JWT"), TokenFault::WrongType),
        ("typ", json!("id+jwt"), TokenFault::WrongType),
        ("typ", Value::Null, TokenFault::WrongType),
        ("kid", json!("another"), TokenFault::UnknownKey),
        ("kid", json!("../../etc/passwd"), TokenFault::UnknownKey),
        ("kid", Value::Null, TokenFault::UnknownKey),
        ("crit", json!(["exp"]), TokenFault::Malformed),
        ("alg", json!("none"), TokenFault::Malformed),
        ("alg", json!("HS256"), TokenFault::WrongSignature),
        ("alg", json!("ES256"), TokenFault::WrongSignature),
        ("alg", Value::Null, TokenFault::Malformed),
    ];
    for (name, value, fault) in cases {
        let token = signed(&keys, &with(header(&keys), name, value.clone()), &claims());
        assert_eq!(Verifier::new(&keys).verify(&token, now()), Err(fault), "{name} {value}");
    }
}

#[test]
fn refuses_a_token_without_a_signature() {
    let keys = keys();
    for algorithm in ["none", "None", "EdDSA"] {
        let message = encoded(&with(header(&keys), "alg", json!(algorithm)), &claims());
        for token in [message.clone(), format!("{message}.")] {
            assert!(Verifier::new(&keys).verify(&token, now()).is_err(), "{token}");
        }
    }
}

#[test]
fn refuses_the_public_key_used_as_a_shared_secret() {
    let data = tempfile::tempdir().unwrap();
    let keys = Keys::open_or_create(data.path()).unwrap().token;
    let header = with(header(&keys), "alg", json!("HS256"));
    let public_pem = std::fs::read(data.path().join("keys/token.pub")).unwrap();
    let point = keys.verifying().try_get_as_bytes().unwrap();
    for secret in [point, &public_pem, public_pem.trim_ascii_end(), keys.id().as_bytes()] {
        let secret = EncodingKey::from_secret(secret);
        let token = forged(&header, &claims(), &secret, Algorithm::HS256);
        let refused = Verifier::new(&keys).verify(&token, now());
        assert_eq!(refused, Err(TokenFault::WrongSignature));
    }
}

#[test]
fn refuses_another_key_even_under_its_own_name() {
    let (own, other) = (keys(), self::keys());
    let honest = issue(&other, &subject(), HOUR, now()).unwrap();
    let refused = Verifier::new(&own).verify(&honest, now());
    assert_eq!(refused, Err(TokenFault::UnknownKey));
    let posing = signed(&other, &header(&own), &claims());
    let refused = Verifier::new(&own).verify(&posing, now());
    assert_eq!(refused, Err(TokenFault::WrongSignature));
}

#[test]
fn follows_no_key_that_the_token_brings() {
    let (own, other) = (keys(), self::keys());
    let jwk =
        jsonwebtoken::jwk::Jwk::from_encoding_key(other.signing(), TokenKeys::ALGORITHM).unwrap();
    for (name, value) in [
        ("jwk", json!(jwk)),
        ("jku", json!("https://attacker.example/jwks.json")),
        ("x5u", json!("https://attacker.example/chain.pem")),
        ("x5c", json!(["MIIB"])),
    ] {
        let token = signed(&other, &with(header(&own), name, value), &claims());
        let refused = Verifier::new(&own).verify(&token, now());
        assert_eq!(refused, Err(TokenFault::WrongSignature), "{name}");
    }
}

#[test]
fn refuses_a_claim_that_is_missing_or_of_another_kind() {
    let keys = keys();
    for claim in ["iss", "aud", "sub", "iat", "nbf", "exp"] {
        for value in [Value::Null, json!({}), json!(true), json!(1e300)] {
            let token = signed(&keys, &header(&keys), &with(claims(), claim, value.clone()));
            let refused = Verifier::new(&keys).verify(&token, now());
            assert_eq!(refused, Err(TokenFault::BadClaim { claim }), "{claim} {value}");
        }
    }
    for (claim, value) in [
        ("sub", json!("")),
        ("sub", json!("two words")),
        ("exp", json!("1800003600")),
        ("exp", json!(i64::MAX)),
        ("iat", json!(i64::MIN)),
    ] {
        let token = signed(&keys, &header(&keys), &with(claims(), claim, value.clone()));
        let refused = Verifier::new(&keys).verify(&token, now());
        assert_eq!(refused, Err(TokenFault::BadClaim { claim }), "{claim} {value}");
    }
}

#[test]
fn refuses_claims_that_say_something_else() {
    let keys = keys();
    let after = |lifetime: SignedDuration| NOW_SECONDS + lifetime.as_secs();
    let cap = after(LIFETIME_MAX);
    let soon = after(CLOCK_LEEWAY + SECOND);
    let from = now() + CLOCK_LEEWAY + SECOND;
    let expired = NOW_SECONDS - CLOCK_LEEWAY.as_secs();
    let at = now() - CLOCK_LEEWAY;
    let cases = [
        ("iss", json!("https://attacker.example"), Err(TokenFault::WrongIssuer)),
        ("aud", json!("elsewhere"), Err(TokenFault::WrongAudience)),
        ("aud", json!(["elsewhere", 7]), Err(TokenFault::WrongAudience)),
        ("aud", json!([]), Err(TokenFault::WrongAudience)),
        ("exp", json!(expired), Err(TokenFault::Expired { at })),
        ("nbf", json!(soon), Err(TokenFault::NotYetValid { from })),
        ("iat", json!(soon), Err(TokenFault::NotYetValid { from })),
        ("exp", json!(cap + 1), Err(TokenFault::LivesTooLong)),
        ("exp", json!(cap), Ok(subject())),
        ("iat", json!(0), Err(TokenFault::LivesTooLong)),
    ];
    for (claim, value, wanted) in cases {
        let token = signed(&keys, &header(&keys), &with(claims(), claim, value.clone()));
        assert_eq!(Verifier::new(&keys).verify(&token, now()), wanted, "{claim} {value}");
    }
}

#[test]
fn refuses_claims_that_were_changed_after_signing() {
    let keys = keys();
    let verifier = Verifier::new(&keys);
    let token = issue(&keys, &subject(), HOUR, now()).unwrap();
    verifier.verify(&token, now()).unwrap();
    let signature = token.rsplit('.').next().unwrap();
    let changed = encoded(&header(&keys), &with(claims(), "sub", json!("urn:uuid:lead")));
    let refused = verifier.verify(&format!("{changed}.{signature}"), now());
    assert_eq!(refused, Err(TokenFault::WrongSignature));
}

#[test]
fn refuses_a_claim_that_is_stated_twice() {
    let keys = keys();
    let twice = r#"{"sub":"lead","sub":"other","iss":"cairn","aud":"cairn-api","iat":1,"exp":2}"#;
    let header = URL_SAFE_NO_PAD.encode(header(&keys).to_string());
    let message = format!("{header}.{}", URL_SAFE_NO_PAD.encode(twice));
    let algorithm = TokenKeys::ALGORITHM;
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), keys.signing(), algorithm);
    let token = format!("{message}.{}", signature.unwrap());
    assert_eq!(Verifier::new(&keys).verify(&token, now()), Err(TokenFault::Malformed));
}

#[test]
fn refuses_what_is_longer_than_the_cap_even_when_it_is_signed() {
    let keys = keys();
    let sized = |bytes: usize| {
        signed(&keys, &header(&keys), &with(claims(), "groups", json!("g".repeat(bytes))))
    };
    let long = sized(7_000);
    assert!(long.len() > 9_000);
    assert_eq!(Verifier::new(&keys).verify(&long, now()), Err(TokenFault::TooLong));
    let short = sized(5_000);
    assert!(short.len() < TOKEN_BYTES_MAX);
    assert_eq!(Verifier::new(&keys).verify(&short, now()), Ok(subject()));
}

#[test]
fn issues_no_token_that_it_would_refuse() {
    let keys = keys();
    for asked in [-HOUR, SignedDuration::ZERO, LIFETIME_MAX + SECOND] {
        let refused = issue(&keys, &subject(), asked, now()).unwrap_err();
        assert!(matches!(refused, IssueError::Lifetime { .. }), "{refused}");
    }
    let refused = issue(&keys, &subject(), SignedDuration::from_hours(48), now()).unwrap_err();
    let wanted = "a token lives from 1 second to 24h, and 48h was asked for: give another \
                  `--ttl`, such as `8h`";
    assert_eq!(refused.to_string(), wanted);
    for asked in [SECOND, LIFETIME_MAX] {
        let token = issue(&keys, &subject(), asked, now()).unwrap();
        assert_eq!(Verifier::new(&keys).verify(&token, now()), Ok(subject()));
    }
}

#[test]
fn issues_the_claims_of_an_access_token() {
    let token = issue(&keys(), &subject(), HOUR, now()).unwrap();
    let part = |index: usize| -> Value {
        let encoded = token.split('.').nth(index).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(encoded).unwrap()).unwrap()
    };
    assert_eq!(part(0)["typ"], "at+jwt");
    for claim in ["iss", "exp", "aud", "sub", "client_id", "iat", "jti"] {
        assert!(!part(1)[claim].is_null(), "{claim} is required by RFC 9068, section 2.2");
    }
}

#[test]
fn reads_the_token_of_exactly_one_header() {
    let headers = |values: &[&'static [u8]]| {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_bytes(value).unwrap());
        }
        headers
    };
    let cases: [(&[&'static [u8]], _); 8] = [
        (&[b"Bearer a.b.c"], Ok("a.b.c")),
        (&[b"bEARER  a.b.c"], Ok("a.b.c")),
        (&[], Err(TokenFault::Missing)),
        (&[b"Basic dTpw"], Err(TokenFault::Missing)),
        (&[b"Bearer"], Err(TokenFault::Missing)),
        (&[b"a.b.c"], Err(TokenFault::Missing)),
        (&[b"Bearer \xff"], Err(TokenFault::Malformed)),
        (&[b"Bearer a.b.c", b"Bearer a.b.c"], Err(TokenFault::Repeated)),
    ];
    for (values, wanted) in cases {
        assert_eq!(bearer(&headers(values)), wanted, "{values:?}");
    }
}

#[test]
fn challenges_as_the_bearer_scheme_asks() {
    assert_eq!(TokenFault::Missing.challenge(), "Bearer realm=\"cairn\"");
    let wanted = "Bearer realm=\"cairn\", error=\"invalid_token\", error_description=\"The token \
                  expired at 2027-01-15T08:00:00Z. Get a new one from your issuer, or with \
                  `cairn token`.\"";
    assert_eq!(TokenFault::Expired { at: now() }.challenge(), wanted);
    for fault in [
        TokenFault::Repeated,
        TokenFault::TooLong,
        TokenFault::Malformed,
        TokenFault::WrongType,
        TokenFault::UnknownKey,
        TokenFault::WrongSignature,
        TokenFault::BadClaim { claim: "sub" },
        TokenFault::WrongIssuer,
        TokenFault::WrongAudience,
        TokenFault::LivesTooLong,
        TokenFault::NotYetValid { from: now() },
    ] {
        let description = fault.to_string();
        let plain = |c: char| matches!(c, ' '..='~') && c != '"' && c != '\\';
        assert!(description.chars().all(plain), "{description}");
        assert!(HeaderValue::from_str(&fault.challenge()).is_ok());
    }
}

proptest! {
    #[test]
    fn refuses_anything_else(text in any::<String>(), place in any::<proptest::sample::Index>()) {
        static KEYS: LazyLock<TokenKeys> = LazyLock::new(keys);
        let verifier = Verifier::new(&KEYS);
        prop_assert!(verifier.verify(&text, now()).is_err());
        let token = issue(&KEYS, &subject(), HOUR, now()).unwrap();
        verifier.verify(&token, now()).unwrap();
        let mut bytes = token.into_bytes();
        let place = place.index(bytes.len());
        bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        prop_assert!(verifier.verify(&changed, now()).is_err());
    }
}
