//! A case, and how it is run: alone, or beside others on one clock and with one scratch.

use crate::driver::{Driver, Strain};
use crate::rng::Rng;
use crate::run::{DRAIN, Run, TRIED};
use crate::script::Script;
use crate::world::World;
use check_tcp::Checked;
use check_tcp::check::Check;
use check_tcp::internal::state::Scratch;
use check_tcp::outcome::{Cause, Failure, Reply, Success, Trace};
use check_tcp::phase::Phase;
use check_tcp::target::Target;
use check_tcp::verdict;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, UNIX_EPOCH};

/// A probe and its world, before they meet.
#[derive(Clone)]
pub struct Case {
    script: Script,
    target: Target,
    check: Arc<Check>,
    nudges: Option<Rng>,
    strain: Option<Strain>,
    late: Duration,
}

/// A case under way.
struct Lane {
    case: Case,
    driver: Option<Driver>,
    /// Its start on the clock of all.
    begins: Duration,
    run: Option<Run>,
}

/// Runs cases side by side, each from a moment of its own within `spread`: whose turn it is decides
/// the one clock, and chance where two are due at once. The runs are in the order of the cases.
pub fn together(cases: Vec<Case>, spread: Duration, rng: &mut Rng) -> Vec<Run> {
    let mut scratch = Scratch::default();
    let lanes = cases.into_iter();
    let mut lanes: Vec<Lane> = lanes
        .map(|case| Lane::new(case, rng.duration(spread)))
        .collect();
    while let Some(now) = lanes.iter().filter_map(Lane::due).min() {
        let due: Vec<usize> = (0..lanes.len())
            .filter(|&lane| lanes[lane].due() == Some(now))
            .collect();
        lanes[*rng.pick(&due)].go_on(&mut scratch);
    }
    let runs = lanes.into_iter().map(|lane| lane.run);
    runs.map(|run| run.expect("an end")).collect()
}

impl Case {
    /// A check of the name `mail.example`.
    pub fn new(script: Script, check: Check) -> Self {
        let target = Target::Name {
            host: "mail.example".to_owned(),
            port: 25,
        };
        Self {
            script,
            target,
            check: Arc::new(check),
            nudges: None,
            strain: None,
            late: Duration::ZERO,
        }
    }

    /// A check of any target.
    pub fn of(script: Script, target: Target, check: Arc<Check>) -> Self {
        Self {
            target,
            check,
            ..Self::new(script, Check::default())
        }
    }

    /// A check of a Unix socket.
    pub fn socket(script: Script, check: Check) -> Self {
        Self {
            target: Target::Socket("/run/mail".into()),
            ..Self::new(script, check)
        }
    }

    /// A check of a literal address.
    pub fn literal(script: Script, check: Check, address: SocketAddr) -> Self {
        let host = address.ip().to_string();
        Self {
            target: Target::Address { host, address },
            ..Self::new(script, check)
        }
    }

    /// The same, stepped for no reason every now and then: much too early, and several times at one
    /// moment.
    pub fn nudged(self, seed: u64) -> Self {
        Self {
            nudges: Some(Rng::new(!seed)),
            ..self
        }
    }

    /// The same, on a machine that does this to it.
    pub fn under(self, strain: Option<Strain>) -> Self {
        Self { strain, ..self }
    }

    /// The same, but the engine had no time for it before `late`.
    pub fn late(self, late: Duration) -> Self {
        Self { late, ..self }
    }

    /// The check and its target.
    pub fn asks(&self) -> (Arc<Check>, Target) {
        (self.check.clone(), self.target.clone())
    }

    /// The same on a machine that does nothing to it.
    pub fn plain(self) -> Self {
        Self {
            nudges: None,
            strain: None,
            ..self
        }
    }

    /// The script, the target and the check it is made of.
    pub fn parts(&self) -> (Script, Target, Arc<Check>) {
        (self.script.clone(), self.target.clone(), self.check.clone())
    }

