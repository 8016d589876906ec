//! `-H`, `--hostname`: who is asked.

use support::*;

#[test]
fn a_host_is_asked_and_shown_as_written() {
    let server = Server::saying("220 ready\r\n");
    let port = server.port();
    check!("-H 127.0.0.1 -p {port} -e ^220")
        .ok(timed(format!("on 127.0.0.1 port {port} [220 ready]")));
    check!("--hostname 127.0.0.1 -p {port}").ok(timed(format!("on 127.0.0.1 port {port}")));
    check!("-H LocalHost -p {port}").ok(timed(format!("on LocalHost port {port}")));
}

#[test]
fn the_default_host_is_localhost() {
    let server = Server::saying("220 ready\r\n");
    let port = server.port();
    check!("-p {port} -e ^220").ok(timed(format!("on localhost port {port} [220 ready]")));
}

#[test]
fn an_invalid_host_is_a_usage_error_with_a_suggestion() {
    for (host, say) in [
        ("mail:25", "write -H mail -p 25"),
        ("http://mail/", "host alone, and its port with -p"),
        ("user@mx", "the host alone, mx"),
        ("127.0.0.0/30", "one address per line"),
        ("a,b", "one target per line, HOST or HOST:PORT"),
        ("/run/app.sock", "-U PATH"),
        ("ma\u{200b}il", r"\u{200b}"),
        ("[::1", "do not hold an IPv6 address"),
        ("-p", "dash"),
        ("a..b", "dot"),
    ] {
        let program = program!("-p 9 -C --status-as unknown=ok").arg(format!("-H{host}"));
        let run = program.run();
        run.unknown(shows(&["-H ", say]));
    }
}

#[test]
fn an_ambiguous_numeric_host_is_a_usage_error() {
    // To glibc 010.0.0.1 is 8.0.0.1, and -C would verify that the wrong machine is closed.
    for host in ["010.0.0.1", "127.1", "2130706433"] {
        check!("-C -H {host} -p 9").unknown(shows(&[host, "four numbers from 0 to 255"]));
    }
}

#[test]
fn an_internationalized_name_is_shown_in_its_ascii_form() {
    let ascii = "xn--mnchen-3ya.invalid";
    check!("-H münchen.invalid -p 9 -t 20").critical(shows(&["looking up", ascii]));
    check!("-H münchen.invalid -p 9 -S").unknown(shows(&["-H münchen.invalid", ascii]));
    check!("-H 127.0.0.1 -p 9 -S --sni MÜNCHEN.invalid").unknown(shows(&["--sni", ascii]));
    // Where no certificate is held against it, it is a name as any other.
    check!("-H münchen.invalid -p 9 -t 20 -S --no-check-certificate").critical(ascii);
    // Accents apart from their letters are not put together here.
    check!("-H mu\u{308}nchen.invalid -p 9 -t 20").critical(shows(&["looking up", "xn--..."]));
}
