//! The key of a client's certificate.

use super::provider;
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use rustls::sign::SigningKey;
use std::sync::Arc;

/// Reads the first key of a file in PEM.
///
/// # Errors
/// The reason why it can't be used, as a sentence.
pub(super) fn parse_key(pem: &[u8]) -> Result<Arc<dyn SigningKey>, String> {
    let key = match PrivateKeyDer::from_pem_slice(pem) {
        Ok(key) => key,
        Err(_) if has(pem, b"ENCRYPTED") => {
            return Err("its key is encrypted; give one without a passphrase".to_owned());
        }
        Err(_) => return Err("it has no key in PEM (PKCS #8, PKCS #1 or SEC1)".to_owned()),
    };
    let loaded = provider().key_provider.load_private_key(key);
    loaded.map_err(|_| "its key is of a kind that is not supported".to_owned())
}

fn has(text: &[u8], word: &[u8]) -> bool {
    text.windows(word.len()).any(|part| part == word)
}
