//! From bytes to a check and its world.
//!
//! A byte that is not 0xFF is said by the peer. Behind 0xFF stands a letter, and behind most letters
//! one byte or more, so that what is inserted or cut away leaves the rest as it is:
//!
//! | letter | what it says |
//! |---|---|
//! | 0xFF | the peer says the byte 0xFF |
//! | `s` `w` | what follows is said under TLS where there is a session; straight on the wire |
//! | `.` | a cut: what follows comes by itself |
//! | `*` n | what was said last, n times more |
//! | `h` | TLS handshake |
//! | `k` n n | no more than n bytes of the peer's flight |
//! | `a` n | hears n bytes |
//! | `z` t | pauses |
//! | `u` `o` | takes nothing in any more; takes everything in again |
//! | `c` `e` `r` n | `close_notify`; closes its half; resets |
//! | `f` | says what was said last without end |
//! | `x` o o n | byte o that it sends is changed on its way |
//! | `n` n | a wake that nobody needs, behind the next one that somebody does |
//! | `j` t | the clock jumps there |
//! | `i` t | the check is broken off then |
//! | `G` n `Y` n n | the seed and the weather |
//! | `L` n t | what comes of the look-up, and when |
//! | `F` n t | one more address, and what comes of it |
//! | `V` n | who speaks which TLS |
//! | `H` n `N` n… | the kind of target; its host or path |
//! | `P` n `E` n… | a pattern of the table; a pattern |
//! | `T` `D` `W` `C` t | timeout, delay, thresholds |
//! | `M` `S` `Q` n | `-m`; how much is sent, and to quit |
//! | `O` n `A` n | the other options; `--status-as` |

use crate::rng::Rng;
use crate::script::{Act, Fate, Lookup, Script, Weather, v4, v6};
use check_tcp::check::{Check, Family};
use check_tcp::expect::Pattern;
use check_tcp::outcome::Status;
use check_tcp::target::Target;
use check_tcp::tls::{PeerName, Tls};
use rustix::io::Errno;
use std::ffi::OsStr;
use std::net::SocketAddr;
use std::num::NonZeroU64;
use std::os::unix::ffi::OsStrExt;
use std::sync::Arc;
use std::time::Duration;

/// Bounds on what one input may cost, not on what it may say.
const ACTS: usize = 64;
const ADDRESSES: usize = 12;
const WAKES: usize = 64;
const SAID: usize = 64 * 1024;
const DRIPPED: usize = 2 * 1024;
const STATES: usize = 2_000;
/// A read of a flood costs this, or no deadline would ever come.
const FLOODED: Duration = Duration::from_millis(250);

/// What is sent, over and over: nothing that could come up in a stream under TLS by chance.
pub const SEND: &[u8] = b"EHLO check.example\r\n";
pub const QUIT: &[u8] = b"QUIT of the check\r\n";

pub const PATTERNS: [&str; 24] = [
    "^220",
    r"^\+OK",
    r"^\* OK",
    r"\A(?:OK )?[0-9]+(?:\.[0-9]+)+\S*\n\z",
    "SSH_9",
    "^(a|b)*c",
    "x",
    "^$",
    "",
    "ready$",
    r"\Aready\z",
    r"\bOK\b",
    r"\B",
    ".",
    "^.{3}$",
    "^€[0-9]{2}",
    "[^a]",
    r"^(?P<code>\d+)[ -](?P<rest>.*)",
    r"(?P<word>\w+)$",
    r"^\x00\x01",
    "^(?s:.){1000}",
    "(?i)^HELLO",
    r"[\x{80}-\x{10FFFF}]",
    "^a{1000}b",
];

const SPANS: [Duration; 24] = [
    Duration::ZERO,
    Duration::from_nanos(1),
    Duration::from_micros(1),
    Duration::from_micros(999),
    Duration::from_millis(1),
    Duration::from_millis(2),
    Duration::from_millis(10),
    Duration::from_millis(100),
    Duration::from_millis(199),
    Duration::from_millis(200),
    Duration::from_millis(201),
    Duration::from_millis(249),
    Duration::from_millis(250),
    Duration::from_millis(251),
    Duration::from_millis(500),
    Duration::from_millis(700),
    Duration::from_secs(1),
    Duration::from_nanos(1_999_999_999),
    Duration::from_secs(2),
    Duration::from_secs(3),
    Duration::from_secs(5),
    Duration::from_nanos(9_999_999_999),
    Duration::from_secs(10),
    Duration::from_secs(60),
];

