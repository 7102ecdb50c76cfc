//! What people write: short, in the languages of their cities, with English beside it.

use serde_json::{Value, json};

/// The same in each language that somebody here writes.
pub(super) struct Phrase {
    pub(super) en: &'static str,
    bg: &'static str,
    el: &'static str,
    it: &'static str,
    lt: &'static str,
}

impl Phrase {
    /// The text as somebody with this language writes it.
    pub(super) fn written_in(&self, language: &str) -> Value {
        let original = match language {
            "bg" => self.bg,
            "el" => self.el,
            "it" => self.it,
            "lt" => self.lt,
            _ => return json!({ "original": "en", "en": self.en }),
        };
        let mut text = json!({ "original": language, "en": self.en });
        text[language] = original.into();
        text["translatedBy"] = json!({ "en": "machine" });
        text
    }
}

pub(super) const fn phrase(
    en: &'static str,
    bg: &'static str,
    el: &'static str,
    it: &'static str,
    lt: &'static str,
) -> Phrase {
    Phrase { en, bg, el, it, lt }
}

#[rustfmt::skip]
pub(super) const PROJECTS: &[Phrase] = &[
    phrase("Care close to home", "Грижа близо до дома", "Φροντίδα κοντά στο σπίτι", "Cure vicino a casa", "Priežiūra arti namų"),
    phrase("Skills for a green city", "Умения за зелен град", "Δεξιότητες για μια πράσινη πόλη", "Competenze per una città verde", "Įgūdžiai žaliam miestui"),
    phrase("Digital services for all", "Дигитални услуги за всички", "Ψηφιακές υπηρεσίες για όλους", "Servizi digitali per tutti", "Skaitmeninės paslaugos visiems"),
];

#[rustfmt::skip]
pub(super) const PARTNERS: &[Phrase] = &[
    phrase("University (synthetic)", "Университет (синтетичен)", "Πανεπιστήμιο (συνθετικό)", "Università (sintetica)", "Universitetas (sintetinis)"),
    phrase("Hospital (synthetic)", "Болница (синтетична)", "Νοσοκομείο (συνθετικό)", "Ospedale (sintetico)", "Ligoninė (sintetinė)"),
    phrase("Business association (synthetic)", "Бизнес асоциация (синтетична)", "Ένωση επιχειρήσεων (συνθετική)", "Associazione di imprese (sintetica)", "Verslo asociacija (sintetinė)"),
    phrase("Development agency (synthetic)", "Агенция за развитие (синтетична)", "Αναπτυξιακή εταιρεία (συνθετική)", "Agenzia di sviluppo (sintetica)", "Plėtros agentūra (sintetinė)"),
];

#[rustfmt::skip]
pub(super) const CITY: Phrase =
    phrase("Municipality (synthetic)", "Община (синтетична)", "Δήμος (συνθετικός)", "Comune (sintetico)", "Savivaldybė (sintetinė)");

#[rustfmt::skip]
pub(super) const PREPARATION: Phrase =
    phrase("Preparation", "Подготовка", "Προετοιμασία", "Preparazione", "Parengimas");
#[rustfmt::skip]
pub(super) const MANAGEMENT: Phrase =
    phrase("Project management", "Управление на проекта", "Διαχείριση του έργου", "Gestione del progetto", "Projekto valdymas");
#[rustfmt::skip]
pub(super) const MONITORING: Phrase =
    phrase("Monitoring and evaluation", "Мониторинг и оценка", "Παρακολούθηση και αξιολόγηση", "Monitoraggio e valutazione", "Stebėsena ir vertinimas");
#[rustfmt::skip]
pub(super) const COMMUNICATION: Phrase =
    phrase("Communication", "Комуникация", "Επικοινωνία", "Comunicazione", "Komunikacija");
#[rustfmt::skip]
pub(super) const TRANSFER: Phrase =
    phrase("Transfer to other cities", "Трансфер към други градове", "Μεταφορά σε άλλες πόλεις", "Trasferimento ad altre città", "Perkėlimas į kitus miestus");

#[rustfmt::skip]
pub(super) const THEMES: &[Phrase] = &[
    phrase("Skills and the labour market", "Умения и пазар на труда", "Δεξιότητες και αγορά εργασίας", "Competenze e mercato del lavoro", "Įgūdžiai ir darbo rinka"),
    phrase("Telemedicine", "Телемедицина", "Τηλεϊατρική", "Telemedicina", "Telemedicina"),
    phrase("Start-ups and incubation", "Стартиращи компании и инкубация", "Νεοφυείς επιχειρήσεις και θερμοκοιτίδες", "Start-up e incubazione", "Startuoliai ir inkubavimas"),
];

