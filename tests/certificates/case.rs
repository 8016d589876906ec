//! A row of the table: a server, and the name that it is asked for.

use super::der::{Certificate, Party, hosts};
use super::foreign::Foreign;
use super::keys::Key;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::CertificateDer;
use rustls::server::WebPkiClientVerifier;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{CipherSuite, NamedGroup, RootCertStore, ServerConfig, SupportedProtocolVersion};
use std::sync::Arc;
use support::{Server, TLS12, TLS13};

/// The name that servers are asked for, unless a case has another.
pub(crate) const HOST: &str = "www.example.com";

/// A server and what it is asked for.
pub(crate) struct Case {
    /// The subject of the row, and what is special about it.
    pub(crate) what: String,
    pub(crate) host: String,
    /// The certificates that are trusted.
    pub(crate) store: Vec<Vec<u8>>,
    pub(crate) serving: Serving,
}

/// A kind of server.
pub(crate) enum Serving {
    Tls {
        chain: Vec<Vec<u8>>,
        key: Key,
        setup: Setup,
    },
    /// This is said in the clear.
    Clear(&'static [u8]),
    /// `openssl s_server`.
    Foreign(Foreign),
}

/// Settings of a TLS server.
#[derive(Clone, Default)]
pub(crate) struct Setup {
    pub(crate) version: Option<&'static SupportedProtocolVersion>,
    pub(crate) suite: Option<CipherSuite>,
    pub(crate) group: Option<NamedGroup>,
    pub(crate) client: Client,
}

/// Whether a server asks for a client certificate.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Client {
    #[default]
    Unasked,
    Asked,
    Required,
}

impl Case {
    /// A server with this chain, whose first certificate is of [`Key::P256`] with number 9.
    pub(crate) fn new(what: impl Into<String>, root: &Party, chain: &[&[u8]]) -> Self {
        Self {
            what: what.into(),
            host: HOST.to_owned(),
            store: vec![root.der.clone()],
            serving: Serving::Tls {
                chain: chain.iter().map(|der| der.to_vec()).collect(),
                key: LEAF,
                setup: Setup::default(),
            },
        }
    }

    /// Two servers: below an intermediate certificate that is changed so, and below a root that is.
    pub(crate) fn of_authorities(
        what: &str,
        root: &Party,
        change: impl Fn(&mut Certificate),
    ) -> [Self; 2] {
        let issuer = root.authority("Test Issuer", Key::P256(2), &change);
        let below = issuer.issue(&leaf());
        let stored = Party::root("Test Root", Key::P256(1), &change);
        let own = stored.issue(&leaf());
        [
            Self::new(
                format!("intermediate: {what}"),
                root,
                &[&below, &issuer.der],
            ),
            Self::new(format!("root: {what}"), &stored, &[&own]),
        ]
    }

    /// Another server.
    pub(crate) fn of(what: impl Into<String>, root: &Party, serving: Serving) -> Self {
        Self {
            serving,
            ..Self::new(what, root, &[])
        }
    }

    /// Asked for this name.
    pub(crate) fn asked_for(self, host: &str) -> Self {
        let host = host.to_owned();
        Self { host, ..self }
    }

    /// With these in the trust store.
    pub(crate) fn trusting(self, store: &[&Party]) -> Self {
        let store = store.iter().map(|party| party.der.clone()).collect();
        Self { store, ..self }
    }

    /// The first certificate has this key.
    pub(crate) fn keyed(mut self, own: Key) -> Self {
        if let Serving::Tls { key, .. } = &mut self.serving {
            *key = own;
        }
        self
    }

    /// With these settings of the server.
    pub(crate) fn set_up(mut self, wanted: Setup) -> Self {
        if let Serving::Tls { setup, .. } = &mut self.serving {
            *setup = wanted;
        }
        self
    }
}

/// The key of a server's certificate.
pub(crate) const LEAF: Key = Key::P256(9);

/// The root of most cases.
pub(crate) fn root() -> Party {
    Party::root("Test Root", Key::P256(1), |_| ())
}

/// A certificate of the server that is asked for.
pub(crate) fn leaf() -> Certificate {
    Certificate::new("server", LEAF).with(|it| it.extensions = vec![hosts(&[HOST])])
}

/// The configuration of a TLS server. A test's server shows whatever it is given.
pub(crate) fn config(chain: &[Vec<u8>], key: Key, setup: &Setup) -> Arc<ServerConfig> {
    let mut provider = ring::default_provider();
    provider
        .cipher_suites
        .retain(|suite| setup.suite.is_none_or(|it| suite.suite() == it));
    provider
        .kx_groups
        .retain(|group| setup.group.is_none_or(|it| group.name() == it));
    let versions = match setup.version {
        Some(version) => vec![version],
        None => vec![TLS12, TLS13],
    };
    let chain: Vec<_> = chain
        .iter()
        .map(|der| CertificateDer::from(der.clone()))
        .collect();
    let provider = Arc::<CryptoProvider>::new(provider);
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(&versions)
        .expect("versions that the suites have");
    let builder = match setup.client {
        Client::Unasked => builder.with_no_client_auth(),
        client => {
            let mut roots = RootCertStore::empty();
            roots.add(root().der.into()).expect("a root");
            let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider);
            let verifier = match client {
                Client::Asked => verifier.allow_unauthenticated(),
                _ => verifier,
            };
            builder.with_client_cert_verifier(verifier.build().expect("a verifier"))
        }
    };
    let shown = SingleCertAndKey::from(CertifiedKey::new(chain, Arc::new(key)));
    Arc::new(builder.with_cert_resolver(Arc::new(shown)))
}

/// Starts a server of the tests.
pub(crate) fn serve(chain: &[Vec<u8>], key: Key, setup: &Setup) -> Server {
    Server::configured(config(chain, key, setup), |peer| peer.say("220 ready\r\n"))
}
