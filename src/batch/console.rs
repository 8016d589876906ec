//! Standard error, on a thread of its own: a terminal that was stopped (Ctrl-S) blocks the thread,
//! never the run.

use super::drawn_line::{DrawnLine, REDRAW_INTERVAL};
use crate::fd;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;

/// A handle of the console thread.
///
/// The thread starts with the progress line or the first line of text. Until then a run has one
/// thread less: under `--summary` it never needs this one, and where the number of threads is
/// limited a lookup can have it.
pub(super) struct Console {
    /// `None` once the console is closed, or if the thread can't be started.
    lines: Option<Sender<String>>,
    /// `None` once the thread has been started.
    body: Option<Box<dyn FnOnce() + Send>>,
    done: Arc<AtomicBool>,
}

impl Console {
    /// Creates a console on `out`, which draws the progress line, if there is one, between the lines
    /// of text. Its thread calls `wake` when it is done.
    pub(super) fn new(
        out: impl Write + AsFd + Send + 'static,
        progress: Option<Arc<DrawnLine>>,
        wake: impl Fn() + Send + 'static,
    ) -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let ended = done.clone();
        let draws = progress.is_some();
        let (sender, lines) = mpsc::channel();
        let body = move || {
            // An error of standard error can't be reported.
            let _ = run_console(out, &lines, progress.as_deref());
            ended.store(true, Ordering::Release);
            wake();
        };
        let mut console = Self {
            lines: Some(sender),
            body: Some(Box::new(body)),
            done,
        };
        if draws {
            console.start_thread();
        }
        console
    }

    /// Sends a line of text to be written, with a newline added. Never blocks. The line is lost
    /// where the thread can't be started; the verdicts are on standard output and in the exit code.
    pub(super) fn write_line(&mut self, text: impl Into<String>) {
        self.start_thread();
        if let Some(lines) = &self.lines {
            let _ = lines.send(text.into());
        }
    }

    /// Ends the thread once it has written all lines; it erases the progress line.
    pub(super) fn close(&mut self) {
        let is_running = self.lines.take().is_some() && self.body.take().is_none();
        if !is_running {
            self.done.store(true, Ordering::Release);
        }
    }

    /// Returns true if, after [`close`](Self::close), all lines have been written or never can be.
    /// Where the thread was never started, it is done at once, without a wake-up.
    pub(super) fn is_done(&self) -> bool {
        self.done.load(Ordering::Acquire)
    }

    fn start_thread(&mut self) {
        let Some(body) = self.body.take() else {
            return;
        };
        let thread = thread::Builder::new().name("console".to_owned());
        if thread.spawn(body).is_err() {
            self.lines = None;
        }
    }
}

