//! The laws of every run and of its output.

use crate::decode::{Exchange, SEND};
use crate::drive::Run;
use crate::oracle::{self, Said};
use crate::wire::KEPT;
use check_tcp::check::Check;
use check_tcp::expect::Pattern;
use check_tcp::internal::record::{Event, Label, Record};
use check_tcp::internal::report::{Format, Judged, OutputOptions, RunEnd, renderer};
use check_tcp::outcome::{
    AttemptOutcome, Cause, FailedAttempt, Failure, Reply, Success, final_phase, response_time,
};
use check_tcp::phase::Phase;
use check_tcp::status::Status;
use check_tcp::verdict::{Reason, Verdict, judge};
use check_tcp::{MAX_LINE_CHARS, check_line};
use check_tcp_fuzz::printed::{is_printable, one_line, rendered};
use serde_json::Value;
use std::time::Duration;

/// The number of reads that a probe may begin at its deadline: a step that was under way, one that
/// was due, and the farewell.
const READS: u32 = 64 + 64 + 256;

/// The number of addresses of a name that are tried.
const TRIED: usize = 8;

/// The number of reads that closing may take to drain unread bytes.
const DRAIN: u64 = 256;

/// The facts are those of the script.
pub fn hold(exchange: &Exchange, run: &Run) {
    in_time(exchange, run);
    nothing_but_what_was_asked(exchange, run);
    only_what_was_connected(exchange, run);
    let reply = reply(run);
    let check = &exchange.check;
    if let Some(reply) = reply {
        only_what_was_said(exchange, run, reply);
    }
    if let Ok(Success::Completed { reply, .. }) = &run.outcome {
        assert_eq!(reply.is_some(), check.expect.is_some());
    }
    the_trace_is_whole(exchange, run);
}

/// Steps that nobody needed made no difference.
pub fn agree(one: &Run, other: &Run) {
    let told = |run: &Run| (run.at, judge(run), final_phase(&run.outcome));
    assert_eq!(
        told(one),
        told(other),
        "{:?} and {:?}",
        one.outcome,
        other.outcome
    );
}

/// Whatever is said of it is one printable line.
pub fn tell(exchange: &Exchange, run: Run) {
    let check = &exchange.check;
    let verdict = judge(&run);
    let Verdict { reason, status } = verdict;
    let total = reply(&run).map(Reply::total);
    let timed = response_time(&run.outcome).is_some() && check.perfdata;
    let phase = final_phase(&run.outcome);
    let line = check_line(&run, verdict);
    let record = Record {
        label: Label {
            line: Some(1),
            target: exchange.target.as_written().to_string_lossy().into(),
            name: None,
        },
        event: Event::Checked(Box::new(run.checked)),
    };
    let record = &record;
    let judged = Judged { record, verdict };
    one_line(&line);
    assert!(line.chars().count() <= MAX_LINE_CHARS, "{line}");
    assert_eq!(line.matches('|').count(), usize::from(timed), "{line}");
    assert!(line.contains(&format!(" {}: ", status.word())), "{line}");

    let object = rendered(&judged, Format::Json);
    one_line(&object);
    let value: Value = serde_json::from_str(&object).expect("one JSON object");
    assert_eq!(value["status"], status.word());
    assert_eq!(value["code"], status.code());
    assert_eq!(value["reason"], reason.word());
    assert_eq!(value["phase"], phase.word());
    if let Some(total) = total {
        assert_eq!(value["bytes"], total);
    }
    let message = value["message"].as_str().expect("a message");
    let service = value["service"].as_str().expect("a service");
    let bare = format!("{service} {}: {message}\n", status.word());
    if !timed {
        assert_eq!(line, bare);
    }
    for sample in rendered(&judged, Format::Prometheus).lines() {
        assert!(sample.chars().all(is_printable), "{sample}");
        let (name, value) = sample.rsplit_once(' ').expect("a value");
        assert!(sample.starts_with('#') || value.parse::<f64>().is_ok() && !name.is_empty());
    }
    let labelled = rendered(&judged, Format::Text);
    let (label, labelled) = labelled.split_once('\t').expect("a label");
    assert_eq!(labelled, line);
    assert!(label.chars().all(is_printable) && label.chars().count() <= 256);
    let summary = summarize(&judged);
    match status {
        Status::Ok => assert_eq!(summary.lines().count(), 1, "{summary}"),
        _ => assert!(
            summary.ends_with(&format!("\n{label}\t{bare}")),
            "{summary}"
        ),
    }
}

