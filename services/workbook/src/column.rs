//! The columns of the list of expenditure: one for each field of a line and of its payment.

use crate::choice::DocumentKind;
use crate::tongue::{Tongue, Words, plain};

/// How a column is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Text,
    Amount,
    Share,
    Date,
    Category,
    DocumentKind,
    WorkPackage,
    Activity,
    Deliverable,
    Currency,
}

/// Whether a cell of a column may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Always,
    /// Needed with one kind of document, and with no other.
    With(DocumentKind),
    /// Empty is 0.00.
    Zero,
    Never,
}

macro_rules! columns {
    ($($variant:ident: $name:literal, $kind:ident, $need:expr, $words:expr;)*) => {
        /// A column of the list of expenditure, in the order of the template.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Column {
            $($variant,)*
        }

        impl Column {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name in the second row of the template.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }

            pub const fn kind(self) -> Kind {
                match self {
                    $(Self::$variant => Kind::$kind,)*
                }
            }

            pub const fn need(self) -> Need {
                match self {
                    $(Self::$variant => $need,)*
                }
            }

            pub const fn words(self) -> &'static Words {
                match self {
                    $(Self::$variant => &$words,)*
                }
            }
        }
    };
}

columns! {
    Reference: "reference", Text, Need::Never,
        ["Your reference", "Ваш номер", "Vostro riferimento", "Jūsų numeris", "Δική σας αναφορά", "Referința dvs."];
    Category: "category", Category, Need::Always,
        ["Cost category", "Категория разходи", "Categoria di spesa", "Išlaidų kategorija", "Κατηγορία δαπάνης", "Categoria de cheltuieli"];
    WorkPackage: "workPackage", WorkPackage, Need::Always,
        ["Work package", "Работен пакет", "Pacchetto di lavoro", "Darbo paketas", "Πακέτο εργασίας", "Pachet de lucru"];
    Activity: "activity", Activity, Need::Never,
        ["Activity", "Дейност", "Attività", "Veikla", "Δραστηριότητα", "Activitate"];
    Deliverable: "deliverable", Deliverable, Need::Never,
        ["Deliverable", "Резултат (D)", "Prodotto (D)", "Rezultatas (D)", "Παραδοτέο", "Livrabil"];
    Contract: "contract", Text, Need::Never,
        ["Contract", "Договор", "Contratto", "Sutartis", "Σύμβαση", "Contract (nr.)"];
    DocumentKind: "documentKind", DocumentKind, Need::Always,
        ["Kind of document", "Вид документ", "Tipo di documento", "Dokumento rūšis", "Είδος εγγράφου", "Tip de document"];
    DocumentNumber: "documentNumber", Text, Need::Always,
        ["Number of the document", "Номер на документа", "Numero del documento", "Dokumento numeris", "Αριθμός εγγράφου", "Numărul documentului"];
    DocumentDate: "documentDate", Date, Need::Always,
        ["Date of the document", "Дата на документа", "Data del documento", "Dokumento data", "Ημερομηνία εγγράφου", "Data documentului"];
    Supplier: "supplier", Text, Need::With(DocumentKind::Invoice),
        ["Supplier", "Доставчик", "Fornitore", "Tiekėjas", "Προμηθευτής", "Furnizor"];
    TaxId: "taxId", Text, Need::With(DocumentKind::Invoice),
        ["Supplier's VAT or tax number", "ДДС или данъчен номер на доставчика", "Partita IVA o codice fiscale del fornitore", "Tiekėjo PVM arba mokesčių mokėtojo kodas", "ΑΦΜ προμηθευτή", "Codul fiscal al furnizorului"];
    PayrollPeriod: "payrollPeriod", Text, Need::With(DocumentKind::Payroll),
        ["Months paid for (payroll)", "Месеци на заплатата", "Mesi di retribuzione", "Darbo užmokesčio mėnesiai", "Μήνες μισθοδοσίας", "Lunile de salarizare"];
    PayrollMethod: "payrollMethod", Text, Need::With(DocumentKind::Payroll),
        ["How the working time was found (payroll)", "Как е определено работното време", "Come è stato calcolato il tempo di lavoro", "Kaip nustatytas darbo laikas", "Τρόπος υπολογισμού του χρόνου εργασίας", "Cum a fost stabilit timpul de lucru"];
    IncurredFrom: "incurredFrom", Date, Need::Always,
        ["Incurred from", "Извършен от", "Sostenuta dal", "Patirta nuo", "Πραγματοποιήθηκε από", "Efectuată de la"];
    IncurredTo: "incurredTo", Date, Need::Always,
        ["Incurred to", "Извършен до", "Sostenuta al", "Patirta iki", "Πραγματοποιήθηκε έως", "Efectuată până la"];
    Net: "net", Amount, Need::Always,
        ["Net amount", "Сума без ДДС", "Importo netto", "Suma be PVM", "Καθαρό ποσό", "Suma netă"];
    Vat: "vat", Amount, Need::Zero,
        ["VAT", "ДДС", "IVA", "PVM", "ΦΠΑ", "TVA"];
    VatRecoverable: "vatRecoverable", Amount, Need::Zero,
        ["Recoverable VAT", "Възстановимо ДДС", "IVA recuperabile", "Susigrąžinamas PVM", "Ανακτήσιμος ΦΠΑ", "TVA recuperabilă"];
    SelfAssessedVat: "selfAssessedVat", Amount, Need::Never,
        ["Self-assessed VAT (reverse charge)", "Самоначислено ДДС", "IVA in inversione contabile", "Atvirkštinis PVM", "ΦΠΑ με αντίστροφη χρέωση", "TVA cu taxare inversă"];
    Share: "share", Share, Need::Always,
        ["Project's share", "Дял за проекта", "Quota del progetto", "Projekto dalis", "Μερίδιο του έργου", "Cota proiectului"];
    Declared: "declared", Amount, Need::Always,
        ["Declared amount", "Декларирана сума", "Importo dichiarato", "Deklaruojama suma", "Δηλωθέν ποσό", "Suma declarată"];
    Currency: "currency", Currency, Need::Always,
        ["Currency", "Валута", "Valuta", "Valiuta", "Νόμισμα", "Moneda"];
    Text: "text", Text, Need::Never,
        ["Description", "Описание", "Descrizione", "Aprašymas", "Περιγραφή", "Descriere"];
    Corrects: "corrects", Text, Need::Never,
        ["Credit note to line", "Кредитно известие към ред", "Nota di credito alla riga", "Kreditinė sąskaita eilutei", "Πιστωτικό προς γραμμή", "Notă de credit la linia"];
    Evidence: "evidence", Text, Need::Never,
        ["Link to the document", "Връзка към документа", "Collegamento al documento", "Nuoroda į dokumentą", "Σύνδεσμος προς το έγγραφο", "Legătura către document"];
    PaidOn: "paidOn", Date, Need::Never,
        ["Paid on", "Платено на", "Pagata il", "Apmokėta", "Πληρώθηκε στις", "Plătită la"];
    PaidAmount: "paidAmount", Amount, Need::Never,
        ["Amount paid", "Платена сума", "Importo pagato", "Apmokėta suma", "Πληρωθέν ποσό", "Suma plătită"];
    PaymentProof: "paymentProof", Text, Need::Never,
        ["Proof of payment", "Доказателство за плащане", "Prova di pagamento", "Mokėjimo įrodymas", "Αποδεικτικό πληρωμής", "Dovada plății"];
}

