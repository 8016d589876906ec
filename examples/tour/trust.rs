//! Certificates made on the fly, and the file that makes them trusted.

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The only name in the certificates.
const NAME: &str = "mail.example.com";

/// An authority, and servers that it vouches for.
pub struct Trust {
    /// Holds the authority's certificate: a trust store.
    pub file: PathBuf,
    /// A server with a valid certificate.
    pub good: Arc<ServerConfig>,
    /// A server whose certificate expired on 5 April 2020.
    pub expired: Arc<ServerConfig>,
}

impl Trust {
    /// Makes all of it; the file is in `dir`.
    ///
    /// # Errors
    /// A key or a certificate can't be made, or the file can't be written.
    pub fn new(dir: &Path) -> Result<Self, Box<dyn Error>> {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
            .distinguished_name
            .push(DnType::CommonName, "Tour Authority");
        let authority = CertifiedIssuer::self_signed(params, KeyPair::generate()?)?;
        let file = dir.join("ca.pem");
        fs::write(&file, authority.pem())?;
        let valid = CertificateParams::new([NAME.to_owned()])?;
        let mut expired = valid.clone();
        expired.not_before = rcgen::date_time_ymd(2019, 4, 5);
        expired.not_after = rcgen::date_time_ymd(2020, 4, 5);
        Ok(Self {
            file,
            good: config(&authority, &valid)?,
            expired: config(&authority, &expired)?,
        })
    }
}

fn config(
    authority: &CertifiedIssuer<'_, KeyPair>,
    params: &CertificateParams,
) -> Result<Arc<ServerConfig>, Box<dyn Error>> {
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, authority)?;
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], key)?;
    Ok(Arc::new(config))
}
