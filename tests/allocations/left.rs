//! What checks leave behind in the engine that ran them, on a clock and a machine of the test's
//! own.

use allocation_counter::measure;
use check_tcp::check::Check;
use check_tcp::expect::Pattern;
use check_tcp::internal::engine::{Engine, Limits, LookupLimits};
use check_tcp::internal::engine::{Platform, PollEvent, Stream};
use check_tcp::internal::net::{Endpoint, LookupError};
use check_tcp::internal::resolve::{LookupRequest, LookupResult};
use check_tcp::target::Target;
use std::cell::Cell;
use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The time from one check to the next.
const GAP: Duration = Duration::from_millis(40);

/// The checks of a kind that are counted, after as many that fill what the engine keeps. They take
/// longer than any answer stays at hand.
const CHECKS: usize = 2_000;

/// The bytes that so many may leave behind: no byte a check. The nodes of a tree come and go.
const SLACK: i64 = 1_024;

/// A machine on which every connection is up at once.
struct Virtual {
    now: Rc<Cell<Instant>>,
    says: &'static [u8],
    finds: bool,
    answers: VecDeque<LookupResult>,
}

/// A connection to a peer that says one thing.
struct Connection(&'static [u8]);

/// Runs so many checks of the targets that the numbers from `first` on have.
fn run(
    engine: &mut Engine<(), Virtual>,
    now: &Cell<Instant>,
    check: &Arc<Check>,
    targets: impl Iterator<Item = Target>,
) {
    for target in targets {
        let mut ended = usize::from(engine.admit((), target, check.clone()).is_some());
        let until = now.get() + GAP;
        while ended == 0 || now.get() < until {
            engine.wait(Some(until)).expect("a poll");
            engine.step(|_| ended += 1);
        }
        assert_eq!(ended, 1);
    }
}

/// The bytes that the second half of the checks leaves behind.
fn left_by(says: &'static [u8], finds: bool, target: impl Fn(usize) -> Target) -> i64 {
    let now = Rc::new(Cell::new(Instant::now()));
    let system = Virtual {
        now: now.clone(),
        says,
        finds,
        answers: VecDeque::new(),
    };
    let limits = Limits {
        sockets: 16,
        lookups: LookupLimits {
            places: 4,
            threads: 8,
        },
    };
    let mut engine = Engine::new(system, limits);
    let check = Arc::new(Check {
        expect: Pattern::new("^220").ok(),
        timeout: GAP / 2,
        ..Check::default()
    });
    run(&mut engine, &now, &check, (0..CHECKS).map(&target));
    let second = (CHECKS..2 * CHECKS).map(&target);
    measure(|| run(&mut engine, &now, &check, second)).bytes_current
}

#[test]
fn checks_leave_nothing_behind() {
    let address = |_: usize| Target::host("192.0.2.1", 25).expect("an address");
    let same = |_: usize| Target::host("mail.example", 25).expect("a name");
    let other = |n: usize| Target::host(format!("mail{n:06}.example"), 25).expect("a name");
    let some = |n: usize| Target::host(format!("mail{:06}.example", n % 300), 25).expect("a name");
    let (good, bad): (&[u8], &[u8]) = (b"220 ready\r\n", b"421 too many\r\n");
    for (kind, left) in [
        ("an address", left_by(good, true, address)),
        ("another reply", left_by(bad, true, address)),
        ("no reply", left_by(b"", true, address)),
        ("the same name", left_by(good, true, same)),
        ("names that come again", left_by(good, true, some)),
        ("names that never come again", left_by(good, true, other)),
        (
            "the same name that is not there",
            left_by(good, false, same),
        ),
        ("names that are not there", left_by(good, false, other)),
    ] {
        assert!(left <= SLACK, "{kind}: {CHECKS} checks left {left} bytes");
    }
}

impl Platform for Virtual {
    type Stream = Connection;

    fn now(&self) -> Instant {
        self.now.get()
    }

    fn wall_clock(&self) -> SystemTime {
        UNIX_EPOCH
    }

    fn connect(&mut self, _to: Endpoint<'_>, _slot: usize) -> io::Result<Connection> {
        Ok(Connection(self.says))
    }

    fn poll(&mut self, most: Duration, tell: &mut dyn FnMut(PollEvent)) -> io::Result<()> {
        if self.answers.is_empty() {
            self.now.set(self.now.get() + most);
        } else {
            tell(PollEvent::Woken);
        }
        Ok(())
    }

    fn start_lookup(&mut self, request: LookupRequest) -> io::Result<()> {
        let addresses = match self.finds {
            true => Ok(vec![([192, 0, 2, 1], 0).into()]),
            false => Err(LookupError::Failed(io::Error::other("no such host"))),
        };
        self.answers.push_back(LookupResult { request, addresses });
        Ok(())
    }

    fn max_lookups(&self) -> usize {
        8
    }

    fn next_lookup_result(&mut self) -> Option<LookupResult> {
        self.answers.pop_front()
    }
}

impl Stream for Connection {
    fn connected(&self) -> io::Result<()> {
        Ok(())
    }

    fn nodelay(&self) {}
}

impl Read for Connection {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let said = std::mem::take(&mut self.0);
        if said.is_empty() {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        buffer[..said.len()].copy_from_slice(said);
        Ok(said.len())
    }
}

impl Write for Connection {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
