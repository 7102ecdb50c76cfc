use super::*;
use crate::ids::PartnerNumber;

/// Written by hand from the roles and tables of the domain, never printed by the function.
const TABLE: &str = include_str!("../../../../schema/policy.csv");

fn member(role: Role, partner: Option<PartnerNumber>) -> Part {
    Part::Member { role, partner }
}

fn column(name: &str) -> (Part, Relation) {
    let relation = match name.rsplit_once('_').map_or(name, |(_, relation)| relation) {
        "own" => Relation::Own,
        "other" => Relation::Other,
        "partner" => Relation::ForPartner,
        "controller" if name.starts_with("lead") => Relation::ForController,
        "programme" if name.starts_with("lead") => Relation::ForProgramme,
        _ => Relation::Own,
    };
    let role = name.split('_').next().unwrap();
    let part = match role {
        "operator" => Part::Operator,
        role => member(Role::parse(role).unwrap(), Some(1)),
    };
    (part, relation)
}

#[test]
fn every_cell_of_the_table_is_what_the_function_says() {
    let mut lines = TABLE.lines();
    let columns: Vec<_> = lines.next().unwrap().split(',').skip(1).map(column).collect();
    let mut types = Vec::new();
    for line in lines {
        let mut cells = line.split(',');
        let event_type = EventType::parse(cells.next().unwrap()).unwrap();
        types.push(event_type);
        let cells: Vec<_> = cells.collect();
        assert_eq!(cells.len(), columns.len(), "{line}");
        for (cell, (part, relation)) in cells.into_iter().zip(&columns) {
            let answer = may_post(*part, event_type, *relation);
            let word = answer.map_or_else(Rule::id, |()| "allow");
            assert_eq!(word, cell, "{} {part:?} {relation:?}", event_type.as_str());
        }
    }
    assert_eq!(types, EventType::all().collect::<Vec<_>>(), "the table lists every type once");
}

#[test]
fn only_the_lead_acts_on_behalf_of_others() {
    for role in Role::ALL.iter().filter(|role| **role != Role::Lead) {
        for event_type in EventType::all() {
            for relation in [Relation::ForPartner, Relation::ForController, Relation::ForProgramme]
            {
                let answer = may_post(member(*role, Some(2)), event_type, relation);
                assert!(answer.is_err(), "{role:?} {} {relation:?}", event_type.as_str());
            }
        }
    }
}

#[test]
fn the_lead_declares_no_cost_for_a_transfer_partner() {
    let declared = EventType::Finance(FinanceType::ExpenditureDeclared);
    let answer = may_post(member(Role::Lead, Some(1)), declared, Relation::ForTransferPartner);
    assert_eq!(answer, Err(Rule::TransferPartnerHasNoCosts));
}
