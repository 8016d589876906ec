# shellcheck shell=bash
# The results of one system with Debian's plugins and with ours. Each is a file with a line for a
# service: name, state, performance data, output, with tabs between.

declare -A STATE PERFDATA OUTPUT
DIFFERENT_NAMES=()
DIFFERENT_STATES=()
DIFFERENT_REASONS=()
DIFFERENCE_SEEN=()

holds() { # WHAT CONDITION...
    if "${@:2}"; then pass "$1"; else fail "$1"; fi
}

equals() { # WHAT GOT WANTED
    holds "$1: $3" test "$2" = "$3"
    [[ $2 == "$3" ]] || printf '      got: %s\n' "$2"
}

# Every service has the same state with both, or those that differences.txt has for it; where theirs
# has performance data, ours has the same but for the value; and the lines are each side's own.
compare_results() { # SYSTEM LEAST-SERVICES
    local system=$1 name theirs index count=0 meant=0 failed=$FAILED
    STATE=() PERFDATA=() OUTPUT=()
    read_differences "$system"
    read_results theirs "$WORK/$system.theirs"
    read_results ours "$WORK/$system.ours"
    equals "$system: ours and theirs are the same services" "$(cut -f 1 "$WORK/$system.ours" | sort | md5sum)" \
        "$(cut -f 1 "$WORK/$system.theirs" | sort | md5sum)"
    for theirs in "${!STATE[@]}"; do
        [[ $theirs == theirs/* ]] || continue
        name=${theirs#*/}
        count=$((count + 1))
        compare_states "$name"
        compare_lines "$name"
    done
    for index in "${!DIFFERENT_NAMES[@]}"; do
        holds "$system: a difference that is there: ${DIFFERENT_NAMES[index]}" test "${DIFFERENCE_SEEN[index]}" = yes
    done
    holds "$system: $count services, which is enough" test "$count" -ge "$2"
    for name in OK WARNING CRITICAL UNKNOWN; do
        # Servers that are all well, or all absent, would prove little.
        holds "$system: $(states theirs "$name") of theirs and $(states ours "$name") of ours are $name" \
            test "$(states theirs "$name")" -gt 0
    done
    [[ $FAILED -gt $failed ]] ||
        pass "$system: $((count - meant)) of $count services have the same state, $meant differ as differences.txt says"
}

compare_states() { # NAME
    local name=$1 theirs=${STATE[theirs/$1]} ours=${STATE[ours/$1]-none} index
    for index in "${!DIFFERENT_NAMES[@]}"; do
        # shellcheck disable=SC2053 # The name is a pattern.
        [[ $name == ${DIFFERENT_NAMES[index]} ]] || continue
        if [[ "$theirs $ours" == "${DIFFERENT_STATES[index]}" ]]; then
            DIFFERENCE_SEEN[index]=yes
            meant=$((meant + 1))
            printf 'MEANT %s: theirs %s, ours %s: %s\n' "$name" "$theirs" "$ours" "${DIFFERENT_REASONS[index]}"
            return
        fi
    done
    if [[ $theirs != "$ours" ]]; then
        fail "$name: theirs $theirs, ours $ours"
        show_both "$name"
    fi
}

compare_lines() { # NAME
    local theirs=${OUTPUT[theirs/$1]} ours=${OUTPUT[ours/$1]-} state=${STATE[ours/$1]-}
    local theirs_shape ours_shape
    if [[ ! $ours =~ ^[A-Z]+\ $state:\  || $theirs =~ ^[A-Z]+\ [A-Z]+:\  ]]; then
        fail "$1: not the lines of both plugins"
        show_both "$1"
    fi
    # The usage of theirs has a `|`, and no performance data behind it.
    [[ ${PERFDATA[theirs/$1]} != - && $state != UNKNOWN && $state == "${STATE[theirs/$1]}" ]] || return 0
    theirs_shape=$(shape "${PERFDATA[theirs/$1]}")
    ours_shape=$(shape "${PERFDATA[ours/$1]}")
    # Of a mismatch theirs prints 0 in place of the thresholds.
    [[ $theirs != *'Unexpected response'* ]] || theirs_shape=${theirs_shape%%;*} ours_shape=${ours_shape%%;*}
    if [[ $theirs_shape != "$ours_shape" ]]; then
        fail "$1: not the same performance data"
        show_both "$1"
    fi
}

# Performance data without the value: `time=s;0.5;;0;10` of `time=0.001234s;0.500000;;0.000000;10.000000`.
shape() { # PERFDATA
    sed -E 's/=[0-9.]+/=/; s/(\.[0-9]*[1-9])0+\b/\1/g; s/\.0+\b//g; s/ .*//' <<<"$1"
}

show_both() { # NAME
    local side
    for side in theirs ours; do
        printf '      %-6s %s | %s\n' "$side" "${OUTPUT[$side/$1]-}" "${PERFDATA[$side/$1]-}"
    done
}

states() { # SIDE STATE
    cut -f 2 "$WORK/$system.$1" | grep -cx "$2" || true
}

# A line for a service. A dash is an empty field, since `read` takes two tabs for one.
read_results() { # SIDE FILE
    local name state perfdata output
    while IFS=$'\t' read -r name state perfdata output; do
        STATE[$1/$name]=$state
        PERFDATA[$1/$name]=$perfdata
        OUTPUT[$1/$name]=$output
    done <"$2"
}

# `SYSTEM | NAMES | THEIRS OURS | REASON`: NAMES is a pattern of the shell, over names of services.
read_differences() { # SYSTEM
    local line fields
    DIFFERENT_NAMES=() DIFFERENT_STATES=() DIFFERENT_REASONS=() DIFFERENCE_SEEN=()
    while IFS= read -r line; do
        [[ $line == "$1 | "* ]] || continue
        mapfile -t fields < <(sed 's/ | /\n/g' <<<"$line")
        DIFFERENT_NAMES+=("${fields[1]}")
        DIFFERENT_STATES+=("${fields[2]}")
        DIFFERENT_REASONS+=("${fields[3]}")
        DIFFERENCE_SEEN+=(no)
    done <"$HERE/differences.txt"
}
