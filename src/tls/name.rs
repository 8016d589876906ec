//! Names in a certificate: distinguished names of issuers and holders, and names of hosts.

use super::certificate::{Certificate, DNS_NAME, IP_ADDRESS};
use super::der::{read_element, read_sequence, read_tagged};
use super::oid::SUBJECT_ALT_NAME;
use crate::escape::as_text;
use std::char;
use std::net::IpAddr;

/// Returns the last common name in the contents of a DER `Name` (RFC 5280, section 4.1.2.4), or
/// else the last organisation, decoded by [`decode_string`]. Returns `None` if there is neither, or
/// if the name can't be read to its end.
pub fn display_name(name: &[u8]) -> Option<String> {
    find_common_name_and_organisation(name)
        .and_then(|(common, organisation)| common.or(organisation))
}

/// Decodes an ASN.1 string. Tag and bytes are untrusted. A BMPString is UTF-16, a UniversalString
/// UTF-32, a TeletexString Latin-1 as in OpenSSL, and all others are UTF-8 or a subset of it. Bytes
/// that do not decode become `\xHH`.
pub fn decode_string(tag: u8, bytes: &[u8]) -> String {
    const TELETEX: u8 = 0x14;
    const UNIVERSAL: u8 = 0x1c;
    const BMP: u8 = 0x1e;
    let decoded = match tag {
        TELETEX => Some(bytes.iter().copied().map(char::from).collect()),
        UNIVERSAL => decode_utf32(bytes),
        BMP => decode_utf16(bytes),
        _ => None,
    };
    decoded.unwrap_or_else(|| as_text(bytes))
}

/// The hosts that a certificate names, in the order of its subjectAltName (RFC 5280, section
/// 4.2.1.6) and in the format of rustls: `DnsName("a.example")`, `IpAddress(2001:db8::1)`. The
/// common name is appended as `CommonName("a.example")`; no verifier accepts it as a host any more.
/// Returns `None` if the certificate can't be parsed.
pub(crate) fn presented_names(certificate: &[u8]) -> Option<Vec<String>> {
    let parts = Certificate::parse(certificate)?;
    let mut hosts = match parts.extension(SUBJECT_ALT_NAME) {
        Some(value) => parse_hosts(read_sequence(value)?)?,
        None => Vec::new(),
    };
    let common = find_common_name_and_organisation(parts.subject).and_then(|(common, _)| common);
    hosts.extend(common.map(|name| format!("CommonName(\"{name}\")")));
    Some(hosts)
}

fn parse_hosts(mut names: &[u8]) -> Option<Vec<String>> {
    let mut hosts = Vec::new();
    while !names.is_empty() {
        let (tag, name, rest) = read_element(names)?;
        match tag {
            DNS_NAME => hosts.push(format!("DnsName(\"{}\")", as_text(name))),
            IP_ADDRESS => hosts.extend(parse_address(name).map(|ip| format!("IpAddress({ip})"))),
            _ => {}
        }
        names = rest;
    }
    Some(hosts)
}

/// Parses the octets of an iPAddress in a subjectAltName.
pub(super) fn parse_address(octets: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(octets).map(IpAddr::from);
    let v6 = <[u8; 16]>::try_from(octets).map(IpAddr::from);
    v4.or(v6).ok()
}

/// Returns the last common name and the last organisation. Returns `None` if the name can't be read
/// to its end, because the unreadable part may hold another of them.
fn find_common_name_and_organisation(mut name: &[u8]) -> Option<(Option<String>, Option<String>)> {
    const COMMON_NAME: &[u8] = &[0x55, 4, 3];
    const ORGANISATION: &[u8] = &[0x55, 4, 10];
    let (mut common, mut organisation) = (None, None);
    while !name.is_empty() {
        let (mut set, rest) = read_tagged(name, 0x31)?;
        while !set.is_empty() {
            let (pair, more) = read_tagged(set, 0x30)?;
            let (oid, value) = read_tagged(pair, 0x06)?;
            let (tag, value, rest) = read_element(value)?;
            // The last number of the identifier must be complete, and no byte may follow the value.
            let is_whole = oid.last()? & 0x80 == 0 && rest.is_empty();
            match oid {
                _ if !is_whole => return None,
                COMMON_NAME => common = Some((tag, value)),
                ORGANISATION => organisation = Some((tag, value)),
                _ => {}
            }
            set = more;
        }
        name = rest;
    }
    let text = |(tag, value)| decode_string(tag, value);
    Some((common.map(text), organisation.map(text)))
}

fn decode_utf16(bytes: &[u8]) -> Option<String> {
    let (units, rest) = bytes.as_chunks::<2>();
    let units = units.iter().map(|unit| u16::from_be_bytes(*unit));
    let text: Result<String, _> = char::decode_utf16(units).collect();
    text.ok().filter(|_| rest.is_empty())
}

