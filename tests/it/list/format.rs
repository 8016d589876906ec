//! Objects of `--format json`: of lists, of single checks and of usage errors.

use serde_json::{Value, json as value};
use std::time::{Duration, SystemTime};
use support::*;

/// The object of a single check.
#[track_caller]
fn alone(program: Program) -> Value {
    let run = program.arg("--format").arg("json").run();
    let text = str::from_utf8(&run.stdout).expect("UTF-8");
    let line = text
        .strip_suffix('\n')
        .unwrap_or_else(|| panic!("no line: {run}"));
    let object = json::object(line);
    assert_eq!(object["code"], run.code.expect("an exit code"), "{run}");
    assert!(object["line"].is_null(), "{run}");
    assert!(run.stderr.is_empty(), "{run}");
    object
}

#[test]
fn an_object_has_the_label_and_the_peer_of_its_check() {
    let server = Fleet::new(Manner::Greets);
    let port = server.port();
    let list = format!(
        "# a comment\n127.0.0.1:{port} --name 'mx one' --service imap -e ^220\nlocalhost -4 -p {port}\n"
    );
    let listed = program!("--targets - -t 20 --format json").over(list);
    listed.exits(0);
    let first = listed.object(2);
    for (key, wanted) in [
        ("target", value!(format!("127.0.0.1:{port}"))),
        ("name", value!("mx one")),
        ("line", value!(2)),
        ("service", value!("IMAP")),
        ("host", value!("127.0.0.1")),
        ("port", value!(port)),
        ("socket", Value::Null),
        ("status", value!("OK")),
        ("code", value!(0)),
        ("bytes", value!(11)),
        ("reply", value!("220 ready")),
        ("tls", Value::Null),
    ] {
        assert_eq!(first[key], wanted, "{key}: {first}");
    }
    let second = listed.object(3);
    for (key, wanted) in [
        ("target", value!("localhost")),
        ("name", Value::Null),
        ("host", value!("localhost")),
        ("port", value!(port)),
        ("reply", Value::Null),
    ] {
        assert_eq!(second[key], wanted, "{key}: {second}");
    }
    for object in [first, second] {
        let address = object["address"].as_str().unwrap_or_default();
        assert!(address.starts_with("127.0.0.1"), "{object}");
        let message = object["message"].as_str().unwrap_or_default();
        assert!(message.contains(" seconds response time on "), "{object}");
    }
}

#[test]
fn a_unix_socket_has_a_path_and_no_address() {
    let server = Server::unix(|peer| peer.say("220 ready\r\n"));
    let path = server.path();
    let listed = program!("--targets - --format json").over(format!("unix:{path} -e ^220"));
    for (object, target) in [
        (listed.object(1), Some(format!("unix:{path}"))),
        (alone(program!("-U {path} -e ^220")), None),
    ] {
        assert_eq!(object["socket"], path, "{object}");
        assert!(
            target.is_none_or(|target| object["target"] == target),
            "{object}"
        );
        for key in ["host", "port", "address"] {
            assert!(object[key].is_null(), "{key}: {object}");
        }
    }
}

#[test]
fn phases_sum_to_no_more_than_elapsed() {
    let server = Fleet::new(Manner::Greets);
    let port = server.port();
    let began = SystemTime::now();
    let object = alone(program!("-H localhost -4 -p {port} -e ^220 -t 20"));
    for part in ["resolve", "connect", "first_byte"] {
        assert!(object["phases"][part].is_f64(), "{part}: {object}");
    }
    assert!(object["phases"]["tls"].is_null(), "{object}");
    let elapsed = Duration::from_secs_f64(object["elapsed"].as_f64().expect("seconds"));
    let rounded = Duration::from_micros(10);
    assert!(json::all_phases(&object) <= elapsed + rounded, "{object}");
    let time = json::moment(&object["time"]).expect("when it began");
    // Told to the second at worst.
    let earliest = began - Duration::from_secs(1);
    assert!((earliest..=SystemTime::now()).contains(&time), "{object}");

    let object = alone(program!("-H 127.0.0.1 -p {port} -t 20"));
    for part in ["resolve", "tls", "first_byte"] {
        assert!(object["phases"][part].is_null(), "{part}: {object}");
    }
}

#[test]
fn the_time_of_a_check_that_timed_out_is_its_limit() {
    let server = Fleet::new(Manner::Silent);
    let object = alone(program!("-H 127.0.0.1 -p {} -e ^220 -t .3", server.port()));
    let elapsed = object["elapsed"].as_f64().expect("seconds");
    assert!((0.3..2.3).contains(&elapsed), "{object}");
}

