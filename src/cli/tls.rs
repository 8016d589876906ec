//! Builds the TLS configuration of a check from the raw options.

use super::flag::OptionId;
use super::option_value::OptionValue;
use super::raw_options::RawOptions;
use crate::host::{describe_uncertifiable, spelling};
use crate::preset::Preset;
use crate::target::Target;
use crate::tls::{ClientIdentity, Fingerprint, IdentityError, PeerName, Tls, Version};
use std::path::Path;

/// Maximum number of bytes that the names of `--alpn` take. What holds them in a ClientHello has
/// 65,535, and servers take less.
const MAX_ALPN: usize = 16 << 10;

/// The options that ask for TLS.
const IMPLYING_TLS: [OptionId; 10] = [
    OptionId::Ssl,
    OptionId::Sni,
    OptionId::CaFile,
    OptionId::Expiry,
    OptionId::Fingerprint,
    OptionId::ClientCert,
    OptionId::ClientKey,
    OptionId::TlsMin,
    OptionId::TlsMax,
    OptionId::Alpn,
];

/// Builds the TLS configuration: `None` unless an option, the preset or a step asks for TLS, and with
/// `--expect-closed`, which looks at the connection alone.
///
/// Reads the trust store where certificates are verified, so that this comes after all other
/// options were found valid.
///
/// # Errors
/// The message for a name that no certificate has, or for a missing one.
pub(super) fn build_tls(
    raw: &RawOptions,
    preset: Option<&Preset>,
    has_starttls: bool,
) -> Result<Option<Tls>, String> {
    let sni = raw.get(OptionId::Sni).map(parse_sni).transpose()?;
    let wanted = has_starttls
        || IMPLYING_TLS.iter().any(|&id| raw.has(id))
        || preset.is_some_and(|preset| preset.tls);
    let versions = parse_versions(raw)?;
    let alpn = raw.get(OptionId::Alpn).map(parse_alpn).transpose()?;
    let fingerprints = raw.parse(OptionId::Fingerprint, parse_fingerprints)?;
    if !wanted || raw.has(OptionId::ExpectClosed) {
        return Ok(None);
    }
    let identity = read_identity(raw)?;
    let tls = build_trust(raw, sni, fingerprints)?;
    let tls = tls.with_versions(versions.0, versions.1);
    let tls = tls.with_alpn(alpn.unwrap_or_default());
    Ok(Some(tls.with_identity(identity)))
}

/// Builds the TLS configuration of a plugin of the family. Nothing is verified unless it `verifies`,
/// or has a file of authorities.
///
/// # Errors
/// The message for a name that no certificate has, or a file that can't be used.
pub(super) fn build_plugin_tls<Id: Copy>(
    name: Option<&OptionValue<Id>>,
    ca_file: Option<&OptionValue<Id>>,
    verifies: bool,
) -> Result<Tls, String> {
    let name = name.map(|name| name.parse(PeerName::parse)).transpose()?;
    Ok(match ca_file {
        Some(file) => Tls::verified_by(Path::new(&file.value), name)
            .map_err(|error| file.describe_invalid(error))?,
        None if verifies => Tls::verified(name),
        None => Tls::unverified(name),
    })
}

fn build_trust(
    raw: &RawOptions,
    sni: Option<PeerName>,
    fingerprints: Option<Vec<Fingerprint>>,
) -> Result<Tls, String> {
    let host = raw.get(OptionId::Hostname).filter(|_| sni.is_none());
    let host = host.map(parse_host_name);
    let name = match raw.get(OptionId::UnixSock) {
        // Over TCP the name of the target is taken.
        None => sni,
        // A path is no name that a certificate can have.
        Some(_) => sni.or(host.clone().and_then(Result::ok)),
    };
    let unverified = raw.get(OptionId::NoCheckCertificate);
    if let Some(known) = raw.get(OptionId::Fingerprint)
        && let Some(other) = unverified.or(raw.get(OptionId::CaFile))
    {
        return Err(format!(
            "{other} with {known}: only one of the two is allowed"
        ));
    }
    // The host need not be a name of a certificate.
    if unverified.is_some() {
        return Ok(Tls::unverified(name));
    }
    if let Some(fingerprints) = fingerprints {
        return Ok(Tls::known_by(fingerprints, name));
    }
    host.transpose()?;
    match (name, raw.get(OptionId::UnixSock)) {
        (None, Some(path)) => Err(format!(
            "{path} with TLS: requires --sni or --hostname, the name to verify, \
             or --no-check-certificate"
        )),
        (name, _) => match raw.get(OptionId::CaFile) {
            Some(file) => Tls::verified_by(Path::new(&file.value), name)
                .map_err(|error| file.describe_invalid(error)),
            None => Ok(Tls::verified(name)),
        },
    }
}

