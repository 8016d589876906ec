//! What response times are reported under load, against those of single checks.

use super::PARALLEL;
use super::clients::{Clients, Summary, check_tcp, over};
use super::serve::{Kind, SLOWNESS};
use super::servers::{Servers, Told};
use super::table::{Row, grouped};
use crate::usage::percentile;
use std::error::Error;
use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

/// How much of it is done.
pub struct Size {
    pub targets: usize,
    /// Single checks before each list.
    pub alone: usize,
    pub rounds: usize,
}

/// Every check against servers that answer after 50 ms. `elapsed` of `--format json` is what is
/// looked at; what a single check reports is the median of several.
pub fn measure(clients: &Clients, size: &Size) -> Result<[Row; 2], Box<dyn Error>> {
    let Size {
        targets,
        alone,
        rounds,
    } = *size;
    eprintln!("lists: {targets} checks of servers that take {SLOWNESS:?}, {rounds} rounds");
    let mut servers = Servers::start(Kind::Slow, &clients.cores)?;
    let list = clients.list("truth", servers.targets(targets))?;
    let mut singles = Vec::new();
    let mut halves = Vec::new();
    let mut tails = Vec::new();
    let mut greatest = Vec::new();
    for _ in 0..rounds {
        for target in servers.targets(alone) {
            singles.push(single(clients, &target.ip().to_string(), target.port())?);
        }
        let listed = listed(clients, &list, targets)?;
        let of = |hundredths| percentile(listed.iter().copied(), hundredths);
        halves.push(of(50));
        tails.push(of(99));
        greatest.push(of(100));
    }
    let Told { taken, late } = servers.ask()?;
    let late = late as f64 * 100.0 / taken as f64;
    let median = |times: Vec<Duration>| percentile(times.into_iter(), 50).as_secs_f64() * 1e3;
    let [single, half, tail, greatest] = [singles, halves, tails, greatest].map(median);
    let count = grouped(targets);
    Ok([
        Row::bounded(
            format!(
                "median time reported of {count} checks that take 50 ms, beyond a single one's"
            ),
            "at most 2 ms",
            (half - single).abs() <= 2.0,
            format!(
                "{:.2} ms ({half:.2} ms, a single one {single:.2} ms)",
                half - single
            ),
        ),
        Row::bounded(
            "99th percentile of them, beyond a single one's".to_owned(),
            "at most 10 ms",
            (tail - single).abs() <= 10.0,
            format!(
                "{:.2} ms ({tail:.2} ms; the greatest {greatest:.2} ms; {late:.0} % of the answers \
                 were sent over 1 ms late)",
                tail - single
            ),
        ),
    ])
}

fn single(clients: &Clients, host: &str, port: u16) -> Result<Duration, Box<dyn Error>> {
    let mut command = check_tcp();
    command.args(["-H", host, "-p", &port.to_string(), "--format", "json"]);
    command.stdout(Stdio::piped());
    let (output, _) = clients.run(&mut command)?;
    elapsed(&String::from_utf8_lossy(&output.stdout))
}

fn listed(clients: &Clients, list: &Path, targets: usize) -> Result<Vec<Duration>, Box<dyn Error>> {
    let printed = clients.path("printed");
    let mut command = over(list, PARALLEL);
    command.args(["--format", "json"]);
    command.stdout(File::create(&printed)?);
    let (output, _) = clients.run(&mut command)?;
    let summary = Summary::of(&output)?;
    if summary.counts != [targets, 0, 0, 0] {
        return Err(format!("not all {targets} were OK: {}", summary.line).into());
    }
    let text = fs::read_to_string(printed)?;
    let times: Vec<Duration> = text.lines().map(elapsed).collect::<Result<_, _>>()?;
    match times.len() == targets {
        true => Ok(times),
        false => Err(format!("{} lines for {targets} targets", times.len()).into()),
    }
}

/// Nothing else in the object can hold that key: within a string its quotes are escaped.
fn elapsed(line: &str) -> Result<Duration, Box<dyn Error>> {
    let value = line
        .split_once("\"elapsed\":")
        .map(|(_, rest)| rest.trim_start());
    let value = value.and_then(|value| value.split([',', '}']).next());
    let seconds = value
        .ok_or_else(|| format!("no elapsed in {line:?}"))?
        .parse()?;
    Ok(Duration::try_from_secs_f64(seconds)?)
}
