//! The routes of workbooks and CSV.

use cairn_workbook::grid::{FILE_BYTES_MAX, ROWS_MAX};
use cairn_workbook::tongue::Tongue;
use cairn_workbook::{CSV, XLSX};
use serde_json::{Map, Value, json};

use super::reference;
use super::routes::{answers, operation};
use crate::problem::Kind;
use crate::workbook::post::BYTES_A_SECOND_MIN;

/// The routes of workbooks and CSV, by their paths.
pub(super) fn paths() -> Map<String, Value> {
    let paths = json!({
        "/v1/projects/{project}/expenditure": {
            "parameters": [reference("parameters", "project")],
            "post": post(),
        },
        "/v1/projects/{project}/templates/expenditure.xlsx": {
            "parameters": [reference("parameters", "project")],
            "get": template(),
        },
        "/v1/projects/{project}/sheets/{sheet}.{format}": {
            "parameters": [reference("parameters", "project"), reference("parameters", "sheet"),
                reference("parameters", "format")],
            "get": sheet(),
        },
        "/v1/projects/{project}/sheets/claims/{number}.{format}": {
            "parameters": [reference("parameters", "project"), reference("parameters", "number"),
                reference("parameters", "format")],
            "get": claim(),
        },
    });
    paths.as_object().cloned().unwrap_or_default()
}

fn binary() -> Value {
    json!({ "schema": { "type": "string", "format": "binary" } })
}

fn partner() -> Value {
    json!({ "name": "partner", "in": "query",
        "description": "The number of the partner whose costs they are; the caller's own where \
            nothing is said.",
        "schema": { "type": "integer", "minimum": 1 } })
}

fn template() -> Value {
    let success = json!({ "200": {
        "description": "The workbook. Its second row, which is hidden, has the names by which the \
            columns are known.",
        "headers": { "Cairn-Position": reference("headers", "Cairn-Position") },
        "content": { XLSX: binary() },
    }});
    let kinds = [
        Kind::ParameterInvalid,
        Kind::Unauthenticated,
        Kind::Forbidden,
        Kind::NotFound,
        Kind::Unavailable,
        Kind::LogReplaced,
        Kind::Stale,
    ];
    let description = "The empty list of expenditure of a partner, with the codes, categories and \
        currencies that it may use by the application form in force today. For the partner's \
        members and the lead.";
    let summary = "Get the list of expenditure to fill in.";
    let responses = answers(success, &kinds);
    let mut get = operation("getExpenditureTemplate", "workbooks", summary, description, responses);
    let languages = Tongue::ALL.map(Tongue::code);
    get["security"] = json!([{ "token": [] }]);
    get["parameters"] = json!([
        partner(),
        { "name": "language", "in": "query", "description": "The language of the headings.",
          "schema": { "enum": languages, "default": "en" } },
        reference("parameters", "position"),
    ]);
    get
}

fn post() -> Value {
    let success = json!({ "200": {
        "description": "What became of every row.",
        "headers": { "Cairn-Position": reference("headers", "Cairn-Position") },
        "content": { "application/json": { "schema": reference("schemas", "ListAnswer") } },
    }});
    let kinds = [
        Kind::SheetUnreadable,
        Kind::ParameterInvalid,
        Kind::Unauthenticated,
        Kind::Forbidden,
        Kind::NotFound,
        Kind::BodyTooSlow,
        Kind::BodyTooLarge,
        Kind::MediaTypeUnsupported,
        Kind::WorkbooksBusy,
        Kind::LogReplaced,
    ];
    let rate = BYTES_A_SECOND_MIN / 1024;
    let description = format!(
        "A workbook or CSV with the columns of the template, in any order, with headings in any of \
         its languages or with their names. Of a workbook the first sheet with such headings is \
         read. Each row becomes `expenditure.declared`, and \
         `expenditure.paid` where it names a payment; the two are recorded together or not at all, \
         each row on its own. The ids come from the reference of the row, otherwise from what it \
         says: sending a list again records only what was mended. At most {FILE_BYTES_MAX} bytes \
         and {ROWS_MAX} rows, at {rate} KiB a second or faster. Costs of the years before Cairn come in the same way: they occurred \
         on the date of their document, and are recorded now."
    );
    let summary = "Post a list of expenditure.";
    let responses = answers(success, &kinds);
    let mut post = operation("postExpenditure", "workbooks", summary, &description, responses);
    post["security"] = json!([{ "token": [] }]);
    post["parameters"] = json!([
        { "name": "dry-run", "in": "query",
          "description": "Judge every row as if those before it were recorded, and record nothing.",
          "schema": { "type": "boolean", "default": false } },
        partner(),
        { "name": "reason", "in": "query",
          "description": "Why the lead sends the list of another partner.",
          "schema": { "type": "string" } },
    ]);
    let text = json!({ "schema": { "type": "string" } });
    post["requestBody"] = json!({ "required": true, "content": { XLSX: binary(), CSV: text } });
    post
}

