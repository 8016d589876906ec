//! `--format prometheus`: what a scraper reads.

use nix::sys::signal::Signal;
use std::collections::HashSet;
use support::*;

/// A sample: its family, its labels as they stand there, and its value.
#[derive(Debug)]
struct Sample<'a> {
    family: &'a str,
    labels: &'a str,
    value: f64,
}

/// The samples of an exposition, of which the form is asserted: a family stands together behind its
/// HELP and TYPE, and no series stands there twice.
#[track_caller]
fn samples(text: &[u8]) -> Vec<Sample<'_>> {
    let text = str::from_utf8(text).expect("UTF-8");
    assert!(text.ends_with('\n'), "{text}");
    let mut families = HashSet::new();
    let mut series = HashSet::new();
    let mut current = "";
    let mut samples = Vec::new();
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            current = help.split_once(' ').expect("a text").0;
            assert!(families.insert(current), "{current} stands there twice");
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            assert_eq!(kind, format!("{current} gauge"));
        } else {
            let (name, value) = line.rsplit_once(' ').expect("a value");
            assert!(series.insert(name), "{name} stands there twice");
            let (family, labels) = name.split_once('{').unwrap_or((name, "}"));
            assert_eq!(family, current, "{line}");
            samples.push(Sample {
                family,
                labels: labels.strip_suffix('}').expect("an end"),
                value: value.parse().expect("a number"),
            });
        }
    }
    samples
}

/// The value of the one sample of this family that has these labels among its own.
#[track_caller]
fn value(samples: &[Sample<'_>], family: &str, labels: &[&str]) -> f64 {
    let has = |sample: &&Sample<'_>| {
        sample.family == family && labels.iter().all(|label| sample.labels.contains(label))
    };
    let found: Vec<_> = samples.iter().filter(has).collect();
    assert_eq!(found.len(), 1, "{family} {labels:?}: {found:?}");
    found[0].value
}

#[test]
fn each_target_has_its_series_and_the_run_its_own() {
    let (good, busy) = (Fleet::new(Manner::Greets), Fleet::new(Manner::Busy));
    let closed = Refusing::new();
    let (good, busy, closed) = (good.port(), busy.port(), closed.port());
    // A target that stands twice, a name with all that has a meaning, and an error.
    let list = format!(
        "127.0.0.1:{good}\n127.0.0.1:{good} -w 1e-9\n127.0.0.1:{busy} --name 'a \\ \"b\" | c'\n\
         127.0.0.1:{closed} --service imap\nlocalhost:{good} -4\nno:port\n"
    );
    let listed =
        program!("--targets - -t 20 -e ^220 --service smtp --format prometheus").over(list);
    listed.exits(2);
    assert!(listed.stderr.is_empty(), "{listed}");
    let samples = samples(&listed.stdout);
    for (line, success, status, reason) in [
        (1, 1.0, 0.0, "ok"),
        (2, 1.0, 1.0, "slow"),
        (3, 0.0, 2.0, "mismatch"),
        (4, 0.0, 2.0, "refused"),
        (5, 1.0, 0.0, "ok"),
        (6, 0.0, 3.0, "usage"),
    ] {
        let line = &*format!("line=\"{line}\"");
        let of = |family| value(&samples, family, &[line]);
        assert_eq!(of("probe_success"), success, "{line}");
        assert_eq!(of("check_tcp_status"), status, "{line}");
        let labels = [line, &format!("reason=\"{reason}\"")];
        assert_eq!(value(&samples, "check_tcp_reason_info", &labels), 1.0);
        if reason != "usage" {
            assert!((0.0..20.0).contains(&of("probe_duration_seconds")));
            let is_mismatch = f64::from(u8::from(reason == "mismatch"));
            assert_eq!(of("probe_failed_due_to_regex"), is_mismatch, "{line}");
        }
        if success == 1.0 {
            assert_eq!(of("probe_ip_protocol"), 4.0, "{line}");
        }
    }
    let third = samples.iter().find(|it| it.labels.contains("line=\"3\""));
    let third = third.expect("the third line").labels;
    assert!(
        third.starts_with(&format!(
            r#"target="127.0.0.1:{busy}",name="a \\ \"b\" \\x7c c",service="SMTP""#
        )),
        "{third}"
    );
    let phase = |name| {
        let labels = ["line=\"5\"", &format!("phase=\"{name}\"")];
        value(&samples, "check_tcp_phase_seconds", &labels)
    };
    let lookup = value(&samples, "probe_dns_lookup_time_seconds", &["line=\"5\""]);
    assert_eq!(phase("resolve"), lookup);
    assert!(phase("connect") > 0.0 && phase("first_byte") > 0.0);
    for (status, count) in [
        ("ok", 2.0),
        ("warning", 1.0),
        ("critical", 2.0),
        ("unknown", 1.0),
    ] {
        let labels = [&*format!("status=\"{status}\"")];
        assert_eq!(value(&samples, "check_tcp_targets", &labels), count);
    }
    assert_eq!(value(&samples, "check_tcp_run_complete", &[]), 1.0);
    assert!(value(&samples, "check_tcp_run_seconds", &[]) > 0.0);
    let at = value(&samples, "check_tcp_last_run_timestamp_seconds", &[]);
    let now = std::time::SystemTime::now();
    let now = now.duration_since(std::time::UNIX_EPOCH).expect("1970");
    assert!((now.as_secs_f64() - at).abs() < 60.0, "{at}");
}

