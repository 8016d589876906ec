//! `--expiry`: of the path that was verified, or of all that was presented, what ends first.

use super::{GREETING, greeting};
use rcgen::{CertificateParams, IsCa};
use std::time::{Duration, SystemTime};
use support::*;

/// Makes a certificate end after so many days and a half.
fn ending_in(days: u64) -> impl FnOnce(&mut CertificateParams) {
    let left = Duration::from_secs(days * 24 * 60 * 60 + 12 * 60 * 60);
    move |params| params.not_after = (SystemTime::now() + left).into()
}

/// Checks a server that shows these certificates, as `localhost` over TLS 1.3.
fn asked(identity: &Identity, store: &Store, options: &str) -> Run {
    let server = greeting(identity, TLS13);
    let port = server.port();
    program!("-H localhost -p {port} -e ^220 {options}")
        .trusting(store)
        .run()
}

/// The message that this certificate ends in so many days, which is the reason.
fn reason(whose: &str, days: u64) -> String {
    let when = r"\([0-9]{4}-[0-9]{2}-[0-9]{2}\)";
    let time = r"[0-9.]+ seconds response time on localhost port [0-9]+ \[220 ready\]";
    format!(
        "^{} ends in {days} days {when}, {time}$",
        regex::escape(whose)
    )
}

#[test]
fn the_certificate_of_the_server_is_held_against_both_limits() {
    let root = Authority::new("Case Root");
    let leaf = root.issue(Leaf::good().with(ending_in(13)));
    let store = root.store();
    for version in [TLS12, TLS13] {
        let server = greeting(&leaf, version);
        let port = server.port();
        let run = |expiry: &str| {
            program!("-H localhost -p {port} -e ^220")
                .arg("--expiry")
                .arg(expiry)
                .trusting(&store)
                .run()
        };
        for expiry in ["13", "13,13", "0", "13d 11h", "323h,0"] {
            run(expiry).ok(
                r"response time on localhost port [0-9]+, certificate ends in 13 days \([0-9-]+\) \[220 ready\]$",
            );
        }
        for expiry in ["14", "14,13", "30,7", " 2w , 1w ", "13d 13h,13"] {
            run(expiry).warning(reason("certificate", 13));
        }
        for expiry in ["14,14", "30,14d", "36525,1M"] {
            run(expiry).critical(reason("certificate", 13));
        }
    }
}

#[test]
fn the_first_to_end_of_the_path_counts_whether_issuer_or_anchor() {
    let root = Authority::changed("Case Root", ending_in(9));
    let issuer = root.intermediate_with("Case Issuer", ending_in(5));
    let of_issuer = |days| {
        issuer
            .issue(Leaf::good().with(ending_in(days)))
            .through(&issuer)
    };
    let store = root.store();
    asked(&of_issuer(20), &store, "--expiry 15,3")
        .warning(reason("certificate of the issuer Case Issuer", 5));
    asked(&of_issuer(2), &store, "--expiry 15,3").critical(reason("certificate", 2));

    let longer = root.intermediate_with("Case Issuer", ending_in(30));
    let chain = longer.issue(Leaf::good()).through(&longer);
    asked(&chain, &store, "--expiry 15,3")
        .warning(reason("certificate of the issuer Case Root", 9));
    // Shown or not, the root is the one in the store.
    asked(&chain.through(&root), &store, "--expiry 15,3")
        .warning(reason("certificate of the issuer Case Root", 9));
}

#[test]
fn a_presented_certificate_that_is_no_part_of_the_path_is_no_reason() {
    let root = Authority::new("Case Root");
    let old = Authority::expired("Old Root");
    let soon = Authority::changed("Another Root", ending_in(1));
    let chain = root.issue(Leaf::good()).through(&old).through(&soon);
    asked(&chain, &root.store(), "--expiry 30,7").ok("certificate ends in [0-9]{6} days");

    // A cross-signed authority is a part of the path where the other one is trusted.
    let cross = root.remade_by("Case Root", &soon, ending_in(3));
    let chain = root.issue(Leaf::good()).through(&cross);
    asked(&chain, &root.store(), "--expiry 30,7").ok("certificate ends in [0-9]{6} days");
    let other = Authority::new("Other Root");
    let cross = root.remade_by("Case Root", &other, ending_in(3));
    let chain = root.issue(Leaf::good()).through(&cross);
    asked(&chain, &other.store(), "--expiry 30,7")
        .critical(reason("certificate of the issuer Case Root", 3));
}

