//! Sockets and look-ups of the virtual machine.

use super::inner::{Event, Inner, PORT, name};
use crate::script::Lookup;
use crate::world::World;
use check_tcp::internal::engine::PollEvent;
use check_tcp::internal::net::{Endpoint, LookupError, Net};
use check_tcp::internal::resolve::{LookupRequest, LookupResult};
use rustix::io::Errno;
use std::io;
use std::net::SocketAddr;
use std::task::Poll;
use std::time::Duration;

/// Time after which a resolver that nobody answers gives up.
const GIVES_UP: Duration = Duration::from_secs(30);

impl Inner {
    pub fn line_of(&self, to: Endpoint<'_>) -> usize {
        match to {
            Endpoint::Tcp(address) => usize::from(address.port() - PORT),
            Endpoint::Unix(path) => {
                let number = path.extension().and_then(|number| number.to_str());
                number.expect("a number").parse().expect("a number")
            }
        }
    }

    /// A line asks for something. The first thing that a check does puts it into a world as fresh
    /// as if it had not been tried before.
    pub fn goes(&mut self, n: usize) {
        if !std::mem::take(&mut self.begins) {
            return;
        }
        let line = &mut self.lines[n];
        let (script, ..) = line.asks.as_ref().expect("a line that asks");
        line.world = Some(World::new(script.clone()));
        line.epoch = self.now;
        line.kept = false;
        line.begun = self.place;
        if line.start.is_none() {
            line.start = Some(self.now);
            assert!(self.may_begin, "begun while the writer had no room");
            assert!(
                self.now >= self.script.lines[n].at,
                "begun before it was read"
            );
        }
    }

    pub fn has_socket(&self) -> io::Result<()> {
        assert!(
            self.open < self.script.sockets,
            "more sockets than there may be"
        );
        match self.now < self.no_sockets {
            // Files of the system, or watches of the user.
            true if self.script.seed.is_multiple_of(2) => Err(Errno::NFILE.into()),
            true => Err(Errno::NOSPC.into()),
            false => Ok(()),
        }
    }

    pub fn opens(&mut self, n: usize, slot: usize) {
        let line = &mut self.lines[n];
        line.streams += 1;
        line.slot = slot;
        self.open += 1;
    }

    pub fn keeps(&mut self, n: usize) {
        self.lines[n].kept = true;
    }

    /// A socket of this line is closed. Whether it still is one that the world knows of.
    pub fn closes(&mut self, n: usize) -> bool {
        let line = &mut self.lines[n];
        line.streams -= 1;
        self.open -= 1;
        !line.kept
    }

    /// Something is tried on a socket of this line. What begins in a turn is stepped where it
    /// begins, and not again before the next sleep: else something told for another has reached it.
    pub fn steps(&mut self, n: usize) {
        let (slept, asked) = self.lines[n].begun;
        let is_late = slept == self.place.0 && asked != self.place.1;
        assert!(
            !is_late,
            "line {n} was stepped for an event that was none of its own"
        );
    }

    pub fn in_world<T>(&mut self, n: usize, act: impl FnOnce(&mut World) -> T) -> T {
        let line = &mut self.lines[n];
        let world = line.world.as_mut().expect("a line that has begun");
        world.wait(self.now - line.epoch);
        let result = act(world);
        self.now = self.now.max(line.epoch + world.age());
        result
    }

    pub fn ask(&mut self, request: LookupRequest) -> io::Result<()> {
        let number = request.host.strip_prefix("mail.x").expect("a name of ours");
        let n: usize = number.parse().expect("a number");
        assert!(
            self.looking_up < 2 * self.script.lookups,
            "more look-ups than threads"
        );
        self.goes(n);
        if self.now < self.no_threads {
            return Err(Errno::AGAIN.into());
        }
        self.lines[n].asked = true;
        self.looking_up += 1;
        let (script, ..) = self.lines[n].asks.as_ref().expect("a line that asks");
        if matches!(script.lookup, Lookup::Never) {
            self.plan(self.now + GIVES_UP, Event::GivesUp(n));
        }
        self.look_up(n);
        Ok(())
    }

    pub fn resolvers(&self) -> usize {
        2 * self.script.lookups
    }

    pub fn look_up(&mut self, n: usize) {
        let (_, _, check) = self.lines[n].asks.as_ref().expect("a line that asks");
        let family = check.family;
        let polled = self.in_world(n, |world| world.resolve("mail.example", 25, family));
        if let Poll::Ready(answer) = polled {
            self.answered(n, answer);
        }
    }

    pub fn answered(&mut self, n: usize, addresses: Result<Vec<SocketAddr>, LookupError>) {
        let line = &mut self.lines[n];
        let (_, _, check) = line.asks.as_ref().expect("a line that asks");
        let request = LookupRequest {
            host: name(n),
            family: check.family,
        };
        line.asked = false;
        self.looking_up -= 1;
        self.answers.push_back(LookupResult { request, addresses });
        self.told.push(PollEvent::Woken);
    }
}
