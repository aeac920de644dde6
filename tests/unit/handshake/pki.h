/* Certificates made on the spot, good and bad ones, and a TLS server in memory that shows them. Any
 * failure here ends the program. */
#ifndef SWELL_TESTS_HANDSHAKE_PKI_H
#define SWELL_TESTS_HANDSHAKE_PKI_H

#include "handshake/certificate.h"

#include <openssl/ssl.h>

#define PKI_NOW 1800000000 /* 2027-01-15: by which validity is judged */
#define PKI_DAY 86400

struct pki_ask {
    const char *subject; /* common name */
    const char *names;   /* "DNS:a.test,IP:127.0.0.1" or NULL */
    const char *eku;     /* "clientAuth" or NULL */
    const char *hash;    /* NULL: SHA256; "" for keys that sign without one */
    const char *kind;    /* NULL: RSA; "EC", "ED25519" */
    unsigned bits;       /* RSA; 0: 2048 */
    const char *curve;   /* EC */
    int64_t from, until; /* 0: a day before and after PKI_NOW */
    bool ca;
};

struct pki {
    X509 *cert;
    EVP_PKEY *key;
};

/* issuer NULL: signed by itself. */
struct pki pki_make(const struct pki_ask *ask, const struct pki *issuer);
void pki_fini(struct pki *p);
/* A response about cert, signed by signer, good from PKI_NOW - day to PKI_NOW + day + shift. */
unsigned char *pki_staple(const struct pki *cert, const struct pki *issuer,
                          const struct pki *signer, int status, int64_t shift, int *size);
void pki_pem(const char *file, const struct pki *p); /* the certificate */

struct memory_server {
    const struct pki *leaf;
    const struct pki *chain[4]; /* more to be sent */
    size_t n_chain;
    int lowest, highest; /* TLS1_VERSION …; 0: TLS 1.2 */
    bool asks_certificate, needs_certificate;
    const unsigned char *staple;
    int staple_size;
    const char *ciphers;
    int tickets; /* TLS 1.3 */
    /* Both directions pass here: may change bytes; false: the connection ends as `end` says. */
    bool (*meddle)(void *who, bool from_server, struct wr *bytes);
    void *who;
    enum talk_end end;
    size_t cut;  /* the server's bytes end after so many; 0: never */
    size_t sent; /* by the server */
};

/* One conversation to its end. */
struct handshake_seen memory_talk(struct memory_server *s, const struct whole_options *o);

#endif
