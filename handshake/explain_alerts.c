/* The alerts of TLS, and what a Windows client makes of each. */
#include "handshake/explain_parts.h"

#include "base/err.h"

static const struct code rows[] = {
    {CODE_ALERT, 0, "close_notify",
     "The peer ended the connection in order; as the answer to a hello it means no.",
     "no-common-version no-common-suite"},
    {CODE_ALERT, 10, "unexpected_message",
     "A message came out of turn. A Windows client reports it as SEC_E_ILLEGAL_MESSAGE "
     "0x80090326.",
     "not-tls pretends-version"},
    {CODE_ALERT, 20, "bad_record_mac",
     "A record does not verify. A Windows client reports it as SEC_E_MESSAGE_ALTERED 0x8009030F.",
     "pretends-version dh-broken record-altered"},
    {CODE_ALERT, 21, "decryption_failed",
     "A record could not be decrypted (TLS 1.0). A Windows client reports it as "
     "SEC_E_DECRYPT_FAILURE 0x80090330.",
     "pretends-version dh-broken record-altered"},
    {CODE_ALERT, 22, "record_overflow",
     "A record is longer than allowed. A Windows client reports it as SEC_E_ILLEGAL_MESSAGE "
     "0x80090326.",
     "not-tls record-altered"},
    {CODE_ALERT, 30, "decompression_failure",
     "What was compressed does not unpack. A Windows client reports it as SEC_E_MESSAGE_ALTERED "
     "0x8009030F.",
     "record-altered"},
    {CODE_ALERT, 40, "handshake_failure",
     "No common ground was found: version, cipher suite, group or certificate. A Windows client "
     "reports it as SEC_E_ILLEGAL_MESSAGE 0x80090326.",
     "no-common-suite no-common-version winhttp-tls10 client-certificate-wanted no-common-group "
     "insecure-renegotiation"},
    {CODE_ALERT, 41, "no_certificate",
     "The client has no certificate to show (SSL 3.0).",
     "client-certificate-wanted"},
    {CODE_ALERT, 42, "bad_certificate",
     "The certificate is damaged or its signature wrong. A Windows client reports it as "
     "SEC_E_CERT_UNKNOWN 0x80090327.",
     "certificate-unsupported-algorithm client-certificate-wanted certificate-untrusted"},
    {CODE_ALERT, 43, "unsupported_certificate",
     "The certificate is of a kind that the peer cannot use. A Windows client reports it as "
     "SEC_E_CERT_UNKNOWN 0x80090327.",
     "certificate-unsupported-algorithm certificate-not-for-servers sha512-certificate"},
    {CODE_ALERT, 44, "certificate_revoked",
     "The certificate was revoked. A Windows client reports it as CRYPT_E_REVOKED 0x80092010.",
     "certificate-revoked"},
    {CODE_ALERT, 45, "certificate_expired",
     "The certificate has expired or is not valid yet. A Windows client reports it as "
     "SEC_E_CERT_EXPIRED 0x80090328.",
     "certificate-expired certificate-not-yet-valid"},
    {CODE_ALERT, 46, "certificate_unknown",
     "The certificate is not acceptable for another reason. A Windows client reports it as "
     "SEC_E_CERT_UNKNOWN 0x80090327.",
     "certificate-untrusted certificate-wrong-name certificate-unsupported-algorithm"},
    {CODE_ALERT, 47, "illegal_parameter",
     "Something in a message contradicts the rest. A Windows client reports it as "
     "SEC_E_ILLEGAL_MESSAGE 0x80090326.",
     "no-common-group dh-broken no-common-version"},
    {CODE_ALERT, 48, "unknown_ca",
     "The issuer of the certificate is not trusted. A Windows client reports it as "
     "SEC_E_UNTRUSTED_ROOT 0x80090325.",
     "certificate-untrusted certificate-partial-chain certificate-self-signed"},
    {CODE_ALERT, 49, "access_denied",
     "The certificate is good and its owner may not enter. A Windows client reports it as "
     "SEC_E_LOGON_DENIED 0x8009030C.",
     "logon-denied"},
    {CODE_ALERT, 50, "decode_error",
     "A message cannot be read. A Windows client reports it as SEC_E_ILLEGAL_MESSAGE 0x80090326.",
     "not-tls long-hello-intolerance pretends-version"},
    {CODE_ALERT, 51, "decrypt_error",
     "A signature or a Finished does not verify. A Windows client reports it as "
     "SEC_E_DECRYPT_FAILURE 0x80090330.",
     "dh-broken pretends-version certificate-unsupported-algorithm"},
    {CODE_ALERT, 60, "export_restriction",
     "A key is longer than export rules once allowed. A Windows client reports it as "
     "SEC_E_ILLEGAL_MESSAGE 0x80090326.",
     "weak-suites"},
    {CODE_ALERT, 70, "protocol_version",
     "The version is known and not allowed. A Windows client reports it as "
     "SEC_E_UNSUPPORTED_FUNCTION 0x80090302.",
     "no-common-version winhttp-tls10 dotnet-old-tls tls13-only"},
    {CODE_ALERT, 71, "insufficient_security",
     "The server wants stronger suites than the client has. A Windows client reports it as "
     "SEC_E_ALGORITHM_MISMATCH 0x80090331.",
     "no-common-suite dh-too-short weak-suites"},
    {CODE_ALERT, 80, "internal_error",
     "The peer failed on its own side. A Windows client reports it as SEC_E_INTERNAL_ERROR "
     "0x80090304.",
     "internal-error private-key"},
    {CODE_ALERT, 86, "inappropriate_fallback",
     "The client came again with an older version than the server has: RFC 7507 at work.",
     "no-common-version connection-reset"},
    {CODE_ALERT, 90, "user_canceled",
     "The handshake was cancelled. Windows calls it 0x80090333.",
     "internal-error"},
    {CODE_ALERT, 100, "no_renegotiation",
     "The peer will not renegotiate. A Windows client reports it as SEC_E_ILLEGAL_MESSAGE "
     "0x80090326.",
     "insecure-renegotiation"},
    {CODE_ALERT, 109, "missing_extension",
     "An extension that must be there is not.",
     "no-common-group no-extended-master-secret"},
    {CODE_ALERT, 110, "unsupported_extension",
     "An extension came that was not asked for. A Windows client reports it as "
     "SEC_E_ILLEGAL_MESSAGE 0x80090326.",
     "pretends-version not-tls"},
    {CODE_ALERT, 111, "certificate_unobtainable",
     "A certificate could not be fetched from where the client said it is.",
     "client-certificate-wanted"},
    {CODE_ALERT, 112, "unrecognized_name",
     "The server does not know the name that was asked for.",
     "sni-needed certificate-wrong-name"},
    {CODE_ALERT, 113, "bad_certificate_status_response",
     "The stapled OCSP response is not good.",
     "ocsp-staple-bad"},
    {CODE_ALERT, 115, "unknown_psk_identity",
     "The shared key is not known. A Windows client reports it as SEC_E_ILLEGAL_MESSAGE "
     "0x80090326.",
     "internal-error"},
    {CODE_ALERT, 116, "certificate_required",
     "The server wants a certificate of the client (TLS 1.3).",
     "client-certificate-wanted"},
    {CODE_ALERT, 120, "no_application_protocol",
     "No application protocol is common. A Windows client reports it as "
     "SEC_E_APPLICATION_PROTOCOL_MISMATCH 0x80090367.",
     "no-common-alpn"},
};

const struct code_table explain_alerts = {rows, COUNT(rows)};
