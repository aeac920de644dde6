#!/bin/bash
# What is wrong is said once, with place and reason, by the right exit code; and nothing is half done that the journal does
# not know of. Promises 2, 8, 9, 12 and 13.
set -euo pipefail
[ -n "${SWELL_LAB_MOUNTS:-}" ] || SWELL_LAB_MOUNTS=own exec unshare --mount "$0" # the small disk goes with it
. "$(dirname "$(readlink -f "$0")")/program.sh"

peer() { # I WAY…: a host on the address that h$I would have, see bad_peer.py
    rm -f "$work/peer$1"
    SWELL_LAB_PROCESS=$LAB/peer$1 "$lab_here/bad_peer.py" "$(address "$1")" "${@:2}" > "$work/peer$1" 2> "$work/peer$1.log" 9>&- &
    wait_until 10 grep -qs listens "$work/peer$1"
}
peer_end() { processes_end of "$LAB/peer$1"; }

inventory() { # LINE…: an inventory of these alone
    { printf '%s\n' "$@" '[all:vars]' ansible_user=root; } > "$work/hosts.ini"
    exits 0 inventory import "$work/hosts.ini"
}

playbook() { # KEY LINE: one key, no restart, nothing to shake hands with
    printf "playbook: p\nsettings:\n  - {key: '%s', effect: none, %s}\n" "$1" "$2" > "$work/p.yaml"
}

untouched() { is "$(dump 1)" "$(cat "$work/before.1")"; }
outcomes() { journal "SELECT count(*) FROM journal WHERE kind = '$1' AND rollout = (SELECT max(rollout) FROM journal)"; }
nothing_was_written() { [ "$(journal "SELECT count(*) FROM journal WHERE kind = 'intent'
    AND rollout = (SELECT max(rollout) FROM journal)")" = 0 ]; }

program_session 2
export RES_OPTIONS='timeout:1 attempts:1' SWELL_VERIFY_TIMEOUT=1s
KEY='HKLM\SOFTWARE\Lab Faults'
keep 1 before
playbook "$KEY" 'values: {a: dword 1, b: sz two, c: {multi_sz: [x, y]}}'
expect "a good plan is made" exits 0 plan "$work/p.yaml" --limit h1 --out "$work/good.plan"

# Who logs in
say wrong > "$work/wrong"
chmod 644 "$work/wrong"
expect "a password that others may read is refused" exits 78 plan "$work/p.yaml" --password-file "$work/wrong"
expect "saying which" complains "$work/wrong"
chmod 600 "$work/wrong"
expect "a password file that is not there is refused" exits 78 plan "$work/p.yaml" --password-file "$work/none"
expect "saying which" complains "$work/none"
expect "a wrong password leaves hosts out" exits 2 plan "$work/p.yaml" --password-file "$work/wrong"
expect "each of them, with the reason" is "$(grep -c 'left out: .*STATUS_LOGON_FAILURE' "$work/out")" 2
expect "at apply it fails the host" exits 2 apply "$work/good.plan" --password-file "$work/wrong"
expect "with the reason" says 'h1  failed: .*STATUS_LOGON_FAILURE'
expect "after no write" nothing_was_written
expect "of a domain's account one host is asked" exits 2 plan "$work/p.yaml" --user 'FLEET\root' --password-file "$work/wrong"
expect "and the other not" is "$(grep -c 'left out: not tried, so that the account is not locked' "$work/out")" 1
sed -i '/^\[global\]/a map to guest = Bad Password' "$LAB/h2/smb.conf"
kill -HUP "$(cat "$LAB/h2/pid/smbd.pid")"
expect "a session as guest is refused" wait_until 10 eval "exits 2 plan '$work/p.yaml' --limit h2 --password-file '$work/wrong' && said guest"
expect "h1 is untouched" untouched

