//! Standard error, on a thread of its own: a terminal that was stopped (Ctrl-S) blocks the thread,
//! never the run.

use super::drawn_line::{Drawn, DrawnLine};
use super::progress::{Progress, Rates, render_line};
use crate::fd;
use rustix::termios::tcgetwinsize;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

/// Time between two progress lines.
const REDRAW_INTERVAL: Duration = Duration::from_millis(100);

/// Width of a terminal that does not report one.
const DEFAULT_COLUMNS: usize = 80;

/// A progress line to draw.
pub(super) struct ProgressLine {
    pub progress: Arc<Progress>,
    /// What is drawn of it.
    pub drawn: Arc<DrawnLine>,
    /// The counts are in colour.
    pub colour: bool,
}

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
    /// Creates a console on `out`, which draws `progress`, if there is one, between the lines of
    /// text. Its thread calls `wake` when it is done.
    pub(super) fn new(
        out: impl Write + AsFd + Send + 'static,
        progress: Option<ProgressLine>,
        wake: impl Fn() + Send + 'static,
    ) -> Self {
        let done = Arc::new(AtomicBool::new(false));
        let ended = done.clone();
        let draws = progress.is_some();
        let (sender, lines) = mpsc::channel();
        let body = move || {
            // An error of standard error can't be reported.
            let _ = run_console(out, &lines, progress.as_ref());
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
#[allow(
    clippy::disallowed_methods,
    reason = "times the display; no check depends on it"
)]
fn run_console<W: Write + AsFd>(
    mut out: W,
    lines: &Receiver<String>,
    line: Option<&ProgressLine>,
) -> io::Result<()> {
    let Some(line) = line else {
        while let Ok(text) = lines.recv() {
            fd::write_all_blocking(&mut out, format!("{text}\n").as_bytes(), None)?;
        }
        return Ok(());
    };
    let mut rates = Rates::default();
    line.progress.snapshot(&mut rates, Instant::now());
    loop {
        let (next, end) = match lines.recv_timeout(REDRAW_INTERVAL) {
            Ok(text) => (Drawn::default(), format!("{text}\n")),
            Err(RecvTimeoutError::Timeout) => {
                let snapshot = line.progress.snapshot(&mut rates, Instant::now());
                let columns = terminal_columns(&out);
                (render_line(&snapshot, columns, line.colour), String::new())
            }
            Err(RecvTimeoutError::Disconnected) => {
                let mut drawn = line.drawn.lock();
                let text = drawn.replace(Drawn::default());
                return fd::write_all_blocking(&mut out, text.as_bytes(), None);
            }
        };
        let mut drawn = line.drawn.lock();
        let text = drawn.replace(next) + &end;
        fd::write_all_blocking(&mut out, text.as_bytes(), None)?;
    }
}

/// The number of characters that fit on a line. The last column stays free, since some terminals
/// wrap as soon as it is written to.
fn terminal_columns(out: &impl AsFd) -> usize {
    let size = tcgetwinsize(out).ok();
    let columns = size.map(|size| usize::from(size.ws_col));
    columns.filter(|&n| n > 0).unwrap_or(DEFAULT_COLUMNS) - 1
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_os = "linux")]
    use rustix::termios::tcsetwinsize;
    #[cfg(target_os = "linux")]
    use std::fs::File;
    use std::io::{PipeReader, Read, pipe};

    /// Longer than any machine takes.
    const NEVER: Duration = Duration::from_secs(60);

    fn line(progress: Arc<Progress>) -> ProgressLine {
        ProgressLine {
            progress,
            drawn: Arc::default(),
            colour: false,
        }
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
        let idle = "0 ok, 0/s, 0 in flight";
        assert_eq!(read_until(&mut reader, "flight"), format!("\r{idle}"));

        progress.in_flight.store(12_345, Ordering::Relaxed);
        let busy = "0 ok, 0/s, 12345 in flight";
        assert_eq!(read_until(&mut reader, "flight"), format!("\r{busy}"));

        progress.in_flight.store(0, Ordering::Relaxed);
        let erased = format!("\r{idle}    ");
        assert_eq!(read_until(&mut reader, "flight    "), erased);

        console.write_line("hear this");
        let blank = " ".repeat(idle.len());
        let text = format!("\r{blank}\rhear this\n");
        assert_eq!(read_until(&mut reader, "\n"), text);

        assert_eq!(read_until(&mut reader, "flight"), format!("\r{idle}"));
        close(&mut console, &woken);
        assert_eq!(rest(reader), format!("\r{blank}\r"));
    }

    #[test]
    fn a_run_that_ends_soon_draws_nothing() {
        let (reader, writer) = pipe().unwrap();
        let (sender, lines) = mpsc::channel();
        sender.send("that was all".to_owned()).unwrap();
        drop(sender);
        run_console(writer, &lines, Some(&line(Arc::default()))).unwrap();
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

    /// The side of a terminal that needs nobody to hold the other.
    #[cfg(target_os = "linux")]
    fn terminal() -> File {
        let mut both = File::options();
        both.read(true).write(true).open("/dev/ptmx").unwrap()
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_line_is_as_wide_as_the_terminal_less_one_column() {
        let terminal = terminal();
        for (reported, columns) in [(0, 79), (1, 0), (40, 39), (211, 210)] {
            let mut size = tcgetwinsize(&terminal).unwrap();
            size.ws_col = reported;
            tcsetwinsize(&terminal, size).unwrap();
            assert_eq!(terminal_columns(&terminal), columns);
        }
        let (_reader, pipe) = pipe().unwrap();
        assert_eq!(terminal_columns(&pipe), 79);
    }
}
