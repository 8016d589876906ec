//! The bytes of a reply decide, not the way they come.

use crate::rng::{Rng, each_seed};
use crate::run::{Case, LEAVE, Verdict, expecting, over, run};
use crate::script::{Act, Script};
use check_tcp::check::Check;
use check_tcp::phase::Phase;
use std::num::NonZeroU64;
use std::time::Duration;

/// A peer's act once it has said its piece.
#[derive(Clone, Copy, Debug)]
enum Then {
    Stays,
    Closes,
}
use Then::{Closes, Stays};

/// Pattern, reply, what follows, `-m`, and what must come of it.
const CASES: &[(&str, &[u8], Then, u64, Verdict)] = &[
    ("^220", b"220 mail.example\r\n", Stays, 0, Verdict::Match),
    ("^220", b"220", Closes, 0, Verdict::Match),
    ("^220", b"421 busy\r\n", Stays, 0, Verdict::Mismatch),
    ("^220", b"22", Stays, 0, Verdict::Open),
    ("^220", b"22", Closes, 0, Verdict::Mismatch),
    ("^220", b"", Stays, 0, Verdict::TimedOut),
    ("^220", b"", Closes, 0, Verdict::Closed),
    ("^220", b"220", Stays, 2, Verdict::Mismatch),
    ("^220", b"220", Stays, 3, Verdict::Match),
    (
        "SSH_9",
        b"SSH-2.0-OpenSSH_9.2p1\r\n",
        Stays,
        0,
        Verdict::Match,
    ),
    (
        "SSH_9",
        b"SSH-2.0-OpenSSH_8.4p1\r\n",
        Stays,
        0,
        Verdict::Open,
    ),
    (
        "SSH_9",
        b"SSH-2.0-OpenSSH_8.4p1\r\n",
        Closes,
        0,
        Verdict::Mismatch,
    ),
    (
        "SSH_9",
        b"SSH-2.0-OpenSSH_9.2p1\r\n",
        Stays,
        16,
        Verdict::Mismatch,
    ),
    (
        "SSH_9",
        b"SSH-2.0-OpenSSH_9.2p1\r\n",
        Stays,
        17,
        Verdict::Match,
    ),
    (
        "^(a|b)*c",
        b"abababababababababababc",
        Stays,
        0,
        Verdict::Match,
    ),
    (
        "^(a|b)*c",
        b"ababababababababababd",
        Stays,
        0,
        Verdict::Mismatch,
    ),
    ("^€[0-9]{2}", "€42".as_bytes(), Stays, 0, Verdict::Match),
    ("^€[0-9]{2}", "₭42".as_bytes(), Stays, 0, Verdict::Mismatch),
    ("^..€$", b"\xe2\x82\xe2\x82\xac", Closes, 0, Verdict::Match),
    ("^a\\x00b", b"a\0b", Stays, 0, Verdict::Match),
    ("(?i)^ready", b"READY.\n", Stays, 0, Verdict::Match),
    ("^$", b"", Closes, 0, Verdict::Match),
    ("^$", b"x", Closes, 0, Verdict::Mismatch),
    (
        r"\A(?:OK )?[0-9]+(?:\.[0-9]+)+\S*\n\z",
        b"OK 1.1.20+ds\n",
        Stays,
        0,
        Verdict::Match,
    ),
];

#[test]
fn the_same_bytes_give_the_same_verdict_however_they_are_cut() {
    each_seed(8, |seed| {
        for tls in [false, true] {
            for &(pattern, reply, then, max, verdict) in CASES {
                let run = Case::new(
                    peer(tls, seed, reply, then).in_weather(seed),
                    over(tls, limited(max, expecting(pattern))),
                );
                let run = run.nudged(seed).run();
                let what = format!(
                    "{pattern} on {:?}, tls {tls}",
                    reply.escape_ascii().to_string()
                );
                assert_eq!(run.verdict(), verdict, "{what}: {}", run.told());
            }
        }
    });
}

#[test]
fn a_verdict_that_has_fallen_is_not_waited_for() {
    for tls in [false, true] {
        for &(pattern, reply, then, max, verdict) in CASES {
            let check = over(tls, limited(max, expecting(pattern)));
            let timeout = check.timeout;
            let run = run(peer(tls, 0, reply, then), check);
            let open = matches!(verdict, Verdict::Open | Verdict::TimedOut);
            let expected = match then {
                _ if open => timeout,
                // It is given a moment to take its leave too.
                Stays if tls => LEAVE,
                Stays | Closes => Duration::ZERO,
            };
            assert_eq!(run.at, expected, "{pattern}: {}", run.told());
            if verdict == Verdict::Match {
                assert_eq!(run.elapsed(), Duration::ZERO, "{}", run.told());
            }
        }
    }
}

