//! The progress line as it stands on the terminal, for the threads that write there.

use super::progress::{Progress, RateMeter, render_line};
use crate::fd;
use rustix::termios::tcgetwinsize;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Time between two progress lines, at least.
pub(super) const REDRAW_INTERVAL: Duration = Duration::from_millis(100);

/// Width of a terminal that does not report one.
const DEFAULT_COLUMNS: usize = 80;

/// The progress line, shared by the thread that draws it and the one that writes the output, if both
/// write to the same terminal.
///
/// The cursor stands at its start. There the terminal echoes what is typed, within the line; and
/// where a window that is made narrower breaks the line, all of it is behind the cursor.
#[derive(Debug)]
pub(super) struct DrawnLine {
    progress: Arc<Progress>,
    style: Style,
    state: Mutex<State>,
}

/// What a terminal can show.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    /// Colours.
    pub colour: bool,
    /// Control sequences: EL and ED of ECMA-48, which erase what is behind the cursor, and DECAWM.
    pub has_control: bool,
}

/// A text on one line of a terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Drawn {
    /// The text, with colours.
    pub text: String,
    /// Its columns.
    pub width: usize,
}

#[derive(Debug)]
struct State {
    rate: RateMeter,
    /// The columns of what is drawn; 0 if nothing is.
    width: usize,
    /// When it was drawn last.
    drawn_at: Instant,
    /// There is text to be written when the line may be drawn again.
    is_awaited: bool,
}

impl DrawnLine {
    /// A line that is not drawn before it has something to tell.
    pub(super) fn new(progress: Arc<Progress>, style: Style) -> Self {
        let now = now();
        let mut rate = RateMeter::default();
        progress.snapshot(&mut rate, now);
        let state = Mutex::new(State {
            rate,
            width: 0,
            drawn_at: now,
            is_awaited: false,
        });
        Self {
            progress,
            style,
            state,
        }
    }

    /// The time for which text can wait so that the line, which the text then has to be written with,
    /// is not drawn too often.
    pub(super) fn await_text(&self) -> Duration {
        let mut state = self.lock();
        let wait = match state.width {
            0 => Duration::ZERO,
            _ => state.wait(now()),
        };
        state.is_awaited = !wait.is_zero();
        wait
    }

    /// Writes text above the line, and draws it if it may be drawn again.
    ///
    /// # Errors
    /// The terminal can't be written to.
    pub(super) fn write(&self, out: &mut (impl Write + AsFd), text: &[u8]) -> io::Result<()> {
        // Held until all is written.
        let mut state = self.lock();
        state.is_awaited = false;
        let mut all = state.erase(self.style);
        all.extend_from_slice(text);
        if state.wait(now()).is_zero() {
            all.extend(self.draw(&mut state, out));
        }
        fd::write_all_blocking(out, &all, None)
    }

    /// Draws the line if it may be drawn again and no text does so. Returns the time after which to
    /// try that next.
    ///
    /// # Errors
    /// The terminal can't be written to.
    pub(super) fn redraw(&self, out: &mut (impl Write + AsFd)) -> io::Result<Duration> {
        let mut state = self.lock();
        let wait = state.wait(now());
        if wait.is_zero() && !state.is_awaited {
            let text = self.draw(&mut state, out);
            fd::write_all_blocking(out, &text, None)?;
        }
        Ok(match wait.is_zero() {
            true => REDRAW_INTERVAL,
            false => wait,
        })
    }

    /// Erases the line and writes text in its place, which may be empty.
    ///
    /// # Errors
    /// The terminal can't be written to.
    pub(super) fn erase(&self, out: &mut (impl Write + AsFd), text: &[u8]) -> io::Result<()> {
        let mut state = self.lock();
        let mut all = state.erase(self.style);
        all.extend_from_slice(text);
        fd::write_all_blocking(out, &all, None)
    }

    /// Returns the text that puts the present line in the place of the last.
    fn draw(&self, state: &mut State, out: &impl AsFd) -> Vec<u8> {
        let now = now();
        let snapshot = self.progress.snapshot(&mut state.rate, now);
        let next = render_line(&snapshot, columns(out), self.style.colour);
        let text = match self.style.has_control {
            // Without wrapping: the window may just have become narrower.
            true => format!("\r\x1b[?7l{}\x1b[J\x1b[?7h\r", next.text),
            false => {
                let rest = " ".repeat(state.width.saturating_sub(next.width));
                format!("\r{}{rest}\r", next.text)
            }
        };
        state.width = next.width;
        state.drawn_at = now;
        text.into_bytes()
    }

    /// Waits for the terminal.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// The time until the line may be drawn again.
    fn wait(&self, now: Instant) -> Duration {
        REDRAW_INTERVAL.saturating_sub(now.saturating_duration_since(self.drawn_at))
    }

