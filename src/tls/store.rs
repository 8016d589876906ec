//! The system's trust store.
//!
//! `rustls-native-certs` reads the bundle and the directory, which hold the same certificates on
//! Debian: 4.6 ms against 1.0 ms for the bundle alone. A check starts too often for that, so the
//! search is here, and the reading of PEM is left to `rustls-pki-types`.

use super::dates::{self, Undue};
use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, UnixTime};
use std::env;
use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use webpki::EndEntityCert;

/// Where distributions keep the bundle: Debian and Alpine, Fedora and RHEL, openSUSE, FreeBSD and
/// macOS, OpenBSD.
const BUNDLES: [&str; 6] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
    "/usr/local/share/certs/ca-root-nss.crt",
];

/// Where they keep single certificates, for a machine without a bundle.
const DIRECTORIES: [&str; 2] = ["/etc/ssl/certs", "/etc/pki/tls/certs"];

/// Who is trusted.
pub struct Store {
    /// The authorities whose dates hold.
    pub roots: RootCertStore,
    /// Every certificate, as it stands in the store.
    pub certificates: Vec<CertificateDer<'static>>,
    /// The authorities whose dates do not hold: webpki asks for a chain's dates, not for theirs.
    pub undue: Vec<(Vec<u8>, Undue)>,
}

/// There is no certificate to trust; says where was looked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreError {
    looked: Vec<PathBuf>,
}

/// Reads `SSL_CERT_FILE` and `SSL_CERT_DIR` (a list, as OpenSSL has it) where either is set, else
/// the first bundle of the system, else its directories. A certificate that webpki can't use is
/// passed over, and so is what is not a regular file: a pipe may have no end.
///
/// # Errors
/// No usable certificate was found.
pub fn system() -> Result<Store, StoreError> {
    let file = env::var_os("SSL_CERT_FILE").filter(|value| !value.is_empty());
    let directories = env::var_os("SSL_CERT_DIR").filter(|value| !value.is_empty());
    let mut found = Vec::new();
    let mut looked = Vec::new();
    if file.is_some() || directories.is_some() {
        let file = file.map(PathBuf::from);
        file.iter().for_each(|file| add_file(&mut found, file));
        let directories = directories.as_deref().map(split).unwrap_or_default();
        directories
            .iter()
            .for_each(|directory| add_directory(&mut found, directory));
        looked.extend(file.into_iter().chain(directories));
    } else {
        let files = BUNDLES.map(|path| (path, add_file as fn(&mut _, &Path)));
        let directories = DIRECTORIES.map(|path| (path, add_directory as fn(&mut _, &Path)));
        for (path, add) in files.into_iter().chain(directories) {
            add(&mut found, Path::new(path));
            looked.push(PathBuf::from(path));
            if !found.is_empty() {
                break;
            }
        }
    }
    let store = Store::of(found);
    if store.certificates.is_empty() {
        return Err(StoreError { looked });
    }
    Ok(store)
}

impl Store {
    fn of(found: Vec<CertificateDer<'static>>) -> Self {
        let now = UnixTime::now();
        let mut store = Self {
            roots: RootCertStore::empty(),
            certificates: Vec::new(),
            undue: Vec::new(),
        };
        for certificate in found {
            let parsed = EndEntityCert::try_from(&certificate);
            match (dates::undue(&certificate, now), parsed) {
                (Some(undue), Ok(parsed)) => {
                    store.undue.push((parsed.subject().to_vec(), undue));
                }
                // Of X.509 v1: webpki can't parse it, but takes it for an anchor.
                (Some(_), Err(_)) => {}
                (None, _) if store.roots.add(certificate.clone()).is_err() => continue,
                (None, _) => {}
            }
            store.certificates.push(certificate);
        }
        store
    }
}

impl fmt::Debug for Store {
    /// How many there are: all their bytes would make megabytes of every check that is shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("roots", &self.roots)
            .field("certificates", &self.certificates.len())
            .field("undue", &self.undue.len())
            .finish()
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no trusted certificate found in ")?;
        if self.looked.is_empty() {
            f.write_str("SSL_CERT_DIR, which names no directory")?;
        }
        for (i, path) in self.looked.iter().enumerate() {
            let separator = if i == 0 { "" } else { ", " };
            write!(f, "{separator}{}", path.display())?;
        }
        Ok(())
    }
}

fn split(list: &OsStr) -> Vec<PathBuf> {
    env::split_paths(list)
        .filter(|path| !path.as_os_str().is_empty())
        .collect()
}

fn add_file(found: &mut Vec<CertificateDer<'static>>, path: &Path) {
    // What can't be read adds nothing: an empty store is what fails.
    if path.is_file()
        && let Ok(certificates) = CertificateDer::pem_file_iter(path)
    {
        found.extend(certificates.flatten());
    }
}

fn add_directory(found: &mut Vec<CertificateDer<'static>>, path: &Path) {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    entries.for_each(|entry| add_file(found, &entry.path()));
}
