//! Stepping once too often is harmless.

use crate::any;
use crate::rng::each_seed;
use check_tcp::outcome::Cause;

#[test]
fn steps_that_nobody_needed_change_nothing() {
    each_seed(250, |seed| {
        if !any::case(seed).is_exact() {
            return; // Every read costs time there, one too many as well.
        }
        let needed = any::case(seed).run();
        let more = any::case(seed).nudged(seed).run();
        assert_eq!((needed.verdict(), needed.at), (more.verdict(), more.at));
        if needed.tally.yields == 0 {
            // Else a step takes in what would have been left to the next.
            assert_eq!(needed.told(), more.told());
            assert_eq!(needed.world.log.reads, more.world.log.reads);
        }
        assert!(more.tally.steps >= needed.tally.steps);
    });
}

#[test]
fn a_seed_decides_everything() {
    each_seed(60, |seed| {
        let once = any::case(seed).run();
        let again = any::case(seed).run();
        assert_eq!(once.told(), again.told());
        assert_eq!(once.world.log.reads, again.world.log.reads);
        assert_eq!(once.world.log.calls, again.world.log.calls);
        assert_eq!(once.tally.steps, again.tally.steps);
    });
}

#[test]
fn a_probe_that_has_ended_says_so_and_nothing_worse() {
    each_seed(60, |seed| {
        let outcome = any::case(seed).outlive();
        let ended = outcome.is_err_and(|failure| matches!(failure.cause, Cause::Ended));
        assert!(ended);
    });
}
