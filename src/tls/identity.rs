//! The certificate that a client shows, and its key.

use super::pem::PemFile;
use super::provider;
use crate::fd::read_regular_file;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use rustls::sign::CertifiedKey;
use rustls::{Error, InconsistentKeys};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// Largest file, in bytes.
const MAX_FILE: u64 = 1 << 20;

/// Memory of all files that are read, in bytes. A list may name many.
const MAX_BYTES: usize = 32 << 20;

/// Memory that a pair of files takes beside their paths and their contents, in bytes.
const BYTES_PER_PAIR: usize = 1 << 10;

/// A client's certificate and its key; clones share them.
#[derive(Clone)]
pub struct ClientIdentity(pub(super) Arc<CertifiedKey>);

/// The reason why a certificate or a key can't be used, as a sentence without the path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentityError {
    /// The fault is in the file of the certificate.
    Certificate(String),
    /// The fault is in the file of the key.
    Key(String),
}

/// The identities that were read, by the paths of certificate and key.
#[derive(Default)]
struct Identities {
    known: BTreeMap<(PathBuf, PathBuf), Result<ClientIdentity, IdentityError>>,
    bytes: usize,
}

impl ClientIdentity {
    /// Reads a certificate, with those of its issuers behind it, and its key (PKCS #8, PKCS #1 or
    /// SEC1), both in PEM. The two may stand in one file. Each pair is read once per process.
    ///
    /// # Errors
    /// A file can't be read, has no certificate or no key, its key is encrypted, or does not fit.
    pub fn read(certificate: &Path, key: &Path) -> Result<Self, IdentityError> {
        static READ: LazyLock<Mutex<Identities>> = LazyLock::new(Mutex::default);
        // A panic while it was locked has left an identity out, and nothing half done.
        let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
        read.identity(certificate, key)
    }
}

impl Identities {
    fn identity(
        &mut self,
        certificate: &Path,
        key: &Path,
    ) -> Result<ClientIdentity, IdentityError> {
        let paths = (certificate.to_owned(), key.to_owned());
        if let Some(known) = self.known.get(&paths) {
            return known.clone();
        }
        let read = read(certificate, key);
        // What is kept of those that can't be used is their paths and the reason.
        let bytes = read.as_ref().map_or(0, |(_, bytes)| *bytes);
        let bytes = BYTES_PER_PAIR + paths.0.as_os_str().len() + paths.1.as_os_str().len() + bytes;
        if self.bytes + bytes > MAX_BYTES {
            let error = "the files of clients' certificates take too much memory together";
            return Err(IdentityError::Certificate(error.to_owned()));
        }
        self.bytes += bytes;
        let identity = read.map(|(identity, _)| identity);
        self.known.insert(paths, identity.clone());
        identity
    }
}

/// Reads a pair, and returns it with the size of its files.
fn read(certificate: &Path, key: &Path) -> Result<(ClientIdentity, usize), IdentityError> {
    let pem = read_regular_file(certificate, MAX_FILE).map_err(IdentityError::Certificate)?;
    let key_pem = read_regular_file(key, MAX_FILE).map_err(IdentityError::Key)?;
    Ok((parse(&pem, &key_pem)?, pem.len() + key_pem.len()))
}

fn parse(pem: &[u8], key_pem: &[u8]) -> Result<ClientIdentity, IdentityError> {
    let in_certificate = |text: &str| IdentityError::Certificate(text.to_owned());
    let in_key = |text: &str| IdentityError::Key(text.to_owned());
    let read = PemFile::read(pem, &mut Vec::new()).unwrap_or_default();
    if read.certificates.is_empty() || read.lost_blocks > 0 {
        return Err(in_certificate(match read.lost_blocks {
            0 => "it has no certificate in PEM",
            _ => "a certificate in it can't be read",
        }));
    }
    let key = match PrivateKeyDer::from_pem_slice(key_pem) {
        Ok(key) => key,
        Err(_) if has(key_pem, b"ENCRYPTED") => {
            return Err(in_key(
                "its key is encrypted; give one without a passphrase",
            ));
        }
        Err(_) => return Err(in_key("it has no key in PEM (PKCS #8, PKCS #1 or SEC1)")),
    };
    let pair = CertifiedKey::from_der(read.certificates, key, &provider());
    let pair = pair.map_err(|error| match error {
        Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
            in_key("its key does not fit the certificate")
        }
        Error::InvalidCertificate(_) => in_certificate("its first certificate can't be read"),
        _ => in_key("its key is of a kind that is not supported"),
    })?;
    Ok(ClientIdentity(Arc::new(pair)))
}

fn has(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|part| part == word)
}

impl fmt::Debug for ClientIdentity {
    /// Shows nothing of the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ClientIdentity")
            .field(&self.0.cert.len())
            .finish()
    }
}

impl fmt::Display for IdentityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate(text) | Self::Key(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for IdentityError {}
