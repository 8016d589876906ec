//! Names → addresses, on threads: the system's resolver blocks, and nothing else knows the hosts
//! file, search domains and nsswitch.

use crate::net::LookupError;
use crate::outcome::is_resource_shortage;
use crate::target::{Family, Target};
use dns_lookup::{AddrFamily, AddrInfoHints, LookupErrorKind, SockType, getaddrinfo};
use std::collections::VecDeque;
use std::fs::{self, File};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Where names stand, or who knows them: the system's resolver reads one of these.
const HOSTS: &str = "/etc/hosts";
const RESOLV_CONF: &str = "/etc/resolv.conf";

/// What a thread needs: `getaddrinfo` and the name services behind it, not Rust's 2 MiB.
const STACK: usize = 256 * 1024;

/// Asks the system, on threads that start when there is something to ask and none is idle. They
/// are never joined: one that hangs ends with the process, and delays nothing.
pub struct Resolver {
    results: Receiver<LookupResult>,
    shared: Arc<ResolverShared>,
    threads: usize,
    max_threads: usize,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LookupRequest {
    /// The name.
    pub host: String,
    /// Which addresses; the others are not even asked for.
    pub family: Family,
}

impl LookupRequest {
    /// What a check of this target asks; `None` where it needs no look-up.
    pub fn for_target(target: &Target, family: Family) -> Option<Self> {
        match target {
            Target::Name { host, .. } => Some(Self {
                host: host.clone(),
                family,
            }),
            Target::Address { .. } | Target::Socket(_) => None,
        }
    }
}

/// What came of a request.
pub struct LookupResult {
    /// What was asked.
    pub request: LookupRequest,
    /// The addresses, in the system's order, with port 0.
    pub addresses: Result<Vec<SocketAddr>, LookupError>,
}

struct ResolverShared {
    queue: Mutex<RequestQueue>,
    /// Wakes a thread: there is a request, or there will be none any more.
    changed: Condvar,
    sender: Sender<LookupResult>,
    wake: Box<dyn Fn() + Send + Sync>,
}

/// A queue with a condition variable, not a channel: to wait at a channel takes memory that the
/// C library ends the program for want of.
#[derive(Default)]
struct RequestQueue {
    /// Questions that no thread has taken up.
    requests: VecDeque<LookupRequest>,
    /// Threads that have none.
    idle: usize,
    is_closed: bool,
}

impl Resolver {
    /// No thread yet, and never more than `max_threads`; what is asked beyond that waits its turn. `wake` is
    /// called, on a thread, after each answer.
    pub fn new(max_threads: usize, wake: impl Fn() + Send + Sync + 'static) -> Self {
        let (sender, results) = mpsc::channel();
        let shared = ResolverShared {
            queue: Mutex::default(),
            changed: Condvar::new(),
            sender,
            wake: Box::new(wake),
        };
        Self {
            results,
            shared: Arc::new(shared),
            threads: 0,
            max_threads,
        }
    }

    /// Has a name looked up.
    ///
    /// # Errors
    /// It would have to wait for a thread, and the system has none left. From then on there are no
    /// more than there are now.
    pub fn submit(&mut self, request: LookupRequest) -> io::Result<()> {
        let mut queue = self.shared.queue();
        if self.threads < self.max_threads && queue.idle <= queue.requests.len() {
            // Counted before it runs, so that the next request does not start another in its place.
            queue.idle += 1;
            if let Err(e) = self.start() {
                queue.idle -= 1;
                drop(queue);
                self.max_threads = self.threads.max(1);
                return Err(e);
            }
            self.threads += 1;
        }
        queue.requests.push_back(request);
        self.shared.changed.notify_one();
        Ok(())
    }

    /// How many requests can be under way at a time.
    pub fn max_threads(&self) -> usize {
        self.max_threads
    }

    /// An answer that has come, if there is one. Never waits.
    pub fn try_recv(&mut self) -> Option<LookupResult> {
        self.results.try_recv().ok()
    }

