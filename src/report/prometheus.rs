//! `--format prometheus`: the text exposition format, at the end of the run, since all samples of a
//! family stand together. Until then a target takes some 130 bytes. Names are those of
//! blackbox_exporter where it has one.
//!
//! <https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format>

mod labels;

use super::{Judged, Renderer, RunEnd, empty_list, field, judge_record};
use crate::outcome::{PhaseDurations, final_phase};
use crate::phase::Phase;
use crate::reason::Reason;
use crate::record::{Checked, Event};
use crate::status::{Status, StatusCounts};
use crate::tls::CertificateFacts;
use labels::{certificate_labels, label, push_labels};
use std::fmt::{Display, Write};
use std::mem;
use std::num::NonZeroU64;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Bytes of text from which on the rest is left to the next call.
const CHUNK_BYTES: usize = 64 * 1024;

/// Keeps what the records of a run come to.
#[derive(Default)]
pub(super) struct PrometheusRenderer {
    /// Name of the run.
    name: String,
    rows: Vec<Row>,
    /// The labels of all rows, in their order.
    labels: String,
    counts: StatusCounts,
    next: Position,
}

/// The next sample: of a family, of a row. `label` is where its labels begin.
#[derive(Clone, Copy, Default)]
struct Position {
    family: usize,
    row: usize,
    label: usize,
}

/// The values of a record.
struct Row {
    /// The length of its labels in bytes.
    labels: u32,
    /// The length of those of its certificate, which follow.
    certificate: u32,
    status: Status,
    reason: Reason,
    phase: Option<Phase>,
    ip_protocol: Option<u8>,
    tls_version: Option<&'static str>,
    elapsed: Option<Nanos>,
    phases: [Option<Nanos>; 4],
    certificate_end: Option<i64>,
}

/// A duration in nanoseconds, which an `Option` makes no longer.
#[derive(Clone, Copy)]
struct Nanos(NonZeroU64);

/// A metric family of the targets.
struct Family {
    name: &'static str,
    help: &'static str,
    /// Adds the samples of a row.
    samples: fn(&Row, &mut Samples<'_>),
}

/// Takes the samples of one row.
struct Samples<'a> {
    name: &'static str,
    labels: &'a str,
    certificate: &'a str,
    out: &'a mut String,
}

/// The names of [`PhaseDurations`].
const PHASES: [&str; 4] = ["resolve", "connect", "tls", "first_byte"];

static FAMILIES: [Family; 11] = [
    Family {
        name: "probe_success",
        help: "1 if the check is OK, or answered, but late or with a certificate that ends",
        samples: |row, samples| {
            let answered = matches!(row.reason, Reason::Slow | Reason::Expiry);
            let is_success = row.status == Status::Ok || answered;
            samples.add("", u8::from(is_success));
        },
    },
    Family {
        name: "probe_duration_seconds",
        help: "Response time, or where there is none the duration of the check",
        samples: |row, samples| samples.add_seconds("", row.elapsed),
    },
    Family {
        name: "probe_dns_lookup_time_seconds",
        help: "Duration of the lookup of the name",
        samples: |row, samples| {
            let [resolve, ..] = row.phases;
            samples.add_seconds("", resolve);
        },
    },
    Family {
        name: "probe_failed_due_to_regex",
        help: "1 if the reply is not the one that is expected",
        samples: |row, samples| {
            if row.phase.is_some() {
                samples.add("", u8::from(row.reason == Reason::Mismatch));
            }
        },
    },
    Family {
        name: "probe_ip_protocol",
        help: "4 or 6, of the address that was connected to",
        samples: |row, samples| samples.add_some("", row.ip_protocol),
    },
    Family {
        name: "probe_ssl_earliest_cert_expiry",
        help: "End of the certificate path, or else of the server's certificate, in Unix time",
        samples: |row, samples| samples.add_some("", row.certificate_end),
    },
    Family {
        name: "probe_ssl_last_chain_info",
        help: "The server's certificate",
        samples: |_, samples| {
            if !samples.certificate.is_empty() {
                samples.add(samples.certificate, 1);
            }
        },
    },
    Family {
        name: "probe_tls_version_info",
        help: "The version of TLS",
        samples: |row, samples| {
            if let Some(version) = row.tls_version {
                samples.add(&label("version", &version.replace("TLSv", "TLS ")), 1);
            }
        },
    },
    Family {
        name: "check_tcp_status",
        help: "The verdict: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN",
        samples: |row, samples| samples.add("", row.status.code()),
    },
    Family {
        name: "check_tcp_phase_seconds",
        help: "Duration of each part of the check",
        samples: |row, samples| {
            for (name, duration) in PHASES.iter().zip(row.phases) {
                samples.add_seconds(&label("phase", name), duration);
            }
        },
    },
    Family {
        name: "check_tcp_reason_info",
        help: "The reason of the verdict, and the phase that the check ended in",
        samples: |row, samples| {
            let phase = row.phase.map_or("", Phase::word);
            let labels = label("reason", row.reason.word()) + &label("phase", phase);
            samples.add(&labels, 1);
        },
    },
];

