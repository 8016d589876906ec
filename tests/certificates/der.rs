//! Certificates in DER (RFC 5280, section 4.1), of which every byte can be chosen.

use super::keys::{Hash, Key};

/// An element.
pub(crate) fn element(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = contents.len();
    let mut der = match length {
        0..0x80 => vec![tag, length as u8],
        0x80..0x100 => vec![tag, 0x81, length as u8],
        _ => vec![tag, 0x82, (length >> 8) as u8, length as u8],
    };
    der.extend_from_slice(contents);
    der
}

/// A SEQUENCE of elements.
pub(crate) fn sequence<E: AsRef<[u8]>>(elements: &[E]) -> Vec<u8> {
    let contents: Vec<u8> = elements
        .iter()
        .flat_map(|one| one.as_ref().to_vec())
        .collect();
    element(0x30, &contents)
}

/// An OBJECT IDENTIFIER.
pub(crate) fn oid(numbers: &[u64]) -> Vec<u8> {
    let mut contents = vec![(numbers[0] * 40 + numbers[1]) as u8];
    for number in &numbers[2..] {
        let groups = (0..10).rev().map(|at| (number >> (7 * at)) as u8 & 0x7f);
        let mut groups: Vec<u8> = groups.skip_while(|group| *group == 0).collect();
        if groups.is_empty() {
            groups.push(0);
        }
        let last = groups.len() - 1;
        groups[..last].iter_mut().for_each(|group| *group |= 0x80);
        contents.extend(groups);
    }
    element(6, &contents)
}

/// A name with a common name alone, or none.
pub(crate) fn name(common: &str) -> Vec<u8> {
    match common {
        "" => sequence::<Vec<u8>>(&[]),
        common => name_of(0x0c, common.as_bytes()),
    }
}

/// A name with a common name in a string of this tag.
pub(crate) fn name_of(tag: u8, common: &[u8]) -> Vec<u8> {
    let pair = sequence(&[oid(&[2, 5, 4, 3]), element(tag, common)]);
    sequence(&[element(0x31, &pair)])
}

/// A UTCTime, `YYMMDDHHMMSSZ`, or a GeneralizedTime, `YYYYMMDDHHMMSSZ`.
pub(crate) fn time(text: &str) -> Vec<u8> {
    let tag = if text.len() > 13 { 0x18 } else { 0x17 };
    element(tag, text.as_bytes())
}

/// A certificate to be.
#[derive(Clone)]
pub(crate) struct Certificate {
    pub(crate) version: Vec<u8>,
    /// The contents of the INTEGER.
    pub(crate) serial: Vec<u8>,
    pub(crate) not_before: Vec<u8>,
    pub(crate) not_after: Vec<u8>,
    pub(crate) subject: Vec<u8>,
    pub(crate) issuer: Option<Vec<u8>>,
    pub(crate) key: Key,
    pub(crate) extensions: Vec<Vec<u8>>,
    pub(crate) hash: Hash,
    /// The algorithm that is told outside of what is signed, if it is another.
    pub(crate) outer_algorithm: Option<Vec<u8>>,
    /// Bytes behind the last field of what is signed.
    pub(crate) tail: Vec<u8>,
    /// Bytes behind the certificate.
    pub(crate) trailing: Vec<u8>,
    pub(crate) is_forged: bool,
}

/// One who issues certificates.
#[derive(Clone)]
pub(crate) struct Party {
    pub(crate) name: Vec<u8>,
    pub(crate) key: Key,
    pub(crate) der: Vec<u8>,
}

/// An extension.
pub(crate) fn extension(id: &[u64], is_critical: bool, value: &[u8]) -> Vec<u8> {
    let critical: &[u8] = if is_critical { &[1, 1, 0xff] } else { &[] };
    sequence(&[&oid(id)[..], critical, &element(4, value)])
}

/// basicConstraints with these contents.
pub(crate) fn basic_constraints(contents: &[u8]) -> Vec<u8> {
    extension(&[2, 5, 29, 19], true, &element(0x30, contents))
}

/// basicConstraints of an authority with this pathLenConstraint.
pub(crate) fn authority(length: Option<u8>) -> Vec<u8> {
    let mut contents = vec![1, 1, 0xff];
    contents.extend(length.iter().flat_map(|length| [2, 1, *length]));
    basic_constraints(&contents)
}

