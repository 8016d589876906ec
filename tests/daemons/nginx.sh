# shellcheck shell=bash disable=SC2034 # lib.sh reads PORTS, LOGS and SESSION_END.
# HTTP: nginx in the clear, under TLS, and over Unix sockets. There is no preset: the request, the
# pattern and what they are worth come from the command line.
#
# The connection is kept alive, so that it is the program that ends it. nginx logs `closed keepalive
# connection` then, and adds `(104: Connection reset by peer)` where the end was a reset.

nginx_suite() {
    needs anyone nginx nginx || return 0
    local http https tls12 self wants12 wants13 asks
    free_port http https tls12 self wants12 wants13 asks
    PORTS=("$http" "$https" "$tls12" "$self" "$wants12" "$wants13" "$asks")
    LOGS=("$DIR/access.log" "$DIR/error.log")
    SESSION_END='client (.* )?closed|while keepalive|while SSL handshaking'
    nginx_configure "${PORTS[@]}"

    start nginx -e "$DIR/error.log" -c "$DIR/nginx.conf" || return 0
    nginx_in_the_clear "$http"
    nginx_under_tls "$https" "$tls12" "$self"
    nginx_over_sockets
    nginx_with_client_certificates "$wants12" "$wants13" "$asks"
    nginx_known_by_fingerprint "$self"
    stop
    has_stopped TCP "$http"
    has_stopped TCP "$https"
    # nginx removes its sockets, as it should; one whose daemon was killed stays and refuses.
    run_check 2 "^TCP CRITICAL: .*http\.sock" -U "$DIR/http.sock"
    run_check 0 "^TCP OK: Verified that the unixsock is closed\. \(sock=$DIR/http\.sock\)$" -U "$DIR/http.sock" -C
}

nginx_in_the_clear() { # PORT
    local target=(-H 127.0.0.1 -p "$1")
    nginx_answers "127\.0\.0\.1 port $1" "$1 .GET / HTTP/1\.1. 200 sni=- tls=-" "${target[@]}"
    mismatches TCP 'HTTP/1\.1 200 OK.*' "${target[@]}" "${NGINX_REQUEST[@]}"
    nginx_saw_the_end
    check 2 "^TCP CRITICAL: Unexpectedly open port\. \(port=$1\)$" "${target[@]}" -C
}

nginx_under_tls() { # HTTPS TLS12 SELF
    local at="127\.0\.0\.1 port" ca=$WORK/tls/ca.pem name=mail.check-tcp.test
    local target=(-S -H 127.0.0.1 -p "$1")
    SSL_CERT_FILE=$ca nginx_answers "$at $1" "$1 .* sni=- tls=TLSv1\.3" "${target[@]}"
    SSL_CERT_FILE=$ca nginx_answers "$at $1" "$1 .* sni=$name tls=TLSv1\.3" "${target[@]}" --sni "$name"
    SSL_CERT_FILE=$ca nginx_answers "localhost port $1" "$1 .* sni=localhost tls=TLSv1\.3" -S -H localhost -p "$1"
    nginx_answers "$at $1" "$1 .* sni=- tls=TLSv1\.3" "${target[@]}" --no-check-certificate
    SSL_CERT_FILE=$ca nginx_answers "$at $2" "$2 .* sni=- tls=TLSv1\.2" -S -H 127.0.0.1 -p "$2"
    SSL_CERT_FILE=$WORK/tls/self.pem nginx_answers "$at $3" "$3 .* sni=- tls=TLSv1\.3" -S -H 127.0.0.1 -p "$3"
    SSL_CERT_FILE=$ca mismatches TCP 'HTTP/1\.1 200 OK.*' "${target[@]}" "${NGINX_REQUEST[@]}"
    nginx_saw_the_end
    refuses_certificate TCP "${target[@]}" "${NGINX_REQUEST[@]}"
}

nginx_over_sockets() {
    local name=mail.check-tcp.test
    nginx_answers "$DIR/http\.sock" '.GET / HTTP/1\.1. 200 sni=- tls=-' -U "$DIR/http.sock"
    SSL_CERT_FILE=$WORK/tls/ca.pem nginx_answers "$DIR/https\.sock" "sni=$name tls=TLSv1\.3" \
        -S -U "$DIR/https.sock" --sni "$name"
    mismatches TCP 'HTTP/1\.1 200 OK.*' -U "$DIR/http.sock" "${NGINX_REQUEST[@]}"
    nginx_saw_the_end
    check 2 "^TCP CRITICAL: Unexpectedly open unixsock\. \(sock=$DIR/http\.sock\)$" -U "$DIR/http.sock" -C
}

