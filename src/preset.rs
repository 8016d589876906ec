//! The services of `--service`.

use crate::expect::{Pattern, PatternError};
use crate::feature::Feature;

/// Defaults of the options for one service.
#[derive(Debug, PartialEq, Eq)]
pub struct Preset {
    /// Its name, in upper case.
    pub name: &'static str,
    /// The port it listens on.
    pub port: u16,
    /// Sent as soon as the connection is established, without escapes.
    pub send: &'static [u8],
    /// Pattern for the whole reply, to the end of its last line or message.
    pub expect: Expected,
    /// Sent before the connection is closed.
    pub quit: Quit,
    /// TLS from the first byte.
    pub tls: bool,
}

/// The pattern of a preset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// For text, as [`Pattern::new`] compiles it.
    Text(&'static str),
    /// For bytes, as [`Pattern::bytes`] compiles it.
    Bytes(&'static str),
}

/// The quit string of a preset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quit {
    /// A line, to which CR LF is added unless `--escape` is given.
    Line(&'static str),
    /// Bytes, to which nothing is added. Empty where the service needs none.
    Bytes(&'static [u8]),
}

impl Preset {
    /// Returns true if the program has what it needs.
    pub fn is_built_in(&self) -> bool {
        !self.tls || Feature::Tls.is_built_in()
    }

    /// Compiles its pattern.
    ///
    /// # Errors
    /// None: the tests compile the pattern of every preset.
    pub fn pattern(&self) -> Result<Pattern, PatternError> {
        match self.expect {
            Expected::Text(pattern) => Pattern::new(pattern),
            Expected::Bytes(pattern) => Pattern::bytes(pattern),
        }
    }

    /// Returns its quit string as it is sent, with or without `--escape`.
    pub fn quit_bytes(&self, is_escaped: bool) -> Vec<u8> {
        match self.quit {
            Quit::Line(line) if is_escaped => line.into(),
            Quit::Line(line) => [line, "\r\n"].concat().into(),
            Quit::Bytes(bytes) => bytes.to_vec(),
        }
    }
}

const CLEAR: bool = false;
const TLS: bool = true;

/// SMTP's greeting, RFC 5321, section 4.2: any number of lines with `220-`, then one with `220` and
/// a blank, or with nothing behind it.
pub(crate) const SMTP_GREETING: &str = r"^(?:220-.*\n)*220(?: .*)?\r?\n";

/// FTP's, RFC 959, section 4.2: behind a line with `220-` any lines, up to one with `220` and a
/// blank. By that section a line of text never begins with three digits and a blank, so one that
/// begins with the code of a refusal (4yz, 5yz) is a refusal and no text.
pub(crate) const FTP_GREETING: &str = concat!(
    r"^220(?:-.*\n",
    r"(?:(?:[^45\n].*|[45](?:[^0-5\n].*|[0-5](?:[^0-9\n].*|[0-9][^ \r\n].*)?)?)?\n)*",
    r"220)?(?: .*)?\r?\n"
);

/// POP's, RFC 1939, section 4.
pub(crate) const POP_GREETING: &str = r"^\+OK.*\n";

/// IMAP's, RFC 9051, section 7.1: `PREAUTH` is as good as `OK`, and letters count in any case.
const IMAP_GREETING: &str = r"(?i)^\* (?:OK|PREAUTH).*\n";

/// NNTP's, RFC 3977, section 5.1: posting allowed, or prohibited.
pub(crate) const NNTP_GREETING: &str = r"^20[01](?: .*)?\r?\n";

/// ManageSieve's, RFC 5804, section 1.7: capabilities, then OK.
pub(crate) const SIEVE_GREETING: &str = r#"(?i)^(?:".*\n)*OK(?: .*)?\r?\n"#;

/// SSH's, RFC 4253, section 4.2. No server sends the lines that may stand before it.
const SSH_GREETING: &str = r"^SSH-(?:2\.0|1\.99)-.*\n";

/// MySQL's, as its protocol's `HandshakeV10` has it: length, number 0, protocol 10, version, and 44
/// bytes behind that. Where the length of authentication data among them is not 0, the name of a
/// plugin follows. An error in its place begins with 0xFF behind the number.
const MYSQL_GREETING: &str = concat!(
    r"(?s)^...\x00\x0a[^\x00]+\x00.{12}\x00.{7}",
    r"(?:\x00.{23}|[^\x00].{23}[^\x00]*\x00)"
);

/// LDAP's answer to a bind, RFC 4511, section 4.2.2: a message with number 1 that is a BindResponse
/// with the result `success`. A length has one byte, or up to four behind their number.
const LDAP_BOUND: &str = concat!(
    r"(?s)^0(?:[\x00-\x7f]|\x81.|\x82..|\x83...|\x84....)\x02\x01\x01",
    r"a(?:[\x00-\x7f]|\x81.|\x82..|\x83...|\x84....)\x0a\x01\x00"
);

/// AMQP's Connection.Start, a method frame of channel 0. Its last field names locales, of which
/// every server has `en_US`; 0xCE, which ends the frame, may be in the fields before.
const AMQP_START: &str = r"(?s)^\x01\x00\x00....\x00\x0a\x00\x0a.*en_US[^\xce]*\xce";

/// The header of a stream, RFC 6120, section 4.2. One that begins with `to` and has neither `from` nor
/// `id` is an echo.
const JABBER_HEADER: &str = concat!(
    r"^<\?xml version=['\x22]1\.0['\x22][^>]*\?>\s*",
    r"<stream:stream\s+(?:[^t\s>]|t[^o>]|[^>]*\s(?:from|id)=)[^>]*>"
);

/// IRC's answer to a client that has not registered, behind notices: the list of capabilities, or
/// 451 (RFC 2812, section 5.2) or 421 from a server that has none.
const IRC_ANSWER: &str = r"^(?:(?::\S+ )?NOTICE .*\n)*(?::\S+ )?(?:CAP \S+ LS|451|421) .*\n";

/// No quit string.
const NO_QUIT: Quit = Quit::Bytes(b"");

/// All presets.
pub static PRESETS: &[Preset] = &[
    greeter("FTP", 21, CLEAR, FTP_GREETING, "QUIT"),
    greeter("POP", 110, CLEAR, POP_GREETING, "QUIT"),
    greeter("SPOP", 995, TLS, POP_GREETING, "QUIT"),
    greeter("IMAP", 143, CLEAR, IMAP_GREETING, "a1 LOGOUT"),
    greeter("SIMAP", 993, TLS, IMAP_GREETING, "a1 LOGOUT"),
    greeter("SMTP", 25, CLEAR, SMTP_GREETING, "QUIT"),
    greeter("SSMTP", 465, TLS, SMTP_GREETING, "QUIT"),
    greeter("SUBMISSION", 587, CLEAR, SMTP_GREETING, "QUIT"),
    greeter("SUBMISSIONS", 465, TLS, SMTP_GREETING, "QUIT"),
    greeter("LMTP", 24, CLEAR, SMTP_GREETING, "QUIT"),
    greeter("SIEVE", 4190, CLEAR, SIEVE_GREETING, "LOGOUT"),
    greeter("NNTP", 119, CLEAR, NNTP_GREETING, "QUIT"),
    greeter("NNTPS", 563, TLS, NNTP_GREETING, "QUIT"),
    // The answer of a client, without which a server logs an error.
    greeter("SSH", 22, CLEAR, SSH_GREETING, "SSH-2.0-check-tcp"),
    Preset {
        quit: NO_QUIT,
        ..greeter("NATS", 4222, CLEAR, r"^INFO \{.*\}\s*\n", "")
    },
    greeter("RSYNC", 873, CLEAR, r"^@RSYNCD: [0-9].*\n", "@RSYNCD: EXIT"),
    Preset {
        // A server without capabilities may ignore the first command; all refuse the second. No
        // version is named, since 302 allows the answer to go on in further lines.
        send: b"CAP LS\r\nVERSION\r\n",
        ..greeter("IRC", 6667, CLEAR, IRC_ANSWER, "QUIT")
    },
    Preset {
        // The domain that servers have before they are configured. A server without it says so in a
        // stream error, behind the header that is expected.
        send: b"<?xml version='1.0'?><stream:stream to='localhost' version='1.0' \
            xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
        ..greeter("JABBER", 5222, CLEAR, JABBER_HEADER, "</stream:stream>")
    },
    Preset {
        // A server that asks for a password first is well.
        send: b"PING\r\n",
        ..greeter("REDIS", 6379, CLEAR, r"^(?:\+PONG|-NOAUTH .*)\r?\n", "QUIT")
    },
    Preset {
        send: b"version\r\n",
        ..greeter("MEMCACHED", 11211, CLEAR, r"^VERSION .*\n", "quit")
    },
    Preset {
        send: b"nPING\n",
        quit: NO_QUIT,
        ..greeter("CLAMD", 3310, CLEAR, r"^PONG\r?\n", "")
    },
    Preset {
        send: b"srvr\n",
        quit: NO_QUIT,
        ..greeter(
            "ZOOKEEPER",
            2181,
            CLEAR,
            r"^Zookeeper version: (?:.*\n)+Node count: [0-9]+\r?\n",
            "",
        )
    },
    Preset {
        // SSLRequest: the server says whether it has TLS.
        send: b"\0\0\0\x08\x04\xd2\x16\x2f",
        ..binary("POSTGRES", 5432, r"^[SN]\z", b"")
    },
    binary("MYSQL", 3306, MYSQL_GREETING, b""),
    Preset {
        // An anonymous bind of LDAP version 3; the quit string is an unbind.
        send: b"0\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\0\x80\0",
        ..binary("LDAP", 389, LDAP_BOUND, b"0\x05\x02\x01\x02\x42\0")
    },
    Preset {
        // CONNECT of MQTT 3.1.1, with a clean session and without a name; the quit string is
        // DISCONNECT.
        send: b"\x10\x0c\0\x04MQTT\x04\x02\0\x3c\0\0",
        ..binary("MQTT", 1883, r"^\x20\x02[\x00\x01]\x00", b"\xe0\0")
    },
    Preset {
        // The protocol header of AMQP 0-9-1; Connection.Start answers it.
        send: b"AMQP\0\0\x09\x01",
        ..binary("AMQP", 5672, AMQP_START, b"")
    },
    Preset {
        send: b"version\n",
        quit: NO_QUIT,
        // `OK 1.1.20+ds` as distributions ship it, and the bare number of older servers.
        ..greeter(
            "GEARMAN",
            7003,
            CLEAR,
            r"\A(?:OK )?[0-9]+(?:\.[0-9]+)+\S*\n\z",
            "",
        )
    },
];

/// Finds a preset by name, in any case.
pub fn find(name: &str) -> Option<&'static Preset> {
    let same = |preset: &&Preset| preset.name.eq_ignore_ascii_case(name);
    PRESETS.iter().find(same)
}

/// Returns the preset of a service that sends a greeting of text.
const fn greeter(
    name: &'static str,
    port: u16,
    tls: bool,
    expect: &'static str,
    quit: &'static str,
) -> Preset {
    Preset {
        name,
        port,
        send: b"",
        expect: Expected::Text(expect),
        quit: Quit::Line(quit),
        tls,
    }
}

/// Returns the preset of a service that speaks in bytes.
const fn binary(
    name: &'static str,
    port: u16,
    expect: &'static str,
    quit: &'static [u8],
) -> Preset {
    Preset {
        name,
        port,
        send: b"",
        expect: Expected::Bytes(expect),
        quit: Quit::Bytes(quit),
        tls: CLEAR,
    }
}

#[cfg(test)]
mod tests;
