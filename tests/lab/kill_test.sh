#!/bin/bash
# Rollouts over six hosts and their rollbacks, killed with SIGKILL again and again and resumed each time. However that
# goes: every host restarts once, no two of one affinity group together, every before-image is there before the first
# write, and the end is right. Promises 1, 2, 3 and 12.
#   SWELL_KILLS (5)       at least so many kills
#   SWELL_KILL_SEED (1)   another seed, other moments
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/program.sh"

HOSTS=6
EVENTS=100 # of an undisturbed rollout, about
AWAY=3     # --max-unavailable
wanted=${SWELL_KILLS:-5}
RANDOM=${SWELL_KILL_SEED:-1}
kills=0 resumes=0 rollouts=0

events() { journal 'SELECT ifnull(max(seq), 0) FROM journal'; }
rollout_now() { journal 'SELECT ifnull(max(rollout), 0) FROM journal'; }
pass_ms() { read -rt "$(($1 / 1000)).$(printf %03d $(($1 % 1000)))" <> <(:) || :; }
is_running() { kill -0 "$runner" 2> /dev/null; }

# What the journal knew last of each host under way: "h1 outcome look".
moment() {
    journal "SELECT host || ' ' || kind || ifnull(' ' || json_extract(body, '\$.step'), '') FROM journal
        WHERE seq IN (SELECT max(seq) FROM journal WHERE rollout = $(rollout_now) AND host <> '' GROUP BY host)
        AND kind <> 'host_finished'"
}

has_come() { # EVENTS STEP: the journal has so many, and one of them begins this act, whose outcome is not known
    [ "$(events)" -ge "$1" ] && { [ -z "$2" ] || moment | grep -q "intent $2"; }
}

# Kills the runner when that has come, and some milliseconds later; false if it came to its end before.
kill_runner() { # EVENTS STEP MILLISECONDS
    local code=0 at
    while is_running && ! has_come "$1" "$2"; do pass_ms 2; done
    pass_ms "$3"
    kill -KILL "$runner" 2> /dev/null || :
    { wait "$runner" || code=$?; } 2> /dev/null
    [ $code = 137 ] || return 1
    kills=$((kills + 1))
    at=$(moment)
    say "$at" >> "$work/moments"
    say "    kill $kills, at event $(events): ${at//$'\n'/, }"
}

# Carries the rollout on until it ends by itself, killed some times on the way.
disturbed() { # KILLS ARGUMENT…: what starts it
    local left=$1 begin rest events_ms step rollout
    shift
    rollout=$(rollout_now)
    begin=$(events)
    rest=$EVENTS
    begun "$@"
    while [ "$left" -gt 0 ]; do
        # Some kills fall close to an event, some into the middle of an act, some anywhere: much time passes between
        # two events, or none.
        events_ms=$((RANDOM % 3 ? 1200 : 20))
        step=
        case $((RANDOM % 4)) in
        0) step=restart events_ms=30 ;;
        1) step=apply events_ms=500 ;;
        esac
        kill_runner $((begin + EVENTS - rest + RANDOM % (2 * rest / (left + 1)))) "$step" $((RANDOM % events_ms)) || break
        left=$((left - 1))
        expect "the record is unbroken" exits 0 audit verify
        rest=$((begin + EVENTS - $(events)))
        [ $rest -gt 10 ] || rest=10
        if [ "$(rollout_now)" = "$rollout" ]; then
            begun "$@" # it was killed before there was a rollout
        else
            resumes=$((resumes + 1))
            begun resume
        fi
    done
    expect "it ends well" ends 0
    rollouts=$((rollouts + 1))
}

none() { expect "$1" is "$(journal "$2")" ''; } # WORDS QUERY: the query finds nothing

each() { # COMMAND…: for every host, its number in the place of %
    local i
    for ((i = 1; i <= HOSTS; i++)); do
        "${@//%/$i}" || { say "not so: h$i" && return 1; }
    done
}

judge() { # ROLLOUT: what the journal and the hosts themselves say of it
    none "every host's before-image was saved before its first write" "SELECT host FROM journal AS act
        WHERE rollout = $1 AND kind = 'intent' AND json_extract(body, '\$.step') = 'apply' AND NOT EXISTS (
            SELECT 1 FROM journal AS image WHERE image.rollout = act.rollout AND image.host = act.host
            AND image.kind = 'outcome' AND json_extract(image.body, '\$.step') = 'snapshot'
            AND json_array_length(image.body, '\$.detail.items') = 40 AND image.seq < act.seq)"
    none "no host was asked twice in an attempt" "SELECT host FROM journal
        WHERE rollout = $1 AND kind = 'intent' AND json_extract(body, '\$.step') = 'restart'
        GROUP BY host, json_extract(body, '\$.attempt') HAVING count(*) > 1"
    expect "each host restarted once" each boots_are % $(($1 + 1))
}

kills_next() { # two to four in a rollout, but not more than are wanted
    next=$((2 + RANDOM % 3))
    [ $next -le $((wanted - kills)) ] || next=$((wanted > kills ? wanted - kills : 0))
}

program_session $HOSTS
: > "$work/moments"
each keep % before
export SWELL_SERIAL=1,100% SWELL_MAX_UNAVAILABLE=$AWAY SWELL_SETTLE=4s
expect "a plan is made" exits 0 plan "$library/k2-maximum.yaml" --out "$work/k2.plan"
while [ "$kills" -lt "$wanted" ]; do
    kills_next
    disturbed $next apply "$work/k2.plan"
    judge $rollouts
    expect "each has the 22 values, and else what it had" each has_k2 %
    expect "each refuses TLS 1.0" each not speaks % tls1
    kills_next
    disturbed $next rollback latest --serial $SWELL_SERIAL
    judge $rollouts
    expect "each is as before, to the byte" each as_kept % before
    expect "each speaks TLS 1.0" each speaks % tls1
done

# The hosts' own logs, in the order of time: who was down together with whom?
together() {
    local i
    for ((i = 1; i <= HOSTS; i++)); do sed -nE "s/^(\S+) (down|up).*/\1 $i \2/p" "$LAB/h$i/boots.log"; done | sort |
        awk -v groups="$(sed -nE 's/^h([0-9]+) .*swell_affinity=(\S+).*/\1 \2/p' "$LAB/inventory.ini" | tr '\n' ' ')" '
            BEGIN { n = split(groups, word); for (i = 1; i < n; i += 2) group[word[i]] = word[i + 1] }
            $3 == "up" { away -= down[$2]; of[group[$2]] -= down[$2]; down[$2] = 0 }
            $3 == "down" { down[$2] = 1; if (++away > most) most = away; if (++of[group[$2]] > 1) print "group", group[$2] }
            END { print "most", most }'
}
expect "no two of one affinity group were down together" eval "! together | grep group"
expect "and never more than $AWAY hosts" eval "[ \$(together | awk '/most/ { print \$2 }') -le $AWAY ]"
expect "the record is unbroken at the end" exits 0 audit verify
say "$kills kills in $rollouts rollouts of $HOSTS hosts, $resumes resumes; when it happened, hosts were last known at:"
sed 's/^h[0-9]* //' "$work/moments" | sort | uniq -c | sort -rn
