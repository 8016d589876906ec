# shellcheck shell=bash disable=SC2034 # lib.sh reads PORTS, LOGS and SESSION_END.
# GEARMAN: gearmand's text commands. The preset has no quit string, and gearmand logs a reset as it
# logs a close: what its log can show is that it was asked, answered, and saw the end without
# complaint.

gearmand_suite() {
    needs anyone gearmand gearman-job-server || return 0
    local port
    free_port port
    PORTS=("$port")
    LOGS=("$DIR/gearmand.log")
    SESSION_END='Gear connection disconnected'
    : >"$DIR/gearmand.conf"
    local user=()
    if [[ $EUID -eq 0 ]]; then
        chown gearman "$DIR"
        user=(--user=gearman)
    fi

    start gearmand --listen=127.0.0.1 --port="$port" --queue-type=builtin --pid-file="$DIR/pid" \
        --config-file="$DIR/gearmand.conf" --log-file="$DIR/gearmand.log" --verbose=DEBUG "${user[@]}" || return 0
    greets GEARMAN "$port" '(OK )?[0-9]+(\.[0-9]+)+[^ ]*' gearmand_saw_the_end
    stop
    has_stopped GEARMAN "$port"
}

gearmand_saw_the_end() {
    shows 'text command version 1 arguments'
    shows 'Peer connection has called close\(\)'
    shows_no 'ERROR|WARNING|reset|ECONNRESET|EPIPE|lost'
}
