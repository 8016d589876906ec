//! Meanings of a failed connection: a closed port, a lack of this machine, or an error.

use crate::run::{expecting, run};
use crate::script::{Act, Fate, Lookup, Script, v4, v6};
use check_tcp::check::Check;
use check_tcp::outcome::Success;
use check_tcp::phase::Phase;
use check_tcp::status::Status;
use rustix::io::Errno;
use std::time::Duration;

#[test]
fn expect_closed_looks_at_the_connection_alone() {
    use Fate::{Down, Refused, Silent, Up};
    let cases: &[(&[Fate], Status)] = &[
        (&[Refused(Errno::CONNREFUSED)], Status::Ok),
        (&[Down(ms(9), Errno::CONNREFUSED)], Status::Ok),
        (&[Down(ms(9), Errno::HOSTUNREACH)], Status::Ok),
        (&[Refused(Errno::NETUNREACH)], Status::Ok),
        (&[Silent], Status::Ok),
        (&[Silent, Refused(Errno::CONNREFUSED)], Status::Ok),
        (
            &[
                Refused(Errno::ADDRNOTAVAIL),
                Down(ms(9), Errno::CONNREFUSED),
            ],
            Status::Ok,
        ),
        (&[Up(ms(9))], Status::Critical),
        (&[Refused(Errno::CONNREFUSED), Up(ms(9))], Status::Critical),
        (&[Down(ms(9), Errno::CONNRESET)], Status::Critical),
        // A blackhole route, and what ICMP brings.
        (&[Refused(Errno::INVAL)], Status::Ok),
        (&[Down(ms(9), Errno::NOPROTOOPT)], Status::Ok),
        (
            &[Refused(Errno::INVAL), Refused(Errno::CONNREFUSED), Silent],
            Status::Ok,
        ),
        (&[Down(ms(9), Errno::CONNABORTED)], Status::Critical),
        (&[Down(ms(9), Errno::CONNABORTED), Silent], Status::Critical),
        (&[Refused(Errno::NOSPC)], Status::Unknown),
        (&[Refused(Errno::IO)], Status::Unknown),
        (
            &[Refused(Errno::MFILE), Refused(Errno::ADDRNOTAVAIL)],
            Status::Unknown,
        ),
    ];
    for (fates, status) in cases {
        let fates: Vec<_> = (1..).map(v4).zip(fates.iter().copied()).collect();
        let check = Check {
            expect_closed: true,
            send: b"HELO\r\n".to_vec(),
            ..plain()
        };
        let script = Script {
            acts: vec![Act::say("220 ready\r\n")],
            ..Script::race(&fates)
        };
        let run = run(script, check);
        assert_eq!(run.status, *status, "{fates:?}: {}", run.told());
        assert_eq!(run.world.log.sent.len(), 0, "nothing is said to it");
        let aborted = fates.iter().any(|f| f.1 == Down(ms(9), Errno::CONNABORTED));
        let open = *status == Status::Critical && !aborted;
        assert_eq!(
            matches!(run.outcome, Ok(Success::PortOpen)),
            open,
            "{fates:?}"
        );
    }
}

#[test]
fn a_name_that_was_not_found_is_no_closed_port() {
    for lookup in [
        Lookup::Never,
        Lookup::Fails(ms(5), Errno::NOENT),
        Lookup::Finds(ms(5), Vec::new()),
    ] {
        let check = Check {
            expect_closed: true,
            ..plain()
        };
        let script = Script {
            lookup,
            ..Script::new(Vec::new())
        };
        let run = run(script, check);
        assert_eq!(
            (run.status, run.phase()),
            (Status::Critical, Phase::Resolving)
        );
    }
}

#[test]
fn only_what_this_machine_lacked_at_every_address_is_unknown() {
    let lacks = [
        Errno::MFILE,
        Errno::NFILE,
        Errno::NOBUFS,
        Errno::NOMEM,
        Errno::NOSPC,
        Errno::ADDRNOTAVAIL,
        Errno::AGAIN,
        Errno::ACCESS,
        Errno::PERM,
        Errno::AFNOSUPPORT,
        Errno::PROTONOSUPPORT,
        Errno::PROTOTYPE,
    ];
    for lack in lacks {
        let status = |second| {
            let fates = [(v6(1), Fate::Refused(lack)), (v4(1), second)];
            run(Script::race(&fates), plain()).status
        };
        assert_eq!(
            status(Fate::Refused(Errno::MFILE)),
            Status::Unknown,
            "{lack}"
        );
        assert_eq!(status(Fate::Refused(Errno::CONNREFUSED)), Status::Critical);
        assert_eq!(status(Fate::Silent), Status::Critical, "{lack}");
    }
    for lack in [Errno::AGAIN, Errno::MFILE] {
        let unasked = Script {
            lookup: Lookup::Lacks(ms(0), lack),
            ..Script::new(Vec::new())
        };
        assert_eq!(run(unasked, plain()).status, Status::Unknown, "{lack}");
    }
}

fn plain() -> Check {
    Check {
        timeout: Duration::from_secs(3),
        ..expecting("^220")
    }
}

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}
