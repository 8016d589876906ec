//! The line of a run: what holds for every one.

use crate::run::Run;
use check_tcp::verdict::judge;
use check_tcp::{MAX_LINE_CHARS, check_line};

/// Asserts that it is one line of printable characters, as long as it may be, that begins with the
/// verdict.
pub fn holds(run: &Run) {
    let line = check_line(run, judge(run));
    let check = &run.check;
    assert!(line.chars().count() <= MAX_LINE_CHARS, "{line:?}");
    let text = line.strip_suffix('\n').expect("a line");
    let perfdata = usize::from(check.perfdata);
    assert!(!text.contains(|c: char| c.is_control()), "{line:?}");
    assert!(text.matches('|').count() <= perfdata, "{line:?}");
    let head = format!("{} {}: ", check.name, run.status.word());
    assert!(text.starts_with(&head), "{line:?}");
    assert!(text.len() > head.len(), "{line:?}");
}
