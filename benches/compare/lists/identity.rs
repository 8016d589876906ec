//! A certificate for the servers, the authority behind it, and what both sides make of them.

use super::serve::addresses;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use rustls::client::Resumption;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::Arc;

/// Within the directory of an identity: the trust store that knows it.
pub const ROOTS: &str = "roots.pem";

const CHAIN: &str = "chain.pem";
const KEY: &str = "key.pem";

/// Writes an authority, and a certificate of it for the addresses of the servers: ECDSA on P-256,
/// as most servers have, one signature to verify for the chain and one for the handshake.
pub fn write(directory: &Path) -> Result<(), Box<dyn Error>> {
    let mut authority = CertificateParams::default();
    let name = "compare's authority";
    authority.distinguished_name.push(DnType::CommonName, name);
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate()?)?;
    let names: Vec<String> = addresses().map(|address| address.to_string()).collect();
    let key = KeyPair::generate()?;
    let leaf = CertificateParams::new(names)?.signed_by(&key, &authority)?;
    fs::write(directory.join(ROOTS), authority.pem())?;
    fs::write(directory.join(CHAIN), leaf.pem())?;
    fs::write(directory.join(KEY), key.serialize_pem())?;
    Ok(())
}

/// The TLS configuration of the bare loop: all is verified as rustls does it of itself, and no
/// session is taken up again.
pub fn client(directory: &Path) -> Result<Arc<ClientConfig>, Box<dyn Error>> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(directory.join(ROOTS))? {
        roots.add(certificate?)?;
    }
    let mut config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.resumption = Resumption::disabled();
    Ok(Arc::new(config))
}

/// The TLS configuration of the servers: as rustls does of itself, tickets included.
pub fn server(directory: &Path) -> Result<Arc<ServerConfig>, Box<dyn Error>> {
    let chain = CertificateDer::pem_file_iter(directory.join(CHAIN))?;
    let chain = chain.collect::<Result<Vec<_>, _>>()?;
    let key = PrivateKeyDer::from_pem_file(directory.join(KEY))?;
    let config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    Ok(Arc::new(config))
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}
