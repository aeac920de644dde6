/* handshake/probe.h: what TLS a port really speaks, seen with hellos of our own, so that what the
 * local library refuses to speak can still be seen. Each version is offered alone, in a connection
 * of its own. Windows hosts log each refused hello (Schannel events 36874 and 36888).
 * Source: RFC 8446 4.1, 4.2.1, appendix D; RFC 5246 7.4.1; RFC 2246.
 * Units:  deadline_ms is a point on clock_mono_ms(). */
#ifndef SWELL_HANDSHAKE_PROBE_H
#define SWELL_HANDSHAKE_PROBE_H

#include "base/err.h"
#include "handshake/port_more.h"
#include "playbooks/verify.h"

#include <stdbool.h>

enum tls_seen { SEEN_NOT_ASKED,
                SEEN_ACCEPTED,
                SEEN_REFUSED,
                SEEN_INCONCLUSIVE };

/* How the peer answered. */
enum tls_how {
    HOW_NONE,
    HOW_SERVER_HELLO,  /* of the version asked for */
    HOW_OTHER_VERSION, /* a ServerHello of another version */
    HOW_ALERT,
    HOW_RESET,
    HOW_CLOSED,  /* FIN without a byte */
    HOW_SILENCE, /* nothing until the deadline */
    HOW_GARBAGE, /* not TLS */
    HOW_NO_CONNECTION,
    HOW_COUNT
};

struct tls_answer {
    enum tls_seen seen;
    enum tls_how how;
    uint8_t alert;    /* for HOW_ALERT */
    uint16_t suite;   /* IANA id, for HOW_SERVER_HELLO */
    uint16_t version; /* what the ServerHello said, e.g. 0x0303 */
};

/* One port, all versions. */
struct port_state {
    uint16_t port;
    char dialect[DIALECT_NAME_MAX];
    bool open; /* a TCP connection was made at least once */
    struct tls_answer answers[TLS_VERSIONS];
    struct port_more more; /* not filled by probe_port */
};

#define PROBE_ATTEMPT_MS 8000 /* the most that one connection may take, however late the deadline */

/* Ask every version of one port, TLS 1.0 to 1.3. A refusal is repeated once, and counts only
 * beside a positive control on the same port (another version accepted in the same call); without
 * one it becomes SEEN_INCONCLUSIVE. sni may be NULL; it is not sent for IP literals. A port that
 * cannot be connected to and a name without an address are no errors: open is false and all
 * answers are SEEN_INCONCLUSIVE.
 * Errors: E_UNSUPPORTED for an unknown dialect; E_MEMORY, E_INTERNAL; E_IO when this machine has
 *         no socket left. *out is unchanged then. */
MUST_CHECK enum err probe_port(const char *address, const char *sni, uint16_t port,
                               const char *dialect, int64_t deadline_ms, struct port_state *out,
                               struct why *why);

/* The ports of one host at once, by their rules: SSL 2.0 and 3.0 too where a rule wants something
 * of them. out[] has n elements. Errors: as above, none of out[] is changed then. */
MUST_CHECK enum err probe_ports(const char *address, const char *sni,
                                const struct verify_rule *rules, size_t n, int64_t deadline_ms,
                                struct port_state *out, struct why *why);

const char *tls_seen_word(enum tls_seen s); /* "accepted" … */
const char *tls_how_word(enum tls_how h);   /* "server_hello" … : also the words of events */
bool tls_seen_from_word(const char *word, enum tls_seen *out);
bool tls_how_from_word(const char *word, enum tls_how *out);
/* "refused (alert 70 protocol_version)" into buf. */
#define TLS_ANSWER_TEXT_SIZE 96
const char *tls_answer_text(const struct tls_answer *a, char buf[TLS_ANSWER_TEXT_SIZE]);

#endif
