//! For tests: a small project, and the one way to post to it.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::decide::decide;
use crate::event::{Event, EventType};
use crate::ids::Subject;
use crate::posting::{Actor, Decision, OnBehalfOf, Part, Posting, Prepared, Recorded, Refusal};
use crate::project::Project;
use crate::rule::Finding;

/// A project with its history, and the clock of the test.
#[derive(Clone)]
pub(crate) struct Given {
    pub(crate) project: Project,
    pub(crate) history: Vec<Recorded>,
    pub(crate) now: Timestamp,
    /// What was computed for the next postings before they are decided on.
    pub(crate) prepared: Prepared,
}

/// What a test posts: `Post::new("siena", "lesson.recorded", "2025-04-01", json!({…}))`.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    pub(crate) id: Uuid,
    pub(crate) subject: &'static str,
    pub(crate) event_type: &'static str,
    pub(crate) occurred_on: &'static str,
    pub(crate) on_behalf_of: Option<OnBehalfOf>,
    pub(crate) reason: Option<&'static str>,
    pub(crate) data: Value,
}

impl Post {
    pub(crate) fn new(
        subject: &'static str,
        event_type: &'static str,
        occurred_on: &'static str,
        data: Value,
    ) -> Self {
        let name = format!("{subject} {event_type} {occurred_on} {data}");
        let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes());
        Self { id, subject, event_type, occurred_on, on_behalf_of: None, reason: None, data }
    }

    pub(crate) fn id(mut self, id: u128) -> Self {
        self.id = Uuid::from_u128(id);
        self
    }

    pub(crate) fn on_behalf_of(mut self, on_behalf_of: OnBehalfOf, reason: &'static str) -> Self {
        self.on_behalf_of = Some(on_behalf_of);
        self.reason = Some(reason).filter(|reason| !reason.is_empty());
        self
    }

    fn posting(&self) -> Posting {
        let event_type = EventType::parse(self.event_type).unwrap();
        Posting {
            id: self.id,
            event_type,
            schema_version: 1,
            event: Event::parse(event_type, &self.data).map(Arc::new),
            occurred_on: self.occurred_on.parse().unwrap(),
            on_behalf_of: self.on_behalf_of,
            reason: self.reason.map(|reason| reason.parse().unwrap()),
            correlation_id: None,
            causation_id: None,
        }
    }
}

impl Given {
    /// Nothing recorded yet; it is 1 July 2026.
    pub(crate) fn nothing() -> Self {
        let project = Project::new("care-get".parse().unwrap());
        let now = "2026-07-01T09:00:00Z".parse().unwrap();
        Self { project, history: Vec::new(), now, prepared: Prepared::default() }
    }

    /// The lead `haskovo` (1), the delivery partners `urbasofia` (2, Romania) and `trakia` (3),
    /// the transfer partner `siena` (4), `expert`, `controller` and `auditor`; a contract of
    /// 1,000.00 euro, one form with WP 2 (management), WP 4 (communication) and WP 5
    /// (thematic), A 2.1, A 4.1, A 5.1, D 4.1.1, D 4.1.2 (of 1), D 5.1.1 (of 3, with 2), and rates.
    /// Recorded on 2 December 2024 without asking the rules.
    pub(crate) fn project() -> Self {
        let mut given = Self::nothing();
        let recorded_at = "2024-12-02T08:00:00Z".parse().unwrap();
        for (event_type, data) in beginning() {
            given.record_unasked("haskovo", event_type, "2024-12-01", recorded_at, data);
        }
        given
    }

    /// Records an event whatever the rules say.
    pub(crate) fn record_unasked(
        &mut self,
        subject: &'static str,
        event_type: &'static str,
        occurred_on: &'static str,
        recorded_at: Timestamp,
        data: Value,
    ) -> Uuid {
        let post = Post::new(subject, event_type, occurred_on, data);
        let actor = Actor { subject: subject.parse().unwrap(), part: Part::Operator };
        self.record(&post.posting(), actor, recorded_at, &Decision::default());
        post.id
    }