fn summarize(judged: &Judged<'_>) -> String {
    let mut summary = renderer(&OutputOptions {
        summary: true,
        ..OutputOptions::default()
    });
    let mut out = Vec::new();
    summary.render_record(judged, &mut out);
    summary.render_end(RunEnd::COMPLETE, &mut out);
    String::from_utf8(out).expect("text")
}

fn in_time(exchange: &Exchange, run: &Run) {
    let latest = run.limit.max(run.jumped);
    let slack = exchange.script.weather.cost * READS;
    assert!(
        run.at <= latest + slack,
        "ended at {:?}, not {latest:?}",
        run.at
    );
    if let Some(elapsed) = response_time(&run.outcome) {
        assert!(elapsed <= run.at);
    }
    match run.outcome.as_ref().err().map(|failure| &failure.cause) {
        Some(Cause::TimedOut | Cause::Unexpected { open: true, .. }) => {
            assert!(run.at >= run.limit, "timed out at {:?}", run.at);
        }
        Some(Cause::Interrupted) => assert!(exchange.interrupt.is_some_and(|at| at <= run.at)),
        Some(Cause::Ended | Cause::Engine(_)) => panic!("{:?}", run.outcome),
        _ => {}
    }
}

fn nothing_but_what_was_asked(exchange: &Exchange, run: &Run) {
    let (check, log) = (&exchange.check, &run.wire.world.log);
    let asked = match goes_on(check, run) {
        true => check.send.clone(),
        false => exchange.asked(),
    };
    if check.expect_closed {
        assert!(
            log.sent.is_empty(),
            "sent, where only the port was in question"
        );
    } else if check.tls.is_none() {
        assert!(asked.starts_with(&log.sent));
        if check.expect.is_none() && run.outcome.is_ok() {
            assert_eq!(log.sent, asked);
        }
    } else {
        let in_the_clear = log.sent.windows(SEND.len()).any(|bytes| bytes == SEND);
        assert!(!in_the_clear, "sent in the clear");
        if exchange.script.tls {
            assert!(asked.starts_with(run.wire.world.heard()));
        }
    }
    assert!(run.wire.family.is_none_or(|family| family == check.family));
    let named = log.question.is_some();
    assert!(!named || log.begun.len() <= TRIED, "{:?}", log.begun);
    for address in log.begun.iter().filter_map(|(_, address)| *address) {
        assert!(check.family.has(&address), "{address} was tried");
    }
}

/// The deadline came in the middle of what may be a good reply: no word is due there.
fn goes_on(check: &Check, run: &Run) -> bool {
    let cause = run.outcome.as_ref().err().map(|failure| &failure.cause);
    let open = matches!(cause, Some(Cause::Unexpected { open: true, .. }));
    open && check.expect.as_ref().is_some_and(Pattern::is_anchored)
}