# What a rollout needs is there before it is written down that one begins
rollouts=$(journal "SELECT count(*) FROM journal WHERE kind = 'rollout_created'")
say "h1 ansible_host=$(address 1)" > "$work/hosts.ini"
expect "an inventory without a user is taken" exits 0 inventory import "$work/hosts.ini"
expect "without a login nothing begins" exits 78 apply "$work/good.plan"
expect "which is said once" complains 'h1: no user'
inventory "h2 ansible_host=$(address 2)"
expect "without the host nothing begins" exits 65 apply "$work/good.plan"
expect "which is said once" complains "host 'h1' .*not in the inventory"
expect "with a wrong option nothing begins" exits 64 apply "$work/good.plan" --forks 0
expect "which is said once" complains forks
expect "there is no new rollout" \
    is "$(journal "SELECT count(*) FROM journal WHERE kind = 'rollout_created'")" "$rollouts"

# Hosts that are not what they should be
inventory "good ansible_host=$(address 1)" "unknown ansible_host=no-such-host.invalid" "closed ansible_host=$(address 30)" \
    "silent ansible_host=$(address 31)" "lying ansible_host=$(address 32)"
expect "a silent host listens" peer 31 silent
expect "and one that lies" peer 32 lying
expect "bad hosts are left out of a plan" exits 6 plan "$work/p.yaml" --step-timeout 2s --out "$work/mixed.plan"
expect "a name without address" says 'unknown  left out: .*no-such-host.invalid has no address'
expect "a closed port" says 'closed  left out: .*port 445: the port is closed'
expect "a host that says nothing" says 'silent  left out: .*no answer before the deadline'
expect "a host that announces 16 MB" says 'lying  left out: .*an answer of 16777215 bytes is announced'
expect "they count, so the plan is stopped before it begins" exits 30 apply "$work/mixed.plan" --max-failed 4
expect "with the reason" says 'paused: the failure budget is spent: 4 of 4 allowed failed'
expect "h1 is untouched" untouched
expect "it is carried on only with a word" exits 6 resume --max-failed 5
expect "the good host is done" says 'good  changed'
expect "and put back" exits 0 rollback latest
expect "to the byte" untouched
peer_end 31
peer_end 32

# A connection that is cut in the middle, wherever that is: once, or for good
unreachable=0 inconclusive=0 changed=0
cut() { # cut-after|cut-off BYTES: the exit code is left in $code
    inventory "h1 ansible_host=$(address 31)"
    expect "a relay takes the place of h1, $1 $2 bytes" peer 31 relay "$(address 1)" "$1" "$2"
    code=0
    "$SWELL" apply "$work/good.plan" > "$work/out" 2> "$work/err" || code=$?
    inventory "h1 ansible_host=$(address 1)"
    case $code in
    0) changed=$((changed + 1)) ;;
    4)
        unreachable=$((unreachable + 1))
        expect "unreachable: nothing was written" nothing_was_written
        ;;
    *)
        inconclusive=$((inconclusive + 1))
        expect "cut off after the first write: inconclusive" is $code 32
        expect "tried again, it is done" exits 0 retry --inconclusive
        ;;
    esac
    if [ $code != 4 ]; then
        expect "h1 has the values" is "$("$lab" registry "$LAB" 1 "$KEY" | wc -l)" 4
        expect "which can be put back" exits 0 rollback latest
    fi
    expect "h1 is untouched" untouched
    peer_end 31
}
expect "a relay takes the place of h1" peer 31 relay "$(address 1)" cut-after 1000000
inventory "h1 ansible_host=$(address 31)"
expect "a plan is carried out through it" exits 0 apply "$work/good.plan"
bytes=$(tail -n 1 "$work/peer31")
peer_end 31
inventory "h1 ansible_host=$(address 1)"
expect "and put back" exits 0 rollback latest
for ((part = 1; part < 16; part += 2)); do
    cut cut-after $((bytes * part / 16))
    cut cut-off $((bytes * (part + 1) / 16))
done
say "$changed changed, $unreachable unreachable, $inconclusive inconclusive"
expect "each of the three was seen" [ $((changed && unreachable && inconclusive)) = 1 ]

