//! What is chosen from a list: cost categories and kinds of documents, in every language.

use cairn_domain::event::plan::application_form::Category;

use crate::tongue::{Tongue, Words, plain};

/// The categories that a line can have, with their names in the data and the words for them.
pub const CATEGORIES: [(Category, &str, Words); 7] = [
    (
        Category::Staff,
        "staff",
        ["Staff", "Персонал", "Personale", "Personalas", "Προσωπικό", "Personal"],
    ),
    (
        Category::OfficeAndAdministration,
        "office_and_administration",
        [
            "Office and administration",
            "Офис и администрация",
            "Ufficio e amministrazione",
            "Biuras ir administravimas",
            "Γραφείο και διοίκηση",
            "Birou și administrație",
        ],
    ),
    (
        Category::TravelAndAccommodation,
        "travel_and_accommodation",
        [
            "Travel and accommodation",
            "Пътуване и настаняване",
            "Viaggio e soggiorno",
            "Kelionės ir apgyvendinimas",
            "Ταξίδια και διαμονή",
            "Călătorii și cazare",
        ],
    ),
    (
        Category::ExternalExpertise,
        "external_expertise",
        [
            "External expertise and services",
            "Външни експерти и услуги",
            "Consulenze e servizi esterni",
            "Išorės ekspertai ir paslaugos",
            "Εξωτερική εμπειρογνωμοσύνη και υπηρεσίες",
            "Expertiză și servicii externe",
        ],
    ),
    (
        Category::Equipment,
        "equipment",
        ["Equipment", "Оборудване", "Attrezzature", "Įranga", "Εξοπλισμός", "Echipamente"],
    ),
    (
        Category::Infrastructure,
        "infrastructure",
        [
            "Infrastructure and works",
            "Инфраструктура и строителство",
            "Infrastrutture e lavori",
            "Infrastruktūra ir darbai",
            "Υποδομές και έργα",
            "Infrastructură și lucrări",
        ],
    ),
    (
        Category::LumpSum,
        "lump_sum",
        [
            "Lump sum",
            "Еднократна сума",
            "Somma forfettaria",
            "Fiksuotoji suma",
            "Κατ' αποκοπή ποσό",
            "Sumă forfetară",
        ],
    ),
];

/// The kinds of documents that a line stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DocumentKind {
    Invoice,
    Payroll,
    Travel,
    Internal,
}

pub const DOCUMENT_KINDS: [(DocumentKind, &str, Words); 4] = [
    (
        DocumentKind::Invoice,
        "invoice",
        ["Invoice", "Фактура", "Fattura", "Sąskaita faktūra", "Τιμολόγιο", "Factură"],
    ),
    (
        DocumentKind::Payroll,
        "payroll",
        [
            "Payroll",
            "Ведомост за заплати",
            "Busta paga",
            "Darbo užmokesčio žiniaraštis",
            "Μισθοδοσία",
            "Stat de plată",
        ],
    ),
    (
        DocumentKind::Travel,
        "travel",
        [
            "Travel order",
            "Командировъчна заповед",
            "Missione",
            "Komandiruotė",
            "Εντολή μετακίνησης",
            "Ordin de deplasare",
        ],
    ),
    (
        DocumentKind::Internal,
        "internal",
        [
            "Internal document",
            "Вътрешен документ",
            "Documento interno",
            "Vidaus dokumentas",
            "Εσωτερικό έγγραφο",
            "Document intern",
        ],
    ),
];

/// The word for a category.
pub fn category_word(category: Category, tongue: Tongue) -> &'static str {
    let found = CATEGORIES.iter().find(|(known, ..)| *known == category);
    found.map_or("", |(_, _, words)| tongue.of(words))
}

/// The name in the data of a category.
pub fn category_name(category: Category) -> &'static str {
    CATEGORIES.iter().find(|(known, ..)| *known == category).map_or("", |(_, name, _)| name)
}

/// The name in the data of a category that a person typed or chose, in any language.
pub fn read_category(text: &str) -> Option<&'static str> {
    read(&CATEGORIES, text).map(|(_, name)| name)
}

/// The kind of document that a person typed or chose, in any language.
pub fn read_document_kind(text: &str) -> Option<DocumentKind> {
    read(&DOCUMENT_KINDS, text).map(|(kind, _)| kind)
}

fn read<T: Copy>(known: &[(T, &'static str, Words)], text: &str) -> Option<(T, &'static str)> {
    let wanted = plain(text);
    known
        .iter()
        .find(|(_, name, words)| *name == wanted || words.iter().any(|word| plain(word) == wanted))
        .map(|(value, name, _)| (*value, *name))
}
