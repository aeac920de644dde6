#!/bin/bash
# How often a host is waited for: 22 values planned, applied with before-image and read-back, planned again and put back,
# over a line of 50 ms a round trip that counts the client's turns (connecting, login and goodbye are in them).
set -euo pipefail
export SWELL_LAB_NET=${SWELL_LAB_NET:-127.0.87}
. "$(dirname "$(readlink -f "$0")")/program.sh"

line_address=$SWELL_LAB_NET.200
PLAN_MAX=14
APPLY_MAX=20
TRIES=3 # a machine that is so busy that a request leaves in two pieces may seem to need a turn more

program_session 1
SWELL_LAB_PROCESS=$LAB/h1/line "$lab_here/../bench/slow_line" "$line_address:445" "$(address 1):445" 25 "$work/turns" \
    > "$work/line.out" 2>&1 9>&- &
expect "the line is there" wait_until 10 grep -qs ready "$work/line.out"
sed -i "s/ansible_host=[^ ]*/ansible_host=$line_address/" "$LAB/inventory.ini"
expect "it goes over the line" exits 0 inventory import "$LAB/inventory.ini"
# What is measured is the registry, not restart and handshakes.
sed '/^verify:/,$d; s/^    values:.*/&\n    effect: none/' "$library/k2-maximum.yaml" > "$work/k2.yaml"

ended() { [ "$(wc -l < "$work/turns")" -ge "$1" ]; }
turns_of() { # CODE ARGUMENT…: of the one connection that this run makes, in $turns
    : > "$work/turns"
    exits "$@"
    wait_until 10 ended 1
    turns=$(awk '{ n += $1 } END { print n }' "$work/turns")
}
few_turns() { # plan and apply keep to their limits in one of the tries
    local try
    for ((try = 1; try <= TRIES; try++)); do
        turns_of 0 plan "$work/k2.yaml" --out "$work/k2.plan" && says '^1 hosts: 1 to change' || return 1
        planning=$turns
        turns_of 0 apply "$work/k2.plan" && says ' 1 changed' || return 1
        applying=$turns
        say "    planning $planning turns, applying $applying"
        [ "$planning" -gt $PLAN_MAX ] || [ "$applying" -gt $APPLY_MAX ] || return 0
        [ $try = $TRIES ] || exits 0 rollback latest || return 1
    done
    return 1
}
again_few_turns() {
    local try
    for ((try = 1; try <= TRIES; try++)); do
        turns_of 0 plan "$work/k2.yaml" --out "$work/again.plan" && says '1 already right' || return 1
        say "    planning what is there: $turns turns"
        [ "$turns" -gt $PLAN_MAX ] || return 0
    done
    return 1
}

keep 1 before
: > "$work/turns"
expect "22 values are planned in $PLAN_MAX turns and applied in $APPLY_MAX" few_turns
expect "it has the 22 values, and else what it had" has_k2 1
expect "22 values that are there are planned in $PLAN_MAX turns" again_few_turns
expect "they are put back" exits 0 rollback latest
expect "to the byte" as_kept 1 before
