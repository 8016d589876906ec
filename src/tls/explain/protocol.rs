//! Text for protocol errors of TLS.

use super::words::to_words;
use rustls::{Error, InvalidMessage, PeerIncompatible, PeerMisbehaved};

/// Describes an error other than a certificate error or an alert.
pub(super) fn describe(error: &Error) -> String {
    match error {
        Error::InappropriateMessage { got_type, .. } => out_of_turn(&to_words(got_type)),
        Error::InappropriateHandshakeMessage { got_type, .. } => out_of_turn(&to_words(got_type)),
        Error::InvalidMessage(why) => format!(
            "the peer sent a message of TLS that can't be read: {}",
            unreadable_message(*why)
        ),
        Error::PeerIncompatible(why) => incompatible(why),
        // rustls takes keys for RSASSA-PSS alone over TLS 1.3 only, and gives its peer the blame.
        Error::PeerMisbehaved(PeerMisbehaved::SignedKxWithWrongAlgorithm) => {
            "the peer signs in a way that is not supported over TLS 1.2 (a key for RSASSA-PSS alone?)"
                .to_owned()
        }
        Error::PeerMisbehaved(why) => {
            format!(
                "the peer does not keep to the rules of TLS: {}",
                to_words(why)
            )
        }
        Error::NoCertificatesPresented => "the peer presented no certificate".to_owned(),
        Error::DecryptError => {
            "what the peer sent can't be decrypted: were bytes changed on the way?".to_owned()
        }
        Error::PeerSentOversizedRecord => "the peer sent a record that is too long".to_owned(),
        Error::NoApplicationProtocol => "no application protocol in common (ALPN)".to_owned(),
        Error::FailedToGetCurrentTime => "this machine does not tell the time".to_owned(),
        Error::FailedToGetRandomBytes => "this machine gives no random bytes".to_owned(),
        Error::UnsupportedNameType => "there is no name to ask for".to_owned(),
        Error::General(text) => format!("TLS failed: {text}"),
        // Errors that no peer can cause, and those of later versions of rustls.
        other => format!("TLS failed: {}", to_words(other)),
    }
}

fn out_of_turn(message: &str) -> String {
    format!("the peer sent a message of TLS out of turn: {message}")
}

fn unreadable_message(why: InvalidMessage) -> String {
    let text = match why {
        InvalidMessage::CertificatePayloadTooLarge => {
            "its certificates are longer than 65,536 bytes"
        }
        InvalidMessage::HandshakePayloadTooLarge => {
            "a message of the handshake is longer than 65,535 bytes"
        }
        InvalidMessage::InvalidContentType => "it is of no kind that there is",
        InvalidMessage::InvalidEmptyPayload => "it is empty",
        InvalidMessage::MessageTooLarge => "it is too long",
        InvalidMessage::MessageTooShort | InvalidMessage::MissingData(_) => "it ends too early",
        InvalidMessage::TrailingData(_) => "more stands behind its end",
        InvalidMessage::UnexpectedMessage(_) => "it is not the one that was due",
        InvalidMessage::UnknownProtocolVersion => "it is of no version of TLS that there is",
        InvalidMessage::DuplicateExtension(number) => {
            return format!("extension {number} stands there twice");
        }
        other => return to_words(&other),
    };
    text.to_owned()
}

fn incompatible(why: &PeerIncompatible) -> String {
    let text = match why {
        PeerIncompatible::NoCertificateRequestSignatureSchemesInCommon => {
            return "the server asked for a client certificate, with no kind of signature in common"
                .to_owned();
        }
        PeerIncompatible::ServerDoesNotSupportTls12Or13 => "it speaks neither TLS 1.2 nor 1.3",
        PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig => {
            "it speaks a version of TLS that is not offered"
        }
        PeerIncompatible::NoCipherSuitesInCommon => "no cipher",
        PeerIncompatible::NoKxGroupsInCommon => "no group for the key exchange",
        PeerIncompatible::NoSignatureSchemesInCommon => "no kind of signature",
        PeerIncompatible::ExtendedMasterSecretExtensionRequired => {
            "it lacks the extension extended_master_secret"
        }
        PeerIncompatible::ServerSentHelloRetryRequestWithUnknownExtension => {
            "it asks for an extension that is not known"
        }
        PeerIncompatible::ServerRejectedEncryptedClientHello(_) => {
            "it rejected the encrypted ClientHello"
        }
        other => return format!("nothing in common with the peer: {}", to_words(other)),
    };
    format!("nothing in common with the peer: {text}")
}

