//! The plan of a run: all that it will meet.

use crate::any;
use crate::case::Case;
use crate::crossing::Cell;
use crate::crossing::story::Story;
use crate::rng::Rng;
use std::time::Duration;

/// A list and a machine before their first moment.
pub struct Plan {
    pub lines: Vec<Line>,
    pub parallel: usize,
    pub rate: Option<f64>,
    /// Most sockets at a time.
    pub sockets: usize,
    /// Most names looked up at a time, those aside that nobody waits for any more; with them
    /// twice as many.
    pub lookups: usize,
    /// Most records on their way to the writer.
    pub queue: usize,
    /// The longest time of a write.
    pub write: Duration,
    /// Troubles of the machine, and their times.
    pub troubles: Vec<(Duration, Trouble)>,
    /// One wake-up in so many is doubled, and as many are told to slots at random.
    pub spurious: Option<usize>,
    pub seed: u64,
}

/// A line of the list.
pub struct Line {
    /// Its case; `None` for a line that can't be read.
    pub case: Option<Case>,
    /// The time from which it can be read.
    pub at: Duration,
}

/// Troubles of a machine.
#[derive(Clone, Copy, Debug)]
pub enum Trouble {
    /// The process stands still, in its sleep or after so many readings of the clock.
    Stop(Duration, usize),
    /// No socket can be had for so long, for other programs hold all that the system has.
    NoSockets(Duration),
    /// No thread can be had for so long.
    NoThreads(Duration),
    /// The writer is stopped for so long.
    Stuck(Duration),
    /// The wall clock is set back.
    SetBack(Duration),
    /// SIGINT.
    Signal,
    /// The reader of the output goes away.
    Over,
}

impl Line {
    /// One that can be read from the beginning.
    pub fn now(case: Case) -> Self {
        Self {
            case: Some(case),
            at: Duration::ZERO,
        }
    }
}

impl Plan {
    /// These lines on a machine with room for all, where nothing goes wrong.
    pub fn of(lines: Vec<Line>) -> Self {
        Self {
            lines,
            parallel: 512,
            rate: None,
            sockets: 1_000,
            lookups: 64,
            queue: 1_024,
            write: Duration::ZERO,
            troubles: Vec::new(),
            spurious: None,
            seed: 0,
        }
    }

    /// The lines of a seed on a machine that lacks nothing.
    pub fn calm(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let count = 1 + rng.below(8);
        let mut at = Duration::ZERO;
        let lines = (0..count as u64).map(|n| {
            at += match rng.one_in(3) {
                true => rng.duration(Duration::from_millis(800)),
                false => Duration::ZERO,
            };
            let asks = !rng.one_in(12);
            let case = asks.then(|| case(seed.wrapping_mul(64).wrapping_add(n), &mut rng));
            Line { case, at }
        });
        Self {
            lines: lines.collect(),
            parallel: *rng.pick(&[1, 2, 3, 512]),
            rate: *rng.pick(&[None, None, Some(0.7), Some(3.0), Some(40.0), Some(1e6)]),
            sockets: *rng.pick(&[4, 8, 9, 1_000]),
            lookups: *rng.pick(&[1, 2, 64]),
            queue: *rng.pick(&[1, 2, 5, 1_024]),
            write: *rng.pick(&[0, 1, 900].map(Duration::from_millis)),
            troubles: Vec::new(),
            spurious: *rng.pick(&[None, Some(2), Some(5)]),
            seed,
        }
    }

    /// The checks that its lines ask for.
    pub fn cases(&self) -> impl Iterator<Item = &Case> {
        self.lines.iter().filter_map(|line| line.case.as_ref())
    }

    /// The same on a machine that has its troubles.
    pub fn rough(seed: u64) -> Self {
        let mut rng = Rng::new(!seed);
        let troubles = (0..rng.below(5)).map(|_| {
            let at = rng.duration(Duration::from_secs(4));
            let length = rng.duration(Duration::from_secs(20));
            let short = rng.duration(Duration::from_secs(2));
            let trouble = match rng.below(12) {
                0..3 => Trouble::Stop(length, rng.below(3)),
                3 => Trouble::Stop(short, rng.below(30)),
                4..6 => Trouble::NoSockets(short),
                6 => Trouble::NoThreads(short),
                7..9 => Trouble::Stuck(length),
                9 => Trouble::SetBack(length * 1_000),
                10 => Trouble::Signal,
                _ => Trouble::Over,
            };
            (at, trouble)
        });
        Self {
            troubles: troubles.collect(),
            ..Self::calm(seed)
        }
    }
}

/// Any world, or a fault in a state.
fn case(seed: u64, rng: &mut Rng) -> Case {
    if rng.one_in(2) {
        return any::case(seed);
    }
    let cells = Cell::possible();
    Story::of(*rng.pick(&cells), seed).case.plain()
}
