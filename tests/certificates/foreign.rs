//! Servers that only `openssl` can make.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use support::PATIENCE;
use tempfile::TempDir;

/// A self-signed certificate of such a key, which is trusted, and how it is served.
pub(crate) struct Foreign {
    /// The arguments of `openssl req` that make the key.
    pub(crate) key: &'static str,
    /// Arguments of `openssl req` for the certificate.
    pub(crate) certificate: &'static str,
    /// Arguments of `openssl s_server`.
    pub(crate) server: &'static str,
}

/// A server at work.
pub(crate) struct Serving {
    child: Child,
    directory: TempDir,
    pub(crate) port: u16,
}

impl Foreign {
    /// Makes the certificate and serves it.
    pub(crate) fn serve(&self) -> Serving {
        let directory = tempfile::tempdir().expect("a directory");
        let path = |name: &str| directory.path().join(name);
        let mut make = Command::new("openssl");
        make.args([
            "req",
            "-x509",
            "-nodes",
            "-subj",
            "/CN=server",
            "-days",
            "30",
        ])
        .args(["-addext", "subjectAltName=DNS:www.example.com", "-newkey"])
        .args(self.key.split_whitespace())
        .args(self.certificate.split_whitespace())
        .arg("-keyout")
        .arg(path("key"))
        .arg("-out")
        .arg(path("store"));
        let made = make.output().expect("openssl runs");
        let said = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success(), "{}: {said}", self.key);
        let mut child = Command::new("openssl")
            .args(["s_server", "-accept", "127.0.0.1:0", "-www", "-cert"])
            .arg(path("store"))
            .arg("-key")
            .arg(path("key"))
            .args(self.server.split_whitespace())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("openssl runs");
        let (found, port) = mpsc::channel();
        let stdout = child.stdout.take().expect("its stdout");
        // Reads on to the end, so that it never blocks on a full pipe.
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let port = line
                    .strip_prefix("ACCEPT")
                    .and_then(|at| at.rsplit(':').next());
                if let Some(port) = port.and_then(|port| port.trim().parse().ok()) {
                    let _ = found.send(port);
                }
            }
        });
        let port = port.recv_timeout(PATIENCE).expect("openssl tells its port");
        Serving {
            child,
            directory,
            port,
        }
    }
}

impl Serving {
    /// The certificate in PEM.
    pub(crate) fn store(&self) -> PathBuf {
        self.directory.path().join("store")
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
