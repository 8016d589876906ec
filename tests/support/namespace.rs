//! Namespaces for one process: other names, or no network. Also capabilities that a machine may
//! lack.

use std::ffi::OsString;
use std::net::{Ipv6Addr, TcpListener};
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Puts our hosts file over the system's: no other source of names is asked.
const COVER: &str = "mount --bind \"$0/hosts\" /etc/hosts \
    && mount --bind \"$0/host.conf\" /etc/host.conf \
    && mount --bind \"$0/nsswitch.conf\" /etc/nsswitch.conf \
    && exec \"$@\"";

/// Puts a pipe that nobody writes to there: who wants to read it waits for ever.
const DEAFEN: &str = "{ test -p \"$0/hosts\" || mkfifo \"$0/hosts\"; } \
    && mount --bind \"$0/nsswitch.conf\" /etc/nsswitch.conf \
    && mount --bind \"$0/hosts\" /etc/hosts \
    && exec \"$@\"";

/// Has a loopback interface alone, and few ports for all connections that are begun there.
const FEW_PORTS: &str = "ip link set lo up \
    && echo \"$0\" > /proc/sys/net/ipv4/ip_local_port_range \
    && exec \"$@\"";

/// Has a loopback interface alone, and a server on it that must say so when it serves. It ends with
/// the program.
const SERVED: &str = "ip link set lo up \
    && mount --bind \"$0/resolv.conf\" /etc/resolv.conf \
    && mount --bind \"$0/nsswitch.conf\" /etc/nsswitch.conf \
    && { test -p \"$0/said\" || mkfifo \"$0/said\"; } \
    && { \"$0/server\" >\"$0/said\" 2>&1 & } \
    && grep -q serving \"$0/said\" \
    && { \"$@\"; code=$?; kill $!; exit $code; }";

/// Writes what the program prints to a disk that has room for four pages, and shows then what is
/// there.
const SMALL_DISK: &str = "mount -t tmpfs -o size=16k none \"$0\" \
    && { \"$@\" >\"$0/out\"; code=$?; cat \"$0/out\"; exit $code; }";

/// Set where a test is run [in a namespace](Namespace::play).
pub const INSIDE: &str = "CHECK_TCP_TEST_INSIDE";

/// The line of nsswitch.conf that limits names to the hosts file.
const FILES_ONLY: &str = "hosts: files\n";

/// A namespace for a program to be run in.
pub struct Namespace {
    wrapper: Vec<OsString>,
    _dir: Option<TempDir>,
}

impl Namespace {
    /// One where these names mean these addresses, in this order, and there are no others.
    ///
    /// `None`, said aloud, where the system has no namespaces for us. So below.
    pub fn hosts(names: &[(&str, &str)]) -> Option<Self> {
        let dir = tempfile::tempdir().expect("a directory");
        let lines: String = names
            .iter()
            .map(|(name, to)| format!("{to} {name}\n"))
            .collect();
        let multi = "multi on\n"; // a name may stand in several lines
        for (file, text) in [
            ("hosts", &*lines),
            ("host.conf", multi),
            ("nsswitch.conf", FILES_ONLY),
        ] {
            std::fs::write(dir.path().join(file), text).expect("a file");
        }
        Self::mounting(COVER, dir).if_it_works()
    }

    /// One where no look-up of a name ever ends.
    pub fn deaf() -> Option<Self> {
        let dir = tempfile::tempdir().expect("a directory");
        std::fs::write(dir.path().join("nsswitch.conf"), FILES_ONLY).expect("a file");
        Self::mounting(DEAFEN, dir).if_it_works()
    }

    /// A root directory with nothing in it but this program, what it is linked with, and these
    /// files under `/etc`.
    pub fn bare_root(program: &str, etc: &[(&str, &str)]) -> Option<Self> {
        let dir = tempfile::tempdir().expect("a directory");
        let linked = Command::new("ldd").arg(program).output().ok()?;
        let linked = String::from_utf8_lossy(&linked.stdout).into_owned();
        let words = linked
            .split_whitespace()
            .filter(|word| word.starts_with('/'));
        for file in words.chain([program]) {
            let copy = dir.path().join(&file[1..]);
            std::fs::create_dir_all(copy.parent().expect("a directory")).expect("ours");
            std::fs::copy(file, copy).expect("a copy");
        }
        std::fs::create_dir_all(dir.path().join("etc")).expect("ours");
        for (file, text) in etc {
            std::fs::write(dir.path().join("etc").join(file), text).expect("a file");
        }
        let root = dir.path().as_os_str().to_owned();
        let words = ["unshare", "--map-root-user", "chroot"];
        let wrapper = words.map(OsString::from).into_iter().chain([root]);
        let root = Self {
            wrapper: wrapper.collect(),
            _dir: Some(dir),
        };
        // Its exit code is that of a plugin that was asked for nothing.
        if root.status(&[program, "--version"]) == Some(3) {
            return Some(root);
        }
        skip("chroot runs no program in a directory here");
        None
    }