/// The body of the thread. Returns when the channel is closed and empty.
///
/// # Errors
/// Nothing more can be written.
fn run_console<W: Write + AsFd>(
    mut out: W,
    lines: &Receiver<String>,
    line: Option<&DrawnLine>,
) -> io::Result<()> {
    let Some(line) = line else {
        while let Ok(text) = lines.recv() {
            fd::write_all_blocking(&mut out, format!("{text}\n").as_bytes(), None)?;
        }
        return Ok(());
    };
    let mut wait = REDRAW_INTERVAL;
    loop {
        match lines.recv_timeout(wait) {
            Ok(text) => line.erase(&mut out, format!("{text}\n").as_bytes())?,
            Err(RecvTimeoutError::Timeout) => wait = line.redraw(&mut out)?,
            Err(RecvTimeoutError::Disconnected) => return line.erase(&mut out, b""),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::drawn_line::Style;
    use crate::batch::progress::Progress;
    use std::io::{PipeReader, Read, pipe};
    use std::time::Duration;

    /// Longer than any machine takes.
    const NEVER: Duration = Duration::from_secs(60);

    fn line(progress: Arc<Progress>) -> Arc<DrawnLine> {
        let (colour, has_control) = (false, false);
        Arc::new(DrawnLine::new(
            progress,
            Style {
                colour,
                has_control,
            },
        ))
    }

    fn start(progress: Option<Arc<Progress>>) -> (Console, PipeReader, Receiver<()>) {
        let (reader, writer) = pipe().unwrap();
        let (wake, woken) = mpsc::channel();
        let wake = move || {
            let _ = wake.send(());
        };
        let console = Console::new(writer, progress.map(line), wake);
        (console, reader, woken)
    }

    fn close(console: &mut Console, woken: &Receiver<()>) {
        console.close();
        woken.recv_timeout(NEVER).expect("the wake-up was lost");
        assert!(console.is_done());
    }

    /// Reads until what was read ends with `end`.
    fn read_until(pipe: &mut PipeReader, end: &str) -> String {
        let mut text = Vec::new();
        let mut byte = [0];
        while !text.ends_with(end.as_bytes()) {
            let n = pipe.read(&mut byte).unwrap();
            assert!(
                n > 0,
                "{:?} without {end:?}",
                String::from_utf8_lossy(&text)
            );
            text.extend(byte);
        }
        String::from_utf8(text).unwrap()
    }

    fn rest(mut pipe: PipeReader) -> String {
        let mut text = String::new();
        pipe.read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn lines_are_written_in_order() {
        let (mut console, reader, woken) = start(None);
        for line in ["one", "two", "three"] {
            console.write_line(line);
        }
        close(&mut console, &woken);
        assert_eq!(rest(reader), "one\ntwo\nthree\n");
    }

    #[test]
    fn without_a_line_no_thread_starts_and_it_is_done_at_once() {
        let (mut console, reader, woken) = start(None);
        assert!(!console.is_done());
        console.close();
        assert!(console.is_done());
        drop(console);
        assert!(woken.try_recv().is_err(), "it woke for nothing");
        assert_eq!(rest(reader), "");
    }

    #[test]
    fn the_progress_line_is_drawn_replaced_and_erased() {
        let progress = Arc::new(Progress::default());
        let (mut console, mut reader, woken) = start(Some(progress.clone()));
        let idle = "\r0 ok, 0/s, 0 in flight";
        assert_eq!(read_until(&mut reader, "flight"), idle);

        progress.in_flight.store(12_345, Ordering::Relaxed);
        read_until(&mut reader, "\r0 ok, 0/s, 12345 in flight");
        progress.in_flight.store(0, Ordering::Relaxed);
        read_until(&mut reader, &format!("{idle}    \r"));

        console.write_line("hear this");
        read_until(&mut reader, "\rhear this\n");
        read_until(&mut reader, idle);
        close(&mut console, &woken);
        let end = rest(reader);
        let blank = format!("\r{}\r", " ".repeat(idle.len() - 1));
        assert!(end.ends_with(&blank), "{end:?}");
    }

    #[test]
    fn a_run_that_ends_soon_draws_nothing() {
        let (reader, writer) = pipe().unwrap();
        let (sender, lines) = mpsc::channel();
        sender.send("that was all".to_owned()).unwrap();
        drop(sender);
        run_console(writer, &lines, Some(&*line(Arc::default()))).unwrap();
        assert_eq!(rest(reader), "that was all\n");
    }

    #[test]
    fn a_reader_that_reads_nothing_does_not_block_the_sender() {
        let (mut console, reader, woken) = start(None);
        // Some twenty times what a pipe holds.
        for _ in 0..1_000 {
            console.write_line("x".repeat(1_023));
        }
        console.close();
        assert!(!console.is_done());
        assert_eq!(rest(reader).lines().count(), 1_000);
        woken.recv_timeout(NEVER).unwrap();
        assert!(console.is_done());
    }

    #[test]
    fn a_closed_reader_ends_the_thread() {
        for progress in [None, Some(Arc::default())] {
            let (mut console, reader, woken) = start(progress);
            drop(reader);
            console.write_line("anyone there?");
            close(&mut console, &woken);
        }
    }
}
