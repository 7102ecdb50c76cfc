//! A charter: the beginning of a project in YAML, which import turns into events.
//!
//! Each event's id is derived from the project, the event's type and its natural key, so that
//! importing a charter again records nothing, and an edited charter is told from a new event.

use cairn_domain::event::EventType;
use cairn_domain::ids::ProjectKey;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::envelope::{self, Submission};
use crate::problem::Problem;

/// Names the ids of events that charters make.
const CHARTER_NAMESPACE: Uuid = Uuid::from_u128(0x6361_6972_6e2e_4368_8172_7465_7200_0001);

/// Who posts what is the operator's to post.
const OPERATOR: &str = "operator";

/// One file of a charter. A charter may be split over several files.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CharterFile {
    pub project: String,
    /// The instant at which the events were recorded; now where nothing is said.
    recordedat: Option<String>,
    /// The day of every event that has none of its own.
    occurredon: Option<String>,
    /// The lead's subject, who posts all that is not the operator's.
    actor: Option<String>,
    register: Option<Map<String, Value>>,
    #[serde(default)]
    partners: Vec<Map<String, Value>>,
    #[serde(default)]
    members: Vec<Map<String, Value>>,
    contract: Option<Map<String, Value>>,
    #[serde(default)]
    rate_policies: Vec<Map<String, Value>>,
    #[serde(default)]
    application_forms: Vec<Map<String, Value>>,
    #[serde(default)]
    milestones: Vec<Map<String, Value>>,
}

/// Why a charter gives no events.
#[derive(Debug, thiserror::Error)]
pub enum CharterError {
    #[error("{0}")]
    NotYaml(String),
    #[error("`{section}` stands in two files of this charter; keep one")]
    Twice { section: &'static str },
    #[error("`{0}` is no project's key: 1 to 63 of a-z, 0-9 and the hyphen")]
    ProjectKey(String),
}

/// An event of a charter, and where it comes from.
pub struct CharterEvent {
    /// `partners[2]`.
    pub origin: String,
    /// What to post instead when the item was edited after it was recorded.
    pub instead: &'static str,
    pub submission: Result<Submission, Problem>,
}

impl CharterFile {
    pub fn parse(yaml: &str) -> Result<Self, CharterError> {
        serde_saphyr::from_str(yaml).map_err(|error| CharterError::NotYaml(error.to_string()))
    }

    /// Joins another file of the same project to this one.
    pub fn join(mut self, other: Self) -> Result<Self, CharterError> {
        fn one<T>(
            a: &mut Option<T>,
            b: Option<T>,
            section: &'static str,
        ) -> Result<(), CharterError> {
            match (a.is_some(), b) {
                (_, None) => Ok(()),
                (true, Some(_)) => Err(CharterError::Twice { section }),
                (false, b) => {
                    *a = b;
                    Ok(())
                }
            }
        }
        let day = other.occurredon;
        let with_day = |items: Vec<Map<String, Value>>| {
            items.into_iter().map(|item| with_day(item, day.as_deref())).collect::<Vec<_>>()
        };
        let register = other.register.map(|item| self::with_day(item, day.as_deref()));
        let contract = other.contract.map(|item| self::with_day(item, day.as_deref()));
        if self.recordedat != other.recordedat {
            one(&mut self.recordedat, other.recordedat, "recordedat")?;
        }
        one(&mut self.actor, other.actor, "actor")?;
        one(&mut self.register, register, "register")?;
        one(&mut self.contract, contract, "contract")?;
        self.partners.extend(with_day(other.partners));
        self.members.extend(with_day(other.members));
        self.rate_policies.extend(with_day(other.rate_policies));
        self.application_forms.extend(with_day(other.application_forms));
        self.milestones.extend(with_day(other.milestones));
        Ok(self)
    }

