//! Text for errors of webpki.

use super::words::to_words;
use webpki::Error;

/// Describes the defect of a certificate, in a clause.
pub(super) fn describe(error: &Error) -> String {
    let text = match error {
        Error::BadDer | Error::TrailingData(_) => "it is not well-formed",
        Error::BadDerTime => "its dates are not well-formed",
        Error::CaUsedAsEndEntity => "it is an authority's (CA:TRUE)",
        Error::CertDistrusted => "it is distrusted",
        Error::CertExpired { .. } => "it has expired",
        Error::CertNotValidForName(_) => "it is for other names",
        Error::CertNotValidYet { .. } => "it is not yet valid",
        Error::CertRevoked => "it has been revoked",
        Error::CrlExpired { .. } => "the list of revoked certificates has expired",
        Error::EmptyEkuExtension => "its extended key usage is empty",
        Error::EndEntityUsedAsCa => "its issuer's own certificate is no authority's (not CA:TRUE)",
        Error::ExtensionValueInvalid => "one of its extensions can't be read",
        Error::InvalidCertValidity => "its validity ends before it begins",
        Error::InvalidNetworkMaskConstraint => {
            "an issuer constrains it to addresses in a way that can't be read"
        }
        Error::InvalidSerialNumber => {
            "its serial number is negative, longer than 20 bytes, or not well-formed"
        }
        Error::InvalidSignatureForPublicKey => "a signature is wrong",
        Error::MalformedDnsIdentifier => "one of its names is no DNS name",
        Error::MalformedExtensions => "its extensions are not well-formed",
        Error::MalformedNameConstraint => "an issuer's name constraints can't be read",
        Error::MaximumNameConstraintComparisonsExceeded => {
            "it has too many names to hold against the name constraints of its issuers"
        }
        Error::MaximumPathBuildCallsExceeded | Error::MaximumSignatureChecksExceeded => {
            "the certificates presented with it make too many paths to its issuer"
        }
        Error::MaximumPathDepthExceeded => "the path to its issuer is too long",
        Error::NameConstraintViolation => {
            "an issuer's name constraints do not allow one of its names"
        }
        Error::PathLenConstraintViolated => {
            "there are more issuers in its path than one of them allows (path length)"
        }
        Error::RequiredEkuNotFoundContext(_) => "its extended key usage leaves servers out",
        Error::SignatureAlgorithmMismatch => {
            "the algorithm of its signature is given in two ways that differ"
        }
        Error::UnknownIssuer => "its issuer is unknown",
        Error::UnknownRevocationStatus => "whether it has been revoked is not known",
        Error::UnsupportedCertVersion => "it is not of X.509 version 3",
        Error::UnsupportedCriticalExtension => "it has a critical extension that is not supported",
        Error::UnsupportedNameType => "there is no name to hold it against",
        Error::UnsupportedSignatureAlgorithmContext(_)
        | Error::UnsupportedSignatureAlgorithmForPublicKeyContext(_) => {
            "it is signed by an algorithm that is not supported"
        }
        // Errors of revocation lists, which are not used, and those of later versions of webpki.
        other => return to_words(other),
    };
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::words::tests::is_plain;
    use super::*;
    use webpki::DerTypeId;

    #[test]
    fn every_reason_is_a_sentence() {
        use Error::*;
        for error in [
            BadDer,
            BadDerTime,
            CaUsedAsEndEntity,
            CertDistrusted,
            CertRevoked,
            EmptyEkuExtension,
            EndEntityUsedAsCa,
            ExtensionValueInvalid,
            InvalidCertValidity,
            InvalidCrlNumber,
            InvalidNetworkMaskConstraint,
            InvalidSerialNumber,
            InvalidCrlSignatureForPublicKey,
            InvalidSignatureForPublicKey,
            IssuerNotCrlSigner,
            MalformedDnsIdentifier,
            MalformedExtensions,
            MalformedNameConstraint,
            MaximumNameConstraintComparisonsExceeded,
            MaximumPathBuildCallsExceeded,
            MaximumPathDepthExceeded,
            MaximumSignatureChecksExceeded,
            NameConstraintViolation,
            PathLenConstraintViolated,
            SignatureAlgorithmMismatch,
            TrailingData(DerTypeId::SubjectPublicKeyInfo),
            UnknownIssuer,
            UnknownRevocationStatus,
            UnsupportedCertVersion,
            UnsupportedCriticalExtension,
            UnsupportedCrlIssuingDistributionPoint,
            UnsupportedCrlVersion,
            UnsupportedDeltaCrl,
            UnsupportedIndirectCrl,
            UnsupportedNameType,
            UnsupportedRevocationReason,
            UnsupportedRevocationReasonsPartitioning,
        ] {
            let text = describe(&error);
            assert!(is_plain(&text), "{error:?}: {text}");
        }
    }
}
