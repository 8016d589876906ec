//! What there is to say of an option.

use super::option_value::OptionValue;
use super::raw_options::RawOptions;

/// One option.
#[derive(Debug)]
pub struct Flag {
    /// Its long name, without the dashes.
    pub long: &'static str,
    /// Its letter.
    pub short: Option<char>,
    /// Whether it takes a value, and which.
    pub takes: Takes,
    /// What it is said of, and so where it may stand.
    pub scope: Scope,
    /// What counts where it is not given, as the help shows it.
    pub default: Option<&'static str>,
    /// What it does, for the help.
    pub help: &'static str,
    /// Where it is kept as typed.
    pub(super) slot: fn(&mut RawOptions) -> &mut Option<OptionValue>,
}

/// What an option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// No value.
    Nothing,
    /// A value: what stands for it in the help, and what it may be, as a usage error says it.
    Value(&'static str, &'static str),
}

/// What an option is said of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// A check: it may stand on a line of a list, and then counts for that line's target.
    Check,
    /// The single target of a command line: a line begins with its own.
    Target,
    /// The run.
    Run,
}

impl Flag {
    /// Whether an empty value counts as not given: agents fill the templates of a check so. One of
    /// the run does not, for an empty `--targets` must never read as no list.
    pub(super) fn ignores_empty(&self) -> bool {
        self.takes.value().is_some() && self.scope != Scope::Run
    }
}

impl Takes {
    /// What stands for the value in the help, and what it may be; `None` where none is taken.
    pub fn value(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Nothing => None,
            Self::Value(name, what) => Some((name, what)),
        }
    }
}
