//! Every line's verdict, held against what its server deserves.

use crate::kinds::World;
use serde_json::Value;
use std::fmt::Write;

/// Tolerated delay of a check beyond its own limits on a busy machine, in seconds.
const SLACK: f64 = 2.0;
/// As many are told; more would only be more of them.
const TOLD: usize = 20;

/// The verdicts so far.
pub struct Verdicts {
    kinds: Vec<Tally>,
    /// A bit for each line of the list.
    seen: Vec<u64>,
    pub count: usize,
    wrong: usize,
    /// The duration of each check of a good peer, in seconds.
    good: Vec<f32>,
    pub broken: Vec<String>,
}

#[derive(Clone, Default)]
struct Tally {
    count: usize,
    slowest: f64,
}

impl Verdicts {
    pub fn new(world: &World) -> Self {
        Self {
            kinds: vec![Tally::default(); world.kinds.len()],
            seen: Vec::new(),
            count: 0,
            wrong: 0,
            good: Vec::new(),
            broken: Vec::new(),
        }
    }

    /// Takes a line of the output.
    pub fn take(&mut self, text: &str, world: &World) {
        self.count += 1;
        if let Err(why) = self.hold(text, world) {
            self.wrong += 1;
            if self.wrong <= TOLD {
                self.broken.push(format!("{why}: {text}"));
            }
        }
    }

    /// All that there is to say once as many lines as these have been written to the list.
    pub fn end(&mut self, lines: usize) {
        if self.wrong > TOLD {
            self.broken
                .push(format!("{} verdicts are wrong in all", self.wrong));
        }
        let seen = self.seen.iter().map(|bits| bits.count_ones() as usize);
        let seen: usize = seen.sum();
        if seen != lines || self.count != lines {
            let count = self.count;
            self.broken.push(format!(
                "{lines} lines, {count} verdicts, on {seen} of the lines"
            ));
        }
    }

    /// As a Markdown table.
    pub fn table(&self, world: &World) -> String {
        let mut table = "| kind | lines | verdict | slowest |\n|---|--:|---|--:|\n".to_owned();
        for (kind, tally) in world.kinds.iter().zip(&self.kinds) {
            let (name, count, status) = (kind.name, tally.count, kind.status());
            let slowest = tally.slowest;
            let _ = writeln!(table, "| {name} | {count} | {status} | {slowest:.3} s |");
        }
        table
    }

    /// The durations of the checks of good peers.
    pub fn good(&self) -> String {
        let mut good = self.good.clone();
        good.sort_by(f32::total_cmp);
        let at = |part: usize| {
            let at = good.len().saturating_sub(1) * part / 100;
            1e3 * good.get(at).copied().unwrap_or_default()
        };
        let (half, most, last) = (at(50), at(99), at(100));
        let count = good.len();
        format!(
            "{count} checks of good peers: half within {half:.2} ms, 99 of 100 within {most:.2} ms, all \
             within {last:.2} ms"
        )
    }

    fn hold(&mut self, text: &str, world: &World) -> Result<(), String> {
        let object: Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
        let line = object["line"].as_u64().ok_or("of no line")?;
        let line = usize::try_from(line).map_err(|e| e.to_string())?;
        if line == 0 {
            return Err("line 0".to_owned());
        }
        let (word, bit) = (line / 64, 1 << (line % 64));
        if self.seen.len() <= word {
            self.seen.resize(word + 1, 0);
        }
        if self.seen[word] & bit != 0 {
            return Err("a second verdict".to_owned());
        }
        self.seen[word] |= bit;
        let number = world.kind(line);
        let kind = &world.kinds[number];
        let tally = &mut self.kinds[number];
        tally.count += 1;
        let elapsed = object["elapsed"].as_f64().unwrap_or_default();
        tally.slowest = tally.slowest.max(elapsed);
        if kind.is_good {
            self.good.push(elapsed as f32);
        }
        let reason = object["reason"].as_str().unwrap_or_default();
        let is_known = kind.reasons.split(' ').any(|known| known == reason);
        if object["status"] != kind.status() || !is_known {
            let (name, status, reasons) = (kind.name, kind.status(), kind.reasons);
            return Err(format!("{name} is {status}, {reasons}"));
        }
        if elapsed > kind.limit + SLACK {
            return Err(format!("took {elapsed} s, of {} s", kind.limit));
        }
        Ok(())
    }
}
