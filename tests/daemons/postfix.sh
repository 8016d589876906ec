# shellcheck shell=bash disable=SC2034 # lib.sh reads PORTS, LOGS and SESSION_END.
# SMTP, SSMTP: postfix's smtpd, in the clear and with TLS from the first byte, and behind a postscreen
# that greets in two lines with a pause between. They log through postfix's own postlogd.

postfix_suite() {
    needs root postfix postfix || return 0
    local smtp ssmtp screened refusing stuck dead upgrading wanting
    free_port smtp ssmtp screened refusing stuck dead upgrading wanting
    PORTS=("$smtp" "$ssmtp" "$screened" "$refusing" "$stuck" "$dead" "$upgrading" "$wanting")
    LOGS=("$DIR/maillog")
    SESSION_END='smtpd\[[0-9]+\]: disconnect from '
    postfix_configure "${PORTS[@]}"

    MAIL_CONFIG=$DIR/conf start "$(postconf -c "$DIR/conf" -h daemon_directory)/master" -d || return 0
    greets SMTP "$smtp" '220 mail\.check-tcp\.test ESMTP Postfix' postfix_quit
    greets_under_tls SSMTP "$ssmtp" '220 mail\.check-tcp\.test ESMTP Postfix' postfix_quit_under_tls
    # The submission services are the same daemon on other ports.
    check 0 '^SUBMISSION OK: .*\[220 mail\.check-tcp\.test ESMTP Postfix\]$' \
        --service SUBMISSION -H 127.0.0.1 -p "$smtp"
    postfix_quit
    SSL_CERT_FILE=$WORK/tls/ca.pem check 0 '^SUBMISSIONS OK: .*\[220 mail\.check-tcp\.test ESMTP Postfix\]$' \
        --service SUBMISSIONS -H 127.0.0.1 -p "$ssmtp"
    postfix_quit_under_tls
    has_state_of check_ssmtp "$ssmtp"
    upgrades smtp "$upgrading" postfix_quit_after_starttls -q QUIT
    upgrades smtp "$upgrading" postfix_quit_after_starttls -E -s 'NOOP\r\n' -e '^250 2\.0\.0 Ok\r\n' -q 'QUIT\r\n'
    postfix_with_client_certificate "$wanting"
    declines smtp "$smtp" '250-mail\.check-tcp\.test.*250 CHUNKING$'
    check 0 '^TCP OK: .* \[250-mail\.check-tcp\.test.*250 CHUNKING\]$' -H 127.0.0.1 -p "$upgrading" \
        --ca-file "$WORK/tls/ca.pem" --steps "$here/../../contrib/steps/smtp.steps" -q QUIT
    shows 'ehlo=2 starttls=1 quit=1 commands=4$'
    postfix_behind_postscreen "$screened" "$refusing" "$stuck" "$dead"
    stop
    has_stopped SMTP "$smtp"
    has_stopped SSMTP "$ssmtp"
}

# postscreen says `220-`, and 2 s later lets smtpd say the rest: what is said before that is logged as
# PREGREET.
postfix_behind_postscreen() { # SCREENED REFUSING STUCK DEAD
    local teaser='220-mail\.check-tcp\.test teaser' target=(--service SMTP -H 127.0.0.1)
    local unexpected='^SMTP CRITICAL: Unexpected response from host/socket: '$teaser
    check 0 "^SMTP OK: [2-9]\.[0-9]{3} seconds .* \[$teaser.*220 mail\.check-tcp\.test ESMTP Postfix\]$" \
        "${target[@]}" -p "$1"
    postfix_was_not_interrupted
    shows 'PASS NEW'
    postfix_quit
    check 2 "$unexpected.*5" "${target[@]}" -p "$2"
    postfix_was_not_interrupted

    # smtpd is asleep, or can't be started.
    SESSION_END=
    run_check 2 "$unexpected \(the pattern was still open after 4s\)$" "${target[@]}" -p "$3" -t 4
    postfix_was_not_interrupted
    run_check 2 "$unexpected \(the pattern was still open after 4s\)$" "${target[@]}" -p "$4" -t 4
    shows 'fatal: '
    postfix_was_not_interrupted
    # Before the teaser's end.
    run_check 2 "$unexpected \(the pattern was still open after 1s\)$" "${target[@]}" -p "$1" -t 1
    shows 'HANGUP after '
    postfix_was_not_interrupted
}