    /// The events of the charter, in the order in which they can be recorded.
    pub fn events(self) -> Result<Vec<CharterEvent>, CharterError> {
        let key: ProjectKey =
            self.project.parse().map_err(|_| CharterError::ProjectKey(self.project.clone()))?;
        let maker = Maker {
            key,
            recorded_at: self.recordedat,
            occurred_on: self.occurredon,
            lead: self.actor,
        };
        let is_lead = |member: &Map<String, Value>| member.get("role") == Some(&json!("lead"));
        let first_lead = self.members.iter().position(is_lead);
        let mut members: Vec<_> = self.members.into_iter().enumerate().collect();
        let first_lead = first_lead.map(|index| members.remove(index));

        let mut events = Vec::new();
        events.extend(self.register.map(|item| maker.event(&REGISTER, None, item, true)));
        for (index, item) in self.partners.into_iter().enumerate() {
            events.push(maker.event(&PARTNERS, Some(index), item, true));
        }
        events.extend(first_lead.map(|(i, item)| maker.event(&MEMBERS, Some(i), item, true)));
        for (index, item) in members {
            events.push(maker.event(&MEMBERS, Some(index), item, false));
        }
        events.extend(self.contract.map(|item| maker.event(&CONTRACT, None, item, false)));
        let lists = [
            (&RATE_POLICIES, self.rate_policies),
            (&APPLICATION_FORMS, self.application_forms),
            (&MILESTONES, self.milestones),
        ];
        for (section, items) in lists {
            for (index, item) in items.into_iter().enumerate() {
                events.push(maker.event(section, Some(index), item, false));
            }
        }
        Ok(events)
    }
}

fn with_day(mut item: Map<String, Value>, day: Option<&str>) -> Map<String, Value> {
    if let Some(day) = day {
        item.entry("occurredon").or_insert_with(|| json!(day));
    }
    item
}

/// A section of a charter: the event it makes, what names an item, and what changes it later.
struct Section {
    name: &'static str,
    event_type: &'static str,
    natural_key: &'static [&'static str],
    instead: &'static str,
}

const REGISTER: Section = Section {
    name: "register",
    event_type: "project.registered",
    natural_key: &[],
    instead: "A registration is not changed; put the charter back as it was.",
};
const PARTNERS: Section = Section {
    name: "partners",
    event_type: "partner.joined",
    natural_key: &["number"],
    instead: "Put the charter back as it was, and post `partner.changed`.",
};
const MEMBERS: Section = Section {
    name: "members",
    event_type: "member.granted",
    natural_key: &["subject", "partner", "role"],
    instead: "Put the charter back as it was, and post `member.granted` with the new `until`.",
};
const CONTRACT: Section = Section {
    name: "contract",
    event_type: "subsidy_contract.signed",
    natural_key: &[],
    instead: "Put the charter back as it was, and post `subsidy_contract.amended`.",
};
const RATE_POLICIES: Section = Section {
    name: "ratePolicies",
    event_type: "rate_policy.set",
    natural_key: &["currency", "validFrom"],
    instead: "Put the charter back as it was, and post `rate_policy.set` with a later `validFrom`.",
};
const APPLICATION_FORMS: Section = Section {
    name: "applicationForms",
    event_type: "application_form.approved",
    natural_key: &["version"],
    instead: "Put the charter back as it was, and post `application_form.approved` with the next \
        version.",
};
const MILESTONES: Section = Section {
    name: "milestones",
    event_type: "milestone.planned",
    natural_key: &["number"],
    instead: "Put the charter back as it was, and plan the milestone anew under the next number.",
};

/// The sections in the order of their events, and whether one is a list.
const SECTIONS: [(&Section, bool); 7] = [
    (&REGISTER, false),
    (&PARTNERS, true),
    (&MEMBERS, true),
    (&CONTRACT, false),
    (&RATE_POLICIES, true),
    (&APPLICATION_FORMS, true),
    (&MILESTONES, true),
];

/// The JSON Schema (2020-12) of a charter file: each section is the `data` of its event, and may
/// say on which day it occurred.
pub fn schema() -> Value {
    let day = json!({ "type": "string", "format": "date" });
    let mut properties = Map::new();
    let mut definitions = Map::new();
    let mut describe = |name: &str, mut schema: Value, description: &str| {
        schema["description"] = json!(description);
        properties.insert(name.to_owned(), schema);
    };
    describe(
        "project",
        json!({ "type": "string", "pattern": "^[a-z0-9-]{1,63}$" }),
        "The key of the project: 1 to 63 of a-z, 0-9 and the hyphen.",
    );
    describe(
        "recordedat",
        json!({ "type": "string", "format": "date-time" }),
        "The instant at which the events were recorded; now where nothing is said.",
    );
    describe("occurredon", day.clone(), "The day of every event that has none of its own.");
    describe(
        "actor",
        json!({ "type": "string", "pattern": r"^[^\s\p{Cc}]{1,255}$" }),
        "The lead's subject, who posts all that is not the operator's.",
    );
    for (section, is_list) in SECTIONS {
        let item = item_schema(section, &day, &mut definitions);
        definitions.insert(section.event_type.to_owned(), item);
        let reference = json!({ "$ref": format!("#/$defs/{}", section.event_type) });
        let schema =
            if is_list { json!({ "type": "array", "items": reference }) } else { reference };
        describe(section.name, schema, &format!("Makes `{}`.", section.event_type));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "charter",
        "description": "The beginning of a project, which `cairn import` turns into events. A \
            charter may be split over several files of one project.",
        "type": "object",
        "properties": properties,
        "required": ["project"],
        "additionalProperties": false,
        "$defs": definitions,
    })
}

