//! Certificates of every kind, and the trust stores that know them.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DnType, GeneralSubtree,
    IsCa, KeyPair, NameConstraints, SanType,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::server::{ClientCertVerifierBuilder, WebPkiClientVerifier};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion, crypto::ring};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tempfile::TempDir;

/// One who signs certificates.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// A server's certificates, and the key to the first.
pub struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivatePkcs8KeyDer<'static>,
    pem: String,
}

/// A server's certificate to be.
pub struct Leaf(CertificateParams);

/// Basic constraints of a self-signed certificate.
#[derive(Clone, Copy)]
pub enum Constraint {
    /// That it is an authority, as `openssl req -x509` makes them.
    Ca,
    /// That it is none.
    NoCa,
}

/// A trust store: one file of certificates, and a directory that holds the same.
pub struct Store {
    dir: TempDir,
}

impl Authority {
    /// A root of its own.
    pub fn new(name: &str) -> Self {
        let issuer = CertifiedIssuer::self_signed(authority(name), key()).expect("a root");
        Self { issuer }
    }

    /// A root of its own, of which `change` makes something else.
    pub fn changed(name: &str, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let mut params = authority(name);
        change(&mut params);
        let issuer = CertifiedIssuer::self_signed(params, key()).expect("a root");
        Self { issuer }
    }

    /// A root that vouched from 2001-02-03 to 2020-04-05.
    pub fn expired(name: &str) -> Self {
        Self::valid(name, (2001, 2, 3), (2020, 4, 5), key())
    }

    /// A root that will vouch from 2098-07-06 to 2099-08-07.
    pub fn not_yet_valid(name: &str) -> Self {
        Self::valid(name, (2098, 7, 6), (2099, 8, 7), key())
    }

    /// The same root, of the same name and key, with dates that hold.
    pub fn renewed(&self, name: &str) -> Self {
        Self::valid(name, (2001, 2, 3), (2099, 8, 7), self.key())
    }

    /// The same root, of the same name and key, of which `change` makes something else.
    pub fn remade(&self, name: &str, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let mut params = authority(name);
        change(&mut params);
        let issuer = CertifiedIssuer::self_signed(params, self.key()).expect("a root");
        Self { issuer }
    }

    /// The same name and key, vouched for by `other`.
    pub fn cross_signed_by(&self, name: &str, other: &Self) -> Self {
        self.remade_by(name, other, |_| ())
    }