impl Renderer for PrometheusRenderer {
    fn render_record(&mut self, judged: &Judged<'_>, _out: &mut Vec<u8>) {
        self.counts.add(judged.verdict.status);
        self.add_row(judged);
    }

    fn render_end(&mut self, end: RunEnd<'_>, out: &mut Vec<u8>) -> bool {
        if self.rows.is_empty() && end.incomplete.is_none() {
            // Nothing was checked, which no series would tell.
            let record = empty_list(mem::take(&mut self.name));
            self.add_row(&judge_record(&record));
        }
        let mut text = String::new();
        while let Some(family) = FAMILIES.get(self.next.family) {
            while let Some(row) = self.rows.get(self.next.row) {
                if text.len() >= CHUNK_BYTES {
                    out.extend_from_slice(text.as_bytes());
                    return true;
                }
                self.push_samples(family, row, &mut text);
                self.next.row += 1;
                self.next.label += row.labels as usize + row.certificate as usize;
            }
            self.next = Position {
                family: self.next.family + 1,
                ..Position::default()
            };
        }
        push_run(self.counts, end, &mut text);
        out.extend_from_slice(text.as_bytes());
        false
    }
}

impl PrometheusRenderer {
    /// A renderer of a run of this name, without a record yet.
    pub(super) fn new(name: String) -> Self {
        Self {
            name,
            ..Self::default()
        }
    }

    fn add_row(&mut self, judged: &Judged<'_>) {
        let checked = match &judged.record.event {
            Event::Checked(checked) => Some(&**checked),
            Event::NotChecked { .. } => None,
        };
        let service = match &judged.record.event {
            Event::Checked(checked) => &checked.check.name,
            Event::NotChecked { error, .. } => &error.name,
        };
        let before = self.labels.len();
        push_labels(&judged.record.label, service, &mut self.labels);
        let labels = self.labels.len() - before;
        let facts = checked.and_then(presented);
        let certificate = facts.as_ref().map(certificate_labels).unwrap_or_default();
        self.labels.push_str(&certificate);
        self.rows.push(Row {
            // Both are bounded by far less.
            labels: u32::try_from(labels).unwrap_or(0),
            certificate: u32::try_from(certificate.len()).unwrap_or(0),
            status: judged.verdict.status,
            reason: judged.verdict.reason,
            phase: checked.map(|checked| final_phase(&checked.outcome)),
            ip_protocol: checked
                .and_then(|checked| checked.trace.peer)
                .map(|peer| if peer.is_ipv6() { 6 } else { 4 }),
            tls_version: checked.and_then(tls_version),
            elapsed: checked.and_then(|checked| Nanos::new(field::elapsed(checked))),
            phases: checked.map_or([None; 4], |checked| phases(checked.trace.phases)),
            certificate_end: checked.and_then(|checked| certificate_end(checked, facts.as_ref())),
        });
    }

