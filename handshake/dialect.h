/* handshake/dialect.h: what must be said on a port before TLS can begin (STARTTLS, RDP's X.224,
 * TDS' PRELOGIN), and how TLS bytes travel then. A dialect is a talk around another talk.
 * Source: RFC 3207 (SMTP), 2595 and 3501 (IMAP, POP3), 4217 (FTP), 4511 4.14 (LDAP); MS-RDPBCGR
 *         2.2.1.1, 2.2.1.2; MS-TDS 2.2.6.5, 3.2.5.1, 3.3.5.1; the PostgreSQL and MySQL manuals.
 * Shape:  the inner talk is called only once TLS can begin (DIALECT_AGREED), at once where a
 *         dialect says nothing before TLS; whatever ends a conversation before that is told here
 *         alone, so that it cannot be taken for an answer to a hello. Bytes that came with the
 *         server's agreement and before TLS are dropped (injection).
 * Units:  what a server may say before TLS is bounded by DIALECT_BEFORE_MAX bytes.
 * Owns:   the inner talk and the dialect_talk are the caller's; dialect_end() frees what a
 *         dialect_talk holds (fine on a zeroed struct).
 * Errors: what a host does is no error; without memory, the writer given to step() is bad. */
#ifndef SWELL_HANDSHAKE_DIALECT_H
#define SWELL_HANDSHAKE_DIALECT_H

#include "handshake/service_guess.h"
#include "handshake/talk.h"
#include "playbooks/starttls.h"

#define DIALECT_SAID_SIZE SERVICE_GUESS_SIZE
#define DIALECT_BEFORE_MAX 16384u

struct dialect; /* one of a table that never changes */

/* How far a server went before TLS. */
enum dialect_outcome {
    DIALECT_TALKING,
    DIALECT_AGREED,  /* TLS could begin; the inner talk has the rest */
    DIALECT_REFUSED, /* it speaks the dialect and will not do TLS: said has its words */
    DIALECT_FOREIGN, /* it does not speak the dialect: said has what it seems to be */
    DIALECT_ENDED,   /* no more bytes came, and TLS could not begin yet: end says how */
    DIALECT_OUTCOMES
};

struct dialect_talk {
    struct talk talk; /* give this one to the engine */
    const struct dialect *dialect;
    struct talk *inner;
    enum dialect_outcome outcome;
    enum talk_end end;            /* for DIALECT_ENDED */
    char said[DIALECT_SAID_SIZE]; /* printable ASCII only; "" = nothing to say */
    uint32_t detail;              /* RDP: the protocol selected, or the failure code; TDS: the
                                   * ENCRYPTION answer; replies: their code */
    /* the dialects' own */
    unsigned stage, reply;
    size_t taken, packet_left;
    bool bare, suspect;
    struct wr came, going; /* TDS: TLS bytes out of packets, and not yet in packets */
};

/* "tls", "rdp" … as starttls.h has them; NULL if there is no such. */
const struct dialect *dialect_named(const char *name);
/* What a server usually speaks on a port; TLS from the first byte where nothing else is known. */
const struct dialect *dialect_of_port(uint16_t port);
/* By its name, and by the port where name is "" or NULL; NULL if there is no such. */
const struct dialect *dialect_for(const char *name, uint16_t port);
const char *dialect_name(const struct dialect *d);  /* "tls", "rdp" … */
const char *dialect_words(const struct dialect *d); /* "RDP (X.224)": for people */
/* The ALPN that TLS must offer there ("tds/8.0"), or NULL. */
const char *dialect_alpn(const struct dialect *d);
size_t dialect_count(void);
const struct dialect *dialect_at(size_t i);               /* by enum starttls */
const char *dialect_outcome_word(enum dialect_outcome o); /* "refused" */
void dialect_begin(struct dialect_talk *t, const struct dialect *d, struct talk *inner);
void dialect_end(struct dialect_talk *t);

#endif