fn decode_utf32(bytes: &[u8]) -> Option<String> {
    let (units, rest) = bytes.as_chunks::<4>();
    let units = units.iter().map(|unit| u32::from_be_bytes(*unit));
    let text: Option<String> = units.map(char::from_u32).collect();
    text.filter(|_| rest.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// O=Acme, CN=Root
    const NAME: &[u8] = b"\x31\x0d\x30\x0b\x06\x03\x55\x04\x0a\x0c\x04Acme\
        \x31\x0d\x30\x0b\x06\x03\x55\x04\x03\x0c\x04Root";

    #[test]
    fn the_common_name_comes_before_the_organisation() {
        assert_eq!(display_name(NAME).as_deref(), Some("Root"));
        assert_eq!(display_name(&NAME[..15]).as_deref(), Some("Acme"));
        assert_eq!(display_name(b""), None);
    }

    /// Input found by fuzzing: an organisation, and common names of which the first can't be read.
    const MALFORMED: &[u8] = include_bytes!("../../fuzz/corpus/certificate/name-malformed");

    #[test]
    fn a_name_that_cannot_be_read_to_its_end_is_not_shown() {
        let parts = Certificate::parse(MALFORMED).expect("the rest of it can be read");
        assert_eq!(display_name(parts.subject), None);
        // Bytes behind the value.
        let behind = b"\x31\x0f\x30\x0d\x06\x03\x55\x04\x0a\x0c\x04Acme\x05\x00";
        assert_eq!(display_name(behind), None);
        // Invalid object identifiers.
        for oid in [&b"\x06\x00"[..], b"\x06\x02\x55\x84"] {
            let pair = [oid, b"\x05\x00"].concat();
            let length = u8::try_from(pair.len()).expect("short");
            let set = [&[0x31, length + 2, 0x30, length][..], &pair].concat();
            assert_eq!(display_name(&[NAME, &set].concat()), None);
        }
        for end in 1..NAME.len() {
            let whole = (end == 15).then(|| "Acme".to_owned());
            assert_eq!(display_name(&NAME[..end]), whole);
            let _ = display_name(&NAME[end..]);
        }
    }

    #[test]
    fn strings_are_decoded_by_tag_and_invalid_text_is_shown_as_bytes() {
        for (tag, bytes, shown) in [
            (0x0c, &b"a\xff\xc3\xa9"[..], "a\\xffé"),
            (0x13, b"a\xe9", "a\\xe9"),
            (0x16, b"a", "a"),
            (0x14, b"\xe9t\xe9", "été"),
            (0x1e, b"\0a\x65\xe5\xd8\x3d\xde\x00", "a日😀"),
            (0x1e, b"\0ab", "\0ab"),
            (0x1e, b"\xd8\x3d\0a", "\\xd8=\0a"),
            (0x1c, b"\0\0\0a\0\0\x65\xe5", "a日"),
            (0x1c, b"\xff\0\0a", "\\xff\0\0a"),
        ] {
            assert_eq!(decode_string(tag, bytes), shown, "{tag:x}");
        }
    }

    /// A certificate whose subjectAltName holds these names.
    fn certificate(names: &[u8]) -> Vec<u8> {
        let sequence = |tag, contents: &[u8]| [&[tag, contents.len() as u8], contents].concat();
        let names = sequence(4, &sequence(0x30, names));
        let names = [b"\x06\x03\x55\x1d\x11\x01\x01\xff", &names[..]].concat();
        let extensions = [
            b"\x30\x09\x06\x03\x55\x1d\x13\x04\x02\x30\x00".to_vec(),
            sequence(0x30, &names),
        ];
        let extensions = sequence(0xa3, &sequence(0x30, &extensions.concat()));
        let subject = sequence(0x30, NAME);
        let fields = [
            b"\x02\x01\x01\x30\x00\x30\x00\x30\x00",
            &subject[..],
            b"\x30\x00",
            &extensions,
        ];
        sequence(0x30, &sequence(0x30, &fields.concat()))
    }

    #[test]
    fn hosts_are_dns_names_and_addresses() {
        let der =
            certificate(b"\x82\x03a.b\x87\x04\xc0\x00\x02\x01\x86\x01u\x87\x01\x00\x82\x01\xff");
        let hosts = [
            r#"DnsName("a.b")"#,
            "IpAddress(192.0.2.1)",
            r#"DnsName("\xff")"#,
            r#"CommonName("Root")"#,
        ];
        assert_eq!(presented_names(&der), Some(hosts.map(Into::into).into()));
        for end in 0..der.len() {
            assert_eq!(presented_names(&der[..end]), None);
        }
    }
}