# A restart whose answer, or whose request, is lost: asked once more only if the first had no effect
printf "playbook: r\nsettings:\n  - {key: '%s', values: {a: dword 1}}\n" "$KEY" > "$work/r.yaml"
expect "a plan with a restart is made" exits 0 plan "$work/r.yaml" --limit h1 --out "$work/restart.plan"
inventory "h1 ansible_host=$(address 31)"
expect "a relay loses the answer" peer 31 relay "$(address 1)" lose-answer "$LAB/h1/pending"
expect "the host is done all the same" exits 0 apply "$work/restart.plan"
expect "with one restart" boots_are 1 2
expect "asked for once" is "$(outcomes restart_settled)" 0
peer_end 31
expect "a relay loses the request" peer 31 relay "$(address 1)" lose-request 'Swell rollout'
expect "the way back is done all the same" exits 0 rollback latest
expect "with one restart" boots_are 1 3
expect "asked for again when the first had no effect" is "$(outcomes restart_settled)" 1
peer_end 31
expect "h1 is untouched" untouched
inventory "h1 ansible_host=$(address 1)"

# Two controllers
say 2 > "$LAB/h1/down-s"
begun apply "$work/restart.plan"
expect "h1 goes down" wait_until 20 eval "[ \$('$lab' downs '$LAB' 1) = 3 ]"
for verb in "apply $work/good.plan" resume retry 'rollback latest'; do
    # shellcheck disable=SC2086 # words
    expect "a second controller is told so: ${verb%% *}" exits 75 $verb
    expect "once" complains "another"
done
expect "a plan can be made meanwhile" exits 4 plan "$work/p.yaml"
expect "and the state be seen" exits 0 status
expect "the first did not notice" ends 0
expect "h1 restarted once" boots_are 1 4
expect "it is put back" exits 0 rollback latest
say 0 > "$LAB/h1/down-s"
expect "h1 is untouched" untouched
cp "$SWELL_DB" "$work/whole.db"

# A full disk under the database, at one moment after the other
mkdir "$work/small"
mount -t tmpfs -o size=2m swell-lab "$work/small"
export SWELL_DB=$work/small/swell.db
expect "a database on a small disk is made" exits 0 init
inventory "h1 ansible_host=$(address 1)"
before_write=0 after_write=0
for left_kb in 0 40 64 88 112 136 152; do
    last=$(journal 'SELECT ifnull(max(rollout), 0) FROM journal')
    dd if=/dev/zero of="$work/small/filler" bs=4k > /dev/null 2>&1 || :
    truncate -s "-${left_kb}k" "$work/small/filler"
    expect "a disk with $left_kb kB left is not enough" exits 1 apply "$work/good.plan"
    rm "$work/small/filler"
    expect "which is said once" complains 'No space left|disk is full'
    expect "the record is unbroken" exits 0 audit verify
    if [ "$(journal 'SELECT ifnull(max(rollout), 0) FROM journal')" = "$last" ]; then
        expect "there is no rollout, and h1 is untouched" untouched
        continue
    fi
    if nothing_was_written; then
        before_write=$((before_write + 1))
        expect "the record knows of no write, and h1 is untouched" untouched
    else
        after_write=$((after_write + 1))
    fi
    expect "with room again it is carried on" exits 0 resume
    expect "h1 has the values" is "$("$lab" registry "$LAB" 1 "$KEY" | wc -l)" 4
    expect "which can be put back" exits 0 rollback latest
    expect "to the byte" untouched
done
expect "it was full before the first write and after it" [ $((before_write && after_write)) = 1 ]

