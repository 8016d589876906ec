//! The lookup: from a target to the addresses that are tried.

use super::connecting::Addresses;
use super::{Cx, Transition, Wait};
use crate::outcome::Cause;
use crate::target::{Family, Target};
use std::net::SocketAddr;
use std::task::Poll;

/// Most addresses of a name that are tried.
const MAX_ADDRESSES: usize = 8;

/// Waits for the addresses of a name. Literal addresses and Unix sockets need no wait.
pub(crate) struct Resolving;

impl Resolving {
    pub(super) fn step(self, cx: &mut Cx<'_>) -> Result<Transition, Cause> {
        let family = cx.check.family;
        match cx.target {
            Target::Socket(_) => Transition::next(cx.connect(Addresses::Socket)),
            Target::Address { address, .. } if family.has(address) => {
                Transition::next(cx.connect(Addresses::One(*address)))
            }
            Target::Address { .. } => Err(Cause::NoAddress(family)),
            Target::Name { host, port } => match cx.net.resolve(host, *port, family) {
                Poll::Pending => Transition::pending(self, Wait::LOOKUP),
                Poll::Ready(result) => {
                    let addresses = interleave(result.map_err(Cause::Lookup)?, family);
                    if addresses.is_empty() {
                        return Err(Cause::NoAddress(family));
                    }
                    cx.timestamps.resolve(cx.net.now());
                    Transition::next(cx.connect(Addresses::Many(addresses)))
                }
            },
        }
    }
}

/// Orders addresses by RFC 8305, section 4: the families alternate, and the preferred one comes
/// first. Duplicates are dropped (a hosts file may contain some), and so are addresses of another
/// family, which a resolver may return all the same.
fn interleave(answer: Vec<SocketAddr>, family: Family) -> Vec<SocketAddr> {
    let mut unique: Vec<SocketAddr> = Vec::new();
    for address in answer.into_iter().filter(|address| family.has(address)) {
        if !unique.contains(&address) {
            unique.push(address);
        }
    }
    let Some(first) = unique.first().copied() else {
        return unique;
    };
    let (mut first, mut second): (Vec<_>, Vec<_>) = unique
        .into_iter()
        .partition(|address| address.is_ipv4() == first.is_ipv4());
    let mut mixed = Vec::with_capacity(first.len() + second.len());
    first.reverse();
    second.reverse();
    while !(first.is_empty() && second.is_empty()) {
        mixed.extend(first.pop());
        mixed.extend(second.pop());
    }
    mixed.truncate(MAX_ADDRESSES);
    mixed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(text: &[&str]) -> Vec<SocketAddr> {
        text.iter()
            .map(|ip| SocketAddr::new(ip.parse().expect("an address"), 25))
            .collect()
    }

    #[test]
    fn families_alternate_and_the_preferred_one_comes_first() {
        let mixed = interleave(
            addresses(&["::1", "::2", "::3", "10.0.0.1", "10.0.0.2"]),
            Family::Any,
        );
        assert_eq!(
            mixed,
            addresses(&["::1", "10.0.0.1", "::2", "10.0.0.2", "::3"])
        );
        let mixed = interleave(addresses(&["10.0.0.1", "10.0.0.2", "::1"]), Family::Any);
        assert_eq!(mixed, addresses(&["10.0.0.1", "::1", "10.0.0.2"]));
    }

    #[test]
    fn duplicates_are_dropped_and_at_most_eight_addresses_tried() {
        assert_eq!(
            interleave(addresses(&["::1", "::1"]), Family::Any),
            addresses(&["::1"])
        );
        let many: Vec<String> = (0..20).map(|i| format!("10.0.0.{i}")).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(
            interleave(addresses(&many), Family::Any).len(),
            MAX_ADDRESSES
        );
    }

    #[test]
    fn only_addresses_of_the_requested_family_remain() {
        let both = addresses(&["::1", "10.0.0.1"]);
        assert_eq!(
            interleave(both.clone(), Family::V4),
            addresses(&["10.0.0.1"])
        );
        assert_eq!(interleave(both, Family::V6), addresses(&["::1"]));
        assert!(interleave(addresses(&["::1"]), Family::V4).is_empty());
    }
}
