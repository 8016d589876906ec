//! `--extra-opts`: options from a section of an ini file, as Monitoring Plugins read them.
//!
//! A section is `[NAME]`, an option `name = value` or `name =`. Comments begin with `;` or `#`.

use crate::cli::option_value::escape_for_message;
use crate::fd::{open_regular_file, read_at_most};
use std::ffi::{OsStr, OsString};
use std::io::{self, Read};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// The environment variables of the process.
pub(super) type Environment<'e> = dyn Fn(&str) -> Option<OsString> + 'e;

/// The largest file that is read, in bytes.
const MAX_FILE: u64 = 1 << 20;

/// Names of the file in the directories of `NAGIOS_CONFIG_PATH`.
const FILE_NAMES: [&str; 3] = [
    "monitoring-plugins.ini",
    "plugins.ini",
    "nagios-plugins.ini",
];

/// Where the file is looked for without that.
const FILES: [&str; 11] = [
    "/usr/local/etc/monitoring-plugins/monitoring-plugins.ini",
    "/usr/local/etc/monitoring-plugins.ini",
    "/etc/monitoring-plugins/monitoring-plugins.ini",
    "/etc/monitoring-plugins.ini",
    "/etc/nagios/plugins.ini",
    "/usr/local/nagios/etc/plugins.ini",
    "/usr/local/etc/nagios/plugins.ini",
    "/etc/opt/nagios/plugins.ini",
    "/etc/nagios-plugins.ini",
    "/usr/local/etc/nagios-plugins.ini",
    "/etc/opt/nagios-plugins.ini",
];

/// Takes `--extra-opts[=[SECTION][@FILE]]` out of the arguments, and puts the options of these
/// sections before the others. The section of a plugin has its name.
///
/// # Errors
/// The message for a file that is missing, unreadable or malformed, or that lacks the section. The
/// other arguments are returned all the same.
pub(super) fn expand(
    plugin: &str,
    args: Vec<OsString>,
    environment: &Environment<'_>,
) -> (Vec<OsString>, Result<(), String>) {
    let mut rest = Vec::new();
    let mut extra = Vec::new();
    let mut result = Ok(());
    let mut args = args.into_iter().peekable();
    while let Some(arg) = args.next() {
        let locator = match arg.as_bytes().strip_prefix(b"--extra-opts") {
            Some(b"") => args.next_if(|next| !is_option(next)).unwrap_or_default(),
            Some([b'=', locator @ ..]) => OsStr::from_bytes(locator).to_owned(),
            _ => {
                rest.push(arg);
                continue;
            }
        };
        match read_section(plugin, &locator, environment) {
            Ok(options) => extra.extend(options),
            Err(message) => result = result.and(Err(format!("--extra-opts: {message}"))),
        }
    }
    extra.append(&mut rest);
    (extra, result)
}

fn is_option(arg: &OsString) -> bool {
    let dashes = arg.as_bytes().iter().take_while(|&&byte| byte == b'-');
    matches!(dashes.count(), 1 | 2)
}

/// Reads the section that `[SECTION][@FILE]` names.
fn read_section(
    plugin: &str,
    locator: &OsStr,
    environment: &Environment<'_>,
) -> Result<Vec<OsString>, String> {
    let locator = locator.as_bytes();
    let at = locator.iter().position(|&byte| byte == b'@');
    let (section, file) = match at.and_then(|at| locator.split_at_checked(at)) {
        Some((section, file)) => (section, file.get(1..)),
        None => (locator, None),
    };
    let section = match section {
        b"" => plugin.as_bytes(),
        section => section,
    };
    let file = match file {
        Some(file) => Some(PathBuf::from(OsStr::from_bytes(file))),
        None => default_file(environment),
    };
    let file = file
        .filter(|file| !file.as_os_str().is_empty())
        .ok_or("no file in any of the usual places; write --extra-opts=SECTION@FILE")?;
    let shown = escape_for_message(file.as_os_str());
    let text = read_file(&file).map_err(|e| format!("reading {shown}: {e}"))?;
    let options = find_section(&text, section)
        .map_err(|line| format!("{shown}: line {line}: expected [SECTION] or OPTION=VALUE"))?;
    options.ok_or_else(|| {
        let section = escape_for_message(OsStr::from_bytes(section));
        format!("{shown} has no option in a section [{section}]")
    })
}

