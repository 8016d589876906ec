//! Whatever befalls a probe in whatever state, alone and beside others: it ends as the contract
//! says, where it says, and to the tick.

use crate::case::together;
use crate::crossing::story::Story;
use crate::crossing::{Cell, proof};
use crate::rng::{Rng, each_seed};
use crate::run::Run;
use std::cell::RefCell;
use std::time::Duration;

/// In one round of the cells in so many each also runs alone, to be compared.
const ROUNDS: usize = 4;

/// The probes of a list begin within this time of each other.
const SPREAD: Duration = Duration::from_secs(2);

#[test]
fn every_fault_in_every_state_ends_as_the_contract_says_alone_and_in_a_list() {
    let cells = Cell::possible();
    // How often each was met in a list, and alone.
    let met = RefCell::new(vec![(0, 0); cells.len()]);
    each_seed(10_000, |seed| {
        let mut rng = Rng::new(seed);
        let turn = seed as usize % cells.len();
        let [left, right] = [(); 2].map(|()| neighbour(&cells, &mut rng));
        let stories = [cells[turn], left, right].map(|cell| Story::of(cell, seed));
        let cases = stories.each_ref().map(|story| story.case.clone());
        let runs = together(cases.into(), SPREAD, &mut rng);
        for (story, run) in stories.iter().zip(&runs) {
            proof::holds(story, run);
        }
        let (listed, alone) = &mut met.borrow_mut()[turn];
        *listed += 1;
        if (seed as usize / cells.len()).is_multiple_of(ROUNDS) {
            *alone += 1;
            let run = stories[0].case.clone().run();
            proof::holds(&stories[0], &run);
            is_the_same(&run, &runs[0]);
        }
    });
    let met = met.into_inner();
    let seeds: usize = met.iter().map(|(listed, _)| listed).sum();
    if seeds >= cells.len() * ROUNDS {
        for (cell, (listed, alone)) in cells.iter().zip(met) {
            assert!(listed > 0 && alone > 0, "{cell:?} was never met");
        }
    }
}

#[test]
fn of_the_182_cells_114_can_be() {
    assert_eq!(Cell::all().count(), 7 * 13 * 2);
    assert_eq!(Cell::possible().len(), 114);
}

/// Any cell, but mostly one in the clear: a handshake costs as much as ten probes.
fn neighbour(cells: &[Cell], rng: &mut Rng) -> Cell {
    loop {
        let cell = *rng.pick(cells);
        if !cell.tls || rng.one_in(8) {
            return cell;
        }
    }
}

/// Neighbours change nothing: not the outcome, not a step, not what was asked of the world or when.
fn is_the_same(alone: &Run, listed: &Run) {
    assert_eq!(alone.told(), listed.told());
    assert_eq!(alone.tally, listed.tally);
    assert_eq!(
        (alone.status, alone.trace.phases),
        (listed.status, listed.trace.phases)
    );
    let (alone, listed) = (&alone.world.log, &listed.world.log);
    assert_eq!(alone.reads, listed.reads);
    assert_eq!(alone.begun, listed.begun);
    assert_eq!(alone.abandoned, listed.abandoned);
    assert_eq!(
        (alone.calls, alone.sent.len()),
        (listed.calls, listed.sent.len())
    );
    assert_eq!(alone.last_write, listed.last_write);
}