/// Pointers into an event, and the column whose cells they speak of. The longest that fits counts.
const POINTERS: &[(&str, Column)] = &[
    ("/occurredon", Column::DocumentDate),
    ("/data/reference", Column::Reference),
    ("/data/category", Column::Category),
    ("/data/workPackage", Column::WorkPackage),
    ("/data/activity", Column::Activity),
    ("/data/deliverable", Column::Deliverable),
    ("/data/contract", Column::Contract),
    ("/data/document", Column::DocumentNumber),
    ("/data/document/invoice/date", Column::DocumentDate),
    ("/data/document/invoice/supplier", Column::Supplier),
    ("/data/document/invoice/taxId", Column::TaxId),
    ("/data/document/payroll/period", Column::PayrollPeriod),
    ("/data/document/payroll/method", Column::PayrollMethod),
    ("/data/incurredFrom", Column::IncurredFrom),
    ("/data/incurredTo", Column::IncurredTo),
    ("/data/net", Column::Net),
    ("/data/vat", Column::Vat),
    ("/data/vatRecoverable", Column::VatRecoverable),
    ("/data/selfAssessedVat", Column::SelfAssessedVat),
    ("/data/share", Column::Share),
    ("/data/declared", Column::Declared),
    ("/data/currency", Column::Currency),
    ("/data/text", Column::Text),
    ("/data/corrects", Column::Corrects),
    ("/data/evidence", Column::Evidence),
];