/// The file that is read where none is named.
fn default_file(environment: &Environment<'_>) -> Option<PathBuf> {
    if let Some(file) = environment("MP_CONFIG_FILE") {
        return Some(file.into());
    }
    let path = environment("NAGIOS_CONFIG_PATH").unwrap_or_default();
    let directories = path.as_bytes().split(|&byte| byte == b':');
    let directories = directories.filter(|directory| !directory.is_empty());
    let in_path = directories.flat_map(|directory| {
        FILE_NAMES.map(|name| Path::new(OsStr::from_bytes(directory)).join(name))
    });
    let mut files = in_path.chain(FILES.map(PathBuf::from));
    files.find(|file| file.exists())
}

fn read_file(path: &Path) -> io::Result<Vec<u8>> {
    let file: Box<dyn Read> = match path.as_os_str() == "-" {
        true => Box::new(io::stdin()),
        false => Box::new(open_regular_file(path)?),
    };
    read_at_most(file, MAX_FILE)
}

/// Returns the options in the sections of this name as arguments; `None` if there is none.
///
/// # Errors
/// The number of a line that is malformed.
fn find_section(text: &[u8], section: &[u8]) -> Result<Option<Vec<OsString>>, usize> {
    let mut options: Option<Vec<OsString>> = None;
    let mut is_inside = None;
    for (index, line) in text.split(|&byte| byte == b'\n').enumerate() {
        let line = line.trim_ascii();
        match (line, is_inside) {
            ([] | [b';' | b'#', ..], _) => {}
            ([b'[', rest @ ..], _) => {
                let at = rest.iter().position(|&byte| byte == b']');
                let parts = at.and_then(|at| rest.split_at_checked(at));
                let named = parts.filter(|(name, _)| name.trim_ascii() == section);
                let behind = named.and_then(|(_, behind)| behind.get(1..));
                match behind.map(<[u8]>::trim_ascii) {
                    None | Some([] | [b';' | b'#', ..]) => is_inside = Some(behind.is_some()),
                    Some(_) => return Err(index + 1),
                }
            }
            (_, None) => return Err(index + 1),
            (_, Some(false)) => {}
            (option, Some(true)) => {
                let arguments = parse_option(option).ok_or(index + 1)?;
                options.get_or_insert_default().extend(arguments);
            }
        }
    }
    Ok(options)
}

