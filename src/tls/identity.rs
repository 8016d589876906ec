//! The certificate that a client shows, and its key.

use super::client_key::parse_key;
use super::pem::PemFile;
use crate::fd::read_regular_file;
use rustls::Error;
use rustls::pki_types::CertificateDer;
use rustls::sign::{CertifiedKey, SigningKey};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// Largest file, in bytes.
const MAX_FILE: u64 = 1 << 20;

/// Memory of all files that are read, in bytes. A list may name many.
const MAX_BYTES: usize = 32 << 20;

/// Memory that a file or a pair of them takes beside paths and contents, in bytes.
const BYTES_PER_ENTRY: usize = 1 << 10;

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

/// What a file has for a client, each part with the reason why it can't be used.
struct ClientFile {
    certificates: Result<Vec<CertificateDer<'static>>, &'static str>,
    key: Result<Arc<dyn SigningKey>, String>,
}

/// The files that were read, and the identities by the paths of certificate and key.
#[derive(Default)]
struct Identities {
    files: BTreeMap<PathBuf, Result<Arc<ClientFile>, String>>,
    known: BTreeMap<(PathBuf, PathBuf), Result<ClientIdentity, IdentityError>>,
    bytes: usize,
}

impl ClientIdentity {
    /// Reads a certificate, with those of its issuers behind it, and its key (PKCS #8, PKCS #1 or
    /// SEC1), both in PEM. The two may stand in one file. Each file is read once per process.
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
        let identity = self.pair(certificate, key);
        let chain = identity.iter().flat_map(|identity| &identity.0.cert);
        let bytes: usize = chain.map(|certificate| certificate.len()).sum();
        let bytes = bytes + paths.0.as_os_str().len() + paths.1.as_os_str().len();
        self.take_memory(bytes)
            .map_err(IdentityError::Certificate)?;
        self.known.insert(paths, identity.clone());
        identity
    }

    fn pair(&mut self, certificate: &Path, key: &Path) -> Result<ClientIdentity, IdentityError> {
        let in_certificate = |text: &str| IdentityError::Certificate(text.to_owned());
        let file = self.file(certificate).map_err(IdentityError::Certificate)?;
        let key_file = self.file(key).map_err(IdentityError::Key)?;
        let certificates = file.certificates.clone().map_err(in_certificate)?;
        let key = key_file.key.clone().map_err(IdentityError::Key)?;
        let pair = CertifiedKey::new(certificates, key);
        match pair.keys_match() {
            Ok(()) => Ok(ClientIdentity(Arc::new(pair))),
            Err(Error::InconsistentKeys(_)) => Err(IdentityError::Key(
                "its key does not fit the certificate".to_owned(),
            )),
            Err(_) => Err(in_certificate("its first certificate can't be read")),
        }
    }

    fn file(&mut self, path: &Path) -> Result<Arc<ClientFile>, String> {
        if let Some(file) = self.files.get(path) {
            return file.clone();
        }
        let pem = read_regular_file(path, MAX_FILE);
        // What is kept of a file that can't be used is its path and the reason.
        let bytes = pem.as_ref().map_or(0, Vec::len);
        self.take_memory(bytes + path.as_os_str().len())?;
        let file = pem.map(|pem| Arc::new(ClientFile::parse(&pem)));
        self.files.insert(path.to_owned(), file.clone());
        file
    }

    fn take_memory(&mut self, bytes: usize) -> Result<(), String> {
        let bytes = self.bytes + BYTES_PER_ENTRY + bytes;
        if bytes > MAX_BYTES {
            let error = "the files of clients' certificates take too much memory together";
            return Err(error.to_owned());
        }
        self.bytes = bytes;
        Ok(())
    }
}

impl ClientFile {
    fn parse(pem: &[u8]) -> Self {
        let read = PemFile::read(pem, &mut Vec::new()).unwrap_or_default();
        let certificates = match read.lost_blocks {
            0 if read.certificates.is_empty() => Err("it has no certificate in PEM"),
            0 => Ok(read.certificates),
            _ => Err("a certificate in it can't be read"),
        };
        Self {
            certificates,
            key: parse_key(pem),
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair};
    use std::fs;

    #[test]
    fn a_file_is_read_once_in_whatever_pairs_and_all_within_a_bound() {
        let key = KeyPair::generate().expect("a key");
        let certificate = CertificateParams::default().self_signed(&key);
        let certificate = certificate.expect("a certificate").pem();
        let directory = tempfile::tempdir().expect("a directory");
        let path = |name: &str| directory.path().join(name);
        fs::write(path("both"), certificate.clone() + &key.serialize_pem()).expect("a file");
        fs::write(path("certificate"), certificate).expect("a file");
        fs::write(path("key"), key.serialize_pem()).expect("a file");
        let mut read = Identities::default();
        let mut identity = |certificate, key| read.identity(&path(certificate), &path(key));
        assert!(identity("both", "both").is_ok());
        fs::remove_file(path("both")).expect("a file");
        assert!(identity("certificate", "both").is_ok());
        assert!(identity("both", "key").is_ok());
        assert!(identity("none", "key").is_err());
        assert!(identity("certificate", "key").is_ok());
        read.bytes = MAX_BYTES;
        let identity = read.identity(&path("key"), &path("key"));
        let error = identity.expect_err("too much");
        assert!(error.to_string().contains("memory"), "{error}");
    }
}
