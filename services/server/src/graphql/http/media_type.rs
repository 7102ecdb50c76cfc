//! Which media type an answer has.

use actix_web::HttpRequest;
use actix_web::http::header::{Accept, Header, Quality, QualityItem};

pub(super) const JSON: &str = "application/json";
pub(super) const GRAPHQL_RESPONSE: &str = "application/graphql-response+json";

/// The two forms of an answer; their JSON is the same.
#[derive(Debug, Clone, Copy)]
pub(super) enum MediaType {
    Json,
    GraphqlResponse,
}

impl MediaType {
    /// The one that the caller likes better. JSON when it names neither: so the draft keeps clients
    /// that are older than the other one working.
    pub(super) fn accepted(request: &HttpRequest) -> Option<Self> {
        let Ok(Accept(ranges)) = Accept::parse(request) else { return None };
        if ranges.is_empty() {
            return Some(Self::Json);
        }
        let graphql = Preference::of(GRAPHQL_RESPONSE, &ranges);
        let json = Preference::of(JSON, &ranges);
        let prefers_graphql = graphql.quality > json.quality
            || graphql.quality == json.quality && graphql.precision > 1;
        if prefers_graphql && graphql.quality > Quality::ZERO {
            Some(Self::GraphqlResponse)
        } else {
            (json.quality > Quality::ZERO).then_some(Self::Json)
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
        }
    }
}

/// How much a caller likes a media type, by the range in its `Accept` that fits most precisely.
struct Preference {
    /// 0 nothing fits, 1 `*/*`, 2 `application/*`, 3 the type itself.
    precision: u8,
    quality: Quality,
}

impl Preference {
    fn of<M: AsRef<str>>(media_type: &str, ranges: &[QualityItem<M>]) -> Self {
        let mut best = Self { precision: 0, quality: Quality::ZERO };
        for QualityItem { item, quality } in ranges {
            // Without its parameters: they say nothing about an answer that is always UTF-8.
            let precision = match item.as_ref().split(';').next().unwrap_or_default().trim() {
                essence if essence == media_type => 3,
                "application/*" => 2,
                "*/*" => 1,
                _ => continue,
            };
            if precision > best.precision {
                best = Self { precision, quality: *quality };
            }
        }
        best
    }
}
