/* handshake/dialect_parts.h: what the dialects' files share; for nobody else.
 * Shape:  a dialect's before() is called with all bytes that have come, first with none, as long as
 *         the outcome is DIALECT_TALKING. It takes what is whole, writes what is to be said, and
 *         sets the outcome when that stands.
 * Owns:   nothing. */
#ifndef SWELL_HANDSHAKE_DIALECT_PARTS_H
#define SWELL_HANDSHAKE_DIALECT_PARTS_H

#include "handshake/dialect.h"

#define DIALECT_LINE_MAX 2048u /* RFC 5321 4.5.3.1.5 has 512, others have no limit */

struct dialect {
    enum starttls id;
    const char *words;
    const char *alpn;
    /* What a server's first byte can be; empty: any. */
    struct rd first;
    /* NULL: nothing is said. */
    void (*before)(struct dialect_talk *t, struct rd *in, struct wr *out);
    /* How TLS bytes travel, where not as they are: out of t->came, into packets. */
    void (*unpack)(struct dialect_talk *t, struct rd *in);
    void (*pack)(struct rd bytes, struct wr *out);
};

extern const struct dialect dialect_rdp, dialect_mssql, dialect_smtp, dialect_imap, dialect_pop3,
    dialect_ftp, dialect_ldap, dialect_postgres, dialect_mysql;

void dialect_agree(struct dialect_talk *t);
/* words, and after them text if there is any, made printable and cut. */
void dialect_refuse(struct dialect_talk *t, const char *words, struct rd text);
/* bytes are what was said first. */
void dialect_foreign(struct dialect_talk *t, struct rd bytes);

/* The next line without its end; false while it is not whole. A line without end is foreign. */
bool dialect_line(struct dialect_talk *t, struct rd *in, struct rd *line);
/* A reply of three digits and text, of one line or many as SMTP and FTP have it; true when its last
 * line has come: t->detail is its code then. What is no such reply is foreign. */
bool dialect_reply(struct dialect_talk *t, struct rd *in, struct rd *last);
/* Letters without regard to case. */
bool line_starts(struct rd line, const char *prefix);

#endif
