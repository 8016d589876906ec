//! What servers say on the way to TLS, by each protocol of `--starttls`.
//!
//! Input: a byte that chooses one of the expectations of all protocols, a byte for the cuts, and what
//! the server says. The laws are:
//!
//! * nothing panics;
//! * the decision falls at the same byte however the bytes are cut, and none behind it changes it;
//! * what agrees also agrees for a reader of its own, which knows the protocol and no pattern: a
//!   server that said no is never taken for one that said yes.
#![no_main]

use check_tcp::dialogue::{Condition, Frame, FrameDecision, Step};
use check_tcp::expect::{Cache, Decision};
use check_tcp::starttls::PROTOCOLS;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use x509_parser::asn1_rs::{Class, FromDer, Header, Tag};

/// An expectation: its protocol, what it answers, and the condition.
struct Expected {
    protocol: &'static str,
    asked: &'static str,
    condition: Condition,
}

static EXPECTED: LazyLock<Vec<Expected>> = LazyLock::new(|| {
    let mut all = Vec::new();
    for protocol in PROTOCOLS {
        let steps = protocol.steps("probe.example").expect("patterns");
        for step in steps {
            if let Step::Expect(expectation) = step {
                all.push(Expected {
                    protocol: protocol.name,
                    asked: expectation.negotiates.expect("it negotiates"),
                    condition: expectation.condition,
                });
            }
        }
    }
    all
});

fuzz_target!(|input: (u8, u8, &[u8])| {
    let (which, cut, said) = input;
    let expected = &EXPECTED[usize::from(which) % EXPECTED.len()];
    let (decision, taken) = decide(&expected.condition, said, 1);
    let (cut_decision, cut_taken) = decide(&expected.condition, said, usize::from(cut).max(1));
    assert_eq!(decision, cut_decision);
    assert!(taken <= cut_taken && cut_taken <= said.len());
    if decision != Decision::Matched {
        return;
    }
    let agreed = &said[..taken];
    assert!(
        agrees(expected, agreed),
        "{} {:?}: {}",
        expected.protocol,
        expected.asked,
        agreed.escape_ascii()
    );
    // No byte less is enough, and no byte more changes it.
    let (before, _) = decide(&expected.condition, &said[..taken - 1], 1);
    assert_eq!(before, Decision::Open);
});

/// The decision on bytes that come in pieces of so many, and the number of bytes that had come by
/// then.
fn decide(condition: &Condition, said: &[u8], piece: usize) -> (Decision, usize) {
    let mut cache = Cache::default();
    let mut matcher = match condition {
        Condition::Pattern(pattern) => Some((pattern, pattern.matcher())),
        _ => None,
    };
    let mut taken = 0;
    for bytes in said.chunks(piece) {
        taken += bytes.len();
        let whole = &said[..taken];
        let decision = match (condition, &mut matcher) {
            (_, Some((pattern, matcher))) => matcher.feed(pattern, &mut cache, bytes),
            (Condition::Frame(frame), _) => match frame.decide(&whole[..taken.min(1024)]) {
                FrameDecision::Agrees(end) => {
                    assert!(end <= taken, "an end beyond what was given");
                    Decision::Matched
                }
                FrameDecision::Refuses => Decision::Never,
                FrameDecision::Open => Decision::Open,
            },
            (Condition::Bytes(expected), _) if whole.starts_with(expected) => Decision::Matched,
            (Condition::Bytes(expected), _) if expected.starts_with(whole) => Decision::Open,
            _ => Decision::Never,
        };
        if decision != Decision::Open {
            return (decision, taken);
        }
    }
    (Decision::Open, taken)
}

