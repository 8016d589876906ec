use super::*;
use std::net::Ipv6Addr;

fn address(host: &str) -> Result<SocketAddr, String> {
    match Host::parse(host) {
        Ok(Host::Address { written, address }) => {
            assert_eq!(written, host, "the host is kept as written");
            Ok(address)
        }
        other => Err(format!("{other:?}")),
    }
}

fn v6(text: &str, scope: u32) -> Result<SocketAddr, String> {
    let ip: Ipv6Addr = text.parse().expect("an IPv6 address");
    Ok(SocketAddrV6::new(ip, 0, 0, scope).into())
}

#[track_caller]
fn refused(host: &str) -> HostError {
    match Host::parse(host) {
        Err(error) => error,
        Ok(host) => panic!("{host:?} was taken"),
    }
}

#[test]
fn literal_addresses_need_no_lookup() {
    assert_eq!(
        address("192.0.2.1"),
        Ok(SocketAddr::from(([192, 0, 2, 1], 0)))
    );
    assert_eq!(address("::1"), v6("::1", 0));
    assert_eq!(address("[::1]"), v6("::1", 0));
    assert_eq!(address("2001:DB8::a"), v6("2001:db8::a", 0));
    assert_eq!(address("[::ffff:192.0.2.1]"), v6("::ffff:192.0.2.1", 0));
}

#[test]
fn a_zone_is_an_index() {
    assert_eq!(address("fe80::1%2"), v6("fe80::1", 2));
    assert_eq!(address("[fe80::1%2]"), v6("fe80::1", 2));
    assert_eq!(address("fe80::1%4294967295"), v6("fe80::1", u32::MAX));
}

#[test]
#[cfg(target_os = "linux")]
fn a_zone_is_the_name_of_an_interface() {
    let index = std::fs::read_to_string("/sys/class/net/lo/ifindex").expect("Linux has lo");
    let index = index.trim().parse().expect("a number");
    assert_eq!(address("fe80::1%lo"), v6("fe80::1", index));
    assert_eq!(address("[fe80::1%lo]"), v6("fe80::1", index));
}

#[test]
fn an_unknown_zone_is_an_error() {
    for zone in [
        "",
        "%",
        "no-such-if0",
        "+2",
        "4294967296",
        "two words",
        &"long".repeat(99),
    ] {
        for host in [format!("fe80::1%{zone}"), format!("[fe80::1%{zone}]")] {
            assert_eq!(refused(&host), HostError::Zone, "{host}");
        }
    }
}

#[test]
fn a_name_has_letters_digits_dashes_underscores_and_dots() {
    let longest = format!(
        "{}.{}",
        ["a".repeat(63).as_str(); 3].join("."),
        "b".repeat(61)
    );
    assert_eq!(longest.len(), LONGEST_NAME);
    for name in [
        "mail.example.com",
        "mail.example.com.",
        "LOCALHOST",
        "a",
        "_sip._tcp.example",
        "db_1",
        "a-",
        "a.-b",
        "1.example",
        "0x7f.example",
        "1e3",
        "0xg",
        "x0",
        "127.0.0.1.nip.io",
        "münchen.example",
        "日本語。例え",
        "हिन्दी.example",
        "col·lecció.example",
        "☃.example",
        &longest,
        &format!("{longest}."),
        // Its encoded form is shorter.
        &"é".repeat(40),
    ] {
        assert_eq!(Host::parse(name), Ok(Host::Name(name)));
    }
}

#[test]
fn numbers_that_resolvers_read_in_different_ways_are_no_name() {
    for number in [
        "1",
        "0",
        "127.1",
        "1.2.3",
        "1.2.3.4.",
        "1.2.3.4.5",
        "010.0.0.1",
        "10.0.0.01",
        "127.0.0.00",
        "300.1.1.1",
        "256.256.256.256",
        "4294967296",
        "2130706433",
        "0x7f.1",
        "0x7f000001",
        "0X7F.0.0.0x1",
        "1.0x",
        "host.1",
        "host.0xff",
        "１２７.0.0.1",
        "127.0.0.１",
        "127。0。0。1",
        "1.²",
        "1.٣",
        "𝟏𝟐𝟕.𝟎.𝟎.𝟏",
        "０ｘ7f",
    ] {
        assert_eq!(refused(number), HostError::Number, "{number}");
    }
}

#[test]
fn brackets_hold_an_ipv6_address_and_nothing_else() {
    for host in [
        "[",
        "[]",
        "[::1",
        "[::1]x",
        "[192.0.2.1]",
        "[name]",
        "[[::1]]",
    ] {
        assert_eq!(refused(host), HostError::Brackets, "{host}");
    }
}