    /// The same name and key, vouched for by `other`, of which `change` makes something else.
    pub fn remade_by(
        &self,
        name: &str,
        other: &Self,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Self {
        let mut params = authority(name);
        change(&mut params);
        let issuer = CertifiedIssuer::signed_by(params, self.key(), &other.issuer);
        Self {
            issuer: issuer.expect("an intermediate"),
        }
    }

    /// An authority that this one vouches for, but not for so many names.
    pub fn excluding(&self, name: &str, names: usize) -> Self {
        self.intermediate_with(name, |params| {
            let excluded = (0..names).map(|n| GeneralSubtree::DnsName(format!("x{n}.example.org")));
            params.name_constraints = Some(NameConstraints {
                permitted_subtrees: Vec::new(),
                excluded_subtrees: excluded.collect(),
            });
        })
    }

    fn key(&self) -> KeyPair {
        KeyPair::try_from(self.issuer.key().serialize_der()).expect("the same key")
    }

    fn valid(name: &str, from: (i32, u8, u8), to: (i32, u8, u8), key: KeyPair) -> Self {
        let mut params = authority(name);
        params.not_before = rcgen::date_time_ymd(from.0, from.1, from.2);
        params.not_after = rcgen::date_time_ymd(to.0, to.1, to.2);
        let issuer = CertifiedIssuer::self_signed(params, key).expect("a root");
        Self { issuer }
    }

    /// A root that says something else of itself too.
    pub fn with(name: &str, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let mut params = authority(name);
        change(&mut params);
        let issuer = CertifiedIssuer::self_signed(params, key()).expect("a root");
        Self { issuer }
    }

    /// An authority that this one vouches for.
    pub fn intermediate(&self, name: &str) -> Self {
        self.intermediate_with(name, |_| ())
    }

    /// The same, which says something else of itself too.
    pub fn intermediate_with(
        &self,
        name: &str,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Self {
        let mut params = authority(name);
        change(&mut params);
        let issuer = CertifiedIssuer::signed_by(params, key(), &self.issuer);
        Self {
            issuer: issuer.expect("an intermediate"),
        }
    }

    /// Signs a server's certificate.
    pub fn issue(&self, leaf: Leaf) -> Identity {
        let key = key();
        let certificate = leaf.0.signed_by(&key, &self.issuer).expect("a certificate");
        Identity::new(&certificate, &key)
    }

    /// Signs a certificate for a key in PEM.
    pub fn issue_for(&self, leaf: Leaf, key: &str) -> Identity {
        let key = KeyPair::from_pem(key).expect("a key");
        let certificate = leaf.0.signed_by(&key, &self.issuer).expect("a certificate");
        Identity::new(&certificate, &key)
    }

    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// A trust store that holds this authority alone.
    pub fn store(&self) -> Store {
        Store::of(&[self.pem()])
    }
}

impl Leaf {
    /// For these names and IP addresses.
    pub fn named(names: &[&str]) -> Self {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut params = CertificateParams::new(names).expect("names");
        params
            .distinguished_name
            .push(DnType::CommonName, "check-tcp test server");
        Self(params)
    }

    /// For `localhost` and the loopback addresses.
    pub fn good() -> Self {
        Self::named(&["localhost", "127.0.0.1", "::1"])
    }

    /// One that says something else of itself too.
    pub fn with(mut self, change: impl FnOnce(&mut CertificateParams)) -> Self {
        change(&mut self.0);
        self
    }

    /// For this e-mail address and this URI, beside the names it has.
    pub fn and_no_host(mut self, email: &str, uri: &str) -> Self {
        self.0.subject_alt_names.extend([
            SanType::Rfc822Name(email.try_into().expect("ASCII")),
            SanType::URI(uri.try_into().expect("ASCII")),
        ]);
        self
    }

    /// Says which key of its issuer signed it.
    pub fn with_issuer_key_id(mut self) -> Self {
        self.0.use_authority_key_identifier_extension = true;
        self
    }

    /// With so many extensions that nobody knows.
    pub fn with_extensions(mut self, count: u64) -> Self {
        let extensions =
            (0..count).map(|n| CustomExtension::from_oid_content(&[1, 2, 3, n], Vec::new()));
        self.0.custom_extensions.extend(extensions);
        self
    }

    /// An authority's, though a server shows it.
    pub fn authority() -> Self {
        let mut leaf = Self::good();
        leaf.0.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        leaf
    }

    /// Valid from 2001-02-03 to 2020-04-05.
    pub fn expired() -> Self {
        Self::good().valid((2001, 2, 3), (2020, 4, 5))
    }

    /// Valid from 2098-07-06 to 2099-08-07.
    pub fn not_yet_valid() -> Self {
        Self::good().valid((2098, 7, 6), (2099, 8, 7))
    }

    /// Valid until `left` has passed from now on.
    pub fn ending_in(left: Duration) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let end = now.expect("a time after 1970") + left;
        Self::good().with(|params| params.not_after = rcgen::date_time_ymd(1970, 1, 1) + end)
    }

    fn valid(mut self, from: (i32, u8, u8), to: (i32, u8, u8)) -> Self {
        self.0.not_before = rcgen::date_time_ymd(from.0, from.1, from.2);
        self.0.not_after = rcgen::date_time_ymd(to.0, to.1, to.2);
        self
    }
}

/// A certificate that vouches for itself.
pub fn self_signed(mut leaf: Leaf, constraint: Constraint) -> Identity {
    leaf.0.is_ca = match constraint {
        Constraint::Ca => IsCa::Ca(BasicConstraints::Unconstrained),
        Constraint::NoCa => IsCa::ExplicitNoCa,
    };
    let key = key();
    Identity::new(&leaf.0.self_signed(&key).expect("a certificate"), &key)
}

impl Identity {
    /// Shows this authority's certificate too.
    pub fn through(mut self, authority: &Authority) -> Self {
        self.chain.push(authority.issuer.der().clone());
        self
    }

