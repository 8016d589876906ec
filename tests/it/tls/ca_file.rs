//! `--ca-file`: authorities that are trusted in place of the system's.

use super::options::sha256;
use super::{greeting, refused};
use support::*;

#[test]
fn a_file_of_authorities_takes_the_place_of_the_store() {
    let (ours, theirs) = (Authority::new("Our Root"), Authority::new("Their Root"));
    let (our_store, their_store) = (ours.store(), theirs.store());
    let server = greeting(&ours.issue(Leaf::good()), TLS13);
    let port = server.port();
    let run = |file: &Store, options: &str| {
        program!("-H localhost -p {port} -e ^220 {options} --ca-file")
            .arg(file.file())
            .trusting(&their_store)
            .run()
    };
    run(&our_store, "").ok("220 ready");
    assert_eq!(server.heard().sni.as_deref(), Some("localhost"));
    run(&Store::of(&[theirs.pem(), ours.pem()]), "-S").ok("220 ready");
    refused(&run(&their_store, ""), &["unknown issuer: Our Root"]);
    refused(
        &run(&our_store, "--sni www.example.com"),
        &["not for www.example.com"],
    );
    // What the store trusts is not trusted beside the file.
    let server = greeting(&theirs.issue(Leaf::good()), TLS13);
    let port = server.port();
    let run = program!("-H localhost -p {port} --ca-file")
        .arg(our_store.file())
        .trusting(&their_store)
        .run();
    refused(&run, &["unknown issuer: Their Root"]);
}

#[test]
fn a_self_signed_certificate_is_trusted_by_its_own_file() {
    let identity = self_signed(Leaf::good(), Constraint::Ca);
    let server = greeting(&identity, TLS13);
    let port = server.port();
    program!("-H localhost -p {port} -e ^220 --ca-file")
        .arg(identity.store().file())
        .env("SSL_CERT_FILE", "/none/bundle.pem")
        .run()
        .ok("220 ready");
}

#[test]
fn a_file_that_cannot_be_used_is_a_usage_error_before_anything_is_sent() {
    let authority = Authority::new("Test Root");
    let server = greeting(&authority.issue(Leaf::good()), TLS13);
    let port = server.port();
    let dir = tempfile::tempdir().expect("a directory");
    let file = |name: &str, contents: &str| {
        let path = dir.path().join(name);
        std::fs::write(&path, contents).expect("a file");
        path
    };
    let pem = authority.pem();
    // What is behind the limit would not be trusted.
    let large = "# a comment\n".repeat((16 << 20) / 12) + &pem;
    for (path, error) in [
        (
            file("large", &large),
            "it could not be read: it is larger than 16 MiB",
        ),
        (dir.path().join("none"), "it is not there"),
        (file("empty", ""), "it holds no certificate in PEM"),
        (
            file("key", &pem.replace("CERTIFICATE", "PRIVATE KEY")),
            "it holds no certificate in PEM",
        ),
        (
            file("cut", &pem[..pem.len() / 2]),
            "1 block of it could not be read",
        ),
        (
            dir.path().to_owned(),
            "it could not be read: it is not a regular file",
        ),
    ] {
        let path = path.to_str().expect("a path in plain text");
        for option in ["--ca-file ", "--ca-file="] {
            check!("-H localhost -p {port} {option}{path}")
                .unknown(exact(format!("--ca-file {path}: {error}")));
        }
        // Nothing is verified, so that nothing is read.
        check!("-H localhost -p {port} --no-check-certificate --ca-file {path}")
            .ok("seconds response time");
        check!("-C -H localhost -p {port} --ca-file {path}").critical("^Unexpectedly open port");
        let listed = program!("--targets - --ca-file {path}").over(format!("localhost:{port}\n"));
        listed.exits(3);
    }
    // Those that connected: of each file the one that verifies nothing, and the one with -C.
    assert_eq!(server.connections(), 6 * 2);
}

#[test]
fn a_line_that_names_authorities_is_verified_whatever_the_command_line_says() {
    let (ours, theirs) = (Authority::new("Our Root"), Authority::new("Their Root"));
    let server = greeting(&theirs.issue(Leaf::good()), TLS13);
    let (our_store, port) = (ours.store(), server.port());
    let file = our_store.file();
    let file = file.to_str().expect("a path in plain text");
    for default in [
        "--no-check-certificate".to_owned(),
        format!("--fingerprint {}", sha256(&server)),
    ] {
        let program = program!("--targets - -t 20 {default}");
        let listed = program.over(format!(
            "localhost:{port}\nlocalhost:{port} --ca-file {file}\n"
        ));
        listed.exits(2);
        let lines = str::from_utf8(&listed.stdout).expect("UTF-8");
        assert!(
            lines.contains("TCP OK: ") && lines.contains("unknown issuer"),
            "{listed}"
        );
    }
}

#[test]
fn each_line_of_a_list_has_its_own_authorities() {
    let (ours, theirs) = (Authority::new("Our Root"), Authority::new("Their Root"));
    let (our_store, their_store) = (ours.store(), theirs.store());
    let our_server = greeting(&ours.issue(Leaf::good()), TLS13);
    let their_server = greeting(&theirs.issue(Leaf::good()), TLS12);
    let (our_port, their_port) = (our_server.port(), their_server.port());
    let their_print = sha256(&their_server);
    let their_file = their_store.file();
    let their_file = their_file.to_str().expect("a path in plain text");
    let rows = [
        (format!("localhost:{our_port}"), "TCP OK"),
        (format!("localhost:{their_port}"), "TCP CRITICAL"),
        (
            format!("localhost:{their_port} --ca-file {their_file}"),
            "TCP OK",
        ),
        (
            format!("localhost:{our_port} --ca-file {their_file}"),
            "TCP CRITICAL",
        ),
        (
            format!("localhost:{our_port} --ca-file /no/such"),
            "TCP UNKNOWN",
        ),
        (format!("localhost:{our_port} --ca-file ''"), "TCP UNKNOWN"),
        (
            format!("localhost:{our_port} --ca-file {their_file} --no-check-certificate"),
            "TCP OK",
        ),
        // Whom a line trusts is not whom the command line does.
        (
            format!("localhost:{their_port} --no-check-certificate"),
            "TCP OK",
        ),
        (
            format!("localhost:{their_port} --fingerprint {their_print}"),
            "TCP OK",
        ),
        (
            format!("localhost:{our_port} --fingerprint {their_print}"),
            "TCP CRITICAL",
        ),
    ];
    let list: String = rows
        .iter()
        .enumerate()
        .map(|(number, (line, _))| format!("{line} --name {number}\n"))
        .collect();
    let listed = program!("--targets - -t 20 --ca-file")
        .arg(our_store.file())
        .env("SSL_CERT_FILE", "/none/bundle.pem")
        .over(list);
    listed.exits(2);
    for (number, (asked, begin)) in rows.iter().enumerate() {
        let line = listed.answer(&number.to_string());
        assert!(line.starts_with(&format!("{begin}: ")), "{asked}: {line}");
    }
    let error = listed.answer("4");
    assert!(
        error.ends_with("line 5: --ca-file /no/such: it is not there"),
        "{error}"
    );
}
