//! The empty list of expenditure of a partner, with the codes that it may use.

use std::collections::BTreeSet;

use cairn_domain::code::{Code, WorkPackageCode};
use cairn_domain::event::plan::application_form::{ApplicationFormApproved, Category};
use cairn_domain::ids::PartnerNumber;
use cairn_domain::money::Currency;
use cairn_domain::project::Project;
use cairn_domain::text::LocalizedText;
use jiff::civil::Date;
use rust_xlsxwriter::{
    DataValidation, DataValidationErrorStyle, DocProperties, ExcelDateTime, Format, FormatAlign,
    Formula, Workbook, Worksheet, XlsxError,
};

use crate::choice::{CATEGORIES, DOCUMENT_KINDS, category_name, category_word};
use crate::column::{Column, Kind};
use crate::grid::ROWS_MAX;
use crate::tongue::{Tongue, Words};

/// The sheet that is filled in.
pub const LIST_SHEET: &str = "Expenditure";
/// The sheet of what may be chosen.
pub const CODES_SHEET: &str = "Codes";

/// Rows of headings and names above the list.
const HEAD_ROWS: u32 = 2;

pub(crate) const AMOUNT_FORMAT: &str = "#,##0.00";
pub(crate) const DATE_FORMAT: &str = "dd.mm.yyyy";
const TEXT_FORMAT: &str = "@";
const SHARE_FORMAT: &str = "0.00######%";

const CHOOSE: Words = [
    "Choose from the list. What is allowed stands on the sheet Codes.",
    "Изберете от списъка. Позволеното е на листа Codes.",
    "Scegliere dall'elenco. I valori ammessi sono nel foglio Codes.",
    "Pasirinkite iš sąrašo. Leidžiamos reikšmės yra lape Codes.",
    "Επιλέξτε από τη λίστα. Οι επιτρεπτές τιμές βρίσκονται στο φύλλο Codes.",
    "Alegeți din listă. Valorile permise se află în foaia Codes.",
];

/// What a partner may write into its list, by the application form in force on a day.
struct Allowed {
    categories: Vec<Category>,
    work_packages: Vec<(Code, String)>,
    activities: Vec<(Code, String)>,
    deliverables: Vec<(Code, String)>,
    currencies: Vec<Currency>,
}

/// The template as a workbook. `today` decides which form is in force.
pub fn write(
    project: &Project,
    partner: PartnerNumber,
    tongue: Tongue,
    today: Date,
) -> Result<Vec<u8>, XlsxError> {
    let allowed = Allowed::of(project, partner, tongue, today);
    let mut workbook = Workbook::new();
    let registered = project.plan.registered.as_ref();
    let acronym = registered.map_or(project.key.as_str(), |data| data.acronym.as_str());
    let abbreviation = project.plan.partners.get(&partner);
    let abbreviation = abbreviation.map_or_else(String::new, |data| data.abbreviation.to_string());
    let title = format!("{acronym}: {partner} {abbreviation}");
    workbook.set_properties(&properties(title.trim(), today)?);
    let lists = allowed.lists(tongue);
    write_list(workbook.add_worksheet(), tongue, &lists)?;
    write_codes(workbook.add_worksheet(), &lists)?;
    workbook.save_to_buffer()
}

/// Made on a day that is handed in: the same figures make the same file.
pub(crate) fn properties(title: &str, day: Date) -> Result<DocProperties, XlsxError> {
    let year = u16::try_from(day.year()).unwrap_or(2000);
    let number = |number: i8| u8::try_from(number).unwrap_or(1);
    let made = ExcelDateTime::from_ymd(year, number(day.month()), number(day.day()))?;
    Ok(DocProperties::new().set_title(title).set_author("Cairn").set_creation_datetime(&made))
}

