#!/bin/bash
# The SMB transport against real smbd: dialects, signing, logons that fail, every kind of value, restart, threads.
set -euo pipefail
export SWELL_LAB_NET=${SWELL_LAB_NET:-127.0.82}
. "$(dirname "$(readlink -f "$0")")/session.sh"

driver=${LAB_TOOLS:?the folder of smb_driver}/smb_driver
command -v smbd > /dev/null || die "smbd is missing (package samba)"
[ -x "$driver" ] || die "$driver is missing"

lab_session 2
a1=$("$lab" host-address 1)
a2=$("$lab" host-address 2)
SMB_PASSWORD=$(cat "$LAB/password")
export SMB_PASSWORD
cp "$LAB/h2/smb.conf" "$LAB/h2/smb.conf.plain"

drive() { "$driver" "$@" > "$LAB/driver.log" 2>&1; }
opens() { drive "$1" root open; }
says() { # ADDRESS USER WORDS [COMMAND]: the logon or the command fails, and says so
    drive "$1" "$2" open ${4:+"$4"} && return 1
    grep -qF -- "$3" "$LAB/driver.log"
}
configure() { # LINE…: h2 with these settings more, from the next connection on
    local line
    cp "$LAB/h2/smb.conf.plain" "$LAB/h2/smb.conf.new"
    for line; do say " $line" >> "$LAB/h2/smb.conf.new"; done
    mv "$LAB/h2/smb.conf.new" "$LAB/h2/smb.conf"
    kill -s HUP "$(cat "$LAB/h2/pid/smbd"*.pid)"
}
soon() { wait_until 10 "$@"; }
with_password() { # PASSWORD COMMAND…
    local SMB_PASSWORD=$1
    shift
    "$@"
}
stored() { "$lab" registry "$LAB" 1 'HKLM\SOFTWARE\SwellPeerTest' |
    grep -xF "$(printf '%b' "$1")" > /dev/null; } # not -q: it would cut the dump off
boots_are() { [ "$("$lab" boots "$LAB" 1)" = "$1" ]; }

# SMB 3.1.1
expect "a look needs no password" with_password nonsense drive "$a1" nobody look
guid=$(cut -d' ' -f2 "$LAB/driver.log")
expect "every type goes out and comes back to the byte" drive "$a1" root open types
expect "Samba has stored the default value" stored 'HKLM\\SOFTWARE\\SwellPeerTest\t\t1\t6100e1003dd800de0000'
expect "Samba has stored an empty binary" stored 'HKLM\\SOFTWARE\\SwellPeerTest\tbinary empty\t3\t'
expect "Samba has stored three bytes that say they are a dword" \
    stored 'HKLM\\SOFTWARE\\SwellPeerTest\tdword of 3 bytes\t4\t010203'
expect "what is removed is gone" drive "$a1" root open clear
expect "Samba has it no more" not stored 'HKLM\\SOFTWARE\\SwellPeerTest'
expect "values of up to a megabyte" drive "$a1" root open large clear
expect "keys: a slash in the name, 20 levels, only empty ones go" drive "$a1" root open keys clear
expect "300 values in one key" drive "$a1" root open many clear
expect "the 32-bit view is asked for" drive "$a1" root open views
expect "22 values in 8 keys" drive "$a1" root open cost clear
grep '^cost:' "$LAB/driver.log"
expect "who it is, and what time it has" drive "$a1" root open identity

# services, and the rarer calls
expect "services and RemoteRegistry" drive "$a1" root open services
expect "RemoteRegistry is one that runs" grep -qxF 'RemoteRegistry start 3 state 4 asleep 0' "$LAB/driver.log"
expect "what is stopped is not listed" not grep -qF 'service WINS' "$LAB/driver.log"
expect "what the server is, in two lengths" drive "$a1" root open info
expect "it says its name" grep -qF "server 102 'H1'" "$LAB/driver.log"
expect "several values in one call, and who may touch a key" drive "$a1" root open rare clear

# other dialects and signatures
configure 'server max protocol = SMB2_10'
expect "SMB 2.1" soon drive "$a2" root open types large cost clear identity
configure 'server max protocol = SMB3_02'
expect "SMB 3.0.2" soon drive "$a2" root open cost clear
configure 'server smb3 signing algorithms = hmac-sha256'
expect "3.1.1 signed with HMAC-SHA256" soon drive "$a2" root open cost clear

