//! Why check-tcp and OpenSSL differ.

use crate::page::Row;
use regex::Regex;

/// Patterns of a row, its subject and its message with an arrow between, and the reason.
const NOTES: [(&str, &str); 28] = [
    (
        "the common name .* does not count",
        "OpenSSL takes the common name where there is no DNS name; Go and browsers do not",
    ),
    (
        "www.example.com.` ->",
        "the dot at the end of what is asked for makes no difference, as in Go and curl",
    ),
    (
        "a wildcard must be the whole first label",
        "OpenSSL takes a `*` beside other characters",
    ),
    (
        "over TLS 1.2 ->.*RSASSA-PSS",
        "rustls takes such keys over TLS 1.3 alone",
    ),
    (
        "signed by RSASSA-PSS with (a|the longest) salt",
        "ring verifies salts as long as the digest alone, as Go does",
    ),
    ("SHA-224 ->", "ring has no SHA-224"),
    (
        "its expired copy is in the store",
        "OpenSSL takes the issuer from the store before the one that is presented",
    ),
    ("Ed448 ->", "ring has no Ed448"),
    (
        "parameters spelt out ->",
        "curves by name alone (RFC 5480), as in Go",
    ),
    (
        "keyUsage.* -> ok",
        "OpenSSL wants digitalSignature, keyEncipherment or keyAgreement of a server; Go does not ask",
    ),
    (
        "Netscape.s server-gated crypto ->",
        "OpenSSL takes it for serverAuth",
    ),
    (
        "root: extKeyUsage: any",
        "OpenSSL does not take it for serverAuth; Go does",
    ),
    (
        "the server has `\\*.example.com` ->",
        "the wildcard covers a name that is excluded",
    ),
    (
        "mask with a hole",
        "no network has such a mask; Go refuses it too",
    ),
    (
        "directory name",
        "webpki does not compare directory names; Go does not either",
    ),
    (
        "right one|cross-signed|sign each other|a root.s new key",
        "OpenSSL does not come back for another issuer of the same name",
    ),
    (
        "in the store.* -> ok|the intermediate alone",
        "any certificate in the store ends a path, as in Go and curl",
    ),
    (
        "[789] intermediates ->",
        "6 are followed at most, to bound the work",
    ),
    (
        "an issuer that is named in",
        "names are compared byte by byte (RFC 5280, section 7.1), as in Go",
    ),
    (
        "key identifier that does not fit",
        "an identifier is a hint, and the signature decides, as in Go",
    ),
    ("version [124]", "X.509 version 3 alone, as in Go"),
    (
        "40 unknown extensions",
        "32 are read at most, to bound the work",
    ),
    (
        "unique identifier",
        "webpki does not know the fields, which RFC 5280 forbids",
    ),
    (
        "the group (X448|ffdhe)",
        "rustls with ring does not have the group",
    ),
    (
        "key exchange by RSA|CBC|key exchange by DHE",
        "rustls leaves it out",
    ),
    ("begins .*before 1970 ->", "webpki does not read the date"),
    (
        "expired copy",
        "OpenSSL does not come back for another issuer of the same name",
    ),
    (
        "a root with an empty name|an intermediate with an empty name",
        "webpki does not ask for a name",
    ),
];

/// The reason for a row that differs; empty if none is known.
pub(crate) fn note(row: &Row) -> &'static str {
    let text = format!("{} -> {}", row.what, row.message);
    let fits = |pattern: &str| Regex::new(pattern).expect("a pattern").is_match(&text);
    let found = NOTES.iter().find(|(pattern, _)| fits(pattern));
    found.map_or("", |(_, note)| note)
}
