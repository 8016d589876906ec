//! The verdict on what the machine lacked.

use super::Program;

/// UNKNOWN, whatever is asked: this says nothing about the peer. `--status-as` alone renames it.
#[track_caller]
pub fn is_local_failure(program: impl Fn(&str) -> Program, message: &str) {
    for flags in [
        "",
        "-W",
        "-C",
        "-C -W",
        "--status-as critical=ok,warning=ok,ok=critical",
    ] {
        program(flags).run().unknown(message);
    }
    program("--status-as unknown=critical")
        .run()
        .critical(message);
}
