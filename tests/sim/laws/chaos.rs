//! Whatever the world does: what holds in every run of any case, beyond what the driver asserts.

use crate::any;
use crate::printed;
use crate::rng::each_seed;
use crate::run::{LEAVE, Verdict};
use check_tcp::expect::Pattern;
use check_tcp::outcome::Success;
use std::time::Duration;

#[test]
fn whatever_happens_a_probe_ends_in_time_and_keeps_to_what_was_asked() {
    each_seed(10_000, |seed| {
        let case = any::case(seed);
        let (check, _) = case.asks();
        let exact = case.is_exact();
        let run = case.nudged(seed).run();
        let log = &run.world.log;

        let asked = [check.send.clone(), check.quit.clone()].concat();
        if check.tls.is_none() {
            assert!(asked.starts_with(&log.sent), "{}", run.told());
        }
        let amid = run.verdict() == Verdict::Open;
        if amid && check.expect.as_ref().is_some_and(Pattern::is_anchored) {
            assert!(check.send.starts_with(run.world.heard()), "{}", run.told());
        }
        if check.expect_closed {
            assert_eq!(log.sent.len(), 0, "{}", run.told());
        }
        assert_eq!(
            check.expect_closed && run.outcome.is_ok(),
            matches!(run.outcome, Ok(Success::PortOpen))
        );
        if let Ok(Success::Completed { elapsed, .. }) = run.outcome
            && exact
            && run.world.heard() == asked
        {
            let leave = if check.tls.is_some() {
                LEAVE
            } else {
                Duration::ZERO
            };
            let elapsed = elapsed + run.pause_apart();
            assert!(run.at <= elapsed + leave, "{}", run.told());
            let said = check.quit.is_empty() || elapsed == log.last_heard;
            assert!(said, "the wait is no response time: {}", run.told());
        }
        if check.expect.is_none() {
            assert_eq!(run.reply(), None);
        }
        if let (Some(max), Some(reply)) = (check.max_bytes, run.reply()) {
            assert!(reply.total() <= max.get());
        }
        printed::holds(&run);
    });
}
