//! The world as the probe sees it.

use super::{Event, Running, Stream, World};
use crate::peer::Peer;
use crate::pipe::Pipe;
use crate::script::{Fate, Lookup};
use check_tcp::internal::net::{Attempt, Endpoint, LookupError, Net};
use check_tcp::target::{ATTEMPTS, Family};
use rustix::io::Errno;
use rustls::version::{TLS12, TLS13};
use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::task::Poll;
use std::time::Instant;

impl Net for World {
    fn now(&self) -> Instant {
        self.first + self.now
    }

    fn resolve(
        &mut self,
        host: &str,
        port: u16,
        family: Family,
    ) -> Poll<Result<Vec<SocketAddr>, LookupError>> {
        self.log.calls += 1;
        assert!(!self.answered, "the answer was taken, and asked for again");
        let question = (host.to_owned(), port, family);
        let first = self.log.question.get_or_insert_with(|| question.clone());
        assert_eq!(*first, question, "one look-up, one question");
        let begins = self.asked.is_none();
        let asked = *self.asked.get_or_insert(self.now);
        let (takes, answer) = match &self.script.lookup {
            Lookup::Never => return Poll::Pending,
            Lookup::Lacks(takes, errno) => (*takes, Err(LookupError::Local((*errno).into()))),
            Lookup::Fails(takes, errno) => (*takes, Err(LookupError::Failed((*errno).into()))),
            Lookup::Finds(takes, addresses) => {
                let mut found = addresses.clone();
                found.retain(|address| match family {
                    Family::Any => true,
                    Family::V4 => address.is_ipv4(),
                    Family::V6 => address.is_ipv6(),
                });
                (*takes, Ok(found))
            }
        };
        let at = asked + takes;
        if self.now < at {
            if begins {
                self.plan(at, Event::Edge);
            }
            return Poll::Pending;
        }
        self.answered = true;
        Poll::Ready(answer)
    }

    fn connect(&mut self, to: Endpoint<'_>) -> io::Result<Attempt> {
        self.log.calls += 1;
        let address = match to {
            Endpoint::Tcp(address) => Some(address),
            Endpoint::Unix(_) => None,
        };
        self.log.begun.push((self.now, address));
        let vacancy = self.attempts.iter().position(Option::is_none);
        let number = vacancy.expect("no more attempts at a time than the contract allows");
        let known = address.and_then(|address| self.script.fates.get(&address));
        let fate = *known.unwrap_or(&self.script.fate);
        match fate {
            Fate::Refused(errno) => return Err(errno.into()),
            Fate::Full(until) if self.now < until => return Err(Errno::AGAIN.into()),
            Fate::Full(_) => self.plan(self.now, Event::Edge),
            Fate::Up(takes) | Fate::Down(takes, _) => self.plan(self.now + takes, Event::Edge),
            Fate::Silent => {}
        }
        self.attempts[number] = Some(Running {
            to: address,
            fate,
            begun: self.now,
        });
        Ok(Attempt(number as u8))
    }

    fn connected(&mut self, Attempt(number): Attempt) -> io::Result<()> {
        self.log.calls += 1;
        let slot = &mut self.attempts[usize::from(number)];
        let running = slot.as_ref().expect("an attempt that is under way");
        let age = self.now - running.begun;
        match running.fate {
            Fate::Full(_) => Ok(()),
            Fate::Up(takes) if takes <= age => Ok(()),
            Fate::Down(takes, errno) if takes <= age => {
                *slot = None;
                Err(errno.into())
            }
            _ => Err(io::ErrorKind::WouldBlock.into()),
        }
    }

    fn abandon(&mut self, Attempt(number): Attempt) {
        self.log.calls += 1;
        let running = self.attempts[usize::from(number)].take();
        let running = running.expect("only what is under way can be given up");
        self.log.abandoned.push((self.now, running.to));
    }

    fn keep(&mut self, attempt: Attempt) {
        self.connected(attempt)
            .expect("what is kept is a connection");
        assert!(self.stream.is_none(), "one connection is enough");
        let kept = self.attempts[usize::from(attempt.0)].take();
        self.log.kept = kept.and_then(|running| running.to);
        self.attempts = [const { None }; ATTEMPTS];
        let window = self.room();
        let version = if self.script.old { &TLS12 } else { &TLS13 };
        self.stream = Some(Stream {
            pipe: Pipe::new(window),
            peer: Peer::new(
                &self.script.acts,
                self.script.tls.then_some(version),
                self.script.demands,
            ),
            flood: None,
            last: self.now,
        });
        self.react();
    }

    fn nodelay(&mut self) {}
}

impl Read for World {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        self.log.calls += 1;
        let Some(stream) = &mut self.stream else {
            return Err(io::ErrorKind::NotConnected.into());
        };
        self.now += self.script.weather.cost;
        if let Some(flood) = &stream.flood
            && stream.pipe.unread() < buf.len()
        {
            stream.pipe.arrives(&stream.peer.wave(flood));
        }
        let most = self.script.weather.short_reads.unwrap_or(usize::MAX);
        let read = stream.pipe.read(buf, most)?;
        self.log.reads.push((self.log.sent.len(), read));
        Ok(read)
    }
}

impl Write for World {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.log.calls += 1;
        let Some(stream) = &mut self.stream else {
            return Err(io::ErrorKind::NotConnected.into());
        };
        let waits = stream.pipe.starved || stream.pipe.shut;
        match stream.pipe.write(buf.len()) {
            Ok(written) => {
                let heard = stream.peer.heard.len();
                stream.peer.hear(&buf[..written]);
                self.log.sent.extend(&buf[..written]);
                self.log.last_write = self.now;
                if stream.peer.heard.len() > heard {
                    self.log.last_heard = self.now;
                }
                if stream.peer.notified {
                    self.log.goodbye.get_or_insert(self.now);
                }
                self.react();
                Ok(written)
            }
            Err(e) => {
                if e.kind() == io::ErrorKind::WouldBlock && !waits {
                    let lag = self.rng.duration(self.script.weather.lag);
                    let window = self.room();
                    self.plan(self.now + lag, Event::Opens(window));
                }
                Err(e)
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