fn only_what_was_connected(exchange: &Exchange, run: &Run) {
    let check = &exchange.check;
    let up = run.wire.world.peer().is_some();
    match &run.outcome {
        Ok(Success::PortOpen) => assert!(check.expect_closed),
        Ok(Success::Completed { .. }) => assert!(up && !check.expect_closed),
        Err(failure) => {
            let idle = matches!(failure.phase, Phase::Delay | Phase::Done);
            assert!(!idle || run.is_interrupted(), "{failure:?}");
            match &failure.cause {
                Cause::Unconnected(tried) => assert!(!up && !tried.is_empty()),
                Cause::Lookup(_) | Cause::NoAddress(_) => assert!(!up),
                Cause::Closed | Cause::Unexpected { .. } => assert!(up),
                Cause::Tls(_) => assert!(up && check.tls.is_some()),
                Cause::Io(e) => assert!(e.raw_os_error().is_some(), "not of this world: {e}"),
                _ => {}
            }
            if judge(run).reason == Reason::Ok {
                assert!(
                    !up && tried(failure)
                        .all(|tried| !matches!(tried.outcome, AttemptOutcome::Untried))
                );
            }
        }
    }
    if check.tls.is_some() && !check.expect_closed && (run.outcome.is_ok() || reply(run).is_some())
    {
        assert!(
            exchange.script.tls && !exchange.verified,
            "{:?}",
            run.outcome
        );
        let session = run.trace.session.as_ref().expect("a session");
        let version = if exchange.script.old {
            "TLSv1.2"
        } else {
            "TLSv1.3"
        };
        assert_eq!(session.version, version);
    }
    let unread = run.wire.world.unread();
    let drained = run.wire.world.log.reads.len() as u64 >= DRAIN;
    let parted = !run.is_interrupted();
    assert!(
        unread == 0 || drained || !parted,
        "{unread} bytes were left unread"
    );
}

fn only_what_was_said(exchange: &Exchange, run: &Run, reply: &Reply) {
    let check = &exchange.check;
    let total = reply.total();
    assert!(total > 0 || run.outcome.is_ok(), "nothing is no mismatch");
    assert!(
        check.max_bytes.is_none_or(|max| total <= max.get()),
        "{total} bytes"
    );
    let kept = usize::try_from(total)
        .unwrap_or(usize::MAX)
        .min(Reply::KEPT);
    assert_eq!(reply.kept().len(), kept);
    let said = Said::of(exchange, &run.wire);
    assert_eq!(said.first(kept as u64).as_deref(), Some(reply.kept()));
    if check.tls.is_none() {
        read_no_further(run, total);
    }
    let Some(whole) = said.first(total) else {
        assert!(
            check.tls.is_none() && total > KEPT as u64,
            "more than was said"
        );
        return;
    };
    let pattern = check.expect.as_ref().expect("a pattern");
    assert_eq!(oracle::matches(pattern, &whole), run.outcome.is_ok());
}

/// Behind the byte that decided nothing was read before the last of ours was sent.
fn read_no_further(run: &Run, total: u64) {
    let log = &run.wire.world.log;
    let mut read = 0;
    for &(sent, length) in log.reads.iter().filter(|(_, length)| *length > 0) {
        if read >= total {
            assert_eq!(sent, log.sent.len(), "read on behind {total} bytes");
        }
        read += length as u64;
        assert!(
            read <= total || read - length as u64 >= total,
            "read over {total} bytes"
        );
    }
}

fn the_trace_is_whole(exchange: &Exchange, run: &Run) {
    let trace = &run.trace;
    assert_eq!(trace.total, run.at);
    let kept = run.wire.world.log.kept;
    assert_eq!(trace.peer, kept.or(trace.peer));
    let phases = trace.phases;
    let parts = [
        phases.resolve,
        phases.connect,
        phases.tls,
        phases.first_byte,
    ];
    let sum: Duration = parts.into_iter().flatten().sum();
    assert!(sum <= run.at, "{sum:?} of {:?}", run.at);
    let came = reply(run).is_some_and(|reply| reply.total() > 0);
    assert!(!came || phases.first_byte.is_some());
    assert!(phases.tls.is_none() || exchange.check.tls.is_some() && trace.session.is_some());
}

fn reply(run: &Run) -> Option<&Reply> {
    match &run.outcome {
        Ok(Success::Completed { reply, .. }) => reply.as_ref(),
        Ok(Success::PortOpen) => None,
        Err(failure) => match &failure.cause {
            Cause::Unexpected { reply, .. } => Some(reply),
            _ => None,
        },
    }
}

fn tried(failure: &Failure) -> impl Iterator<Item = &FailedAttempt> {
    let tried = match &failure.cause {
        Cause::Unconnected(tried) => tried.as_slice(),
        _ => &[],
    };
    tried.iter()
}
