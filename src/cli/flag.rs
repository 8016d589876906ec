//! The description of a command-line option.

use crate::feature::Feature;

/// An option. Its number is its index in [`FLAGS`](super::flags::FLAGS).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OptionId {
    Hostname,
    Port,
    UnixSock,
    Service,
    UseIpv4,
    UseIpv6,
    Send,
    ExpectPattern,
    Quit,
    Escape,
    Delay,
    Maxbytes,
    Idle,
    Step,
    Steps,
    Ssl,
    Starttls,
    Sni,
    NoCheckCertificate,
    CaFile,
    Expiry,
    Fingerprint,
    ClientCert,
    ClientKey,
    TlsMin,
    TlsMax,
    Alpn,
    Timeout,
    Warning,
    Critical,
    ErrorWarning,
    ExpectClosed,
    StatusAs,
    Targets,
    Parallel,
    Lookups,
    Rate,
    Shard,
    Summary,
    SummaryBytes,
    NoProgress,
    Name,
    Perfdata,
    Format,
    Output,
    Quiet,
    Generate,
    Help,
    Version,
}

/// The number of options.
pub(super) const OPTION_COUNT: usize = OptionId::Version as usize + 1;

/// The description of one option of a command line whose options are named by `Id`.
#[derive(Debug)]
pub struct Flag<Id: 'static = OptionId> {
    /// The option that is described.
    pub(super) id: Id,
    /// Long name, without the dashes.
    pub long: &'static str,
    /// Short name, without the dash.
    pub short: Option<char>,
    /// The value that the option takes; `None` for a switch.
    pub value: Option<ValueSpec>,
    /// The heading of the help that the option stands under.
    pub group: HelpGroup,
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
    /// The values that a shell can complete.
    pub kind: ValueKind,
}

/// The values of an option that a shell can complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// None.
    Any,
    /// The paths of files.
    File,
    /// The words of [`ValueSpec::expected`], with commas and an `or` between them.
    Word,
    /// The names of presets.
    Preset,
    /// The maps of `--status-as`.
    StatusMap,
}

/// The description of one option, of whatever command line.
#[derive(Clone, Copy)]
pub(super) struct Description {
    /// Long name, without the dashes; empty where there is none.
    pub(super) long: &'static str,
    /// Short name, without the dash.
    pub(super) short: Option<char>,
    pub(super) value: Option<ValueSpec>,
    pub(super) group: HelpGroup,
    pub(super) default: Option<&'static str>,
    pub(super) help: &'static str,
}

/// A heading of the help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HelpGroup {
    /// The endpoint.
    Target,
    /// The bytes that are sent and expected.
    Dialogue,
    /// TLS and its certificates.
    Tls,
    /// The status of a check.
    Verdict,
    /// The run of a list.
    List,
    /// The output.
    Output,
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

/// The origin of options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OptionSource {
    CommandLine,
    /// A line of a list, behind its target.
    ListLine,
}

impl HelpGroup {
    /// All groups, in the order of the help.
    pub const ALL: [Self; 6] = [
        Self::Target,
        Self::Dialogue,
        Self::Tls,
        Self::Verdict,
        Self::List,
        Self::Output,
    ];

    /// The feature that the options of the group need.
    pub fn feature(self) -> Option<Feature> {
        match self {
            Self::Tls => Some(Feature::Tls),
            Self::List => Some(Feature::List),
            Self::Target | Self::Dialogue | Self::Verdict | Self::Output => None,
        }
    }

    /// The heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Target => "Target",
            Self::Dialogue => "Dialogue",
            Self::Tls => "TLS",
            Self::Verdict => "Verdict",
            Self::List => "List",
            Self::Output => "Output",
        }
    }
}

impl Flag {
    /// The switch of a group from which an entry of the table takes what it does not give.
    pub(super) const fn of_group(group: HelpGroup, scope: Scope) -> Self {
        Self {
            id: OptionId::Help,
            long: "",
            short: None,
            value: None,
            group,
            scope,
            default: None,
            help: "",
        }
    }

    /// Returns true if an empty value counts as not given, as the templates of agents leave it for
    /// an option of a check. Options of the run are strict: an empty `--targets` is not no list. So are
    /// those of TLS, without which a check is in the clear or believes another certificate; but for
    /// `--sni`, which templates fill with a host's name.
    pub(super) fn ignores_empty(&self) -> bool {
        let is_strict = self.group == HelpGroup::Tls && self.id != OptionId::Sni;
        self.value.is_some() && self.scope != Scope::Run && !is_strict
    }
}

/// The durations that most options take.
pub(super) const DURATION: &str = "a duration up to 366 days, such as 3, 0.25, 500ms or 1m 30s";

/// The periods of `--expiry`.
pub(super) const PERIODS: &str =
    "days or durations of 100 years at most, the second no longer than the first";

/// The values of `--fingerprint`.
pub(super) const FINGERPRINTS: &str =
    "one or more SHA-256 of certificates, each of 64 hexadecimal digits, with colons or without";

/// The protocols of `--starttls`.
pub(super) const STARTTLS: &str =
    "smtp, lmtp, imap, pop3, ftp, nntp, sieve, xmpp, xmpp-server, irc, ldap, postgres or mysql";

// What the options of a group have in common.
pub(super) const TARGET: Flag = Flag::of_group(HelpGroup::Target, Scope::Check);
pub(super) const DIALOGUE: Flag = Flag::of_group(HelpGroup::Dialogue, Scope::Check);
pub(super) const TLS: Flag = Flag::of_group(HelpGroup::Tls, Scope::Check);
pub(super) const VERDICT: Flag = Flag::of_group(HelpGroup::Verdict, Scope::Check);
pub(super) const LIST: Flag = Flag::of_group(HelpGroup::List, Scope::Run);
pub(super) const OUTPUT: Flag = Flag::of_group(HelpGroup::Output, Scope::Run);

/// The descriptions of all options of a command line.
pub(super) fn describe_all<Id>(flags: &[Flag<Id>]) -> Vec<Description> {
    let describe = |flag: &Flag<Id>| Description {
        long: flag.long,
        short: flag.short,
        value: flag.value,
        group: flag.group,
        default: flag.default,
        help: flag.help,
    };
    flags.iter().map(describe).collect()
}

/// A value with its placeholder, and what it has to be.
pub(super) const fn value(metavar: &'static str, expected: &'static str) -> Option<ValueSpec> {
    value_of(ValueKind::Any, metavar, expected)
}

/// A value that a shell can complete.
pub(super) const fn value_of(
    kind: ValueKind,
    metavar: &'static str,
    expected: &'static str,
) -> Option<ValueSpec> {
    Some(ValueSpec {
        metavar,
        expected,
        kind,
    })
}
