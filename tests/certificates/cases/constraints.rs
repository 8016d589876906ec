//! Name constraints of issuers (RFC 5280, section 4.2.1.10).

use crate::case::{Case, HOST, leaf, root};
use crate::der::{
    Certificate, Party, authority, element, extension, hosts, key_usage, name, names,
};
use crate::keys::Key;

const DNS: u8 = 0x82;
const IP: u8 = 0x87;

pub(crate) fn cases() -> Vec<Case> {
    let root = root();
    let mut cases = Vec::new();
    let mut add = |what: &str, asked: &str, constraints: &[u8], own: &Certificate| {
        let change = |it: &mut Certificate| it.extensions.push(constraints.to_vec());
        let issuer = root.authority("Test Issuer", Key::P256(2), change);
        let chain = [&issuer.issue(own)[..], &issuer.der];
        cases.push(Case::new(what, &root, &chain).asked_for(asked));
    };
    for (permitted, excluded) in [
        (HOST, ""),
        ("example.com", ""),
        (".example.com", ""),
        ("com", ""),
        ("example.org", ""),
        ("ample.com", ""),
        ("", HOST),
        ("", "example.com"),
        ("", "example.org"),
        ("example.com", HOST),
        ("example.com", "mail.example.com"),
    ] {
        let subtrees = |name: &str| match name {
            "" => vec![],
            name => vec![(DNS, name.as_bytes().to_vec())],
        };
        let constraints = constraints(true, &subtrees(permitted), &subtrees(excluded));
        let what = match (permitted, excluded) {
            (permitted, "") => format!("permits `{permitted}`"),
            ("", excluded) => format!("excludes `{excluded}`"),
            (permitted, excluded) => format!("permits `{permitted}`, excludes `{excluded}`"),
        };
        add(&what, HOST, &constraints, &leaf());
    }
    let everything = constraints(true, &[(DNS, Vec::new())], &[]);
    add(
        "permits every DNS name, as an empty one",
        HOST,
        &everything,
        &leaf(),
    );
    let nothing = constraints(true, &[], &[(DNS, Vec::new())]);
    add(
        "excludes every DNS name, as an empty one",
        HOST,
        &nothing,
        &leaf(),
    );
    let optional = constraints(false, &[(DNS, b"example.org".to_vec())], &[]);
    add(
        "permits `example.org`, not marked critical",
        HOST,
        &optional,
        &leaf(),
    );
    let two = leaf().with(|it| it.extensions = vec![hosts(&[HOST, "www.example.org"])]);
    let com = constraints(true, &[(DNS, b"example.com".to_vec())], &[]);
    add(
        "permits `example.com`, and the server has `www.example.org` too",
        HOST,
        &com,
        &two,
    );
    let wild = leaf().with(|it| it.extensions = vec![hosts(&["*.example.com"])]);
    add(
        "permits `example.com`, and the server has `*.example.com`",
        HOST,
        &com,
        &wild,
    );
    let www = constraints(true, &[], &[(DNS, HOST.as_bytes().to_vec())]);
    add(
        "excludes `www.example.com`, and the server has `*.example.com`",
        HOST,
        &www,
        &wild,
    );
    let common = leaf().with(|it| it.subject = name("www.example.org"));
    add(
        "permits `example.com`, and the common name is `www.example.org`",
        HOST,
        &com,
        &common,
    );
    let mail = constraints(true, &[(0x81, b"example.org".to_vec())], &[]);
    add(
        "permits e-mail addresses at `example.org` alone",
        HOST,
        &mail,
        &leaf(),
    );
    let uri = constraints(true, &[(0x86, b"example.org".to_vec())], &[]);
    add("permits URIs at `example.org` alone", HOST, &uri, &leaf());
    let address = leaf().with(|it| it.extensions = vec![names(&[(IP, [192, 0, 2, 1])])]);
    for (what, subtree) in [
        ("permits 192.0.2.0/24", vec![192, 0, 2, 0, 255, 255, 255, 0]),
        (
            "permits 198.51.100.0/24",
            vec![198, 51, 100, 0, 255, 255, 255, 0],
        ),
        ("permits an address without a mask", vec![192, 0, 2, 1]),
        (
            "permits a mask with a hole",
            vec![192, 0, 2, 0, 255, 0, 255, 0],
        ),
    ] {
        let constraints = constraints(true, &[(IP, subtree)], &[]);
        add(
            &format!("{what}, and the server is 192.0.2.1"),
            "192.0.2.1",
            &constraints,
            &address,
        );
    }
    // The contents of a name, since the tag is explicit.
    let directory = |permitted: &str| constraints(true, &[(0xa4, name(permitted))], &[]);
    add(
        "permits the directory name of the server's subject",
        HOST,
        &directory("server"),
        &leaf(),
    );
    add(
        "permits another directory name",
        HOST,
        &directory("other"),
        &leaf(),
    );
    let other = constraints(true, &[], &[(0xa4, name("other"))]);
    add("excludes another directory name", HOST, &other, &leaf());
    let empty = extension(&[2, 5, 29, 30], true, &element(0x30, &[]));
    add(
        "neither permits nor excludes anything",
        HOST,
        &empty,
        &leaf(),
    );
    for (what, permitted) in [
        ("permits", "example.com"),
        ("does not permit", "example.org"),
    ] {
        let change = |it: &mut Certificate| {
            let permitted = [(DNS, permitted.as_bytes().to_vec())];
            it.extensions = vec![authority(None), constraints(true, &permitted, &[])];
        };
        let stored = Party::root("Test Root", Key::P256(1), change);
        let own = stored.issue(&leaf());
        cases.push(Case::new(
            format!("the root in the store {what} the name"),
            &stored,
            &[&own],
        ));
    }
    // Two of one name and key: what one lacks, the other does not make up for.
    let permits = |permitted: &str, usage: u8| {
        let permitted = [(DNS, permitted.as_bytes().to_vec())];
        let extensions = vec![
            authority(None),
            key_usage(usage),
            constraints(true, &permitted, &[]),
        ];
        Party::root("Test Root", Key::P256(1), |it| it.extensions = extensions)
    };
    let (other, unusable) = (permits("example.org", 0x06), permits("example.com", 0x02));
    let own = other.issue(&leaf());
    for (what, store) in [
        ("first", [&other, &unusable]),
        ("last", [&unusable, &other]),
    ] {
        let what = format!(
            "two roots of one key, one that does not permit the name {what} and one that may not sign"
        );
        cases.push(Case::new(what, &other, &[&own]).trusting(&store));
    }
    cases
}

/// nameConstraints with these subtrees, each a name with its tag.
fn constraints(
    is_critical: bool,
    permitted: &[(u8, Vec<u8>)],
    excluded: &[(u8, Vec<u8>)],
) -> Vec<u8> {
    let mut contents = Vec::new();
    for (tag, subtrees) in [(0xa0, permitted), (0xa1, excluded)] {
        if !subtrees.is_empty() {
            let subtrees = subtrees.iter();
            let subtrees = subtrees.map(|(tag, name)| element(0x30, &element(*tag, name)));
            contents.extend(element(tag, &subtrees.collect::<Vec<_>>().concat()));
        }
    }
    extension(&[2, 5, 29, 30], is_critical, &element(0x30, &contents))
}
