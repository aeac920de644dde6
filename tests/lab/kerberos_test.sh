#!/bin/bash
# Kerberos alone, against a domain controller of Samba: by ticket, keytab and password, what is wrong told in plain words,
# and a change of the 22 values of K2 and its rollback with nothing but a ticket. The controller lives in namespaces of its
# own: its winbindd would else answer for every other smbd of this machine.
set -euo pipefail
. "$(dirname "$(readlink -f "$0")")/session.sh"

driver=${LAB_TOOLS:?the folder of smb_driver}/smb_driver
library=$(readlink -f "$lab_here/../../playbooks/library")
[ -x "${SWELL:-}" ] || die "SWELL must be the program"
[ -x "$driver" ] || die "$driver is missing"
[ "$(id -u)" = 0 ] || die "needs root"
for name in ${!SWELL_@}; do # what whoever runs the tests has set for own use
    case $name in SWELL_LAB_*) ;; *) unset "$name" ;; esac
done

address=127.0.86.60
LAB=/run/swell-lab/127.0.86
dc=$LAB/dc
conf=$dc/etc/smb.conf
dc_pid= # of the process whose end is the end of all of the domain controller

session_end() {
    local code=$?
    trap '' INT TERM
    processes_end of "$dc" || code=1
    [ -z "$dc_pid" ] || wait "$dc_pid" || :
    if [ $code = 0 ]; then rm -rf "$LAB"; else say "the files are in $LAB" >&2; fi
    exit $code
}
mkdir -p "${LAB%/*}"
exec 9> "$LAB.lock"
flock -w 600 9 || die "another test has had $LAB for ten minutes"
trap session_end EXIT
trap 'exit 130' INT TERM
processes_end of "$dc"
rm -rf "$LAB"
mkdir -p "$LAB"

# The domain
password=$(openssl rand -hex 8)-Aa1
cat > "$LAB/krb5.conf" << END
[libdefaults]
 default_realm = FLEET.TEST
 dns_lookup_realm = false
 dns_lookup_kdc = false
 rdns = false
[realms]
 FLEET.TEST = {
  kdc = $address
 }
END
export KRB5_CONFIG=$LAB/krb5.conf KRB5CCNAME=FILE:$LAB/none KRB5_CLIENT_KTNAME=FILE:$LAB/none.keytab
samba-tool domain provision --realm=FLEET.TEST --domain=FLEET --adminpass="$password" --server-role=dc \
    --dns-backend=SAMBA_INTERNAL --targetdir="$dc" --option="interfaces=$address/8" \
    --option='bind interfaces only=yes' --host-ip=$address --host-name=dc1 9>&- > "$LAB/provision.log" 2>&1 ||
    die "no domain: $(tail -n 3 "$LAB/provision.log")"
mkdir -p "$dc"/run/{samba,ncalrpc} "$dc/log"
sed -i "s|^[[:space:]]*log file = .*|\tlog file = $dc/log/%m|; /^\[global\]/a\\
\tpid directory = $dc/run\\
\tncalrpc dir = $dc/run/ncalrpc\\
\tserver smb3 encryption algorithms = AES-256-GCM\\
\tserver services = -dns, -dnsupdate, -wrepl, -ntp_signd" "$conf"
faketime -f -3d "$lab_here/domain_users.py" "$conf" "$password" "$LAB" 9>&- > "$LAB/users.log" 2>&1 ||
    die "no users: $(tail -n 3 "$LAB/users.log")"
net -s "$conf" registry import "$lab_here/seed.reg"
mkdir -p /run/samba
# shellcheck disable=SC2016 # for that shell
SWELL_LAB_PROCESS=$dc setsid unshare -m -p --fork --kill-child sh -c '
    mount --bind "$1/run/samba" /run/samba && exec samba -s "$1/etc/smb.conf" -F' sh "$dc" \
    < /dev/null > "$LAB/samba.log" 2>&1 9>&- &
dc_pid=$!
ticket() { # USER CACHE [LIFETIME]
    kinit -c "$LAB/$2" ${3:+-l "$3"} "$1@FLEET.TEST" <<< "$password" > "$LAB/kinit.log" 2>&1
}
expect "the domain controller answers" wait_until 30 ticket Administrator admin

