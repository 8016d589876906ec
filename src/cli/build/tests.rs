use super::*;
use crate::cli::flag::{HelpGroup, OptionSource};
use crate::cli::flags::{FLAGS, Scope};
use crate::preset::PRESETS;
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

fn read<S: Into<OsString>>(args: impl IntoIterator<Item = S>) -> Result<(Check, Target), String> {
    let mut raw = RawOptions::default();
    raw.read(args.into_iter().map(Into::into), OptionSource::CommandLine)?;
    build_check_and_target(&raw)
}

fn check(args: &[&str]) -> Check {
    match read(["-p80"].iter().chain(args)) {
        Ok((check, _)) => check,
        Err(error) => panic!("{args:?}: {error}"),
    }
}

fn target(args: &[&str]) -> Target {
    read(args)
        .unwrap_or_else(|error| panic!("{args:?}: {error}"))
        .1
}

#[test]
fn options_not_given_have_their_defaults() {
    assert_eq!(
        format!("{:?}", check(&[])),
        format!("{:?}", Check::default())
    );
    assert_eq!(
        target(&["-p80"]),
        Target::Name {
            host: "localhost".to_owned(),
            port: 80
        }
    );
}

#[test]
fn switches_set_their_fields() {
    let on = check(&["-WC", "--perfdata"]);
    assert!(on.error_warning && on.expect_closed && on.perfdata);
    assert_eq!(check(&["-4"]).family, Family::V4);
    assert_eq!(check(&["--use-ipv6"]).family, Family::V6);
}

#[test]
fn durations_and_sizes_are_parsed() {
    let all = check(&[
        "-t=.5", "-d", "500ms", "-w 1", "-c", "1m 30s", "-m10", "--idle=2",
    ]);
    assert_eq!(all.timeout, Duration::from_millis(500));
    assert_eq!(all.delay, Duration::from_millis(500));
    assert_eq!(all.idle, Some(Duration::from_secs(2)));
    assert_eq!(all.warning, Some(Duration::from_secs(1)));
    assert_eq!(all.critical, Some(Duration::from_secs(90)));
    assert_eq!(all.max_bytes, NonZeroU64::new(10));
    assert_eq!(check(&["-w=1e-9"]).warning, Some(Duration::from_nanos(1)));
    assert_eq!(check(&["-t=1e-12"]).timeout, Duration::from_nanos(1));
}

#[test]
fn zero_is_no_threshold_no_limit_and_no_pause() {
    let none = check(&["-w0", "-c=0s", "-m0", "-d0", "--idle=0"]);
    assert_eq!((none.warning, none.critical), (None, None));
    assert_eq!((none.max_bytes, none.idle), (None, None));
    assert_eq!(none.delay, Duration::ZERO);
}

#[test]
fn blanks_around_a_number_are_ignored() {
    assert_eq!(target(&["-p", " 80 "]).port(), Some(80));
    assert_eq!(check(&["-t", " 3 "]).timeout, Duration::from_secs(3));
}

#[test]
fn an_empty_value_counts_as_not_given() {
    let flags = FLAGS.iter().filter(|flag| flag.scope != Scope::Run);
    for flag in flags.filter(|flag| flag.ignores_empty()) {
        let letter = flag.short.map(|letter| format!("-{letter}"));
        for option in [Some(format!("--{}", flag.long)), letter]
            .into_iter()
            .flatten()
        {
            for args in [vec![format!("{option}=")], vec![option, String::new()]] {
                let (check, target) = match read([&args[..], &["-p80".to_owned()]].concat()) {
                    Ok(read) => read,
                    Err(error) => panic!("{args:?}: {error}"),
                };
                assert_eq!(format!("{check:?}"), format!("{:?}", Check::default()));
                assert_eq!(target.as_written(), "localhost");
            }
        }
    }
    assert_eq!(target(&["--service=FTP", "-p", ""]).port(), Some(21));
    let flags = FLAGS.iter().filter(|flag| flag.group == HelpGroup::Tls);
    let strict: Vec<_> = flags.filter(|flag| !flag.ignores_empty()).collect();
    assert!(strict.len() > 8, "{strict:?}");
    for flag in strict.iter().filter(|flag| flag.value.is_some()) {
        let error = read(["-p80".to_owned(), format!("--{}=", flag.long)]);
        let error = error.expect_err(flag.long);
        assert!(error.contains(&format!("--{}", flag.long)), "{error}");
    }
    assert!(read(["-p80", "-p", ""]).is_err(), "no port is left");
    assert_eq!(
        target(&["-p80", "-H", "a", "-H", ""]).as_written(),
        "localhost"
    );
    assert_eq!(
        target(&["-p80", "-U", "/s", "-U", ""]).as_written(),
        "localhost"
    );
    assert!(check(&["--service=FTP", "-e", ""]).expect.is_some());
}

