use super::*;

const BLOCK: &str = "-----BEGIN CERTIFICATE-----\nMAUC\nAwECAw==\n-----END CERTIFICATE-----\n";
const DER: &[u8] = b"\x30\x05\x02\x03\x01\x02\x03";

/// The number of certificates, which must all be [`DER`], and the number of lost blocks.
fn counts(file: impl AsRef<[u8]>) -> (usize, usize) {
    let pem = PemFile::read(file.as_ref(), &mut Vec::new()).expect("bytes can be read");
    let all_whole = pem.certificates.iter().all(|der| der.as_ref() == DER);
    assert!(all_whole, "{:?}", pem.certificates);
    (pem.certificates.len(), pem.lost_blocks)
}

#[test]
fn blocks_are_read_whatever_surrounds_them() {
    for (file, certificates) in [
        (BLOCK.to_owned(), 1),
        (format!("\u{feff}{BLOCK}{BLOCK}"), 2),
        (format!("{BLOCK}\u{feff}{BLOCK}"), 2),
        (
            format!("# text\nsubject=CN=a\n\n{BLOCK}between\n{BLOCK}"),
            2,
        ),
        (BLOCK.replace('\n', "\r\n"), 1),
        (BLOCK.replace('\n', "\r"), 1),
        (BLOCK.replace('\n', " \t\n  "), 1),
        (BLOCK.trim_end().to_owned(), 1),
        (BLOCK.trim_end().repeat(3), 3),
        (BLOCK.replace("CERTIFICATE", "X509 CERTIFICATE"), 1),
        (BLOCK.replace('\n', "").repeat(2), 2),
        (BLOCK.replace("CERTIFICATE", "PRIVATE KEY"), 0),
        (String::new(), 0),
        ("-----BEGIN".to_owned(), 0),
    ] {
        assert_eq!(counts(&file), (certificates, 0), "{file:?}");
    }
}

#[test]
fn an_unreadable_block_is_counted_and_others_are_read() {
    for bad in [
        "-----BEGIN CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nMAUC\n",
        "-----END CERTIFICATE-----\n",
        "----BEGIN CERTIFICATE-----\nMAUC\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nMAUCAwECA\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nMAUCAwECAw=\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nMA==UCAwECAw==\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nM%UC\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nMAUC\n-----END TRUSTED CERTIFICATE-----\n",
        "-----BEGIN TRUSTED CERTIFICATE-----\nMAUC\n-----END TRUSTED CERTIFICATE-----\n",
    ] {
        assert_eq!(counts(bad), (0, 1), "{bad:?}");
        assert_eq!(counts(format!("{BLOCK}{bad}{BLOCK}")), (2, 1), "{bad:?}");
    }
    for end in 1..BLOCK.len() {
        let cut = BLOCK.get(..end).unwrap_or_default();
        let (whole, lost) = counts(cut);
        assert!(whole + lost <= 1, "{cut:?}");
    }
}

#[test]
fn a_block_that_does_not_begin_a_line_was_commented_out() {
    for before in ["#", "# ", "!", "old: ", "-", "\"", "# -----"] {
        let only_begin = format!("{before}{BLOCK}");
        assert_eq!(counts(&only_begin), (0, 1), "{before:?}");
        assert_eq!(counts(format!("{BLOCK}{only_begin}{BLOCK}")), (2, 1));
        let every_line: Vec<_> = BLOCK.lines().map(|l| format!("{before}{l}\n")).collect();
        let every_line = every_line.concat();
        assert_eq!(counts(format!("{BLOCK}{every_line}{BLOCK}")), (2, 0));
        let one_line = format!("{before}{}\n", BLOCK.replace('\n', ""));
        assert_eq!(counts(format!("{one_line}{BLOCK}")), (1, 0), "{before:?}");
        // Also behind a block that is cut off.
        let cut = BLOCK.get(..32).unwrap_or_default();
        assert_eq!(counts(format!("{cut}\n{only_begin}")), (0, 1));
    }
    for before in ["", " ", "\t", "\u{feff}", "\u{feff}\u{feff}", " \u{feff}\t"] {
        assert_eq!(counts(format!("{before}{BLOCK}")), (1, 0), "{before:?}");
    }
}

#[test]
fn bytes_behind_a_certificate_are_cut_off() {
    for base64 in [
        "MAUCAwECAwA=",
        "MAUCAwECAwUA",
        "MAUCAwECAzAMMAoGCCsGAQUFBwMC",
    ] {
        let block = BLOCK.replace("MAUC\nAwECAw==", base64);
        assert_eq!(counts(block), (1, 0), "{base64}");
    }
}

