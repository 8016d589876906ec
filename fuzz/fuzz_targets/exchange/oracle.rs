//! An oracle for the reply of a peer and for its match, independent of the machine.

use crate::decode::{Exchange, PATTERNS};
use crate::script::Act;
use crate::wire::Wire;
use check_tcp::expect::Pattern;
use check_tcp_fuzz::as_go::text;
use regex::{Regex, RegexBuilder};
use std::collections::HashMap;
use std::sync::OnceLock;

/// All that a probe can have been told.
pub struct Said {
    bytes: Vec<u8>,
    /// The bytes that follow without end.
    flood: Option<Vec<u8>>,
}

impl Said {
    /// In the clear what came over the wire; under TLS what the peer said in its session, and
    /// nothing where it has none.
    pub fn of(exchange: &Exchange, wire: &Wire) -> Self {
        if exchange.check.tls.is_none() {
            return Self {
                bytes: wire.came.clone(),
                flood: None,
            };
        }
        let mut said = Self {
            bytes: Vec::new(),
            flood: None,
        };
        if !exchange.script.tls {
            return said;
        }
        let begins = |act: &&Act| !matches!(act, Act::Handshake | Act::HandshakePart(_));
        for act in exchange.script.acts.iter().skip_while(begins) {
            match act {
                Act::Say(bytes) => said.bytes.extend(bytes),
                Act::Flood(bytes) => {
                    said.flood = Some(bytes.clone());
                    break;
                }
                _ => {}
            }
        }
        said
    }

    /// Its first bytes, where it has so many.
    pub fn first(&self, length: u64) -> Option<Vec<u8>> {
        let length = usize::try_from(length).ok()?;
        let flood = self.flood.iter().flatten().cycle();
        let first: Vec<u8> = self
            .bytes
            .iter()
            .chain(flood)
            .copied()
            .take(length)
            .collect();
        (first.len() == length).then_some(first)
    }
}

/// Returns true if the `regex` crate finds the pattern in a whole reply.
pub fn matches(pattern: &Pattern, reply: &[u8]) -> bool {
    static KNOWN: OnceLock<HashMap<&str, Regex>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| {
        let pattern = |source| Pattern::new(source).expect("a pattern of the table");
        PATTERNS
            .map(|source| (source, regex(&pattern(source))))
            .into()
    });
    let text = text(reply);
    match known.get(pattern.as_str()) {
        Some(regex) => regex.is_match(&text),
        None => regex(pattern).is_match(&text),
    }
}

fn regex(pattern: &Pattern) -> Regex {
    RegexBuilder::new(&pattern.translated())
        .size_limit(1 << 26)
        .build()
        .expect("what was translated")
}
