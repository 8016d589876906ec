//! The trust store: where it is, what is in it, and what of that vouches for anybody.

use super::{asked, greeting, refused};
use std::os::unix::ffi::OsStrExt;
use std::process::Command;
use std::time::Duration;
use support::*;

#[test]
fn the_store_may_be_a_file_or_a_directory() {
    let authority = Authority::new("Test Root");
    let store = authority.store();
    let server = greeting(&authority.issue(Leaf::good()), TLS13);
    let port = server.port();
    let line = || program!("-S -H localhost -p {port} -e ^220");
    line()
        .env("SSL_CERT_FILE", store.file())
        .run()
        .ok("220 ready");
    line()
        .env("SSL_CERT_DIR", store.directory())
        .run()
        .ok("220 ready");
    let other = Authority::new("Other Root").store();
    let both = line()
        .env("SSL_CERT_FILE", other.file())
        .env("SSL_CERT_DIR", store.directory());
    both.run().ok("220 ready");
}

#[test]
fn a_store_may_hold_more_than_certificates_that_can_be_read() {
    let authority = Authority::new("Test Root");
    let junk = "# a comment\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    let store = Store::of(&[junk.to_owned(), authority.pem()]);
    asked(&authority.issue(Leaf::good()), &store).ok("220 ready");
}

#[test]
fn a_store_that_is_a_pipe_is_no_store_and_not_waited_for() {
    let dir = tempfile::tempdir().expect("a directory");
    let pipe = dir.path().join("bundle.pem");
    let made = Command::new("mkfifo").arg(&pipe).status();
    assert!(made.expect("mkfifo runs").success());
    let server = greeting(&Authority::new("Test Root").issue(Leaf::good()), TLS13);
    let port = server.port();
    let run = program!("-S -H localhost -p {port}")
        .env("SSL_CERT_FILE", &pipe)
        .run();
    run.unknown("could not be read: it is not a regular file")
        .within(Duration::ZERO);
}

#[test]
fn an_expired_root_is_reported_as_the_reason() {
    let root = Authority::expired("Old Root");
    let run = asked(&root.issue(Leaf::good()), &root.store());
    refused(&run, &["issued by Old Root", "store"]);
    refused(&run, &["expired", "2020-04-05"]);
    // So it does for nobody that it vouches for by way of another.
    let intermediate = root.intermediate("Test Intermediate");
    let chain = intermediate.issue(Leaf::good()).through(&intermediate);
    refused(&asked(&chain, &root.store()), &["expired", "2020-04-05"]);
}

#[test]
fn a_root_not_yet_valid_is_reported_as_the_reason() {
    let root = Authority::not_yet_valid("New Root");
    let run = asked(&root.issue(Leaf::good()), &root.store());
    refused(&run, &["issued by New Root", "store"]);
    refused(&run, &["not", "valid", "2098-07-06"]);
}

#[test]
fn an_expired_root_does_no_harm_beside_its_successor() {
    let old = Authority::expired("Test Root");
    let new = old.renewed("Test Root");
    for certificates in [[old.pem(), new.pem()], [new.pem(), old.pem()]] {
        asked(&old.issue(Leaf::good()), &Store::of(&certificates)).ok("220 ready");
    }
}

#[test]
fn a_root_may_have_any_number_of_predecessors_of_its_name_in_the_store() {
    let root = Authority::new("Company Root");
    let identity = root.issue(Leaf::good());
    let old: Vec<_> = (0..12).map(|_| Authority::new("Company Root")).collect();
    let mut certificates: Vec<_> = old.iter().map(Authority::pem).collect();
    certificates.push(root.pem());
    asked(&identity, &Store::of(&certificates)).ok("220 ready");
    // So in a directory, which has each in a bundle and by itself.
    certificates.insert(0, certificates.concat());
    let server = greeting(&identity, TLS13);
    let port = server.port();
    program!("-S -H localhost -p {port} -e ^220")
        .env("SSL_CERT_DIR", Store::of(&certificates).directory())
        .run()
        .ok("220 ready");
}

