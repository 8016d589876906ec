//! The services of `--service`.

/// Defaults of the options for one service.
#[derive(Debug, PartialEq, Eq)]
pub struct Preset {
    /// Its name, in upper case.
    pub name: &'static str,
    /// The port it listens on.
    pub port: u16,
    /// Sent as soon as the connection is established, without escapes.
    pub send: &'static [u8],
    /// Pattern for the whole reply, to the end of its last line.
    pub expect: &'static str,
    /// Sent before the connection is closed, with a line end added.
    pub quit: &'static [u8],
    /// TLS from the first byte.
    pub tls: bool,
}

const CLEAR: bool = false;
const TLS: bool = true;

/// SMTP's greeting, RFC 5321, section 4.2: any number of lines with `220-`, then one with `220` and
/// a blank, or with nothing behind it.
const SMTP_GREETING: &str = r"^(?:220-.*\n)*220(?: .*)?\r?\n";

/// FTP's, RFC 959, section 4.2: behind a line with `220-` any lines, up to one with `220` and a
/// blank. By that section a line of text never begins with three digits and a blank, so one that
/// begins with the code of a refusal (4yz, 5yz) is a refusal and no text.
const FTP_GREETING: &str = concat!(
    r"^220(?:-.*\n",
    r"(?:(?:[^45\n].*|[45](?:[^0-5\n].*|[0-5](?:[^0-9\n].*|[0-9][^ \r\n].*)?)?)?\n)*",
    r"220)?(?: .*)?\r?\n"
);

/// POP's, RFC 1939, section 4.
const POP_GREETING: &str = r"^\+OK.*\n";

/// IMAP's, RFC 9051, section 7.1: `PREAUTH` is as good as `OK`, and letters count in any case.
const IMAP_GREETING: &str = r"(?i)^\* (?:OK|PREAUTH).*\n";

/// All presets.
pub static PRESETS: &[Preset] = &[
    greeter("FTP", 21, CLEAR, FTP_GREETING, b"QUIT"),
    greeter("POP", 110, CLEAR, POP_GREETING, b"QUIT"),
    greeter("SPOP", 995, TLS, POP_GREETING, b"QUIT"),
    greeter("IMAP", 143, CLEAR, IMAP_GREETING, b"a1 LOGOUT"),
    greeter("SIMAP", 993, TLS, IMAP_GREETING, b"a1 LOGOUT"),
    greeter("SMTP", 25, CLEAR, SMTP_GREETING, b"QUIT"),
    greeter("SSMTP", 465, TLS, SMTP_GREETING, b"QUIT"),
    Preset {
        name: "GEARMAN",
        port: 7003,
        send: b"version\n",
        // `OK 1.1.20+ds` as distributions ship it, and the bare number of older servers.
        expect: r"\A(?:OK )?[0-9]+(?:\.[0-9]+)+\S*\n\z",
        quit: b"",
        tls: false,
    },
];

/// Finds a preset by name, in any case.
pub fn find(name: &str) -> Option<&'static Preset> {
    let name = name.to_uppercase();
    PRESETS.iter().find(|preset| preset.name == name)
}

