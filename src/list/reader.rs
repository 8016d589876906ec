//! The handle of a list that is read on a thread of its own.

use super::ParsedLine;
use super::lines::{Line, Lines};
use super::reader_thread::{ReaderMessage, ReaderShared, ReaderThread};
use crate::memory::Budget;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::task::Poll;
use std::{thread, vec};

/// A list that is read on a thread of its own.
///
/// The thread is never joined: one that is blocked on its source ends with the process. It ends
/// with the list, after [`stop`](Self::stop), or soon after the reader is dropped.
#[derive(Debug)]
pub(crate) struct Reader {
    messages: Receiver<ReaderMessage>,
    batch: vec::IntoIter<ParsedLine>,
    bytes: u64,
    is_over: bool,
    shared: Arc<ReaderShared>,
}

impl Reader {
    /// Starts to read. `parse` returns `None` for a line that asks for nothing; `wake` is called
    /// each time that [`poll_next`](Self::poll_next) has more to return. Both are called on the
    /// reader's thread. While `memory`, from which the checks of lines are taken, is used up, no
    /// line is read.
    ///
    /// # Errors
    /// The thread can't be started.
    pub(crate) fn start(
        source: impl Read + Send + 'static,
        parse: impl FnMut(Line<'_>) -> Option<ParsedLine> + Send + 'static,
        memory: Arc<Budget>,
        wake: impl Fn() + Send + 'static,
    ) -> io::Result<Self> {
        let shared = Arc::new(ReaderShared::default());
        let (reader, messages) = ReaderThread::new(shared.clone(), memory, wake);
        let thread = thread::Builder::new().name("list".to_owned());
        thread.spawn(move || reader.run(Lines::new(source), parse))?;
        Ok(Self {
            messages,
            batch: Vec::new().into_iter(),
            bytes: 0,
            is_over: false,
            shared,
        })
    }

    /// The next line; never blocks. `Pending` until `wake` is called; `Ready(None)` at the end of
    /// the list, and ever after.
    ///
    /// # Errors
    /// The source failed, which ends the list. A line that it failed in is not returned.
    pub(crate) fn poll_next(&mut self) -> Poll<Option<io::Result<ParsedLine>>> {
        loop {
            if let Some(line) = self.batch.next() {
                return Poll::Ready(Some(Ok(line)));
            }
            if self.is_over {
                return Poll::Ready(None);
            }
            let (bytes, error) = match self.messages.try_recv() {
                Ok(ReaderMessage::Batch { lines, bytes }) => {
                    self.batch = lines.into_iter();
                    self.bytes = bytes;
                    continue;
                }
                Ok(ReaderMessage::End { error, bytes }) => (bytes, error),
                Err(TryRecvError::Empty) => return Poll::Pending,
                Err(TryRecvError::Disconnected) => {
                    (self.bytes, Some(io::Error::other("its reader has ended")))
                }
            };
            self.is_over = true;
            self.bytes = bytes;
            return Poll::Ready(error.map(Err));
        }
    }

    /// The number of lines read so far that ask for a check, whether or not
    /// [`poll_next`](Self::poll_next) has returned them.
    pub(crate) fn lines(&self) -> u64 {
        self.shared.lines.load(Ordering::Acquire)
    }

    /// Returns true if the source has been read to its end without an error. From then on
    /// [`lines`](Self::lines) is that of the whole list.
    pub(crate) fn has_ended(&self) -> bool {
        self.shared.has_ended.load(Ordering::Acquire)
    }

    /// The number of bytes of the source consumed, to within some lines of the one that
    /// [`poll_next`](Self::poll_next) returned last.
    pub(crate) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Stops reading, except of a line that is being read now. Lines read before are still
    /// returned. Where the thread is blocked on its source, the end may never come.
    pub(crate) fn stop(&self) {
        self.shared.is_stopped.store(true, Ordering::Relaxed);
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.stop();
    }
}

#[cfg(test)]
mod tests {
    use super::super::reader_thread::{BATCH, BATCHES};
    use super::*;
    use crate::check::Check;
    use crate::record::{Event, Job, Label, Record, UsageError};
    use crate::target::Target;
    use crate::verdict::Reason;
    use std::collections::VecDeque;
    use std::io::{ErrorKind, Write};
    use std::sync::mpsc::{RecvTimeoutError, channel};
    use std::time::Duration;

