//! A user who may have no more threads. Nothing is told of a target then but what could be found
//! out without one.

use crate::faults::law::{self, FaultList};
use rustix::process::getuid;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use support::*;
use tempfile::TempDir;

/// A user who may have so many threads beside the first of a program.
struct User {
    script: String,
    _dir: TempDir,
}

impl User {
    /// `None`, said aloud, where the system has no such user for us.
    fn with(threads: usize) -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let dir = tempfile::tempdir().expect("a directory");
        if !getuid().is_root() {
            // Whatever else runs for us counts too, so that any limit this low is reached already.
            if threads > 0 {
                eprintln!("skipped: only root can have a user with {threads} threads");
                return None;
            }
            let script = "exec bash -c 'ulimit -u 1 && exec \"$@\"' bash \"$@\"".to_owned();
            return Some(Self { script, _dir: dir });
        }
        // Root has no limit. Another user may not get at the program where it is.
        let copy = dir.path().join("check-tcp");
        std::fs::copy(env!("CARGO_BIN_EXE_check-tcp"), &copy).expect("a copy");
        let all = |path: &Path| std::fs::set_permissions(path, PermissionsExt::from_mode(0o755));
        all(dir.path()).and_then(|()| all(&copy)).expect("our own");
        // One that nothing else runs for: all processes of a user count.
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let user = 20_000 + (std::process::id() * 16 + number) % 40_000;
        let copy = copy.display();
        let limit = threads + 1;
        let script = format!(
            "shift; exec setpriv --reuid {user} --regid {user} --clear-groups \
             bash -c 'ulimit -u {limit} && exec \"$@\"' bash '{copy}' \"$@\""
        );
        let mut shell = Command::new("sh");
        shell.args(["-c", &script, "sh", "check-tcp", "--version"]);
        let tried = shell.stdout(Stdio::null()).stderr(Stdio::null()).status();
        // Its exit code is that of a plugin that was asked for nothing.
        if tried.is_ok_and(|status| status.code() == Some(3)) {
            return Some(Self { script, _dir: dir });
        }
        skip("no other user can run the program");
        None
    }
}

#[test]
fn a_lookup_without_a_thread_is_a_local_failure_and_a_literal_needs_none() {
    let Some(user) = User::with(0) else { return };
    let server = Fleet::new(Manner::Greets);
    let port = server.port();
    let check = |host: &str| {
        let program = program!("-H {host} -p {port} -e ^220 -4");
        program.shell(&user.script)
    };
    check("127.0.0.1")
        .run()
        .ok(timed(format!("on 127.0.0.1 port {port} [220 ready]")));
    let lacking = |flags: &str| {
        let program = program!("-H localhost -p {port} {flags}");
        program.shell(&user.script)
    };
    is_local_failure(lacking, "looking up localhost: .*temporarily unavailable");
    let program = program!("--targets - -e ^220").shell(&user.script);
    let listed = program.over(format!("127.0.0.1:{port}\n"));
    listed.exits(3);
    let text = String::from_utf8_lossy(&listed.stdout);
    assert!(
        text.starts_with("TCP UNKNOWN: starting the run: "),
        "{listed}"
    );
    let program = program!("--targets - -e ^220 --format json").shell(&user.script);
    let listed = program.over(format!("127.0.0.1:{port}\n"));
    listed.exits(3);
    assert_eq!(listed.objects()[0]["reason"], "local", "{listed}");
}

#[test]
fn no_target_is_critical_for_lack_of_threads() {
    let (good, closed) = (Fleet::new(Manner::Greets), Refusing::new());
    let rows = [
        (format!("127.0.0.1:{}", good.port()), "OK"),
        (format!("localhost:{} -4", good.port()), "OK"),
        (format!("LOCALHOST:{} -4 -C", good.port()), "CRITICAL"),
        (format!("127.0.0.1:{}", closed.port()), "CRITICAL"),
        (format!("Localhost:{} -4 -C", closed.port()), "OK"),
    ];
    let asked = FaultList::of(&rows, 100);
    for threads in 0..=4 {
        let Some(user) = User::with(threads) else {
            continue;
        };
        let program = program!("--targets - -e ^220 -t 20 --format json");
        let listed = program.shell(&user.script).over(asked.list());
        let came = asked.holds(&listed.stdout, listed.code, &listed);
        // Two read the list and write the verdicts; a third looks names up, or the first once that
        // is done.
        let least = match threads {
            0 | 1 => 0,
            2 => 40,
            _ => 100,
        };
        assert!(came.right >= least, "{threads}: {came:?}: {listed}");
        for (line, status) in &rows {
            let line = law::alone(line);
            let program = program!("{line} -e ^220 -t 20 --format json");
            law::holds(&program.shell(&user.script).run(), status);
        }
    }
}
