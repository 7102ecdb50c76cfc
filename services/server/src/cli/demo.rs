//! demo

use std::process::ExitCode;

use crate::config::Demo;

pub async fn run(config: Demo) -> anyhow::Result<ExitCode> {
    let _ = config;
    Ok(ExitCode::SUCCESS)
}
