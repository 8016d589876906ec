# What builds, packages and a release have in common: to be sourced.
#
# A build is the same, byte by byte, in whatever folder and by whomever it is made: what the compilers
# would write of paths begins with names that are the same everywhere. Flags in RUSTFLAGS and CFLAGS are
# kept; those in a file of cargo's configuration are not.
set -euo pipefail

SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
CARGO_TARGET_DIR=$(realpath -m "${CARGO_TARGET_DIR:-$SOURCE/target}")
export CARGO_TARGET_DIR
cd "$SOURCE"

fail() { # MESSAGE
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    exit 1
}

# Ends with the packages that are missing, each known by a file of its own.
needs() { # FILE=PACKAGE...
    local it missing=()
    for it; do
        [[ -e ${it%%=*} ]] || missing+=("${it#*=}")
    done
    [[ ${#missing[@]} -eq 0 ]] || fail "packages of Debian are missing: ${missing[*]}"
}

# Adds the flags that leave no path of this machine in the program.
reproducible() { # [RUSTC-FLAG...]
    local flags home=${CARGO_HOME:-$HOME/.cargo} std
    std=$("${RUSTC:-rustc}" --print sysroot)/lib/rustlib/src/rust
    read -r -a flags <<<"${RUSTFLAGS-}"
    flags+=("$@" "--remap-path-prefix=$std=rust" "--remap-path-prefix=$home=cargo")
    flags+=("--remap-path-prefix=$SOURCE=check-tcp" "--remap-path-prefix=$CARGO_TARGET_DIR=target")
    # Paths may have spaces, which divide the flags in the other variable.
    CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f' && printf %s "${flags[*]}")
    export CARGO_ENCODED_RUSTFLAGS
    # A compiler's flags have no such form: only what holds for crates is said, in their folders.
    export CFLAGS="${CFLAGS-} -ffile-prefix-map=$home=cargo -ffile-prefix-map=$CARGO_TARGET_DIR=target"
}

# Builds the program by Debian's toolchain, with the standard library from its sources, and says where it
# is. Arguments are another command of cargo for the target: `test --lib`. What is not for this machine
# runs under EMULATOR.
cross() { # TARGET COMPILER EMULATOR [RUSTC-FLAG...] -- [CARGO-ARGUMENT...]
    local target=$1 compiler=$2 emulator=$3 flags=() name=${1//-/_}
    shift 3
    while [[ $1 != -- ]]; do
        flags+=("$1")
        shift
    done
    shift
    needs /usr/bin/cargo=cargo-web /usr/lib/rustlib/src/rust/library/Cargo.lock=rust-web-src
    # The toolchain in PATH may be another; the features of cargo that build std are not stable.
    export RUSTC=/usr/bin/rustc RUSTDOC=/usr/bin/rustdoc RUSTC_BOOTSTRAP=1
    reproducible ${flags[@]+"${flags[@]}"}
    export "CC_$name=$compiler" "CARGO_TARGET_${name^^}_LINKER=$compiler"
    [[ -z $emulator ]] || export "CARGO_TARGET_${name^^}_RUNNER=$emulator"
    if [[ $# -gt 0 ]]; then
        exec /usr/bin/cargo "$1" --locked -Z build-std --target "$target" "${@:2}"
    fi
    # Without backtraces, since symbols are stripped.
    /usr/bin/cargo build --release --locked --bin check-tcp --target "$target" \
        -Z build-std=std,panic_abort -Z build-std-features=
    report "$CARGO_TARGET_DIR/$target/release/check-tcp"
}

# Runs a build, and returns the program: its last line is `PROGRAM: SIZE bytes`.
built() { # SCRIPT
    # Opened by its name, standard error would be cut where it is a file.
    "$1" | tee >(cat >&2) | sed -n '$s/: [0-9]* bytes$//p'
}

version() {
    sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1
}

# The time of everything that has one: SOURCE_DATE_EPOCH, or else that of the last commit.
epoch() {
    printf '%s\n' "${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}"
}

report() { # PROGRAM
    printf '%s: %s bytes\n' "$1" "$(stat -c %s "$1")"
}
