//! The figures of lists, as Markdown.

use std::fmt::Write;

/// A figure.
pub struct Row {
    /// What was measured.
    pub what: String,
    /// Where there is one.
    pub bound: Option<Bound>,
    /// What came out, in words.
    pub measured: String,
}

/// What a figure is held against.
pub struct Bound {
    /// In words.
    pub words: &'static str,
    /// Whether the figure is within it.
    pub is_held: bool,
}

impl Row {
    /// A figure that must be within a bound.
    pub fn bounded(what: String, words: &'static str, is_held: bool, measured: String) -> Self {
        Self {
            what,
            bound: Some(Bound { words, is_held }),
            measured,
        }
    }

    /// A figure that is only told.
    pub fn told(what: String, measured: String) -> Self {
        Self {
            what,
            bound: None,
            measured,
        }
    }
}

/// The table; with `judged` it says which bounds were missed.
pub fn markdown(rows: &[Row], judged: bool) -> String {
    let mut table = "| | bound | measured |\n|---|---|---|\n".to_owned();
    for row in rows {
        let words = row.bound.as_ref().map_or("", |bound| bound.words);
        let is_missed = judged && row.bound.as_ref().is_some_and(|bound| !bound.is_held);
        let missed = if is_missed { "**missed:** " } else { "" };
        let _ = writeln!(
            table,
            "| {} | {words} | {missed}{} |",
            row.what, row.measured
        );
    }
    table
}

/// A number with its thousands apart: `20,000`.
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
