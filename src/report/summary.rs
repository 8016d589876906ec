//! A whole run as the output of one check, and as one sentence.

use super::line::{OutputLine, perfdata_time};
use super::{Judged, text};
use crate::status::{Status, StatusCounts};
use std::time::Duration;

/// How long the summary may be, in bytes: what agents read of one check.
pub const LONGEST: usize = 8192;

/// What is said of a list without a target.
pub const EMPTY: &str = "nothing was checked: the list is empty";

/// Gathers what `--summary` says. However many records it is fed, it keeps no more of them than
/// [`LONGEST`] bytes for each status.
#[derive(Debug)]
pub struct Summary {
    name: String,
    perfdata: bool,
    verdicts: StatusCounts,
    slowest: Option<Duration>,
    /// What is not OK.
    critical: Lines,
    warning: Lines,
    unknown: Lines,
}

/// How a run came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End<'a> {
    /// Every line of the list was read and has its verdict.
    Whole,
    /// It did not, and this is why.
    Broken(&'a str),
}

/// The first lines of a status.
#[derive(Debug, Default)]
struct Lines {
    text: String,
    /// Some were left out.
    cut: bool,
}

impl Summary {
    /// Of a run that is called `name`, with performance data or without.
    pub fn new(name: String, perfdata: bool) -> Self {
        Self {
            name,
            perfdata,
            verdicts: StatusCounts::default(),
            slowest: None,
            critical: Lines::default(),
            warning: Lines::default(),
            unknown: Lines::default(),
        }
    }

    /// Takes a record in.
    pub fn add(&mut self, judged: &Judged<'_>) {
        self.verdicts.add(judged.verdict.status);
        self.slowest = self.slowest.max(judged.response_time());
        let lines = match judged.verdict.status {
            Status::Ok => return,
            Status::Critical => &mut self.critical,
            Status::Warning => &mut self.warning,
            Status::Unknown => &mut self.unknown,
        };
        lines.add(|| text::record_line(judged, false));
    }

    /// The verdict on the run.
    pub fn status(&self, end: End<'_>) -> Status {
        self.verdicts.of_run(end == End::Whole)
    }

    /// The whole output: a line with the verdict on the run, and one for each target that is not
    /// OK, the worst first and then as they came. Where not all have room, the last line says how
    /// many are left out.
    pub fn render(&self, end: End<'_>) -> String {
        let said = match end {
            End::Whole if self.verdicts.total() == 0 => EMPTY.to_owned(),
            End::Whole => self.counted(),
            End::Broken(why) => format!("{why}: {}", self.counted()),
        };
        let perfdata = match self.perfdata {
            true => self.performance(),
            false => String::new(),
        };
        let mut out = OutputLine::new(&self.name, self.status(end), said).render(&perfdata);
        let all = self.verdicts.total() - self.verdicts.ok;
        let room = LONGEST - and_more(all).len();
        let mut left = all;
        for line in self.lines() {
            // The last of all needs no room for how many are left out.
            let room = if left == 1 { LONGEST } else { room };
            if out.len() + line.len() > room {
                break;
            }
            out.push_str(line);
            left -= 1;
        }
        if left > 0 {
            out.push_str(&and_more(left));
        }
        out
    }

    /// `4 of 120 targets critical, 1 warning`
    fn counted(&self) -> String {
        let StatusCounts {
            ok,
            warning,
            critical,
            unknown,
        } = self.verdicts;
        let total = self.verdicts.total();
        let mut parts = [
            (critical, "critical"),
            (warning, "warning"),
            (unknown, "unknown"),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0);
        let targets = targets(total);
        match (total, parts.next()) {
            (0, _) => "nothing was checked".to_owned(),
            (_, None) => format!("{ok} of {targets} ok"),
            (_, Some((count, word))) => {
                let rest = parts.map(|(count, word)| format!(", {count} {word}"));
                format!("{count} of {targets} {word}{}", rest.collect::<String>())
            }
        }
    }

    /// Monitoring Plugins Development Guidelines, "Performance data".
    fn performance(&self) -> String {
        let total = self.verdicts.total();
        let counts = self.verdicts.named().into_iter();
        let mut parts: Vec<_> = counts
            .map(|(word, count)| format!("{word}={count};;;0;{total}"))
            .collect();
        let slowest = self.slowest.map(perfdata_time);
        parts.extend(slowest.map(|took| format!("slowest={took};;;0")));
        format!("|{}", parts.join(" "))
    }

