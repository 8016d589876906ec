//! Names → addresses, on threads: the system's resolver blocks, and nothing else knows the hosts
//! file, search domains and nsswitch.

use crate::check::Family;
use crate::net::LookupError;
use dns_lookup::{AddrFamily, AddrInfoHints, LookupErrorKind, SockType, getaddrinfo};
use rustix::io::Errno;
use std::fs::File;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// How many look-ups may be under way; more wait their turn.
const THREADS: usize = 64;

/// What a thread needs: `getaddrinfo` and the name services behind it, not Rust's 2 MiB.
const STACK: usize = 256 * 1024;

/// Asks the system, on threads that start when there is something to ask and none is idle. They
/// are never joined: one that hangs ends with the process, and delays nothing.
pub struct Resolver<K> {
    ask: Sender<(K, Question)>,
    answers: Receiver<Answer<K>>,
    shared: Arc<Shared<K>>,
    threads: usize,
}

/// What is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The name.
    pub host: String,
    /// The port that the addresses are to have.
    pub port: u16,
    /// Which addresses; the others are not even asked for.
    pub family: Family,
}

/// What came of a question.
pub struct Answer<K> {
    /// Who asked.
    pub key: K,
    /// The addresses, in the system's order.
    pub addresses: Result<Vec<SocketAddr>, LookupError>,
}

struct Shared<K> {
    questions: Mutex<Receiver<(K, Question)>>,
    answer: Sender<Answer<K>>,
    /// Questions that no thread has taken up, and threads that have none.
    waiting: AtomicUsize,
    idle: AtomicUsize,
    wake: Box<dyn Fn() + Send + Sync>,
}

impl<K: Send + 'static> Resolver<K> {
    /// No thread yet. `wake` is called, on a thread, after each answer.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        let (ask, questions) = mpsc::channel();
        let (answer, answers) = mpsc::channel();
        let shared = Shared {
            questions: Mutex::new(questions),
            answer,
            waiting: AtomicUsize::new(0),
            idle: AtomicUsize::new(0),
            wake: Box::new(wake),
        };
        Self {
            ask,
            answers,
            shared: Arc::new(shared),
            threads: 0,
        }
    }

    /// Has a name looked up; the answer will carry `key`.
    ///
    /// # Errors
    /// No thread could be started, and there is none.
    pub fn ask(&mut self, key: K, question: Question) -> io::Result<()> {
        let waiting = self.shared.waiting.load(Ordering::Acquire) + 1;
        if self.threads < THREADS && self.shared.idle.load(Ordering::Acquire) < waiting {
            match self.start() {
                Ok(()) => self.threads += 1,
                Err(e) if self.threads == 0 => return Err(e),
                Err(_) => {}
            }
        }
        self.shared.waiting.fetch_add(1, Ordering::AcqRel);
        self.ask
            .send((key, question))
            .map_err(|_| io::Error::other("the resolver has ended"))
    }

    /// An answer that has come, if there is one. Never waits.
    pub fn answer(&mut self) -> Option<Answer<K>> {
        self.answers.try_recv().ok()
    }

    fn start(&self) -> io::Result<()> {
        let shared = self.shared.clone();
        let thread = thread::Builder::new()
            .name("resolver".to_owned())
            .stack_size(STACK);
        // Counted before it runs, so that the next question does not start another in its place.
        self.shared.idle.fetch_add(1, Ordering::AcqRel);
        let started = thread.spawn(move || serve(&shared));
        if started.is_err() {
            self.shared.idle.fetch_sub(1, Ordering::AcqRel);
        }
        started.map(drop)
    }
}

/// A thread's life: until the resolver is gone.
fn serve<K>(shared: &Shared<K>) {
    loop {
        let questions = shared
            .questions
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let Ok((key, question)) = questions.recv() else {
            return;
        };
        shared.idle.fetch_sub(1, Ordering::AcqRel);
        shared.waiting.fetch_sub(1, Ordering::AcqRel);
        drop(questions);
        let addresses = look_up(&question);
        shared.idle.fetch_add(1, Ordering::AcqRel);
        if shared.answer.send(Answer { key, addresses }).is_err() {
            return;
        }
        (shared.wake)();
    }
}

fn look_up(question: &Question) -> Result<Vec<SocketAddr>, LookupError> {
    let address = match question.family {
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
    let with_port = |mut address: SocketAddr| {
        address.set_port(question.port);
        address
    };
    match getaddrinfo(Some(&question.host), None, Some(hints)) {
        // An entry that is neither IPv4 nor IPv6 is of no use here.
        Ok(found) => Ok(found
            .flatten()
            .map(|info| with_port(info.sockaddr))
            .collect()),
        Err(e) if matches!(e.kind(), LookupErrorKind::Memory) => Err(LookupError::Lack(e.into())),
        Err(e) => Err(blame(e.into())),
    }
}

/// The system's resolver takes a hosts file that it can't open for want of descriptors for one that
/// does not know the name. Asked only afterwards, this is the best guess there is.
fn blame(e: io::Error) -> LookupError {
    let lacks =
        |e: &io::Error| matches!(Errno::from_io_error(e), Some(Errno::MFILE | Errno::NFILE));
    match File::open("/dev/null") {
        Err(lack) if lacks(&lack) => LookupError::Lack(lack),
        _ => LookupError::Failed(e),
    }
}
