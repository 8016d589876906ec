//! Keys and signatures.

use crate::case::{Case, HOST, LEAF, Serving, leaf};
use crate::case::{Setup, root};
use crate::der::{Certificate, Party, hosts, name};
use crate::foreign::Foreign;
use crate::keys::{Hash, Key};
use support::{TLS12, TLS13};

const PSS: Key = Key::Pss {
    is_restricted: false,
};
const RESTRICTED: Key = Key::Pss {
    is_restricted: true,
};

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    // Issuers: their keys and the hashes that they sign with.
    let hashes = [Hash::Sha256, Hash::Sha384, Hash::Sha512];
    let issuers = [
        ("P-256", Key::P256(1)),
        ("P-384", Key::P384(1)),
        ("P-521", Key::P521(1)),
        ("RSA 2048", Key::Rsa(2048)),
        ("RSA 2048, RSASSA-PSS", Key::RsaSigningPss(2048)),
        ("RSASSA-PSS alone", PSS),
    ];
    for (what, key) in issuers {
        for hash in hashes {
            let root = Party::root("Test Root", key, |it| it.hash = hash);
            let own = root.issue(&leaf().with(|it| it.hash = hash));
            let what = format!("signed by {what} with {hash:?}");
            cases.push(Case::new(what, &root, &[&own]));
        }
    }
    for (what, key) in [
        ("Ed25519", Key::Ed25519(1)),
        ("RSA 3072", Key::Rsa(3072)),
        ("RSA 4096", Key::Rsa(4096)),
        ("RSASSA-PSS restricted to SHA-256", RESTRICTED),
    ] {
        let root = Party::root("Test Root", key, |_| ());
        let own = root.issue(&leaf());
        cases.push(Case::new(format!("signed by {what}"), &root, &[&own]));
    }
    let sha1 = Party::root("Test Root", Key::P256(1), |it| it.hash = Hash::Sha1);
    let own = sha1.issue(&leaf());
    cases.push(Case::new(
        "the root signed by P-256 with SHA-1",
        &sha1,
        &[&own],
    ));
    let own = sha1.issue(&leaf().with(|it| it.hash = Hash::Sha1));
    cases.push(Case::new(
        "the server's signed by P-256 with SHA-1",
        &sha1,
        &[&own],
    ));
    let issuer = root().authority("Test Issuer", Key::P256(2), |it| it.hash = Hash::Sha1);
    let own = issuer.issue(&leaf());
    cases.push(Case::new(
        "an intermediate signed by P-256 with SHA-1",
        &root(),
        &[&own, &issuer.der],
    ));
    cases.extend(signed());
    // Servers.
    for (version, setting) in [("1.2", TLS12), ("1.3", TLS13)] {
        for (what, key) in [
            ("P-256", LEAF),
            ("P-384", Key::P384(9)),
            ("P-521", Key::P521(9)),
            ("Ed25519", Key::Ed25519(9)),
            ("RSA 2048", Key::Rsa(2048)),
            ("RSA 3072", Key::Rsa(3072)),
            ("RSA 4096", Key::Rsa(4096)),
        ] {
            cases.push(served(what, key, version, setting));
        }
    }
    cases.push(served("RSASSA-PSS alone", PSS, "1.3", TLS13));
    cases.push(served(
        "RSASSA-PSS restricted to SHA-256",
        RESTRICTED,
        "1.3",
        TLS13,
    ));
    for (what, key, certificate) in [
        ("RSA 1024", "rsa:1024", ""),
        (
            "RSA 2048 with the exponent 3",
            "rsa:2048 -pkeyopt rsa_keygen_pubexp:3",
            "",
        ),
        ("RSA 2048, signed by itself with SHA-1", "rsa:2048", "-sha1"),
        ("RSA 2048, signed by itself with MD5", "rsa:2048", "-md5"),
        (
            "RSASSA-PSS alone, over TLS 1.2",
            "rsa-pss -pkeyopt rsa_keygen_bits:2048",
            "",
        ),
        ("Ed448", "ed448", ""),
        ("secp256k1", "ec -pkeyopt ec_paramgen_curve:secp256k1", ""),
        (
            "brainpoolP256r1",
            "ec -pkeyopt ec_paramgen_curve:brainpoolP256r1",
            "",
        ),
        ("P-224", "ec -pkeyopt ec_paramgen_curve:P-224", ""),
        (
            "P-256 with its parameters spelt out",
            "ec -pkeyopt ec_paramgen_curve:P-256 -pkeyopt ec_param_enc:explicit",
            "",
        ),
    ] {
        let server = match what.contains("TLS 1.2") {
            true => "-tls1_2 -cipher DEFAULT@SECLEVEL=0",
            false => "-cipher DEFAULT@SECLEVEL=0",
        };
        let serving = Serving::Foreign(Foreign {
            key,
            certificate,
            server,
        });
        cases.push(Case::of(format!("server's key: {what}"), &root(), serving));
    }
    cases
}

/// What ring does not sign: certificates of the key of 3,072 bits below the root of 2,048, which `openssl
/// ca` has signed with `-md` or `-sigopt`.
fn signed() -> Vec<Case> {
    let file = |name: &str| {
        let directory = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/signed");
        let text = std::fs::read(format!("{directory}/{name}.pem")).expect("a file");
        pem::parse(text).expect("PEM").into_contents()
    };
    let root = Party::root("Test Root", Key::Rsa(2048), |_| ());
    let mut cases = Vec::new();
    for (what, own) in [
        ("RSASSA-PSS with a salt of 20 bytes", "pss-salt-20"),
        ("RSASSA-PSS with the longest salt", "pss-salt-max"),
        ("RSA with SHA-224", "sha224"),
    ] {
        let case = Case::new(format!("signed by {what}"), &root, &[&file(own)]);
        cases.push(case.keyed(Key::Rsa(3072)));
    }
    for (what, issuer) in [
        ("RSASSA-PSS with the longest salt", "issuer-pss-salt-max"),
        ("RSA with SHA-224", "issuer-sha224"),
    ] {
        let issuer = Party {
            name: name("Test Issuer"),
            key: Key::Rsa(3072),
            der: file(issuer),
        };
        let own = issuer.issue(&leaf());
        let what = format!("an intermediate signed by {what}");
        cases.push(Case::new(what, &root, &[&own, &issuer.der]));
    }
    cases
}

fn served(
    what: &str,
    key: Key,
    version: &str,
    setting: &'static rustls::SupportedProtocolVersion,
) -> Case {
    let root = root();
    let own = Certificate::new("server", key).with(|it| it.extensions = vec![hosts(&[HOST])]);
    Case::new(
        format!("server's key: {what}, over TLS {version}"),
        &root,
        &[&root.issue(&own)],
    )
    .keyed(key)
    .set_up(Setup {
        version: Some(setting),
        ..Setup::default()
    })
}
