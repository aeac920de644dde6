# shellcheck shell=bash
# For tests (and the demo) that want a lab of their own: one at a time an address range, gone when they end, and what a
# killed one left behind is cleaned away first.
#   lab_session N         a lab of N hosts in $LAB, taken down when this script ends
#   expect WORDS COMMAND  says what is expected, and ends the script as failed if COMMAND says no
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

lab=$lab_here/lab

lab_session() {
    [ "$(id -u)" = 0 ] || die "needs root, for ports 445 and 443"
    LAB=/run/swell-lab/${SWELL_LAB_NET:-127.0.71}
    mkdir -p "${LAB%/*}"
    exec 9> "$LAB.lock"
    flock -w 600 9 || die "another lab has had $LAB for ten minutes"
    trap lab_session_end EXIT
    trap 'exit 130' INT TERM
    "$lab" down "$LAB"
    rm -rf "$LAB"
    # Not the lock: a host would hold it for as long as it lives.
    "$lab" up "$LAB" "$1" 9>&- || die "the lab did not come up"
}

lab_session_end() {
    local code=$?
    trap '' INT TERM
    "$lab" down "$LAB"
    [ $code = 0 ] || [ $code = 130 ] || say "the lab's files are in $LAB" >&2
}

expect() {
    local words=$1
    shift
    if "$@"; then
        say "ok: $words"
    else
        say "not so: $words"
        printf '        %.300s\n' "$*"
        exit 1
    fi
}

not() { ! "$@"; }
differ() { [ "$1" != "$2" ]; }
is() { [ "$1" = "$2" ]; }

tls_speaks() { # ADDRESS tls1|tls1_1|tls1_2|tls1_3, seen by OpenSSL's client
    OPENSSL_CONF=/dev/null timeout 10 openssl s_client -connect "$1:443" "-$2" -cipher 'ALL:@SECLEVEL=0' -brief \
        < /dev/null > /dev/null 2>&1
}
