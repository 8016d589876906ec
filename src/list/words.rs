//! Splits a line into words as a shell does (POSIX.1-2024, Shell Command Language, sections 2.2 and
//! 2.3), with no expansion of any kind.
//!
//! The crate `shlex` has the same grammar, and is not used: it gives neither the position of an
//! open quote nor the first word of a broken line, by which its verdict is called; nor where a
//! comment begins, without which lines that end with CR alone would be dropped unnoticed. It also
//! allocates every word, and takes four times as long for a line.

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

/// An iterator over the words of a line. Blanks (space and tab) stand between words; `'...'` holds
/// any bytes; in `"..."` a backslash escapes `$`, `` ` ``, `"` and `\` only, elsewhere any byte. A
/// word in quotes may be empty. A `#` at the start of a word begins a comment, which extends to the
/// end of the line. All other bytes stand for themselves.
///
/// After an error there are no more words.
#[derive(Clone, Debug)]
pub struct Words<'a> {
    line: &'a [u8],
    rest: &'a [u8],
    comment: &'a [u8],
}

/// The error of a line that ends within a word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncompleteWord {
    /// The character without its counterpart: `'`, `"`, or a backslash with nothing to escape.
    pub opened: char,
    /// The position of that character in the line: the number of its byte, from 1.
    pub at: usize,
    /// The word up to the end of the line.
    pub text: Vec<u8>,
}

impl<'a> Words<'a> {
    /// Words of a line without its line end.
    pub fn new(line: &'a [u8]) -> Self {
        Self {
            line,
            rest: line,
            comment: &[],
        }
    }

    /// The comment, from its `#` on. Empty until all words have been returned, and if there is
    /// none.
    pub fn comment(&self) -> &'a [u8] {
        self.comment
    }

    /// Reads the rest of a word, from the quote or backslash at the start of `rest`; returns the
    /// word and the rest of the line.
    fn read_rest(
        &self,
        mut word: Vec<u8>,
        mut rest: &'a [u8],
    ) -> Result<(Vec<u8>, &'a [u8]), IncompleteWord> {
        loop {
            let quoted = match rest {
                [] | [b' ' | b'\t', ..] => return Ok((word, rest)),
                [b'\'', inner @ ..] => read_single_quoted(&mut word, inner),
                [b'"', inner @ ..] => read_double_quoted(&mut word, inner),
                [b'\\', inner @ ..] => inner.split_first().map(|(&byte, after)| {
                    word.push(byte);
                    after
                }),
                _ => {
                    let (plain, after) = split_before(rest, is_special);
                    word.extend(plain);
                    Some(after)
                }
            };
            match (quoted, rest) {
                (Some(after), _) => rest = after,
                (None, [opened, ..]) => {
                    return Err(IncompleteWord {
                        opened: char::from(*opened),
                        at: self.line.len() - rest.len() + 1,
                        text: word,
                    });
                }
                (None, []) => return Ok((word, rest)),
            }
        }
    }
}

impl<'a> Iterator for Words<'a> {
    /// Borrowed from the line if the word stands in it without quotes, so that the common line
    /// allocates nothing.
    type Item = Result<Cow<'a, [u8]>, IncompleteWord>;

    fn next(&mut self) -> Option<Self::Item> {
        let (_, rest) = split_before(self.rest, |byte| !is_blank(byte));
        self.rest = &[];
        match rest {
            [] => return None,
            [b'#', ..] => {
                self.comment = rest;
                return None;
            }
            _ => {}
        }
        let (plain, after) = split_before(rest, is_special);
        if matches!(after, [] | [b' ' | b'\t', ..]) {
            self.rest = after;
            return Some(Ok(Cow::Borrowed(plain)));
        }
        Some(self.read_rest(plain.to_vec(), after).map(|(word, after)| {
            self.rest = after;
            Cow::Owned(word)
        }))
    }
}

