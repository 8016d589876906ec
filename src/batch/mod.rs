//! A run of a list.
//!
//! ```text
//! reader ──► admission ──► engine ──► records ──► output ──► standard output
//!                                         └─────► progress ─► console ──► standard error
//! ```
//!
//! [`event_loop`] is on the engine's thread. Reading the list, judging and writing, and looking
//! names up are threads of their own, which wake the loop; none of them can block it.
//!
//! All that is public but [`run`] is so for the simulation, which drives the loop on a virtual
//! machine.

mod console;
mod drawn_line;
pub(crate) mod event_loop;
mod limits;
mod output;
pub(crate) mod pending_job;
mod progress;
pub(crate) mod queue_gauge;
pub(crate) mod run_io;

use crate::cli::{self, Defaults, ListSource, RunOptions, TargetList};
use crate::engine::admission::Admission;
use crate::engine::os_platform::OsPlatform;
use crate::engine::{Engine, Limits};
use crate::fd::{self, BlockingReader};
use crate::list::{self, Line, ListFile, Reader, ShardFilter};
use crate::outcome::is_resource_shortage;
use crate::report::output_file::{describe_output_error, unwritable_message};
use crate::report::{self, colour, failure, summary};
use crate::signals::Signals;
use crate::sink::Sink;
use crate::status::Status;
use crate::verdict::Reason;
use console::Console;
use drawn_line::{DrawnLine, Style};
use event_loop::{EventLoop, StopReason, UnfinishedRun};
use output::{EndOfRun, Output, OutputCounts};
use progress::Progress;
use run_io::ThreadedIo;
use rustix::io::Errno;
use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, IsTerminal};
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// Checks all targets of a list, and returns the status for the exit code.
///
/// # Errors
/// Nothing was checked: the list can't be opened, or this machine lacks a resource. The reason, and
/// a message that says what was being done.
pub(crate) fn run(list: TargetList) -> Result<Status, (Reason, String)> {
    let file = open_list(&list.source)?;
    let not_started = |e| {
        let message = format!("starting the run: {}", failure::format_local_error(&e));
        (Reason::Local, message)
    };
    // Opening a list may wait for ever, and is ended by a signal; beside a file that is open none
    // ends the process.
    let signals = Signals::new().map_err(not_started)?;
    let path = list.run.output_file.as_deref();
    let sink =
        Sink::open(path).map_err(|e| describe_output_error(path.unwrap_or(Path::new("")), &e))?;
    let run = ListRun::start(file, signals, sink, list.defaults, list.run);
    Ok(run.map_err(not_started)?.finish())
}

/// A run that has started.
struct ListRun {
    event_loop: EventLoop<OsPlatform, ThreadedIo>,
    console: Console,
    run: RunOptions,
    began: Instant,
    began_at: SystemTime,
    /// Number of signals that had come when the last check ended.
    signals: usize,
    /// What is left beside the file for the output if that is not ended.
    temporary: Option<PathBuf>,
}

