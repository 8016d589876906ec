//! Few files that may be open, and fewer still where others have been left open already.

use crate::faults::law::{self, FaultList};
use support::*;

/// Every kind of target, with the verdict that it deserves.
struct Targets {
    _servers: (Fleet, Fleet, Server, Refusing, tempfile::TempDir),
    store: Store,
    rows: Vec<(String, &'static str)>,
}

impl Targets {
    fn new() -> Self {
        let authority = Authority::new("Test Root");
        let identity = authority.issue(Leaf::good());
        let (good, busy, tls, closed, dir) = (
            Fleet::new(Manner::Greets),
            Fleet::new(Manner::Busy),
            Server::tls(&identity, TLS13, |peer| peer.say("220 ready\r\n")),
            Refusing::new(),
            tempfile::tempdir().expect("a directory"),
        );
        let absent = dir.path().join("s").display().to_string();
        let rows = vec![
            (format!("127.0.0.1:{}", good.port()), "OK"),
            (format!("localhost:{} -4", good.port()), "OK"),
            (format!("127.0.0.1:{}", busy.port()), "CRITICAL"),
            (format!("127.0.0.1:{}", closed.port()), "CRITICAL"),
            (format!("127.0.0.1:{} -C", closed.port()), "OK"),
            (format!("127.0.0.1:{} -C", good.port()), "CRITICAL"),
            (format!("unix:{absent}"), "CRITICAL"),
            (format!("127.0.0.1:{} -S", tls.port()), "OK"),
        ];
        Self {
            store: authority.store(),
            rows,
            _servers: (good, busy, tls, closed, dir),
        }
    }

    fn check(&self, line: &str) -> Program {
        let line = law::alone(line);
        program!("{line} -e ^220 -t 20 --format json").trusting(&self.store)
    }

    fn list(&self) -> Program {
        program!("--targets - -e ^220 -t 20 --format json").trusting(&self.store)
    }
}

#[test]
fn some_hundreds_of_targets_have_their_verdicts_with_64_files() {
    let targets = Targets::new();
    let asked = FaultList::of(&targets.rows, 400);
    let program = targets.list().shell("ulimit -n 64 && exec \"$@\"");
    let listed = program.over(asked.list());
    let came = asked.holds(&listed.stdout, listed.code, &listed);
    // There is enough, as long as it is shared out well.
    assert_eq!(came.right, asked.len(), "{listed}");
}

#[test]
fn no_target_is_critical_for_lack_of_descriptors() {
    let targets = Targets::new();
    let asked = FaultList::of(&targets.rows, 3 * targets.rows.len());
    // With fewer the program can't be loaded.
    for limit in 4..=24 {
        let script = format!("ulimit -n {limit} && exec \"$@\"");
        let mut right = 0;
        for (line, status) in &targets.rows {
            let run = targets.check(line).shell(&script).run();
            right += usize::from(law::holds(&run, status));
        }
        assert!(limit < 8 || right == targets.rows.len(), "{limit}: {right}");
        let listed = targets.list().shell(&script).over(asked.list());
        let came = asked.holds(&listed.stdout, listed.code, &listed);
        assert!(
            limit < 24 || came.right == asked.len(),
            "{came:?}: {listed}"
        );
    }
}

#[test]
fn inherited_descriptors_lower_parallel_and_change_no_verdict() {
    let targets = Targets::new();
    let asked = FaultList::of(&targets.rows, 3 * targets.rows.len());
    for open in [0, 20, 30, 40, 44, 48, 50, 52, 54, 56, 58] {
        // Of the usual shells only this one has numbers over 9 for files.
        let inherit = "for ((n = 0; n < $0; n++)); do exec {fd}</dev/null; done; exec \"$@\"";
        let script = format!("ulimit -n 64 && exec bash -c '{inherit}' {open} \"$@\"");
        let listed = targets.list().shell(&script).over(asked.list());
        let came = asked.holds(&listed.stdout, listed.code, &listed);
        assert!(open > 40 || came.right == asked.len(), "{came:?}: {listed}");
    }
}
