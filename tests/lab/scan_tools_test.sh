#!/bin/bash
# `swell scan` beside nmap's ssl-enum-ciphers and sslscan, on real servers of every kind: the same versions and suites,
# but for the differences that scan_compare.py explains. Where those tools cannot see, a real client is satisfied first.
#   SWELL_SCAN_ALL=1   all set-ups and both tools; without it some set-ups, and one tool each
set -euo pipefail
here=$(dirname "$(readlink -f "$0")")
if [ -z "${SWELL_SCAN_INSIDE:-}" ]; then
    # Many of these servers are many processes: whoever is left ends with this namespace.
    exec 9> /run/swell-scan.lock
    flock -w 600 9 || exit 1
    SWELL_SCAN_INSIDE=1 exec unshare --pid --mount --fork --kill-child --mount-proc "$0"
fi
# shellcheck source=tests/lab/session.sh
. "$here/session.sh"
# shellcheck source=tests/lab/scan_servers.sh
. "$here/scan_servers.sh"

[ -x "${SWELL:-}" ] || die "SWELL must be the program"
[ "$(id -u)" = 0 ] || die "needs root, for ports below 1024"
all=${SWELL_SCAN_ALL:-}
for name in ${!SWELL_@}; do [ "$name" = SWELL ] || unset "$name"; done
work=$(mktemp -d)
certificates=$work/certificates
chmod 755 "$work"
session_end() {
    local code=$?
    if [ $code = 0 ]; then rm -rf "$work"; else say "the files are in $work" >&2; fi
}
trap session_end EXIT

# at NAME ADDRESS PORT DIALECT TOOL…: one set-up more, whose server was started. A tool@PORT looks at that port, which
# speaks the same TLS without a dialect.
setups=()
at() { setups+=("$*"); }

# The tools, without what is not compared: ADDRESS PORT DIALECT FILE
nmap_look() {
    nmap -n -Pn -sT -p "$2" --script +ssl-enum-ciphers -oX "$4" "$1" > /dev/null
}

sslscan_look() {
    local by=()
    case $3 in
    tls | mssql*) ;; # the peer of TDS knows by the first byte what it is asked for
    rdp) by=(--rdp) ;;
    postgres) by=(--starttls-psql) ;;
    *) by=("--starttls-$3") ;;
    esac
    sslscan --no-groups --no-heartbleed --no-compression --no-renegotiation --no-fallback --no-check-certificate \
        --no-cipher-details "${by[@]}" --xml="$4" "$1:$2" > /dev/null
}

swell_look() {
    "$SWELL" scan "$1:$2" --starttls "$3" --format jsonl > "$4" 2> "$4.err" || [ $? = 32 ] # there may be findings
}

