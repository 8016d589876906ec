# shellcheck shell=bash
# What the daemons' suites have in common: the workshop (temporary directory, certificates), daemons
# (ports, start, stop), checks of the program's answers, checks of what the daemon logged meanwhile.
#
# Nothing here waits for a length of time: `await` asks again until an event is there, within a
# bound.

PASSED=0
FAILED=0
WORK=         # the temporary directory
DIR=          # the part of it that belongs to the daemon at work
DAEMON=       # process id of that daemon, and of its process group
PORTS=()      # the ports it listens on
TAKEN=()      # every port that free_port gave away
LOGS=()       # its log files
MARKS=()      # how long each of them was before the last check
SESSION_END=  # what it logs once a connection is over, or a function that asks whether all are; or empty

# --- the workshop

open_workshop() {
    # The caller's own trust store must not decide a check.
    unset SSL_CERT_FILE SSL_CERT_DIR
    export LC_ALL=C
    WORK=$(mktemp -d -t check-tcp.XXXXXX)
    trap close_workshop EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    # The daemons give up root, and must still find their files.
    chmod 755 "$WORK"
    make_certificates
}

close_workshop() {
    stop
    rm -rf "$WORK"
}

# ca.pem, and server.pem with server.key that it signed; self.pem with self.key, signed by nobody
# else; stranger.pem, an authority that signed nothing.
make_certificates() {
    local names='DNS:mail.check-tcp.test,DNS:localhost,IP:127.0.0.1'
    mkdir "$WORK/tls"
    (
        cd "$WORK/tls"
        printf 'subjectAltName=%s\n' "$names" >names
        new_key ca req -x509 -subj '/CN=check-tcp daemons CA' -days 2 -out ca.pem
        new_key stranger req -x509 -subj '/CN=a stranger' -days 2 -out stranger.pem
        new_key self req -x509 -subj '/CN=self-signed' -addext "subjectAltName=$names" -days 2 -out self.pem
        new_key server req -subj '/CN=check-tcp daemons' -out server.csr
        openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -extfile names -days 2 \
            -out server.pem
    ) >"$WORK/tls.log" 2>&1 || give_up "making certificates failed: $(tail -n 3 "$WORK/tls.log")"
}

# openssl with a key of its own in NAME.key.
new_key() { # NAME OPENSSL-ARGUMENT...
    openssl "${@:2}" -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$1.key"
}

# --- daemons

