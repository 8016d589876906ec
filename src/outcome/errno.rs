//! The meaning of error numbers: the one place that classifies them.

use super::Shortage;
use rustix::io::Errno;
use std::io;
use std::net::{IpAddr, SocketAddr};

/// The meaning of an error of the calls that the engine makes for a check: `socket(2)`,
/// `connect(2)`, `epoll_ctl(2)`, `getpeername(2)`, `getsockopt(2)`, `recv(2)`, `send(2)`, and those
/// behind a lookup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meaning {
    /// A local shortage that may pass.
    Shortage(Shortage),
    /// This machine does not permit or support it.
    Unable,
    /// The port or the socket refused the connection.
    Refused,
    /// No route led to the address.
    Unreachable,
    /// The socket does not exist.
    Absent,
    /// The system timed out.
    Timeout,
    /// An established connection was lost.
    Reset,
}

impl Meaning {
    /// Classifies `e`; `None` for an error that none of those calls should return.
    pub(crate) fn new(e: &io::Error) -> Option<Self> {
        // A Unix listener whose backlog is full to the deadline: not everywhere with an errno.
        if e.kind() == io::ErrorKind::WouldBlock {
            return Some(Self::Timeout);
        }
        Some(match Errno::from_io_error(e)? {
            // ENOSPC: the user's watches of epoll(7) are used up.
            Errno::MFILE
            | Errno::NFILE
            | Errno::NOBUFS
            | Errno::NOMEM
            | Errno::NOSPC
            | Errno::NOSR
            | Errno::DQUOT
            | Errno::USERS => Self::Shortage(Shortage::Resources),
            Errno::ADDRNOTAVAIL | Errno::ADDRINUSE => Self::Shortage(Shortage::LocalAddress),
            Errno::ACCESS
            | Errno::PERM
            | Errno::AFNOSUPPORT
            | Errno::PFNOSUPPORT
            | Errno::PROTONOSUPPORT
            | Errno::SOCKTNOSUPPORT
            | Errno::PROTOTYPE => Self::Unable,
            Errno::CONNREFUSED => Self::Refused,
            // Routes and neighbours; what ICMP brings (ENOPROTOOPT: protocol unreachable, ENONET:
            // host isolated, EHOSTDOWN: host unknown, EPROTO: parameter problem, EOPNOTSUPP: source
            // route failed, EMSGSIZE: fragmentation needed); and EINVAL: a blackhole route.
            Errno::HOSTUNREACH
            | Errno::NETUNREACH
            | Errno::HOSTDOWN
            | Errno::NETDOWN
            | Errno::NETRESET
            | Errno::NONET
            | Errno::NOPROTOOPT
            | Errno::PROTO
            | Errno::OPNOTSUPP
            | Errno::MSGSIZE
            | Errno::INVAL => Self::Unreachable,
            // The path of a Unix socket.
            Errno::NOENT | Errno::NOTDIR | Errno::LOOP | Errno::NAMETOOLONG => Self::Absent,
            Errno::TIMEDOUT => Self::Timeout,
            Errno::CONNRESET | Errno::PIPE | Errno::CONNABORTED => Self::Reset,
            _ => return None,
        })
    }

    /// Classifies the error of an attempt to connect to `address`, or to a Unix socket. An error
    /// that no attempt should return is local.
    pub(crate) fn of_attempt(e: &io::Error, address: Option<SocketAddr>) -> Self {
        match (Self::new(e), address) {
            // EAGAIN: no local port, or a full routing cache.
            (Some(Self::Timeout), Some(_)) if e.kind() == io::ErrorKind::WouldBlock => {
                Self::Shortage(Shortage::LocalAddress)
            }
            // Nothing was sent: a link-local address needs an interface.
            (Some(Self::Unreachable), Some(address))
                if Errno::from_io_error(e) == Some(Errno::INVAL) && lacks_zone(address) =>
            {
                Self::Unable
            }
            // An address has no path.
            (Some(Self::Absent), Some(_)) | (None, _) => Self::Unable,
            (Some(meaning), _) => meaning,
        }
    }

    /// Classifies the error of an established connection: an error without a meaning is a reset.
    pub(crate) fn of_connection(e: &io::Error) -> Self {
        match Self::new(e) {
            // EACCES then stands for an ICMPv6 error: administratively prohibited.
            Some(Self::Unable) => Self::Unreachable,
            Some(meaning) => meaning,
            None => Self::Reset,
        }
    }

    /// Returns true if the cause is local, and says nothing about the peer.
    pub(crate) fn is_local(self) -> bool {
        matches!(self, Self::Shortage(_) | Self::Unable)
    }
}

/// Converts the error of a call that does not reach the peer, such as `socket(2)` or
/// `epoll_ctl(2)`, so that it is not classified as one of an attempt to connect. The text stays.
pub fn as_local_error(e: io::Error) -> io::Error {
    match Meaning::new(&e) {
        Some(meaning) if meaning.is_local() => e,
        _ => io::Error::other(e),
    }
}

/// Returns true for a link-local address without a zone.
fn lacks_zone(address: SocketAddr) -> bool {
    let IpAddr::V6(ip) = address.ip() else {
        return false;
    };
    ip.is_unicast_link_local()
        && matches!(address, SocketAddr::V6(address) if address.scope_id() == 0)
}

