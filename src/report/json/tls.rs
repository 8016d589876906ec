//! The object of `tls`: the session, and the certificates that the peer presented.

use crate::record::Checked;
use crate::report::field;
use crate::rfc3339;
use crate::tls::{CertificateFacts, PathEnd, Presented, Session};
use serde::ser::{Serialize, SerializeStruct, Serializer};

/// The facts of TLS, where a session came up or the peer presented a certificate.
pub(super) struct JsonTls<'a> {
    session: Option<&'a Session>,
    presented: Option<&'a Presented>,
}

struct JsonCertificate(CertificateFacts);

impl<'a> JsonTls<'a> {
    /// Returns `None` in the clear, and where a handshake failed before a certificate was presented.
    pub(super) fn new(checked: &'a Checked) -> Option<Self> {
        let trace = &checked.trace;
        let (session, presented) = (trace.session.as_ref(), trace.presented.as_ref());
        (session.is_some() || presented.is_some()).then_some(Self { session, presented })
    }

    /// The end of the path, unless the certificates were refused.
    fn end(&self) -> Option<&'a PathEnd> {
        match self.presented {
            Some(presented) => presented.path_end.as_ref(),
            None => self.session?.path_end.as_ref(),
        }
    }
}

impl Serialize for JsonTls<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (session, presented) = (self.session, self.presented);
        let chain = presented.map(|presented| presented.chain.iter());
        let chain = chain.map(|chain| chain.map(|der| CertificateFacts::read(der)));
        let chain: Option<Vec<_>> = chain.map(|chain| chain.map(JsonCertificate).collect());
        let own = chain.as_deref().and_then(<[_]>::first);
        let not_after = match session {
            Some(session) => session.not_after,
            None => own.and_then(|own| own.0.not_after),
        };
        let version = presented.and_then(|presented| presented.version);
        let cipher = presented.and_then(|presented| presented.cipher);
        let mut tls = serializer.serialize_struct("Session", 7)?;
        tls.serialize_field("version", &session.map(|it| it.version).or(version))?;
        tls.serialize_field("cipher", &session.map(|it| it.cipher).or(cipher))?;
        tls.serialize_field("not_after", &not_after.and_then(rfc3339::format_seconds))?;
        let is_verified = presented.and_then(|presented| presented.is_verified);
        tls.serialize_field("verified", &is_verified)?;
        let alpn = presented.and_then(|presented| presented.alpn.as_deref());
        tls.serialize_field("alpn", &alpn.map(field::sanitize_all))?;
        let ends = self.end().and_then(|end| rfc3339::format_seconds(end.at));
        tls.serialize_field("ends", &ends)?;
        tls.serialize_field("chain", &chain.unwrap_or_default())?;
        tls.end()
    }
}

impl Serialize for JsonCertificate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let facts = &self.0;
        let text = |text: &Option<String>| text.as_ref().map(harmless);
        let names: Vec<_> = facts.names.iter().map(harmless).collect();
        let time = |time: Option<_>| time.and_then(rfc3339::format_seconds);
        let mut certificate = serializer.serialize_struct("Certificate", 9)?;
        certificate.serialize_field("subject", &text(&facts.subject))?;
        certificate.serialize_field("issuer", &text(&facts.issuer))?;
        certificate.serialize_field("names", &names)?;
        certificate.serialize_field("serial", &text(&facts.serial))?;
        certificate.serialize_field("not_before", &time(facts.not_before))?;
        certificate.serialize_field("not_after", &time(facts.not_after))?;
        certificate.serialize_field("key", &text(&facts.key))?;
        certificate.serialize_field("signature", &text(&facts.signature))?;
        certificate.serialize_field("sha256", &facts.sha256)?;
        certificate.end()
    }
}

fn harmless(text: &String) -> String {
    field::sanitize_all(text.as_bytes())
}
