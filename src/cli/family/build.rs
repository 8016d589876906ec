//! Builds the check of a plugin from its options.

use super::args::PluginOptions;
use super::options::PluginOption;
use crate::check::{Check, Expiry};
use crate::cli::command::{Command, SingleCheck};
use crate::cli::duration::{self, DAY, MAX_DURATION};
use crate::cli::option_value::{OptionValue, escape_lossy};
use crate::cli::plugin::Plugin;
use crate::cli::tls;
use crate::escape::unescape_dropping;
use crate::expect::Pattern;
use crate::feature::Feature;
use crate::host::Host;
use crate::preset::{self, Preset};
use crate::reason::Reason;
use crate::record::Label;
use crate::report::OutputOptions;
use crate::status::{Status, StatusMap};
use crate::target::{Family, Target};
use crate::tls::Tls;
use std::ffi::OsStr;
use std::num::NonZeroU64;
use std::os::unix::ffi::OsStrExt;
use std::sync::Arc;
use std::time::Duration;

/// The host that is checked where none is given.
const LOCALHOST: &str = "127.0.0.1";

/// The silence that ends a reply.
const IDLE: Duration = Duration::from_secs(2);

/// Builds the command from the options.
///
/// # Errors
/// The message for the first invalid option.
pub(super) fn build_command(plugin: &Plugin, options: &PluginOptions) -> Result<Command, String> {
    let preset = plugin.service.and_then(preset::find);
    let target = build_target(plugin, options, preset)?;
    let check = build_check(plugin, options, preset)?;
    Ok(Command::Check(Box::new(SingleCheck {
        check: Arc::new(check),
        target,
        label: build_label(options),
        output: OutputOptions::default(),
        output_file: None,
    })))
}

/// Builds the label of the target, whether the options are valid or not.
pub(super) fn build_label(options: &PluginOptions) -> Label {
    Label {
        line: None,
        target: escape_lossy(host(options)).into(),
        name: None,
    }
}

fn host(options: &PluginOptions) -> &OsStr {
    let option = options.last(PluginOption::Hostname);
    let option = option.map(|option| option.value.as_os_str());
    option.or(options.word()).unwrap_or(LOCALHOST.as_ref())
}

fn build_target(
    plugin: &Plugin,
    options: &PluginOptions,
    preset: Option<&Preset>,
) -> Result<Target, String> {
    let host = host(options);
    let port = options.parse_last(PluginOption::Port, parse_count::<u16>)?;
    let describe = |error: &dyn std::fmt::Display| match options.last(PluginOption::Hostname) {
        Some(option) => option.describe_invalid(error),
        None => format!("{}: {error}", escape_lossy(host)),
    };
    if host.is_empty() {
        // The template of an agent was filled with nothing: 127.0.0.1 would be another host.
        return Err(describe(
            &"expected a host or the absolute path of a Unix socket",
        ));
    }
    if host.as_bytes().starts_with(b"/") {
        return Target::socket(host).map_err(|error| describe(&error));
    }
    let host = host.to_str().ok_or_else(|| describe(&"it is not UTF-8"))?;
    let host = Host::parse(host).map_err(|error| describe(&error))?;
    match port.or(preset.map(|preset| preset.port)) {
        Some(port) => Ok(Target::from_host(host, port)),
        None => Err(format!(
            "--port is missing: {} has no default; expected a number from 1 to 65535",
            plugin.name
        )),
    }
}

fn build_check(
    plugin: &Plugin,
    options: &PluginOptions,
    preset: Option<&Preset>,
) -> Result<Check, String> {
    let unset = Check::default();
    let seconds = |id| options.parse_last(id, parse_seconds);
    let count = |id| options.parse_last(id, parse_count::<u64>);
    let timeout = options.parse_last(PluginOption::Timeout, parse_timeout)?;
    let (timeout, timeout_state) = timeout.unwrap_or_default();
    let expect = build_pattern(options, preset)?;
    let delay = count(PluginOption::Delay)?;
    let mut check = Check {
        name: plugin.service_name().to_owned(),
        send: build_send(options, preset),
        idle: expect.is_some().then_some(IDLE),
        expect,
        quit: build_quit(options, preset),
        family: select_family(options),
        status_as: build_status_map(options, timeout_state)?,
        timeout: timeout.unwrap_or(unset.timeout),
        delay: delay.map_or(unset.delay, Duration::from_secs),
        delay_apart: true,
        max_bytes: count(PluginOption::Maxbytes)?.and_then(NonZeroU64::new),
        warning: seconds(PluginOption::Warning)?,
        critical: seconds(PluginOption::Critical)?,
        expiry: options.parse_last(PluginOption::Certificate, parse_expiry)?,
        hide_reply: options.has(PluginOption::Jail) || plugin.service == Some("JABBER"),
        perfdata: true,
        ..unset
    };
    // Last, since it may read the trust store.
    check.tls = build_tls(plugin, options, preset)?;
    Ok(check)
}

/// `-s`, where it was given, even if it is empty, replaces the text of the preset.
fn build_send(options: &PluginOptions, preset: Option<&Preset>) -> Vec<u8> {
    match options.last_with_escape(PluginOption::Send) {
        Some((text, true)) => unescape_dropping(text.bytes()),
        Some((text, false)) => text.bytes().to_vec(),
        None => preset.map_or_else(Vec::new, |preset| preset.send.to_vec()),
    }
}

fn build_quit(options: &PluginOptions, preset: Option<&Preset>) -> Vec<u8> {
    match options.last_with_escape(PluginOption::Quit) {
        Some((text, true)) => unescape_dropping(text.bytes()),
        Some((text, false)) => [text.bytes(), b"\r\n"].concat(),
        None => preset.map_or_else(Vec::new, |preset| preset.quit_bytes(false)),
    }
}

