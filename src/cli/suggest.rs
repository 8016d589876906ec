//! Suggestions for arguments that are no option of check-tcp.

use super::flag::{OptionId, OptionSource, Scope};
use super::flags::FLAGS;
use super::option_value::{GivenAs, OptionValue};
use crate::host::{Host, HostError};
use crate::preset;
use crate::target::LONGEST_PATH;
use std::ffi::OsString;
use std::num::NonZeroU16;

/// Names of options in other tools, and the option here of the same meaning, or a sentence if none
/// is needed.
const SYNONYMS: &[(&str, &str)] = &[
    ("-I address addr host ip server", "--hostname"),
    ("-P tcp-port port-number", "--port"),
    ("path sock socket unix", "--unix-sock"),
    ("preset proto protocol", "--service"),
    ("ipv4 inet inet4 v4", "--use-ipv4"),
    ("ipv6 inet6 v6", "--use-ipv6"),
    ("data message payload", "--send"),
    (
        "expect expected banner match pattern regex regexp response string",
        "--expect-pattern",
    ),
    ("-Q bye goodbye", "--quit"),
    ("pause sleep", "--delay"),
    ("https secure tls use-ssl use-tls", "--ssl"),
    (
        "servername server-name ssl-host ssl-hostname tls-host tls-hostname",
        "--sni",
    ),
    (
        "-k allow-self-signed ignore-cert insecure no-check no-verify skip-verify",
        "--no-check-certificate",
    ),
    (
        "no-ssl-verify no-tls-verify skip-tls-verify ssl-no-verify tls-no-verify tls-skip-verify",
        "--no-check-certificate",
    ),
    (
        "cert certificate check-cert check-certificate ssl-verify verify",
        "certificates are verified unless --no-check-certificate is given",
    ),
    ("ca ca-bundle ca-cert cacert cafile", "--ca-file"),
    (
        "cert-days certificate-days days-valid expire expires",
        "--expiry",
    ),
    ("idle-timeout read-timeout silence", "--idle"),
    ("-T connect-timeout deadline max-time wait", "--timeout"),
    ("warn", "--warning"),
    ("crit", "--critical"),
    ("-M -r mismatch refuse", "--status-as"),
    ("closed", "--expect-closed"),
    ("label", "--name"),
    ("metrics performance-data", "--perfdata"),
    (
        "-F file hosts host-file hosts-file input-file list",
        "--targets",
    ),
    ("concurrency jobs threads workers", "--parallel"),
    (
        "dns-server name-server nameserver resolver resolvers",
        "names are looked up by the system's resolver",
    ),
    ("format-json json", "--format json"),
    ("output-format prometheus", "--format"),
    ("out outfile output-file", "--output"),
    ("quiet-mode silent", "--quiet"),
    ("completion completions man manpage", "--generate"),
    ("usage", "--help"),
];

/// Longest name, in bytes, that is compared to those of options.
const MAX_NAME: usize = 40;

/// The hint for an unknown option, `-x` or `--name`: an option of a similar name or of the same
/// meaning, if it is valid in `source`.
pub(super) fn hint_for_option(unknown: &str, source: OptionSource) -> String {
    let suggestion = match unknown.strip_prefix("--") {
        _ if unknown.len() > MAX_NAME => None,
        Some(name) => find_by_letter(name)
            .or_else(|| find_similar(&name.to_ascii_lowercase().replace('_', "-"))),
        None => find_synonym(unknown).map(str::to_owned),
    };
    match suggestion.filter(|suggestion| is_valid(suggestion, source)) {
        Some(option) if option.starts_with('-') => format!("did you mean {option}?"),
        Some(sentence) => sentence,
        None => "--help lists the options".to_owned(),
    }
}

fn is_valid(suggestion: &str, source: OptionSource) -> bool {
    let long = suggestion.strip_prefix("--");
    let long = long.and_then(|option| option.split(' ').next());
    let flag = FLAGS.iter().find(|flag| Some(flag.long) == long);
    source == OptionSource::CommandLine || flag.is_none_or(|flag| flag.scope == Scope::Check)
}

