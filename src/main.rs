//! The program; all of it is in the library.

#![forbid(unsafe_code)]

use std::env;
use std::process::ExitCode;

#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

fn main() -> ExitCode {
    check_tcp::internal::run(env::args_os())
}
