//! Dialogues of several steps.

use crate::any;
use crate::rng::{Rng, each_seed};
use crate::run::{Case, Run, Verdict, over};
use crate::script::{Act, Script};
use check_tcp::check::Check;
use check_tcp::dialogue::{Condition, Expectation, Frame, Part, Step, Template};
use check_tcp::expect::Pattern;
use std::sync::Arc;
use std::time::Duration;

/// One turn of a dialogue: what the peer says, and what the check expects of it and answers.
struct Turn {
    said: Vec<u8>,
    expected: Vec<Step>,
    answer: Vec<u8>,
}

fn send(text: &[u8]) -> Step {
    Step::Send(Template::new(vec![Part::Bytes(text.to_vec())]))
}

fn expect(condition: Condition) -> Step {
    let negotiates = None;
    Step::Expect(Expectation {
        condition,
        negotiates,
    })
}

fn pattern(pattern: &str) -> Step {
    expect(Condition::Pattern(
        Pattern::new(pattern).expect("a pattern"),
    ))
}

/// A turn whose expectations are open up to the last byte of what is said. No two have the same
/// answer.
fn turn(rng: &mut Rng, number: usize) -> Turn {
    let word = *rng.pick(&["ok", "é", "ready to go", "x"]);
    let lines = 1 + rng.below(3);
    let said = match rng.below(3) {
        0 => format!("{word} {number}\n").repeat(lines),
        1 => format!("{word} {number}\r\n"),
        _ => format!("{}{word} {number}!", "line\r\n".repeat(lines - 1)),
    };
    let end = said.trim_end_matches(|c| c != '!' && c != '\n');
    let whole = format!("(?s)^{}$", regex::escape(end));
    let mut expected = vec![match rng.one_in(4) {
        true => expect(Condition::Bytes(said.clone().into())),
        false => pattern(whole.trim_end_matches('$')),
    }];
    // Another one is decided before, and does not depend on where.
    if rng.one_in(3) {
        let place = rng.below(2);
        expected.insert(place, pattern(word));
    }
    if rng.one_in(4) {
        let pause = rng.duration(Duration::from_millis(20));
        expected.insert(rng.below(expected.len() + 1), Step::Delay(pause));
    }
    Turn {
        said: said.into(),
        expected,
        answer: format!("answer {number}\r\n").into(),
    }
}

/// The steps of a dialogue, the peer's acts, and all that is sent, in turns. TLS begins behind turn
/// `tls`, if there is one.
fn dialogue(turns: Vec<Turn>, tls: Option<usize>) -> (Vec<Step>, Vec<Act>, Vec<u8>) {
    let (mut steps, mut acts, mut sent) = (Vec::new(), Vec::new(), Vec::new());
    for (number, turn) in turns.into_iter().enumerate() {
        // Nothing was said ahead of its turn, even after a while.
        acts.extend([Act::Pause(Duration::from_millis(3)), Act::Heard(sent.len())]);
        acts.push(Act::Say(turn.said));
        steps.extend(turn.expected);
        if tls == Some(number) {
            acts.extend([Act::Upgrade, Act::Handshake]);
            steps.push(Step::StartTls);
        }
        sent.extend(&turn.answer);
        steps.push(send(&turn.answer));
        acts.push(Act::Hear(sent.len()));
    }
    (steps, acts, sent)
}

fn check(steps: Vec<Step>, tls: bool) -> Check {
    let own_steps = steps.iter().map(|_| "step".into()).collect();
    over(
        tls,
        Check {
            steps,
            own_steps,
            quit: b"QUIT\r\n".to_vec(),
            ..Check::default()
        },
    )
}

fn script(acts: Vec<Act>, tls: bool, seed: u64) -> Script {
    Script {
        tls,
        ..Script::new(acts)
    }
    .in_weather(seed)
}

#[test]
fn a_dialogue_comes_to_its_end_however_its_bytes_are_cut() {
    each_seed(1_500, |seed| {
        let mut rng = Rng::new(seed);
        let count = 1 + rng.below(5);
        let turns: Vec<Turn> = (0..count).map(|number| turn(&mut rng, number)).collect();
        let last = turns.last().map(|turn| turn.said.clone());
        let tls = rng.one_in(2).then(|| rng.below(count));
        let (steps, acts, sent) = dialogue(turns, tls);
        let count_of_steps = steps.len();
        let case = Case::new(
            script(acts, tls.is_some(), seed),
            check(steps, tls.is_some()),
        );
        let run = case.nudged(seed).run();
        assert_eq!(run.verdict(), Verdict::Match, "{}", run.told());
        let heard = [sent.as_slice(), b"QUIT\r\n"].concat();
        assert_eq!(run.world.heard(), heard, "{}", run.told());
        let reply = run.reply().map(|reply| reply.kept().to_vec());
        // TLS behind the last turn begins another reply, and nobody waits for it.
        let wanted = last.filter(|_| tls != Some(count - 1));
        assert_eq!(reply, wanted, "{}", run.told());
        assert_eq!(run.checked.step(), Some((count_of_steps, "step")));
    });
}

