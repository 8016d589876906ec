//! A list, whatever is in it, however it is cut into reads.
//!
//! Input: the list, and behind a byte 0xFF, where there is one, a byte for each read: how much it
//! brings (from 128 on, 600 bytes for each over 127), or 0 for one that a signal interrupts. So
//! that a small input has lines as long as the limit, the first bytes 0xFE stand for nearly as many
//! letters. Laws:
//!
//! * each line that asks for a verdict has one entry, in the order of the list, with its number;
//! * what is said of a bad line begins with its number, and is printed as one line;
//! * what was taken for a host is [one](check_tcp_fuzz::printed::host);
//! * how the list is cut into reads changes nothing;
//! * a line asks what a command line with its options asks;
//! * the words of a line, quoted, are the same words, and ask the same.
#![no_main]

use check_tcp::check::Check;
use check_tcp::internal::cli::{self, Command, Defaults};
use check_tcp::internal::list::{LONGEST_LINE, Line, Lines, ParsedLine, Words, parse_line};
use check_tcp::internal::record::{Event, Job, Label, Record, UsageError};
use check_tcp::target::Target;
use check_tcp_fuzz::cut::Pieces;
use check_tcp_fuzz::printed;
use libfuzzer_sys::fuzz_target;
use std::borrow::Cow;
use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind, Read};
use std::os::unix::ffi::OsStringExt;
use std::sync::Arc;

/// The text that the byte 0xFE stands for: with some more bytes the line is too long.
const NEARLY: usize = LONGEST_LINE - 20;
/// So many of them count.
const LONG: usize = 2;

fuzz_target!(|input: &[u8]| {
    let (list, lengths) = match input.iter().position(|&byte| byte == 0xFF) {
        Some(end) => (&input[..end], &input[end + 1..]),
        None => (input, &[][..]),
    };
    let list = lengthened(list);
    let mut defaults = defaults();
    let at_once = entries(Lines::new(&*list), &list, &mut defaults);
    let asking: Vec<(u64, &[u8])> = asking(&list).collect();
    let numbers: Vec<Option<u64>> = asking.iter().map(|&(number, _)| Some(number)).collect();
    let told: Vec<Option<u64>> = at_once.iter().map(|line| label(line).line).collect();
    assert_eq!(told, numbers);

    let source = Reads(Pieces::new(&list, lengths.iter().map(|&byte| length(byte))));
    let in_pieces = entries(Lines::new(source), &list, &mut defaults);
    assert_eq!(at_once.len(), in_pieces.len());
    for (one, other) in at_once.iter().zip(&in_pieces) {
        same(one, other);
    }

    for (parsed, (number, text)) in at_once.into_iter().zip(asking) {
        if text.len() <= LONGEST_LINE {
            quoted(&parsed, number, text, &mut defaults);
        }
        match parsed {
            ParsedLine::Job(job) => {
                printed::host(&job.target);
                as_on_a_command_line(&job, text);
            }
            ParsedLine::Refused(record) => {
                let error = error(&record).clone();
                let number = format!("line {number}: ");
                assert!(error.message.starts_with(&number), "{error}");
                printed::refused(record.label.clone(), error);
            }
        }
    }
});

/// The lines as parsed, over the command line `-f-`.
fn entries<R: Read>(mut lines: Lines<R>, list: &[u8], defaults: &mut Defaults) -> Vec<ParsedLine> {
    let mut entries = Vec::new();
    loop {
        while let Some(line) = lines.next_line() {
            entries.extend(parse_line(line, &mut |options| {
                defaults.line_options(options)
            }));
        }
        if !lines.fill().expect("an interruption is no error") {
            break;
        }
    }
    if let Some(line) = lines.last_line() {
        entries.extend(parse_line(line, &mut |options| {
            defaults.line_options(options)
        }));
    }
    assert_eq!(lines.last_line(), None);
    assert_eq!(lines.bytes(), list.len() as u64);
    entries
}

/// The lines that are neither blank nor a comment, and their numbers.
fn asking(list: &[u8]) -> impl Iterator<Item = (u64, &[u8])> {
    let has_mark = list.starts_with("\u{feff}".as_bytes());
    let lines = list.split_inclusive(|&byte| byte == b'\n').enumerate();
    lines
        .map(move |(index, line)| {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let mark = if index == 0 && has_mark { 3 } else { 0 };
            (index as u64 + 1, &line[mark..])
        })
        .filter(|(_, line)| {
            let seen = &line[..line.len().min(LONGEST_LINE)];
            match seen.iter().find(|byte| !matches!(byte, b' ' | b'\t')) {
                Some(b'#') => swallows(seen),
                Some(_) => true,
                None => line.len() > LONGEST_LINE,
            }
        })
}

/// Returns true if a comment has more behind a carriage return than comments.
fn swallows(comment: &[u8]) -> bool {
    let mut pieces = comment.split(|&byte| byte == b'\r').skip(1);
    pieces.any(|piece| {
        let first = piece.iter().find(|byte| !matches!(byte, b' ' | b'\t'));
        first.is_some_and(|&byte| byte != b'#')
    })
}