/// Returns true if descriptors, buffers, memory or epoll watches are used up.
pub fn is_resource_shortage(e: &io::Error) -> bool {
    Meaning::new(e) == Some(Meaning::Shortage(Shortage::Resources))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reason::Reason;

    /// The errors that the manual pages `connect(2)`, `socket(2)`, `epoll_ctl(2)`, `ip(7)`,
    /// `ipv6(7)`, `tcp(7)` and `unix(7)` list, and those that the kernel makes of ICMP; each for an
    /// attempt over TCP.
    const TABLE: &[(Reason, &[Errno])] = &[
        (
            Reason::Local,
            &[
                Errno::MFILE,
                Errno::NFILE,
                Errno::NOBUFS,
                Errno::NOMEM,
                Errno::NOSPC,
                Errno::NOSR,
                Errno::DQUOT,
                Errno::USERS,
                Errno::ADDRNOTAVAIL,
                Errno::ADDRINUSE,
                Errno::AGAIN,
                Errno::ACCESS,
                Errno::PERM,
                Errno::AFNOSUPPORT,
                Errno::PFNOSUPPORT,
                Errno::PROTONOSUPPORT,
                Errno::SOCKTNOSUPPORT,
                Errno::PROTOTYPE,
                // What only a fault of this program, or of this machine, could bring.
                Errno::BADF,
                Errno::FAULT,
                Errno::NOTSOCK,
                Errno::ISCONN,
                Errno::NOTCONN,
                Errno::ALREADY,
                Errno::EXIST,
                Errno::IO,
                // These are of a path.
                Errno::NOENT,
                Errno::NOTDIR,
                Errno::LOOP,
                Errno::NAMETOOLONG,
            ],
        ),
        (Reason::Refused, &[Errno::CONNREFUSED]),
        (
            Reason::Unreachable,
            &[
                Errno::HOSTUNREACH,
                Errno::NETUNREACH,
                Errno::HOSTDOWN,
                Errno::NETDOWN,
                Errno::NETRESET,
                Errno::NONET,
                Errno::NOPROTOOPT,
                Errno::PROTO,
                Errno::OPNOTSUPP,
                Errno::MSGSIZE,
                Errno::INVAL,
            ],
        ),
        (Reason::Timeout, &[Errno::TIMEDOUT]),
        (
            Reason::Reset,
            &[Errno::CONNRESET, Errno::PIPE, Errno::CONNABORTED],
        ),
    ];

    #[test]
    fn every_error_of_an_attempt_has_its_reason() {
        let address = Some(SocketAddr::from(([192, 0, 2, 1], 25)));
        for (reason, errnos) in TABLE {
            for errno in *errnos {
                let meaning = Meaning::of_attempt(&(*errno).into(), address);
                assert_eq!(meaning.reason(), *reason, "{errno:?}");
                assert_eq!(meaning.is_local(), *reason == Reason::Local, "{errno:?}");
            }
        }
        let full = io::Error::from(io::ErrorKind::WouldBlock);
        assert_eq!(Meaning::of_attempt(&full, None), Meaning::Timeout);
        for errno in [Errno::NOENT, Errno::NOTDIR, Errno::LOOP, Errno::NAMETOOLONG] {
            assert_eq!(
                Meaning::of_attempt(&errno.into(), None).reason(),
                Reason::Absent
            );
        }
        let own = io::Error::other("too many attempts");
        assert_eq!(Meaning::of_attempt(&own, address), Meaning::Unable);
    }

    #[test]
    fn a_link_local_address_without_a_zone_is_a_local_failure() {
        for (address, reason) in [
            ("[fe80::1]:25", Reason::Local),
            ("[fe80::1%2]:25", Reason::Unreachable),
            ("[2001:db8::1]:25", Reason::Unreachable),
            ("192.0.2.1:25", Reason::Unreachable),
        ] {
            let to = address.parse().expect("an address");
            let meaning = Meaning::of_attempt(&Errno::INVAL.into(), Some(to));
            assert_eq!(meaning.reason(), reason, "{address}");
        }
    }

    #[test]
    fn an_error_of_a_call_that_does_not_reach_the_peer_is_no_verdict_on_it() {
        let address = Some(SocketAddr::from(([192, 0, 2, 1], 25)));
        for errno in TABLE.iter().flat_map(|(_, errnos)| *errnos) {
            let ours = as_local_error((*errno).into());
            let words = io::Error::from(*errno).to_string();
            assert_eq!(ours.to_string(), words);
            for address in [address, None] {
                let meaning = Meaning::of_attempt(&ours, address);
                assert_eq!(meaning.reason(), Reason::Local, "{errno:?}");
            }
        }
        let lack = as_local_error(Errno::NOSPC.into());
        assert!(is_resource_shortage(&lack), "it may be there again");
    }

    #[test]
    fn of_a_connection_only_a_shortage_of_resources_is_local() {
        for (errno, reason) in [
            (Errno::NOBUFS, Reason::Local),
            (Errno::NOMEM, Reason::Local),
            (Errno::ACCESS, Reason::Unreachable),
            (Errno::HOSTUNREACH, Reason::Unreachable),
            (Errno::TIMEDOUT, Reason::Timeout),
            (Errno::PIPE, Reason::Reset),
            (Errno::NOTCONN, Reason::Reset),
            (Errno::IO, Reason::Reset),
        ] {
            let meaning = Meaning::of_connection(&errno.into());
            assert_eq!(meaning.reason(), reason, "{errno:?}");
        }
    }

    #[test]
    fn a_shortage_of_resources_may_pass() {
        for errno in [Errno::MFILE, Errno::NFILE, Errno::NOMEM, Errno::NOSPC] {
            assert!(is_resource_shortage(&errno.into()), "{errno:?}");
        }
        for errno in [Errno::ACCESS, Errno::ADDRNOTAVAIL, Errno::CONNREFUSED] {
            assert!(!is_resource_shortage(&errno.into()), "{errno:?}");
        }
    }
}
