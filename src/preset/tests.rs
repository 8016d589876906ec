use super::*;
use crate::expect::{Cache, Decision};

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
    assert_eq!(
        ports,
        [
            ("SPOP", 995),
            ("SIMAP", 993),
            ("SSMTP", 465),
            ("SUBMISSIONS", 465),
            ("NNTPS", 563)
        ]
    );
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
    (
        "NNTP",
        b"200 news ready, posting allowed\r\n",
        Decision::Matched,
    ),
    ("NNTP", b"201 news ready, no posting\r\n", Decision::Matched),
    ("NNTP", b"200\r\n", Decision::Matched),
    ("NNTP", b"200 news", Decision::Open),
    ("NNTP", b"4", Decision::Never),
    ("NNTP", b"202", Decision::Never),
    ("NNTP", b"5", Decision::Never),
    (
        "JABBER",
        b"<?xml version='1.0'?><stream:stream xmlns='jabber:client' id='1'>",
        Decision::Matched,
    ),
    (
        "JABBER",
        b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<stream:stream from='a'>",
        Decision::Matched,
    ),
    (
        "JABBER",
        b"<?xml version='1.0'?><stream:stream id='1'",
        Decision::Open,
    ),
    (
        "JABBER",
        b"<?xml version='1.0'?><stream:stream id='1' version='1.0'>",
        Decision::Matched,
    ),
    (
        "JABBER",
        b"<?xml version='1.0'?><stream:stream xmlns='jabber:client'>",
        Decision::Matched,
    ),
    (
        "JABBER",
        b"<?xml version='1.0'?><stream:stream to='a' id='1'>",
        Decision::Matched,
    ),
    (
        // What the check has sent, by a server that echoes.
        "JABBER",
        b"<?xml version='1.0'?><stream:stream to='localhost' version='1.0' xmlns='jabber:client'>",
        Decision::Never,
    ),
    ("JABBER", b"<?xml version='2", Decision::Never),
    ("JABBER", b"H", Decision::Never),
    ("SUBMISSION", b"220 mx ESMTP\r\n", Decision::Matched),
    ("LMTP", b"220 mx LMTP\r\n", Decision::Matched),
    (
        "SIEVE",
        b"\"IMPLEMENTATION\" \"Dovecot Pigeonhole\"\r\n\"SASL\" \"PLAIN\"\r\nOK \"ready.\"\r\n",
        Decision::Matched,
    ),
    ("SIEVE", b"\"SASL\" \"PLAIN\"\r\nOK", Decision::Open),
    ("SIEVE", b"\"SASL\" \"PLAIN\"\r\nN", Decision::Never),
    ("SIEVE", b"B", Decision::Never),
    ("SSH", b"SSH-2.0-OpenSSH_9.2p1\r\n", Decision::Matched),
    ("SSH", b"SSH-1.99-x\n", Decision::Matched),
    ("SSH", b"E", Decision::Never),
    ("SSH", b"SSH-2.0-OpenSSH_9.2p1", Decision::Open),
    ("SSH", b"SSH-1.5", Decision::Never),
    (
        "NATS",
        b"INFO {\"server_id\":\"a\"} \r\n",
        Decision::Matched,
    ),
    ("NATS", b"-", Decision::Never),
    ("RSYNC", b"@RSYNCD: 31.0 sha512 md5\n", Decision::Matched),
    ("RSYNC", b"@E", Decision::Never),
    (
        "IRC",
        b":irc.local CAP * LS :multi-prefix\r\n",
        Decision::Matched,
    ),
    (
        "IRC",
        b":irc NOTICE AUTH :*** Looking up\r\nNOTICE * :x\r\n:irc CAP * LS :\r\n",
        Decision::Matched,
    ),
    ("IRC", b"CAP * LS :a\r\n", Decision::Matched),
    (
        "IRC",
        b":irc NOTICE * :*** Looking up\r\n:irc 451 * VERSION :You have not registered.\r\n",
        Decision::Matched,
    ),
    (
        "IRC",
        b":irc 421 * CAP :Unknown command\r\n",
        Decision::Matched,
    ),
    (
        "IRC",
        b":irc NOTICE * :*** Looking up\r\nE",
        Decision::Never,
    ),
    ("IRC", b":irc 46", Decision::Never),
    ("IRC", b"E", Decision::Never),
    ("REDIS", b"+PONG\r\n", Decision::Matched),
    (
        "REDIS",
        b"-NOAUTH Authentication required.\r\n",
        Decision::Matched,
    ),
    ("REDIS", b"-L", Decision::Never),
    ("REDIS", b"-D", Decision::Never),
    ("MEMCACHED", b"VERSION 1.6.18\r\n", Decision::Matched),
    ("MEMCACHED", b"E", Decision::Never),
    (
        "ZOOKEEPER",
        b"Zookeeper version: 3.8.0\nLatency: 0\nMode: standalone\nNode count: 5\n",
        Decision::Matched,
    ),
    (
        "ZOOKEEPER",
        b"Zookeeper version: 3.8.0\nMode: standalone\n",
        Decision::Open,
    ),
    ("ZOOKEEPER", b"T", Decision::Never),
    ("POSTGRES", b"S", Decision::Matched),
    ("POSTGRES", b"N", Decision::Matched),
    ("POSTGRES", b"E", Decision::Never),
    (
        "MYSQL",
        b"\x64\0\0\0\x0a5.5.5-10.11-MariaDB\0\x03\0\0\0abcdefgh\0\xfe\xf7\x08\x02\0\xff\x81\x15\
          \0\0\0\0\0\0\x1d\0\0\0abcdefghijkl\0mysql_native_password\0",
        Decision::Matched,
    ),
    (
        "MYSQL",
        b"\x64\0\0\0\x0a8.0\0\x03\0\0\0abcdefgh\0\xff\xff\xff\x02\0\xff\xdf\x15\
          \0\0\0\0\0\0\0\0\0\0abcdefghijkl\0caching_sha2_password",
        Decision::Open,
    ),
    (
        "MYSQL",
        b"\x36\0\0\0\x0a5.1\0\x03\0\0\0abcdefgh\0\xff\xf7\x08\x02\0\0\0\0\
          \0\0\0\0\0\0\0\0\0\0abcdefghijkl\0",
        Decision::Matched,
    ),
    ("MYSQL", b"\x4a\0\0\0\x0a8", Decision::Open),
    ("MYSQL", b"\x45\0\0\0\xff", Decision::Never),
    ("MYSQL", b"\x45\0\0\x01", Decision::Never),
    (
        "LDAP",
        b"0\x0c\x02\x01\x01a\x07\x0a\x01\0",
        Decision::Matched,
    ),
    (
        "LDAP",
        b"0\x84\0\0\0\x10\x02\x01\x01a\x84\0\0\0\x07\x0a\x01\0",
        Decision::Matched,
    ),
    (
        "LDAP",
        b"0\x0c\x02\x01\x01a\x07\x0a\x01\x31",
        Decision::Never,
    ),
    ("LDAP", b"H", Decision::Never),
    ("MQTT", b"\x20\x02\0\0", Decision::Matched),
    ("MQTT", b"\x20\x02\0\x05", Decision::Never),
    (
        "AMQP",
        b"\x01\0\0\0\0\x01\xf3\0\x0a\0\x0a\0\x09\0\0\x01\xce..\0\0\0\x05PLAIN\0\0\0\x05en_US\xce",
        Decision::Matched,
    ),
    (
        "AMQP",
        b"\x01\0\0\0\0\x01\xf3\0\x0a\0\x0a\0\x09\0\0\x01\xce",
        Decision::Open,
    ),
    ("AMQP", b"A", Decision::Never),
    ("CLAMD", b"PONG\n", Decision::Matched),
    ("CLAMD", b"PONG", Decision::Open),
    ("CLAMD", b"U", Decision::Never),
];

#[test]
fn a_greeting_is_decided_at_its_end_however_it_is_cut() {
    let mut cache = Cache::default();
    for &(name, greeting, decision) in GREETINGS {
        let preset = find(name).expect(name);
        let pattern = preset.pattern().expect(name);
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
    // GEARMAN's has always looked for the end of the reply, and POSTGRES' answer is a single byte.
    let known = ["GEARMAN", "POSTGRES"];
    for preset in PRESETS
        .iter()
        .filter(|preset| !known.contains(&preset.name))
    {
        let pattern = preset.pattern().expect(preset.name);
        assert!(pattern.is_anchored(), "{}", preset.name);
        assert!(!pattern.looks_ahead(), "{}", preset.name);
    }
}
