//! A list that is read on a thread of its own.

use super::Entry;
use super::feed::{Feed, Said, Shared};
use super::lines::{Line, Lines};
use crate::memory::Budget;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::{thread, vec};

/// A list that is being read, on a thread of its own.
///
/// The thread is never joined: one that waits for its source ends with the process. It ends when
/// the list does, at [`stop`](Self::stop), or soon after the reader is gone.
#[derive(Debug)]
pub struct Reader {
    said: Receiver<Said>,
    batch: vec::IntoIter<Entry>,
    bytes: u64,
    is_over: bool,
    shared: Arc<Shared>,
}

/// What comes next from a list.
#[derive(Debug)]
pub enum Next {
    /// The next line.
    Entry(Entry),
    /// Nothing yet; the reader's `wake` is called after each batch and after the end.
    Later,
    /// No more, and the error where the source broke. A line that it broke in is not among the
    /// entries.
    End(Option<io::Error>),
}

impl Reader {
    /// Starts to read. `entry` makes of each line what it asks, or nothing of a line that asks
    /// nothing; `wake` is called each time that there is more. Both are called on the reader's
    /// thread. While `memory`, of which the checks of lines take, has no room, no line is
    /// read.
    ///
    /// # Errors
    /// The thread could not be started.
    pub fn start(
        source: impl Read + Send + 'static,
        entry: impl FnMut(Line<'_>) -> Option<Entry> + Send + 'static,
        memory: Arc<Budget>,
        wake: impl Fn() + Send + 'static,
    ) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let (feed, said) = Feed::new(shared.clone(), memory, wake);
        let thread = thread::Builder::new().name("list".to_owned());
        thread.spawn(move || feed.run(Lines::new(source), entry))?;
        Ok(Self {
            said,
            batch: Vec::new().into_iter(),
            bytes: 0,
            is_over: false,
            shared,
        })
    }