#[test]
fn of_an_authority_that_was_renewed_the_last_certificate_counts() {
    let old = Authority::changed("Case Root", ending_in(3));
    let new = old.renewed("Case Root");
    let leaf = old.issue(Leaf::good().with(ending_in(40)));
    let both = |one: &Authority, other: &Authority| Store::of(&[one.pem(), other.pem()]);
    for store in [both(&old, &new), both(&new, &old)] {
        asked(&leaf, &store, "--expiry 30,7").ok("certificate ends in 40 days");
    }
    // One that may be no authority renews none.
    let none = old.remade("Case Root", |params| params.is_ca = IsCa::ExplicitNoCa);
    for store in [both(&old, &none), both(&none, &old)] {
        asked(&leaf, &store, "--expiry 30,7")
            .critical(reason("certificate of the issuer Case Root", 3));
    }
}

#[test]
fn of_several_paths_the_one_that_lasts_longest_counts() {
    let root = Authority::new("Case Root");
    let old = root.intermediate_with("Case Issuer", ending_in(3));
    let new = old.remade_by("Case Issuer", &root, ending_in(30));
    let leaf = || old.issue(Leaf::good().with(ending_in(40)));
    let store = root.store();
    for chain in [
        leaf().through(&old).through(&new),
        leaf().through(&new).through(&old),
    ] {
        asked(&chain, &store, "--expiry 35,7")
            .warning(reason("certificate of the issuer Case Issuer", 30));
    }
    // However many copies of the issuer are presented, which are too many to follow.
    let copies: Vec<_> = (3..10)
        .map(|days| old.remade_by("Case Issuer", &root, ending_in(days)))
        .collect();
    let chain = copies
        .iter()
        .fold(leaf(), |chain, copy| chain.through(copy));
    asked(&chain.through(&new), &store, "--expiry 35,7")
        .warning(reason("certificate of the issuer Case Issuer", 30));
    // However many copies of the root there are.
    let copies: Vec<_> = (0..8)
        .map(|_| root.remade("Case Root", |_| ()).pem())
        .collect();
    let chain = leaf().through(&old).through(&new);
    asked(&chain, &Store::of(&copies), "--expiry 35,7")
        .warning(reason("certificate of the issuer Case Issuer", 30));
    // A root that ends soon, and was cross-signed by one that does not.
    let soon = Authority::changed("Soon Root", ending_in(3));
    let crossed = soon.remade_by("Soon Root", &root, ending_in(50));
    let both = Store::of(&[soon.pem(), root.pem()]);
    let chain = soon.issue(Leaf::good().with(ending_in(40)));
    asked(&chain.through(&crossed), &both, "--expiry 30,7").ok("certificate ends in 40 days");
    let chain = soon.issue(Leaf::good().with(ending_in(40)));
    asked(&chain, &both, "--expiry 30,7")
        .critical(reason("certificate of the issuer Soon Root", 3));
    // A path that is not valid replaces none.
    let none = soon.remade_by("Soon Root", &root, |params| {
        params.is_ca = IsCa::ExplicitNoCa;
    });
    let chain = soon.issue(Leaf::good().with(ending_in(40))).through(&none);
    asked(&chain, &both, "--expiry 30,7")
        .critical(reason("certificate of the issuer Soon Root", 3));
}

#[test]
fn a_self_signed_certificate_in_the_store_is_its_own_path() {
    for constraint in [Constraint::Ca, Constraint::NoCa] {
        let identity = self_signed(Leaf::good().with(ending_in(13)), constraint);
        let store = identity.store();
        asked(&identity, &store, "--expiry 30,7").warning(reason("certificate", 13));
        asked(&identity, &store, "--expiry 10,7").ok("certificate ends in 13 days");
    }
}

#[test]
fn all_that_is_presented_counts_where_nothing_is_verified() {
    let root = Authority::new("Case Root");
    let store = root.store();
    let options = "--expiry 30,7 --no-check-certificate";
    let alone = root.issue(Leaf::good().with(ending_in(13)));
    asked(&alone, &store, options).warning(reason("certificate", 13));
    let soon = Authority::changed("Another | Root", ending_in(2));
    let chain = root.issue(Leaf::good()).through(&soon);
    asked(&chain, &store, options)
        .critical(reason(r"certificate of the issuer Another \x7c Root", 2));
    let ended = root.issue(Leaf::expired());
    asked(&ended, &store, options)
        .critical(r"^certificate ended [0-9]+ days ago \(2020-04-05\), [0-9.]+ seconds");
    asked(&ended, &store, "--expiry 1 --no-check-certificate").critical("^certificate ended ");
    // One that is verified does not come so far.
    asked(&ended, &store, "--expiry 30,7").critical("certificate expired at 2020-04-05");
}

