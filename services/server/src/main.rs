//! The program `cairn`.

use std::io::Write;
use std::process::ExitCode;

use cairn_server::{cli, config, telemetry};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What could not be done at all: the exit status of a command that failed before its work.
const FAILED: u8 = 2;

fn main() -> ExitCode {
    let config = config::Config::read();
    telemetry::start();
    cli::run(config).unwrap_or_else(|error| {
        let _ = writeln!(std::io::stderr(), "cairn: {error:#}");
        ExitCode::from(FAILED)
    })
}