    /// Returns the text that erases the line. Spaces are what every terminal
    /// supports. EL first, since tmux keeps a screen that ED clears as a whole.
    fn erase(&mut self, style: Style) -> Vec<u8> {
        let width = std::mem::take(&mut self.width);
        let text = match (width, style.has_control) {
            (0, _) => String::new(),
            (_, true) => "\r\x1b[K\x1b[J".to_owned(),
            (_, false) => format!("\r{}\r", " ".repeat(width)),
        };
        text.into_bytes()
    }
}

/// The number of characters that fit on a line. The last column stays free, since some terminals
/// wrap as soon as it is written to.
fn columns(out: &impl AsFd) -> usize {
    let size = tcgetwinsize(out).ok();
    let columns = size.map(|size| usize::from(size.ws_col));
    columns.filter(|&n| n > 0).unwrap_or(DEFAULT_COLUMNS) - 1
}

#[allow(
    clippy::disallowed_methods,
    reason = "times the display; no check depends on it"
)]
fn now() -> Instant {
    Instant::now()
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_os = "linux")]
    use rustix::termios::tcsetwinsize;
    #[cfg(target_os = "linux")]
    use std::fs::File;
    use std::io::{PipeReader, PipeWriter, Read, pipe};

    const IDLE: &str = "0 ok, 0/s, 0 in flight";

    /// A line that was drawn long ago, and where it stands.
    fn drawn(has_control: bool) -> (DrawnLine, PipeReader, PipeWriter) {
        let colour = false;
        let line = DrawnLine::new(
            Arc::default(),
            Style {
                colour,
                has_control,
            },
        );
        let (reader, mut writer) = pipe().unwrap();
        pass(&line);
        line.redraw(&mut writer).unwrap();
        pass(&line);
        (line, reader, writer)
    }

    /// Has the interval pass.
    fn pass(line: &DrawnLine) {
        let mut state = line.lock();
        state.drawn_at = state.drawn_at.checked_sub(REDRAW_INTERVAL).unwrap();
    }

    /// The line where there are control sequences.
    fn in_control() -> String {
        format!("\r\x1b[?7l{IDLE}\x1b[J\x1b[?7h\r")
    }

    fn written(mut reader: PipeReader, writer: PipeWriter) -> String {
        drop(writer);
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn text_stands_above_the_line_which_is_erased_at_the_end() {
        let blank = " ".repeat(IDLE.len());
        for (has_control, shown, erased) in [
            (true, in_control(), "\r\x1b[K\x1b[J".to_owned()),
            (false, format!("\r{IDLE}\r"), format!("\r{blank}\r")),
        ] {
            let (line, reader, mut writer) = drawn(has_control);
            line.write(&mut writer, b"one\n").unwrap();
            line.erase(&mut writer, b"").unwrap();
            line.erase(&mut writer, b"").unwrap();
            let expected = format!("{shown}{erased}one\n{shown}{erased}");
            assert_eq!(written(reader, writer), expected);
        }
    }

    #[test]
    fn a_shorter_line_leaves_nothing_of_a_longer_one() {
        let (line, reader, mut writer) = drawn(false);
        line.lock().width += 3;
        line.redraw(&mut writer).unwrap();
        assert_eq!(written(reader, writer), format!("\r{IDLE}\r\r{IDLE}   \r"));
    }

    #[test]
    fn text_that_can_wait_is_written_with_the_next_line_and_other_text_without_one() {
        let (line, reader, mut writer) = drawn(true);
        let ready = Duration::ZERO;
        assert_eq!(line.await_text(), ready);
        line.redraw(&mut writer).unwrap();
        assert!(line.await_text() > ready);
        pass(&line);
        line.redraw(&mut writer).unwrap(); // leaves it to the text
        line.write(&mut writer, b"one\n").unwrap();
        assert!(line.await_text() > ready);
        line.write(&mut writer, b"two\n").unwrap(); // for what reason ever, at once
        assert_eq!(line.await_text(), ready, "there is no line");
        line.redraw(&mut writer).unwrap(); // too early
        let shown = in_control();
        let erased = "\r\x1b[K\x1b[J";
        let expected = format!("{shown}{shown}{erased}one\n{shown}{erased}two\n");
        assert_eq!(written(reader, writer), expected);
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
        for (reported, wide) in [(0, 79), (1, 0), (40, 39), (211, 210)] {
            let mut size = tcgetwinsize(&terminal).unwrap();
            size.ws_col = reported;
            tcsetwinsize(&terminal, size).unwrap();
            assert_eq!(columns(&terminal), wide);
        }
        let (_reader, pipe) = pipe().unwrap();
        assert_eq!(columns(&pipe), 79);
    }
}
