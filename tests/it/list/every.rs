//! A long list over every kind of server: each line is answered once, as a single check answers it.

use regex::Regex;
use serde_json::Value;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::LazyLock;
use std::thread;
use support::*;

/// Number of lines in all.
const LINES: usize = 20_000;
/// Number of addresses of each server that most lines are for.
const PLACES: u8 = 12;

/// Some lines of the list: all of them have the same to say.
struct Kind {
    /// The places they ask, which have the same verdict.
    at: Vec<Place>,
    flags: String,
    /// `None` for as many as there is room for.
    count: Option<usize>,
}

#[derive(Clone)]
enum Place {
    Port(String, u16),
    Path(String),
}

/// One line of the list, and what is known of it.
struct Line<'a> {
    text: String,
    place: &'a Place,
    kind: usize,
}

/// All servers, and what is asked of them.
struct World {
    kinds: Vec<Kind>,
    store: Store,
    _fleet: Fleet,
    _servers: Vec<Server>,
    _refusing: Vec<Refusing>,
    _full: Full,
    _full_unix: FullUnix,
    _dir: tempfile::TempDir,
}

#[test]
fn every_line_of_a_long_list_is_answered_once_and_as_a_single_check_answers_it() {
    let world = World::new();
    let lines = world.lines();
    let list: String = lines.iter().map(|line| line.text.as_str()).collect();

    let listed = world.program("--targets -").over(&*list);
    let expected = world.single("", |run| run.line().to_owned());
    let answers = listed.answers();
    let shown: HashMap<&str, &str> = answers.iter().copied().collect();
    assert_eq!(shown.len(), answers.len(), "a label stands there twice");
    assert_eq!(shown.len(), LINES);
    let mut counts = [0; 4];
    for (line, number) in lines.iter().zip(1..) {
        let shown = shown[&*format!("line {number}")];
        let shown = line.place.mask(shown);
        assert_eq!(shown, expected[line.kind], "{}", line.text);
        counts[status_of(&shown)] += 1;
    }
    listed.exits(2);
    let [ok, warning, critical, unknown] = counts;
    let summary = format!(
        "^{LINES} targets in [0-9.]+ s: {ok} ok, {warning} warning, {critical} critical, {unknown} unknown$"
    );
    let summary = Regex::new(&format!("(?m){summary}")).expect("a pattern");
    assert!(
        summary.is_match(&listed.words()),
        "{counts:?}: {}",
        listed.words()
    );
    assert!(counts.iter().all(|count| *count > 0), "{counts:?}");

    let listed = world.program("--targets - --format json").over(list);
    listed.exits(2);
    let said = |run: &Run| {
        let text = str::from_utf8(&run.stdout).expect("UTF-8");
        facts(&json::object(text.trim_end()))
    };
    let expected = world.single("--format json", said);
    let mut objects: Vec<Value> = listed.objects();
    assert_eq!(objects.len(), LINES);
    objects.sort_by_key(|object| object["line"].as_u64());
    for ((object, line), number) in objects.iter().zip(&lines).zip(1u64..) {
        assert_eq!(object["line"], number, "{object}");
        assert_eq!(object["name"], format!("line {number}"), "{object}");
        let facts = line.place.mask(&facts(object));
        assert_eq!(facts, expected[line.kind], "{}", line.text);
    }
}

impl World {
    fn new() -> Self {
        let manners = Manner::UNAIDED;
        let servers = manners.iter().zip(16..).flat_map(|(manner, second)| {
            (1..=PLACES).map(move |last| (*manner, address(second, last)))
        });
        let at_home = (Manner::Greets, Ipv4Addr::LOCALHOST.into());
        let servers: Vec<_> = servers.chain([at_home]).collect();
        let fleet = Fleet::at(&servers);
        let refusing = (1..=PLACES).map(|last| {
            let address = address(8, last);
            (address, Refusing::at(address, 0).expect("a free port"))
        });
        let refusing: Vec<_> = refusing.collect();
        let authority = Authority::new("Test Root");
        let good = Server::tls(&authority.issue(Leaf::good()), TLS13, |_| ());
        let bad = Server::tls(&authority.issue(Leaf::expired()), TLS13, |_| ());
        let unix = Server::unix(|peer| peer.say("220 ready\r\n"));
        let (full, full_unix) = (Full::new(), FullUnix::new());
        let dir = tempfile::tempdir().expect("a directory");
        let absent = dir.path().join("s").display().to_string();

        let with = |manner| -> Vec<_> {
            let places = servers.iter().zip(fleet.places());
            let places = places.filter(|((its, _), _)| *its == manner);
            places.map(|(_, place)| Place::of(*place)).collect()
        };
        let closed: Vec<_> = refusing
            .iter()
            .map(|(address, closed)| Place::of(SocketAddr::new(*address, closed.port())))
            .collect();
        let local = |port| vec![Place::Port("127.0.0.1".to_owned(), port)];
        let path = |path: &str| vec![Place::Path(path.to_owned())];
        let home = fleet.places().last().expect("the one at home").port();
        let name = vec![Place::Port("localhost".to_owned(), home)];
        let kinds = [
            (with(Manner::Greets), "-e ^220 -q QUIT", None),
            (with(Manner::Greets), "-e ^220 -w 1e-9", None),
            (with(Manner::Greets), "", None),
            (with(Manner::Greets), "-C", None),
            (
                with(Manner::Greets),
                "-e '^(?P<code>[0-9]+)' --service smtp",
                None,
            ),
            (with(Manner::Splits), "-e '^220 ready'", None),
            (with(Manner::Busy), "-e ^220", None),
            (with(Manner::Busy), "-e ^220 -W", None),
            (with(Manner::Closes), "-e ^220", None),
            (with(Manner::Resets), "-s x -e ^220", None),
            (closed.clone(), "", None),
            (closed.clone(), "-C", None),
            (closed, "--status-as critical=unknown", None),
            (with(Manner::Silent), "-e ^220 -t 1", Some(200)),
            (with(Manner::Floods), "-e b -m 65536", Some(30)),
            (local(full.port()), "-t 1", Some(10)),
            (local(good.port()), "-S --sni localhost", Some(30)),
            (local(bad.port()), "-S --sni localhost", Some(30)),
            (path(unix.path()), "-e ^220", Some(100)),
            (path(&absent), "", Some(300)),
            (path(&absent), "-C", Some(300)),
            (path(&full_unix.path()), "-t 1", Some(10)),
            (path(&full_unix.path()), "-C", Some(10)),
            (name, "-4 -e ^220", Some(100)),
        ];
        let kinds = kinds.into_iter().map(|(at, flags, count)| Kind {
            at,
            flags: flags.to_owned(),
            count,
        });
        Self {
            kinds: kinds.collect(),
            store: authority.store(),
            _fleet: fleet,
            _servers: vec![good, bad, unix],
            _refusing: refusing.into_iter().map(|(_, closed)| closed).collect(),
            _full: full,
            _full_unix: full_unix,
            _dir: dir,
        }
    }

