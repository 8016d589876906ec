//! What a line of a list asks for.

use super::meant::name;
use super::raw::{Place, Raw};
use super::tls::no_name;
use super::typed::{Typed, shown, written};
use crate::check::Check;
use crate::target::Target;
use std::error::Error;
use std::ffi::OsString;
use std::fmt;
use std::sync::Arc;

/// What is asked of the target of a line.
#[derive(Clone, Debug)]
pub struct Line {
    /// All that is asked of it.
    pub check: Arc<Check>,
    /// The port, where the target does not say one: the line's, the command line's, the preset's.
    pub port: Option<u16>,
    /// What it is called, where that is not the target as written.
    pub name: Option<String>,
}

/// A line that asks for nothing that can be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The first word of its verdict: the service in upper case, or `TCP`.
    pub name: String,
    /// Which option, what was given and what it takes. Values are in it as they were typed.
    pub message: String,
    /// `--name`, as far as it was understood.
    pub label: Option<String>,
}

/// The options of a line: what is no part of a check, and what is added to the command line's.
#[derive(Debug)]
pub(super) struct Said {
    /// `--name`, the line's or the command line's.
    pub(super) name: Option<String>,
    /// The line's `--port`, as typed.
    pub(super) port: Option<Typed>,
    /// All others.
    pub(super) additions: Vec<Typed>,
}

impl Said {
    /// Reads the options over those of the command line.
    ///
    /// # Errors
    /// The first word that is no option of a check, or not a whole one.
    pub(super) fn read(options: Vec<OsString>, command_line: &Raw) -> Result<Self, Refused> {
        let mut raw = Raw::default();
        let read = raw.read(options, Place::Line);
        let named = raw.name.take();
        let named = named.as_ref().or(command_line.name.as_ref());
        let named = named.map(|typed| written(&typed.value));
        if let Err(message) = read {
            let service = raw.service.as_ref().or(command_line.service.as_ref());
            return Err(Refused {
                name: name(service),
                message,
                label: named,
            });
        }
        Ok(Self {
            name: named,
            port: raw.port.take(),
            additions: raw.take_all(),
        })
    }
}

impl Line {
    /// Whether this can be asked of a target.
    ///
    /// # Errors
    /// A certificate would be verified, and there is no name that it could have.
    pub fn check_target(&self, target: &Target) -> Result<(), Refused> {
        let Some(tls) = &self.check.tls else {
            return Ok(());
        };
        if !tls.lacks_name(target) {
            return Ok(());
        }
        let message = match target {
            Target::Socket(_) => "a Unix socket with TLS: takes --sni too, the name to verify, \
                                  or else --no-check-certificate"
                .to_owned(),
            Target::Name { .. } | Target::Address { .. } => {
                let host = target.as_written();
                format!("{}: {}", shown(host), no_name(&host.to_string_lossy()))
            }
        };
        Err(Refused {
            name: self.check.name.clone(),
            message,
            label: self.name.clone(),
        })
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for Refused {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_neither_its_target_nor_anything_of_the_run() {
        let run = "belongs on the command line; a line takes options of a check only";
        let target = "the target says it; --sni names a certificate";
        for (options, message) in [
            ("-H a", format!("-H: {target}")),
            ("--hostname=a", format!("--hostname: {target}")),
            ("-U /s", format!("-U: {target}")),
            ("--targets x", format!("--targets: {run}")),
            ("-f-", format!("-f: {run}")),
            ("--parallel=1", format!("--parallel: {run}")),
            ("--rate ''", format!("--rate: {run}")),
            ("--format json", format!("--format: {run}")),
            ("--summary", format!("--summary: {run}")),
            ("--no-progress", format!("--no-progress: {run}")),
            ("-h", format!("-h: {run}")),
            ("-EV", format!("-V: {run}")),
            (
                "25",
                "25: a stray word; behind its target a line takes options only; \
                 write a line a host, HOST or HOST:PORT"
                    .to_owned(),
            ),
            (
                "--bogus",
                "--bogus: no such option; --help shows those there are".to_owned(),
            ),
        ] {
            let options = options.split(' ').map(|word| word.replace("''", "").into());
            let refused = Said::read(options.collect(), &Raw::default());
            assert_eq!(refused.expect_err("a usage error").message, message);
        }
    }
}