    /// Shows its own certificate with these bytes in place of those, wherever they stand; its
    /// signature is wrong then.
    pub fn forged(mut self, from: &[u8], to: &[u8]) -> Self {
        assert_eq!(from.len(), to.len(), "lengths stand before");
        let mut der = self.chain[0].to_vec();
        for start in 0..der.len() {
            if der[start..].starts_with(from) {
                der[start..start + to.len()].copy_from_slice(to);
            }
        }
        self.chain[0] = der.into();
        self
    }

    /// Shows the certificates of another, whose key it does not have.
    pub fn showing(mut self, other: &Self) -> Self {
        self.chain.clone_from(&other.chain);
        self
    }

    /// A trust store that holds this very certificate.
    pub fn store(&self) -> Store {
        Store::of(std::slice::from_ref(&self.pem))
    }

    /// The certificate in PEM.
    pub fn pem(&self) -> String {
        self.pem.clone()
    }

    pub fn server_config(&self, version: &'static SupportedProtocolVersion) -> Arc<ServerConfig> {
        let key = PrivateKeyDer::Pkcs8(self.key.clone_key());
        let key = ring::sign::any_supported_type(&key).expect("a key");
        // Whatever the certificate says: rustls would not show one that it can't read.
        let shown = SingleCertAndKey::from(CertifiedKey::new(self.chain.clone(), key));
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(&[version])
            .expect("a version that ring speaks")
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(shown));
        // As most servers do: the client gets tickets, whether it has a use for them or not.
        config.ticketer = ring::Ticketer::new().expect("random bytes");
        Arc::new(config)
    }

    /// The same for a server that takes only clients with a certificate of this authority.
    pub fn demanding_config(
        &self,
        version: &'static SupportedProtocolVersion,
        authority: &Authority,
    ) -> Arc<ServerConfig> {
        self.asking_config(version, authority, |verifier| verifier)
    }

    /// The same for a server that asks for a certificate, and takes clients without one too.
    pub fn offering_config(
        &self,
        version: &'static SupportedProtocolVersion,
        authority: &Authority,
    ) -> Arc<ServerConfig> {
        self.asking_config(version, authority, |verifier| {
            verifier.allow_unauthenticated()
        })
    }

    fn asking_config(
        &self,
        version: &'static SupportedProtocolVersion,
        authority: &Authority,
        of: impl FnOnce(ClientCertVerifierBuilder) -> ClientCertVerifierBuilder,
    ) -> Arc<ServerConfig> {
        let provider = Arc::new(ring::default_provider());
        let mut roots = RootCertStore::empty();
        roots.add(authority.issuer.der().clone()).expect("a root");
        let verifier = WebPkiClientVerifier::builder_with_provider(roots.into(), provider.clone());
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[version])
            .expect("a version that ring speaks")
            .with_client_cert_verifier(of(verifier).build().expect("a root to verify with"))
            .with_single_cert(
                self.chain.clone(),
                PrivateKeyDer::Pkcs8(self.key.clone_key()),
            );
        Arc::new(config.expect("a certificate and its key"))
    }

    fn new(certificate: &rcgen::Certificate, key: &KeyPair) -> Self {
        Self {
            chain: vec![certificate.der().clone()],
            key: PrivatePkcs8KeyDer::from(key.serialize_der()),
            pem: certificate.pem(),
        }
    }
}

impl Store {
    pub fn of(certificates: &[String]) -> Self {
        let dir = tempfile::tempdir().expect("a directory");
        std::fs::write(dir.path().join("bundle.pem"), certificates.concat()).expect("a store");
        let hashed = dir.path().join("hashed");
        std::fs::create_dir(&hashed).expect("a directory");
        for (number, certificate) in certificates.iter().enumerate() {
            // Named as `openssl rehash` names them: some look at nothing else.
            std::fs::write(hashed.join(format!("0a1b2c3d.{number}")), certificate).expect("a file");
        }
        Self { dir }
    }

    /// For `SSL_CERT_FILE`.
    pub fn file(&self) -> PathBuf {
        self.dir.path().join("bundle.pem")
    }

    /// For `SSL_CERT_DIR`.
    pub fn directory(&self) -> PathBuf {
        self.dir.path().join("hashed")
    }
}

fn authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

fn key() -> KeyPair {
    KeyPair::generate().expect("a key")
}
