# shellcheck shell=bash disable=SC2154 # the words of scan_tools_test.sh
# The set-ups of scan_tools_test.sh that are only looked at when all are.

port=4430
for version in tls1 tls1_1 tls1_2 tls1_3; do
    port=$((port + 1))
    openssl_server openssl-only-$version 127.52.2.2:$port -$version -cipher ALL:@SECLEVEL=0
    at openssl-only-$version 127.52.2.2 $port tls nmap sslscan
done
openssl_one() { # NAME LAST-NUMBER OPTION…
    openssl_server "$1" "127.52.2.$2:443" "${@:3}"
    at "$1" "127.52.2.$2" 443 tls nmap sslscan
}
openssl_one openssl-default 1
openssl_one openssl-narrow 3 -tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384
openssl_one openssl-ecdsa 4 -cipher ALL:@SECLEVEL=0 -cert "$certificates/ec.pem" -key "$certificates/ec.key"
openssl_one openssl-client-certificate 5 -Verify 1 -cipher ALL:@SECLEVEL=0
openssl_one openssl-dh1024 6 -cipher DHE:@SECLEVEL=0 -dhparam "$certificates/dh1024.pem" -no_tls1_3
openssl_one openssl-dh2048 7 -cipher DHE:@SECLEVEL=0 -dhparam "$certificates/dh2048.pem" -no_tls1_3
openssl_one openssl-server-order 8 -serverpref -cipher ALL:@SECLEVEL=0
openssl_one openssl-null 9 -cipher NULL:@SECLEVEL=0 -no_tls1_3
openssl_one openssl-two-groups 10 -groups P-384:X25519 -cipher ALL:@SECLEVEL=0

gnutls_server gnutls-default 52111 rsa NORMAL
at gnutls-default 127.52.2.11 52111 tls nmap sslscan
gnutls_server gnutls-secure 52112 ec SECURE256
at gnutls-secure 127.52.2.12 52112 tls nmap sslscan
# OpenSSL has no DH keys as short as that.
gnutls_server gnutls-dh512 52113 rsa NORMAL:-VERS-ALL:+VERS-TLS1.0:+VERS-TLS1.2:-KX-ALL:+DHE-RSA:-GROUP-ALL \
    --dhparams "$certificates/dh512.pem"
at gnutls-dh512 127.52.2.13 52113 tls nmap sslscan

java_server java-default 127.52.2.14 443 ec default default
at java-default 127.52.2.14 443 tls nmap sslscan
java_server java-ssl3 127.52.2.15 443 rsa SSLv3 default "$everything" -Djdk.tls.ephemeralDHKeySize=1024
at java-ssl3 127.52.2.15 443 tls nmap sslscan
java_server java-ecdsa 127.52.2.16 443 ec TLSv1,TLSv1.2 all "$everything"
at java-ecdsa 127.52.2.16 443 tls nmap sslscan

nginx_server nginx-old 'listen 127.52.2.17:443 ssl; ssl_protocols TLSv1 TLSv1.1 TLSv1.2 TLSv1.3;' "$rsa" \
    "ssl_client_certificate $certificates/rsa.pem; ssl_verify_client on; ssl_prefer_server_ciphers on;" \
    "ssl_dhparam $certificates/dh1024.pem; ssl_ciphers ALL:@SECLEVEL=0;"
at nginx-old 127.52.2.17 443 tls nmap sslscan
imap_server dovecot 127.52.2.18
at dovecot-imap 127.52.2.18 143 imap nmap sslscan
at dovecot-imaps 127.52.2.18 993 tls nmap sslscan
at dovecot-pop3 127.52.2.18 110 pop3 nmap sslscan
postgres_server postgres 127.52.2.19
at postgres 127.52.2.19 5432 postgres nmap sslscan
ftp_server vsftpd 127.52.2.20
at vsftpd 127.52.2.20 21 ftp nmap sslscan
mysql_server mariadb 127.52.2.21
at mariadb 127.52.2.21 3306 mysql nmap sslscan
domain_server samba 127.52.2.22
at samba-ldaps 127.52.2.22 636 tls nmap sslscan
at samba-starttls 127.52.2.22 389 ldap nmap # as with slapd