    /// The same, where what happens at one moment is seen together: how often somebody looks within
    /// a moment changes nothing.
    pub fn in_one_look(self) -> Self {
        let mut script = self.script;
        script.weather.apart = false;
        Self { script, ..self }
    }

    /// The same with so much more time.
    pub fn patient(self, more: Duration) -> Self {
        let mut check = Arc::into_inner(self.check).expect("nobody else has it");
        check.timeout += more;
        Self {
            check: Arc::new(check),
            ..self
        }
    }

    /// True if time stands still while a step is under way.
    pub fn is_exact(&self) -> bool {
        self.script.weather.cost.is_zero()
    }

    /// Runs it, then steps it once more.
    pub fn outlive(self) -> Result<Success, Failure> {
        let mut scratch = Scratch::default();
        let mut driver = self.driver();
        driver.drive(&mut scratch).ok();
        driver.step_once_more(&mut scratch)
    }

    /// Runs it, and breaks it off at `at`.
    pub fn interrupted(self, at: Duration) -> (Failure, Trace) {
        let mut driver = self.driver();
        match driver.interrupt_at(at) {
            Err(failure) => (failure, driver.trace()),
            Ok(report) => panic!("no failure: {report:?}"),
        }
    }

    /// Runs it alone.
    pub fn run(self) -> Run {
        let mut driver = self.driver();
        let outcome = driver.drive(&mut Scratch::default());
        self.ended(driver, outcome)
    }

    fn driver(&self) -> Driver {
        let mut world = World::new(self.script.clone());
        world.wait(self.late);
        let (target, check) = (self.target.clone(), self.check.clone());
        Driver::new(target, check, world, self.nudges.clone()).under(self.strain)
    }

    /// Asserts all that must hold after every run.
    fn ended(&self, driver: Driver, outcome: Result<Success, Failure>) -> Run {
        let drained = driver.world.unread() == 0 || driver.reads >= DRAIN;
        let checked = Checked {
            target: self.target.clone(),
            check: self.check.clone(),
            outcome,
            trace: driver.trace(),
            began: UNIX_EPOCH,
        };
        let run = Run {
            status: verdict::judge(&checked).status,
            checked,
            at: driver.world.age(),
            tally: driver.tally,
            world: driver.world,
        };
        let resumed = run.tally.jumped.map_or(self.late, |(_, end)| end);
        let latest = resumed.max(self.check.time_limit());
        assert!(
            !self.is_exact() || run.at <= latest,
            "ended late, at {:?}",
            run.at
        );
        assert!(
            drained,
            "{} bytes were left unread: a reset to the peer",
            run.world.unread()
        );
        let log = &run.world.log;
        let question = log.question.as_ref().map(|(_, _, family)| *family);
        assert!(question.is_none_or(|family| family == self.check.family));
        let named = matches!(self.target, Target::Name { .. });
        assert!(!named || log.begun.len() <= TRIED, "{:?}", log.begun);
        if let Err(failure) = &run.outcome {
            let phase = failure.phase;
            let is_apart = self.check.delay_apart && matches!(failure.cause, Cause::TimedOut);
            let failing = match phase {
                Phase::Delay => is_apart,
                phase => phase != Phase::Done,
            };
            assert!(failing, "nothing can fail in {phase:?}");
        }
        assert!(run.reply().is_none_or(|r| r.kept().len() <= Reply::KEPT));
        run
    }
}

impl Lane {
    fn new(case: Case, begins: Duration) -> Self {
        Self {
            driver: Some(case.driver()),
            case,
            begins,
            run: None,
        }
    }

    /// Its next turn on the clock of all; `None` once it has ended.
    fn due(&self) -> Option<Duration> {
        let driver = self.driver.as_ref()?;
        Some(self.begins + driver.due())
    }

    fn go_on(&mut self, scratch: &mut Scratch) {
        let Some(mut driver) = self.driver.take() else {
            return;
        };
        match driver.go_on(scratch) {
            Poll::Pending => self.driver = Some(driver),
            Poll::Ready(outcome) => self.run = Some(self.case.ended(driver, outcome)),
        }
    }
}
