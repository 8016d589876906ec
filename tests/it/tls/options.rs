//! `--fingerprint`, `--client-cert`, `--client-key`, `--tls-min`, `--tls-max`, `--alpn`, and what JSON
//! tells of certificates.

use super::{GREETING, greeting, refused};
use rustls::SupportedProtocolVersion;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use support::*;
use tempfile::TempDir;

fn object(run: &Run) -> serde_json::Value {
    json::object(str::from_utf8(&run.stdout).expect("UTF-8").trim_end())
}

/// The SHA-256 that JSON tells of the server's own certificate.
pub(super) fn sha256(server: &Server) -> String {
    let run = check!(
        "-S -H localhost -4 -p {} --no-check-certificate --format json -t 20",
        server.port()
    );
    let sha256 = &object(&run)["tls"]["chain"][0]["sha256"];
    sha256.as_str().expect("a fingerprint").to_owned()
}

#[test]
fn a_certificate_is_known_by_its_fingerprint_whatever_else_it_is() {
    let authority = Authority::new("Nobody's Root");
    // Another name, and an issuer that nobody knows.
    let server = greeting(&authority.issue(Leaf::named(&["other.example"])), TLS13);
    let (port, known) = (server.port(), sha256(&server));
    let pairs: Vec<&str> = (0..64).step_by(2).map(|at| &known[at..at + 2]).collect();
    let other = "ab".repeat(32);
    for fingerprint in [
        known.clone(),
        known.to_uppercase(),
        pairs.join(":").to_uppercase(),
        format!("{other},{known}"),
        format!(" {known} , {other}"),
    ] {
        let program = program!("-H localhost -4 -p {port} -e ^220 -t 20 --fingerprint");
        program.arg(&fingerprint).run().ok("220 ready");
    }
    let run = check!("-H localhost -4 -p {port} --fingerprint {other} -t 20");
    run.critical(format!("its SHA-256 is {known}$"));
    let run = check!("-H localhost -4 -p {port} --fingerprint {other} -t 20 --format json");
    let object = object(&run);
    assert_eq!(object["reason"], "certificate", "{object}");
    assert_eq!(object["tls"]["verified"], false, "{object}");
}

#[test]
fn the_dates_of_a_certificate_that_is_known_by_its_fingerprint_count() {
    let authority = Authority::new("Test Root");
    for (leaf, told) in [
        (Leaf::expired(), "certificate expired at 2020-04-05"),
        (
            Leaf::not_yet_valid(),
            "certificate not yet valid: it begins at 2098-07-06",
        ),
    ] {
        let server = greeting(&authority.issue(leaf), TLS13);
        let (port, known) = (server.port(), sha256(&server));
        check!("-H localhost -4 -p {port} --fingerprint {known} -t 20").critical(told);
    }
    let server = greeting(
        &authority.issue(Leaf::ending_in(Duration::from_secs(86_400 * 3))),
        TLS13,
    );
    let (port, known) = (server.port(), sha256(&server));
    let line = format!("-H localhost -4 -p {port} --fingerprint {known} -t 20");
    check!("{line} --expiry 7").warning("^certificate ends in 2 days");
    check!("{line} --expiry 1").ok("certificate ends in 2 days");
}

/// A client's key in each form, and certificates for it: of this authority, and of nobody. They were
/// made by openssl; `rsa.pem` is self-signed for `rsa1.pem`, which `rsa8.pem` is too, those whose names tell
/// no other kind are one key for P-256, and the others fit no certificate.
pub(super) fn client_files(authority: &Authority) -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir().expect("a directory");
    let keys = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/client-keys");
    let path = dir.path().to_owned();
    for entry in fs::read_dir(keys).expect("a directory") {
        let entry = entry.expect("an entry");
        fs::copy(entry.path(), path.join(entry.file_name())).expect("a copy");
    }
    let key = fs::read_to_string(path.join("pkcs8.pem")).expect("a key");
    let certificate = authority.issue_for(Leaf::good(), &key).pem();
    fs::write(path.join("cert.pem"), &certificate).expect("a file");
    let rsa = fs::read_to_string(path.join("rsa8.pem")).expect("a key");
    let rsa = authority.issue_for(Leaf::good(), &rsa).pem();
    fs::write(path.join("rsa-cert.pem"), rsa).expect("a file");
    let both = key + "\n# text between\n" + &certificate;
    fs::write(path.join("both.pem"), both).expect("a file");
    (dir, path)
}

