//! One thread that serves any number of clients at any number of addresses at once.

use super::PATIENCE;
use super::manner::{GREETING, Manner};
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token, Waker};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use rustix::io::Errno;
use std::collections::HashMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{IpAddr, Ipv4Addr, Shutdown, SocketAddr};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Numbers of clients that came, and of those that have gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub came: usize,
    pub went: usize,
}

/// The servers. They end when this is dropped.
pub struct Fleet {
    places: Vec<SocketAddr>,
    shared: Arc<Shared>,
    serving: Option<JoinHandle<()>>,
}

struct Shared {
    count: Mutex<Count>,
    changed: Condvar,
    stopping: AtomicBool,
    released: AtomicBool,
    waker: Waker,
}

struct Serving {
    poll: Poll,
    listeners: Vec<(Manner, TcpListener)>,
    clients: HashMap<usize, Client>,
    next: usize,
    /// Listeners with a client for whom no descriptor was left.
    starved: Vec<usize>,
    shared: Arc<Shared>,
}

struct Client {
    stream: TcpStream,
    manner: Manner,
    /// There is more to say, without an event that would tell when.
    owes: bool,
    /// The time at which it goes on by itself.
    at: Option<Instant>,
}

const WAKER: Token = Token(usize::MAX);
/// Pause between two pieces of a reply; no verdict depends on it.
const APART: Duration = Duration::from_millis(2);
/// Time for which one that lingers is still there.
const WHILE: Duration = Duration::from_secs(1);
const BACKLOG: i32 = 4096;

impl Fleet {
    /// One on a free port of 127.0.0.1.
    pub fn new(manner: Manner) -> Self {
        Self::at(&[(manner, Ipv4Addr::LOCALHOST.into())])
    }

    /// One on a free port of each of these addresses.
    pub fn at(servers: &[(Manner, IpAddr)]) -> Self {
        raise_limit();
        let poll = Poll::new().expect("a poll");
        let waker = Waker::new(poll.registry(), WAKER).expect("a waker");
        let mut places = Vec::new();
        let mut listeners = Vec::new();
        for (number, (manner, address)) in servers.iter().enumerate() {
            let listener = std::net::TcpListener::bind((*address, 0)).expect("a free port");
            rustix::net::listen(&listener, BACKLOG).expect("a longer backlog");
            places.push(listener.local_addr().expect("its address"));
            listener
                .set_nonblocking(true)
                .expect("one that never blocks");
            let mut listener = TcpListener::from_std(listener);
            let registered =
                poll.registry()
                    .register(&mut listener, Token(number), Interest::READABLE);
            registered.expect("room in the poll");
            listeners.push((*manner, listener));
        }
        let shared = Arc::new(Shared {
            count: Mutex::default(),
            changed: Condvar::new(),
            stopping: AtomicBool::new(false),
            released: AtomicBool::new(false),
            waker,
        });
        let serving = Serving {
            next: listeners.len(),
            poll,
            listeners,
            clients: HashMap::new(),
            starved: Vec::new(),
            shared: Arc::clone(&shared),
        };
        Self {
            places,
            shared,
            serving: Some(thread::spawn(move || serving.serve())),
        }
    }

    /// Their addresses, in the order in which they were asked for.
    pub fn places(&self) -> &[SocketAddr] {
        &self.places
    }

    /// The port of the first.
    pub fn port(&self) -> u16 {
        self.places.first().expect("at least one").port()
    }

    pub fn count(&self) -> Count {
        *self.shared.count.lock().expect("no panic")
    }

    /// Waits until so many have come.
    #[track_caller]
    pub fn wait_for(&self, came: usize) {
        self.wait(|count| count.came >= came);
    }

    /// Waits until so many have gone.
    #[track_caller]
    pub fn wait_until_gone(&self, went: usize) {
        self.wait(|count| count.went >= went);
    }

    /// Has those that hold back greet everyone.
    pub fn release(&self) {
        self.shared.released.store(true, Ordering::SeqCst);
        self.shared.waker.wake().expect("it is there");
    }

    #[track_caller]
    fn wait(&self, enough: impl Fn(&Count) -> bool) {
        let count = self.shared.count.lock().expect("no panic");
        let waited = self
            .shared
            .changed
            .wait_timeout_while(count, PATIENCE, |count| !enough(count));
        let (count, waited) = waited.expect("no panic");
        assert!(!waited.timed_out(), "still {:?} after {PATIENCE:?}", *count);
    }
}

impl Drop for Fleet {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        let _ = self.shared.waker.wake();
        let served = self.serving.take().map(JoinHandle::join);
        if let Some(Err(panic)) = served
            && !thread::panicking()
        {
            std::panic::resume_unwind(panic);
        }
    }
}

