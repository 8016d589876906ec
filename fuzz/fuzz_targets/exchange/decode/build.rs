//! From what was read to a check in its world.

use super::Exchange;
use super::reader::Reader;
use super::tables::errno;
use crate::script::{Act, Fate, Lookup, v4};
use check_tcp::expect::Pattern;
use check_tcp::target::Target;
use check_tcp::tls::{PeerName, Tls};
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::sync::Arc;
use std::time::Duration;

/// A pattern of more states says no more, and takes the time of many.
const STATES: usize = 2_000;
/// Small pieces take a step each.
const DRIPPED: usize = 2 * 1024;
/// A read of a flood costs this, or no deadline would ever come.
const FLOODED: Duration = Duration::from_millis(250);
/// And its deadline comes by this.
const UNDER_FLOOD: Duration = Duration::from_secs(3);

/// `None` for what no command line could give.
pub fn exchange(mut reader: Reader<'_>) -> Option<Exchange> {
    if let Some(source) = &reader.pattern {
        let pattern = Pattern::new(source).ok()?;
        if pattern.states() > STATES {
            return None;
        }
        reader.check.expect = Some(pattern);
    }
    let name = (reader.tls & 8 != 0)
        .then(|| PeerName::parse("mail.example"))
        .flatten();
    reader.check.tls = match reader.tls & 6 {
        0 => None,
        2 | 4 => Some(Tls::unverified(name)),
        _ => Some(Tls::verified(name)),
    };
    reader.exchange.verified = reader.tls & 6 == 6;
    reader.exchange.target = target(&reader)?;
    let script = &mut reader.exchange.script;
    script.tls = reader.tls & 1 != 0;
    script.old = reader.tls & 16 != 0;
    script.demands = reader.tls & 32 != 0;
    script.fate = reader
        .addresses
        .last()
        .map_or(Fate::Up(Duration::ZERO), |(_, fate)| *fate);
    script.fates = reader.addresses.iter().copied().collect();
    let addresses: Vec<_> = reader.addresses.iter().map(|(to, _)| *to).collect();
    let (kind, takes) = reader.lookup;
    script.lookup = match kind & 7 {
        0 if addresses.is_empty() => Lookup::Finds(takes, vec![v4(1)]),
        1 => Lookup::Never,
        2 => Lookup::Lacks(takes, errno(kind >> 3)),
        3 => Lookup::Fails(takes, errno(kind >> 3)),
        4 => Lookup::Finds(takes, Vec::new()),
        _ => Lookup::Finds(takes, addresses),
    };
    if !script.tls {
        let secure = |act: &Act| {
            matches!(
                act,
                Act::Handshake | Act::HandshakePart(_) | Act::CloseNotify
            )
        };
        script.acts.retain(|act| !secure(act));
    }
    let weather = &mut script.weather;
    if script.acts.iter().any(|act| matches!(act, Act::Flood(_))) {
        weather.cost = FLOODED;
        reader.check.timeout = reader.check.timeout.min(UNDER_FLOOD);
    }
    let drips = weather.piece.is_some_and(|piece| piece < 100) || weather.short_reads.is_some();
    if drips && reader.said > DRIPPED {
        (weather.piece, weather.short_reads) = (Some(500), None);
    }
    reader.exchange.check = Arc::new(reader.check);
    Some(reader.exchange)
}

fn target(reader: &Reader<'_>) -> Option<Target> {
    let host = reader.host.as_deref();
    match reader.kind & 7 {
        0..4 => {
            let host = host.unwrap_or(b"mail.example");
            // A zone's name would be looked for among the interfaces of this machine.
            let zone = host
                .splitn(2, |&byte| byte == b'%')
                .nth(1)
                .unwrap_or_default();
            if !zone.iter().all(u8::is_ascii_digit) {
                return None;
            }
            Target::host(OsStr::from_bytes(host), 25).ok()
        }
        4 => Target::host("192.0.2.1", 25).ok(),
        5 => Target::host("[2001:db8::1]", 25).ok(),
        _ => Target::socket(OsStr::from_bytes(host.unwrap_or(b"/run/mail"))).ok(),
    }
}
