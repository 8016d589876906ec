//! Blocking reads and writes on descriptors that may be non-blocking. The standard streams are
//! shared with other processes, and any of them may have set `O_NONBLOCK`. Also the opening of files
//! without waiting for a process.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Resource, getrlimit};
use rustix::stdio;
use signal_hook::consts::SIGXFSZ;
use signal_hook::flag;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Standard output, unbuffered.
pub(crate) struct Stdout;

impl Write for Stdout {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::write(self.as_fd(), text)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsFd for Stdout {
    fn as_fd(&self) -> BorrowedFd<'_> {
        stdio::stdout()
    }
}

/// Standard error, unbuffered.
pub(crate) struct Stderr;

impl Write for Stderr {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::write(self.as_fd(), text)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsFd for Stderr {
    fn as_fd(&self) -> BorrowedFd<'_> {
        stdio::stderr()
    }
}

/// Opens a file for reading, unless it is a pipe or the like, whose opening would wait for its other
/// end.
///
/// # Errors
/// The file can't be opened or is not a regular one.
pub(crate) fn open_regular_file(path: &Path) -> io::Result<File> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a regular file"));
    }
    File::open(path)
}

/// Reads a regular file that a user names.
///
/// # Errors
/// What reading it came to, as text: it can't be read, is not a regular file, or is larger than `limit`
/// bytes.
pub(crate) fn read_regular_file(path: &Path, limit: u64) -> Result<Vec<u8>, String> {
    let read = open_regular_file(path).and_then(|file| read_at_most(file, limit));
    read.map_err(|e| format!("reading it failed: {e}"))
}

/// Reads a file to its end.
///
/// # Errors
/// It can't be read, or is larger than `limit` bytes.
pub(crate) fn read_at_most(file: impl Read, limit: u64) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    if file.take(limit + 1).read_to_end(&mut text)? as u64 > limit {
        let limit = limit >> 20;
        return Err(io::Error::other(format!("it is larger than {limit} MiB")));
    }
    Ok(text)
}

/// Reads a descriptor, and waits for it where it would block.
#[derive(Debug)]
pub(crate) struct BlockingReader<F>(pub F);

impl<F: Read + AsFd> Read for BlockingReader<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.0.read(buffer) {
                Err(e) if e.kind() == ErrorKind::WouldBlock => {
                    poll(&mut [PollFd::new(&self.0, PollFlags::IN)], None)?;
                }
                other => return other,
            }
        }
    }
}