#[test]
fn a_reply_that_does_not_match_ends_the_dialogue_there() {
    each_seed(1_500, |seed| {
        let mut rng = Rng::new(seed);
        let count = 1 + rng.below(4);
        let wrong = rng.below(count);
        let mut turns: Vec<Turn> = (0..count).map(|number| turn(&mut rng, number)).collect();
        let tls = rng.one_in(2).then(|| rng.below(count));
        let until = |turns: &[Turn]| turns.iter().flat_map(|turn| turn.answer.clone()).collect();
        let sent: Vec<u8> = until(&turns[..wrong]);
        let before: usize = turns[..wrong]
            .iter()
            .map(|turn| turn.expected.len() + 1)
            .sum();
        let before = before + usize::from(tls.is_some_and(|tls| tls < wrong));
        turns[wrong].said = b"#\n".to_vec();
        turns[wrong].expected = vec![pattern("^[a-z]")];
        let (steps, acts, _) = dialogue(turns, tls);
        let case = Case::new(
            script(acts, tls.is_some(), seed),
            check(steps, tls.is_some()),
        );
        let run = case.nudged(seed).run();
        let reply = run.reply().map(|reply| reply.kept());
        assert!(
            reply.is_some_and(|it| b"#\n".starts_with(it)),
            "{}",
            run.told()
        );
        assert!(run.verdict() != Verdict::Match, "{}", run.told());
        assert_eq!(run.checked.step(), Some((before + 1, "step")));
        // The quit string is not for the clear where TLS was to come.
        let is_before_tls = tls.is_some_and(|tls| wrong <= tls);
        // Nor for the middle of what may still be a good reply.
        let is_quit = !is_before_tls && run.verdict() == Verdict::Mismatch;
        let quit: &[u8] = if is_quit { b"QUIT\r\n" } else { b"" };
        assert_eq!(run.world.heard(), [&sent, quit].concat(), "{}", run.told());
    });
}

#[test]
fn data_in_the_clear_behind_the_consent_fails_however_it_is_cut() {
    each_seed(400, |seed| {
        let mut rng = Rng::new(seed);
        let more = *rng.pick(&[&b"\n"[..], b"220 injected\r\n", b"x", b"\x16\x03\x03"]);
        let acts = vec![
            Act::say([b"220 go\r\n", more].concat()),
            Act::Upgrade,
            Act::Handshake,
            Act::say("250 ok\r\n"),
        ];
        let steps = vec![pattern(r"^220 .*\n"), Step::StartTls, pattern("^250")];
        let run = Case::new(script(acts, true, seed), check(steps, true))
            .nudged(seed)
            .run();
        // What may be the beginning of a record waits for the rest of it.
        let failed = matches!(run.verdict(), Verdict::Broken | Verdict::TimedOut);
        assert!(failed, "{}", run.told());
        assert_eq!(run.world.heard(), b"", "{}", run.told());
    });
}

#[test]
fn any_steps_end_in_any_world_and_steps_that_nobody_needed_change_nothing() {
    each_seed(3_000, |seed| {
        let (mut script, target, check) = any::case(seed).parts();
        let mut rng = Rng::new(!seed);
        let is_tls = check.tls.is_some();
        let mut steps: Vec<Step> = (0..rng.below(12)).map(|_| any_step(&mut rng)).collect();
        if is_tls {
            steps.insert(rng.below(steps.len() + 1), Step::StartTls);
            let place = rng.below(script.acts.len() + 1);
            script.acts.insert(place, Act::Upgrade);
        }
        let own_steps = steps.iter().map(|_| "step".into()).collect();
        let check = Arc::new(Check {
            steps,
            own_steps,
            delay_apart: false,
            ..as_steps(&check)
        });
        let case = || Case::of(script.clone(), target.clone(), check.clone());
        // All that must hold after every run is asserted there.
        let plain = case().run();
        if case().is_exact() {
            let nudged = case().nudged(seed).run();
            let told = |run: &Run| (run.verdict(), run.at);
            assert_eq!(told(&nudged), told(&plain), "{:?}", check.steps);
        }
    });
}

fn any_step(rng: &mut Rng) -> Step {
    match rng.below(8) {
        0 => Step::Delay(rng.duration(Duration::from_millis(300))),
        1 | 2 => send(&vec![b's'; *rng.pick(&[1, 6, 3_000])]),
        3 => expect(Condition::Bytes(rng.pick(&[&b"220 "[..], b"x"]).to_vec())),
        4 => expect(Condition::Frame(*rng.pick(&[Frame::Ldap, Frame::MySql]))),
        _ => pattern(rng.pick::<&str>(&["^220", "SSH_9", "^(a|b)*c", "x", "ready", "(?s)."])),
    }
}

/// A check of the same three, said as steps.
fn as_steps(check: &Check) -> Check {
    let Check {
        tls,
        send: text,
        delay,
        expect: pattern,
        ..
    } = check;
    let steps = [
        tls.as_ref().map(|_| Step::StartTls),
        (!text.is_empty()).then(|| send(text)),
        (!delay.is_zero()).then(|| Step::Delay(*delay)),
        pattern.clone().map(|it| expect(Condition::Pattern(it))),
    ];
    Check {
        steps: steps.into_iter().flatten().collect(),
        send: Vec::new(),
        delay: Duration::ZERO,
        expect: None,
        name: check.name.clone(),
        quit: check.quit.clone(),
        tls: check.tls.clone(),
        own_steps: Vec::new(),
        memory: Default::default(),
        ..*check
    }
}

#[test]
fn steps_that_say_the_same_as_a_plain_check_come_to_the_same() {
    each_seed(4_000, |seed| {
        let (script, target, check) = any::case(seed).parts();
        if check.delay_apart {
            return;
        }
        let told = |run: &Run| format!("{:?} {:?} {}", run.outcome, run.status, run.told());
        let plain = Case::of(script.clone(), target.clone(), check.clone()).run();
        let steps = Case::of(script, target, as_steps(&check).into()).run();
        assert_eq!(told(&steps), told(&plain));
        assert_eq!(steps.world.heard(), plain.world.heard());
    });
}
