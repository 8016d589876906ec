//! Paths among the certificates that a peer presents, and the bounds of the search for one.

use super::{asked, refused};
use rcgen::CustomExtension;
use support::*;

#[test]
fn the_right_issuer_is_found_behind_any_number_of_others() {
    let root = Authority::new("Case Root");
    let issuer = root.intermediate("Case Issuer");
    let strangers: Vec<_> = (0..40)
        .map(|n| Authority::new(&format!("Stranger {n}")))
        .collect();
    let mut chain = issuer.issue(Leaf::good());
    for stranger in &strangers {
        chain = chain.through(stranger);
    }
    let found = chain.through(&issuer);
    asked(&found, &root.store()).ok("220 ready");
}

#[test]
fn a_path_of_six_issuers_is_found_in_any_order_and_one_of_seven_is_not() {
    let root = Authority::new("Case Root");
    let mut issuers = vec![root.intermediate("Issuer 0")];
    for n in 1..7 {
        let next = issuers[n - 1].intermediate(&format!("Issuer {n}"));
        issuers.push(next);
    }
    let chain = |order: &[usize]| {
        let last = order.iter().max().expect("an issuer");
        let leaf = issuers[*last].issue(Leaf::good());
        order
            .iter()
            .fold(leaf, |chain, n| chain.through(&issuers[*n]))
    };
    asked(&chain(&[5, 4, 3, 2, 1, 0]), &root.store()).ok("220 ready");
    asked(&chain(&[0, 1, 2, 3, 4, 5]), &root.store()).ok("220 ready");
    asked(&chain(&[0, 0, 3, 0, 3, 5, 2, 1, 4]), &root.store()).ok("220 ready");
    let run = asked(&chain(&[6, 5, 4, 3, 2, 1, 0]), &root.store());
    let told = ["unknown issuer: 7 issuers stand between", "at most 6"];
    refused(&run, &told);
}

#[test]
fn the_right_one_of_some_of_one_name_is_found() {
    let root = Authority::new("Case Root");
    let twins: Vec<_> = (0..6).map(|_| root.intermediate("Twin")).collect();
    for right in &twins {
        let leaf = right.issue(Leaf::good());
        let chain = twins.iter().fold(leaf, Identity::through);
        asked(&chain, &root.store()).ok("220 ready");
    }
}

#[test]
fn the_right_one_of_many_of_one_name_is_known_by_its_key_identifier() {
    let root = Authority::new("Case Root");
    let middle = root.intermediate("Middle");
    let twins: Vec<_> = (0..30).map(|_| middle.intermediate("Twin")).collect();
    let right = &twins[25];
    let leaf = right.issue(Leaf::good().with_issuer_key_id());
    let chain = twins.iter().fold(leaf, Identity::through).through(&middle);
    asked(&chain, &root.store()).ok("220 ready");
    // Nothing tells them apart.
    let leaf = right.issue(Leaf::good());
    let chain = twins.iter().fold(leaf, Identity::through).through(&middle);
    refused(
        &asked(&chain, &root.store()),
        &["unknown issuer", "more than 6"],
    );
}

#[test]
fn of_many_of_one_name_and_key_those_that_hold_are_tried() {
    let root = Authority::new("Case Root");
    let issuer = root.intermediate("Twin");
    let old: Vec<_> = (0..8)
        .map(|n| {
            issuer.remade_by("Twin", &root, |params| {
                params.not_before = rcgen::date_time_ymd(2001, 2, 3);
                params.not_after = rcgen::date_time_ymd(2020, 4, 5 + n);
            })
        })
        .collect();
    let chain = old
        .iter()
        .fold(issuer.issue(Leaf::good()), Identity::through);
    asked(&chain.through(&issuer), &root.store()).ok("220 ready");
}

#[test]
fn issuers_that_sign_each_other_make_no_loop() {
    let root = Authority::new("Case Root");
    let (left, right) = (root.intermediate("Left"), Authority::new("Right"));
    let right_by_left = right.cross_signed_by("Right", &left);
    let left_by_right = left.cross_signed_by("Left", &right);
    let leaf = right.issue(Leaf::good());
    let chain = leaf
        .through(&right_by_left)
        .through(&left_by_right)
        .through(&right)
        .through(&left);
    asked(&chain, &root.store()).ok("220 ready");
}

#[test]
fn an_authority_that_vouches_for_its_new_key_with_its_old_one_is_followed() {
    let old = Authority::new("Case Root");
    let new = Authority::new("Case Root");
    let new_by_old = new.cross_signed_by("Case Root", &old);
    let chain = new.issue(Leaf::good()).through(&new).through(&new_by_old);
    asked(&chain, &old.store()).ok("220 ready");
    asked(&chain, &new.store()).ok("220 ready");
}