# A database that is not what it should be
damaged() { # TEXT VERB…: the database $work/bad.db is refused with this text, by whoever asks
    local text=$1
    shift
    expect "refused by ${1}" exits 65 "$@" --db "$work/bad.db"
    expect "which says so once" complains "$text"
}
whole=$work/whole.db
: > "$work/bad.db"
damaged 'bad.db' apply "$work/good.plan"
say 'this is no database, it is a text that somebody has written into its place' > "$work/bad.db"
damaged 'bad.db' apply "$work/good.plan"
head -c "$(($(stat -c %s "$whole") / 2))" "$whole" > "$work/bad.db"
damaged 'bad.db' apply "$work/good.plan"
damaged 'bad.db' status
cp "$whole" "$work/bad.db"
sqlite3 "$work/bad.db" 'PRAGMA user_version = 99'
damaged 'newer' apply "$work/good.plan"
expect "a database that is not there is refused" exits 65 status --db "$work/none.db"
expect "saying how to make one" complains 'swell init'
number=$(sqlite3 "$whole" 'SELECT max(rollout) - 1 FROM journal')
pages=$(($(stat -c %s "$whole") / 4096))
found=0
for ((page = 0; page < pages; page += 1 + pages / 16)); do
    cp "$whole" "$work/bad.db"
    head -c 4096 /dev/urandom | dd of="$work/bad.db" bs=4096 seek=$page conv=notrunc status=none
    "$SWELL" audit verify --db "$work/bad.db" > "$work/out" 2> "$work/err" || found=$((found + 1))
    [ ! -s "$work/err" ] || expect "page $page of $pages is noise, which is said once" complains 'bad.db'
    for verb in "report $number" 'history h1' "rollback $number --check"; do
        # shellcheck disable=SC2086 # words
        [ -s "$work/err" ] || expect "page $page passed the audit: ${verb%% *} can read all" exits 0 $verb --db "$work/bad.db"
    done
done
expect "the audit finds noise in most pages" [ $found -gt 8 ]
cp "$whole" "$work/bad.db"
sqlite3 "$work/bad.db" "DROP TRIGGER journal_no_update; UPDATE journal SET body = replace(body, 'changed', 'ok') WHERE seq = (
    SELECT min(seq) FROM journal WHERE kind = 'host_finished' AND body LIKE '%changed%')"
expect "an edited event is found" exits 65 audit verify "$work/bad.db"
expect "and named" complains 'event [0-9]+ was changed'

# A playbook that is wrong, a plan that was edited
wrong() { # PLACE TEXT LINE: a playbook with this setting is refused, with this place and this text
    printf 'playbook: p\nsettings:\n  - %s\n' "$3" > "$work/p.yaml"
    expect "refused: $3" exits 65 plan "$work/p.yaml"
    expect "with place and reason" complains "p.yaml:$1: .*$2"
}
wrong 3:46 'expected a number' '{key: HKLM\SOFTWARE\A, values: {a: dword two}}'
wrong 3:40 'no registry type' '{key: HKLM\SOFTWARE\A, values: {a: 1}}'
wrong 3:49 'a second setting' '{key: HKLM\SOFTWARE\A, values: {a: dword 1, A: dword 2}}'
wrong 3:49 'a second time' '{key: HKLM\SOFTWARE\A, values: {a: dword 1, a: dword 2}}'
wrong 3:11 'did you mean HKLM' '{key: HKLN\SOFTWARE\A, values: {a: dword 1}}'
wrong 3:28 'did you mean .values' '{key: HKLM\SOFTWARE\A, valeus: {a: dword 1}}'
playbook "$KEY" 'values: {a: dword 1}'
sed 's/4:01000000/4:02000000/' "$work/good.plan" > "$work/bad.plan"
expect "the plan was edited indeed" not cmp -s "$work/good.plan" "$work/bad.plan"
expect "an edited plan is refused" exits 65 apply "$work/bad.plan"
expect "which is said once" complains 'bad.plan.*digest'
head -c 300 "$work/good.plan" > "$work/bad.plan"
expect "half a plan is refused" exits 65 apply "$work/bad.plan"
expect "which is said once" complains 'bad.plan'

# Nobody
expect "a pattern that no host matches is refused" exits 65 plan "$work/p.yaml" --limit nosuch
expect "which is said once" complains nosuch
printf 'guards:\n  - {that: "os.build < 100", why: a test}\n' >> "$work/p.yaml"
expect "a guard leaves all hosts out of a plan" exits 0 plan "$work/p.yaml" --out "$work/nobody.plan"
expect "which says why" says 'h1  left out: guard does not hold: os.build < 100'
expect "a plan for nobody is refused" exits 65 apply "$work/nobody.plan"
expect "which is said once" complains 'no host that can be done'
printf '[all:vars]\na=b\n' > "$work/hosts.ini"
expect "an inventory of nobody is refused" exits 65 inventory import "$work/hosts.ini"
expect "which is said once" complains 'no host'
expect "h1 is untouched" untouched
expect "the record is unbroken at the end" exits 0 audit verify