#[cfg(test)]
mod tests {
    use super::super::words::tests::is_plain;
    use super::*;
    use rustls::{
        ContentType, EncryptedClientHelloError, HandshakeType, InconsistentKeys, OtherError,
        PeerMisbehaved,
    };
    use std::sync::Arc;

    fn assert_plain(error: Error) {
        let text = describe(&error);
        assert!(is_plain(&text), "{error:?}: {text}");
        assert!(text.contains(' '), "{error:?}: {text}");
    }

    #[test]
    fn every_error_is_a_sentence() {
        for got in (0..=u8::MAX).map(ContentType::from) {
            assert_plain(Error::InappropriateMessage {
                expect_types: vec![ContentType::Handshake],
                got_type: got,
            });
        }
        for got in (0..=u8::MAX).map(HandshakeType::from) {
            assert_plain(Error::InappropriateHandshakeMessage {
                expect_types: vec![HandshakeType::ServerHello],
                got_type: got,
            });
        }
        for error in [
            Error::InvalidEncryptedClientHello(EncryptedClientHelloError::SniRequired),
            Error::NoCertificatesPresented,
            Error::UnsupportedNameType,
            Error::DecryptError,
            Error::EncryptError,
            Error::FailedToGetCurrentTime,
            Error::FailedToGetRandomBytes,
            Error::HandshakeNotComplete,
            Error::PeerSentOversizedRecord,
            Error::NoApplicationProtocol,
            Error::BadMaxFragmentSize,
            Error::General("a reason of its own".to_owned()),
            Error::InconsistentKeys(InconsistentKeys::KeyMismatch),
            Error::Other(OtherError(Arc::new(std::fmt::Error))),
        ] {
            assert_plain(error);
        }
    }

    #[test]
    fn every_unreadable_message_is_described_in_a_sentence() {
        use InvalidMessage::*;
        for why in [
            CertificatePayloadTooLarge,
            HandshakePayloadTooLarge,
            InvalidCcs,
            InvalidContentType,
            InvalidCertificateStatusType,
            InvalidCertRequest,
            InvalidDhParams,
            InvalidEmptyPayload,
            InvalidKeyUpdate,
            InvalidServerName,
            MessageTooLarge,
            MessageTooShort,
            MissingData("ServerHelloPayload"),
            MissingKeyExchange,
            NoSignatureSchemes,
            TrailingData("ServerHelloPayload"),
            UnexpectedMessage("HelloRetryRequest"),
            UnknownProtocolVersion,
            UnsupportedCompression,
            UnsupportedCurveType,
            EmptyTicketValue,
            IllegalEmptyList("ProtocolNames"),
            IllegalEmptyValue,
            DuplicateExtension(16),
            PreSharedKeyIsNotFinalExtension,
            UnknownHelloRetryRequestExtension,
            UnknownCertificateExtension,
        ] {
            assert_plain(Error::InvalidMessage(why));
        }
    }

    #[test]
    fn every_incompatibility_is_described_in_a_sentence() {
        use PeerIncompatible::*;
        for why in [
            EcPointsExtensionRequired,
            ExtendedMasterSecretExtensionRequired,
            IncorrectCertificateTypeExtension,
            KeyShareExtensionRequired,
            NamedGroupsExtensionRequired,
            NoCertificateRequestSignatureSchemesInCommon,
            NoCipherSuitesInCommon,
            NoEcPointFormatsInCommon,
            NoKxGroupsInCommon,
            NoSignatureSchemesInCommon,
            NullCompressionRequired,
            ServerDoesNotSupportTls12Or13,
            ServerSentHelloRetryRequestWithUnknownExtension,
            ServerTlsVersionIsDisabledByOurConfig,
            SignatureAlgorithmsExtensionRequired,
            SupportedVersionsExtensionRequired,
            Tls12NotOffered,
            Tls12NotOfferedOrEnabled,
            Tls13RequiredForQuic,
            UncompressedEcPointsRequired,
            UnsolicitedCertificateTypeExtension,
            ServerRejectedEncryptedClientHello(None),
        ] {
            assert_plain(Error::PeerIncompatible(why));
        }
    }

