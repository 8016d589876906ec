//! The stops, and the servers that they go to.

use super::server::{self, Stream};
use super::stop::Stop;
use super::trust::Trust;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::thread;
use std::time::Duration;

/// The tour.
pub struct Stops {
    /// In the order of the tour.
    pub all: Vec<Stop>,
    /// While it is there, nobody else gets the closed port.
    _closed: OwnedFd,
}

/// Starts the servers; sockets and trust store are in `dir`.
///
/// # Errors
/// A server could not be started, or its certificate not made.
pub fn prepare(dir: &Path) -> io::Result<Stops> {
    let trust = Trust::new(dir).map_err(|e| io::Error::other(e.to_string()))?;
    let mail = server::tcp(mail)?;
    let split = server::tcp(split)?;
    let busy = server::tcp(busy)?;
    let slow = server::tcp(slow)?;
    let silent = server::tcp(silent)?;
    let hostile = server::tcp(hostile)?;
    let imaps = server::tls(trust.good, imap)?;
    let outdated = server::tls(trust.expired, imap)?;
    let (_closed, closed) = server::closed()?;
    let app = dir.join("app.sock");
    server::unix(&app, pong)?;
    let app = app.display();
    let all = vec![
        Stop::new(
            "A mail server greets as it should",
            &format!("--service SMTP -H 127.0.0.1 -p {mail} -w 1 -c 3"),
        )
        .comes_to(0, "SMTP OK: 0."),
        Stop::new(
            "A banner in two pieces is one reply",
            &format!("-H 127.0.0.1 -p {split} -e '(?m)^SSH-2\\.0-OpenSSH_9'"),
        )
        .comes_to(0, "[SSH-2.0-OpenSSH_9.2p1]"),
        Stop::new(
            "A Unix socket, a question with escapes, performance data",
            &format!("-U '{app}' -E -s 'PING\\r\\n' -e '^\\+PONG' --perfdata"),
        )
        .comes_to(0, "[+PONG]|time=0."),
        Stop::new(
            "A name is looked up, and its addresses are raced",
            &format!("-H localhost -p {mail}"),
        )
        .comes_to(0, "on localhost port "),
        Stop::new(
            "TLS: chain, name and dates are verified",
            &format!("--service SIMAP -H 127.0.0.1 -p {imaps} --sni mail.example.com"),
        )
        .trusting(&trust.file)
        .comes_to(0, "[* OK IMAP4rev1 ready]"),
        Stop::new(
            "A certificate for another name",
            &format!("--service SIMAP -H 127.0.0.1 -p {imaps}"),
        )
        .trusting(&trust.file)
        .comes_to(
            2,
            "certificate is not for 127.0.0.1: it names mail.example.com",
        ),
        Stop::new(
            "A certificate that has expired",
            &format!("--service SIMAP -H 127.0.0.1 -p {outdated} --sni mail.example.com"),
        )
        .trusting(&trust.file)
        .comes_to(2, "certificate expired at 2020-04-05T00:00:00Z"),
        Stop::new(
            "A server that is slow",
            &format!("--service FTP -H 127.0.0.1 -p {slow} -w 0.2 -c 5"),
        )
        .comes_to(1, "FTP WARNING: 0."),
        Stop::new(
            "A reply that can't match any more is a mismatch at once",
            &format!("--service FTP -H 127.0.0.1 -p {busy}"),
        )
        .comes_to(2, "Unexpected response from host/socket: 421 Too many"),
        Stop::new(
            "A server that says nothing",
            &format!("--service FTP -H 127.0.0.1 -p {silent} -t 500ms"),
        )
        .comes_to(2, "timed out after 500ms"),
        Stop::new(
            "A reply that would mislead a terminal, or Nagios, is made harmless",
            &format!("--service FTP -H 127.0.0.1 -p {hostile}"),
        )
        .comes_to(2, r"\x1b[2J\x1b[1;1HTCP OK: all is well\x7ctime=0s\r\n"),
        Stop::new(
            "A port where nobody listens",
            &format!("-H 127.0.0.1 -p {closed}"),
        )
        .comes_to(2, "Connection refused"),
        Stop::new(
            "A port where nobody should listen, and nobody does",
            &format!("-H 127.0.0.1 -p {closed} -C"),
        )
        .comes_to(0, "Verified that the port is closed."),
        Stop::new(
            "A port where nobody should listen, and somebody does",
            &format!("-H 127.0.0.1 -p {mail} -C"),
        )
        .comes_to(2, "Unexpectedly open port."),
        Stop::new(
            "A mistake on the command line says nothing about the service",
            "--service SMTP -H mail.example.com -p 99999",
        )
        .comes_to(3, "SMTP UNKNOWN: -p 99999: "),
        Stop::new(
            "Many targets from one list: a line each, as soon as it is known",
            "-t 5 --targets -",
        )
        .reading(&format!(
            "127.0.0.1:{split} -e '(?m)^SSH-2\\.0-OpenSSH' --name ssh   # the slowest\n\
             127.0.0.1:{mail} --service SMTP\n\
             unix:{app} -E -s 'PING\\r\\n' -e '^\\+PONG' --name app\n\
             127.0.0.1:{closed} -C\n"
        ))
        .comes_to_lines(
            0,
            5,
            &[
                "\tTCP OK: Verified that the port is closed.",
                "app\tTCP OK: 0.",
                "ssh\tTCP OK: 0.",
                "4 targets in 0.",
                " s: 4 ok, 0 warning, 0 critical, 0 unknown",
            ],
        ),
        Stop::new(
            "One verdict for a whole list, as an agent wants it",
            "--service FTP -t 2 -w 0.2 --targets - --summary",
        )
        .reading(&format!(
            "127.0.0.1:{mail}\n\
             127.0.0.1:{split} -e '(?m)^SSH-2\\.0-OpenSSH' --name ssh\n\
             127.0.0.1:{busy}\n\
             localhost:{mail}\n\
             127.0.0.1:{closed}\n\
             127.0.0.1:99999\n"
        ))
        .comes_to_lines(
            2,
            5,
            &[
                "FTP CRITICAL: 2 of 6 targets critical, 1 warning, 1 unknown\n",
                "\tFTP CRITICAL: Unexpected response from host/socket: 421",
                "\nssh\tFTP WARNING: 0.",
                "\n127.0.0.1:99999\tFTP UNKNOWN: line 6: ",
            ],
        ),
    ];
    Ok(Stops { all, _closed })
}

