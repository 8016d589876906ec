//! Parser for certificates in PEM (RFC 7468), as found in trust stores. Blocks that other parsers
//! drop silently are either read or counted as lost.

use super::der::{read_element, read_sequence, read_tagged};
use super::oid::{ANY_EXTENDED_KEY_USAGE, SERVER_AUTH};
use rustls::pki_types::CertificateDer;
use std::io::{self, Read};
use std::mem;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";

/// The number of digits on a line (RFC 7468, section 2).
const LINE: usize = 64;

/// Number of bytes of a file that are buffered. Allocating the pages for a whole bundle costs more
/// than reading it.
const CHUNK: usize = 16 * 1024;

/// The certificates of a file, and the number of its certificate blocks that can't be read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct PemFile {
    /// The certificates in DER, in the order of the file.
    pub certificates: Vec<CertificateDer<'static>>,
    /// The number of certificate blocks that are cut off or whose base 64 is invalid.
    pub lost_blocks: usize,
    open: Option<PemBlock>,
}

/// A block whose end has not been read yet.
#[derive(Debug, PartialEq, Eq)]
struct PemBlock {
    kind: BlockKind,
    base64: Base64Decoder,
}

/// An encapsulation boundary: `-----BEGIN CERTIFICATE-----` or the corresponding end.
struct Boundary<'a> {
    is_begin: bool,
    kind: BlockKind,
    /// The text that follows.
    rest: &'a [u8],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BlockKind {
    Certificate,
    /// A certificate followed by its trust settings, as `openssl x509 -trustout` writes it.
    TrustedCertificate,
    /// Anything else, such as a key or a revocation list.
    Other,
}

/// Incremental decoder for base 64 (RFC 4648, section 4).
#[derive(Debug, Default, PartialEq, Eq)]
struct Base64Decoder {
    bytes: Vec<u8>,
    bits: u32,
    digits: u8,
    padding: u8,
    is_bad: bool,
}

impl PemFile {
    /// Parses a file. Lines end with LF, CR LF or CR. White space around them, a byte-order mark
    /// before them and text between blocks are ignored. A block may begin on the line where another
    /// ends. It does not begin behind other text on a line, because it was commented out.
    ///
    /// # Errors
    /// The file can't be read.
    pub(super) fn read(mut file: impl Read) -> io::Result<Self> {
        let mut pem = Self::default();
        let mut buffer = vec![0; CHUNK];
        let mut filled = 0;
        loop {
            if filled == buffer.len() {
                buffer.resize(2 * filled, 0);
            }
            let read = match file.read(buffer.get_mut(filled..).unwrap_or_default()) {
                Ok(read) => read,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(e),
            };
            filled += read;
            let text = buffer.get(..filled).unwrap_or_default();
            let lines = match read {
                0 => text,
                _ => whole_lines(text),
            };
            pem.parse_lines(lines);
            let done = lines.len();
            buffer.copy_within(done..filled, 0);
            filled -= done;
            if read == 0 {
                pem.abandon_block();
                return Ok(pem);
            }
        }
    }

    /// Parses the next whole lines.
    fn parse_lines(&mut self, file: &[u8]) {
        let mut rest = file;
        let mut behind_boundary = 0;
        while !rest.is_empty() {
            let text = rest;
            rest = match self.certificate_block() {
                Some(block) => block.base64.push(text),
                None => {
                    let dash = text.iter().position(|byte| *byte == b'-');
                    text.get(dash.unwrap_or(text.len())..).unwrap_or_default()
                }
            };
            let before = file.get(behind_boundary..file.len() - rest.len());
            let before = before.unwrap_or_default();
            rest = match Boundary::parse(rest).filter(|boundary| self.is_boundary(boundary, before))
            {
                Some(boundary) => {
                    self.handle_boundary(&boundary);
                    behind_boundary = file.len() - boundary.rest.len();
                    boundary.rest
                }
                // A dash that begins no boundary, or the end of the lines.
                None => {
                    let dash = rest.split_first();
                    if let (Some(block), Some(_)) = (self.certificate_block(), dash) {
                        block.base64.is_bad = true;
                    }
                    dash.map_or(rest, |(_, behind)| behind)
                }
            };
        }
    }

    /// The open block, if it is a certificate.
    fn certificate_block(&mut self) -> Option<&mut PemBlock> {
        self.open
            .as_mut()
            .filter(|block| block.kind != BlockKind::Other)
    }