    #[test]
    fn every_misbehaviour_is_described_in_a_sentence() {
        use PeerMisbehaved::*;
        for why in [
            AttemptedDowngradeToTls12WhenTls13IsSupported,
            BadCertChainExtensions,
            CipherSuiteDifferedOnRetry,
            DisallowedEncryptedExtension,
            DuplicateClientHelloExtensions,
            DuplicateEncryptedExtensions,
            DuplicateHelloRetryRequestExtensions,
            DuplicateNewSessionTicketExtensions,
            DuplicateServerHelloExtensions,
            DuplicateServerNameTypes,
            EarlyDataAttemptedInSecondClientHello,
            EarlyDataExtensionWithoutResumption,
            EarlyDataOfferedWithVariedCipherSuite,
            EchAcceptanceVariedAfterRetry,
            HandshakeHashVariedAfterRetry,
            IllegalHelloRetryRequestWithEmptyCookie,
            IllegalHelloRetryRequestWithNoChanges,
            IllegalHelloRetryRequestWithOfferedGroup,
            IllegalHelloRetryRequestWithUnofferedCipherSuite,
            IllegalHelloRetryRequestWithUnofferedNamedGroup,
            IllegalHelloRetryRequestWithUnsupportedVersion,
            IllegalHelloRetryRequestWithWrongSessionId,
            IllegalHelloRetryRequestWithInvalidEch,
            IllegalMiddleboxChangeCipherSpec,
            IllegalTlsInnerPlaintext,
            IncorrectBinder,
            InvalidCertCompression,
            InvalidMaxEarlyDataSize,
            InvalidKeyShare,
            KeyEpochWithPendingFragment,
            KeyUpdateReceivedInQuicConnection,
            MessageInterleavedWithHandshakeMessage,
            MissingBinderInPskExtension,
            MissingKeyShare,
            MissingPskExtensionInSecondClientHello,
            MissingPskModesExtension,
            MissingQuicTransportParameters,
            OfferedDuplicateCertificateCompressions,
            OfferedDuplicateKeyShares,
            OfferedEarlyDataWithOldProtocolVersion,
            OfferedEmptyApplicationProtocol,
            OfferedIncorrectCompressions,
            PskExtensionMustBeLast,
            PskExtensionWithMismatchedIdsAndBinders,
            RefusedToFollowHelloRetryRequest,
            RejectedEarlyDataInterleavedWithHandshakeMessage,
            ResumptionAttemptedWithVariedEms,
            ResumptionOfferedWithVariedCipherSuite,
            ResumptionOfferedWithVariedEms,
            ResumptionOfferedWithIncompatibleCipherSuite,
            SelectedDifferentCipherSuiteAfterRetry,
            SelectedInvalidPsk,
            SelectedTls12UsingTls13VersionExtension,
            SelectedUnofferedApplicationProtocol,
            SelectedUnofferedCertCompression,
            SelectedUnofferedCipherSuite,
            SelectedUnofferedCompression,
            SelectedUnofferedKxGroup,
            SelectedUnofferedPsk,
            SelectedUnusableCipherSuiteForVersion,
            ServerEchoedCompatibilitySessionId,
            ServerHelloMustOfferUncompressedEcPoints,
            ServerNameDifferedOnRetry,
            ServerNameMustContainOneHostName,
            SignedKxWithWrongAlgorithm,
            SignedHandshakeWithUnadvertisedSigScheme,
            TooManyEmptyFragments,
            TooManyKeyUpdateRequests,
            TooManyRenegotiationRequests,
            TooManyWarningAlertsReceived,
            TooMuchEarlyDataReceived,
            UnexpectedCleartextExtension,
            UnsolicitedCertExtension,
            UnsolicitedEncryptedExtension,
            UnsolicitedSctList,
            UnsolicitedServerHelloExtension,
            WrongGroupForKeyShare,
            UnsolicitedEchExtension,
        ] {
            assert_plain(Error::PeerMisbehaved(why));
        }
    }
}
