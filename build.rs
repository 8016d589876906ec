//! Spares the program what a start costs, by its tables and where the linker can: it is started
//! thousands of times a minute.
//!
//! In a dynamic program the standard library takes GCC's unwinder from `libgcc_s.so`, which no
//! program of ours needs for anything else. To load that library, and to let it look at the
//! processor, is a tenth of what a plain check takes.
//!
//! To move a position-independent program to its place (3,500 relocations) is another. Packed, they
//! are 1 KB in place of 84. It needs a linker that packs them, and a C library that knows them (glibc
//! 2.36): in a static program, or wherever a dynamic one is to run.
//!
//! Tables for unwinding are 190 KB that nothing reads, since a panic aborts: the linker leaves them
//! out where it can. A debugger finds fewer frames without them, as it does without symbols.

use std::env;
use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

const PACKING: &str = "-Wl,-z,pack-relative-relocs";

/// Leaves out the tables for unwinding.
const DISCARDING: &str = "SECTIONS {
  /DISCARD/ : { *(.eh_frame) *(.gcc_except_table .gcc_except_table.*) }
} INSERT AFTER .rodata;
";

/// The name of the section of those tables.
const TABLES: &[u8] = b".eh_frame";

/// The version that a C library defines that knows packed relocations, and that a program asks for
/// that has them.
const PACKED: &[u8] = b"GLIBC_ABI_DT_RELR";

#[cfg(feature = "unicode")]
#[path = "build/unicode.rs"]
mod unicode;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    #[cfg(feature = "unicode")]
    fs::write(out_dir()?.join("unicode.rs"), unicode::tables()?)?;
    speed_up_start();
    Ok(())
}

/// Has the linker leave out what a start has to pay for.
fn speed_up_start() {
    let target = |key| env::var(format!("CARGO_CFG_TARGET_{key}")).unwrap_or_default();
    let Some(linker) = linker().filter(|_| target("OS") == "linux") else {
        return;
    };
    if target("ENV") == "gnu" {
        let features = target("FEATURE");
        // A static program has the unwinder in it already.
        let is_static = features.split(',').any(|feature| feature == "crt-static");
        if !is_static && find(&linker, "libgcc_eh.a").is_some() {
            println!("cargo::rustc-link-lib=static:-bundle=gcc_eh");
        }
        let libc = find(&linker, "libc.so.6");
        let packing = [PACKING.to_owned()];
        let packs = || link(&linker, &packing).map(|program| names(&program, PACKED));
        if libc.is_some_and(|libc| names(&libc, PACKED)) && packs().unwrap_or(false) {
            pass_to_linker(&packing);
        }
    }
    let is_release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    if is_release
        && let Ok(discarding) = discarding()
        && link(&linker, &discarding).is_ok_and(|program| !names(&program, TABLES))
    {
        pass_to_linker(&discarding);
    }
}

fn pass_to_linker(arguments: &[String]) {
    for argument in arguments {
        println!("cargo::rustc-link-arg-bins={argument}");
    }
}

/// Writes the script that leaves the tables out, and returns the linker's arguments for it.
fn discarding() -> io::Result<[String; 2]> {
    let script = out_dir()?.join("discard.ld");
    fs::write(&script, DISCARDING)?;
    let script = format!("-Wl,-T,{}", script.display());
    Ok(["-Wl,--no-eh-frame-hdr".to_owned(), script])
}

/// Links a program as this one will be, with these arguments. Linkers that do not know them fail, or
/// warn; who builds may forbid them (`-z nopack-relative-relocs`). It is a dynamic program also where
/// this one is not, since only that tells whether its relocations are packed, by what it asks for; and
/// one in C, because of the target's standard library there may be only the sources.
fn link(linker: &str, arguments: &[String]) -> io::Result<PathBuf> {
    let program = out_dir()?.join("linked");
    let source = program.with_extension("c");
    fs::write(&source, "int main(void) { return 0; }\n")?;
    let mut compiler = Command::new(linker);
    compiler.args(["-fPIE", "-pie", "-o"]);
    compiler.arg(&program).arg(&source).args(arguments);
    // Behind, for the last word on them is the flags'.
    compiler.args(codegen_options("link-arg"));
    for several in codegen_options("link-args") {
        compiler.args(several.split(' '));
    }
    match compiler.output()?.status.success() {
        true => Ok(program),
        false => Err(io::Error::other("it was not linked")),
    }
}

/// The values of an option in the flags for rustc.
fn codegen_options(name: &str) -> Vec<String> {
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let flags = flags.replace("-C\x1f", "-C");
    let values = flags.split('\x1f').filter_map(|flag| {
        let option = flag.strip_prefix("-C")?;
        option.strip_prefix(name)?.strip_prefix('=')
    });
    values.map(str::to_owned).collect()
}

fn out_dir() -> io::Result<PathBuf> {
    let directory = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("no OUT_DIR"))?;
    Ok(directory.into())
}

fn names(file: &Path, word: &[u8]) -> bool {
    let bytes = fs::read(file).unwrap_or_default();
    bytes.windows(word.len()).any(|bytes| bytes == word)
}

/// What links for the target; for another machine only where it was named.
fn linker() -> Option<String> {
    let native = env::var("HOST") == env::var("TARGET");
    codegen_options("linker")
        .pop()
        .or_else(|| env::var("RUSTC_LINKER").ok())
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
