//! The rules that any race of addresses keeps: RFC 8305, section 5, and the turns.

use crate::rng::{Rng, each_seed};
use crate::run::{Case, Run, TRIED, What};
use crate::script::{Fate, Lookup, Script, v4, v6};
use check_tcp::check::Check;
use check_tcp::outcome::Success;
use check_tcp::status::Status;
use check_tcp::target::ATTEMPTS;
use rustix::io::Errno;
use std::net::SocketAddr;
use std::time::Duration;

/// Time between two attempts.
const HEAD_START: Duration = Duration::from_millis(250);

#[test]
fn every_race_keeps_the_rules() {
    each_seed(400, |seed| {
        let mut rng = Rng::new(seed);
        let fates = fates(&mut rng);
        let timeout = *rng.pick(&[600, 1_200, 3_000, 3_000, 9_000].map(ms));
        let script = Script {
            lookup: Lookup::Finds(
                rng.duration(ms(20)),
                fates.iter().map(|fate| fate.0).collect(),
            ),
            seed,
            ..Script::race(&fates)
        };
        let check = |expect_closed| Check {
            timeout,
            expect_closed,
            ..Check::default()
        };
        let open = Case::new(script.clone(), check(false)).nudged(seed).run();
        let race = Race::new(&open, &fates, timeout);
        race.begins_in_time();
        race.gives_up_in_turn();
        let up = race.ends_as_it_should();
        let closed = Case::new(script, check(true)).nudged(seed).run();
        assert_eq!(open.world.log.begun, closed.world.log.begun);
        assert_eq!(matches!(closed.outcome, Ok(Success::PortOpen)), up);
        let came = |what| !up && closed.attempts().iter().any(|(_, came)| *came == what);
        let lacks = [Errno::ADDRNOTAVAIL, Errno::MFILE].map(What::Failed);
        let status = match () {
            () if up => Status::Critical,
            // Not each of them was seen to be closed.
            () if came(What::Untried) || came(What::Failed(Errno::MFILE)) => Status::Unknown,
            () if closed
                .attempts()
                .iter()
                .all(|(_, came)| lacks.contains(came)) =>
            {
                Status::Unknown
            }
            () => Status::Ok,
        };
        assert_eq!(closed.status, status, "{}", closed.told());
    });
}

/// A race that was run, and what is known of it.
struct Race<'a> {
    run: &'a Run,
    timeout: Duration,
    /// Number of addresses entitled to a turn.
    wanted: usize,
    begins: Vec<(Duration, SocketAddr)>,
    /// End of each of these attempts, and true if it was up then.
    ends: Vec<Option<(Duration, bool)>>,
}

impl<'a> Race<'a> {
    fn new(run: &'a Run, fates: &[(SocketAddr, Fate)], timeout: Duration) -> Self {
        let begins = run.begins();
        let end = |&(at, to): &(Duration, SocketAddr)| {
            let (_, fate) = fates.iter().find(|fate| fate.0 == to)?;
            let given_up = run.given_up().into_iter().find(|up| up.1 == to);
            let given_up = given_up.map(|(at, _)| (at, false));
            end(at, *fate).into_iter().chain(given_up).min()
        };
        Self {
            run,
            timeout,
            wanted: fates.len().min(TRIED),
            ends: begins.iter().map(end).collect(),
            begins,
        }
    }

    /// Attempts are 250 ms apart, but where one fails and where the places are taken.
    fn begins_in_time(&self) {
        let told = self.run.told();
        for (i, pair) in self.begins.windows(2).enumerate() {
            let (next, head_start) = (pair[1].0, pair[0].0 + HEAD_START);
            let ended = self.ends.contains(&Some((next, false)));
            assert!(next == head_start || ended, "for no reason: {told}");
            let going_on = |end: &&Option<(Duration, bool)>| end.is_none_or(|e| e.0 > head_start);
            let full = self.ends[..=i].iter().filter(going_on).count() == ATTEMPTS;
            assert!(next <= head_start || full, "late: {told}");
        }
        for (ended, _) in self.ends.iter().flatten().filter(|end| !end.1) {
            let next = self.begins.iter().any(|(at, _)| at == ended);
            let none_left = self.begins.len() == self.wanted;
            assert!(next || none_left || *ended >= self.run.at, "{told}");
        }
    }

