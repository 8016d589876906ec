//! The plugins of Monitoring Plugins that check-tcp stands in for.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

/// A plugin of the family.
#[derive(Debug, PartialEq, Eq)]
pub struct Plugin {
    /// The name of the program, in lower case.
    pub name: &'static str,
    /// The preset that has its defaults; `check_tcp` has none.
    pub service: Option<&'static str>,
}

/// All plugins of the family that check-tcp stands in for.
pub(super) static PLUGINS: [Plugin; 11] = [
    plugin("check_tcp", None),
    plugin("check_ftp", Some("FTP")),
    plugin("check_pop", Some("POP")),
    plugin("check_imap", Some("IMAP")),
    plugin("check_simap", Some("SIMAP")),
    plugin("check_spop", Some("SPOP")),
    plugin("check_ssmtp", Some("SSMTP")),
    plugin("check_nntp", Some("NNTP")),
    plugin("check_nntps", Some("NNTPS")),
    plugin("check_jabber", Some("JABBER")),
    plugin("check_clamd", Some("CLAMD")),
];

/// Returns the name that the program was started under, if it is that of a plugin: the last part of
/// `argv0`, if it begins with `check_`.
pub(super) fn plugin_name(argv0: &OsStr) -> Option<&OsStr> {
    let name = argv0.as_bytes().rsplit(|&byte| byte == b'/').next()?;
    name.starts_with(b"check_").then(|| OsStr::from_bytes(name))
}

impl Plugin {
    /// The first word of the output line.
    pub(super) fn service_name(&self) -> &'static str {
        self.service.unwrap_or("TCP")
    }
}

const fn plugin(name: &'static str, service: Option<&'static str>) -> Plugin {
    Plugin { name, service }
}