# gss-ntlmssp is loaded and never unloaded as OpenSSL wants it (gss.lsan); whole stacks are needed to know it.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}fast_unwind_on_malloc=0:verify_asan_link_order=0"
export LSAN_OPTIONS="suppressions=$lab_here/gss.lsan:print_suppressions=0"
drive() { # USER COMMAND…
    SMB_KERBEROS=${host-dc1.fleet.test} "$driver" "$address" "$@" > "$LAB/driver.log" 2>&1
}
opens() { drive "$1" open "${@:2}"; }
fails() { # USER WORDS
    opens "$1" && return 1
    grep -qF -- "$2" "$LAB/driver.log" || {
        cat "$LAB/driver.log"
        return 1
    }
}
with() { # VARIABLE=VALUE… -- COMMAND…: a function, in this environment
    while [ "$1" != -- ]; do
        local -x "${1?}"
        shift
    done
    shift
    "$@"
}
admin=KRB5CCNAME=FILE:$LAB/admin
known=SMB_PASSWORD=$password

# Ways in
expect "a ticket is enough" with "$admin" -- wait_until 20 opens '' types large clear identity
expect "in three turns, signed" grep -q '^open, 3 ' "$LAB/driver.log"
expect "a ticket for the user named" with "$admin" -- opens Administrator@FLEET.TEST
expect "encrypted too" with "$admin" SMB_ENCRYPT=required -- opens '' types clear
expect "with all 256 bits of the ticket's key" grep -q 'cipher 4 sealed 1' "$LAB/driver.log"
expect "a keytab" with KRB5_CLIENT_KTNAME="FILE:$LAB/Administrator.keytab" KRB5CCNAME=MEMORY: -- \
    opens Administrator@FLEET.TEST
expect "a password" with "$known" -- opens Administrator@FLEET.TEST

# What is wrong, told apart
expect "no ticket" fails '' 'E_CONFIG credentials: there is no Kerberos ticket: run kinit'
expect "somebody else's ticket" with "$admin" -- fails joe@FLEET.TEST 'E_CONFIG credentials: there is no Kerberos ticket'
expect "somebody else's keytab" with KRB5_CLIENT_KTNAME="FILE:$LAB/Administrator.keytab" KRB5CCNAME=MEMORY: -- \
    fails joe@FLEET.TEST 'E_CONFIG credentials: there is no Kerberos ticket for that user, and the keytab has no key of that user'
expect "a keytab from before the password was changed" with KRB5_CLIENT_KTNAME="FILE:$LAB/stale.keytab" KRB5CCNAME=MEMORY: -- \
    fails stale@FLEET.TEST "E_AUTH credentials: the key in the keytab is not the account's any more"
expect "a name that the domain does not know" with "$admin" host=web9.fleet.test -- \
    fails '' 'E_REFUSED credentials: the domain knows no service of that name (SPN)'
expect "no name" with "$admin" host=$address -- fails '' "E_CONFIG credentials: Kerberos needs the host's name"
expect "a wrong password" with SMB_PASSWORD=wrong -- fails joe@FLEET.TEST 'E_AUTH credentials: the password is wrong'
expect "a user who is not there" with SMB_PASSWORD=x -- fails no@FLEET.TEST 'E_AUTH credentials: the domain does not know the user'
expect "a realm that is not there" with SMB_PASSWORD=x -- \
    fails joe@NOWHERE.TEST "E_CONFIG credentials: neither krb5.conf nor DNS tells where the realm's domain controllers"
expect "a disabled account" with "$known" -- fails gone@FLEET.TEST 'E_AUTH credentials: the account is disabled'
expect "an account that has expired" with "$known" -- fails past@FLEET.TEST 'E_AUTH credentials: the account has expired'
expect "an account at the wrong hour" with "$known" -- \
    fails asleep@FLEET.TEST 'E_AUTH credentials: the account may not log on at this hour'
expect "a password that must be changed" with "$known" -- \
    fails anew@FLEET.TEST 'E_AUTH credentials: the password must be changed first'
expect "a password that has expired" with "$known" -- fails old@FLEET.TEST 'E_AUTH credentials: the password has expired'
for try in 1 2; do
    expect "a wrong password, the $try. time" with SMB_PASSWORD=wrong -- fails tried@FLEET.TEST 'the password is wrong'
done
expect "an account that is locked" with "$known" -- fails tried@FLEET.TEST 'E_AUTH credentials: the account is locked out'
expect "a user without rights is known" with "$known" -- opens joe@FLEET.TEST
expect "but may not write" with "$known" -- not opens joe@FLEET.TEST types
expect "and is told so" grep -q 'E_DENIED' "$LAB/driver.log"

