//! Lines of a stream, of bounded length.

use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::mem;

/// The longest line, in bytes, its line end not counted.
pub const LONGEST_LINE: usize = 65_536;

/// Bytes that one read may bring.
const READ_SIZE: usize = 65_536;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Bytes kept of a line that continues in the next read: enough to know that it is too long.
const MAX_PARTIAL: usize = BYTE_ORDER_MARK.len() + LONGEST_LINE + b"\r".len() + 1;

/// Splits a stream into lines, and reads only in [`fill`](Self::fill). Lines end with LF or CR LF,
/// the last one with or without; a byte-order mark before the first is no part of it.
#[derive(Debug)]
pub struct Lines<R> {
    source: BufReader<R>,
    /// Number of buffered bytes that were returned as a line.
    returned: usize,
    /// The start of a line that an earlier read brought.
    partial: Vec<u8>,
    is_partial_returned: bool,
    lines: u64,
    bytes: u64,
}

/// One line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line<'a> {
    /// The number of the line, from 1.
    pub number: u64,
    /// The text without the line end; the first [`LONGEST_LINE`] bytes if the line is too long.
    pub text: &'a [u8],
    /// True if `text` is all of the line.
    pub is_whole: bool,
}

impl<R: Read> Lines<R> {
    /// Lines of a source that is not read yet.
    pub fn new(source: R) -> Self {
        Self {
            source: BufReader::with_capacity(READ_SIZE, source),
            returned: 0,
            partial: Vec::new(),
            is_partial_returned: false,
            lines: 0,
            bytes: 0,
        }
    }

    /// Returns the next complete line of those read. Never reads: on `None`, call
    /// [`fill`](Self::fill).
    pub fn next_line(&mut self) -> Option<Line<'_>> {
        self.discard_previous();
        let at_hand = self.source.buffer();
        let Some(end) = at_hand.iter().position(|&byte| byte == b'\n') else {
            self.buffer_partial(at_hand.len());
            return None;
        };
        if !self.partial.is_empty() {
            self.buffer_partial(end);
            self.consume(1);
            self.is_partial_returned = true;
            return Some(number_line(&mut self.lines, &self.partial));
        }
        self.returned = end + 1;
        let text = self.source.buffer().get(..end).unwrap_or_default();
        Some(number_line(&mut self.lines, text))
    }

    /// Reads once, which may block; returns false at the end of the stream.
    ///
    /// # Errors
    /// The read failed, other than by an interruption.
    pub fn fill(&mut self) -> io::Result<bool> {
        loop {
            match self.source.fill_buf() {
                Ok(bytes) => return Ok(!bytes.is_empty()),
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
    }

    /// Returns the last line at the end of the stream, if it has no line end.
    pub fn last_line(&mut self) -> Option<Line<'_>> {
        self.discard_previous();
        if self.partial.is_empty() {
            return None;
        }
        self.is_partial_returned = true;
        Some(number_line(&mut self.lines, &self.partial))
    }

    /// The number of bytes consumed: those of the lines so far, and of the start of the next where
    /// it had to be kept.
    pub fn bytes(&self) -> u64 {
        self.bytes + self.returned as u64
    }

    /// Drops the line that was returned last.
    fn discard_previous(&mut self) {
        let returned = mem::take(&mut self.returned);
        self.consume(returned);
        if mem::take(&mut self.is_partial_returned) {
            self.partial.clear();
        }
    }

    /// Moves bytes from the buffer to the partial line, as far as it may grow.
    fn buffer_partial(&mut self, count: usize) {
        let length = MAX_PARTIAL.saturating_sub(self.partial.len()).min(count);
        let kept = self.source.buffer().get(..length).unwrap_or_default();
        self.partial.extend_from_slice(kept);
        self.consume(count);
    }

    fn consume(&mut self, count: usize) {
        self.source.consume(count);
        self.bytes += count as u64;
    }
}

