//! The key of a client's certificate.

use super::der::{read_element, read_sequence, read_tagged};
use super::oid::describe_algorithm;
use super::provider;
use super::rsa::integer_bits;
use p521::ecdsa::signature::hazmat::PrehashSigner;
use p521::ecdsa::{Signature, SigningKey as P521SigningKey};
use ring::digest::{SHA512, digest};
use rustls::pki_types::pem::{Error as PemError, PemObject};
use rustls::pki_types::{AlgorithmIdentifier, PrivateKeyDer, SubjectPublicKeyInfoDer, alg_id};
use rustls::sign::{Signer, SigningKey, public_key_to_spki};
use rustls::{Error, SignatureAlgorithm, SignatureScheme};
use std::ops::RangeInclusive;
use std::sync::Arc;

/// The sizes in bits of RSA keys that ring signs with.
const RSA_BITS: RangeInclusive<usize> = 2048..=4096;

/// A key for P-521, which ring does not sign with.
#[derive(Clone, Debug)]
struct P521Key(P521SigningKey);

/// Reads the first key of a file in PEM. White space and byte-order marks around its lines are
/// ignored, as they are for certificates.
///
/// # Errors
/// The reason why it can't be used, as a sentence.
pub(super) fn parse_key(pem: &[u8]) -> Result<Arc<dyn SigningKey>, String> {
    let lines = pem.split(|byte| matches!(byte, b'\n' | b'\r'));
    let lines: Vec<_> = lines.map(trim_line).collect();
    let key = match PrivateKeyDer::from_pem_slice(&lines.join(&b'\n')) {
        Ok(key) => key,
        Err(_) if has(pem, b"ENCRYPTED") => {
            return Err("its key is encrypted; give one without a passphrase".to_owned());
        }
        Err(PemError::NoItemsFound) => {
            return Err("it has no key in PEM (PKCS #8, PKCS #1 or SEC1)".to_owned());
        }
        Err(_) => return Err("its key is not well-formed".to_owned()),
    };
    if let Some(key) = P521Key::parse(&key) {
        return Ok(Arc::new(key));
    }
    let loaded = provider().key_provider.load_private_key(key.clone_key());
    loaded.map_err(|_| describe_fault(&key))
}

fn trim_line(line: &[u8]) -> &[u8] {
    let mut line = line.trim_ascii();
    while let Some(rest) = line.strip_prefix(b"\xef\xbb\xbf") {
        line = rest.trim_ascii_start();
    }
    line
}

fn has(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|part| part == word)
}

/// The algorithm of a key, as the contents of its AlgorithmIdentifier or as the name of its curve,
/// and its parameters: an RSAPrivateKey or an ECPrivateKey.
fn read_key<'a>(key: &'a PrivateKeyDer<'_>) -> Option<(&'a [u8], &'a [u8])> {
    match key {
        PrivateKeyDer::Pkcs8(key) => {
            let fields = read_sequence(key.secret_pkcs8_der())?;
            let (_version, fields) = read_tagged(fields, 0x02)?;
            let (algorithm, fields) = read_tagged(fields, 0x30)?;
            Some((algorithm, read_tagged(fields, 0x04)?.0))
        }
        PrivateKeyDer::Pkcs1(key) => {
            let numbers = key.secret_pkcs1_der();
            read_sequence(numbers)?;
            Some((alg_id::RSA_ENCRYPTION.as_ref(), numbers))
        }
        _ => {
            let (_, behind) = read_scalar(key.secret_der())?;
            Some((read_tagged(behind, 0xa0)?.0, key.secret_der()))
        }
    }
}

/// Reads the number of an ECPrivateKey (RFC 5915). Returns it and the fields that follow.
fn read_scalar(key: &[u8]) -> Option<(&[u8], &[u8])> {
    let (_version, fields) = read_tagged(read_sequence(key)?, 0x02)?;
    read_tagged(fields, 0x04)
}

