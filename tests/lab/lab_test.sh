#!/bin/bash
# The lab itself, seen by Samba's and OpenSSL's own clients.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/session.sh"

SCHANNEL='HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols'
MARKER='HKLM\SOFTWARE\Swell Boot Marker'

lab_session 3
a1=$("$lab" host-address 1)
a2=$("$lab" host-address 2)
a3=$("$lab" host-address 3)

as_client() { # ADDRESS NET-RPC-COMMAND…
    local address=$1
    shift
    net rpc "$@" -I "$address" -A "$LAB/auth" > "$LAB/net.log" 2>&1
}
restart_ask() { as_client "$1" shutdown -r -f -t 1 -C 'a test'; }
has_logged() { grep -q "$2" "$LAB/h$1/boots.log"; }
is_up_again() { wait_until 30 has_logged "$1" " up H$1R$2"; }
has_tls_again() { wait_until 30 eval "[ \$(grep -c ' tls' '$LAB/h$1/boots.log') = $2 ]"; }
manages() { as_client "$1" registry enumerate 'HKLM\SOFTWARE'; }
key_is() { is "$("$lab" registry "$LAB" "$1" "$2")" "$3"; }

# h1: set, restart, handshake, and back
for version in tls1 tls1_1 tls1_2 tls1_3; do
    expect "a new host speaks $version" tls_speaks "$a1" $version
done
control='HKLM\SYSTEM\CurrentControlSet\Control' # Services is no good: smbd adds to it as it likes
"$lab" registry "$LAB" 1 "$control" > "$LAB/before"
guid=$("$lab_here/server_guid.py" "$a1")
expect "every host has its own ServerGuid" differ "$guid" "$("$lab_here/server_guid.py" "$a2")"
cat > "$LAB/off.reg" << END
Windows Registry Editor Version 5.00

[$MARKER]

[$SCHANNEL\\TLS 1.0\\Server]
"Enabled"=dword:00000000
"Some bytes"=hex:00,ff,80

[$SCHANNEL\\TLS 1.1\\Server]
"DisabledByDefault"=dword:00000001

END
expect "values can be written from outside" as_client "$a1" registry import "$LAB/off.reg"
expect "the dump shows bytes" key_is 1 "$SCHANNEL\\TLS 1.0\\Server" "$SCHANNEL\\TLS 1.0\\Server
$SCHANNEL\\TLS 1.0\\Server	Enabled	4	00000000
$SCHANNEL\\TLS 1.0\\Server	Some bytes	3	00ff80"
expect "the dump shows an empty key" key_is 1 "$MARKER" "$MARKER"
expect "TLS 1.0 is spoken until the restart" tls_speaks "$a1" tls1
say 3 > "$LAB/h1/down-s"
expect "a restart is accepted" restart_ask "$a1"
expect "a second one is refused meanwhile" not restart_ask "$a1"
expect "it goes down" wait_until 10 has_logged 1 down
expect "port 445 is silent" port_is_silent "$a1" 445
expect "port 443 is silent" port_is_silent "$a1" 443
expect "it comes up" is_up_again 1 2
expect "its TLS server comes up" has_tls_again 1 2
expect "it lets its manager in again" wait_until 20 manages "$a1"
expect "its ServerGuid is another one" differ "$guid" "$("$lab_here/server_guid.py" "$a1")"
expect "the volatile key is gone" key_is 1 "$MARKER" "$MARKER	absent"
expect "TLS 1.0 is refused" not tls_speaks "$a1" tls1
expect "TLS 1.1 is refused" not tls_speaks "$a1" tls1_1
expect "TLS 1.2 is spoken" tls_speaks "$a1" tls1_2
expect "nmap sees no TLS 1.0" eval "! nmap -Pn -p443 --script ssl-enum-ciphers $a1 | grep 'TLSv1.0'"
for key in 'TLS 1.0\Server' 'TLS 1.0' 'TLS 1.1\Server' 'TLS 1.1'; do
    as_client "$a1" registry deletekey "$SCHANNEL\\$key"
