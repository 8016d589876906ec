//! The search for trusted certificates in files and directories, and what of these can't be read.

use super::pem::Pem;
use crate::escape::as_text;
use rustls::pki_types::CertificateDer;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// As much of a file as is read; no bundle is a tenth as long.
const LONGEST: u64 = 16 << 20;

/// How many files that could not be read are told.
const TOLD: usize = 3;

/// What was found so far.
#[derive(Debug, Default)]
pub struct Search {
    /// The certificates, each with the number of its file in `unread`.
    pub found: Vec<(usize, CertificateDer<'static>)>,
    /// What could not be read.
    pub unread: Unread,
}

/// The files of a store, and what of each could not be read. Its text names those of which there is
/// anything to tell; it is empty where there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unread(Vec<(PathBuf, Trouble)>);

/// What of a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Trouble {
    /// So many blocks of it; none at all mostly.
    Blocks(usize),
    /// It holds no certificate.
    Empty,
    /// It is not there.
    Absent,
    /// What the system says.
    Failed(String),
}

impl Search {
    /// Adds what a file holds, if it is there. What is not a regular file holds nothing: a pipe may
    /// have no end.
    pub fn file(&mut self, path: &Path) {
        if self
            .read(path)
            .is_err_and(|trouble| trouble == Trouble::Absent)
        {
            self.unread.0.pop();
        }
    }

    /// The same for a file that the user has named.
    pub fn named_file(&mut self, path: &Path) {
        let before = self.found.len();
        let is_read = self.read(path).is_ok();
        if let Some((_, trouble @ Trouble::Blocks(0))) = self.unread.0.last_mut()
            && is_read
            && self.found.len() == before
        {
            *trouble = Trouble::Empty;
        }
    }

    /// Adds what the files of a directory hold, if it is there.
    pub fn directory(&mut self, path: &Path) {
        if self.entries(path).is_err_and(|e| is_absent(&e)) {
            self.unread.0.pop();
        }
    }

    /// The same for a directory that the user has named.
    pub fn named_directory(&mut self, path: &Path) {
        let _ = self.entries(path);
    }

    fn entries(&mut self, path: &Path) -> io::Result<()> {
        let entries = fs::read_dir(path);
        let entries = entries.inspect_err(|e| self.fail(path, Trouble::of(e)))?;
        for path in entries.flatten().map(|entry| entry.path()) {
            // A directory in it, say, is no fault.
            if !path.metadata().is_ok_and(|metadata| !metadata.is_file()) {
                let _ = self.read(&path);
            }
        }
        Ok(())
    }

    /// Adds a file to those that were read, or were not.
    fn read(&mut self, path: &Path) -> Result<(), Trouble> {
        let pem = open(path).and_then(|file| Pem::read(file.take(LONGEST)));
        let pem = pem.map_err(|e| {
            let trouble = Trouble::of(&e);
            self.fail(path, trouble.clone());
            trouble
        })?;
        let file = self.unread.0.len();
        self.fail(path, Trouble::Blocks(pem.lost));
        let certificates = pem.certificates.into_iter();
        self.found.extend(certificates.map(|der| (file, der)));
        Ok(())
    }

    fn fail(&mut self, path: &Path, trouble: Trouble) {
        self.unread.0.push((path.to_owned(), trouble));
    }
}

impl Unread {
    /// One more block of this file is no certificate that can be used.
    pub fn lose(&mut self, file: usize) {
        if let Some((_, Trouble::Blocks(lost))) = self.0.get_mut(file) {
            *lost += 1;
        }
    }

    /// Without files that are not there or hold nothing, where that goes without saying.
    pub fn without_absent(mut self) -> Self {
        self.0
            .retain(|(_, trouble)| !matches!(trouble, Trouble::Absent | Trouble::Empty));
        self
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let told = self.0.iter();
        let mut told = told.filter(|(_, trouble)| *trouble != Trouble::Blocks(0));
        for (number, (path, trouble)) in told.by_ref().take(TOLD).enumerate() {
            let path = as_text(path.as_os_str().as_encoded_bytes());
            let separator = if number == 0 { "" } else { "; " };
            f.write_str(separator)?;
            match trouble {
                Trouble::Blocks(1) => write!(f, "1 block of {path} could not be read")?,
                Trouble::Blocks(lost) => write!(f, "{lost} blocks of {path} could not be read")?,
                Trouble::Empty => write!(f, "{path} holds no certificate in PEM")?,
                Trouble::Absent => write!(f, "{path} is not there")?,
                Trouble::Failed(why) => write!(f, "{path} could not be read: {why}")?,
            }
        }
        match told.count() {
            0 => Ok(()),
            1 => f.write_str("; and 1 file more"),
            more => write!(f, "; and {more} files more"),
        }
    }
}

impl Trouble {
    fn of(e: &io::Error) -> Self {
        if is_absent(e) {
            return Self::Absent;
        }
        let text = e.to_string();
        // The system's words without its number.
        let words = text.split_once(" (os error ").map(|(words, _)| words);
        Self::Failed(words.unwrap_or(&text).to_owned())
    }
}

fn is_absent(e: &io::Error) -> bool {
    matches!(
        e.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

fn open(path: &Path) -> io::Result<File> {
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
        let failed = || Trouble::Failed("Permission denied".to_owned());
        let of = |troubles: &[Trouble]| {
            let files = (1..).map(|n| PathBuf::from(format!("/{n}")));
            Unread(files.zip(troubles.iter().cloned()).collect())
        };
        for (troubles, text) in [
            (vec![], ""),
            (vec![Trouble::Blocks(0)], ""),
            (
                vec![Trouble::Blocks(0), Trouble::Blocks(1)],
                "1 block of /2 could not be read",
            ),
            (
                vec![Trouble::Blocks(3), failed()],
                "3 blocks of /1 could not be read; /2 could not be read: Permission denied",
            ),
            (
                vec![Trouble::Absent, Trouble::Empty],
                "/1 is not there; /2 holds no certificate in PEM",
            ),
            (
                vec![Trouble::Absent; 4],
                "/1 is not there; /2 is not there; /3 is not there; and 1 file more",
            ),
        ] {
            assert_eq!(of(&troubles).to_string(), text);
        }
        let mut unread = of(&[Trouble::Blocks(0), Trouble::Absent]);
        unread.lose(0);
        unread.lose(1);
        unread.lose(9);
        assert_eq!(
            unread.without_absent().to_string(),
            "1 block of /1 could not be read"
        );
    }
}
