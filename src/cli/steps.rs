//! The steps of a check: those of its user, and those of `--starttls`.

use super::flag::OptionId;
use super::option_value::escape_for_message;
use super::raw_options::RawOptions;
use crate::check::Check;
use crate::dialogue::{Condition, Expectation, Part, Step, Template};
use crate::escape::{as_text, unescape};
use crate::expect::Pattern;
use crate::fd::read_regular_file;
use crate::feature::Feature;
use crate::preset::Preset;
use crate::starttls::{self, Protocol};
use rustix::system::uname;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Most steps that a user may give.
const MAX_STEPS: usize = 64;

/// Memory of all steps of a check, in bytes: as much as one pattern may take.
const MAX_MEMORY: usize = 4 << 20;

/// Largest file of steps, in bytes.
const MAX_FILE: u64 = 1 << 20;

const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

const VERBS: &str = "send TEXT, delay DURATION, expect REGEX, expect-bytes TEXT or starttls";

/// The steps that a user gives.
pub(super) struct OwnSteps {
    steps: Vec<Step>,
    /// The steps as the output shows them.
    texts: Vec<Box<str>>,
    memory: usize,
}

/// Finds the protocol of `--starttls`.
///
/// # Errors
/// The message for an unknown one.
pub(super) fn protocol(raw: &RawOptions) -> Result<Option<&'static Protocol>, String> {
    raw.parse(OptionId::Starttls, starttls::find)
}

/// Reads the steps of `--step` and `--steps`, in the order in which they were given.
///
/// # Errors
/// The message for the first invalid one, with its number.
pub(super) fn read_own_steps(raw: &RawOptions) -> Result<OwnSteps, String> {
    let mut own = OwnSteps {
        steps: Vec::new(),
        texts: Vec::new(),
        memory: 0,
    };
    let mut groups = BTreeSet::new();
    for option in raw.steps() {
        if option.flag.id == OptionId::Step {
            own.add(&option.to_string(), option.bytes(), &mut groups)?;
            continue;
        }
        let file = read_regular_file(Path::new(&option.value), MAX_FILE);
        let file = file.map_err(|e| option.describe_invalid(e))?;
        let before = own.steps.len();
        let file = file.strip_prefix(BYTE_ORDER_MARK).unwrap_or(&file);
        for (index, line) in file.split(|&byte| byte == b'\n').enumerate() {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            if matches!(line.trim_ascii_start(), [] | [b'#', ..]) {
                continue;
            }
            let file = escape_for_message(&option.value);
            let place = format!("{option} {file}: line {}", index + 1);
            if line.contains(&b'\r') {
                return Err(format!("{place}: a CR inside; lines end with LF or CR LF"));
            }
            own.add(&place, line, &mut groups)?;
        }
        if own.steps.len() == before {
            return Err(option.describe_invalid("it has no step"));
        }
    }
    Ok(own)
}

/// Checks that options of a dialogue go together with steps and `--starttls`.
///
/// # Errors
/// The message for two that do not.
pub(super) fn check_options(
    raw: &RawOptions,
    own: &OwnSteps,
    preset: Option<&Preset>,
) -> Result<(), String> {
    let steps = raw.steps().first();
    let plain = [OptionId::Send, OptionId::Delay, OptionId::ExpectPattern];
    if let (Some(steps), Some(plain)) = (steps, plain.iter().find_map(|&id| raw.get(id))) {
        let verb = match plain.flag.id {
            OptionId::Send => "send",
            OptionId::Delay => "delay",
            _ => "expect",
        };
        return Err(format!(
            "{plain} with {steps}: write it as a step ({verb} ...)"
        ));
    }
    let protocol = raw.get(OptionId::Starttls);
    let own = steps.filter(|_| own.brings_tls());
    let own = own.map(|steps| format!("the step starttls of {steps}"));
    let Some(upgrade) = protocol.map(ToString::to_string).or(own.clone()) else {
        return Ok(());
    };
    if let (Some(_), Some(own)) = (protocol, own) {
        return Err(format!("{own} with {upgrade}: a check begins TLS once"));
    }
    if let Some(ssl) = raw.get(OptionId::Ssl) {
        return Err(format!(
            "{ssl} with {upgrade}: {ssl} is TLS from the first byte"
        ));
    }
    match preset.filter(|preset| preset.tls) {
        Some(preset) => Err(format!(
            "--service {} with {upgrade}: it is under TLS from the first byte",
            preset.name
        )),
        None => Ok(()),
    }
}

