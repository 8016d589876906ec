//! Assertions on the printed text of refusals.

use check_tcp::internal::record::{Event, Label, Record, UsageError};
use check_tcp::internal::report::{Format, Judged, OutputOptions, RunEnd, judge_record, render};
use check_tcp::status::Status;
use check_tcp::target::Target;
use check_tcp::verdict::Reason;

/// Mackerel's limit on a line, in characters.
const LONGEST: usize = 1024;

/// Holds what is printed of a usage error against the contract: UNKNOWN, which is exit 3, in one
/// line of printable characters, 1,024 at most; in JSON in one line too.
///
/// # Panics
/// It is not so.
pub fn refused(label: Label, error: UsageError) {
    let reason = Reason::Usage;
    let event = Event::NotChecked { reason, error };
    let record = Record { label, event };
    let judged = judge_record(&record);
    assert_eq!(judged.verdict.status, Status::Unknown);
    assert_eq!(judged.verdict.status.code(), 3);
    let text = rendered(&judged, Format::Text);
    assert!(text.contains(" UNKNOWN: "), "{text}");
    one_line(&rendered(&judged, Format::Json));
    let line = match record.label.line {
        Some(_) => text.split_once('\t').expect("a label").1,
        None => &text,
    };
    one_line(line);
    assert!(line.trim_end().chars().count() <= LONGEST, "{line}");
}

/// What is printed of a record in a format.
///
/// # Panics
/// It is not UTF-8.
pub fn rendered(judged: &Judged<'_>, format: Format) -> String {
    let options = OutputOptions {
        format,
        ..OutputOptions::default()
    };
    let text = render(judged, &options, RunEnd::COMPLETE);
    String::from_utf8(text).expect("text")
}

/// Holds what is given to a resolver against the contract: a name without blanks, without ASCII
/// characters that no name has, and not a number; and an address to be the one that is written,
/// whoever reads it.
///
/// # Panics
/// It is not so.
pub fn host(target: &Target) {
    let in_name = |c: char| match c.is_ascii() {
        true => c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'),
        false => !c.is_whitespace() && is_printable(c) && !matches!(c, '\u{200b}' | '\u{ad}'),
    };
    match target {
        Target::Name { host, .. } => {
            assert!(host.chars().all(in_name), "{}", host.escape_debug());
            assert!(!host.starts_with(['-', '.']), "{host}");
            let last = host.strip_suffix('.').unwrap_or(host);
            let last = last.rsplit('.').next().unwrap_or_default();
            let hex = last.strip_prefix("0x").or(last.strip_prefix("0X"));
            let is_number = match hex {
                Some(hex) => hex.bytes().all(|byte| byte.is_ascii_hexdigit()),
                None => last.chars().all(char::is_numeric),
            };
            assert!(!is_number, "{host}");
        }
        Target::Address { host, address } if address.is_ipv4() => {
            assert_eq!(*host, address.ip().to_string());
        }
        Target::Address { host, .. } => {
            assert!(host.contains(':'), "{host}");
        }
        Target::Socket(_) => {}
    }
}

/// Holds a text to be one line and its end, all of it [printable](is_printable).
///
/// # Panics
/// It is not so.
pub fn one_line(text: &str) {
    let line = text.strip_suffix('\n').expect("a line end");
    assert!(line.chars().all(is_printable), "{}", line.escape_debug());
}

/// Returns true if a character neither controls a terminal nor breaks the line nor turns it.
pub fn is_printable(c: char) -> bool {
    !c.is_control()
        && !matches!(
            c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'
        )
}
