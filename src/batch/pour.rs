//! Writing on a thread that may wait, to a descriptor that may not be willing to.

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use std::io::{self, Write};
use std::os::fd::AsFd;

/// Writes all of `text`, however long it takes. Whoever shares the descriptor with us may have made
/// it non-blocking; where it has no room then, the thread sleeps until it has.
///
/// # Errors
/// It can't be written any more: the reader is gone, the disk is full.
pub fn all<W: Write + AsFd>(out: &mut W, mut text: &[u8]) -> io::Result<()> {
    while !text.is_empty() {
        match out.write(text) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(n) => text = text.get(n..).unwrap_or_default(),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => wait(out)?,
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

/// Sleeps until there is room, or an error to be had from the next attempt.
fn wait(out: &impl AsFd) -> io::Result<()> {
    match poll(&mut [PollFd::new(out, PollFlags::OUT)], None) {
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(e) => Err(e.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::io::ioctl_fionbio;
    use std::io::{PipeReader, PipeWriter, Read, pipe};
    use std::os::fd::BorrowedFd;
    use std::thread;

    /// A pipe whose writes are cut short, and every other one of which a signal interrupts.
    struct Unsteady {
        pipe: PipeWriter,
        interrupt: bool,
    }

    impl Write for Unsteady {
        fn write(&mut self, text: &[u8]) -> io::Result<usize> {
            self.interrupt = !self.interrupt;
            if self.interrupt {
                return Err(io::ErrorKind::Interrupted.into());
            }
            self.pipe.write(&text[..text.len().min(7)])
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl AsFd for Unsteady {
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
    fn signals_and_short_writes_lose_and_repeat_nothing() {
        let (reader, writer) = pipe().unwrap();
        let mut unsteady = Unsteady {
            pipe: writer,
            interrupt: false,
        };
        let text: Vec<u8> = (b' '..=b'~').collect();
        all(&mut unsteady, &text).unwrap();
        drop(unsteady);
        assert_eq!(read_all(reader), text);
    }

    #[test]
    fn a_descriptor_that_does_not_block_is_waited_for() {
        let (reader, mut writer) = pipe().unwrap();
        ioctl_fionbio(&writer, true).unwrap();
        // More than any pipe holds by itself.
        let text: Vec<u8> = (0..4_000_000_u32).map(|n| (n % 251) as u8).collect();
        let expected = text.clone();
        let pouring = thread::spawn(move || all(&mut writer, &text));
        assert!(read_all(reader) == expected, "what was read is another");
        pouring.join().unwrap().unwrap();
    }

    #[test]
    fn a_reader_that_goes_away_ends_the_waiting() {
        let (mut reader, mut writer) = pipe().unwrap();
        ioctl_fionbio(&writer, true).unwrap();
        let pouring = thread::spawn(move || all(&mut writer, &vec![b'x'; 4_000_000]));
        reader.read_exact(&mut [0; 100_000]).unwrap();
        drop(reader);
        let error = pouring.join().unwrap().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }
}