/// What an attempt or a stream may come to; `EAGAIN` and `EINTR` are no ends.
const ERRNOS: [Errno; 20] = [
    Errno::CONNREFUSED,
    Errno::CONNRESET,
    Errno::PIPE,
    Errno::HOSTUNREACH,
    Errno::NETUNREACH,
    Errno::TIMEDOUT,
    Errno::MFILE,
    Errno::NFILE,
    Errno::NOBUFS,
    Errno::NOMEM,
    Errno::ADDRNOTAVAIL,
    Errno::ACCESS,
    Errno::PERM,
    Errno::AFNOSUPPORT,
    Errno::PROTOTYPE,
    Errno::NOENT,
    Errno::NOTDIR,
    Errno::CONNABORTED,
    Errno::INVAL,
    Errno::IO,
];

/// A check, its world, and how it is woken.
pub struct Exchange {
    pub script: Script,
    pub target: Target,
    pub check: Arc<Check>,
    pub wakes: Vec<Wake>,
    pub changes: Vec<Change>,
    pub interrupt: Option<Duration>,
    /// The check believes only whom the system's trust store knows: never this peer.
    pub verified: bool,
}

/// What comes behind a wake that somebody needed.
#[derive(Clone, Copy)]
pub enum Wake {
    /// So many more at the same moment.
    Again(u8),
    /// One after so many 256ths of the time until the next.
    Early(u8),
    /// The clock jumps by so much, over whatever happens meanwhile.
    Jump(Duration),
}

/// A byte that is not what the peer sent.
#[derive(Clone, Copy)]
pub struct Change {
    pub at: u64,
    pub by: u8,
}

impl Exchange {
    /// `None` for a pattern, a host or a path that no command line could give.
    pub fn decode(input: &[u8]) -> Option<Self> {
        let mut reader = Reader {
            rest: input,
            run: Vec::new(),
            last: Vec::new(),
            raw: false,
            said: 0,
            addresses: Vec::new(),
            lookup: (0, Duration::ZERO),
            host: None,
            kind: 0,
            pattern: Some(PATTERNS[0].to_owned()),
            tls: 0,
            exchange: Self {
                script: Script::new(Vec::new()),
                target: Target::Socket("/run/mail".into()),
                check: Arc::default(),
                wakes: Vec::new(),
                changes: Vec::new(),
                interrupt: None,
                verified: false,
            },
            check: Check {
                quit: QUIT.to_vec(),
                ..Check::default()
            },
        };
        reader.read();
        reader.finish()
    }

    /// Whether it goes the same way each time but for what wakes it: nothing is left to chance, and
    /// no jump nor any pace of reading decides what is seen together.
    pub fn is_repeatable(&self) -> bool {
        let weather = &self.script.weather;
        let jumps = |wake: &Wake| matches!(wake, Wake::Jump(_));
        let looks_ahead = self.check.expect.as_ref().is_some_and(Pattern::looks_ahead);
        !self.wakes.is_empty()
            && !self.wakes.iter().any(jumps)
            && !looks_ahead
            && self.is_exact()
            && !weather.apart
            && weather.lag.is_zero()
            && weather.piece.is_none()
            && weather.window.is_none()
            && self.interrupt.is_none()
    }

    /// Whether time stands still while a step is under way.
    pub fn is_exact(&self) -> bool {
        self.script.weather.cost.is_zero()
    }

    /// What is asked for on the wire, in order.
    pub fn asked(&self) -> Vec<u8> {
        [self.check.send.as_slice(), &self.check.quit].concat()
    }
}

struct Reader<'i> {
    rest: &'i [u8],
    run: Vec<u8>,
    last: Vec<u8>,
    raw: bool,
    said: usize,
    addresses: Vec<(SocketAddr, Fate)>,
    lookup: (u8, Duration),
    host: Option<Vec<u8>>,
    kind: u8,
    pattern: Option<String>,
    tls: u8,
    exchange: Exchange,
    check: Check,
}

