use super::*;
use crate::dialogue::FrameDecision;
use crate::expect::{Cache, Decision};

/// The expectations of a protocol, by what they answer.
fn expectations(name: &str) -> Vec<Expectation> {
    let protocol = find(name).expect("a protocol");
    let steps = protocol.steps("probe.example").expect("patterns");
    assert!(matches!(steps.last(), Some(Step::StartTls)), "{name}");
    let expectations = steps.into_iter().filter_map(|step| match step {
        Step::Expect(expectation) => Some(expectation),
        _ => None,
    });
    expectations.collect()
}

/// The decision on a reply that comes byte by byte, and the number of bytes that it took.
fn decide(condition: &Condition, reply: &[u8]) -> (Decision, usize) {
    match condition {
        Condition::Pattern(pattern) => {
            let (mut matcher, mut cache) = (pattern.matcher(), Cache::default());
            for (at, byte) in reply.iter().enumerate() {
                let decision = matcher.feed(pattern, &mut cache, &[*byte]);
                if decision != Decision::Open {
                    return (decision, at + 1);
                }
            }
        }
        Condition::Bytes(bytes) => {
            let at = bytes.iter().zip(reply).position(|(a, b)| a != b);
            return match at {
                Some(at) => (Decision::Never, at + 1),
                None if reply.len() >= bytes.len() => (Decision::Matched, bytes.len()),
                None => (Decision::Open, reply.len()),
            };
        }
        Condition::Frame(frame) => {
            for end in 1..=reply.len() {
                match frame.decide(&reply[..end]) {
                    FrameDecision::Agrees(_) => return (Decision::Matched, end),
                    FrameDecision::Refuses => return (Decision::Never, end),
                    FrameDecision::Open => {}
                }
            }
        }
    }
    (Decision::Open, reply.len())
}

#[test]
fn names_are_found_in_any_case_and_no_two_are_the_same() {
    for protocol in PROTOCOLS {
        let found = find(&protocol.name.to_uppercase()).expect(protocol.name);
        assert_eq!((found.name, found.port), (protocol.name, protocol.port));
    }
    assert!(find("").is_none() && find("smtps").is_none());
}

#[test]
fn what_agrees_is_read_to_its_end() {
    let header = "<?xml version='1.0'?><stream:stream id='1' from='a' version='1.0' xmlns='x'>";
    let features = |inside: &str| format!("{header}<stream:features>{inside}</stream:features>");
    let starttls = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'>";
    for (name, index, reply) in [
        ("smtp", 0, "220 mx ESMTP\r\n"),
        ("smtp", 0, "220-mx\r\n220 ESMTP\r\n"),
        (
            "smtp",
            1,
            "250-mx\r\n250-PIPELINING\r\n250-STARTTLS\r\n250 HELP\r\n",
        ),
        ("smtp", 1, "250-mx\r\n250 STARTTLS\r\n"),
        (
            "smtp",
            1,
            "250-mx\r\n250-starttls \r\n250-SIZE\r\n250 8BITMIME\r\n",
        ),
        ("smtp", 1, "250-mx\n250-STARTTLS\n250\n"),
        ("ftp", 1, "234-go\r\n on\r\n234 ok\r\n"),
        (
            "irc",
            0,
            "PING :x\r\n:irc 020 * :wait\r\n:irc 670 * :go\r\n",
        ),
        ("imap", 1, "* \r\n* B\r\n* BAD x\r\na0 OK\r\n"),
        ("smtp", 2, "220 2.0.0 Ready to start TLS\r\n"),
        ("smtp", 2, "220-2.0.0 Ready\r\n220 go\r\n"),
        ("lmtp", 1, "250-mx\r\n250-STARTTLS\r\n250 SMTPUTF8\r\n"),
        ("imap", 0, "* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n"),
        ("imap", 1, "a0 OK Begin TLS negotiation now.\r\n"),
        ("imap", 1, "* CAPABILITY IMAP4\r\n* 1 x\r\nA0 ok\r\n"),
        ("pop3", 1, "+OK Begin TLS negotiation now.\r\n"),
        ("ftp", 0, "220-Welcome\r\nto this\r\n220 server\r\n"),
        ("ftp", 1, "234 Proceed with negotiation.\r\n"),
        ("nntp", 0, "201 no posting\r\n"),
        ("nntp", 1, "382 Continue with TLS negotiation\r\n"),
        (
            "sieve",
            0,
            "\"SIEVE\" \"fileinto\"\r\n\"STARTTLS\"\r\nOK \"ready\"\r\n",
        ),
        ("sieve", 1, "OK \"Begin TLS negotiation now.\"\r\n"),
        (
            "xmpp",
            0,
            &features(&format!("{starttls}<required/></starttls>")),
        ),
        ("xmpp", 0, &features("<starttls/>")),
        (
            "xmpp",
            0,
            &features(&format!(
                "<mechanisms a='/'><mechanism>S</mechanism></mechanisms><sub/><stx/>\
                 {starttls}</starttls><ver/>"
            )),
        ),
        (
            "xmpp",
            1,
            "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
        ),
        ("xmpp-server", 1, "<proceed xmlns='urn:x'></proceed>"),
        ("irc", 0, ":irc.example 670 * :STARTTLS successful\r\n"),
        (
            "irc",
            0,
            ":irc.example NOTICE * :*** Looking up\r\n:irc 670 x :go\r\n",
        ),
        ("postgres", 0, "S"),
    ] {
        let expectations = expectations(name);
        let (decision, end) = decide(&expectations[index].condition, reply.as_bytes());
        let wanted = (Decision::Matched, reply.len());
        assert_eq!((decision, end), wanted, "{name}: {reply:?}");
        let more = [reply, "more\r\n"].concat();
        let (decision, end) = decide(&expectations[index].condition, more.as_bytes());
        assert_eq!((decision, end), wanted, "{name}: {more:?}");
    }
}

