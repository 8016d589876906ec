//! Key exchange over P-521 (RFC 8446, section 4.2.8.2), for servers that know no other group, or have a
//! key for that curve over TLS 1.2.

use p521::elliptic_curve::ecdh::diffie_hellman;
use p521::elliptic_curve::sec1::ToSec1Point;
use p521::{PublicKey, SecretKey};
use ring::rand::{SecureRandom, SystemRandom};
use rustls::crypto::{ActiveKeyExchange, GetRandomFailed, SharedSecret, SupportedKxGroup};
use rustls::{Error, NamedGroup, PeerMisbehaved};

/// The group.
#[derive(Debug)]
pub(super) struct P521;

/// A key of one connection.
struct P521Exchange {
    secret: SecretKey,
    public: Vec<u8>,
}

/// The number of bytes of a scalar, and the bits of the first one.
const SCALAR: usize = 66;
const FIRST_BITS: u8 = 0x01;

/// The length of an uncompressed point, and the byte that it begins with.
const POINT: usize = 1 + 2 * SCALAR;
const UNCOMPRESSED: u8 = 4;

impl SupportedKxGroup for P521 {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        let random = SystemRandom::new();
        loop {
            let mut scalar = [0; SCALAR];
            random.fill(&mut scalar).map_err(|_| GetRandomFailed)?;
            if let Some(first) = scalar.first_mut() {
                *first &= FIRST_BITS;
            }
            // Almost every scalar of so many bits is one of the group.
            if let Ok(secret) = SecretKey::from_slice(&scalar) {
                let public = secret.public_key().to_sec1_point(false);
                let public = public.as_bytes().to_vec();
                return Ok(Box::new(P521Exchange { secret, public }));
            }
        }
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::secp521r1
    }
}

impl ActiveKeyExchange for P521Exchange {
    fn complete(self: Box<Self>, peer: &[u8]) -> Result<SharedSecret, Error> {
        let is_uncompressed = peer.len() == POINT && peer.first() == Some(&UNCOMPRESSED);
        let peer = PublicKey::from_sec1_bytes(peer);
        let peer = peer.ok().filter(|_| is_uncompressed);
        let peer = peer.ok_or(PeerMisbehaved::InvalidKeyShare)?;
        let shared = diffie_hellman(self.secret.to_nonzero_scalar(), peer.as_affine());
        Ok(SharedSecret::from(shared.raw_secret_bytes().as_slice()))
    }

    fn pub_key(&self) -> &[u8] {
        &self.public
    }

    fn group(&self) -> NamedGroup {
        NamedGroup::secp521r1
    }
}