# logons that fail
configure
expect "the plain host is back" soon opens "$a2"
expect "a wrong password" with_password wrong says "$a2" root \
    'E_AUTH session setup: the user name or the password was not accepted: check both, and the domain before the user (STATUS_LOGON_FAILURE, 0xC000006D)'
expect "a user that is not there" says "$a2" nobody 'E_AUTH session setup'
expect "a Kerberos name goes by NTLM" says "$a2" nobody@FLEET.TEST 'E_AUTH session setup'
configure 'map to guest = bad user'
expect "a guest is no user" soon says "$a2" nobody E_SECURITY
expect "a guest is told why" says "$a2" nobody 'a guest'
configure 'map to guest = bad password'
expect "a wrong password is no guest" with_password wrong soon says "$a2" root E_SECURITY
configure 'smb encrypt = required'
expect "a wrong password is told where all is encrypted, too" with_password wrong soon says "$a2" root E_AUTH
expect "encryption that is demanded is done" soon drive "$a2" root open cost clear
configure 'ntlm auth = disabled'
expect "a host that does not do NTLM" soon says "$a2" root 'session setup'
configure
expect "the plain host is back again" soon opens "$a2"
printf '%s\n%s\n' "$SMB_PASSWORD" "$SMB_PASSWORD" |
    smbpasswd -c "$LAB/h2/smb.conf" -s -a daemon > "$LAB/smbpasswd.log" 2>&1
expect "a user without rights may ask for the time" drive "$a2" daemon open identity
expect "but not read" says "$a2" daemon 'E_DENIED \pipe\winreg open HKLM\SOFTWARE\Microsoft' views
expect "and not write" says "$a2" daemon 'E_DENIED \pipe\winreg' types
expect "and not restart" says "$a2" daemon 'E_DENIED \pipe\InitShutdown' restart

# a man in the middle: answers 0 negotiation, 1 challenge, 2 end of the logon, 3 share
a9=$("$lab" host-address 9)
through_meddler() { # ANSWER OFFSET MASK COMMAND…: while that byte of that answer is changed on its way
    local pid code=0
    rm -f "$LAB/meddler.log" # of the one before, which was ready
    SWELL_LAB_PROCESS=$LAB/meddler "$lab_here/smb_meddler.py" "$a9" "$a1" "$1" "$2" "$3" > "$LAB/meddler.log" &
    pid=$!
    shift 3
    wait_until 10 grep -qs ready "$LAB/meddler.log" && "$@" || code=1
    kill "$pid"
    wait "$pid" 2> /dev/null || :
    return $code
}
meddled() { through_meddler "$1" "$2" "$3" says "$a9" root "$4"; }
expect "a proxy that changes nothing is not in the way" through_meddler 99 0 0 opens "$a9"
expect "a changed ServerGuid" meddled 0 72 1 'E_SECURITY session setup: the negotiation or the logon was changed on its way'
expect "a changed capability" meddled 0 88 1 'E_SECURITY session setup: the negotiation or the logon was changed on its way'
expect "another dialect" meddled 0 69 1 'E_PROTOCOL negotiate'
expect "a changed challenge" meddled 1 -1 1 'session setup'
expect "a changed end of the logon" meddled 2 -1 1 'E_SECURITY session setup'
expect "a logon that became a guest's" meddled 2 66 1 'E_SECURITY session setup: the host took us for a guest'
expect "a logon without its signature" meddled 2 16 8 'E_SECURITY session setup: the answer is not signed'
expect "a changed share" meddled 3 68 1 'E_SECURITY tree connect IPC$: the signature'
expect "a share without its signature" meddled 3 16 8 'E_SECURITY tree connect IPC$: the answer is not signed'

# many at once
expect "32 threads on one host" drive "$a1" root threads 32 "$a1"
expect "8 threads on two hosts" drive "$a1" root threads 8 "$a1" "$a2"

# restart
say 2 > "$LAB/h1/down-s"
expect "a restart is accepted" drive "$a1" root open restart
expect "with its delay, by force" grep -q 'accepted delay=1 restart force' "$LAB/h1/boots.log"
expect "a second one is refused meanwhile" not drive "$a1" root open restart
expect "it comes up once more" wait_until 30 boots_are 2
expect "it can be looked at" soon drive "$a1" root look
expect "it is another boot" differ "$guid" "$(cut -d' ' -f2 "$LAB/driver.log")"
expect "and manages" soon opens "$a1"
