//! `docs/check-tcp.schema.json` takes what is printed and nothing else.

use serde_json::{Value, json as value};
use support::schema::{OBJECT, Schema};
use support::*;

/// An object of a check with TLS and captures, and one of a usage error.
fn printed() -> [Value; 2] {
    let ca = Authority::new("Root");
    let server = Server::tls(&ca.issue(Leaf::good()), TLS13, |peer| {
        peer.say("220 mx\r\n");
    });
    let check = program!(
        "-S -H localhost -4 -p {} -e '^220 (?P<host>.*)\\r\\n' -t 20 --format json",
        server.port()
    );
    let error = check!("--format json -p 0");
    [check.trusting(&ca.store()).run(), error].map(|run| {
        let text = str::from_utf8(&run.stdout).expect("UTF-8");
        json::object(text.trim_end())
    })
}

#[test]
fn an_object_with_a_key_too_many_or_too_few_is_invalid() {
    for object in printed() {
        OBJECT.validate(&object).expect("it is valid");
        for key in json::KEYS {
            let mut changed = object.clone();
            changed.as_object_mut().expect("an object").remove(key);
            OBJECT.validate(&changed).expect_err(key);
        }
        let mut changed = object.clone();
        changed["more"] = Value::Null;
        OBJECT.validate(&changed).expect_err("a key too many");
        for part in ["phases", "tls"] {
            if object[part].is_object() {
                let mut changed = object.clone();
                changed[part]["more"] = Value::Null;
                OBJECT.validate(&changed).expect_err("a key too many");
            }
        }
    }
}

#[test]
fn a_value_of_another_kind_is_invalid() {
    let [check, error] = printed();
    for (key, wrong) in [
        ("target", value!(null)),
        ("line", value!(0)),
        ("port", value!(65536)),
        ("port", value!(25.5)),
        ("host", value!(null)),
        ("socket", value!("/run/app.sock")),
        ("status", value!("Ok")),
        ("code", value!(2)),
        ("reason", value!("usage")),
        ("phase", value!(null)),
        ("elapsed", value!(-1)),
        ("bytes", value!("6")),
        ("tls", value!({})),
        ("captures", value!({"host": 1})),
        ("time", value!("2026-11-22 11:22:19")),
    ] {
        let mut changed = check.clone();
        changed[key] = wrong;
        OBJECT.validate(&changed).expect_err(key);
    }
    for (key, wrong) in [("code", value!(2)), ("phase", value!("done"))] {
        let mut changed = error.clone();
        changed[key] = wrong;
        OBJECT.validate(&changed).expect_err(key);
    }
}

#[test]
#[should_panic(expected = "unknown keyword minLength")]
fn a_schema_with_an_unknown_keyword_is_refused() {
    Schema::new(r#"{"$defs": {"a": {"properties": {"b": {"minLength": 1}}}}}"#);
}