#[test]
fn a_client_shows_its_certificate_to_a_server_that_insists() {
    let authority = Authority::new("Test Root");
    let (_dir, path) = client_files(&authority);
    let store = authority.store();
    for version in [TLS12, TLS13] {
        let identity = authority.issue(Leaf::good());
        let config = identity.demanding_config(version, &authority);
        let server = Server::configured(config, |peer| peer.say(GREETING));
        let port = server.port();
        let run = |files: &[&str], flags: &str| {
            let options = ["--client-cert", "--client-key"];
            let program = program!("-H localhost -4 -p {port} -t 20 {flags}");
            let program = options
                .iter()
                .zip(files)
                .fold(program, |program, (option, file)| {
                    program.arg(option).arg(path.join(file))
                });
            program.trusting(&store).run()
        };
        for files in [
            &["cert.pem", "pkcs8.pem"][..],
            &["cert.pem", "sec1.pem"],
            &["both.pem"],
            &["rsa-cert.pem", "rsa1.pem"],
            &["rsa-cert.pem", "rsa8.pem"],
        ] {
            run(files, "-e ^220").ok("220 ready");
            run(files, "").ok("seconds response time");
        }
        // Of another issuer: the server refuses it, and had been given one.
        let refused = run(&["rsa.pem", "rsa1.pem"], "");
        refused.critical("the peer refused with the alert");
        assert!(!refused.line().contains("asked for a client"), "{refused}");
        run(&[], "-S").critical("the peer refused .*the server asked for a client certificate");
    }
}

#[test]
fn files_that_do_not_fit_are_usage_errors_before_anything_is_sent() {
    let authority = Authority::new("Test Root");
    let (dir, path) = client_files(&authority);
    fs::write(path.join("empty.pem"), "").expect("a file");
    fs::write(path.join("cut.pem"), "-----BEGIN CERTIFICATE-----\nMII").expect("a file");
    let server = greeting(&authority.issue(Leaf::good()), TLS13);
    let port = server.port();
    let encrypted = "its key is encrypted; give one without a passphrase$";
    for (certificate, key, message) in [
        (
            "none.pem",
            "pkcs8.pem",
            "^--client-cert .*none.pem: reading it failed: No such file",
        ),
        (
            "cert.pem",
            "none.pem",
            "^--client-key .*none.pem: reading it failed: No such file",
        ),
        (
            "empty.pem",
            "pkcs8.pem",
            "^--client-cert .*: it has no certificate in PEM$",
        ),
        (
            "cut.pem",
            "pkcs8.pem",
            "^--client-cert .*: a certificate in it can't be read$",
        ),
        (
            "pkcs8.pem",
            "pkcs8.pem",
            "^--client-cert .*: it has no certificate in PEM$",
        ),
        (
            "cert.pem",
            "cert.pem",
            "^--client-key .*: it has no key in PEM",
        ),
        (
            "cert.pem",
            "rsa1.pem",
            "^--client-key .*: its key does not fit the certificate$",
        ),
        ("cert.pem", "locked.pem", encrypted),
        ("cert.pem", "locked-sec1.pem", encrypted),
    ] {
        let program = program!("-H localhost -p {port} --client-cert");
        let program = program.arg(path.join(certificate)).arg("--client-key");
        program.arg(path.join(key)).run().unknown(message);
    }
    let program = program!("-H localhost -p {port} --client-cert").arg(path.join("cert.pem"));
    program
        .run()
        .unknown("^--client-cert .*: it has no key in PEM");
    let program = program!("-H localhost -p {port} --client-key").arg(path.join("sec1.pem"));
    program
        .run()
        .unknown("^--client-key: --client-cert is missing");
    let program = program!("-H localhost -p {port} --client-cert").arg(dir.path());
    program.run().unknown("it is not a regular file$");
    // 85 names of 192 bytes and one of 64, each with the byte of its length.
    let alpn = format!(
        "--alpn {}{}",
        format!("{},", "x".repeat(191)).repeat(85),
        "x".repeat(64)
    );
    for (flags, message) in [
        (
            "--tls-min 1.3 --tls-max 1.2",
            "^--tls-min 1.3 with --tls-max 1.2: ",
        ),
        ("--tls-min 1.1", "^--tls-min 1.1: expected 1.2 or 1.3$"),
        (
            "--tls-max TLS1.2",
            "^--tls-max TLS1.2: expected 1.2 or 1.3$",
        ),
        ("--alpn h2,", "^--alpn h2,: expected names of protocols"),
        (
            &alpn,
            "^--alpn x.*: its names take 16385 bytes.* 16384 at most$",
        ),
        (
            "--fingerprint abcd",
            "^--fingerprint abcd: expected one or more SHA-256",
        ),
    ] {
        check!("-H localhost -p {port} {flags}").unknown(message);
    }
    let known = "ab".repeat(32);
    check!("-p {port} --fingerprint {known} --no-check-certificate")
        .unknown("^--no-check-certificate with --fingerprint: only one of the two is allowed$");
    assert_eq!(server.connections(), 0);
}

