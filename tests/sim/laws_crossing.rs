//! Whatever befalls a probe in whatever state, alone and beside others: it ends as the contract says,
//! where it says, and to the tick.

use crate::case::together;
use crate::crossing::story::Story;
use crate::crossing::{Cell, proof};
use crate::rng::{Rng, each_seed};
use crate::run::Run;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

/// How many stand in a list.
const LISTED: usize = 3;

/// The probes of a list begin within this time of each other.
const SPREAD: Duration = Duration::from_secs(2);

#[test]
fn every_fault_in_every_state_ends_as_the_contract_says_alone_and_in_a_list() {
    let cells = Cell::possible();
    let met = RefCell::new(BTreeMap::<usize, [usize; 2]>::new());
    each_seed(10_000, |seed| {
        let mut rng = Rng::new(seed);
        let turn = seed as usize % cells.len();
        let neighbours = (1..LISTED).map(|_| neighbour(&cells, &mut rng));
        let listed: Vec<usize> = [turn].into_iter().chain(neighbours).collect();
        let stories: Vec<Story> = (0..)
            .zip(&listed)
            .map(|(place, &cell)| Story::of(cells[cell], seed * LISTED as u64 + place))
            .collect();

        let alone = stories[0].case.clone().run();
        proof::holds(&stories[0], &alone);
        let cases = stories.iter().map(|story| story.case.clone()).collect();
        let runs = together(cases, SPREAD, &mut rng);
        for (story, run) in stories.iter().zip(&runs) {
            proof::holds(story, run);
        }
        is_the_same(&alone, &runs[0]);

        let mut met = met.borrow_mut();
        met.entry(turn).or_default()[0] += 1;
        for cell in listed {
            met.entry(cell).or_default()[1] += 1;
        }
    });
    let met = met.into_inner();
    let seeds: usize = met.values().map(|[alone, _]| alone).sum();
    if seeds >= cells.len() {
        for (number, cell) in cells.iter().enumerate() {
            let is_met = met
                .get(&number)
                .is_some_and(|&[alone, listed]| alone > 0 && listed > 0);
            assert!(is_met, "{cell:?} was never met");
        }
    }
}

#[test]
fn of_the_182_cells_114_can_be() {
    assert_eq!(Cell::all().count(), 7 * 13 * 2);
    assert_eq!(Cell::possible().len(), 114);
}

/// Any cell, but mostly one in the clear: a handshake costs as much as ten probes.
fn neighbour(cells: &[Cell], rng: &mut Rng) -> usize {
    loop {
        let number = rng.below(cells.len());
        if !cells[number].tls || rng.one_in(4) {
            return number;
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
