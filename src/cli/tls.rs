//! What the options ask of TLS.

use super::meant::parsed;
use super::raw::Raw;
use super::typed::Typed;
use crate::preset::Preset;
use crate::target::Target;
use crate::tls::{PeerName, Tls};

/// TLS as the options ask for it; none with `--expect-closed`, which looks at the connection alone.
///
/// Where it is verified, the trust store is read here: ask this last.
///
/// # Errors
/// The message for a name that no certificate has, or for one that is missing.
pub(super) fn meant(raw: &Raw, preset: Option<&Preset>) -> Result<Option<Tls>, String> {
    let sni = parsed(&raw.sni, bare_or_bracketed)?;
    let wanted = raw.ssl.is_some() || preset.is_some_and(|preset| preset.tls);
    if !wanted || raw.expect_closed.is_some() {
        return Ok(None);
    }
    let path = raw.unix_sock.as_ref();
    // A path is no name that a certificate has; over TCP the name is the target's own.
    let host = raw
        .hostname
        .as_ref()
        .filter(|_| path.is_some() && sni.is_none());
    if raw.no_check_certificate.is_some() {
        // Nothing is verified, so a host that is no name does no harm.
        return Ok(Some(Tls::unverified(
            sni.or(host.and_then(|host| host_name(host).ok())),
        )));
    }
    let name = match host {
        Some(host) => Some(host_name(host)?),
        None => sni,
    };
    match (name, path) {
        (None, Some(path)) => Err(format!(
            "{path} with TLS: takes --sni or --hostname too, the name to verify, \
             or else --no-check-certificate"
        )),
        (name, _) => Ok(Some(Tls::verified(name))),
    }
}

/// A name, or an IPv6 address as it may stand in `--hostname` too.
fn bare_or_bracketed(text: &str) -> Option<PeerName> {
    let bracketed = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    PeerName::parse(bracketed.unwrap_or(text))
}

/// The name that `--hostname` is for TLS.
fn host_name(host: &Typed) -> Result<PeerName, String> {
    let name = match Target::host(&host.value, 0).map_err(|error| host.refused_since(error))? {
        Target::Address { address, .. } => PeerName::parse(&address.ip().to_string()),
        _ => PeerName::parse(host.text()?),
    };
    name.ok_or_else(|| host.refused_since("a certificate has no such name"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::raw::Place;
    use crate::preset;
    use std::ffi::OsString;

    fn tls(args: &[&str]) -> Result<Option<Tls>, String> {
        let mut raw = Raw::default();
        raw.read(args.iter().map(OsString::from), Place::CommandLine)?;
        let service = raw
            .service
            .as_ref()
            .and_then(|typed| preset::find(typed.value.to_str()?));
        meant(&raw, service)
    }

    #[test]
    fn tls_over_a_socket_needs_a_name_to_verify_or_no_verification() {
        for args in [
            &["-U/s", "-S", "--sni=a.example"][..],
            &["-U/s", "-S", "-Ha.example"],
            &["-U/s", "-S", "-H[::1]"],
            &["-U/s", "-S", "-H192.0.2.1"],
            &["-U/s", "-S", "--no-check-certificate"],
            &["-U/s", "--service=SPOP", "--sni=a.example"],
        ] {
            assert!(tls(args).is_ok_and(|tls| tls.is_some()), "{args:?}");
        }
        for args in [["-U/s", "-S", "-H="], ["-U/s", "--service=SPOP", "--sni="]] {
            assert!(tls(&args).is_err(), "{args:?}");
        }
    }

    #[test]
    fn an_expected_closed_port_is_looked_at_without_tls() {
        assert!(tls(&["-CS"]).is_ok_and(|tls| tls.is_none()));
        assert!(tls(&["-C", "--service=SPOP"]).is_ok_and(|tls| tls.is_none()));
        assert!(tls(&["-CS", "-U/s"]).is_ok_and(|tls| tls.is_none()));
    }
}
