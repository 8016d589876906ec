use super::*;
use std::collections::HashSet;

#[test]
fn every_flag_of_the_contract_is_there_in_its_order() {
    let names: Vec<_> = FLAGS.iter().map(|flag| (flag.long, flag.short)).collect();
    let wanted = [
        ("hostname", Some('H')),
        ("port", Some('p')),
        ("unix-sock", Some('U')),
        ("service", None),
        ("use-ipv4", Some('4')),
        ("use-ipv6", Some('6')),
        ("send", Some('s')),
        ("expect-pattern", Some('e')),
        ("quit", Some('q')),
        ("escape", Some('E')),
        ("delay", Some('d')),
        ("maxbytes", Some('m')),
        ("idle", None),
        ("step", None),
        ("steps", None),
        ("ssl", Some('S')),
        ("starttls", None),
        ("sni", None),
        ("no-check-certificate", None),
        ("ca-file", None),
        ("expiry", None),
        ("fingerprint", None),
        ("client-cert", None),
        ("client-key", None),
        ("tls-min", None),
        ("tls-max", None),
        ("alpn", None),
        ("timeout", Some('t')),
        ("warning", Some('w')),
        ("critical", Some('c')),
        ("error-warning", Some('W')),
        ("expect-closed", Some('C')),
        ("status-as", None),
        ("targets", Some('f')),
        ("parallel", None),
        ("lookups", None),
        ("rate", None),
        ("shard", None),
        ("summary", None),
        ("summary-bytes", None),
        ("no-progress", None),
        ("name", None),
        ("perfdata", None),
        ("format", None),
        ("output", None),
        ("quiet", None),
        ("generate", None),
        ("help", Some('h')),
        ("version", Some('V')),
    ];
    assert_eq!(names, wanted);
}

#[test]
fn options_of_the_run_and_the_single_target_have_their_scope() {
    let of = |scope| -> Vec<_> {
        let flags = FLAGS.iter().filter(|flag| flag.scope == scope);
        flags.map(|flag| flag.long).collect()
    };
    let run = "targets parallel lookups rate shard summary summary-bytes no-progress format output \
               quiet generate help version";
    assert_eq!(of(Scope::Run).join(" "), run);
    assert_eq!(of(Scope::Target), ["hostname", "unix-sock"]);
}

#[test]
fn each_flag_stands_at_the_index_of_its_id() {
    for (index, flag) in FLAGS.iter().enumerate() {
        assert_eq!(flag.id as usize, index, "--{}", flag.long);
    }
}

#[test]
fn no_two_flags_share_a_name() {
    let names = FLAGS.iter().map(|flag| flag.long.to_owned());
    let shorts = FLAGS.iter().filter_map(|flag| flag.short).map(String::from);
    let names: Vec<_> = names.chain(shorts).collect();
    assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
}