    /// Returns true if a boundary counts. `before` is the text since the previous one. Mostly it
    /// has to begin a line, but in an open certificate it may also follow base 64 directly: an end
    /// always, and the begin of another certificate if this one was cut off in valid base 64.
    fn is_boundary(&mut self, boundary: &Boundary<'_>, before: &[u8]) -> bool {
        let block = self.certificate_block();
        is_line_start(before)
            || block.is_some_and(|block| !boundary.is_begin || !block.base64.is_bad)
    }

    /// Begins or ends a block.
    fn handle_boundary(&mut self, boundary: &Boundary<'_>) {
        let kind = boundary.kind;
        if boundary.is_begin {
            self.abandon_block();
            let base64 = Base64Decoder::default();
            self.open = Some(PemBlock { kind, base64 });
            return;
        }
        match self.open.take() {
            Some(block) if block.kind == kind => self.finish_block(block),
            // An end without a begin, or of another type of block.
            _ if kind != BlockKind::Other => self.lost_blocks += 1,
            other => self.open = other,
        }
    }

    /// Drops the open block: the file ends or another block begins.
    fn abandon_block(&mut self) {
        let open = self.open.take();
        self.lost_blocks += usize::from(open.is_some_and(|block| block.kind != BlockKind::Other));
    }

    fn finish_block(&mut self, block: PemBlock) {
        if block.kind == BlockKind::Other {
            return;
        }
        match block.into_certificate() {
            Some(certificate) => self.certificates.extend(certificate),
            None => self.lost_blocks += 1,
        }
    }
}

impl PemBlock {
    /// Decodes a certificate. Returns `Some(None)` if OpenSSL's trust settings exclude servers, and
    /// `None` if the block can't be read.
    fn into_certificate(self) -> Option<Option<CertificateDer<'static>>> {
        let mut bytes = self.base64.into_bytes()?;
        // In OpenSSL's own format, trust settings follow the certificate.
        let (_, _, behind) = read_element(&bytes)?;
        let is_trusted = self.kind != BlockKind::TrustedCertificate || is_for_servers(behind)?;
        bytes.truncate(bytes.len() - behind.len());
        Some(is_trusted.then(|| bytes.into()))
    }
}

impl BlockKind {
    /// Recognizes the labels that OpenSSL accepts for certificates.
    fn from_label(label: &[u8]) -> Self {
        match label {
            b"CERTIFICATE" | b"X509 CERTIFICATE" => Self::Certificate,
            b"TRUSTED CERTIFICATE" => Self::TrustedCertificate,
            _ => Self::Other,
        }
    }
}

impl<'a> Boundary<'a> {
    /// Parses the boundary at the start of a text.
    fn parse(text: &'a [u8]) -> Option<Self> {
        let label = text
            .strip_prefix(BEGIN)
            .or_else(|| text.strip_prefix(END))?;
        let end = label.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
        let line = label.get(..end.unwrap_or(label.len()))?;
        let end = line.windows(DASHES.len()).position(|part| part == DASHES)?;
        Some(Self {
            is_begin: text.starts_with(BEGIN),
            kind: BlockKind::from_label(label.get(..end)?),
            rest: label.get(end + DASHES.len()..)?,
        })
    }
}

impl Base64Decoder {
    /// Decodes up to the first dash. Returns the text from there.
    fn push<'a>(&mut self, text: &'a [u8]) -> &'a [u8] {
        let mut rest = text;
        let mut is_line_start = true;
        while let Some((&byte, behind)) = rest.split_first().filter(|(byte, _)| **byte != b'-') {
            // Fast path: a whole line of digits.
            if is_line_start
                && self.digits == 0
                && self.padding == 0
                && let Some((line, behind)) = rest.split_first_chunk::<LINE>()
                && let Some(bytes) = decode_line(line)
            {
                self.bytes.extend_from_slice(&bytes);
                rest = behind;
                is_line_start = false;
                continue;
            }
            self.push_byte(byte);
            is_line_start = byte == b'\n';
            rest = behind;
        }
        rest
    }

    fn push_byte(&mut self, byte: u8) {
        match byte {
            b'=' => self.padding = self.padding.saturating_add(1),
            b' ' | b'\t'..=b'\r' => {}
            _ if digit::<3>(byte) == NO_DIGIT || self.padding > 0 => self.is_bad = true,
            _ => {
                self.bits = self.bits << 6 | digit::<3>(byte);
                self.digits += 1;
            }
        }
        if self.digits == 4 {
            let [_, bytes @ ..] = mem::take(&mut self.bits).to_be_bytes();
            self.bytes.extend_from_slice(&bytes);
            self.digits = 0;
        }
    }

    /// Returns the decoded bytes, or `None` if the base 64 is invalid or incomplete.
    fn into_bytes(mut self) -> Option<Vec<u8>> {
        if self.is_bad {
            return None;
        }
        match (self.digits, self.padding) {
            (0, 0) => {}
            (2, 2) => self.bytes.push((self.bits >> 4) as u8),
            (3, 1) => {
                let [_, _, first, second] = (self.bits >> 2).to_be_bytes();
                self.bytes.extend([first, second]);
            }
            _ => return None,
        }
        self.bytes.shrink_to_fit();
        Some(self.bytes)
    }
}