#[test]
fn a_chain_of_one_name_costs_no_more_than_another() {
    let (root, twin) = (Authority::new("Case Root"), Authority::new("Twin"));
    let leaf = twin.issue(Leaf::good());
    let twins: Vec<_> = (0..40).map(|_| Authority::new("Twin")).collect();
    let run = asked(&twins.iter().fold(leaf, Identity::through), &root.store());
    refused(&run, &["unknown issuer"]);
}

#[test]
fn namesakes_of_a_root_cost_bounded_time() {
    let root = Authority::new("Case Root");
    let impostors: Vec<_> = (0..40)
        .map(|n| Authority::new("Case Root").intermediate(&format!("Issuer {}", n % 2)))
        .collect();
    let leaf = Authority::new("Issuer 1").issue(Leaf::good());
    let run = asked(
        &impostors.iter().fold(leaf, Identity::through),
        &root.store(),
    );
    refused(&run, &["unknown issuer"]);
}

#[test]
fn a_certificate_of_very_many_extensions_is_not_read() {
    let root = Authority::new("Case Root");
    let leaf = |n| root.issue(Leaf::good().with_extensions(n));
    asked(&leaf(20), &root.store()).ok("220 ready");
    refused(
        &asked(&leaf(100), &root.store()),
        &["more than 32 extensions"],
    );
}

#[test]
fn names_and_name_constraints_are_compared_where_there_are_not_too_many() {
    let root = Authority::new("Case Root");
    let names: Vec<_> = (0..150).map(|n| format!("n{n}.example.com")).collect();
    let names: Vec<_> = names
        .iter()
        .map(String::as_str)
        .chain(["localhost"])
        .collect();
    for (constraints, is_too_many) in [(50, false), (100, true)] {
        let issuer = root.excluding("Case Issuer", constraints);
        let chain = issuer.issue(Leaf::named(&names)).through(&issuer);
        let run = asked(&chain, &root.store());
        if is_too_many {
            refused(&run, &["name constraints", "comparisons"]);
        } else {
            run.ok("220 ready");
        }
    }
}

#[test]
fn of_very_many_names_the_right_one_is_found_and_a_few_are_told() {
    let root = Authority::new("Case Root");
    let store = root.store();
    let names: Vec<_> = (0..2_000).map(|n| format!("n{n}.example.com")).collect();
    let issued = |last: &[&str]| {
        let names: Vec<_> = names
            .iter()
            .map(String::as_str)
            .chain(last.to_vec())
            .collect();
        root.issue(Leaf::named(&names))
    };
    for (last, name) in [
        ("LocalHost", "localhost"),
        ("127.0.0.1", "127.0.0.1"),
        ("*.Example.org", "www.example.org"),
        ("www.example.org", "www.example.org"),
    ] {
        let server = super::greeting(&issued(&[last]), TLS13);
        let port = server.port();
        program!("-S -H 127.0.0.1 -p {port} --sni {name}")
            .trusting(&store)
            .run()
            .ok("seconds response time");
    }
    let server = super::greeting(&issued(&["*.localhost"]), TLS13);
    let port = server.port();
    program!("-S -H 127.0.0.1 -p {port} --sni foo.localhost")
        .trusting(&store)
        .run()
        .critical("not for foo.localhost: it names n0.example.com, .* and 1993 more$");
    let run = asked(&issued(&["192.0.2.1"]), &store);
    refused(
        &run,
        &[
            "not for localhost: it names n0.example.com, ",
            "n7.example.com and 1993 more",
        ],
    );
}

#[test]
fn very_many_names_are_told_as_a_few_are() {
    let root = Authority::new("Case Root");
    let told = |tag: u8, name: &[u8], words: &[&str]| {
        let name = [&[tag, name.len() as u8], name].concat();
        let names = name.repeat(1_000);
        let [high, low] = (names.len() as u16).to_be_bytes();
        let names = [&[0x30, 0x82, high, low], &*names].concat();
        let leaf = Leaf::named(&[]).with(|params| {
            let names = CustomExtension::from_oid_content(&[2, 5, 29, 17], names);
            params.custom_extensions.push(names);
        });
        refused(&asked(&root.issue(leaf), &root.store()), words);
    };
    let first = "not for localhost: it names ";
    told(
        0x82,
        b"\xff|.example",
        &[first, r"\xff\x7c.example, ", " and 992 more"],
    );
    told(
        0x81,
        b"a@example.com",
        &[first, "no host (in its subjectAltName)"],
    );
}
