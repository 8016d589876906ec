//! The facts of certificates that a report tells. Without the feature `tls` none are read.

use std::time::SystemTime;

/// The facts of a certificate; `None` for what can't be read. Texts are untrusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CertificateFacts {
    /// The display name of its holder.
    pub subject: Option<String>,
    /// The display name of its issuer.
    pub issuer: Option<String>,
    /// The hosts of its subjectAltName: DNS names and IP addresses.
    pub names: Vec<String>,
    /// The serial number, in hexadecimal digits.
    pub serial: Option<String>,
    /// The beginning of its validity period.
    pub not_before: Option<SystemTime>,
    /// The end of its validity period.
    pub not_after: Option<SystemTime>,
    /// The kind and size of its key: `EC P-256`, `RSA 2048`.
    pub key: Option<String>,
    /// The algorithm of its signature.
    pub signature: Option<String>,
    /// Its SHA-256, in hexadecimal digits.
    pub sha256: String,
}

/// The facts that a report wants of the certificates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WantedFacts {
    /// The end of the certificate path.
    pub path_end: bool,
    /// The certificates that were presented.
    pub chain: bool,
}
