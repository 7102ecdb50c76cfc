//! `cairn template`: the empty list of expenditure of a partner.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use cairn_domain::ids::{PartnerNumber, ProjectKey};
use cairn_workbook::Format;
use cairn_workbook::tongue::Tongue;

use crate::config::Template;
use crate::problem::Problem;
use crate::views;
use crate::workbook::template;

pub async fn run(config: Template) -> anyhow::Result<ExitCode> {
    let key: ProjectKey = config.project.parse().context("--project cannot be used")?;
    let partner: PartnerNumber = config.partner.parse().context("--partner cannot be used")?;
    let tongue = Tongue::parse(&config.language)
        .context("--language is one of en, bg, it, lt, el and ro")?;
    let ending = config.to.extension().and_then(|ending| ending.to_str());
    anyhow::ensure!(
        ending.and_then(Format::of_ending) == Some(Format::Xlsx),
        "the template is a workbook: let --to end in .xlsx"
    );
    let log = cairn_store::open_read_only(&config.database.database)
        .await
        .context("the log cannot be opened; look at --database")?;
    let rooms = views::open(&*log, None, |_, _| {}).await?;
    let room = rooms.get(key.as_str());
    let room = room.with_context(|| format!("the log has no project `{key}`"))?;
    let cannot = |problem: Problem| anyhow::anyhow!("{}", problem.detail());
    template::check_partner(&room.project, partner).map_err(cannot)?;
    let bytes = template::write(&room.project, partner, tongue).map_err(cannot)?;
    write_new(&config.to, &bytes)?;
    Ok(ExitCode::SUCCESS)
}

/// Writes a file that is not there yet: nobody's filled-in list is lost.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let cannot = || format!("{} cannot be written; does it exist already?", path.display());
    let mut file = File::create_new(path).with_context(cannot)?;
    file.write_all(bytes).with_context(cannot)
}
