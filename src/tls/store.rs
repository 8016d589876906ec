//! The system's trust store.
//!
//! Search and parser are our own, because every check pays for them. `rustls-native-certs` reads
//! the bundle and the directory, which hold the same certificates on Debian: 4.6 ms against 1.0 ms
//! for the bundle alone. The PEM parser of `rustls-pki-types` takes 2.2 ms against 1.5, and drops
//! certificates silently.

use super::dates::{Moment, ValidityError};
use super::search::{Search, StoreFiles};
use crate::escape::as_text;
use rustls::RootCertStore;
use rustls::pki_types::{CertificateDer, UnixTime};
use std::env;
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use webpki::EndEntityCert;

/// Paths of the bundle on Debian and Alpine, Fedora and RHEL, openSUSE, FreeBSD, macOS and OpenBSD.
const BUNDLES: [&str; 6] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
];

/// Directories of single certificates, for a machine without a bundle.
const DIRECTORIES: [&str; 2] = ["/etc/ssl/certs", "/etc/pki/tls/certs"];

/// The trust anchors of the system.
pub struct TrustStore {
    /// The authorities inside their validity period.
    pub roots: RootCertStore,
    /// All certificates in the order of the search, also those outside their validity period.
    pub certificates: Vec<CertificateDer<'static>>,
    /// The subjects of authorities outside their validity period. They are no roots, because webpki
    /// checks the dates of a chain but not those of its anchor.
    pub outside_validity: Vec<(Vec<u8>, ValidityError)>,
    /// The files of the store, with read failures.
    pub files: StoreFiles,
}

/// No trusted certificate was found. The text names the files and directories that were searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreError {
    searched: Vec<PathBuf>,
    files: StoreFiles,
}

/// Reads `SSL_CERT_FILE` and `SSL_CERT_DIR` (a list, as in OpenSSL) if either is set, else the
/// first bundle of the system, else its directories. Certificates that webpki can't use are
/// skipped, and so are files that are not regular: a pipe may have no end.
///
/// # Errors
/// No usable certificate was found.
pub(crate) fn load_system() -> Result<TrustStore, StoreError> {
    let file = env::var_os("SSL_CERT_FILE").filter(|value| !value.is_empty());
    let directories = env::var_os("SSL_CERT_DIR").filter(|value| !value.is_empty());
    let mut search = Search::default();
    let mut searched = Vec::new();
    if file.is_some() || directories.is_some() {
        let file = file.map(PathBuf::from);
        file.iter().for_each(|file| search.add_named_file(file));
        let directories = directories.as_deref().map(split_paths).unwrap_or_default();
        directories
            .iter()
            .for_each(|directory| search.add_named_directory(directory));
        searched.extend(file.into_iter().chain(directories));
    } else {
        let files = BUNDLES.map(|path| (path, Search::add_file as fn(&mut _, &Path)));
        let directories =
            DIRECTORIES.map(|path| (path, Search::add_directory as fn(&mut _, &Path)));
        for (path, add) in files.into_iter().chain(directories) {
            add(&mut search, Path::new(path));
            searched.push(PathBuf::from(path));
            if !search.found.is_empty() {
                break;
            }
        }
    }
    let store = TrustStore::from_search(search);
    if store.certificates.is_empty() {
        let files = store.files.without_missing();
        return Err(StoreError { searched, files });
    }
    Ok(store)
}

impl TrustStore {
    /// Takes in what a search has found.
    pub(super) fn from_search(mut search: Search) -> Self {
        let now = Moment::new(UnixTime::now());
        let mut store = Self {
            roots: RootCertStore::empty(),
            certificates: Vec::new(),
            outside_validity: Vec::new(),
            files: StoreFiles::default(),
        };
        for (file, certificate) in search.found {
            // A directory holds each certificate several times, under other names and in a bundle.
            if file > 0 && store.certificates.contains(&certificate) {
                continue;
            }
            match now.validity_error(&certificate) {
                Some(error) => {
                    // webpki can't parse X.509 version 1, but accepts it as an anchor.
                    if let Ok(parsed) = EndEntityCert::try_from(&certificate) {
                        let subject = parsed.subject().to_vec();
                        store.outside_validity.push((subject, error));
                    }
                }
                None if store.roots.add(certificate.clone()).is_err() => {
                    search.files.add_lost_block(file);
                    continue;
                }
                None => {}
            }
            store.certificates.push(certificate);
        }
        store.files = search.files;
        store
    }
}

impl TrustStore {
    /// Returns true if this very certificate is in the store.
    pub(super) fn holds(&self, certificate: &[u8]) -> bool {
        self.certificates.iter().any(|held| **held == *certificate)
    }
}

impl fmt::Debug for TrustStore {
    /// Shows only the number of certificates: their bytes would add megabytes to each check shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrustStore")
            .field("roots", &self.roots)
            .field("certificates", &self.certificates.len())
            .field("outside_validity", &self.outside_validity.len())
            .finish()
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no trusted certificate found in ")?;
        if self.searched.is_empty() {
            f.write_str("SSL_CERT_DIR, which names no directory")?;
        }
        for (i, path) in self.searched.iter().enumerate() {
            let separator = if i == 0 { "" } else { ", " };
            let path = as_text(path.as_os_str().as_encoded_bytes());
            write!(f, "{separator}{path}")?;
        }
        match self.files.to_string() {
            unread if unread.is_empty() => Ok(()),
            unread => write!(f, " ({unread})"),
        }
    }
}

fn split_paths(list: &OsStr) -> Vec<PathBuf> {
    env::split_paths(list)
        .filter(|path| !path.as_os_str().is_empty())
        .collect()
}