/// The options to write for arguments that look like a target: `HOST`, `HOST PORT`, `HOST:PORT`, a
/// URL, a path, or the name of a preset beside one. `is_leading`: they stand before all options,
/// where other tools take a host.
pub(super) fn target_options(
    words: &[OsString],
    is_leading: bool,
    is_given: &dyn Fn(OptionId) -> bool,
) -> Option<String> {
    let (first, rest) = words.split_first()?;
    if let Some(port) = parse_port(first) {
        return (!is_given(OptionId::Port)).then(|| format!("-p {port}"));
    }
    let target = [OptionId::Hostname, OptionId::UnixSock, OptionId::Targets];
    if target.iter().any(|&id| is_given(id)) {
        return None;
    }
    let find_preset = |word: &OsString| preset::find(word.to_str()?);
    let (preset, endpoint) = match (find_preset(first), rest.first().and_then(find_preset)) {
        (Some(preset), _) => (preset, rest),
        (None, Some(preset)) => (preset, std::slice::from_ref(first)),
        (None, None) => return endpoint_options(words, is_leading, is_given),
    };
    let service = format!("--service {}", preset.name);
    match endpoint_options(endpoint, is_leading, is_given) {
        Some(endpoint) => Some(format!("{service} {endpoint}")),
        None => Some(service),
    }
}

fn endpoint_options(
    words: &[OsString],
    is_leading: bool,
    is_given: &dyn Fn(OptionId) -> bool,
) -> Option<String> {
    let (first, rest) = words.split_first()?;
    let text = first.to_str()?;
    let path = ["unix://", "unix:"]
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme));
    if path.is_some() || text.starts_with(['/', '@']) {
        let path = path.unwrap_or(text);
        // A path that a shell would change is not suggested without quotes.
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/._-+@".contains(&byte);
        let is_path = path.starts_with(['/', '@']) && path.len() <= LONGEST_PATH;
        return (is_path && path.bytes().all(is_plain)).then(|| format!("-U {path}"));
    }
    if let Some((scheme, rest)) = text.split_once("://") {
        return url_options(&scheme.to_ascii_lowercase(), rest, is_given);
    }
    let (host, port) = parse_host_port(text)?;
    let port = port.or(rest.first().and_then(parse_port));
    let looks_like_host = text.contains(['.', ':']) || text == "localhost";
    let is_alone = is_leading && rest.is_empty();
    if !looks_like_host && !is_alone && port.is_none() {
        return None;
    }
    Some(host_options(&host, port, is_given))
}

/// The options for a URL; `rest` is what stands behind `://`.
fn url_options(scheme: &str, rest: &str, is_given: &dyn Fn(OptionId) -> bool) -> Option<String> {
    let (host, port) = parse_host_port(rest.split(['/', '?', '#']).next()?)?;
    let (before, port) = match (scheme, preset::find(scheme)) {
        (_, Some(preset)) => (format!("--service {} ", preset.name), port),
        ("https", _) => ("-S ".to_owned(), port.or(NonZeroU16::new(443))),
        ("http", _) => (String::new(), port.or(NonZeroU16::new(80))),
        _ => (String::new(), port),
    };
    Some(before + &host_options(&host, port, is_given))
}

fn host_options(
    host: &str,
    port: Option<NonZeroU16>,
    is_given: &dyn Fn(OptionId) -> bool,
) -> String {
    match port.filter(|_| !is_given(OptionId::Port)) {
        Some(port) => format!("-H {host} -p {port}"),
        None => format!("-H {host}"),
    }
}

/// The host in `HOST`, `HOST:PORT` or `USER@HOST`, and the port if there is one.
fn parse_host_port(text: &str) -> Option<(Box<str>, Option<NonZeroU16>)> {
    match Host::parse(text) {
        Ok(_) => Some((text.into(), None)),
        Err(HostError::Port(Some((host, port)))) => Some((host, Some(port))),
        Err(HostError::User(Some(host))) => Some((host, None)),
        Err(_) => None,
    }
}