/// Quotes the words of a line, and reads that.
fn quoted(parsed: &ParsedLine, number: u64, text: &[u8], defaults: &mut Defaults) {
    let mut split = Words::new(text);
    let words: Result<Vec<Cow<'_, [u8]>>, _> = split.by_ref().collect();
    let Ok(words) = words else {
        assert!(matches!(parsed, ParsedLine::Refused(_)));
        return;
    };
    let line = quote(&words);
    let again: Result<Vec<Cow<'_, [u8]>>, _> = Words::new(&line).collect();
    assert_eq!(again.as_ref(), Ok(&words), "{}", line.escape_ascii());
    // Quotes may make it too long, and move what a message gives the place of.
    if line.len() > LONGEST_LINE || text.contains(&0) || swallows(split.comment()) {
        return;
    }
    let line = Line {
        number,
        text: &line,
        is_whole: true,
    };
    let again = parse_line(line, &mut |options| defaults.line_options(options));
    same(parsed, &again.expect("the line asks for a verdict still"));
}

/// A line that [`Words`] splits into these words.
fn quote(words: &[Cow<'_, [u8]>]) -> Vec<u8> {
    let mut line = Vec::new();
    for (index, word) in words.iter().enumerate() {
        if index > 0 {
            line.push(b' ');
        }
        if !word.is_empty() && word.iter().all(|&byte| is_plain(byte)) {
            line.extend(&**word);
            continue;
        }
        line.push(b'\'');
        for &byte in &**word {
            match byte {
                b'\'' => line.extend(br"'\''"),
                _ => line.push(byte),
            }
        }
        line.push(b'\'');
    }
    line
}

/// Returns true if a shell takes the byte as it is.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'%' | b'+' | b',' | b'-' | b'.' | b'/' | b':' | b'=' | b'@' | b'_'
        )
}

fn label(parsed: &ParsedLine) -> &Label {
    match parsed {
        ParsedLine::Job(job) => &job.label,
        ParsedLine::Refused(record) => &record.label,
    }
}

/// The usage error of a line.
fn error(record: &Record) -> &UsageError {
    match &record.event {
        Event::NotChecked { error, .. } => error,
        Event::Checked(_) => panic!("{record:?} was not checked"),
    }
}

fn same(one: &ParsedLine, other: &ParsedLine) {
    assert_eq!(label(one), label(other));
    match (one, other) {
        (ParsedLine::Job(one), ParsedLine::Job(other)) => {
            assert_eq!(one.target, other.target);
            // What was asked before is not made again.
            assert!(
                Arc::ptr_eq(&one.check, &other.check) || shown(&one.check) == shown(&other.check)
            );
        }
        (ParsedLine::Refused(one), ParsedLine::Refused(other)) => {
            assert_eq!(error(one), error(other));
        }
        _ => panic!("{one:?} and {other:?}"),
    }
}

/// Gives the target and the options of a line to a command line.
fn as_on_a_command_line(job: &Job, text: &[u8]) {
    let words = Words::new(text).skip(1);
    let options = words.map(|word| OsString::from_vec(word.expect("a good line").into_owned()));
    let mut args: Vec<OsString> = options.collect();
    if args.iter().any(|word| word == "--") {
        return;
    }
    let target = job.target.as_written();
    let (option, value) = match &job.target {
        Target::Socket(_) => ("-U", target),
        Target::Name { .. } | Target::Address { .. } => ("-H", target),
    };
    args.extend([OsStr::new(option), value].map(OsStr::to_owned));
    args.extend(job.target.port().map(|port| format!("-p{port}").into()));
    let Ok(Command::Check(single)) = cli::parse(args) else {
        panic!("{} is good on a line only", text.escape_ascii());
    };
    assert_eq!(single.target, job.target);
    assert_eq!(single.label.name, job.label.name);
    assert_eq!(shown(&single.check), shown(&job.check));
}

fn shown(check: &Check) -> String {
    format!("{check:?}")
}

fn defaults() -> Defaults {
    match cli::parse(["-f-".into()]) {
        Ok(Command::List(list)) => list.defaults,
        other => panic!("{other:?}"),
    }
}

fn lengthened(list: &[u8]) -> Vec<u8> {
    let mut left = LONG;
    let mut long = Vec::new();
    for &byte in list {
        match byte {
            0xFE if left > 0 => {
                left -= 1;
                long.resize(long.len() + NEARLY, b'x');
            }
            _ => long.push(byte),
        }
    }
    long
}

fn length(byte: u8) -> usize {
    match byte {
        0..128 => usize::from(byte),
        128.. => usize::from(byte - 127) * 600,
    }
}

/// Brings a piece a read.
struct Reads<'b, L>(Pieces<'b, L>);

impl<L: Iterator<Item = usize>> Read for Reads<'_, L> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.up_to(buffer.len()) {
            None => Ok(0),
            Some([]) => Err(ErrorKind::Interrupted.into()),
            Some(piece) => {
                buffer[..piece.len()].copy_from_slice(piece);
                Ok(piece.len())
            }
        }
    }
}
