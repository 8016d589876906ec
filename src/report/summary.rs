//! `--summary`: a list as the output of one check, and the closing sentence of a run.

use super::line::{OutputLine, perfdata_time};
use super::text::push_line;
use super::worst_first::WorstFirst;
use super::{EMPTY_LIST, Judged, OutputOptions, Renderer, RunEnd, is_printed};
use crate::status::{Status, StatusCounts};
use std::time::Duration;

/// Renders a line with the verdict on the run, and one for each target that is not OK: the worst
/// status first, then in the order of the records. If there are too many, the last line says how
/// many were omitted.
#[derive(Debug)]
pub(super) struct Summary {
    options: OutputOptions,
    targets: WorstFirst,
}

impl Renderer for Summary {
    fn render_record(&mut self, judged: &Judged<'_>, _out: &mut Vec<u8>) {
        self.targets
            .add(judged, |text| push_line(judged, false, false, text));
    }

    fn render_end(&mut self, end: RunEnd<'_>, out: &mut Vec<u8>) -> bool {
        let status = self.targets.counts.of_run(end.incomplete.is_none());
        if !is_printed(status, self.options.quiet) {
            return false;
        }
        let max_bytes = self.options.summary_bytes;
        let mut first = self.first_line(end, status, self.options.perfdata);
        if first.len() > max_bytes {
            // Performance data that is cut off can't be read.
            first = self.first_line(end, status, false);
        }
        let first = truncate_line(&first, max_bytes);
        out.extend_from_slice(&first);
        let not_ok = self.targets.not_ok();
        let longest_end = omitted_line(not_ok).len();
        let spare = max_bytes.saturating_sub(first.len());
        let fitting = self.targets.fitting(spare, longest_end);
        let left = not_ok - fitting.len() as u64;
        let used: usize = fitting.iter().map(|line| line.len()).sum();
        fitting.iter().for_each(|line| out.extend_from_slice(line));
        // Where there is not even space for it, the first line has the counts.
        if left > 0 && used + omitted_line(left).len() <= spare {
            out.extend_from_slice(omitted_line(left).as_bytes());
        }
        false
    }
}

impl Summary {
    /// A summary of a run without a record yet.
    pub(super) fn new(options: OutputOptions) -> Self {
        let targets = WorstFirst::new(options.summary_bytes);
        Self { options, targets }
    }

    fn first_line(&self, end: RunEnd<'_>, status: Status, with_perfdata: bool) -> String {
        let message = match end.incomplete {
            None if self.targets.counts.total() == 0 => EMPTY_LIST.to_owned(),
            None => self.format_counts(),
            Some(why) => format!("{why}: {}", self.format_counts()),
        };
        let perfdata = match with_perfdata {
            true => self.format_perfdata(),
            false => String::new(),
        };
        OutputLine::new(&self.options.name, status, message).render(&perfdata)
    }

    /// Returns `4 of 120 targets critical, 1 warning`.
    fn format_counts(&self) -> String {
        let StatusCounts {
            ok,
            warning,
            critical,
            unknown,
        } = self.targets.counts;
        let total = self.targets.counts.total();
        let mut parts = [
            (critical, "critical"),
            (warning, "warning"),
            (unknown, "unknown"),
        ]
        .into_iter()
        .filter(|(count, _)| *count > 0);
        let targets = format_targets(total);
        match (total, parts.next()) {
            (0, _) => "nothing was checked".to_owned(),
            (_, None) => format!("{ok} of {targets} ok"),
            (_, Some((count, word))) => {
                let rest = parts.map(|(count, word)| format!(", {count} {word}"));
                format!("{count} of {targets} {word}{}", rest.collect::<String>())
            }
        }
    }

    /// Returns the counts and the slowest response time as performance data (Monitoring Plugins
    /// Development Guidelines, "Performance data").
    fn format_perfdata(&self) -> String {
        let total = self.targets.counts.total();
        let counts = self.targets.counts.named().into_iter();
        let mut parts: Vec<_> = counts
            .map(|(word, count)| format!("{word}={count};;;0;{total}"))
            .collect();
        let slowest = self.targets.slowest.map(perfdata_time);
        parts.extend(slowest.map(|slowest| format!("slowest={slowest};;;0")));
        format!("|{}", parts.join(" "))
    }
}

/// Returns the closing sentence of a run, without a newline:
/// `120 targets in 1.2 s: 115 ok, 1 warning, 4 critical, 0 unknown`, or that nothing was checked.
pub(crate) fn format_totals(counts: StatusCounts, elapsed: Duration) -> String {
    let (targets, elapsed) = (format_targets(counts.total()), elapsed.as_secs_f64());
    if counts.total() == 0 {
        return format!("{targets} in {elapsed:.1} s: nothing was checked");
    }
    let counts = counts
        .named()
        .map(|(word, count)| format!("{count} {word}"));
    format!("{targets} in {elapsed:.1} s: {}", counts.join(", "))
}

/// Cuts a line to so many bytes, its newline included, and shows that.
fn truncate_line(line: &str, max_bytes: usize) -> Vec<u8> {
    const CUT: &[u8] = b"...\n";
    if line.len() <= max_bytes {
        return line.as_bytes().to_vec();
    }
    let end = line.floor_char_boundary(max_bytes.saturating_sub(CUT.len()));
    let kept = line.as_bytes().get(..end).unwrap_or_default();
    [kept, CUT].concat()
}