/// Puts the steps into a check, with those of the protocol before them. Those of a check without
/// steps of its own are its `send`, `delay` and `expect`, which are then empty.
///
/// # Errors
/// None: the tests compile the patterns of every protocol.
pub(super) fn put_into(
    check: &mut Check,
    own: OwnSteps,
    protocol: Option<&Protocol>,
) -> Result<(), String> {
    let mut steps = match protocol {
        Some(protocol) => {
            let steps = protocol.steps(&local_name());
            steps.map_err(|error| error.to_string())?
        }
        None => Vec::new(),
    };
    if steps.is_empty() && own.steps.is_empty() {
        return Ok(());
    }
    // Under TLS from the first byte.
    if check.tls.is_some() && steps.is_empty() && !own.brings_tls() {
        steps.push(Step::StartTls);
    }
    let send = std::mem::take(&mut check.send);
    let delay = std::mem::take(&mut check.delay);
    if !send.is_empty() {
        steps.push(Step::Send(Template::new(vec![Part::Bytes(send)])));
    }
    if !delay.is_zero() {
        steps.push(Step::Delay(delay));
    }
    if let Some(pattern) = check.expect.take() {
        steps.push(expect(Condition::Pattern(pattern)));
    }
    steps.extend(own.steps);
    check.steps = steps;
    check.own_steps = own.texts;
    Ok(())
}

impl OwnSteps {
    /// Returns true if there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Returns true if one of them begins TLS.
    pub(super) fn brings_tls(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::StartTls))
    }

    fn add(
        &mut self,
        place: &str,
        text: &[u8],
        groups: &mut BTreeSet<String>,
    ) -> Result<(), String> {
        let number = self.steps.len() + 1;
        if number > MAX_STEPS {
            return Err(format!("{place}: a check has {MAX_STEPS} steps at most"));
        }
        let step = parse_step(text, groups);
        let step = step.map_err(|error| format!("{place}: step {number}: {error}"))?;
        self.memory += step.memory_usage() + step.pattern().map_or(0, Pattern::memory_usage);
        if self.memory > MAX_MEMORY {
            let limit = MAX_MEMORY >> 20;
            return Err(format!(
                "{place}: step {number}: the steps take more than {limit} MiB of memory together"
            ));
        }
        if matches!(step, Step::StartTls) && self.brings_tls() {
            return Err(format!("{place}: step {number}: a second starttls"));
        }
        groups.extend(step.pattern().into_iter().flat_map(|pattern| {
            let names = pattern.group_names();
            names.map(str::to_owned).collect::<Vec<_>>()
        }));
        // A text that is sent may be a password.
        let shown = match step {
            Step::Send(_) => "send".to_owned(),
            _ => as_text(text.trim_ascii()),
        };
        self.steps.push(step);
        self.texts.push(shown.into());
        Ok(())
    }
}

/// Parses a step: a verb, blanks, and all the rest. `groups` are those of the patterns before it.
fn parse_step(text: &[u8], groups: &BTreeSet<String>) -> Result<Step, String> {
    let text = text.trim_ascii_start();
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let (verb, rest) = text.split_at(text.iter().position(is_blank).unwrap_or(text.len()));
    let start = rest.iter().position(|byte| !is_blank(byte));
    let rest = start
        .and_then(|start| rest.get(start..))
        .unwrap_or_default();
    let expected = match verb {
        b"send" => "send TEXT",
        b"delay" => "delay DURATION",
        b"expect" => "expect REGEX",
        b"expect-bytes" => "expect-bytes TEXT",
        b"starttls" if rest.trim_ascii().is_empty() => {
            let required = Feature::Tls.require();
            return required
                .map(|()| Step::StartTls)
                .map_err(|why| format!("starttls: {why}"));
        }
        b"starttls" => return Err("starttls: takes no value".to_owned()),
        _ => {
            let verb = escape_for_message(OsStr::from_bytes(verb));
            return Err(format!("{verb}: expected {VERBS}"));
        }
    };
    if rest.is_empty() {
        return Err(format!("expected {expected}"));
    }
    let value = escape_for_message(OsStr::from_bytes(rest));
    let invalid = |reason: &str| format!("{} {value}: {reason}", as_text(verb));
    let as_utf8 = || str::from_utf8(rest).map_err(|_| invalid("it is not UTF-8"));
    match verb {
        b"send" => {
            let template = Template::parse(rest, |name| groups.contains(name));
            let template = template.map_err(|error| invalid(&error.to_string()));
            template.map(Step::Send)
        }
        b"delay" => match super::duration::parse(as_utf8()?.trim()) {
            Some(pause) => Ok(Step::Delay(pause)),
            None => Err(invalid(
                "expected a duration up to 366 days, such as 3, 0.25, 500ms or 1m 30s",
            )),
        },
        b"expect" => match Pattern::new(as_utf8()?) {
            Ok(pattern) => Ok(expect(Condition::Pattern(pattern))),
            Err(error) => Err(format!("expect: invalid regular expression: {error}")),
        },
        _ => Ok(expect(Condition::Bytes(unescape(rest)))),
    }
}

fn expect(condition: Condition) -> Step {
    Step::Expect(Expectation {
        condition,
        negotiates: None,
    })
}

/// The name of this machine as EHLO takes it (RFC 5321, section 4.1.2).
fn local_name() -> String {
    let uname = uname();
    let name = uname.nodename().to_string_lossy();
    let is_valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    match name.is_empty() || !name.chars().all(is_valid) {
        true => "localhost".to_owned(),
        false => Cow::into_owned(name),
    }
}