/// Writes all of `text`. Where the descriptor would block, the thread sleeps until it is writable,
/// for `timeout` altogether, or without a limit.
///
/// # Errors
/// The write failed, since the reader is gone or the disk is full; or `TimedOut`.
#[allow(
    clippy::disallowed_methods,
    reason = "limits the last write of the process; no check depends on it"
)]
pub(crate) fn write_all_blocking<W: Write + AsFd>(
    out: &mut W,
    mut text: &[u8],
    timeout: Option<Duration>,
) -> io::Result<()> {
    let mut began = None;
    while !text.is_empty() {
        match out.write(text) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(n) => text = text.get(n..).unwrap_or_default(),
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) if e.kind() == ErrorKind::WouldBlock => {
                let waited = began.get_or_insert_with(Instant::now).elapsed();
                wait_writable(out, timeout.map(|timeout| timeout.saturating_sub(waited)))?;
            }
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

/// Makes a write beyond the file size limit (`ulimit -f`) fail as one to a full disk does. Without
/// a handler SIGXFSZ ends the process. Does nothing where there is no limit.
pub(crate) fn catch_file_size_signal() {
    if getrlimit(Resource::Fsize).current.is_some() {
        // The flag is never read: a handler is enough.
        let _ = flag::register(SIGXFSZ, Arc::default());
    }
}

/// Sleeps until the next write can make progress or fail.
fn wait_writable(out: &impl AsFd, timeout: Option<Duration>) -> io::Result<()> {
    // A duration that the system can't represent is no limit.
    let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
    match poll(&mut [PollFd::new(out, PollFlags::OUT)], timeout.as_ref()) {
        Ok(0) => Err(ErrorKind::TimedOut.into()),
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(e) => Err(e.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::io::ioctl_fionbio;
    use std::io::{PipeReader, PipeWriter, pipe};
    use std::os::unix::net::UnixStream;
    use std::sync::mpsc;
    use std::thread;

    /// A pipe whose writes are cut short, and every other one of which a signal interrupts.
    struct FlakyWriter {
        pipe: PipeWriter,
        interrupt: bool,
    }

    impl Write for FlakyWriter {
        fn write(&mut self, text: &[u8]) -> io::Result<usize> {
            self.interrupt = !self.interrupt;
            if self.interrupt {
                return Err(ErrorKind::Interrupted.into());
            }
            self.pipe.write(&text[..text.len().min(7)])
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl AsFd for FlakyWriter {
        fn as_fd(&self) -> BorrowedFd<'_> {
            self.pipe.as_fd()
        }
    }

    fn read_all(mut pipe: PipeReader) -> Vec<u8> {
        let mut text = Vec::new();
        pipe.read_to_end(&mut text).unwrap();
        text
    }

    #[test]
    fn interrupted_and_short_writes_lose_and_repeat_nothing() {
        let (reader, writer) = pipe().unwrap();
        let mut flaky = FlakyWriter {
            pipe: writer,
            interrupt: false,
        };
        let text: Vec<u8> = (b' '..=b'~').collect();
        write_all_blocking(&mut flaky, &text, None).unwrap();
        drop(flaky);
        assert_eq!(read_all(reader), text);
    }

    #[test]
    fn a_non_blocking_descriptor_is_waited_for_until_it_is_writable() {
        let (reader, mut writer) = pipe().unwrap();
        ioctl_fionbio(&writer, true).unwrap();
        // More than any pipe holds by itself.
        let text: Vec<u8> = (0..4_000_000_u32).map(|n| (n % 251) as u8).collect();
        let expected = text.clone();
        let writing = thread::spawn(move || write_all_blocking(&mut writer, &text, None));
        assert!(read_all(reader) == expected, "what was read is another");
        writing.join().unwrap().unwrap();
    }

    #[test]
    fn a_reader_that_closes_ends_the_wait() {
        let (mut reader, mut writer) = pipe().unwrap();
        ioctl_fionbio(&writer, true).unwrap();
        let writing =
            thread::spawn(move || write_all_blocking(&mut writer, &vec![b'x'; 4_000_000], None));
        reader.read_exact(&mut [0; 100_000]).unwrap();
        drop(reader);
        let error = writing.join().unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::BrokenPipe);
    }

    #[test]
    fn a_descriptor_that_stays_full_times_out() {
        let (reader, mut writer) = pipe().unwrap();
        ioctl_fionbio(&writer, true).unwrap();
        let text = vec![b'x'; 4_000_000];
        for most in [Duration::ZERO, Duration::from_millis(20)] {
            let began = Instant::now();
            let error = write_all_blocking(&mut writer, &text, Some(most)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::TimedOut);
            assert!(began.elapsed() >= most);
        }
        drop(writer);
        assert!(!read_all(reader).is_empty(), "what fitted into the pipe");
    }

    #[test]
    fn a_non_blocking_descriptor_is_waited_for_until_it_is_readable() {
        let (mut writer, reader) = UnixStream::pair().expect("a pair");
        reader.set_nonblocking(true).expect("non-blocking");
        let (tried, has_tried) = mpsc::channel();
        let waiting = thread::spawn(move || {
            let mut reader = reader;
            let early = reader.read(&mut [0]).map_err(|e| e.kind());
            tried.send(early).expect("someone listens");
            io::read_to_string(BlockingReader(reader))
        });
        assert_eq!(has_tried.recv(), Ok(Err(ErrorKind::WouldBlock)));
        writer.write_all(b"a line").expect("written");
        drop(writer);
        let text = waiting.join().expect("no panic").expect("no error");
        assert_eq!(text, "a line");
    }
}
