#!/bin/bash
# swell scan and swell verify, on servers nobody here wrote: OpenSSL old, with DH of 1024 bits, new and narrow, and a port that
# does not speak TLS.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/common.sh"

swell=${SWELL:?the program}
net=127.54.8
work=$(mktemp -d)
export HOME=$work SWELL_DB=$work/swell.db
unset XDG_CONFIG_HOME XDG_STATE_HOME SWELL_CONFIG
servers=()
end() {
    local code=$?
    [ ${#servers[@]} = 0 ] || kill -s KILL "${servers[@]}" 2> /dev/null || :
    [ $code = 0 ] || { tail -n 40 "$work"/*.log "$work/out" "$work/err" >&2 2> /dev/null || :; }
    rm -rf "$work"
}
trap end EXIT
trap 'exit 130' INT TERM

serve() { # ADDRESS PORT COMMAND…: until this script ends
    local address=$1 port=$2
    shift 2
    "$@" > "$work/$address.$port.log" 2>&1 < <(:) &
    servers+=($!)
    disown $!
    wait_until 30 port_answers "$address" "$port" || die "$1 does not answer on $address:$port"
}
openssl_serve() { # ADDRESS WORDS…
    local address=$1
    shift
    serve "$address" 443 openssl s_server -accept "$address:443" -key "$work/key" -cert "$work/cert" -quiet -www "$@"
}
run() { # CODE WORDS…: the program ends with that code
    local code=$1 got=0
    shift
    "$swell" "$@" > "$work/out" 2> "$work/err" || got=$?
    [ "$got" = "$code" ] || die "swell $*: exit code $got, expected $code"
}
says() { # WORDS…: each stands in the output
    for words; do
        grep -qF -- "$words" "$work/out" || die "not said: $words"
    done
}
holds() { # NAME EXPRESSION: of the JSON j, in Python
    python3 - "$work/out" "$2" << 'END' || die "$1: $2"
import json, sys
j = json.load(open(sys.argv[1]))
def version(endpoint, name):
    return next(v for v in endpoint['versions'] if v['version'] == name)
sys.exit(not eval('(' + sys.argv[2] + ')'))
END
    say "ok: $1"
}

openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/key" -out "$work/cert" -subj /CN=web.lab -addext \
    subjectAltName=DNS:web.lab,DNS:old.lab -days 30 2> /dev/null
cat > "$work/dh1024" << 'END'
-----BEGIN DH PARAMETERS-----
MIGHAoGBAP//////////yQ/aoiFowjTExmKLgNwc0SkCTgiKZ8x0Agu+pjsTmyJR
Sgh5jjQE3e+VGbPNOkMbMCsKbfJfFDdP4TVtbVHCReSFtXZiXn7G9ExC6aY37WsL
/1y29Aa37e44a/taiZ+lrp8kEXxLH+ZJKGZR7OZTgf//////////AgEC
-----END DH PARAMETERS-----
END
old=$net.1 new=$net.2 narrow=$net.3 http=$net.5
openssl_serve $old -min_protocol TLSv1 -max_protocol TLSv1.1 -cipher 'AES128-SHA:DHE-RSA-AES128-SHA:@SECLEVEL=0' -dhparam "$work/dh1024"
openssl_serve $new -min_protocol TLSv1.2
openssl_serve $narrow -tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384
serve $http 443 python3 -m http.server --bind $http 443

run 0 scan $old --format json
holds "an old server" "[v['seen'] for v in j['endpoints'][0]['versions'][2:]] == ['accepted', 'accepted', 'refused', 'refused'] and
    sorted(s['id'] for s in version(j['endpoints'][0], 'TLS 1.0')['suites']) == ['0x002f', '0x0033']"
holds "its short DH is a finding" "j['endpoints'][0]['dh']['bits'] == 1024 and any(f['id'].startswith('dh') for f in j['endpoints'][0]['findings'])"
run 0 scan $old
says "TLS 1.0       accepted      old: 2 suites" "1024 bits" "findings"

run 0 scan $narrow --format json
holds "a narrow server" "[s['openssl'] for s in version(j['endpoints'][0], 'TLS 1.2')['suites']] == ['ECDHE-RSA-AES256-GCM-SHA384'] and
    version(j['endpoints'][0], 'TLS 1.3')['seen'] == 'refused'"
holds "its certificate" "j['endpoints'][0]['handshake']['certificates'][0]['subject'] == 'CN=web.lab' and j['endpoints'][0]['handshake']['trust'] == 'self_signed'"

run 0 scan $new $narrow --only-versions --format json
holds "two at once, in the order in which they were named" "[e['host'] for e in j['endpoints']] == ['$new', '$narrow'] and
    version(j['endpoints'][0], 'TLS 1.3')['seen'] == 'accepted' and version(j['endpoints'][1], 'TLS 1.3')['seen'] == 'refused'"

run 36 scan $http $net.9 --timeout 1s --format json
holds "no TLS, and nobody there" "[e['result'] for e in j['endpoints']] == ['no_tls', 'unreachable'] and j['endpoints'][1]['open'] is False"

run 32 scan $old $narrow --compare
says "they share no version: no connection" "switch TLS 1.2 on at $old:443"
run 0 scan $new $narrow --compare --format json
holds "what two ends share" "j['outcome'] == 'shared' and [s['id'] for s in j['versions'][4]['suites']] == ['0xc030']"
run 0 scan $narrow --format json
cp "$work/out" "$work/narrow.json"
run 32 scan $old "$work/narrow.json" --compare
says "they share no version"
say "ok: a scan that was kept is compared"

run 0 scan $new --format csv
[ "$(wc -l < "$work/out")" = 7 ] || die "not one line a version"
says "$new,443,tls,whole,TLS 1.3,accepted,server_hello"

printf 'web ansible_host=%s\nold.lab ansible_host=%s swell_ports="443"\n' $new $old > "$work/hosts.ini"
cat > "$work/playbook.yaml" << 'END'
playbook: tls12
settings:
  - {key: 'HKLM\SOFTWARE\Swell', values: {A: dword 1}}
verify:
  - {port: 443, tls1.0: refused, tls1.2: accepted}
END
run 0 init
run 0 inventory import "$work/hosts.ini"
run 0 scan --limit all --only-versions
says "web:443" "old.lab:443"
run 0 verify "$work/playbook.yaml" --limit web
says "1 passed, 0 failed, 0 inconclusive"
run 32 verify "$work/playbook.yaml"
says "should be refused" "443 TLS 1.2: refused" "1 passed, 1 failed, 0 inconclusive"
run 32 verify "$work/playbook.yaml" --format json
holds "a verdict on every host" "[p['verdict'] for p in j['ports']] == ['passed', 'failed'] or [p['verdict'] for p in j['ports']] == ['failed', 'passed']"
