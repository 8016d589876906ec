//! The services of `--service`.

/// What is asked of a service where the command line does not say.
#[derive(Debug, PartialEq, Eq)]
pub struct Preset {
    /// Its name, in upper case.
    pub name: &'static str,
    /// The port it listens on.
    pub port: u16,
    /// Sent as soon as the connection is up, as it stands.
    pub send: &'static [u8],
    /// What the reply must match.
    pub expect: &'static str,
    /// Sent before the connection is closed, less its line end.
    pub quit: &'static [u8],
    /// TLS from the first byte.
    pub tls: bool,
}

const CLEAR: bool = false;
const TLS: bool = true;

/// Every preset.
pub static PRESETS: &[Preset] = &[
    greeter("FTP", 21, CLEAR, r"^220", b"QUIT"),
    greeter("POP", 110, CLEAR, r"^\+OK", b"QUIT"),
    greeter("SPOP", 995, TLS, r"^\+OK", b"QUIT"),
    greeter("IMAP", 143, CLEAR, r"^\* OK", b"a1 LOGOUT"),
    greeter("SIMAP", 993, TLS, r"^\* OK", b"a1 LOGOUT"),
    greeter("SMTP", 25, CLEAR, r"^220", b"QUIT"),
    greeter("SSMTP", 465, TLS, r"^220", b"QUIT"),
    Preset {
        name: "GEARMAN",
        port: 7003,
        send: b"version\n",
        // `OK 1.1.20+ds` as distributions ship it, and the bare number of older servers.
        expect: r"\A(?:OK )?[0-9]+(?:\.[0-9]+)+\S*\n\z",
        quit: b"",
        tls: false,
    },
];

/// The preset of that name, in any case.
pub fn find(name: &str) -> Option<&'static Preset> {
    let name = name.to_uppercase();
    PRESETS.iter().find(|preset| preset.name == name)
}

/// A service that speaks first.
const fn greeter(
    name: &'static str,
    port: u16,
    tls: bool,
    expect: &'static str,
    quit: &'static [u8],
) -> Preset {
    Preset {
        name,
        port,
        send: b"",
        expect,
        quit,
        tls,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preset_is_found_in_any_case() {
        for name in ["SMTP", "smtp", "sMtP"] {
            assert_eq!(find(name).map(|preset| preset.port), Some(25), "{name}");
        }
        for name in ["", "TCP", "SMTP ", "SMT", "SMTPS"] {
            assert_eq!(find(name), None, "{name}");
        }
    }

    #[test]
    fn presets_under_tls_have_the_ports_of_tls() {
        let ports: Vec<_> = PRESETS
            .iter()
            .filter(|p| p.tls)
            .map(|p| (p.name, p.port))
            .collect();
        assert_eq!(ports, [("SPOP", 995), ("SIMAP", 993), ("SSMTP", 465)]);
    }
}
