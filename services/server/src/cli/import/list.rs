//! Lists of expenditure: their rows are posted in the name of their sender.

use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use cairn_domain::ids::{ProjectKey, Subject};
use cairn_domain::policy::reading::Reader;
use cairn_workbook::Format;
use cairn_workbook::entry::Owner;
use cairn_workbook::grid::{self, FILE_BYTES_MAX};
use cairn_workbook::list::List;

use super::{NOT_READABLE, REFUSED, UNDER_WAY_MAX};
use crate::cli::recording::Recording;
use crate::config::Import;
use crate::problem::Problem;
use crate::workbook::rows::{self, Answers, Became, RowAnswer, Sender};
use crate::workbook::today;

/// The format of a list, where a path names one.
pub(super) fn format(path: &Path) -> Option<Format> {
    Format::of_ending(path.extension()?.to_str()?)
}

pub(super) async fn run(config: Import) -> anyhow::Result<ExitCode> {
    let (Some(project), Some(subject)) = (&config.project, &config.subject) else {
        anyhow::bail!(
            "a list of expenditure needs --project and --as, who sends it; see cairn import --help"
        );
    };
    let project: ProjectKey = project.parse().context("--project cannot be used")?;
    let subject: Subject = subject.parse().context("--as cannot be used")?;
    let mut lists = Vec::new();
    for path in &config.paths {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        match read(path) {
            Ok(list) => lists.push((name, list)),
            Err(error) => {
                let line = format!("cairn: {}: {error}", path.display());
                writeln!(std::io::stderr(), "{}", printable(&line))?;
                return Ok(ExitCode::from(NOT_READABLE));
            }
        }
    }
    let recording = Recording::open(&config.database.database, &config.data.data, false).await?;
    let taken = take(&config, &recording, &lists, &project, &subject).await;
    recording.close().await?;
    taken
}

fn read(path: &Path) -> anyhow::Result<List> {
    let Some(format) = format(path) else {
        anyhow::bail!("lists of expenditure (*.xlsx, *.csv) are imported by themselves");
    };
    if std::fs::metadata(path)?.len() > FILE_BYTES_MAX as u64 {
        return Err(grid::too_large_file().into());
    }
    Ok(List::read(&std::fs::read(path)?, format)?)
}

async fn take(
    config: &Import,
    recording: &Recording,
    lists: &[(String, List)],
    project: &ProjectKey,
    subject: &Subject,
) -> anyhow::Result<ExitCode> {
    let (mut refused, mut stopped) = (false, false);
    for (name, list) in lists {
        let rooms = recording.ledger.snapshot();
        let room = rooms.get(project.as_str()).with_context(|| {
            format!("the log has no project `{project}`; import its charter first")
        })?;
        let reader = Reader::of(&room.project, Some(subject), today(&room.project));
        if !reader.is_member() {
            anyhow::bail!("`{subject}` is no member of `{project}`; look at --as");
        }
        let named = config.partner.as_deref();
        let of = crate::workbook::partner(Some(&room.project), subject, named);
        let partner = of.map_err(|problem| cannot(&problem))?;
        let owner = Owner { project: project.clone(), partner };
        let (subject, reason) = (subject.clone(), config.reason.clone());
        let sender = Sender::new(Some(&room.project), owner, subject, reason, true);
        let answers = match config.dry_run {
            true => rows::judge(list, &sender, &recording.ledger).await,
            false => rows::record(list, &sender, &recording.postbox, UNDER_WAY_MAX).await,
        };
        let answers = answers.map_err(|problem| cannot(&problem))?;
        tell(name, list, &answers, config.dry_run)?;
        refused |= answers.count(Became::Refused) > 0;
        stopped |= answers.count(Became::NotSent) > 0;
    }
    Ok(match (stopped, refused) {
        (true, _) => ExitCode::from(NOT_READABLE),
        (false, true) => ExitCode::from(REFUSED),
        (false, false) => ExitCode::SUCCESS,
    })
}

fn cannot(problem: &Problem) -> anyhow::Error {
    anyhow::anyhow!("the list cannot be recorded: {}", problem.explain())
}

fn tell(name: &str, list: &List, answers: &Answers, dry_run: bool) -> anyhow::Result<()> {
    let mut output = std::io::stdout().lock();
    let mut say = |line: String| writeln!(output, "{}", printable(&line));
    if let Some(sheet) = &list.sheet {
        say(format!("{name}: the sheet `{sheet}` was read"))?;
    }
    for sheet in &list.sheets_not_read {
        say(format!("{name}: the sheet `{sheet}` was not read: send it as a list of its own"))?;
    }
    for (cell, heading) in &list.ignored {
        say(format!("{name}:{cell}: not read: `{heading}` is no column of the list"))?;
    }
    for row in &answers.rows {
        tell_row(&mut say, name, row)?;
    }
    let count = |became| answers.count(became);
    say(format!(
        "{name}: {}{} recorded, {} of them with warnings, {} repeated, {} refused, {} not sent",
        if dry_run { "nothing was recorded; otherwise " } else { "" },
        count(Became::Recorded) + count(Became::Warned),
        count(Became::Warned),
        count(Became::Repeated),
        count(Became::Refused),
        count(Became::NotSent),
    ))?;
    Ok(())
}

fn tell_row(
    say: &mut impl FnMut(String) -> std::io::Result<()>,
    name: &str,
    row: &RowAnswer,
) -> anyhow::Result<()> {
    let word = match row.became {
        Became::Repeated => return Ok(()),
        Became::Recorded | Became::Warned => "warned",
        Became::Refused => "refused",
        Became::NotSent => "not sent",
    };
    for finding in &row.findings {
        say(format!("{name}:{}: {word}: {}: {}", finding.cell, finding.rule, finding.message))?;
    }
    Ok(())
}

/// A line for a terminal, which obeys control characters: those of a file are shown instead.
fn printable(line: &str) -> String {
    line.chars().fold(String::with_capacity(line.len()), |mut shown, character| {
        match character.is_control() {
            true => shown.extend(character.escape_default()),
            false => shown.push(character),
        }
        shown
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_says_gives_no_orders_to_a_terminal() {
        let (said, shown) = ("a\u{1b}[2J\nб\u{9b}", "a\\u{1b}[2J\\nб\\u{9b}");
        assert_eq!(printable(said), shown);
    }
}