fn mail(client: &mut dyn Stream) -> io::Result<()> {
    client.write_all(b"220 mail.example.com ESMTP\r\n")
}

fn imap(client: &mut dyn Stream) -> io::Result<()> {
    client.write_all(b"* OK IMAP4rev1 ready\r\n")?;
    client.flush()?;
    let mut logout = [0; 11];
    client.read_exact(&mut logout)?;
    client.write_all(b"* BYE\r\na1 OK\r\n")
}

fn split(client: &mut dyn Stream) -> io::Result<()> {
    client.write_all(b"SSH-2.0-Open")?;
    thread::sleep(Duration::from_millis(300));
    client.write_all(b"SSH_9.2p1\r\n")
}

fn slow(client: &mut dyn Stream) -> io::Result<()> {
    thread::sleep(Duration::from_millis(400));
    client.write_all(b"220 ftp.example.com\r\n")
}

fn busy(client: &mut dyn Stream) -> io::Result<()> {
    client.write_all(b"421 Too many connections\r\n")
}

fn silent(_: &mut dyn Stream) -> io::Result<()> {
    Ok(())
}

fn hostile(client: &mut dyn Stream) -> io::Result<()> {
    client.write_all(b"\x1b[2J\x1b[1;1HTCP OK: all is well|time=0s\r\n\0")
}

/// Answers a question.
fn pong(client: &mut dyn Stream) -> io::Result<()> {
    let mut question = [0; 6];
    client.read_exact(&mut question)?;
    client.write_all(b"+PONG\r\n")
}