fn sheet() -> Value {
    let description = "The list of expenditure has the items that the caller may see, with the \
        columns in the order of Jems' list of expenditure and those of Cairn after them; flat \
        rates are no items. Budget use is for who may see the amounts of every partner. Totals are \
        formulas in a workbook.";
    let mut get = sheet_of("getSheet", "Get the list of expenditure, or budget use.", description);
    let own = json!([
        { "name": "workPackage", "in": "query",
          "description": "Only what belongs to this work package, by its code.",
          "schema": { "type": "string" } },
        { "name": "claim", "in": "query",
          "description": "Only what is in this submitted claim: of the list of expenditure its \
              items, each whole; of budget use its amounts.",
          "schema": { "type": "integer", "minimum": 1 } },
        { "name": "by", "in": "query",
          "description": "Of budget use: its axes between commas, of partner, work-package, \
              category, activity, deliverable, currency, month and claim. Of partners whose lines the \
              caller may not see, activity, deliverable, currency and month are empty.",
          "schema": { "type": "string", "default": "partner,work-package,category" } },
    ]);
    let parameters = get["parameters"].as_array_mut().expect("an operation has parameters");
    parameters.extend(own.as_array().cloned().unwrap_or_default());
    get
}

fn claim() -> Value {
    let description = "The items of a claim that the caller may see, with what control made of \
        each; beside them the flat rates of each partner, or all of it where its items may not be \
        seen. A workbook has the amounts by partner on a second sheet, and on a third the \
        deductions by the typology of errors. For who may see the amounts \
        of every partner.";
    sheet_of("getClaimSheet", "Get a claim.", description)
}

fn sheet_of(id: &str, summary: &str, description: &str) -> Value {
    let success = json!({ "200": {
        "description": "The sheet.",
        "headers": { "Cairn-Position": reference("headers", "Cairn-Position") },
        "content": { XLSX: binary(), CSV: { "schema": { "type": "string" } } },
    }});
    let kinds = [
        Kind::ParameterInvalid,
        Kind::Unauthenticated,
        Kind::Forbidden,
        Kind::NotFound,
        Kind::Unavailable,
        Kind::WorkbooksBusy,
        Kind::LogReplaced,
        Kind::Stale,
    ];
    let mut get = operation(id, "workbooks", summary, description, answers(success, &kinds));
    get["security"] = json!([{ "token": [] }]);
    get["parameters"] = json!([
        { "name": "partner", "in": "query", "description": "Only what belongs to this partner.",
          "schema": { "type": "integer", "minimum": 1 } },
        { "name": "version", "in": "query",
          "description": "As it was known by this version of the project. Rights are those of now.",
          "schema": { "type": "integer", "minimum": 0 } },
        { "name": "until", "in": "query", "description": "With what had happened by this day.",
          "schema": { "type": "string", "format": "date" } },
        { "name": "applicationForm", "in": "query",
          "description": "Under this application form; the newest where nothing is said.",
          "schema": { "type": "integer", "minimum": 1 } },
        { "name": "separator", "in": "query",
          "description": "Of CSV. Between semicolons decimals have a comma.",
          "schema": { "enum": ["comma", "semicolon"], "default": "comma" } },
        { "name": "bom", "in": "query", "description": "Of CSV: begin with the byte order mark.",
          "schema": { "type": "boolean", "default": false } },
        reference("parameters", "position"),
    ]);
    get
}

/// What became of a list.
pub(super) fn answer() -> Value {
    let number =
        |description: &str| json!({ "type": "integer", "minimum": 0, "description": description });
    let text = |description: &str| json!({ "type": "string", "description": description });
    let finding = json!({
        "type": "object",
        "properties": {
            "rule": text("The rule, `cell_invalid`, or the problem."),
            "cell": text("The cell that it speaks of, such as `F17`; the first of the row where it \
                speaks of the whole row."),
            "column": text("The name of the column."),
            "message": text("How to mend it."),
            "facts": { "type": "object" },
        },
        "required": ["rule", "cell", "message"],
    });
    let row = json!({
        "type": "object",
        "properties": {
            "row": { "type": "integer", "minimum": 1 },
            "reference": text("The partner's own reference."),
            "became": { "enum": ["recorded", "warned", "repeated", "refused", "not_sent"] },
            "line": { "type": "string", "format": "uuid" },
            "payment": { "type": "string", "format": "uuid" },
            "findings": { "type": "array", "items": finding },
        },
        "required": ["row", "became"],
    });
    json!({
        "type": "object",
        "properties": {
            "project": { "type": "string" },
            "partner": { "type": "integer", "minimum": 1 },
            "dryRun": { "type": "boolean" },
            "sheet": text("The sheet of a workbook that was read: the first with the headings of \
                the template."),
            "sheetsNotRead": { "type": "array", "items": { "type": "string" },
                "description": "Sheets that have such headings too. Nothing of them was read: send \
                    each as a list of its own." },
            "rows": number("Rows of the list: the sum of the five numbers that follow."),
            "recorded": number("Rows that were recorded without a warning."),
            "warned": number("Rows that were recorded with warnings."),
            "repeated": number("Rows that were recorded before."),
            "refused": number("Rows that were refused."),
            "notSent": number("Rows that are not known to be recorded: send the list again."),
            "ignored": { "type": "array", "description": "Columns that mean nothing here.",
                "items": { "type": "object", "properties": {
                    "cell": { "type": "string" }, "heading": { "type": "string" } },
                    "required": ["cell", "heading"] } },
            "answers": { "type": "array", "items": row },
        },
        "required": ["project", "partner", "dryRun", "rows", "recorded", "warned", "repeated",
            "refused", "notSent", "ignored", "answers"],
    })
}
