# shellcheck shell=bash
# Nagios with the command definitions of Debian's /etc/nagios-plugins/config, unchanged. They name
# /usr/lib/nagios/plugins: there the program takes the place of check_tcp as docs/monitoring-plugins.md
# says, in a copy of that directory. The results are those of status.dat.

# Each also with `_4` behind it, for IPv4 alone.
NAGIOS4_COMMANDS=(check_tcp check_telnet check_pop check_imap check_ftp check_nntp check_ssmtp check_spop check_simap)

nagios4_suite() {
    local here=$WORK/nagios4 side
    mkdir "$here"
    nagios4_objects >"$here/objects.cfg"
    # In a namespace of its own it keeps the plugins that are there now.
    nagios4_start theirs "$THEIRS" unshare --mount
    await nagios4_is_up theirs || give_up_with nagios4-theirs 'nagios4 does not come up'
    nagios4_switch
    nagios4_start ours "$WORK/ours"
    for side in theirs ours; do
        await_long nagios4_is_done "$side" || give_up_with "nagios4-$side" 'nagios4 has not checked every service'
        nagios4_results "$side"
        finish "nagios4-$side"
    done
    nagios4_switch_back
    compare_results nagios4 550
}

# A service for each command, address, and argument.
nagios4_objects() {
    local command family host row
    cat "$HERE/nagios4.cfg"
    for host in "${!ADDRESSES[@]}"; do
        printf 'define host {\n use any\n host_name %s\n address %s\n}\n' "$host" "${ADDRESSES[$host]}"
    done
    for host in "${!ADDRESSES[@]}"; do
        nagios4_service check_ftp_user1 "$host" ''
    done
    for command in "${NAGIOS4_COMMANDS[@]}"; do
        for family in '' _4; do
            for host in "${!ADDRESSES[@]}"; do
                nagios4_service "$command$family" "$host" ''
            done
            for row in 'well -eready' 'well --expect=absent' 'split -eready' 'stalled -eready' 'wrong -Mok' 'wrong -Mcrit' \
                'wrong -eready' 'refusing -rok' 'refusing -rwarn' 'refusing -rcrit' 'slow -w2' 'slow -c2' 'silent -t2' \
                'well -d1' 'well -j' 'well -qBYE' 'well -m4096' "slow -w' '1.5' '-c' '2.5" "wrong -e' 'ready' '-M' 'crit" \
                'well -S' 'well -Mx'; do
                nagios4_service "$command$family" "${row%% *}" "${row#* }"
            done
        done
    done
    for command in check_ssmtp check_spop check_simap; do
        for row in 'well -D5' 'ending -D5' 'ending -D20' 'ending -D20,15' 'expired -D5' 'silent -D5' 'wrong -D5'; do
            nagios4_service "$command" "${row%% *}" "${row#* }"
        done
    done
}

nagios4_service() { # COMMAND HOST ARGUMENT
    local words=$1
    [[ $1 != check_tcp* ]] || words+='!7'
    printf 'define service {\n use any\n host_name %s\n service_description %s\n check_command %s\n}\n' \
        "$2" "$1 $2 ${3//\'/}" "$words!$3"
}

nagios4_start() { # SIDE USER1 COMMAND...
    local dir=$WORK/nagios4/$1
    mkdir -p "$dir/results" "$dir/rw"
    printf '$USER1$=%s\n' "$2" >"$dir/resource.cfg"
    cat >"$dir/nagios.cfg" <<CONF
resource_file=$dir/resource.cfg
cfg_dir=/etc/nagios-plugins/config
cfg_file=$WORK/nagios4/objects.cfg
log_file=$dir/nagios.log
object_cache_file=$dir/objects.cache
precached_object_file=$dir/objects.precache
status_file=$dir/status.dat
status_update_interval=1
nagios_user=nagios
nagios_group=nagios
lock_file=$dir/nagios.pid
temp_file=$dir/nagios.tmp
temp_path=$dir
check_result_path=$dir/results
query_socket=$dir/rw/query
check_external_commands=0
check_for_updates=0
use_syslog=0
retain_state_information=0
execute_host_checks=0
enable_notifications=0
enable_flap_detection=0
service_inter_check_delay_method=0.015
service_interleave_factor=1
max_service_check_spread=1
max_concurrent_checks=0
check_workers=2
check_result_reaper_frequency=1
interval_length=60
illegal_macro_output_chars=\`~\$&|'"<>
CONF
    chown -R nagios "$dir"
    launch "nagios4-$1" "${@:3}" nagios4 "$dir/nagios.cfg"
}

nagios4_is_up() { # SIDE
    [[ -s $WORK/nagios4/$1/status.dat ]]
}

nagios4_is_done() { # SIDE
    [[ $(grep -c has_been_checked=1 "$WORK/nagios4/$1/status.dat" 2>/dev/null) == \
        $(grep -c '^ service_description' "$WORK/nagios4/objects.cfg") ]]
}

nagios4_results() { # SIDE
    awk -v OFS='\t' '
        /^servicestatus / { name = state = performance = output = "" }
        { value = $0; sub(/^[^=]*=/, "", value); gsub(/\t/, " ", value) }
        /^\tservice_description=/ { name = value }
        /^\tcurrent_state=/ { state = value }
        /^\tplugin_output=/ { output = value }
        /^\tperformance_data=/ { performance = value }
        /^\t}/ && name != "" {
            split("OK WARNING CRITICAL UNKNOWN", names, " ")
            print name, names[state + 1], (performance == "" ? "-" : performance), (output == "" ? "-" : output)
            name = ""
        }' "$WORK/nagios4/$1/status.dat" >"$WORK/nagios4.$1"
}

# As docs/monitoring-plugins.md does it for Debian's own definitions, in a copy of the directory and
# with a database of diversions that is not the machine's.
nagios4_switch() {
    export DPKG_ADMINDIR=$WORK/dpkg
    mkdir "$DPKG_ADMINDIR"
    : >"$DPKG_ADMINDIR/status"
    cp -a "$THEIRS" "$WORK/switched"
    mount --bind "$WORK/switched" "$THEIRS"
    ls -l "$THEIRS" >"$WORK/before"
    run_block 2
    holds 'nagios4: check_udp is still theirs' theirs_is "$THEIRS/check_udp"
}

nagios4_switch_back() {
    run_block 3
    ls -l "$THEIRS" >"$WORK/after"
    holds 'nagios4: the directory is as it was' diff "$WORK/before" "$WORK/after"
    umount "$THEIRS"
}
