//! The output thread over real pipes.

use super::*;
use crate::check::Check;
use crate::outcome::{Cause, Trace};
use crate::phase::Phase;
use crate::record::{Checked, Event, Label};
use crate::report::Judged;
use crate::report::sample::{answered, failed};
use crate::target::Target;
use rustix::io::ioctl_fionbio;
#[cfg(target_os = "linux")]
use std::fs::File;
use std::io::{PipeReader, PipeWriter, Read, pipe};
use std::os::fd::BorrowedFd;
use std::time::{Duration, UNIX_EPOCH};

/// Longer than any machine takes.
const NEVER: Duration = Duration::from_secs(60);

/// Renders the number of each line, at a fixed width.
struct NumberRenderer {
    width: usize,
    end: &'static str,
}

impl Renderer for NumberRenderer {
    fn render_record(&mut self, judged: &Judged<'_>, text: &mut Vec<u8>) {
        let line = judged.record.label.line.unwrap();
        if self.width > 0 {
            writeln!(text, "{line:width$}", width = self.width - 1).unwrap();
        }
    }

    fn render_end(&mut self, _end: RunEnd<'_>, text: &mut Vec<u8>) -> bool {
        text.extend(self.end.as_bytes());
        false
    }
}

fn numbers(width: usize) -> Box<dyn Renderer> {
    Box::new(NumberRenderer { width, end: "" })
}

/// Records of these lines; every tenth is CRITICAL.
fn records(lines: impl Iterator<Item = u64>) -> Vec<Record> {
    let check = Arc::new(Check::default());
    let record = |line| Record {
        label: Label {
            line: Some(line),
            ..Label::default()
        },
        event: Event::Checked(Box::new(Checked {
            target: Target::Socket("/s".into()),
            check: check.clone(),
            outcome: match line % 10 {
                0 => failed(Phase::Reading, Cause::Closed),
                _ => answered(1, None),
            },
            trace: Trace::default(),
            began: UNIX_EPOCH,
        })),
    };
    lines.map(record).collect()
}

/// An output whose wake-ups can be waited for.
fn start(
    renderer: Box<dyn Renderer>,
    out: impl Write + AsFd + Send + 'static,
) -> (Output, Receiver<()>) {
    let (wake, woken) = mpsc::channel();
    let output = Output::start(
        renderer,
        out,
        |_| Ok(()),
        Arc::default(),
        None,
        move || {
            let _ = wake.send(());
        },
    )
    .unwrap();
    (output, woken)
}

fn wait_until(woken: &Receiver<()>, mut is_so: impl FnMut() -> bool) {
    while !is_so() {
        woken.recv_timeout(NEVER).expect("a wake-up was lost");
    }
}

/// The end of a run in which nothing is special.
fn complete() -> EndOfRun {
    EndOfRun {
        incomplete: None,
        began: UNIX_EPOCH,
        took: Duration::ZERO,
    }
}

fn close(mut output: Output, woken: &Receiver<()>) -> OutputCounts {
    output.close(complete());
    wait_until(woken, || output.is_done());
    output.counts()
}

fn spawn_reader(mut pipe: PipeReader) -> thread::JoinHandle<String> {
    thread::spawn(move || {
        let mut text = String::new();
        pipe.read_to_string(&mut text).unwrap();
        text
    })
}

/// Sends `count` records one by one, as fast as the queue has capacity.
fn send_all(output: &mut Output, woken: &Receiver<()>, count: u64) {
    for line in 0..count {
        wait_until(woken, || output.has_capacity());
        output.send(&mut records(line..line + 1));
    }
}

#[test]
fn a_slow_reader_bounds_the_queue_and_gets_every_record() {
    for nonblocking in [false, true] {
        let (reader, writer) = pipe().unwrap();
        ioctl_fionbio(&writer, nonblocking).unwrap();
        let (mut output, woken) = start(numbers(1024), writer);
        let mut sent = 0;
        while output.has_capacity() {
            output.send(&mut records(sent..sent + 1));
            sent += 1;
        }
        // A pipe holds 64 KiB, and one chunk is under way.
        let bound = QUEUE_LIMIT as u64 + 200;
        assert!(sent <= bound, "{sent} records were sent");
        // Checks that are in flight by then are sent all the same.
        output.send(&mut records(sent..sent + 500));
        sent += 500;
        assert!(!output.has_capacity());

        let text = spawn_reader(reader);
        // One that came before, from the first chunk, is not the one for this.
        wait_until(&woken, || output.has_capacity());
        let counts = close(output, &woken);
        assert_eq!((counts.verdicts.total(), counts.written), (sent, sent));
        let expected: String = (0..sent).map(|n| format!("{n:1023}\n")).collect();
        assert!(text.join().unwrap() == expected, "other lines were written");
    }
}

#[test]
fn a_full_queue_wakes_the_sender_every_time() {
    let (reader, writer) = pipe().unwrap();
    let text = spawn_reader(reader);
    let (mut output, woken) = start(numbers(8), writer);
    send_all(&mut output, &woken, 100_000);
    let counts = close(output, &woken);
    assert_eq!(
        (counts.written, counts.verdicts.critical),
        (100_000, 10_000)
    );
    let expected: String = (0..100_000).map(|n| format!("{n:7}\n")).collect();
    assert!(text.join().unwrap() == expected, "other lines were written");
}

