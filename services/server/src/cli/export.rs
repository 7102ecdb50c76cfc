//! `cairn export`: the events of the log, one a line, as they can be imported again, or the audit
//! pack of a project.

mod pack;

use std::io::{BufWriter, Write};
use std::process::ExitCode;

use anyhow::Context;
use cairn_domain::ids::ProjectKey;
use cairn_store::{EventRow, Log};

use super::progress::Progress;
use crate::config::Export;
use crate::record;
use crate::views::PAGE_ROWS;

pub async fn run(config: Export) -> anyhow::Result<ExitCode> {
    let project = config.project.map(|key| key.parse::<ProjectKey>()).transpose();
    let project = project.context("--project cannot be used")?;
    let log = cairn_store::open_read_only(&config.database.database)
        .await
        .context("the log cannot be opened; look at --database")?;
    if config.proofs {
        let (Some(project), Some(data), Some(folder)) = (project, config.data, config.to) else {
            anyhow::bail!("--proofs needs --project, --data and --to");
        };
        let packed = pack::write(&*log, &project, &data, &folder);
        return match super::unless_stopped(packed).await {
            Ok(pack::Written { versions, size }) => {
                writeln!(
                    std::io::stdout(),
                    "{versions} events of {project}, as signed with the first {size} of the log. \
                     Verify them with: python3 {0}/verify.py\nNobody signs verify.py and the \
                     schemas. Better take it from a release of Cairn, and the log's key from \
                     elsewhere: python3 verify.py log.pub {0}",
                    folder.display()
                )?;
                Ok(ExitCode::SUCCESS)
            }
            Err(error) => {
                let pack::Altered(what) = error.downcast()?;
                writeln!(
                    std::io::stdout(),
                    "ALTERED{what}.\nNothing was written. Run `cairn verify`: it says more."
                )?;
                Ok(ExitCode::FAILURE)
            }
        };
    }
    let mut output = BufWriter::new(std::io::stdout().lock());
    let mut progress = Progress::new("Exporting");
    let head = log.head().await?;
    let mut after = 0;
    while let Some(rows) = page(&*log, project.as_ref(), after).await? {
        for row in rows.iter().filter(|row| row.position <= head.position) {
            serde_json::to_writer(&mut output, &record::cloud_event(row)?)?;
            output.write_all(b"\n")?;
            after = if project.is_some() { row.version } else { row.position };
            progress.reach(row.position, head.position);
        }
        if rows.last().is_some_and(|row| row.position >= head.position) {
            break;
        }
    }
    output.flush()?;
    progress.finish();
    if let (Some(project), 0) = (project, after) {
        anyhow::bail!("the log has no project `{project}`; leave --project out to export all");
    }
    Ok(ExitCode::SUCCESS)
}

async fn page(
    log: &dyn Log,
    project: Option<&ProjectKey>,
    after: u64,
) -> anyhow::Result<Option<Vec<EventRow>>> {
    let rows = match project {
        Some(key) => log.read_project(key.as_str(), after, PAGE_ROWS).await?,
        None => log.read(after, PAGE_ROWS).await?.rows,
    };
    Ok(Some(rows).filter(|rows| !rows.is_empty()))
}