# Whether the daemon can be run: by this user, from these packages. Also makes its directory, DIR.
needs() { # root|anyone DIRECTORY PACKAGE...
    local who=$1 package absent=()
    DIR=$WORK/$2
    for package in "${@:3}"; do
        [[ $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) == installed ]] || absent+=("$package")
    done
    if [[ ${#absent[@]} -gt 0 ]]; then
        skip "not installed: ${absent[*]}"
        return 1
    fi
    if [[ $who == root && $EUID -ne 0 ]]; then
        skip 'must be started by root'
        return 1
    fi
    mkdir "$DIR"
}

# Puts ports into the variables of these names: nobody listens there, none was given before. They
# lie below the range that the kernel takes for outgoing connections.
free_port() { # VARIABLE...
    local variable candidate
    for variable in "$@"; do
        candidate=$((20000 + RANDOM % 10000))
        while listening "$candidate" || [[ " ${TAKEN[*]} " == *" $candidate "* ]]; do
            candidate=$((20000 + RANDOM % 10000))
        done
        TAKEN+=("$candidate")
        printf -v "$variable" %s "$candidate"
    done
}

# Runs the command, which must stay in the foreground, in a process group of its own, until `stop`.
# It is up once it listens on PORTS.
start() { # COMMAND...
    setsid "$@" >"$DIR/output" 2>&1 </dev/null &
    DAEMON=$!
    if await up_or_dead && kill -0 "$DAEMON" 2>/dev/null; then
        return
    fi
    fail "$1 did not come up on ${PORTS[*]}"
    show "$DIR/output" "${LOGS[@]}"
    return 1
}

up_or_dead() {
    listening "${PORTS[@]}" || ! kill -0 "$DAEMON" 2>/dev/null
}

# Ends the daemon, where there is one: when this returns, nobody listens on its ports any more.
stop() {
    [[ -n $DAEMON ]] || return 0
    kill "$DAEMON" 2>/dev/null || true
    await gone || fail "the daemon with process id $DAEMON does not stop"
    kill -KILL -- "-$DAEMON" 2>/dev/null || true
    wait "$DAEMON" 2>/dev/null || true
    DAEMON=
}

gone() {
    ! kill -0 "$DAEMON" 2>/dev/null || return 1
    local port
    for port in "${PORTS[@]}"; do
        ! listening "$port" || return 1
    done
}

# Whether each of the ports is listened on. The kernel's table is asked: a connection to find out
# would be one more session in the daemon's log.
listening() { # PORT...
    local port hex
    for port in "$@"; do
        printf -v hex %04X "$port"
        grep -qsE "^ *[0-9]+: [0-9A-F]+:$hex 0+:0000 0A " /proc/net/tcp /proc/net/tcp6 || return 1
    done
}

# Asks until the answer is yes; no if it is not within about 15 seconds.
await() { # QUESTION...
    local asked
    for ((asked = 0; asked < 300; asked++)); do
        ! "$@" || return 0
        sleep 0.05
    done
    return 1
}

# --- what the program answers

# Runs the program: its exit status must be STATUS, and all it prints one line that LINE, an
# extended regular expression, matches. Then waits until the daemon has seen the end of the
# connection.
check() { # STATUS LINE ARGUMENT...
    run_check "$@"
    # A connection that ends late would be taken for one of the next check.
    if [[ -n $SESSION_END ]] && ! session_ended; then
        fail "  log does not show the end of the connection: $SESSION_END"
        show_new_lines
    fi
}

session_ended() {
    if declare -F "$SESSION_END" >/dev/null; then
        await "$SESSION_END"
    else
        logged "$SESSION_END"
    fi
}

# Whether no process that the daemon started for a connection is left.
childless() {
    [[ -z $(cat "/proc/$DAEMON/task/$DAEMON/children") ]]
}

run_check() { # STATUS LINE ARGUMENT...
    local status=$1 line=$2 said='' got=0 told
    shift 2
    mark_logs
    said=$(timeout 30 "$PROGRAM" "$@" 2>"$WORK/stderr" </dev/null) || got=$?
    told="$(command_line "$@")  exit $got: $said"
    if [[ $got -eq $status && $said =~ $line && $said != *$'\n'* ]]; then
        pass "$told"
        return
    fi
    fail "$told"
    printf '      wanted exit %s: %s\n' "$status" "$line"
    show "$WORK/stderr"
    show_new_lines
}

# The whole life of a service that greets: it is well, what it says is not what was asked for, its
# port is open. CLEAN looks at the log of the first two: a reply that does not match is no reason to
# leave without a word.
greets() { # SERVICE PORT REPLY CLEAN
    local service=$1 port=$2 reply=$3 clean=$4
    local target=(--service "$service" -H 127.0.0.1 -p "$port")
    check 0 "$(in_time "$service" "127\.0\.0\.1 port $port" "$reply")" "${target[@]}"
    "$clean"
    mismatches "$service" "$reply" "${target[@]}"
    "$clean"
    check 2 "^$service CRITICAL: Unexpectedly open port\. \(port=$port\)$" "${target[@]}" -C
}

# A service of which the log tells less: it is well, its log has no line that COMPLAINT matches, what
# it says is not what was asked for, its port is open.
serves() { # SERVICE PORT REPLY [COMPLAINT]
    local service=$1 port=$2 reply=$3 complaint=${4-}
    local target=(--service "$service" -H 127.0.0.1 -p "$port")
    check 0 "$(in_time "$service" "127\.0\.0\.1 port $port" "$reply")" "${target[@]}"
    [[ -z $complaint ]] || shows_no "$complaint"
    mismatches "$service" '.*' "${target[@]}"
    [[ -z $complaint ]] || shows_no "$complaint"
    check 2 "^$service CRITICAL: Unexpectedly open port\. \(port=$port\)$" "${target[@]}" -C
}

# The program under the name of a plugin has the state of Monitoring Plugins' own.
has_state_of() { # PLUGIN PORT
    local theirs=0 ours=0 said plugin=/usr/lib/nagios/plugins/$1
    [[ -x $plugin ]] || give_up "no $plugin: install monitoring-plugins-basic"
    "$plugin" -H 127.0.0.1 -p "$2" >/dev/null 2>&1 </dev/null || theirs=$?
    said=$(exec -a "$1" "$PROGRAM" -H 127.0.0.1 -p "$2" 2>&1 </dev/null) || ours=$?
    if [[ $ours -eq $theirs ]]; then
        pass "$1 -H 127.0.0.1 -p $2  exit $ours, as theirs: $said"
    else
        fail "$1 -H 127.0.0.1 -p $2  exit $ours, and theirs $theirs: $said"
    fi
}

# The same under TLS: with the certificate verified for the address, a name, the name of --sni; with
# no verification; and refused for a name that it has not, or an issuer that is not in the store.
greets_under_tls() { # SERVICE PORT REPLY CLEAN
    local service=$1 port=$2 reply=$3 clean=$4
    local at=(--service "$service" -p "$port")
    local here="127\.0\.0\.1 port $port" store=$WORK/tls/ca.pem

    SSL_CERT_FILE=$store greets "$@"
    SSL_CERT_FILE=$store check 0 "$(in_time "$service" "localhost port $port" "$reply")" "${at[@]}" -H localhost
    "$clean"
    SSL_CERT_FILE=$store check 0 "$(in_time "$service" "$here" "$reply")" "${at[@]}" -H 127.0.0.1 \
        --sni mail.check-tcp.test
    "$clean"
    check 0 "$(in_time "$service" "$here" "$reply")" "${at[@]}" -H 127.0.0.1 --no-check-certificate
    "$clean"
    refuses_certificate "$service" "${at[@]}" -H 127.0.0.1
}

# A protocol's own way to TLS, with these arguments for the check under it: it is well, also with the
# certificate's name from --sni and without verification; another name, and an issuer that is not in the
# store, are refused. CLEAN looks at the log of those that are well.
upgrades() { # PROTOCOL PORT CLEAN [ARGUMENT...]
    local clean=$3 ok="^TCP OK: .* port $2( \[.*\])?$"
    local at=(--starttls "$1" -H 127.0.0.1 -p "$2" "${@:4}")
    SSL_CERT_FILE=$WORK/tls/ca.pem check 0 "$ok" "${at[@]}"
    "$clean"
    SSL_CERT_FILE=$WORK/tls/ca.pem check 0 "$ok" "${at[@]}" --sni localhost
    "$clean"
    check 0 "$ok" "${at[@]}" --no-check-certificate
    "$clean"
    refuses_certificate TCP "${at[@]}"
}

# A server that does not offer TLS, or refuses it, with these words.
declines() { # PROTOCOL PORT WORDS [ARGUMENT...]
    check 2 "^TCP CRITICAL: starting TLS with 127\.0\.0\.1:$2: the (greeting|answer to .+) was: $3" \
        --starttls "$1" -H 127.0.0.1 -p "$2" "${@:4}"
}

# A log that says nothing of connections.
nothing() { :; }

# The check that these arguments make, with another pattern.
mismatches() { # SERVICE REPLY ARGUMENT...
    check 2 "^$1 CRITICAL: Unexpected response from host/socket: $2$" "${@:3}" -e '^999'
}

refuses_certificate() { # SERVICE ARGUMENT...
    SSL_CERT_FILE=$WORK/tls/ca.pem check 2 "^$1 CRITICAL: .*mail\.check-tcp\.test" "${@:2}" \
        --sni wrong.check-tcp.test
    SSL_CERT_FILE=$WORK/tls/stranger.pem check 2 "^$1 CRITICAL: .*[Ii]ssuer" "${@:2}" --sni mail.check-tcp.test
}

# The daemon has stopped: its port refuses, which -C asks for. A check without a preset goes by the
# name TCP.
has_stopped() { # SERVICE|TCP PORT
    local target=(-H 127.0.0.1 -p "$2")
    [[ $1 == TCP ]] || target=(--service "$1" "${target[@]}")
    run_check 2 "^$1 CRITICAL: .*127\.0\.0\.1.*refused" "${target[@]}"
    run_check 0 "^$1 OK: Verified that the port is closed\. \(port=$2\)$" "${target[@]}" -C
}

# The line of a check that is OK, as a regular expression.
in_time() { # SERVICE WHERE REPLY
    printf '%s' "^$1 OK: [0-9]+\.[0-9]{3} seconds response time on $2 \[$3\]$"
}

# The command as one would type it.
command_line() { # ARGUMENT...
    local word
    [[ -z ${SSL_CERT_FILE-} ]] || printf 'SSL_CERT_FILE=%s ' "$SSL_CERT_FILE"
    printf check-tcp
    for word in "$@"; do
        if [[ $word =~ ^[[:alnum:]/._:=-]+$ ]]; then
            printf ' %s' "$word"
        else
            printf ' %s' "${word@Q}"
        fi
    done
}

# --- what the daemon logged

# The log of the last check must show a line that matches; waits for it where nothing told the end.
shows() { # REGEX
    if in_new_lines "$1" || { [[ -z $SESSION_END ]] && logged "$1"; }; then
        pass "  log shows: $1"
    else
        fail "  log does not show: $1"
        show_new_lines
    fi
}

# The log of the last check, over by now, must not have a line that matches.
shows_no() { # REGEX
    if ! new_lines | grep -iE -- "$1" >/dev/null; then
        pass "  log shows no: $1"
    else
        fail "  log shows: $1"
        show_new_lines
    fi
}

mark_logs() {
    local log
    MARKS=()
    for log in "${LOGS[@]}"; do
        MARKS+=("$(size "$log")")
    done
}

logged() { # REGEX
    await in_new_lines "$1"
}

in_new_lines() { # REGEX
    new_lines | grep -E -- "$1" >/dev/null
}

# What was logged since the last check began.
new_lines() {
    local index
    for index in "${!LOGS[@]}"; do
        tail -c "+$((MARKS[index] + 1))" "${LOGS[index]}" 2>/dev/null || true
    done
}

show_new_lines() {
    new_lines | tail -n 30 | sed 's/^/      log: /'
}

size() { # FILE
    stat -c %s "$1" 2>/dev/null || echo 0
}

# --- counting

pass() { # WHAT
    PASSED=$((PASSED + 1))
    printf 'PASS  %s\n' "$1"
}

fail() { # WHAT
    FAILED=$((FAILED + 1))
    printf 'FAIL  %s\n' "$1"
}

holds() { # WHAT CONDITION...
    if "${@:2}"; then pass "$1"; else fail "$1"; fi
}

skip() { # WHY
    if [[ ${CI-} == true ]]; then
        fail "skipped, which CI must not: $1"
    else
        printf 'SKIP  %s\n' "$1"
    fi
}

show() { # FILE...
    local file
    for file in "$@"; do
        [[ ! -s $file ]] || tail -n 15 "$file" | sed "s/^/      ${file##*/}: /"
    done
}

# The closing line; fails where a check did.
sum_up() {
    printf '%s passed, %s failed\n' "$PASSED" "$FAILED"
    [[ $FAILED -eq 0 ]]
}

give_up() { # WHY
    printf 'tests/daemons/run: %s\n' "$1" >&2
    exit 2
}
