use super::*;

fn read(args: &[&str]) -> (RawOptions, Result<(), String>) {
    let mut raw = RawOptions::default();
    let result = raw.read(args.iter().map(OsString::from), OptionSource::CommandLine);
    (raw, result)
}

fn value(raw: &RawOptions, id: OptionId) -> Option<&str> {
    raw.get(id).and_then(|given| given.value.to_str())
}

#[test]
fn every_spelling_of_a_value_works() {
    for args in [
        &["-p80"][..],
        &["-p=80"],
        &["-p", "80"],
        &["--port=80"],
        &["--port", "80"],
        &["-SEp80"],
        &["-SEp", "80"],
        &["-p", "80", "--"],
    ] {
        let (raw, result) = read(args);
        assert_eq!(
            (value(&raw, OptionId::Port), result),
            (Some("80"), Ok(())),
            "{args:?}"
        );
    }
}

#[test]
fn letters_without_values_may_stand_together() {
    let (raw, result) = read(&["-SE4WC"]);
    assert_eq!(result, Ok(()));
    for id in [
        OptionId::Ssl,
        OptionId::Escape,
        OptionId::UseIpv4,
        OptionId::ErrorWarning,
        OptionId::ExpectClosed,
    ] {
        assert!(raw.has(id), "{id:?}");
    }
}

#[test]
fn a_value_may_look_like_an_option_or_hold_an_equals_sign() {
    for (args, wanted) in [
        (&["-s", "-h"][..], "-h"),
        (&["-s", "--help"], "--help"),
        (&["-s", "--"], "--"),
        (&["-s-1"], "-1"),
        (&["-s", "a=b"], "a=b"),
        (&["-s==b"], "=b"),
        (&["--send=a=b"], "a=b"),
    ] {
        let (raw, result) = read(args);
        assert_eq!(
            (value(&raw, OptionId::Send), result),
            (Some(wanted), Ok(())),
            "{args:?}"
        );
        assert!(!raw.has(OptionId::Help), "{args:?}");
    }
}

#[test]
fn the_last_of_a_repeated_option_counts() {
    let (raw, _) = read(&["-p", "80", "--port=81", "-s", "x", "-s", "y"]);
    assert_eq!(
        (value(&raw, OptionId::Port), value(&raw, OptionId::Send)),
        (Some("81"), Some("y"))
    );
}

#[test]
fn an_empty_value_removes_an_option_of_a_check() {
    let (raw, _) = read(&[
        "-s", "x", "-s", "", "--sni=a", "--sni=", "-t", "1", "-t", "", "-p80", "-p=",
    ]);
    assert!(!raw.has(OptionId::Send) && !raw.has(OptionId::Sni));
    assert!(!raw.has(OptionId::Timeout) && !raw.has(OptionId::Port));
    let (raw, _) = read(&["-f", "x", "-f", "", "--rate=1", "--rate="]);
    assert_eq!(
        (value(&raw, OptionId::Targets), value(&raw, OptionId::Rate)),
        (Some(""), Some(""))
    );
}

#[test]
fn an_overlay_replaces_its_options_and_no_others() {
    let (mut raw, _) = read(&["-p", "80", "-w1", "-S", "-s", "x"]);
    let (over, _) = read(&["--port=81", "-s", "", "-4"]);
    raw.overlay(&over.into_given());
    assert_eq!(
        (
            value(&raw, OptionId::Port),
            value(&raw, OptionId::Warning),
            value(&raw, OptionId::Send)
        ),
        (Some("81"), Some("1"), Some("x"))
    );
    assert!(raw.has(OptionId::Ssl) && raw.has(OptionId::UseIpv4));
}

#[test]
fn a_line_takes_the_options_of_a_check_and_no_other() {
    for flag in &FLAGS {
        let mut option = format!("--{}", flag.long);
        if flag.value.is_some() {
            option.push_str("=1");
        }
        let mut raw = RawOptions::default();
        let read = raw.read([option.clone().into()], OptionSource::ListLine);
        let kept = raw.has(flag.id);
        assert_eq!(read.is_ok(), kept, "{option}");
        assert_eq!(kept, flag.scope == Scope::Check, "{option}");
    }
}

#[test]
fn the_first_error_counts_and_the_rest_is_still_read() {
    let (raw, result) = read(&["-Z", "word", "--ssl=yes", "-p", "80", "-t"]);
    assert_eq!(
        result,
        Err("unknown option -Z; --help lists the options".to_owned())
    );
    assert_eq!(value(&raw, OptionId::Port), Some("80"));
}
