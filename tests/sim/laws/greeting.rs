//! A peer that greets in lines: it is heard to the end of the last, and hears nothing before.

use crate::rng::{Rng, each_seed};
use crate::run::{Case, Run, Verdict, over, run};
use crate::script::{Act, Script};
use check_tcp::check::Check;
use check_tcp::preset;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(10);

/// Services and greetings that are well at their last byte, and not before.
const GREETINGS: [(&str, &str); 9] = [
    ("SMTP", "220 mx.example\r\n"),
    (
        "SMTP",
        "220-mx.example\r\n220-é, no spam\r\n220 mx.example\r\n",
    ),
    ("SMTP", "220-mx.example\n220\n"),
    ("FTP", "220-Welcome\r\n220-to this\r\n220 server\r\n"),
    (
        "FTP",
        "220-Welcome\r\n\r\nto\r\n 421\r\n4 é\r\n220 servers\r\n",
    ),
    ("FTP", "220\r\n"),
    ("POP", "+OK ready\r\n"),
    ("IMAP", "* OK ready\r\n"),
    ("IMAP", "* preauth ready\n"),
];

/// Greetings that are known not to be well at their last byte, and not before.
const REFUSALS: [(&str, &str); 8] = [
    ("SMTP", "4"),
    ("SMTP", "220-mx.example\r\n4"),
    ("SMTP", "220-mx.example\r\n221"),
    ("FTP", "220-Welcome\r\n421 "),
    ("FTP", "220-Welcome\nto\n530\n"),
    ("FTP", "220-Welcome\r\n421-Too\r\n421 "),
    ("POP", "-"),
    ("IMAP", "* B"),
];

#[test]
fn a_greeting_is_heard_to_its_end_however_it_is_cut() {
    each_seed(60, |seed| {
        for tls in [false, true] {
            for (name, greeting) in GREETINGS {
                let mut rng = Rng::new(seed);
                let (acts, pauses) = in_lines(&mut rng, greeting);
                let script = Script::over(tls, acts).in_weather(seed);
                let run = Case::new(script, service(tls, name)).nudged(seed).run();
                assert_eq!(run.verdict(), Verdict::Match, "{}", run.told());
                assert!(run.elapsed() >= pauses, "{}", run.told());
                assert_eq!(whole(&run), greeting.as_bytes(), "{}", run.told());
                run.heard(&String::from_utf8_lossy(&quit(name)));
                if !tls {
                    said_nothing_before(&run, greeting.len());
                }
            }
        }
    });
}

#[test]
fn a_refusal_is_known_at_the_byte_that_tells_it_however_it_is_cut() {
    each_seed(30, |seed| {
        for tls in [false, true] {
            for (name, refusal) in REFUSALS {
                let mut rng = Rng::new(seed);
                let (acts, _) = in_lines(&mut rng, refusal);
                let script = Script::over(tls, acts).in_weather(seed);
                let run = Case::new(script, service(tls, name)).nudged(seed).run();
                assert_eq!(run.verdict(), Verdict::Mismatch, "{}", run.told());
                assert_eq!(whole(&run), refusal.as_bytes(), "{}", run.told());
                assert!(run.at < TIMEOUT, "{}", run.told());
                if !tls {
                    said_nothing_before(&run, refusal.len());
                }
            }
        }
    });
}

#[test]
fn a_greeting_that_lacks_its_end_is_left_without_a_word() {
    for tls in [false, true] {
        for (name, greeting) in GREETINGS.into_iter().chain(REFUSALS) {
            for end in 1..greeting.len() {
                let acts = vec![Act::Say(greeting.as_bytes()[..end].to_vec())];
                let run = run(Script::over(tls, acts), service(tls, name));
                assert_eq!(run.verdict(), Verdict::Open, "{}", run.told());
                assert_eq!(run.at, TIMEOUT, "{}", run.told());
                run.heard("");
            }
        }
    }
}

#[test]
fn a_greeting_that_is_broken_off_is_no_match() {
    for tls in [false, true] {
        for (name, greeting) in GREETINGS.into_iter().chain(REFUSALS) {
            for end in 0..greeting.len() {
                let said = Act::Say(greeting.as_bytes()[..end].to_vec());
                let run = run(Script::over(tls, vec![said, Act::End]), service(tls, name));
                let verdict = match end {
                    0 => Verdict::Closed,
                    _ => Verdict::Mismatch,
                };
                assert_eq!(run.verdict(), verdict, "{}", run.told());
                assert_eq!(run.at, Duration::ZERO, "{}", run.told());
            }
        }
    }
}

/// A peer that says this in pieces, with pauses between them; and how long these are together.
fn in_lines(rng: &mut Rng, mut text: &str) -> (Vec<Act>, Duration) {
    let (mut acts, mut pauses) = (Vec::new(), Duration::ZERO);
    while !text.is_empty() {
        let longest = *rng.pick(&[1, 4, text.len()]);
        let line = text.find('\n').map_or(text.len(), |end| end + 1);
        let length = match rng.one_in(2) {
            true => line,
            false => 1 + rng.below(longest.min(text.len())),
        };
        let length = (length..).find(|&end| text.is_char_boundary(end));
        let (piece, rest) = text.split_at(length.expect("the end is one"));
        let pause = rng.duration(Duration::from_millis(50));
        pauses += pause;
        acts.extend([Act::Pause(pause), Act::say(piece)]);
        text = rest;
    }
    (acts, pauses)
}

fn service(tls: bool, name: &str) -> Check {
    let preset = preset::find(name).expect("a preset");
    Check {
        expect: Some(preset.pattern().expect("a pattern")),
        quit: quit(name),
        timeout: TIMEOUT,
        ..over(tls, Check::default())
    }
}

fn quit(name: &str) -> Vec<u8> {
    let preset = preset::find(name).expect("a preset");
    preset.quit_bytes(false)
}

/// The reply, which is short.
fn whole(run: &Run) -> &[u8] {
    run.reply().map_or(b"", |reply| reply.kept())
}

/// In the clear: whatever was read of the greeting was read before the first byte was written.
fn said_nothing_before(run: &Run, length: usize) {
    let reads = run.world.log.reads.iter();
    let before = reads.filter(|(written, _)| *written == 0);
    let read: usize = before.map(|(_, read)| read).sum();
    assert_eq!(read, length, "{}", run.told());
}
