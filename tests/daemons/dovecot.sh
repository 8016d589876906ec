# shellcheck shell=bash disable=SC2034 # lib.sh reads PORTS, LOGS and SESSION_END.
# POP, SPOP, IMAP, SIMAP, SIEVE: dovecot's login services. LMTP: its delivery.

dovecot_suite() {
    needs root dovecot dovecot-pop3d dovecot-imapd dovecot-lmtpd dovecot-managesieved || return 0
    local pop spop imap simap sieve lmtp
    free_port pop spop imap simap sieve lmtp
    PORTS=("$pop" "$spop" "$imap" "$simap" "$sieve" "$lmtp")
    LOGS=("$DIR/dovecot.log")
    SESSION_END=': Info: .*rip=127\.0\.0\.1'
    dovecot_configure "${PORTS[@]}"

    start dovecot -F -c "$DIR/dovecot.conf" || return 0
    greets POP "$pop" '\+OK Dovecot.* ready\.' dovecot_logged_out
    greets_under_tls SPOP "$spop" '\+OK Dovecot.* ready\.' dovecot_logged_out_under_tls
    greets IMAP "$imap" '\* OK \[CAPABILITY .*\] Dovecot.* ready\.' dovecot_logged_out
    greets_under_tls SIMAP "$simap" '\* OK \[CAPABILITY .*\] Dovecot.* ready\.' dovecot_logged_out_under_tls
    serves SIEVE "$sieve" '"IMPLEMENTATION" "Dovecot.*OK .*' 'error|reset|Broken'
    has_state_of check_pop "$pop"
    has_state_of check_imap "$imap"
    has_state_of check_spop "$spop"
    has_state_of check_simap "$simap"
    upgrades imap "$imap" dovecot_logged_out_under_tls -E -s 'a1 CAPABILITY\r\n' -e '(?m)^a1 OK .*\n' \
        -q 'a2 LOGOUT\r\n'
    upgrades pop3 "$pop" dovecot_logged_out_under_tls -q QUIT
    upgrades sieve "$sieve" dovecot_logged_out_under_tls -e '(?m)^OK .*\n' -q LOGOUT
    SESSION_END='lmtp.*Disconnect'
    serves LMTP "$lmtp" '220 .* Dovecot.* ready\.' 'error|reset|Broken'
    upgrades lmtp "$lmtp" dovecot_lmtp_quit -q QUIT
    stop
    sed -i 's/^ssl = yes$/ssl = no/' "$DIR/dovecot.conf"
    SESSION_END=
    PORTS=("$pop" "$imap" "$sieve" "$lmtp")
    start dovecot -F -c "$DIR/dovecot.conf" || return 0
    declines imap "$imap" 'a0 BAD '
    declines pop3 "$pop" '-ERR '
    declines sieve "$sieve" 'NO '
    declines lmtp "$lmtp" '250-'
    stop
    cat >>"$DIR/dovecot.conf" <<CONF
ssl = required
ssl_ca = <$WORK/tls/ca.pem
ssl_verify_client_cert = yes
ssl_require_crl = no
auth_ssl_require_client_cert = yes
CONF
    SESSION_END=': Info: .*rip=127\.0\.0\.1'
    PORTS=("$pop" "$spop" "$imap" "$simap" "$sieve" "$lmtp")
    start dovecot -F -c "$DIR/dovecot.conf" || return 0
    dovecot_with_client_certificates "$imap" "$simap"
    stop
    has_stopped POP "$pop"
    has_stopped SPOP "$spop"
    has_stopped IMAP "$imap"
    has_stopped SIMAP "$simap"
}

dovecot_lmtp_quit() {
    shows 'lmtp.*Disconnect from 127\.0\.0\.1: Logged out'
    shows_no 'Connection closed|reset|lost|SSL error|unexpected eof'
}

# Dovecot asks for a certificate, and lets nobody log in without one of its authority.
dovecot_with_client_certificates() { # IMAP SIMAP
    local -x SSL_CERT_FILE=$WORK/tls/ca.pem
    local own=(--client-cert "$WORK/tls/server.pem" --client-key "$WORK/tls/server.key")
    local other=(--client-cert "$WORK/tls/self.pem" --client-key "$WORK/tls/self.key")
    local login=(-E -s 'a1 LOGIN check-tcp x\r\n' -e '(?m)^a1 .*\n' -q 'a2 LOGOUT\r\n')
    local at
    for at in "--starttls imap -H 127.0.0.1 -p $1" "-S -H 127.0.0.1 -p $2"; do
        # shellcheck disable=SC2086 # words
        {
            check 0 "^TCP OK: .*a1 NO .*Client didn't present valid SSL certificate\]$" $at "${login[@]}"
            check 0 "^TCP OK: .*a1 NO .*Client didn't present valid SSL certificate\]$" $at "${login[@]}" "${other[@]}"
            check 0 '^TCP OK: .*a1 OK .*Logged in' $at "${login[@]}" "${own[@]}"
            shows 'Received valid SSL certificate: /CN=check-tcp daemons$'
        }
    done
}

dovecot_configure() { # POP SPOP IMAP SIMAP SIEVE LMTP
    cat >"$DIR/dovecot.conf" <<CONF
base_dir = $DIR/run
state_dir = $DIR/state
instance_name = check-tcp
log_path = $DIR/dovecot.log
protocols = pop3 imap lmtp sieve
listen = 127.0.0.1
ssl = yes
ssl_cert = <$WORK/tls/server.pem
ssl_key = <$WORK/tls/server.key
verbose_ssl = yes
auth_verbose = yes
passdb {
  driver = static
  args = nopassword
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=$DIR/home
}
service pop3-login {
  inet_listener pop3 {
    port = $1
  }
  inet_listener pop3s {
    port = $2
  }
}
service managesieve-login {
  inet_listener sieve {
    port = $5
  }
}
service lmtp {
  inet_listener lmtp {
    port = $6
  }
}
service imap-login {
  inet_listener imap {
    port = $3
  }
  inet_listener imaps {
    port = $4
  }
}
CONF
}

dovecot_logged_out() {
    shows 'Info: .*Aborted login by logging out .*, secured, '
    shows_no 'Connection closed|reset|lost|error|fail'
}

dovecot_logged_out_under_tls() {
    shows 'Info: .*Aborted login by logging out .*, TLS, '
    # `SSL_get_servername() failed` is logged for each client that asks for no name, as one must not
    # for an address.
    shows_no 'Connection closed|reset|lost|SSL error|SSL alert: where|unexpected eof|[a-z] failed'
}
