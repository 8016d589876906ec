# shellcheck shell=bash
# Icinga 2 with its own template library, `PluginDir` at Debian's plugins and at the links. Its API
# says what it knows of each service.

icinga2_suite() {
    icinga2_start theirs "$THEIRS" 5665
    icinga2_start ours "$WORK/ours" 5666
    icinga2_check_all theirs 5665
    icinga2_check_all ours 5666
    icinga2_results theirs 5665
    icinga2_results ours 5666
    holds 'icinga2: one service by check-tcp, beside others of theirs' \
        grep -qE $'^ftp-by-check-tcp\tOK\ttime=.*\tFTP OK: .* port 2021' "$WORK/icinga2.theirs"
    sed -i '/^ftp-by-check-tcp/d' "$WORK"/icinga2.{theirs,ours}
    compare_results icinga2 500
}

icinga2_start() { # SIDE PLUGINS PORT
    local dir=$WORK/icinga2-$1 part
    mkdir -p "$dir/lib/certs"
    for part in log cache spool run; do
        mkdir "$dir/$part"
    done
    # Of the API. Its name is that of the node.
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=family -days 2 \
        -keyout "$dir/lib/certs/family.key" -out "$dir/lib/certs/family.crt" 2>"$WORK/openssl.log"
    cp "$dir/lib/certs/family.crt" "$dir/lib/certs/ca.crt"
    chown -R nagios "$dir"
    launch "icinga2-$1" icinga2 daemon -c "$HERE/icinga2.conf" -D NodeName=family -D RunAsUser=nagios \
        -D RunAsGroup=nagios -D "PluginDir=$2" -D "ApiPort=$3" -D "Sockets=$WORK/servers" -D "Links=$WORK/ours" -D "DataDir=$dir/lib" \
        -D "LogDir=$dir/log" -D "CacheDir=$dir/cache" -D "SpoolDir=$dir/spool" -D "InitRunDir=$dir/run"
}

# Each service at once, and not when its turn comes.
icinga2_check_all() { # SIDE PORT
    await icinga2_asks "$2" status/CIB || give_up_with "icinga2-$1" 'icinga2 does not come up'
    icinga2_asks "$2" actions/reschedule-check -X POST \
        -d '{ "type": "Service", "filter": "true", "force": true, "next_check": 0 }'
}

icinga2_results() { # SIDE PORT
    await_long icinga2_is_done "$2" || give_up_with "icinga2-$1" 'icinga2 has not checked every service'
    icinga2_asks "$2" 'objects/services?attrs=last_check_result'
    jq -r '.results[] | (.attrs.last_check_result) as $result | [
            (.name | sub("^[^!]*!"; "")),
            ({ "0": "OK", "1": "WARNING", "2": "CRITICAL", "3": "UNKNOWN" }[$result.state | tostring]),
            ($result.performance_data | join(" ") | if . == "" then "-" else . end),
            ($result.output | if . == "" then "-" else . end)
        ] | map(gsub("[\t\r\n]"; " ")) | join("\t")' "$WORK/answer" >"$WORK/icinga2.$1"
    finish "icinga2-$1"
}

icinga2_is_done() { # PORT
    icinga2_asks "$1" status/CIB
    [[ $(jq '.results[0].status.num_services_pending' "$WORK/answer") == 0 ]]
}

icinga2_asks() { # PORT PATH CURL-ARGUMENT...
    curl --silent --fail --insecure --max-time 20 --user family:family -H 'Accept: application/json' \
        --output "$WORK/answer" "https://127.0.0.1:$1/v1/$2" "${@:3}"
}
