//! The servers that the plugins are shown.

use std::ffi::{OsStr, OsString};
use std::net::{IpAddr, Ipv6Addr};
use std::thread;
use std::time::Duration;
use support::*;

/// The manner of a server.
#[derive(Clone, Debug)]
pub enum Kind {
    /// Says this, and listens until the client goes.
    Says(Vec<u8>),
    /// Says this and closes.
    SaysAndCloses(Vec<u8>),
    /// Says the pieces, each once the one before was read.
    Pieces(Vec<Vec<u8>>),
    /// Says this after 400 ms.
    Late(Vec<u8>),
    /// Hears so many bytes first.
    Answers(usize, Vec<u8>),
    /// Says what it heard.
    Echoes,
    /// Says a byte every 100 ms.
    Drips,
    Resets,
    Refuses,
    /// On `::1`.
    SaysOverIpv6(Vec<u8>),
    /// On a Unix socket.
    SaysAtSocket(Vec<u8>),
    /// No such Unix socket.
    NoSocket,
    /// A Unix socket that nobody listens at.
    DeadSocket,
    /// Under TLS, with a certificate like this.
    Tls(Certificate, Vec<u8>),
    /// TLS 1.3 that wants a certificate of the client.
    TlsForMembers(Vec<u8>),
    /// Nothing: the words lead elsewhere.
    None,
}

/// A server's certificate. None of them is known to any store.
#[derive(Clone, Copy, Debug)]
pub enum Certificate {
    SelfSigned,
    Expired,
    /// Valid for so many days and twelve hours from now.
    Days(u64),
}

/// A server of some kind, for as long as it is held.
pub enum Peered {
    Server(Server),
    Refusing(Refusing),
    Path(tempfile::TempDir),
    None,
}

impl Peered {
    pub fn new(kind: Kind) -> Self {
        let server = match kind {
            Kind::Says(text) => Server::saying(text),
            Kind::SaysAndCloses(text) => Server::tcp(move |peer| {
                peer.say(&text);
                peer.finish();
            }),
            Kind::Pieces(pieces) => Server::tcp(move |peer| peer.say_in_pieces(&pieces)),
            Kind::Late(text) => Server::tcp(move |peer| {
                // Its slowness is what is checked.
                thread::sleep(Duration::from_millis(400));
                peer.say(&text);
            }),
            Kind::Answers(bytes, text) => Server::tcp(move |peer| {
                peer.hear(bytes);
                peer.say(&text);
            }),
            Kind::Echoes => Server::tcp(|peer| {
                let heard = peer.listen();
                peer.say(heard);
            }),
            Kind::Drips => Server::tcp(|peer| peer.drip(b'x', Duration::from_millis(100))),
            Kind::Resets => Server::tcp(|peer| peer.reset()),
            Kind::Refuses => return Self::Refusing(Refusing::new()),
            Kind::SaysOverIpv6(text) => {
                Server::at(IpAddr::V6(Ipv6Addr::LOCALHOST), move |peer| peer.say(&text))
            }
            Kind::SaysAtSocket(text) => Server::unix(move |peer| peer.say(&text)),
            Kind::NoSocket => return Self::Path(tempfile::tempdir().expect("a directory")),
            Kind::DeadSocket => {
                let directory = tempfile::tempdir().expect("a directory");
                let path = directory.path().join("socket");
                refusing_unix(&path);
                return Self::Path(directory);
            }
            Kind::Tls(certificate, text) => {
                let identity = self_signed(certificate.leaf(), Constraint::NoCa);
                Server::tls(&identity, TLS13, move |peer| peer.say(&text))
            }
            Kind::TlsForMembers(text) => {
                let members = Authority::new("Members");
                let identity = self_signed(Certificate::SelfSigned.leaf(), Constraint::NoCa);
                let config = identity.demanding_config(TLS13, &members);
                Server::configured(config, move |peer| peer.say(&text))
            }
            Kind::None => return Self::None,
        };
        Self::Server(server)
    }

    /// The words with the port and the path in their places.
    pub fn fill(&self, word: &OsStr) -> OsString {
        let Some(word) = word.to_str() else {
            return word.to_owned();
        };
        let filled = match self {
            Self::Server(server) if word.contains("{port}") => {
                word.replace("{port}", &server.port().to_string())
            }
            Self::Server(server) if word.contains("{path}") => {
                word.replace("{path}", server.path())
            }
            Self::Refusing(refusing) => word.replace("{port}", &refusing.port().to_string()),
            Self::Path(directory) => {
                let path = directory.path().join("socket");
                word.replace("{path}", path.to_str().expect("plain text"))
            }
            Self::Server(_) | Self::None => word.to_owned(),
        };
        filled.into()
    }
}

impl Certificate {
    fn leaf(self) -> Leaf {
        match self {
            Self::SelfSigned => Leaf::good(),
            Self::Expired => Leaf::expired(),
            Self::Days(days) => Leaf::ending_in(Duration::from_secs(days * 86_400 + 43_200)),
        }
    }
}
