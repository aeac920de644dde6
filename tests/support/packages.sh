# shellcheck shell=sh
# The Debian packages that Swell is built and tested with, and how they come onto the machine. Sourced by sh scripts:
#   packages_need "$BUILD_PACKAGES $LAB_PACKAGES"    installs what is missing of them; asks nothing if nothing is

# shellcheck disable=SC2034 # for who sources this
BUILD_PACKAGES='gcc libc6-dev make cmake ninja-build pkg-config libssl-dev libkrb5-dev gss-ntlmssp libyaml-dev libjansson-dev
    libsqlite3-dev libpcre2-dev libcmocka-dev libcurl4-openssl-dev libxml2-dev'
# shellcheck disable=SC2034
TEST_PACKAGES='clang libclang-rt-dev clang-format clang-tidy cppcheck python3 util-linux sqlite3 ansible-core'
# shellcheck disable=SC2034 # gnutls-bin, openssl and nmap are the TLS peers and witnesses, samba the Windows-like host; from
# samba-ad-dc on, its domain controller and what Kerberos is tested with; from sslscan on, what TLS scans are tested with
LAB_PACKAGES='samba smbclient samba-common-bin tdb-tools openssl gnutls-bin nmap procps
    samba-ad-dc samba-ad-provision samba-dsdb-modules samba-vfs-modules python3-samba winbind krb5-user faketime
    sslscan nginx xrdp postfix dovecot-imapd dovecot-pop3d slapd postgresql-15 vsftpd mariadb-server-core mariadb-client-core
    freetds-bin openjdk-17-jdk-headless'

package_is_here() {
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2> /dev/null)" = installed ]
}

packages_need() {
    missing=
    for package in $1; do
        package_is_here "$package" || missing="$missing $package"
    done
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" != 0 ]; then
        echo "These packages are missing; install them as root and try again:" >&2
        echo "    apt-get install --no-install-recommends$missing" >&2
        return 1
    fi
    echo "Installing Debian packages:$missing"
    packages_install "$missing"
}

# Samba's own daemons are not wanted, only its programs: they would take port 445 on every address.
packages_install() {
    policy=/usr/sbin/policy-rc.d
    ours=
    if [ ! -e $policy ]; then
        ours=yes
        printf '#!/bin/sh\nexit 101\n' > $policy
        chmod +x $policy
    fi
    log=$(mktemp)
    # shellcheck disable=SC2086 # one word a package
    if { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $1; } \
        > "$log" 2>&1; then
        failed=0
    else
        failed=1
        tail -n 20 "$log" >&2
    fi
    rm -f "$log"
    [ -z "$ours" ] || rm -f $policy
    return $failed
}
