//! The virtual machine as the engine sees it.

use super::inner::Inner;
use crate::world::World;
use check_tcp::internal::engine::{Platform, PollEvent, Stream};
use check_tcp::internal::net::{Attempt, Endpoint, Net};
use check_tcp::internal::resolve::{LookupRequest, LookupResult};
use std::cell::{Cell, RefCell};
use std::io::{self, Read, Write};
use std::rc::Rc;
use std::time::{Duration, Instant, SystemTime};

/// One of several handles of the same machine.
#[derive(Clone)]
pub struct Machine(pub Rc<RefCell<Inner>>);

/// An attempt of a line, and the connection that it may become.
pub struct Socket {
    machine: Machine,
    line: usize,
    attempt: Attempt,
    state: Cell<State>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Attempt,
    Connection,
    Failed,
}

impl Platform for Machine {
    type Stream = Socket;

    fn now(&self) -> Instant {
        self.0.borrow_mut().read_clock()
    }

    fn wall_clock(&self) -> SystemTime {
        self.0.borrow_mut().wall()
    }

    fn connect(&mut self, to: Endpoint<'_>, slot: usize) -> io::Result<Socket> {
        let mut inner = self.0.borrow_mut();
        let line = inner.line_of(to);
        inner.goes(line);
        inner.has_socket()?;
        let usual = |mut address: std::net::SocketAddr| {
            address.set_port(25);
            address
        };
        let attempt = inner.in_world(line, |world| match to {
            Endpoint::Tcp(address) => world.connect(Endpoint::Tcp(usual(address))),
            Endpoint::Unix(path) => world.connect(Endpoint::Unix(path)),
        })?;
        inner.opens(line, slot);
        Ok(Socket {
            machine: self.clone(),
            line,
            attempt,
            state: Cell::new(State::Attempt),
        })
    }

    fn poll(&mut self, most: Duration, tell: &mut dyn FnMut(PollEvent)) -> io::Result<()> {
        let told = self.0.borrow_mut().sleep(most);
        told.into_iter().for_each(tell);
        Ok(())
    }

    fn start_lookup(&mut self, request: LookupRequest) -> io::Result<()> {
        self.0.borrow_mut().ask(request)
    }

    fn max_lookups(&self) -> usize {
        self.0.borrow().resolvers()
    }

    fn next_lookup_result(&mut self) -> Option<LookupResult> {
        self.0.borrow_mut().answers.pop_front()
    }
}

impl Socket {
    fn in_world<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        let mut inner = self.machine.0.borrow_mut();
        inner.steps(self.line);
        inner.in_world(self.line, act)
    }
}

impl Stream for Socket {
    fn connected(&self) -> io::Result<()> {
        let result = self.in_world(|world| world.connected(self.attempt));
        match &result {
            Ok(()) => {
                self.state.set(State::Connection);
                self.machine.0.borrow_mut().keeps(self.line);
                self.in_world(|world| world.keep(self.attempt));
            }
            Err(e) if e.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => self.state.set(State::Failed),
        }
        result
    }

    fn nodelay(&self) {}
}

impl Read for Socket {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.in_world(|world| world.read(buf))
    }
}

impl Write for Socket {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.in_world(|world| world.write(buf))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        let mut inner = self.machine.0.borrow_mut();
        let is_left = inner.closes(self.line);
        if self.state.get() == State::Attempt && is_left {
            inner.in_world(self.line, |world| world.abandon(self.attempt));
        }
    }
}
