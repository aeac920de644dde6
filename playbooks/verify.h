/* playbooks/verify.h: what a playbook wants TLS to be on a port after the change.
 * Shape:  one rule a port, a plain value; want[] is indexed by enum tls_version. Suites are names
 *         parted by ' ': IANA's, OpenSSL's or Windows', with * and ?, or a family (RC4, NULL).
 * Units:  sizes of keys in bits; 0 asks for nothing.
 * Owns:   nothing. */
#ifndef SWELL_PLAYBOOKS_VERIFY_H
#define SWELL_PLAYBOOKS_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum tls_version { SSL_2_0,
                   SSL_3_0,
                   TLS_1_0,
                   TLS_1_1,
                   TLS_1_2,
                   TLS_1_3,
                   TLS_VERSIONS };
enum tls_want { WANT_ANYTHING,
                WANT_ACCEPTED,
                WANT_REFUSED };

#define DIALECT_NAME_MAX 16
#define VERIFY_SUITES_SIZE 512   /* all names of one list */
#define VERIFY_SUITE_NAME_MAX 64 /* IANA's longest has 45 */
#define VERIFY_BITS_MAX 65536
#define VERIFY_DAYS_MAX 3650

struct verify_certificate {
    bool unchanged; /* the same as before the change */
    bool name;      /* it is for the host's name */
    bool trusted;
    int days_left; /* at least */
};

struct verify_rule {
    uint16_t port;
    char dialect[DIALECT_NAME_MAX]; /* "" = TLS from the first byte; else "rdp", "smtp" … */
    enum tls_want want[TLS_VERSIONS];
    char must[VERIFY_SUITES_SIZE];     /* each of them is there */
    char must_not[VERIFY_SUITES_SIZE]; /* none of them is there */
    unsigned min_dh, min_rsa;          /* of key exchange and of certificates */
    struct verify_certificate certificate;
    int line; /* in the playbook */
};

/* It asks for more than which versions are there: each suite must be tried, a whole handshake made.
 */
bool verify_asks_suites(const struct verify_rule *r);
bool verify_asks_certificate(const struct verify_rule *r);
/* The next name of a list: *at moves behind it, n is its length; false at the end. */
bool verify_suite_next(const char **at, const char **name, size_t *n);
/* Letters, digits and _ - / * ? with at least one letter, at most VERIFY_SUITE_NAME_MAX bytes. */
bool verify_suite_is_good(const char *name);

const char *tls_version_name(enum tls_version v);  /* "tls1.2": the playbook's word */
const char *tls_version_words(enum tls_version v); /* "TLS 1.2" */
/* SSL 2.0 and 3.0: asked for only where somebody wants to know, and written down only then. */
bool tls_version_is_ssl(enum tls_version v);

#endif
