//! Spares the program what a start costs, where the linker can: it is started thousands of times a
//! minute.
//!
//! In a dynamic program the standard library takes GCC's unwinder from `libgcc_s.so`, which no
//! program of ours needs for anything else. To load that library, and to let it look at the
//! processor, is a tenth of what a plain check takes.
//!
//! To move a position-independent program to its place (7,500 relocations) is another. Packed, they
//! are 3 KB in place of 180, and take a third of that. It needs a linker that packs them, and a C
//! library that knows them (glibc 2.36): in a static program, or wherever a dynamic one is to run.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

const PACKING: &str = "-Wl,-z,pack-relative-relocs";

/// The version that a C library defines that knows packed relocations, and that a program asks for
/// that has them.
const PACKED: &[u8] = b"GLIBC_ABI_DT_RELR";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let target = |key| env::var(format!("CARGO_CFG_TARGET_{key}")).unwrap_or_default();
    let is_glibc = target("OS") == "linux" && target("ENV") == "gnu";
    let Some(linker) = linker().filter(|_| is_glibc) else {
        return;
    };
    let features = target("FEATURE");
    // A static program has the unwinder in it already.
    let is_static = features.split(',').any(|feature| feature == "crt-static");
    if !is_static && find(&linker, "libgcc_eh.a").is_some() {
        println!("cargo::rustc-link-lib=static:-bundle=gcc_eh");
    }
    let libc = find(&linker, "libc.so.6");
    if libc.is_some_and(|libc| names_packed(&libc)) && packs().unwrap_or(false) {
        println!("cargo::rustc-link-arg-bins={PACKING}");
    }
}

/// Whether a program that is linked as this one will be has its relocations packed. Linkers that
/// can't fail, or warn; who builds may forbid it (`-z nopack-relative-relocs`). Only a dynamic one
/// tells, by what it asks for: a static one has that word in its C library. To rustc a
/// `+crt-static` is not undone by a `-crt-static` behind it.
fn packs() -> io::Result<bool> {
    let variable = |key| env::var(key).map_err(io::Error::other);
    let program = Path::new(&variable("OUT_DIR")?).join("packs");
    let source = program.with_extension("rs");
    fs::write(&source, "fn main() {}")?;
    let flags = variable("CARGO_ENCODED_RUSTFLAGS")?.replace("+crt-static", "-crt-static");
    let mut rustc = Command::new(variable("RUSTC")?);
    rustc.arg(&source).arg("-o").arg(&program);
    rustc.args(["--target", &variable("TARGET")?]);
    // In front, for the last word on it is the flags'.
    rustc.arg(format!("-Clink-arg={PACKING}"));
    rustc.args(flags.split('\x1f').filter(|flag| !flag.is_empty()));
    if let Ok(linker) = variable("RUSTC_LINKER") {
        rustc.arg(format!("-Clinker={linker}"));
    }
    let linked = rustc.output()?;
    Ok(linked.status.success() && names_packed(&program))
}

fn names_packed(file: &Path) -> bool {
    let bytes = fs::read(file).unwrap_or_default();
    bytes.windows(PACKED.len()).any(|bytes| bytes == PACKED)
}

/// What links for the target; for another machine only where it was named.
fn linker() -> Option<String> {
    let native = env::var("HOST") == env::var("TARGET");
    env::var("RUSTC_LINKER")
        .ok()
        .or(native.then(|| "cc".to_owned()))
}

/// Where the linker has this file. Compilers name the full path of what they find, and only the
/// file of what they do not.
fn find(linker: &str, file: &str) -> Option<PathBuf> {
    let answer = Command::new(linker)
        .arg(format!("-print-file-name={file}"))
        .output()
        .ok()?;
    let path = String::from_utf8_lossy(&answer.stdout);
    let path = Path::new(path.trim());
    (answer.status.success() && path.is_absolute()).then(|| path.to_owned())
}
