//! Text for a certificate whose names do not match the host.

use super::words::join_first;
use std::net::IpAddr;

/// The text in place of the names, for a certificate without hosts.
pub(crate) const NO_HOST: &str = "no host (in its subjectAltName)";

/// A name in a certificate.
enum CertificateName<'a> {
    Dns(&'a str),
    Address(String),
    /// The subject's common name, which is no longer used for hosts (RFC 9525, section 2).
    Common(&'a str),
}

/// Describes the mismatch in a sentence. It lists the names, given in the format of
/// [`presented_names`](crate::tls::name::presented_names), and explains the first near miss.
pub(super) fn describe(expected: &str, presented: &[String]) -> String {
    let hosts: Vec<CertificateName<'_>> = presented
        .iter()
        .filter_map(|name| parse_name(name))
        .collect();
    let shown = hosts.iter().filter_map(CertificateName::display);
    let names = match join_first(shown, str::to_owned) {
        none if none.is_empty() => NO_HOST.to_owned(),
        names => names,
    };
    let why = hosts.iter().find_map(|host| host.near_miss(expected));
    let why = why.map_or_else(String::new, |why| format!(" ({why})"));
    format!("certificate is not for {expected}: it names {names}{why}")
}

/// Parses a name in the format of webpki: `DnsName("a.example")` or `IpAddress(::1)`. Returns
/// `None` for other types of names.
fn parse_name(name: &str) -> Option<CertificateName<'_>> {
    let (kind, rest) = name.split_once('(')?;
    let inner = rest.strip_suffix(')')?;
    let quoted = || inner.strip_prefix('"')?.strip_suffix('"');
    match kind {
        "DnsName" => quoted().map(CertificateName::Dns),
        "CommonName" => quoted().map(CertificateName::Common),
        "IpAddress" => {
            let address: Option<IpAddr> = inner.parse().ok();
            Some(CertificateName::Address(
                address.map_or(inner.to_owned(), |address| address.to_string()),
            ))
        }
        _ => None,
    }
}

impl CertificateName<'_> {
    /// The name as listed; `None` for a common name, which is not listed.
    fn display(&self) -> Option<&str> {
        match self {
            Self::Dns("") => Some("an empty name"),
            Self::Dns(name) => Some(name),
            Self::Address(address) => Some(address),
            Self::Common(_) => None,
        }
    }

    /// Explains why the name does not match the expected host, if it looks as if it did.
    fn near_miss(&self, expected: &str) -> Option<String> {
        let name = match self {
            Self::Dns(name) => *name,
            Self::Address(_) => return None,
            Self::Common(name) => {
                let same = is_same(name, expected) || is_lax_match(name, expected);
                return same.then(|| format!("the common name {name} does not count any more"));
            }
        };
        if let Ok(address) = expected.parse::<IpAddr>() {
            let same = name.trim_matches(['[', ']']).parse() == Ok(address);
            return same.then(|| format!("{name} stands there as a DNS name, not as an address"));
        }
        let why = match name.strip_prefix("*.") {
            _ if is_same(name, expected) => "written so it is no DNS name",
            _ if !name.contains('*') => {
                return trailing_dot_reason(name, expected).map(|why| format!("{why}: {name}"));
            }
            Some(rest) if is_same(rest, expected) => "a wildcard stands for a label of its own",
            Some(rest) if !rest.contains('*') && is_below(expected, rest) => {
                match is_lax_match(name, expected) {
                    true if !rest.contains('.') => {
                        "a wildcard must stand before at least two labels"
                    }
                    true => "written so it is no DNS name",
                    false => "a wildcard stands for one label only",
                }
            }
            _ if name == "*" => "a wildcard must stand before at least two labels",
            _ if is_lax_match(name, expected) => {
                "a wildcard must be the whole first label, and no other"
            }
            _ => return None,
        };
        Some(format!("{why}: {name}"))
    }
}

/// Returns the reason for a mismatch if the names differ only by a dot at the end of `name`.
fn trailing_dot_reason(name: &str, expected: &str) -> Option<&'static str> {
    if is_same(
        name.strip_suffix('.')?,
        expected.strip_suffix('.').unwrap_or(expected),
    ) {
        return Some("a name in a certificate has no dot at its end");
    }
    None
}

/// Returns true if the names are equal, apart from case and a dot at the end of `expected`.
fn is_same(name: &str, expected: &str) -> bool {
    let expected = expected.strip_suffix('.').unwrap_or(expected);
    name.eq_ignore_ascii_case(expected)
}

