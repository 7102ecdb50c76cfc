//! `cairn rates`: the Commission's monthly accounting rates, from a file or an address, recorded in
//! the projects that use them.

mod list;
mod source;
#[cfg(test)]
mod tests;

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, bail};
use cairn_domain::event::plan::RatePolicy;
use cairn_domain::ids::{ProjectKey, Subject};
use cairn_domain::money::Currency;
use cairn_domain::period::Month;
use cairn_domain::project::Project;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz;
use serde_json::{Value, json};
use uuid::Uuid;

use super::recording::Recording;
use crate::config::Rates;
use crate::envelope;
use crate::problem::Problem;
use crate::views::Rooms;
use crate::writer::{Failure, Postbox};
use list::{Listed, MonthlyRates};
use source::Source;

/// Something was refused, or a rate is missing.
const REFUSED: u8 = 1;

/// Under which the ids of these events are made.
const NAMESPACE: Uuid = Uuid::from_u128(0x6c1f_4f0e_52b8_5d0c_9a57_3f2b_8f1d_7e21);

pub async fn run(config: Rates) -> anyhow::Result<ExitCode> {
    let keys = config.projects.iter().map(|key| key.parse::<ProjectKey>());
    let keys = keys.collect::<Result<Vec<_>, _>>().context("--project cannot be used")?;
    let subject: Subject = config.subject.parse().context("--as cannot be used")?;
    let month = config.month.as_deref().map(str::parse::<Month>).transpose();
    let month = month.context("--month cannot be used")?;
    let now = Timestamp::now();
    if let Some(month) = month.filter(|month| month.first_day() > latest_day_on_earth(now)) {
        bail!("--month: {}", not_begun(month));
    }
    let source = Source::read(config.file.as_deref(), config.url.as_deref(), month)?;
    let list =
        list::read(&source.text, month, source.month).with_context(|| source.name.clone())?;
    let recording = Recording::open(&config.database.database, &config.data.data, false).await?;
    let rooms = recording.ledger.snapshot();
    let who = Who { subject, all_currencies: config.all_currencies, now };
    let outcome = record(&recording.postbox, &rooms, &keys, &who, &source, &list).await;
    recording.close().await?;
    Ok(if outcome? { ExitCode::SUCCESS } else { ExitCode::from(REFUSED) })
}

/// Who posts, and what of.
struct Who {
    subject: Subject,
    all_currencies: bool,
    now: Timestamp,
}

/// The farthest that any calendar is.
fn latest_day_on_earth(now: Timestamp) -> Date {
    tz::offset(14).to_datetime(now).date()
}

fn not_begun(month: Month) -> String {
    format!("{month} has not begun: its rates can be recorded from {} on", month.first_day())
}

/// Posts what the projects do not know yet, and says whether they now have all that they need.
async fn record(
    postbox: &Postbox,
    rooms: &Rooms,
    keys: &[ProjectKey],
    who: &Who,
    source: &Source,
    list: &MonthlyRates,
) -> anyhow::Result<bool> {
    let mut all_there = true;
    for key in keys {
        let room = rooms.get(key.as_str()).with_context(|| {
            format!("there is no project {key}; import its charter first, or mend --project")
        })?;
        for (month, rates) in list {
            if month.first_day() > room.project.day_of(who.now) {
                writeln!(std::io::stdout(), "{key}: {month}: refused: {}", not_begun(*month))?;
                all_there = false;
                continue;
            }
            let news = news(&room.project, *month, rates, who.all_currencies);
            all_there &= !tell_missing(&room.project, *month, rates)?;
            all_there &= match posting(&room.project, *month, &news, who, source) {
                None => {
                    writeln!(std::io::stdout(), "{key}: {month}: nothing new")?;
                    true
                }
                Some(event) => post(postbox, key, *month, &news, event).await?,
            };
        }
    }
    Ok(all_there)
}

