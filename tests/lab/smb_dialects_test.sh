#!/bin/bash
# Every SMB that a Windows server speaks: one smbd for each dialect, signature and encryption, and one rollout over all of
# them with its rollback, judged by what is in their registries.
set -euo pipefail
export SWELL_LAB_NET=${SWELL_LAB_NET:-127.0.85}
. "$(dirname "$(readlink -f "$0")")/program.sh"

driver=${LAB_TOOLS:?the folder of smb_driver}/smb_driver
[ -x "$driver" ] || die "$driver is missing"

# What each host does; what must have been agreed with it: dialect, signature (0 HMAC-SHA256, 1 AES-CMAC, 2 AES-GMAC),
# cipher (1, 2 AES-128-CCM, -GCM, 3, 4 AES-256-CCM, -GCM), whether all is encrypted; and what Samba says of the connection.
hosts=(
    'server max protocol = SMB2_02|smb 0202 signature 0 cipher 0 sealed 0|SMB2_02 - HMAC-SHA256'
    'server max protocol = SMB2_10|smb 0210 signature 0 cipher 0 sealed 0|SMB2_10 - HMAC-SHA256'
    'server max protocol = SMB3_00|smb 0300 signature 1 cipher 1 sealed 0|SMB3_00 - AES-128-CMAC'
    'server max protocol = SMB3_02;smb encrypt = required|smb 0302 signature 1 cipher 1 sealed 1|SMB3_02 AES-128-CCM AES-128-CMAC'
    'server min protocol = SMB3_11;smb encrypt = required;server smb3 encryption algorithms = AES-256-GCM|smb 0311 signature 2 cipher 4 sealed 1|SMB3_11 AES-256-GCM AES-128-GMAC'
    'server min protocol = SMB3_11;smb encrypt = required;server smb3 encryption algorithms = AES-128-GCM|smb 0311 signature 2 cipher 2 sealed 1|SMB3_11 AES-128-GCM AES-128-GMAC'
    'server min protocol = SMB3_11;smb encrypt = required;server smb3 encryption algorithms = AES-256-CCM|smb 0311 signature 2 cipher 3 sealed 1|SMB3_11 AES-256-CCM AES-128-GMAC'
    'server min protocol = SMB3_11;smb encrypt = required;server smb3 encryption algorithms = AES-128-CCM|smb 0311 signature 2 cipher 1 sealed 1|SMB3_11 AES-128-CCM AES-128-GMAC'
    'server min protocol = SMB3_11;server smb3 signing algorithms = AES-128-GMAC|smb 0311 signature 2 cipher 2 sealed 0|SMB3_11 - AES-128-GMAC'
    'server min protocol = SMB3_11;server smb3 signing algorithms = AES-128-CMAC|smb 0311 signature 1 cipher 2 sealed 0|SMB3_11 - AES-128-CMAC'
    'server min protocol = SMB3_11;server smb3 signing algorithms = HMAC-SHA256|smb 0311 signature 0 cipher 2 sealed 0|SMB3_11 - HMAC-SHA256'
)
n=${#hosts[@]}

configure() { # HOST LINES: with these settings more, from the next connection on
    cp "$LAB/h$1/smb.conf" "$LAB/h$1/smb.conf.new"
    tr ';' '\n' <<< "$2" | sed 's/^/ /' >> "$LAB/h$1/smb.conf.new"
    mv "$LAB/h$1/smb.conf.new" "$LAB/h$1/smb.conf"
    kill -s HUP "$(cat "$LAB/h$1/pid/smbd"*.pid)"
}
agrees() { # HOST WORDS [COMMAND…]: the driver opens it, agrees on that, and its commands go well
    local address words=$2
    address=$(address "$1")
    shift 2
    "$driver" "$address" root open "$@" > "$work/driver.log" 2>&1 && grep -qxF "$words" "$work/driver.log"
}
seen() { # HOST WORDS: Samba's own smbstatus says so of the connection, while it is there
    { wait_until 20 grep -qs '^held' "$work/held.log" && smbstatus -s "$LAB/h$1/smb.conf" -p > "$work/smbstatus" 2>&1; } |
        "$driver" "$(address "$1")" root open held > "$work/held.log" 2>&1 || return 1
    rm "$work/held.log"
    [ "$(awk '$2 == "root" { print $(NF - 2), $(NF - 1), $NF }' "$work/smbstatus")" = "$2" ]
}
fails() { # HOST WORDS: it cannot be opened, and that is told
    ! "$driver" "$(address "$1")" root open > "$work/driver.log" 2>&1 && grep -qF -- "$2" "$work/driver.log"
}

program_session "$n"
SMB_PASSWORD=$(cat "$LAB/password")
export SMB_PASSWORD
sed -i 's/ swell_affinity=[^ ]*//' "$LAB/inventory.ini" # all at once
expect "all may be away at once" exits 0 inventory import "$LAB/inventory.ini"
for ((i = 1; i <= n; i++)); do
    configure $i "${hosts[i - 1]%%|*}"
    keep $i before
done
for ((i = 1; i <= n; i++)); do
    IFS='|' read -r settings agreed says_samba <<< "${hosts[i - 1]}"
    expect "$settings" wait_until 10 agrees $i "$agreed" types large clear
    expect "is $says_samba to Samba" seen $i "$says_samba"
done

# One rollout over all of them
expect "a plan for all" exits 2 plan "$library/k2-maximum.yaml" --out "$work/k2.plan" --detailed-exitcode
expect "has changes on each" says "^$n hosts: $n to change"
expect "it is carried out" exits 0 apply "$work/k2.plan" --serial 100% --max-unavailable 100%
expect "on each" says "$n changed, 0 rolled back, 0 failed, 0 unreachable, 0 inconclusive"
for ((i = 1; i <= n; i++)); do expect "h$i has the 22 values, and else what it had" has_k2 $i; done
for ((i = 1; i <= n; i++)); do expect "h$i still is ${hosts[i - 1]##*|}" seen $i "${hosts[i - 1]##*|}"; done
expect "a second plan finds no change" exits 0 plan "$library/k2-maximum.yaml" --detailed-exitcode
expect "on any" says "^$n hosts: 0 to change, 0 to restart, $n already right"
expect "it is rolled back" exits 0 rollback latest
for ((i = 1; i <= n; i++)); do expect "h$i is as before, to the byte" as_kept $i before; done

# Encryption that our own side demands
export SMB_ENCRYPT=required
expect "SMB 3.0 is encrypted when the settings say so" agrees 3 'smb 0300 signature 1 cipher 1 sealed 1' types large clear
expect "and SMB 3.1.1" agrees 9 'smb 0311 signature 2 cipher 2 sealed 1' types large clear
expect "SMB 2.1 cannot" fails 2 'E_UNSUPPORTED the settings demand SMB encryption'
unset SMB_ENCRYPT
configure 2 'smb encrypt = required'
expect "a host that demands it and cannot is told" wait_until 10 fails 2 'encryption'
configure 9 'smb encrypt = off'
export SMB_ENCRYPT=required
expect "a host that does not want it is told" wait_until 10 fails 9 'E_UNSUPPORTED the settings demand SMB encryption'
unset SMB_ENCRYPT
