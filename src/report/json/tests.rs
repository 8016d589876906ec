use super::*;
use crate::check::Check;
use crate::expect::Pattern;
use crate::outcome::Cause;
use crate::phase::Phase;
use crate::record::Record;
use crate::report::line::MAX_LINE_CHARS;
use crate::report::sample::{answered, change, failed, invalid, record, reply};
use crate::tls::Session;
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use std::time::UNIX_EPOCH;

fn smtp() -> Check {
    Check {
        name: "SMTP".to_owned(),
        expect: Pattern::new(r"^220 (?P<host>\S+)(?P<rest> .*)?").ok(),
        perfdata: true,
        ..Check::default()
    }
}

fn object(record: &Record) -> String {
    let mut out = Vec::new();
    push_object(&judge_record(record), &mut out);
    String::from_utf8(out).expect("text")
}

fn value(record: &Record) -> Value {
    serde_json::from_str(&object(record)).expect("one JSON object")
}

#[test]
fn every_key_is_present_and_in_order() {
    let mut full = record(smtp(), answered(12, Some(b"220 mx\r\n")));
    full.label.name = Some("mx one".into());
    change(&mut full, |checked| {
        let ms = |ms| Some(Duration::from_millis(ms));
        checked.trace.phases = PhaseDurations {
            resolve: ms(1),
            connect: ms(2),
            tls: ms(3),
            first_byte: ms(4),
        };
        checked.trace.peer = Some(([192, 0, 2, 1], 25).into());
        checked.trace.session = Some(Session {
            path_end: None,
            version: "TLSv1.3",
            cipher: "TLS_AES_256_GCM_SHA384",
            not_after: UNIX_EPOCH.checked_add(Duration::from_secs(86_400)),
        });
        checked.began += Duration::from_millis(1_234);
    });
    assert_eq!(
        object(&full),
        concat!(
            r#"{"target":"mail.example:25","name":"mx one","line":3,"service":"SMTP","#,
            r#""host":"mail.example","port":25,"socket":null,"address":"192.0.2.1","#,
            r#""status":"OK","code":0,"reason":"ok","phase":"done","message":"#,
            r#""0.012 seconds response time on mail.example port 25 [220 mx]","#,
            r#""elapsed":0.012,"phases":{"resolve":0.001,"connect":0.002,"tls":0.003,"#,
            r#""first_byte":0.004},"bytes":8,"reply":"220 mx","tls":{"version":"TLSv1.3","#,
            r#""cipher":"TLS_AES_256_GCM_SHA384","not_after":"1970-01-02T00:00:00Z","#,
            r#""verified":null,"alpn":null,"ends":null,"chain":[]},"#,
            r#""captures":{"host":"mx","rest":null},"time":"1970-01-01T00:00:01.234Z","step":null}"#,
            "\n"
        )
    );
    let lookup = failed(Phase::Resolving, Cause::TimedOut);
    assert_eq!(
        object(&record(smtp(), lookup)),
        concat!(
            r#"{"target":"mail.example:25","name":null,"line":3,"service":"SMTP","#,
            r#""host":"mail.example","port":25,"socket":null,"address":null,"#,
            r#""status":"CRITICAL","code":2,"reason":"dns","phase":"resolving","message":"#,
            r#""looking up mail.example: timed out after 10s: no answer from the resolver","#,
            r#""elapsed":0.09,"#,
            r#""phases":{"resolve":null,"connect":null,"tls":null,"first_byte":null},"#,
            r#""bytes":null,"reply":null,"tls":null,"captures":null,"#,
            r#""time":"1970-01-01T00:00:00.000Z","step":null}"#,
            "\n"
        )
    );
    let mut usage = invalid("", "line 3: no port");
    let shown = concat!(
        r#"{"target":null,"name":null,"line":3,"service":"SMTP","host":null,"#,
        r#""port":null,"socket":null,"address":null,"status":"UNKNOWN","code":3,"#,
        r#""reason":"usage","phase":null,"message":"line 3: no port","elapsed":null,"#,
        r#""phases":null,"bytes":null,"reply":null,"tls":null,"captures":null,"#,
        r#""time":null,"step":null}"#,
        "\n"
    );
    let shown = shown.replace(r#""target":null"#, r#""target":"""#);
    assert_eq!(object(&usage), shown);
    usage.label.line = None;
    let shown = shown
        .replace(r#""target":"""#, r#""target":null"#)
        .replace(r#""line":3"#, r#""line":null"#);
    assert_eq!(object(&usage), shown);
}

#[test]
fn untrusted_bytes_are_escaped_in_every_field() {
    let hostile = b"\x1b[2J\r\n\0|\"\\\x7f\xff\xe2\x80\xae\xc2\x9b";
    let text = String::from_utf8_lossy(hostile).into_owned();
    let check = Check {
        name: text.clone(),
        expect: Pattern::new("(?s)(?P<all>.*)").ok(),
        ..Check::default()
    };
    let mut hostile = record(check, answered(1, Some(hostile)));
    hostile.label.target = text.as_str().into();
    hostile.label.name = Some(text.as_str().into());
    let named = hostile.label.clone();
    change(&mut hostile, |checked| {
        checked.target = Target::Name {
            host: text.clone(),
            port: 25,
        };
    });
    let mut socket = record(smtp(), failed(Phase::Connecting, Cause::TimedOut));
    change(&mut socket, |checked| {
        checked.target = Target::Socket(text.as_str().into());
    });
    let mut usage = invalid("", &text);
    usage.label = named;
    for record in [hostile, socket, usage] {
        let object = object(&record);
        let line = object.strip_suffix('\n').expect("a newline");
        let harmful = |c: char| c.is_control() || matches!(c, '|' | '\u{202e}');
        assert!(!line.contains(harmful), "{line:?}");
        let value = value(&record);
        assert_eq!(value.as_object().map(|object| object.len()), Some(21));
    }
}

#[test]
fn the_message_is_truncated_as_in_the_line_and_the_reply_is_not() {
    let mut long = b"220 ".to_vec();
    long.resize(5000, b'a');
    let value = value(&record(smtp(), answered(12, Some(&long))));
    let length = |key: &str| value[key].as_str().map(|text| text.chars().count());
    assert_eq!(
        length("message"),
        Some(MAX_LINE_CHARS - "SMTP OK: \n".len())
    );
    assert_eq!(length("reply"), Some(1024 + "...".len()));
    assert_eq!(value["bytes"], 5000);
    // The match does not end within the bytes that were kept.
    assert_eq!(value["captures"], Value::Null);
}

#[test]
fn a_check_that_waited_for_a_reply_has_one() {
    let mismatch = |bytes| Cause::Unexpected {
        reply: reply(bytes).into(),
        elapsed: Duration::from_millis(7),
        open: false,
    };
    for (outcome, bytes, text) in [
        (answered(1, None), Value::Null, Value::Null),
        (answered(1, Some(b"")), 0.into(), "".into()),
        (answered(1, Some(b"\r\n")), 2.into(), "".into()),
        (
            failed(Phase::Reading, mismatch(b"421 busy\r\n")),
            10.into(),
            "421 busy".into(),
        ),
        (failed(Phase::Reading, Cause::Closed), 0.into(), "".into()),
        (failed(Phase::Reading, Cause::TimedOut), 0.into(), "".into()),
        (
            failed(Phase::Sending, Cause::TimedOut),
            Value::Null,
            Value::Null,
        ),
        (
            failed(Phase::Reading, Cause::Interrupted),
            Value::Null,
            Value::Null,
        ),
    ] {
        let shown = format!("{outcome:?}");
        let value = value(&record(smtp(), outcome));
        assert_eq!(
            (&value["bytes"], &value["reply"]),
            (&bytes, &text),
            "{shown}"
        );
    }
    let value = value(&record(smtp(), failed(Phase::Reading, mismatch(b"x"))));
    assert_eq!(value["elapsed"], 0.007);
}

#[test]
fn durations_keep_their_precision() {
    for nanos in [0, 1, 999, 1_000_000_001, u64::MAX] {
        let mut record = record(smtp(), failed(Phase::Sending, Cause::TimedOut));
        change(&mut record, |checked| {
            checked.trace.total = Duration::from_nanos(nanos);
            checked.check = Arc::new(smtp());
        });
        let elapsed = value(&record)["elapsed"].as_f64().expect("a number");
        assert!((elapsed * 1e9 - nanos as f64).abs() <= nanos as f64 * 1e-15 + 1e-6);
    }
}
