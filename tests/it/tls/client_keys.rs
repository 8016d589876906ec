//! `--client-key` and the key in `--client-cert`: which are read, and what is said of those that are not.

use super::greeting;
use super::options::client_files;
use std::fs;
use support::*;

#[test]
fn a_key_is_read_whatever_surrounds_its_lines() {
    let authority = Authority::new("Test Root");
    let (_dir, path) = client_files(&authority);
    let both = fs::read_to_string(path.join("both.pem")).expect("a file");
    let server = greeting(&authority.issue(Leaf::good()), TLS13);
    let port = server.port();
    for text in [
        format!("\u{feff}{both}"),
        format!(" \u{feff}\t{both}"),
        both.replace('\n', "\n  "),
        both.replace('\n', "\t\r\n"),
        both.replace("\r\n", "\n").replace('\n', "\r"),
    ] {
        let file = path.join("odd.pem");
        fs::write(&file, &text).expect("a file");
        let program = program!("-H localhost -p {port} -e ^220 --client-cert").arg(&file);
        let run = program.trusting(&authority.store()).run();
        assert_eq!(run.code, Some(0), "{text:?}: {run}");
    }
}

#[test]
fn what_is_wrong_with_a_key_is_told() {
    let authority = Authority::new("Test Root");
    let (_dir, path) = client_files(&authority);
    let without_line = |name: &str, number: usize| {
        let text = fs::read_to_string(path.join(name)).expect("a file");
        let lines = text.lines().enumerate().filter(|(at, _)| *at != number);
        let text: String = lines.map(|(_, line)| format!("{line}\n")).collect();
        let file = format!("{number}-{name}");
        fs::write(path.join(&file), text).expect("a file");
        file
    };
    let malformed = "its key is not well-formed$";
    for (file, message) in [
        (&*without_line("pkcs8.pem", 3), malformed),
        (&*without_line("sec1.pem", 2), malformed),
        (&*without_line("rsa1.pem", 9), malformed),
        (&*without_line("rsa8.pem", 9), malformed),
        (&*without_line("rsa8.pem", 1), malformed),
        (&*without_line("pkcs8.pem", 4), malformed),
        (
            "rsa1024.pem",
            "its key is RSA of 1024 bits; those of 2,048 to 4,096 are supported$",
        ),
        ("rsa1024-1.pem", "its key is RSA of 1024 bits; "),
        (
            "rsa-exponent-3.pem",
            "its key is not well-formed, or its exponent is under 65,537$",
        ),
        (
            "ed448.pem",
            "its key is of a kind that is not supported: Ed448 \\(1.3.101.113\\)$",
        ),
        (
            "secp256k1.pem",
            "not supported: elliptic curve \\(1.2.840.10045.2.1\\), secp256k1 \\(1.3.132.0.10\\)$",
        ),
        ("secp256k1-sec1.pem", "not supported: secp256k1 "),
        ("p521.pem", "its key does not fit the certificate$"),
        ("p521-sec1.pem", "its key does not fit the certificate$"),
    ] {
        let program = program!("-H localhost -p 1 --client-cert").arg(path.join("cert.pem"));
        let run = program.arg("--client-key").arg(path.join(file)).run();
        run.unknown(format!("^--client-key .*{file}: .*{message}"));
    }
}
