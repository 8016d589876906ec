//! The search for trusted certificates in files and directories, and a record of read failures.

use super::pem::PemFile;
use crate::escape::as_text;
use crate::fd::open_regular_file;
use rustls::pki_types::CertificateDer;
use std::collections::HashSet;
use std::fmt;
use std::fs;
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// Size of the largest file that is read, in bytes. No bundle has a tenth of it.
const MAX_FILE_SIZE: u64 = 16 << 20;

/// Maximum number of unreadable files in a message.
const MAX_FILES_SHOWN: usize = 3;

/// A search in progress.
#[derive(Debug, Default)]
pub(crate) struct Search {
    /// The certificates, each with the index of its file in `files`.
    pub found: Vec<(usize, CertificateDer<'static>)>,
    /// The files of the search.
    pub files: StoreFiles,
    /// The files that were read, by device and inode: a directory has each under several names.
    read: HashSet<(u64, u64)>,
    /// Memory for reading, the same for all files: a directory holds hundreds of small ones.
    buffer: Vec<u8>,
}

/// The files of a trust store, each with the outcome of reading it. The text names those that
/// could not be read in full. It is empty if there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoreFiles(Vec<(PathBuf, ReadOutcome)>);

/// The outcome of reading a file or directory.
#[derive(Clone, Debug, PartialEq, Eq)]
enum ReadOutcome {
    /// It was read, but for this number of blocks, mostly 0.
    LostBlocks(usize),
    /// It was read, and holds no certificate.
    NoCertificate,
    /// It does not exist.
    NotFound,
    /// The error text of the operating system.
    Failed(String),
}

impl Search {
    /// Adds the certificates of a file, if it exists. Only a regular file is read: a pipe may have
    /// no end.
    pub(crate) fn add_file(&mut self, path: &Path) {
        if self.read_file(path) == Err(ReadOutcome::NotFound) {
            self.files.0.pop();
        }
    }

    /// Adds the certificates of a file that the user has named. It must exist and hold one.
    pub(crate) fn add_named_file(&mut self, path: &Path) {
        let before = self.found.len();
        let is_read = self.read_file(path).is_ok();
        if let Some((_, outcome @ ReadOutcome::LostBlocks(0))) = self.files.0.last_mut()
            && is_read
            && self.found.len() == before
        {
            *outcome = ReadOutcome::NoCertificate;
        }
    }

    /// Adds the certificates of the files in a directory, if it exists.
    pub(crate) fn add_directory(&mut self, path: &Path) {
        if self.read_directory(path).is_err_and(|e| is_not_found(&e)) {
            self.files.0.pop();
        }
    }

    /// Adds the certificates of a directory that the user has named. It must exist.
    pub(crate) fn add_named_directory(&mut self, path: &Path) {
        let _ = self.read_directory(path);
    }

    fn read_directory(&mut self, path: &Path) -> io::Result<()> {
        let entries = fs::read_dir(path);
        let entries = entries.inspect_err(|e| self.record(path, ReadOutcome::from_error(e)))?;
        for path in entries.flatten().map(|entry| entry.path()) {
            // Subdirectories, pipes and the like are not errors. A file without metadata, as a
            // broken link, is recorded.
            let is_wanted = match path.metadata() {
                Ok(file) => file.is_file() && !self.read.contains(&identity(&file)),
                Err(_) => true,
            };
            if is_wanted {
                let _ = self.read_file(&path);
            }
        }
        Ok(())
    }

    /// Reads a file and records the outcome.
    fn read_file(&mut self, path: &Path) -> Result<(), ReadOutcome> {
        let pem = self.parse_file(path).map_err(|e| {
            let outcome = ReadOutcome::from_error(&e);
            self.record(path, outcome.clone());
            outcome
        })?;
        let file = self.files.0.len();
        self.record(path, ReadOutcome::LostBlocks(pem.lost_blocks));
        let certificates = pem.certificates.into_iter();
        self.found.extend(certificates.map(|der| (file, der)));
        Ok(())
    }

    fn parse_file(&mut self, path: &Path) -> io::Result<PemFile> {
        let file = open_regular_file(path)?;
        let metadata = file.metadata()?;
        self.read.insert(identity(&metadata));
        // A part of it would be less than the user has asked for.
        if metadata.len() > MAX_FILE_SIZE {
            let limit = MAX_FILE_SIZE >> 20;
            return Err(io::Error::other(format!("it is larger than {limit} MiB")));
        }
        PemFile::read(file.take(MAX_FILE_SIZE), &mut self.buffer)
    }

