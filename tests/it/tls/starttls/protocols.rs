//! What the servers of each protocol say, from their greeting to TLS.

/// The server's side of a protocol before TLS.
pub(super) struct Protocol {
    pub(super) name: &'static str,
    pub(super) turns: &'static [Turn],
    /// The turn of this index, and what is said there by a server that does not offer or refuses.
    pub(super) refusals: &'static [(usize, &'static str)],
}

/// Something said, once the client has come to the end of these words.
pub(super) struct Turn {
    pub(super) heard: &'static str,
    pub(super) said: &'static [u8],
}

const fn turn(heard: &'static str, said: &'static [u8]) -> Turn {
    Turn { heard, said }
}

const HEADER: &[u8] = b"<?xml version='1.0'?><stream:stream xmlns='jabber:client' \
    xmlns:stream='http://etherx.jabber.org/streams' id='1' from='localhost' version='1.0'>\
    <stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>\
    <mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism></mechanisms>\
    </stream:features>";

const NO_TLS: &str = "<stream:stream id='1' version='1.0'><stream:features><mechanisms>\
    <mechanism>PLAIN</mechanism></mechanisms></stream:features>";

const NO_HOST: &str = "<stream:stream id='1' version='1.0'><stream:error><host-unknown/>";

const XMPP: &[Turn] = &[
    turn("://etherx.jabber.org/streams'>", HEADER),
    turn(
        "urn:ietf:params:xml:ns:xmpp-tls'/>",
        b"<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>",
    ),
];

const XMPP_REFUSALS: &[(usize, &str)] = &[
    (0, NO_TLS),
    (0, NO_HOST),
    (
        1,
        "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>",
    ),
];

pub(super) const PROTOCOLS: [Protocol; 13] = [
    Protocol {
        name: "smtp",
        turns: &[
            turn("", b"220-mx ESMTP\r\n220 ready\r\n"),
            turn(
                "\r\n",
                b"250-mx\r\n250-SIZE 1000\r\n250-STARTTLS\r\n250 HELP\r\n",
            ),
            turn("STARTTLS\r\n", b"220 2.0.0 go\r\n"),
        ],
        refusals: &[
            (0, "554 no\r\n"),
            (1, "250-mx\r\n250 SIZE\r\n"),
            (1, "502 what?\r\n"),
            (2, "454 not now\r\n"),
        ],
    },
    Protocol {
        name: "lmtp",
        turns: &[
            turn("", b"220 mx LMTP\r\n"),
            turn("\r\n", b"250-mx\r\n250 STARTTLS\r\n"),
            turn("STARTTLS\r\n", b"220-2.0.0\r\n220 go\r\n"),
        ],
        refusals: &[(1, "250 mx\r\n"), (2, "502 no\r\n")],
    },
    Protocol {
        name: "imap",
        turns: &[
            turn("", b"* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n"),
            turn("STARTTLS\r\n", b"* CAPABILITY IMAP4rev1\r\na0 OK go\r\n"),
        ],
        refusals: &[
            (0, "* PREAUTH ready\r\n"),
            (0, "* BYE no\r\n"),
            (1, "a0 BAD what?\r\n"),
            (1, "* x\r\na0 NO\r\n"),
        ],
    },
    Protocol {
        name: "pop3",
        turns: &[turn("", b"+OK ready\r\n"), turn("STLS\r\n", b"+OK go\r\n")],
        refusals: &[(0, "-ERR no\r\n"), (1, "-ERR what?\r\n")],
    },
    Protocol {
        name: "ftp",
        turns: &[
            turn("", b"220-Welcome\r\nto this\r\n220 server\r\n"),
            turn("AUTH TLS\r\n", b"234 go\r\n"),
        ],
        refusals: &[
            (0, "421 no\r\n"),
            (1, "530 log in\r\n"),
            (1, "502 what?\r\n"),
        ],
    },
    Protocol {
        name: "nntp",
        turns: &[
            turn("", b"201 no posting\r\n"),
            turn("STARTTLS\r\n", b"382 go\r\n"),
        ],
        refusals: &[(0, "400 no\r\n"), (1, "580 can't\r\n")],
    },
    Protocol {
        name: "sieve",
        turns: &[
            turn(
                "",
                b"\"SIEVE\" \"fileinto\"\r\n\"STARTTLS\"\r\nOK \"ready\"\r\n",
            ),
            turn("STARTTLS\r\n", b"OK \"go\"\r\n"),
        ],
        refusals: &[(0, "BYE \"no\"\r\n"), (1, "NO \"no\"\r\n")],
    },
    Protocol {
        name: "xmpp",
        turns: XMPP,
        refusals: XMPP_REFUSALS,
    },
    Protocol {
        name: "xmpp-server",
        turns: XMPP,
        refusals: XMPP_REFUSALS,
    },
    Protocol {
        name: "irc",
        turns: &[turn(
            "STARTTLS\r\n",
            b":irc NOTICE * :*** Looking up\r\n:irc 670 * :go\r\n",
        )],
        refusals: &[
            (0, ":irc 691 * :no\r\n"),
            (0, ":irc 421 * STARTTLS :what?\r\n"),
        ],
    },
    Protocol {
        name: "ldap",
        turns: &[turn(
            ".1466.20037",
            b"0\x24\x02\x01\x01\x78\x1f\x0a\x01\0\x04\0\x04\0\x8a\x161.3.6.1.4.1.1466.20037",
        )],
        refusals: &[
            (0, "0\x0c\x02\x01\x01\x78\x07\x0a\x01\x02\x04\0\x04\0"),
            (0, "0\x0c\x02\x01\0\x78\x07\x0a\x01\x34\x04\0\x04\0"),
        ],
    },
    Protocol {
        name: "postgres",
        turns: &[turn("\x16\x2f", b"S")],
        refusals: &[(0, "N"), (0, "E\0\0\0\x0cno\0")],
    },
    Protocol {
        name: "mysql",
        turns: &[
            turn(
                "",
                b"\x4a\0\0\0\x0a8.0.36\0\x08\0\0\0abcdefgh\0\xff\xff\xff\x02\0\xff\xdf\x15\0\0\0\0\
                  \0\0\0\0\0\0abcdefghijkl\0caching_sha2_password\0",
            ),
            // A client goes on without an answer.
            turn("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", b""),
        ],
        refusals: &[
            (
                0,
                "\x1a\0\0\0\x0a8.0.36\0\x08\0\0\0abcdefgh\0\x7f\x77\x21\x02\0",
            ),
            (0, "\x06\0\0\x01no way"),
        ],
    },
];
