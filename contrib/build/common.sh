# What builds, packages and a release have in common: to be sourced.
#
# A build is the same, byte by byte, in whatever folder and by whomever it is made: what the compilers
# would write of paths begins with names that are the same everywhere. Flags in RUSTFLAGS and CFLAGS are
# kept; those in a file of cargo's configuration are not.
set -euo pipefail
# With it, cd prints.
unset CDPATH

CALLED_IN=$PWD
SOURCE=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
CARGO_TARGET_DIR=$(realpath -m "${CARGO_TARGET_DIR:-$SOURCE/target}")
export CARGO_TARGET_DIR
cd "$SOURCE"

fail() { # MESSAGE
    printf '%s: %s\n' "${0##*/}" "$1" >&2
    exit 1
}

# The path of a file that the caller named from where he stands.
path() { # PATH
    [[ -n $1 ]] || fail 'a path is empty'
    (cd "$CALLED_IN" && realpath -m -- "$1")
}

# Ends with the tools that are missing, and with what they come by.
tools() { # TOOL=SOURCE...
    local it missing=()
    for it; do
        command -v "${it%%=*}" >/dev/null || missing+=("${it%%=*} (${it#*=})")
    done
    [[ ${#missing[@]} -eq 0 ]] || fail "missing: $(IFS=, && echo "${missing[*]}" | sed 's/,/, /g')"
}

# Ends with the packages that are missing, each known by a file of its own; with those of the toolchain.
needs() { # FILE=PACKAGE...
    local it missing=()
    for it in "$@" /usr/bin/cargo=cargo-web /usr/lib/rustlib/src/rust/library/Cargo.lock=rust-web-src; do
        [[ -e ${it%%=*} ]] || missing+=("${it#*=}")
    done
    [[ ${#missing[@]} -eq 0 ]] || fail "packages of Debian are missing: ${missing[*]}"
}

# Adds the flags that leave no path of this machine in the program.
reproducible() { # [RUSTC-FLAG...]
    # Nothing that is built has a time, and where it changes ring would be compiled again.
    unset SOURCE_DATE_EPOCH
    local flags home=${CARGO_HOME:-$HOME/.cargo} std
    std=$("${RUSTC:-rustc}" --print sysroot)/lib/rustlib/src/rust
    read -r -a flags <<<"${RUSTFLAGS-}"
    flags+=("$@" "--remap-path-prefix=$std=rust" "--remap-path-prefix=$home=cargo")
    flags+=("--remap-path-prefix=$SOURCE=check-tcp" "--remap-path-prefix=$CARGO_TARGET_DIR=target")
    # Paths may have spaces, which divide the flags in the other variable.
    CARGO_ENCODED_RUSTFLAGS=$(IFS=$'\x1f' && printf %s "${flags[*]}")
    export CARGO_ENCODED_RUSTFLAGS
    # A compiler's flags have a shell's quotes in their place. Only what holds for crates is said, in
    # their folders.
    printf -v CFLAGS '%s -ffile-prefix-map=%q=cargo -ffile-prefix-map=%q=target' \
        "${CFLAGS-}" "$home" "$CARGO_TARGET_DIR"
    export CFLAGS CC_SHELL_ESCAPED_FLAGS=1
}

# Builds the program by Debian's toolchain, with the standard library from its sources, and says where it
# is. Arguments are another command of cargo for the target: `test --lib`. What is not for this machine
# runs under EMULATOR. With NEEDS_ONLY set, it only says which packages are missing.
cross() { # TARGET COMPILER EMULATOR [RUSTC-FLAG...] -- [CARGO-ARGUMENT...]
    local target=$1 compiler=$2 emulator=$3 flags=() name=${1//-/_}
    shift 3
    while [[ $1 != -- ]]; do
        flags+=("$1")
        shift
    done
    shift
    [[ -z ${NEEDS_ONLY-} ]] || exit 0
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

# Says whether a script builds the program under this name, `host` among them.
is_target() { # NAME
    [[ $1 == host || ($1 == *-linux-* && $1 != */*) ]] && [[ -x contrib/build/$1 ]]
}

# Ends where no script builds the program for this target, which `host` is not.
needs_target() { # NAME
    is_target "$1" && [[ $1 != host ]] || fail "contrib/build builds no $1"
}

# Runs a build, and returns the program: its last line is `PROGRAM: SIZE bytes`.
built() { # SCRIPT
    # Opened by its name, standard error would be cut where it is a file.
    "$1" | tee >(cat >&2) | sed -n '$s/: [0-9]* bytes$//p'
}

# What is in packages, of PROGRAM or of one that is built.
make_contents() { # [PROGRAM]
    (cd "$CALLED_IN" && "$SOURCE/contrib/package/build" "$@") >&2
}

version() {
    sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1
}

# The time of everything that has one: SOURCE_DATE_EPOCH, or else that of the last commit; without git
# the day of the version.
epoch() {
    local day
    if [[ -n ${SOURCE_DATE_EPOCH-} ]]; then
        echo "$SOURCE_DATE_EPOCH"
    elif [[ -e .git ]]; then
        git log -1 --format=%ct
    else
        day=$(sed -n "s/^## $(version) - //p" CHANGELOG.md)
        date -u -d "$day" +%s
    fi
}

# The files of the sources, each with a zero byte behind it.
sources() {
    if [[ -e .git ]]; then
        LC_ALL=C comm -z -23 <(git ls-files -z --cached --others --exclude-standard | LC_ALL=C sort -zu) \
            <(git ls-files -z --deleted | LC_ALL=C sort -zu)
    else
        find . -path ./target -prune -o -type f -print0
    fi
}

report() { # PROGRAM
    printf '%s: %s bytes\n' "$1" "$(stat -c %s "$1")"
}