/// `-e` replaces the pattern of the preset.
fn build_pattern(
    options: &PluginOptions,
    preset: Option<&Preset>,
) -> Result<Option<Pattern>, String> {
    let texts: Vec<&[u8]> = options
        .all(PluginOption::Expect)
        .map(OptionValue::bytes)
        .collect();
    let pattern = match texts.as_slice() {
        [] => preset.map(Preset::pattern).transpose(),
        texts if options.has(PluginOption::All) => {
            let each = texts.iter().map(|text| Pattern::literals(&[text]));
            each.collect::<Result<Vec<_>, _>>().map(Pattern::all)
        }
        texts => Pattern::literals(texts).map(Some),
    };
    pattern.map_err(|error| format!("-e: {error}"))
}

fn select_family(options: &PluginOptions) -> Family {
    match options.last_of([PluginOption::UseIpv4, PluginOption::UseIpv6]) {
        Some(PluginOption::UseIpv4) => Family::V4,
        Some(PluginOption::UseIpv6) => Family::V6,
        _ => Family::Any,
    }
}

/// `-r` counts for a connection that fails at once. A silent host is CRITICAL, but for the state of
/// `-t`.
fn build_status_map(
    options: &PluginOptions,
    timeout_state: Option<Status>,
) -> Result<StatusMap, String> {
    let state = |id| {
        let mut given = options.all(id);
        given.try_fold(None, |_, option| option.parse(parse_state).map(Some))
    };
    let mut map = StatusMap::default();
    let mismatch = state(PluginOption::Mismatch)?.unwrap_or(Status::Warning);
    map.set_reason(Reason::Mismatch, mismatch);
    if let Some(refuse) = state(PluginOption::Refuse)? {
        for reason in [Reason::Refused, Reason::Unreachable, Reason::Absent] {
            map.set_reason(reason, refuse);
        }
    }
    if let Some(state) = timeout_state {
        map.set_reason(Reason::Timeout, state);
    }
    Ok(map)
}

/// `None` unless an option or the preset asks for TLS. Nothing is verified without `--verify` or
/// `--ca-file`.
fn build_tls(
    plugin: &Plugin,
    options: &PluginOptions,
    preset: Option<&Preset>,
) -> Result<Option<Tls>, String> {
    let implying = [
        PluginOption::Ssl,
        PluginOption::Sni,
        PluginOption::Certificate,
        PluginOption::Verify,
        PluginOption::CaFile,
    ];
    let is_preset = preset.is_some_and(|preset| preset.tls);
    if !is_preset && !implying.iter().any(|&id| options.has(id)) {
        return Ok(None);
    }
    Feature::Tls
        .require()
        .map_err(|why| format!("{}: {why}", plugin.name))?;
    let name = [PluginOption::Sni, PluginOption::SniAlone];
    let name = name.iter().find_map(|&id| options.last_filled(id));
    let ca_file = options.last_filled(PluginOption::CaFile);
    tls::build_plugin_tls(name, ca_file, options.has(PluginOption::Verify)).map(Some)
}

/// Parses `-D`. The plugins count whole days, and warn while no more than so many are left; so a
/// period is one day longer here. The second number counts within the first.
fn parse_expiry(text: &str) -> Option<Expiry> {
    let days = |text: &str| -> Option<Duration> {
        let text = text.trim();
        let days: u32 = text.parse().ok().filter(|_| !text.starts_with('+'))?;
        DAY.checked_mul(days.checked_add(1)?)
    };
    let (warning, critical) = text.split_once(',').unwrap_or((text, "0"));
    let (warning, critical) = (days(warning)?, days(critical)?);
    Some(Expiry {
        warning,
        critical: critical.min(warning),
    })
}

/// Parses `-t SECONDS`, `-t SECONDS:STATE` or `-t :STATE`.
fn parse_timeout(text: &str) -> Option<(Option<Duration>, Option<Status>)> {
    let (seconds, state) = match text.split_once(':') {
        Some((seconds, state)) => (seconds, Some(parse_status(state)?)),
        None => (text, None),
    };
    if seconds.is_empty() && state.is_some() {
        return Some((None, state));
    }
    let timeout = Duration::from_secs(parse_count(seconds)?);
    (timeout <= MAX_DURATION).then_some((Some(timeout), state))
}

/// Parses a whole number above 0, without a sign, as large as fits `T`.
fn parse_count<T: TryFrom<u64>>(text: &str) -> Option<T> {
    let text = text.trim();
    let count = text.parse().ok().filter(|&count| count > 0)?;
    T::try_from(count).ok().filter(|_| !text.starts_with('+'))
}

/// Parses a number of seconds. Unlike natively, 0 is a threshold, which every check exceeds.
fn parse_seconds(text: &str) -> Option<Duration> {
    let seconds = duration::number(text.strip_suffix('s').unwrap_or(text))?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// Parses `ok`, `warn` or `crit`; only the beginning counts, as in the plugins.
fn parse_state(text: &str) -> Option<Status> {
    let states = [
        ("ok", Status::Ok),
        ("warn", Status::Warning),
        ("crit", Status::Critical),
    ];
    let (_, status) = states.iter().find(|(word, _)| text.starts_with(word))?;
    Some(*status)
}

/// Parses the name or the number of a status.
fn parse_status(text: &str) -> Option<Status> {
    Status::ALL.into_iter().find(|status| {
        text.eq_ignore_ascii_case(status.word()) || text == status.code().to_string()
    })
}

#[cfg(feature = "default")]
#[cfg(test)]
mod tests;
