//! The parts that a build may leave out: the features of Cargo.

/// A part that is built in by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Feature {
    /// Named groups of patterns, and what they matched.
    Captures,
    /// The command lines of Monitoring Plugins.
    Family,
    /// The man page and the completions.
    Generate,
    /// `--format json`.
    Json,
    /// Lists of targets, with all that is for many: summaries, progress, samples for Prometheus.
    List,
    /// TLS, and `--starttls`.
    Tls,
    /// Classes and cases of characters beyond ASCII in patterns.
    Unicode,
}

impl Feature {
    /// All, in the order of their names.
    pub const ALL: [Self; 7] = [
        Self::Captures,
        Self::Family,
        Self::Generate,
        Self::Json,
        Self::List,
        Self::Tls,
        Self::Unicode,
    ];

    /// The name in `Cargo.toml`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Captures => "captures",
            Self::Family => "family",
            Self::Generate => "generate",
            Self::Json => "json",
            Self::List => "list",
            Self::Tls => "tls",
            Self::Unicode => "unicode",
        }
    }

    /// Returns true if the part is built in.
    pub const fn is_built_in(self) -> bool {
        match self {
            Self::Captures => cfg!(feature = "captures"),
            Self::Family => cfg!(feature = "family"),
            Self::Generate => cfg!(feature = "generate"),
            Self::Json => cfg!(feature = "json"),
            Self::List => cfg!(feature = "list"),
            Self::Tls => cfg!(feature = "tls"),
            Self::Unicode => cfg!(feature = "unicode"),
        }
    }

    /// Checks that the part is built in.
    ///
    /// # Errors
    /// The reason of a usage error: it is not.
    pub fn require(self) -> Result<(), String> {
        match self.is_built_in() {
            true => Ok(()),
            false => Err(self.describe_missing()),
        }
    }

    /// The reason of a usage error: the part is not built in.
    pub fn describe_missing(self) -> String {
        format!(
            "this program was built without the feature '{}'",
            self.name()
        )
    }
}