# The same accounts by NTLM: the same words, as the host says them
ntlm() { # USER STATUS: that name stands behind the words
    SMB_PASSWORD=$password "$driver" "$address" "FLEET\\$1" open > "$LAB/driver.log" 2>&1 && return 1
    grep -q "^E_AUTH session setup: .*($2, 0x" "$LAB/driver.log" || {
        cat "$LAB/driver.log"
        return 1
    }
}
expect "by NTLM too: disabled" ntlm gone STATUS_ACCOUNT_DISABLED
expect "by NTLM too: expired" ntlm past STATUS_ACCOUNT_EXPIRED
expect "by NTLM too: the wrong hour" ntlm asleep STATUS_INVALID_LOGON_HOURS
expect "by NTLM too: not from this machine" ntlm elsewhere STATUS_INVALID_WORKSTATION
expect "by NTLM too: a password to be changed" ntlm anew STATUS_PASSWORD_MUST_CHANGE
expect "by NTLM too: a password that has expired" ntlm old STATUS_PASSWORD_EXPIRED
expect "by NTLM too: locked" ntlm tried STATUS_ACCOUNT_LOCKED_OUT
expect "by NTLM too: not there" ntlm nobody STATUS_LOGON_FAILURE
sed "s/$address/127.0.86.61/" "$LAB/krb5.conf" > "$LAB/krb5.gone"
expect "no domain controller" with KRB5_CONFIG="$LAB/krb5.gone" SMB_PASSWORD=x -- \
    fails joe@FLEET.TEST 'E_UNAVAILABLE credentials: no domain controller (KDC)'
far_ahead() { # the ticket is old enough to be good there, and has no other ticket in it yet
    ticket Administrator skew 20h
    SMB_KERBEROS=dc1.fleet.test KRB5CCNAME=FILE:$LAB/skew faketime -f +1h "$driver" "$address" '' open > "$LAB/driver.log" 2>&1
    grep -qF 'E_REFUSED credentials: the clocks of this machine' "$LAB/driver.log"
}
expect "a wrong clock" far_ahead
an_expired_ticket() {
    ticket late short 1s
    wait_until 10 with KRB5CCNAME="FILE:$LAB/short" -- fails '' 'E_AUTH credentials: the Kerberos ticket has expired'
}
expect "a ticket that has expired" an_expired_ticket

# The program, with nothing but a ticket, and with nothing but a keytab
export SWELL_DB=$LAB/swell.db XDG_CONFIG_HOME=$LAB "${admin?}"
dump() {
    for key in SOFTWARE 'SYSTEM\CurrentControlSet\Control'; do
        "$lab_here/registry_dump.py" "$dc/state/registry.tdb" "HKLM\\$key"
    done
}
exits() { # CODE ARGUMENT…
    local code=0
    "$SWELL" "${@:2}" > "$LAB/out" 2> "$LAB/err" < /dev/null 9>&- || code=$?
    [ "$code" = "$1" ] || {
        cat "$LAB/out" "$LAB/err"
        return 1
    }
}
printf '[all]\nserver ansible_host=%s swell_spn=dc1.fleet.test swell_auth=kerberos swell_smb_encrypt=required\n' $address > "$LAB/inventory.ini"
dump > "$LAB/before"
expect "a database is made" exits 0 init
expect "the inventory is taken" exits 0 inventory import "$LAB/inventory.ini"
carried_out_and_put_back() { # WORDS
    expect "K2's maximum protection is planned with $1 alone" exits 2 plan "$library/k2-maximum.yaml" --out "$LAB/k2.plan" \
        --detailed-exitcode
    expect "and carried out" exits 0 apply "$LAB/k2.plan" --restart never --yes
    expect "all of it" eval '[ "$(dump | diff "$LAB/before" - | grep -c "^> .*	.*	4	")" = 22 ]'
    expect "a second plan owes the restart" exits 2 plan "$library/k2-maximum.yaml" --detailed-exitcode
    expect "and no change" grep -q '22 already right' "$LAB/out"
    expect "it is rolled back" exits 0 rollback latest --restart never --yes
    expect "to the byte" eval 'dump | diff "$LAB/before" - >&2'
}
carried_out_and_put_back "a ticket"
export KRB5_CLIENT_KTNAME=FILE:$LAB/Administrator.keytab KRB5CCNAME=FILE:$LAB/fresh
carried_out_and_put_back "a keytab"
expect "which got a ticket" klist -s -c "$LAB/fresh"
sed -i 's/ swell_smb_encrypt=required//' "$LAB/inventory.ini"
expect "unencrypted too" exits 0 inventory import "$LAB/inventory.ini"
carried_out_and_put_back "a keytab, signed,"
