//! The sizes of RSA keys.

use super::der::read_tagged;
use super::oid::RSASSA_PSS;

const RSA: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01";

/// The number of bits in an RSA key (RFC 3279, section 2.3.1), from the contents of its
/// SubjectPublicKeyInfo; of one for RSASSA-PSS alone too. `None` for other types of key.
pub(super) fn rsa_bits(key: &[u8]) -> Option<usize> {
    let (algorithm, key) = read_tagged(key, 0x30)?;
    let (key, _) = read_tagged(key, 0x03)?;
    if ![RSA, RSASSA_PSS].contains(&read_tagged(algorithm, 0x06)?.0) {
        return None;
    }
    let (numbers, _) = read_tagged(key.strip_prefix(b"\0")?, 0x30)?;
    integer_bits(numbers)
}

/// The number of bits in an INTEGER that is not negative.
pub(super) fn integer_bits(der: &[u8]) -> Option<usize> {
    let (number, _) = read_tagged(der, 0x02)?;
    let start = number.iter().position(|byte| *byte != 0)?;
    let number = number.get(start..)?;
    let unused = number.first()?.leading_zeros();
    Some((number.len() * 8).saturating_sub(unused as usize))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::der::encode;

    #[test]
    fn the_bits_of_a_key_are_counted_from_its_first_one() {
        let key = |modulus: &[u8]| {
            let numbers = [encode(2, modulus), b"\x02\x03\x01\x00\x01".to_vec()].concat();
            let bits = [&[0][..], &encode(0x30, &numbers)].concat();
            let algorithm =
                b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00".to_vec();
            [algorithm, encode(3, &bits)].concat()
        };
        for (first, length, bits) in [(0x80, 256, 2048), (0x01, 256, 2041), (0xc0, 2048, 16384)] {
            let mut modulus = vec![0; length + 1];
            modulus[1] = first;
            assert_eq!(rsa_bits(&key(&modulus)), Some(bits));
            assert_eq!(rsa_bits(&key(&modulus[1..])), Some(bits));
        }
        assert_eq!(rsa_bits(&key(&[0, 0])), None);
        let whole = key(&[1, 2, 3]);
        for end in 0..whole.len() {
            assert_eq!(rsa_bits(&whole[..end]), None);
        }
    }
}
