//! What is written about money.

use crate::cli::generate::texts::{Phrase, phrase};

#[rustfmt::skip]
pub(super) const QUERY: Phrase =
    phrase("A tenth of this seems to be of another project.", "Една десета изглежда е на друг проект.", "Το ένα δέκατο φαίνεται να αφορά άλλο έργο.", "Un decimo sembra di un altro progetto.", "Dešimtadalis atrodo kito projekto.");
#[rustfmt::skip]
pub(super) const AMENDED: Phrase =
    phrase("A tenth is of another project.", "Една десета е на друг проект.", "Το ένα δέκατο αφορά άλλο έργο.", "Un decimo è di un altro progetto.", "Dešimtadalis yra kito projekto.");
#[rustfmt::skip]
pub(super) const UNREADABLE: Phrase =
    phrase("The scanned copy cannot be read.", "Сканираното копие не се чете.", "Το σαρωμένο αντίγραφο δεν διαβάζεται.", "La copia scansionata non si legge.", "Skenuotos kopijos neįmanoma perskaityti.");
#[rustfmt::skip]
pub(super) const ACHIEVED: Phrase =
    phrase("What the sum is paid for was achieved.", "Постигнато е това, за което е сумата.", "Επιτεύχθηκε αυτό για το οποίο πληρώνεται το ποσό.", "È stato raggiunto ciò per cui è la somma.", "Pasiekta tai, už ką mokama suma.");
#[rustfmt::skip]
pub(super) const TRAINING: Phrase =
    phrase("Training of staff", "Обучение на служители", "Κατάρτιση προσωπικού", "Formazione del personale", "Darbuotojų mokymai");
#[rustfmt::skip]
pub(super) const TWICE: Phrase =
    phrase("These days were counted by another city.", "Тези дни са отчетени от друг град.", "Αυτές τις ημέρες τις δήλωσε άλλη πόλη.", "Questi giorni li ha contati un'altra città.", "Šias dienas apskaitė kitas miestas.");
#[rustfmt::skip]
pub(super) const TOO_EARLY: Phrase =
    phrase("A partner asked for more time.", "Партньор поиска още време.", "Ένας εταίρος ζήτησε περισσότερο χρόνο.", "Un partner ha chiesto più tempo.", "Partneris paprašė daugiau laiko.");
#[rustfmt::skip]
pub(super) const CORRECTION: Phrase =
    phrase("A financial correction of 25 % after an audit", "Финансова корекция от 25 % след одит", "Δημοσιονομική διόρθωση 25 % μετά από έλεγχο", "Rettifica finanziaria del 25 % dopo un audit", "25 % finansinė pataisa po audito");
#[rustfmt::skip]
pub(super) const DEDUCTED: Phrase =
    phrase("Not shown to be of the project", "Не е доказано, че е на проекта", "Δεν αποδείχθηκε ότι αφορά το έργο", "Non è dimostrato che sia del progetto", "Neįrodyta, kad priklauso projektui");
#[rustfmt::skip]
pub(super) const PARKED: Phrase =
    phrase("The record of acceptance is awaited.", "Чака се приемо-предавателният протокол.", "Αναμένεται το πρωτόκολλο παραλαβής.", "Si attende il verbale di accettazione.", "Laukiama priėmimo akto.");
#[rustfmt::skip]
pub(super) const UNPARKED: Phrase =
    phrase("The record has come.", "Протоколът е получен.", "Το πρωτόκολλο παραλήφθηκε.", "Il verbale è arrivato.", "Aktas gautas.");
#[rustfmt::skip]
pub(super) const CONCLUSION: Phrase =
    phrase("The claim was verified.", "Искането е проверено.", "Η αίτηση επαληθεύτηκε.", "La domanda è stata verificata.", "Prašymas patikrintas.");
