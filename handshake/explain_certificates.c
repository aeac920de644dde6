/* Findings about certificates. */
#include "handshake/explain_parts.h"

#include "base/err.h"

static const struct explanation rows[] = {
    {"certificate-untrusted", "The certificate is not trusted",
     "The chain ends in a root that the client does not know. Products that ship one default "
     "certificate for everybody are untrusted everywhere until theirs is replaced.",
     "\"The certificate chain was issued by an authority that is not trusted\", "
     "SEC_E_UNTRUSTED_ROOT 0x80090325, alert 48, ERR_CERT_AUTHORITY_INVALID, "
     "SEC_ERROR_UNKNOWN_ISSUER; a device that installs well and then does not connect.",
     "Give the server a certificate of an authority that its clients know, or put that "
     "authority's root among the trusted roots of every client, devices too.",
     "YSoft SafeQ 6, Schannel troubleshooting: \"The certificate is not trusted\"; RFC 5280 6.1"},
    {"certificate-self-signed", "The certificate signs itself",
     "Nobody vouches for it. That is what remote desktop and SQL Server make for themselves when "
     "they are given none, and no fault there as long as it stays the same.",
     "Warnings at each first connection; SEC_E_UNTRUSTED_ROOT, ERR_CERT_AUTHORITY_INVALID, "
     "MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT.",
     "Bind a certificate of your own authority, or pin this one and watch its thumbprint: verify: "
     "{certificate: {unchanged: true}}.",
     "RFC 5280 3.2; Microsoft, Remote Desktop listener certificate configurations"},
    {"certificate-partial-chain", "A certificate of the chain is missing",
     "The server does not send the intermediate certificate that links its own to the root. "
     "Clients that have it from elsewhere do not notice, others cannot build the chain.",
     "Works in one browser and not in another program; CERT_E_CHAINING 0x800B010A, \"unable to get "
     "local issuer certificate\", \"PKIX path building failed\".",
     "Install the intermediate certificate on the server (store \"Intermediate Certification "
     "Authorities\" of the computer) and restart the service.",
     "RFC 5246 7.4.2; RFC 8446 4.4.2"},
    {"certificate-expired", "The certificate has expired",
     "Its time, or that of an issuer, is over; or the clock of the client is wrong.",
     "SEC_E_CERT_EXPIRED 0x80090328, CERT_E_EXPIRED 0x800B0101, alert 45, ERR_CERT_DATE_INVALID, "
     "SEC_ERROR_EXPIRED_CERTIFICATE, Schannel event 36881.",
     "Renew it, bind the new one, and restart the service. Look at the clocks too.",
     "RFC 5280 4.1.2.5"},
    {"certificate-expires-soon", "The certificate expires soon",
     "Fewer than 30 days are left.",
     "Nothing fails yet.",
     "Renew it now.",
     "RFC 5280 4.1.2.5"},
    {"certificate-not-yet-valid", "The certificate is not valid yet",
     "Its time has not begun: usually a clock that is behind, in the client, the server or the "
     "authority.",
     "ERR_CERT_DATE_INVALID, SEC_E_CERT_EXPIRED 0x80090328, CERT_E_EXPIRED 0x800B0101.",
     "Put the clocks right.",
     "RFC 5280 4.1.2.5"},
    {"certificate-wrong-name", "The certificate is for another name",
     "The name that the client asked for is not among those of the certificate. Only the "
     "subjectAltName counts for browsers, not the common name.",
     "SEC_E_WRONG_PRINCIPAL 0x80090322, CERT_E_CN_NO_MATCH 0x800B010F, "
     "ERR_CERT_COMMON_NAME_INVALID, SSL_ERROR_BAD_CERT_DOMAIN, Schannel event 36884.",
     "Use the name that it has, or have one issued that names every name in use.",
     "RFC 9525 6; RFC 6125"},
    {"certificate-revoked", "The certificate was revoked",
     "Its authority has taken it back.",
     "CRYPT_E_REVOKED 0x80092010, alert 44, ERR_CERT_REVOKED, SEC_ERROR_REVOKED_CERTIFICATE.",
     "Replace it, and find out why it was revoked.",
     "RFC 5280 5; RFC 6960"},
    {"revocation-unknown", "Whether it was revoked cannot be found out",
     "The client reaches neither the list of revoked certificates nor the responder.",
     "CRYPT_E_NO_REVOCATION_CHECK 0x80092012, CRYPT_E_REVOCATION_OFFLINE 0x80092013, curl: "
     "\"schannel: next InitializeSecurityContext failed\".",
     "Let clients reach the addresses that the certificate names, or staple OCSP responses.",
     "RFC 5280 4.2.1.13; RFC 6960"},
    {"ocsp-staple-bad", "The stapled OCSP response is not good",
     "The server staples a response that is out of date, about another certificate, or not signed "
     "by whom it must be.",
     "SEC_ERROR_OCSP_OLD_RESPONSE and other SEC_ERROR_OCSP_… in Firefox; alert 113.",
     "Let the server reach its authority's responder; look at its clock.",
     "RFC 6066 8; RFC 6960 4.2.2.2"},
    {"sha512-certificate", "A certificate is signed with SHA-512",
     "Windows 7, 8, 8.1 and Server 2008 R2 to 2012 R2 cannot use it with TLS 1.2 without KB2973337 "
     "(7, 2008 R2), KB2975331 (8, 2012) or KB2975719 (8.1, 2012 R2).",
     "\"Could not create SSL/TLS secure channel\"; Internet Explorer: \"Make sure TLS and SSL "
     "protocols are enabled.\"",
     "Install the update on the old end (newer rollups contain it), or use a certificate with "
     "SHA-256.",
     "YSoft SafeQ 6, Schannel troubleshooting: SHA-512 and the payment system"},
    {"sha1-certificate", "A certificate is signed with SHA-1",
     "Signatures with SHA-1 can be forged; browsers and Windows no longer accept them under public "
     "roots.",
     "ERR_CERT_WEAK_SIGNATURE_ALGORITHM, SEC_ERROR_CERT_SIGNATURE_ALGORITHM_DISABLED, \"ca md too "
     "weak\", SEC_E_ALGORITHM_MISMATCH in strict clients.",
     "Have it issued again with SHA-256, and its issuers too.",
     "RFC 9155; RFC 9325 4.2; Microsoft, Windows enforcement of SHA1 certificates"},
    {"md5-certificate", "A certificate is signed with MD5",
     "Such signatures are forged with a laptop. TLS 1.2 on Windows does not use them: SQL Server "
     "mirroring and availability group endpoints with such certificates stop at the change.",
     "SEC_E_ALGORITHM_MISMATCH 0x80090331, Schannel 36888 (code 40, state 1205) and 36874, "
     "ERR_CERT_WEAK_SIGNATURE_ALGORITHM.",
     "Make a new certificate with SHA-256 before TLS 1.0 is switched off.",
     "Microsoft KB3135244; RFC 6151"},
    {"short-rsa-certificate", "A certificate has a short RSA key",
     "Below 2048 bits an RSA key is not accepted any more: browsers refuse it, and so do Windows "
     "11 24H2 and Server 2025 when they check a server.",
     "ERR_CERT_WEAK_KEY, MOZILLA_PKIX_ERROR_INADEQUATE_KEY_SIZE, \"ee key too small\", "
     "SEC_E_ALGORITHM_MISMATCH.",
     "Have it issued again with RSA 2048 or ECDSA P-256.",
     "Microsoft, What's new in Windows Server 2025; RFC 9325 4.2"},
    {"certificate-unsupported-algorithm", "The device does not know the certificate's algorithm",
     "Older devices know no SHA-256 signatures, or no RSA keys of more than 1024 bits, and refuse "
     "the certificate of a server that was brought up to date.",
     "The device installs well and then does not connect; alert 43 or 42 from it, Schannel event "
     "36887 with 43, 42 or 46 on the server.",
     "Update the device. Where it must be: a certificate of its own for that service alone, with "
     "what the device knows.",
     "YSoft SafeQ 6, Schannel troubleshooting: \"The device does not support the cryptographic "
     "algorithm used for the certificate or the key length\""},
    {"certificate-not-for-servers", "The certificate is not meant for servers",
     "Its extended key usage does not name server authentication.",
     "CERT_E_WRONG_USAGE 0x800B0110, SEC_E_CERT_WRONG_USAGE 0x80090349, \"unsuitable certificate "
     "purpose\", alert 43.",
     "Have one issued with server authentication (1.3.6.1.5.5.7.3.1).",
     "RFC 5280 4.2.1.12"},
    {"client-certificate-wanted", "The server wants a certificate of the client",
     "It asks every client for one and ends the connection without.",
     "Alert 40, 42 or 116; SEC_I_INCOMPLETE_CREDENTIALS 0x00090320, "
     "ERR_BAD_SSL_CLIENT_AUTH_CERT, ERROR_WINHTTP_CLIENT_AUTH_CERT_NEEDED 12044.",
     "Give the client its certificate; no fault of the server.",
     "RFC 8446 4.3.2; RFC 5246 7.4.4"},
    {"certificate-changed", "The certificate is not the one of before",
     "After the restart the port shows another certificate: a binding that was lost, a service "
     "that made itself a new one, or a renewal at the same time.",
     "Clients that pinned the old one fail; remote desktop warns again.",
     "If nobody renewed it, bind the old one again (netsh http show sslcert; the RDP listener; SQL "
     "Server Configuration Manager).",
     "observed thumbprints; Microsoft, Remote Desktop listener certificate configurations"},
};

const struct explanation_table explain_certificates = {rows, COUNT(rows)};
