//! The servers of every kind, and the list lines that check them.

use std::net::Ipv4Addr;
use support::{
    Authority, Fleet, Full, Identity, Leaf, Manner, Peer, Refusing, Server, Store, TLS12, TLS13,
};
use tempfile::TempDir;

/// One line of the list, with its expected verdict.
pub struct Kind {
    pub name: &'static str,
    /// `{n}` stands for the number of the line, `{host}` for one of many spellings of `localhost`,
    /// `{tls}` for one of some ports.
    line: String,
    /// Any of these is right.
    pub reasons: &'static str,
    /// Timeout and pause, in seconds.
    pub limit: f64,
    /// Once in as many rounds as there are [`ROUNDS`]: it costs more than others.
    rare: bool,
    /// True if its peer answers at once, as a healthy peer does: how long it takes is this side's.
    pub is_good: bool,
}

/// All kinds, and the order in which they are asked, again and again.
pub struct World {
    pub kinds: Vec<Kind>,
    order: Vec<usize>,
    /// The kind of the first lines.
    own: usize,
    /// Servers that take one client after the other.
    tls: Vec<u16>,
    store: Store,
}

/// The servers, which run while this value lives.
pub struct Servers {
    _fleets: Vec<Fleet>,
    _servers: Vec<Server>,
    _nobody: (Refusing, Full, TempDir),
}

const ROUNDS: usize = 10;
const ROOT: &str = "Soak Root";
/// So many lines in the beginning have options of their own: whatever is kept for those that come
/// again is full then.
const FIRST: usize = 2_048;
/// A peer that presents a chain of which many paths can be made, none of which ends anywhere.
const COSTLY: &str = "TLS: a chain that costs";
/// A pattern that no other line has.
const OWN: &str = "a pattern of its own";
/// So many servers share what is asked under TLS, since each has one client at a time. A prime
/// number: a round is to end at another one than it began at.
const SHARED: usize = 7;
/// The timeout of lines that need no other.
pub const TIMEOUT: u32 = 10;

/// Of a fleet: what each is called, its manner, what is asked of it, and the reasons that are
/// right.
#[rustfmt::skip] // a table
const QUICK: &[(&str, Manner, &str, &str)] = &[
    ("good banner",                  Manner::Greets,      "",                "ok"),
    ("good banner, asked to leave",  Manner::Greets,      "-q QUIT",         "ok"),
    ("after 50 ms",                  Manner::Slow,        "",                "ok"),
    ("in two pieces",                Manner::Splits,      "",                "ok"),
    ("half-closed",                  Manner::HalfCloses,  "",                "ok"),
    ("never closing",                Manner::Lingers,     "-q QUIT",         "ok"),
    (OWN,                            Manner::Greets,      "-e '^220|^x{n}'", "ok"),
    ("with a pause",                 Manner::Greets,      "-d 0.05",         "ok"),
    ("open, and should not be",      Manner::Greets,      "-C",              "open"),
    ("busy",                         Manner::Busy,        "",                "mismatch"),
    ("wrong protocol",               Manner::Foreign,     "",                "mismatch"),
    ("garbage",                      Manner::Garbage,     "",                "mismatch"),
    ("closed at once",               Manner::Closes,      "",                "eof reset"),
    ("reset at once",                Manner::Breaks,      "",                "reset"),
    ("reset in the banner",          Manner::BreaksOff,   "",                "reset"),
    ("reset when spoken to",         Manner::Resets,      "-s hello",        "reset"),
    ("flood, cut off",               Manner::Floods,      "-e z -m 65536",   "mismatch"),
    ("TLS: garbage",                 Manner::Garbage,     "-S",              "tls"),
    ("TLS: a banner",                Manner::Greets,      "-S",              "tls"),
    ("TLS: an alert",                Manner::Alerts,      "-S",              "tls reset"),
    ("TLS: closed at once",          Manner::Closes,      "-S",              "tls eof reset"),
    ("TLS: reset at once",           Manner::Breaks,      "-S",              "reset"),
];

/// Each of these takes its whole second.
#[rustfmt::skip] // a table
const SLOW: &[(&str, Manner, &str, &str)] = &[
    ("silent",                       Manner::Silent,      "",                "timeout"),
    ("drip",                         Manner::Drips,       "-e z",            "mismatch"),
    ("TLS: silent",                  Manner::Silent,      "-S",              "timeout"),
];
const SECOND: u32 = 1;

