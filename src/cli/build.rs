//! Builds a [`Check`] and its [`Target`] from the raw options.

use super::flag::OptionId;
use super::option_value::{OptionValue, escape_lossy};
use super::raw_options::RawOptions;
use super::{duration, status_as, steps, tls};
use crate::check::{Check, Expiry};
use crate::escape::unescape;
use crate::expect::Pattern;
use crate::feature::Feature;
use crate::host::Host;
use crate::preset::{self, Preset};
use crate::report::Format;
use crate::target::{Family, Target};
use std::num::{NonZeroU16, NonZeroU64};
use std::time::Duration;

/// Default value of `--hostname`.
pub(super) const LOCALHOST: &str = "localhost";

/// Builds the check and the target of a command line without a list.
///
/// # Errors
/// The message for the first invalid option.
pub(super) fn build_check_and_target(raw: &RawOptions) -> Result<(Check, Target), String> {
    let preset = find_preset(raw.get(OptionId::Service))?;
    let port = port(raw, preset)?;
    let host = raw.get(OptionId::Hostname);
    let target = build_target(host, raw.get(OptionId::UnixSock), port)?;
    Ok((build_check(raw, preset, None)?, target))
}

/// Builds the check of a line of a list, and the port of a target without one. With `same_reply`,
/// a check that expects the same reply, the check shares its pattern.
///
/// # Errors
/// The message for the first invalid option.
pub(super) fn build_check_and_port(
    raw: &RawOptions,
    same_reply: Option<&Check>,
) -> Result<(Check, Option<u16>), String> {
    let preset = find_preset(raw.get(OptionId::Service))?;
    let port = port(raw, preset)?;
    Ok((build_check(raw, preset, same_reply)?, port))
}

/// The first word of the output line, by `--service`.
pub(super) fn service_name(service: Option<&OptionValue>) -> String {
    match service {
        Some(given) => match given.value.to_str() {
            Some(text) if Feature::Unicode.is_built_in() => text.to_uppercase(),
            Some(text) => text.to_ascii_uppercase(),
            None => escape_lossy(&given.value.to_ascii_uppercase()),
        },
        None => Check::default().name,
    }
}

/// Parses the value of `--port`.
pub(super) fn parse_port(text: &str) -> Option<u16> {
    text.parse().ok().map(NonZeroU16::get)
}

fn find_preset(service: Option<&OptionValue>) -> Result<Option<&'static Preset>, String> {
    let Some(given) = service else {
        return Ok(None);
    };
    match preset::find(given.text()?) {
        Some(preset) => Ok(Some(preset)),
        None => Err(format!(
            "check-tcp called with unknown service: {}",
            service_name(service)
        )),
    }
}

fn port(raw: &RawOptions, preset: Option<&Preset>) -> Result<Option<u16>, String> {
    let port = raw.parse(OptionId::Port, parse_port)?;
    let protocol = steps::protocol(raw)?.map(|protocol| protocol.port);
    Ok(port.or(preset.map(|preset| preset.port)).or(protocol))
}

fn build_target(
    host: Option<&OptionValue>,
    path: Option<&OptionValue>,
    port: Option<u16>,
) -> Result<Target, String> {
    host.map(OptionValue::text).transpose()?;
    if let Some(path) = path {
        return Target::socket(&path.value).map_err(|error| path.describe_invalid(error));
    }
    let host = match host {
        Some(given) => Host::parse(given.text()?).map_err(|error| given.describe_invalid(error))?,
        None => Host::Name(LOCALHOST),
    };
    // After the host: the message for `-H mail:25` tells where its port goes.
    match port {
        Some(port) => Ok(Target::from_host(host, port)),
        None => Err("--port is missing: expected a number from 1 to 65535, \
             unless --service or --unix-sock is given"
            .to_owned()),
    }
}

