//! Comments, and what they must not take in.

/// Whether a line has nothing but a comment on it.
pub fn is_comment(line: &[u8]) -> bool {
    let first = line.iter().find(|byte| !is_blank(**byte));
    first == Some(&b'#')
}

/// A comment as far as its first carriage return.
pub fn first_line(comment: &[u8]) -> &[u8] {
    let mut lines = comment.split(|&byte| byte == b'\r');
    lines.next().unwrap_or_default()
}

/// The message for a comment at the end of a line that has taken in what was meant for lines of
/// their own, because they end with CR alone: they would be left out without a word.
pub fn swallowed_line(line: &[u8], comment: &[u8]) -> Option<String> {
    let mut at = line.len() - comment.len();
    for (index, piece) in comment.split(|&byte| byte == b'\r').enumerate() {
        let is_empty = piece.iter().all(|&byte| is_blank(byte));
        if index > 0 && !is_empty && !is_comment(piece) {
            return Some(format!(
                "behind the carriage return in its comment (byte {at}) there is more; \
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
    fn a_comment_takes_in_no_line_that_ends_with_a_carriage_return_alone() {
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
