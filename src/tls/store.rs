//! The system's trust store.
//!
//! Search and parser are our own, because every check pays for them. `rustls-native-certs` reads
//! the bundle and the directory, which hold the same certificates on Debian: 4.6 ms against 1.0 ms
//! for the bundle alone. The PEM parser of `rustls-pki-types` takes 2.2 ms against 1.5, and drops
//! certificates silently.

use super::certificate::Certificate;
use super::dates::{self, ValidityError};
use super::search::{Search, StoreFiles};
use crate::escape::as_text;
use rustls::pki_types::{CertificateDer, TrustAnchor, UnixTime};
use std::env;
use std::ffi::OsStr;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use webpki::anchor_from_trusted_cert;

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

/// Certificates that are trusted. Each becomes a trust anchor of webpki when a path needs it: most
/// never do.
pub struct TrustStore {
    /// In the order of the search, also those outside their validity period.
    certificates: Vec<StoredCertificate>,
    /// The files of the store, with read failures.
    pub files: StoreFiles,
}

struct StoredCertificate {
    der: CertificateDer<'static>,
    /// The place of the subject in it.
    subject: Range<usize>,
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
    if store.is_empty() {
        let files = store.files.without_missing();
        return Err(StoreError { searched, files });
    }
    Ok(store)
}

impl TrustStore {
    /// Trusts these certificates, unless they can't be used.
    pub fn of(certificates: impl IntoIterator<Item = CertificateDer<'static>>) -> Self {
        let mut search = Search::default();
        search
            .found
            .extend(certificates.into_iter().map(|der| (0, der)));
        Self::from_search(search)
    }

    /// Takes in what a search has found.
    pub(super) fn from_search(mut search: Search) -> Self {
        let mut certificates: Vec<StoredCertificate> = Vec::with_capacity(search.found.len());
        for (file, der) in search.found {
            // A directory holds each certificate several times, under other names and in a bundle.
            if file > 0 && certificates.iter().any(|held| held.der == der) {
                continue;
            }
            match StoredCertificate::new(der) {
                Some(certificate) => certificates.push(certificate),
                None => search.files.add_lost_block(file),
            }
        }
        Self {
            certificates,
            files: search.files,
        }
    }

    /// Returns true if there is no certificate in it.
    pub(super) fn is_empty(&self) -> bool {
        self.certificates.is_empty()
    }

    /// The memory that its certificates take, in bytes.
    pub(super) fn memory_usage(&self) -> usize {
        let certificates = self.certificates.iter();
        certificates
            .map(|held| held.der.len() + size_of::<StoredCertificate>())
            .sum()
    }

    /// Returns true if this very certificate is in the store.
    pub(super) fn holds(&self, certificate: &[u8]) -> bool {
        self.certificates
            .iter()
            .any(|held| *held.der == *certificate)
    }

    /// The certificates with this subject that may end a path at `now`. webpki checks the dates of a
    /// path but not those of its anchor.
    pub(super) fn authorities(
        &self,
        subject: &[u8],
        now: UnixTime,
    ) -> impl Iterator<Item = Certificate<'_>> {
        self.named(subject)
            .filter(move |held| held.is_valid_at(now))
            .filter_map(|held| Certificate::parse(&held.der))
    }

    /// The trust anchors at `now` with one of these subjects: first those with one of these key
    /// identifiers, since webpki tries a bounded number, and else in the order of the search. Of
    /// those that are the same to webpki there is one.
    pub(super) fn anchors(
        &self,
        subjects: &[&[u8]],
        key_ids: &[&[u8]],
        now: UnixTime,
    ) -> Vec<TrustAnchor<'_>> {
        let mut anchors = Vec::new();
        let named = self.certificates.iter();
        let named = named.filter(|held| subjects.contains(&held.subject()));
        let mut named: Vec<_> = named.collect();
        named.sort_by_cached_key(|held| held.key_id().is_none_or(|id| !key_ids.contains(&id)));
        for held in named {
            if held.is_valid_at(now)
                && let Ok(anchor) = anchor_from_trusted_cert(&held.der)
                && !anchors.contains(&anchor)
            {
                anchors.push(anchor);
            }
        }
        anchors
    }

    /// Returns the reason why a certificate with this subject is no anchor at `now`, if there is one.
    pub(super) fn validity_error(&self, subject: &[u8], now: UnixTime) -> Option<ValidityError> {
        self.named(subject)
            .find_map(|held| dates::validity_error(&held.der, now))
    }

    /// Returns the reason why the certificate with this subject and this key identifier is no anchor
    /// at `now`, unless there is another one that is.
    pub(super) fn validity_error_of_key(
        &self,
        subject: &[u8],
        key_id: &[u8],
        now: UnixTime,
    ) -> Option<ValidityError> {
        let named = self.named(subject);
        let of_key = named.filter(|held| held.key_id() == Some(key_id));
        let mut errors = of_key.map(|held| dates::validity_error(&held.der, now));
        let first = errors.next()??;
        errors.all(|error| error.is_some()).then_some(first)
    }

    fn named(&self, subject: &[u8]) -> impl Iterator<Item = &StoredCertificate> {
        let certificates = self.certificates.iter();
        certificates.filter(move |held| held.subject() == subject)
    }
}

impl StoredCertificate {
    /// Returns `None` for a certificate that can't be an anchor at any time.
    fn new(der: CertificateDer<'static>) -> Option<Self> {
        let subject = Certificate::parse(&der)?.subject;
        let begin = subject.as_ptr().addr() - der.as_ptr().addr();
        let subject = begin..begin + subject.len();
        anchor_from_trusted_cert(&der).ok()?;
        Some(Self { der, subject })
    }

    /// A date that can't be read is no end that is still to come.
    fn is_valid_at(&self, now: UnixTime) -> bool {
        dates::validity(&self.der).is_some_and(|(from, until)| from <= now && now <= until)
    }

    fn subject(&self) -> &[u8] {
        self.der.get(self.subject.clone()).unwrap_or_default()
    }

    fn key_id(&self) -> Option<&[u8]> {
        Certificate::parse(&self.der)?.key_id()
    }
}

impl fmt::Debug for TrustStore {
    /// Shows only the number of certificates: their bytes would add megabytes to each check shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrustStore")
            .field("certificates", &self.certificates.len())
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

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};
    use std::time::Duration;

    #[test]
    fn a_certificate_is_an_anchor_only_while_it_is_valid() {
        let mut params = CertificateParams::default();
        params.not_before = date_time_ymd(2020, 1, 2);
        params.not_after = date_time_ymd(2030, 1, 2);
        let key = KeyPair::generate().expect("a key");
        let root = params.self_signed(&key).expect("a certificate");
        let store = TrustStore::of([root.der().clone()]);
        let subject = Certificate::parse(root.der())
            .expect("a certificate")
            .subject;
        let at =
            |year: u64| UnixTime::since_unix_epoch(Duration::from_secs((year - 1970) * 31_557_600));
        for (year, is_valid) in [(2019, false), (2025, true), (2031, false)] {
            let now = at(year);
            assert_eq!(
                store.anchors(&[subject], &[], now).len(),
                usize::from(is_valid)
            );
            assert_eq!(
                store.authorities(subject, now).count(),
                usize::from(is_valid)
            );
            assert_eq!(store.validity_error(subject, now).is_some(), !is_valid);
        }
    }
}
