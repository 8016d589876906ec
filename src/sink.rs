//! The place where the output goes: standard output, or a file that is replaced as a whole.

use crate::fd::Stdout;
use rustix::fs::{Access, AtFlags, CWD, accessat, fstat};
use rustix::io::Errno;
use std::fs::{self, File, Metadata, OpenOptions};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{self, ErrorKind, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::{Path, PathBuf};

/// Number of links that may lead to a file, as on Linux.
const MAX_LINKS: usize = 40;

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

/// Tries whether a file can be replaced, and leaves all as it is.
///
/// # Errors
/// The reason why it can't.
pub(crate) fn try_replacing(path: &Path) -> io::Result<()> {
    let (path, _) = find(path)?;
    let directory = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let needed = Access::WRITE_OK | Access::EXEC_OK;
    Ok(accessat(CWD, directory, needed, AtFlags::EACCESS)?)
}

/// Returns true if both paths lead to one file.
pub(crate) fn is_same_file(path: &Path, other: &Path) -> bool {
    match (fs::metadata(path), fs::metadata(other)) {
        (Ok(file), Ok(other)) => (file.dev(), file.ino()) == (other.dev(), other.ino()),
        _ => false,
    }
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

    /// The file that is left if the process ends before the output does.
    pub(crate) fn temporary(&self) -> Option<PathBuf> {
        match self {
            Self::Stdout(_) => None,
            Self::File(file) => Some(file.temporary.clone()),
        }
    }
}

impl NewFile {
    fn create(path: &Path) -> io::Result<Self> {
        let (path, before) = find(path)?;
        // In containers every process may have the same number.
        let random = RandomState::new().build_hasher().finish();
        let temporary = path.with_file_name(format!(".check-tcp-{random:016x}"));
        // What only some may read nobody else opens before it is theirs.
        let mode = if before.is_some() { 0o600 } else { 0o666 };
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&temporary)?;
        let new = Self {
            file,
            temporary,
            path,
        };
        if let Some(before) = before {
            new.keep_owner(&before);
            // Last, since a change of the owner may take bits away.
            new.file.set_permissions(before.permissions())?;
        }
        Ok(new)
    }

    /// Gives the file the owner and the group of the one before, as far as that is allowed.
    fn keep_owner(&self, before: &Metadata) {
        let (owner, group) = (before.uid(), before.gid());
        if fchown(&self.file, Some(owner), Some(group)).is_err() {
            let _ = fchown(&self.file, None, Some(group));
        }
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

/// Finds the file that is to be replaced, at the end of all links, and what it is if it exists.
fn find(path: &Path) -> io::Result<(PathBuf, Option<Metadata>)> {
    let name = path.file_name().map_or(&[][..], |it| it.as_encoded_bytes());
    match fs::metadata(path) {
        Ok(before) if before.is_file() && is_standard_stream(&before) => Err(io::Error::other(
            "standard input, output or error is that file",
        )),
        Ok(before) if before.is_file() => Ok((fs::canonicalize(path)?, Some(before))),
        Ok(_) => Err(io::Error::other("it is not a regular file")),
        Err(e) if e.kind() != ErrorKind::NotFound => Err(e),
        // `x/`, `x/.` and `..`
        Err(_) if name.is_empty() || !path.as_os_str().as_encoded_bytes().ends_with(name) => {
            Err(io::Error::other("it is not the name of a file"))
        }
        Err(_) => Ok((follow_links(path.to_owned())?, None)),
    }
}

/// Returns true if this process has the file for a list that it reads, or for what else is written
/// there: under its own name, or as `/dev/stdout`.
fn is_standard_stream(file: &Metadata) -> bool {
    let is_file = |stream: BorrowedFd<'_>| {
        fstat(stream).is_ok_and(|it| (it.st_dev, it.st_ino) == (file.dev(), file.ino()))
    };
    let streams = (io::stdin(), io::stdout(), io::stderr());
    [streams.0.as_fd(), streams.1.as_fd(), streams.2.as_fd()]
        .into_iter()
        .any(is_file)
}

/// Follows links of which the last leads to nothing.
fn follow_links(mut path: PathBuf) -> io::Result<PathBuf> {
    for _ in 0..MAX_LINKS {
        let Ok(next) = fs::read_link(&path) else {
            return Ok(path);
        };
        path.pop();
        path.push(next);
    }
    Err(Errno::LOOP.into())
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
