//! `cairn sheet`: the list of expenditure, budget use and claims as a workbook or CSV.

use std::process::ExitCode;

use anyhow::Context;
use cairn_domain::ids::ProjectKey;
use cairn_workbook::Format;

use super::template::write_new;
use crate::config::Sheet;
use crate::problem::Problem;
use crate::views;
use crate::workbook::sheets::{self, Wanted};

pub async fn run(config: Sheet) -> anyhow::Result<ExitCode> {
    let key: ProjectKey = config.project.parse().context("--project cannot be used")?;
    let cannot = |problem: Problem| anyhow::anyhow!("{}", problem.detail());
    let wanted = Wanted::parse(&config.name, config.partner.as_deref(), config.by.as_deref());
    let wanted = wanted.map_err(cannot)?;
    let separated = sheets::separated(config.separator.as_deref(), config.bom).map_err(cannot)?;
    let ending = config.to.extension().and_then(|ending| ending.to_str());
    let format = ending.and_then(Format::of_ending);
    let format = format.context("let --to end in .xlsx or .csv: that is the format")?;
    let log = cairn_store::open_read_only(&config.database.database)
        .await
        .context("the log cannot be opened; look at --database")?;
    let rooms = views::open(&*log, None, |_, _| {}).await?;
    let room = rooms.get(key.as_str());
    let room = room.with_context(|| format!("the log has no project `{key}`"))?;
    // Whoever can open the database may know what is in it.
    let book = wanted.book(room, |_| true).map_err(cannot)?;
    let bytes = sheets::write(&book, format, separated).map_err(cannot)?;
    write_new(&config.to, &bytes)?;
    Ok(ExitCode::SUCCESS)
}
