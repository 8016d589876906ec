//! Keys of every kind that the tests can sign with.

use super::der::{element, oid, sequence};
use p256::ecdsa::signature::hazmat::PrehashSigner;
use ring::digest;
use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384};
use ring::signature::{RSA_PKCS1_SHA512, RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512};
use ring::signature::{RsaEncoding, RsaKeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use rustls::sign::{Signer, SigningKey};
use rustls::{Error, SignatureAlgorithm, SignatureScheme};

/// A hash function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

/// A private key. Those of elliptic curves are known by a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    P256(u8),
    P384(u8),
    P521(u8),
    Ed25519(u8),
    /// RSA of so many bits: a key of `tests/data/rsa`.
    Rsa(u32),
    /// The same, whose signatures in certificates are RSASSA-PSS.
    RsaSigningPss(u32),
    /// The same as a key for RSASSA-PSS alone; restricted to SHA-256 or not.
    Pss {
        is_restricted: bool,
    },
}

const RSA: [u64; 7] = [1, 2, 840, 113549, 1, 1, 1];
const EC: [u64; 6] = [1, 2, 840, 10045, 2, 1];
const NULL: &[u8] = &[5, 0];

impl Hash {
    fn digest(self, message: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        };
        digest::digest(algorithm, message).as_ref().to_vec()
    }

    /// The last arc of its identifier under 2.16.840.1.101.3.4.2, and its length in bytes.
    fn sha2(self) -> (u64, u8) {
        match self {
            Self::Sha1 => panic!("not one of SHA-2"),
            Self::Sha256 => (1, 32),
            Self::Sha384 => (2, 48),
            Self::Sha512 => (3, 64),
        }
    }
}

impl Key {
    /// The SubjectPublicKeyInfo.
    pub(crate) fn public(self) -> Vec<u8> {
        let bits = |bytes: &[u8]| element(3, &[&[0], bytes].concat());
        let on_curve = |curve: &[u64], point: &[u8]| {
            sequence(&[sequence(&[oid(&EC), oid(curve)]), bits(point)])
        };
        match self {
            Self::P256(n) => {
                let point = p256::ecdsa::SigningKey::from_slice(&scalar(n, 32)).expect("a key");
                let point = point.verifying_key().to_sec1_point(false);
                on_curve(&[1, 2, 840, 10045, 3, 1, 7], point.as_bytes())
            }
            Self::P384(n) => {
                let point = p384::ecdsa::SigningKey::from_slice(&scalar(n, 48)).expect("a key");
                let point = point.verifying_key().to_sec1_point(false);
                on_curve(&[1, 3, 132, 0, 34], point.as_bytes())
            }
            Self::P521(n) => {
                let point = p521::ecdsa::SigningKey::from_slice(&scalar(n, 66)).expect("a key");
                let point = point.verifying_key().to_sec1_point(false);
                on_curve(&[1, 3, 132, 0, 35], point.as_bytes())
            }
            Self::Ed25519(n) => {
                let key = ed25519(n);
                let algorithm = sequence(&[oid(&[1, 3, 101, 112])]);
                sequence(&[algorithm, bits(key.public_key().as_ref())])
            }
            Self::Rsa(_) | Self::RsaSigningPss(_) | Self::Pss { .. } => {
                let algorithm = match self {
                    Self::Pss {
                        is_restricted: true,
                    } => pss(Hash::Sha256),
                    Self::Pss { .. } => sequence(&[oid(&PSS)]),
                    _ => sequence(&[&oid(&RSA)[..], NULL]),
                };
                sequence(&[algorithm, bits(self.rsa().public_key().as_ref())])
            }
        }
    }

    /// The AlgorithmIdentifier of its signatures with this hash.
    pub(crate) fn algorithm(self, hash: Hash) -> Vec<u8> {
        match (self, hash) {
            (Self::Ed25519(_), _) => sequence(&[oid(&[1, 3, 101, 112])]),
            (Self::RsaSigningPss(_) | Self::Pss { .. }, hash) => pss(hash),
            (Self::Rsa(_), Hash::Sha1) => {
                sequence(&[&oid(&[1, 2, 840, 113549, 1, 1, 5])[..], NULL])
            }
            (Self::Rsa(_), hash) => {
                let id = oid(&[1, 2, 840, 113549, 1, 1, 10 + hash.sha2().0]);
                sequence(&[&id[..], NULL])
            }
            (_, Hash::Sha1) => sequence(&[oid(&[1, 2, 840, 10045, 4, 1])]),
            (_, hash) => sequence(&[oid(&[1, 2, 840, 10045, 4, 3, 1 + hash.sha2().0])]),
        }
    }