#[test]
fn a_port_is_not_part_of_a_host() {
    for (text, host, port) in [
        ("mail:25", "mail", 25),
        ("192.0.2.1:80", "192.0.2.1", 80),
        ("[::1]:80", "::1", 80),
        ("[fe80::1%1]:80", "fe80::1%1", 80),
        ("[mail]:25", "mail", 25),
    ] {
        let port = NonZeroU16::new(port).expect("not 0");
        assert_eq!(refused(text), HostError::Port(Some((host.into(), port))));
        assert_eq!(
            refused(text).to_string(),
            format!("write -H {host} -p {port}")
        );
    }
    let deep = "[".repeat(60_000) + "::1" + &"]:1".repeat(60_000);
    assert_eq!(refused(&deep), HostError::Port(None));
    // A suggestion is valid itself.
    for text in [
        "mail:",
        ":25",
        ":",
        "mail:smtp",
        "mail:0",
        "mail:65536",
        "127.1:25",
        "ｍ：1",
    ] {
        assert_eq!(refused(text), HostError::Port(None), "{text}");
    }
    for text in [
        "1:2:3",
        "::1]",
        "::1]:80",
        "::1:http",
        "12345::",
        "::ffff:010.0.0.1",
    ] {
        assert_eq!(refused(text), HostError::Colons, "{text}");
    }
}

#[test]
fn text_around_a_host_has_an_error_of_its_own() {
    use HostError::{Character, Dash, Path, Range, Slash, Url, User};
    for (text, error) in [
        ("http://mail/", Url),
        ("https://[::1]:443/", Url),
        ("tcp://mail:25", Url),
        ("/run/socket", Path),
        ("unix:/run/socket", Path),
        ("unix:@name", Path),
        ("127.0.0.0/30", Slash),
        ("2001:db8::/32", Slash),
        ("[::1]/128", Slash),
        ("mail/path", Slash),
        ("a,b", Character(',')),
        ("10.0.0.1,mx,smtp,25", Character(',')),
        ("::1,::2", Character(',')),
        ("mx，25", Character('，')),
        ("10.0.0.1-9", Range),
        ("10.0.0.1-10.0.0.9", Range),
        ("10.0.0.1-0.9", Range),
        ("user@mx", User(Some("mx".into()))),
        ("user@", User(None)),
        ("@name", User(Some("name".into()))),
        ("a@b@1.2", User(None)),
        ("-p", Dash),
        ("-", Dash),
        ("--port=25", Dash),
        ("{", Character('{')),
        ("{host:mx,port:25}", Character('{')),
        ("[{host:mx}]", Character('{')),
        ("x=1", Character('=')),
        ("\"10.0.0.1\"", Character('"')),
        ("'mx'", Character('\'')),
        ("mx;", Character(';')),
        ("$HOSTADDRESS$", Character('$')),
        ("<host>", Character('<')),
        ("*.example", Character('*')),
        ("mx|25", Character('|')),
        ("a%b", Character('%')),
        ("192.0.2.1%2", Character('%')),
        ("mx]", Character(']')),
        ("“mx”", Character('“')),
        ("mx–1", Character('–')),
        ("mx…", Character('…')),
        ("m\u{fffd}nchen", Character('\u{fffd}')),
    ] {
        assert_eq!(refused(text), error, "{text}");
    }
}

#[test]
fn an_invisible_character_is_an_error() {
    for unseen in [
        ' ',
        '\t',
        '\r',
        '\u{b}',
        '\u{7f}',
        '\u{85}',
        '\u{a0}',
        '\u{ad}',
        '\u{1680}',
        '\u{180e}',
        '\u{2003}',
        '\u{200b}',
        '\u{200d}',
        '\u{200e}',
        '\u{2028}',
        '\u{202e}',
        '\u{202f}',
        '\u{205f}',
        '\u{2060}',
        '\u{2066}',
        '\u{3000}',
        '\u{3164}',
        '\u{fe0f}',
        '\u{feff}',
        '\u{fff9}',
        '\u{e0061}',
    ] {
        for text in [
            format!("{unseen}mail.example"),
            format!("ma{unseen}il.example"),
            format!("192.0.2.1{unseen}"),
            format!("http://{unseen}/"),
        ] {
            assert_eq!(refused(&text), HostError::Unseen(unseen), "{text:?}");
        }
    }
    assert_eq!(
        refused("a b").to_string(),
        "no host has a blank in it; write the host alone"
    );
    let mark = refused("\u{feff}mail").to_string();
    assert!(mark.contains(r"\u{feff}"), "{mark}");
}

#[test]
fn a_name_is_as_long_as_dns_has_it() {
    for name in ["", ".", "..", ".a", "a..b", "a..", "日。。本"] {
        assert_eq!(refused(name), HostError::Dots, "{name}");
    }
    let label = "a".repeat(63);
    let long = format!("{}.{}", [label.as_str(); 3].join("."), "b".repeat(62));
    for name in [&long, &format!("{label}a.example"), &"日".repeat(2_000)] {
        assert_eq!(refused(name), HostError::TooLong, "{name}");
    }
}
