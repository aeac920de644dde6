# shellcheck shell=bash
# Shared by lab, host and the lab's tests. Every process of a lab carries SWELL_LAB_PROCESS in its environment: the
# directory of its host (or a folder below it), so that all of them are found, whoever their parent is by now.

# shellcheck disable=SC2034 # for who sources this
lab_here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

say() { printf '%s\n' "$*"; }
die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

now() { date -u +%FT%T.%3NZ; }

# wait_until SECONDS COMMAND… : COMMAND until it succeeds; false when the seconds are over.
wait_until() {
    local end=$((${EPOCHREALTIME/./} + $1 * 1000000))
    shift
    until "$@"; do
        [ "${EPOCHREALTIME/./}" -lt "$end" ] || return 1
        read -rt 0.05 <> <(:) || :
    done
}

port_answers() { (: < "/dev/tcp/$1/$2") 2> /dev/null; }
port_is_silent() { ! port_answers "$1" "$2"; }

# Pids of the processes of exactly this mark, or (below) of every mark under this directory.
processes_of() { process_list -x "SWELL_LAB_PROCESS=$1"; }
processes_below() { process_list "SWELL_LAB_PROCESS=$1/"; }
process_list() {
    local file
    grep -lzsF "$@" /proc/[0-9]*/environ | while IFS=/ read -r _ _ file _; do
        [ "$file" = $$ ] || say "$file"
    done
}

no_process_of() { [ -z "$(processes_of "$1")" ]; }
no_process_below() { [ -z "$(processes_below "$1")" ]; }

signal_all() { # signal_all SIGNAL PID…: one that is gone already is fine
    local signal=$1 pid
    shift
    for pid; do
        kill -s "$signal" "$pid" 2> /dev/null || :
    done
}

# Ask, then insist. $1 is "of" or "below", $2 the mark.
processes_end() {
    # shellcheck disable=SC2046 # one word a pid
    signal_all TERM $("processes_$1" "$2")
    wait_until 2 "no_process_$1" "$2" || wait_until 10 processes_kill "$1" "$2"
}

processes_kill() {
    # shellcheck disable=SC2046
    signal_all KILL $("processes_$1" "$2")
    "no_process_$1" "$2"
}
