# shellcheck shell=bash
# shellcheck disable=SC2154 # work, certificates and lab_here are scan_tools_test.sh's
# Servers that speak TLS, each in the foreground, as scan_tools_test.sh needs them. $certificates has the keys and $work a
# folder for each; all live in scan_tools_test.sh's namespace of processes and end with it.
#   server NAME COMMAND…    starts it in the background; what it says is in $work/NAME/log

server() {
    local name=$1
    shift
    mkdir -p "$work/$name"
    setsid "$@" < /dev/null > "$work/$name/log" 2>&1 9>&- &
    disown # `wait` is for who looks
}

# RFC 2409, 6.2: the prime of 1024 bits that most servers of their time shared.
OAKLEY_2=FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD
OAKLEY_2+=EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED
OAKLEY_2+=EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE65381FFFFFFFFFFFFFFFF

dh_group() { # GENERATOR PRIME: both in PKCS #3
    printf '%s\n' 'asn1 = SEQUENCE:dh' '[dh]' "p = INTEGER:0x$2" "g = INTEGER:$1" |
        openssl asn1parse -genconf - -noout -out dh.der
    printf '%s\n' '-----BEGIN DH PARAMETERS-----' "$(base64 dh.der)" '-----END DH PARAMETERS-----'
}

# One key of each kind, each certificate signed by itself, and Diffie-Hellman groups of every size.
certificates_make() {
    local kind subject=/CN=server.scan.test
    mkdir -p "$certificates"
    cd "$certificates" || return
    for kind in rsa ec; do
        case $kind in
        rsa) set -- -newkey rsa:2048 ;;
        ec) set -- -newkey ec -pkeyopt ec_paramgen_curve:P-256 ;;
        esac
        openssl req -x509 -nodes -days 2 -subj "$subject" "$@" -keyout $kind.key -out $kind.pem
        cat $kind.key $kind.pem > $kind.both
    done
    openssl dhparam -out dh512.pem 512
    dh_group 2 "$OAKLEY_2" > dh1024.pem
    openssl genpkey -genparam -algorithm DH -pkeyopt group:ffdhe2048 -out dh2048.pem
    openssl pkcs12 -export -in rsa.pem -inkey rsa.key -name rsa -passout pass:secret -out rsa.p12
    openssl pkcs12 -export -in ec.pem -inkey ec.key -name ec -passout pass:secret -out ec.p12
    # For what must be allowed before options are read.
    printf '%s\n' 'openssl_conf = a' '[a]' 'ssl_conf = b' '[b]' 'system_default = c' '[c]' 'MinProtocol = None' \
        'CipherString = ALL:COMPLEMENTOFALL:@SECLEVEL=0' > weak.cnf
    chmod 644 ./*.pem ./*.p12
    chmod 755 .
    cd - > /dev/null || return
}

# NAME ADDRESS:PORT OPTION…; without a key among them: RSA
openssl_server() {
    local name=$1 accept=$2
    shift 2
    [[ " $* " == *' -cert '* ]] || set -- -cert "$certificates/rsa.pem" -key "$certificates/rsa.key" "$@"
    OPENSSL_CONF=${OPENSSL_CONF:-/dev/null} server "$name" openssl s_server -quiet -www -accept "$accept" "$@"
}

# It listens on every address, so that each needs a port of its own.
gnutls_server() { # NAME PORT KIND PRIORITY OPTION…
    local name=$1 port=$2 kind=$3 priority=$4
    shift 4
    server "$name" gnutls-serv --http --quiet --port "$port" --priority "$priority" \
        --x509keyfile "$certificates/$kind.key" --x509certfile "$certificates/$kind.pem" "$@"
}

java_classes() {
    mkdir -p "$work/classes"
    javac -J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC -d "$work/classes" "$lab_here/TlsServer.java"
    # What a Java of today has switched off.
    printf '%s\n' 'jdk.tls.disabledAlgorithms=' 'jdk.certpath.disabledAlgorithms=' 'jdk.tls.legacyAlgorithms=' \
        > "$work/classes/everything.properties"
}

java_server() { # NAME ADDRESS PORT KIND PROTOCOLS SUITES OPTION…: both lists parted by commas, or `default`, or `all`
    local name=$1 address=$2 port=$3 kind=$4 protocols=$5 suites=$6
    shift 6
    server "$name" java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xmx64m "$@" -cp "$work/classes" TlsServer \
        "$address" "$port" "$certificates/$kind.p12" "$protocols" "$suites"
}

nginx_server() { # NAME LINE…: what stands in its server block
    local name=$1
    shift
    mkdir -p "$work/$name"
    {
        say 'daemon off; master_process off;' "pid $work/$name/pid; error_log $work/$name/error.log;" \
            'events { worker_connections 256; }' 'http { access_log off;'
        for kind in client_body proxy fastcgi uwsgi scgi; do say "${kind}_temp_path $work/$name/$kind;"; done
        say 'server {' "$@" 'return 200 "ok"; } }'
    } > "$work/$name/nginx.conf"
    OPENSSL_CONF=/dev/null server "$name" nginx -p "$work/$name" -e "$work/$name/error.log" -c "$work/$name/nginx.conf"
}

rdp_server() { # NAME ADDRESS LAYER
    mkdir -p "$work/$1"
    cat > "$work/$1/xrdp.ini" << END
[Globals]
ini_version=1
fork=true
port=tcp://$2:3389
security_layer=$3
crypt_level=high
certificate=$certificates/rsa.pem
key_file=$certificates/rsa.key
ssl_protocols=TLSv1, TLSv1.1, TLSv1.2, TLSv1.3
autorun=
[Logging]
LogFile=$work/$1/xrdp.log
LogLevel=INFO
EnableSyslog=false
[Xorg]
name=Xorg
lib=libxup.so
ip=127.0.0.1
port=-1
END
    server "$1" xrdp --nodaemon --config "$work/$1/xrdp.ini"
}

# SMTP with STARTTLS on 25 and TLS from the first byte on 465.
smtp_server() { # NAME ADDRESS
    local place=$work/$1
    mkdir -p "$place"/{queue,data}
    chmod 755 "$work" "$place"
    chown postfix "$place/data"
    cat > "$place/main.cf" << END
compatibility_level = 3.6
queue_directory = $place/queue
data_directory = $place/data
maillog_file = $place/mail.log
maillog_file_prefixes = $place
inet_interfaces = loopback-only
inet_protocols = ipv4
myhostname = server.scan.test
mydestination =
alias_maps =
alias_database =
smtpd_tls_cert_file = $certificates/rsa.pem
smtpd_tls_key_file = $certificates/rsa.key
smtpd_tls_security_level = may
smtpd_tls_protocols = >=TLSv1
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
smtpd_delay_reject = yes
smtpd_relay_restrictions = reject
END
    cat > "$place/master.cf" << END
$2:25 inet n - n - - smtpd
$2:465 inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
proxymap unix - - n - - proxymap
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
rewrite unix - - n - - trivial-rewrite
anvil unix - - n - 1 anvil
cleanup unix n - n - 0 cleanup
error unix - - n - - error
END
    server "$1" postfix -c "$place" start-fg
}

# IMAP and POP3, with STARTTLS and with TLS from the first byte.
imap_server() { # NAME ADDRESS
    local place=$work/$1
    mkdir -p "$place"
    chmod 755 "$work" "$place"
    cat > "$place/dovecot.conf" << END
base_dir = $place/run
state_dir = $place/state
log_path = $place/dovecot.log
protocols = imap pop3
listen = $2
ssl = yes
ssl_cert = <$certificates/rsa.pem
ssl_key = <$certificates/rsa.key
ssl_min_protocol = TLSv1
ssl_cipher_list = ALL:@SECLEVEL=0
ssl_dh = <$certificates/dh2048.pem
disable_plaintext_auth = no
passdb {
  driver = static
  args = nopassword=y
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=$place/home
}
service stats {
  unix_listener stats-writer {
    mode = 0666
  }
}
service imap-login {
  client_limit = 500
}
END
    server "$1" dovecot -F -c "$place/dovecot.conf"
}

# StartTLS and LDAPS, with GnuTLS as Debian builds it. slapd goes away when its database is missing; this one has none.
ldap_server() { # NAME ADDRESS
    local place=$work/$1
    mkdir -p "$place"
    cat > "$place/slapd.conf" << END
pidfile $place/pid
TLSCertificateFile $certificates/rsa.pem
TLSCertificateKeyFile $certificates/rsa.key
TLSCACertificateFile $certificates/rsa.pem
TLSVerifyClient never
END
    server "$1" slapd -d 0 -f "$place/slapd.conf" -h "ldap://$2:389 ldaps://$2:636"
}

postgres_server() { # NAME ADDRESS
    local place=$work/$1 bin
    bin=$(pg_config --bindir 2> /dev/null || say /usr/lib/postgresql/15/bin)
    mkdir -p "$place"
    install -o postgres -m 600 "$certificates/rsa.key" "$place/key"
    install -o postgres "$certificates/rsa.pem" "$place/pem"
    chown postgres "$place"
    runuser -u postgres -- "$bin/initdb" -D "$place/data" -A trust --no-sync > "$place/initdb.log" 2>&1
    server "$1" runuser -u postgres -- "$bin/postgres" -D "$place/data" -k "$place" -h "$2" -c ssl=on -c fsync=off \
        -c ssl_cert_file="$place/pem" -c ssl_key_file="$place/key" -c ssl_min_protocol_version=TLSv1 \
        -c ssl_ciphers=ALL:@SECLEVEL=0
}

ftp_server() { # NAME ADDRESS
    local place=$work/$1
    mkdir -p "$place/empty"
    cat > "$place/vsftpd.conf" << END
listen=YES
background=NO
listen_address=$2
anonymous_enable=NO
local_enable=YES
secure_chroot_dir=$place/empty
rsa_cert_file=$certificates/rsa.pem
rsa_private_key_file=$certificates/rsa.key
ssl_enable=YES
ssl_tlsv1=YES
ssl_ciphers=ALL:@SECLEVEL=0
seccomp_sandbox=NO
max_per_ip=0
xferlog_enable=NO
END
    server "$1" vsftpd "$place/vsftpd.conf"
}

mysql_server() { # NAME ADDRESS
    local place=$work/$1
    mkdir -p "$place/data"
    chmod 755 "$work" "$place"
    install -m 644 "$certificates/rsa.key" "$place/key"
    chown -R nobody "$place"
    mariadb-install-db --no-defaults --user=nobody --datadir="$place/data" --skip-test-db \
        --auth-root-authentication-method=normal > "$place/install.log" 2>&1
    server "$1" mariadbd --no-defaults --user=nobody --datadir="$place/data" --socket="$place/socket" \
        --bind-address="$2" --port=3306 --pid-file="$place/pid" --ssl-cert="$certificates/rsa.pem" \
        --ssl-key="$place/key" --tls-version=TLSv1.0,TLSv1.1,TLSv1.2,TLSv1.3 --max-connect-errors=1000000
}

# A domain controller of Samba, with GnuTLS: LDAP and LDAPS, both with the certificate that it makes for itself.
domain_server() { # NAME ADDRESS
    local place=$work/$1
    mkdir -p "$place/run" /run/samba
    samba-tool domain provision --realm=SCAN.TEST --domain=SCAN --adminpass="$(openssl rand -hex 8)-Aa1" \
        --server-role=dc --dns-backend=SAMBA_INTERNAL --targetdir="$place/dc" --option="interfaces=$2/8" \
        --option='bind interfaces only=yes' --host-ip="$2" --host-name=dc1 > "$place/provision.log" 2>&1
    mkdir -p "$place/dc/run" "$place/dc/log"
    sed -i "s|^[[:space:]]*log file = .*|\tlog file = $place/dc/log/%m|; /^\[global\]/a\\
\tpid directory = $place/run\\
\tncalrpc dir = $place/run\\
\tserver services = ldap, cldap" "$place/dc/etc/smb.conf"
    # shellcheck disable=SC2016 # for that shell
    server "$1" sh -c 'mount --bind "$1/run" /run/samba && exec samba -s "$1/dc/etc/smb.conf" -F' sh "$place"
}
