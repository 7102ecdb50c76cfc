//! Every refusal and failure as an answer by RFC 9457. The only file that knows failure status
//! codes.
//!
//! What an answer says helps the caller to mend; what the operator needs goes to the log. Neither
//! SQL nor a path is ever in an answer.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use cairn_domain::posting::Refusal;
use cairn_domain::rule::{Finding, Rule};
use serde_json::{Value, json};

/// Seconds after which a caller tries again when the server could not take a posting.
const RETRY_AFTER_SECONDS: u32 = 1;

macro_rules! kinds {
    ($($variant:ident: $status:ident = $id:literal, $title:literal;)*) => {
        /// What kind of problem it is, apart from the business rules.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind {
            $($variant,)*
        }

        impl Kind {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            pub const fn id(self) -> &'static str {
                match self {
                    $(Self::$variant => $id,)*
                }
            }

            pub const fn title(self) -> &'static str {
                match self {
                    $(Self::$variant => $title,)*
                }
            }

            pub const fn status(self) -> StatusCode {
                match self {
                    $(Self::$variant => StatusCode::$status,)*
                }
            }
        }
    };
}

kinds! {
    NotJson: BAD_REQUEST = "not_json", "The body is not JSON";
    NotAnEvent: BAD_REQUEST = "not_an_event", "The body is not an event";
    AttributeUnknown: BAD_REQUEST = "attribute_unknown", "An attribute is not known";
    AttributeSetByServer: BAD_REQUEST = "attribute_set_by_server", "An attribute is set by Cairn alone";
    EventTypeUnknown: BAD_REQUEST = "event_type_unknown", "The type of the event is not known";
    SchemaUnknown: BAD_REQUEST = "schema_unknown", "The schema of the data is not known";
    SubjectDiffers: BAD_REQUEST = "subject_differs", "`subject` differs from the code in `data`";
    ParameterInvalid: BAD_REQUEST = "parameter_invalid", "A parameter or header is not valid";
    Unauthenticated: UNAUTHORIZED = "unauthenticated", "A valid token is needed";
    Forbidden: FORBIDDEN = "forbidden", "This is not yours to do";
    NotFound: NOT_FOUND = "not_found", "There is nothing here that you may know of";
    MethodNotAllowed: METHOD_NOT_ALLOWED = "method_not_allowed", "The method is not allowed here";
    IdTaken: CONFLICT = "id_taken", "The id belongs to an event with other content";
    BodyTooLarge: PAYLOAD_TOO_LARGE = "body_too_large", "The body is too large";
    BodyTooSlow: REQUEST_TIMEOUT = "body_too_slow", "The body took too long";
    BatchTooLong: PAYLOAD_TOO_LARGE = "batch_too_long", "The batch has too many events";
    SheetUnreadable: BAD_REQUEST = "sheet_unreadable", "The file is no list of expenditure";
    CellInvalid: UNPROCESSABLE_ENTITY = "cell_invalid", "A cell of the row is not understood";
    MediaTypeUnsupported: UNSUPPORTED_MEDIA_TYPE = "media_type_unsupported", "The media type is not read here";
    Refused: UNPROCESSABLE_ENTITY = "refused", "The event was refused";
    NotSigned: INTERNAL_SERVER_ERROR = "not_signed", "The log does not go on from what was signed before";
    Internal: INTERNAL_SERVER_ERROR = "internal", "Something went wrong on our side";
    QueueFull: SERVICE_UNAVAILABLE = "queue_full", "Too many postings wait";
    OutcomeUnknown: SERVICE_UNAVAILABLE = "outcome_unknown", "It is not known whether the event was recorded";
    Unavailable: SERVICE_UNAVAILABLE = "unavailable", "The log cannot be written now";
    LogReplaced: SERVICE_UNAVAILABLE = "log_replaced", "The log was put back to another state and is read anew";
    DiskFull: SERVICE_UNAVAILABLE = "disk_full", "There is no room left to record the event";
    WorkbooksBusy: SERVICE_UNAVAILABLE = "workbooks_busy", "Other workbooks are read or written now";
    Stale: SERVICE_UNAVAILABLE = "stale", "This server has not yet seen what was asked for";
}

