//! Paths from the server to the trust store.

use crate::case::{Case, leaf, root};
use crate::der::{Certificate, Party, element, extension, name};
use crate::keys::Key;

pub(crate) fn cases() -> Vec<Case> {
    let root = root();
    let issuer = root.authority("Test Issuer", Key::P256(2), |_| ());
    let own = issuer.issue(&leaf());
    let other = Party::root("Other Root", Key::P256(5), |_| ());
    let stranger = other.authority("Stranger", Key::P256(6), |_| ());
    let mut cases = vec![
        Case::new("issued by the root", &root, &[&root.issue(&leaf())]),
        Case::new(
            "issued by the root, which is presented too",
            &root,
            &[&root.issue(&leaf()), &root.der],
        ),
        Case::new("one intermediate", &root, &[&own, &issuer.der]),
        Case::new(
            "one intermediate and the root",
            &root,
            &[&own, &issuer.der, &root.der],
        ),
        Case::new("one intermediate, missing", &root, &[&own]),
        Case::new(
            "one intermediate, missing, and the root",
            &root,
            &[&own, &root.der],
        ),
        Case::new(
            "one intermediate, missing, but in the store",
            &root,
            &[&own],
        )
        .trusting(&[&root, &issuer]),
        Case::new(
            "the intermediate alone in the store",
            &root,
            &[&own, &issuer.der],
        )
        .trusting(&[&issuer]),
        Case::new(
            "the intermediate alone in the store, not presented",
            &root,
            &[&own],
        )
        .trusting(&[&issuer]),
        Case::new(
            "the intermediate twice",
            &root,
            &[&own, &issuer.der, &issuer.der],
        ),
        Case::new("the server's twice", &root, &[&own, &own, &issuer.der]),
        Case::new(
            "a stranger before the intermediate",
            &root,
            &[&own, &stranger.der, &issuer.der],
        ),
        Case::new(
            "a stranger behind the intermediate",
            &root,
            &[&own, &issuer.der, &stranger.der],
        ),
        Case::new(
            "the root before the intermediate",
            &root,
            &[&own, &root.der, &issuer.der],
        ),
        Case::new(
            "bytes that are no certificate behind the path",
            &root,
            &[&own, &issuer.der, b"\x30\x03abc"],
        ),
        Case::new(
            "bytes that are no certificate before the intermediate",
            &root,
            &[&own, b"\x30\x03abc", &issuer.der],
        ),
        Case::new("another root in the store", &other, &[&own, &issuer.der]),
    ];
    for length in [2, 3, 5, 6, 7, 8, 9] {
        let mut path = vec![root.clone()];
        for n in 0..length {
            let last = path.last().expect("the root");
            path.push(last.authority(&format!("Issuer {n}"), Key::P256(20 + n), |_| ()));
        }
        let own = path.last().expect("an issuer").issue(&leaf());
        let above: Vec<_> = path[1..].iter().rev().map(|party| &party.der[..]).collect();
        let in_order: Vec<_> = [&own[..]].into_iter().chain(above.clone()).collect();
        cases.push(Case::new(
            format!("{length} intermediates"),
            &root,
            &in_order,
        ));
        if length == 3 {
            let upside_down = above.iter().rev().copied();
            let chain: Vec<_> = [&own[..]].into_iter().chain(upside_down).collect();
            cases.push(Case::new("3 intermediates, upside down", &root, &chain));
        }
    }
    // Namesakes.
    let twin = Party::root("Test Root", Key::P256(7), |_| ());
    let by_root = root.issue(&leaf());
    cases.push(Case::new(
        "a root of the same name and another key in the store",
        &twin,
        &[&by_root],
    ));
    cases.push(
        Case::new(
            "two roots of one name, the right one first",
            &root,
            &[&by_root],
        )
        .trusting(&[&root, &twin]),
    );
    cases.push(
        Case::new(
            "two roots of one name, the right one last",
            &root,
            &[&by_root],
        )
        .trusting(&[&twin, &root]),
    );
    let namesake = root.authority("Test Issuer", Key::P256(8), |_| ());
    cases.push(Case::new(
        "an intermediate of the same name before the right one",
        &root,
        &[&own, &namesake.der, &issuer.der],
    ));
    cases.push(Case::new(
        "an intermediate of the same name and another key",
        &root,
        &[&own, &namesake.der],
    ));
    // Cross-signed: the same name and key, from another root.
    let crossed = other.authority("Test Issuer", Key::P256(2), |_| ());
    cases.push(Case::new(
        "cross-signed, both presented",
        &root,
        &[&own, &crossed.der, &issuer.der],
    ));
    cases.push(Case::new(
        "cross-signed, the other root in the store",
        &other,
        &[&own, &issuer.der, &crossed.der],
    ));
    let root_by_other = other.authority("Test Root", Key::P256(1), |_| ());
    cases.push(Case::new(
        "a root that another cross-signed, of which either is trusted",
        &other,
        &[&own, &issuer.der, &root_by_other.der],
    ));
    cases.push(Case::new(
        "a root in the store, presented as cross-signed by an unknown one",
        &root,
        &[&own, &issuer.der, &root_by_other.der],
    ));
    let ended = |it: &mut Certificate| it.not_after = crate::der::time("210101000000Z");
    let expired = root.authority("Test Issuer", Key::P256(2), ended);
    cases.push(Case::new(
        "an expired copy of the intermediate before it",
        &root,
        &[&own, &expired.der, &issuer.der],
    ));
    cases.push(Case::new(
        "an expired copy of the intermediate behind it",
        &root,
        &[&own, &issuer.der, &expired.der],
    ));
    let old_cross = other.authority("Test Root", Key::P256(1), ended);
    cases.push(Case::new(
        "an expired cross-signed copy of the root in the store",
        &root,
        &[&own, &issuer.der, &old_cross.der],
    ));
    let expired_other = Party::root("Other Root", Key::P256(5), ended);
    cases.push(
        Case::new(
            "cross-signed by an expired root, which is in the store too",
            &root,
            &[&own, &issuer.der, &root_by_other.der],
        )
        .trusting(&[&expired_other, &root]),
    );
    // A new key of a root, signed by the old one.
    let ids = |own: &'static [u8], issuer: &'static [u8]| {
        move |it: &mut Certificate| {
            it.extensions
                .push(extension(&[2, 5, 29, 14], false, &element(4, own)));
            let issuer = element(0x30, &element(0x80, issuer));
            it.extensions
                .push(extension(&[2, 5, 29, 35], false, &issuer));
        }
    };
    let old = Party::root("Test Root", Key::P256(1), ids(b"old", b"old"));
    let new = Party::root("Test Root", Key::P256(40), ids(b"new", b"new"));
    let newer = Party::root("Test Root", Key::P256(40), |it| {
        ids(b"new", b"new")(it);
        it.serial = vec![3];
    });
    let crossed = old.authority("Test Root", Key::P256(40), ids(b"new", b"old"));
    let of_new = new.issue(&leaf());
    cases.push(Case::new(
        "a root's new key behind two copies that it signed itself",
        &old,
        &[&of_new, &new.der, &newer.der, &crossed.der],
    ));
    // Loops.
    let left = root.authority("Left", Key::P256(30), |_| ());
    let right_by_left = left.authority("Right", Key::P256(31), |_| ());
    let right = Party {
        key: Key::P256(31),
        ..right_by_left.clone()
    };
    let left_by_right = right.authority("Left", Key::P256(30), |_| ());
    let own_of_right = right.issue(&leaf());
    cases.push(Case::new(
        "two intermediates that sign each other",
        &root,
        &[
            &own_of_right,
            &right_by_left.der,
            &left_by_right.der,
            &left.der,
        ],
    ));
    cases.push(Case::new(
        "two intermediates that sign each other, without a way out",
        &root,
        &[&own_of_right, &right_by_left.der, &left_by_right.der],
    ));
    // Signatures and identifiers of keys.
    let forged = issuer.issue(&leaf().with(|it| it.is_forged = true));
    cases.push(Case::new(
        "a wrong signature of the server's",
        &root,
        &[&forged, &issuer.der],
    ));
    let odd = root.authority("Test Issuer", Key::P256(2), |it| it.is_forged = true);
    cases.push(Case::new(
        "a wrong signature of the intermediate",
        &root,
        &[&own, &odd.der],
    ));
    let odd = Party::root("Test Root", Key::P256(1), |it| it.is_forged = true);
    cases.push(Case::new(
        "a wrong signature of the root by itself",
        &odd,
        &[&by_root],
    ));
    let misnamed = issuer.issue(&leaf().with(|it| it.issuer = Some(name("Somebody"))));
    cases.push(Case::new(
        "an issuer that is named otherwise",
        &root,
        &[&misnamed, &issuer.der],
    ));
    let upper = issuer.issue(&leaf().with(|it| it.issuer = Some(name("TEST ISSUER"))));
    cases.push(Case::new(
        "an issuer that is named in upper case",
        &root,
        &[&upper, &issuer.der],
    ));
    let printable = crate::der::name_of(0x13, b"Test Issuer");
    let printed = issuer.issue(&leaf().with(|it| it.issuer = Some(printable)));
    cases.push(Case::new(
        "an issuer that is named in another kind of string",
        &root,
        &[&printed, &issuer.der],
    ));
    for (what, id) in [("fits", b"id-2"), ("does not fit", b"id-3")] {
        let named = root.authority("Test Issuer", Key::P256(2), |it| {
            it.extensions
                .push(extension(&[2, 5, 29, 14], false, &element(4, b"id-2")));
        });
        let own = named.issue(&leaf().with(|it| {
            let id = element(0x30, &element(0x80, id));
            it.extensions.push(extension(&[2, 5, 29, 35], false, &id));
        }));
        let what = format!("a key identifier that {what}");
        cases.push(Case::new(what, &root, &[&own, &named.der]));
    }
    let nameless = root.authority("", Key::P256(2), |_| ());
    cases.push(Case::new(
        "an intermediate with an empty name",
        &root,
        &[&nameless.issue(&leaf()), &nameless.der],
    ));
    let nameless = Party::root("", Key::P256(1), |_| ());
    cases.push(Case::new(
        "a root with an empty name",
        &nameless,
        &[&nameless.issue(&leaf())],
    ));
    cases
}