#[test]
fn only_the_versions_that_are_allowed_are_offered() {
    let authority = Authority::new("Test Root");
    let store = authority.store();
    let versions: [(&SupportedProtocolVersion, _, _); 2] = [
        (TLS12, "--tls-max 1.2", "--tls-min 1.3"),
        (TLS13, "--tls-min 1.3", "--tls-max 1.2"),
    ];
    for (version, same, other) in versions {
        let server = greeting(&authority.issue(Leaf::good()), version);
        let port = server.port();
        for flags in [same, "--tls-min 1.2 --tls-max 1.3"] {
            let program = program!("-H localhost -4 -p {port} -t 20 {flags}");
            program.trusting(&store).run().ok("seconds response time");
        }
        let run = program!("-H localhost -4 -p {port} -t 20 {other}")
            .trusting(&store)
            .run();
        run.critical("TLS handshake with ");
    }
}

#[test]
fn protocols_are_offered_by_alpn_and_the_chosen_one_is_told() {
    let authority = Authority::new("Test Root");
    let store = authority.store();
    for (theirs, offered, chosen) in [
        (&["http/1.1", "h2"][..], "h2", Some("h2")),
        (&["h2"], "http/1.1,h2", Some("h2")),
        (&[], "h2", None),
    ] {
        let mut config = (*authority.issue(Leaf::good()).server_config(TLS13)).clone();
        config.alpn_protocols = theirs.iter().map(|name| name.as_bytes().to_vec()).collect();
        let server = Server::configured(Arc::new(config), |_| ());
        let port = server.port();
        let program = program!("-S -H localhost -4 -p {port} -t 20 --format json --alpn");
        let run = program.arg(offered).trusting(&store).run();
        let object = object(&run);
        assert_eq!(object["status"], "OK", "{object}");
        assert_eq!(object["tls"]["alpn"].as_str(), chosen, "{object}");
    }
    let mut config = (*authority.issue(Leaf::good()).server_config(TLS13)).clone();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let server = Server::configured(Arc::new(config), |_| ());
    let run = program!("-H localhost -4 -p {} -t 20 --alpn imap", server.port());
    run.trusting(&store).run().critical("TLS handshake with ");
}

