//! Signatures by elliptic curves that ring does not verify: with SHA-512, and by keys for P-521.

use ring::digest::{SHA256, SHA384, SHA512, digest};
use rustls::pki_types::{
    AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id,
};

/// A curve of NIST (FIPS 186-5).
#[derive(Clone, Copy, Debug)]
enum Curve {
    P256,
    P384,
    P521,
}

/// A hash function.
#[derive(Clone, Copy, Debug)]
enum Hash {
    Sha256,
    Sha384,
    Sha512,
}

/// A curve with a hash function.
#[derive(Debug)]
pub(super) struct Ecdsa(Curve, Hash);

pub(super) static P256_SHA512: Ecdsa = Ecdsa(Curve::P256, Hash::Sha512);
pub(super) static P384_SHA512: Ecdsa = Ecdsa(Curve::P384, Hash::Sha512);
pub(super) static P521_SHA256: Ecdsa = Ecdsa(Curve::P521, Hash::Sha256);
pub(super) static P521_SHA384: Ecdsa = Ecdsa(Curve::P521, Hash::Sha384);
pub(super) static P521_SHA512: Ecdsa = Ecdsa(Curve::P521, Hash::Sha512);

macro_rules! verify {
    ($curve:ident, $key:expr, $hash:expr, $signature:expr) => {{
        use $curve::ecdsa::signature::hazmat::PrehashVerifier;
        let key = $curve::ecdsa::VerifyingKey::from_sec1_bytes($key);
        let signature = $curve::ecdsa::Signature::from_der($signature);
        matches!((key, signature), (Ok(key), Ok(signature))
            if key.verify_prehash($hash, &signature).is_ok())
    }};
}

impl SignatureVerificationAlgorithm for Ecdsa {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let algorithm = match self.1 {
            Hash::Sha256 => &SHA256,
            Hash::Sha384 => &SHA384,
            Hash::Sha512 => &SHA512,
        };
        let hash = digest(algorithm, message);
        let hash = hash.as_ref();
        let is_valid = match self.0 {
            Curve::P256 => verify!(p256, public_key, hash, signature),
            Curve::P384 => verify!(p384, public_key, hash, signature),
            Curve::P521 => verify!(p521, public_key, hash, signature),
        };
        is_valid.then_some(()).ok_or(InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        match self.0 {
            Curve::P256 => alg_id::ECDSA_P256,
            Curve::P384 => alg_id::ECDSA_P384,
            Curve::P521 => alg_id::ECDSA_P521,
        }
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        match self.1 {
            Hash::Sha256 => alg_id::ECDSA_SHA256,
            Hash::Sha384 => alg_id::ECDSA_SHA384,
            Hash::Sha512 => alg_id::ECDSA_SHA512,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::tls::pem::PemFile;
    use crate::tls::provider;
    use crate::tls::search::Search;
    use crate::tls::store::TrustStore;
    use crate::tls::verify::ServerVerifier;
    use rustls::client::danger::ServerCertVerifier;
    use rustls::pki_types::{ServerName, UnixTime};
    use std::fs;
    use std::path::PathBuf;

    /// A certificate for `localhost` and its issuer's, whose key is for the curve and whose signatures
    /// have the hash of the file's name, as openssl makes them. They end in 2126.
    const NAMES: [&str; 7] = [
        "P-256-sha256",
        "P-256-sha512",
        "P-384-sha384",
        "P-384-sha512",
        "P-521-sha256",
        "P-521-sha384",
        "P-521-sha512",
    ];

    #[test]
    fn signatures_by_every_curve_and_hash_are_verified() {
        for name in NAMES {
            let path = format!("{}/tests/data/ec/{name}.pem", env!("CARGO_MANIFEST_DIR"));
            let path = PathBuf::from(path);
            let file = fs::File::open(&path).expect("a file");
            let leaf = PemFile::read(file, &mut Vec::new())
                .expect("a file")
                .certificates
                .remove(0);
            let mut search = Search::default();
            search.add_named_file(&path);
            search.found.remove(0);
            let store = TrustStore::from_search(search);
            let verifier = ServerVerifier::in_store(store, &provider());
            let server = ServerName::try_from("localhost").expect("a name");
            let verify = |leaf: &[u8]| {
                let now = UnixTime::now();
                verifier.verify_server_cert(&leaf.into(), &[], &server, &[], now)
            };
            verify(&leaf).unwrap_or_else(|e| panic!("{name}: {e}"));
            // A bit of the signature, and of what is signed.
            for at in [leaf.len() - 1, leaf.len() - 20, 60] {
                let mut forged = leaf.to_vec();
                forged[at] ^= 1;
                assert!(verify(&forged).is_err(), "{name}, {at}");
            }
        }
    }
}
