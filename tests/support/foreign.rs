//! A TLS server of another make, for what rustls refuses to serve.

use super::{PATIENCE, skip};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use tempfile::TempDir;

/// A kind of certificate that rustls with ring does not serve.
pub enum Weak {
    Rsa1024,
    P521,
    /// X.509 version 1.
    Version1,
}

/// `openssl s_server` with a self-signed certificate for `localhost`.
pub struct Openssl {
    child: Child,
    port: u16,
    dir: TempDir,
}

impl Openssl {
    /// `None`, said aloud, where there is no `openssl`.
    pub fn serve(weak: Weak) -> Option<Self> {
        if Command::new("openssl")
            .arg("version")
            .stdout(Stdio::null())
            .status()
            .is_err()
        {
            skip("no openssl to make and serve weak certificates");
            return None;
        }
        let dir = tempfile::tempdir().expect("a directory");
        let (cert, secret) = (dir.path().join("cert.pem"), dir.path().join("key.pem"));
        let kind: &[&str] = match weak {
            Weak::Rsa1024 => &["-newkey", "rsa:1024"],
            Weak::Version1 => &["-newkey", "rsa:2048"],
            Weak::P521 => &["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-521"],
        };
        let request = ["req", "-nodes", "-days", "2", "-subj", "/CN=localhost"];
        let extensions = [
            "-x509",
            "-addext",
            "subjectAltName=DNS:localhost,IP:127.0.0.1",
        ];
        let mut make = Command::new("openssl");
        make.args(request).args(kind).arg("-keyout").arg(&secret);
        match weak {
            Weak::Version1 => run(make.arg("-new").arg("-out").arg(dir.path().join("request"))),
            _ => run(make.args(extensions).arg("-out").arg(&cert)),
        }
        if let Weak::Version1 = weak {
            // Signed without extensions, it is of version 1.
            let mut sign = Command::new("openssl");
            sign.args(["x509", "-req", "-days", "2", "-in"])
                .arg(dir.path().join("request"));
            run(sign.arg("-signkey").arg(&secret).arg("-out").arg(&cert));
        }

        let mut child = Command::new("openssl")
            .args([
                "s_server",
                "-accept",
                "127.0.0.1:0",
                "-cipher",
                "DEFAULT@SECLEVEL=0",
                "-cert",
            ])
            .arg(&cert)
            .arg("-key")
            .arg(&secret)
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
                let _ = port
                    .and_then(|port| port.trim().parse().ok())
                    .map(|port| found.send(port));
            }
        });
        let mut server = Self {
            child,
            port: 0,
            dir,
        };
        server.port = port.recv_timeout(PATIENCE).expect("openssl tells its port");
        Some(server)
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// The certificate, as a trust store.
    pub fn certificate(&self) -> PathBuf {
        self.dir.path().join("cert.pem")
    }
}

fn run(command: &mut Command) {
    let made = command.output().expect("openssl runs");
    let said = String::from_utf8_lossy(&made.stderr);
    assert!(made.status.success(), "{said}");
}

impl Drop for Openssl {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