#[rustfmt::skip]
pub(super) const ACTIVITIES: &[Phrase] = &[
    phrase("Survey of needs", "Проучване на нуждите", "Έρευνα αναγκών", "Indagine sui bisogni", "Poreikių tyrimas"),
    phrase("Training of professionals", "Обучение на специалисти", "Κατάρτιση επαγγελματιών", "Formazione dei professionisti", "Specialistų mokymas"),
    phrase("Pilot in two districts", "Пилот в два квартала", "Πιλοτική εφαρμογή σε δύο συνοικίες", "Progetto pilota in due quartieri", "Bandomasis projektas dviejuose rajonuose"),
    phrase("Meetings with residents", "Срещи с жители", "Συναντήσεις με κατοίκους", "Incontri con i residenti", "Susitikimai su gyventojais"),
    phrase("Data and measurement", "Данни и измерване", "Δεδομένα και μετρήσεις", "Dati e misurazione", "Duomenys ir matavimas"),
    phrase("Peer learning between cities", "Взаимно учене между градове", "Αμοιβαία μάθηση μεταξύ πόλεων", "Apprendimento tra pari tra città", "Miestų mokymasis vienas iš kito"),
];

#[rustfmt::skip]
pub(super) const DELIVERABLES: &[Phrase] = &[
    phrase("Report", "Доклад", "Έκθεση", "Relazione", "Ataskaita"),
    phrase("Training programme", "Обучителна програма", "Πρόγραμμα κατάρτισης", "Programma di formazione", "Mokymo programa"),
    phrase("Feasibility study", "Проучване за осъществимост", "Μελέτη σκοπιμότητας", "Studio di fattibilità", "Galimybių studija"),
    phrase("Public event", "Публично събитие", "Δημόσια εκδήλωση", "Evento pubblico", "Viešas renginys"),
    phrase("Handbook", "Наръчник", "Εγχειρίδιο", "Manuale", "Vadovas"),
];

#[rustfmt::skip]
pub(super) const OUTPUT: Phrase =
    phrase("Tested solution", "Изпитано решение", "Δοκιμασμένη λύση", "Soluzione sperimentata", "Išbandytas sprendimas");
#[rustfmt::skip]
pub(super) const RESULT: Phrase =
    phrase("People who use the new service", "Хора, които ползват новата услуга", "Άτομα που χρησιμοποιούν τη νέα υπηρεσία", "Persone che usano il nuovo servizio", "Žmonės, besinaudojantys nauja paslauga");
#[rustfmt::skip]
pub(super) const MILESTONE: Phrase =
    phrase("Half-year milestone", "Полугодишен етап", "Εξαμηνιαίο ορόσημο", "Traguardo semestrale", "Pusmečio gairė");
#[rustfmt::skip]
pub(super) const OPEN_ITEMS: Phrase =
    phrase("The rest follows within the quarter.", "Останалото следва до края на тримесечието.", "Τα υπόλοιπα ακολουθούν εντός του τριμήνου.", "Il resto segue entro il trimestre.", "Likusi dalis bus baigta šį ketvirtį.");
#[rustfmt::skip]
pub(super) const CHANGE: Phrase =
    phrase("Money moved to where it is needed", "Средства се прехвърлят там, където са нужни", "Μεταφορά πόρων όπου χρειάζονται", "Fondi spostati dove servono", "Lėšos perkeltos ten, kur jų reikia");
#[rustfmt::skip]
pub(super) const AMENDMENT: Phrase =
    phrase("The time limits of the reports are changed", "Променят се сроковете на отчетите", "Αλλάζουν οι προθεσμίες των εκθέσεων", "Cambiano i termini delle relazioni", "Keičiami ataskaitų terminai");
#[rustfmt::skip]
pub(super) const WITHDRAWAL: Phrase =
    phrase("The organisation leaves before it takes up work", "Организацията напуска, преди да започне работа", "Ο οργανισμός αποχωρεί πριν αναλάβει εργασίες", "L'organizzazione si ritira prima di iniziare i lavori", "Organizacija pasitraukia dar nepradėjusi darbų");

