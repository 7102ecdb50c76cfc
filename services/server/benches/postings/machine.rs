//! What the figures were measured on.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::floor::sqlite_version;
use crate::report::quantile;

/// Syncs that the median is taken of.
const SYNCS: usize = 200;
/// What is written before each: a page of the log.
const PAGE: [u8; 4096] = [7; 4096];

pub(crate) async fn describe(out: &mut impl Write, folder: &Path) -> anyhow::Result<()> {
    let cores = std::thread::available_parallelism()?;
    let processor = processor().unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    writeln!(out, "machine  {cores} cores, {processor}, load {}", load().unwrap_or_default())?;
    let (median, p99) = sync_latency(folder)?;
    let file_system = file_system(folder).unwrap_or_else(|| "not known".to_owned());
    writeln!(
        out,
        "disk     {} ({file_system}); write 4 KiB and sync: median {} µs, p99 {} µs",
        folder.display(),
        median.as_micros(),
        p99.as_micros()
    )?;
    if file_system == "tmpfs" {
        writeln!(out, "         in memory: nothing here is durable; choose another --folder")?;
    }
    writeln!(out, "SQLite   {}, WAL, synchronous=FULL", sqlite_version().await?)?;
    Ok(())
}

fn processor() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// How busy the machine was in the last minute: above the benchmark's own, the figures are poor.
fn load() -> Option<String> {
    let text = std::fs::read_to_string("/proc/loadavg").ok()?;
    text.split(' ').next().map(str::to_owned)
}

fn file_system(folder: &Path) -> Option<String> {
    let folder = folder.canonicalize().ok()?;
    let mounts = std::fs::read_to_string("/proc/mounts").ok()?;
    let mounted = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ').skip(1);
        Some((Path::new(words.next()?), words.next()?))
    });
    let under = mounted.filter(|(at, _)| folder.starts_with(at));
    let nearest = under.max_by_key(|(at, _)| at.components().count());
    nearest.map(|(_, kind)| kind.to_owned())
}

fn sync_latency(folder: &Path) -> anyhow::Result<(Duration, Duration)> {
    let mut file = File::create(folder.join("sync"))?;
    let mut latencies = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        let begun = Instant::now();
        file.write_all(&PAGE)?;
        file.sync_data()?;
        latencies.push(begun.elapsed());
    }
    latencies.sort_unstable();
    Ok((quantile(&latencies, 0.5), quantile(&latencies, 0.99)))
}