#[test]
fn certificates_are_told_as_blackbox_exporter_tells_them() {
    let root = Authority::new("Case \"Root\"");
    let server = Server::tls(&root.issue(Leaf::good()), TLS13, |peer| {
        peer.say("220 x\r\n");
    });
    let port = server.port();
    let list = format!("localhost:{port}\nlocalhost:{port} --sni other.example\n");
    let listed = program!("--targets - -S -4 -t 20 -e ^220 --format prometheus")
        .trusting(&root.store())
        .over(list);
    listed.exits(2);
    let samples = samples(&listed.stdout);
    for line in ["line=\"1\"", "line=\"2\""] {
        let labels = [
            line,
            r#"subject="check-tcp test server""#,
            r#"issuer="Case \"Root\"""#,
            r#"subjectalternative="localhost,127.0.0.1,::1""#,
        ];
        assert_eq!(value(&samples, "probe_ssl_last_chain_info", &labels), 1.0);
        let end = value(&samples, "probe_ssl_earliest_cert_expiry", &[line]);
        assert!(end > 60e9, "the year 4096: {end}");
        let version = [line, "version=\"TLS 1.3\""];
        assert_eq!(value(&samples, "probe_tls_version_info", &version), 1.0);
    }
}

#[test]
fn a_single_check_and_an_error_are_series_too() {
    let server = Fleet::new(Manner::Greets);
    let run = check!(
        "-H 127.0.0.1 -p {} --format prometheus --name mx",
        server.port()
    );
    assert_eq!(run.code, Some(0), "{run}");
    let labels = [r#"target="127.0.0.1",name="mx",service="TCP",line="""#];
    let told = samples(&run.stdout);
    assert_eq!(value(&told, "check_tcp_status", &labels), 0.0);
    assert_eq!(value(&told, "check_tcp_run_complete", &[]), 1.0);
    for error in ["-p 0", "--targets /nowhere/x"] {
        let run = check!("{error} --format prometheus");
        assert_eq!(run.code, Some(3), "{run}");
        let told = samples(&run.stdout);
        let said = String::from_utf8_lossy(&run.stderr);
        assert!(
            said.starts_with("TCP UNKNOWN: "),
            "the reason is on stderr: {said}"
        );
        assert_eq!(value(&told, "check_tcp_status", &[]), 3.0);
        assert_eq!(value(&told, "check_tcp_run_complete", &[]), 0.0);
    }
    let dir = tempfile::tempdir().expect("a directory");
    let path = dir.path().join("check-tcp.prom");
    let run = program!("--targets /nowhere/x --format prometheus --output")
        .arg(&path)
        .run();
    assert_eq!((run.code, &*run.stdout), (Some(3), &b""[..]), "{run}");
    let told = std::fs::read(&path).expect("the file");
    assert_eq!(value(&samples(&told), "check_tcp_status", &[]), 3.0);
}

#[test]
fn what_is_declared_ok_is_a_success_and_what_is_not_is_none() {
    let server = Fleet::new(Manner::Greets);
    for (port, words, success) in [
        (1, "", 0.0),
        (1, "--status-as refused=ok", 1.0),
        (server.port(), "-w 1e-9", 1.0),
        (server.port(), "--status-as ok=critical", 0.0),
    ] {
        let run = check!("-H 127.0.0.1 -p {port} {words} --format prometheus");
        assert_eq!(
            value(&samples(&run.stdout), "probe_success", &[]),
            success,
            "{run}"
        );
    }
}

#[test]
fn an_empty_list_has_no_targets() {
    let listed = program!("--targets - --format prometheus").over("# nothing\n");
    listed.exits(3);
    let samples = samples(&listed.stdout);
    let total: f64 = samples
        .iter()
        .filter(|it| it.family == "check_tcp_targets")
        .map(|it| it.value)
        .sum();
    assert_eq!(total, 0.0);
    assert_eq!(value(&samples, "check_tcp_run_complete", &[]), 1.0);
    // As JSON has a usage error.
    let labels = [r#"target="""#, r#"service="TCP""#];
    assert_eq!(value(&samples, "check_tcp_status", &labels), 3.0);
}

#[test]
fn a_run_that_is_broken_off_says_so() {
    let server = Fleet::new(Manner::Silent);
    let mut running = program!("--targets - -e ^220 -t 60 --format prometheus").start();
    running.feed(format!("127.0.0.1:{}\n", server.port()));
    server.wait_for(1);
    running.signal(Signal::SIGTERM);
    let listed = running.end();
    listed.exits(3);
    let samples = samples(&listed.stdout);
    assert_eq!(value(&samples, "check_tcp_run_complete", &[]), 0.0);
    let labels = ["reason=\"interrupted\""];
    assert_eq!(value(&samples, "check_tcp_reason_info", &labels), 1.0);
}