look() { # NAME ADDRESS PORT DIALECT TOOL…
    local name=$1 address=$2 port=$3 dialect=$4 tool files=()
    local place=$work/looks/$name
    shift 4
    mkdir -p "$place"
    if ! swell_look "$address" "$port" "$dialect" "$place/swell.jsonl"; then
        say "$name: swell scan fails: $(tail -n 1 "$place/swell.jsonl.err")"
        return 1
    fi
    for tool; do
        files+=("$place/${tool%@*}.xml")
        [[ $tool != *@* ]] || port=${tool#*@}
        "${tool%@*}_look" "$address" "$port" "$dialect" "$place/${tool%@*}.xml"
    done
    "$here/scan_compare.py" "$name" "$place/swell.jsonl" "${files[@]}"
}

# Two at a time, so that each has a processor. Of what is explained only that it is, unless all is wanted.
look_all() {
    local setup running=0 failed=0
    mkdir -p "$work/looks"
    for setup in "${setups[@]}"; do
        # shellcheck disable=SC2086 # words
        { look $setup || say failed; } > "$work/looks/${setup%% *}.said" 2>&1 &
        running=$((running + 1))
        [ $running -lt 2 ] || wait -n
    done
    wait
    for setup in "${setups[@]}"; do
        grep -vx failed "$work/looks/${setup%% *}.said" || :
        ! grep -qx failed "$work/looks/${setup%% *}.said" || failed=$((failed + 1))
    done
    [ $failed = 0 ]
}

sql() { # VERSION: a client asks for a number, through TLS in TDS packets
    printf 'select 1\ngo\nexit\n' | TDSVER=$1 timeout 20 tsql -H 127.52.1.8 -p 1433 -U sa -P x > "$work/tsql" 2>&1
    grep -qx 42 "$work/tsql"
}

# ADDRESS PORT DIALECT OUTCOME WORDS: no TLS comes about, and why it does not is said
says_instead() {
    "$SWELL" scan "$1:$2" --starttls "$3" --format jsonl > "$work/instead" 2> "$work/instead.err" || :
    grep -qF "\"before_tls\":\"$4\",\"said\":\"$5" <(tr -d ' ' < "$work/instead") || {
        cut -c1-400 "$work/instead" "$work/instead.err"
        return 1
    }
}

certificates_make > "$work/certificates.log" 2>&1 || die "no certificates: $(tail -n 3 "$work/certificates.log")"
weak=$certificates/weak.cnf
rsa="ssl_certificate $certificates/rsa.pem; ssl_certificate_key $certificates/rsa.key;"
ec="ssl_certificate $certificates/ec.pem; ssl_certificate_key $certificates/ec.key;"
java_classes
everything=-Djava.security.properties=$work/classes/everything.properties
tds_server() { # NAME ADDRESS ENCRYPTION PACKET-SIZE
    OPENSSL_CONF=$weak server "$1" /usr/bin/python3 "$here/tds_peer.py" "$2:1433" "$certificates/rsa.both" "$3" "$4"
}

java_server java-everything 127.52.1.1 443 rsa all all "$everything"
openssl_server openssl-everything 127.52.1.2:443 -cipher ALL:COMPLEMENTOFALL:@SECLEVEL=0 \
    -cert2 "$certificates/ec.pem" -key2 "$certificates/ec.key"
gnutls_server gnutls-old 52103 rsa "NORMAL:-VERS-ALL:+VERS-TLS1.0:+VERS-TLS1.1:+VERS-TLS1.2:+VERS-TLS1.3:\
+3DES-CBC:+ARCFOUR-128:+ANON-ECDH:+ANON-DH:+DHE-RSA"
nginx_server nginx-intermediate 'listen 127.52.1.4:443 ssl http2; listen 127.52.1.4:80;' "$rsa $ec" \
    'ssl_protocols TLSv1.2 TLSv1.3; ssl_prefer_server_ciphers off;' \
    'ssl_ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305;'
smtp_server postfix 127.52.1.5
ldap_server slapd 127.52.1.6
rdp_server xrdp 127.52.1.7 negotiate
tds_server tds-on 127.52.1.8 1 100
tds_server tds-none 127.52.1.11 2 4096

if [ -z "$all" ]; then
    at java-everything 127.52.1.1 443 tls nmap
    at openssl-everything 127.52.1.2 443 tls nmap
    at gnutls-old 127.52.1.3 52103 tls sslscan
    at nginx-intermediate 127.52.1.4 443 tls sslscan
    at postfix-starttls 127.52.1.5 25 smtp sslscan
    at slapd-starttls 127.52.1.6 389 ldap nmap
    at xrdp 127.52.1.7 3389 rdp sslscan
    at tds-on 127.52.1.8 1433 mssql nmap@1434
else
    at java-everything 127.52.1.1 443 tls nmap sslscan
    at openssl-everything 127.52.1.2 443 tls nmap sslscan
    at gnutls-old 127.52.1.3 52103 tls nmap sslscan
    at nginx-intermediate 127.52.1.4 443 tls nmap sslscan
    at postfix-starttls 127.52.1.5 25 smtp nmap sslscan
    at postfix-smtps 127.52.1.5 465 tls nmap sslscan
    at slapd-starttls 127.52.1.6 389 ldap nmap # sslscan does not understand slapd's answer to StartTLS
    at slapd-ldaps 127.52.1.6 636 tls nmap sslscan
    at xrdp 127.52.1.7 3389 rdp sslscan # nmap's script does not know RDP, nor TDS
    at tds-on 127.52.1.8 1433 mssql nmap@1434 sslscan@1434
    at tds-strict 127.52.1.8 1433 mssql-strict sslscan
    tds_server tds-for-the-login 127.52.1.9 0 4096
    at tds-for-the-login 127.52.1.9 1433 mssql nmap@1434 sslscan@1434
    tds_server tds-required 127.52.1.10 3 9
    at tds-required 127.52.1.10 1433 mssql nmap@1434 sslscan@1434
    # shellcheck source=tests/lab/scan_more.sh
    . "$here/scan_more.sh"
fi
for setup in "${setups[@]}"; do
    read -r name address port _ <<< "$setup"
    wait_until 30 port_answers "$address" "$port" || die "$name does not answer: $(tail -n 5 "$work/${name%%-*}"*/log)"
done

for version in 7.1 7.4; do expect "FreeTDS, TDS $version, is satisfied with our server" sql $version; done
expect "we see the same versions and suites as others" look_all
expect "a SQL Server without TLS says so" says_instead 127.52.1.11 1433 mssql refused \
    'ithasnoencryption(ENCRYPT_NOT_SUP)'
expect "HTTP is called HTTP" says_instead 127.52.1.4 80 postgres foreign 'HTTP:HTTP/1.1400BadRequest'
expect "SMTP is called SMTP" says_instead 127.52.1.5 25 imap foreign SMTP:220server.scan.test
say "${#setups[@]} set-ups"