    /// The lines that are known, the worst first. Behind a status of which some were left out
    /// nothing better is shown.
    fn lines(&self) -> impl Iterator<Item = &str> {
        let each = [&self.critical, &self.warning, &self.unknown];
        let whole = each.iter().take_while(|lines| !lines.cut).count();
        each.into_iter()
            .take(whole + 1)
            .flat_map(|lines| lines.text.split_inclusive('\n'))
    }
}

/// What a run came to in one sentence, without a newline:
/// `120 targets in 1.2 s: 115 ok, 1 warning, 4 critical, 0 unknown`, or that nothing was checked.
pub fn totals(verdicts: StatusCounts, took: Duration) -> String {
    let (targets, took) = (targets(verdicts.total()), took.as_secs_f64());
    if verdicts.total() == 0 {
        return format!("{targets} in {took:.1} s: nothing was checked");
    }
    let counts = verdicts
        .named()
        .map(|(word, count)| format!("{count} {word}"));
    format!("{targets} in {took:.1} s: {}", counts.join(", "))
}

impl Lines {
    fn add(&mut self, line: impl FnOnce() -> String) {
        if self.cut {
            return;
        }
        let line = line();
        self.cut = self.text.len() + line.len() > LONGEST;
        if !self.cut {
            self.text.push_str(&line);
        }
    }
}

fn targets(count: u64) -> String {
    match count {
        1 => "1 target".to_owned(),
        _ => format!("{count} targets"),
    }
}