/// Makes a line of the bytes before its LF, and counts it.
fn number_line<'a>(lines: &mut u64, bytes: &'a [u8]) -> Line<'a> {
    *lines += 1;
    let text = match *lines {
        1 => bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes),
        _ => bytes,
    };
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    Line {
        number: *lines,
        text: text.get(..LONGEST_LINE).unwrap_or(text),
        is_whole: text.len() <= LONGEST_LINE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;

    /// Brings one piece a read.
    struct Pieces(VecDeque<io::Result<Vec<u8>>>);

    impl Read for Pieces {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Some(piece) = self.0.pop_front() else {
                return Ok(0);
            };
            let mut piece = piece?;
            let count = piece.len().min(buffer.len());
            buffer[..count].copy_from_slice(&piece[..count]);
            if count < piece.len() {
                self.0.push_front(Ok(piece.split_off(count)));
            }
            Ok(count)
        }
    }

    fn in_pieces(text: &[u8], length: usize) -> Lines<Pieces> {
        Lines::new(Pieces(
            text.chunks(length)
                .map(|piece| Ok(piece.to_vec()))
                .collect(),
        ))
    }

    fn all(lines: &mut Lines<Pieces>) -> Vec<(u64, Vec<u8>, bool)> {
        let owned = |line: Line<'_>| (line.number, line.text.to_vec(), line.is_whole);
        let mut all = Vec::new();
        loop {
            while let Some(line) = lines.next_line() {
                all.push(owned(line));
            }
            if !lines.fill().expect("no error") {
                all.extend(lines.last_line().map(owned));
                assert_eq!(lines.last_line(), None);
                return all;
            }
        }
    }

    #[test]
    fn lines_end_with_lf_or_cr_lf_or_not_at_all() {
        let cases: &[(&[u8], &[&[u8]])] = &[
            (b"", &[]),
            (b"\n", &[b""]),
            (b"\r\n\r\n", &[b"", b""]),
            (b"a", &[b"a"]),
            (b"a\n", &[b"a"]),
            (b"a\r\nb\nc", &[b"a", b"b", b"c"]),
            (b"a\n\n\nb\n", &[b"a", b"", b"", b"b"]),
            (b"a\r", &[b"a"]),
            (b"a\rb\r\r\n", &[b"a\rb\r"]),
            (b"\0\xff\n", &[b"\0\xff"]),
            // A byte-order mark, and what is none.
            (b"\xef\xbb\xbf", &[b""]),
            (b"\xef\xbb\xbfa\n\xef\xbb\xbfb\n", &[b"a", b"\xef\xbb\xbfb"]),
            (b"\xef\xbb\xbf\xef\xbb\xbfa\n", &[b"\xef\xbb\xbfa"]),
            (b"\xef\xbb\n", &[b"\xef\xbb"]),
        ];
        for (text, wanted) in cases {
            let numbered = wanted.iter().zip(1..);
            let wanted: Vec<_> = numbered.map(|(line, n)| (n, line.to_vec(), true)).collect();
            for length in 1..6 {
                let mut lines = in_pieces(text, length);
                assert_eq!(
                    all(&mut lines),
                    wanted,
                    "{} by {length}",
                    text.escape_ascii()
                );
                assert_eq!(lines.bytes(), text.len() as u64);
            }
        }
    }

    #[test]
    fn a_line_may_be_as_long_as_the_limit_and_no_longer() {
        for before in ["", "\u{feff}", "first\n"] {
            for end in ["", "\n", "\r\n", "\nnext"] {
                for (length, is_whole) in [
                    (LONGEST_LINE, true),
                    (LONGEST_LINE + 1, false),
                    (LONGEST_LINE + 2, false),
                    (5 * LONGEST_LINE, false),
                ] {
                    let text = format!("{before}{}{end}", "x".repeat(length));
                    for piece in [4_096, 65_535, 65_536, 65_537, text.len()] {
                        let mut lines = in_pieces(text.as_bytes(), piece);
                        let all = all(&mut lines);
                        let (_, long, whole) = &all[usize::from(before == "first\n")];
                        assert_eq!((long.len(), *whole), (LONGEST_LINE, is_whole));
                        assert!(lines.partial.capacity() <= 2 * MAX_PARTIAL);
                        assert_eq!(lines.bytes(), text.len() as u64);
                        if end == "\nnext" {
                            let number = all.len() as u64;
                            assert_eq!(all.last(), Some(&(number, b"next".to_vec(), true)));
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_carriage_return_where_a_long_line_is_cut_does_not_make_it_shorter() {
        for at in MAX_PARTIAL - 6..MAX_PARTIAL + 3 {
            let mut text = vec![b'x'; 2 * LONGEST_LINE];
            text[at] = b'\r';
            let lines = all(&mut in_pieces(&text, 1_000));
            assert_eq!(lines.len(), 1);
            assert!(!lines[0].2, "{at}");
        }
    }

    #[test]
    fn lines_of_one_read_are_returned_without_another() {
        let mut lines = in_pieces(b"a\nb\nc", 4);
        assert_eq!(lines.next_line(), None);
        assert!(lines.fill().expect("no error"));
        assert_eq!(lines.next_line().map(|line| line.text), Some(&b"a"[..]));
        assert_eq!(lines.bytes(), 2);
        assert_eq!(lines.next_line().map(|line| line.text), Some(&b"b"[..]));
        assert_eq!(lines.next_line(), None);
    }

    #[test]
    fn an_interruption_is_no_error_and_any_other_is() {
        let error = |kind: ErrorKind| Err(kind.into());
        let pieces = [
            error(ErrorKind::Interrupted),
            Ok(b"a".to_vec()),
            error(ErrorKind::Interrupted),
            Ok(b"b\nc".to_vec()),
            error(ErrorKind::Other),
        ];
        let mut lines = Lines::new(Pieces(pieces.into()));
        assert!(lines.next_line().is_none() && lines.fill().is_ok_and(|more| more));
        assert!(lines.next_line().is_none() && lines.fill().is_ok_and(|more| more));
        assert_eq!(lines.next_line().map(|line| line.text), Some(&b"ab"[..]));
        assert!(lines.next_line().is_none());
        let error = lines.fill().map_err(|e| e.kind());
        assert_eq!(error, Err(ErrorKind::Other));
    }
}