fn build_check(
    raw: &RawOptions,
    preset: Option<&Preset>,
    same_reply: Option<&Check>,
) -> Result<Check, String> {
    let unset = Check::default();
    let protocol = steps::protocol(raw)?;
    let own = steps::read_own_steps(raw)?;
    steps::check_options(raw, &own, preset)?;
    // With steps, and behind STARTTLS, a preset gives neither text nor pattern.
    let has_steps = protocol.is_some() || !own.is_empty();
    let same_reply = same_reply.filter(|_| !has_steps);
    let dialogue = preset.filter(|_| !has_steps);
    let escape = raw.has(OptionId::Escape);
    let send = raw.get(OptionId::Send).map(OptionValue::bytes);
    let send = send.map(|text| build_send(text, escape));
    let send = send.or(dialogue.map(|preset| preset.send.to_vec()));
    let quit = raw
        .get(OptionId::Quit)
        .map(|text| build_quit(text.bytes(), escape));
    let quit = quit.or(preset.map(|preset| preset.quit_bytes(escape)));
    let status_as = raw.parse(OptionId::StatusAs, status_as::parse);
    let timeout = raw.parse(OptionId::Timeout, parse_above_zero);
    let delay = raw.parse(OptionId::Delay, duration::parse);
    let max_bytes = raw.parse(OptionId::Maxbytes, |text| text.parse().ok());
    let mut check = Check {
        name: service_name(raw.get(OptionId::Service)),
        send: send.unwrap_or_default(),
        expect: match same_reply {
            Some(check) => check.expect.clone(),
            None => build_pattern(raw.get(OptionId::ExpectPattern), dialogue)?,
        },
        quit: quit.unwrap_or_default(),
        tls: None,
        family: select_family(raw.get(OptionId::UseIpv4), raw.get(OptionId::UseIpv6))?,
        status_as: status_as?.unwrap_or(unset.status_as),
        timeout: timeout?.unwrap_or(unset.timeout),
        delay: delay?.unwrap_or(unset.delay),
        max_bytes: max_bytes?.and_then(NonZeroU64::new),
        idle: limit(raw, OptionId::Idle)?,
        warning: limit(raw, OptionId::Warning)?,
        critical: limit(raw, OptionId::Critical)?,
        expiry: raw.parse(OptionId::Expiry, parse_expiry)?,
        tells_certificates: raw.parse(OptionId::Format, Format::from_name)? > Some(Format::Text),
        error_warning: raw.has(OptionId::ErrorWarning),
        expect_closed: raw.has(OptionId::ExpectClosed),
        perfdata: raw.has(OptionId::Perfdata),
        ..unset
    };
    // Last, since it may read the trust store.
    check.tls = tls::build_tls(raw, preset, protocol.is_some() || own.brings_tls())?;
    steps::put_into(&mut check, own, protocol)?;
    Ok(check)
}

fn build_send(text: &[u8], escape: bool) -> Vec<u8> {
    match escape {
        true => unescape(text),
        false => text.to_vec(),
    }
}

/// Without `--escape` a line end is added.
fn build_quit(text: &[u8], escape: bool) -> Vec<u8> {
    match escape {
        true => unescape(text),
        false if text.is_empty() => Vec::new(),
        false => [text, b"\r\n"].concat(),
    }
}

fn build_pattern(
    given: Option<&OptionValue>,
    preset: Option<&Preset>,
) -> Result<Option<Pattern>, String> {
    if let Some(given) = given {
        // The error shows the pattern, or as much of it as tells the place.
        let pattern = Pattern::new(given.text()?).map(Some);
        return pattern.map_err(|error| format!("{given}: invalid regular expression: {error}"));
    }
    let pattern = preset.map(Preset::pattern).transpose();
    pattern.map_err(|error| error.to_string())
}

fn select_family(ipv4: Option<&OptionValue>, ipv6: Option<&OptionValue>) -> Result<Family, String> {
    match (ipv4, ipv6) {
        (Some(ipv4), Some(ipv6)) => Err(format!(
            "{ipv4} with {ipv6}: only one of the two is allowed"
        )),
        (Some(_), None) => Ok(Family::V4),
        (None, Some(_)) => Ok(Family::V6),
        (None, None) => Ok(Family::Any),
    }
}

fn parse_above_zero(text: &str) -> Option<Duration> {
    duration::parse(text).filter(|duration| !duration.is_zero())
}

/// Parses `--expiry`. Without a second period only a certificate that has ended is CRITICAL.
fn parse_expiry(text: &str) -> Option<Expiry> {
    let (warning, critical) = match text.split_once(',') {
        Some((warning, critical)) => (warning, duration::parse_days(critical.trim())?),
        None => (text, Duration::ZERO),
    };
    let warning = duration::parse_days(warning.trim())?;
    (critical <= warning).then_some(Expiry { warning, critical })
}

/// The value of an option for which 0 is no limit.
fn limit(raw: &RawOptions, id: OptionId) -> Result<Option<Duration>, String> {
    let limit = raw.parse(id, duration::parse)?;
    Ok(limit.filter(|limit| !limit.is_zero()))
}

#[cfg(feature = "default")]
#[cfg(test)]
mod tests;
