//! Every state but Delay can be the one that fails, and says so.

use crate::rng::{Rng, each_seed};
use crate::run::{Case, expecting, over};
use crate::script::{Act, Fate, Lookup, Script};
use check_tcp::check::Check;
use check_tcp::outcome::Cause;
use check_tcp::phase::Phase;
use check_tcp::status::Status;
use rustix::io::Errno;
use std::time::Duration;

#[test]
fn a_failure_names_the_state_it_happened_in() {
    each_seed(8, |seed| {
        for tls in [false, true] {
            for (phase, script, check) in failures(tls, seed) {
                let run = Case::new(script.in_weather(seed), check).nudged(seed).run();
                assert_eq!(run.phase(), phase, "tls {tls}: {}", run.told());
                assert_eq!(run.status, Status::Critical);
                assert!(run.at < Duration::from_secs(5), "not by the deadline");
                let peer = run.failure().peer;
                let connected = !matches!(phase, Phase::Resolving | Phase::Connecting);
                assert_eq!(peer.is_some(), connected, "{}", run.told());
                match (&run.failure().cause, phase) {
                    (Cause::Lookup(_), Phase::Resolving) => {}
                    (Cause::Unconnected(_), Phase::Connecting) => {}
                    (Cause::Io(e), _) => {
                        let errno = Errno::from_io_error(e);
                        let gone = [Errno::CONNRESET, Errno::PIPE].map(Some);
                        assert!(gone.contains(&errno), "{e}");
                    }
                    _ => panic!("{}", run.told()),
                }
            }
        }
    });
}

#[test]
fn what_this_machine_lacks_in_mid_stream_is_unknown() {
    let acts = vec![Act::Reset(Errno::NOBUFS)];
    let run = Case::new(Script::new(acts), expecting("^220")).run();
    assert_eq!((run.phase(), run.status), (Phase::Reading, Status::Unknown));
}

/// For each state a world that breaks it.
fn failures(tls: bool, seed: u64) -> Vec<(Phase, Script, Check)> {
    let mut rng = Rng::new(seed);
    let errno = *rng.pick(&[Errno::CONNRESET, Errno::PIPE]);
    let pause = rng.duration(Duration::from_millis(20));
    let pause = Act::Pause(Duration::from_millis(400) + pause);
    let send = b"HELO probe\r\n".to_vec();
    let length = send.len();
    let check = || Check {
        send: send.clone(),
        ..over(tls, expecting("^220"))
    };
    let blind = || Check {
        expect: None,
        delay: Duration::from_secs(1),
        ..check()
    };
    let breaks = |acts: &[Act]| {
        let reset = [pause.clone(), Act::Reset(errno)];
        Script::over(tls, [acts, &reset].concat())
    };
    let unresolved = Script {
        lookup: Lookup::Fails(Duration::from_millis(3), Errno::NOENT),
        ..Script::new(Vec::new())
    };
    let refused = Script::fate(Fate::Down(Duration::from_millis(3), Errno::CONNREFUSED));
    let mut failures = vec![
        (Phase::Resolving, unresolved, check()),
        (Phase::Connecting, refused, check()),
        (Phase::Sending, breaks(&[Act::Shut]), blind()),
        (Phase::Reading, breaks(&[Act::Hear(length)]), check()),
        (
            Phase::Reading,
            breaks(&[Act::Hear(length), Act::say("22")]),
            check(),
        ),
        (Phase::Quitting, breaks(&[Act::Hear(length)]), blind()),
    ];
    if tls {
        let part = Act::HandshakePart(rng.below(300));
        let script = |acts| Script {
            tls,
            ..Script::new(acts)
        };
        failures.extend([
            (Phase::Handshaking, script(vec![Act::Reset(errno)]), check()),
            (
                Phase::Handshaking,
                script(vec![part, pause.clone(), Act::Reset(errno)]),
                check(),
            ),
        ]);
    }
    failures
}
