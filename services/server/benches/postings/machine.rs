//! What the figures were measured on, and how busy it was.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::measured::{Window, quantile};

/// Syncs that the median is taken of.
const SYNCS: usize = 200;
/// What is written before each: a page of the log.
const PAGE: [u8; 4096] = [7; 4096];
/// How long the machine is watched before anything is measured.
const WATCHED: Duration = Duration::from_secs(1);
/// The unit of `/proc/stat`, which is the same on every Linux.
const TICK: Duration = Duration::from_millis(10);

pub(crate) async fn describe(out: &mut impl Write, folder: &Path) -> anyhow::Result<()> {
    let cores = std::thread::available_parallelism()?;
    let processor = processor().unwrap_or_else(|| std::env::consts::ARCH.to_owned());
    let now = Instant::now();
    let busy = busy_during(Window { begin: now, end: now + WATCHED }).await?;
    let busy = busy.as_secs_f64() / WATCHED.as_secs_f64();
    writeln!(out, "machine  {cores} cores, {processor}; before it began, {busy:.2} of them busy")?;
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
    Ok(())
}

/// Processor time that everything on the machine used in the window.
pub(crate) async fn busy_during(window: Window) -> anyhow::Result<Duration> {
    tokio::time::sleep_until(window.begin.into()).await;
    let before = busy()?;
    tokio::time::sleep_until(window.end.into()).await;
    Ok(busy()?.saturating_sub(before))
}

/// Since the machine was started.
fn busy() -> anyhow::Result<Duration> {
    let text = std::fs::read_to_string("/proc/stat")?;
    let line = text.lines().next().context("/proc/stat is empty")?;
    let ticks: Result<Vec<u32>, _> = line.split_whitespace().skip(1).map(str::parse).collect();
    match ticks?.as_slice() {
        [user, nice, system, _idle, _waiting, interrupts, soft_interrupts, ..] => {
            Ok(TICK * (user + nice + system + interrupts + soft_interrupts))
        }
        _ => anyhow::bail!("/proc/stat begins with {line:?}"),
    }
}

fn processor() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
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
