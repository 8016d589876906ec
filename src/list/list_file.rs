//! A list in a file that another process may rewrite while it is read.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek};
use std::os::fd::{AsFd, BorrowedFd};

/// A file whose truncation is an error: the end of file, where it comes before the size that the
/// file had at first. Bytes that were appended are read too. A rewrite at the same or a greater
/// length can't be noticed.
#[derive(Debug)]
pub(crate) struct ListFile {
    file: File,
    size: Option<u64>,
}

impl ListFile {
    /// Reads from the current position of the file. A pipe or a device may end anywhere.
    ///
    /// # Errors
    /// The metadata can't be read.
    pub(crate) fn new(file: File) -> io::Result<Self> {
        let about = file.metadata()?;
        let size = about.is_file().then_some(about.len());
        Ok(Self { file, size })
    }

    /// The size of a regular file, as it was at first.
    pub(crate) fn size(&self) -> Option<u64> {
        self.size
    }

    /// Returns true, at the end of the file, if it was longer at first. A file of `/sys` claims the
    /// size of a page and ends before; so truncation is assumed only where the file claims a
    /// smaller size now, or has more bytes after all.
    fn is_truncated(&mut self) -> io::Result<bool> {
        let Some(size) = self.size else {
            return Ok(false);
        };
        // Another process that reads from the same descriptor may have consumed a part.
        if self.file.stream_position()? >= size {
            return Ok(false);
        }
        Ok(self.file.metadata()?.len() < size || self.file.read(&mut [0])? > 0)
    }
}

impl Read for ListFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(buffer)?;
        if count == 0 && !buffer.is_empty() && self.is_truncated()? {
            return Err(io::Error::new(
                ErrorKind::UnexpectedEof,
                "it has become shorter since it was opened",
            ));
        }
        Ok(count)
    }
}

impl AsFd for ListFile {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{SeekFrom, Write};
    use tempfile::{NamedTempFile, tempfile};

    /// A file of 100 bytes, of which 60 have been read.
    fn begun() -> (NamedTempFile, ListFile) {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(&[b'x'; 100]).unwrap();
        let mut whole = ListFile::new(file.reopen().unwrap()).unwrap();
        whole.read_exact(&mut [0; 60]).unwrap();
        (file, whole)
    }

    fn rest(whole: &mut ListFile) -> Result<usize, ErrorKind> {
        whole.read_to_end(&mut Vec::new()).map_err(|e| e.kind())
    }

    #[test]
    fn an_end_before_the_first_size_is_an_error() {
        for (length, expected) in [
            (100, Ok(40)),
            (140, Ok(80)),
            (99, Err(ErrorKind::UnexpectedEof)),
            (60, Err(ErrorKind::UnexpectedEof)),
            (0, Err(ErrorKind::UnexpectedEof)),
        ] {
            let (file, mut whole) = begun();
            assert_eq!(whole.size(), Some(100));
            file.as_file().set_len(length).unwrap();
            assert_eq!(rest(&mut whole), expected, "{length}");
        }
    }

    #[test]
    fn a_file_that_was_read_before_its_truncation_is_complete() {
        let (file, mut whole) = begun();
        assert_eq!(rest(&mut whole), Ok(40));
        file.as_file().set_len(0).unwrap();
        assert_eq!(rest(&mut whole), Ok(0));
    }

    #[test]
    fn bytes_that_another_reader_of_the_descriptor_consumed_are_not_missing() {
        let mut file = tempfile().unwrap();
        file.write_all(&[b'x'; 100]).unwrap();
        file.seek(SeekFrom::Start(10)).unwrap();
        let mut whole = ListFile::new(file.try_clone().unwrap()).unwrap();
        whole.read_exact(&mut [0; 20]).unwrap();
        file.seek(SeekFrom::Current(30)).unwrap();
        assert_eq!(rest(&mut whole), Ok(40));
    }

    #[test]
    fn a_pipe_ends_where_it_ends() {
        let (reader, mut writer) = io::pipe().unwrap();
        writer.write_all(b"abc").unwrap();
        drop(writer);
        let reader = std::os::fd::OwnedFd::from(reader);
        let mut whole = ListFile::new(File::from(reader)).unwrap();
        assert_eq!((whole.size(), rest(&mut whole)), (None, Ok(3)));
    }
}
