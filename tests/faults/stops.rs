//! SIGSTOP and SIGCONT in mid-run, as with Ctrl-Z, a container that is frozen, or a machine that
//! sleeps. The time in between is nobody's: no check times out for it, and none has it in its
//! response time.

use std::io;
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;
use support::*;

/// The fault: longer than any check below has, so that a clock that ran on would call all of them
/// down.
const STOP: Duration = Duration::from_secs(5);
const LIMIT: f64 = 3.0;

/// Holds back what its one client says on its way to a server: the client is in the midst of its
/// first words.
struct Midway {
    port: u16,
    came: Receiver<()>,
    go: Sender<()>,
}

impl Midway {
    fn before(port: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let here = listener.local_addr().expect("its address").port();
        let (tell, came) = mpsc::channel();
        let (go, told) = mpsc::channel();
        thread::spawn(move || {
            let (client, _) = listener.accept().expect("a client");
            client.peek(&mut [0]).expect("its first words");
            tell.send(()).expect("the test waits");
            if told.recv().is_err() {
                return; // the test is over
            }
            let server = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).expect("the server");
            let copy = |from: &TcpStream, to: &TcpStream| {
                let both = (from.try_clone(), to.try_clone());
                let (mut from, mut to) = (both.0.expect("a copy"), both.1.expect("a copy"));
                thread::spawn(move || {
                    let _ = io::copy(&mut from, &mut to);
                    let _ = to.shutdown(Shutdown::Write);
                })
            };
            copy(&client, &server);
            copy(&server, &client);
        });
        let port = here;
        Self { port, came, go }
    }

    #[track_caller]
    fn wait(&self) {
        self.came.recv_timeout(PATIENCE).expect("a client");
    }

    fn let_on(&self) {
        self.go.send(()).expect("it waits");
    }
}

/// A server with TLS, whose certificate nobody knows.
fn tls() -> Server {
    let identity = self_signed(Leaf::good(), Constraint::NoCa);
    Server::tls(&identity, TLS13, |peer| peer.say("220 ready\r\n"))
}

#[test]
fn sigstop_does_not_use_up_the_timeout_of_a_check() {
    let (held, silent, tls) = (Fleet::new(Manner::Held), Fleet::new(Manner::Silent), tls());
    let midway = Midway::before(tls.port());
    let check = |port: u16, flags: &str| {
        let asked = format!("-H 127.0.0.1 -p {port} -e ^220 -t {LIMIT} --format json {flags}");
        program!("{asked}").start()
    };
    // Slower than any of them is, and quicker than the stop.
    let runs = [
        check(held.port(), "-c 4"),
        check(midway.port, "-c 4 -S --no-check-certificate"),
        check(silent.port(), ""),
    ];
    held.wait_for(1);
    midway.wait();
    silent.wait_for(1);
    runs.iter().for_each(Running::stop);
    thread::sleep(STOP);
    runs.iter().for_each(Running::go_on);
    held.release();
    midway.let_on();

    let [held, midway, silent] = runs.map(Running::end);
    for listed in [&held, &midway] {
        listed.exits(0);
        let object = &listed.objects()[0];
        assert!(
            took(object) < LIMIT,
            "the stop is none of its time: {object}"
        );
    }
    silent.exits(2);
    let object = &silent.objects()[0];
    assert_eq!(object["reason"], "timeout", "{object}");
    assert!(
        took(object) >= LIMIT && took(object) < STOP.as_secs_f64(),
        "{object}"
    );
}

#[test]
fn sigstop_does_not_use_up_the_timeouts_of_a_list() {
    const MANY: usize = 100;
    let (held, silent, greets, tls, full) = (
        Fleet::new(Manner::Held),
        Fleet::new(Manner::Silent),
        Fleet::new(Manner::Greets),
        tls(),
        Full::new(),
    );
    let midway = Midway::before(tls.port());
    let mut list = format!("127.0.0.1:{} --name held\n", held.port()).repeat(MANY);
    for (name, port, flags) in [
        ("silent", silent.port(), ""),
        ("full", full.port(), ""),
        ("delayed", greets.port(), "-d 2"),
        ("midway", midway.port, "-S --no-check-certificate"),
    ] {
        list.push_str(&format!("127.0.0.1:{port} --name {name} {flags}\n"));
    }
    let mut running = program!("--targets - -e ^220 -t {LIMIT} -c 4 --format json").start();
    running.feed(list);
    held.wait_for(MANY);
    silent.wait_for(1);
    greets.wait_for(1);
    midway.wait();
    running.stop();
    thread::sleep(STOP);
    running.go_on();
    held.release();
    midway.let_on();
    running.feed(format!("127.0.0.1:{} --name late\n", greets.port()));

    let listed = running.finish();
    listed.exits(2);
    let objects = listed.objects();
    assert_eq!(objects.len(), MANY + 5, "{listed}");
    for object in objects {
        let silent = object["name"] == "silent" || object["name"] == "full";
        let reason = if silent { "timeout" } else { "ok" };
        assert_eq!(object["reason"], reason, "{object}");
        let least = match object["name"].as_str() {
            Some("silent" | "full") => LIMIT,
            Some("delayed") => 2.0,
            _ => 0.0,
        };
        assert!(
            took(&object) >= least && took(&object) < STOP.as_secs_f64(),
            "{object}"
        );
    }
}

fn took(object: &serde_json::Value) -> f64 {
    object["elapsed"].as_f64().expect("seconds")
}
