//! One check under TLS, verified against the system's roots and one more, beside `check_tcp -S`, which
//! verifies nothing.

use super::Rounds;
use super::server::PATIENCE;
use crate::THEIRS;
use crate::lists::identity;
use crate::table::{Row, Table};
use crate::usage::{Cost, median, timed};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use std::error::Error;
use std::fs;
use std::io::{self, Read};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;

/// The bundle of Debian, Alpine and others.
const SYSTEM: &str = "/etc/ssl/certs/ca-certificates.crt";

/// Adds the rows, or says why there are none.
pub fn compare(rounds: &Rounds, table: &mut Table) -> Result<(), Box<dyn Error>> {
    if !fs::exists(THEIRS)? || !fs::exists(SYSTEM)? {
        table.skip(format!(
            "one check under TLS, for {THEIRS} or {SYSTEM} is not here"
        ));
        return Ok(());
    }
    let directory = tempfile::tempdir()?;
    identity::write(directory.path())?;
    let port = serve(identity::server(directory.path())?)?;
    let bundle = directory.path().join("bundle.pem");
    let own = fs::read_to_string(directory.path().join(identity::ROOTS))?;
    fs::write(&bundle, fs::read_to_string(SYSTEM)? + &own)?;
    let programs = [env!("CARGO_BIN_EXE_check-tcp"), THEIRS];
    let costs = rounds.in_turn(&programs, |program| check(program, port, &bundle))?;
    let parts: [(_, fn(&Cost) -> _); 2] =
        [("wall time", |cost| cost.wall), ("CPU", |cost| cost.cpu)];
    for (what, of) in parts {
        let ms = |costs: &Vec<Cost>| median(costs.iter().map(of)).as_secs_f64() * 1e3;
        let [ours, theirs] = &*costs else {
            return Err("two programs have two costs".into());
        };
        let (ours, theirs) = (ms(ours), ms(theirs));
        let share = ours / theirs;
        let row = Row::new(
            format!("one verified TLS check, dynamic: {what}"),
            format!("{ours:.2} ms"),
        )
        .beside(format!("`check_tcp -S`: {theirs:.2} ms"))
        .compared(format!("{share:.2}"))
        .aim("at most 0.45", share <= 0.45);
        table.add([row]);
    }
    Ok(())
}

fn check(program: &str, port: u16, bundle: &Path) -> Result<Cost, Box<dyn Error>> {
    let mut command = Command::new(program);
    // The first of the addresses that the certificate is for.
    command.args(["-S", "-H", "127.0.0.2", "-p", &port.to_string()]);
    command.env_clear().env("SSL_CERT_FILE", bundle);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let (status, cost) = timed(|| command.spawn()?.wait())?;
    match status.success() {
        true => Ok(cost),
        false => Err(format!("{program} -S was not OK: {status}").into()),
    }
}

/// Serves until the process ends: a handshake for each connection, then silence.
fn serve(config: Arc<ServerConfig>) -> io::Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::new(127, 0, 0, 2), 0))?;
    let port = listener.local_addr()?.port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // Who hangs up has told it by the exit code.
            let _ = shake(stream, config.clone());
        }
    });
    Ok(port)
}

fn shake(stream: TcpStream, config: Arc<ServerConfig>) -> Result<(), Box<dyn Error>> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let connection = ServerConnection::new(config)?;
    StreamOwned::new(connection, stream).read_to_end(&mut Vec::new())?;
    Ok(())
}
