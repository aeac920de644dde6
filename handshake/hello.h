/* handshake/hello.h: one ClientHello that offers exactly one version.
 * Source: RFC 8446 4.1.2 and 4.2; RFC 5246 7.4.1.2; RFC 5746 3.3 (signalling suite); RFC 6066 3
 *         (name); RFC 7301 3.1; RFC 7507; RFC 7627 5.2 (a server may refuse a hello without
 *         extended_master_secret); RFC 8422 5.1; RFC 6101 (SSL 3.0: no extensions);
 *         draft-hickman-netscape-ssl-00 (SSL 2.0: kinds).
 * Shape:  a whole record, ready to be sent. What hello_offer_usual() makes stays below 256 bytes
 *         with an ordinary name, because servers and middleboxes are known that stumble over longer
 *         ones.
 * Owns:   nothing. */
#ifndef SWELL_HANDSHAKE_HELLO_H
#define SWELL_HANDSHAKE_HELLO_H

#include "base/wire.h"
#include "handshake/suites.h"

#define HELLO_RANDOM_SIZE 32
#define HELLO_NAME_MAX 253 /* RFC 1035 2.3.4, in text form */
#define HELLO_LIST_MAX 64
#define HELLO_SHARE_MAX 512  /* an ffdhe4096 key */
#define HELLO_COOKIE_MAX 512 /* longer ones are not sent back */
#define HELLO_LIMIT 4096
#define GROUP_X25519 29

enum hello_with {
    HELLO_MASTER_SECRET = 1, /* extended_master_secret; never in TLS 1.3 */
    HELLO_TICKET = 2,
    HELLO_DEFLATE = 4,
    HELLO_FALLBACK = 8 /* "this is not my best version" */
};

struct hello_offer {
    enum tls_version version;
    uint16_t suites[SUITES_ALL_MAX]; /* in wire order; SSL 2.0 always offers all of its kinds */
    size_t n_suites;
    uint16_t groups[HELLO_LIST_MAX]; /* none: the extension is not sent */
    size_t n_groups;
    uint16_t sigalgs[HELLO_LIST_MAX]; /* likewise; never before TLS 1.2 */
    size_t n_sigalgs;
    uint16_t share;   /* TLS 1.3: the group whose key is sent; 0: an empty list, so that the server
                       * names the group that it wants */
    unsigned with;    /* enum hello_with */
    const char *sni;  /* or NULL; not sent unless it can be a host name */
    const char *alpn; /* or NULL; names parted by ' ' */
};

/* What must be fresh in every hello. */
struct hello_fresh {
    uint8_t random[HELLO_RANDOM_SIZE];
    uint8_t session_id[HELLO_RANDOM_SIZE]; /* TLS 1.3 only */
    uint8_t share[HELLO_SHARE_MAX];        /* TLS 1.3 only */
    size_t share_size;
    uint8_t cookie[HELLO_COOKIE_MAX]; /* of a HelloRetryRequest */
    size_t cookie_size;
};

/* The version as a ServerHello names it: 0x0300 … 0x0304, 2 for SSL 2.0. */
uint16_t hello_version(enum tls_version v);
/* A name that may be sent: 1 to 253 printable ASCII characters, no IP literal. */
bool hello_name_ok(const char *name);
/* The short hello that every server understands. */
void hello_offer_usual(struct hello_offer *out, enum tls_version version, enum suite_list suites,
                       const char *sni);
bool hello_offers(const struct hello_offer *offer, uint16_t suite);
/* Errors: those of wr_end(). */
MUST_CHECK enum err hello_put(struct wr *w, const struct hello_offer *offer,
                              const struct hello_fresh *fresh);
/* Random bytes and the public half of a real key of the offer's group, whose private half is
 * forgotten.
 * Errors: E_UNSUPPORTED for a group that OpenSSL has not; E_INTERNAL when it refuses. *out is then
 *         all zero. */
MUST_CHECK enum err hello_fresh_make(const struct hello_offer *offer, struct hello_fresh *out,
                                     struct why *why);
/* A key of another group instead of the one before, which is kept when this fails. */
MUST_CHECK enum err hello_share_make(struct hello_fresh *f, uint16_t group, struct why *why);

#endif
