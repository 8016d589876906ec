//! Signatures of a certificate path, with a bound on what they cost: a peer can present
//! certificates that bear the name of an authority in the trust store, and each has to be held
//! against its key.

use rustls::pki_types::{AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm};
use std::sync::{Mutex, MutexGuard, PoisonError};
use webpki::ring::ECDSA_P384_SHA384;

/// What wrong signatures may cost together, in those by a P-256 key: one or two milliseconds.
const ALLOWANCE: usize = 8;

/// What one costs by a P-384 key, which takes ring ten times as long; any other is at 1.
const P384: usize = 4;

/// What has been verified for one path: each signature with each key once.
#[derive(Debug)]
pub struct Ledger {
    entries: Mutex<Entries>,
    /// What wrong signatures may cost together.
    allowance: usize,
}

/// An algorithm whose verifications are entered in a ledger.
#[derive(Debug)]
pub struct Metered<'a> {
    algorithm: &'static dyn SignatureVerificationAlgorithm,
    ledger: &'a Ledger,
}

#[derive(Debug, Default)]
struct Entries {
    verified: Vec<Entry>,
    /// What wrong signatures have cost.
    spent: usize,
    is_exhausted: bool,
}

#[derive(Debug)]
struct Entry {
    /// The addresses of key and signature, which stay where they are while the path is looked for.
    of: (usize, usize),
    is_valid: bool,
}

impl Ledger {
    /// An empty one, for a path whose signatures may have to be held against so many keys of the
    /// trust store that are of the right name and not the right ones. Who has renewed an authority
    /// often must not be short of the allowance; a peer has no say in it.
    pub fn new(namesakes: usize) -> Self {
        Self {
            entries: Mutex::default(),
            allowance: namesakes.saturating_mul(P384).saturating_add(ALLOWANCE),
        }
    }

    /// These algorithms, whose wrong signatures may cost no more than the allowance together.
    pub fn meter(
        &self,
        algorithms: &[&'static dyn SignatureVerificationAlgorithm],
    ) -> Vec<Metered<'_>> {
        let metered = algorithms.iter().map(|algorithm| Metered {
            algorithm: *algorithm,
            ledger: self,
        });
        metered.collect()
    }

    /// Whether a signature was not verified because others had cost too much.
    pub fn is_exhausted(&self) -> bool {
        self.entries().is_exhausted
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SignatureVerificationAlgorithm for Metered<'_> {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let of = (public_key.as_ptr().addr(), signature.as_ptr().addr());
        let mut entries = self.ledger.entries();
        if let Some(entry) = entries.verified.iter().find(|entry| entry.of == of) {
            return entry.is_valid.then_some(()).ok_or(InvalidSignature);
        }
        if entries.spent >= self.ledger.allowance {
            entries.is_exhausted = true;
            return Err(InvalidSignature);
        }
        let verified = self
            .algorithm
            .verify_signature(public_key, message, signature);
        if verified.is_err() {
            let is_p384 = self.public_key_alg_id() == ECDSA_P384_SHA384.public_key_alg_id();
            entries.spent += if is_p384 { P384 } else { 1 };
        }
        entries.verified.push(Entry {
            of,
            is_valid: verified.is_ok(),
        });
        verified
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        self.algorithm.public_key_alg_id()
    }

    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        self.algorithm.signature_alg_id()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use webpki::ring::ECDSA_P256_SHA256;

    static VERIFIED: AtomicUsize = AtomicUsize::new(0);

    /// Takes what is signed with `y`.
    #[derive(Debug)]
    struct Counting(&'static dyn SignatureVerificationAlgorithm);

    impl SignatureVerificationAlgorithm for Counting {
        fn verify_signature(&self, _: &[u8], _: &[u8], s: &[u8]) -> Result<(), InvalidSignature> {
            VERIFIED.fetch_add(1, Ordering::Relaxed);
            (s == b"y").then_some(()).ok_or(InvalidSignature)
        }

        fn public_key_alg_id(&self) -> AlgorithmIdentifier {
            self.0.public_key_alg_id()
        }

        fn signature_alg_id(&self) -> AlgorithmIdentifier {
            self.0.signature_alg_id()
        }
    }

    #[test]
    fn each_signature_is_verified_once_and_wrong_ones_are_bounded() {
        static P256: Counting = Counting(ECDSA_P256_SHA256);
        static P384: Counting = Counting(ECDSA_P384_SHA384);
        let (keys, right, wrong) = (b"0123456789abcdef", &b"y"[..], &b"n"[..]);
        for (algorithm, namesakes, allowed) in [(&P256, 0, 8), (&P384, 0, 2), (&P384, 5, 7)] {
            VERIFIED.store(0, Ordering::Relaxed);
            let ledger = Ledger::new(namesakes);
            let metered = ledger.meter(&[algorithm]);
            let verify = |key, signature: &'static [u8]| {
                metered[0].verify_signature(&keys[key..=key], b"", signature)
            };
            for _ in 0..3 {
                (0..16).for_each(|key| assert!(verify(key, right).is_ok()));
            }
            assert_eq!(VERIFIED.swap(0, Ordering::Relaxed), 16);
            for _ in 0..3 {
                (0..allowed).for_each(|key| assert!(verify(key, wrong).is_err()));
            }
            assert!(!ledger.is_exhausted());
            assert!(verify(allowed, wrong).is_err());
            assert_eq!(VERIFIED.load(Ordering::Relaxed), allowed);
            assert!(ledger.is_exhausted());
            // What was found to be right stays so.
            assert!(verify(0, right).is_ok());
        }
    }
}