#[rustfmt::skip]
pub(super) const PROGRESS: &[Phrase] = &[
    phrase("The first group has begun.", "Първата група започна.", "Η πρώτη ομάδα ξεκίνησε.", "Il primo gruppo ha iniziato.", "Pirmoji grupė pradėjo."),
    phrase("The equipment is installed and tried.", "Оборудването е монтирано и изпробвано.", "Ο εξοπλισμός εγκαταστάθηκε και δοκιμάστηκε.", "Le attrezzature sono installate e provate.", "Įranga sumontuota ir išbandyta."),
    phrase("Forty residents took part.", "Участваха четиридесет жители.", "Συμμετείχαν σαράντα κάτοικοι.", "Hanno partecipato quaranta residenti.", "Dalyvavo keturiasdešimt gyventojų."),
    phrase("The tender is published.", "Обществената поръчка е обявена.", "Ο διαγωνισμός δημοσιεύθηκε.", "La gara è pubblicata.", "Viešasis pirkimas paskelbtas."),
];

#[rustfmt::skip]
pub(super) const PROBLEMS: &[Phrase] = &[
    phrase("A permit is late.", "Едно разрешение закъснява.", "Μια άδεια καθυστερεί.", "Un permesso è in ritardo.", "Vėluoja leidimas."),
    phrase("Staff is short in summer.", "През лятото кадрите не достигат.", "Το καλοκαίρι λείπει προσωπικό.", "D'estate manca personale.", "Vasarą trūksta darbuotojų."),
];

#[rustfmt::skip]
pub(super) const COUNTED_TWICE: Phrase =
    phrase("One was counted twice.", "Един беше преброен два пъти.", "Ένα μετρήθηκε δύο φορές.", "Uno è stato contato due volte.", "Vienas suskaičiuotas du kartus.");
#[rustfmt::skip]
pub(super) const METHOD: Phrase =
    phrase("Counted by the attendance lists.", "Преброяване по присъствените списъци.", "Καταμέτρηση από τους καταλόγους παρουσίας.", "Conteggio dai fogli di presenza.", "Skaičiuota pagal dalyvių sąrašus.");
#[rustfmt::skip]
pub(super) const WRONG_FILE: Phrase =
    phrase("The wrong file was handed in.", "Подаден е грешен файл.", "Υποβλήθηκε λάθος αρχείο.", "È stato consegnato il file sbagliato.", "Pateiktas ne tas failas.");
#[rustfmt::skip]
pub(super) const CONCLUSIONS: Phrase =
    phrase("The work goes on as planned.", "Работата продължава по план.", "Οι εργασίες συνεχίζονται όπως προβλέπεται.", "Il lavoro procede come previsto.", "Darbai vyksta pagal planą.");

#[rustfmt::skip]
pub(super) const REMARKS: &[Phrase] = &[
    phrase("The list of participants is missing.", "Липсва списъкът на участниците.", "Λείπει ο κατάλογος συμμετεχόντων.", "Manca l'elenco dei partecipanti.", "Trūksta dalyvių sąrašo."),
    phrase("Please say where the data comes from.", "Моля, посочете откъде са данните.", "Παρακαλώ αναφέρετε την πηγή των δεδομένων.", "Indicare la provenienza dei dati.", "Prašome nurodyti duomenų šaltinį."),
];

#[rustfmt::skip]
pub(super) const COSTS: &[Phrase] = &[
    phrase("Work on the pilot", "Работа по пилота", "Εργασία για το πιλοτικό έργο", "Lavoro sul progetto pilota", "Darbas su bandomuoju projektu"),
    phrase("Training materials", "Учебни материали", "Εκπαιδευτικό υλικό", "Materiali didattici", "Mokymo medžiaga"),
    phrase("Journey to the partner meeting", "Пътуване за партньорска среща", "Ταξίδι στη συνάντηση εταίρων", "Viaggio per l'incontro dei partner", "Kelionė į partnerių susitikimą"),
    phrase("Survey among employers", "Анкета сред работодателите", "Έρευνα μεταξύ εργοδοτών", "Indagine tra i datori di lavoro", "Darbdavių apklausa"),
];

#[rustfmt::skip]
pub(super) const CREDIT_NOTE: Phrase =
    phrase("Part of the delivery was sent back.", "Част от доставката беше върната.", "Μέρος της παράδοσης επιστράφηκε.", "Parte della fornitura è stata resa.", "Dalis prekių grąžinta.");
#[rustfmt::skip]
pub(super) const REVERSAL: Phrase =
    phrase("Declared with a wrong share; declared anew.", "Отчетено с грешен дял; отчита се наново.", "Δηλώθηκε με λάθος ποσοστό· δηλώνεται εκ νέου.", "Dichiarato con quota errata; si dichiara di nuovo.", "Deklaruota su klaidinga dalimi; deklaruojama iš naujo.");