    fn push_samples(&self, family: &Family, row: &Row, text: &mut String) {
        let labels = self.labels.get(self.next.label..).unwrap_or_default();
        let (labels, rest) = labels
            .split_at_checked(row.labels as usize)
            .unwrap_or_default();
        let certificate = rest.get(..row.certificate as usize).unwrap_or_default();
        if self.next.row == 0 {
            push_head(family.name, family.help, text);
        }
        let mut samples = Samples {
            name: family.name,
            labels,
            certificate,
            out: text,
        };
        (family.samples)(row, &mut samples);
    }
}

impl Samples<'_> {
    /// Adds a sample with further labels, each with a comma before it.
    fn add(&mut self, more: &str, value: impl Display) {
        let Self { name, labels, .. } = self;
        // Writing to memory does not fail.
        let _ = writeln!(self.out, "{name}{{{labels}{more}}} {value}");
    }

    fn add_some(&mut self, more: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.add(more, value);
        }
    }

    fn add_seconds(&mut self, more: &str, duration: Option<Nanos>) {
        self.add_some(more, duration.map(Nanos::seconds));
    }
}

impl Nanos {
    /// `None` for more than 584 years. Zero is a nanosecond.
    fn new(duration: Duration) -> Option<Self> {
        let nanos = u64::try_from(duration.as_nanos()).ok()?;
        Some(Self(NonZeroU64::new(nanos).unwrap_or(NonZeroU64::MIN)))
    }

    fn seconds(self) -> f64 {
        Duration::from_nanos(self.0.get()).as_secs_f64()
    }
}

/// Appends the families of the run.
fn push_run(counts: StatusCounts, end: RunEnd<'_>, text: &mut String) {
    let family = "check_tcp_targets";
    push_head(family, "Targets by their verdict", text);
    for (status, count) in counts.named() {
        let _ = writeln!(text, "{family}{{status=\"{status}\"}} {count}");
    }
    let finished = end.began.checked_add(end.took).unwrap_or(end.began);
    let finished = finished.duration_since(UNIX_EPOCH).unwrap_or_default();
    for (name, help, value) in [
        (
            "check_tcp_run_seconds",
            "Duration of the run",
            end.took.as_secs_f64(),
        ),
        (
            "check_tcp_last_run_timestamp_seconds",
            "End of the run, in Unix time",
            finished.as_millis() as f64 / 1e3,
        ),
        (
            "check_tcp_run_complete",
            "1 if every target of the list has its verdict",
            f64::from(u8::from(end.incomplete.is_none())),
        ),
    ] {
        push_head(name, help, text);
        let _ = writeln!(text, "{name} {value}");
    }
}

fn push_head(name: &str, help: &str, text: &mut String) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} gauge");
}

/// What the server's certificate says, which was presented.
fn presented(checked: &Checked) -> Option<CertificateFacts> {
    let chain = &checked.trace.presented.as_ref()?.chain;
    Some(CertificateFacts::read(chain.first()?))
}

/// The end of the path, or else of the server's certificate, in Unix time.
fn certificate_end(checked: &Checked, presented: Option<&CertificateFacts>) -> Option<i64> {
    let session = checked.trace.session.as_ref();
    let path_end = session.and_then(|session| session.path_end.as_ref());
    let not_after = || session?.not_after;
    let presented = || presented?.not_after;
    let end: SystemTime = path_end
        .map(|end| end.at)
        .or_else(not_after)
        .or_else(presented)?;
    match end.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).ok(),
        Err(before) => i64::try_from(before.duration().as_secs())
            .ok()
            .map(|it| -it),
    }
}

fn tls_version(checked: &Checked) -> Option<&'static str> {
    let trace = &checked.trace;
    let version = trace.session.as_ref().map(|session| session.version);
    version.or(trace.presented.as_ref()?.version)
}

fn phases(phases: PhaseDurations) -> [Option<Nanos>; 4] {
    let PhaseDurations {
        resolve,
        connect,
        tls,
        first_byte,
    } = phases;
    [resolve, connect, tls, first_byte].map(|duration| Nanos::new(duration?))
}
