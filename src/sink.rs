//! The place where the output goes: standard output, or a file that is replaced as a whole.

use crate::fd::Stdout;
use std::fs::{self, File, OpenOptions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::{Path, PathBuf};

/// Where the output goes.
pub(crate) enum Sink {
    /// Standard output.
    Stdout(Stdout),
    /// A file.
    File(NewFile),
}

/// A file that takes the place of another, or of none, once it is complete. Until then it stands
/// beside it under another name, and is removed if it never is.
pub(crate) struct NewFile {
    file: File,
    temporary: PathBuf,
    path: PathBuf,
}

impl Sink {
    /// Opens the sink for `--output`, or else standard output.
    ///
    /// # Errors
    /// The file can't be created, or something else than a regular file has its name.
    pub(crate) fn open(path: Option<&Path>) -> io::Result<Self> {
        Ok(match path {
            None => Self::Stdout(Stdout),
            Some(path) => Self::File(NewFile::create(path)?),
        })
    }

    /// Ends the output: a file gets its name.
    ///
    /// # Errors
    /// The file can't be written to its end, or can't have the name. What had the name before has it
    /// still.
    pub(crate) fn finish(&mut self) -> io::Result<()> {
        match self {
            Self::Stdout(_) => Ok(()),
            Self::File(file) => file.commit(),
        }
    }
}

impl NewFile {
    fn create(path: &Path) -> io::Result<Self> {
        // A link keeps its place, and what it leads to is replaced.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let before = fs::metadata(&path).ok();
        if before.as_ref().is_some_and(|before| !before.is_file()) {
            return Err(io::Error::other("it is not a regular file"));
        }
        if path.file_name().is_none() {
            return Err(io::Error::other("it is not the name of a file"));
        }
        // In containers every process may have the same number.
        let random = RandomState::new().build_hasher().finish();
        let temporary = path.with_file_name(format!(".check-tcp-{random:016x}"));
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&temporary)?;
        let new = Self {
            file,
            temporary,
            path,
        };
        if let Some(before) = before {
            new.file.set_permissions(before.permissions())?;
        }
        Ok(new)
    }

    fn commit(&mut self) -> io::Result<()> {
        // A disk may say only now that it is full.
        self.file.sync_all()?;
        fs::rename(&self.temporary, &self.path)?;
        self.temporary.clear();
        Ok(())
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.temporary.as_os_str().is_empty() {
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

impl Write for Sink {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        match self {
            Self::Stdout(stdout) => stdout.write(text),
            Self::File(new) => new.file.write(text),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsFd for Sink {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Stdout(stdout) => stdout.as_fd(),
            Self::File(new) => new.file.as_fd(),
        }
    }
}