/// The same of a payment.
const PAYMENT_POINTERS: &[(&str, Column)] = &[
    ("/occurredon", Column::PaidOn),
    ("/data/date", Column::PaidOn),
    ("/data/amount", Column::PaidAmount),
    ("/data/line", Column::PaidAmount),
    ("/data/proof", Column::PaymentProof),
];

/// Which event of a row is spoken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Line,
    Payment,
}

impl Column {
    /// The column that a heading names, in any language or by its name, and the language where the
    /// heading says it.
    pub fn of_heading(text: &str) -> Option<(Self, Option<Tongue>)> {
        let wanted = plain(text);
        let by_name =
            |wanted: &str| Self::ALL.iter().copied().find(|column| plain(column.name()) == wanted);
        if let Some(column) = by_name(&wanted) {
            return Some((column, None));
        }
        if let Some(column) = wanted.split_once('.').and_then(|(name, code)| {
            let tongue = Tongue::parse(code)?;
            Some((by_name(name).filter(|column| *column == Self::Text)?, Some(tongue)))
        }) {
            return Some(column);
        }
        Self::ALL.iter().copied().find_map(|column| {
            let words = column.words();
            let found = Tongue::ALL.into_iter().find(|tongue| plain(tongue.of(words)) == wanted)?;
            Some((column, Some(found)))
        })
    }

    /// The column whose cell a pointer into an event of the row speaks of.
    pub fn of_pointer(part: Part, pointer: &str) -> Option<Self> {
        let known = match part {
            Part::Line => POINTERS,
            Part::Payment => PAYMENT_POINTERS,
        };
        let fits = |path: &str| {
            pointer.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let fitting = known.iter().filter(|(path, _)| fits(path));
        fitting.max_by_key(|(path, _)| path.len()).map(|(_, column)| *column)
    }

    /// The heading in a language, with a mark where the column has to be filled in.
    pub fn heading(self, tongue: Tongue) -> String {
        let word = tongue.of(self.words());
        match self.need() {
            Need::Always => format!("{word} *"),
            Need::With(_) | Need::Zero | Need::Never => word.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn a_heading_of_any_language_names_one_column() {
        let mut seen = BTreeMap::new();
        for column in Column::ALL {
            for tongue in Tongue::ALL {
                let heading = column.heading(tongue);
                assert!(!heading.trim_matches(['*', ' ']).is_empty());
                let (found, _) = Column::of_heading(&heading.to_uppercase()).unwrap();
                assert_eq!(found, *column, "{heading}");
                let before = seen.insert(plain(&heading), *column);
                assert!(before.is_none_or(|before| before == *column), "{heading}");
            }
            assert_eq!(Column::of_heading(column.name()).unwrap(), (*column, None));
        }
        assert_eq!(Column::of_heading("text.bg"), Some((Column::Text, Some(Tongue::Bulgarian))));
        assert_eq!(Column::of_heading("Notes"), None);
    }

    #[test]
    fn the_nearest_pointer_names_the_column() {
        let of_line = |pointer| Column::of_pointer(Part::Line, pointer);
        assert_eq!(of_line("/data/document/invoice/taxId"), Some(Column::TaxId));
        assert_eq!(of_line("/data/document/travel/reference"), Some(Column::DocumentNumber));
        assert_eq!(of_line("/data/vatRecoverable"), Some(Column::VatRecoverable));
        assert_eq!(of_line("/type"), None);
        assert_eq!(Column::of_pointer(Part::Payment, "/data/amount"), Some(Column::PaidAmount));
    }
}
