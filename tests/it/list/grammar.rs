//! Lines of a list: targets, words, comments and line ends.

use std::net::IpAddr;
use support::*;

#[test]
fn a_target_is_a_host_an_address_or_a_path_with_or_without_a_port() {
    let (server, unix) = (Fleet::new(Manner::Greets), Server::unix(|_| ()));
    let (port, path) = (server.port(), unix.path());
    let six = has_ipv6()
        .then(|| Fleet::at(&[(Manner::Greets, IpAddr::from([0u16, 0, 0, 0, 0, 0, 0, 1]))]));
    let at = |host: &str| timed(format!("on {host} port {port}"));
    let default = format!("--targets - -p {port} -t 20");
    let list =
        format!("127.0.0.1\n127.0.0.1:{port}\nlocalhost -4\nlocalhost:{port} -4\nunix:{path}\n");
    let listed = program!("{default}").over(list);
    listed.exits(0);
    for (label, message) in [
        ("127.0.0.1".to_owned(), at("127.0.0.1")),
        (format!("127.0.0.1:{port}"), at("127.0.0.1")),
        ("localhost".to_owned(), at("localhost")),
        (format!("localhost:{port}"), at("localhost")),
        (format!("unix:{path}"), timed(format!("on {path}"))),
    ] {
        let line = listed.answer(&label).strip_prefix("TCP OK: ");
        let message = regex::Regex::new(&message).expect("a pattern");
        assert!(line.is_some_and(|line| message.is_match(line)), "{listed}");
    }
    let Some(six) = six else { return };
    let port = six.port();
    for (target, flags) in [
        ("::1".to_owned(), format!("-p {port}")),
        ("[::1]".to_owned(), format!("-p {port}")),
        (format!("[::1]:{port}"), String::new()),
        (format!("[::1]:{port}"), "-p 9".to_owned()),
        ("0:0:0:0:0:0:0:1".to_owned(), format!("-p {port}")),
    ] {
        let listed = program!("--targets - -t 20").over(format!("{target} {flags}"));
        listed.exits(0);
        let line = listed.answer(&target);
        assert!(line.contains(&format!(" port {port}")), "{listed}");
    }
}

#[test]
fn comments_and_blank_lines_are_skipped_and_counted() {
    let server = Fleet::new(Manner::Greets);
    let list = [
        "\u{feff}# a comment: \"with an open quote",
        "",
        "   \t ",
        "127.0.0.1 # behind a target: \"quite",
        "\t# behind a tab",
        "127.0.0.1 --name 'a #b'\r",
        "#127.0.0.1",
        r"localhost -4 --name c\ d#",
    ];
    let program = program!("--targets - --format json -p {} -t 20", server.port());
    let listed = program.over(list.join("\n"));
    listed.exits(0);
    assert_eq!(listed.objects().len(), 3, "{listed}");
    for (line, name) in [(4, None), (6, Some("a #b")), (8, Some("c d#"))] {
        assert_eq!(listed.object(line)["name"].as_str(), name, "{listed}");
    }
}

#[test]
fn a_target_listed_twice_is_checked_twice() {
    let server = Fleet::new(Manner::Greets);
    let port = server.port();
    let listed = program!("--targets - -t 20").over(format!("127.0.0.1:{port}\n").repeat(7));
    listed.exits(0);
    let label = format!("127.0.0.1:{port}");
    let labels: Vec<_> = listed.answers().iter().map(|(label, _)| *label).collect();
    assert_eq!(labels, vec![label; 7], "{listed}");
    server.wait_until_gone(7);
    assert_eq!(server.count().came, 7);
}

#[test]
fn a_list_is_a_file_or_standard_input() {
    let server = Fleet::new(Manner::Greets);
    let port = server.port();
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("hosts");
    let list = format!("127.0.0.1:{port}\n127.0.0.2\n");
    std::fs::write(&path, &list).expect("a file");
    let path = path.display();
    let one = Refusing::new(); // of which 127.0.0.2 has nothing
    let flags = format!("-p {} -C -t 20", one.port());
    let listed = program!("--targets {path} {flags}").over("");
    listed.exits(2);
    assert_eq!(listed.answers().len(), 2, "{listed}");
    let listed = program!("-f - {flags}").over(list);
    listed.exits(2);
    assert_eq!(listed.answers().len(), 2, "{listed}");
}