    fn record(&mut self, path: &Path, outcome: ReadOutcome) {
        self.files.0.push((path.to_owned(), outcome));
    }
}

impl StoreFiles {
    /// Counts one more block of the file with this index as unusable.
    pub fn add_lost_block(&mut self, file: usize) {
        if let Some((_, ReadOutcome::LostBlocks(lost))) = self.0.get_mut(file) {
            *lost += 1;
        }
    }

    /// Describes what is wrong with the only file, as `it`. Empty if nothing is.
    pub fn describe_without_path(&self) -> String {
        let outcome = self.0.first().map(|(_, outcome)| outcome.describe("it"));
        outcome.unwrap_or_default()
    }

    /// Removes files that do not exist or hold no certificate, for a message that implies it.
    pub fn without_missing(mut self) -> Self {
        self.0.retain(|(_, outcome)| {
            !matches!(outcome, ReadOutcome::NotFound | ReadOutcome::NoCertificate)
        });
        self
    }
}

impl fmt::Display for StoreFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failed = self.0.iter();
        let mut failed = failed.filter(|(_, outcome)| *outcome != ReadOutcome::LostBlocks(0));
        for (number, (path, outcome)) in failed.by_ref().take(MAX_FILES_SHOWN).enumerate() {
            let path = as_text(path.as_os_str().as_encoded_bytes());
            let separator = if number == 0 { "" } else { "; " };
            write!(f, "{separator}{}", outcome.describe(&path))?;
        }
        match failed.count() {
            0 => Ok(()),
            1 => f.write_str("; and 1 file more"),
            more => write!(f, "; and {more} files more"),
        }
    }
}

impl ReadOutcome {
    fn describe(&self, path: &str) -> String {
        match self {
            Self::LostBlocks(1) => format!("1 block of {path} could not be read"),
            Self::LostBlocks(lost) => format!("{lost} blocks of {path} could not be read"),
            Self::NoCertificate => format!("{path} holds no certificate in PEM"),
            Self::NotFound => format!("{path} is not there"),
            Self::Failed(why) => format!("{path} could not be read: {why}"),
        }
    }

    fn from_error(e: &io::Error) -> Self {
        if is_not_found(e) {
            return Self::NotFound;
        }
        let text = e.to_string();
        // Remove the error number.
        let words = text.split_once(" (os error ").map(|(words, _)| words);
        Self::Failed(words.unwrap_or(&text).to_owned())
    }
}

/// The device and the inode of a file.
fn identity(file: &fs::Metadata) -> (u64, u64) {
    (file.dev(), file.ino())
}

fn is_not_found(e: &io::Error) -> bool {
    matches!(
        e.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unreadable_files_are_listed_up_to_a_limit() {
        let failed = || ReadOutcome::Failed("Permission denied".to_owned());
        let files_with = |outcomes: &[ReadOutcome]| {
            let files = (1..).map(|n| PathBuf::from(format!("/{n}")));
            StoreFiles(files.zip(outcomes.iter().cloned()).collect())
        };
        for (outcomes, text) in [
            (vec![], ""),
            (vec![ReadOutcome::LostBlocks(0)], ""),
            (
                vec![ReadOutcome::LostBlocks(0), ReadOutcome::LostBlocks(1)],
                "1 block of /2 could not be read",
            ),
            (
                vec![ReadOutcome::LostBlocks(3), failed()],
                "3 blocks of /1 could not be read; /2 could not be read: Permission denied",
            ),
            (
                vec![ReadOutcome::NotFound, ReadOutcome::NoCertificate],
                "/1 is not there; /2 holds no certificate in PEM",
            ),
            (
                vec![ReadOutcome::NotFound; 4],
                "/1 is not there; /2 is not there; /3 is not there; and 1 file more",
            ),
        ] {
            assert_eq!(files_with(&outcomes).to_string(), text);
        }
        let mut files = files_with(&[ReadOutcome::LostBlocks(0), ReadOutcome::NotFound]);
        files.add_lost_block(0);
        files.add_lost_block(1);
        files.add_lost_block(9);
        assert_eq!(
            files.without_missing().to_string(),
            "1 block of /1 could not be read"
        );
    }
}
