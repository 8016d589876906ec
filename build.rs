//! Spares the dynamic program what a start costs, where the linker can: it is started thousands of
//! times a minute.
//!
//! The standard library takes GCC's unwinder from `libgcc_s.so`, which no program of ours needs for
//! anything else. To load that library, and to let it look at the processor, is a tenth of what a
//! plain check takes. To move a position-independent program to its place (7,500 relocations on 40
//! pages) is another. `RUSTFLAGS="-C relocation-model=pie"` keeps it position-independent.

use std::env;
use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if loads_libgcc() && linker().is_some_and(|linker| has_unwinder(&linker)) {
        println!("cargo::rustc-link-lib=static:-bundle=gcc_eh");
        let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
        if !flags.contains("relocation-model") {
            println!("cargo::rustc-link-arg-bins=-no-pie");
        }
    }
}

/// A static program has the unwinder in it already, and other systems have another.
fn loads_libgcc() -> bool {
    let target = |key| env::var(format!("CARGO_CFG_TARGET_{key}")).unwrap_or_default();
    let is_static = target("FEATURE")
        .split(',')
        .any(|feature| feature == "crt-static");
    target("OS") == "linux" && target("ENV") == "gnu" && !is_static
}

/// What links for the target; for another machine only where it was named.
fn linker() -> Option<String> {
    let native = env::var("HOST") == env::var("TARGET");
    env::var("RUSTC_LINKER")
        .ok()
        .or(native.then(|| "cc".to_owned()))
}

/// Compilers name the full path of what they find, and only the file of what they do not.
fn has_unwinder(linker: &str) -> bool {
    let answer = Command::new(linker)
        .arg("-print-file-name=libgcc_eh.a")
        .output();
    answer.is_ok_and(|answer| {
        let path = String::from_utf8_lossy(&answer.stdout);
        answer.status.success() && Path::new(path.trim()).is_absolute()
    })
}