#[test]
fn the_verdict_falls_at_the_byte_that_decides() {
    let decided = [
        ("^220", "220 mail.example", 3),
        ("^220", "421 busy", 1),
        ("^220", "22x", 3),
        ("SSH_9", "SSH-2.0-OpenSSH_9.2p1", 17),
    ];
    for tls in [false, true] {
        for (pattern, reply, at) in decided {
            let one_by_one = reply
                .bytes()
                .flat_map(|byte| [Act::Say(vec![byte]), Act::Pause(Duration::from_millis(1))]);
            let run = run(
                Script::over(tls, one_by_one.collect()),
                over(tls, expecting(pattern)),
            );
            let total = run.reply().map(|reply| reply.total());
            assert_eq!(total, Some(at), "{pattern}: {}", run.told());
        }
    }
}

#[test]
fn the_peer_hears_every_byte_once_and_in_order() {
    each_seed(16, |seed| {
        let mut rng = Rng::new(seed);
        let length = *rng.pick(&[0, 1, 30, 3000]);
        let send: String = (0..length)
            .map(|i| char::from(b'a' + (i % 26) as u8))
            .collect();
        for tls in [false, true] {
            for expects in [false, true] {
                let said = [Act::Hear(send.len()), Act::say("220 thanks\r\n")];
                let check = Check {
                    send: send.clone().into_bytes(),
                    delay: rng.duration(Duration::from_millis(20)),
                    ..if expects {
                        expecting("^220")
                    } else {
                        quitting()
                    }
                };
                let script = Script::over(tls, said.to_vec()).in_weather(seed);
                let run = Case::new(script, over(tls, check)).nudged(seed).run();
                assert_eq!(run.verdict(), Verdict::Match, "{}", run.told());
                run.heard(&format!("{send}QUIT\r\n"));
            }
        }
    });
}

#[test]
fn never_more_of_the_reply_is_taken_in_than_maxbytes_allows() {
    each_seed(30, |seed| {
        let mut rng = Rng::new(seed);
        let max = 1 + rng.below(80);
        let reply = "a".repeat(100);
        // Not anchored, so that QUIT parts what is read from what is read away.
        let endless = "a".repeat(101);
        for tls in [false, true] {
            let check = over(tls, limited(max as u64, expecting(&endless)));
            let script = Script::over(tls, vec![Act::say(&reply)]).in_weather(seed);
            let run = Case::new(script, check).nudged(seed).run();
            assert_eq!(run.verdict(), Verdict::Mismatch, "{}", run.told());
            let total = run.reply().map(|reply| reply.total());
            assert_eq!(total, Some(max as u64), "{}", run.told());
            if !tls {
                // What is read once QUIT is out is only read away.
                let reads = run.world.log.reads.iter();
                let taken = reads.filter(|(written, _)| *written == 0);
                assert_eq!(taken.map(|(_, read)| read).sum::<usize>(), max);
            }
        }
    });
}

#[test]
fn without_a_pattern_nothing_is_read_before_the_farewell() {
    each_seed(10, |seed| {
        let script = Script::new(vec![Act::say("220 mail.example\r\n")]).in_weather(seed);
        let check = Check {
            delay: Duration::from_millis(50),
            ..quitting()
        };
        let run = Case::new(script, check).nudged(seed).run();
        assert_eq!(run.reply(), None, "{}", run.told());
        let quit = run.world.log.sent.len();
        assert!(
            run.world
                .log
                .reads
                .iter()
                .all(|(written, _)| *written == quit)
        );
    });
}

#[test]
fn what_came_before_a_reset_counts() {
    each_seed(10, |seed| {
        for tls in [false, true] {
            for (reply, verdict) in [
                ("220 ready\r\n", Verdict::Match),
                ("421 busy\r\n", Verdict::Mismatch),
                ("22", Verdict::Broken),
                ("", Verdict::Broken),
            ] {
                let acts = vec![
                    Act::Hear(4),
                    Act::Pause(Duration::from_millis(1)),
                    Act::say(reply),
                    Act::Reset(rustix::io::Errno::CONNRESET),
                ];
                let check = Check {
                    send: b"HELO".to_vec(),
                    ..expecting("^220")
                };
                let script = Script::over(tls, acts).in_weather(seed);
                let run = Case::new(script, over(tls, check)).nudged(seed).run();
                assert_eq!(run.verdict(), verdict, "{reply:?}: {}", run.told());
                if verdict == Verdict::Broken {
                    assert_eq!(run.phase(), Phase::Reading);
                }
            }
        }
    });
}

/// A peer that says `reply` in one or two goes.
fn peer(tls: bool, seed: u64, reply: &[u8], then: Then) -> Script {
    let (first, second) = reply.split_at(Rng::new(seed).below(reply.len() + 1));
    let pause = Act::Pause(Duration::from_millis(seed % 3));
    let mut acts = vec![Act::say(first)];
    if seed > 0 {
        acts.push(pause);
    }
    acts.push(Act::say(second));
    match then {
        Stays => {}
        Closes if tls && seed.is_multiple_of(2) => acts.extend([Act::CloseNotify, Act::End]),
        Closes => acts.push(Act::End),
    }
    Script::over(tls, acts)
}

fn limited(max: u64, check: Check) -> Check {
    Check {
        max_bytes: NonZeroU64::new(max),
        ..check
    }
}

/// A check that reads nothing, and says QUIT.
fn quitting() -> Check {
    Check {
        quit: b"QUIT\r\n".to_vec(),
        ..Check::default()
    }
}
