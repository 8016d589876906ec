//! Checks TCP services and Unix sockets, with or without TLS.
//!
//! A user of the library needs five things: a [`Target`](target::Target), the options of a
//! [`Check`](check::Check), [`run_one`], the [`judge`](verdict::judge) of what it returns, and
//! [`check_line`], which renders the line of a plugin. [`preset`] has the services, [`expect`] the
//! patterns, [`outcome`] the facts.
//!
//! One check, from Rust:
//!
//! ```
//! use check_tcp::check::Check;
//! use check_tcp::status::Status;
//! use check_tcp::target::Target;
//! use check_tcp::verdict::judge;
//! use check_tcp::{check_line, run_one};
//! use std::sync::Arc;
//!
//! let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
//! let target = Target::host("127.0.0.1", listener.local_addr()?.port())?;
//! let check = Arc::new(Check::default());
//!
//! let checked = run_one(target, check)?;
//! let verdict = judge(&checked);
//! assert_eq!(verdict.status, Status::Ok);
//! print!("{}", check_line(&checked, verdict));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A service that greets, by its preset. The mismatch is known at the first byte, not at the
//! timeout:
//!
//! ```
//! use check_tcp::check::Check;
//! use check_tcp::status::Status;
//! use check_tcp::target::Target;
//! use check_tcp::verdict::judge;
//! use check_tcp::{check_line, preset, run_one};
//! # use std::io::{Read, Write};
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! # let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
//! # let port = listener.local_addr()?.port();
//! # std::thread::spawn(move || -> std::io::Result<usize> {
//! #     let (mut peer, _) = listener.accept()?;
//! #     peer.write_all(b"421 Too many connections\r\n")?;
//! #     peer.read_to_end(&mut Vec::new())
//! # });
//! let smtp = preset::find("smtp").ok_or("no such service")?;
//! let check = Arc::new(Check {
//!     name: smtp.name.to_owned(),
//!     expect: Some(smtp.pattern()?),
//!     quit: smtp.quit_bytes(false),
//!     timeout: Duration::from_secs(3),
//!     warning: Some(Duration::from_millis(500)),
//!     ..Check::default()
//! });
//! let target = Target::host("127.0.0.1", port)?;
//!
//! let checked = run_one(target, check)?;
//! let verdict = judge(&checked);
//! assert_eq!(verdict.status, Status::Critical);
//! assert_eq!(
//!     check_line(&checked, verdict),
//!     "SMTP CRITICAL: Unexpected response from host/socket: 421 Too many connections\n"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # How it works
//!
//! A check is a [`Probe`](probe::Probe): a hand-written future that goes from state to state, tries
//! what it can, and returns what blocked it. The [`Engine`](engine::Engine) knows when to step one,
//! the states know why. The outcome is a fact, a [`Success`](outcome::Success) or a
//! [`Failure`](outcome::Failure); [`judge`](verdict::judge) derives the verdict from it, and
//! [`report`] renders both.
//!
//! ```text
//! command line ──────┬──► Target + Arc<Check> ──► engine (slots, timers, mio::Poll)
//! list ──► reader ───┘                              │    ▲ resolver threads, Waker
//!                                                   ▼
//!   line, JSON, summary ◄── judge ◄── Success | Failure ◄── Probe::step
//! ```
//!
//! A list is the same machine with more probes in it. One thread reads the list and one writes the
//! output; between them [`batch`] runs the loop, and [`admission`](engine::admission) decides which
//! check begins when, so that no probe waits for another.
//!
//! | module | contents |
//! |---|---|
//! | [`run`] | from arguments to exit code |
//! | [`cli`] | the command line: one table of options, parsing in two steps, help, suggestions, man page and completions |
//! | [`feature`] | the parts that a build may leave out; `absent` modules stand in for them |
//! | [`check`], [`target`] | the options of a check, and its endpoint |
//! | [`host`] | the syntax of a host, and the error of any other text |
//! | [`list`] | a list of targets: from the bytes of its source to the jobs of its lines |
//! | [`dialogue`] | the steps of a check: what it says and expects, in order |
//! | [`preset`] | the services of `--service` |
//! | [`starttls`] | the protocols of `--starttls`, from the clear to TLS |
//! | [`escape`] | the escapes of `--escape`: `\n \r \t \\ \xHH` |
//! | [`expect`] | the pattern: Go's dialect, and a matcher that is fed piece by piece |
//! | [`phase`] | the names of the states |
//! | [`probe`], [`state`] | the state machine of a check: a file for each state, and the loop that steps them |
//! | [`reason`] | the reason of a verdict, as one word |
//! | [`status`] | the four statuses of a plugin, and counts of them |
//! | [`memory`] | a bound on memory that many parties share |
//! | [`net`] | the network as one probe sees it; real in [`engine`], scripted in tests |
//! | [`link`] | one byte stream, in the clear or under TLS; nothing above knows which |
//! | [`tls`] | TLS settings, trust store, verification of certificates, text of TLS failures |
//! | [`engine`] | the poll loop, with timers, lookups and admission, on a [platform](engine::platform) that is real or, in tests, virtual |
//! | [`resolve`] | name resolution on threads |
//! | [`batch`] | a run of a list: the [event loop](batch::event_loop), and the threads or scripts that are [its I/O](batch::run_io) |
//! | [`outcome`] | the outcome of a check, as facts |
//! | [`verdict`] | the reason that follows from the outcome, and the status that follows from the reason |
//! | [`record`] | the job of a line of a list, or of the command line, and the record of its result |
//! | [`report`] | rendering: the line, JSON, Prometheus' format, the summary of a run |
//! | [`sink`] | the place where the output goes: standard output, or a file that is replaced as a whole |
//! | [`signals`] | the signals that ask a run to stop |
//! | [`fd`], [`inline_vec`] | reads and writes that wait on a non-blocking descriptor, and the opening of regular files; a vector without an allocation while it is short |

#![forbid(unsafe_code)]
#![cfg_attr(
    not(feature = "default"),
    allow(
        dead_code,
        unused_imports,
        reason = "what only a part needs that is left out is left out by the linker"
    )
)]
#![allow(
    rustdoc::private_intra_doc_links,
    reason = "the map links to private modules, whose documents `--document-private-items` makes"
)]
#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        clippy::string_slice,
        reason = "a test panics where it fails, and takes any time as the first"
    )
)]

#[cfg_attr(not(feature = "list"), path = "batch/absent.rs")]
mod batch;
pub mod check;
mod cli;
pub mod dialogue;
mod engine;
mod escape;
pub mod expect;
mod fd;
mod feature;
mod host;
mod inline_vec;
#[doc(hidden)]
pub mod internal;
mod link;
#[cfg(feature = "list")]
mod list;
mod memory;
mod net;
pub mod outcome;
pub mod phase;
pub mod preset;
mod probe;
mod reason;
mod record;
mod report;
mod resolve;
mod rfc3339;
mod run;
mod signals;
mod sink;
#[cfg_attr(not(feature = "tls"), path = "starttls/absent.rs")]
pub mod starttls;
mod state;
pub mod status;
pub mod target;
#[cfg_attr(not(feature = "tls"), path = "tls/absent.rs")]
pub mod tls;
pub mod verdict;

pub use engine::run_one;
pub use record::Checked;
pub use report::line::{MAX_LINE_CHARS, check_line};
