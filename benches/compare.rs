//! check-tcp beside other programs that do the same work, as one Markdown table: one plain check
//! against Debian's `check_tcp`; lists against a bare epoll loop and `xargs`; what checks that wait
//! take up; what times are reported under load; TLS against a bare loop of handshakes; JSON and
//! Prometheus' format against text; names at a slow resolver.
//!
//! ```text
//! cargo bench --bench compare -- [--quick] [--static PATH] [--zgrab2 PATH] [PART...]
//! ```
//!
//! A part is `one`, or of the lists `lengths`, `xargs`, `memory`, `truth`, `tls`, `formats` or
//! `names`; `lists` is all of those, and no word at all is everything. `--static` adds a statically
//! linked build to `one`, `--zgrab2` the `banner` module of that scanner to any of the lists,
//! `--quick` does little of everything and holds it against no aim. The programs run in turn, so
//! that what else the machine does meets them all alike. What the machine does not have is left out
//! and said so. It fails where a check does, and never for being slow. Linux only: memory and cores
//! are asked of it.

#![allow(
    clippy::disallowed_methods,
    clippy::exit,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a benchmark ends where it can not go on, and runs on the real clock"
)]

#[path = "compare/lists/mod.rs"]
mod lists;
#[path = "compare/machine.rs"]
mod machine;
#[path = "compare/one/mod.rs"]
mod one;
#[path = "compare/table.rs"]
mod table;
#[path = "compare/usage.rs"]
mod usage;

use std::env;
use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;
use table::Table;

/// Debian's, of the package `monitoring-plugins-basic`.
const THEIRS: &str = "/usr/lib/nagios/plugins/check_tcp";

/// The options of this benchmark.
#[derive(Default)]
struct Wanted {
    quick: bool,
    fixed: Option<PathBuf>,
    zgrab2: Option<PathBuf>,
    one: bool,
    lists: Vec<lists::Part>,
}

fn main() -> ExitCode {
    let mut arguments = env::args_os().skip(1);
    let done = match arguments.next().and_then(|name| lists::Role::of(&name)) {
        Some(role) => role.play(arguments).map(|()| true),
        None => compare(),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(e) => {
            eprintln!("compare: {e}");
            ExitCode::FAILURE
        }
    }
}

/// Runs every part and returns true if all succeeded. A failed part does not stop the others.
fn compare() -> Result<bool, Box<dyn Error>> {
    let wanted = Wanted::typed()?;
    let mut table = Table::new(!wanted.quick);
    if wanted.one
        && let Err(e) = one::compare(wanted.quick, wanted.fixed, &mut table)
    {
        table.fail("one", &*e);
    }
    if !wanted.lists.is_empty() {
        let zgrab2 = wanted.zgrab2.as_deref();
        lists::compare(&wanted.lists, wanted.quick, zgrab2, &mut table)?;
    }
    println!("{}\n\n{table}", machine::machine());
    Ok(!table.has_failed())
}

impl Wanted {
    fn typed() -> Result<Self, lexopt::Error> {
        let mut wanted = Self::default();
        let mut parser = lexopt::Parser::from_env();
        while let Some(argument) = parser.next()? {
            match argument {
                lexopt::Arg::Long("quick") => wanted.quick = true,
                lexopt::Arg::Long("static") => wanted.fixed = Some(parser.value()?.into()),
                lexopt::Arg::Long("zgrab2") => wanted.zgrab2 = Some(parser.value()?.into()),
                lexopt::Arg::Value(part) if part == "one" => wanted.one = true,
                lexopt::Arg::Value(part) if part == "lists" => {
                    wanted.lists.extend(lists::Part::ALL);
                }
                lexopt::Arg::Value(part) => match lists::Part::of(&part) {
                    Some(part) => wanted.lists.push(part),
                    None => return Err(lexopt::Arg::Value(part).unexpected()),
                },
                // Cargo's own.
                lexopt::Arg::Long("bench") => {}
                other => return Err(other.unexpected()),
            }
        }
        if !wanted.one && wanted.lists.is_empty() {
            wanted.one = true;
            wanted.lists.extend(lists::Part::ALL);
        }
        Ok(wanted)
    }
}
