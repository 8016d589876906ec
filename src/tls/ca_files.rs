//! Files of certificates that are trusted in place of the system's store.

use super::TlsError;
use super::search::Search;
use super::store::TrustStore;
use super::trust::Trust;
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};

/// Memory of all certificates that are read from such files, in bytes. A list may name many.
const MAX_BYTES: usize = 32 << 20;

/// Memory that a file takes beside its path and its certificates, in bytes.
const BYTES_PER_FILE: usize = 4 << 10;

/// The reason why a file of certificates can't be used, as a sentence without its path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaFileError(String);

/// The files that were read.
#[derive(Default)]
struct CaFiles {
    trusts: BTreeMap<PathBuf, Result<Result<Trust, TlsError>, CaFileError>>,
    bytes: usize,
}

/// Returns the trust in the certificates of a PEM file, which is read once per process.
///
/// # Errors
/// The file can't be read, has no certificate, or is one too many.
pub(super) fn trust_in_file(file: &Path) -> Result<Result<Trust, TlsError>, CaFileError> {
    static FILES: LazyLock<Mutex<CaFiles>> = LazyLock::new(Mutex::default);
    // A panic while it was locked has left a file out, and nothing half done.
    let mut files = FILES.lock().unwrap_or_else(PoisonError::into_inner);
    files.trust_in(file, MAX_BYTES)
}

impl CaFiles {
    fn trust_in(
        &mut self,
        file: &Path,
        max_bytes: usize,
    ) -> Result<Result<Trust, TlsError>, CaFileError> {
        if let Some(trust) = self.trusts.get(file) {
            return trust.clone();
        }
        let store = read(file);
        let certificates = store.as_ref().map_or(0, TrustStore::memory_usage);
        let bytes = BYTES_PER_FILE + file.as_os_str().len() + certificates;
        if self.bytes + bytes > max_bytes {
            let error = "the files of authorities take too much memory together";
            return Err(CaFileError(error.to_owned()));
        }
        self.bytes += bytes;
        let trust = store.map(Trust::in_store);
        self.trusts.insert(file.to_owned(), trust.clone());
        trust
    }
}

fn read(file: &Path) -> Result<TrustStore, CaFileError> {
    let mut search = Search::default();
    search.add_named_file(file);
    let store = TrustStore::from_search(search);
    match store.is_empty() {
        true => Err(CaFileError(store.files.describe_without_path())),
        false => Ok(store),
    }
}

impl fmt::Display for CaFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for CaFileError {}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, KeyPair};
    use std::fs;

    fn pem() -> String {
        let key = KeyPair::generate().expect("a key");
        let certificate = CertificateParams::default().self_signed(&key);
        certificate.expect("a certificate").pem()
    }

    #[test]
    fn a_file_is_read_once_and_all_within_a_bound() {
        let directory = tempfile::tempdir().expect("a directory");
        let path = |name: &str| directory.path().join(name);
        for name in ["a", "b"] {
            fs::write(path(name), pem()).expect("a file");
        }
        let mut files = CaFiles::default();
        let max_bytes = 2 * BYTES_PER_FILE;
        assert!(files.trust_in(&path("a"), max_bytes).is_ok());
        fs::remove_file(path("a")).expect("a file");
        assert!(files.trust_in(&path("a"), max_bytes).is_ok());
        let error = files.trust_in(&path("b"), max_bytes).expect_err("too many");
        assert!(error.to_string().contains("memory"), "{error}");
        assert!(files.trust_in(&path("b"), 4 * BYTES_PER_FILE).is_ok());
    }

    #[test]
    fn a_file_without_a_certificate_is_refused_with_the_reason() {
        let directory = tempfile::tempdir().expect("a directory");
        let error = |name: &str, contents: Option<&str>| {
            let path = directory.path().join(name);
            if let Some(contents) = contents {
                fs::write(&path, contents).expect("a file");
            }
            let error = CaFiles::default().trust_in(&path, MAX_BYTES);
            error.expect_err(name).to_string()
        };
        assert_eq!(error("none", None), "it is not there");
        assert_eq!(error("empty", Some("")), "it holds no certificate in PEM");
        let cut = pem().replace("-----END", "");
        assert_eq!(error("cut", Some(&cut)), "1 block of it could not be read");
        let unread = CaFiles::default().trust_in(directory.path(), MAX_BYTES);
        assert_eq!(
            unread.expect_err("a directory").to_string(),
            "it could not be read: it is not a regular file"
        );
    }
}
