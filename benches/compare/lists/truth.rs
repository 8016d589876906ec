//! The response times reported under load, against those that the servers really took.

use super::clients::{Clients, over};
use super::serve::{Kind, SLOWNESS, in_flight};
use super::servers::Servers;
use crate::table::{Row, Table, grouped};
use crate::usage::percentile;
use std::error::Error;
use std::fs::{self, File};
use std::path::Path;
use std::time::Duration;

/// The sizes of this part.
pub struct Size {
    /// Checks in flight, and checks in all.
    pub loads: &'static [(usize, usize)],
    pub rounds: usize,
}

/// Half, 99 of a hundred and all of the checks took no longer.
const HUNDREDTHS: [usize; 3] = [50, 99, 100];

/// Tolerated error of reported times, where at most [`HELD`] are in flight.
const AIM: [Duration; 2] = [Duration::from_millis(2), Duration::from_millis(10)];

/// Beyond that a list's rate is more than one core has: what is reported is told, and not held
/// against anything.
const HELD: usize = 512;

/// The percentiles of one round.
struct Round {
    reported: [Duration; 3],
    held: [Duration; 3],
    beyond: [Duration; 3],
}

/// One check: what it reported, and what its server took by its own clock.
struct Timed {
    reported: Duration,
    held: Duration,
}

/// Every check against servers that answer 50 ms after they have accepted, or later where they are
/// behind, and say when. `elapsed` of `--format json` is what is looked at.
pub fn measure(clients: &Clients, size: &Size, table: &mut Table) -> Result<(), Box<dyn Error>> {
    let servers = Servers::start(Kind::Slow, &clients.cores)?;
    let most = in_flight(clients.descriptors);
    let (loads, others): (Vec<_>, Vec<_>) = size
        .loads
        .iter()
        .copied()
        .partition(|(in_flight, _)| *in_flight <= most);
    for (in_flight, _) in others {
        table.skip(format!(
            "{in_flight} checks in flight: the limit of descriptors is {}",
            clients.descriptors
        ));
    }
    let mut rounds: Vec<Vec<Round>> = loads.iter().map(|_| Vec::new()).collect();
    eprintln!(
        "lists: {loads:?} checks of servers that take {SLOWNESS:?}, {} rounds",
        size.rounds
    );
    for _ in 0..size.rounds {
        for ((in_flight, targets), rounds) in loads.iter().zip(&mut rounds) {
            let list = clients.list("truth", servers.targets(*targets))?;
            rounds.push(Round::of(&listed(clients, &list, *in_flight, *targets)?));
        }
    }
    let rows = loads.iter().zip(&rounds);
    table.add(rows.map(|((in_flight, _), rounds)| row(*in_flight, rounds)));
    table.remark(format!(
        "Times reported: the 50th and 99th percentile and the greatest in ms, medians of rounds: {}. \
         Compared: how far each check's time is beyond what its own server took by its own clock.",
        size.rounds
    ));
    Ok(())
}

impl Round {
    fn of(checks: &[Timed]) -> Self {
        let of = |time: fn(&Timed) -> Duration| {
            HUNDREDTHS.map(|hundredths| percentile(checks.iter().map(time), hundredths))
        };
        Self {
            reported: of(|check| check.reported),
            held: of(|check| check.held),
            beyond: of(|check| check.reported.saturating_sub(check.held)),
        }
    }
}

fn row(in_flight: usize, rounds: &[Round]) -> Row {
    let of = |times: fn(&Round) -> &[Duration; 3]| {
        [0, 1, 2].map(|index| percentile(rounds.iter().map(|round| times(round)[index]), 50))
    };
    let beyond = of(|round| &round.beyond);
    let row = Row::new(
        format!(
            "servers that take {} ms, {} in flight: time reported",
            SLOWNESS.as_millis(),
            grouped(in_flight)
        ),
        millis(of(|round| &round.reported)),
    )
    .beside(format!("servers: {}", millis(of(|round| &round.held))))
    .compared(format!("+ {}", millis(beyond)));
    match in_flight <= HELD {
        true => {
            let is_held = beyond.iter().zip(&AIM).all(|(beyond, aim)| beyond <= aim);
            row.aim("at most + 2 / 10 ms", is_held)
        }
        false => row,
    }
}

fn listed(
    clients: &Clients,
    list: &Path,
    in_flight: usize,
    targets: usize,
) -> Result<Vec<Timed>, Box<dyn Error>> {
    let printed = clients.path("printed");
    let mut command = over(list, in_flight);
    command.args(["--format", "json"]);
    command.stdout(File::create(&printed)?);
    let (output, _) = clients.run(&mut command)?;
    if !output.status.success() || !output.stderr.is_empty() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("not all {targets} were OK: {}, {said:?}", output.status).into());
    }
    let text = fs::read_to_string(printed)?;
    let checks: Vec<Timed> = text.lines().map(timed).collect::<Result<_, _>>()?;
    match checks.len() == targets {
        true => Ok(checks),
        false => Err(format!("{} lines for {targets} targets", checks.len()).into()),
    }
}

fn timed(line: &str) -> Result<Timed, Box<dyn Error>> {
    let seconds = behind(line, "\"elapsed\":").and_then(|text| text.parse().ok());
    let micros = behind(line, "\"reply\":\"220 ").and_then(|text| text.parse().ok());
    let (Some(seconds), Some(micros)) = (seconds, micros) else {
        return Err(format!("no elapsed or no reply in {line:?}").into());
    };
    Ok(Timed {
        reported: Duration::try_from_secs_f64(seconds)?,
        held: Duration::from_micros(micros),
    })
}

/// The number behind that key. Nothing else in the object can hold it: within a string its quotes
/// are escaped.
fn behind<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(key)?;
    rest.split(|c: char| !c.is_ascii_digit() && c != '.').next()
}

fn millis(times: [Duration; 3]) -> String {
    let [half, most, all] = times.map(|time| format!("{:.1}", time.as_secs_f64() * 1e3));
    format!("{half} / {most} / {all}")
}