    fn start(&self) -> io::Result<()> {
        let shared = self.shared.clone();
        let thread = thread::Builder::new()
            .name("resolver".to_owned())
            .stack_size(STACK);
        thread.spawn(move || serve(&shared)).map(drop)
    }
}

impl Drop for Resolver {
    fn drop(&mut self) {
        self.shared.queue().is_closed = true;
        self.shared.changed.notify_all();
    }
}

impl ResolverShared {
    fn queue(&self) -> MutexGuard<'_, RequestQueue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next request; `None` once the resolver is gone.
    fn request(&self) -> Option<LookupRequest> {
        let mut queue = self
            .changed
            .wait_while(self.queue(), |queue| {
                queue.requests.is_empty() && !queue.is_closed
            })
            .unwrap_or_else(PoisonError::into_inner);
        if queue.is_closed {
            return None;
        }
        queue.idle -= 1;
        queue.requests.pop_front()
    }
}

/// A thread's life: until the resolver is gone.
fn serve(shared: &ResolverShared) {
    while let Some(request) = shared.request() {
        let addresses = look_up(&request);
        let result = LookupResult { request, addresses };
        shared.queue().idle += 1;
        if shared.sender.send(result).is_err() {
            return;
        }
        (shared.wake)();
    }
}

fn look_up(request: &LookupRequest) -> Result<Vec<SocketAddr>, LookupError> {
    let address = match request.family {
        Family::Any => 0,
        Family::V4 => AddrFamily::Inet.into(),
        Family::V6 => AddrFamily::Inet6.into(),
    };
    let socktype = SockType::Stream.into();
    let hints = AddrInfoHints {
        address,
        socktype,
        ..AddrInfoHints::default()
    };
    match getaddrinfo(Some(&request.host), None, Some(hints)) {
        // An entry that is neither IPv4 nor IPv6 is of no use here.
        Ok(found) => Ok(found.flatten().map(|info| info.sockaddr).collect()),
        Err(e) if matches!(e.kind(), LookupErrorKind::Memory) => Err(LookupError::Local(e.into())),
        Err(e) => explain(request, e.into()),
    }
}

/// What a failure of the system's resolver comes to. It tells neither a lack of descriptors nor
/// that it had nothing to ask from a name that is not there, so both are looked for only now: the
/// best guess there is.
fn explain(request: &LookupRequest, e: io::Error) -> Result<Vec<SocketAddr>, LookupError> {
    if is_resource_shortage(&e) {
        return Err(LookupError::Local(e));
    }
    if let Err(lack) = File::open("/dev/null")
        && is_resource_shortage(&lack)
    {
        return Err(LookupError::Local(lack));
    }
    if is_there(HOSTS) {
        return Err(LookupError::Failed(e));
    }
    if is_localhost(&request.host) {
        let loopback = [Ipv6Addr::LOCALHOST.into(), Ipv4Addr::LOCALHOST.into()];
        let loopback = loopback.map(|address: IpAddr| SocketAddr::new(address, 0));
        let family = |address: &SocketAddr| request.family.has(address);
        return Ok(loopback.into_iter().filter(family).collect());
    }
    Err(match is_there(RESOLV_CONF) {
        true => LookupError::Failed(e),
        false => LookupError::NoSource,
    })
}

/// Whether a name is that of this machine to everyone: RFC 6761, section 6.3. A hosts file that is
/// there comes before that.
fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let last = name.rsplit('.').next();
    last.is_some_and(|label| label.eq_ignore_ascii_case("localhost"))
}

/// Whether a file is there, as far as can be told.
fn is_there(path: &str) -> bool {
    fs::exists(path).unwrap_or(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn localhost_and_what_is_under_it_is_this_machine() {
        for name in ["localhost", "LocalHost.", "db.localhost", "a.b.LOCALHOST."] {
            assert!(is_localhost(name), "{name}");
        }
        for name in ["localhost.example", "mylocalhost", "localhost..", "", "."] {
            assert!(!is_localhost(name), "{name}");
        }
    }
}