impl Allowed {
    fn of(project: &Project, partner: PartnerNumber, tongue: Tongue, today: Date) -> Self {
        let plan = &project.plan;
        let mut currencies: Vec<_> = plan.rate_policies.keys().map(|(code, _)| *code).collect();
        currencies.insert(0, Currency::EUR);
        let own = plan.partners.get(&partner).and_then(|data| data.currency);
        // The partner's own currency comes first.
        if let Some(at) = currencies.iter().position(|code| Some(*code) == own) {
            currencies.swap(0, at);
        }
        let mut seen = BTreeSet::new();
        currencies.retain(|code| seen.insert(*code));
        let Some(form) = plan.form_on(today) else {
            return Self {
                categories: Vec::new(),
                work_packages: Vec::new(),
                activities: Vec::new(),
                deliverables: Vec::new(),
                currencies,
            };
        };
        let planned = || form.budget.cells.iter().filter(|cell| cell.partner == partner);
        let is_computed = |category: Category| {
            let rates = form.budget.flat_rates.iter();
            category == Category::LumpSum
                || rates.clone().any(|rate| rate.category == category && rate.applies_to(partner))
        };
        let categories = CATEGORIES.iter().map(|(category, ..)| *category);
        let categories = categories.filter(|category| {
            planned().any(|cell| cell.category == *category) && !is_computed(*category)
        });
        let of_partner: BTreeSet<WorkPackageCode> =
            planned().map(|cell| cell.work_package).collect();
        let stands_there = |code: &Code| {
            let mut above = std::iter::successors(Some(*code), |code| code.parent());
            above.any(|code| matches!(code, Code::WorkPackage(code) if of_partner.contains(&code)))
        };
        let titled = |codes: Vec<Code>| titled(form, codes, stands_there, tongue);
        Self {
            categories: categories.collect(),
            work_packages: titled(form.work_packages.iter().map(|item| item.code.into()).collect()),
            activities: titled(form.activities.iter().map(|item| item.code.into()).collect()),
            deliverables: titled(form.deliverables.iter().map(|item| item.code.into()).collect()),
            currencies,
        }
    }

    /// What the columns of the codes sheet hold.
    fn lists(&self, tongue: Tongue) -> Vec<CodeList> {
        let words = |words: &[(Code, String)]| {
            words.iter().map(|(code, title)| (code.to_string(), title.clone())).collect()
        };
        let categories = self.categories.iter().map(|category| {
            (category_word(*category, tongue).to_owned(), category_name(*category).to_owned())
        });
        let kinds = DOCUMENT_KINDS.iter();
        let kinds = kinds.map(|(_, name, words)| (tongue.of(words).to_owned(), (*name).to_owned()));
        let currencies = self.currencies.iter().map(|code| (code.to_string(), String::new()));
        let list = |kind, column: Column, entries| CodeList {
            kind,
            heading: tongue.of(column.words()),
            entries,
        };
        vec![
            list(Kind::Category, Column::Category, categories.collect()),
            list(Kind::WorkPackage, Column::WorkPackage, words(&self.work_packages)),
            list(Kind::Activity, Column::Activity, words(&self.activities)),
            list(Kind::Deliverable, Column::Deliverable, words(&self.deliverables)),
            list(Kind::Currency, Column::Currency, currencies.collect()),
            list(Kind::DocumentKind, Column::DocumentKind, kinds.collect()),
        ]
    }
}

/// Items of the plan with their titles.
fn titled(
    form: &ApplicationFormApproved,
    codes: Vec<Code>,
    stands_there: impl Fn(&Code) -> bool,
    tongue: Tongue,
) -> Vec<(Code, String)> {
    let title = |text: &LocalizedText| {
        text.in_language(tongue.language()).unwrap_or(text.original()).to_owned()
    };
    let codes = codes.into_iter().filter(|code| stands_there(code));
    codes.map(|code| (code, form.titles(code).map(title).unwrap_or_default())).collect()
}

/// What may be chosen in the columns of a kind, and what it means.
struct CodeList {
    kind: Kind,
    heading: &'static str,
    entries: Vec<(String, String)>,
}