impl fmt::Display for IncompleteWord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { opened, at, .. } = self;
        match opened {
            '\\' => write!(f, "the backslash at its end (byte {at}) escapes nothing"),
            _ => write!(f, "the quote {opened} at byte {at} is not closed"),
        }
    }
}

impl Error for IncompleteWord {}

/// Appends the text before the closing quote, and returns the text behind it; `None` if there is
/// none.
fn read_single_quoted<'a>(word: &mut Vec<u8>, inner: &'a [u8]) -> Option<&'a [u8]> {
    let (text, closing) = split_before(inner, |byte| byte == b'\'');
    word.extend(text);
    closing.split_first().map(|(_, after)| after)
}

/// Does the same for double quotes.
fn read_double_quoted<'a>(word: &mut Vec<u8>, mut inner: &'a [u8]) -> Option<&'a [u8]> {
    loop {
        let (text, after) = split_before(inner, |byte| matches!(byte, b'"' | b'\\'));
        word.extend(text);
        inner = match after {
            [b'\\', byte @ (b'$' | b'`' | b'"' | b'\\'), after @ ..] => {
                word.push(*byte);
                after
            }
            [b'\\', after @ ..] => {
                word.push(b'\\');
                after
            }
            closing => return closing.split_first().map(|(_, after)| after),
        };
    }
}

