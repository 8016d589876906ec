//! Conversion of error identifiers into words, for errors without a text of their own, and of lists
//! into text.

use std::fmt::Debug;

/// Maximum number of items of a list in a message.
const MAX_SHOWN: usize = 8;

/// Abbreviations in the identifiers of rustls and webpki.
const ABBREVIATIONS: [(&str, &str); 16] = [
    ("ccs", "change_cipher_spec"),
    ("cert", "certificate"),
    ("dh", "Diffie-Hellman"),
    ("ec", "elliptic curve"),
    ("ech", "encrypted_client_hello"),
    ("eku", "extended key usage"),
    ("ems", "extended_master_secret"),
    ("kx", "key exchange"),
    ("psk", "pre_shared_key"),
    ("quic", "QUIC"),
    ("sct", "signed_certificate_timestamp"),
    ("sig", "signature"),
    ("tls", "TLS"),
    ("tls12", "TLS 1.2"),
    ("tls13", "TLS 1.3"),
    ("crl", "revocation list"),
];

/// Converts the name of an enum variant into words, without its fields: `NoKxGroupsInCommon`
/// becomes `no key exchange groups in common`.
pub(super) fn to_words(variant: &impl Debug) -> String {
    let name = format!("{variant:?}");
    let name = name.split(|c: char| !c.is_ascii_alphanumeric()).next();
    let mut words: Vec<String> = Vec::new();
    let mut after_capital = false;
    for c in name.unwrap_or_default().chars() {
        match words.last_mut() {
            Some(word) if !c.is_ascii_uppercase() || after_capital => {
                word.push(c.to_ascii_lowercase());
            }
            _ => words.push(c.to_ascii_lowercase().into()),
        }
        after_capital = c.is_ascii_uppercase();
    }
    let full = |word: String| {
        let known = ABBREVIATIONS.iter().find(|(short, _)| *short == word);
        known.map_or(word, |(_, full)| (*full).to_owned())
    };
    words.into_iter().map(full).collect::<Vec<_>>().join(" ")
}

/// Joins the first [`MAX_SHOWN`] items with commas and counts the others: `a, b and 3 more`. Items
/// that are not shown are not formatted, because a peer may send thousands.
pub(crate) fn join_first<T>(
    mut items: impl Iterator<Item = T>,
    format: impl Fn(T) -> String,
) -> String {
    let shown: Vec<String> = items.by_ref().take(MAX_SHOWN).map(format).collect();
    let shown = shown.join(", ");
    match items.count() {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use rustls::{InvalidMessage, PeerMisbehaved};

    /// Returns true if a text has no identifiers and no `Debug` output.
    pub(crate) fn is_plain(text: &str) -> bool {
        let is_identifier = |word: &str| {
            let inner = word.chars().skip(1).any(|c| c.is_ascii_uppercase());
            inner && word.chars().any(|c| c.is_ascii_lowercase())
        };
        let words = text.split(|c: char| !c.is_ascii_alphanumeric());
        // Established terms in mixed case.
        let own = ["ClientHello", "subjectAltName", "SNIs", "IPv4", "IPv6"];
        let odd = words.filter(|word| is_identifier(word) && !own.contains(word));
        !text.is_empty()
            && !text.contains(['{', '}', '"', '[', ']'])
            && !text.contains("::")
            && odd.count() == 0
    }

    #[test]
    fn a_variant_is_converted_to_words_without_its_fields() {
        for (shown, text) in [
            (
                to_words(&PeerMisbehaved::SelectedUnofferedKxGroup),
                "selected unoffered key exchange group",
            ),
            (
                to_words(&PeerMisbehaved::AttemptedDowngradeToTls12WhenTls13IsSupported),
                "attempted downgrade to TLS 1.2 when TLS 1.3 is supported",
            ),
            (
                to_words(&InvalidMessage::MissingData("HelloRetryExtensions")),
                "missing data",
            ),
            (
                to_words(&InvalidMessage::DuplicateExtension(5)),
                "duplicate extension",
            ),
        ] {
            assert_eq!(shown, text);
            assert!(is_plain(text));
        }
        assert_eq!(to_words(&""), "");
    }

    #[test]
    fn identifiers_and_debug_output_are_not_plain() {
        for text in [
            "",
            "it is BadEncoding",
            "Unknown { id: 3 }",
            r#"name "a""#,
            "a::b",
        ] {
            assert!(!is_plain(text), "{text}");
        }
    }
}
