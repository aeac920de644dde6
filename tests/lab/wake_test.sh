#!/bin/bash
# A host whose RemoteRegistry is disabled, by the program itself on the strict server (tests/support/strict_server.h):
# planned, applied, restarted and rolled back, and disabled again after each.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$(readlink -f "$0")")/common.sh"

server=${LAB_TOOLS:?the folder of strict_server}/strict_server
[ -x "${SWELL:-}" ] || die "SWELL must be the program"
[ -x "$server" ] || die "$server is missing"
address=${SWELL_LAB_NET:-127.0.89}.11
work=$(mktemp -d)
pid=
tidy() {
    [ -z "$pid" ] || kill "$pid" 2> /dev/null || :
    rm -rf "$work"
}
trap tidy EXIT

expect() {
    local what=$1
    shift
    if "$@"; then
        say "ok: $what"
    else
        say "not so: $what"
        tail -n 20 "$work/said" "$work/strict" 2> /dev/null || :
        exit 1
    fi
}
exits() { # CODE ARGUMENT…
    local want=$1 code=0
    shift
    "$SWELL" "$@" > "$work/said" 2>&1 < /dev/null || code=$?
    [ "$code" = "$want" ]
}
says() { grep -qF -- "$1" "$work/said"; }
hushes() { ! says "$1"; }

"$server" "$address:0" --rules winreg=disabled,wake_ms=200,restart_ms=500 > "$work/strict" &
pid=$!
ready() { grep -q '^ready' "$work/strict"; }
expect "the strict server is there" wait_until 10 ready
port=$(sed -n 's/^ready .*://p' "$work/strict")

for name in ${!SWELL_@}; do # what whoever runs the tests has set for own use
    case $name in SWELL_LAB_*) ;; *) unset "$name" ;; esac
done
printf Strict.1 > "$work/password"
chmod 600 "$work/password"
say "h1 ansible_host=$address swell_smb_port=$port" > "$work/hosts.ini"
cat > "$work/playbook.yaml" << 'END'
playbook: wake
settings:
  - key: HKLM\SOFTWARE\Vendor\App
    values: {Mode: dword 5}
END
export HOME=$work XDG_CONFIG_HOME=$work SWELL_DB=$work/swell.db
export SWELL_USER='FLEET\admin' SWELL_PASSWORD_FILE=$work/password
export SWELL_RESTART_DELAY=1s SWELL_QUIET=300ms SWELL_SETTLE=2s SWELL_LOOK=200ms SWELL_RESTART_TIMEOUT=30s

expect "a database is made" exits 0 init
expect "the inventory is taken" exits 0 inventory import "$work/hosts.ini"
expect "without leave the host is left out" exits 4 plan "$work/playbook.yaml"
expect "and told how it could be" says '--wake-remote-registry lets Swell start it'
export SWELL_WAKE_REMOTE_REGISTRY=yes
expect "with leave it is planned" exits 0 plan "$work/playbook.yaml" --out "$work/plan"
expect "and the plan says that it is woken" says 'RemoteRegistry is stopped or disabled: it is started'
unset SWELL_WAKE_REMOTE_REGISTRY
expect "the plan's leave is enough to apply it" exits 0 apply "$work/plan"
expect "it is put back" says 'RemoteRegistry is put back as it was'
expect "nothing is owed" exits 0 owed
expect "not of the service either" hushes RemoteRegistry
expect "it is disabled again: no plan without leave" exits 4 plan "$work/playbook.yaml"
expect "rolled back, with the leave of what is undone" exits 0 rollback latest --yes
expect "it is put back again" says 'RemoteRegistry is put back as it was'
expect "the record is whole" exits 0 audit verify
kill "$pid"
code=0
wait "$pid" || code=$?
pid=
expect "no rule of Windows was broken" [ "$code" = 0 ]
expect "it was woken by the plan, and on each side of two restarts" grep -qE ' restarts 2 wakes 5 ' "$work/strict"