/// Returns true if `name` is below `other` in the DNS.
fn is_below(name: &str, other: &str) -> bool {
    let (name, other) = (name.to_ascii_lowercase(), other.to_ascii_lowercase());
    let above = name.strip_suffix('.').unwrap_or(&name).strip_suffix(&other);
    above.is_some_and(|above| above.len() > 1 && above.ends_with('.'))
}

/// Returns true if `pattern` matches `name` by a lax reading: each `*` matches any text within its
/// label.
fn is_lax_match(pattern: &str, name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let labels = pattern.split('.').zip(name.split('.'));
    let mut labels = labels.map(|(pattern, label)| {
        let (pattern, label) = (pattern.to_ascii_lowercase(), label.to_ascii_lowercase());
        match pattern.split_once('*') {
            Some((before, behind)) => {
                let rest = label.strip_prefix(before);
                rest.is_some_and(|rest| rest.ends_with(behind))
            }
            None => pattern == label,
        }
    });
    pattern.split('.').count() == name.split('.').count() && labels.all(|matches| matches)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn describe_all(expected: &str, names: &[&str]) -> String {
        let presented: Vec<String> = names
            .iter()
            .map(|name| match name.strip_prefix("CN=") {
                Some(common) => format!("CommonName(\"{common}\")"),
                None => format!("DnsName(\"{name}\")"),
            })
            .collect();
        describe(expected, &presented)
    }

    #[test]
    fn names_are_listed_without_their_type_up_to_a_limit() {
        let names: Vec<String> = (0..10).map(|i| format!("{i}.example")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(
            describe_all("a.example", &names[..1]),
            "certificate is not for a.example: it names 0.example"
        );
        assert!(describe_all("a.example", &[]).ends_with("names no host (in its subjectAltName)"));
        assert!(
            describe_all("a.example", &["", "b.example"])
                .ends_with("names an empty name, b.example")
        );
        assert!(describe_all("a.example", &["\"b\".example"]).ends_with(r#"it names "b".example"#));
        assert!(describe_all("a.example", &names).ends_with("7.example and 2 more"));
        let address = describe("::1", &["IpAddress(::2)".to_owned(), "Other(1)".to_owned()]);
        assert_eq!(address, "certificate is not for ::1: it names ::2");
    }

    #[test]
    fn a_near_miss_is_explained() {
        for (expected, name, why) in [
            (
                "foo.localhost",
                "*.localhost",
                "a wildcard must stand before at least two labels: *.localhost",
            ),
            (
                "localhost",
                "*",
                "a wildcard must stand before at least two labels: *",
            ),
            (
                "a.b.example.com",
                "*.Example.com",
                "a wildcard stands for one label only: *.Example.com",
            ),
            (
                "example.com",
                "*.example.com",
                "a wildcard stands for a label of its own: *.example.com",
            ),
            (
                "foo.example.com",
                "f*.example.com",
                "a wildcard must be the whole first label, and no other: f*.example.com",
            ),
            (
                "a.b.example.com",
                "*.*.example.com",
                "a wildcard must be the whole first label, and no other: *.*.example.com",
            ),
            (
                "foo.example.com",
                "foo.*.com",
                "a wildcard must be the whole first label, and no other: foo.*.com",
            ),
            (
                "mail.example.com",
                "mail.example.com.",
                "a name in a certificate has no dot at its end: mail.example.com.",
            ),
            (
                "192.0.2.1",
                "192.0.2.1",
                "192.0.2.1 stands there as a DNS name, not as an address",
            ),
            (
                "2001:db8::1",
                "[2001:DB8::1]",
                "[2001:DB8::1] stands there as a DNS name, not as an address",
            ),
        ] {
            let text = describe_all(expected, &["other.example", name]);
            assert!(text.ends_with(&format!("{name} ({why})")), "{text}");
        }
        for (expected, name) in [
            ("foo.example.com", "g*.example.com"),
            ("foo.example.com", "*.example.org"),
            ("foo.example.com", "*.xample.com"),
            ("a.b.example.com", "x.*.example.com"),
            ("example.com", "www.example.com"),
            ("192.0.2.1", "mail.example.com"),
        ] {
            let text = describe_all(expected, &[name]);
            assert!(text.ends_with(&format!("names {name}")), "{text}");
        }
    }

    #[test]
    fn a_common_name_is_mentioned_if_it_would_match() {
        assert_eq!(
            describe_all("mail.example.com", &["CN=mail.example.com"]),
            "certificate is not for mail.example.com: it names no host (in its subjectAltName) \
             (the common name mail.example.com does not count any more)"
        );
        assert!(
            describe_all("mail.example.com", &["a.example", "CN=*.example.com"]).contains("count")
        );
        assert!(!describe_all("mail.example.com", &["a.example", "CN=Acme"]).contains("Acme"));
    }
}
