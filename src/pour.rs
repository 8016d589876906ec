//! Writing where it may take time: to a descriptor that may not be willing to wait, or to a file
//! that may grow no more.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Resource, getrlimit};
use rustix::stdio;
use signal_hook::consts::SIGXFSZ;
use signal_hook::flag;
use std::io::{self, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Standard output, of which nothing is kept back.
pub struct Stdout;

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

/// Writes all of `text`. Whoever shares the descriptor with us may have made it non-blocking;
/// where it has no room then, the thread sleeps until it has, for `most` altogether, or however
/// long it takes.
///
/// # Errors
/// It can't be written any more: the reader is gone, the disk is full. Or there was no room in
/// time.
pub fn all<W: Write + AsFd>(
    out: &mut W,
    mut text: &[u8],
    most: Option<Duration>,
) -> io::Result<()> {
    let mut began = None;
    while !text.is_empty() {
        match out.write(text) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(n) => text = text.get(n..).unwrap_or_default(),
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => {
                let waited = began.get_or_insert_with(Instant::now).elapsed();
                wait(out, most.map(|most| most.saturating_sub(waited)))?;
            }
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

/// From now on, a write to a file that may grow no more (`ulimit -f`) is refused as that to a full
/// disk is. By itself, the system ends the process for it. Where there is no limit, nothing is
/// done.
pub fn outlive_size_limit() {
    if getrlimit(Resource::Fsize).current.is_some() {
        // Nobody asks the flag: that there is a handler is enough.
        let _ = flag::register(SIGXFSZ, Arc::default());
    }
}

/// Sleeps until there is room, or an error to be had from the next attempt.
fn wait(out: &impl AsFd, most: Option<Duration>) -> io::Result<()> {
    // What the system can't count is for ever.
    let most = most.and_then(|most| Timespec::try_from(most).ok());
    match poll(&mut [PollFd::new(out, PollFlags::OUT)], most.as_ref()) {
        Ok(0) => Err(io::ErrorKind::TimedOut.into()),
        Ok(_) | Err(Errno::INTR) => Ok(()),
        Err(e) => Err(e.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::io::ioctl_fionbio;
    use std::io::{PipeReader, PipeWriter, Read, pipe};
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
        all(&mut unsteady, &text, None).unwrap();
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
        let pouring = thread::spawn(move || all(&mut writer, &text, None));
        assert!(read_all(reader) == expected, "what was read is another");
        pouring.join().unwrap().unwrap();
    }

    #[test]
    fn a_reader_that_goes_away_ends_the_waiting() {
        let (mut reader, mut writer) = pipe().unwrap();
        ioctl_fionbio(&writer, true).unwrap();
        let pouring = thread::spawn(move || all(&mut writer, &vec![b'x'; 4_000_000], None));
        reader.read_exact(&mut [0; 100_000]).unwrap();
        drop(reader);
        let error = pouring.join().unwrap().unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }

    #[test]
    fn room_that_does_not_come_in_time_is_an_error() {
        let (reader, mut writer) = pipe().unwrap();
        ioctl_fionbio(&writer, true).unwrap();
        let text = vec![b'x'; 4_000_000];
        for most in [Duration::ZERO, Duration::from_millis(20)] {
            let began = Instant::now();
            let error = all(&mut writer, &text, Some(most)).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::TimedOut);
            assert!(began.elapsed() >= most);
        }
        drop(writer);
        assert!(!read_all(reader).is_empty(), "what there was room for");
    }
}
