/* handshake/scan.h: all that one port says of its TLS: versions, suites, groups, features,
 * certificate, found in as few connections as possible.
 * Source: RFC 8446, 5246, 4492/8422, 5746, 7627, 7507, 5077, 7301, 7919; RFC 6101 (SSL 3.0);
 *         draft-hickman-netscape-ssl-00 (SSL 2.0).
 * Units:  *_ms in milliseconds.
 * Owns:   scan_result_fini() frees what a result holds.
 * Errors: what a host does is no error; see engine.h. */
#ifndef SWELL_HANDSHAKE_SCAN_H
#define SWELL_HANDSHAKE_SCAN_H

#include "handshake/certificate.h"
#include "handshake/dialect.h"
#include "handshake/engine.h"
#include "handshake/probe.h"

#define SCAN_SUITES_MAX 400 /* more than IANA has */
#define SCAN_GROUPS_MAX 48
#define SCAN_SIGALGS_MAX 48
#define SCAN_ALPN_MAX 8
#define SCAN_ALPN_SIZE 24

enum scan_sure { SURE_UNKNOWN,
                 SURE_NO,
                 SURE_YES };
enum scan_order { ORDER_UNKNOWN,
                  ORDER_SERVER,
                  ORDER_CLIENT };

struct scan_version {
    struct tls_answer answer; /* as in probe.h: judged, repeated, with its control */
    /* In the server's order where it has one. SSL 2.0's kinds have three bytes (suites.h). */
    uint32_t suites[SCAN_SUITES_MAX];
    size_t n_suites;
    bool complete; /* the server refused what was left */
    enum scan_order order;
};

struct scan_dh {
    unsigned bits;         /* of the prime, 0 = none seen */
    bool ephemeral_reused; /* the same public value twice */
    char prime[48];        /* "RFC 2409 group 2", "RFC 7919 ffdhe2048" …, "" = not a known one */
    unsigned export_bits;  /* of export suites, whose primes are shorter; 0 = none seen */
};

struct scan_result {
    uint16_t port;
    char dialect[DIALECT_NAME_MAX];
    bool open;
    enum dialect_outcome before_tls;
    char said[DIALECT_SAID_SIZE]; /* what was said instead of TLS: "HTTP", "SSH-2.0-…" */
    struct scan_version versions[TLS_VERSIONS];

    bool rate_limited;    /* it stopped answering what it had accepted before */
    bool short_hellos;    /* it stumbles over hellos of more than 255 bytes */
    bool chose_unoffered; /* a suite that was not offered: its list is cut short there */

    struct scan_dh dh;                /* the shortest one that was seen */
    uint16_t groups[SCAN_GROUPS_MAX]; /* TLS 1.2 and before */
    size_t n_groups;
    uint16_t groups13[SCAN_GROUPS_MAX];
    size_t n_groups13;
    uint16_t sigalgs[SCAN_SIGALGS_MAX]; /* with which the server signs in TLS 1.2 */
    size_t n_sigalgs;
    uint16_t sigalgs13[SCAN_SIGALGS_MAX];
    size_t n_sigalgs13;
    enum scan_sure compression, secure_renegotiation, extended_master_secret, fallback_scsv,
        tickets, client_certificate;
    char alpn[SCAN_ALPN_MAX][SCAN_ALPN_SIZE];
    size_t n_alpn;
    struct handshake_seen whole; /* certificate.h: a whole handshake and its chain */
    enum err local;              /* OK, or why this machine could not ask */
    unsigned connections;
    int64_t elapsed_ms;
};

/* What waves use; suites, whose order counts, and the certificate, with what else shows on the way;
 * everything. */
enum scan_depth { SCAN_VERSIONS,
                  SCAN_SUITES,
                  SCAN_ALL };

struct scan_options {
    enum scan_depth depth;
    unsigned versions;             /* bits 1 << enum tls_version; 0: all that the depth asks for */
    const struct anchors *anchors; /* or NULL: trust is not judged */
    int64_t attempt_ms;            /* one connection; 0: PROBE_ATTEMPT_MS */
    int64_t deadline_ms;           /* of the whole endpoint, on clock_mono_ms() */
};

struct scan_job {
    struct talks *talks;
    struct target *target;
    const char *sni; /* or NULL */
    uint16_t port;
    const struct dialect *dialect;
    struct scan_options options;
    struct scan_result *out;
    void (*done)(void *who, struct scan_result *out); /* *out is whole */
    void *who;
};

/* Begins one endpoint's scan in an engine, which may end it at once. What the job points to is
 * borrowed until done() was called; the scan itself is freed by the caller, at any time, and after
 * the talks if it is not done. */
struct scan;
MUST_CHECK enum err scan_begin(const struct scan_job *job, struct scan **scan, struct why *why);
void scan_free(struct scan *s);
void scan_result_fini(struct scan_result *r);

#endif
