//! The rows of `rows.tsv`.

use super::peers::{Certificate, Kind};
use check_tcp::internal::escape::unescape;
use check_tcp::internal::list::Words;
use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

/// A plugin, words and a server, with what they come to.
#[derive(Debug)]
pub struct Row {
    pub plugin: &'static str,
    /// Before the port and the path are in their places.
    pub words: Vec<OsString>,
    pub kind: Kind,
    /// The exit code of the plugin; `None` for an option that it does not have.
    pub theirs: Option<i32>,
    pub ours: i32,
    /// The reason of a difference.
    pub reason: &'static str,
}

pub fn rows() -> Vec<Row> {
    let lines = include_str!("rows.tsv").lines();
    let rows = lines.filter(|line| !line.starts_with('#'));
    rows.map(|line| parse(line).unwrap_or_else(|| panic!("no row: {line}")))
        .collect()
}

fn parse(line: &'static str) -> Option<Row> {
    let mut cells = line.split('\t');
    let (theirs, ours) = cells.next()?.split_once(' ')?;
    let plugin = cells.next()?;
    let words = cells.next()?.replace("{at}", "-H 127.0.0.1 -p {port}");
    let words = Words::new(words.as_bytes()).map(|word| {
        let word = word.expect("whole words");
        OsString::from_vec(unescape(&word))
    });
    let row = Row {
        plugin,
        words: words.collect(),
        kind: kind(cells.next()?)?,
        theirs: theirs.parse().ok(),
        ours: ours.parse().ok()?,
        reason: cells.next().unwrap_or_default(),
    };
    let differs = row.theirs.is_some_and(|theirs| theirs != row.ours);
    assert_eq!(
        differs,
        !row.reason.is_empty(),
        "a difference has a reason: {line}"
    );
    Some(row)
}

fn kind(cell: &'static str) -> Option<Kind> {
    let (name, rest) = cell.split_once(' ').unwrap_or((cell, ""));
    let text = |text: &str| unescape(text.as_bytes());
    Some(match name {
        "says" => Kind::Says(text(rest)),
        "closes-after" => Kind::SaysAndCloses(text(rest)),
        "late" => Kind::Late(text(rest)),
        "pieces" => Kind::Pieces(rest.split('|').map(text).collect()),
        "answers" => {
            let (count, answer) = rest.split_once(' ')?;
            Kind::Answers(count.parse().ok()?, text(answer))
        }
        "echoes" => Kind::Echoes,
        "drips" => Kind::Drips,
        "resets" => Kind::Resets,
        "refuses" => Kind::Refuses,
        "ipv6" => Kind::SaysOverIpv6(text(rest)),
        "socket" => Kind::SaysAtSocket(text(rest)),
        "no-socket" => Kind::NoSocket,
        "dead-socket" => Kind::DeadSocket,
        "tls-members" => Kind::TlsForMembers(text(rest)),
        "tls" => {
            let (certificate, greeting) = rest.split_once(' ').unwrap_or((rest, ""));
            let certificate = match certificate {
                "self-signed" => Certificate::SelfSigned,
                "expired" => Certificate::Expired,
                other => Certificate::Days(other.strip_prefix("days-")?.parse().ok()?),
            };
            Kind::Tls(certificate, text(greeting))
        }
        "none" => Kind::None,
        _ => return None,
    })
}
