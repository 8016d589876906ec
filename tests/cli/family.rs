//! `-4`, `-6`: addresses of that family only. `tests/faults/names.rs` has names with addresses of both.

use crate::support::*;

#[test]
fn both_families_at_once_are_a_usage_error() {
    check!("-H 127.0.0.1 -p 9 -4 -6").unknown("(?i)ipv4|-4");
    check!("-H 127.0.0.1 -p 9 -64").unknown("(?i)ipv4|-4");
}
