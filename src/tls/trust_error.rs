//! Reasons why a certificate is not trusted.

use super::dates::ValidityError;
use super::fingerprint::Fingerprint;
use super::form::FormError;
use super::issuer::IssuerError;
use super::name_mismatch::NameMismatch;
use super::path_limit::PathLimit;
use rustls::{CertificateError, Error, OtherError};
use std::fmt;
use std::sync::Arc;

/// The reason why a chain is not trusted, in more detail than rustls gives.
#[derive(Debug, PartialEq, Eq)]
pub enum TrustError {
    /// The chain does not end in the store. The display name of the certificate's issuer.
    UnknownIssuer(Option<String>),
    /// It ends at an authority in the store that is outside its validity period. The display name
    /// of the authority.
    StoredIssuerValidity(Option<String>, ValidityError),
    /// An issuer's certificate is outside its validity period.
    IntermediateValidity(ValidityError),
    /// The certificate is self-signed and not in the store.
    SelfSigned,
    /// A certificate is not well-formed.
    Form(FormError),
    /// The chain ends in the store, but one of its certificates may not be an issuer there.
    InvalidIssuer(IssuerError),
    /// The search for a path would cost too much.
    PathLimit(PathLimit),
    /// None of very many names matches the host.
    NameMismatch(NameMismatch),
    /// The certificate has this fingerprint, which is none of those that are accepted.
    Fingerprint(Fingerprint),
}

impl fmt::Display for TrustError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownIssuer(None) => write!(f, "certificate from an unknown issuer"),
            Self::UnknownIssuer(Some(name)) => {
                write!(f, "certificate from an unknown issuer: {name}")
            }
            Self::StoredIssuerValidity(name, error) => {
                let name = name.as_deref().unwrap_or("an issuer without a name");
                let is = match error {
                    ValidityError::NotYetValid(_) => "is ",
                    ValidityError::Expired(_) => "",
                };
                write!(
                    f,
                    "certificate issued by {name}, whose own in the trust store {is}{error}"
                )
            }
            Self::IntermediateValidity(error) => {
                write!(f, "certificate of an intermediate issuer: {error}")
            }
            Self::SelfSigned => write!(
                f,
                "certificate from an unknown issuer: it is self-signed and not in the trust store"
            ),
            Self::Form(error) => write!(f, "{error}"),
            Self::InvalidIssuer(error) => write!(f, "{error}"),
            Self::PathLimit(error) => write!(f, "{error}"),
            Self::NameMismatch(error) => write!(f, "{error}"),
            Self::Fingerprint(fingerprint) => write!(
                f,
                "certificate is not one that is known by its fingerprint; its SHA-256 is {fingerprint}"
            ),
        }
    }
}

impl std::error::Error for TrustError {}

impl From<TrustError> for Error {
    fn from(trust_error: TrustError) -> Self {
        CertificateError::Other(OtherError(Arc::new(trust_error))).into()
    }
}
