#include "handshake/hello.h"
#include "handshake/probe.h"

#include <stdio.h>
#include <string.h>

static const char *const seen_words[] = {
    [SEEN_NOT_ASKED] = "not_asked",
    [SEEN_ACCEPTED] = "accepted",
    [SEEN_REFUSED] = "refused",
    [SEEN_INCONCLUSIVE] = "inconclusive",
};

static const char *const how_words[HOW_COUNT] = {
    [HOW_NONE] = "none",
    [HOW_SERVER_HELLO] = "server_hello",
    [HOW_OTHER_VERSION] = "other_version",
    [HOW_ALERT] = "alert",
    [HOW_RESET] = "reset",
    [HOW_CLOSED] = "closed",
    [HOW_SILENCE] = "silence",
    [HOW_GARBAGE] = "garbage",
    [HOW_NO_CONNECTION] = "no_connection",
};

/* The TLS Alerts registry of IANA. */
static const struct {
    uint8_t code;
    const char *name;
} alerts[] = {
    {0, "close_notify"},
    {10, "unexpected_message"},
    {20, "bad_record_mac"},
    {21, "decryption_failed"},
    {22, "record_overflow"},
    {30, "decompression_failure"},
    {40, "handshake_failure"},
    {41, "no_certificate"},
    {42, "bad_certificate"},
    {43, "unsupported_certificate"},
    {44, "certificate_revoked"},
    {45, "certificate_expired"},
    {46, "certificate_unknown"},
    {47, "illegal_parameter"},
    {48, "unknown_ca"},
    {49, "access_denied"},
    {50, "decode_error"},
    {51, "decrypt_error"},
    {60, "export_restriction"},
    {70, "protocol_version"},
    {71, "insufficient_security"},
    {80, "internal_error"},
    {86, "inappropriate_fallback"},
    {90, "user_canceled"},
    {100, "no_renegotiation"},
    {109, "missing_extension"},
    {110, "unsupported_extension"},
    {111, "certificate_unobtainable"},
    {112, "unrecognized_name"},
    {113, "bad_certificate_status_response"},
    {115, "unknown_psk_identity"},
    {116, "certificate_required"},
    {120, "no_application_protocol"},
};

static const char *alert_name(uint8_t code)
{
    for (size_t i = 0; i < COUNT(alerts); i++)
        if (alerts[i].code == code)
            return alerts[i].name;
    return "unknown";
}

static bool word_find(const char *const *words, size_t n, const char *word, size_t *out)
{
    for (size_t i = 0; word && i < n; i++)
        if (strcmp(words[i], word) == 0) {
            *out = i;
            return true;
        }
    return false;
}

const char *tls_seen_word(enum tls_seen s)
{
    return seen_words[s];
}

const char *tls_how_word(enum tls_how h)
{
    return how_words[h];
}

bool tls_seen_from_word(const char *word, enum tls_seen *out)
{
    size_t i;
    if (!word_find(seen_words, COUNT(seen_words), word, &i))
        return false;
    *out = (enum tls_seen)i;
    return true;
}

bool tls_how_from_word(const char *word, enum tls_how *out)
{
    size_t i;
    if (!word_find(how_words, COUNT(how_words), word, &i))
        return false;
    *out = (enum tls_how)i;
    return true;
}

static void version_text(uint16_t version, char *buf, size_t size)
{
    if (version == 0x0300)
        (void)snprintf(buf, size, "SSL 3.0");
    else
        (void)snprintf(buf, size, "TLS 1.%u", (version - hello_version(TLS_1_0)) & 0xffu);
}

static void how_text(const struct tls_answer *a, char *buf, size_t size)
{
    const char *suite;
    char version[16];
    switch (a->how) {
    case HOW_NONE:
    case HOW_COUNT: (void)snprintf(buf, size, "not asked"); break;
    case HOW_SERVER_HELLO:
        suite = suite_name(a->suite);
        (void)snprintf(buf, size, "%s", suite ? suite : "an unknown suite");
        break;
    case HOW_OTHER_VERSION:
        version_text(a->version, version, sizeof version);
        (void)snprintf(buf, size, "answered with %s", version);
        break;
    case HOW_ALERT:
        (void)snprintf(buf, size, "alert %u %s", a->alert, alert_name(a->alert));
        break;
    case HOW_RESET: (void)snprintf(buf, size, "connection reset"); break;
    case HOW_CLOSED: (void)snprintf(buf, size, "connection closed without an answer"); break;
    case HOW_SILENCE: (void)snprintf(buf, size, "no answer in time"); break;
    case HOW_GARBAGE: (void)snprintf(buf, size, "not a TLS answer"); break;
    case HOW_NO_CONNECTION: (void)snprintf(buf, size, "no connection"); break;
    }
}

const char *tls_answer_text(const struct tls_answer *a, char buf[TLS_ANSWER_TEXT_SIZE])
{
    char how[TLS_ANSWER_TEXT_SIZE - 16];
    if (a->seen == SEEN_NOT_ASKED) {
        (void)snprintf(buf, TLS_ANSWER_TEXT_SIZE, "not asked");
        return buf;
    }
    how_text(a, how, sizeof how);
    (void)snprintf(buf, TLS_ANSWER_TEXT_SIZE, "%s (%s)", seen_words[a->seen], how);
    return buf;
}