/// Describes why ring does not take a key.
fn describe_fault(key: &PrivateKeyDer<'_>) -> String {
    const SUPPORTED: [AlgorithmIdentifier; 3] =
        [alg_id::ECDSA_P256, alg_id::ECDSA_P384, alg_id::ED25519];
    let malformed = "its key is not well-formed".to_owned();
    let Some((algorithm, parameters)) = read_key(key) else {
        return malformed;
    };
    if algorithm == alg_id::RSA_ENCRYPTION.as_ref() {
        return match read_rsa_bits(parameters) {
            Some(bits) if !RSA_BITS.contains(&bits) => {
                format!("its key is RSA of {bits} bits; those of 2,048 to 4,096 are supported")
            }
            Some(_) => format!("{malformed}, or its exponent is under 65,537"),
            None => malformed,
        };
    }
    let is_supported = |known: &AlgorithmIdentifier| known.as_ref().ends_with(algorithm);
    match describe_algorithm(algorithm) {
        Some(name) if !SUPPORTED.iter().any(is_supported) => {
            format!("its key is of a kind that is not supported: {name}")
        }
        Some(_) => format!("{malformed}, or without its public part"),
        None => malformed,
    }
}

/// The number of bits in an RSAPrivateKey (RFC 8017, appendix A.1.2).
fn read_rsa_bits(key: &[u8]) -> Option<usize> {
    let (_, _version, numbers) = read_element(read_sequence(key)?)?;
    integer_bits(numbers)
}

impl P521Key {
    fn parse(key: &PrivateKeyDer<'_>) -> Option<Self> {
        let (algorithm, key) = read_key(key)?;
        let is_p521 = algorithm.starts_with(b"\x06") && alg_id::ECDSA_P521.ends_with(algorithm);
        let (scalar, _) = read_scalar(key).filter(|_| is_p521)?;
        P521SigningKey::from_slice(scalar).ok().map(Self)
    }
}

impl SigningKey for P521Key {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let is_offered = offered.contains(&self.scheme());
        is_offered.then(|| Box::new(self.clone()) as _)
    }

    fn public_key(&self) -> Option<SubjectPublicKeyInfoDer<'_>> {
        let point = self.0.verifying_key().to_sec1_point(false);
        Some(public_key_to_spki(&alg_id::ECDSA_P521, point.as_bytes()))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ECDSA
    }
}

impl Signer for P521Key {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let hash = digest(&SHA512, message);
        let signature: Result<Signature, _> = self.0.sign_prehash(hash.as_ref());
        let signature = signature.map_err(|_| Error::General("signing failed".to_owned()))?;
        Ok(signature.to_der().as_bytes().to_vec())
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::ECDSA_NISTP521_SHA512
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::ecdsa::P521_SHA512;
    use rustls::pki_types::SignatureVerificationAlgorithm;
    use std::fs;

    fn file(name: &str) -> Vec<u8> {
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/client-keys");
        fs::read(format!("{directory}/{name}.pem")).expect("a file")
    }

    #[test]
    fn a_key_for_p521_signs_what_its_public_part_verifies() {
        for name in ["p521", "p521-sec1"] {
            let key = parse_key(&file(name)).expect("a key");
            assert!(key.choose_scheme(&[SignatureScheme::ED25519]).is_none());
            let offered = [SignatureScheme::ECDSA_NISTP521_SHA512];
            let signer = key.choose_scheme(&offered).expect("a scheme");
            let signature = signer.sign(b"a message").expect("signed");
            let public = key.public_key().expect("a public part");
            let (_, bits) = read_tagged(read_sequence(&public).expect("DER"), 0x30).expect("DER");
            let point = &read_tagged(bits, 0x03).expect("DER").0[1..];
            let verify = |message| P521_SHA512.verify_signature(point, message, &signature);
            assert!(verify(b"a message").is_ok());
            assert!(verify(b"another").is_err());
        }
    }
}
