//! Standard output that does not take the line.

use std::io::{PipeReader, PipeWriter, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::time::{Duration, Instant};
use support::*;

/// One command line for each verdict, with its exit code; and what they are asked of.
fn verdicts() -> (Server, [(String, i32); 5]) {
    let server = Server::saying("220 ready\r\n");
    let target = format!("-H 127.0.0.1 -p {}", server.port());
    let line = format!("{target} -e ^220");
    let lines = [
        (line.clone(), 0),
        (format!("{line} -w 1e-9"), 1),
        (format!("{target} -e ^421"), 2),
        (format!("{line} --status-as ok=unknown"), 3),
        (format!("{line} --bogus"), 3),
    ];
    (server, lines)
}

#[test]
fn the_exit_code_stands_where_stdout_is_closed() {
    let (_server, lines) = verdicts();
    for (line, code) in lines {
        let run = program!("{line}").shell("exec \"$@\" >&-").run();
        assert_eq!(run.code, Some(code), "{run}");
        assert!(run.stdout.is_empty() && run.stderr.is_empty(), "{run}");
    }
}

#[test]
fn the_line_does_not_go_to_the_peer_where_stdout_is_closed() {
    let server = Server::saying("220 ready\r\n");
    let port = server.port();
    let line = program!("-H 127.0.0.1 -p {port} -e ^220 -q QUIT");
    assert_eq!(line.shell("exec \"$@\" <&- >&-").run().code, Some(0));
    assert_eq!(server.heard().bytes, b"QUIT\r\n");
}

#[test]
fn the_exit_code_stands_where_stdout_is_full() {
    if !std::path::Path::new("/dev/full").exists() {
        return skip("no /dev/full");
    }
    let (_server, lines) = verdicts();
    for (line, code) in lines {
        let run = program!("{line}").shell("exec \"$@\" >/dev/full").run();
        assert_eq!(run.code, Some(code), "{run}");
        assert!(run.stderr.is_empty(), "{run}");
    }
}

#[test]
fn the_exit_code_stands_where_nobody_reads_stdout() {
    let (_server, lines) = verdicts();
    for (line, code) in lines {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let run = program!("{line}").stdout(writer).run();
        assert_eq!(run.code, Some(code), "{run}");
        assert!(run.stderr.is_empty(), "{run}");
    }
}

#[test]
fn the_exit_code_stands_where_a_file_may_not_grow() {
    let (_server, lines) = verdicts();
    let dir = tempfile::tempdir().expect("a directory");
    for (line, code) in lines {
        for (blocks, flags) in [(0, ""), (1, "--format json -E -s xxxx"), (1, "")] {
            let file = dir.path().join("out");
            std::fs::write(&file, "x".repeat(blocks * 512 - blocks * 10)).expect("a file");
            let script = format!("ulimit -f {blocks} && exec \"$@\" >>{}", file.display());
            let run = program!("{line} {flags}").shell(&script).run();
            assert_eq!(run.code, Some(code), "{run}");
            assert!(run.stderr.is_empty(), "{run}");
            let size = std::fs::metadata(&file).expect("it is there").len();
            assert_eq!(
                size,
                blocks as u64 * 512,
                "as much as there is room for: {run}"
            );
        }
    }
}

/// A pipe that does not block, and has no room.
fn full() -> (PipeReader, PipeWriter) {
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    rustix::io::ioctl_fionbio(&writer, true).expect("a pipe that does not block");
    while writer.write(&[b'.'; 4096]).is_ok() {}
    while writer.write(b".").is_ok() {}
    (reader, writer)
}

/// The bytes that come out of it, without those that were in it before.
fn rest(mut reader: impl Read) -> String {
    let mut all = String::new();
    reader.read_to_string(&mut all).expect("UTF-8");
    all.trim_start_matches('.').to_owned()
}

#[test]
fn a_full_stdout_that_does_not_block_is_waited_for() {
    for (manner, flags, code) in [
        (Manner::Greets, "", 0),
        (Manner::Greets, "-w 1e-9 --perfdata", 1),
        (Manner::Busy, "", 2),
        (Manner::Greets, "--status-as ok=unknown", 3),
    ] {
        for format in ["text", "json"] {
            let server = Fleet::new(manner);
            let line = format!("-H 127.0.0.1 -p {} -e ^220 {flags}", server.port());
            let (reader, writer) = full();
            let program = program!("{line} --format {format}").stdout(writer);
            let mut running = program.start();
            server.wait_until_gone(1);
            // What is left to be done is to write.
            running.wait_until_asleep();
            assert!(running.is_under_way(), "with a line that nobody has read");
            let text = rest(reader);
            running.end().exits(code);
            assert_eq!(text.lines().count(), 1, "{text:?}");
            assert!(text.ends_with('\n'), "{text:?}");
        }
    }
}

#[test]
fn help_and_usage_errors_wait_for_a_full_stdout() {
    for line in ["-h", "-V", "--bogus", "-p 0"] {
        let (reader, writer) = full();
        let running = program!("{line}").stdout(writer).start();
        running.wait_until_asleep();
        assert!(rest(reader).ends_with('\n'), "{line}");
        running.end().exits(3);
    }
}

#[test]
fn a_line_that_a_stdout_takes_in_pieces_is_whole() {
    let reply = "x".repeat(60_000);
    let server = Server::saying(format!("{reply}\n"));
    let (reader, mut writer) = UnixStream::pair().expect("a pair");
    rustix::net::sockopt::set_socket_send_buffer_size(&writer, 1).expect("a small one");
    writer
        .set_nonblocking(true)
        .expect("one that does not block");
    // Room for a part of it is left.
    writer.write_all(&[b'.'; 2_000]).expect("room");
    let line = format!("-H 127.0.0.1 -p {} -e (?P<all>x+)\\n", server.port());
    let program = program!("{line} --format json").stdout(OwnedFd::from(writer));
    let running = program.start();
    running.wait_until_asleep();
    let text = rest(reader);
    running.end().exits(0);
    json::object(text.trim_end());
}

#[test]
fn a_full_stdout_is_waited_for_until_the_deadline_and_no_longer() {
    let (server, silent) = (Server::saying("220 ready\r\n"), Fleet::new(Manner::Silent));
    for (port, most, code) in [(server.port(), 1, 0), (silent.port(), 2, 2)] {
        let (reader, writer) = full();
        let began = Instant::now();
        let run = program!("-H 127.0.0.1 -p {port} -e ^220 -t 1")
            .stdout(writer)
            .run();
        assert!(began.elapsed() >= Duration::from_secs(1), "{run}");
        run.within(Duration::from_secs(most));
        assert_eq!(run.code, Some(code), "{run}");
        assert_eq!(rest(reader), "", "written all the same");
    }
}

#[test]
fn a_reader_that_leaves_a_full_stdout_ends_the_waiting() {
    let server = Fleet::new(Manner::Greets);
    let port = server.port();
    let (reader, writer) = full();
    let program = program!("-H 127.0.0.1 -p {port} -e ^220 -t 1h").stdout(writer);
    let running = program.start();
    server.wait_until_gone(1);
    running.wait_until_asleep();
    drop(reader);
    running.end().exits(0);
}

#[test]
fn help_exits_with_3_where_stdout_is_closed() {
    assert_eq!(program!("-h").shell("exec \"$@\" >&-").run().code, Some(3));
}

#[test]
fn the_line_is_written_by_one_write() {
    let (_server, lines) = verdicts();
    for (line, code) in lines {
        // Each write to a datagram socket is a message of its own.
        let (reader, writer) = UnixDatagram::pair().expect("a pair");
        let run = program!("{line} --perfdata")
            .stdout(OwnedFd::from(writer))
            .run();
        assert_eq!(run.code, Some(code), "{run}");
        reader
            .set_nonblocking(true)
            .expect("a socket that can be asked");
        let mut message = [0; 4096];
        let length = reader.recv(&mut message).expect("a message");
        let text = String::from_utf8_lossy(message.get(..length).expect("what came")).into_owned();
        assert!(text.starts_with("TCP ") && text.ends_with('\n'), "{text:?}");
        assert_eq!(
            reader.recv(&mut message).ok(),
            None,
            "a second message after {text:?}"
        );
    }
}
