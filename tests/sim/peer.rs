//! The other end of a connection: does its acts in order, and remembers what it heard.

use crate::script::Act;
use rcgen::{CertificateParams, KeyPair, PKCS_ED25519, SerialNumber};
use rustix::io::Errno;
use rustls::pki_types::PrivateKeyDer;
use rustls::server::WebPkiClientVerifier;
use rustls::version::{TLS12, TLS13};
use rustls::{RootCertStore, ServerConfig, ServerConnection, SupportedProtocolVersion};
use std::collections::VecDeque;
use std::io::{Read, Write};
use std::mem;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// Bytes of a flood that are ready at a time.
const WAVE: usize = 2 * 1024;

/// A server that lives in memory.
pub struct Peer {
    session: Option<ServerConnection>,
    /// True once the session has been let into the conversation.
    secure: bool,
    /// True up to [`Act::Upgrade`], where there is one.
    clear: bool,
    acts: VecDeque<Act>,
    paused: bool,
    /// From now on all it has to say goes with the waves.
    flooding: bool,
    /// Bytes that came before anybody here wanted to read them.
    early: Vec<u8>,
    /// The probe's bytes, in plaintext.
    pub heard: Vec<u8>,
    /// The probe said goodbye in TLS.
    pub notified: bool,
    /// Why the session broke.
    pub trouble: Option<rustls::Error>,
}

/// A peer's output to the network.
pub enum Out {
    Bytes(Vec<u8>),
    Shut,
    Loosen,
    Take(usize),
    Open,
    Closed,
    Reset(Errno),
    Flood(Vec<u8>),
    /// Will go on after so long.
    Pause(Duration),
    /// The fault that the script is about comes now.
    Strike,
}

impl Peer {
    /// A peer that does `acts`, with a session where there is a version of TLS for it.
    /// It may demand a certificate of the probe.
    pub fn new(
        acts: &[Act],
        tls: Option<&'static SupportedProtocolVersion>,
        demands: bool,
    ) -> Self {
        let session = |version| {
            let config = server(version, demands);
            let mut session = ServerConnection::new(config).expect("a TLS server");
            session.set_buffer_limit(None);
            session
        };
        Self {
            session: tls.map(session),
            secure: false,
            clear: acts.iter().any(|act| matches!(act, Act::Upgrade)),
            acts: acts.iter().cloned().collect(),
            paused: false,
            flooding: false,
            early: Vec::new(),
            heard: Vec::new(),
            notified: false,
            trouble: None,
        }
    }

    /// Takes in what the probe sent.
    pub fn hear(&mut self, bytes: &[u8]) {
        match &mut self.session {
            Some(_) if self.clear => self.heard.extend(bytes),
            Some(_) if !self.secure => self.early.extend(bytes),
            Some(_) => self.decrypt(bytes),
            None => self.heard.extend(bytes),
        }
    }

    /// The pause is over.
    pub fn wake(&mut self) {
        self.paused = false;
    }

    /// Does what can be done by now. One whose session broke does nothing more.
    pub fn go_on(&mut self) -> Vec<Out> {
        let mut out = Vec::new();
        if self.paused || self.flooding {
            return out;
        }
        while let Some(act) = self.acts.front().cloned()
            && self.trouble.is_none()
        {
            match act {
                Act::Handshake => {
                    self.begin_tls();
                    self.flush(&mut out);
                    if self.session().is_handshaking() {
                        break;
                    }
                }
                Act::HandshakePart(length) => {
                    self.begin_tls();
                    let mut flight = self.encrypted();
                    if flight.is_empty() {
                        break;
                    }
                    flight.truncate(length);
                    out.push(Out::Bytes(flight));
                }
                Act::HandshakeDrip(apart) => {
                    self.begin_tls();
                    let flight = self.encrypted();
                    if flight.is_empty() {
                        break;
                    }
                    self.acts.pop_front();
                    for byte in flight.into_iter().rev() {
                        self.acts.push_front(Act::Pause(apart));
                        self.acts.push_front(Act::Raw(vec![byte]));
                    }
                    continue;
                }
                Act::Say(bytes) if self.secure => {
                    let mut writer = self.session().writer();
                    writer.write_all(&bytes).expect("a buffer in memory");
                    self.flush(&mut out);
                }
                Act::Say(bytes) | Act::Raw(bytes) => out.push(Out::Bytes(bytes)),
                Act::Hear(length) if self.heard.len() < length => break,
                Act::Hear(_) => {}
                Act::Heard(length) => assert_eq!(self.heard.len(), length, "spoken out of turn"),
                Act::Upgrade => self.clear = false,
                Act::Pause(length) => {
                    self.acts.pop_front();
                    self.paused = true;
                    out.push(Out::Pause(length));
                    return out;
                }
                Act::Shut => out.push(Out::Shut),
                Act::Take(length) => out.push(Out::Take(length)),
                Act::Open => out.push(Out::Open),
                Act::Loosen => out.push(Out::Loosen),
                // Behind its goodbye rustls may send no alert, and in a handshake it might have to.
                Act::CloseNotify if self.session().is_handshaking() => {}
                Act::CloseNotify => {
                    self.session().send_close_notify();
                    self.flush(&mut out);
                }
                Act::Alert => {
                    self.break_off();
                    self.flush(&mut out);
                }
                Act::Strike => out.push(Out::Strike),
                Act::End => out.push(Out::Closed),
                Act::Reset(errno) => out.push(Out::Reset(errno)),
                Act::Flood(bytes) => {
                    self.flooding = true;
                    out.push(Out::Flood(bytes));
                    return out;
                }
            }
            self.acts.pop_front();
        }
        if self.secure {
            self.flush(&mut out);
        }
        out
    }

