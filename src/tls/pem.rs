//! Parser for certificates in PEM (RFC 7468), as found in trust stores. Blocks that other parsers
//! drop silently are either read or counted as lost.

use super::base64::Base64Decoder;
use super::der::{read_element, read_sequence, read_tagged};
use super::oid::{ANY_EXTENDED_KEY_USAGE, SERVER_AUTH};
use rustls::pki_types::CertificateDer;
use std::io::{self, Read};

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";

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
    /// What is decoded of the open block. Certificates are copied from it, since buffers that grow
    /// touch twice the memory.
    decoded: Vec<u8>,
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

impl PemFile {
    /// Parses a file. Lines end with LF, CR LF or CR. White space around them, a byte-order mark
    /// before them and text between blocks are ignored. A block may begin on the line where another
    /// ends. It does not begin behind other text on a line, because it was commented out.
    ///
    /// `buffer` is memory for that, which may be used again.
    ///
    /// # Errors
    /// The file can't be read.
    pub(super) fn read(mut file: impl Read, buffer: &mut Vec<u8>) -> io::Result<Self> {
        let mut pem = Self::default();
        let mut filled = 0;
        if buffer.is_empty() {
            buffer.resize(CHUNK, 0);
        }
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
            rest = match certificate_block(&mut self.open) {
                Some(block) => block.base64.push(text, &mut self.decoded),
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
                    if let (Some(block), Some(_)) = (certificate_block(&mut self.open), dash) {
                        block.base64.is_bad = true;
                    }
                    dash.map_or(rest, |(_, behind)| behind)
                }
            };
        }
    }

    /// Returns true if a boundary counts. `before` is the text since the previous one. Mostly it
    /// has to begin a line, but in an open certificate it may also follow base 64 directly: an end
    /// always, and the begin of another certificate if this one was cut off in valid base 64.
    fn is_boundary(&mut self, boundary: &Boundary<'_>, before: &[u8]) -> bool {
        let block = certificate_block(&mut self.open);
        is_line_start(before)
            || block.is_some_and(|block| !boundary.is_begin || !block.base64.is_bad)
    }

    /// Begins or ends a block.
    fn handle_boundary(&mut self, boundary: &Boundary<'_>) {
        let kind = boundary.kind;
        if boundary.is_begin {
            self.abandon_block();
            let base64 = Base64Decoder::default();
            self.decoded.clear();
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
        self.lost_blocks += usize::from(open.is_some_and(|block| block.is_certificate()));
    }

    fn finish_block(&mut self, block: PemBlock) {
        if !block.is_certificate() {
            return;
        }
        match block.into_certificate(&mut self.decoded) {
            Some(certificate) => self.certificates.extend(certificate),
            None => self.lost_blocks += 1,
        }
    }
}

/// The open block, if it is a certificate.
fn certificate_block(open: &mut Option<PemBlock>) -> Option<&mut PemBlock> {
    open.as_mut().filter(|block| block.is_certificate())
}

impl PemBlock {
    fn is_certificate(&self) -> bool {
        self.kind != BlockKind::Other
    }

    /// Returns a certificate, of which all but the last digits are `decoded`. Returns `Some(None)` if
    /// OpenSSL's trust settings exclude servers, and `None` if the block can't be read.
    fn into_certificate(self, decoded: &mut Vec<u8>) -> Option<Option<CertificateDer<'static>>> {
        self.base64.finish(decoded)?;
        // In OpenSSL's own format, trust settings follow the certificate.
        let (_, _, behind) = read_element(decoded)?;
        let is_trusted = self.kind != BlockKind::TrustedCertificate || is_for_servers(behind)?;
        let certificate = decoded.get(..decoded.len() - behind.len())?;
        Some(is_trusted.then(|| certificate.to_vec().into()))
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
    /// Parses the boundary at the start of a text. It reads no further than the next dashes: a line
    /// may have thousands of boundaries.
    fn parse(text: &'a [u8]) -> Option<Self> {
        let label = text
            .strip_prefix(BEGIN)
            .or_else(|| text.strip_prefix(END))?;
        let mut parts = label.windows(DASHES.len());
        let end = parts.position(|part| part == DASHES || matches!(part, [b'\n' | b'\r', ..]))?;
        Some(Self {
            is_begin: text.starts_with(BEGIN),
            kind: BlockKind::from_label(label.get(..end)?),
            rest: label.get(end..)?.strip_prefix(DASHES)?,
        })
    }
}

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