/// Decodes the digits of a line; `None` if one of them is no digit.
fn decode_line(line: &[u8; LINE]) -> Option<[u8; LINE / 4 * 3]> {
    let mut decoded = [0; LINE / 4 * 3];
    let mut all = 0;
    let (groups, _) = line.as_chunks::<4>();
    let (places, _) = decoded.as_chunks_mut::<3>();
    for (group, place) in groups.iter().zip(places) {
        // One by one: `map` is no loop that the compiler unrolls for size.
        let [a, b, c, d] = *group;
        let value = digit::<0>(a) | digit::<1>(b) | digit::<2>(c) | digit::<3>(d);
        all |= value;
        let [_, bytes @ ..] = value.to_be_bytes();
        *place = bytes;
    }
    (all < NO_DIGIT).then_some(decoded)
}

/// The value of a base 64 digit at this place of four, or [`NO_DIGIT`].
#[inline]
fn digit<const PLACE: usize>(byte: u8) -> u32 {
    const { assert!(PLACE < 4) };
    let digits = DIGITS
        .get(PLACE)
        .map(|digits| digits.get(usize::from(byte)));
    digits.flatten().copied().unwrap_or(NO_DIGIT)
}

/// The values of all bytes as base 64 digits at each place of four, or [`NO_DIGIT`].
#[allow(clippy::indexing_slicing, reason = "evaluated by the compiler")]
static DIGITS: [[u32; 256]; 4] = {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut digits = [[NO_DIGIT; 256]; 4];
    let mut place = 0;
    while place < 4 {
        let mut digit = 0;
        while digit < alphabet.len() {
            digits[place][alphabet[digit] as usize] = (digit as u32) << (18 - 6 * place);
            digit += 1;
        }
        place += 1;
    }
    digits
};

/// Marks a byte that is no digit. Greater than the value of four digits.
const NO_DIGIT: u32 = 1 << 24;

/// Returns true if OpenSSL's trust settings (`X509_CERT_AUX`) trust a certificate for servers. The
/// list of trusted uses must have serverAuth or any use, if there is such a list, and the list of
/// rejected uses must have neither. Returns `None` if the settings can't be read.
fn is_for_servers(trust: &[u8]) -> Option<bool> {
    const TRUSTED: u8 = 0x30;
    const REJECTED: u8 = 0xa0;
    // In this order. Behind the lists: alias, key identifier, and other data, which is not in use.
    const FIELDS: [u8; 5] = [TRUSTED, REJECTED, 0x0c, 0x04, 0xa1];
    if trust.is_empty() {
        return Some(true);
    }
    let mut fields = read_sequence(trust)?;
    let mut expected = FIELDS.into_iter();
    let (mut is_trusted, mut is_rejected) = (true, false);
    while !fields.is_empty() {
        let (tag, field, rest) = read_element(fields)?;
        expected.find(|expected| *expected == tag)?;
        match tag {
            TRUSTED => is_trusted = has_server_auth(field)?,
            REJECTED => is_rejected = has_server_auth(field)?,
            _ => {}
        }
        fields = rest;
    }
    Some(is_trusted && !is_rejected)
}

/// Returns true if a list of uses has serverAuth or any use, or `None` if it can't be read.
fn has_server_auth(mut list: &[u8]) -> Option<bool> {
    let mut has = false;
    while !list.is_empty() {
        let (usage, rest) = read_tagged(list, 0x06)?;
        has |= usage == SERVER_AUTH || usage == ANY_EXTENDED_KEY_USAGE;
        list = rest;
    }
    Some(has)
}

/// The text without its last line, if that is incomplete.
fn whole_lines(text: &[u8]) -> &[u8] {
    let end = text.iter().rposition(|byte| matches!(byte, b'\n' | b'\r'));
    text.get(..end.map_or(0, |end| end + 1)).unwrap_or_default()
}

/// Returns true if the last line of a text is blank, apart from byte-order marks.
fn is_line_start(mut before: &[u8]) -> bool {
    loop {
        before = match before {
            [] | [.., b'\n' | b'\r'] => return true,
            [rest @ .., b' ' | b'\t' | 0x0b | 0x0c] | [rest @ .., 0xef, 0xbb, 0xbf] => rest,
            _ => return false,
        };
    }
}

#[cfg(test)]
mod tests;
