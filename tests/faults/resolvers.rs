//! Resolvers that do not answer.

use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use support::*;

/// Set where this very program is started once more, to serve names in a namespace.
const SERVES: &str = "CHECK_TCP_SERVES_NAMES";
const NAME_SERVER: &str = "faults::resolvers::serves_names";

/// Serves names inside a namespace, where it is asked to.
///
/// Every name has the IPv4 loopback address, and a question for IPv6 addresses is never answered;
/// nor is any for a name that begins with `hung`. Greets at port 25 too, and at port 26 with how
/// many questions were answered.
#[test]
#[ignore = "started by the tests that ask it"]
fn serves_names() {
    const A: [u8; 2] = [0, 1];
    if std::env::var_os(SERVES).is_none() {
        return;
    }
    let mail = TcpListener::bind((Ipv4Addr::LOCALHOST, 25)).expect("the port for mail");
    let names = UdpSocket::bind((Ipv4Addr::LOCALHOST, 53)).expect("the port for names");
    names.set_read_timeout(Some(PATIENCE)).expect("a limit");
    let counter = TcpListener::bind((Ipv4Addr::LOCALHOST, 26)).expect("the port for the count");
    println!("serving");
    let _greeting = Server::on(mail, |peer| peer.say("220 ready\r\n"));
    let answered = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&answered);
    let _counting = Server::on(counter, move |peer| {
        peer.say(format!("{} answered\r\n", count.load(Ordering::SeqCst)));
    });
    let mut buffer = [0; 512];
    while let Ok((length, client)) = names.recv_from(&mut buffer) {
        // RFC 1035, section 4: a header of 12 bytes, then the name in labels up to an empty one,
        // its type and its class.
        let (header, question) = buffer[..length].split_at(12);
        let name = question.iter().position(|byte| *byte == 0).expect("a name");
        let question = &question[..name + 5];
        if question[name + 1..name + 3] != A || question[1..].starts_with(b"hung") {
            continue;
        }
        answered.fetch_add(1, Ordering::SeqCst);
        // A response without an error, with one question and one answer; which is for the name at
        // byte 12, for a minute.
        let counts = [0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0];
        let answer = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1];
        let message = [&header[..2], &counts, question, &answer].concat();
        names.send_to(&message, client).expect("the client listens");
    }
}

/// A world in which names are asked of `serves_names`.
fn served() -> Option<Namespace> {
    served_after("true")
}

/// The same once this shell command has changed that world.
pub fn served_after(command: &str) -> Option<Namespace> {
    let this = std::env::current_exe().expect("the path of this program");
    let this = this.display();
    let server = format!("env {SERVES}=1 '{this}' --ignored --exact --nocapture {NAME_SERVER}");
    Namespace::asking(&format!("sh -c '{command}; exec \"$@\"' sh {server}"))
}

#[test]
fn use_ipv4_does_not_wait_for_ipv6_addresses() {
    let Some(world) = served() else { return };
    let run = program!("-H mail.test -p 25 -e ^220 -4 -t 4")
        .inside(&world)
        .run();
    run.ok(timed("on mail.test port 25 [220 ready]"));
    assert!(run.seconds() < 1.0, "waited: {run}");
    // Who wants both does, so there was something to wait for.
    let run = program!("-H mail.test -p 25 -t 0.5").inside(&world).run();
    run.critical(TIMED_OUT).critical(r"looking up mail\.test");
}

#[test]
fn literals_need_no_resolver() {
    let Some(deaf) = Namespace::deaf() else {
        return;
    };
    let server = Server::saying("");
    let port = server.port();
    let run = program!("-H 127.0.0.1 -p {port}").inside(&deaf).run();
    run.ok(timed(format!("on 127.0.0.1 port {port}")));
}

#[test]
fn a_resolver_that_never_answers_does_not_outlive_the_deadline() {
    let Some(deaf) = Namespace::deaf() else {
        return;
    };
    for flags in ["", "-C", "-S --no-check-certificate", "-d 60"] {
        let run = program!("-H mail.test -p 9 -t 0.3 {flags}")
            .inside(&deaf)
            .run();
        run.critical(r"mail\.test")
            .within(Duration::from_millis(300));
        assert!(
            run.elapsed >= Duration::from_millis(300),
            "ended early: {run}"
        );
    }
}

/// For each line, in the order of the answers: true if its name hangs.
fn hung(listed: &Listed) -> Vec<bool> {
    let answers = listed.answers();
    answers
        .iter()
        .map(|(label, _)| label.starts_with("hung"))
        .collect()
}