# nginx never refuses in the handshake: it answers a request without a certificate with 400, and to who
# asks nothing one server that wants a certificate is like another that merely asks.
nginx_with_client_certificates() { # WANTS12 WANTS13 ASKS
    local port asked='\(the server asked for a client certificate\)'
    local -x SSL_CERT_FILE=$WORK/tls/ca.pem
    for port in "$1" "$2"; do
        nginx_refuses "$port" "$asked"
    done
    for port in "$@"; do
        run_check 0 "^TCP OK: 0\.[0-9]{3} seconds response time on 127\.0\.0\.1 port $port$" -S -H 127.0.0.1 -p "$port"
    done
    nginx_answers "127\.0\.0\.1 port $3" "$3 .* sni=- tls=TLSv1\.3" -S -H 127.0.0.1 -p "$3"
    # One of the same authority, and one of nobody.
    local own=(--client-cert "$WORK/tls/server.pem" --client-key "$WORK/tls/server.key")
    nginx_answers "127\.0\.0\.1 port $1" "$1 .* sni=- tls=TLSv1\.2" -H 127.0.0.1 -p "$1" "${own[@]}"
    nginx_answers "127\.0\.0\.1 port $2" "$2 .* sni=- tls=TLSv1\.3" -H 127.0.0.1 -p "$2" "${own[@]}"
    nginx_answers "127\.0\.0\.1 port $3" "$3 .* sni=- tls=TLSv1\.3" -H 127.0.0.1 -p "$3" "${own[@]}"
    local SESSION_END=
    run_check 2 '^TCP CRITICAL: Unexpected response from host/socket: HTTP/1\.1 400 .*SSL certificate error' \
        -H 127.0.0.1 -p "$2" --client-cert "$WORK/tls/self.pem" --client-key "$WORK/tls/self.key" \
        "${NGINX_REQUEST[@]}" -e '^HTTP/1\.1 200 '
}

# A certificate that is known by its fingerprint needs no store, and no other will do.
nginx_known_by_fingerprint() { # SELF
    local known other
    known=$(openssl x509 -in "$WORK/tls/self.pem" -noout -fingerprint -sha256)
    other=$(openssl x509 -in "$WORK/tls/server.pem" -noout -fingerprint -sha256)
    nginx_answers "127\.0\.0\.1 port $1" "$1 .* tls=TLSv1\.3" -H 127.0.0.1 -p "$1" --fingerprint "${known#*=}"
    check 2 '^TCP CRITICAL: .*known by its fingerprint; its SHA-256 is [0-9a-f]{64}$' -H 127.0.0.1 -p "$1" \
        --fingerprint "${other#*=}" "${NGINX_REQUEST[@]}"
}

nginx_refuses() { # PORT ASKED
    # It closes the connection itself, and logs no end of it.
    local SESSION_END=
    check 2 "^TCP CRITICAL: Unexpected response from host/socket: HTTP/1\.1 400 .* $2$" \
        -S -H 127.0.0.1 -p "$1" "${NGINX_REQUEST[@]}" -e '^HTTP/1\.1 200 '
    shows 'client sent no required SSL certificate'
}

NGINX_REQUEST=(-E -s 'GET / HTTP/1.1\r\nHost: check-tcp.test\r\n\r\n')

# The request is answered with 200, and both logs know nothing but a request and its end.
nginx_answers() { # WHERE LOGGED ARGUMENT...
    check 0 "$(in_time TCP "$1" 'HTTP/1\.1 200 OK.*')" "${@:3}" "${NGINX_REQUEST[@]}" -e '^HTTP/1\.1 200 '
    shows "$2"
    nginx_saw_the_end
}

nginx_saw_the_end() {
    shows 'client .* closed keepalive connection'
    shows_no 'failed|reset|error|prematurely|timed out|unexpected eof'
}

nginx_configure() { # HTTP HTTPS TLS12 SELF WANTS12 WANTS13 ASKS
    mkdir "$DIR/tmp"
    local user=''
    if [[ $EUID -eq 0 ]]; then
        chown www-data "$DIR/tmp"
        user='user www-data;'
    fi
    cat >"$DIR/nginx.conf" <<CONF
daemon off;
$user
worker_processes 1;
pid $DIR/nginx.pid;
error_log $DIR/error.log info;
events {
    worker_connections 64;
}
http {
    log_format session '\$server_port "\$request" \$status sni=\$ssl_server_name tls=\$ssl_protocol';
    access_log $DIR/access.log session;
    client_body_temp_path $DIR/tmp;
    proxy_temp_path $DIR/tmp;
    fastcgi_temp_path $DIR/tmp;
    uwsgi_temp_path $DIR/tmp;
    scgi_temp_path $DIR/tmp;
    ssl_certificate $WORK/tls/server.pem;
    ssl_certificate_key $WORK/tls/server.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    # From memory, so that the whole answer leaves at once.
    server {
        listen 127.0.0.1:$1;
        listen unix:$DIR/http.sock;
        return 200 "well\n";
    }
    server {
        listen 127.0.0.1:$2 ssl;
        listen unix:$DIR/https.sock ssl;
        return 200 "well\n";
    }
    server {
        listen 127.0.0.1:$3 ssl;
        ssl_protocols TLSv1.2;
        return 200 "well\n";
    }
    server {
        listen 127.0.0.1:$4 ssl;
        ssl_certificate $WORK/tls/self.pem;
        ssl_certificate_key $WORK/tls/self.key;
        return 200 "well\n";
    }
    ssl_client_certificate $WORK/tls/ca.pem;
    server {
        listen 127.0.0.1:$5 ssl;
        ssl_protocols TLSv1.2;
        ssl_verify_client on;
        return 200 "well\n";
    }
    server {
        listen 127.0.0.1:$6 ssl;
        ssl_verify_client on;
        return 200 "well\n";
    }
    server {
        listen 127.0.0.1:$7 ssl;
        ssl_verify_client optional;
        return 200 "well\n";
    }
}
CONF
}