/// What was learned, and what is recommended.
#[rustfmt::skip]
pub(super) const LESSONS: &[(Phrase, Phrase)] = &[
    (phrase("Data lies with three keepers", "Данните са при трима пазители", "Τα δεδομένα βρίσκονται σε τρεις φορείς", "I dati stanno presso tre enti", "Duomenys yra trijose įstaigose"),
     phrase("Sign the agreement on data before the survey.", "Подпишете споразумението за данни преди проучването.", "Υπογράψτε τη συμφωνία για τα δεδομένα πριν από την έρευνα.", "Firmare l'accordo sui dati prima dell'indagine.", "Pasirašykite duomenų sutartį prieš tyrimą.")),
    (phrase("Evening meetings reach more people", "Вечерните срещи достигат повече хора", "Οι βραδινές συναντήσεις προσελκύουν περισσότερους", "Gli incontri serali raggiungono più persone", "Vakariniai susitikimai pasiekia daugiau žmonių"),
     phrase("Ask first when people have time.", "Първо попитайте кога хората имат време.", "Ρωτήστε πρώτα πότε έχουν χρόνο οι άνθρωποι.", "Chiedere prima quando le persone hanno tempo.", "Pirmiausia paklauskite, kada žmonės turi laiko.")),
    (phrase("The tender took twice as long", "Поръчката отне двойно повече време", "Ο διαγωνισμός κράτησε διπλάσιο χρόνο", "La gara ha richiesto il doppio del tempo", "Pirkimas truko dvigubai ilgiau"),
     phrase("Begin the tender four months earlier.", "Започнете поръчката четири месеца по-рано.", "Ξεκινήστε τον διαγωνισμό τέσσερις μήνες νωρίτερα.", "Avviare la gara quattro mesi prima.", "Pradėkite pirkimą keturiais mėnesiais anksčiau.")),
    (phrase("Two departments count differently", "Два отдела броят различно", "Δύο τμήματα μετρούν διαφορετικά", "Due uffici contano in modo diverso", "Du skyriai skaičiuoja skirtingai"),
     phrase("Agree on one definition of the indicator.", "Приемете едно определение на показателя.", "Συμφωνήστε σε έναν ορισμό του δείκτη.", "Concordare una definizione dell'indicatore.", "Susitarkite dėl vieno rodiklio apibrėžimo.")),
];

#[rustfmt::skip]
pub(super) const NOTES: &[Phrase] = &[
    phrase("It was the same here.", "И тук беше така.", "Το ίδιο συνέβη και εδώ.", "Anche qui è stato così.", "Pas mus buvo taip pat."),
    phrase("We saw this in our pilot.", "Видяхме го в нашия пилот.", "Το είδαμε στο πιλοτικό μας έργο.", "Lo abbiamo visto nel nostro progetto pilota.", "Tai matėme savo bandomajame projekte."),
];

#[rustfmt::skip]
pub(super) const QUESTIONS: &[Phrase] = &[
    phrase("How many staff did this take?", "Колко служители бяха нужни?", "Πόσο προσωπικό χρειάστηκε;", "Quanto personale è servito?", "Kiek darbuotojų to reikėjo?"),
    phrase("Which law allowed this?", "Кой закон позволи това?", "Ποιος νόμος το επέτρεψε;", "Quale legge lo ha permesso?", "Koks įstatymas tai leido?"),
    phrase("What would you do differently?", "Какво бихте направили различно?", "Τι θα κάνατε διαφορετικά;", "Che cosa fareste diversamente?", "Ką darytumėte kitaip?"),
];

#[rustfmt::skip]
pub(super) const ANSWERS: &[Phrase] = &[
    phrase("Two people for half a year.", "Двама души за половин година.", "Δύο άτομα για μισό χρόνο.", "Due persone per sei mesi.", "Du žmonės pusmetį."),
    phrase("The document is linked to the deliverable.", "Документът е към резултата.", "Το έγγραφο συνοδεύει το παραδοτέο.", "Il documento è allegato al risultato.", "Dokumentas pridėtas prie rezultato."),
    phrase("We would begin with the data.", "Бихме започнали с данните.", "Θα ξεκινούσαμε από τα δεδομένα.", "Cominceremmo dai dati.", "Pradėtume nuo duomenų."),
];

