//! A list in a file that somebody may rewrite while it is read.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek};
use std::os::fd::{AsFd, BorrowedFd};

/// Reads a file to its end, which is an error where the file has become shorter in the meantime
/// and ends before all that it had at first. What was appended is read too. That it was rewritten
/// at the same length or a greater one can't be noticed.
#[derive(Debug)]
pub struct ListFile {
    file: File,
    size: Option<u64>,
}

impl ListFile {
    /// Reads on from where the file stands. Of a pipe or a device, every end is right.
    ///
    /// # Errors
    /// The system does not tell what it is.
    pub fn new(file: File) -> io::Result<Self> {
        let about = file.metadata()?;
        let size = about.is_file().then_some(about.len());
        Ok(Self { file, size })
    }

    /// The length of a regular file, as it was at first.
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// At an end: whether more was there at first. A file of `/sys` says that it is a page long,
    /// and ends before; so the end counts only where the file says now that it is shorter, or is
    /// longer after all.
    fn is_truncated(&mut self) -> io::Result<bool> {
        let Some(size) = self.size else {
            return Ok(false);
        };
        // Whoever else reads from the same descriptor may have had a part.
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
    fn an_end_before_the_length_at_first_is_an_error() {
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
    fn what_had_been_read_before_it_became_shorter_is_whole() {
        let (file, mut whole) = begun();
        assert_eq!(rest(&mut whole), Ok(40));
        file.as_file().set_len(0).unwrap();
        assert_eq!(rest(&mut whole), Ok(0));
    }

    #[test]
    fn whoever_reads_from_the_same_descriptor_has_its_part() {
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
