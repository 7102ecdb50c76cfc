//! `cairn sheet`: the list of expenditure, budget use and claims as a workbook or CSV.

use std::process::ExitCode;

use anyhow::Context;
use cairn_domain::ids::ProjectKey;
use cairn_workbook::Format;

use super::template::write_new;
use crate::config::Sheet;
use crate::problem::Problem;
use crate::views;
use crate::views::past::PastRooms;
use crate::workbook::sheets::{self, SheetParameters, Wanted};

pub async fn run(config: Sheet) -> anyhow::Result<ExitCode> {
    let key: ProjectKey = config.project.parse().context("--project cannot be used")?;
    let cannot = |problem: Problem| anyhow::anyhow!("{}", problem.detail());
    let said = SheetParameters {
        partner: config.partner,
        work_package: config.work_package,
        claim: config.claim,
        by: config.by,
        version: config.at_version,
        until: config.until,
        application_form: config.application_form,
        ..SheetParameters::default()
    };
    let wanted = Wanted::parse(&config.name, said).map_err(cannot)?;
    let ending = config.to.extension().and_then(|ending| ending.to_str());
    let format = ending.and_then(Format::of_ending);
    let format = format.context("let --to end in .xlsx or .csv: that is the format")?;
    let separated = sheets::separated(format, config.separator.as_deref(), config.bom);
    let separated = separated.map_err(cannot)?;
    let log = cairn_store::open_read_only(&config.database.database)
        .await
        .context("the log cannot be opened; look at --database")?;
    let rooms = views::open(&*log, None, |_, _| {}).await?;
    let live = rooms.get(key.as_str());
    let live = live.with_context(|| format!("the log has no project `{key}`"))?;
    let past = PastRooms::new();
    let room = sheets::room(&wanted, live, &*log, &rooms, &past).await.map_err(cannot)?;
    // Whoever can open the database may know what is in it.
    let book = wanted.book(&room, |_| true).map_err(cannot)?;
    let bytes = sheets::write(&book, format, separated).map_err(cannot)?;
    write_new(&config.to, &bytes)?;
    Ok(ExitCode::SUCCESS)
}
