//! Names in a certificate: what people know an issuer by, and the hosts it is for.

use super::der::{element, fields, tagged};
use std::net::IpAddr;

/// The last common name in the contents of a DER `Name` (RFC 5280, section 4.1.2.4), or the last
/// organisation, as bytes that anybody may have chosen. `None` where there is neither, or what
/// comes is not DER.
pub fn known_by(name: &[u8]) -> Option<&[u8]> {
    const COMMON_NAME: &[u8] = &[0x55, 4, 3];
    const ORGANISATION: &[u8] = &[0x55, 4, 10];
    attribute(name, COMMON_NAME).or_else(|| attribute(name, ORGANISATION))
}

/// The hosts that a certificate is for, in the order of its subjectAltName (RFC 5280, section
/// 4.2.1.6), each in the form that rustls has: `DnsName("a.example")`, `IpAddress(2001:db8::1)`.
/// `None` where there is no such extension, or what comes is not DER.
pub fn presented(certificate: &[u8]) -> Option<Vec<String>> {
    const DNS_NAME: u8 = 0x82;
    const IP_ADDRESS: u8 = 0x87;
    let mut names = subject_alt_name(certificate)?;
    let mut hosts = Vec::new();
    while !names.is_empty() {
        let (tag, name, rest) = element(names)?;
        match tag {
            DNS_NAME => hosts.push(format!("DnsName(\"{}\")", String::from_utf8_lossy(name))),
            IP_ADDRESS => hosts.extend(address(name).map(|ip| format!("IpAddress({ip})"))),
            _ => {}
        }
        names = rest;
    }
    Some(hosts)
}

fn subject_alt_name(certificate: &[u8]) -> Option<&[u8]> {
    const SUBJECT_ALT_NAME: &[u8] = &[0x55, 29, 17];
    const CRITICAL: u8 = 0x01;
    let mut extensions = extensions(certificate)?;
    loop {
        let (extension, rest) = tagged(extensions, 0x30)?;
        let (oid, value) = tagged(extension, 0x06)?;
        if oid == SUBJECT_ALT_NAME {
            let value = match element(value)? {
                (CRITICAL, _, rest) => rest,
                _ => value,
            };
            let (value, _) = tagged(value, 0x04)?;
            return Some(tagged(value, 0x30)?.0);
        }
        extensions = rest;
    }
}

fn extensions(certificate: &[u8]) -> Option<&[u8]> {
    const EXTENSIONS: u8 = 0xa3;
    let mut fields = fields(certificate)?;
    loop {
        let (tag, field, rest) = element(fields)?;
        if tag == EXTENSIONS {
            return Some(tagged(field, 0x30)?.0);
        }
        fields = rest;
    }
}

fn address(octets: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(octets).map(IpAddr::from);
    let v6 = <[u8; 16]>::try_from(octets).map(IpAddr::from);
    v4.or(v6).ok()
}

fn attribute<'a>(mut name: &'a [u8], wanted: &[u8]) -> Option<&'a [u8]> {
    let mut found = None;
    while !name.is_empty() {
        let (mut set, rest) = tagged(name, 0x31)?;
        while !set.is_empty() {
            let (pair, more) = tagged(set, 0x30)?;
            let (oid, value) = tagged(pair, 0x06)?;
            if oid == wanted {
                found = Some(element(value)?.1);
            }
            set = more;
        }
        name = rest;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// O=Acme, CN=Root
    const NAME: &[u8] = b"\x31\x0d\x30\x0b\x06\x03\x55\x04\x0a\x0c\x04Acme\
        \x31\x0d\x30\x0b\x06\x03\x55\x04\x03\x0c\x04Root";

    #[test]
    fn the_common_name_comes_before_the_organisation() {
        assert_eq!(known_by(NAME), Some(&b"Root"[..]));
        assert_eq!(known_by(&NAME[..15]), Some(&b"Acme"[..]));
        assert_eq!(known_by(b""), None);
    }

    /// What a certificate has of fields before its extensions, and a subjectAltName.
    const CERTIFICATE: &[u8] = b"\x30\x36\x30\x34\x02\x01\x01\xa3\x2f\x30\x2d\
        \x30\x09\x06\x03\x55\x1d\x13\x04\x02\x30\x00\
        \x30\x20\x06\x03\x55\x1d\x11\x01\x01\xff\x04\x16\x30\x14\
        \x82\x03a.b\x87\x04\xc0\x00\x02\x01\x86\x01u\x87\x01\x00\x82\x01\xff";

    #[test]
    fn hosts_are_dns_names_and_addresses() {
        let hosts = [
            r#"DnsName("a.b")"#,
            "IpAddress(192.0.2.1)",
            "DnsName(\"\u{fffd}\")",
        ];
        assert_eq!(presented(CERTIFICATE), Some(hosts.map(Into::into).into()));
        for end in 0..CERTIFICATE.len() {
            assert_eq!(presented(&CERTIFICATE[..end]), None);
        }
    }

    #[test]
    fn a_name_cut_anywhere_is_no_panic() {
        for end in 0..NAME.len() {
            let _ = known_by(&NAME[..end]);
            let _ = known_by(&NAME[end..]);
        }
    }
}