/// The hint for options whose value is another option, as in `-w -p 25`, or that are a long name
/// after a single dash, as in `-timeout 5`.
pub(super) fn hint_for_values<'a>(
    given: impl IntoIterator<Item = &'a OptionValue>,
    source: OptionSource,
) -> Option<String> {
    given.into_iter().find_map(|option| {
        let value = option.value.to_str()?;
        let is_option = FLAGS.iter().any(|flag| match value.strip_prefix("--") {
            Some(name) => flag.long == name,
            None => flag
                .short
                .is_some_and(|letter| value == format!("-{letter}")),
        });
        if is_option {
            return Some(format!("the value of {option} is {value}"));
        }
        let GivenAs::Short(letter) = option.given_as else {
            return None;
        };
        let name = format!("--{letter}{value}");
        let is_name = FLAGS
            .iter()
            .any(|flag| name.strip_prefix("--") == Some(flag.long));
        (is_name && is_valid(&name, source)).then(|| format!("did you mean {name}?"))
    })
}

fn parse_port(word: &OsString) -> Option<NonZeroU16> {
    word.to_str()?.parse().ok()
}

/// `--port` for `p`.
fn find_by_letter(name: &str) -> Option<String> {
    let mut letters = name.chars();
    let letter = letters.next().filter(|_| letters.next().is_none());
    let flag = FLAGS
        .iter()
        .find(|flag| letter.is_some() && flag.short == letter)?;
    Some(format!("--{}", flag.long))
}

/// Finds the option, or the sentence, for an unknown long name in lower case.
fn find_similar(name: &str) -> Option<String> {
    find_exact(name)
        .or_else(|| find_by_prefix(name))
        .or_else(|| find_nearest(name))
        .or_else(|| find_by_first_words(name))
}

fn find_exact(name: &str) -> Option<String> {
    let flag = FLAGS.iter().find(|flag| flag.long == name);
    let option = flag.map(|flag| format!("--{}", flag.long));
    option.or_else(|| find_synonym(name).map(str::to_owned))
}

fn find_synonym(name: &str) -> Option<&'static str> {
    let is_in = |names: &str| names.split(' ').any(|other| other == name);
    let row = SYNONYMS.iter().find(|(names, _)| is_in(names))?;
    Some(row.1)
}

/// The one option that begins with `name`.
fn find_by_prefix(name: &str) -> Option<String> {
    let mut options = FLAGS.iter().filter(|flag| flag.long.starts_with(name));
    let option = options.next().filter(|_| name.len() > 1)?;
    options
        .next()
        .is_none()
        .then(|| format!("--{}", option.long))
}

/// `ssl` for `ssl-version`, and the like.
fn find_by_first_words(name: &str) -> Option<String> {
    let (first, _) = name.rsplit_once('-')?;
    find_exact(first).or_else(|| find_by_first_words(first))
}

/// The one option that differs by the fewest typing errors: one in three characters at most, and
/// none in the first, which is seldom mistyped.
fn find_nearest(name: &str) -> Option<String> {
    let length = name.chars().count();
    let is_close =
        |long: &&str| length <= 2 * long.len() && long.chars().next() == name.chars().next();
    let options = FLAGS.iter().map(|flag| flag.long).filter(is_close);
    let mut near: Vec<_> = options
        .map(|long| (edit_distance(name, long), long))
        .filter(|(distance, _)| *distance <= length / 3)
        .collect();
    near.sort_unstable();
    match near.as_slice() {
        [(one, _), (other, _), ..] if one == other => None,
        [(_, long), ..] => Some(format!("--{long}")),
        [] => None,
    }
}

/// The number of characters that were inserted, deleted or replaced (the Levenshtein distance);
/// 1 where they only stand in another order.
fn edit_distance(from: &str, to: &str) -> usize {
    let sorted = |text: &str| {
        let mut characters: Vec<char> = text.chars().collect();
        characters.sort_unstable();
        characters
    };
    if sorted(from) == sorted(to) {
        return 1;
    }
    // Each row has the distances of a beginning of `from` to all beginnings of `to`.
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (index, a) in from.chars().enumerate() {
        let mut left = index + 1;
        let mut next = vec![left];
        let diagonals = row.iter().zip(row.iter().skip(1));
        for (b, (diagonal, above)) in to.chars().zip(diagonals) {
            left = (diagonal + usize::from(a != b))
                .min(above + 1)
                .min(left + 1);
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(feature = "default")]
#[cfg(test)]
mod tests;