fn and_more(count: u64) -> String {
    format!("... and {count} more\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Check;
    use crate::outcome::Cause;
    use crate::phase::Phase;
    use crate::record::Record;
    use crate::report::judge_record;
    use crate::report::sample::{answered, failed, label, record, refused};

    /// A record of each kind: `o`, `w`, `c` or `u`.
    fn one(kind: char) -> Record {
        let check = Check {
            warning: Some(Duration::from_millis(10)),
            perfdata: true,
            ..Check::default()
        };
        match kind {
            'o' => record(check, answered(5, None)),
            'w' => record(check, answered(12, None)),
            'c' => record(check, failed(Phase::Reading, Cause::Closed)),
            _ => refused("mx", "no port"),
        }
    }

    /// A summary of targets that are called 0, 1, 2 …
    fn summary(kinds: &str) -> Summary {
        let mut summary = Summary::new("SMTP".to_owned(), false);
        for (n, kind) in kinds.chars().enumerate() {
            let mut record = one(kind);
            record.label = label(&n.to_string());
            summary.add(&judge_record(&record));
        }
        summary
    }

    fn first(text: &str) -> &str {
        text.lines().next().unwrap_or_default()
    }

    #[test]
    fn the_first_line_counts_what_is_not_ok_with_the_worst_verdict_of_all() {
        for (kinds, line) in [
            ("ooo", "SMTP OK: 3 of 3 targets ok"),
            ("o", "SMTP OK: 1 of 1 target ok"),
            ("ocowo", "SMTP CRITICAL: 1 of 5 targets critical, 1 warning"),
            (
                "uwcuu",
                "SMTP CRITICAL: 1 of 5 targets critical, 1 warning, 3 unknown",
            ),
            ("uw", "SMTP WARNING: 1 of 2 targets warning, 1 unknown"),
            ("uo", "SMTP UNKNOWN: 1 of 2 targets unknown"),
            ("", "SMTP UNKNOWN: nothing was checked: the list is empty"),
        ] {
            let summary = summary(kinds);
            let text = summary.render(End::Whole);
            assert_eq!(first(&text), line);
            let word = line.split([' ', ':']).nth(1);
            assert_eq!(word, Some(summary.status(End::Whole).word()));
            let not_ok = kinds.chars().filter(|kind| *kind != 'o').count();
            assert_eq!(text.lines().count(), 1 + not_ok);
        }
    }

    #[test]
    fn a_run_that_is_not_whole_says_why_and_is_never_ok_nor_warning() {
        for (kinds, why, line) in [
            (
                "oo",
                "interrupted",
                "UNKNOWN: interrupted: 2 of 2 targets ok",
            ),
            (
                "ow",
                "interrupted",
                "UNKNOWN: interrupted: 1 of 2 targets warning",
            ),
            (
                "cw",
                "reading hosts: Is a directory",
                "CRITICAL: reading hosts: Is a directory: 1 of 2 targets critical, 1 warning",
            ),
            ("", "a\nb|c", "UNKNOWN: a\\nb\\x7cc: nothing was checked"),
        ] {
            let text = summary(kinds).render(End::Broken(why));
            assert_eq!(first(&text), format!("SMTP {line}"));
        }
    }

    #[test]
    fn each_target_that_is_not_ok_has_its_line_the_worst_first() {
        let answered = "seconds response time on mail.example port 25";
        let closed = "reading from mail.example: closed by peer before it sent anything";
        assert_eq!(
            summary("uwoccu").render(End::Whole),
            format!(
                "SMTP CRITICAL: 2 of 6 targets critical, 1 warning, 2 unknown\n\
                 3\tTCP CRITICAL: {closed}\n\
                 4\tTCP CRITICAL: {closed}\n\
                 1\tTCP WARNING: 0.012 {answered}\n\
                 0\tSMTP UNKNOWN: no port\n\
                 5\tSMTP UNKNOWN: no port\n"
            )
        );
    }

    #[test]
    fn what_has_no_room_is_counted_and_nothing_better_stands_in_its_place() {
        for (kinds, better) in [("c", "w"), ("w", "u"), ("u", "o")] {
            let many = format!("{better}{}{better}", kinds.repeat(3000));
            let summary = summary(&many);
            let text = summary.render(End::Whole);
            assert!(text.len() <= LONGEST && text.len() > LONGEST - 200);
            let shown = text.lines().count() - 2;
            let kept = [&summary.critical, &summary.warning, &summary.unknown];
            assert!(kept.iter().all(|lines| lines.text.len() <= LONGEST));
            let not_ok = if better == "o" { 3000 } else { 3002 };
            let last = format!("... and {} more", not_ok - shown);
            assert_eq!(text.lines().last(), Some(last.as_str()));
            let words = text.lines().skip(1).take(shown);
            let word = format!(" {}: ", summary.status(End::Whole).word());
            assert!(words.clone().all(|line| line.contains(&word)), "{text}");
        }
    }

    #[test]
    fn it_is_full_before_anything_is_left_out() {
        let render = |targets| summary(&"u".repeat(targets)).render(End::Whole);
        let is_cut = |text: &String| text.contains("\n... and ");
        let first = (280..340).find(|&targets| is_cut(&render(targets)));
        let first = first.expect("more than there is room for");
        let longest = render(first - 1).len();
        assert!((LONGEST - 30..=LONGEST).contains(&longest), "{longest}");
        for targets in first..first + 20 {
            let text = render(targets);
            assert!(is_cut(&text) && text.len() <= LONGEST, "{targets}");
        }
    }

    #[test]
    fn performance_data_is_that_of_the_run() {
        let mut summary = summary("owcu");
        summary.perfdata = true;
        assert_eq!(
            first(&summary.render(End::Whole)),
            "SMTP CRITICAL: 1 of 4 targets critical, 1 warning, 1 unknown|ok=1;;;0;4 \
             warning=1;;;0;4 critical=1;;;0;4 unknown=1;;;0;4 slowest=0.012000s;;;0"
        );
        let none = Summary::new("TCP".to_owned(), true).render(End::Whole);
        assert!(none.ends_with("|ok=0;;;0;0 warning=0;;;0;0 critical=0;;;0;0 unknown=0;;;0;0\n"));
    }

    #[test]
    fn the_totals_are_one_sentence() {
        let verdicts = StatusCounts {
            ok: 115,
            warning: 1,
            critical: 4,
            unknown: 0,
        };
        assert_eq!(
            totals(verdicts, Duration::from_millis(1234)),
            "120 targets in 1.2 s: 115 ok, 1 warning, 4 critical, 0 unknown"
        );
        assert_eq!(
            totals(StatusCounts::default(), Duration::ZERO),
            "0 targets in 0.0 s: nothing was checked"
        );
    }
}
