//! The letters, one by one.

use super::tables::{PATTERNS, QUIT, SEND, errno, span, status};
use super::{Change, Exchange, Wake};
use crate::rng::Rng;
use crate::script::{Act, Fate, Script, Weather, v4, v6};
use check_tcp::check::Check;
use check_tcp::target::{Family, Target};
use rustix::io::Errno;
use std::net::SocketAddr;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

/// Bounds on what one input may cost, not on what it may say.
const ACTS: usize = 64;
const ADDRESSES: usize = 12;
const WAKES: usize = 64;
const SAID: usize = 64 * 1024;

/// The script decoded so far.
pub struct Reader<'i> {
    rest: &'i [u8],
    /// The bytes gathered for the next send.
    run: Vec<u8>,
    /// The bytes sent last.
    last: Vec<u8>,
    raw: bool,
    pub said: usize,
    pub addresses: Vec<(SocketAddr, Fate)>,
    pub lookup: (u8, Duration),
    pub host: Option<Vec<u8>>,
    pub kind: u8,
    pub pattern: Option<String>,
    pub tls: u8,
    pub exchange: Exchange,
    pub check: Check,
}

impl<'i> Reader<'i> {
    /// Nothing has been.
    pub fn new(input: &'i [u8]) -> Self {
        Self {
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
            exchange: Exchange {
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
        }
    }

    /// To the end.
    pub fn read(&mut self) {
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

    /// Decodes the settings that do not cut the stream: the check, the world, and its wake-ups.
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

    /// Sends the gathered bytes.
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
        span(self.byte())
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
