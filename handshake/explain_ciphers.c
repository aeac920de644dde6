/* Findings about suites, key exchange and what surrounds them. */
#include "handshake/explain_parts.h"

#include "base/err.h"

static const struct explanation rows[] = {
    {"dh-too-short", "The Diffie-Hellman key is too short",
     "The prime of the key exchange is shorter than clients allow. Windows refuses less than 1024 "
     "bits since June 2016 (KB3161608, KB3161606, KB3163018, KB3172605, KB3172614), browsers too; "
     "2048 are asked for today, and below 1024 the connection can be read by whoever wants to.",
     "\"Could not create SSL/TLS secure channel\"; Internet Explorer: \"This page can't be "
     "displayed\"; Firefox: SSL_ERROR_WEAK_SERVER_EPHEMERAL_DH_KEY; OpenSSL: \"dh key too small\".",
     "Give the server a longer prime, or prefer ECDHE: on Windows set SCHANNEL\\"
     "KeyExchangeAlgorithms\\Diffie-Hellman ServerMinKeyBitLength 2048. For a device that cannot, "
     "ClientMinKeyBitLength (dword 512 = 0x200) on the client lets it in and weakens everything "
     "else on that machine: only if it must be.",
     "YSoft SafeQ 6, Schannel troubleshooting: \"The device only supports weak DH keys\"; RFC 9325 "
     "4.1"},
    {"dh-broken", "The peer's Diffie-Hellman is implemented wrongly",
     "Now and then, not always, the two ends do not arrive at the same key: the peer drops leading "
     "zeros, or computes with a bad prime. Suites with DHE fail at random, all others work.",
     "An installation that crashes at another step each time; \"Could not create SSL/TLS secure "
     "channel\" now and then; alert 20 or 51; SEC_E_MESSAGE_ALTERED, SEC_E_DECRYPT_FAILURE.",
     "Update the device. Otherwise take DHE out of the offer: best by the order of cipher suites; "
     "for the whole machine SCHANNEL\\KeyExchangeAlgorithms\\Diffie-Hellman Enabled 0, and "
     "restart: nothing on it uses DHE any more then.",
     "YSoft SafeQ 6, Schannel troubleshooting: \"The incorrect implementation of the DH algorithm "
     "in the device\""},
    {"dh-common-prime", "The Diffie-Hellman prime is one that everybody uses, and short",
     "Work done once against a 1024-bit prime that many servers share opens the connections of "
     "all of them.",
     "Scanners complain (Logjam); nothing fails.",
     "Use ECDHE, or a prime of 2048 bits (RFC 7919 ffdhe2048).",
     "RFC 9325 4.1; RFC 7919; weakdh.org (Adrian et al., 2015)"},
    {"dh-reused", "The same Diffie-Hellman value is used again and again",
     "Whoever gets hold of that one value later reads every connection that used it; and some "
     "attacks (Raccoon) need just that.",
     "Nothing fails.",
     "Update the server's TLS library, or prefer ECDHE.",
     "RFC 9325 7.4 and 4.1; CVE-2020-1968"},
    {"no-common-suite", "Client and server share no cipher suite",
     "The version is common, but every suite that the client offers is off or unknown at the "
     "server, or none fits the server's certificate: an ECDSA certificate needs ECDSA suites, and "
     "Server 2012 R2 has no ECDHE_RSA with GCM.",
     "Alert 40 or 71; SEC_E_ILLEGAL_MESSAGE 0x80090326, SEC_E_ALGORITHM_MISMATCH 0x80090331; "
     "ERR_SSL_VERSION_OR_CIPHER_MISMATCH, SSL_ERROR_NO_CYPHER_OVERLAP; Schannel 36874 and 36888 "
     "(code 40, state 1205) on the server.",
     "swell scan A B --compare names what both have. Look at the policy \"SSL Cipher Suite Order\" "
     "on the Windows end: a list there replaces the system's, and what it leaves out is off.",
     "Microsoft, TLS cipher suites in Windows; Microsoft KB3135244 (state 1205)"},
    {"weak-suites", "Cipher suites are on that protect little or nothing",
     "RC4, single DES, export and NULL suites and those without authentication can be read or "
     "forged; 3DES and others with blocks of 64 bits leak in long connections (Sweet32).",
     "Scanners complain; clients of today refuse a server that has nothing better.",
     "SCHANNEL\\Ciphers: Enabled 0 for RC4 128/128, RC4 56/128, RC4 40/128, DES 56/56, NULL, and "
     "Triple DES 168; or leave them out of the policy \"SSL Cipher Suite Order\"; restart.",
     "RFC 7465; RFC 9325 4.1; CVE-2016-2183; Microsoft KB245030"},
    {"no-forward-secrecy", "No forward secrecy",
     "Only suites with the static RSA key exchange: whoever gets the server's key later reads what "
     "was recorded before.",
     "Scanners complain; Chrome and Firefox of today still connect, some services do not.",
     "Switch on ECDHE suites and prefer them.",
     "RFC 9325 4.1"},
    {"compression", "TLS compression is on",
     "The size of what is sent tells its content (CRIME).",
     "Scanners complain; nothing fails.",
     "Switch it off in the server's TLS library. Schannel has none.",
     "RFC 9325 3.3; CVE-2012-4929"},
    {"insecure-renegotiation", "Renegotiation is not secure",
     "Without RFC 5746 somebody in between can put his own request before a client's. Newer "
     "clients refuse such servers altogether.",
     "OpenSSL 3: \"unsafe legacy renegotiation disabled\"; alert 40 from strict clients.",
     "Update the server (Windows: MS10-049). On Windows set SCHANNEL AllowInsecureRenegoClients 0 "
     "and AllowInsecureRenegoServers 0.",
     "RFC 5746; Microsoft MS10-049"},
    {"no-fallback-scsv", "A downgrade would not be noticed",
     "The server does not know TLS_FALLBACK_SCSV, so somebody in between can talk a client that "
     "tries again down to an older version.",
     "Nothing fails.",
     "Switch the older versions off: then there is nothing to fall back to.",
     "RFC 7507"},
    {"no-extended-master-secret", "No extended master secret",
     "Two connections can be given the same keys by somebody in between (triple handshake). "
     "Windows Server 2016 and newer have it, some clients insist on it.",
     "FIPS clients refuse the connection; otherwise nothing fails.",
     "Update the server's TLS library.",
     "RFC 7627; MS-TLSP appendix A <5>"},
    {"http2-suites", "HTTP/2 will not run over the suite that is chosen",
     "Browsers refuse HTTP/2 over suites with CBC or without forward secrecy, and the server's "
     "order puts such a one first.",
     "ERR_HTTP2_INADEQUATE_TRANSPORT_SECURITY, ERR_SPDY_INADEQUATE_TRANSPORT_SECURITY.",
     "Put the ECDHE suites with GCM first in the policy \"SSL Cipher Suite Order\"; restart.",
     "RFC 9113 9.2.2 and appendix A; Microsoft, TLS cipher suites in Windows"},
    {"record-altered", "A record does not verify",
     "What came is not what was sent, or the two ends do not have the same keys: a device that "
     "pretends a version, a wrong Diffie-Hellman, a bad network card, or something in between "
     "that changes bytes.",
     "Alert 20, SEC_E_MESSAGE_ALTERED 0x8009030F, \"bad record mac\", "
     "ERR_SSL_BAD_RECORD_MAC_ALERT.",
     "See pretends-version if it always fails and dh-broken if now and then; else take what stands "
     "between out of the way.",
     "RFC 5246 7.2.2; YSoft SafeQ 6, Schannel troubleshooting"},
    {"no-common-group", "Client and server share no curve or group",
     "The suites fit, but the elliptic curves or groups do not: often a policy \"ECC Curve Order\" "
     "with one curve, or a client with X25519 alone.",
     "Alert 40 or 47, SEC_E_ALGORITHM_MISMATCH, Schannel 36874.",
     "Leave NistP256 and NistP384 on at both ends.",
     "RFC 8446 4.2.7; Microsoft, Manage Transport Layer Security (TLS)"},
};

const struct explanation_table explain_ciphers = {rows, COUNT(rows)};