/// Splits before the first byte that `is_wanted`, or at the end.
fn split_before(bytes: &[u8], is_wanted: impl Fn(u8) -> bool) -> (&[u8], &[u8]) {
    let found = bytes.iter().position(|&byte| is_wanted(byte));
    let cut = found.and_then(|at| bytes.split_at_checked(at));
    cut.unwrap_or((bytes, &[]))
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Returns true for bytes that do not stand for themselves within a word.
fn is_special(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\'' | b'"' | b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    fn split(line: &[u8]) -> Result<Vec<Vec<u8>>, IncompleteWord> {
        Words::new(line)
            .map(|word| word.map(Cow::into_owned))
            .collect()
    }

    /// SplitMix64.
    struct Rng(u64);

    impl Rng {
        fn below(&mut self, n: usize) -> usize {
            self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            (z ^ (z >> 31)) as usize % n
        }

        fn text(&mut self, longest: usize, alphabet: &[u8]) -> Vec<u8> {
            let length = self.below(longest + 1);
            (0..length)
                .map(|_| alphabet[self.below(alphabet.len())])
                .collect()
        }
    }

    #[test]
    fn a_line_is_split_as_a_shell_splits_it() {
        let cases: &[(&str, &[&str])] = &[
            ("", &[]),
            (" \t ", &[]),
            ("a", &["a"]),
            ("  a\tb  c\t", &["a", "b", "c"]),
            // Single quotes hold everything.
            ("'a b'", &["a b"]),
            (r#"'a\n"$`#'"#, &[r#"a\n"$`#"#]),
            // In double quotes a backslash escapes four characters, and stays before all others.
            (r#""a b""#, &["a b"]),
            (r#""\$ \` \" \\""#, &[r#"$ ` " \"#]),
            (r#""\n \' \a \ \	""#, &["\\n \\' \\a \\ \\\t"]),
            (r#""'""#, &["'"]),
            // Outside it escapes all.
            (r"a\ b \' \\ \n \#", &["a b", "'", r"\", "n", "#"]),
            (r"\-p", &["-p"]),
            // Quotes may begin and end anywhere in a word.
            (r#"a'b c'd"e f"g\ h"#, &["ab cde fg h"]),
            (r#"--name="mx one""#, &["--name=mx one"]),
            ("'it'\\''s'", &["it's"]),
            // A quoted word may be empty, and be next to others.
            ("''", &[""]),
            (r#"'' "" a''"#, &["", "", "a"]),
            // A comment begins where a word would.
            ("#", &[]),
            ("# 'a \\", &[]),
            (" \t# a", &[]),
            ("a # b", &["a"]),
            ("a\t#b \"", &["a"]),
            ("a#b", &["a#b"]),
            ("a '#' b", &["a", "#", "b"]),
            ("a \\# b", &["a", "#", "b"]),
            ("a ''# b", &["a", "#", "b"]),
            ("a 'b'#c", &["a", "b#c"]),
            // Nothing is expanded, and nothing else stands between words.
            (
                "$a ~ * {b,c} `d` $(e) !f",
                &["$a", "~", "*", "{b,c}", "`d`", "$(e)", "!f"],
            ),
            ("a;b|c&d<e>f(g)", &["a;b|c&d<e>f(g)"]),
            ("a\rb\u{b}c\u{a0}d", &["a\rb\u{b}c\u{a0}d"]),
        ];
        for (line, words) in cases {
            let words = words.iter().map(|word| word.as_bytes().to_vec()).collect();
            assert_eq!(split(line.as_bytes()), Ok(words), "{line}");
        }
        assert_eq!(
            split(b"\xff '\xfe\0'"),
            Ok(vec![b"\xff".to_vec(), b"\xfe\0".to_vec()])
        );
    }

    #[test]
    fn a_line_that_ends_within_quotes_has_an_incomplete_word() {
        for (line, whole, opened, at, text) in [
            ("'", 0, '\'', 1, ""),
            ("a 'b c", 1, '\'', 3, "b c"),
            ("a b'c'd'e", 1, '\'', 8, "bcde"),
            ("\"a", 0, '"', 1, "a"),
            (r#""a\""#, 0, '"', 1, "a\""),
            (r#"x "a\"#, 1, '"', 3, r"a\"),
            (r#"a "b' # c"#, 1, '"', 3, "b' # c"),
            (r"\", 0, '\\', 1, ""),
            (r"a b\\\", 1, '\\', 6, r"b\"),
        ] {
            let mut words = Words::new(line.as_bytes());
            assert!(
                words.by_ref().take(whole).all(|word| word.is_ok()),
                "{line}"
            );
            let text = text.into();
            assert_eq!(
                words.next(),
                Some(Err(IncompleteWord { opened, at, text })),
                "{line}"
            );
            assert_eq!(words.next(), None, "{line}");
        }
    }

    #[test]
    fn an_incomplete_word_has_a_message_with_its_position() {
        let message = |line: &str| split(line.as_bytes()).expect_err(line).to_string();
        assert_eq!(message("a 'b"), "the quote ' at byte 3 is not closed");
        assert_eq!(message("a \"b"), "the quote \" at byte 3 is not closed");
        assert_eq!(
            message("a\\"),
            "the backslash at its end (byte 2) escapes nothing"
        );
    }

    #[test]
    fn the_systems_shell_splits_every_line_the_same_way() {
        let mut script =
            b"words() { for word; do printf '<%s>' \"$word\"; done; echo; }\n".to_vec();
        let mut wanted = String::new();
        let mut rng = Rng(2);
        for _ in 0..5_000 {
            let line = rng.text(12, b"ab'\"\\\\ \t#-");
            // An open line would swallow those after it.
            let Ok(words) = split(&line) else { continue };
            script.extend(b"words ");
            script.extend(&line);
            script.push(b'\n');
            for word in words {
                let _ = write!(wanted, "<{}>", word.escape_ascii());
            }
            wanted.push('\n');
        }
        let shell = Command::new("sh")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut shell = shell.expect("sh starts");
        let mut stdin = shell.stdin.take().expect("a pipe");
        let writer = std::thread::spawn(move || stdin.write_all(&script));
        let output = shell.wait_with_output().expect("sh ends");
        writer
            .join()
            .expect("no panic")
            .expect("sh reads its script");
        let printed = output.stdout.split(|&byte| byte == b'\n');
        let printed: Vec<_> = printed
            .map(|line| line.escape_ascii().to_string())
            .collect();
        assert_eq!(printed.join("\n"), wanted);
    }
}