/// What may go wrong, and what is done about it.
#[rustfmt::skip]
pub(super) const RISKS: &[(Phrase, Phrase)] = &[
    (
        phrase("The data come late", "Данните идват късно", "Τα δεδομένα καθυστερούν", "I dati arrivano tardi", "Duomenys vėluoja"),
        phrase("Ask for them in writing", "Да се поискат писмено", "Να ζητηθούν γραπτώς", "Chiederli per iscritto", "Paprašyti raštu"),
    ),
    (
        phrase("Nobody takes part in the tender", "Никой не участва в търга", "Κανείς δεν συμμετέχει στον διαγωνισμό", "Nessuno partecipa alla gara", "Niekas nedalyvauja konkurse"),
        phrase("Divide it into lots", "Да се раздели на части", "Να χωριστεί σε τμήματα", "Dividerla in lotti", "Padalyti į dalis"),
    ),
    (
        phrase("Prices rise", "Цените растат", "Οι τιμές αυξάνονται", "I prezzi salgono", "Kainos kyla"),
        phrase("Sign early at fixed prices", "Да се подпише рано с твърди цени", "Έγκαιρη υπογραφή με σταθερές τιμές", "Firmare presto a prezzi fissi", "Anksti pasirašyti fiksuotomis kainomis"),
    ),
];

#[rustfmt::skip]
pub(super) const ISSUES: &[Phrase] = &[
    phrase("The questionnaire is not translated", "Въпросникът не е преведен", "Το ερωτηματολόγιο δεν έχει μεταφραστεί", "Il questionario non è tradotto", "Klausimynas neišverstas"),
    phrase("The room is not accessible", "Залата не е достъпна", "Η αίθουσα δεν είναι προσβάσιμη", "La sala non è accessibile", "Salė nepritaikyta"),
    phrase("The supplier does not answer", "Доставчикът не отговаря", "Ο προμηθευτής δεν απαντά", "Il fornitore non risponde", "Tiekėjas neatsako"),
];

#[rustfmt::skip]
pub(super) const RESOLUTIONS: &[Phrase] = &[
    phrase("Another one was found.", "Намерен е друг.", "Βρέθηκε άλλος.", "Ne è stato trovato un altro.", "Rastas kitas."),
    phrase("We did it ourselves.", "Направихме го сами.", "Το κάναμε οι ίδιοι.", "Lo abbiamo fatto da soli.", "Padarėme patys."),
];

#[rustfmt::skip]
pub(super) const DECISIONS: &[Phrase] = &[
    phrase("The survey is held in autumn", "Анкетата се провежда наесен", "Η έρευνα γίνεται το φθινόπωρο", "L'indagine si tiene in autunno", "Apklausa vyks rudenį"),
    phrase("Partners meet every quarter", "Партньорите се срещат всяко тримесечие", "Οι εταίροι συναντώνται κάθε τρίμηνο", "I partner si incontrano ogni trimestre", "Partneriai susitinka kas ketvirtį"),
];

/// What the public is told, and whom it is for.
#[rustfmt::skip]
pub(super) const COMMUNICATIONS: &[(Phrase, Phrase)] = &[
    (
        phrase("Open day", "Ден на отворените врати", "Ημέρα γνωριμίας", "Giornata aperta", "Atvirų durų diena"),
        phrase("Citizens", "Граждани", "Πολίτες", "Cittadini", "Gyventojai"),
    ),
    (
        phrase("What has been done so far", "Какво е направено досега", "Τι έχει γίνει ως τώρα", "Che cosa è stato fatto finora", "Kas padaryta iki šiol"),
        phrase("Media of the region", "Медии от региона", "Μέσα ενημέρωσης της περιοχής", "Media della regione", "Regiono žiniasklaida"),
    ),
];

#[rustfmt::skip]
pub(super) const MORE_NEEDED: Phrase =
    phrase("More of it is needed.", "Необходимо е повече.", "Χρειάζονται περισσότερα.", "Ne serve di più.", "Reikia daugiau.");
#[rustfmt::skip]
pub(super) const ROOM: Phrase =
    phrase("A room for the training", "Зала за обученията", "Αίθουσα για την κατάρτιση", "Una sala per la formazione", "Salė mokymams");
#[rustfmt::skip]
pub(super) const FEES: Phrase =
    phrase("Fees for taking part", "Такси за участие", "Τέλη συμμετοχής", "Quote di partecipazione", "Dalyvio mokesčiai");
#[rustfmt::skip]
pub(super) const ALL_THERE: Phrase =
    phrase("All is there.", "Всичко е налице.", "Όλα υπάρχουν.", "C'è tutto.", "Viskas yra.");
#[rustfmt::skip]
pub(super) const APPEAL: Phrase =
    phrase("Appeal against a decision", "Обжалване на решение", "Προσφυγή κατά απόφασης", "Ricorso contro una decisione", "Sprendimo apskundimas");
#[rustfmt::skip]
pub(super) const CASE_ENDED: Phrase =
    phrase("The case has ended.", "Делото приключи.", "Η υπόθεση έκλεισε.", "La causa è conclusa.", "Byla baigta.");
