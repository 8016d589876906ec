//! Name check for certificates with very many names. If none matches, webpki formats all of them,
//! which takes milliseconds. This check formats a few and counts the others.

use super::certificate::{Certificate, DNS_NAME, IP_ADDRESS};
use super::explain::{NO_HOST, join_first};
use super::name::parse_address;
use crate::escape::as_text;
use rustls::pki_types::{IpAddr, ServerName};
use std::fmt;

/// Maximum number of names that are left to webpki.
const MAX_NAMES_FOR_WEBPKI: usize = 500;

/// A certificate with very many names, none of which matches the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameMismatch {
    wanted: String,
    /// The names in the certificate, as text. Empty if none is a host.
    hosts: String,
}

/// Returns `None` if the certificate has at most [`MAX_NAMES_FOR_WEBPKI`] names or one may match
/// `wanted`. webpki decides then.
pub(super) fn find_mismatch(
    certificate: &Certificate<'_>,
    wanted: &ServerName<'_>,
) -> Option<NameMismatch> {
    certificate.names().nth(MAX_NAMES_FOR_WEBPKI)?;
    let mut names = certificate.names();
    if names.any(|(tag, name)| is_possible_match(tag, name, wanted)) {
        return None;
    }
    let is_host = |(tag, _): &(u8, _)| matches!(*tag, DNS_NAME | IP_ADDRESS);
    Some(NameMismatch {
        wanted: wanted.to_str().into_owned(),
        hosts: join_first(certificate.names().filter(is_host), display_host),
    })
}

/// Returns true if webpki might accept the name for `wanted`. Every name that webpki accepts is
/// possible, and others are too.
fn is_possible_match(tag: u8, name: &[u8], wanted: &ServerName<'_>) -> bool {
    match (tag, wanted) {
        (DNS_NAME, ServerName::DnsName(wanted)) => {
            let wanted = wanted.as_ref().as_bytes();
            let wanted = wanted.strip_suffix(b".").unwrap_or(wanted);
            let parent = wanted.iter().position(|byte| *byte == b'.');
            // A wildcard must be followed by at least two labels.
            let parent = parent.and_then(|at| wanted.get(at..));
            let parent = parent.filter(|parent| parent.iter().filter(|b| **b == b'.').count() > 1);
            let below = name.strip_prefix(b"*").zip(parent);
            name.eq_ignore_ascii_case(wanted)
                || below.is_some_and(|(name, parent)| name.eq_ignore_ascii_case(parent))
        }
        (IP_ADDRESS, ServerName::IpAddress(IpAddr::V4(wanted))) => name == wanted.as_ref(),
        (IP_ADDRESS, ServerName::IpAddress(IpAddr::V6(wanted))) => name == wanted.as_ref(),
        _ => false,
    }
}

fn display_host((tag, name): (u8, &[u8])) -> String {
    match parse_address(name) {
        Some(address) if tag == IP_ADDRESS => address.to_string(),
        _ => as_text(name),
    }
}

impl fmt::Display for NameMismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "certificate is not for {}: it names ", self.wanted)?;
        f.write_str(match self.hosts.as_str() {
            "" => NO_HOST,
            hosts => hosts,
        })
    }
}