impl Serving {
    fn serve(mut self) {
        let mut events = Events::with_capacity(1024);
        while !self.shared.stopping.load(Ordering::SeqCst) {
            if let Err(error) = self.poll.poll(&mut events, self.until()) {
                assert_eq!(error.kind(), ErrorKind::Interrupted, "{error}");
                continue;
            }
            let released = self.shared.released.load(Ordering::SeqCst);
            let mut ready: Vec<_> = events.iter().map(|event| event.token().0).collect();
            let now = Instant::now();
            let pending = self.clients.iter().filter(|(_, client)| {
                let is_due = client.at.is_some_and(|at| at <= now);
                client.owes || is_due || client.manner == Manner::Held && released
            });
            ready.extend(pending.map(|(key, _)| *key));
            ready.append(&mut self.starved);
            for key in ready {
                match self.listeners.get(key) {
                    Some(_) => self.accept(key),
                    None => self.attend(key, released),
                }
            }
        }
    }

    /// Time in which nothing is to be done without an event.
    fn until(&self) -> Option<Duration> {
        if !self.starved.is_empty() || self.clients.values().any(|client| client.owes) {
            return Some(APART);
        }
        let at = self.clients.values().filter_map(|client| client.at).min();
        at.map(|at| at.saturating_duration_since(Instant::now()))
    }

    fn accept(&mut self, number: usize) {
        while let Some((manner, listener)) = self.listeners.get(number) {
            let (mut stream, _) = match listener.accept() {
                Ok(accepted) => accepted,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) if Errno::from_io_error(&error) == Some(Errno::MFILE) => {
                    return self.starved.push(number);
                }
                Err(error) => panic!("accepting: {error}"),
            };
            let _ = stream.set_nodelay(true);
            let (manner, key) = (*manner, self.next);
            self.next += 1;
            self.tell(|count| count.came += 1);
            let _ = stream.write(manner.first_words()); // a client may be gone by now
            match manner {
                Manner::HalfCloses => drop(stream.shutdown(Shutdown::Write)),
                Manner::Closes | Manner::Breaks => {
                    if manner == Manner::Breaks {
                        reset_when_closed(&stream);
                    }
                    self.tell(|count| count.went += 1);
                    continue;
                }
                _ => {}
            }
            let both = Interest::READABLE | Interest::WRITABLE;
            let registered = self.poll.registry().register(&mut stream, Token(key), both);
            registered.expect("room in the poll");
            let client = Client {
                stream,
                manner,
                owes: manner == Manner::Splits,
                at: manner.pause().map(|pause| Instant::now() + pause),
            };
            self.clients.insert(key, client);
        }
    }

    fn attend(&mut self, key: usize, released: bool) {
        let Some(client) = self.clients.get_mut(&key) else {
            return;
        };
        if !client.attend(released) {
            self.clients.remove(&key);
            self.tell(|count| count.went += 1);
        }
    }

    fn tell(&self, change: impl FnOnce(&mut Count)) {
        change(&mut self.shared.count.lock().expect("no panic"));
        self.shared.changed.notify_all();
    }
}

impl Client {
    /// Hears what there is, and says what is due; false once it is over.
    fn attend(&mut self, released: bool) -> bool {
        const MUCH: usize = 64 * 1024;
        let mut buffer = [0; 4096];
        loop {
            match self.stream.read(&mut buffer) {
                Ok(0) if self.manner == Manner::Lingers && self.at.is_none() => {
                    self.at = Some(Instant::now() + WHILE);
                    return true;
                }
                Ok(0) => {
                    // The client has closed, and its end need not linger on for a minute: it would
                    // be in the way of tests that look for theirs among all connections.
                    reset_when_closed(&self.stream);
                    return false;
                }
                Ok(_) if self.manner == Manner::Resets => {
                    reset_when_closed(&self.stream);
                    return false;
                }
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(_) => return false,
            }
        }
        let now = Instant::now();
        let is_due = self.at.is_some_and(|at| at <= now);
        if is_due {
            self.at = self.manner.pause().map(|pause| now + pause);
        }
        let due = match self.manner {
            Manner::BreaksOff if is_due => {
                reset_when_closed(&self.stream);
                return false;
            }
            Manner::Slow if is_due => GREETING,
            Manner::Drips if is_due => b"x",
            Manner::Splits if self.owes => &GREETING[2..],
            Manner::Held if released => GREETING,
            Manner::Floods => &[b'a'; MUCH][..],
            _ => return true,
        };
        let wrote = self.stream.write(due);
        match self.manner {
            Manner::Held | Manner::Slow => self.manner = Manner::Greets,
            // Without an event for what was taken at once.
            Manner::Floods => self.owes = wrote.as_ref().is_ok_and(|count| *count == MUCH),
            _ => self.owes = false,
        }
        !wrote.is_err_and(|error| error.kind() != ErrorKind::WouldBlock)
    }
}

/// Makes the close that comes a reset.
fn reset_when_closed(stream: &TcpStream) {
    let now = Some(Duration::ZERO);
    let set = rustix::net::sockopt::set_socket_linger(stream, now);
    set.expect("linger");
}

/// The servers of a test hold as many connections as a run does.
fn raise_limit() {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE).expect("our own limit");
    if soft < hard {
        let _ = setrlimit(Resource::RLIMIT_NOFILE, hard, hard); // some systems have a ceiling below
    }
}