fn write_list(sheet: &mut Worksheet, tongue: Tongue, lists: &[CodeList]) -> Result<(), XlsxError> {
    sheet.set_name(LIST_SHEET)?;
    sheet.set_freeze_panes(HEAD_ROWS, 1)?;
    let head = heading_format();
    for (place, column) in (0..).zip(Column::ALL) {
        let format = match column.kind() {
            Kind::Amount => AMOUNT_FORMAT,
            Kind::Share => SHARE_FORMAT,
            Kind::Date => DATE_FORMAT,
            Kind::Text
            | Kind::Category
            | Kind::DocumentKind
            | Kind::WorkPackage
            | Kind::Activity
            | Kind::Deliverable
            | Kind::Currency => TEXT_FORMAT,
        };
        sheet.set_column_format(place, &Format::new().set_num_format(format))?;
        sheet.set_column_width(place, width(*column))?;
        sheet.write_string_with_format(0, place, column.heading(tongue), &head)?;
        let name = match column {
            Column::Text => format!("{}.{}", column.name(), tongue.code()),
            _ => column.name().to_owned(),
        };
        sheet.write_string(1, place, name)?;
        if let Some(at) = lists.iter().position(|list| list.kind == column.kind()) {
            add_choice(sheet, place, at, &lists[at], tongue)?;
        }
    }
    sheet.set_row_height(0, 45)?;
    sheet.set_row_hidden(1)?;
    Ok(())
}

pub(crate) fn heading_format() -> Format {
    Format::new().set_bold().set_text_wrap().set_align(FormatAlign::Top).set_num_format(TEXT_FORMAT)
}

fn width(column: Column) -> u8 {
    match column.kind() {
        Kind::Amount | Kind::Date | Kind::Share => 13,
        Kind::WorkPackage | Kind::Activity | Kind::Deliverable | Kind::Currency => 11,
        Kind::Category | Kind::DocumentKind => 24,
        Kind::Text => 20,
    }
}

/// Lets the cells of a column be chosen from a list of the codes sheet. A code that another form
/// has is taken too, so that only words which would mean nothing are stopped.
fn add_choice(
    sheet: &mut Worksheet,
    place: u16,
    at: usize,
    list: &CodeList,
    tongue: Tongue,
) -> Result<(), XlsxError> {
    if list.entries.is_empty() {
        return Ok(());
    }
    let style = match list.kind {
        Kind::Category | Kind::DocumentKind => DataValidationErrorStyle::Stop,
        Kind::WorkPackage
        | Kind::Activity
        | Kind::Deliverable
        | Kind::Currency
        | Kind::Text
        | Kind::Amount
        | Kind::Share
        | Kind::Date => DataValidationErrorStyle::Warning,
    };
    let column = crate::grid::cell_name(0, code_column(at));
    let column = column.trim_end_matches('0');
    let last = list.entries.len() + 1;
    let source = Formula::new(format!("={CODES_SHEET}!${column}$2:${column}${last}"));
    let choice = DataValidation::new()
        .allow_list_formula(source)
        .set_error_style(style)
        .set_error_message(tongue.of(&CHOOSE))?;
    let bottom = HEAD_ROWS + u32::try_from(ROWS_MAX).unwrap_or(u32::MAX) - 1;
    sheet.add_data_validation(HEAD_ROWS, place, bottom, place, &choice)?;
    Ok(())
}

/// Each list has two columns: what is chosen, and what it means.
fn code_column(at: usize) -> u16 {
    u16::try_from(at * 2).unwrap_or(u16::MAX)
}

fn write_codes(sheet: &mut Worksheet, lists: &[CodeList]) -> Result<(), XlsxError> {
    sheet.set_name(CODES_SHEET)?;
    sheet.set_freeze_panes(1, 0)?;
    let (head, text) = (heading_format(), Format::new().set_num_format(TEXT_FORMAT));
    for (at, list) in lists.iter().enumerate() {
        let column = code_column(at);
        sheet.write_string_with_format(0, column, list.heading, &head)?;
        sheet.set_column_width(column, 18)?;
        sheet.set_column_width(column + 1, 40)?;
        for (row, (entry, meaning)) in (1..).zip(&list.entries) {
            sheet.write_string_with_format(row, column, entry, &text)?;
            if !meaning.is_empty() {
                sheet.write_string_with_format(row, column + 1, meaning, &text)?;
            }
        }
    }
    Ok(())
}
