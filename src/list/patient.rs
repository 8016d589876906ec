//! A descriptor that may not wait, made to.

use rustix::event::{PollFd, PollFlags, poll};
use std::io::{self, ErrorKind, Read};
use std::os::fd::AsFd;

/// Reads a descriptor, and waits where nothing has come yet, even if it is set not to: standard
/// input is shared, and whoever it is shared with may have set it so.
#[derive(Debug)]
pub struct Patient<F>(pub F);

impl<F: Read + AsFd> Read for Patient<F> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::os::unix::net::UnixStream;
    use std::thread;

    #[test]
    fn a_descriptor_that_is_set_not_to_wait_is_waited_for() {
        let (mut writer, reader) = UnixStream::pair().expect("a pair");
        reader.set_nonblocking(true).expect("non-blocking");
        let (tried, has_tried) = std::sync::mpsc::channel();
        let waiting = thread::spawn(move || {
            let mut reader = reader;
            let early = reader.read(&mut [0]).map_err(|e| e.kind());
            tried.send(early).expect("someone listens");
            io::read_to_string(Patient(reader))
        });
        assert_eq!(has_tried.recv(), Ok(Err(ErrorKind::WouldBlock)));
        writer.write_all(b"a line").expect("written");
        drop(writer);
        let text = waiting.join().expect("no panic").expect("no error");
        assert_eq!(text, "a line");
    }
}