done
"$lab" registry "$LAB" 1 "$control" > "$LAB/after"
expect "the dump is equal again once all is deleted" diff "$LAB/before" "$LAB/after"
say 0 > "$LAB/h1/down-s"
expect "a restart is accepted again" restart_ask "$a1"
expect "and done" has_tls_again 1 3
expect "TLS 1.0 is spoken again" tls_speaks "$a1" tls1
expect "three boots are counted" is "$("$lab" boots "$LAB" 1)" 3
expect "two of them after going down" is "$("$lab" downs "$LAB" 1)" 2

# h1: a delay, and its end
expect "a restart in a minute is accepted" as_client "$a1" shutdown -r -t 60
expect "an abort is accepted" as_client "$a1" abortshutdown
expect "and another restart in a minute" as_client "$a1" shutdown -r -t 60
expect "and its abort" as_client "$a1" abortshutdown
expect "nothing went down" is "$("$lab" downs "$LAB" 1)" 2

# h2: ignores, then comes back twice, then without TLS; h3: all protocols for ever, then gone for good
touch "$LAB/h2/ignore" "$LAB/h3/tls-ignores-registry"
say 0 | tee "$LAB/h2/down-s" > "$LAB/h3/down-s"
say "$MARKER 2" > "$LAB/h3/volatile-keys"
sed "s/Marker/Marker 2/" "$LAB/off.reg" > "$LAB/off2.reg"
expect "h3's registry can be written" as_client "$a3" registry import "$LAB/off2.reg"
expect "h3 takes a restart" restart_ask "$a3"
expect "h2 takes one to ignore it" restart_ask "$a2"
expect "h2 logs that" has_logged 2 ignored
expect "h2 did not go down" is "$("$lab" downs "$LAB" 2)" 0
rm "$LAB/h2/ignore"
touch "$LAB/h2/twice"
expect "h2 takes another" restart_ask "$a2"
expect "h2 comes up" is_up_again 2 2
expect "h2 comes up once more" is_up_again 2 3
rm "$LAB/h2/twice"
touch "$LAB/h2/tls-dead"
expect "h2 has its TLS server" has_tls_again 2 3
expect "h2 lets its manager in" wait_until 20 manages "$a2"
expect "h2 takes a third" wait_until 10 restart_ask "$a2"
expect "h2 comes up again" is_up_again 2 4
expect "h2 has no TLS server" port_is_silent "$a2" 443
expect "it can be started by hand" "$lab" tls-start "$LAB" 2
expect "it speaks TLS 1.2 then" tls_speaks "$a2" tls1_2
expect "h3 is back" has_tls_again 3 2
expect "h3 speaks what its registry forbids" tls_speaks "$a3" tls1
expect "h3 forgot the key named as volatile" key_is 3 "$MARKER 2" "$MARKER 2	absent"
touch "$LAB/h3/never-back"
expect "h3 takes a last restart" wait_until 10 restart_ask "$a3"
expect "h3 goes down" wait_until 10 eval "[ \$('$lab' downs '$LAB' 3) = 2 ]"
expect "h3 stays down" not wait_until 3 port_answers "$a3" 445

# down: also in the middle of a restart, and for hosts whose caller was killed
say 30 > "$LAB/h1/down-s"
expect "h1 takes a restart" restart_ask "$a1"
expect "h1 is down" wait_until 10 eval "[ \$('$lab' downs '$LAB' 1) = 3 ]"
"$lab" down "$LAB"
expect "nothing is left running" no_process_below "$LAB"
"$lab" down "$LAB"
for i in 1 2 3; do
    expect "h$i answers nowhere" eval "port_is_silent $($lab host-address $i) 445 && port_is_silent $($lab host-address $i) 443"
done
rm -rf "$LAB"
"$lab" up "$LAB" 2 9>&- &
caller=$!
wait_until 20 port_answers "$a1" 445
kill -KILL $caller
wait $caller || :
"$lab" down "$LAB"
expect "nothing is left of a killed lab" no_process_below "$LAB"
