//! Bounds on memory.

use cap::Cap;
use std::alloc::System;

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// The number of bytes allocated now.
pub fn allocated() -> usize {
    ALLOCATOR.allocated()
}

/// Calls `f`; ends the process when at any time it has allocated so many bytes more than it has
/// given back.
///
/// # Panics
/// The limit could not be set.
pub fn within<T>(bytes: usize, f: impl FnOnce() -> T) -> T {
    ALLOCATOR
        .set_limit(ALLOCATOR.allocated() + bytes)
        .expect("there is room for a limit");
    let value = f();
    ALLOCATOR
        .set_limit(usize::MAX)
        .expect("no limit is always possible");
    value
}