fn format_targets(count: u64) -> String {
    match count {
        1 => "1 target".to_owned(),
        _ => format!("{count} targets"),
    }
}

fn omitted_line(count: u64) -> String {
    format!("... and {count} more\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Check;
    use crate::outcome::Cause;
    use crate::phase::Phase;
    use crate::record::Record;
    use crate::report::sample::{answered, failed, invalid, label, record};
    use crate::report::{SUMMARY_BYTES, judge_record};

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
            _ => invalid("mx", "no port"),
        }
    }

    /// A summary of targets that are called 0, 1, 2 …
    fn summary(kinds: &str) -> Summary {
        let mut summary = Summary::new(OutputOptions {
            name: "SMTP".to_owned(),
            ..OutputOptions::default()
        });
        for (n, kind) in kinds.chars().enumerate() {
            let mut record = one(kind);
            record.label = label(&n.to_string());
            summary.render_record(&judge_record(&record), &mut Vec::new());
        }
        summary
    }

    impl Summary {
        fn render_text(&mut self, end: RunEnd<'_>) -> String {
            let mut out = Vec::new();
            self.render_end(end, &mut out);
            String::from_utf8(out).expect("text")
        }
    }

    fn first(text: &str) -> &str {
        text.lines().next().unwrap_or_default()
    }

    #[test]
    fn the_first_line_has_the_worst_status_and_counts_those_not_ok() {
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
            let mut summary = summary(kinds);
            let text = summary.render_text(RunEnd::COMPLETE);
            assert_eq!(first(&text), line);
            let word = line.split([' ', ':']).nth(1);
            assert_eq!(word, Some(summary.targets.counts.of_run(true).word()));
            let not_ok = kinds.chars().filter(|kind| *kind != 'o').count();
            assert_eq!(text.lines().count(), 1 + not_ok);
        }
    }

    #[test]
    fn an_incomplete_run_says_why_and_is_never_ok_or_warning() {
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
            let text = summary(kinds).render_text(RunEnd {
                incomplete: Some(why),
                ..RunEnd::COMPLETE
            });
            assert_eq!(first(&text), format!("SMTP {line}"));
        }
    }

    #[test]
    fn each_target_not_ok_has_its_line_worst_status_first() {
        let answered = "seconds response time on mail.example port 25";
        let closed = "reading from mail.example: closed by peer before it sent anything";
        assert_eq!(
            summary("uwoccu").render_text(RunEnd::COMPLETE),
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
    fn omitted_lines_are_counted_and_no_better_status_displaces_them() {
        for (kinds, better) in [("c", "w"), ("w", "u"), ("u", "o")] {
            let many = format!("{better}{}{better}", kinds.repeat(3000));
            let mut summary = summary(&many);
            let text = summary.render_text(RunEnd::COMPLETE);
            assert!(text.len() <= SUMMARY_BYTES && text.len() > SUMMARY_BYTES - 200);
            let shown = text.lines().count() - 2;
            let not_ok = if better == "o" { 3000 } else { 3002 };
            let last = format!("... and {} more", not_ok - shown);
            assert_eq!(text.lines().last(), Some(last.as_str()));
            let words = text.lines().skip(1).take(shown);
            let word = format!(" {}: ", summary.targets.counts.of_run(true).word());
            assert!(words.clone().all(|line| line.contains(&word)), "{text}");
        }
    }

    #[test]
    fn lines_are_omitted_only_when_the_summary_is_full() {
        let render = |targets| summary(&"u".repeat(targets)).render_text(RunEnd::COMPLETE);
        let is_cut = |text: &String| text.contains("\n... and ");
        let first = (280..340).find(|&targets| is_cut(&render(targets)));
        let first = first.expect("a list that is too long");
        let longest = render(first - 1).len();
        assert!(
            (SUMMARY_BYTES - 30..=SUMMARY_BYTES).contains(&longest),
            "{longest}"
        );
        for targets in first..first + 20 {
            let text = render(targets);
            assert!(is_cut(&text) && text.len() <= SUMMARY_BYTES, "{targets}");
        }
    }

    #[test]
    fn performance_data_is_that_of_the_run() {
        let mut summary = summary("owcu");
        summary.options.perfdata = true;
        assert_eq!(
            first(&summary.render_text(RunEnd::COMPLETE)),
            "SMTP CRITICAL: 1 of 4 targets critical, 1 warning, 1 unknown|ok=1;;;0;4 \
             warning=1;;;0;4 critical=1;;;0;4 unknown=1;;;0;4 slowest=0.012000s;;;0"
        );
        let none = Summary::new(OutputOptions {
            perfdata: true,
            ..OutputOptions::default()
        });
        let none = { none }.render_text(RunEnd::COMPLETE);
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
            format_totals(verdicts, Duration::from_millis(1234)),
            "120 targets in 1.2 s: 115 ok, 1 warning, 4 critical, 0 unknown"
        );
        assert_eq!(
            format_totals(StatusCounts::default(), Duration::ZERO),
            "0 targets in 0.0 s: nothing was checked"
        );
    }
}