    fn program(&self, flags: &str) -> Program {
        program!("-t 20 {flags}").trusting(&self.store)
    }

    /// All lines, the kinds well mixed.
    fn lines(&self) -> Vec<Line<'_>> {
        // Shares no factor with the number of lines, so that every line has its turn.
        const STRIDE: usize = 7919;
        let fixed: usize = self.kinds.iter().filter_map(|kind| kind.count).sum();
        let many = self
            .kinds
            .iter()
            .filter(|kind| kind.count.is_none())
            .count();
        let of = |kind: &Kind| kind.count.unwrap_or((LINES - fixed).div_ceil(many));
        let in_order = self.kinds.iter().enumerate();
        let mut in_order: Vec<usize> = in_order
            .flat_map(|(number, kind)| std::iter::repeat_n(number, of(kind)))
            .collect();
        in_order.reverse(); // so that none of the few is cut off
        in_order.truncate(LINES);
        assert_eq!(in_order.len(), LINES);
        let mixed = (0..LINES).map(|at| in_order[at * STRIDE % LINES]);
        let lines = mixed.zip(1..).map(|(kind, number)| {
            let Kind { at, flags, .. } = &self.kinds[kind];
            let place = &at[number % at.len()];
            let target = match place {
                Place::Port(host, port) => format!("{host}:{port}"),
                Place::Path(path) => format!("unix:{path}"),
            };
            let text = format!("{target} {flags} --name 'line {number}'\n");
            Line { text, place, kind }
        });
        lines.collect()
    }

    /// The output of a single check of each kind.
    fn single(&self, more: &str, said: impl Fn(&Run) -> String) -> Vec<String> {
        let alone = self.kinds.iter().map(|Kind { at, flags, .. }| {
            let place = at.last().expect("one place");
            let target = match place {
                Place::Port(host, port) => format!("-H {host} -p {port}"),
                Place::Path(path) => format!("-U {path}"),
            };
            let program = self.program(&format!("{target} {flags} {more}"));
            // Side by side, because some of them wait for their limits.
            (place, thread::spawn(move || program.run()))
        });
        let alone: Vec<_> = alone.collect();
        let said = alone
            .into_iter()
            .map(|(place, run)| place.mask(&said(&run.join().expect("no panic"))));
        said.collect()
    }
}

impl Place {
    fn of(place: SocketAddr) -> Self {
        Self::Port(place.ip().to_string(), place.port())
    }

    /// The text without what differs from place to place and from time to time.
    fn mask(&self, text: &str) -> String {
        static TIME: LazyLock<Regex> =
            LazyLock::new(|| Regex::new(r"[0-9]+\.[0-9]{3} seconds").expect("a pattern"));
        let text = TIME.replace_all(text, "N seconds");
        match self {
            Self::Port(host, port) => text
                .replace(host, "HOST")
                .replace(&port.to_string(), "PORT"),
            Self::Path(_) => text.into_owned(),
        }
    }
}

/// The parts of an object that are the same at any time.
fn facts(object: &Value) -> String {
    let keys = [
        "service", "host", "port", "socket", "address", "status", "code", "reason", "phase",
        "message", "bytes", "reply", "tls", "captures",
    ];
    let facts = keys.iter().map(|key| format!("{key} {}", object[key]));
    let mut facts: Vec<_> = facts.collect();
    for part in ["resolve", "connect", "tls", "first_byte"] {
        let took = if object["phases"][part].is_null() {
            "no"
        } else {
            "took"
        };
        facts.push(format!("{part} {took} time"));
    }
    facts.join("\n")
}

fn status_of(line: &str) -> usize {
    let words = [" OK: ", " WARNING: ", " CRITICAL: ", " UNKNOWN: "];
    let at = words.iter().position(|word| line.contains(word));
    at.unwrap_or_else(|| panic!("no status: {line}"))
}

fn address(second: u8, last: u8) -> IpAddr {
    Ipv4Addr::new(127, second, last, last * 3).into()
}
