//! Comments, and lines that end with CR alone, which a comment would swallow.

/// Returns true if a line holds nothing but a comment.
pub(super) fn is_comment(line: &[u8]) -> bool {
    let first = line.iter().find(|byte| !is_blank(**byte));
    first == Some(&b'#')
}

/// The part of a comment before its first carriage return.
pub(super) fn first_line(comment: &[u8]) -> &[u8] {
    let mut lines = comment.split(|&byte| byte == b'\r');
    lines.next().unwrap_or_default()
}

/// The error message for a comment that contains further lines, because lines end with CR alone:
/// they would be dropped unnoticed.
pub(super) fn swallowed_line(line: &[u8], comment: &[u8]) -> Option<String> {
    let mut at = line.len() - comment.len();
    for (index, piece) in comment.split(|&byte| byte == b'\r').enumerate() {
        let is_empty = piece.iter().all(|&byte| is_blank(byte));
        if index > 0 && !is_empty && !is_comment(piece) {
            return Some(format!(
                "text follows the carriage return in its comment (byte {at}); \
                 lines of a list end with LF or CR LF"
            ));
        }
        at += piece.len() + 1;
    }
    None
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_that_contains_lines_that_end_with_cr_alone_is_an_error() {
        for (line, comment, first, at) in [
            ("# mail\rmx1\rmx2\r", "# mail\rmx1\rmx2\r", "# mail", 7),
            ("#\r\r \r# b\rmx1", "#\r\r \r# b\rmx1", "#", 9),
            ("mx:25 # a\rmx2:25", "# a\rmx2:25", "# a", 10),
        ] {
            let message = swallowed_line(line.as_bytes(), comment.as_bytes()).expect(line);
            assert!(message.contains(&format!("(byte {at})")), "{message}");
            assert_eq!(first_line(comment.as_bytes()), first.as_bytes());
        }
        for comment in ["", "# a", "# a\r", "# a\r\r", "#\r# b\r \t\r#"] {
            assert_eq!(swallowed_line(comment.as_bytes(), comment.as_bytes()), None);
        }
    }
}