/// A problem on its way out.
#[derive(Clone, Debug)]
pub struct Problem {
    kind: Kind,
    /// The rule or kind that `type` names.
    id: &'static str,
    detail: String,
    errors: Vec<Fault>,
    challenge: Option<String>,
}

/// One thing that is wrong, and where.
#[derive(Clone, Debug)]
struct Fault {
    rule: &'static str,
    pointer: String,
    message: String,
    facts: serde_json::Map<String, Value>,
}

impl From<Finding> for Fault {
    fn from(finding: Finding) -> Self {
        Self {
            rule: finding.rule.id(),
            pointer: finding.pointer,
            message: finding.message,
            facts: finding.facts,
        }
    }
}

impl Problem {
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, id: kind.id(), detail: detail.into(), errors: Vec::new(), challenge: None }
    }

    /// Says where in the body the problem is.
    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        let message = self.detail.clone();
        let pointer = pointer.into();
        self.errors.push(Fault { rule: self.id, pointer, message, facts: Default::default() });
        self
    }

    /// The way of asking for a token that goes with a 401.
    pub fn challenge(mut self, challenge: String) -> Self {
        self.challenge = Some(challenge);
        self
    }

    pub fn not_found() -> Self {
        Self::new(
            Kind::NotFound,
            "Check the path. If the project is there, ask its lead partner to grant you a \
             membership.",
        )
    }

    /// What a refusal of the domain looks like from outside.
    pub fn refused(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotAMember => Self::not_found(),
            Refusal::Forbidden(finding) => Self::of_rules(Kind::Forbidden, vec![*finding]),
            Refusal::Refused(findings) => Self::of_rules(Kind::Refused, findings),
        }
    }

    fn of_rules(kind: Kind, findings: Vec<Finding>) -> Self {
        let (id, detail) = match findings.as_slice() {
            [] => (kind.id(), kind.title().to_owned()),
            [finding] => (finding.rule.id(), finding.message.clone()),
            [first, rest @ ..] => (
                first.rule.id(),
                format!("{} And {} more: see `errors`.", first.message, rest.len()),
            ),
        };
        let errors = findings.into_iter().map(Fault::from).collect();
        Self { kind, id, detail, errors, challenge: None }
    }

    /// The problem of one item of a batch: its pointers begin with the item's index.
    pub fn of_item(mut self, index: usize) -> Self {
        for error in &mut self.errors {
            error.pointer = format!("/{index}{}", error.pointer);
        }
        if self.errors.is_empty() {
            return self.at(format!("/{index}"));
        }
        self
    }

    pub fn status(&self) -> StatusCode {
        self.kind.status()
    }

    /// The problem in words, with every rule and place: what a command prints.
    pub fn explain(&self) -> String {
        if self.errors.is_empty() {
            return self.to_string();
        }
        let each = |e: &Fault| format!("{} at {}: {}", e.rule, e.pointer, e.message);
        self.errors.iter().map(each).collect::<Vec<_>>().join("; ")
    }

    pub fn id(&self) -> &'static str {
        self.id
    }

    pub fn detail(&self) -> &str {
        &self.detail
    }

    pub fn to_json(&self) -> Value {
        let title = Rule::ALL
            .iter()
            .find(|rule| rule.id() == self.id)
            .map_or(self.kind.title(), |rule| rule.sentence());
        let errors: Vec<Value> = self
            .errors
            .iter()
            .map(|error| {
                let mut json = json!({ "rule": error.rule, "pointer": error.pointer,
                    "message": error.message });
                if !error.facts.is_empty() {
                    json["facts"] = Value::Object(error.facts.clone());
                }
                json
            })
            .collect();
        let mut json = json!({
            "type": format!("/problems/{}", self.id),
            "title": title,
            "status": self.status().as_u16(),
            "detail": self.detail,
        });
        if !errors.is_empty() {
            json["errors"] = Value::Array(errors);
        }
        json
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.id, self.detail)
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status());
        response.content_type("application/problem+json");
        if self.status() == StatusCode::SERVICE_UNAVAILABLE {
            response.insert_header((header::RETRY_AFTER, RETRY_AFTER_SECONDS));
        }
        let challenge = self.challenge.as_deref().and_then(|c| HeaderValue::from_str(c).ok());
        if let Some(challenge) = challenge {
            response.insert_header((header::WWW_AUTHENTICATE, challenge));
        }
        response.body(self.to_json().to_string())
    }
}
