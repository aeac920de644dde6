/* handshake/hello.h: one ClientHello that offers exactly one version.
 * Source: RFC 8446 4.1.2 and 4.2; RFC 5246 7.4.1.2; RFC 5746 3.3 (signalling suite); RFC 6066 3
 *         (name); RFC 7627 5.2 (a server may refuse a hello without extended_master_secret); RFC
 *         8422 5.1.
 * Shape:  a whole record, ready to be sent. Below 256 bytes with an ordinary name, because servers
 *         and middleboxes are known that stumble over longer ones.
 * Owns:   nothing. */
#ifndef SWELL_HANDSHAKE_HELLO_H
#define SWELL_HANDSHAKE_HELLO_H

#include "base/wire.h"
#include "handshake/suites.h"

#define X25519_SIZE 32
#define HELLO_RANDOM_SIZE 32
#define HELLO_NAME_MAX 253 /* RFC 1035 2.3.4, in text form */
#define HELLO_LIMIT 1024

/* What must be fresh in every hello. */
struct hello_fresh {
    uint8_t random[HELLO_RANDOM_SIZE];
    uint8_t session_id[HELLO_RANDOM_SIZE]; /* TLS 1.3 only */
    uint8_t share[X25519_SIZE];            /* TLS 1.3 only */
};

struct hello_offer {
    enum tls_version version;
    enum suite_list suites;
    const char *sni; /* or NULL; not sent unless it can be a host name */
};

/* The version as a ServerHello names it: 0x0300 … 0x0304, 2 for SSL 2.0. */
uint16_t hello_version(enum tls_version v);
/* A name that may be sent: 1 to 253 printable ASCII characters, no IP literal. */
bool hello_name_ok(const char *name);
/* Errors: those of wr_end(). */
MUST_CHECK enum err hello_put(struct wr *w, const struct hello_offer *offer,
                              const struct hello_fresh *fresh);
/* Random bytes and the public half of a real X25519 key, whose private half is forgotten.
 * Errors: E_INTERNAL when OpenSSL refuses; *out is then all zero. */
MUST_CHECK enum err hello_fresh_make(struct hello_fresh *out, struct why *why);

#endif
