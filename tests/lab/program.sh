# shellcheck shell=bash
# For tests of the program ($SWELL) on the lab's hosts.
#   program_session N         lab_session N, a fresh database with these hosts, the login and short waits in the environment
#   exits CODE ARGUMENT…      runs the program; true if it ends with CODE. What it said is in $work/out and $work/err
#   says REGEX, hushes REGEX  did the last run say so on its standard output?
#   complains REGEX           did it give exactly one message on standard error, and is this in it?
#   begun ARGUMENT…           runs it in the background as $runner
#   ends CODE                 waits for that one; what it said is then that of the last run
. "$(dirname "${BASH_SOURCE[0]}")/session.sh"

# shellcheck disable=SC2034 # for who sources this
library=$(readlink -f "$lab_here/../../playbooks/library")
PROTOCOLS='HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols'
NET='HKLM\SOFTWARE\Microsoft\.NETFramework'
NET32='HKLM\SOFTWARE\Wow6432Node\Microsoft\.NETFramework'

program_session() {
    local name i
    [ -x "${SWELL:-}" ] || die "SWELL must be the program"
    for name in ${!SWELL_@}; do # what whoever runs the tests has set for own use
        case $name in SWELL_LAB_* | SWELL_KILL*) ;; *) unset "$name" ;; esac
    done
    lab_session "$1"
    work=$LAB/work
    mkdir "$work"
    for ((i = 1; i <= $1; i++)); do say 0 > "$LAB/h$i/down-s"; done
    export SWELL_DB=$work/swell.db XDG_CONFIG_HOME=$work SWELL_PASSWORD_FILE=$LAB/password
    export SWELL_RESTART_DELAY=0 SWELL_QUIET=300ms SWELL_SETTLE=2s SWELL_LOOK=100ms SWELL_RESTART_TIMEOUT=30s
    export SWELL_STEP_TIMEOUT=20s SWELL_VERIFY_TIMEOUT=10s
    expect "a database is made" exits 0 init
    expect "the inventory is taken" exits 0 inventory import "$LAB/inventory.ini"
}

exits() {
    local want=$1 code=0
    shift
    "$SWELL" "$@" > "$work/out" 2> "$work/err" < /dev/null 9>&- || code=$?
    [ "$code" = "$want" ] || explain "exit code $code"
}

explain() { # always false
    say "$1; what it said:"
    tail -n 20 "$work"/*out "$work"/*err
    return 1
}

begun() {
    "$SWELL" "$@" > "$work/run.out" 2> "$work/run.err" < /dev/null 9>&- &
    runner=$!
}

ends() {
    local code=0
    wait "$runner" || code=$?
    cp "$work/run.out" "$work/out"
    cp "$work/run.err" "$work/err"
    [ "$code" = "$1" ] || explain "exit code $code"
}

said() { grep -q -- "$1" "$work/out"; }
says() { said "$1" || explain "$1 is missing"; }
hushes() { ! said "$1"; }

complains() {
    if [ "$(grep -vc 'can be carried on with' "$work/err")" != 1 ] || ! grep -qE -- "$1" "$work/err" ||
        ! grep -q '^swell: ' "$work/err"; then
        explain "expected one message with: $1"
    fi
}

address() { "$lab" host-address "$1"; }
boots_are() { is "$("$lab" boots "$LAB" "$1")" "$2"; }

# All that a rollout may touch, to the byte.
dump() {
    "$lab" registry "$LAB" "$1" 'HKLM\SOFTWARE'
    "$lab" registry "$LAB" "$1" 'HKLM\SYSTEM\CurrentControlSet\Control'
}
keep() { dump "$1" > "$work/$2.$1"; }                # HOST NAME
as_kept() { dump "$1" | diff "$work/$2.$1" - >&2; } # HOST NAME

from_outside() { # HOST NET-RPC-COMMAND…
    local host=$1
    shift
    net rpc "$@" -I "$(address "$host")" -A "$LAB/auth" 2>> "$work/net.log"
}

journal() { sqlite3 -readonly -cmd '.timeout 10000' "$SWELL_DB" "$1"; }

speaks() { tls_speaks "$(address "$1")" "$2"; } # HOST tls1|tls1_1|…

# The 22 values of K2's maximum protection, written down from the article and not from the playbook: KEY<tab>NAME<tab>DWORD
k2_values() {
    local version side on
    for version in "$NET" "$NET32"; do
        printf '%s\t%s\t1\n' "$version\\v2.0.50727" SystemDefaultTlsVersions \
            "$version\\v4.0.30319" SystemDefaultTlsVersions "$version\\v4.0.30319" SchUseStrongCrypto
    done
    for version in 'SSL 3.0' 'TLS 1.0' 'TLS 1.1' 'TLS 1.2'; do
        on=0
        [ "$version" != 'TLS 1.2' ] || on=1
        for side in Client Server; do
            printf '%s\t%s\t%s\n' "$PROTOCOLS\\$version\\$side" Enabled $on "$PROTOCOLS\\$version\\$side" DisabledByDefault \
                $((1 - on))
        done
    done
}

# The registry FILE as it should be then: these values are in it, and every key that they need. Names are compared without
# case, so all is in lower case here.
with_k2() { # FILE
    {
        k2_values | awk -F'\t' '{ printf "%s\t%s\t4\t%02d000000\n", $1, $2, $3 }'
        k2_values | cut -f1 | while IFS= read -r key; do
            until [[ $key == *\\CurrentControlSet || $key == HKLM\\SOFTWARE ]]; do
                say "$key"
                key=${key%\\*}
            done
        done
        cat "$1"
    } | tr '[:upper:]' '[:lower:]' | awk -F'\t' '!seen[NF, $1, $2]++' | sort
}

has_k2() { # HOST: it has these values, and else what was kept as `before`
    dump "$1" | tr '[:upper:]' '[:lower:]' | sort | diff <(with_k2 "$work/before.$1") - >&2
}