/// The rates that the project uses and does not have like this.
fn news<'a>(
    project: &Project,
    month: Month,
    rates: &'a [Listed],
    all_currencies: bool,
) -> Vec<&'a Listed> {
    let plan = &project.plan;
    let used = |currency: Currency| plan.rate_policies.keys().any(|(of, _)| *of == currency);
    let is_news = |listed: &&Listed| {
        let known = plan.rates.get(&(listed.currency, month));
        (all_currencies || used(listed.currency)) && known != Some(&listed.value)
    };
    rates.iter().filter(is_news).collect()
}

/// Names the currencies that the project converts by the monthly rate, and that have none: neither
/// in the list nor from before. Says whether there are any.
fn tell_missing(project: &Project, month: Month, rates: &[Listed]) -> anyhow::Result<bool> {
    let plan = &project.plan;
    let (mut before, mut any) = (None, false);
    for currency in plan.rate_policies.keys().map(|(currency, _)| *currency) {
        let policy = plan.rate_policy(currency, month.last_day()).map(|policy| policy.policy);
        let monthly = policy == Some(RatePolicy::MonthlyOfSubmission);
        let listed = rates.iter().any(|listed| listed.currency == currency);
        let known = listed || plan.rates.contains_key(&(currency, month));
        if before.replace(currency) != Some(currency) && monthly && !known {
            let key = &project.key;
            writeln!(
                std::io::stdout(),
                "{key}: {month}: missing: the list has no rate of {currency}, which the project \
                 needs; take a list that has it"
            )?;
            any = true;
        }
    }
    Ok(any)
}

/// The event with what is new, where there is something. Its id follows from all that it says and,
/// where a known rate changes, from the version at which it was another one: so the same list
/// records nothing twice, and a rate can go back to what it was.
fn posting(
    project: &Project,
    month: Month,
    news: &[&Listed],
    who: &Who,
    source: &Source,
) -> Option<Value> {
    if news.is_empty() {
        return None;
    }
    let rates: Vec<_> = news
        .iter()
        .map(|listed| json!({ "currency": listed.currency, "value": listed.value }))
        .collect();
    let first = month.first_day();
    let data = json!({ "year": first.year(), "month": first.month(), "rates": rates,
        "source": source.title(), "evidence": [source.evidence()] });
    let changes = |listed: &&&Listed| project.plan.rates.contains_key(&(listed.currency, month));
    let at = news.iter().any(|listed| changes(&listed)).then_some(project.version);
    let name = format!("{} {month} {data} {}", project.key, at.unwrap_or_default());
    Some(json!({ "specversion": "1.0", "id": Uuid::new_v5(&NAMESPACE, name.as_bytes()),
        "type": "exchange_rates.imported", "project": project.key.as_str(), "occurredon": first,
        "actorsubject": who.subject.as_str(), "data": data }))
}

/// Posts one event and says what came of it.
async fn post(
    postbox: &Postbox,
    key: &ProjectKey,
    month: Month,
    news: &[&Listed],
    event: Value,
) -> anyhow::Result<bool> {
    let submission = envelope::read_imported(event)
        .map_err(|problem| anyhow::anyhow!("{key}: {month}: {}", problem.explain()))?;
    let mut output = std::io::stdout();
    match postbox.post(vec![submission]).await {
        Ok(receipts) => {
            let rates: Vec<_> =
                news.iter().map(|one| format!("{} {}", one.currency, one.value)).collect();
            let repeated = receipts.iter().any(|receipt| receipt.repeated);
            let done = if repeated { "recorded before" } else { "recorded" };
            writeln!(output, "{key}: {month}: {} {done}", rates.join(", "))?;
            for warning in receipts.iter().flat_map(|receipt| &receipt.warnings) {
                writeln!(output, "{key}: {month}: {}: {}", warning.rule, warning.message)?;
            }
            Ok(true)
        }
        Err(Failure::Rejected { rejected, .. }) => {
            let why = Problem::from(rejected).explain();
            writeln!(output, "{key}: {month}: refused: {why}")?;
            Ok(false)
        }
        Err(failure) => anyhow::bail!(
            "it stopped: {}. Run it again: what was recorded is not recorded twice",
            failure.why()
        ),
    }
}