#[test]
fn trust_settings_of_openssl_apply() {
    let servers = b"\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01";
    let clients = b"\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x02";
    let all = b"\x06\x04\x55\x1d\x25\x00";
    let list = |tag: u8, list: &[u8]| [&[tag, list.len() as u8], list].concat();
    let aux = |lists: &[Vec<u8>]| list(0x30, &lists.concat());
    for (trust, is) in [
        (Vec::new(), true),
        (aux(&[]), true),
        (aux(&[list(0x30, servers)]), true),
        (aux(&[list(0x30, all)]), true),
        (aux(&[list(0x30, &[&clients[..], servers].concat())]), true),
        (aux(&[list(0x30, clients)]), false),
        (aux(&[list(0x30, &[])]), false),
        (aux(&[list(0xa0, servers)]), false),
        (aux(&[list(0xa0, all)]), false),
        (aux(&[list(0xa0, clients)]), true),
        (aux(&[list(0x30, servers), list(0xa0, servers)]), false),
        (aux(&[list(0x30, servers), list(0xa0, clients)]), true),
        (aux(&[list(0x0c, b"an alias")]), true),
        (aux(&[list(0xa0, servers), list(0x0c, b"an alias")]), false),
        (
            aux(&[list(0x0c, b"a"), list(4, b"id"), list(0xa1, b"")]),
            true,
        ),
    ] {
        assert_eq!(is_for_servers(&trust), Some(is), "{trust:?}");
    }
    for unreadable in [
        b"\x30".to_vec(),
        b"\x05\x00".to_vec(),
        aux(&[list(0x0c, b"an alias"), list(0xa0, servers)]),
        aux(&[list(0xa0, servers), list(0x30, servers)]),
        aux(&[list(0xa0, &servers[..5])]),
        aux(&[list(0x30, b"\x05\x00")]),
        aux(&[list(0x05, b"")]),
    ] {
        assert_eq!(is_for_servers(&unreadable), None, "{unreadable:?}");
    }
    // [`DER`] with trust settings for clients only.
    let rejected = "MAUCAwECAzAMMAoGCCsGAQUFBwMC";
    let block = BLOCK.replace("MAUC\nAwECAw==", rejected);
    assert_eq!(
        counts(block.replace("CERTIFICATE", "TRUSTED CERTIFICATE")),
        (0, 0)
    );
    // [`DER`] with trust settings for servers.
    let trusted = "MAUCAwECAzAMMAoGCCsGAQUFBwMB";
    let block = BLOCK.replace("MAUC\nAwECAw==", trusted);
    assert_eq!(
        counts(block.replace("CERTIFICATE", "TRUSTED CERTIFICATE")),
        (1, 0)
    );
}

/// Reads at most this number of bytes at a time.
struct ChunkedReader<'a>(&'a [u8], usize);

impl Read for ChunkedReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let size = self.1.min(buffer.len());
        self.0.read(&mut buffer[..size])
    }
}

#[test]
fn a_file_is_read_alike_in_pieces_of_any_size() {
    let text = "# text\n".repeat(CHUNK / 4);
    let long = "x".repeat(3 * CHUNK);
    let cut = &BLOCK[..BLOCK.len() / 2];
    let file = format!("{BLOCK}{text}{BLOCK}\r\n{long}\n{BLOCK}# {BLOCK}{cut}\n{text}{BLOCK}{cut}");
    let whole = PemFile::read(file.as_bytes(), &mut Vec::new()).expect("bytes can be read");
    assert_eq!((whole.certificates.len(), whole.lost_blocks), (4, 3));
    for size in [999, CHUNK - 1, CHUNK, usize::MAX] {
        let pieces = PemFile::read(ChunkedReader(file.as_bytes(), size), &mut Vec::new())
            .expect("bytes can be read");
        assert_eq!(pieces, whole, "{size}");
    }
    let file = format!("# {BLOCK}{BLOCK}{cut}\r\n{BLOCK}");
    let whole = PemFile::read(file.as_bytes(), &mut Vec::new()).expect("bytes can be read");
    for size in 1..file.len() {
        let pieces = PemFile::read(ChunkedReader(file.as_bytes(), size), &mut Vec::new())
            .expect("bytes can be read");
        assert_eq!(pieces, whole, "{size}");
    }
}

#[test]
fn a_long_line_is_read_in_one_pass_whatever_is_on_it() {
    const SIZE: usize = 2 << 20;
    for (piece, lost) in [
        ("-----BEGIN CERTIFICATE-----", SIZE / 27),
        ("-----END CERTIFICATE-----", SIZE / 25),
        ("-----BEGIN ", 0),
        ("-----END ", 0),
        ("-----BEGIN x", 0),
        ("----BEGIN ", 0),
        ("x-----BEGIN CERTIFICATE-----", 0),
        ("-", 0),
        (" ", 0),
        ("MAUC", 0),
    ] {
        let line = piece.repeat(SIZE / piece.len());
        assert_eq!(counts(&line), (0, lost), "{piece}");
        assert_eq!(counts(format!("{BLOCK}{line}\n{BLOCK}")), (2, lost));
    }
}