/// Reads the certificate that is shown to servers, and its key.
fn read_identity(raw: &RawOptions) -> Result<Option<ClientIdentity>, String> {
    let key = raw.get(OptionId::ClientKey);
    let Some(certificate) = raw.get(OptionId::ClientCert) else {
        return match key {
            Some(key) => Err(format!("{key}: --client-cert is missing: its certificate")),
            None => Ok(None),
        };
    };
    let key = key.unwrap_or(certificate);
    let paths = [certificate, key].map(|file| Path::new(&file.value));
    let identity = ClientIdentity::read(paths[0], paths[1]);
    identity.map(Some).map_err(|error| match error {
        IdentityError::Certificate(_) => certificate.describe_invalid(error),
        IdentityError::Key(_) => key.describe_invalid(error),
    })
}

/// Parses `--tls-min` and `--tls-max`.
fn parse_versions(raw: &RawOptions) -> Result<(Version, Version), String> {
    let parse = |text: &str| match text {
        "1.2" => Some(Version::Tls12),
        "1.3" => Some(Version::Tls13),
        _ => None,
    };
    let min = raw.parse(OptionId::TlsMin, parse)?;
    let max = raw.parse(OptionId::TlsMax, parse)?;
    let (min, max) = (min.unwrap_or(Version::Tls12), max.unwrap_or(Version::Tls13));
    match (raw.get(OptionId::TlsMin), raw.get(OptionId::TlsMax)) {
        (Some(older), Some(newer)) if min > max => Err(format!(
            "{older} 1.3 with {newer} 1.2: there is no version between the two"
        )),
        _ => Ok((min, max)),
    }
}

/// Parses `--alpn`. A name is bytes (RFC 7301, section 3.1).
fn parse_alpn(given: &OptionValue) -> Result<Vec<Vec<u8>>, String> {
    let names = given.bytes().split(|&byte| byte == b',');
    let names: Vec<_> = names.map(|name| name.trim_ascii().to_vec()).collect();
    let is_valid = |name: &Vec<u8>| (1..=255).contains(&name.len());
    if !names.iter().all(is_valid) {
        return Err(given.describe_unexpected());
    }
    // Each is sent behind the byte of its length.
    let bytes: usize = names.iter().map(|name| name.len() + 1).sum();
    match bytes {
        0..=MAX_ALPN => Ok(names),
        _ => Err(given.describe_invalid(format_args!(
            "its names take {bytes} bytes, with one for the length of each; {MAX_ALPN} at most"
        ))),
    }
}

fn parse_fingerprints(text: &str) -> Option<Vec<Fingerprint>> {
    let parts = text.split(',').map(|part| Fingerprint::parse(part.trim()));
    parts.collect()
}

/// Parses `--sni`. An IPv6 address may stand in brackets, as in `--hostname`.
fn parse_sni(given: &OptionValue) -> Result<PeerName, String> {
    let text = given.text()?.trim();
    let bracketed = text
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let name = PeerName::parse(bracketed.unwrap_or(text));
    name.ok_or_else(|| match spelling(text) {
        Some(spelling) => given.describe_invalid(spelling),
        None => given.describe_unexpected(),
    })
}

/// Parses `--hostname` as a name to verify.
fn parse_host_name(host: &OptionValue) -> Result<PeerName, String> {
    let name = match Target::host(&host.value, 0).map_err(|error| host.describe_invalid(error))? {
        Target::Address { address, .. } => PeerName::parse(&address.ip().to_string()),
        _ => PeerName::parse(host.text()?),
    };
    name.ok_or_else(|| {
        host.describe_invalid(describe_uncertifiable(host.text().unwrap_or_default()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::flag::OptionSource;
    use crate::preset;
    use std::ffi::OsString;

    fn tls(args: &[&str]) -> Result<Option<Tls>, String> {
        let mut raw = RawOptions::default();
        raw.read(args.iter().map(OsString::from), OptionSource::CommandLine)?;
        let service = raw
            .get(OptionId::Service)
            .and_then(|typed| preset::find(typed.value.to_str()?));
        build_tls(&raw, service, false)
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
    fn expect_closed_turns_tls_off() {
        assert!(tls(&["-CS"]).is_ok_and(|tls| tls.is_none()));
        assert!(tls(&["-C", "--service=SPOP"]).is_ok_and(|tls| tls.is_none()));
        assert!(tls(&["-C", "--sni=a.example"]).is_ok_and(|tls| tls.is_none()));
        assert!(tls(&["-CS", "-U/s"]).is_ok_and(|tls| tls.is_none()));
    }

    #[test]
    fn sni_implies_tls() {
        for (args, is_tls) in [
            (&["--sni=a.example"][..], true),
            (&["--sni", "a.example", "--no-check-certificate"], true),
            (&["-U/s", "--sni=a.example"], true),
            (&["--service=SMTP", "--sni=a.example"], true),
            (&["--sni="], false),
            (&["--sni=a.example", "--sni="], false),
            (&["--no-check-certificate"], false),
        ] {
            assert_eq!(tls(args).map(|tls| tls.is_some()), Ok(is_tls), "{args:?}");
        }
    }
}
