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
fn without_it_the_host_is_localhost() {
    let server = Server::saying("220 ready\r\n");
    let port = server.port();
    check!("-p {port} -e ^220").ok(timed(format!("on localhost port {port} [220 ready]")));
}

#[test]
fn an_empty_host_counts_as_not_given() {
    let server = Server::saying("220 ready\r\n");
    let port = server.port();
    check!("-H '' -p {port}").ok(timed(format!("on localhost port {port}")));
}

#[test]
fn what_can_be_no_host_is_a_usage_error_that_says_what_to_write() {
    let brackets = "do not hold an IPv6 address";
    let list = "a line a host, HOST or HOST:PORT";
    for (host, say) in [
        ("mail:25", "write -H mail -p 25"),
        ("127.0.0.1:25", "write -H 127.0.0.1 -p 25"),
        ("[::1]:25", "write -H ::1 -p 25"),
        ("mail:smtp", "the host alone"),
        ("http://mail/", "host alone, and its port with -p"),
        ("https://mail:8080/path", "host alone, and its port with -p"),
        ("user@mx", "the host alone, mx"),
        ("127.0.0.0/30", "each address"),
        ("2001:db8::/32", "each address"),
        ("a,b", list),
        ("10.0.0.1,mx,smtp,25", list),
        ("/run/app.sock", "-U PATH"),
        ("a b", "blank"),
        (" mail", "blank"),
        ("mail\t", r"\u{9}"),
        ("mail\u{a0}", r"\u{a0}"),
        ("\u{feff}mail", r"\u{feff}"),
        ("ma\u{200b}il", r"\u{200b}"),
        ("mail\u{202e}", r"\u{202e}"),
        ("{", "{"),
        ("x=1", "="),
        ("$HOSTADDRESS$", "$"),
        ("\"mx\"", "\""),
        ("“mx”", "“"),
        ("[::1", brackets),
        ("[127.0.0.1]", brackets),
        ("[]", brackets),
        ("1:2:3", "must be an IPv6 address"),
        ("-p", "dash"),
        ("--port=25", "dash"),
        ("a..b", "dot"),
        (".", "dot"),
    ] {
        let program = program!("-p 9 -C --status-as unknown=ok").arg(format!("-H{host}"));
        let run = program.run();
        run.unknown(shows(&["-H ", "takes a name", say]));
    }
    let label = "a".repeat(64);
    check!("-H {label}.example -p 9").unknown("253");
}

#[test]
fn a_number_that_resolvers_read_in_different_ways_is_a_usage_error() {
    // To glibc 010.0.0.1 is 8.0.0.1, and -C would verify that the wrong machine is closed.
    for host in [
        "010.0.0.1",
        "0x7f.1",
        "0x7f000001",
        "127.1",
        "1",
        "0",
        "1.2.3",
        "2130706433",
        "300.1.1.1",
        "256.256.256.256",
        "1.2.3.4.5",
        "127.0.0.1.",
        "１２７.0.0.1",
        "127。0。0。1",
        "mail.1",
    ] {
        check!("-C -H {host} -p 9").unknown(shows(&[host, "four numbers from 0 to 255"]));
    }
}

#[test]
fn the_host_that_is_missing_is_not_an_option() {
    // What an agent makes of an empty macro.
    check!("-H -p 25").unknown("^-H -p: .*dash");
    check!("-H -p25 --service SMTP")
        .named("SMTP")
        .unknown("^-H -p25: .*dash");
}

#[test]
fn a_name_beyond_ascii_is_told_as_dns_has_it() {
    let ascii = "xn--mnchen-3ya.invalid";
    check!("-H münchen.invalid -p 9 -t 20").critical(shows(&["looking up", ascii]));
    check!("-H münchen.invalid -p 9 -S").unknown(shows(&["-H münchen.invalid", ascii]));
    check!("-H 127.0.0.1 -p 9 -S --sni MÜNCHEN.invalid").unknown(shows(&["--sni", ascii]));
    // Where no certificate is held against it, it is a name as any other.
    check!("-H münchen.invalid -p 9 -t 20 -S --no-check-certificate").critical(ascii);
    // Accents apart from their letters are not put together here.
    check!("-H mu\u{308}nchen.invalid -p 9 -t 20").critical(shows(&["looking up", "xn--..."]));
}