#[test]
fn of_very_many_namesakes_the_right_root_is_found_by_its_key_identifier() {
    let root = Authority::new("Company Root");
    let mut certificates: Vec<_> = (0..120)
        .map(|_| Authority::new("Company Root").pem())
        .collect();
    certificates.push(root.pem());
    let store = Store::of(&certificates);
    let leaf = || Leaf::good().with_issuer_key_id();
    asked(&root.issue(leaf()), &store).ok("220 ready");
    let issuer = root.intermediate_with("Issuer", |params| {
        params.use_authority_key_identifier_extension = true;
    });
    asked(&issuer.issue(leaf()).through(&issuer), &store).ok("220 ready");
    // Nothing tells which one it is.
    let run = asked(&root.issue(Leaf::good()), &store);
    refused(
        &run,
        &["unknown issuer: more than 120 authorities in the trust store have the name"],
    );
}

#[test]
fn an_expired_root_is_the_reason_also_beside_a_namesake_of_another_key() {
    let (old, new) = (Authority::expired("Test Root"), Authority::new("Test Root"));
    let leaf = || Leaf::good().with_issuer_key_id();
    let issuer = old.intermediate_with("Issuer", |params| {
        params.use_authority_key_identifier_extension = true;
    });
    let text = "issued by Test Root, whose own in the trust store expired at 2020-04-05";
    for certificates in [[old.pem(), new.pem()], [new.pem(), old.pem()]] {
        let store = Store::of(&certificates);
        refused(&asked(&old.issue(leaf()), &store), &[text]);
        let chain = issuer.issue(leaf()).through(&issuer);
        refused(&asked(&chain, &store), &[text]);
        asked(&new.issue(leaf()), &store).ok("220 ready");
        // A signature that is wrong under the right key stays one.
        let forged = new.issue(leaf()).forged(b"test server", b"last server");
        refused(&asked(&forged, &store), &["a signature is wrong"]);
    }
}

/// Checks a server that shows this certificate, with this for a bundle; returns its path too.
fn with_bundle(bundle: impl AsRef<[u8]>, identity: &Identity) -> (Run, String) {
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("bundle.pem");
    std::fs::write(&path, bundle).expect("a bundle");
    let server = greeting(identity, TLS13);
    let port = server.port();
    let line = program!("-S -H localhost -p {port} -e ^220");
    let run = line.env("SSL_CERT_FILE", &path).run();
    (run, path.display().to_string())
}

#[test]
fn a_bundle_is_read_in_every_common_form() {
    let authority = Authority::new("Test Root");
    let (pem, identity) = (authority.pem(), authority.issue(Leaf::good()));
    let other = Authority::new("Other Root").pem();
    for bundle in [
        format!("\u{feff}{pem}"),
        format!("{other}\u{feff}{pem}"),
        format!("{}{pem}", other.trim_end()),
        format!("subject=CN = Test Root\n{pem}{other}"),
        pem.replace('\n', "\r\n"),
        pem.replace("\r\n", "\n").replace('\n', "\r"),
        pem.replace('\n', " \n\t"),
        pem.replace("CERTIFICATE", "X509 CERTIFICATE"),
        pem.replace("CERTIFICATE", "TRUSTED CERTIFICATE"),
        // A block that is cut off harms no other.
        format!("{}\n{pem}", other.get(..200).unwrap_or_default()),
        format!("{pem}{}", other.get(..200).unwrap_or_default()),
    ] {
        let (run, _) = with_bundle(&bundle, &identity);
        run.ok("220 ready");
    }
}

#[test]
fn an_authority_that_is_commented_out_is_not_trusted() {
    let authority = Authority::new("Test Root");
    let (pem, identity) = (authority.pem(), authority.issue(Leaf::good()));
    let other = Authority::new("Other Root").pem();
    for before in ["#", "# ", "!", "removed in May: "] {
        let (run, path) = with_bundle(format!("{other}{before}{pem}{other}"), &identity);
        run.critical(shows(&[&format!(
            "unknown issuer: Test Root (1 block of {path} could not be read)"
        )]));
        let lines: Vec<_> = pem.lines().map(|l| format!("{before}{l}\n")).collect();
        let (run, _) = with_bundle(format!("{other}{}", lines.concat()), &identity);
        run.critical("unknown issuer: Test Root$");
    }
}