/// Reads an agreement without a pattern.
fn agrees(expected: &Expected, said: &[u8]) -> bool {
    match &expected.condition {
        Condition::Frame(Frame::Ldap) => ldap(said).is_some(),
        Condition::Frame(Frame::MySql) => mysql(said) == Some(true),
        Condition::Bytes(_) => said == b"S",
        Condition::Pattern(_) => {
            let text = String::from_utf8_lossy(said);
            match (expected.protocol, expected.asked) {
                ("xmpp" | "xmpp-server", "<starttls/>") => {
                    text.trim_start().starts_with("<proceed") && text.ends_with('>')
                }
                ("xmpp" | "xmpp-server", _) => {
                    let features = text.find("<stream:features").unwrap_or(text.len());
                    let starttls = text[features..].find("<starttls");
                    let end = text[features..].rfind("</stream:features>");
                    starttls.is_some() && starttls < end
                }
                (protocol, asked) => lines(protocol, asked, &text),
            }
        }
    }
}

/// Reads an agreement in lines: the last has the code of one, and those before it are of a form that
/// is no refusal.
fn lines(protocol: &str, asked: &str, text: &str) -> bool {
    let lines: Vec<&str> = text.lines().collect();
    let Some((last, before)) = lines.split_last() else {
        return false;
    };
    let is_coded = |line: &str, codes: &[&str]| {
        let rest = codes.iter().find_map(|code| line.strip_prefix(code));
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    let all_continue = |code: &str| before.iter().all(|line| line.starts_with(code));
    let upper = last.to_ascii_uppercase();
    let ends = text.ends_with('\n');
    ends && match (protocol, asked) {
        ("smtp" | "lmtp", "EHLO" | "LHLO") => {
            let keyword = |line: &&str| line.get(4..).unwrap_or_default().trim().to_uppercase();
            // The name of the server stands first.
            let offers = lines.iter().skip(1).any(|line| keyword(line) == "STARTTLS");
            is_coded(last, &["250"]) && all_continue("250-") && offers
        }
        ("smtp" | "lmtp", _) => is_coded(last, &["220"]) && all_continue("220-"),
        ("ftp", "") => is_coded(last, &["220"]),
        ("ftp", _) => is_coded(last, &["234"]),
        ("imap", "") => before.is_empty() && is_coded(&upper, &["* OK"]),
        ("imap", _) => is_coded(&upper, &["A0 OK"]) && all_continue("* "),
        ("pop3", _) => before.is_empty() && last.starts_with("+OK"),
        ("nntp", "") => before.is_empty() && is_coded(last, &["200", "201"]),
        ("nntp", _) => before.is_empty() && is_coded(last, &["382"]),
        ("sieve", "") => is_coded(&upper, &["OK"]) && all_continue("\""),
        ("sieve", _) => before.is_empty() && is_coded(&upper, &["OK"]),
        ("irc", _) => last.split(' ').take(2).any(|word| word == "670"),
        _ => false,
    }
}

/// The extended response with the result `success` in message 1, by another reader of BER.
fn ldap(said: &[u8]) -> Option<()> {
    let (message, header) = Header::from_der(said).ok()?;
    let whole = header.length().definite() == Ok(message.len());
    let (rest, number) = Header::from_der(message).ok()?;
    let (response, response_header) = Header::from_der(rest.get(1..)?).ok()?;
    let (code, code_header) = Header::from_der(response).ok()?;
    let is_agreement = header.tag() == Tag::Sequence
        && number.tag() == Tag::Integer
        && rest.first() == Some(&1)
        && response_header.class() == Class::Application
        && response_header.tag() == Tag(24)
        && code_header.tag() == Tag::Enumerated
        && code.first() == Some(&0);
    (whole && is_agreement).then_some(())
}

/// Whether a greeting has CLIENT_SSL among its capabilities.
fn mysql(said: &[u8]) -> Option<bool> {
    let (head, payload) = said.split_at_checked(4)?;
    let length = u32::from_le_bytes([head[0], head[1], head[2], 0]);
    let version = payload.strip_prefix(&[10])?;
    let rest = &version[version.iter().position(|&byte| byte == 0)? + 1..];
    let capabilities = u16::from_le_bytes([*rest.get(13)?, *rest.get(14)?]);
    Some(length as usize == payload.len() && capabilities & 0x800 != 0 && head[3] == 0)
}
