//! Verifiers of other makes.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use support::skip;
use tempfile::TempDir;

/// The names of the others, in the order of the table.
pub(crate) const NAMES: [&str; 4] = ["OpenSSL", "Python", "Go", "curl"];

/// The others, ready to run.
pub(crate) struct Clients {
    /// What Go has built, and where it was built.
    directory: TempDir,
}

/// curl's exit codes of a handshake that failed: of TLS, of the certificate, of what it can't read.
const CURL_REFUSES: [i32; 7] = [35, 51, 53, 56, 60, 77, 91];

impl Clients {
    /// `None`, said aloud, unless they are asked for: what other versions say may differ.
    pub(crate) fn asked_for() -> Option<Self> {
        if std::env::var_os("CHECK_TCP_VERIFIERS").is_none() {
            eprintln!(
                "skipped: beside OpenSSL, Python, Go and curl, where CHECK_TCP_VERIFIERS=1 is set"
            );
            return None;
        }
        for (program, version) in [
            ("openssl", "version"),
            ("python3", "--version"),
            ("go", "version"),
            ("curl", "--version"),
        ] {
            let mut command = Command::new(program);
            if command.arg(version).stdout(Stdio::null()).status().is_err() {
                skip(&format!("{program} is not installed"));
                return None;
            }
        }
        let directory = tempfile::tempdir().expect("a directory");
        let built = Command::new("go")
            .args(["build", "-o"])
            .arg(directory.path().join("client"))
            .arg(source("client.go"))
            .env("GOCACHE", directory.path().join("cache"))
            .env("GO111MODULE", "off")
            .status();
        assert!(built.expect("go runs").success(), "go builds its client");
        Some(Self { directory })
    }

    /// Whether each accepts the server at this port under this name, who trusts this file.
    pub(crate) fn verdicts(&self, port: u16, name: &str, store: &Path) -> [bool; 4] {
        [
            openssl(port, name, store),
            self.says_ok(
                Command::new("python3").arg(source("client.py")),
                port,
                name,
                store,
            ),
            self.says_ok(
                &mut Command::new(self.directory.path().join("client")),
                port,
                name,
                store,
            ),
            curl(port, name, store),
        ]
    }

    fn says_ok(&self, command: &mut Command, port: u16, name: &str, store: &Path) -> bool {
        let said = command.arg(port.to_string()).arg(name).arg(store).output();
        let said = said.expect("the client runs").stdout;
        assert!(!said.is_empty(), "the client says something: {command:?}");
        said == b"ok\n"
    }
}

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/certificates")
        .join(name)
}

fn openssl(port: u16, name: &str, store: &Path) -> bool {
    let is_address = name.parse::<std::net::IpAddr>().is_ok();
    let mut command = Command::new("openssl");
    command
        .args([
            "s_client",
            "-connect",
            &format!("127.0.0.1:{port}"),
            "-CAfile",
        ])
        .arg(store)
        .args([
            "-no-CApath",
            "-no-CAstore",
            "-verify_return_error",
            "-quiet",
        ]);
    match is_address {
        true => command.args(["-verify_ip", name]),
        false => command.args(["-verify_hostname", name, "-servername", name]),
    };
    let mut running = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("openssl runs");
    // Over TLS 1.3 a server refuses a client behind the handshake, so what it says is waited for.
    if let Some(stdin) = &mut running.stdin {
        let _ = stdin.write_all(b"GET / HTTP/1.0\r\n\r\n");
    }
    let mut first = [0];
    let said = running.stdout.as_mut().map(|it| it.read(&mut first));
    let _ = running.kill();
    let _ = running.wait();
    matches!(said, Some(Ok(1)))
}

fn curl(port: u16, name: &str, store: &Path) -> bool {
    let host = match name.contains(':') {
        true => format!("[{name}]"),
        false => name.to_owned(),
    };
    let status = Command::new("curl")
        .args(["--silent", "--noproxy", "*", "--connect-to"])
        .arg(format!("::127.0.0.1:{port}"))
        .arg("--cacert")
        .arg(store)
        .arg(format!("https://{host}/"))
        .stdout(Stdio::null())
        .status();
    let code = status.expect("curl runs").code();
    !code.is_none_or(|code| CURL_REFUSES.contains(&code))
}
