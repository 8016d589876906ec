//! The protocols of `--starttls`: the steps from the clear to TLS.

use crate::dialogue::{Condition, Expectation, Frame, Part, Step, Template};
use crate::expect::{Pattern, PatternError};
use crate::preset::{
    FTP_GREETING, NNTP_GREETING, POP_GREETING, SIEVE_GREETING, SMTP_GREETING as SMTP_220,
};

/// A protocol that begins in the clear and goes on under TLS.
#[derive(Debug)]
pub struct Protocol {
    /// Its name, as `--starttls` takes it.
    pub name: &'static str,
    /// The port it listens on.
    pub port: u16,
    rows: &'static [Row],
}

/// A step before TLS.
#[derive(Debug)]
enum Row {
    /// Sends a text.
    Send(&'static str),
    /// Sends a text with the name of this machine in the place of `{}`.
    SendLocalName(&'static str),
    /// Sends a text with the name that the certificate is verified for in the place of `{}`.
    SendPeerName(&'static str),
    /// Sends bytes.
    SendBytes(&'static [u8]),
    /// Expects a pattern of the answer to a command, or of the greeting if that is empty.
    Expect(&'static str, &'static str),
    /// Expects bytes.
    ExpectBytes(&'static str, &'static [u8]),
    /// Expects a message.
    ExpectFrame(&'static str, Frame),
}

use Row::{Expect, ExpectBytes, ExpectFrame, Send, SendBytes, SendLocalName, SendPeerName};

/// The answer to EHLO, RFC 5321, section 4.1.1.1: a line with the server's name and any number of
/// others, STARTTLS in one of them.
const EHLO_STARTTLS: &str = concat!(
    r"(?i)^250-.*\n(?:250-.*\n)*?(?:250-STARTTLS[ \t]*\r?\n(?:250-.*\n)*250(?: .*)?|250 STARTTLS[ \t]*)",
    r"\r?\n"
);

/// As FTP's greeting, with any text between its lines.
const FTP_234: &str = concat!(
    r"^234(?:-.*\n",
    r"(?:(?:[^45\n].*|[45](?:[^0-5\n].*|[0-5](?:[^0-9\n].*|[0-9][^ \r\n].*)?)?)?\n)*",
    r"234)?(?: .*)?\r?\n"
);

/// IMAP's greeting without PREAUTH, under which STARTTLS is not allowed (RFC 9051, section 7.1.4).
const IMAP_OK: &str = r"(?i)^\* OK(?: .*)?\r?\n";

/// Untagged lines but BYE, then a tagged OK.
const IMAP_TAGGED_OK: &str =
    r"(?i)^(?:\* (?:[^b\n].*|b(?:[^y\n].*|y(?:[^e\n].*)?)?)?\n)*a0 OK(?: .*)?\r?\n";

const NNTP_382: &str = r"^382(?: .*)?\r?\n";

const SIEVE_OK: &str = r"(?i)^OK(?: .*)?\r?\n";

/// The header of a stream and its features, RFC 6120, section 4.3.2, with STARTTLS among them. The
/// middle is any text and tags but those that begin as `<starttls>` and `</stream:features>` do.
const XMPP_FEATURES: &str = concat!(
    r"(?s)^(?:<\?xml[^>]*>)?\s*<stream:stream\s[^>]*>\s*",
    r"<stream:features(?:\s(?:[^>]*[^>/])?)?>",
    r"(?:[^<]|<(?:[^/s>]|s(?:[^t>]|t[^a>])|/(?:[^s>]|s(?:[^t>]|t[^r>]))))*",
    r"<starttls[\s/>].*</stream:features>"
);

const XMPP_PROCEED: &str = r"^\s*<proceed(?:\s[^>]*)?(?:/>|></proceed>)";

/// Notices, pings and numeric replies that are no errors (RFC 2812, section 5.1), then the numeric
/// reply of the TLS extension.
const IRC_670: &str = r"^(?:(?::\S+ )?(?:NOTICE|PING|[0-3][0-9][0-9]) .*\n)*(?::\S+ )?670 .*\n";

/// The extended request StartTLS in message 1, RFC 4511, section 4.14.
const LDAP_STARTTLS: &[u8] = b"0\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037";

/// SSLRequest, "Message Formats" of PostgreSQL's protocol.
const POSTGRES_SSL: &[u8] = b"\0\0\0\x08\x04\xd2\x16\x2f";

/// `Protocol::SSLRequest` of MySQL's protocol, packet 1: the capabilities CLIENT_PROTOCOL_41,
/// CLIENT_SSL, CLIENT_SECURE_CONNECTION and CLIENT_PLUGIN_AUTH, packets of 16 MiB at most, UTF-8.
const MYSQL_SSL: &[u8] =
    b"\x20\0\0\x01\0\x8a\x08\0\0\0\0\x01\x2d\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";

/// All protocols, in the order of their documentation.
pub static PROTOCOLS: &[Protocol] = &[
    protocol(
        "smtp",
        25,
        &[
            Expect("", SMTP_220),
            SendLocalName("EHLO {}\r\n"),
            Expect("EHLO", EHLO_STARTTLS),
            Send("STARTTLS\r\n"),
            Expect("STARTTLS", SMTP_220),
        ],
    ),
    protocol(
        "lmtp",
        24,
        &[
            Expect("", SMTP_220),
            SendLocalName("LHLO {}\r\n"),
            Expect("LHLO", EHLO_STARTTLS),
            Send("STARTTLS\r\n"),
            Expect("STARTTLS", SMTP_220),
        ],
    ),
    protocol(
        "imap",
        143,
        &[
            Expect("", IMAP_OK),
            Send("a0 STARTTLS\r\n"),
            Expect("STARTTLS", IMAP_TAGGED_OK),
        ],
    ),
    protocol(
        "pop3",
        110,
        &[
            Expect("", POP_GREETING),
            Send("STLS\r\n"),
            Expect("STLS", POP_GREETING),
        ],
    ),
    protocol(
        "ftp",
        21,
        &[
            Expect("", FTP_GREETING),
            Send("AUTH TLS\r\n"),
            Expect("AUTH TLS", FTP_234),
        ],
    ),
    protocol(
        "nntp",
        119,
        &[
            Expect("", NNTP_GREETING),
            Send("STARTTLS\r\n"),
            Expect("STARTTLS", NNTP_382),
        ],
    ),
    protocol(
        "sieve",
        4190,
        &[
            Expect("", SIEVE_GREETING),
            Send("STARTTLS\r\n"),
            Expect("STARTTLS", SIEVE_OK),
        ],
    ),
    protocol(
        "xmpp",
        5222,
        &[
            SendPeerName(
                "<?xml version='1.0'?><stream:stream to='{}' version='1.0' \
                 xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
            ),
            Expect("the stream header", XMPP_FEATURES),
            Send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
            Expect("<starttls/>", XMPP_PROCEED),
        ],
    ),
    protocol(
        "xmpp-server",
        5269,
        &[
            SendPeerName(
                "<?xml version='1.0'?><stream:stream to='{}' version='1.0' \
                 xmlns='jabber:server' xmlns:stream='http://etherx.jabber.org/streams'>",
            ),
            Expect("the stream header", XMPP_FEATURES),
            Send("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
            Expect("<starttls/>", XMPP_PROCEED),
        ],
    ),
    protocol(
        "irc",
        6667,
        &[Send("STARTTLS\r\n"), Expect("STARTTLS", IRC_670)],
    ),
    protocol(
        "ldap",
        389,
        &[
            SendBytes(LDAP_STARTTLS),
            ExpectFrame("StartTLS", Frame::Ldap),
        ],
    ),
    protocol(
        "postgres",
        5432,
        &[SendBytes(POSTGRES_SSL), ExpectBytes("SSLRequest", b"S")],
    ),
    protocol(
        "mysql",
        3306,
        &[ExpectFrame("", Frame::MySql), SendBytes(MYSQL_SSL)],
    ),
];

/// Finds a protocol by name, in any case.
pub fn find(name: &str) -> Option<&'static Protocol> {
    let same = |protocol: &&Protocol| protocol.name.eq_ignore_ascii_case(name);
    PROTOCOLS.iter().find(same)
}

impl Protocol {
    /// Returns the steps to TLS, the last of which begins it. `local_name` is the name of this
    /// machine.
    ///
    /// # Errors
    /// None: the tests compile the patterns of every protocol.
    pub fn steps(&self, local_name: &str) -> Result<Vec<Step>, PatternError> {
        let steps = self.rows.iter().map(|row| row.step(local_name));
        steps.chain([Ok(Step::StartTls)]).collect()
    }
}

impl Row {
    fn step(&self, local_name: &str) -> Result<Step, PatternError> {
        let expect = |asked, condition| {
            Step::Expect(Expectation {
                condition,
                negotiates: Some(asked),
            })
        };
        let bytes = |text: &[u8]| Part::Bytes(text.to_vec());
        let send = |parts: Vec<Part>| Step::Send(Template::new(parts));
        Ok(match *self {
            Send(text) => send(vec![bytes(text.as_bytes())]),
            SendBytes(text) => send(vec![bytes(text)]),
            SendLocalName(text) => send(vec![bytes(text.replace("{}", local_name).as_bytes())]),
            SendPeerName(text) => {
                let (before, after) = text.split_once("{}").unwrap_or((text, ""));
                let [before, after] = [before, after].map(|text| bytes(text.as_bytes()));
                send(vec![before, Part::PeerName, after])
            }
            Expect(asked, pattern) => expect(asked, Condition::Pattern(Pattern::new(pattern)?)),
            ExpectBytes(asked, text) => expect(asked, Condition::Bytes(text.to_vec())),
            ExpectFrame(asked, frame) => expect(asked, Condition::Frame(frame)),
        })
    }
}

const fn protocol(name: &'static str, port: u16, rows: &'static [Row]) -> Protocol {
    Protocol { name, port, rows }
}

#[cfg(test)]
mod tests;