    /// What comes next; never waits. Asked again after the end, it is [`Next::End`] without an
    /// error.
    #[expect(
        clippy::should_implement_trait,
        reason = "`Later` is no end, as `None` would be"
    )]
    pub fn next(&mut self) -> Next {
        loop {
            if let Some(entry) = self.batch.next() {
                return Next::Entry(entry);
            }
            if self.is_over {
                return Next::End(None);
            }
            let (bytes, error) = match self.said.try_recv() {
                Ok(Said::Batch { entries, bytes }) => {
                    self.batch = entries.into_iter();
                    self.bytes = bytes;
                    continue;
                }
                Ok(Said::End { error, bytes }) => (bytes, error),
                Err(TryRecvError::Empty) => return Next::Later,
                Err(TryRecvError::Disconnected) => {
                    (self.bytes, Some(io::Error::other("its reader has ended")))
                }
            };
            self.is_over = true;
            self.bytes = bytes;
            return Next::End(error);
        }
    }

    /// How many lines that ask for a check have been read so far, whether or not they were asked
    /// for with [`next`](Self::next).
    pub fn lines(&self) -> u64 {
        self.shared.lines.load(Ordering::Acquire)
    }

    /// Whether the source has been read to its end, and did not break. Once it has,
    /// [`lines`](Self::lines) is what the whole list has.
    pub fn has_ended(&self) -> bool {
        self.shared.has_ended.load(Ordering::Acquire)
    }

    /// How many bytes of the source have been gone through, to within some lines of what
    /// [`next`](Self::next) gave out last.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Has no further line read, but for one that is just being read. What was read before can
    /// still be had. Where the source keeps the thread waiting, the end may never be told.
    pub fn stop(&self) {
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
    use super::super::Asked;
    use super::super::feed::{BATCH, BATCHES};
    use super::*;
    use crate::check::Check;
    use crate::record::Label;
    use crate::record::UsageError;
    use crate::target::Target;
    use std::collections::VecDeque;
    use std::io::{ErrorKind, Write};
    use std::sync::mpsc::{RecvTimeoutError, channel};
    use std::time::Duration;

    /// The text of a line as its label; comments are nothing.
    fn entry(line: Line<'_>) -> Option<Entry> {
        let text = String::from_utf8_lossy(line.text);
        (!text.starts_with('#')).then(|| Entry {
            label: Label {
                line: Some(line.number),
                target: text.into(),
                name: None,
            },
            asked: Err(UsageError {
                name: String::new(),
                message: String::new(),
            }),
        })
    }

    /// A reader, and its wake-ups; they end when the thread has.
    fn start(source: impl Read + Send + 'static) -> (Reader, Receiver<()>) {
        start_within(source, Budget::new(usize::MAX), |_, line| entry(line))
    }

    /// The same with a bound on memory, of which `entry` may take.
    fn start_within(
        source: impl Read + Send + 'static,
        memory: Budget,
        entry: impl Fn(&Arc<Budget>, Line<'_>) -> Option<Entry> + Send + 'static,
    ) -> (Reader, Receiver<()>) {
        let (wake, woken) = channel();
        let memory = Arc::new(memory);
        let taken = memory.clone();
        let entry = move |line: Line<'_>| entry(&taken, line);
        let reader = Reader::start(source, entry, memory, move || {
            // The test may have seen enough.
            let _ = wake.send(());
        });
        (reader.expect("a thread"), woken)
    }

    /// The next line or the end, woken up as often as it takes.
    fn next(reader: &mut Reader, woken: &Receiver<()>) -> Result<String, Option<ErrorKind>> {
        loop {
            match reader.next() {
                Next::Entry(entry) => return Ok(entry.label.target.into()),
                Next::End(error) => return Err(error.map(|e| e.kind())),
                Next::Later => match woken.recv_timeout(Duration::from_secs(20)) {
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

    /// A list without an end.
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
            assert!(matches!(reader.next(), Next::End(None)));
        }
    }

    #[test]
    fn a_line_is_handed_on_before_its_producer_writes_the_next() {
        let (source, mut producer) = io::pipe().expect("a pipe");
        let (mut reader, woken) = start(source);
        assert!(matches!(reader.next(), Next::Later));
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
    fn a_list_without_an_end_is_read_no_further_than_it_is_asked_for() {
        let (mut reader, woken) = start(Endless);
        let most = BATCH * (BATCHES + 2);
        for taken in 1..=100_000 {
            assert!(next(&mut reader, &woken).is_ok());
            assert!(reader.lines() <= (taken + most) as u64);
        }
        assert!(!reader.has_ended());
    }

    #[test]
    fn no_line_is_read_while_what_others_ask_takes_up_all_memory() {
        let source = io::Cursor::new("a\nb\nc\nd\ne\nf\ng\n");
        let (mut reader, woken) = start_within(source, Budget::new(3), |memory, line| {
            let check = Check {
                memory: memory.take(1),
                ..Check::default()
            };
            let asked = Asked {
                target: Target::host("192.0.2.1", 25).expect("an address"),
                check: Arc::new(check),
            };
            Some(Entry {
                asked: Ok(asked),
                ..entry(line)?
            })
        });
        let mut one = || loop {
            match reader.next() {
                Next::Entry(entry) => return Some((entry, reader.lines())),
                Next::End(_) => return None,
                Next::Later => woken.recv_timeout(Duration::from_secs(20)).expect("more"),
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
    fn a_reader_that_was_stopped_gives_what_was_read_and_no_more() {
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
    fn the_thread_ends_when_nobody_wants_the_list_any_more() {
        let (reader, woken) = start(Endless);
        drop(reader);
        while woken.recv_timeout(Duration::from_secs(20)) != Err(RecvTimeoutError::Disconnected) {}
    }

    #[test]
    fn a_source_that_breaks_says_so_after_its_whole_lines() {
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
        assert!(matches!(reader.next(), Next::End(None)));
    }
}