#[test]
fn after_the_reader_is_gone_records_are_only_counted() {
    let (mut reader, writer) = pipe().unwrap();
    let (mut output, woken) = start(numbers(8), writer);
    output.send(&mut records(0..5));
    reader.read_exact(&mut [0; 40]).unwrap();
    drop(reader);
    assert!(output.error().is_none());
    output.send(&mut records(5..10));
    wait_until(&woken, || output.error().is_some());
    let kind = output.error().map(io::Error::kind);
    assert_eq!(kind, Some(io::ErrorKind::BrokenPipe));
    send_all(&mut output, &woken, 5_000);
    let counts = close(output, &woken);
    assert_eq!((counts.verdicts.total(), counts.written), (5_010, 5));
    assert_eq!(counts.verdicts.critical, 501);
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_an_error_even_at_the_end() {
    let full = File::options().write(true).open("/dev/full").unwrap();
    let end = "the end\n";
    let (mut output, woken) = start(Box::new(NumberRenderer { width: 0, end }), full);
    output.send(&mut records(0..5));
    output.close(complete());
    wait_until(&woken, || output.is_done());
    let kind = output.error().map(io::Error::kind);
    assert_eq!(kind, Some(io::ErrorKind::StorageFull));
}

/// A pipe whose second write fails, as on a full disk on which space is freed soon after.
struct FlakyWriter {
    pipe: PipeWriter,
    writes: usize,
}

impl Write for FlakyWriter {
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

impl AsFd for FlakyWriter {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.pipe.as_fd()
    }
}

#[test]
fn after_an_error_nothing_more_is_written() {
    let (mut reader, pipe) = pipe().unwrap();
    let (mut output, woken) = start(numbers(8), FlakyWriter { pipe, writes: 0 });
    output.send(&mut records(0..1));
    reader.read_exact(&mut [0; 8]).unwrap();
    output.send(&mut records(1..2));
    wait_until(&woken, || output.error().is_some());
    output.send(&mut records(2..3));
    assert_eq!(close(output, &woken).verdicts.total(), 3);
    assert_eq!(spawn_reader(reader).join().unwrap(), "");
}

#[test]
fn records_without_text_free_the_queue_and_the_end_is_written() {
    let (reader, writer) = pipe().unwrap();
    let text = spawn_reader(reader);
    let end = "all went well\n";
    let (mut output, woken) = start(Box::new(NumberRenderer { width: 0, end }), writer);
    send_all(&mut output, &woken, 5_000);
    let counts = close(output, &woken);
    assert_eq!((counts.verdicts.ok, counts.written), (4_500, 5_000));
    assert_eq!(text.join().unwrap(), end);
}

/// A pipe that announces each write, and blocks it until it is let through.
struct GatedWriter {
    pipe: PipeWriter,
    announce: Sender<usize>,
    go: Receiver<()>,
}

impl Write for GatedWriter {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.announce.send(text.len()).unwrap();
        self.go.recv().unwrap();
        self.pipe.write(text)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl AsFd for GatedWriter {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.pipe.as_fd()
    }
}

#[test]
fn records_sent_during_a_write_are_written_together() {
    let (reader, pipe) = pipe().unwrap();
    let text = spawn_reader(reader);
    let (announce, writes) = mpsc::channel();
    let (may, go) = mpsc::channel();
    let (mut output, woken) = start(numbers(64), GatedWriter { pipe, announce, go });
    let write = || writes.recv_timeout(NEVER).unwrap();
    output.send(&mut records(0..1));
    assert_eq!(write(), 64, "it waits for no more before it writes");
    for line in 1..1_000 {
        output.send(&mut records(line..line + 1));
    }
    may.send(()).unwrap();
    assert_eq!(write(), 999 * 64);
    output.send(&mut records(1_000..4_000));
    may.send(()).unwrap();
    assert_eq!(write(), CHUNK_BYTES);
    may.send(()).unwrap();
    assert_eq!(write(), CHUNK_BYTES);
    may.send(()).unwrap();
    assert_eq!(write(), 3_000 * 64 - 2 * CHUNK_BYTES);
    may.send(()).unwrap();
    assert_eq!(close(output, &woken).written, 4_000);
    assert_eq!(text.join().unwrap().lines().count(), 4_000);
}

#[test]
fn each_status_has_its_own_count() {
    let counters = OutputCounters::default();
    for (status, times) in [
        (Status::Ok, 4),
        (Status::Warning, 3),
        (Status::Critical, 2),
        (Status::Unknown, 1),
    ] {
        (0..times).for_each(|_| counters.add_verdict(status));
    }
    counters.add_written(7);
    let counts = OutputCounts {
        verdicts: StatusCounts {
            ok: 4,
            warning: 3,
            critical: 2,
            unknown: 1,
        },
        written: 7,
    };
    assert_eq!(counters.counts(), counts);
}