    /// Half of the time left when the places were first found taken.
    fn patience(&self) -> Option<Duration> {
        let after = |i: usize| self.begins.get(i + 1).map_or(self.run.at, |next| next.0);
        let due = self.begins.iter().map(|(at, _)| *at + HEAD_START);
        let found = due.enumerate().find(|&(i, due)| due < after(i));
        let (_, found) = found.filter(|&(i, _)| i + 1 < self.wanted)?;
        Some(found + (self.timeout - found) / 2)
    }

    /// Only the oldest of four gives its place up, to the next, and not before its time.
    fn gives_up_in_turn(&self) {
        let told = self.run.told();
        for (at, to) in self.run.given_up() {
            let all = self.begins.iter().zip(&self.ends);
            let running = all.filter(|(begin, end)| begin.0 < at && end.is_none_or(|e| e.0 >= at));
            let running: Vec<_> = running.map(|(begin, _)| begin.1).collect();
            assert_eq!((running.len(), running[0]), (ATTEMPTS, to), "{told}");
            let last = self.begins.iter().filter(|(begin, _)| *begin < at).max();
            let due = last.map(|(last, _)| *last + HEAD_START);
            assert_eq!(Some(at), due.max(self.patience()), "{told}");
        }
    }

    /// With the first connection, which it tells; else with something that came of each address.
    fn ends_as_it_should(&self) -> bool {
        let (run, told) = (self.run, self.run.told());
        let ends = self.ends.iter().flatten();
        let first_up = ends.clone().filter(|end| end.1).map(|end| end.0).min();
        if let Some(at) = first_up.filter(|at| *at <= self.timeout) {
            assert_eq!(run.at, at, "{told}");
            let kept = run.world.log.kept.expect("a connection");
            let winner = self.begins.iter().position(|begin| begin.1 == kept);
            assert_eq!(self.ends[winner.expect("a winner")], Some((at, true)));
            return true;
        }
        let late = |end: &Option<_>| end.is_none_or(|(at, _)| at > self.timeout);
        let last = ends.map(|end| end.0).max();
        let silent = self.ends.iter().any(late);
        let expected = if silent { Some(self.timeout) } else { last };
        assert_eq!(Some(run.at), expected, "{told}");
        let came = run.attempts();
        let of = |what| came.iter().filter(|came| came.1 == what).count();
        assert_eq!(came.len(), self.wanted, "something came of each: {told}");
        assert!(
            self.begins
                .iter()
                .all(|begin| came.iter().any(|c| c.0 == begin.1))
        );
        assert_eq!(of(What::GivenUp), run.given_up().len(), "{told}");
        assert_eq!(
            of(What::Silence),
            self.ends.iter().filter(|e| late(e)).count()
        );
        assert_eq!(of(What::Untried), self.wanted - self.begins.len(), "{told}");
        if of(What::Untried) > 0 {
            let last = self.begins.last().map(|(at, _)| *at + HEAD_START);
            assert!(last.max(self.patience()) > Some(self.timeout), "{told}");
        }
        false
    }
}

/// The end of an attempt, and true if it is up then.
fn end(begun: Duration, fate: Fate) -> Option<(Duration, bool)> {
    match fate {
        Fate::Refused(_) => Some((begun, false)),
        Fate::Down(takes, _) => Some((begun + takes, false)),
        Fate::Up(takes) => Some((begun + takes, true)),
        Fate::Silent | Fate::Full(_) => None,
    }
}

/// Up to a dozen addresses of both families, most of which fail.
fn fates(rng: &mut Rng) -> Vec<(SocketAddr, Fate)> {
    let count = 1 + rng.below(12) as u8;
    let one = |n| {
        let address = if rng.one_in(2) { v4(n) } else { v6(n.into()) };
        let longest = *rng.pick(&[0, 100, 800, 4_000].map(ms));
        let takes = rng.duration(longest);
        let errno = *rng.pick(&[Errno::CONNREFUSED, Errno::HOSTUNREACH, Errno::TIMEDOUT]);
        let lack = *rng.pick(&[Errno::ADDRNOTAVAIL, Errno::NETUNREACH, Errno::MFILE]);
        let fate = match rng.below(8) {
            0 => Fate::Up(takes),
            1 | 2 => Fate::Silent,
            3 => Fate::Refused(lack),
            _ => Fate::Down(takes, errno),
        };
        (address, fate)
    };
    (1..=count).map(one).collect()
}

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}
