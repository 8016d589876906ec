//! Names of servers.

use crate::case::{Case, HOST, leaf, root};
use crate::der::{Certificate, element};
use crate::der::{extension, hosts, name, name_of, names, oid, sequence};

const DNS: u8 = 0x82;
const IP: u8 = 0x87;

pub(crate) fn cases() -> Vec<Case> {
    let root = root();
    let mut cases = Vec::new();
    // The names of the certificate, and the name that is asked for.
    for (shown, asked) in [
        ("www.example.com", "www.example.com"),
        ("WWW.Example.COM", "www.example.com"),
        ("www.example.com", "WWW.EXAMPLE.COM"),
        ("mail.example.com", "www.example.com"),
        ("example.com", "www.example.com"),
        ("www.example.com", "example.com"),
        ("xwww.example.com", "www.example.com"),
        ("www.example.com.", "www.example.com"),
        ("www.example.com", "www.example.com."),
        (".example.com", "www.example.com"),
        ("*.example.com", "www.example.com"),
        ("*.EXAMPLE.com", "www.example.com"),
        ("*.example.com", "example.com"),
        ("*.example.com", "a.www.example.com"),
        ("*.www.example.com", "www.example.com"),
        ("*.com", "example.com"),
        ("*", "localhost"),
        ("*", "www.example.com"),
        ("*.*.com", "www.example.com"),
        ("*.*.example.com", "a.www.example.com"),
        ("www.*.com", "www.example.com"),
        ("w*.example.com", "www.example.com"),
        ("*w.example.com", "www.example.com"),
        ("w*w.example.com", "www.example.com"),
        ("**.example.com", "www.example.com"),
        ("*.example.com.", "www.example.com"),
        ("*.localhost", "www.localhost"),
        ("localhost", "localhost"),
        ("_sip.example.com", "_sip.example.com"),
        ("a_b.example.com", "a_b.example.com"),
        ("-a.example.com", "-a.example.com"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("*.example", "xn--bcher-kva.example"),
        ("xn--*.example", "xn--bcher-kva.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("www.example.com ", "www.example.com"),
        (" www.example.com", "www.example.com"),
        ("www.example.com:443", "www.example.com"),
        ("https://www.example.com/", "www.example.com"),
        ("www.example.com\0.evil.example", "www.example.com"),
        ("www.exa\nmple.com", "www.example.com"),
        ("", "www.example.com"),
        ("127.0.0.1", "127.0.0.1"),
        ("*.0.0.1", "127.0.0.1"),
    ] {
        let own = leaf().with(|it| it.extensions = vec![hosts(&[shown])]);
        let shown = shown.escape_default();
        let what = format!("`{shown}` for `{asked}`");
        cases.push(Case::new(what, &root, &[&root.issue(&own)]).asked_for(asked));
    }
    let long = "a".repeat(63);
    for label in [long.clone(), long + "a"] {
        let host = format!("{label}.example.com");
        let own = leaf().with(|it| it.extensions = vec![hosts(&[&host, HOST])]);
        let what = format!("a label of {} bytes, and the right name", label.len());
        cases.push(Case::new(what, &root, &[&root.issue(&own)]));
    }
    let mut add = |what: &str, asked: &str, change: &dyn Fn(&mut Certificate)| {
        let own = leaf().with(|it| change(it));
        cases.push(Case::new(what, &root, &[&root.issue(&own)]).asked_for(asked));
    };
    add("no subjectAltName, and a right common name", HOST, &|it| {
        it.subject = name(HOST);
        it.extensions = Vec::new();
    });
    add(
        "another subjectAltName, and a right common name",
        HOST,
        &|it| {
            it.subject = name(HOST);
            it.extensions = vec![hosts(&["mail.example.com"])];
        },
    );
    add(
        "an e-mail address alone, and a right common name",
        HOST,
        &|it| {
            it.subject = name(HOST);
            it.extensions = vec![names(&[(0x81, "www@example.com")])];
        },
    );
    add(
        "an empty subjectAltName, and a right common name",
        HOST,
        &|it| {
            it.subject = name(HOST);
            it.extensions = vec![names::<&str>(&[])];
        },
    );
    add("no name at all", HOST, &|it| {
        it.subject = name("");
        it.extensions = Vec::new();
    });
    add("an empty subject, and a right name", HOST, &|it| {
        it.subject = name("");
    });
    add(
        "an empty subject, and a right name, marked critical",
        HOST,
        &|it| {
            it.subject = name("");
            let all = sequence(&[element(DNS, HOST.as_bytes())]);
            it.extensions = vec![extension(&[2, 5, 29, 17], true, &all)];
        },
    );
    add(
        "a common name in a BMPString, and a right name",
        HOST,
        &|it| {
            it.subject = name_of(0x1e, b"\0w\0w\0w");
        },
    );
    add(
        "a common name that is no UTF-8, and a right name",
        HOST,
        &|it| {
            it.subject = name_of(0x0c, b"\xff\xfe");
        },
    );
    add("the right name among a hundred", HOST, &|it| {
        let mut all: Vec<_> = (0..99).map(|n| format!("n{n}.example.com")).collect();
        all.push(HOST.to_owned());
        let all: Vec<_> = all.iter().map(String::as_str).collect();
        it.extensions = vec![hosts(&all)];
    });
    add("the right name behind one that is none", HOST, &|it| {
        it.extensions = vec![hosts(&["a b|c", HOST])];
    });
    add("the right name behind an empty one", HOST, &|it| {
        it.extensions = vec![hosts(&["", HOST])];
    });
    add(
        "the right name behind an e-mail address and a URI",
        HOST,
        &|it| {
            let all = [
                (0x81, "a@example.com"),
                (0x86, "https://a.example/"),
                (DNS, HOST),
            ];
            it.extensions = vec![names(&all)];
        },
    );
    add("the right name behind a directory name", HOST, &|it| {
        it.extensions = vec![names(&[(0xa4, name("x")), (DNS, HOST.as_bytes().to_vec())])];
    });
    add("the right name behind an otherName", HOST, &|it| {
        let other = [
            oid(&[1, 3, 6, 1, 4, 1, 311, 20, 2, 3]),
            element(0xa0, &element(12, b"a")),
        ];
        it.extensions = vec![names(&[
            (0xa0, other.concat()),
            (DNS, HOST.as_bytes().to_vec()),
        ])];
    });
    add("the right name as a URI", HOST, &|it| {
        it.extensions = vec![names(&[(0x86, "https://www.example.com/")])];
    });
    for (what, bytes, asked) in [
        ("the address 192.0.2.1", &[192, 0, 2, 1][..], "192.0.2.1"),
        ("another address", &[192, 0, 2, 2], "192.0.2.1"),
        ("an address of 5 bytes", &[192, 0, 2, 1, 0], "192.0.2.1"),
        (
            "an address with its mask",
            &[192, 0, 2, 1, 255, 255, 255, 255],
            "192.0.2.1",
        ),
        (
            "the address 2001:db8::1",
            &[0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
            "2001:db8::1",
        ),
        (
            "the address mapped to IPv6",
            &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1],
            "192.0.2.1",
        ),
    ] {
        add(&format!("{what} for `{asked}`"), asked, &|it| {
            it.extensions = vec![names(&[(IP, bytes)])];
        });
    }
    add("an address as a common name alone", "192.0.2.1", &|it| {
        it.subject = name("192.0.2.1");
        it.extensions = Vec::new();
    });
    add("an address as a DNS name", "192.0.2.1", &|it| {
        it.extensions = vec![hosts(&["192.0.2.1"])];
    });
    add("an address for a name", HOST, &|it| {
        it.extensions = vec![names(&[(IP, [192, 0, 2, 1])])];
    });
    cases
}
