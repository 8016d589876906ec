//! A TLS server in memory, whose own time is known; and those who trust it.

use crate::cpu;
use crate::world::Peer;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::client::Resumption;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig, ServerConnection};
use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Files of a root, and of a server for 192.0.2.1 that it vouches for.
pub struct Trust {
    directory: PathBuf,
}

impl Trust {
    /// Makes the files.
    pub fn make(directory: &Path) -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("a root");
        let key = KeyPair::generate().expect("a key");
        let leaf = CertificateParams::new(["192.0.2.1".to_owned()]).expect("an address");
        let leaf = leaf.signed_by(&key, &issuer).expect("a certificate");
        let trust = Self::at(directory);
        let write = |path, text: String| fs::write(path, text).expect("a file");
        write(trust.root(), issuer.pem());
        write(trust.leaf(), leaf.pem());
        write(trust.key(), key.serialize_pem());
        trust
    }

    /// Bytes that are readable at once.
    pub fn at(directory: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
        }
    }

    /// For `SSL_CERT_FILE`.
    pub fn root(&self) -> PathBuf {
        self.directory.join("root.pem")
    }

    /// The server.
    pub fn server(&self) -> Arc<ServerConfig> {
        let leaf = CertificateDer::from_pem_file(self.leaf()).expect("PEM");
        let key = PrivateKeyDer::from_pem_file(self.key()).expect("PEM");
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions that ring speaks")
            .with_no_client_auth()
            .with_single_cert(vec![leaf], key);
        Arc::new(config.expect("a certificate and its key"))
    }

    /// A client as rustls has it, which trusts the root and resumes nothing.
    pub fn client(&self) -> Arc<ClientConfig> {
        let mut roots = RootCertStore::empty();
        let root = CertificateDer::from_pem_file(self.root()).expect("PEM");
        roots.add(root).expect("a root");
        let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions that ring speaks")
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.resumption = Resumption::disabled();
        Arc::new(config)
    }

    fn leaf(&self) -> PathBuf {
        self.directory.join("leaf.pem")
    }

    fn key(&self) -> PathBuf {
        self.directory.join("key.pem")
    }
}

/// Greets once the session is up, and says goodbye when it hears anything.
pub struct Server {
    session: ServerConnection,
    greeting: Option<&'static [u8]>,
    /// The CPU time it used.
    pub took: Duration,
}

impl Server {
    pub fn new(config: &Arc<ServerConfig>, greeting: &'static [u8]) -> Self {
        Self {
            session: ServerConnection::new(config.clone()).expect("a session"),
            greeting: Some(greeting),
            took: Duration::ZERO,
        }
    }

    fn decrypt(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            self.session.read_tls(&mut bytes).expect("memory");
            self.session.process_new_packets().expect("TLS");
        }
        match self.session.reader().read(&mut [0; 64]) {
            Ok(_) => self.session.send_close_notify(),
            Err(e) => assert_eq!(e.kind(), ErrorKind::WouldBlock),
        }
        if !self.session.is_handshaking()
            && let Some(greeting) = self.greeting.take()
        {
            self.session.writer().write_all(greeting).expect("memory");
        }
    }
}

impl Peer for Server {
    fn hear(&mut self, bytes: &[u8]) {
        let began = cpu::time();
        self.decrypt(bytes);
        self.took += cpu::time().saturating_sub(began);
    }

    fn say(&mut self, mut buffer: &mut [u8]) -> Option<usize> {
        let began = cpu::time();
        let said = self.session.wants_write().then(|| {
            let written = self.session.write_tls(&mut buffer);
            written.expect("memory")
        });
        self.took += cpu::time().saturating_sub(began);
        said
    }
}
