//! A reply as Go reads it: what the `regex` crate is asked. The fuzz workspace uses it too.

/// The text of a reply: each byte that is not UTF-8 is U+FFFD.
pub fn text(reply: &[u8]) -> String {
    let mut text = String::new();
    for chunk in reply.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| char::REPLACEMENT_CHARACTER));
    }
    text
}
