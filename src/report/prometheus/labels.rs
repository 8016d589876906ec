//! Labels of samples.

use crate::record::Label;
use crate::report::field;
use crate::report::sanitize::sanitize;
use crate::tls::CertificateFacts;
use std::fmt::Write;

/// Maximum length in characters of a text that a certificate gives.
const MAX_CERTIFICATE_CHARS: usize = 256;

/// Maximum number of names of a certificate.
const MAX_NAMES: usize = 8;

/// Appends the labels that all samples of a record have.
pub(super) fn push_labels(label: &Label, service: &str, labels: &mut String) {
    let line = label.line.map(|line| line.to_string()).unwrap_or_default();
    let name = label.name.as_deref().unwrap_or_default();
    for (position, (key, value)) in [
        ("target", &*label.target),
        ("name", name),
        ("service", service),
        ("line", &line),
    ]
    .into_iter()
    .enumerate()
    {
        if position > 0 {
            labels.push(',');
        }
        push_label(key, &field::sanitize_all(value.as_bytes()), labels);
    }
}

/// A label with a comma before it.
pub(super) fn label(key: &str, value: &str) -> String {
    let mut label = ",".to_owned();
    push_label(key, value, &mut label);
    label
}

/// Appends a label. `value` has no line ends.
fn push_label(key: &str, value: &str, labels: &mut String) {
    let value = value.replace('\\', r"\\").replace('"', "\\\"");
    let _ = write!(labels, "{key}=\"{value}\"");
}

/// The labels of the server's certificate.
pub(super) fn certificate_labels(facts: &CertificateFacts) -> String {
    let text = |text: Option<&str>| {
        let text = text.unwrap_or_default();
        sanitize(text.as_bytes(), MAX_CERTIFICATE_CHARS)
    };
    let names = facts.names.get(..MAX_NAMES).unwrap_or(&facts.names);
    let labels = [
        label("fingerprint_sha256", &facts.sha256),
        label("subject", &text(facts.subject.as_deref())),
        label("issuer", &text(facts.issuer.as_deref())),
        label("subjectalternative", &text(Some(&names.join(",")))),
        label("serialnumber", &text(facts.serial.as_deref())),
    ];
    labels.concat()
}
