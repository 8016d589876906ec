//! The share, the time that is left, and the line.

use super::*;

#[test]
fn the_line_tells_how_far_the_run_is() {
    let verdicts = StatusCounts {
        ok: 1_200,
        warning: 3,
        critical: 7,
        unknown: 0,
    };
    let snapshot = Snapshot {
        verdicts,
        in_flight: 512,
        rate: 1841.7,
        share: None,
        left: None,
    };
    let known = |share| Snapshot {
        share: Some(share),
        left: Some(Duration::from_secs(42)),
        ..snapshot
    };
    let rate = |rate| Snapshot { rate, ..snapshot };
    let counts = "1200 ok, 7 critical, 3 warning";
    let short = "1200 ok, 7 crit, 3 warn";
    let colours = regex::Regex::new("\x1b\\[[0-9]+m").expect("a pattern");
    for (snapshot, columns, line) in [
        (snapshot, 79, format!("{counts}, 1842/s, 512 in flight")),
        (
            known(0.375),
            199,
            format!(
                "[###########-------------------] 37 %, {counts}, 1842/s, 0:42 left, 512 in flight"
            ),
        ),
        (
            known(0.375),
            84,
            format!("[####-------] 37 %, {counts}, 1842/s, 0:42 left, 512 in flight"),
        ),
        (
            known(0.375),
            79,
            format!("[####---------] 37 %, {short}, 1842/s, 0:42 left, 512 in flight"),
        ),
        (
            known(0.375),
            70,
            format!("[#######------------] 37 %, {short}, 1842/s, 0:42 left"),
        ),
        (known(0.375), 39, format!("[##-----] 37 %, {short}")),
        (
            known(0.999_9),
            37,
            "[############-] 99 %, 1200 ok, 7 crit".to_owned(),
        ),
        (known(1.0), 20, "100 %, 1200 ok".to_owned()),
        (known(0.0), 8, "0 %".to_owned()),
        (rate(0.0), 60, format!("{counts}, 0/s, 512 in flight")),
        (rate(0.25), 60, format!("{counts}, 0.2/s, 512 in flight")),
        (rate(9.96), 60, format!("{counts}, 10/s, 512 in flight")),
        (snapshot, 4, String::new()),
        (Snapshot::default(), 79, "0 ok, 0/s, 0 in flight".to_owned()),
    ] {
        let drawn = render_line(&snapshot, columns, false);
        assert_eq!(drawn.text, line);
        assert_eq!(drawn.width, line.len());
        assert!(drawn.width <= columns);
        let coloured = render_line(&snapshot, columns, true);
        assert_eq!(coloured.width, drawn.width);
        assert_eq!(colours.replace_all(&coloured.text, ""), line);
    }
}

#[test]
fn a_duration_has_hours_where_there_are_any() {
    for (seconds, text) in [
        (0, "0:00"),
        (42, "0:42"),
        (725, "12:05"),
        (10_812, "3:00:12"),
    ] {
        assert_eq!(format_duration(Duration::from_secs(seconds)), text);
    }
}

#[test]
fn the_share_is_that_of_the_verdicts_and_needs_a_size() {
    let now = Instant::now();
    for (verdicts, lines, bytes, size, share) in [
        (1, 4, 50, None, None),
        (1, 4, 50, Some(0), None),
        (0, 0, 0, Some(200), None),
        (0, 4, 200, Some(200), Some(0.0)),
        (1, 4, 200, Some(200), Some(0.25)),
        (1, 4, 50, Some(200), Some(0.0625)),
        (4, 4, 300, Some(200), Some(1.0)),
    ] {
        let progress = Progress {
            bytes: AtomicU64::new(bytes),
            lines: AtomicU64::new(lines),
            size,
            ..Progress::default()
        };
        (0..verdicts).for_each(|_| progress.counters.add_verdict(Status::Ok));
        let snapshot = progress.snapshot(&mut RateMeter::default(), now);
        assert_eq!(snapshot.share, share, "{verdicts} of {lines}, {size:?}");
    }
}

#[test]
fn the_time_that_is_left_is_that_of_the_verdicts_that_are_missing() {
    let progress = Progress {
        bytes: AtomicU64::new(200),
        lines: AtomicU64::new(60),
        size: Some(200),
        ..Progress::default()
    };
    let mut rate = RateMeter::default();
    let start = Instant::now();
    assert_eq!(progress.snapshot(&mut rate, start).left, None);
    (0..10).for_each(|_| progress.counters.add_verdict(Status::Ok));
    let snapshot = progress.snapshot(&mut rate, start + Duration::from_secs(1));
    assert_eq!(snapshot.left, Some(Duration::from_secs(5)));
}

#[test]
fn the_line_counts_what_was_judged() {
    let progress = Progress::default();
    progress.in_flight.store(9, Ordering::Relaxed);
    let mut rate = RateMeter::default();
    let start = Instant::now();
    assert_eq!(progress.snapshot(&mut rate, start).verdicts.total(), 0);
    for status in [Status::Ok, Status::Ok, Status::Warning, Status::Unknown] {
        progress.counters.add_verdict(status);
    }
    let snapshot = Snapshot {
        verdicts: StatusCounts {
            ok: 2,
            warning: 1,
            critical: 0,
            unknown: 1,
        },
        in_flight: 9,
        rate: 8.0,
        share: None,
        left: None,
    };
    let later = start + Duration::from_millis(500);
    assert_eq!(progress.snapshot(&mut rate, later), snapshot);
}

#[test]
fn the_rate_is_that_of_the_last_three_seconds() {
    let start = Instant::now();
    let mut rate = RateMeter::default();
    assert_eq!(rate.update(start, 0), 0.0);
    // A hundred a second for ten seconds, then ten a second.
    for tenth in 1..=100 {
        let now = start + Duration::from_millis(100 * tenth);
        let found = rate.update(now, 10 * tenth);
        assert!((found - 100.0).abs() < 1e-6, "{found} after {tenth} tenths");
    }
    for tenth in 101..=200 {
        let now = start + Duration::from_millis(100 * tenth);
        let found = rate.update(now, 1_000 + tenth - 100);
        let settled = (found - 10.0).abs() < 1e-6;
        assert_eq!(settled, tenth >= 130, "{found} after {tenth} tenths");
    }
    assert!(rate.samples.len() < 40, "{} samples", rate.samples.len());
}

#[test]
fn a_clock_that_stands_still_gives_no_rate() {
    let now = Instant::now();
    let mut rate = RateMeter::default();
    assert_eq!(rate.update(now, 5), 0.0);
    assert_eq!(rate.update(now, 9), 0.0);
}
