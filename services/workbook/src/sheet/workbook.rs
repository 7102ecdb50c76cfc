//! Sheets as a workbook: the headings stay in sight, columns can be filtered, totals are formulas.

use rust_xlsxwriter::{
    ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError,
};

use super::{Book, Heading, Sheet, Shows, Value};
use crate::grid::cell_name;
use crate::template::{AMOUNT_FORMAT, DATE_FORMAT, heading_format, properties};

const RATE_FORMAT: &str = "0.00########";
/// Longest text of a cell: a workbook takes no longer one.
const TEXT_LETTERS_MAX: usize = 32_000;

pub(super) fn write(book: &Book) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    workbook.set_properties(&properties(&book.title, book.made_on)?);
    for sheet in &book.sheets {
        write_sheet(workbook.add_worksheet(), sheet)?;
    }
    workbook.save_to_buffer()
}

fn write_sheet(worksheet: &mut Worksheet, sheet: &Sheet) -> Result<(), XlsxError> {
    worksheet.set_name(&sheet.name)?;
    worksheet.set_freeze_panes(1, 0)?;
    worksheet.set_landscape();
    worksheet.set_repeat_rows(0, 0)?;
    let head = heading_format().set_border_bottom(FormatBorder::Thin);
    for (place, heading) in (0..).zip(&sheet.headings) {
        worksheet.set_column_width(place, heading.width)?;
        worksheet.write_string_with_format(0, place, heading.text, &head)?;
    }
    let formats: Vec<Format> = sheet.headings.iter().map(format).collect();
    for (row, values) in (1..).zip(&sheet.rows) {
        for ((place, value), format) in (0..).zip(values).zip(&formats) {
            write_value(worksheet, row, place, value, format)?;
        }
    }
    let last = u32::try_from(sheet.rows.len()).unwrap_or(u32::MAX);
    let columns = u16::try_from(sheet.headings.len()).unwrap_or(u16::MAX);
    if last > 0 && columns > 0 {
        worksheet.autofilter(0, 0, last, columns - 1)?;
        write_totals(worksheet, sheet, last)?;
    }
    Ok(())
}

fn format(heading: &Heading) -> Format {
    let format = Format::new().set_align(FormatAlign::Top);
    match heading.shows {
        Shows::Text => format.set_num_format("@"),
        Shows::Amount | Shows::Euro => format.set_num_format(AMOUNT_FORMAT),
        Shows::Date => format.set_num_format(DATE_FORMAT),
        Shows::Decimal => format.set_num_format(RATE_FORMAT),
        Shows::Count => format.set_num_format("0"),
    }
}

fn write_value(
    worksheet: &mut Worksheet,
    row: u32,
    place: u16,
    value: &Value,
    format: &Format,
) -> Result<(), XlsxError> {
    match value {
        Value::Empty => {}
        Value::Text(text) => {
            let text: String = text.chars().take(TEXT_LETTERS_MAX).collect();
            worksheet.write_string_with_format(row, place, text, format)?;
        }
        Value::Amount(cents) => {
            write_decimal(worksheet, row, place, &cents.to_string(), format)?;
        }
        Value::Decimal(decimal) => write_decimal(worksheet, row, place, decimal, format)?,
        Value::Count(number) => {
            worksheet.write_number_with_format(row, place, *number, format)?;
        }
        Value::Date(day) => {
            let day = ExcelDateTime::parse_from_str(&day.to_string())?;
            worksheet.write_datetime_with_format(row, place, &day, format)?;
        }
    }
    Ok(())
}

/// The number of a workbook that is nearest to a decimal: what the cell then shows is the decimal.
fn write_decimal(
    worksheet: &mut Worksheet,
    row: u32,
    place: u16,
    decimal: &str,
    format: &Format,
) -> Result<(), XlsxError> {
    match decimal.parse::<f64>() {
        Ok(number) => worksheet.write_number_with_format(row, place, number, format)?,
        Err(_) => worksheet.write_string_with_format(row, place, decimal, format)?,
    };
    Ok(())
}

/// The sums below the rows, as formulas that begin with our own result.
fn write_totals(worksheet: &mut Worksheet, sheet: &Sheet, last: u32) -> Result<(), XlsxError> {
    let row = last + 1;
    let bold = |format: Format| format.set_bold().set_border_top(FormatBorder::Thin);
    worksheet.write_string_with_format(row, 0, "Total", &bold(Format::new()))?;
    for ((place, index), heading) in (0..).zip(0..).zip(&sheet.headings) {
        if heading.shows != Shows::Euro {
            continue;
        }
        let (first, end) = (cell_name(2, place), cell_name(last + 1, place));
        let total = sheet.total(index).to_string();
        let sum = Formula::new(format!("=SUM({first}:{end})")).set_result(total);
        worksheet.write_formula_with_format(row, place, sum, &bold(format(heading)))?;
    }
    Ok(())
}
