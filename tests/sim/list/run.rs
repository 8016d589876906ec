//! A run, from its first line to its end.

use super::inner::Inner;
use super::machine::Machine;
use super::plan::Plan;
use check_tcp::internal::batch::{EventLoop, StopReason, UnfinishedRun};
use check_tcp::internal::engine::Admission;
use check_tcp::internal::engine::{Engine, Limits, LookupLimits};
use check_tcp::internal::record::Record;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

/// The result of a run.
pub struct Run {
    pub end: StopReason,
    /// The rest, where it was broken off.
    pub left: Option<UnfinishedRun>,
    /// The records handed over, by the number of the line, from 0.
    pub records: BTreeMap<usize, Record>,
    /// Number of lines that could be read.
    pub readable: usize,
    /// Number of records written in the end.
    pub written: usize,
    /// Time to the last verdict.
    pub took: Duration,
    /// The first start of each line that was begun.
    pub starts: BTreeMap<usize, Duration>,
}

/// Runs a list to its end. Along the way the machine asserts that no more is in flight, open or
/// being looked up than may be, that nothing begins before its time, and that nobody is stepped for
/// another's event.
pub fn run(plan: Plan) -> Run {
    let limits = Limits {
        sockets: plan.sockets,
        lookups: LookupLimits {
            places: plan.lookups,
            threads: 2 * plan.lookups,
        },
    };
    let admission = Admission::new(plan.parallel, plan.rate);
    let machine = Machine(Rc::new(RefCell::new(Inner::new(plan))));
    let engine = Engine::new(machine.clone(), limits);
    let mut event_loop = EventLoop::new(engine, admission, machine.clone());
    let end = event_loop.run();
    let took = machine.0.borrow().now;
    let left = match &end {
        StopReason::Interrupted => Some(event_loop.interrupt()),
        _ => None,
    };
    drop(event_loop);
    let mut inner = machine.0.borrow_mut();
    while !inner.is_written() {
        inner.sleep(Duration::from_secs(60));
    }
    let mut records = BTreeMap::new();
    for record in std::mem::take(&mut inner.handed) {
        let number = record.label.line.expect("a line") as usize - 1;
        let before = records.insert(number, record);
        assert!(before.is_none(), "line {number} has two verdicts");
    }
    Run {
        end,
        left,
        records,
        readable: inner.readable(),
        written: inner.written,
        took,
        starts: inner.starts(),
    }
}
