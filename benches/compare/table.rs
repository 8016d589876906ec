//! The figures, as Markdown.

use std::error::Error;
use std::fmt;

/// The mark for a value that is unknown here or does not apply.
const NOTHING: &str = "–";

/// All that one run shows.
pub struct Table {
    rows: Vec<Row>,
    /// Notes on the method, and on parts that were left out.
    remarks: Vec<String>,
    judged: bool,
    failed: bool,
}

/// A figure of check-tcp, and what stands beside it.
pub struct Row {
    what: String,
    ours: String,
    beside: Option<String>,
    compared: Option<String>,
    aim: Option<Aim>,
}

struct Aim {
    words: String,
    is_missed: bool,
}

impl Table {
    /// An empty one; where it is `judged` it says which aims were missed.
    pub fn new(judged: bool) -> Self {
        Self {
            rows: Vec::new(),
            remarks: Vec::new(),
            judged,
            failed: false,
        }
    }

    /// Adds rows at its end.
    pub fn add(&mut self, rows: impl IntoIterator<Item = Row>) {
        self.rows.extend(rows);
    }

    /// Says above it how figures were taken.
    pub fn remark(&mut self, remark: String) {
        self.remarks.push(remark);
    }

    /// Says, at once and above it, what was not measured and why.
    pub fn skip(&mut self, why: String) {
        eprintln!("compare: left out: {why}");
        self.remarks.push(format!("Left out: {why}."));
    }

    /// Says, at once and above it, which part came to no good end; what it has is kept.
    pub fn fail(&mut self, part: &str, why: &dyn Error) {
        eprintln!("compare: {part} FAILED: {why}");
        self.remarks.push(format!("FAILED: {part}: {why}"));
        self.failed = true;
    }

    /// Returns true if any part failed.
    pub fn has_failed(&self) -> bool {
        self.failed
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for remark in &self.remarks {
            writeln!(f, "{remark}\n")?;
        }
        if self.rows.is_empty() {
            return Ok(());
        }
        writeln!(f, "| | check-tcp | beside it | compared | aim |")?;
        writeln!(f, "|---|---|---|---|---|")?;
        for row in &self.rows {
            let Row { what, ours, .. } = row;
            let [beside, compared] =
                [&row.beside, &row.compared].map(|cell| cell.as_deref().unwrap_or(NOTHING));
            write!(f, "| {what} | {ours} | {beside} | {compared} | ")?;
            match &row.aim {
                Some(Aim { words, is_missed }) if *is_missed && self.judged => {
                    writeln!(f, "{words}: **missed** |")?;
                }
                Some(Aim { words, .. }) => writeln!(f, "{words} |")?,
                None => writeln!(f, "{NOTHING} |")?,
            }
        }
        Ok(())
    }
}

impl Row {
    /// The quantity, and check-tcp's figure.
    pub fn new(what: impl Into<String>, ours: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            ours: ours.into(),
            beside: None,
            compared: None,
            aim: None,
        }
    }

    /// The figure of who or what it is compared with.
    pub fn beside(mut self, beside: impl Into<String>) -> Self {
        self.beside = Some(beside.into());
        self
    }

    /// The ratio of the comparison.
    pub fn compared(mut self, compared: impl Into<String>) -> Self {
        self.compared = Some(compared.into());
        self
    }

    /// The bound, and the result.
    pub fn aim(mut self, words: impl Into<String>, is_held: bool) -> Self {
        self.aim = Some(Aim {
            words: words.into(),
            is_missed: !is_held,
        });
        self
    }
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

/// A rate in words, of so many seconds for so many.
pub fn rate(number: usize, seconds: f64) -> String {
    format!("{} a second", grouped((number as f64 / seconds) as usize))
}

/// Memory in words.
pub fn kib(kib: u64) -> String {
    format!("{} KiB", grouped(usize::try_from(kib).unwrap_or_default()))
}

/// A time in words, of seconds.
pub fn micros(seconds: f64) -> String {
    format!("{:.1} µs", seconds * 1e6)
}
