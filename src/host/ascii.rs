//! The ASCII form of an internationalized name, as DNS and certificates have it.
//!
//! It is suggested in messages and never looked up: the mapping that precedes the encoding takes
//! Unicode tables larger than all of TLS. The user sees whether the suggestion is the intended
//! name.

use super::characters::folded;
use super::{LONGEST_LABEL, LONGEST_NAME, labels};

/// A suggestion to write the name in ASCII; `None` for a name that is.
pub(crate) fn spelling(name: &str) -> Option<String> {
    if name.is_ascii() {
        return None;
    }
    Some(match ascii(name) {
        Some(ascii) => format!("write {ascii}"),
        None => "write it in ASCII (xn--...), as it was registered".to_owned(),
    })
}

/// Describes why no certificate can be issued for a host, and the spelling to use instead.
pub(crate) fn describe_uncertifiable(host: &str) -> String {
    let spelling = spelling(host).unwrap_or_else(|| "give another with --sni".to_owned());
    format!("a certificate has no such name; {spelling}")
}

/// Converts a name to lower case and its labels beyond ASCII to `xn--` and Punycode (RFC 5891,
/// section 4.4). `None` if it does not fit into DNS, or has combining accents, which would have to
/// be composed first.
pub(super) fn ascii(name: &str) -> Option<String> {
    // A character takes at least one byte of the encoded name and at most four of this one. Longer
    // names can't fit, and would take long to encode.
    if name.len() > 4 * LONGEST_NAME {
        return None;
    }
    let lower = name.chars().flat_map(|c| folded(c).to_lowercase());
    let name: String = lower.collect();
    let labels: Option<Vec<String>> = labels(&name)
        .map(|label| match label.is_ascii() {
            true => Some(label.to_owned()),
            false => Some(format!("xn--{}", punycode(label)?)),
        })
        .map(|label| label.filter(|label| label.len() <= LONGEST_LABEL))
        .collect();
    labels
        .map(|labels| labels.join("."))
        .filter(|name| name.len() <= LONGEST_NAME)
}

/// Encodes a label in Punycode (RFC 3492, section 6.3).
fn punycode(label: &str) -> Option<String> {
    const BASE: u32 = 36;
    const T_MIN: u32 = 1;
    const T_MAX: u32 = 26;
    let is_accent = |c| matches!(c, '\u{300}'..='\u{36f}');
    if label.contains(is_accent) {
        return None;
    }
    let mut out: String = label.chars().filter(char::is_ascii).collect();
    let basic = u32::try_from(out.len()).ok()?;
    let mut handled = basic;
    if basic > 0 {
        out.push('-');
    }
    let (mut n, mut delta, mut bias) = (128, 0_u32, 72);
    while let Some(next) = label.chars().map(u32::from).filter(|&c| c >= n).min() {
        delta = delta.checked_add((next - n).checked_mul(handled + 1)?)?;
        n = next;
        for c in label.chars().map(u32::from) {
            if c < n {
                delta = delta.checked_add(1)?;
            }
            if c != n {
                continue;
            }
            let mut q = delta;
            let mut k = BASE;
            loop {
                let t = k.saturating_sub(bias).clamp(T_MIN, T_MAX);
                if q < t {
                    break;
                }
                out.push(digit(t + (q - t) % (BASE - t))?);
                q = (q - t) / (BASE - t);
                k += BASE;
            }
            out.push(digit(q)?);
            bias = adapt_bias(delta, handled + 1, handled == basic);
            delta = 0;
            handled += 1;
        }
        delta = delta.checked_add(1)?;
        n += 1;
    }
    Some(out)
}

/// Adapts the bias (RFC 3492, section 6.1).
fn adapt_bias(delta: u32, points: u32, is_first: bool) -> u32 {
    const DAMP: u32 = 700;
    let mut delta = delta / if is_first { DAMP } else { 2 };
    delta += delta / points;
    let mut k = 0;
    while delta > 455 {
        delta /= 35;
        k += 36;
    }
    k + 36 * delta / (delta + 38)
}

/// The digit for a value: `a` to `z` are 0 to 25, `0` to `9` are 26 to 35.
fn digit(value: u32) -> Option<char> {
    match value {
        0..26 => char::from_u32(u32::from('a') + value),
        _ => char::from_digit(value - 26, 10),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_converted_to_its_registered_form() {
        for (name, wanted) in [
            ("münchen.example", "xn--mnchen-3ya.example"),
            ("MÜNCHEN.Example", "xn--mnchen-3ya.example"),
            ("bücher.example.", "xn--bcher-kva.example"),
            ("faß.de", "xn--fa-hia.de"),
            ("ñandú", "xn--and-6ma2c"),
            ("пример.испытание", "xn--e1afmkfd.xn--80akhbyknj4f"),
            ("日本語。例え", "xn--wgv71a119e.xn--r8jz45g"),
            ("ｍａｉｌ．example", "mail.example"),
            ("他们为什么不说中文", "xn--ihqwcrb4cv8a8dqg056pqjye"),
            ("ليهمابتكلموشعربي؟", "xn--egbpdaj6bu4bxfgehfvwxn"),
            (
                "почемужеонинеговорятпорусски",
                "xn--b1abfaaepdrnnbgefbadotcwatmq2g4l",
            ),
            ("☃.example", "xn--n3h.example"),
            ("𐍈", "xn--2c8c"),
        ] {
            assert_eq!(ascii(name).as_deref(), Some(wanted), "{name}");
        }
    }

    #[test]
    fn a_name_that_can_not_be_converted_has_no_ascii_form() {
        for name in ["mu\u{308}nchen.example", &"日".repeat(2_000)] {
            assert_eq!(ascii(name), None, "{name}");
            let sentence = spelling(name).expect("a sentence");
            assert!(sentence.contains("xn--..."), "{sentence}");
        }
        assert_eq!(spelling("mail.example"), None);
    }
}
