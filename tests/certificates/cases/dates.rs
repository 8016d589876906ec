//! Validity periods.

use crate::case::{Case, leaf, root};
use crate::der::{Party, element, time};
use crate::keys::Key;

pub(crate) fn cases() -> Vec<Case> {
    let root = root();
    let mut cases = Vec::new();
    for (what, from, to) in [
        (
            "valid from 2020 to 2120",
            "200101000000Z",
            "21200101000000Z",
        ),
        ("expired", "200101000000Z", "210101000000Z"),
        ("not yet valid", "21000101000000Z", "21200101000000Z"),
        ("both as UTCTime", "200101000000Z", "491231235959Z"),
        (
            "both as GeneralizedTime, though before 2050",
            "20200101000000Z",
            "20491231235959Z",
        ),
        ("ends in 1950, as UTCTime", "200101000000Z", "500101000000Z"),
        (
            "begins in 1951, as UTCTime",
            "510101000000Z",
            "21200101000000Z",
        ),
        ("begins in 1970", "700101000000Z", "21200101000000Z"),
        (
            "begins a second before 1970",
            "691231235959Z",
            "21200101000000Z",
        ),
        ("without a known end", "200101000000Z", "99991231235959Z"),
        (
            "ends before it begins, in the past",
            "210101000000Z",
            "200101000000Z",
        ),
        (
            "ends before it begins, both to come",
            "21200101000000Z",
            "21100101000000Z",
        ),
        (
            "valid for one second, in 2020",
            "200101000000Z",
            "200101000000Z",
        ),
        ("UTCTime without seconds", "2001010000Z", "21200101000000Z"),
        (
            "UTCTime with an offset",
            "200101000000+0000",
            "21200101000000Z",
        ),
        (
            "GeneralizedTime with a fraction",
            "200101000000Z",
            "21200101000000.5Z",
        ),
        ("the 31st of February", "200231000000Z", "21200101000000Z"),
        (
            "February 29th of a leap year",
            "200229000000Z",
            "21200229000000Z",
        ),
        ("hour 24", "200101240000Z", "21200101000000Z"),
        ("second 60", "200101000060Z", "21200101000000Z"),
    ] {
        let own = leaf().with(|it| {
            it.not_before = stamp(from);
            it.not_after = stamp(to);
        });
        cases.push(Case::new(
            format!("server's: {what}"),
            &root,
            &[&root.issue(&own)],
        ));
    }
    for (what, from, to) in [
        ("expired", "200101000000Z", "210101000000Z"),
        ("not yet valid", "21000101000000Z", "21200101000000Z"),
        (
            "ends before the server's",
            "200101000000Z",
            "21100101000000Z",
        ),
    ] {
        let issuer = root.authority("Test Issuer", Key::P256(2), |it| {
            it.not_before = stamp(from);
            it.not_after = stamp(to);
        });
        let own = issuer.issue(&leaf());
        cases.push(Case::new(
            format!("intermediate: {what}"),
            &root,
            &[&own, &issuer.der],
        ));
    }
    for (what, from, to) in [
        ("expired", "200101000000Z", "210101000000Z"),
        ("not yet valid", "21000101000000Z", "21200101000000Z"),
        ("ends in month 13", "200101000000Z", "20991301000000Z"),
        (
            "ended at a UTCTime without seconds",
            "190101000000Z",
            "2001010000Z",
        ),
        (
            "ended at a UTCTime with an offset",
            "190101000000Z",
            "200101000000+0000",
        ),
    ] {
        let root = Party::root("Test Root", Key::P256(1), |it| {
            it.not_before = stamp(from);
            it.not_after = stamp(to);
        });
        let own = root.issue(&leaf());
        cases.push(Case::new(
            format!("root in the store: {what}"),
            &root,
            &[&own],
        ));
    }
    let old = Party::root("Test Root", Key::P256(1), |it| {
        it.not_after = time("210101000000Z");
    });
    let own = root.issue(&leaf());
    cases.push(
        Case::new(
            "root in the store: an expired copy, then a renewed one",
            &root,
            &[&own],
        )
        .trusting(&[&old, &root]),
    );
    cases.push(
        Case::new(
            "root in the store: a renewed one, then its expired copy",
            &root,
            &[&own],
        )
        .trusting(&[&root, &old]),
    );
    cases.push(Case::new(
        "root in the store: renewed, and its expired copy is presented",
        &root,
        &[&own, &old.der],
    ));
    let issuer = root.authority("Test Issuer", Key::P256(2), |_| ());
    let old = root.authority("Test Issuer", Key::P256(2), |it| {
        it.not_after = time("210101000000Z");
    });
    let own = issuer.issue(&leaf());
    cases.push(
        Case::new(
            "intermediate: a valid one is presented, and its expired copy is in the store",
            &root,
            &[&own, &issuer.der],
        )
        .trusting(&[&root, &old]),
    );
    cases
}

/// A UTCTime has two digits for the year.
fn stamp(text: &str) -> Vec<u8> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    element(if digits > 12 { 0x18 } else { 0x17 }, text.as_bytes())
}