    /// The next part of a flood.
    pub fn wave(&mut self, bytes: &[u8]) -> Vec<u8> {
        let wave = bytes.repeat(WAVE.div_ceil(bytes.len()));
        if !self.secure || self.trouble.is_some() {
            return wave;
        }
        let mut writer = self.session().writer();
        writer.write_all(&wave).expect("a buffer in memory");
        self.encrypted()
    }

    fn session(&mut self) -> &mut ServerConnection {
        self.session.as_mut().expect("a script with TLS")
    }

    fn begin_tls(&mut self) {
        self.secure = true;
        let early = mem::take(&mut self.early);
        self.decrypt(&early);
    }

    fn decrypt(&mut self, mut bytes: &[u8]) {
        let session = self.session.as_mut().expect("a script with TLS");
        while !bytes.is_empty() && self.trouble.is_none() && !self.notified {
            session.read_tls(&mut bytes).expect("a buffer in memory");
            match session.process_new_packets() {
                Ok(state) => self.notified = state.peer_has_closed(),
                Err(e) => self.trouble = Some(e),
            }
            // It ends with WouldBlock, or with an end that is noted already.
            let _ = session.reader().read_to_end(&mut self.heard);
        }
    }

    /// Hears a record that no client of this session can have made; behind a goodbye it hears
    /// nothing.
    fn break_off(&mut self) {
        if self.notified {
            return;
        }
        let session = self.session();
        let mut nonsense = &[&[23, 3, 3, 0, 32], &[0; 32][..]].concat()[..];
        session.read_tls(&mut nonsense).expect("a buffer in memory");
        let broken = session.process_new_packets();
        broken.expect_err("what is no ciphertext");
    }

    fn encrypted(&mut self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let session = self.session();
        while session.wants_write() {
            session.write_tls(&mut bytes).expect("a buffer in memory");
        }
        bytes
    }

    fn flush(&mut self, out: &mut Vec<Out>) {
        let bytes = self.encrypted();
        if !bytes.is_empty() {
            out.push(Out::Bytes(bytes));
        }
    }
}

/// Keys whose signatures have one length, and a serial number of our own: every byte of a handshake
/// falls in the same place when a seed is replayed.
fn server(version: &'static SupportedProtocolVersion, demands: bool) -> Arc<ServerConfig> {
    static SERVERS: OnceLock<[Arc<ServerConfig>; 4]> = OnceLock::new();
    let servers = SERVERS.get_or_init(|| {
        let key = KeyPair::generate_for(&PKCS_ED25519).expect("a key");
        let mut params = CertificateParams::new(["mail.example".to_owned()]).expect("a name");
        params.serial_number = Some(SerialNumber::from(1));
        let certificate = params.self_signed(&key).expect("a certificate");
        let private = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let mut roots = RootCertStore::empty();
        let root = certificate.der().clone();
        roots.add(root).expect("a root");
        let demand = WebPkiClientVerifier::builder(roots.into());
        let demand = demand.build().expect("a verifier");
        let kinds = [
            (&TLS12, false),
            (&TLS13, false),
            (&TLS12, true),
            (&TLS13, true),
        ];
        kinds.map(|(version, demands)| {
            let builder = ServerConfig::builder_with_protocol_versions(&[version]);
            let builder = match demands {
                true => builder.with_client_cert_verifier(demand.clone()),
                false => builder.with_no_client_auth(),
            };
            let config = builder
                .with_single_cert(vec![certificate.der().clone()], private.clone_key())
                .expect("a server");
            Arc::new(config)
        })
    });
    servers[usize::from(version == &TLS13) + 2 * usize::from(demands)].clone()
}
