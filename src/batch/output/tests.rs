//! The output thread over real pipes.

use super::*;
use crate::record::{Event, Label, UsageError};
use crate::verdict::Reason;
use rustix::io::ioctl_fionbio;
#[cfg(target_os = "linux")]
use std::fs::File;
use std::io::{PipeReader, PipeWriter, Read, pipe};
use std::os::fd::BorrowedFd;
use std::time::Duration;

/// Longer than any machine takes: what has not come by then never will.
const NEVER: Duration = Duration::from_secs(60);

/// Writes the number of each line, at a fixed width; every tenth target is CRITICAL.
struct Numbers {
    width: usize,
    end: &'static str,
}

impl Render for Numbers {
    fn record(&mut self, record: &Record, text: &mut Vec<u8>) -> Status {
        let line = record.label.line.unwrap();
        if self.width > 0 {
            writeln!(text, "{line:width$}", width = self.width - 1).unwrap();
        }
        match line % 10 {
            0 => Status::Critical,
            _ => Status::Ok,
        }
    }

    fn finish(&mut self, text: &mut Vec<u8>) {
        text.extend(self.end.as_bytes());
    }
}

fn numbers(width: usize) -> Box<dyn Render> {
    Box::new(Numbers { width, end: "" })
}

fn records(lines: impl Iterator<Item = u64>) -> Vec<Record> {
    let record = |line| Record {
        label: Label {
            line: Some(line),
            ..Label::default()
        },
        event: Event::NotChecked {
            reason: Reason::Usage,
            error: UsageError {
                name: String::new(),
                message: String::new(),
            },
        },
    };
    lines.map(record).collect()
}

/// An output whose wake-ups can be waited for.
fn start(
    render: Box<dyn Render>,
    out: impl Write + AsFd + Send + 'static,
) -> (Output, Receiver<()>) {
    let (wake, woken) = mpsc::channel();
    let output = Output::start(render, out, move || {
        let _ = wake.send(());
    })
    .unwrap();
    (output, woken)
}

fn wait_until(woken: &Receiver<()>, mut is_so: impl FnMut() -> bool) {
    while !is_so() {
        woken.recv_timeout(NEVER).expect("a wake-up was lost");
    }
}

fn finish(mut output: Output, woken: &Receiver<()>) -> Tally {
    output.close();
    wait_until(woken, || output.is_done());
    output.tally()
}

fn reading(mut pipe: PipeReader) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut text = String::new();
        pipe.read_to_string(&mut text).unwrap();
        text
    })
}

/// Hands over `count` records one by one, as fast as there is room.
fn hand_all(output: &mut Output, woken: &Receiver<()>, count: u64) {
    for line in 0..count {
        wait_until(woken, || output.has_room());
        output.hand(&mut records(line..line + 1));
    }
}

#[test]
fn a_slow_reader_bounds_what_is_queued_and_misses_nothing() {
    for nonblocking in [false, true] {
        let (reader, writer) = pipe().unwrap();
        ioctl_fionbio(&writer, nonblocking).unwrap();
        let (mut output, woken) = start(numbers(1024), writer);
        let mut handed = 0;
        while output.has_room() {
            output.hand(&mut records(handed..handed + 1));
            handed += 1;
        }
        // A pipe holds 64 KiB, and one chunk is under way.
        let bound = QUEUE as u64 + 200;
        assert!(handed <= bound, "{handed} records were taken");
        assert!(
            woken.try_recv().is_err(),
            "nothing was read, and yet it woke"
        );
        // What was in flight is taken all the same.
        output.hand(&mut records(handed..handed + 500));
        handed += 500;
        assert!(!output.has_room());

        let text = reading(reader);
        woken.recv_timeout(NEVER).expect("the wake-up was lost");
        assert!(output.has_room());
        let tally = finish(output, &woken);
        assert_eq!((tally.verdicts.total(), tally.written), (handed, handed));
        let expected: String = (0..handed).map(|n| format!("{n:1023}\n")).collect();
        assert!(text.join().unwrap() == expected, "other lines were written");
    }
}

#[test]
fn a_full_queue_is_waited_for_and_no_wake_up_is_lost() {
    let (reader, writer) = pipe().unwrap();
    let text = reading(reader);
    let (mut output, woken) = start(numbers(8), writer);
    hand_all(&mut output, &woken, 100_000);
    let tally = finish(output, &woken);
    assert_eq!((tally.written, tally.verdicts.critical), (100_000, 10_000));
    let expected: String = (0..100_000).map(|n| format!("{n:7}\n")).collect();
    assert!(text.join().unwrap() == expected, "other lines were written");
}