impl Reader<'_> {
    fn read(&mut self) {
        while let Some(&byte) = self.rest.split_off_first() {
            if byte != 0xFF {
                self.run.push(byte);
                continue;
            }
            match self.byte() {
                0xFF => self.run.push(0xFF),
                letter if self.asks(letter) => {}
                letter => {
                    self.say();
                    self.acts(letter);
                }
            }
        }
        self.say();
    }

    /// What does not cut the stream: the check, the world, and how it is woken.
    fn asks(&mut self, letter: u8) -> bool {
        match letter {
            b'x' => {
                let at = u64::from(self.word());
                let by = self.byte();
                if self.exchange.changes.len() < ACTS {
                    self.exchange.changes.push(Change { at, by });
                }
            }
            b'n' => {
                let n = self.byte();
                let wake = if n < 4 {
                    Wake::Again(n)
                } else {
                    Wake::Early(n)
                };
                self.wake(wake);
            }
            b'j' => {
                let by = self.span();
                self.wake(Wake::Jump(by));
            }
            b'i' => self.exchange.interrupt = Some(self.span()),
            b'G' => self.exchange.script.seed = self.byte().into(),
            b'Y' => self.exchange.script.weather = self.weather(),
            b'L' => self.lookup = (self.byte(), self.span()),
            b'F' => self.address(),
            b'V' => self.tls = self.byte(),
            b'H' => self.kind = self.byte(),
            b'N' => self.host = Some(self.text()),
            b'P' => {
                let n = usize::from(self.byte());
                self.pattern = PATTERNS.get(n).map(|&pattern| pattern.to_owned());
            }
            b'E' => self.pattern = String::from_utf8(self.text()).ok(),
            b'T' => self.check.timeout = self.span().max(Duration::from_nanos(1)),
            b'D' => self.check.delay = self.span(),
            b'W' => self.check.warning = Some(self.span()).filter(|span| !span.is_zero()),
            b'C' => self.check.critical = Some(self.span()).filter(|span| !span.is_zero()),
            b'M' => self.check.max_bytes = NonZeroU64::new(self.size()),
            b'S' => self.check.send = self.many(SEND),
            b'Q' => self.check.quit = self.many(QUIT),
            b'O' => self.options(),
            b'A' => {
                let n = self.byte();
                let from = status(n);
                self.check.status_as.set(from, status(n / 4));
            }
            _ => return false,
        }
        true
    }

    fn acts(&mut self, letter: u8) {
        let act = match letter {
            b's' | b'w' => {
                self.raw = letter == b'w';
                return;
            }
            b'*' => {
                let times = usize::from(self.byte());
                let room = (SAID - self.said).checked_div(self.last.len()).unwrap_or(0);
                self.run = self.last.repeat(times.min(room));
                return self.say();
            }
            b'h' => Act::Handshake,
            b'k' => Act::HandshakePart(self.word().into()),
            b'a' => Act::Hear(self.byte().into()),
            b'z' => Act::Pause(self.span()),
            b'u' => Act::Shut,
            b'o' => Act::Open,
            b'c' => Act::CloseNotify,
            b'e' => Act::End,
            b'r' => Act::Reset(self.errno()),
            b'f' => Act::Flood(match self.last.is_empty() {
                true => b"more ".to_vec(),
                false => self.last.clone(),
            }),
            _ => return,
        };
        self.act(act);
    }

    /// What has gathered goes out.
    fn say(&mut self) {
        let mut run = std::mem::take(&mut self.run);
        run.truncate(SAID - self.said);
        if run.is_empty() {
            return;
        }
        self.said += run.len();
        self.last.clone_from(&run);
        self.act(match self.raw {
            true => Act::Raw(run),
            false => Act::Say(run),
        });
    }

    fn act(&mut self, act: Act) {
        if self.exchange.script.acts.len() < ACTS {
            self.exchange.script.acts.push(act);
        }
    }

    fn wake(&mut self, wake: Wake) {
        if self.exchange.wakes.len() < WAKES {
            self.exchange.wakes.push(wake);
        }
    }

    fn address(&mut self) {
        let kind = self.byte();
        let takes = self.span();
        let fate = match kind & 7 {
            0 => Fate::Refused(errno(kind >> 3)),
            1 | 2 => Fate::Down(takes, errno(kind >> 3)),
            3 => Fate::Silent,
            4 => Fate::Full(takes),
            _ => Fate::Up(takes),
        };
        let n = self.addresses.len();
        let last = n as u8;
        if n < ADDRESSES {
            let to = if kind & 0x40 == 0 {
                v4(last)
            } else {
                v6(last.into())
            };
            self.addresses.push((to, fate));
        }
    }

    fn weather(&mut self) -> Weather {
        let [one, two] = [self.byte(), self.byte()];
        let mut chance = Rng::new(one.into());
        Weather {
            cost: Duration::from_micros([0, 0, 0, 50][usize::from(two & 3)]),
            ..Weather::of(&mut chance)
        }
    }

    fn options(&mut self) {
        let n = self.byte();
        self.check.expect_closed = n & 1 != 0;
        self.check.perfdata = n & 2 != 0;
        self.check.error_warning = n & 4 != 0;
        self.check.family = [Family::Any, Family::Any, Family::V4, Family::V6][usize::from(n >> 6)];
        if n & 8 != 0 {
            self.check.name = "A|\u{202e}\n".repeat(1 + usize::from(n >> 4 & 3) * 20);
        }
    }

    fn finish(mut self) -> Option<Exchange> {
        if let Some(source) = &self.pattern {
            let pattern = Pattern::new(source).ok()?;
            if pattern.states() > STATES {
                return None;
            }
            self.check.expect = Some(pattern);
        }
        let name = (self.tls & 8 != 0)
            .then(|| PeerName::parse("mail.example"))
            .flatten();
        self.check.tls = match self.tls & 6 {
            0 => None,
            2 | 4 => Some(Tls::unverified(name)),
            _ => Some(Tls::verified(name)),
        };
        self.exchange.verified = self.tls & 6 == 6;
        self.exchange.target = self.target()?;
        let script = &mut self.exchange.script;
        script.tls = self.tls & 1 != 0;
        script.old = self.tls & 16 != 0;
        script.demands = self.tls & 32 != 0;
        script.fate = self
            .addresses
            .last()
            .map_or(Fate::Up(Duration::ZERO), |(_, fate)| *fate);
        script.fates = self.addresses.iter().copied().collect();
        let addresses: Vec<_> = self.addresses.iter().map(|(to, _)| *to).collect();
        let (kind, takes) = self.lookup;
        script.lookup = match kind & 7 {
            0 if addresses.is_empty() => Lookup::Finds(takes, vec![v4(1)]),
            1 => Lookup::Never,
            2 => Lookup::Lacks(takes, errno(kind >> 3)),
            3 => Lookup::Fails(takes, errno(kind >> 3)),
            4 => Lookup::Finds(takes, Vec::new()),
            _ => Lookup::Finds(takes, addresses),
        };
        if !script.tls {
            let secure = |act: &Act| {
                matches!(
                    act,
                    Act::Handshake | Act::HandshakePart(_) | Act::CloseNotify
                )
            };
            script.acts.retain(|act| !secure(act));
        }
        let weather = &mut script.weather;
        if script.acts.iter().any(|act| matches!(act, Act::Flood(_))) {
            weather.cost = FLOODED;
        }
        let drips = weather.piece.is_some_and(|piece| piece < 100) || weather.short_reads.is_some();
        if drips && self.said > DRIPPED {
            (weather.piece, weather.short_reads) = (Some(500), None);
        }
        self.exchange.check = Arc::new(self.check);
        Some(self.exchange)
    }

    fn target(&self) -> Option<Target> {
        let host = self.host.as_deref();
        match self.kind & 7 {
            0..4 => {
                let host = host.unwrap_or(b"mail.example");
                // A zone's name would be looked for among the interfaces of this machine.
                let zone = host
                    .splitn(2, |&byte| byte == b'%')
                    .nth(1)
                    .unwrap_or_default();
                if !zone.iter().all(u8::is_ascii_digit) {
                    return None;
                }
                Target::host(OsStr::from_bytes(host), 25).ok()
            }
            4 => Target::host("192.0.2.1", 25).ok(),
            5 => Target::host("[2001:db8::1]", 25).ok(),
            _ => Target::socket(OsStr::from_bytes(host.unwrap_or(b"/run/mail"))).ok(),
        }
    }

    fn byte(&mut self) -> u8 {
        self.rest.split_off_first().copied().unwrap_or(0)
    }

    fn word(&mut self) -> u16 {
        u16::from_le_bytes([self.byte(), self.byte()])
    }

    fn text(&mut self) -> Vec<u8> {
        let length = usize::from(self.byte()).min(self.rest.len());
        self.rest.split_off(..length).unwrap_or_default().to_vec()
    }

    fn span(&mut self) -> Duration {
        let n = usize::from(self.byte());
        let more = || Duration::from_millis(10 * (n - SPANS.len()) as u64);
        SPANS.get(n).copied().unwrap_or_else(more)
    }

    fn size(&mut self) -> u64 {
        match self.byte() {
            n @ ..=200 => n.into(),
            n => [1_023, 1_024, 1_025, 16_384, 16_385, 40_000][usize::from(n) % 6],
        }
    }

    fn many(&mut self, text: &[u8]) -> Vec<u8> {
        let times = [0, 1, 1, 3, 200, 4_000][usize::from(self.byte()) % 6];
        text.repeat(times)
    }

    fn errno(&mut self) -> Errno {
        errno(self.byte())
    }
}

fn errno(n: u8) -> Errno {
    ERRNOS[usize::from(n) % ERRNOS.len()]
}

fn status(n: u8) -> Status {
    [
        Status::Ok,
        Status::Warning,
        Status::Critical,
        Status::Unknown,
    ][usize::from(n) % 4]
}
