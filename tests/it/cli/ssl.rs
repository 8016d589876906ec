//! `-S`, `--no-check-certificate`, `--sni`: speaking TLS. `tests/it/tls/` has the certificates.

use support::*;

#[test]
fn ssl_speaks_tls_from_the_first_byte() {
    let authority = Authority::new("Test Root");
    let store = authority.store();
    for flag in ["-S", "--ssl"] {
        let server = Server::tls(&authority.issue(Leaf::good()), TLS13, |peer| {
            peer.hear(2);
            peer.say("220 ready\r\n");
        });
        let port = server.port();
        let line = program!("{flag} -H localhost -p {port} -s hi -e ^220 -q QUIT");
        let run = line.trusting(&store).run();
        run.ok(timed(format!("on localhost port {port} [220 ready]")));
        let heard = server.heard();
        assert_eq!(heard.bytes, b"hiQUIT\r\n");
        assert!(
            heard.close_notify,
            "the session is ended before the connection"
        );
        assert_eq!(heard.end, End::Fin);
    }
}

#[test]
fn no_check_certificate_accepts_any() {
    let server = Server::tls(
        &self_signed(Leaf::expired(), Constraint::Ca),
        TLS13,
        |peer| {
            peer.say("220 ready\r\n");
        },
    );
    let port = server.port();
    let lines = format!("-S -H 127.0.0.1 -p {port} -e ^220");
    check!("{lines}").critical("certificate expired at 2020-04-05");
    check!("{lines} --no-check-certificate").ok("220 ready");
}

#[test]
fn sni_is_the_name_asked_for_and_verified() {
    let authority = Authority::new("Test Root");
    let store = authority.store();
    let identity = authority.issue(Leaf::named(&["mail.example.com"]));
    let server = Server::tls(&identity, TLS13, |peer| peer.say("220 ready\r\n"));
    let port = server.port();
    let line = format!("-S -H 127.0.0.1 -p {port} -e ^220");

    let run = program!("{line} --sni mail.example.com")
        .trusting(&store)
        .run();
    run.ok(timed(format!("on 127.0.0.1 port {port} [220 ready]")));
    assert_eq!(server.heard().sni.as_deref(), Some("mail.example.com"));

    let run = program!("{line} --sni www.example.com")
        .trusting(&store)
        .run();
    run.critical(shows(&["mail.example.com"]))
        .critical(shows(&["www.example.com"]));
}

#[test]
fn sni_enables_tls() {
    let authority = Authority::new("Test Root");
    let store = authority.store();
    let identity = authority.issue(Leaf::named(&["mail.example.com"]));
    let server = Server::tls(&identity, TLS13, |peer| peer.say("220 ready\r\n"));
    let port = server.port();
    let line = format!("-H 127.0.0.1 -p {port} -e ^220");
    let run = program!("{line} --sni mail.example.com")
        .trusting(&store)
        .run();
    run.ok("220 ready");
    assert_eq!(server.heard().sni.as_deref(), Some("mail.example.com"));
    let run = program!("{line} --sni=www.example.com")
        .trusting(&store)
        .run();
    run.critical(shows(&["www.example.com", "mail.example.com"]));
    check!("{line} --sni mail.example.com --no-check-certificate").ok("220 ready");
    check!("--sni mail.example.com -H 127.0.0.1").unknown("^--port is missing");

    // Neither of these asks for it.
    let clear = Server::saying("220 ready\r\n");
    let port = clear.port();
    check!("-H 127.0.0.1 -p {port} -e ^220 --sni ''").ok("220 ready");
    check!("-H 127.0.0.1 -p {port} -e ^220 --no-check-certificate").ok("220 ready");
    check!("-H 127.0.0.1 -p {port} -C --sni mail.example.com").critical("Unexpectedly open");
    // One that speaks no TLS is not well where a name for it is given.
    check!("-H 127.0.0.1 -p {port} -e ^220 --sni a.example --no-check-certificate")
        .critical("does not speak TLS");
}

#[test]
fn sni_on_a_line_enables_tls_for_its_target_alone() {
    let identity = self_signed(Leaf::good(), Constraint::Ca);
    let tls = Server::tls(&identity, TLS13, |peer| peer.say("220 ready\r\n"));
    let clear = Server::saying("220 ready\r\n");
    let (tls, clear) = (tls.port(), clear.port());
    let list = format!(
        "127.0.0.1:{tls} --sni mail.example.com --no-check-certificate\n\
         127.0.0.1:{clear} --sni ''\n127.0.0.1:{clear}\n"
    );
    program!("--targets - -t 20 -e ^220").over(list).exits(0);
    let list = format!("127.0.0.1:{tls} --sni ''\n");
    let listed = program!("--targets - -e ^220 --sni a.example --no-check-certificate").over(list);
    listed.exits(0);
}

#[test]
fn an_address_in_brackets_is_an_address_for_sni_too() {
    let authority = Authority::new("Test Root");
    let store = authority.store();
    let server = Server::tls(&authority.issue(Leaf::named(&["::1"])), TLS13, |_| ());
    let port = server.port();
    for sni in ["::1", "[::1]"] {
        let run = program!("-S -H 127.0.0.1 -p {port} --sni {sni}")
            .trusting(&store)
            .run();
        run.ok(timed(format!("on 127.0.0.1 port {port}")));
        assert_eq!(server.heard().sni, None);
    }
}

#[test]
fn an_invalid_hostname_is_ignored_without_verification() {
    let identity = self_signed(Leaf::good(), Constraint::Ca);
    let server = Server::unix_tls(&identity, TLS13, |_| ());
    let path = server.path();
    let run = check!("-S -U {path} --no-check-certificate -H 'bad name!'");
    run.ok(timed(format!("on {path}")));
    assert_eq!(server.heard().sni, None);
}
