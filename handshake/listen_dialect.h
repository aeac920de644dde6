/* handshake/listen_dialect.h: what a server says before TLS, as far as a client must hear it to
 * begin TLS: the other side of dialect.h. Nothing is behind it.
 * Source: RFC 3207 (SMTP), RFC 9051 6.2.1 (IMAP), RFC 2595 4 (POP3), RFC 4217 4 (FTP), RFC 4511
 *         4.14 (LDAP); MS-RDPBCGR 2.2.1.1 and 2.2.1.2; MS-TDS 2.2.3.1 and 2.2.6.5; the PostgreSQL
 *         protocol manual 55.2.10; the MySQL protocol manual, connection phase.
 * Shape:  step() is called with no bytes at first, then with all that have come and were not taken;
 *         what it reads from *in is taken.
 * Owns:   nothing. */
#ifndef SWELL_HANDSHAKE_LISTEN_DIALECT_H
#define SWELL_HANDSHAKE_LISTEN_DIALECT_H

#include "base/wire.h"

#define BEFORE_SAID_SIZE 200
#define BEFORE_BYTES_MAX 4096u /* of one thing that a client says before TLS */

enum before_step {
    BEFORE_MORE,   /* what was written is sent, and more bytes are waited for */
    BEFORE_TLS,    /* TLS begins with the next byte */
    BEFORE_NO_TLS, /* the client speaks the dialect and does not want TLS */
    BEFORE_FOREIGN /* it does not speak the dialect */
};

struct before {
    unsigned stage;              /* the dialect's own */
    bool in_tds;                 /* TLS travels in TDS packets from now on */
    char said[BEFORE_SAID_SIZE]; /* printable ASCII: what the client told of itself */
};

struct listen_dialect {
    const char *name; /* as in dialect.h */
    enum before_step (*step)(struct before *b, struct rd *in, struct wr *out);
};

/* NULL if there is no such; "" and "tls" are TLS from the first byte. */
const struct listen_dialect *listen_dialect_named(const char *name);
size_t listen_dialect_count(void);
const struct listen_dialect *listen_dialect_at(size_t i); /* for help texts */

/* Adds what a client sent to b->said, so that it is printable. */
void before_say(struct before *b, const char *words, struct rd bytes);

/* Private to the files that make up the table. */
enum before_step before_rdp(struct before *b, struct rd *in, struct wr *out);
enum before_step before_mssql(struct before *b, struct rd *in, struct wr *out);
enum before_step before_ldap(struct before *b, struct rd *in, struct wr *out);
enum before_step before_postgresql(struct before *b, struct rd *in, struct wr *out);
enum before_step before_mysql(struct before *b, struct rd *in, struct wr *out);

#endif