    /// The text of a line as its label; comments are nothing.
    fn parse(line: Line<'_>) -> Option<ParsedLine> {
        let event = Event::NotChecked {
            reason: Reason::Usage,
            error: UsageError {
                name: String::new(),
                message: String::new(),
            },
        };
        let label = label(line)?;
        Some(ParsedLine::Refused(Record { label, event }))
    }

    fn label(line: Line<'_>) -> Option<Label> {
        let text = String::from_utf8_lossy(line.text);
        (!text.starts_with('#')).then(|| Label {
            line: Some(line.number),
            target: text.into(),
            name: None,
        })
    }

    /// A reader, and its wake-ups; they end when the thread has.
    fn start(source: impl Read + Send + 'static) -> (Reader, Receiver<()>) {
        start_within(source, Budget::new(usize::MAX), |_, line| parse(line))
    }

    /// The same with a bound on memory, of which `parse` may take.
    fn start_within(
        source: impl Read + Send + 'static,
        memory: Budget,
        parse: impl Fn(&Arc<Budget>, Line<'_>) -> Option<ParsedLine> + Send + 'static,
    ) -> (Reader, Receiver<()>) {
        let (wake, woken) = channel();
        let memory = Arc::new(memory);
        let taken = memory.clone();
        let parse = move |line: Line<'_>| parse(&taken, line);
        let reader = Reader::start(source, parse, memory, move || {
            // The test may have seen enough.
            let _ = wake.send(());
        });
        (reader.expect("a thread"), woken)
    }

    /// The next line or the end, woken up as often as it takes.
    fn next(reader: &mut Reader, woken: &Receiver<()>) -> Result<String, Option<ErrorKind>> {
        loop {
            match reader.poll_next() {
                Poll::Ready(Some(Ok(ParsedLine::Job(Job { label, .. })))) => {
                    return Ok(label.target.into());
                }
                Poll::Ready(Some(Ok(ParsedLine::Refused(Record { label, .. })))) => {
                    return Ok(label.target.into());
                }
                Poll::Ready(Some(Err(e))) => return Err(Some(e.kind())),
                Poll::Ready(None) => return Err(None),
                Poll::Pending => match woken.recv_timeout(Duration::from_secs(20)) {
                    // The thread may have ended after the last word.
                    Ok(()) | Err(RecvTimeoutError::Disconnected) => {}
                    Err(RecvTimeoutError::Timeout) => panic!("a wake-up was lost"),
                },
            }
        }
    }

    fn rest(reader: &mut Reader, woken: &Receiver<()>) -> (Vec<String>, Option<ErrorKind>) {
        let mut lines = Vec::new();
        loop {
            match next(reader, woken) {
                Ok(line) => lines.push(line),
                Err(error) => return (lines, error),
            }
        }
    }

    /// An endless list.
    struct Endless;

    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            buffer.fill(b'\n');
            buffer.iter_mut().step_by(2).for_each(|byte| *byte = b'a');
            Ok(buffer.len())
        }
    }

    #[test]
    fn every_line_comes_once_and_in_order() {
        for count in [0, 1, 127, 128, 129, 20_000] {
            let lines: Vec<_> = (0..count).map(|n| format!("host{n}")).collect();
            let text = lines.join("\n# nothing\n");
            let bytes = text.len() as u64;
            let (mut reader, woken) = start(io::Cursor::new(text));
            assert_eq!(rest(&mut reader, &woken), (lines, None));
            assert_eq!(reader.lines(), count);
            assert!(reader.has_ended());
            assert_eq!(reader.bytes(), bytes);
            assert!(matches!(reader.poll_next(), Poll::Ready(None)));
        }
    }