/// keyUsage with these bits: 0x80 is digitalSignature, 0x04 keyCertSign.
pub(crate) fn key_usage(bits: u8) -> Vec<u8> {
    let unused = bits.trailing_zeros().min(7) as u8;
    extension(&[2, 5, 29, 15], true, &[3, 2, unused, bits])
}

/// extKeyUsage of these purposes.
pub(crate) fn purposes(all: &[&[u64]]) -> Vec<u8> {
    let all: Vec<_> = all.iter().map(|one| oid(one)).collect();
    extension(&[2, 5, 29, 37], false, &sequence(&all))
}

/// subjectAltName of these names, each with its tag.
pub(crate) fn names<N: AsRef<[u8]>>(all: &[(u8, N)]) -> Vec<u8> {
    let all: Vec<_> = all
        .iter()
        .map(|(tag, name)| element(*tag, name.as_ref()))
        .collect();
    extension(&[2, 5, 29, 17], false, &sequence(&all))
}

/// subjectAltName of these DNS names.
pub(crate) fn hosts(all: &[&str]) -> Vec<u8> {
    let all: Vec<_> = all.iter().map(|host| (0x82, host.as_bytes())).collect();
    names(&all)
}

impl Certificate {
    /// One of version 3, valid from 2020 to 2120.
    pub(crate) fn new(common: &str, key: Key) -> Self {
        Self {
            version: element(0xa0, &[2, 1, 2]),
            serial: vec![0x4e],
            not_before: time("200101000000Z"),
            not_after: time("21200101000000Z"),
            subject: name(common),
            issuer: None,
            key,
            extensions: Vec::new(),
            hash: Hash::Sha256,
            outer_algorithm: None,
            tail: Vec::new(),
            trailing: Vec::new(),
            is_forged: false,
        }
    }

    /// Of which `change` makes something else.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// Signs it.
    pub(crate) fn signed(&self, issuer: &[u8], key: &Key) -> Vec<u8> {
        let algorithm = key.algorithm(self.hash);
        let validity = sequence(&[&self.not_before, &self.not_after]);
        let extensions = match self.extensions.is_empty() {
            true => Vec::new(),
            false => element(0xa3, &sequence(&self.extensions)),
        };
        let fields = [
            &self.version[..],
            &element(2, &self.serial),
            &algorithm,
            self.issuer.as_deref().unwrap_or(issuer),
            &validity,
            &self.subject,
            &self.key.public(),
            &extensions,
            &self.tail,
        ];
        let signed = sequence(&fields);
        let mut signature = key.sign(self.hash, &signed);
        if self.is_forged {
            let last = signature.len() - 1;
            signature[last] ^= 1;
        }
        let outer = self.outer_algorithm.as_ref().unwrap_or(&algorithm);
        let signature = element(3, &[&[0], &signature[..]].concat());
        let mut der = sequence(&[&signed, outer, &signature]);
        der.extend_from_slice(&self.trailing);
        der
    }
}

impl Party {
    /// A root, of which `change` makes something else.
    pub(crate) fn root(common: &str, key: Key, change: impl FnOnce(&mut Certificate)) -> Self {
        let mut certificate = Certificate::new(common, key);
        certificate.extensions = vec![authority(None), key_usage(0x06)];
        change(&mut certificate);
        let der = certificate.signed(&certificate.subject, &certificate.key);
        Self {
            name: certificate.subject,
            key: certificate.key,
            der,
        }
    }

    /// An authority that this one vouches for, of which `change` makes something else.
    pub(crate) fn authority(
        &self,
        common: &str,
        key: Key,
        change: impl FnOnce(&mut Certificate),
    ) -> Self {
        let mut certificate = Certificate::new(common, key);
        certificate.extensions = vec![authority(None), key_usage(0x06)];
        change(&mut certificate);
        Self {
            der: self.issue(&certificate),
            name: certificate.subject,
            key: certificate.key,
        }
    }

    /// Signs a certificate.
    pub(crate) fn issue(&self, certificate: &Certificate) -> Vec<u8> {
        certificate.signed(&self.name, &self.key)
    }
}