    fn record(&mut self, posting: &Posting, actor: Actor, at: Timestamp, decision: &Decision) {
        let recorded = Recorded {
            id: posting.id,
            position: self.project.position + 1,
            version: self.project.version + 1,
            occurred_on: posting.occurred_on,
            recorded_at: at,
            actor,
            on_behalf_of: posting.on_behalf_of,
            event: posting.event.clone().unwrap(),
            completed: decision.completed.clone(),
        };
        self.project.evolve(&recorded);
        self.history.push(recorded);
    }

    /// Posts as a member; what is taken is recorded.
    pub(crate) fn post(&mut self, post: &Post) -> Result<Decision, Refusal> {
        let posting = post.posting();
        let subject: Subject = post.subject.parse().unwrap();
        let today = self.project.day_of(self.now);
        let actor = self.project.actor(&subject, None, today, posting.event_type)?;
        self.post_as(&posting, actor)
    }

    /// Posts as the operator who can open the database.
    pub(crate) fn post_as_operator(&mut self, post: &Post) -> Result<Decision, Refusal> {
        let actor = Actor { subject: post.subject.parse().unwrap(), part: Part::Operator };
        self.post_as(&post.posting(), actor)
    }

    fn post_as(&mut self, posting: &Posting, actor: Actor) -> Result<Decision, Refusal> {
        let decision = decide(&self.project, posting, &self.prepared, &actor, self.now)?;
        let at = self.project.last_recorded_at.map_or(self.now, |last| last.max(self.now));
        self.record(posting, actor, at, &decision);
        Ok(decision)
    }

    /// Posts, expecting it to be taken, and gives the ids of the rules that warned.
    #[track_caller]
    pub(crate) fn accept(&mut self, post: &Post) -> Vec<&'static str> {
        match self.post(post) {
            Ok(decision) => rules(&decision.warnings),
            Err(refusal) => panic!("refused: {refusal:?}\n{post:?}"),
        }
    }

    /// Posts, expecting a refusal, and gives the ids of the rules that it breaks.
    #[track_caller]
    pub(crate) fn refuse(&mut self, post: &Post) -> Vec<&'static str> {
        match self.post(post) {
            Ok(decision) => panic!("taken: {decision:?}\n{post:?}"),
            Err(Refusal::NotAMember) => vec!["not_a_member"],
            Err(Refusal::Forbidden(finding)) => vec![finding.rule.id()],
            Err(Refusal::Refused(findings)) => rules(&findings),
        }
    }
}

pub(crate) fn rules(findings: &[Finding]) -> Vec<&'static str> {
    findings.iter().map(|finding| finding.rule.id()).collect()
}

pub(crate) fn en(text: &str) -> Value {
    json!({ "original": "en", "en": text })
}

/// One linked document.
pub(crate) fn evidence() -> Value {
    json!([{ "kind": "report", "name": "Report", "uri": "https://example.org/report" }])
}

fn beginning() -> Vec<(&'static str, Value)> {
    let mut events = vec![(
        "project.registered",
        json!({
            "acronym": "CARE-GET", "titles": en("CARE-GET"), "programme": "EUI", "call": "2",
            "start": "2024-12-01", "end": "2028-05-31", "thematicEnd": "2027-11-30",
            "timeZone": "Europe/Sofia", "languages": ["bg", "en"]
        }),
    )];
    let partners = [
        (1, "haskovo", "lead", "BG"),
        (2, "urbasofia", "delivery", "RO"),
        (3, "trakia", "delivery", "BG"),
        (4, "siena", "transfer", "IT"),
    ];
    for (number, name, role, country) in partners {
        let data = json!({ "number": number, "names": en(name), "abbreviation": name,
            "role": role, "country": country, "vatId": format!("{country}{number}") });
        events.push(("partner.joined", data));
        let member = json!({ "subject": name, "partner": number, "role": role });
        events.push(("member.granted", member));
    }
    for role in ["expert", "controller", "auditor"] {
        events.push(("member.granted", json!({ "subject": role, "role": role })));
    }
    events.push((
        "subsidy_contract.signed",
        json!({ "total": "1000.00", "erdf": "800.00",
        "rate": "0.80", "paymentShares": ["0.50", "0.30", "0.20"], "triggerShare": "0.35" }),
    ));
    events.push(("application_form.approved", form(1)));
    events.push((
        "rate_policy.set",
        json!({ "currency": "BGN", "policy": "monthly_of_submission",
        "validFrom": "2024-12-01", "legalSource": "programme rules" }),
    ));
    events.push((
        "rate_policy.set",
        json!({ "currency": "RON", "policy": "monthly_of_submission",
        "validFrom": "2024-12-01", "legalSource": "programme rules" }),
    ));
    events.push((
        "exchange_rates.imported",
        json!({ "year": 2025, "month": 1, "source": "test",
        "rates": [{ "currency": "BGN", "value": "1.9558" },
                  { "currency": "RON", "value": "5" }] }),
    ));
    events
}

