use super::*;
use crate::check::Check;
use crate::cli::command::SingleCheck;
use crate::cli::plugin::plugin_name;
use crate::preset;
use crate::target::{Family, Target};
use std::time::Duration;

fn parse(name: &str, args: &[&str]) -> Result<Command, InvalidCommand> {
    let args = args.iter().map(OsString::from);
    parse_plugin(name.as_ref(), args)
}

pub(super) fn single(name: &str, args: &[&str]) -> SingleCheck {
    match parse(name, args) {
        Ok(Command::Check(single)) => *single,
        other => panic!("{name} {args:?}: {other:?}"),
    }
}

pub(super) fn check(args: &[&str]) -> Check {
    let args: Vec<&str> = args.iter().copied().chain(["-p", "80"]).collect();
    let check = single("check_tcp", &args).check;
    std::sync::Arc::into_inner(check).expect("nobody else has it")
}

pub(super) fn refused(name: &str, args: &[&str]) -> String {
    match parse(name, args) {
        Err(invalid) => format!("{} UNKNOWN: {}", invalid.error.name, invalid.error),
        Ok(command) => panic!("{name} {args:?} was taken: {command:?}"),
    }
}

#[test]
fn the_last_part_of_the_name_counts() {
    for (argv0, name) in [
        ("check_tcp", Some("check_tcp")),
        ("/usr/lib/nagios/plugins/check_ftp", Some("check_ftp")),
        ("./check_x", Some("check_x")),
        ("check_tcp/", None),
        ("check-tcp", None),
        ("check_tcp/check-tcp", None),
        ("/bin/my_check_tcp", None),
        ("", None),
    ] {
        assert_eq!(plugin_name(argv0.as_ref()), name.map(OsStr::new), "{argv0}");
    }
}

#[test]
fn each_plugin_has_the_preset_of_its_name() {
    for plugin in &PLUGINS {
        let suffix = plugin.name.trim_start_matches("check_").to_uppercase();
        assert_eq!(plugin.service_name(), suffix);
        let Some(preset) = plugin.service.and_then(preset::find) else {
            assert_eq!(suffix, "TCP");
            continue;
        };
        let SingleCheck { check, target, .. } = single(plugin.name, &["-H", "mail"]);
        assert_eq!(
            (target.port(), &*check.name),
            (Some(preset.port), preset.name)
        );
        assert_eq!(
            (&*check.send, check.quit.clone()),
            (preset.send, preset.quit_bytes(false))
        );
        assert_eq!(
            (check.expect.is_some(), check.tls.is_some()),
            (true, preset.tls)
        );
        assert_eq!(check.idle, Some(Duration::from_secs(2)));
        assert!(check.perfdata);
        assert_eq!(check.hide_reply, preset.name == "JABBER");
    }
}

#[test]
fn other_names_are_unknown_and_say_which_program_that_would_be() {
    for (name, message) in [
        (
            "check_smtp",
            "SMTP UNKNOWN: check_smtp is a program of Monitoring Plugins, which speaks SMTP",
        ),
        (
            "check_udp",
            "UDP UNKNOWN: check_udp is a program of Monitoring Plugins, which sends",
        ),
        (
            "check_http",
            "HTTP UNKNOWN: check_http is no program that check-tcp stands in for: check_tcp, ",
        ),
        ("check_tcp2", "TCP2 UNKNOWN: check_tcp2 is no program"),
        ("check_", "TCP UNKNOWN: check_ is no program"),
    ] {
        for args in [&["-H", "localhost"][..], &["-h"], &[]] {
            let line = refused(name, args);
            assert!(line.starts_with(message), "{line}");
        }
    }
    assert!(
        parse("check_FTP", &["localhost"]).is_ok(),
        "a name in any case"
    );
}

#[test]
fn the_host_is_an_option_or_a_bare_word_wherever_it_stands() {
    for (args, host) in [
        (&["mail", "-p", "25"][..], "mail"),
        (&["-p", "25", "mail"], "mail"),
        (&["-p25", "-Hmail"], "mail"),
        (&["other", "-p", "25", "-H", "mail"], "mail"),
        (&["-H", "other", "-p", "25", "--host=mail"], "mail"),
        (&["", "-p", "25", "", "mail", ""], "mail"),
        (&["-p", "25", "--", "mail"], "mail"),
        (&["-p", "25", "mail", "ignored"], "mail"),
        (&["other", "-p", "25", "mail"], "mail"),
        (&["-p", "25", ""], "127.0.0.1"),
        (&["-p", "25", "-H", "[::1]"], "[::1]"),
    ] {
        let target = single("check_tcp", args).target;
        assert_eq!(
            (target.as_written(), target.port()),
            (host.as_ref(), Some(25)),
            "{args:?}"
        );
    }
    for args in [&["-H", "/run/s"][..], &["/run/s"], &["/run/s", "-p", "25"]] {
        let target = single("check_tcp", args).target;
        assert_eq!(target, Target::Socket("/run/s".into()), "{args:?}");
    }
}

#[test]
fn long_options_may_be_abbreviated() {
    assert_eq!(
        check(&["--warning=3"]).warning,
        Some(Duration::from_secs(3))
    );
    assert_eq!(check(&["--time", "3"]).timeout, Duration::from_secs(3));
    assert_eq!(check(&["--use-ipv6"]).family, Family::V6);
    let line = refused("check_tcp", &["--use", "-p1"]);
    assert!(
        line.contains("--use may be --use-ipv4 or --use-ipv6; write one"),
        "{line}"
    );
    assert!(refused("check_tcp", &["--warn=3"]).contains("--warning or --warning-codes"));
    let line = refused("check_tcp", &["--bogus"]);
    assert!(
        line.contains("unknown option --bogus; --help lists"),
        "{line}"
    );
}