/// Returns the preset of a service that sends a greeting.
const fn greeter(
    name: &'static str,
    port: u16,
    tls: bool,
    expect: &'static str,
    quit: &'static [u8],
) -> Preset {
    Preset {
        name,
        port,
        send: b"",
        expect,
        quit,
        tls,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::expect::{Cache, Decision, Pattern};

    #[test]
    fn a_preset_is_found_in_any_case() {
        for name in ["SMTP", "smtp", "sMtP"] {
            assert_eq!(find(name).map(|preset| preset.port), Some(25), "{name}");
        }
        for name in ["", "TCP", "SMTP ", "SMT", "SMTPS"] {
            assert_eq!(find(name), None, "{name}");
        }
    }

    #[test]
    fn presets_under_tls_have_the_ports_of_tls() {
        let ports: Vec<_> = PRESETS
            .iter()
            .filter(|p| p.tls)
            .map(|p| (p.name, p.port))
            .collect();
        assert_eq!(ports, [("SPOP", 995), ("SIMAP", 993), ("SSMTP", 465)]);
    }

    /// Greetings, and what is known at their last byte. Before it nothing is: what a greeting
    /// lacks is at its end.
    const GREETINGS: &[(&str, &[u8], Decision)] = &[
        ("SMTP", b"220 mx ESMTP\r\n", Decision::Matched),
        ("SMTP", b"220 mx ESMTP\n", Decision::Matched),
        ("SMTP", b"220\r\n", Decision::Matched),
        ("SMTP", b"220\n", Decision::Matched),
        ("SMTP", b"220 \r\n", Decision::Matched),
        (
            "SMTP",
            b"220-mx\r\n220-no spam\r\n220-\r\n220 mx\r\n",
            Decision::Matched,
        ),
        ("SMTP", b"220-mx\n220\n", Decision::Matched),
        (
            "SMTP",
            b"220-\xFF\xC3\xA9\0\r\n220 \xE2\x82\r\n",
            Decision::Matched,
        ),
        ("SMTP", b"220-mx\r220 mx\r\n", Decision::Open),
        ("SMTP", b"220-mx ESMTP\r\n", Decision::Open),
        ("SMTP", b"220-mx ESMTP\r\n220 mx", Decision::Open),
        ("SMTP", b"4", Decision::Never),
        ("SMTP", b"221", Decision::Never),
        ("SMTP", b"2200", Decision::Never),
        ("SMTP", b"220-mx\r\n4", Decision::Never),
        ("SMTP", b"220-mx\r\n5", Decision::Never),
        ("SMTP", b"220-mx\r\n ", Decision::Never),
        ("SMTP", b"220-mx\r\n\r", Decision::Never),
        ("SMTP", b"220-mx\r\n221", Decision::Never),
        ("FTP", b"220 (vsFTPd 3.0.3)\r\n", Decision::Matched),
        ("FTP", b"220\r\n", Decision::Matched),
        (
            "FTP",
            b"220-Welcome\r\n220-to this\r\n220 server\r\n",
            Decision::Matched,
        ),
        (
            "FTP",
            b"220-Welcome\n\nto this\n  server\n220 ready\n",
            Decision::Matched,
        ),
        (
            "FTP",
            b"220-421 a day\r\n 421 too\r\n220 ready\r\n",
            Decision::Matched,
        ),
        (
            "FTP",
            b"220-\r\n4\r\n42\r\n4x\r\n42x\r\n421x\r\n220 ready\r\n",
            Decision::Matched,
        ),
        ("FTP", b"220-\n4\n42\n5\n50\n55x\n220\n", Decision::Matched),
        (
            "FTP",
            b"220-\r\n2\r\n22\r\n220x\r\n2204\r\n220\tx\r\n220\r\n",
            Decision::Matched,
        ),
        (
            "FTP",
            b"220-\r\n421-days\r\n4210 users\r\n460 more\r\n220 a\r\n",
            Decision::Matched,
        ),
        (
            "FTP",
            b"220-\r\n120 a\r\n331 b\r\n230 c\r\n220 d\r\n",
            Decision::Matched,
        ),
        (
            "FTP",
            b"220-\xC3\xA9\r\n\xC3\xA9\xFF\r\n4\xC3\xA9\r\n220 \xFF\r\n",
            Decision::Matched,
        ),
        ("FTP", b"220-Welcome\r\n", Decision::Open),
        ("FTP", b"220-Welcome\r\n220-ready\r\n", Decision::Open),
        ("FTP", b"220-Welcome\r\n220 ready", Decision::Open),
        ("FTP", b"220-Welcome\r\n421-Too many\r\n", Decision::Open),
        ("FTP", b"4", Decision::Never),
        ("FTP", b"1", Decision::Never),
        ("FTP", b"2200", Decision::Never),
        ("FTP", b"220-Welcome\r\n421 ", Decision::Never),
        ("FTP", b"220-Welcome\r\n421\r", Decision::Never),
        ("FTP", b"220-Welcome\n421\n", Decision::Never),
        ("FTP", b"220-Welcome\n\n4\n530 ", Decision::Never),
        ("FTP", b"220-Welcome\r\nto this\r\n500 ", Decision::Never),
        (
            "FTP",
            b"220-Welcome\r\n421-Too many\r\n421 ",
            Decision::Never,
        ),
        ("POP", b"+OK POP3 ready <1@mx>\r\n", Decision::Matched),
        ("POP", b"+OK\r\n", Decision::Matched),
        ("POP", b"+OK\n", Decision::Matched),
        ("POP", b"+OK POP3 ready\r", Decision::Open),
        ("POP", b"-", Decision::Never),
        (
            "IMAP",
            b"* OK [CAPABILITY IMAP4rev1] ready\r\n",
            Decision::Matched,
        ),
        ("IMAP", b"* ok ready\n", Decision::Matched),
        ("IMAP", b"* OK\r\n", Decision::Matched),
        (
            "IMAP",
            b"* PREAUTH IMAP4rev1 as root\r\n",
            Decision::Matched,
        ),
        ("IMAP", b"* PreAuth hello\r\n", Decision::Matched),
        ("IMAP", b"* OK ready", Decision::Open),
        ("IMAP", b"* B", Decision::Never),
        ("IMAP", b"* b", Decision::Never),
        ("IMAP", b"* N", Decision::Never),
        ("IMAP", b"a", Decision::Never),
    ];

    #[test]
    fn a_greeting_is_decided_at_its_end_however_it_is_cut() {
        let mut cache = Cache::default();
        for &(name, greeting, decision) in GREETINGS {
            let preset = find(name).expect(name);
            let pattern = Pattern::new(preset.expect).expect(name);
            let shown = greeting.escape_ascii();
            for cut in 0..greeting.len() {
                let (first, second) = greeting.split_at(cut);
                let mut matcher = pattern.matcher();
                let open = matcher.feed(&pattern, &mut cache, first);
                assert_eq!(open, Decision::Open, "{name}: {cut} bytes of {shown}");
                let known = matcher.feed(&pattern, &mut cache, second);
                assert_eq!(known, decision, "{name}: {shown} cut at {cut}");
            }
            let mut matcher = pattern.matcher();
            let mut known = Decision::Open;
            for byte in greeting {
                known = matcher.feed(&pattern, &mut cache, &[*byte]);
            }
            assert_eq!(known, decision, "{name}: {shown} byte by byte");
        }
    }

    #[test]
    fn a_preset_looks_at_the_beginning_and_not_ahead() {
        for preset in PRESETS.iter().filter(|preset| preset.send.is_empty()) {
            let pattern = Pattern::new(preset.expect).expect(preset.name);
            assert!(pattern.is_anchored(), "{}", preset.name);
            assert!(!pattern.looks_ahead(), "{}", preset.name);
        }
    }
}
