//! The description of a command-line option.

/// An option. Its number is its index in [`FLAGS`](super::flags::FLAGS).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OptionId {
    /// `--service`.
    Service,
    /// `--hostname`.
    Hostname,
    /// `--port`.
    Port,
    /// `--send`.
    Send,
    /// `--expect-pattern`.
    ExpectPattern,
    /// `--quit`.
    Quit,
    /// `--ssl`.
    Ssl,
    /// `--unix-sock`.
    UnixSock,
    /// `--no-check-certificate`.
    NoCheckCertificate,
    /// `--sni`.
    Sni,
    /// `--use-ipv4`.
    UseIpv4,
    /// `--use-ipv6`.
    UseIpv6,
    /// `--status-as`.
    StatusAs,
    /// `--timeout`.
    Timeout,
    /// `--maxbytes`.
    Maxbytes,
    /// `--delay`.
    Delay,
    /// `--warning`.
    Warning,
    /// `--critical`.
    Critical,
    /// `--escape`.
    Escape,
    /// `--error-warning`.
    ErrorWarning,
    /// `--expect-closed`.
    ExpectClosed,
    /// `--perfdata`.
    Perfdata,
    /// `--name`.
    Name,
    /// `--targets`.
    Targets,
    /// `--parallel`.
    Parallel,
    /// `--lookups`.
    Lookups,
    /// `--rate`.
    Rate,
    /// `--format`.
    Format,
    /// `--summary`.
    Summary,
    /// `--no-progress`.
    NoProgress,
    /// `--help`.
    Help,
    /// `--version`.
    Version,
}

/// The number of options.
pub const OPTION_COUNT: usize = OptionId::Version as usize + 1;

/// The description of one option.
#[derive(Debug)]
pub struct Flag {
    /// The option that is described.
    pub id: OptionId,
    /// Long name, without the dashes.
    pub long: &'static str,
    /// Short name, without the dash.
    pub short: Option<char>,
    /// The value that the option takes; `None` for a switch.
    pub value: Option<ValueSpec>,
    /// The places where the option is valid.
    pub scope: Scope,
    /// Default value, as the help shows it.
    pub default: Option<&'static str>,
    /// Description for the help.
    pub help: &'static str,
}

/// The value of an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ValueSpec {
    /// Placeholder for the value in the help.
    pub metavar: &'static str,
    /// The set of valid values, in the words of a usage error.
    pub expected: &'static str,
}

/// The places where an option is valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The command line, and a line of a list for the target of that line.
    Check,
    /// A command line without a list: each line of a list begins with its own target.
    Target,
    /// The command line, for the whole run.
    Run,
}

impl Flag {
    /// Returns true if an empty value counts as not given: agents fill the templates of a check
    /// so. One of the run does not, for an empty `--targets` must never read as no list.
    pub(super) fn ignores_empty(&self) -> bool {
        self.value.is_some() && self.scope != Scope::Run
    }
}
