//! The same list through `xargs -P 32` and Debian's `check_tcp`: the same verdicts, at what rate.

use super::PARALLEL;
use super::clients::{Clients, over};
use super::serve::Kind;
use super::servers::Servers;
use super::summary::Summary;
use crate::THEIRS;
use crate::table::{Row, Table, grouped, rate};
use crate::usage::{Cost, median};
use rustix::net::{AddressFamily, SocketType, bind, getsockname, socket};
use std::collections::BTreeMap;
use std::error::Error;
use std::fs::{self, File};
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::Command;

/// The sizes of this part.
pub struct Size {
    pub targets: usize,
    pub rounds: usize,
}

/// The behaviour of a target.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Found {
    Banner,
    Refused,
    /// `check_tcp` does not say where.
    Unwelcome,
}

/// Both print into a file. One target in ten refuses, and one in ten answers `554`.
pub fn measure(clients: &Clients, sizes: &[Size], table: &mut Table) -> Result<(), Box<dyn Error>> {
    if !fs::exists(THEIRS)? {
        table.skip(format!("lists by xargs and {THEIRS}, which is not here"));
        return Ok(());
    }
    let banner = Servers::start(Kind::Banner, &clients.cores)?;
    let unwelcome = Servers::start(Kind::Unwelcome, &clients.cores)?;
    let (_closed, refusing) = closed()?;
    for Size { targets, rounds } in sizes {
        eprintln!("lists: {targets} checks against xargs and check_tcp, {rounds} rounds");
        let mixed = || {
            let well = banner.targets(*targets);
            well.zip(unwelcome.targets(*targets)).enumerate().map(
                move |(index, (well, unwelcome))| match index % 10 {
                    3 => (refusing, Found::Refused),
                    7 => (unwelcome, Found::Unwelcome),
                    _ => (well, Found::Banner),
                },
            )
        };
        let list = clients.list("ours", mixed().map(|(target, _)| target))?;
        let words = mixed().map(|(target, _)| format!("-H {} -p {}", target.ip(), target.port()));
        let words = clients.list("theirs", words)?;
        let mut theirs = Vec::new();
        let mut ours = Vec::new();
        for _ in 0..*rounds {
            theirs.push(of_theirs(clients, &words, mixed())?.wall);
            ours.push(of_ours(clients, &list, mixed())?.wall);
        }
        let [theirs, ours] = [theirs, ours].map(|walls| median(walls.into_iter()).as_secs_f64());
        let times = theirs / ours;
        table.add([Row::new(
            format!("mixed list of {}: rate", grouped(*targets)),
            rate(*targets, ours),
        )
        .beside(format!(
            "`xargs -P 32 check_tcp`: {}",
            rate(*targets, theirs)
        ))
        .compared(format!("{times:.0} times"))
        .aim("at least 20 times", times >= 20.0)]);
    }
    let rounds: Vec<String> = sizes.iter().map(|size| size.rounds.to_string()).collect();
    table.remark(format!(
        "Lists beside `xargs`: one target in ten refuses and one in ten answers `554`; the same \
         verdicts, which is verified; rounds: {}.",
        rounds.join(", ")
    ));
    Ok(())
}

/// An address that refuses for as long as the socket is kept: bound, and not listening.
fn closed() -> Result<(OwnedFd, SocketAddr), Box<dyn Error>> {
    let kept = socket(AddressFamily::INET, SocketType::STREAM, None)?;
    bind(&kept, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0))?;
    let address = SocketAddrV4::try_from(getsockname(&kept)?)?;
    Ok((kept, address.into()))
}

fn of_theirs(
    clients: &Clients,
    words: &Path,
    truth: impl Iterator<Item = (SocketAddr, Found)>,
) -> Result<Cost, Box<dyn Error>> {
    let printed = clients.path("printed");
    let mut command = Command::new("xargs");
    command.env_clear().arg("-a").arg(words);
    command.args(["-P", "32", "-L", "1", THEIRS, "-e", "220", "-M", "crit"]);
    command.stdout(File::create(&printed)?);
    let (_, cost) = clients.run(&mut command)?;
    let text = fs::read_to_string(printed)?;
    let verdict = |line: &str| {
        let place = |line: &str, before, between, behind| {
            let (_, rest) = line.split_once(before)?;
            let (host, rest) = rest.split_once(between)?;
            let (port, _) = rest.split_once(behind)?;
            format!("{host}:{port}").parse().ok()
        };
        if line.starts_with("TCP OK - ") {
            return Some((place(line, " on ", " port ", " ")?, Found::Banner));
        }
        if line.contains("Connection refused") {
            return Some((place(line, "address ", " and port ", ":")?, Found::Refused));
        }
        let unwelcome = line.starts_with("TCP CRITICAL - Unexpected response");
        unwelcome.then_some((nowhere(), Found::Unwelcome))
    };
    let truth = truth.map(|(target, found)| match found {
        Found::Unwelcome => (nowhere(), found),
        _ => (target, found),
    });
    agree(truth, &text, verdict).map_err(|e| format!("{THEIRS}: {e}"))?;
    Ok(cost)
}

fn of_ours(
    clients: &Clients,
    list: &Path,
    truth: impl Iterator<Item = (SocketAddr, Found)>,
) -> Result<Cost, Box<dyn Error>> {
    let printed = clients.path("printed");
    let mut command = over(list, PARALLEL);
    command.stdout(File::create(&printed)?);
    let (output, cost) = clients.run(&mut command)?;
    Summary::of(&output)?;
    let text = fs::read_to_string(printed)?;
    let verdict = |line: &str| {
        let (label, line) = line.split_once('\t')?;
        let found = match line {
            _ if line.starts_with("TCP OK: ") => Found::Banner,
            _ if !line.starts_with("TCP CRITICAL: ") => return None,
            _ if line.contains("refused") => Found::Refused,
            _ if line.contains("Unexpected response") => Found::Unwelcome,
            _ => return None,
        };
        Some((label.parse().ok()?, found))
    };
    agree(truth, &text, verdict).map_err(|e| format!("check-tcp: {e}"))?;
    Ok(cost)
}

/// The count of verdicts that name no target.
fn nowhere() -> SocketAddr {
    SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0))
}

/// Returns true if the lines give each target its expected verdict, the expected number of times.
fn agree(
    truth: impl Iterator<Item = (SocketAddr, Found)>,
    text: &str,
    verdict: impl Fn(&str) -> Option<(SocketAddr, Found)>,
) -> Result<(), String> {
    let mut open = BTreeMap::new();
    for found in truth {
        *open.entry(found).or_insert(0) += 1_i64;
    }
    for line in text.lines() {
        let found = verdict(line).ok_or_else(|| format!("what does {line:?} say?"))?;
        *open.entry(found).or_insert(0) -= 1;
    }
    match open.into_iter().find(|(_, left)| *left != 0) {
        None => Ok(()),
        Some((found, left)) => Err(format!("{found:?} was not said {left} times as it should")),
    }
}
