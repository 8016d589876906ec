//! Name resolution on threads. The system's resolver blocks, and only it knows the hosts file,
//! search domains and nsswitch.

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

/// Sources of the system's resolver; without both it knows no name.
const HOSTS: &str = "/etc/hosts";
const RESOLV_CONF: &str = "/etc/resolv.conf";

/// Stack size of a resolver thread, enough for `getaddrinfo` and the name services behind it.
const STACK: usize = 256 * 1024;

/// Resolves names on threads, which start when a request finds none idle. They are never joined:
/// one that hangs ends with the process and delays nothing.
pub(crate) struct Resolver {
    results: Receiver<LookupResult>,
    shared: Arc<ResolverShared>,
    threads: usize,
    max_threads: usize,
}

/// A request for the addresses of a name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LookupRequest {
    /// The name.
    pub host: String,
    /// The family of the addresses; others are not requested.
    pub family: Family,
}

impl LookupRequest {
    /// Returns the request that a check of this target makes; `None` if it needs no lookup.
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

/// The result of a request.
pub struct LookupResult {
    /// The request.
    pub request: LookupRequest,
    /// The addresses, in the system's order, with port 0.
    pub addresses: Result<Vec<SocketAddr>, LookupError>,
}

struct ResolverShared {
    queue: Mutex<RequestQueue>,
    /// Wakes a thread for a new request, or at the end.
    changed: Condvar,
    sender: Sender<LookupResult>,
    wake: Box<dyn Fn() + Send + Sync>,
}

/// A queue with a condition variable instead of a channel: a thread that waits on a channel
/// allocates thread-local memory, and glibc aborts the program if there is none.
#[derive(Default)]
struct RequestQueue {
    /// Requests that no thread has taken.
    requests: VecDeque<LookupRequest>,
    /// The number of threads without a request.
    idle: usize,
    is_closed: bool,
}

impl Resolver {
    /// Creates a resolver that starts no thread yet and `max_threads` at most; further requests
    /// queue. `wake` is called on a thread after each result.
    pub(crate) fn new(max_threads: usize, wake: impl Fn() + Send + Sync + 'static) -> Self {
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

    /// Submits a request. Called from one thread only.
    ///
    /// # Errors
    /// It needs a new thread, and the system has none left. The limit is then lowered to the
    /// threads that run.
    pub(crate) fn submit(&mut self, request: LookupRequest) -> io::Result<()> {
        let mut queue = self.shared.queue();
        if self.threads < self.max_threads && queue.idle <= queue.requests.len() {
            // Counted before it runs, so that the next request does not start another one instead.
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

    /// Returns the number of requests that can run at a time.
    pub(crate) fn max_threads(&self) -> usize {
        self.max_threads
    }

    /// Takes the next result that has arrived, if any. Never blocks.
    pub(crate) fn try_recv(&mut self) -> Option<LookupResult> {
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

    /// Waits for the next request; `None` once the resolver is dropped.
    fn next_request(&self) -> Option<LookupRequest> {
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

/// Runs a thread until the resolver is dropped.
fn serve(shared: &ResolverShared) {
    while let Some(request) = shared.next_request() {
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
    // Without a hosts file some resolvers ask for it in DNS, and wait.
    if is_localhost(&request.host) && !may_exist(HOSTS) {
        return Ok(loopback(request.family));
    }
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
        Err(e) => Err(classify_failure(e.into())),
    }
}

/// Classifies a failure of the system's resolver. It reports a shortage of descriptors, and a
/// system without any source of names, like a name that does not exist; so both are tested for
/// afterwards.
fn classify_failure(e: io::Error) -> LookupError {
    if is_resource_shortage(&e) {
        return LookupError::Local(e);
    }
    match File::open("/dev/null") {
        Err(shortage) if is_resource_shortage(&shortage) => LookupError::Local(shortage),
        _ if may_exist(HOSTS) || may_exist(RESOLV_CONF) => LookupError::Failed(e),
        _ => LookupError::NoSource,
    }
}

fn loopback(family: Family) -> Vec<SocketAddr> {
    let addresses: [IpAddr; 2] = [Ipv6Addr::LOCALHOST.into(), Ipv4Addr::LOCALHOST.into()];
    let mut addresses = Vec::from(addresses.map(|address| SocketAddr::new(address, 0)));
    addresses.retain(|address| family.has(address));
    addresses
}

/// Returns true for `localhost` and names below it, which mean this machine by RFC 6761, section
/// 6.3, also without a hosts file.
fn is_localhost(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let last = name.rsplit('.').next();
    last.is_some_and(|label| label.eq_ignore_ascii_case("localhost"))
}

/// Returns true unless a file is known not to exist.
fn may_exist(path: &str) -> bool {
    fs::exists(path).unwrap_or(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn localhost_and_names_below_it_are_this_machine() {
        for name in ["localhost", "LocalHost.", "db.localhost", "a.b.LOCALHOST."] {
            assert!(is_localhost(name), "{name}");
        }
        for name in ["localhost.example", "mylocalhost", "localhost..", "", "."] {
            assert!(!is_localhost(name), "{name}");
        }
    }
}