#[test]
fn a_date_that_cannot_be_read_is_critical() {
    let forged = Authority::new("Case Root")
        .issue(Leaf::good())
        .forged(b"40960101000000Z", b"4096ab01000000Z");
    let server = greeting(&forged, TLS13);
    let port = server.port();
    check!("-H localhost -p {port} -e ^220 --no-check-certificate --expiry 1")
        .critical("^certificate with an end that can't be read, [0-9.]+ seconds");
    check!("-H localhost -p {port} -e ^220 --no-check-certificate -S").ok("220 ready");
}

#[test]
fn days_left_and_their_ranges_stand_behind_the_time() {
    let root = Authority::new("Case Root");
    let leaf = root.issue(Leaf::good().with(ending_in(13)));
    let store = root.store();
    let time = r"\|time=[0-9.]+s;;;0;10";
    for (expiry, ranges) in [("21,7", "21:;7:;;"), ("36h", "1.5:;0:;;")] {
        asked(&leaf, &store, &format!("--perfdata --expiry {expiry}"))
            .line()
            .split_once(" certificate_days=13.4;")
            .map(|(_, shown)| assert_eq!(shown, ranges))
            .expect("the days");
    }
    asked(&leaf, &store, "--perfdata -S").ok(format!("{time}$"));
}

#[test]
fn a_check_that_is_slow_too_tells_both() {
    let root = Authority::new("Case Root");
    let leaf = root.issue(Leaf::good().with(ending_in(13)));
    let store = root.store();
    let both = "^[0-9.]+ seconds response time on .*, certificate ends in 13 days ";
    asked(&leaf, &store, "--expiry 30,7 -w 1e-9").warning(both);
    asked(&leaf, &store, "--expiry 30,7 -c 1e-9").critical(both);
    asked(&leaf, &store, "--expiry 30,14 -w 1e-9").critical(reason("certificate", 13));
}

#[test]
fn an_empty_value_is_no_check_in_the_clear() {
    let server = Server::saying("220 ready\r\n");
    let port = server.port();
    for option in [
        "--expiry",
        "--fingerprint",
        "--ca-file",
        "--client-cert",
        "--client-key",
        "--tls-min",
        "--tls-max",
        "--alpn",
    ] {
        let run = program!("-H localhost -p {port} {option}").arg("").run();
        run.unknown(format!("^{option}( '')?: "));
        let listed =
            program!("--targets - --summary {option}=").over(format!("localhost:{port}\n"));
        listed.exits(3);
    }
}

#[test]
fn a_closed_port_has_no_certificate() {
    let closed = Refusing::new();
    let port = closed.port();
    check!("-C -H 127.0.0.1 -p {port} --expiry 30 --perfdata").ok(exact(format!(
        "Verified that the port is closed. (port={port})"
    )));
}

#[test]
fn lines_of_a_list_have_limits_of_their_own_and_json_the_reason() {
    let root = Authority::new("Case Root");
    let server = Server::tls(
        &root.issue(Leaf::good().with(ending_in(13))),
        TLS13,
        |peer| {
            peer.say(GREETING);
        },
    );
    let port = server.port();
    let rows = [
        ("", "WARNING", "expiry"),
        ("--expiry 10", "OK", "ok"),
        ("--expiry 40,20", "CRITICAL", "expiry"),
        ("--expiry ''", "UNKNOWN", "usage"),
        ("--status-as expiry=ok", "OK", "expiry"),
        ("--status-as expiry=critical", "CRITICAL", "expiry"),
        ("--status-as warning=unknown", "UNKNOWN", "expiry"),
        ("-w 1e-9", "WARNING", "slow"),
        ("-e ^421", "CRITICAL", "mismatch"),
        ("-W -e ^421", "WARNING", "mismatch"),
        ("--expiry 1,2", "UNKNOWN", "usage"),
    ];
    let list: String = rows
        .iter()
        .map(|(options, ..)| format!("localhost:{port} {options}\n"))
        .collect();
    let listed = program!("--targets - -t 20 -e ^220 --expiry 30,7 --format json")
        .trusting(&root.store())
        .over(list);
    listed.exits(2);
    for ((options, status, reason), line) in rows.iter().zip(1..) {
        let object = listed.object(line);
        assert_eq!(object["status"], *status, "{options}: {object}");
        assert_eq!(object["reason"], *reason, "{options}: {object}");
    }
}