#[test]
fn names_that_hang_hold_up_no_other_line_of_a_list() {
    let Some(world) = served() else { return };
    let hanging = (0..20).map(|number| format!("hung{number}.test:25\n"));
    let others = (0..20).map(|number| format!("mail{number}.test:25\n127.0.0.1:25\n"));
    let list: String = hanging.chain(others).collect();
    let program = program!("--targets - -4 -e ^220 -t 3").inside(&world);
    let listed = program.over(list);
    listed.exits(2);
    let hung = hung(&listed);
    assert_eq!(hung.len(), 60, "{listed}");
    // They end with their limits, long after the others.
    assert!(hung.is_sorted(), "{listed}");
    for (label, line) in listed.answers() {
        match label.starts_with("hung") {
            true => {
                assert!(line.starts_with("TCP CRITICAL: looking up hung"), "{line}");
                assert!(line.contains("timed out after 3s"), "{line}");
            }
            false => assert!(line.starts_with("TCP OK: "), "{line}"),
        }
    }
}

#[test]
fn literals_are_checked_while_every_lookup_hangs() {
    let Some(world) = served() else { return };
    // More than are looked up at a time; a look-up is given up after two seconds, and fails.
    let hanging = (0..80).map(|number| format!("hung{number}.test:25\n"));
    let others = (0..20).map(|number| format!("mail{number}.test:25\n127.0.0.1:25\n"));
    let list: String = hanging.chain(others).collect();
    let program = program!("--targets - -4 -e ^220 -t 20 --format json")
        .env("RES_OPTIONS", "timeout:2 attempts:1")
        .inside(&world);
    let listed = program.over(list);
    listed.exits(2);
    let objects = listed.objects();
    assert_eq!(objects.len(), 120, "{listed}");
    let first = objects.iter().take(20).map(|object| &object["host"]);
    assert!(
        first.into_iter().all(|host| host == "127.0.0.1"),
        "{listed}"
    );
    for object in objects {
        let host = object["host"].as_str().expect("a host");
        let took = object["elapsed"].as_f64().expect("seconds");
        match host.starts_with("hung") {
            true => {
                assert_eq!(object["reason"], "dns", "{object}");
                assert!(took >= 2.0, "{object}");
            }
            // The wait for a thread is none of the check's time.
            false => assert!(object["status"] == "OK" && took < 1.5, "{object}"),
        }
    }
}

/// So many lines of names that hang, and one of an address.
fn dead(count: usize) -> String {
    let hanging = (0..count).map(|number| format!("hung{number}.test:25\n"));
    hanging.chain(["127.0.0.1:25\n".to_owned()]).collect()
}

#[test]
fn a_dead_resolver_does_not_hold_up_a_list() {
    let Some(world) = served() else { return };
    for (flags, count) in [("", 192), ("--lookups 4", 500), ("--lookups 1024", 1_500)] {
        let program = program!("--targets - -4 -e ^220 -t 1 --format json {flags}");
        let listed = program.inside(&world).over(dead(count));
        listed.exits(2);
        let objects = listed.objects();
        assert_eq!(objects.len(), count + 1, "{listed}");
        for object in objects {
            if object["host"] == "127.0.0.1" {
                assert_eq!(object["status"], "OK", "{object}");
                continue;
            }
            assert_eq!(object["reason"], "dns", "{object}");
            assert_eq!(object["phase"], "resolving", "{object}");
            let message = object["message"].as_str().expect("a message");
            assert!(message.ends_with("no answer from the resolver"), "{object}");
            let took = object["elapsed"].as_f64().expect("seconds");
            assert!((1.0..2.0).contains(&took), "{object}");
        }
        // Two rounds of a second each, not one for every 64 names; a thousand threads take a busy
        // machine a while.
        let took = listed.elapsed.as_secs_f64();
        assert!((2.0..15.0).contains(&took), "{flags}: {took}");
    }
}

#[test]
fn a_lookup_that_is_given_up_frees_its_permit() {
    let Some(world) = served() else { return };
    // One place, held by a name that hangs for longer than its check waits.
    let list = "hung.test:25 -t 0.5\nmail.test:25\nother.test:25\n";
    let program = program!("--targets - -4 -e ^220 -t 20 --lookups 1").inside(&world);
    let listed = program.over(list);
    listed.exits(2);
    assert!(
        listed
            .answer("hung.test:25")
            .contains("no answer from the resolver")
    );
    for name in ["mail.test:25", "other.test:25"] {
        assert!(listed.answer(name).starts_with("TCP OK: "), "{listed}");
    }
    assert!(listed.elapsed.as_secs_f64() < 4.0, "{listed}");
}

#[test]
fn a_name_that_stands_in_many_lines_is_looked_up_once() {
    let Some(world) = served() else { return };
    let list = "mail.test:26\n".repeat(200) + "other.test:26\n127.0.0.1:26 --name count\n";
    let flags = "-4 -e '^[0-9]+ answered' -t 20 --parallel 1";
    let listed = program!("--targets - {flags}").inside(&world).over(list);
    listed.exits(0);
    let line = listed.answer("count");
    assert!(line.ends_with("[2 answered]"), "{line}");
    for (label, line) in listed.answers() {
        let asked = if label == "mail.test:26" { 1 } else { 2 };
        assert!(line.ends_with(&format!("[{asked} answered]")), "{line}");
    }
}