#[test]
fn unreadable_blocks_of_a_bundle_are_reported_with_an_unknown_issuer() {
    let authority = Authority::new("Test Root");
    let (pem, identity) = (authority.pem(), authority.issue(Leaf::good()));
    let other = Authority::new("Other Root").pem();
    let cut = pem.get(..200).unwrap_or_default();
    let spoilt = pem.replacen("MII", "M%I", 1).replacen("MIIB", "M%IB", 1);
    let junk = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for (bundle, lost) in [
        (format!("{cut}\n{other}"), "1 block"),
        (format!("{other}{cut}"), "1 block"),
        (format!("{other}{spoilt}"), "1 block"),
        (format!("{junk}{other}{spoilt}{cut}"), "3 blocks"),
    ] {
        let (run, path) = with_bundle(&bundle, &identity);
        run.critical(shows(&[&format!(
            "unknown issuer: Test Root ({lost} of {path} could not be read)"
        )]));
    }
    // Nothing of it is said where nothing is missing.
    let (run, _) = with_bundle(&other, &identity);
    run.critical("unknown issuer: Test Root$");
    let (run, _) = with_bundle(format!("{cut}\n{pem}"), &identity);
    run.ok("220 ready");
    // A store that has nothing else.
    let (run, path) = with_bundle(format!("{junk}{cut}"), &identity);
    run.unknown(shows(&[&format!(
        "no trusted certificate found in {path} (2 blocks of {path} could not be read)"
    )]));
}

#[test]
fn missing_files_of_the_store_are_reported_with_an_unknown_issuer() {
    let authority = Authority::new("Test Root");
    let server = greeting(&authority.issue(Leaf::good()), TLS13);
    let port = server.port();
    let other = Authority::new("Other Root").store();
    let line = || {
        let line = program!("-S -H localhost -p {port} -e ^220");
        line.env("SSL_CERT_DIR", other.directory())
    };
    line()
        .env("SSL_CERT_FILE", "/none/bundle.pem")
        .run()
        .critical(shows(&[
            "unknown issuer: Test Root (/none/bundle.pem is not there)",
        ]));
    let key = other.directory().join("key.pem");
    std::fs::write(&key, "no certificate\n").expect("a file");
    line().run().critical("unknown issuer: Test Root$");
    line()
        .env("SSL_CERT_FILE", &key)
        .run()
        .critical(shows(&["key.pem holds no certificate in PEM)"]));
    let large = other.directory().join("large.pem");
    let comments = "# a comment\n".repeat((16 << 20) / 12 + 1);
    std::fs::write(&large, comments + &authority.pem()).expect("a file");
    line().run().critical(shows(&[
        "large.pem could not be read: it is larger than 16 MiB)",
    ]));
    std::fs::remove_file(&large).expect("a file");
    let link = other.directory().join("gone.pem");
    std::os::unix::fs::symlink("/none/gone.pem", &link).expect("a link");
    line().run().critical(shows(&["gone.pem is not there)"]));
    let directories = program!("-S -H localhost -p {port}")
        .env("SSL_CERT_FILE", other.file())
        .env("SSL_CERT_DIR", "/none/certs");
    directories
        .run()
        .critical(shows(&["(/none/certs is not there)"]));
}

#[test]
fn a_path_that_is_not_utf8_is_shown_as_bytes() {
    let path = std::ffi::OsStr::from_bytes(b"/none/\xff.pem");
    let server = greeting(&Authority::new("Test Root").issue(Leaf::good()), TLS13);
    let port = server.port();
    let run = program!("-S -H localhost -p {port}")
        .env("SSL_CERT_FILE", path)
        .run();
    run.unknown(r"no trusted certificate found in /none/\\xff\.pem$");
}
