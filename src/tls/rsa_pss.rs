//! Signatures by RSA keys that sign by RSASSA-PSS alone (RFC 4055, section 1.2). webpki knows such
//! signatures by other RSA keys only.

use rustls::SignatureScheme;
use rustls::crypto::WebPkiSupportedAlgorithms;
use rustls::pki_types::{
    AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id,
};
use webpki::ring::{
    RSA_PSS_2048_8192_SHA256_LEGACY_KEY, RSA_PSS_2048_8192_SHA384_LEGACY_KEY,
    RSA_PSS_2048_8192_SHA512_LEGACY_KEY,
};

/// id-RSASSA-PSS without parameters: the key may be used with any hash function.
const UNRESTRICTED: AlgorithmIdentifier =
    AlgorithmIdentifier::from_slice(b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a");

/// A kind of key, with what ring verifies by the same numbers.
#[derive(Debug)]
pub(super) struct RsaPss {
    key: AlgorithmIdentifier,
    inner: &'static dyn SignatureVerificationAlgorithm,
}

const fn with(
    key: AlgorithmIdentifier,
    inner: &'static dyn SignatureVerificationAlgorithm,
) -> RsaPss {
    RsaPss { key, inner }
}

pub(super) static PSS_SHA256: RsaPss = with(UNRESTRICTED, RSA_PSS_2048_8192_SHA256_LEGACY_KEY);
pub(super) static PSS_SHA384: RsaPss = with(UNRESTRICTED, RSA_PSS_2048_8192_SHA384_LEGACY_KEY);
pub(super) static PSS_SHA512: RsaPss = with(UNRESTRICTED, RSA_PSS_2048_8192_SHA512_LEGACY_KEY);
/// For keys that are restricted to the hash function.
pub(super) static ONLY_SHA256: RsaPss =
    with(alg_id::RSA_PSS_SHA256, RSA_PSS_2048_8192_SHA256_LEGACY_KEY);
pub(super) static ONLY_SHA384: RsaPss =
    with(alg_id::RSA_PSS_SHA384, RSA_PSS_2048_8192_SHA384_LEGACY_KEY);
pub(super) static ONLY_SHA512: RsaPss =
    with(alg_id::RSA_PSS_SHA512, RSA_PSS_2048_8192_SHA512_LEGACY_KEY);

/// Signatures of handshakes by such keys (RFC 8446, section 4.2.3): `rsa_pss_pss_sha256` and so on.
/// rustls has no names for them, and does not take them over TLS 1.2.
pub(super) const RSA_PSS_PSS_SHA256: SignatureScheme = SignatureScheme::Unknown(0x0809);
pub(super) const RSA_PSS_PSS_SHA384: SignatureScheme = SignatureScheme::Unknown(0x080a);
pub(super) const RSA_PSS_PSS_SHA512: SignatureScheme = SignatureScheme::Unknown(0x080b);

/// Signatures of handshakes over TLS 1.3 by restricted keys: for each scheme it has one kind of key.
pub(super) static RESTRICTED: WebPkiSupportedAlgorithms = WebPkiSupportedAlgorithms {
    all: &[],
    mapping: &[
        (RSA_PSS_PSS_SHA256, &[&ONLY_SHA256]),
        (RSA_PSS_PSS_SHA384, &[&ONLY_SHA384]),
        (RSA_PSS_PSS_SHA512, &[&ONLY_SHA512]),
    ],
};

impl SignatureVerificationAlgorithm for RsaPss {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        self.inner.verify_signature(public_key, message, signature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.key
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.inner.signature_alg_id()
    }
}
