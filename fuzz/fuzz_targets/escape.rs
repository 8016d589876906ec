//! The escapes of `-E`, in whatever bytes an agent's configuration holds.
//!
//! Laws:
//!
//! * nothing panics, and nothing grows;
//! * text without a backslash stays as it is;
//! * what comes out, escaped and read again, comes out again, whichever of its spellings is used.
#![no_main]

use check_tcp::internal::escape::unescape;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let bytes = unescape(input);
    assert!(bytes.len() <= input.len());
    if !input.contains(&b'\\') {
        assert_eq!(bytes, input);
    }
    let short: Vec<u8> = bytes.iter().flat_map(|&byte| short(byte)).collect();
    assert_eq!(unescape(&short), bytes);
    let hexadecimal: Vec<u8> = bytes
        .iter()
        .flat_map(|byte| format!(r"\x{byte:02x}").into_bytes())
        .collect();
    assert_eq!(unescape(&hexadecimal), bytes);
});

/// The shortest way to write a byte.
fn short(byte: u8) -> Vec<u8> {
    match byte {
        b'\n' => br"\n".to_vec(),
        b'\r' => br"\r".to_vec(),
        b'\t' => br"\t".to_vec(),
        b'\\' => br"\\".to_vec(),
        _ => vec![byte],
    }
}
