//! The search for trusted certificates in files and directories, and what of these can't be read.

use super::pem::PemFile;
use crate::escape::as_text;
use rustls::pki_types::CertificateDer;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// As much of a file as is read; no bundle is a tenth as long.
const MAX_FILE_SIZE: u64 = 16 << 20;

/// How many files that could not be read are told.
const MAX_FILES_SHOWN: usize = 3;

/// What was found so far.
#[derive(Debug, Default)]
pub struct Search {
    /// The certificates, each with the number of its file in `files`.
    pub found: Vec<(usize, CertificateDer<'static>)>,
    /// What could not be read.
    pub files: StoreFiles,
}

/// The files of a store, and what of each could not be read. Its text names those of which there is
/// anything to tell; it is empty where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoreFiles(Vec<(PathBuf, ReadOutcome)>);

/// What of a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
enum ReadOutcome {
    /// So many blocks of it; none at all mostly.
    LostBlocks(usize),
    /// It holds no certificate.
    NoCertificate,
    /// It is not there.
    NotFound,
    /// What the system says.
    Failed(String),
}

impl Search {
    /// Adds what a file holds, if it is there. What is not a regular file holds nothing: a pipe may
    /// have no end.
    pub fn add_file(&mut self, path: &Path) {
        if self
            .read_file(path)
            .is_err_and(|outcome| outcome == ReadOutcome::NotFound)
        {
            self.files.0.pop();
        }
    }

    /// The same for a file that the user has named.
    pub fn add_named_file(&mut self, path: &Path) {
        let before = self.found.len();
        let is_read = self.read_file(path).is_ok();
        if let Some((_, outcome @ ReadOutcome::LostBlocks(0))) = self.files.0.last_mut()
            && is_read
            && self.found.len() == before
        {
            *outcome = ReadOutcome::NoCertificate;
        }
    }

    /// Adds what the files of a directory hold, if it is there.
    pub fn add_directory(&mut self, path: &Path) {
        if self.read_directory(path).is_err_and(|e| is_not_found(&e)) {
            self.files.0.pop();
        }
    }

    /// The same for a directory that the user has named.
    pub fn add_named_directory(&mut self, path: &Path) {
        let _ = self.read_directory(path);
    }

    fn read_directory(&mut self, path: &Path) -> io::Result<()> {
        let entries = fs::read_dir(path);
        let entries = entries.inspect_err(|e| self.record(path, ReadOutcome::from_error(e)))?;
        for path in entries.flatten().map(|entry| entry.path()) {
            // A directory in it, say, is no fault.
            if !path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
                let _ = self.read_file(&path);
            }
        }
        Ok(())
    }

    /// Adds a file to those that were read, or were not.
    fn read_file(&mut self, path: &Path) -> Result<(), ReadOutcome> {
        let pem = open_regular_file(path).and_then(|file| PemFile::read(file.take(MAX_FILE_SIZE)));
        let pem = pem.map_err(|e| {
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

    fn record(&mut self, path: &Path, outcome: ReadOutcome) {
        self.files.0.push((path.to_owned(), outcome));
    }
}

impl StoreFiles {
    /// One more block of this file is no certificate that can be used.
    pub fn add_lost_block(&mut self, file: usize) {
        if let Some((_, ReadOutcome::LostBlocks(lost))) = self.0.get_mut(file) {
            *lost += 1;
        }
    }

    /// Without files that are not there or hold nothing, where that goes without saying.
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
            f.write_str(separator)?;
            match outcome {
                ReadOutcome::LostBlocks(1) => write!(f, "1 block of {path} could not be read")?,
                ReadOutcome::LostBlocks(lost) => {
                    write!(f, "{lost} blocks of {path} could not be read")?
                }
                ReadOutcome::NoCertificate => write!(f, "{path} holds no certificate in PEM")?,
                ReadOutcome::NotFound => write!(f, "{path} is not there")?,
                ReadOutcome::Failed(why) => write!(f, "{path} could not be read: {why}")?,
            }
        }
        match failed.count() {
            0 => Ok(()),
            1 => f.write_str("; and 1 file more"),
            more => write!(f, "; and {more} files more"),
        }
    }
}

impl ReadOutcome {
    fn from_error(e: &io::Error) -> Self {
        if is_not_found(e) {
            return Self::NotFound;
        }
        let text = e.to_string();
        // The system's words without its number.
        let words = text.split_once(" (os error ").map(|(words, _)| words);
        Self::Failed(words.unwrap_or(&text).to_owned())
    }
}

fn is_not_found(e: &io::Error) -> bool {
    matches!(
        e.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

fn open_regular_file(path: &Path) -> io::Result<File> {
    // Before it is opened, which would wait for a pipe's other end.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    File::open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_not_be_read_is_told_and_not_without_end() {
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
