//! The system's trust store.
//!
//! `rustls-native-certs` reads the bundle and the directory, which hold the same certificates on
//! Debian: 4.6 ms against
//! 1.0 ms for the bundle alone. A check starts too often for that, so the search is here, and the reading of PEM is
//! left to `rustls-pki-types`.

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use std::env;
use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

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

/// There is no certificate to trust; says where was looked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreError {
    looked: Vec<PathBuf>,
}

/// Reads `SSL_CERT_FILE` and `SSL_CERT_DIR` (a list, as OpenSSL has it) where either is set, else
/// the first bundle of the system, else its directories. A certificate that webpki can't use is
/// passed over.
///
/// # Errors
/// No usable certificate was found.
pub fn system() -> Result<RootCertStore, StoreError> {
    let file = env::var_os("SSL_CERT_FILE").filter(|value| !value.is_empty());
    let directories = env::var_os("SSL_CERT_DIR").filter(|value| !value.is_empty());
    let mut roots = RootCertStore::empty();
    let mut looked = Vec::new();
    if file.is_some() || directories.is_some() {
        let file = file.map(PathBuf::from);
        file.iter().for_each(|file| add_file(&mut roots, file));
        let directories = directories.as_deref().map(split).unwrap_or_default();
        directories
            .iter()
            .for_each(|directory| add_directory(&mut roots, directory));
        looked.extend(file.into_iter().chain(directories));
    } else {
        let bundles = BUNDLES
            .iter()
            .map(|path| (path, add_file as fn(&mut RootCertStore, &Path)));
        let directories = DIRECTORIES
            .iter()
            .map(|path| (path, add_directory as fn(&mut RootCertStore, &Path)));
        for (path, add) in bundles.chain(directories) {
            add(&mut roots, Path::new(path));
            looked.push(PathBuf::from(path));
            if !roots.is_empty() {
                break;
            }
        }
    }
    if roots.is_empty() {
        return Err(StoreError { looked });
    }
    Ok(roots)
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no trusted certificate found in ")?;
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

fn add_file(roots: &mut RootCertStore, path: &Path) {
    // What can't be read adds nothing: an empty store is what fails.
    if let Ok(certificates) = CertificateDer::pem_file_iter(path) {
        roots.add_parsable_certificates(certificates.flatten());
    }
}

fn add_directory(roots: &mut RootCertStore, path: &Path) {
    let entries = fs::read_dir(path).into_iter().flatten().flatten();
    for path in entries
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
    {
        add_file(roots, &path);
    }
}
