//! The text of a `send` step: bytes, and places that are filled in once the check has come to them.

use crate::escape::unescape;
use std::borrow::Cow;
use std::fmt;

/// Most places of a text. Each is filled with a kilobyte at most.
const MAX_PLACES: usize = 64;

/// A text with places to fill in.
#[derive(Debug, Default)]
pub struct Template {
    parts: Vec<Part>,
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Bytes as they are sent.
    Bytes(Vec<u8>),
    /// The text that the group of this name last matched; nothing where it took no part.
    Capture(Box<str>),
    /// The name that the certificate is verified for.
    PeerName,
}

/// The values that fill a template.
pub trait Values {
    /// Returns the text of a named group.
    fn capture(&self, name: &str) -> &[u8];
    /// Returns the name that the certificate is verified for.
    fn peer_name(&self) -> String;
}

/// An error in a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplateError {
    /// A `${` without its `}`.
    Unclosed,
    /// No group of an earlier pattern has this name.
    Unknown(String),
    /// There are too many places.
    Places,
}

impl Template {
    /// Parses the text of a `send` step: `\n \r \t \\ \xHH` are escapes, `${NAME}` is the place of a
    /// named group, `$$` is `$`. `is_known` tells the names of groups.
    ///
    /// # Errors
    /// A place has no end, or its name is not known.
    pub fn parse(text: &[u8], is_known: impl Fn(&str) -> bool) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut bytes = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.iter().position(|&byte| byte == b'$') {
            let (before, dollar) = rest.split_at(at);
            bytes.extend(unescape(before));
            rest = match dollar {
                [b'$', b'$', after @ ..] => {
                    bytes.push(b'$');
                    after
                }
                [b'$', b'{', after @ ..] => {
                    let end = after.iter().position(|&byte| byte == b'}');
                    let end = end.ok_or(TemplateError::Unclosed)?;
                    let (name, after) = after.split_at(end);
                    let name = String::from_utf8_lossy(name);
                    if !is_known(&name) {
                        return Err(TemplateError::Unknown(name.into_owned()));
                    }
                    parts.push(Part::Bytes(std::mem::take(&mut bytes)));
                    parts.push(Part::Capture(name.into()));
                    after.get(1..).unwrap_or_default()
                }
                dollar => {
                    bytes.push(b'$');
                    dollar.get(1..).unwrap_or_default()
                }
            };
        }
        bytes.extend(unescape(rest));
        parts.push(Part::Bytes(bytes));
        if parts.len() > 2 * MAX_PLACES + 1 {
            return Err(TemplateError::Places);
        }
        Ok(Self::new(parts))
    }

    /// Creates a template of these parts.
    pub fn new(mut parts: Vec<Part>) -> Self {
        parts.retain(|part| *part != Part::Bytes(Vec::new()));
        Self { parts }
    }

    /// Returns the text with its places filled in.
    pub fn fill(&self, values: &impl Values) -> Cow<'_, [u8]> {
        if let [Part::Bytes(bytes)] = self.parts.as_slice() {
            return Cow::Borrowed(bytes);
        }
        let mut text = Vec::new();
        for part in &self.parts {
            match part {
                Part::Bytes(bytes) => text.extend_from_slice(bytes),
                Part::Capture(name) => text.extend_from_slice(values.capture(name)),
                Part::PeerName => text.extend(values.peer_name().into_bytes()),
            }
        }
        Cow::Owned(text)
    }

    /// Returns the memory its parts use, in bytes.
    pub(crate) fn memory_usage(&self) -> usize {
        let parts = self.parts.iter().map(|part| match part {
            Part::Bytes(bytes) => bytes.len(),
            Part::Capture(name) => name.len(),
            Part::PeerName => 0,
        });
        parts.map(|text| text + size_of::<Part>()).sum()
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unclosed => f.write_str("${ without its }; write $$ for a dollar sign"),
            Self::Places => write!(f, "more than {MAX_PLACES} places to fill in"),
            Self::Unknown(name) => write!(
                f,
                "${{{name}}}: no expect step before it has a group of that name"
            ),
        }
    }
}

impl std::error::Error for TemplateError {}

#[cfg(test)]
mod tests {
    use super::*;

    struct Given;

    impl Values for Given {
        fn capture(&self, name: &str) -> &[u8] {
            match name {
                "host" => b"mx\\n$",
                _ => b"",
            }
        }

        fn peer_name(&self) -> String {
            "a.example".to_owned()
        }
    }

    fn filled(text: &[u8]) -> Result<Vec<u8>, TemplateError> {
        let template = Template::parse(text, |name| matches!(name, "host" | "none"))?;
        Ok(template.fill(&Given).into_owned())
    }

    #[test]
    fn places_are_filled_and_escapes_count_outside_of_them() {
        let cases: [(&[u8], &[u8]); 10] = [
            (b"", b""),
            (br"EHLO x\r\n", b"EHLO x\r\n"),
            (br"a ${host} b\n", b"a mx\\n$ b\n"),
            (b"${none}", b""),
            (b"${host}${host}", b"mx\\n$mx\\n$"),
            (b"$$", b"$"),
            (b"$${host}", b"${host}"),
            (b"5$ $x $", b"5$ $x $"),
            (br"\x24{host}", b"${host}"),
            (br"\x2${host}4\", br"\x2mx\n$4\"),
        ];
        for (text, bytes) in cases {
            let shown = text.escape_ascii();
            assert_eq!(filled(text).as_deref(), Ok(bytes), "{shown}");
        }
    }

    #[test]
    fn unknown_and_unclosed_places_are_errors() {
        assert_eq!(filled(b"${host"), Err(TemplateError::Unclosed));
        let many = "${host}".repeat(MAX_PLACES);
        assert!(filled(many.as_bytes()).is_ok());
        let many = many + "${none}";
        assert_eq!(filled(many.as_bytes()), Err(TemplateError::Places));
        for name in ["", "Host", " host", "none "] {
            let unknown = TemplateError::Unknown(name.to_owned());
            let text = format!("${{{name}}}");
            assert_eq!(filled(text.as_bytes()), Err(unknown), "{name:?}");
        }
    }
}