#[test]
fn a_line_end_is_added_to_quit_alone_and_not_with_escape() {
    let sent = |args: &[&str]| {
        let check = check(args);
        (check.send, check.quit)
    };
    assert_eq!(
        sent(&["-s", r"a\n", "-q", r"b\n"]),
        (br"a\n".into(), b"b\\n\r\n".into())
    );
    let escaped = (b"a\n".to_vec(), b"b\n".to_vec());
    assert_eq!(sent(&["-E", "-s", r"a\n", "-q", r"b\n"]), escaped);
    assert_eq!(sent(&["-s", r"a\n", "-Eq", r"b\n"]), escaped);
    assert_eq!(
        sent(&["-s", r"a\n", "-q", r"b\n", "-E", "--escape"]),
        escaped
    );
}

#[test]
fn bytes_that_are_not_utf8_are_sent_as_given() {
    let bytes = |bytes: &[u8]| OsString::from_vec(bytes.to_vec());
    let args = [bytes(b"-U/\xff"), bytes(b"-s\xfe"), bytes(b"--quit=\xfd")];
    let (check, target) = read(args).expect("a command line");
    assert_eq!(check.send, b"\xfe");
    assert_eq!(check.quit, b"\xfd\r\n");
    assert_eq!(target.as_written().as_bytes(), b"/\xff");
}

#[test]
fn a_preset_gives_what_the_command_line_leaves_unset() {
    for preset in PRESETS {
        let service = format!("--service={}", preset.name.to_lowercase());
        let (check, target) = read([&service]).expect("a command line");
        assert_eq!(check.name, preset.name);
        assert_eq!(target.port(), Some(preset.port), "{service}");
        assert_eq!(check.send, preset.send, "{service}");
        assert_eq!(check.quit, preset.quit_bytes(false), "{service}");
        assert!(check.expect.is_some(), "{service}");
        assert_eq!(check.tls.is_some(), preset.tls, "{service}");

        let (check, target) =
            read([&service, "-p1", "-sS", "-qQ", "-S", "-eE"]).expect("a command line");
        assert_eq!(target.port(), Some(1), "{service}");
        assert_eq!(check.send, b"S", "{service}");
        assert_eq!(check.quit, b"Q\r\n", "{service}");
        assert!(check.tls.is_some(), "{service}");

        let (check, _) = read([&service, "-E"]).expect("a command line");
        assert_eq!(
            (&check.send[..], check.quit),
            (preset.send, preset.quit_bytes(true)),
            "{service}"
        );
    }
}

#[test]
fn pattern_of_the_command_line_replaces_that_of_the_preset() {
    let not_utf8 = OsString::from_vec(b"-e\xff".to_vec());
    assert!(read(["--service=FTP".into(), not_utf8]).is_err());
}

#[test]
fn a_socket_needs_no_port_and_replaces_host_and_port() {
    for args in [
        &["-U/s"][..],
        &["-p80", "-Ha", "-U/s"],
        &["--service=FTP", "-U/s"],
    ] {
        assert_eq!(target(args), Target::Socket("/s".into()), "{args:?}");
    }
    assert!(read(["-U/s", "-p0"]).is_err());
}
