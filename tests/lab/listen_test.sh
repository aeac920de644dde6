#!/bin/bash
# swell listen, heard by clients nobody here wrote: OpenSSL in every version and behind every dialect that its s_client
# speaks, GnuTLS and Python. Each must be told with what it really offers, and must get the alert.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/common.sh"

swell=${SWELL:?the program}
address=127.54.9.1
work=$(mktemp -d)
listener=
end() {
    local code=$?
    [ -z "$listener" ] || kill -s KILL "$listener" 2> /dev/null || :
    [ $code = 0 ] || { cat "$work"/* >&2 2> /dev/null || :; }
    rm -rf "$work"
}
trap end EXIT
trap 'exit 130' INT TERM

listen() { # WORDS…: on a free port, which is in $port then
    : > "$work/said" # what an earlier one said is no sign
    "$swell" listen "$address:0" --once --format json "$@" > "$work/heard" 2> "$work/said" &
    listener=$!
    wait_until 30 grep -q 'listening on' "$work/said" || die "it does not listen"
    port=$(sed -n "s/.*$address:\([0-9]*\).*/\1/p" "$work/said")
}
heard() { # NAME EXPRESSION: of the client c and its hello h, in Python
    wait "$listener" || die "$1: exit code $?"
    listener=
    python3 - "$work/heard" "$2" << 'END' || die "$1: $2: $(cat "$work/heard")"
import json, sys
c = json.load(open(sys.argv[1]))['clients'][0]
h = c['hello']
sys.exit(not eval(sys.argv[2]))
END
    say "ok: $1"
}
s_client() { # WORDS…: it fails, and says that it got an alert
    if openssl s_client -connect "$address:$port" "$@" < /dev/null > "$work/client" 2>&1; then
        die "s_client $*: no alert"
    fi
    grep -q 'alert handshake failure' "$work/client" || die "s_client $*: no alert"
}

for version in 0:tls1 1:tls1_1 2:tls1_2 3:tls1_3; do
    listen
    s_client "-${version#*:}" -cipher 'ALL:@SECLEVEL=0' -servername "v${version%:*}.example"
    heard "OpenSSL, TLS 1.${version%:*} alone" \
        "h['versions']['TLS 1.${version%:*}'] == 'yes' and h['server_name'] == 'v${version%:*}.example' and h['ja4']['hash'][1:3] == '1${version%:*}'"
done

listen
s_client -cipher ECDHE-RSA-AES128-GCM-SHA256 -tls1_2 -groups P-384 -sigalgs RSA+SHA512 -alpn h2,x
heard "OpenSSL, with lists of its own" \
    "[s['id'] for s in h['suites']] == ['0xc02f', '0x00ff'] and [g['name'] for g in h['groups']] == ['secp384r1'] and [a['name'] for a in h['signature_algorithms']] == ['rsa_pkcs1_sha512'] and h['alpn'] == ['h2', 'x']"

for dialect in smtp imap pop3 ftp ldap postgres mysql; do
    listen --starttls "${dialect%:*}"
    s_client -starttls "${dialect#*:}" -servername behind.example
    heard "OpenSSL behind ${dialect%:*}" "c['starttls'] == '${dialect%:*}' and h['server_name'] == 'behind.example'"
done

listen
gnutls-cli --insecure --sni-hostname gnu.example --port "$port" "$address" < /dev/null > "$work/client" 2>&1 && die "GnuTLS: no alert"
grep -q 'Handshake failed' "$work/client" || die "GnuTLS: no alert"
heard "GnuTLS" "h['server_name'] == 'gnu.example' and h['versions']['TLS 1.3'] == 'yes' and len(h['suites']) > 10"

listen
python3 - "$address" "$port" << 'END'
import socket, ssl, sys
context = ssl._create_unverified_context()
context.minimum_version = ssl.TLSVersion.TLSv1_3
try:
    context.wrap_socket(socket.create_connection((sys.argv[1], int(sys.argv[2]))), server_hostname='py.example')
except ssl.SSLError as error:
    sys.exit('HANDSHAKE_FAILURE' not in str(error))
sys.exit('no alert')
END
heard "Python" "h['server_name'] == 'py.example' and h['versions']['TLS 1.2'] == 'no' and h['ja3']['hash']"
