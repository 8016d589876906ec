//! The platform of the operating system: `mio`'s poll, the system's clocks and sockets, and threads
//! for its resolver.
//!
//! # System calls
//!
//! The system calls that `strace -f` shows for one plain check of a literal address (`-H 127.0.0.1
//! -p PORT -e ^220 -q QUIT`) once the dynamic loader is done, on x86-64 with glibc 2.36:
//!
//! | calls | whose, and why |
//! |---|---|
//! | `poll` | Rust: are descriptors 0 to 2 open? No socket must pass for one of them |
//! | `rt_sigaction` | Rust: `SIGPIPE` is ignored; a reader that is gone is an error of `write` |
//! | `getrandom`, 2 `brk` | glibc: `malloc` begins |
//! | `openat`, `newfstatat`, 3 `read`, `close` | glibc: `/proc/self/maps`, for the stack's end |
//! | `prlimit64`, `sched_getaffinity` | glibc: the same request, which Rust has put |
//! | 4 `rt_sigaction`, 2 `sigaltstack` | Rust: the handler that knows an overflow of the stack |
//! | `mmap`, `mprotect`, `gettid` | Rust: the handler's own stack |
//! | `epoll_create1` | [`OsPlatform::new`]: the poll |
//! | `socket`, `connect` | an attempt, non-blocking from birth |
//! | `epoll_ctl` | it is registered once, for both directions, and never again |
//! | `getpeername`, `getsockname` | is it connected (on loopback at once)? And not to itself? |
//! | `recvfrom` | the banner |
//! | `sendto` | the quit string |
//! | `recvfrom` | is anything left unread? Closing over it would send a reset |
//! | `close` | the socket, which takes it off the poll |
//! | `close` | the poll |
//! | `prlimit64` | may a file be full before the disk is? Where it may, its signal is caught |
//! | `write` | the line |
//! | `sigaltstack`, `munmap`, `exit_group` | Rust: the end |
//!
//! These are 38. Where `TERM` is set, `ioctl` asks whether standard output is a terminal. If the peer
//! is slow, `epoll_wait` and another attempt are added: `getpeername` with a `getsockopt` for the
//! error, or `recvfrom`. The first `epoll_wait` after the connection is established reports that it
//! can be written to, for which no state waits; to avoid that would take another `epoll_ctl`.

use super::platform::{Platform, PollEvent};
use super::socket::Socket;
use crate::net::Endpoint;
use crate::outcome::as_local_error;
use crate::resolve::{LookupRequest, LookupResult, Resolver};
use mio::event::{Event, Source};
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token, Waker};
use std::io;
use std::os::fd::{AsFd, AsRawFd};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// The token of the waker. Slots have lower numbers than this one and the next two.
const WAKER: Token = Token(usize::MAX);

/// The token of the descriptor that is watched for data.
const READABLE: Token = Token(usize::MAX - 1);

/// The token of the descriptor that is watched for its end.
const HANG_UP: Token = Token(usize::MAX - 2);

/// Most events per poll.
const EVENTS: usize = 1024;

/// The operating system as a [`Platform`]. The first lookup starts a thread and creates the waker.
pub struct OsPlatform {
    poll: Poll,
    events: Events,
    resolver: Option<Resolver>,
    waker: Option<Arc<Waker>>,
    threads: usize,
}

impl OsPlatform {
    /// Creates a platform for about `probes` probes and at most `threads` resolver threads.
    ///
    /// # Errors
    /// The system has no poll descriptor left.
    pub fn new(probes: usize, threads: usize) -> io::Result<Self> {
        Ok(Self {
            poll: Poll::new()?,
            events: Events::with_capacity(probes.clamp(1, EVENTS)),
            resolver: None,
            waker: None,
            threads,
        })
    }

    /// Reports [`PollEvent::Readable`] when `source` can be read.
    ///
    /// # Errors
    /// The poll refused it.
    pub fn watch_readable(&mut self, source: &mut impl Source) -> io::Result<()> {
        let registry = self.poll.registry();
        registry.register(source, READABLE, Interest::READABLE)
    }

    /// Reports [`PollEvent::HungUp`] when the other end of a pipe or a socket is closed. A
    /// descriptor without another end, such as that of a file, is ignored.
    pub fn watch_hang_up(&mut self, writer: &impl AsFd) {
        let descriptor = writer.as_fd().as_raw_fd();
        let registry = self.poll.registry();
        // A hang-up is reported whatever the interest, and no data arrives there.
        let _ = registry.register(&mut SourceFd(&descriptor), HANG_UP, Interest::READABLE);
    }

    /// Returns the waker, which ends a poll from another thread.
    ///
    /// # Errors
    /// The system has no descriptor left.
    pub fn waker(&mut self) -> io::Result<Arc<Waker>> {
        if let Some(waker) = &self.waker {
            return Ok(waker.clone());
        }
        let waker = Arc::new(Waker::new(self.poll.registry(), WAKER)?);
        Ok(self.waker.insert(waker).clone())
    }
}

/// Reads the wall clock.
#[allow(clippy::disallowed_methods, reason = "the clock of the engine")]
pub(crate) fn wall_clock() -> SystemTime {
    SystemTime::now()
}

impl Platform for OsPlatform {
    type Stream = Socket;

    #[allow(clippy::disallowed_methods, reason = "the clock of the engine")]
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn wall_clock(&self) -> SystemTime {
        wall_clock()
    }

    fn connect(&mut self, to: Endpoint<'_>, slot: usize) -> io::Result<Socket> {
        let both = Interest::READABLE | Interest::WRITABLE;
        let mut socket = Socket::connect(to)?;
        let registry = self.poll.registry();
        let registered = registry.register(socket.source(), Token(slot), both);
        registered.map_err(as_local_error)?;
        Ok(socket)
    }

    fn poll(&mut self, most: Duration, on_event: &mut dyn FnMut(PollEvent)) -> io::Result<()> {
        match self.poll.poll(&mut self.events, Some(most)) {
            // A signal. No event is lost: the next poll reports them.
            Err(e) if e.kind() == io::ErrorKind::Interrupted => return Ok(()),
            polled => polled?,
        }
        for event in &self.events {
            match event.token() {
                WAKER => on_event(PollEvent::Woken),
                READABLE => on_event(PollEvent::Readable),
                HANG_UP if event.is_error() || event.is_write_closed() => {
                    on_event(PollEvent::HungUp);
                }
                HANG_UP => {}
                Token(slot) => on_event(PollEvent::Slot(slot, ready(event))),
            }
        }
        Ok(())
    }

    fn start_lookup(&mut self, request: LookupRequest) -> io::Result<()> {
        let resolver = match self.resolver.take() {
            Some(resolver) => resolver,
            None => {
                let waker = self.waker()?;
                // A wake-up only fails if one is pending already.
                Resolver::new(self.threads, move || drop(waker.wake()))
            }
        };
        self.resolver.insert(resolver).submit(request)
    }

    fn max_lookups(&self) -> usize {
        self.resolver.as_ref().map_or(0, Resolver::max_threads)
    }

    fn next_lookup_result(&mut self) -> Option<LookupResult> {
        self.resolver.as_mut()?.try_recv()
    }
}

/// Returns what a stream may be ready for. Errors and ends count as both, because only an attempt
/// shows them.
fn ready(event: &Event) -> Interest {
    let is_over = event.is_error() || event.is_read_closed() || event.is_write_closed();
    match (event.is_readable(), event.is_writable()) {
        (true, false) if !is_over => Interest::READABLE,
        (false, true) if !is_over => Interest::WRITABLE,
        _ => Interest::READABLE | Interest::WRITABLE,
    }
}
