//! Any world, and any check: whatever a seed says.

use crate::rng::Rng;
use crate::run::{Case, over};
use crate::script::{Act, Fate, Lookup, Script, Weather, v4, v6};
use check_tcp::check::Check;
use check_tcp::expect::Pattern;
use check_tcp::preset::PRESETS;
use check_tcp::target::Family;
use rustix::io::Errno;
use std::net::SocketAddr;
use std::num::NonZeroU64;
use std::time::Duration;

const PATTERNS: [&str; 4] = ["^220", "SSH_9", "^(a|b)*c", "x"];
const REPLIES: [&str; 10] = [
    "220 ready\r\n",
    "220-first\r\n",
    "421 busy\r\n",
    "+OK ready\r\n",
    "* OK ready\r\n",
    "2",
    "SSH-2.0-OpenSSH_9",
    "abababc",
    "€\0|\x1b[1m",
    "x",
];
const ERRNOS: [Errno; 7] = [
    Errno::CONNREFUSED,
    Errno::CONNRESET,
    Errno::HOSTUNREACH,
    Errno::NETUNREACH,
    Errno::TIMEDOUT,
    Errno::MFILE,
    Errno::ADDRNOTAVAIL,
];

/// The case of a seed; the same each time.
pub fn case(seed: u64) -> Case {
    let mut rng = Rng::new(seed.wrapping_mul(0x5851_F42D_4C95_7F2D));
    let tls = rng.one_in(3);
    let script = script(&mut rng, tls, seed);
    let check = over(tls && !rng.one_in(8), check(&mut rng));
    match rng.one_in(5) {
        true => Case::socket(script, check),
        false => Case::new(script, check),
    }
}

fn check(rng: &mut Rng) -> Check {
    let compile = |pattern: &str| Pattern::new(pattern).expect("a pattern");
    let pattern = match rng.one_in(3) {
        true => rng.pick(PRESETS).pattern().expect("a pattern"),
        false => compile(rng.pick::<&str>(&PATTERNS)),
    };
    let second = rng.one_in(6).then(|| compile(rng.pick::<&str>(&PATTERNS)));
    let expect = Pattern::all([Some(pattern), second].into_iter().flatten());
    let expect = expect.filter(|_| !rng.one_in(4));
    let max = *rng.pick(&[0, 0, 1, 5, 2_000]);
    Check {
        expect,
        send: vec![b's'; *rng.pick(&[0, 6, 3_000])],
        quit: vec![b'q'; *rng.pick(&[0, 6, 6, 3_000])],
        family: *rng.pick(&[Family::Any, Family::Any, Family::V4, Family::V6]),
        timeout: Duration::from_nanos(1) + rng.duration(Duration::from_secs(3)),
        delay: *rng.pick(&[0, 0, 1, 700].map(Duration::from_millis)),
        delay_apart: rng.one_in(4),
        max_bytes: NonZeroU64::new(max),
        idle: rng.one_in(4).then(|| rng.duration(Duration::from_secs(1))),
        expect_closed: rng.one_in(5),
        perfdata: rng.one_in(2),
        ..Check::default()
    }
}

fn script(rng: &mut Rng, tls: bool, seed: u64) -> Script {
    let flood = rng.one_in(16);
    let mut weather = Weather::of(rng);
    if flood {
        weather.cost = Duration::from_millis(50);
    }
    let mut acts: Vec<Act> = (0..rng.below(7)).map(|_| act(rng, tls)).collect();
    if flood {
        acts.push(Act::Flood(b"more ".to_vec()));
    }
    if tls && !rng.one_in(6) {
        acts.insert(0, Act::Handshake);
    }
    let mut addresses: Vec<SocketAddr> = (0..rng.below(10)).map(|_| address(rng)).collect();
    addresses.push(address(rng));
    let takes = rng.duration(Duration::from_secs(1));
    let silent = rng.one_in(6);
    let fate = |rng: &mut Rng| match silent && !rng.one_in(6) {
        true => Fate::Silent,
        false => fate(rng),
    };
    let lookup = match rng.below(20) {
        0 => Lookup::Never,
        1 => Lookup::Lacks(takes, *rng.pick(&[Errno::AGAIN, Errno::MFILE])),
        2 => Lookup::Fails(takes, *rng.pick(&ERRNOS)),
        3 => Lookup::Finds(takes, Vec::new()),
        _ => Lookup::Finds(takes, addresses.clone()),
    };
    Script {
        lookup,
        fates: addresses.iter().map(|to| (*to, fate(rng))).collect(),
        fate: fate(rng),
        acts,
        tls,
        old: rng.one_in(2),
        demands: rng.one_in(12),
        weather,
        seed,
    }
}

fn address(rng: &mut Rng) -> SocketAddr {
    let n = rng.below(6) as u8;
    if rng.one_in(2) { v4(n) } else { v6(n.into()) }
}

fn fate(rng: &mut Rng) -> Fate {
    let takes = rng.duration(Duration::from_millis(600));
    match rng.below(8) {
        0 => Fate::Refused(*rng.pick(&ERRNOS)),
        1 => Fate::Down(takes, *rng.pick(&ERRNOS)),
        2 => Fate::Silent,
        3 => Fate::Full(takes),
        _ => Fate::Up(takes),
    }
}

fn act(rng: &mut Rng, tls: bool) -> Act {
    match rng.below(16) {
        0 => Act::Shut,
        1 => Act::Open,
        2 => Act::End,
        3 => Act::Reset(*rng.pick(&[Errno::CONNRESET, Errno::PIPE, Errno::NOBUFS])),
        4 => Act::Hear(rng.below(10)),
        5 if tls => Act::CloseNotify,
        6 if tls => Act::HandshakePart(rng.below(900)),
        7 => Act::Raw((0..rng.below(30)).map(|_| rng.next() as u8).collect()),
        8..12 => Act::Pause(rng.duration(Duration::from_millis(900))),
        _ => Act::say(rng.pick(&REPLIES)),
    }
}