#[test]
fn the_certificates_are_told_in_json_whether_they_are_believed_or_not() {
    let root = Authority::new("Test Root");
    let middle = root.intermediate("Middle CA");
    let identity = middle.issue(Leaf::good()).through(&middle);
    for version in [TLS12, TLS13] {
        let server = greeting(&identity, version);
        let port = server.port();
        let line = format!("-S -H localhost -4 -p {port} -t 20 --format json");
        let told = |program: Program| object(&program.run())["tls"].clone();
        let stranger = Authority::new("Stranger").store();
        for (tls, verified) in [
            (told(program!("{line}").trusting(&root.store())), Some(true)),
            (told(program!("{line}").trusting(&stranger)), Some(false)),
            (
                told(program!("{line} --sni b.example").trusting(&root.store())),
                Some(false),
            ),
            (told(program!("{line} --no-check-certificate")), None),
        ] {
            assert_eq!(tls["verified"].as_bool(), verified, "{tls}");
            let chain = tls["chain"].as_array().expect("a chain");
            let names: Vec<_> = chain
                .iter()
                .map(|it| [&it["subject"], &it["issuer"]])
                .collect();
            let wanted = [
                ["check-tcp test server", "Middle CA"],
                ["Middle CA", "Test Root"],
            ];
            assert_eq!(names, wanted, "{tls}");
            assert_eq!(chain[0]["key"], "EC P-256", "{tls}");
            assert_eq!(chain[0]["signature"], "SHA-256 with ECDSA", "{tls}");
            assert_eq!(chain[0]["not_after"], tls["not_after"], "{tls}");
            assert_eq!(tls["ends"].is_null(), verified == Some(false), "{tls}");
            assert!(
                tls["version"].is_string() && tls["cipher"].is_string(),
                "{tls}"
            );
        }
    }
    // One who does not have the key of its certificate is not verified.
    let shown = root.issue(Leaf::good());
    let server = greeting(&root.issue(Leaf::good()).showing(&shown), TLS13);
    let line = format!(
        "-S -H localhost -4 -p {} -t 20 --format json",
        server.port()
    );
    let run = program!("{line}").trusting(&root.store()).run();
    let told = object(&run);
    assert_eq!(told["reason"], "certificate", "{told}");
    assert_eq!(told["tls"]["verified"], false, "{told}");
    // One whose client is refused is: over TLS 1.2 before the session is up.
    for version in [TLS12, TLS13] {
        let server = Server::configured(identity.demanding_config(version, &root), |_| ());
        let line = format!(
            "-S -H localhost -4 -p {} -t 20 --format json",
            server.port()
        );
        let told = object(&program!("{line}").trusting(&root.store()).run());
        assert_eq!(told["status"], "CRITICAL", "{told}");
        assert_eq!(told["tls"]["verified"], true, "{told}");
        assert!(told["tls"]["ends"].is_string(), "{told}");
    }
    // A text line pays nothing for it, and tells no end that nobody asked for.
    let server = greeting(&identity, TLS13);
    let run = program!("-S -H localhost -4 -p {} -t 20", server.port());
    let run = run.trusting(&root.store()).run();
    assert!(!run.line().contains("certificate"), "{run}");
}

#[test]
fn a_refused_certificate_of_another_name_keeps_its_message() {
    let authority = Authority::new("Test Root");
    let server = greeting(&authority.issue(Leaf::good()), TLS13);
    let run = program!(
        "-H localhost --sni b.example -p {} --format json",
        server.port()
    );
    let run = run.trusting(&authority.store()).run();
    let message = object(&run)["message"]
        .as_str()
        .expect("a message")
        .to_owned();
    assert!(
        message.contains("certificate is not for b.example"),
        "{message}"
    );
    refused(
        &program!("-H localhost --sni b.example -p {}", server.port())
            .trusting(&authority.store())
            .run(),
        &["certificate is not for b.example"],
    );
}
