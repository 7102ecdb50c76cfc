//! The subcommands, one file each.

pub mod demo;
pub mod serve;
pub mod migrate;
pub mod import;
pub mod template;
pub mod sheet;
pub mod rates;
pub mod export;
pub mod backup;
pub mod generate;
pub mod token;
pub mod verify;
mod recording;
mod progress;

use std::io;
use std::process::ExitCode;

use tokio::signal::unix::{SignalKind, signal};

use crate::config::{Command, Config};

/// Runs a command. An error has its next step in it; the exit status is the command's own.
pub fn run(config: Config) -> anyhow::Result<ExitCode> {
    match config.command {
        Command::Token(token) => token::run(&token),
        Command::Demo(demo) => block_on(demo::run(demo)),
        Command::Serve(serve) => block_on(serve::run(serve)),
        Command::Migrate(migrate) => block_on(migrate::run(migrate)),
        Command::Import(import) => block_on(import::run(import)),
        Command::Template(template) => block_on(template::run(template)),
        Command::Sheet(sheet) => block_on(sheet::run(sheet)),
        Command::Rates(rates) => block_on(rates::run(rates)),
        Command::Export(export) => to_its_reader(block_on(export::run(export))),
        Command::Backup(backup) => block_on(backup::run(backup)),
        Command::Generate(generate) => to_its_reader(block_on(generate::run(generate))),
        Command::Verify(verify) => block_on(verify::run(verify)),
    }
}

/// The end of a command whose output is its work. Who reads it and has enough, such as `head`,
/// closes it, and nothing went wrong. (What a database says of a broken pipe is a `LogError`.)
fn to_its_reader(ended: anyhow::Result<ExitCode>) -> anyhow::Result<ExitCode> {
    let is_closed = |error: &anyhow::Error| {
        let json = || error.downcast_ref::<serde_json::Error>()?.io_error_kind();
        let plain = error.downcast_ref::<io::Error>().map(io::Error::kind);
        plain.or_else(json) == Some(io::ErrorKind::BrokenPipe)
    };
    match ended {
        Err(error) if is_closed(&error) => Ok(ExitCode::SUCCESS),
        ended => ended,
    }
}

fn block_on<T>(command: impl Future<Output = T>) -> T {
    actix_web::rt::System::new().block_on(command)
}

/// Ends the work when the program is told to stop. What is dropped then takes its unfinished files
/// with it.
async fn unless_stopped<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    let mut terminated = signal(SignalKind::terminate())?;
    let mut interrupted = signal(SignalKind::interrupt())?;
    tokio::select! {
        done = work => done,
        _ = terminated.recv() => anyhow::bail!("stopped; nothing was written"),
        _ = interrupted.recv() => anyhow::bail!("stopped; nothing was written"),
    }
}
