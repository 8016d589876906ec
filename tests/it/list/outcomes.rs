//! Outcomes of checks: status, reason and the state they ended in.

use serde_json::Value;
use support::*;

/// One check: the target, its options, and what the object says.
struct Row {
    target: String,
    flags: &'static str,
    status: &'static str,
    reason: &'static str,
    phase: &'static str,
}

fn row(
    target: impl Into<String>,
    flags: &'static str,
    status: &'static str,
    reason: &'static str,
    phase: &'static str,
) -> Row {
    Row {
        target: target.into(),
        flags,
        status,
        reason,
        phase,
    }
}

/// Runs all rows as one list. That a single check says the same is held by `every`.
#[track_caller]
fn are(rows: &[Row], program: impl Fn(&str) -> Program) {
    let list = rows
        .iter()
        .map(|Row { target, flags, .. }| format!("{target} {flags}\n"));
    let list: String = list.collect();
    let listed = program("--targets -").over(list);
    for (row, number) in rows.iter().zip(1..) {
        let object = listed.object(number);
        row.is(&object);
        assert_eq!(object["target"], *row.target, "{object}");
    }
}

impl Row {
    #[track_caller]
    fn is(&self, object: &Value) {
        let Self { target, flags, .. } = self;
        let found = [&object["status"], &object["reason"], &object["phase"]];
        let wanted = [self.status, self.reason, self.phase];
        assert_eq!(found, wanted, "{target} {flags}: {object}");
    }
}

#[test]
fn outcomes_in_the_clear() {
    let manners = [
        Manner::Greets,
        Manner::Busy,
        Manner::Closes,
        Manner::Resets,
        Manner::Silent,
    ];
    let servers = manners.map(|manner| (manner, [127, 0, 0, 1].into()));
    let fleet = Fleet::at(&servers);
    let at = |manner| {
        let number = manners.iter().position(|its| *its == manner);
        fleet.places()[number.expect("a server")].to_string()
    };
    let (closed, full, full_unix) = (Refusing::new(), Full::new(), FullUnix::new());
    let closed = format!("127.0.0.1:{}", closed.port());
    let full = format!("127.0.0.1:{}", full.port());
    let full_unix = format!("unix:{}", full_unix.path());
    let dir = tempfile::tempdir().expect("a directory");
    let absent = format!("unix:{}/s", dir.path().display());
    let unserved = dir.path().join("unserved");
    refusing_unix(&unserved);
    let unserved = format!("unix:{}", unserved.display());
    let rows = [
        row(at(Manner::Greets), "-e ^220", "OK", "ok", "done"),
        row(at(Manner::Greets), "", "OK", "ok", "done"),
        row(
            at(Manner::Greets),
            "-e ^220 -w 1e-9",
            "WARNING",
            "slow",
            "done",
        ),
        row(
            at(Manner::Greets),
            "-e ^220 -c 1e-9",
            "CRITICAL",
            "slow",
            "done",
        ),
        row(
            at(Manner::Greets),
            "--status-as ok=unknown",
            "UNKNOWN",
            "ok",
            "done",
        ),
        row(at(Manner::Greets), "-C", "CRITICAL", "open", "done"),
        row(at(Manner::Greets), "-C -W", "WARNING", "open", "done"),
        row(&*closed, "-C", "OK", "ok", "connecting"),
        row(&*full, "-C -t .3", "OK", "ok", "connecting"),
        row(&*absent, "-C", "OK", "ok", "connecting"),
        row(&*full_unix, "-C", "CRITICAL", "open", "done"),
        row(&*closed, "", "CRITICAL", "refused", "connecting"),
        row(&*closed, "-W", "WARNING", "refused", "connecting"),
        row(&*unserved, "", "CRITICAL", "refused", "connecting"),
        row(&*absent, "", "CRITICAL", "absent", "connecting"),
        row(&*full, "-t .3", "CRITICAL", "timeout", "connecting"),
        row(&*full_unix, "-t .3", "CRITICAL", "timeout", "connecting"),
        row(
            at(Manner::Silent),
            "-e ^220 -t .3",
            "CRITICAL",
            "timeout",
            "reading",
        ),
        row(
            at(Manner::Resets),
            "-s x -e ^220",
            "CRITICAL",
            "reset",
            "reading",
        ),
        row(at(Manner::Closes), "-e ^220", "CRITICAL", "eof", "reading"),
        row(
            at(Manner::Busy),
            "-e ^220",
            "CRITICAL",
            "mismatch",
            "reading",
        ),
        row(
            at(Manner::Greets),
            "-e 221 -t .3",
            "CRITICAL",
            "mismatch",
            "reading",
        ),
    ];
    are(&rows, |line| program!("-t 20 --format json {line}"));
}

#[test]
fn outcomes_under_tls() {
    let authority = Authority::new("Test Root");
    let store = authority.store();
    let leaf = |leaf| authority.issue(leaf);
    let good = Server::tls(&leaf(Leaf::good()), TLS13, |peer| peer.say("220 ready\r\n"));
    let expired = Server::tls(&leaf(Leaf::expired()), TLS13, |_| ());
    let stranger = Server::tls(
        &Authority::new("Other Root").issue(Leaf::good()),
        TLS12,
        |_| (),
    );
    let clear = Server::saying("220 no TLS here\r\n");
    let deaf = Server::saying("");
    let at = |server: &Server| format!("localhost:{}", server.port());
    let rows = [
        row(at(&good), "-S -e ^220", "OK", "ok", "done"),
        row(at(&good), "-S -e ^421", "CRITICAL", "mismatch", "reading"),
        row(
            at(&good),
            "-S --sni other.test",
            "CRITICAL",
            "certificate",
            "handshaking",
        ),
        row(at(&expired), "-S", "CRITICAL", "certificate", "handshaking"),
        row(
            at(&stranger),
            "-S",
            "CRITICAL",
            "certificate",
            "handshaking",
        ),
        row(
            at(&stranger),
            "-S -W",
            "WARNING",
            "certificate",
            "handshaking",
        ),
        row(
            at(&expired),
            "-S --no-check-certificate",
            "OK",
            "ok",
            "done",
        ),
        row(at(&clear), "-S", "CRITICAL", "tls", "handshaking"),
        row(at(&deaf), "-S -t .3", "CRITICAL", "timeout", "handshaking"),
    ];
    are(&rows, |line| {
        program!("-t 20 --format json -4 {line}").trusting(&store)
    });

    let blind = |line: &str| {
        program!("-t 20 --format json -4 {line}")
            .env("SSL_CERT_FILE", "/nonexistent/f")
            .env("SSL_CERT_DIR", "/nonexistent/d")
    };
    let rows = [row(at(&good), "-S", "UNKNOWN", "local", "handshaking")];
    are(&rows, blind);
}

#[test]
fn a_usage_error_has_a_reason_and_nothing_else() {
    let listed = program!("--targets - --format json --service imap").over("127.0.0.1:9 --bogus");
    let single = check!("--service imap -H 127.0.0.1 -p 9 --bogus --format json");
    let single = String::from_utf8(single.stdout).expect("UTF-8");
    for object in [listed.object(1), json::object(single.trim_end())] {
        for (key, value) in [
            ("service", "IMAP"),
            ("status", "UNKNOWN"),
            ("reason", "usage"),
        ] {
            assert_eq!(object[key], value, "{object}");
        }
        for key in [
            "address", "phase", "elapsed", "bytes", "reply", "tls", "captures", "socket",
        ] {
            assert!(object[key].is_null(), "{key}: {object}");
        }
    }
}
