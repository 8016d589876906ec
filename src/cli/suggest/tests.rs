use super::*;
use crate::cli::raw_options::RawOptions;

#[test]
fn an_unknown_option_is_answered_with_the_nearest() {
    for (unknown, option) in [
        // Abbreviations and misspellings.
        ("--host", "--hostname"),
        ("--hostnam", "--hostname"),
        ("--expect-closd", "--expect-closed"),
        ("--hsotname", "--hostname"),
        ("--HOSTNAME", "--hostname"),
        ("--prot", "--port"),
        ("--ports", "--port"),
        ("--time", "--timeout"),
        ("--timout", "--timeout"),
        ("--warn", "--warning"),
        ("--crit", "--critical"),
        ("--max-bytes", "--maxbytes"),
        ("--perf", "--perfdata"),
        ("--unix_socket", "--unix-sock"),
        ("--target", "--targets"),
        ("--no-check-certificates", "--no-check-certificate"),
        // Other names for the same.
        ("--address", "--hostname"),
        ("--expect", "--expect-pattern"),
        ("--regex", "--expect-pattern"),
        ("--tls", "--ssl"),
        ("--ssl-version", "--ssl"),
        ("--ssl-verify-host", "certificates are verified unless"),
        ("--verify", "certificates are verified unless"),
        ("--cert-days", "--expiry"),
        ("--check-cert", "certificates are verified unless"),
        ("--insecure", "--no-check-certificate"),
        ("--silent", "--quiet"),
        ("--quiet-mode", "--quiet"),
        ("--output-file", "--output"),
        ("--json", "--format json"),
        ("--file", "--targets"),
        ("-P", "--port"),
        ("-I", "--hostname"),
        ("--p", "--port"),
        ("--4", "--use-ipv4"),
        ("--expected", "--expect-pattern"),
        ("--input-file", "--targets"),
        ("--format-json", "--format json"),
        ("--ssl_hostname", "--sni"),
        ("--tls-skip-verify", "--no-check-certificate"),
        ("--name-server", "names are looked up by"),
        ("-k", "--no-check-certificate"),
    ] {
        let hint = hint_for_option(unknown, OptionSource::CommandLine);
        let is_named = hint == format!("did you mean {option}?") || hint.starts_with(option);
        assert!(is_named, "{unknown}: {hint}");
    }
}

#[test]
fn an_option_that_resembles_none_is_answered_with_none() {
    let long = format!("--{}", "hostname-".repeat(10_000));
    for unknown in [
        "--bogus",
        "--verbose",
        "--retries",
        "--user",
        "--password",
        "--pass",
        "--url",
        "--sort",
        "--date",
        "--debug",
        "--",
        "--é",
        "-Z",
        "-D",
        "-v",
        "--x",
        "-u",
        "--input",
        &long,
    ] {
        assert_eq!(
            hint_for_option(unknown, OptionSource::CommandLine),
            "--help lists the options",
            "{unknown}"
        );
    }
}

#[test]
fn only_options_of_a_check_are_suggested_on_a_line() {
    let hint = |unknown| hint_for_option(unknown, OptionSource::ListLine);
    assert_eq!(hint("--tls"), "did you mean --ssl?");
    for unknown in ["--host", "--socket", "--json", "--jobs", "--hostnam"] {
        assert_eq!(hint(unknown), "--help lists the options", "{unknown}");
    }
}

#[test]
fn only_options_that_exist_are_suggested() {
    for (names, suggestion) in SYNONYMS {
        let words = suggestion
            .split(' ')
            .filter_map(|word| word.strip_prefix("--"));
        for long in words {
            assert!(FLAGS.iter().any(|flag| flag.long == long), "{suggestion}");
        }
        for name in names.split(' ') {
            let is_option = match name.strip_prefix('-') {
                Some(letter) => FLAGS
                    .iter()
                    .any(|f| f.short.map(String::from).as_deref() == Some(letter)),
                None => FLAGS.iter().any(|flag| flag.long == name),
            };
            assert!(!is_option, "{name} is an option");
        }
    }
}

#[test]
fn words_that_look_like_a_target_are_answered_with_its_options() {
    for (line, options) in [
        ("mail.example.com 25", Some("-H mail.example.com -p 25")),
        ("mail.example.com:25", Some("-H mail.example.com -p 25")),
        ("mail.example.com", Some("-H mail.example.com")),
        ("mail.example.com:25 -p 587", Some("-H mail.example.com")),
        ("mailhost 25", Some("-H mailhost -p 25")),
        ("mailhost -p 25", Some("-H mailhost")),
        ("-p 25 localhost", Some("-H localhost")),
        ("192.0.2.1 25", Some("-H 192.0.2.1 -p 25")),
        ("2001:db8::1 25", Some("-H 2001:db8::1 -p 25")),
        ("[2001:db8::1]:25", Some("-H 2001:db8::1 -p 25")),
        ("/run/app.sock", Some("-U /run/app.sock")),
        ("unix:/run/app.sock", Some("-U /run/app.sock")),
        ("smtp smtp", Some("--service SMTP -H smtp")),
        ("smtp -H mail", None),
        ("smtp", Some("--service SMTP")),
        ("smtp mail 587", Some("--service SMTP -H mail -p 587")),
        ("25 -H mail", Some("-p 25")),
        ("-H mail -p 25 80", None),
        ("-p 80 -S yes", None),
        ("-H mail other.example", None),
        ("-f- other.example", None),
        ("mail,example", None),
        ("unix:@app", Some("-U @app")),
        ("@app", Some("-U @app")),
        ("unix:///run/app.sock", Some("-U /run/app.sock")),
        ("mail smtp", Some("--service SMTP -H mail")),
        ("telnet mail", None),
        ("mail 99999", None),
        ("user@mail.example 22", Some("-H mail.example -p 22")),
        ("http://mail/path", Some("-H mail -p 80")),
        ("HTTPS://[::1]:8443/?x", Some("-S -H ::1 -p 8443")),
        ("https://www.example -p 444", Some("-S -H www.example")),
        (
            "smtp://mail.example",
            Some("--service SMTP -H mail.example"),
        ),
        ("tcp://mail:25", Some("-H mail -p 25")),
        ("http://", None),
        ("-p 25 -timeout 5", Some("--timeout")),
        ("-port 25 -H mail", Some("--port")),
        ("/run/$(x)", None),
    ] {
        let mut raw = RawOptions::default();
        let args = line.split(' ').map(OsString::from);
        let error = raw.read(args, OptionSource::CommandLine);
        let error = error.expect_err("an unexpected argument");
        match options {
            Some(options) => {
                let hint = format!("; did you mean {options}?");
                assert!(error.ends_with(&hint), "{line}: {error}");
            }
            None => assert!(error.ends_with("options only"), "{line}: {error}"),
        }
    }
}

#[test]
fn an_option_that_took_another_as_its_value_is_named() {
    for (line, hint) in [
        ("-w -p 25", "the value of -w is -p"),
        ("-e --port 25", "the value of -e is --port"),
        ("--sni -H mail -p 25", "the value of --sni is -H"),
    ] {
        let mut raw = RawOptions::default();
        let args = line.split(' ').map(OsString::from);
        let error = raw.read(args, OptionSource::CommandLine);
        let error = error.expect_err("an unexpected argument");
        assert!(error.ends_with(&format!("; {hint}")), "{line}: {error}");
    }
}
