//! Names that are in a hosts file, and names that are not.

use super::{V4, V6, address};
use support::*;

const PROGRAM: &str = env!("CARGO_BIN_EXE_check-tcp");

#[test]
fn a_name_is_looked_up_in_the_hosts_file() {
    let Some(hosts) = Namespace::hosts(&[("mail.test", "127.0.0.3")]) else {
        return;
    };
    let server = Server::at(address("127.0.0.3"), |peer| peer.say("220 ready\r\n"));
    let port = server.port();
    let run = program!("-H mail.test -p {port} -e ^220")
        .inside(&hosts)
        .run();
    run.ok(timed(format!("on mail.test port {port} [220 ready]")));
}

#[test]
fn a_name_that_is_not_found_is_an_error_and_shown() {
    let Some(hosts) = Namespace::hosts(&[("localhost", "127.0.0.1")]) else {
        return;
    };
    let run = |flags: &str| program!("-H nobody.test -p 9 {flags}").inside(&hosts).run();
    run("").critical(r"nobody\.test");
    run("-W").warning(r"nobody\.test");
}

#[test]
fn a_name_that_is_not_found_proves_nothing_about_a_port() {
    let Some(hosts) = Namespace::hosts(&[("localhost", "127.0.0.1")]) else {
        return;
    };
    let run = |flags: &str| {
        program!("-H nobody.test -p 9 -C {flags}")
            .inside(&hosts)
            .run()
    };
    run("").critical(r"nobody\.test");
    run("-W").warning(r"nobody\.test");
}

#[test]
fn a_family_option_excludes_the_other_family() {
    if !has_ipv6() {
        return;
    }
    let Some(hosts) = Namespace::hosts(&[("both.test", "::1"), ("both.test", "127.0.0.1")]) else {
        return;
    };
    for (flag, other, wanted) in [
        ("-4", V6, V4),
        ("-6", V4, V6),
        ("--use-ipv4", V6, V4),
        ("--use-ipv6", V4, V6),
    ] {
        let mut listeners = same_port(&[address(wanted), address(other)]).into_iter();
        let wanted = listeners
            .next()
            .map(|listener| Server::on(listener, |peer| peer.say("wanted")));
        let other = listeners
            .next()
            .map(|listener| Server::on(listener, |peer| peer.say("other")));
        let (wanted, other) = (wanted.expect("the first"), other.expect("the second"));
        let port = wanted.port();
        let run = program!("-H both.test -p {port} -e . {flag}")
            .inside(&hosts)
            .run();
        run.ok(timed(format!("on both.test port {port} [wanted]")));
        assert_eq!(other.connections(), 0, "{flag}");
    }
}

#[test]
fn a_name_without_addresses_of_the_family_is_not_found() {
    // glibc reads `::1` in a hosts file as 127.0.0.1 too.
    let names = [("four.test", "127.0.0.1"), ("six.test", "2001:db8::1")];
    let Some(hosts) = Namespace::hosts(&names) else {
        return;
    };
    for (line, name, family) in [
        ("-H four.test -p 9 -6", "four.test", "IPv6"),
        ("-H six.test -p 9 -4", "six.test", "IPv4"),
    ] {
        let run = program!("{line}").inside(&hosts).run();
        run.critical(format!(
            r"looking up {name}: .*\(only {family} addresses were asked for\)"
        ));
    }
}

#[test]
fn a_list_tells_names_that_are_not_found_from_others() {
    let Some(hosts) = Namespace::hosts(&[("mail.test", "127.0.0.1")]) else {
        return;
    };
    let server = Fleet::new(Manner::Greets);
    let port = server.port();
    let list = format!("nobody.test:{port}\nmail.test:{port}\nmail.test:{port} -6\n").repeat(20);
    let program = program!("--targets - -e ^220 -t 20 --format json").inside(&hosts);
    let listed = program.over(list);
    listed.exits(2);
    let objects = listed.objects();
    assert_eq!(objects.len(), 60, "{listed}");
    for object in objects {
        let found = object["line"].as_u64().is_some_and(|line| line % 3 == 2);
        let wanted = if found {
            ["ok", "done"]
        } else {
            ["dns", "resolving"]
        };
        assert_eq!([&object["reason"], &object["phase"]], wanted, "{object}");
    }
}

#[test]
fn localhost_is_loopback_without_a_resolver_configuration() {
    let Some(bare) = Namespace::bare_root(PROGRAM, &[]) else {
        return;
    };
    let server = Server::at(address(V4), |peer| peer.say("220 ready\r\n"));
    let port = server.port();
    for host in ["localhost", "LOCALHOST.", "db.localhost", "localhost -4"] {
        let run = program!("-H {host} -p {port} -e ^220").inside(&bare).run();
        run.ok("220 ready");
    }
    let default = program!("-p {port} -e ^220").inside(&bare).run();
    default.ok(timed(format!("on localhost port {port} [220 ready]")));
    if !has_ipv6() {
        return;
    }
    let six = Server::at(address(V6), |peer| peer.say("220 six\r\n"));
    let port = six.port();
    let run = program!("-H localhost -p {port} -6 -e ^220").inside(&bare);
    run.run().ok("220 six");
}

#[test]
fn names_without_a_resolver_configuration_are_a_local_failure() {
    let Some(bare) = Namespace::bare_root(PROGRAM, &[]) else {
        return;
    };
    let alone = |flags: &str| program!("-H mail.test -p 9 {flags}").inside(&bare);
    is_local_failure(
        alone,
        r"looking up mail\.test: neither /etc/hosts nor /etc/resolv\.conf exists",
    );
    let server = Fleet::new(Manner::Greets);
    let port = server.port();
    let list = format!("mail.test:{port}\n127.0.0.1:{port}\nlocalhost:{port}\n");
    let program = program!("--targets - -e ^220 -t 20 --format json").inside(&bare);
    let listed = program.over(list.repeat(20));
    listed.exits(3);
    let objects = listed.objects();
    assert_eq!(objects.len(), 60, "{listed}");
    for object in objects {
        let wanted = match object["host"] == "mail.test" {
            true => ("UNKNOWN", "local"),
            false => ("OK", "ok"),
        };
        assert_eq!(object["status"], wanted.0, "{object}");
        assert_eq!(object["reason"], wanted.1, "{object}");
    }
}

#[test]
fn a_hosts_file_without_localhost_is_respected() {
    let Some(bare) = Namespace::bare_root(PROGRAM, &[("hosts", "192.0.2.1 mail.test\n")]) else {
        return;
    };
    for host in ["localhost", "nobody.test"] {
        let run = program!("-H {host} -p 9").inside(&bare).run();
        run.critical(format!("looking up {}", regex::escape(host)));
    }
}