#[test]
fn a_short_option_has_its_value_to_the_letter() {
    let sent = |args: &[&str]| check(args).send;
    assert_eq!(sent(&["-s=x"]), b"=x");
    assert_eq!(sent(&["-sx"]), b"x");
    assert_eq!(sent(&["-s", "-x"]), b"-x");
    assert_eq!(sent(&["-s", ""]), b"");
    assert_eq!(check(&["-SEs", r"a\n"]).send, b"a\n");
}

#[test]
fn old_spellings_are_read() {
    let old = check(&["-to", "5", "-wt", "1", "-ct", "2"]);
    assert_eq!(old.timeout, Duration::from_secs(5));
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    assert_eq!((old.warning, old.critical), (seconds(1), seconds(2)));
}

#[test]
fn what_the_plugins_ignore_is_ignored() {
    let plain = format!("{:?}", check(&[]));
    for args in [
        &["-v"][..],
        &["-vvv"],
        &["-C", "x", "-W", "y"],
        &["--critical-codes=x", "--protocol", "udp"],
        &["--output-format=multi-line"],
    ] {
        assert_eq!(format!("{:?}", check(args)), plain, "{args:?}");
    }
}

#[test]
fn what_they_take_by_accident_is_a_usage_error() {
    let port = "expected a number from 1 to 65535";
    let count = "expected a whole number";
    let seconds = "expected a number of seconds";
    let state = "expected ok, warn or crit";
    for (args, message) in [
        (&[][..], "no arguments; --help lists the options".to_owned()),
        (
            &["-H", "a"],
            format!("--port is missing: check_tcp has no default; {port}"),
        ),
        (&["-p", "99999"], format!("-p 99999: {port}")),
        (&["-p", "0"], format!("-p 0: {port}")),
        (&["-p=80"], format!("-p =80: {port}")),
        (&["-p", "1", "-w", "abc"], format!("-w abc: {seconds}")),
        (&["-p", "1", "-w", "-1"], format!("-w -1: {seconds}")),
        (&["-p", "1", "-c", "500ms"], format!("-c 500ms: {seconds}")),
        (&["-p", "1", "-c", "nan"], format!("-c nan: {seconds}")),
        (&["-p", "1", "-t", "0"], format!("-t 0: {count}")),
        (&["-p", "1", "-t", "1.5"], format!("-t 1.5: {count}")),
        (&["-p", "1", "-t", "5:BAD"], format!("-t 5:BAD: {count}")),
        (
            &["-p", "1", "-t", "99999999"],
            format!("-t 99999999: {count}"),
        ),
        (&["-p", "1", "-d", "0"], format!("-d 0: {count}")),
        (&["-p", "1", "-m", "x"], format!("-m x: {count}")),
        (&["-p", "1", "-M", "warm"], format!("-M warm: {state}")),
        (
            &["-p", "1", "--refuse", "CRIT"],
            format!("--refuse CRIT: {state}"),
        ),
        (
            &["-p", "1", "-H"],
            "-H: missing value; expected a host".to_owned(),
        ),
        (
            &["-p", "1", "-H", ""],
            "-H '': expected a host or the absolute path".to_owned(),
        ),
        (
            &["-p", "1", "-H", "mail:25"],
            "-H mail:25: write -H mail -p 25".to_owned(),
        ),
        (
            &["-p", "1", "mail:25"],
            "mail:25: write -H mail -p 25".to_owned(),
        ),
        (
            &["-p", "1", "-Z"],
            "unknown option -Z; --help lists the options".to_owned(),
        ),
        (
            &["-p", "1", "--ssl=x"],
            "--ssl=x: takes no value".to_owned(),
        ),
        (
            &["-p", "1", "--sni", "a b"],
            "--sni a b: expected a DNS name".to_owned(),
        ),
    ] {
        let line = refused("check_tcp", args);
        assert!(
            line.starts_with(&format!("TCP UNKNOWN: {message}")),
            "{args:?}: {line}"
        );
    }
    let line = refused("check_ftp", &["-p", "x"]);
    assert!(line.starts_with("FTP UNKNOWN: -p x: "), "{line}");
}

#[test]
fn help_and_version_win_over_errors() {
    for args in [
        &["-h"][..],
        &["--help"],
        &["-Z", "-h"],
        &["-p", "x", "--he"],
        &["-V", "-h"],
    ] {
        assert!(
            matches!(parse("check_pop", args), Ok(Command::PluginHelp(_))),
            "{args:?}"
        );
    }
    assert!(matches!(
        parse("check_pop", &["-V", "-Z"]),
        Ok(Command::PluginVersion(_))
    ));
    assert!(parse("check_tcp", &["-s", "-h"]).is_err(), "a value");
}

#[test]
fn the_help_fits_a_terminal_and_has_every_option() {
    for plugin in &PLUGINS {
        let help = plugin_help(plugin);
        assert!(help.starts_with(&format!("Usage: {} -H HOST", plugin.name)));
        for line in help.lines() {
            assert!(
                line.chars().count() <= 80 && line == line.trim_end(),
                "{line}"
            );
        }
        assert!(!help.contains('|'));
        for option in OPTIONS.iter().filter(|option| !option.long.is_empty()) {
            assert!(
                help.contains(&format!("--{}", option.long)),
                "{}",
                option.long
            );
        }
        let version = plugin_version(plugin);
        assert_eq!(
            version,
            format!(
                "{} (check-tcp {})\n",
                plugin.name,
                env!("CARGO_PKG_VERSION")
            )
        );
    }
}