#[test]
fn a_dead_reader_breaks_it_and_what_comes_after_is_counted_only() {
    let (mut reader, writer) = pipe().unwrap();
    let (mut output, woken) = start(numbers(8), writer);
    output.hand(&mut records(0..5));
    reader.read_exact(&mut [0; 40]).unwrap();
    drop(reader);
    assert!(output.broken().is_none());
    output.hand(&mut records(5..10));
    wait_until(&woken, || output.broken().is_some());
    let kind = output.broken().map(io::Error::kind);
    assert_eq!(kind, Some(io::ErrorKind::BrokenPipe));
    hand_all(&mut output, &woken, 5_000);
    let tally = finish(output, &woken);
    assert_eq!((tally.verdicts.total(), tally.written), (5_010, 5));
    assert_eq!(tally.verdicts.critical, 501);
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_breaks_it_even_at_the_end() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let end = "the end\n";
    let (mut output, woken) = start(Box::new(Numbers { width: 0, end }), full);
    output.hand(&mut records(0..5));
    output.close();
    wait_until(&woken, || output.is_done());
    let kind = output.broken().map(io::Error::kind);
    assert_eq!(kind, Some(io::ErrorKind::StorageFull));
}

/// A pipe whose second write fails, as on a disk on which room is made soon after.
struct FullOnce {
    pipe: PipeWriter,
    writes: usize,
}

impl Write for FullOnce {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.writes += 1;
        match self.writes {
            2 => Err(io::ErrorKind::StorageFull.into()),
            _ => self.pipe.write(text),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsFd for FullOnce {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.pipe.as_fd()
    }
}

#[test]
fn after_a_gap_nothing_more_is_written() {
    let (mut reader, pipe) = pipe().unwrap();
    let (mut output, woken) = start(numbers(8), FullOnce { pipe, writes: 0 });
    output.hand(&mut records(0..1));
    reader.read_exact(&mut [0; 8]).unwrap();
    output.hand(&mut records(1..2));
    wait_until(&woken, || output.broken().is_some());
    output.hand(&mut records(2..3));
    assert_eq!(finish(output, &woken).verdicts.total(), 3);
    assert_eq!(reading(reader).join().unwrap(), "");
}

#[test]
fn records_that_say_nothing_give_their_room_back_and_the_end_is_written() {
    let (reader, writer) = pipe().unwrap();
    let text = reading(reader);
    let end = "all went well\n";
    let (mut output, woken) = start(Box::new(Numbers { width: 0, end }), writer);
    hand_all(&mut output, &woken, 5_000);
    let tally = finish(output, &woken);
    assert_eq!((tally.verdicts.ok, tally.written), (4_500, 5_000));
    assert_eq!(text.join().unwrap(), end);
}

/// A pipe of which each write is told of, and waits until it may go on.
struct Gate {
    pipe: PipeWriter,
    told: Sender<usize>,
    go: Receiver<()>,
}

impl Write for Gate {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.told.send(text.len()).unwrap();
        self.go.recv().unwrap();
        self.pipe.write(text)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsFd for Gate {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.pipe.as_fd()
    }
}

#[test]
fn what_came_during_a_write_goes_out_in_one() {
    let (reader, pipe) = pipe().unwrap();
    let text = reading(reader);
    let (told, writes) = mpsc::channel();
    let (may, go) = mpsc::channel();
    let (mut output, woken) = start(numbers(64), Gate { pipe, told, go });
    let write = || writes.recv_timeout(NEVER).unwrap();
    output.hand(&mut records(0..1));
    assert_eq!(write(), 64, "it waits for no more before it writes");
    for line in 1..1_000 {
        output.hand(&mut records(line..line + 1));
    }
    may.send(()).unwrap();
    assert_eq!(write(), 999 * 64);
    output.hand(&mut records(1_000..4_000));
    may.send(()).unwrap();
    assert_eq!(write(), CHUNK);
    may.send(()).unwrap();
    assert_eq!(write(), CHUNK);
    may.send(()).unwrap();
    assert_eq!(write(), 3_000 * 64 - 2 * CHUNK);
    may.send(()).unwrap();
    assert_eq!(finish(output, &woken).written, 4_000);
    assert_eq!(text.join().unwrap().lines().count(), 4_000);
}
