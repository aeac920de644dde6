#!/bin/bash
# Whole rollouts and their rollback on real hosts, judged by Samba's, OpenSSL's and nmap's own tools on both sides.
# Promises 6, 7, 8 and 10.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/program.sh"

has_k2_seen_from_outside() { # HOST: the same 22, as a client of Samba reads them
    local root file=$work/export.reg
    for root in "$NET" "$NET32" "$PROTOCOLS"; do
        from_outside "$1" registry export "$root" "$file" || return 1
        cat "$file"
    done | awk -v OFS='\t' '
        /^\[/ { key = substr($0, 2, length($0) - 2) }
        /^".*"=dword:/ { split($0, part, "\""); print key, part[2], substr($0, length($0) - 7) }' |
        grep -ixcFf <(k2_values | awk -F'\t' '{ printf "%s\t%s\t%08d\n", $1, $2, $3 }') | grep -qx 22
}

nmap_sees_tls10() { nmap -Pn -n -p443 --script ssl-enum-ciphers "$(address "$1")" | grep -q 'TLSv1\.0'; }

program_session 3

# What is there before: nothing on h1 and h3; on h2 wrong types, odd sizes, other values in the same keys, other case.
cat > "$work/odd.reg" << END
Windows Registry Editor Version 5.00

[$NET\\v4.0.30319]
"SchUseStrongCrypto"=hex(b):01,00,00,00,00,00,00,00
"SystemDefaultTlsVersions"=hex(2):25,00,61,00,25,00,00,00
"Note"="stays"
@="the default value"

[$PROTOCOLS\\tls 1.1\\Client]
"Enabled"=hex:00,ff,80
"DisabledByDefault"=hex(7):61,00,00,00,62,00,00,00,00,00

[$PROTOCOLS\\TLS 1.0\\Client]
"Enabled"=hex(1):61,00,62,00
"DisabledByDefault"=hex(4):01,00,00

[$PROTOCOLS\\SSL 3.0\\Client]
"Enabled"=hex(0):
"DisabledByDefault"=hex(5):00,00,00,01

[$PROTOCOLS\\SSL 3.0\\Server]
"Enabled"="0"
"DisabledByDefault"=dword:00000001

[$PROTOCOLS\\TLS 1.2\\Server]
"Enabled"=dword:ffffffff
"Note"=hex(7b):01,02,03

END
expect "h2 gets odd values" from_outside 2 registry import "$work/odd.reg"
for i in 1 2 3; do keep $i before; done
expect "h1 speaks TLS 1.0" speaks 1 tls1
expect "nmap sees that too" nmap_sees_tls10 1

# The plan
expect "a plan of K2's maximum protection has changes" \
    exits 2 plan "$library/k2-maximum.yaml" --out "$work/k2.plan" --detailed-exitcode
expect "on every host" says '^3 hosts: 3 to change, 3 to restart, 0 already right, 0 left out'
expect "--check prints the same" exits 0 apply "$work/k2.plan" --check
for i in 1 2 3; do expect "which touched nothing on h$i" as_kept $i before; done

# Apply
expect "it is carried out" exits 0 apply "$work/k2.plan" --serial 1,100% -vvv
expect "all changed" says '3 changed, 0 rolled back, 0 failed, 0 unreachable, 0 inconclusive'
for i in 1 2 3; do
    expect "h$i has the 22 values, and else what it had" has_k2 $i
    expect "h$i restarted once" boots_are $i 2
    expect "h$i refuses TLS 1.0" not speaks $i tls1
    expect "h$i refuses TLS 1.1" not speaks $i tls1_1
    expect "h$i speaks TLS 1.2" speaks $i tls1_2
    expect "h$i speaks TLS 1.3" speaks $i tls1_3
done
expect "a client of Samba sees the 22 values on h1" has_k2_seen_from_outside 1
expect "and on h2" has_k2_seen_from_outside 2
expect "nmap sees no TLS 1.0 on h1" not nmap_sees_tls10 1
cp "$work/err" "$work/apply.log" # promise 10, below
expect "a second plan finds no change" exits 0 plan "$library/k2-maximum.yaml" --detailed-exitcode
expect "on any host" says '^3 hosts: 0 to change, 0 to restart, 3 already right, 0 left out'

# Promise 7. On h3 somebody changes one value meanwhile, removes one, and begins to use a key that Swell made.
client="$PROTOCOLS\\TLS 1.1\\Client"
expect "somebody changes a value on h3" from_outside 3 registry setvalue "$client" Enabled dword 7
expect "removes another" from_outside 3 registry deletevalue "$client" DisabledByDefault
expect "and uses a key" from_outside 3 registry setvalue "$PROTOCOLS\\TLS 1.2\\Client" Mine sz mine
for i in 1 2 3; do keep $i applied; done
expect "a rollback can be looked at" exits 0 rollback latest --check
for i in 1 2 3; do expect "which touched nothing on h$i" as_kept $i applied; done
expect "the rollback fails for h3 alone" exits 2 rollback latest
expect "and says that values were left" says 'h3  failed: .*somebody else changed'
expect "the others are put back" says '2 rolled back, 1 failed'
for i in 1 2; do
    expect "h$i is as before, to the byte" as_kept $i before
    expect "h$i restarted once more" boots_are $i 3
done
{
    cat "$work/before.3"
    printf '%s\n' "$PROTOCOLS\\TLS 1.1" "$client" "$client"$'\tEnabled\t4\t07000000' \
        "$PROTOCOLS\\TLS 1.2" "$PROTOCOLS\\TLS 1.2\\Client" "$PROTOCOLS\\TLS 1.2\\Client"$'\tMine\t1\t6d0069006e0065000000'
} | sort > "$work/left.3"
expect "h3 is as before but for what somebody else did" eval "dump 3 | sort | diff '$work/left.3' - >&2"
expect "h1 speaks TLS 1.0 again" speaks 1 tls1
expect "nmap sees that too" nmap_sees_tls10 1
expect "h1 speaks TLS 1.1 again" speaks 1 tls1_1
expect "the report names the value that was left" exits 0 report latest
expect "as it is" says 'dword 7, left: changed by somebody else  *h3'
expect "and the key" says 'there, left: the key is in use  *h3'
expect "the record is unbroken" exits 0 audit verify
for key in 'TLS 1.1\Client' 'TLS 1.1' 'TLS 1.2\Client' 'TLS 1.2'; do
    from_outside 3 registry deletekey "$PROTOCOLS\\$key"
done
expect "h3 is as before once that is undone" as_kept 3 before

# A key with all below it goes, and comes back to the byte. No restart.
cat > "$work/tree.yaml" << END
playbook: tree
settings:
  - {key: '$NET', state: absent, effect: none}
END
expect "a tree is planned away" exits 0 plan "$work/tree.yaml" --limit h2 --out "$work/tree.plan"
expect "it goes" exits 0 apply "$work/tree.plan"
expect "all of it" eval "! dump 2 | grep -F '.NETFramework'"
expect "it comes back" exits 0 rollback latest
expect "h2 is as before, to the byte" as_kept 2 before
expect "without a restart" boots_are 2 3

# Promise 8. The state of h2 and h3 moves after the plan: on h3 to what the plan wants.
cat > "$work/two.yaml" << END
playbook: two
settings:
  - {key: 'HKLM\\SOFTWARE\\Lab', effect: none, values: {a: dword 1, b: sz two}}
END
expect "a plan is made" exits 0 plan "$work/two.yaml" --out "$work/two.plan"
expect "somebody makes the key on h2" from_outside 2 registry createkey 'HKLM\SOFTWARE\Lab'
expect "and a value" from_outside 2 registry setvalue 'HKLM\SOFTWARE\Lab' b sz three
expect "on h3 the one of the plan" from_outside 3 registry createkey 'HKLM\SOFTWARE\Lab'
expect "by hand" from_outside 3 registry setvalue 'HKLM\SOFTWARE\Lab' b sz two
for i in 2 3; do keep $i moved; done
expect "the plan fails on two hosts" exits 2 apply "$work/two.plan" --max-failed none --serial 100%
expect "h2 is named" says 'h2  failed: .*its state moved since the plan was made: .*HKLM.SOFTWARE.Lab'
expect "h3 too" says 'h3  failed: .*its state moved since the plan was made'
for i in 2 3; do expect "h$i was not touched" as_kept $i moved; done
expect "h1 got both" is "$("$lab" registry "$LAB" 1 'HKLM\SOFTWARE\Lab')" 'HKLM\SOFTWARE\Lab
HKLM\SOFTWARE\Lab	a	4	01000000
HKLM\SOFTWARE\Lab	b	1	740077006f000000'
expect "the rollback has h1 only" exits 0 rollback latest
expect "it is put back" as_kept 1 before
for i in 2 3; do expect "and h$i not touched" as_kept $i moved; done

# Promise 6. Values without the restart: the restart is owed until it is proved, whoever asks.
expect "h1 gets values and no restart" \
    exits 0 apply "$library/tls12-server.yaml" --yes --limit h1 --restart never
expect "which it says" says 'h1  changed: a restart is owed'
expect "h1 did not restart" boots_are 1 3
expect "h1 still speaks TLS 1.0" speaks 1 tls1
expect "the restart is in the list" exits 0 owed
expect "of h1" says h1
keep 1 owing
expect "a plan is still due" \
    exits 2 plan "$library/tls12-server.yaml" --limit h1 --detailed-exitcode --out "$work/owed.plan"
expect "for the restart alone" says '^1 hosts: 0 to change, 1 to restart'
expect "it is carried out" exits 0 apply "$work/owed.plan"
expect "h1 restarted" boots_are 1 4
expect "no value changed" as_kept 1 owing
expect "h1 refuses TLS 1.0 now" not speaks 1 tls1
expect "nothing is owed" exits 0 owed
expect "by h1" hushes h1
expect "a third plan finds no change" exits 0 plan "$library/tls12-server.yaml" --limit h1 --detailed-exitcode
expect "the values go back where they came from" exits 0 rollback "$(($(journal 'SELECT max(rollout) FROM journal') - 1))"
expect "h1 is as before, to the byte" as_kept 1 before
expect "and speaks TLS 1.0" speaks 1 tls1

# Promise 10
expect "the log says much" grep -q snapshot "$work/apply.log"
expect "the password is nowhere" not grep -rqF "$(cat "$LAB/password")" "$work"
expect "the record is unbroken at the end" exits 0 audit verify