    /// One without a network, not even loopback: IPv4 is unreachable, and IPv6 has no local
    /// address.
    pub fn no_network() -> Option<Self> {
        let words = ["unshare", "--net", "--map-root-user"];
        Self {
            wrapper: words.map(OsString::from).to_vec(),
            _dir: None,
        }
        .if_it_works()
    }

    /// One with loopback alone, and these routes: a kind of `ip route` and an address.
    pub fn routes(routes: &[(&str, &str)]) -> Option<Self> {
        let add = |(kind, to): &(&str, &str)| format!("ip route add {kind} {to} && ");
        let script = format!(
            "ip link set lo up && {}exec \"$@\"",
            routes.iter().map(add).collect::<String>()
        );
        let words = [
            "unshare",
            "--net",
            "--map-root-user",
            "sh",
            "-c",
            &script,
            "sh",
        ];
        Self {
            wrapper: words.map(OsString::from).to_vec(),
            _dir: None,
        }
        .if_it_works()
    }

    /// One with loopback alone, where connections begin at so many ports from this one on.
    pub fn few_ports(first: u16, count: u16) -> Option<Self> {
        let words = ["unshare", "--net", "--map-root-user", "sh", "-c", FEW_PORTS];
        let range = format!("{first} {}", first + count - 1);
        Self {
            wrapper: words
                .map(OsString::from)
                .into_iter()
                .chain([range.into()])
                .collect(),
            _dir: None,
        }
        .if_it_works()
    }

    /// One with loopback alone, where this shell command serves names at 127.0.0.1.
    ///
    /// It must print `serving` when it does.
    pub fn asking(server: &str) -> Option<Self> {
        let dir = tempfile::tempdir().expect("a directory");
        let script = dir.path().join("server");
        for (file, text) in [
            ("resolv.conf", "nameserver 127.0.0.1\n"),
            ("nsswitch.conf", "hosts: dns\n"),
            ("server", &*format!("#!/bin/sh\nexec {server}\n")),
        ] {
            std::fs::write(dir.path().join(file), text).expect("a file");
        }
        let runs = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&script, runs).expect("our own file");
        let mut world = Self::mounting(SERVED, dir);
        world.wrapper.insert(1, "--net".into());
        world.if_it_works()
    }

    /// One where stdout is a file on a disk that is full after 16 KiB.
    pub fn small_disk() -> Option<Self> {
        let dir = tempfile::tempdir().expect("a directory");
        Self::mounting(SMALL_DISK, dir).if_it_works()
    }

    /// Runs a test of this very program in it, one that is ignored elsewhere: it sees [`INSIDE`] in
    /// its environment.
    #[track_caller]
    pub fn play(&self, test: &str) {
        let this = std::env::current_exe().expect("the path of this program");
        let mut words = self.wrapper.iter();
        let mut command = Command::new(words.next().expect("there is a program"));
        command.args(words).arg(this).env(INSIDE, "1");
        command.args(["--ignored", "--exact", "--nocapture", test]);
        let output = command.stdin(Stdio::null()).output().expect("it starts");
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        // A name that no test has would be a success too.
        let passed = output.status.success() && said.contains("1 passed");
        assert!(passed, "{test}, inside: {said}");
    }

    pub fn wrapper(&self) -> Vec<OsString> {
        self.wrapper.clone()
    }

    fn mounting(script: &str, dir: TempDir) -> Self {
        let words = ["unshare", "--mount", "--map-root-user", "sh", "-c", script];
        let directory = dir.path().as_os_str().to_owned();
        let wrapper = words
            .map(OsString::from)
            .into_iter()
            .chain([directory])
            .collect();
        Self {
            wrapper,
            _dir: Some(dir),
        }
    }

    fn if_it_works(self) -> Option<Self> {
        if self.status(&["true"]) == Some(0) {
            return Some(self);
        }
        skip("unshare makes no namespace here");
        None
    }

    /// The exit code of a command in it.
    fn status(&self, command: &[&str]) -> Option<i32> {
        let (unshare, arguments) = self.wrapper.split_first()?;
        let mut inside = Command::new(unshare);
        inside.args(arguments).args(command);
        let status = inside.stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.ok()?.code()
    }
}

/// True if there is an IPv6 loopback address; says so where there is none.
pub fn has_ipv6() -> bool {
    let there = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok();
    if !there {
        eprintln!("skipped: no IPv6 on this machine");
    }
    there
}

/// Says what a test could not show here, and why. In CI there is nothing that may be left out.
pub fn skip(why: &str) {
    assert!(
        std::env::var_os("CI").is_none(),
        "CI must show this too, but: {why}"
    );
    eprintln!("skipped: {why}");
}