    /// Signs a message.
    pub(crate) fn sign(self, hash: Hash, message: &[u8]) -> Vec<u8> {
        let digest = hash.digest(message);
        match self {
            Self::P256(n) => {
                let key = p256::ecdsa::SigningKey::from_slice(&scalar(n, 32)).expect("a key");
                let signature: p256::ecdsa::Signature = key.sign_prehash(&digest).expect("signed");
                signature.to_der().as_bytes().to_vec()
            }
            Self::P384(n) => {
                let key = p384::ecdsa::SigningKey::from_slice(&scalar(n, 48)).expect("a key");
                let signature: p384::ecdsa::Signature = key.sign_prehash(&digest).expect("signed");
                signature.to_der().as_bytes().to_vec()
            }
            Self::P521(n) => {
                let key = p521::ecdsa::SigningKey::from_slice(&scalar(n, 66)).expect("a key");
                let signature: p521::ecdsa::Signature = key.sign_prehash(&digest).expect("signed");
                signature.to_der().as_bytes().to_vec()
            }
            Self::Ed25519(n) => ed25519(n).sign(message).as_ref().to_vec(),
            Self::Rsa(_) => {
                let padding: &'static dyn RsaEncoding = match hash {
                    Hash::Sha1 => panic!("ring does not sign with SHA-1"),
                    Hash::Sha256 => &RSA_PKCS1_SHA256,
                    Hash::Sha384 => &RSA_PKCS1_SHA384,
                    Hash::Sha512 => &RSA_PKCS1_SHA512,
                };
                self.sign_rsa(padding, message)
            }
            Self::RsaSigningPss(_) | Self::Pss { .. } => self.sign_pss(hash, message),
        }
    }

    fn sign_pss(self, hash: Hash, message: &[u8]) -> Vec<u8> {
        let padding: &'static dyn RsaEncoding = match hash {
            Hash::Sha1 => panic!("ring does not sign with SHA-1"),
            Hash::Sha256 => &RSA_PSS_SHA256,
            Hash::Sha384 => &RSA_PSS_SHA384,
            Hash::Sha512 => &RSA_PSS_SHA512,
        };
        self.sign_rsa(padding, message)
    }

    fn sign_rsa(self, padding: &'static dyn RsaEncoding, message: &[u8]) -> Vec<u8> {
        let key = self.rsa();
        let mut signature = vec![0; key.public().modulus_len()];
        key.sign(padding, &SystemRandom::new(), message, &mut signature)
            .expect("signed");
        signature
    }

    fn rsa(self) -> RsaKeyPair {
        let bits = match self {
            Self::Rsa(bits) | Self::RsaSigningPss(bits) => bits,
            _ => 2048,
        };
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/rsa");
        let key = PrivatePkcs8KeyDer::from_pem_file(format!("{directory}/{bits}.pem"));
        RsaKeyPair::from_pkcs8(key.expect("a key").secret_pkcs8_der())
            .expect("a key that ring takes")
    }
}

/// id-RSASSA-PSS.
const PSS: [u64; 7] = [1, 2, 840, 113549, 1, 1, 10];

/// RSASSA-PSS with this hash and as much salt (RFC 4055, section 3.1).
fn pss(hash: Hash) -> Vec<u8> {
    let (arc, length) = hash.sha2();
    let hash = sequence(&[&oid(&[2, 16, 840, 1, 101, 3, 4, 2, arc])[..], NULL]);
    let mask = sequence(&[oid(&[1, 2, 840, 113549, 1, 1, 8]), hash.clone()]);
    let parameters = sequence(&[
        element(0xa0, &hash),
        element(0xa1, &mask),
        element(0xa2, &[2, 1, length]),
    ]);
    sequence(&[oid(&PSS), parameters])
}

fn ed25519(n: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[n; 32]).expect("a key")
}

/// A number of a curve.
fn scalar(n: u8, length: usize) -> Vec<u8> {
    let mut scalar = vec![n; length];
    scalar[0] = 0;
    scalar
}

impl SigningKey for Key {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        use SignatureScheme as S;
        let (scheme, hash) = match self {
            Self::P256(_) => (S::ECDSA_NISTP256_SHA256, Hash::Sha256),
            Self::P384(_) => (S::ECDSA_NISTP384_SHA384, Hash::Sha384),
            Self::P521(_) => (S::ECDSA_NISTP521_SHA512, Hash::Sha512),
            Self::Ed25519(_) => (S::ED25519, Hash::Sha512),
            Self::Rsa(_) | Self::RsaSigningPss(_) => (S::RSA_PSS_SHA256, Hash::Sha256),
            Self::Pss { .. } => (S::Unknown(0x0809), Hash::Sha256),
        };
        let signer = KeySigner {
            key: *self,
            scheme,
            hash,
        };
        offered.contains(&scheme).then(|| Box::new(signer) as _)
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        match self {
            Self::P256(_) | Self::P384(_) | Self::P521(_) => SignatureAlgorithm::ECDSA,
            Self::Ed25519(_) => SignatureAlgorithm::ED25519,
            _ => SignatureAlgorithm::RSA,
        }
    }
}

/// A key with the scheme of one handshake.
#[derive(Debug)]
struct KeySigner {
    key: Key,
    scheme: SignatureScheme,
    hash: Hash,
}

impl Signer for KeySigner {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(match self.key {
            Key::Rsa(_) => self.key.sign_pss(self.hash, message),
            key => key.sign(self.hash, message),
        })
    }

    fn scheme(&self) -> SignatureScheme {
        self.scheme
    }
}
