# shellcheck shell=bash
# NRPE: the same command definitions with Debian's plugins and with the links, asked through
# check_nrpe. Debian's server takes no arguments over the network, so they stand in the definitions.

nrpe_suite() {
    local dir=$WORK/nrpe
    mkdir "$dir"
    nrpe_services >"$dir/services"
    cat >"$dir/nrpe.cfg" <<CONF
server_address=127.0.0.1
server_port=5667
allowed_hosts=127.0.0.1
nrpe_user=nagios
nrpe_group=nagios
log_file=$dir/nrpe.log
pid_file=$dir/nrpe.pid
$(nrpe_commands theirs "$THEIRS" <"$dir/services")
$(nrpe_commands ours "$WORK/ours" <"$dir/services")
CONF
    chown -R nagios "$dir"
    launch nrpe nrpe -c "$dir/nrpe.cfg" -f
    await listening 5667 || give_up_with nrpe 'nrpe does not come up'
    nrpe_ask theirs &
    nrpe_ask ours
    wait $!
    finish nrpe
    compare_results nrpe 200
}

# A service a line: the plugin, the address, the arguments.
nrpe_services() {
    local plugin host port row
    for plugin in "${FAMILY[@]}"; do
        port=
        [[ $plugin != tcp ]] || port=' -p 7'
        for host in "${!ADDRESSES[@]}"; do
            echo "$plugin $host$port"
        done
        for row in 'well -w 5 -c 9 -t 20' 'slow -w 2' 'slow -w 1.5 -c 2.5' 'wrong -M crit' 'wrong -M ok' \
            'refusing -r warn' 'refusing --refuse=ok' 'silent -t 2' 'well -M x'; do
            echo "$plugin $row$port"
        done
    done
    for plugin in spop simap ssmtp nntps; do
        printf '%s %s\n' "$plugin" 'ending -D 20,5' "$plugin" 'expired -D 5'
    done
    echo "tcp well -p 1007 -E -s 'a\\n' -e ready -q 'b\\n'"
}

nrpe_commands() { # SIDE PLUGINS
    local number=0 plugin host arguments
    while read -r plugin host arguments; do
        number=$((number + 1))
        echo "command[$1_$number]=$2/check_$plugin -H ${ADDRESSES[$host]} $arguments"
    done
}

nrpe_ask() { # SIDE
    local dir=$WORK/nrpe
    mkdir "$dir/$1"
    # shellcheck disable=SC2016 # The inner shell expands it.
    seq "$(wc -l <"$dir/services")" | xargs -P 40 -I '{}' sh -c \
        '"$0" -H 127.0.0.1 -p 5667 -t 40 -c "$1_$2" >"$3/$2"; echo $? >>"$3/$2"' \
        "$THEIRS/check_nrpe" "$1" '{}' "$dir/$1"
    local number=0 service line state states=(OK WARNING CRITICAL UNKNOWN)
    while IFS= read -r service; do
        number=$((number + 1))
        line=$(head -n -1 "$dir/$1/$number" | tr '\t\n' '  ')
        state=$(tail -n 1 "$dir/$1/$number")
        [[ $line == *'|'* ]] || line+='|-'
        printf '%s\t%s\t%s\t%s\n' "$service" "${states[state]}" "${line##*|}" "${line%|*}"
    done <"$dir/services" >"$WORK/nrpe.$1"
}