postfix_was_not_interrupted() {
    shows 'postscreen\[[0-9]+\]: CONNECT from '
    shows_no 'PREGREET|COMMAND PIPELINING'
}

postfix_quit_after_starttls() {
    shows 'TLS connection established from unknown\[127\.0\.0\.1\]: TLSv1\.3 '
    shows 'ehlo=1 starttls=1 (noop=1 )?quit=1 commands=[34]$'
    shows_no 'lost connection|improper|reset|error|warning|timeout'
}

# Postfix takes nobody without a certificate of its authority.
postfix_with_client_certificate() { # PORT
    local at=(--starttls smtp -H 127.0.0.1 -p "$1" -q QUIT)
    local -x SSL_CERT_FILE=$WORK/tls/ca.pem
    check 2 '^TCP CRITICAL: .*the server asked for a client certificate' "${at[@]}" -E -s 'NOOP\r\n' -e '^250 '
    check 0 '^TCP OK: .* \[250 2\.0\.0 Ok\]$' "${at[@]}" -E -s 'NOOP\r\n' -e '^250 ' -q 'QUIT\r\n' \
        --client-cert "$WORK/tls/server.pem" --client-key "$WORK/tls/server.key"
    shows 'Trusted TLS connection established from unknown\[127\.0\.0\.1\]'
    postfix_quit_after_starttls
}

postfix_configure() { # SMTP SSMTP SCREENED REFUSING STUCK DEAD UPGRADING WANTING
    mkdir -p "$DIR"/conf "$DIR"/queue/pid
    install -d -o postfix -m 700 "$DIR"/data "$DIR"/queue/private
    install -d -o postfix -g postdrop -m 710 "$DIR"/queue/public
    cat >"$DIR/conf/main.cf" <<CONF
compatibility_level = 3.6
queue_directory = $DIR/queue
data_directory = $DIR/data
maillog_file = $DIR/maillog
maillog_file_prefixes = $DIR
myhostname = mail.check-tcp.test
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
smtpd_peername_lookup = no
smtpd_relay_restrictions = reject
smtpd_tls_cert_file = $WORK/tls/server.pem
smtpd_tls_key_file = $WORK/tls/server.key
smtpd_tls_loglevel = 1
postscreen_access_list =
postscreen_cache_map =
postscreen_greet_banner = mail.check-tcp.test teaser
postscreen_greet_wait = 2s
postscreen_greet_action = enforce
CONF
    cat >"$DIR/conf/master.cf" <<CONF
127.0.0.1:$1 inet n - n - - smtpd
127.0.0.1:$2 inet n - n - - smtpd
  -o smtpd_tls_wrappermode=yes
127.0.0.1:$7 inet n - n - - smtpd
  -o smtpd_tls_security_level=may
127.0.0.1:$8 inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
  -o smtpd_tls_req_ccert=yes
  -o smtpd_tls_CAfile=$WORK/tls/ca.pem
127.0.0.1:$3 inet n - n - 1 postscreen
127.0.0.1:$4 inet n - n - 1 postscreen
  -o smtpd_service_name=refusing
127.0.0.1:$5 inet n - n - 1 postscreen
  -o smtpd_service_name=stuck
127.0.0.1:$6 inet n - n - 1 postscreen
  -o smtpd_service_name=dead
smtpd pass - - n - - smtpd
refusing pass - - n - - smtpd
  -o smtpd_delay_reject=no
  -o smtpd_client_restrictions=reject
dead pass - - n - - smtpd
  -o compatibility_level=none
stuck pass - - n - - smtpd
  -o smtpd_delay_reject=no
  -o {smtpd_client_restrictions=sleep 60}
postlog unix-dgram n - n - 1 postlogd
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
CONF
}

postfix_quit() {
    shows 'disconnect from unknown\[127\.0\.0\.1\] quit=1 commands=1$'
    shows_no 'lost connection|improper|reset|error|warning|timeout'
}

# What stands behind QUIT before smtpd has answered it counts as a command sent ahead of its turn. A
# close_notify that comes so early reads as the end of the stream: `lost connection after QUIT`.
postfix_quit_under_tls() {
    shows 'TLS connection established from unknown\[127\.0\.0\.1\]: TLSv1\.3 '
    postfix_quit
}