/// The `data` of the section's event with its own day; what it refers to goes to `definitions`.
fn item_schema(section: &Section, day: &Value, definitions: &mut Map<String, Value>) -> Value {
    let event_type = EventType::parse(section.event_type).expect("a section makes a known event");
    let mut schema = event_type.schema().to_value();
    let members = schema.as_object_mut().expect("the data of an event is an object");
    for name in ["$schema", "$id", "title", "examples"] {
        members.shift_remove(name);
    }
    if let Some(Value::Object(referred)) = members.shift_remove("$defs") {
        definitions.extend(referred);
    }
    let mut day = day.clone();
    day["description"] = json!("The day on which it occurred; the file's where nothing is said.");
    members["properties"]["occurredon"] = day;
    schema
}

/// Makes the events of one charter.
struct Maker {
    key: ProjectKey,
    recorded_at: Option<String>,
    occurred_on: Option<String>,
    lead: Option<String>,
}

impl Maker {
    fn event(
        &self,
        section: &Section,
        index: Option<usize>,
        mut item: Map<String, Value>,
        by_operator: bool,
    ) -> CharterEvent {
        let origin = match index {
            Some(index) => format!("{}[{index}]", section.name),
            None => section.name.to_owned(),
        };
        let natural_key: Vec<String> = section
            .natural_key
            .iter()
            .map(|name| item.get(*name).unwrap_or(&Value::Null).to_string())
            .collect();
        let name = format!("{} {} {}", self.key, section.event_type, natural_key.join(" "));
        let day = item.remove("occurredon").or_else(|| self.occurred_on.clone().map(Value::String));
        let mut event = Map::new();
        event.insert("id".into(), json!(Uuid::new_v5(&CHARTER_NAMESPACE, name.as_bytes())));
        event.insert("type".into(), json!(section.event_type));
        event.insert("project".into(), json!(self.key));
        event.extend(day.map(|day| ("occurredon".to_owned(), day)));
        event.extend(self.recorded_at.as_ref().map(|at| ("recordedat".to_owned(), json!(at))));
        let actor = if by_operator { Some(OPERATOR) } else { self.lead.as_deref() };
        event.extend(actor.map(|actor| ("actorsubject".to_owned(), json!(actor))));
        if by_operator {
            event.insert("actorrole".into(), json!(OPERATOR));
        }
        event.insert("data".into(), Value::Object(item));
        let submission = envelope::read_imported(Value::Object(event));
        CharterEvent { origin, instead: section.instead, submission }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHARTER: &str = r#"
project: x
occurredon: "2024-12-01"
actor: lead
register: { acronym: X }
partners: [{ number: 1 }]
members: [{ subject: clerk, partner: 1, role: delivery }, { subject: lead, partner: 1, role: lead }]
"#;

    fn origins(charter: CharterFile) -> Vec<String> {
        charter.events().unwrap().into_iter().map(|event| event.origin).collect()
    }

    #[test]
    fn the_first_lead_is_granted_before_other_members() {
        let charter = CharterFile::parse(CHARTER).unwrap();
        assert_eq!(origins(charter), ["register", "partners[0]", "members[1]", "members[0]"]);
    }

    #[test]
    fn a_charter_over_two_files_is_one() {
        let first = CharterFile::parse("project: x\nregister: { acronym: X }").unwrap();
        let second = "project: x\npartners: [{ number: 1 }]";
        let joined = first.join(CharterFile::parse(second).unwrap()).unwrap();
        assert_eq!(origins(joined), ["register", "partners[0]"]);
        let one = CharterFile::parse(CHARTER).unwrap();
        let twice = one.join(CharterFile::parse(CHARTER).unwrap());
        assert!(matches!(twice, Err(CharterError::Twice { section: "actor" })));
    }

    #[test]
    fn ids_come_from_the_natural_key_alone() {
        let ids = |yaml: &str| -> Vec<_> {
            let events = CharterFile::parse(yaml).unwrap().events().unwrap();
            events.into_iter().map(|event| event.submission.unwrap().posting.id).collect()
        };
        let edited = CHARTER.replace("acronym: X", "acronym: Y");
        assert_eq!(ids(CHARTER), ids(&edited));
        assert_ne!(ids(CHARTER), ids(&CHARTER.replace("project: x", "project: y")));
    }

    #[test]
    fn an_unknown_key_is_refused() {
        let error = CharterFile::parse("project: x\npartner: []").unwrap_err();
        assert!(error.to_string().contains("partner"), "{error}");
    }
}