impl World {
    /// With the chain that costs, or with an ordinary one in its place.
    pub fn new(is_costly: bool) -> (Self, Servers) {
        let authority = Authority::new(ROOT);
        let identity = authority.issue(Leaf::good());
        let greets = |peer: &mut Peer| peer.say("220 ready\r\n");
        let mut servers = vec![
            Server::unix(greets),
            Server::unix_tls(&identity, TLS13, greets),
            Server::tls(&identity, TLS12, greets),
            Server::tls(&chain(is_costly), TLS13, |_| ()),
        ];
        let (path, tls_path) = (servers[0].path(), servers[1].path());
        let (tls12, costly) = (servers[2].port(), servers[3].port());
        let unix = format!("unix:{path}");
        let tls_unix = format!("unix:{tls_path} -S --sni localhost");
        let tls: Vec<_> = (0..SHARED)
            .map(|_| Server::tls(&identity, TLS13, greets))
            .collect();
        let ports = tls.iter().map(Server::port).collect();
        servers.extend(tls);
        // Whoever is flooded is not to hold up the others.
        let loopback = Ipv4Addr::LOCALHOST.into();
        let named = Fleet::new(Manner::Greets);
        let floods = Fleet::new(Manner::Floods);
        let rows = || QUICK.iter().chain(SLOW);
        let manners = rows().map(|(_, manner, ..)| (*manner, loopback));
        let fleet = Fleet::at(&manners.collect::<Vec<_>>());

        let mut kinds: Vec<_> = rows()
            .zip(fleet.places())
            .map(|(row, place)| {
                let (name, manner, flags, reasons) = *row;
                let is_slow = SLOW.iter().any(|slow| slow.0 == name);
                let line = match manner {
                    Manner::Floods => format!("127.0.0.1:{} {flags}", floods.port()),
                    _ => format!("{place} {flags}"),
                };
                Kind::new(name, line, reasons).within(if is_slow { SECOND } else { TIMEOUT })
            })
            .collect();
        let (refusing, full) = (Refusing::new(), Full::new());
        let dir = tempfile::tempdir().expect("a directory");
        let (refused, absent) = (refusing.port(), dir.path().join("s"));
        let absent = format!("unix:{}", absent.display());
        let here = |port: u16, flags: &str| format!("127.0.0.1:{port} {flags}");
        let tls13 = |flags: &str| format!("127.0.0.1:{{tls}} -S {flags}");
        kinds.extend([
            Kind::new(COSTLY, here(costly, "-S"), "certificate"),
            Kind::new("a name", format!("{{host}}:{} -4", named.port()), "ok"),
            Kind::new("refused", here(refused, ""), "refused"),
            Kind::new("refused, and should be", here(refused, "-C"), "ok"),
            Kind::new("a bad line", here(refused, "-t x"), "usage"),
            Kind::new("Unix socket", unix, "ok"),
            Kind::new("no Unix socket", absent, "absent"),
            Kind::new("TLS 1.3", tls13(""), "ok"),
            Kind::new("TLS 1.2", here(tls12, "-S -q QUIT"), "ok").rare(),
            Kind::new("TLS over a Unix socket", tls_unix, "ok").rare(),
            Kind::new(
                "TLS: the wrong name",
                tls13("--sni other.test"),
                "certificate",
            )
            .rare(),
        ]);
        let timed_out = here(full.port(), "");
        kinds.push(
            Kind::new("a full backlog", timed_out, "timeout")
                .within(SECOND)
                .rare(),
        );
        let flood = here(floods.port(), "-e z");
        kinds.push(Kind::new("flood", flood, "mismatch").within(SECOND).rare());
        let often = kinds.iter().enumerate().filter(|(_, kind)| !kind.rare);
        let often: Vec<_> = often.map(|(number, _)| number).collect();
        let rare = kinds.iter().enumerate().filter(|(_, kind)| kind.rare);
        let order = often.repeat(ROUNDS).into_iter();
        let own = kinds.iter().position(|kind| kind.name == OWN);
        let world = Self {
            own: own.expect("it is there"),
            tls: ports,
            order: order.chain(rare.map(|(number, _)| number)).collect(),
            kinds,
            store: authority.store(),
        };
        let servers = Servers {
            _fleets: vec![named, floods, fleet],
            _servers: servers,
            _nobody: (refusing, full, dir),
        };
        (world, servers)
    }

    /// The kind of the list's line of this number, counted from 1.
    pub fn line(&self, number: usize) -> String {
        let spell = |(at, char): (usize, char)| match number >> at & 1 {
            0 => char,
            _ => char.to_ascii_uppercase(),
        };
        let host: String = "localhost".chars().enumerate().map(spell).collect();
        let line = self.kinds[self.kind(number)].line.replace("{host}", &host);
        let port = self.tls[number % self.tls.len()];
        let line = line.replace("{tls}", &port.to_string());
        line.replace("{n}", &number.to_string())
    }

    /// Of which kind it is.
    pub fn kind(&self, number: usize) -> usize {
        match number.checked_sub(FIRST + 1) {
            Some(after) => self.order[after % self.order.len()],
            None => self.own,
        }
    }

    pub fn store(&self) -> &Store {
        &self.store
    }
}

/// Of nobody that is in the store. One that costs is of authorities that bear the name of the root
/// that is there, and vouch for each other.
fn chain(is_costly: bool) -> Identity {
    let impostor = Authority::new(ROOT);
    let leaf = impostor.issue(Leaf::good());
    let others = if is_costly { 20 } else { 0 };
    (0..others).fold(leaf, |chain, n| match n % 2 {
        0 => chain.through(&impostor.intermediate(ROOT)),
        _ => chain.through(&Authority::new(ROOT)),
    })
}

impl Kind {
    /// The expected verdict.
    pub fn status(&self) -> &'static str {
        match self.reasons {
            "ok" => "OK",
            "usage" => "UNKNOWN",
            _ => "CRITICAL",
        }
    }

    fn new(name: &'static str, line: String, reasons: &'static str) -> Self {
        Self {
            name,
            line,
            reasons,
            limit: TIMEOUT.into(),
            rare: false,
            is_good: name.starts_with("good"),
        }
    }

    fn within(mut self, timeout: u32) -> Self {
        if timeout != TIMEOUT {
            self.line.push_str(&format!(" -t {timeout}"));
        }
        self.limit = timeout.into();
        self
    }

    fn rare(mut self) -> Self {
        self.rare = true;
        self
    }
}