#[test]
fn what_does_not_agree_is_refused_at_once() {
    let header = "<stream:stream id='1' from='a' version='1.0'>";
    for (name, index, reply) in [
        ("smtp", 0, "554 no\r\n"),
        ("smtp", 1, "250-mx\r\n250 HELP\r\n"),
        ("smtp", 1, "250 mx STARTTLS\r\n"),
        // The name of the server, which stands first.
        ("smtp", 1, "250-STARTTLS\r\n250 SIZE\r\n"),
        ("imap", 1, "* x\r\n* BYE no\r\n"),
        ("xmpp", 0, &format!("{header}<stream:features />x")),
        (
            "xmpp",
            0,
            &format!("{header}<stream:features xmlns:stream='x'/>x"),
        ),
        (
            "smtp",
            1,
            "250-mx\r\n250-STARTTLSX\r\n250-XSTARTTLS\r\n250 x STARTTLS\r\n",
        ),
        ("smtp", 1, "250-STARTTLS\r\n502 no\r\n"),
        ("smtp", 1, "502 5.5.2 what?\r\n"),
        ("smtp", 2, "454 4.7.0 TLS not available\r\n"),
        ("lmtp", 1, "250-mx\r\n250 SMTPUTF8\r\n"),
        ("imap", 0, "* PREAUTH ready\r\n"),
        ("imap", 0, "* BYE\r\n"),
        ("imap", 1, "a0 BAD no\r\n"),
        ("imap", 1, "a0 NO\r\n"),
        ("imap", 1, "* OK\r\na1 OK\r\n"),
        ("pop3", 1, "-ERR no\r\n"),
        ("ftp", 1, "530 Please login\r\n"),
        ("nntp", 0, "400 no\r\n"),
        ("nntp", 1, "580 no\r\n"),
        ("sieve", 1, "NO \"no\"\r\n"),
        ("sieve", 1, "BYE\r\n"),
        ("xmpp", 0, &format!("{header}<stream:features/>x")),
        (
            "xmpp",
            0,
            &format!("{header}<stream:features><bind/></stream:features>"),
        ),
        (
            "xmpp",
            0,
            &format!("{header}<stream:features><starttlsx/></stream:features>"),
        ),
        (
            "xmpp",
            0,
            &format!("{header}<stream:error><host-unknown/></stream:error>"),
        ),
        ("xmpp", 1, "<failure xmlns='urn:x'/>"),
        ("irc", 0, ":irc.example 691 x :STARTTLS failed\r\n"),
        ("irc", 0, ":irc.example 421 * STARTTLS :Unknown command\r\n"),
        (
            "ldap",
            0,
            "0\x0c\x02\x01\x01\x78\x07\x0a\x01\x02\x04\0\x04\0",
        ),
        ("postgres", 0, "N"),
        ("postgres", 0, "E\0\0\0"),
        ("mysql", 0, "\x17\0\0\0\u{7f}"),
    ] {
        let expectations = expectations(name);
        let (decision, _) = decide(&expectations[index].condition, reply.as_bytes());
        assert_eq!(decision, Decision::Never, "{name}: {reply:?}");
    }
}