/// An application form of the project of [`Given::project`], for tests to change.
pub(crate) fn form(version: u32) -> Value {
    let activity = |code: &str, partner: u32| {
        json!({ "code": code, "titles": en(code), "partner": partner,
            "start": "2024-12-01", "end": "2026-06-30" })
    };
    let deliverable = |code: &str, partner: u32, contributors: &[u32]| {
        json!({ "code": code, "titles": en(code), "partner": partner,
            "contributors": contributors, "due": "2025-03-31" })
    };
    let cell = |partner: u32, work_package: &str, category: &str, amount: &str| {
        json!({ "partner": partner, "workPackage": work_package, "category": category,
            "amount": amount })
    };
    let financing = |partner: u32, erdf: &str, own: &str| {
        json!({ "partner": partner, "erdf": erdf,
            "contributions": [{ "source": "own", "kind": "public", "amount": own }] })
    };
    json!({
        "version": version, "validFrom": "2024-12-01",
        "workPackages": [
            { "code": "WP 2", "type": "management", "titles": en("Management") },
            { "code": "WP 4", "type": "communication", "titles": en("Communication") },
            { "code": "WP 5", "type": "thematic", "titles": en("Skills") },
            { "code": "WP 7", "type": "transfer", "titles": en("Transfer") }
        ],
        "activities": [activity("A 2.1", 1), activity("A 4.1", 1), activity("A 5.1", 3)],
        "deliverables": [deliverable("D 4.1.1", 1, &[]), deliverable("D 4.1.2", 1, &[]),
            deliverable("D 5.1.1", 3, &[2])],
        "outputs": [{ "code": "O 5.1", "titles": en("Strategy"), "partner": 3, "target": 1,
            "unit": "strategy" }],
        "indicators": [
            { "code": "RCO 76", "kind": "output", "titles": en("Projects"), "unit": "projects",
                "target": "50", "outputs": ["O 5.1"] },
            { "code": "RCR 11", "kind": "result", "titles": en("Users"), "unit": "users a year",
                "partner": 2, "baseline": "10", "target": "110" }
        ],
        "budget": {
            "cells": [
                cell(1, "WP 2", "staff", "100.00"),
                cell(1, "WP 2", "office_and_administration", "15.00"),
                cell(1, "WP 4", "external_expertise", "185.00"),
                cell(2, "WP 5", "external_expertise", "200.00"),
                cell(2, "WP 5", "equipment", "100.00"),
                cell(3, "WP 5", "staff", "200.00"),
                cell(3, "WP 5", "office_and_administration", "30.00"),
                cell(3, "WP 5", "external_expertise", "70.00"),
                cell(4, "WP 7", "lump_sum", "100.00")
            ],
            "partners": [financing(1, "240.00", "60.00"), financing(2, "240.00", "60.00"),
                financing(3, "240.00", "60.00"), financing(4, "80.00", "20.00")],
            "flatRates": [{ "category": "office_and_administration", "rate": "0.15",
                "base": ["staff"] }],
            "lumpSums": [{ "option": "transfer", "partner": 4, "workPackage": "WP 7",
                "amount": "100.00" }]
        }
    })
}