impl ListRun {
    fn start(
        file: File,
        mut signals: Signals,
        sink: Sink,
        mut defaults: Defaults,
        mut run: RunOptions,
    ) -> io::Result<Self> {
        fd::catch_file_size_signal();
        let file = ListFile::new(file)?;
        let limit = limits::raise_soft_limit();
        let wanted = run.parallel.get();
        let inherited = limits::count_open().saturating_sub(limits::OPEN_AT_START);
        let descriptors =
            limits::divide(limit.saturating_sub(inherited), wanted, run.lookups.get());
        let mut machine = OsPlatform::new(descriptors.parallel, descriptors.lookups.threads)?;
        machine.watch_readable(signals.source())?;
        let waker = machine.waker()?;
        let wake = move || {
            let waker = waker.clone();
            // It fails only where a wake-up is pending already.
            move || drop(waker.wake())
        };
        let err = duplicate(io::stderr())?;
        if let Sink::Stdout(out) = &sink {
            machine.watch_hang_up(out);
        }
        let size = file.size();
        let memory = defaults.memory();
        let mut shard = run.shard.map(ShardFilter::new);
        let parse = move |line: Line<'_>| {
            if shard.as_mut().is_some_and(|shard| !shard.takes(&line)) {
                return None;
            }
            list::parse_line(line, &mut |words| defaults.line_options(words))
        };
        let reader = Reader::start(BlockingReader(file), parse, memory, wake())?;
        // The last step that can fail, since from here on the thread writes to standard output.
        let colour = colour::is_wanted();
        let writes_to_terminal = matches!(sink, Sink::Stdout(_)) && io::stdout().is_terminal();
        run.output.colour = writes_to_terminal && colour;
        let renderer = report::renderer(&run.output);
        let progress = Arc::new(Progress {
            size,
            ..Progress::default()
        });
        let is_shown = run.progress && !run.output.quiet && io::stderr().is_terminal();
        let line = is_shown.then(|| {
            let has_control = !colour::is_dumb();
            Arc::new(DrawnLine::new(
                progress.clone(),
                Style {
                    colour,
                    has_control,
                },
            ))
        });
        // Both may be the same terminal.
        let is_shared = writes_to_terminal && device(io::stdout()) == device(io::stderr());
        let shared = line.clone().filter(|_| is_shared);
        let counters = progress.counters.clone();
        let temporary = sink.temporary();
        let output = Output::start(renderer, sink, Sink::finish, counters, shared, wake())?;
        let mut console = Console::new(err, line, wake());
        if let Some(lowered) = descriptors.lowered_message(wanted, limit) {
            console.write_line(lowered);
        }
        let limits = Limits {
            sockets: descriptors.sockets,
            lookups: descriptors.lookups,
        };
        let engine = Engine::new(machine, limits);
        let (began, began_at) = (engine.now(), engine.wall_clock());
        let admission = Admission::new(descriptors.parallel, run.rate);
        let io = ThreadedIo {
            reader,
            output,
            signals,
            progress,
        };
        let event_loop = EventLoop::new(engine, admission, io);
        Ok(Self {
            event_loop,
            console,
            run,
            began,
            began_at,
            signals: 0,
            temporary,
        })
    }

    fn finish(mut self) -> Status {
        let stop = self.event_loop.run();
        self.signals = self.event_loop.signal_count();
        let incomplete = match &stop {
            StopReason::Completed => None,
            StopReason::InputFailed(e) => {
                let e = failure::format_error(e);
                Some(format!("the list could not be read to its end: {e}"))
            }
            StopReason::Interrupted => Some("interrupted".to_owned()),
            StopReason::PollFailed(e) => Some(format!(
                "the poll loop failed: {}",
                failure::format_error(e)
            )),
            StopReason::OutputClosed => return self.finish_unwritable(),
        };
        let unfinished = match stop {
            StopReason::Interrupted | StopReason::PollFailed(_) => {
                Some(self.event_loop.interrupt())
            }
            StopReason::Completed | StopReason::InputFailed(_) | StopReason::OutputClosed => None,
        };
        if let Some(incomplete) = &incomplete {
            self.console
                .write_line(stop_message(incomplete, unfinished));
        }
        let is_complete = incomplete.is_none();
        let took = self.close_output(incomplete);
        if !self.wait_for_output() {
            return self.status(false);
        }
        if self.event_loop.io.output.error().is_some() {
            return self.finish_unwritable();
        }
        let verdicts = self.counts().verdicts;
        let is_terminal = io::stderr().is_terminal();
        if self.run.has_closing_sentence(verdicts.total(), is_terminal) {
            self.console
                .write_line(summary::format_totals(verdicts, took));
        }
        self.flush_console();
        self.status(is_complete)
    }

    /// Closes the output, and returns the duration of the run.
    fn close_output(&mut self, incomplete: Option<String>) -> Duration {
        let now = self.event_loop.engine.now();
        let took = now.saturating_duration_since(self.began);
        self.event_loop.io.output.close(EndOfRun {
            incomplete,
            began: self.began_at,
            took,
        });
        took
    }

    /// Waits until the output is done. Returns false if two signals have come before that, and removes
    /// the file that the output thread, which may be stuck, won't.
    fn wait_for_output(&mut self) -> bool {
        let is_done = self
            .event_loop
            .wait_until(2, |event_loop| event_loop.io.output.is_done());
        if !is_done && let Some(temporary) = &self.temporary {
            let _ = fs::remove_file(temporary);
        }
        is_done
    }

    /// Ends a run whose output can't be written, once all records sent have been judged. There is a
    /// message only if that is a file: the reader of a closed standard output is gone.
    fn finish_unwritable(mut self) -> Status {
        self.close_output(None);
        self.wait_for_output();
        let error = self.event_loop.io.output.error();
        if let (Some(path), Some(e)) = (&self.run.output_file, error) {
            self.console.write_line(unwritable_message(path, e));
        }
        self.flush_console();
        self.status(false)
    }

    /// Waits until standard error is written. The verdicts are written already, so where standard
    /// error is blocked, any signal since the last check ended is enough to end the run.
    fn flush_console(&mut self) {
        self.console.close();
        let console = &self.console;
        self.event_loop
            .wait_until(self.signals + 1, |_| console.is_done());
    }

    fn counts(&self) -> OutputCounts {
        self.event_loop.io.output.counts()
    }

    /// The status for the exit code: the worst verdict, and never OK where a line that was read has
    /// no verdict that was printed.
    fn status(&self, is_complete: bool) -> Status {
        let OutputCounts { verdicts, written } = self.counts();
        verdicts.of_run(is_complete && written == verdicts.total())
    }
}

fn stop_message(incomplete: &str, unfinished: Option<UnfinishedRun>) -> String {
    let Some(UnfinishedRun {
        lines,
        list_had_ended,
    }) = unfinished
    else {
        return format!("check-tcp: {incomplete}");
    };
    let were = match lines {
        1 => "line that had been read was",
        _ => "lines that had been read were",
    };
    let ended = match list_had_ended {
        true => "had ended",
        false => "had not ended",
    };
    format!("check-tcp: {incomplete}: {lines} {were} not checked; the list {ended}")
}

fn open_list(source: &ListSource) -> Result<File, (Reason, String)> {
    let (file, name) = match source {
        ListSource::Stdin => (duplicate(io::stdin()), Cow::from("-")),
        ListSource::File(path) => (File::open(path), cli::escape_lossy(path.as_os_str()).into()),
    };
    let file = file.and_then(|file| match file.metadata()?.is_dir() {
        true => Err(Errno::ISDIR.into()),
        false => Ok(file),
    });
    file.map_err(|e| {
        let reason = match is_resource_shortage(&e) {
            true => Reason::Local,
            false => Reason::Usage,
        };
        let e = failure::format_error(&e);
        (reason, format!("opening the list {name}: {e}"))
    })
}

/// The number of a device; `None` if it can't be told.
fn device(of: impl AsFd) -> Option<u64> {
    Some(duplicate(of).ok()?.metadata().ok()?.rdev())
}

/// Duplicates a descriptor, to use it without the buffer and the lock of its owner.
fn duplicate(of: impl AsFd) -> io::Result<File> {
    Ok(of.as_fd().try_clone_to_owned()?.into())
}
