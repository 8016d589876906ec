# shellcheck shell=bash
# contrib/monitoring-plugins/links: what it makes, what it leaves alone, and back again.

links_suite() {
    local script=$ROOT/contrib/monitoring-plugins/links there="$WORK/a directory" program="$WORK/a bin/check-tcp"
    local name
    for name in udp smtp ping; do
        holds "links: check_$name is still theirs" theirs_is "$WORK/ours/check_$name"
    done
    mkdir "$there" "${program%/*}"
    cp "$PROGRAM" "$program"

    links 'makes all' 0 "$there" "$program"
    for name in "${FAMILY[@]}"; do
        equals "links: check_$name leads to the program" "$(readlink "$there/check_$name")" "$program"
        holds "links: check_$name is known" knows "$there/check_$name"
    done
    equals 'links: and no others' "$(ls "$there" | wc -l)" "${#FAMILY[@]}"
    links 'a second time' 0 "$there" "$program"
    links 'to another place' 0 "$there" "$PROGRAM"
    equals 'links: which is where they lead' "$(readlink "$there/check_ftp")" "$PROGRAM"
    (cd "${program%/*}" && "$script" "$there" check-tcp)
    equals 'links: a relative name is made whole' "$(readlink "$there/check_ftp")" "$program"
    (PATH=${PROGRAM%/*}:$PATH && "$script" "$there")
    equals 'links: the program of the PATH' "$(readlink "$there/check_ftp")" "$PROGRAM"

    rm "$there/check_ftp" "$there/check_pop" "$there/check_imap"
    echo mine >"$there/check_ftp"
    ln -s "$THEIRS/check_tcp" "$there/check_pop"
    links 'a file and a link of others' 1 "$there" "$program"
    equals 'links: named' "$(cut -d ' ' -f 2- "$WORK/links.log" | tr '\n' ' ')" \
        "$there/check_ftp is no link to check-tcp, and stays $there/check_pop is no link to check-tcp, and stays "
    links 'a file and a link of others, at the removal' 1 --remove "$there" "$program"
    equals 'links: what is left' "$(cat "$there/check_ftp") $(readlink "$there/check_pop") $(ls "$there" | wc -l)" \
        "mine $THEIRS/check_tcp 2"
    rm "$there"/*
    links 'nothing to remove' 0 --remove "$there"
    links 'once more' 0 "$there" "$program"
    rm "$program"
    links 'links whose program is gone' 0 --remove "$there"
    equals 'links: which are removed' "$(ls "$there" | wc -l)" 0

    links 'no such program' 2 "$there" "$program"
    links 'no such directory' 2 "$WORK/absent" "$PROGRAM"
    links 'no directory' 2
    links 'an unknown option' 2 --force "$there"
    links 'too many words' 2 "$there" "$PROGRAM" "$PROGRAM"
    equals 'links: and nothing was made' "$(ls "$there" | wc -l)" 0
}

links() { # TITLE STATUS ARGUMENT...
    local got=0
    "$script" "${@:3}" >"$WORK/links.log" 2>&1 || got=$?
    equals "links: $1: exit status" "$got" "$2"
    [[ $got -eq $2 ]] || show "$WORK/links.log"
}

# A plugin of this name, and not the native command line.
knows() { # PLUGIN
    [[ $("$1" --version) == "${1##*/} "*check-tcp* ]]
}

theirs_is() { # PLUGIN
    [[ $("$1" --version) == "${1##*/} v"*monitoring-plugins* ]]
}