    #[test]
    fn a_line_is_returned_before_its_producer_writes_the_next() {
        let (source, mut producer) = io::pipe().expect("a pipe");
        let (mut reader, woken) = start(source);
        assert!(matches!(reader.poll_next(), Poll::Pending));
        for n in 0..500 {
            let line = format!("host{n}");
            writeln!(producer, "{line}").expect("written");
            assert_eq!(next(&mut reader, &woken), Ok(line));
            assert!(!reader.has_ended());
        }
        write!(producer, "without a line end").expect("written");
        drop(producer);
        let last = vec!["without a line end".to_owned()];
        assert_eq!(rest(&mut reader, &woken), (last, None));
    }

    #[test]
    fn every_batch_and_the_end_wake_the_consumer_once() {
        let (reader, woken) = start(io::Cursor::new("a\n".repeat(3 * BATCH)));
        // Until the thread has ended.
        assert_eq!(woken.iter().count(), 4);
        drop(reader);
    }

    #[test]
    fn an_endless_list_is_read_no_further_than_its_channel_holds() {
        let (mut reader, woken) = start(Endless);
        let most = BATCH * (BATCHES + 2);
        for taken in 1..=100_000 {
            assert!(next(&mut reader, &woken).is_ok());
            assert!(reader.lines() <= (taken + most) as u64);
        }
        assert!(!reader.has_ended());
    }

    #[test]
    fn no_line_is_read_while_the_checks_of_others_take_up_all_memory() {
        let source = io::Cursor::new("a\nb\nc\nd\ne\nf\ng\n");
        let (mut reader, woken) = start_within(source, Budget::new(3), |memory, line| {
            let check = Check {
                memory: memory.acquire(1),
                ..Check::default()
            };
            Some(ParsedLine::Job(Job {
                label: label(line)?,
                target: Target::host("192.0.2.1", 25).expect("an address"),
                check: Arc::new(check),
            }))
        });
        let mut one = || loop {
            match reader.poll_next() {
                Poll::Ready(line) => return Some((line?.expect("no error"), reader.lines())),
                Poll::Pending => woken.recv_timeout(Duration::from_secs(20)).expect("more"),
            }
        };
        let mut alive = VecDeque::new();
        // What has been read is handed over before the reader waits, however little it is.
        alive.extend((0..3).filter_map(|_| one()));
        assert_eq!(alive.len(), 3);
        for read in 3..7 {
            assert_eq!(alive.back().map(|(_, lines)| *lines), Some(read));
            alive.pop_front();
            alive.extend(one());
        }
        assert!(one().is_none());
    }

    #[test]
    fn a_stopped_reader_returns_the_lines_read_before_and_no_more() {
        let (mut reader, woken) = start(Endless);
        assert!(next(&mut reader, &woken).is_ok());
        reader.stop();
        // The thread may be a little late to see it.
        let at_hand = reader.lines() + BATCH as u64;
        let mut taken = 1;
        while next(&mut reader, &woken).is_ok() {
            taken += 1;
            assert!(taken <= at_hand, "it reads on");
        }
        assert_eq!(taken, reader.lines());
        assert!(!reader.has_ended());
    }

    #[test]
    fn the_thread_ends_when_the_reader_is_dropped() {
        let (reader, woken) = start(Endless);
        drop(reader);
        while woken.recv_timeout(Duration::from_secs(20)) != Err(RecvTimeoutError::Disconnected) {}
    }

    #[test]
    fn the_error_of_a_source_comes_after_its_complete_lines() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(ErrorKind::ConnectionReset.into())
            }
        }
        let (mut reader, woken) = start(io::Cursor::new("a\nb\nc").chain(Broken));
        let whole = vec!["a".to_owned(), "b".to_owned()];
        let error = Some(ErrorKind::ConnectionReset);
        assert_eq!(rest(&mut reader, &woken), (whole, error));
        assert!(!reader.has_ended());
        assert_eq!(reader.lines(), 2);
        assert!(matches!(reader.poll_next(), Poll::Ready(None)));
    }
}
