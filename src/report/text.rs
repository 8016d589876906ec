//! `--format text`: one line for each record.

use super::line::{OutputLine, perfdata};
use super::sanitize::sanitize;
use super::{Judged, Renderer, RunEnd, is_printed};
use crate::record::Event;

/// Maximum length of a label in characters.
const MAX_LABEL_CHARS: usize = 256;

/// Renders each record as one line.
pub(super) struct TextRenderer {
    /// Those that are OK are left out.
    pub quiet: bool,
    /// The status is in colour.
    pub colour: bool,
}

impl Renderer for TextRenderer {
    fn render_record(&mut self, judged: &Judged<'_>, out: &mut Vec<u8>) {
        if is_printed(judged.verdict.status, self.quiet) {
            push_line(judged, true, self.colour, out);
        }
    }

    fn render_end(&mut self, _end: RunEnd<'_>, _out: &mut Vec<u8>) -> bool {
        false
    }
}

/// Appends the line of a record, newline included. A line of a list follows its label and a tab.
pub(super) fn push_line(judged: &Judged<'_>, with_perfdata: bool, colour: bool, out: &mut Vec<u8>) {
    let label = &judged.record.label;
    if label.line.is_some() {
        let label = sanitize(label.as_str().as_bytes(), MAX_LABEL_CHARS);
        out.extend_from_slice(label.as_bytes());
        out.push(b'\t');
    }
    let perfdata = match &judged.record.event {
        Event::Checked(checked) if with_perfdata => perfdata(checked),
        Event::Checked(_) | Event::NotChecked { .. } => String::new(),
    };
    let line = OutputLine::of_record(judged);
    let line = match colour {
        true => line.render_in_colour(&perfdata),
        false => line.render(&perfdata),
    };
    out.extend_from_slice(line.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Check;
    use crate::report::judge_record;
    use crate::report::sample::{answered, invalid, record};

    fn record_line(judged: &Judged<'_>, with_perfdata: bool) -> String {
        let mut out = Vec::new();
        push_line(judged, with_perfdata, false, &mut out);
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn the_line_of_a_list_begins_with_its_label() {
        let check = Check {
            perfdata: true,
            ..Check::default()
        };
        let mut checked = record(check, answered(12, None));
        let line = "TCP OK: 0.012 seconds response time on mail.example port 25";
        assert_eq!(
            record_line(&judge_record(&checked), true),
            format!("mail.example:25\t{line}|time=0.012000s;;;0;10\n")
        );
        assert_eq!(
            record_line(&judge_record(&checked), false),
            format!("mail.example:25\t{line}\n")
        );
        checked.label.name = Some("mx\tone\n".into());
        assert_eq!(
            record_line(&judge_record(&checked), false),
            format!("mx\\tone\\n\t{line}\n")
        );
        checked.label.line = None;
        assert_eq!(
            record_line(&judge_record(&checked), false),
            format!("{line}\n")
        );
        let long = invalid(&"x".repeat(1000), "line 3: no port");
        assert_eq!(
            record_line(&judge_record(&long), true),
            format!("{}...\tSMTP UNKNOWN: line 3: no port\n", "x".repeat(253))
        );
    }
}
