//! Verification of the signatures in a certificate path, with a limit on its cost. A peer can
//! present many certificates with the name of an authority in the trust store, and each has to be
//! verified with that authority's key.

use super::adapted::AdaptedPath;
use rustls::pki_types::{
    AlgorithmIdentifier, InvalidSignature, SignatureVerificationAlgorithm, alg_id,
};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The budget for invalid signatures, in verifications with a P-256 key: one or two milliseconds.
const BASE_LIMIT: usize = 8;

/// The cost of an invalid signature by a P-384 key, which takes ring ten times as long as P-256.
const P384_COST: usize = 4;

/// The cost of one by a P-521 key, which takes 0.7 ms.
const P521_COST: usize = 6;

/// The cost of one by a P-256 key with SHA-512, which is not ring's to verify. Any other costs 1.
const P256_SHA512_COST: usize = 2;

/// The signatures verified for one path. Each is verified once with each key.
#[derive(Debug)]
pub(super) struct SignatureBudget<'a> {
    /// The path, whose certificates are signed as they were presented.
    path: &'a AdaptedPath<'a>,
    state: Mutex<BudgetState>,
    /// The maximum cost of all invalid signatures.
    limit: usize,
}

/// An algorithm whose verifications are charged to a budget.
#[derive(Debug)]
pub(super) struct BudgetedAlgorithm<'a> {
    algorithm: &'static dyn SignatureVerificationAlgorithm,
    budget: &'a SignatureBudget<'a>,
}

impl BudgetedAlgorithm<'_> {
    fn cost(&self) -> usize {
        let key = self.public_key_alg_id();
        match () {
            () if key == alg_id::ECDSA_P384 => P384_COST,
            () if key == alg_id::ECDSA_P521 => P521_COST,
            () if key == alg_id::ECDSA_P256 && self.signature_alg_id() == alg_id::ECDSA_SHA512 => {
                P256_SHA512_COST
            }
            () => 1,
        }
    }
}

#[derive(Debug, Default)]
struct BudgetState {
    verified: Vec<SignatureResult>,
    /// The cost of all invalid signatures so far.
    spent: usize,
    is_exhausted: bool,
}

#[derive(Debug)]
struct SignatureResult {
    /// The addresses of key and signature. Neither moves during the search for a path.
    addresses: (usize, usize),
    is_valid: bool,
}

impl<'a> SignatureBudget<'a> {
    /// Creates a budget for `path`. `same_name_roots` is the number of keys in the trust store
    /// that have the right name and are not the right key. Each raises the limit, so that it
    /// suffices for an authority that was renewed often. A peer can't influence the number.
    pub(super) fn new(same_name_roots: usize, path: &'a AdaptedPath<'a>) -> Self {
        Self {
            path,
            state: Mutex::default(),
            limit: same_name_roots
                .saturating_mul(P384_COST)
                .saturating_add(BASE_LIMIT),
        }
    }

    /// Wraps `algorithms` so that their invalid signatures are charged to this budget.
    pub(super) fn limit_algorithms(
        &'a self,
        algorithms: &[&'static dyn SignatureVerificationAlgorithm],
    ) -> Vec<BudgetedAlgorithm<'a>> {
        let limited = algorithms.iter().map(|algorithm| BudgetedAlgorithm {
            algorithm: *algorithm,
            budget: self,
        });
        limited.collect()
    }

    /// Returns true if a signature was rejected unverified because the budget was spent.
    pub(super) fn is_exhausted(&self) -> bool {
        self.lock_state().is_exhausted
    }

    fn lock_state(&self) -> MutexGuard<'_, BudgetState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SignatureVerificationAlgorithm for BudgetedAlgorithm<'_> {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        let addresses = (public_key.as_ptr().addr(), signature.as_ptr().addr());
        let mut state = self.budget.lock_state();
        if let Some(known) = state.verified.iter().find(|one| one.addresses == addresses) {
            return known.is_valid.then_some(()).ok_or(InvalidSignature);
        }
        if state.spent >= self.budget.limit {
            state.is_exhausted = true;
            return Err(InvalidSignature);
        }
        let message = self.budget.path.presented_part(message).unwrap_or(message);
        let verified = self
            .algorithm
            .verify_signature(public_key, message, signature);
        if verified.is_err() {
            state.spent += self.cost();
        }
        state.verified.push(SignatureResult {
            addresses,
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
    use webpki::ring::ECDSA_P384_SHA384;

    static VERIFIED: AtomicUsize = AtomicUsize::new(0);

    /// Counts verifications, and accepts the signature `y` only.
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
        for (algorithm, same_name_roots, allowed) in [(&P256, 0, 8), (&P384, 0, 2), (&P384, 5, 7)] {
            VERIFIED.store(0, Ordering::Relaxed);
            let path = AdaptedPath::default();
            let budget = SignatureBudget::new(same_name_roots, &path);
            let limited = budget.limit_algorithms(&[algorithm]);
            let verify = |key, signature: &'static [u8]| {
                limited[0].verify_signature(&keys[key..=key], b"", signature)
            };
            for _ in 0..3 {
                (0..16).for_each(|key| assert!(verify(key, right).is_ok()));
            }
            assert_eq!(VERIFIED.swap(0, Ordering::Relaxed), 16);
            for _ in 0..3 {
                (0..allowed).for_each(|key| assert!(verify(key, wrong).is_err()));
            }
            assert!(!budget.is_exhausted());
            assert!(verify(allowed, wrong).is_err());
            assert_eq!(VERIFIED.load(Ordering::Relaxed), allowed);
            assert!(budget.is_exhausted());
            // Valid signatures stay valid after the budget is spent.
            assert!(verify(0, right).is_ok());
        }
    }
}