#[test]
fn groups_of_the_pattern_are_captured_by_name() {
    let server = Fleet::new(Manner::Greets);
    let port = server.port();
    let captures = |pattern: &str, flags: &str| {
        let object = alone(
            program!("-H 127.0.0.1 -p {port} -t 20 {flags}")
                .arg("-e")
                .arg(pattern),
        );
        object["captures"].clone()
    };
    let both = value!({"code": "220", "word": "ready"});
    assert_eq!(captures(r"^(?P<code>[0-9]+) (?P<word>\w+)", ""), both);
    assert_eq!(captures(r"^(?<code>[0-9]+) (?<word>\w+)", ""), both);
    let one = value!({"code": "220", "other": null});
    assert_eq!(captures("^(?P<code>220)|(?P<other>421)", ""), one);
    assert_eq!(captures(r"(?P<a>r\S+)", "-m 7"), value!({"a": "rea"}));
    let many: String = (0..64).map(|n| format!("(?P<g{n}>\\d?)")).collect();
    let many = captures(&format!("^{many} "), "");
    assert_eq!(
        many.as_object().map(|groups| groups.len()),
        Some(64),
        "{many}"
    );
    assert_eq!((&many["g2"], &many["g3"]), (&value!("0"), &value!("")));
    for none in ["^(220)", "^220"] {
        let captures = captures(none, "");
        assert!(captures.is_null() || captures == value!({}), "{captures}");
    }
}

#[test]
fn a_hostile_reply_is_escaped_in_json() {
    let server = Server::saying("220 \u{1b}[31m|\u{202e}\0\"\\x é\r\n\u{85}end".as_bytes());
    let port = server.port();
    // That nothing else is in there is asserted of every object.
    let pattern = r"(?s)^220 (?P<rest>.*end)";
    let object = alone(
        program!("-H 127.0.0.1 -p {port} -t 20")
            .arg("-e")
            .arg(pattern),
    );
    for text in [&object["reply"], &object["captures"]["rest"]] {
        let text = text.as_str().expect("a text");
        assert!(
            !text.contains('\u{1b}') && !text.contains('\u{202e}'),
            "{object}"
        );
        assert!(text.contains("é") && text.ends_with("end"), "{object}");
    }
    let message = object["message"].as_str().expect("a message");
    let reply = object["reply"].as_str().expect("a reply");
    assert!(message.contains(reply), "{object}");
}

#[test]
fn a_reply_has_its_bytes_counted_and_its_beginning_kept() {
    let server = Server::tcp(|peer| {
        peer.say("x".repeat(5_000));
        peer.finish();
    });
    let port = server.port();
    let object = alone(program!("-H 127.0.0.1 -p {port} -e 'y$' -t 20"));
    assert_eq!(object["bytes"], 5_000, "{object}");
    let reply = object["reply"].as_str().expect("a reply");
    assert!(reply.starts_with("xxx") && reply.len() <= 1_027, "{object}");
    let object = alone(program!("-H 127.0.0.1 -p {port} -e x -m 3 -t 20"));
    assert_eq!(object["bytes"], 3, "{object}");
    assert_eq!(object["reply"], "xxx", "{object}");
}

#[test]
fn tls_has_version_cipher_and_end_of_validity() {
    let authority = Authority::new("Test Root");
    let store = authority.store();
    for (version, shown) in [(TLS12, "TLSv1.2"), (TLS13, "TLSv1.3")] {
        let server = Server::tls(&authority.issue(Leaf::good()), version, |_| ());
        let port = server.port();
        let object = alone(program!("-S -H localhost -4 -p {port} -t 20").trusting(&store));
        let tls = &object["tls"];
        assert_eq!(tls["version"], shown, "{object}");
        let cipher = tls["cipher"].as_str().unwrap_or_default();
        assert!(cipher.starts_with("TLS_"), "{object}");
        let ends = json::moment(&tls["not_after"]).expect("a date");
        assert!(ends > SystemTime::now(), "{object}");
        assert!(object["phases"]["tls"].is_f64(), "{object}");
    }
    let server = Server::tls(&authority.issue(Leaf::expired()), TLS13, |_| ());
    let port = server.port();
    let line = format!("-S -H localhost -4 -p {port} -t 20");
    let object = alone(program!("{line} --no-check-certificate"));
    let ends = json::moment(&object["tls"]["not_after"]).expect("a date");
    assert!(ends < SystemTime::now(), "{object}");
    let object = alone(program!("{line}").trusting(&store));
    assert_eq!(object["tls"]["verified"], false, "{object}");
    let ends = json::moment(&object["tls"]["not_after"]).expect("a date");
    assert!(ends < SystemTime::now(), "{object}");
    let server = Server::saying("220 ready\r\n");
    let object = alone(program!("-S -H localhost -4 -p {} -t 20", server.port()).trusting(&store));
    assert!(object["tls"].is_null(), "no certificate came: {object}");
}

#[test]
fn a_usage_error_is_an_object_in_json() {
    for line in [
        "--format json -H 127.0.0.1",
        "--format json --bogus",
        "--bogus --format json",
        "--format=json -p 99999",
        "-p 99999 --format=json",
        "--format json stray",
        "--format json -e (",
        "--format text --bogus --format json",
        "--targets - -H 127.0.0.1 --format json",
        "--targets - --parallel 0 --format json",
        "--targets /nonexistent/list --format json",
        "--format json --targets - --summary-bytes 1",
    ] {
        let run = check!("{line}");
        assert_eq!(run.code, Some(3), "{run}");
        let text = str::from_utf8(&run.stdout).expect("UTF-8");
        let object = json::object(text.strip_suffix('\n').unwrap_or_default());
        assert_eq!(object["status"], "UNKNOWN", "{object}");
        assert_eq!(object["reason"], "usage", "{object}");
        assert!(object["line"].is_null(), "{object}");
    }
}