/// Returns `name = value` as `--name=value`, and a single letter as `-n value`. Without a value it
/// is a switch.
fn parse_option(line: &[u8]) -> Option<Vec<OsString>> {
    let at = line.iter().position(|&byte| byte == b'=')?;
    let (name, value) = line.split_at_checked(at)?;
    let name = name.trim_ascii();
    let value = value.get(1..).unwrap_or_default().trim_ascii();
    let argument = |parts: &[&[u8]]| OsString::from_vec(parts.concat());
    match (name, value) {
        ([], _) => None,
        ([_], []) => Some(vec![argument(&[b"-", name])]),
        ([_], value) => Some(vec![argument(&[b"-", name]), argument(&[value])]),
        (name, []) => Some(vec![argument(&[b"--", name])]),
        (name, value) => Some(vec![argument(&[b"--", name, b"=", value])]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &[u8] = b"; defaults\n[check_tcp]\nport = 80\n  w=5 \nssl =\n\n# more\n\
        [ check_ftp ]\nport=21\n[check_tcp]\nexpect = a = b\n";

    fn section(name: &str) -> Result<Option<Vec<OsString>>, usize> {
        find_section(FILE, name.as_bytes())
    }

    #[test]
    fn a_section_is_all_options_under_its_name() {
        let wanted = ["--port=80", "-w", "5", "--ssl", "--expect=a = b"].map(OsString::from);
        assert_eq!(section("check_tcp"), Ok(Some(wanted.into())));
        assert_eq!(section("check_ftp"), Ok(Some(vec!["--port=21".into()])));
        assert_eq!(section("check"), Ok(None));
    }

    #[test]
    fn a_malformed_line_is_an_error_where_it_counts() {
        for (text, line) in [
            (&b"port = 80\n[check_tcp]\n"[..], 1),
            (b"[check_tcp]\n\nport\n", 3),
            (b"[check_tcp]\n= 5\n", 2),
            (b"[check_tcp] port=1\n", 1),
            (b"[check_tcp]]\n", 1),
        ] {
            assert_eq!(find_section(text, b"check_tcp"), Err(line));
        }
        let other = b"[other]\nport\n[other\n[other] port\n[check_tcp] ; defaults\nport=1";
        assert!(find_section(other, b"check_tcp").is_ok_and(|options| options.is_some()));
    }

    #[test]
    fn the_options_of_the_file_stand_before_the_others() {
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("plugins.ini");
        std::fs::write(&file, FILE).expect("a file");
        let at = format!("@{}", file.display());
        let by_path = |name: &str| -> Option<OsString> {
            (name == "NAGIOS_CONFIG_PATH").then(|| directory.path().into())
        };
        let by_file = |name: &str| -> Option<OsString> {
            (name == "MP_CONFIG_FILE").then(|| file.clone().into())
        };
        let none = |_: &str| None;
        let environments: [&Environment<'_>; 3] = [&by_path, &by_file, &none];
        let [by_path, by_file, none] = environments;
        let ftp = ["--port=21", "-H", "a"].map(OsString::from).to_vec();
        for (args, environment) in [
            (vec!["-H", "a", &format!("--extra-opts={at}")], none),
            (vec!["--extra-opts", &at, "-H", "a"], none),
            (vec!["--extra-opts=check_ftp", "-H", "a"], by_path),
            (vec!["-H", "a", "--extra-opts"], by_file),
            (vec!["--extra-opts", "-H", "a"], by_file),
            (vec!["--extra-opts=", "-H", "a"], by_path),
        ] {
            let given = args.iter().map(OsString::from).collect();
            let expanded = expand("check_ftp", given, environment);
            assert_eq!(expanded, (ftp.clone(), Ok(())), "{args:?}");
        }
        let missing = vec!["--extra-opts=a@/no/such/file".into(), "-v".into()];
        let (rest, result) = expand("check_tcp", missing, none);
        assert_eq!(rest, ["-v"]);
        let message = result.expect_err("no file");
        assert!(message.contains("reading /no/such/file: "), "{message}");
    }

    #[test]
    fn a_file_that_cannot_be_read_whole_at_once_is_an_error() {
        let directory = tempfile::tempdir().expect("a directory");
        let options = b"[check_tcp]\nport=1\n";
        let file = |name: &str, bytes: u64| {
            let path = directory.path().join(name);
            let padding = vec![b'\n'; bytes as usize - options.len()];
            std::fs::write(&path, [&options[..], &padding].concat()).expect("a file");
            path
        };
        let pipe = directory.path().join("pipe");
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.expect("mkfifo runs").success());
        for (path, error) in [
            (file("full", MAX_FILE), None),
            (
                file("larger", MAX_FILE + 1),
                Some("it is larger than 1 MiB"),
            ),
            (pipe, Some("it is not a regular file")),
        ] {
            let given = vec![format!("--extra-opts=@{}", path.display()).into()];
            let (options, result) = expand("check_tcp", given, &|_| None);
            let message =
                error.map(|why| format!("--extra-opts: reading {}: {why}", path.display()));
            assert_eq!(result.err(), message);
            assert_eq!(options.is_empty(), error.is_some(), "{}", path.display());
        }
    }
}
