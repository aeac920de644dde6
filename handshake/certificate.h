/* handshake/certificate.h: one whole handshake by OpenSSL, as a usual client would do it, and the
 * certificates seen there. "Says TLS 1.2 and then breaks" is found here: a ServerHello of a version
 * whose handshake then fails.
 * Source: RFC 5280; RFC 9525 and RFC 6125 6.4.4 (names); RFC 6066 8 and RFC 6960 (OCSP staple).
 * Shape:  all texts are UTF-8 without control characters, whatever the peer sent.
 * Units:  times in Unix seconds, UTC.
 * Owns:   handshake_seen_fini() frees what was seen (fine on a zeroed struct).
 * Errors: what a host does is no error. */
#ifndef SWELL_HANDSHAKE_CERTIFICATE_H
#define SWELL_HANDSHAKE_CERTIFICATE_H

#include "handshake/talk.h"
#include "playbooks/verify.h"

#include <stdbool.h>

#define CERTIFICATE_CHAIN_MAX 10 /* of a longer chain, the first ones are kept */
#define CERTIFICATE_NAMES_MAX 100
#define THUMBPRINT_TEXT_SIZE 65
#define THUMBPRINT_SHA1_TEXT_SIZE 41

struct certificate {
    char subject[256], issuer[256]; /* RFC 2253, cut with "…" */
    char *names;                    /* subjectAltName DNS and IP, parted by ' '; "" = none */
    char sha256[THUMBPRINT_TEXT_SIZE];
    char sha1[THUMBPRINT_SHA1_TEXT_SIZE]; /* the thumbprint that Windows shows, in lower case */
    int64_t not_before, not_after;
    char key[24]; /* "RSA", "ECDSA P-256", "Ed25519", "DSA" */
    unsigned key_bits;
    char signature[48]; /* "sha256WithRSAEncryption" */
    char hash[16];      /* of the signature: "SHA256", "SHA1", "MD5"; "" where there is none */
    bool server_auth;   /* by extended key usage, or without one */
    bool self_signed;
};

enum handshake_outcome {
    HANDSHAKE_NOT_TRIED,
    HANDSHAKE_DONE,
    HANDSHAKE_REFUSED,           /* it was ended before any ServerHello */
    HANDSHAKE_SILENT,            /* the deadline came first: at says where; neither yes nor no */
    HANDSHAKE_BROKEN,            /* a ServerHello came, and then it failed: at says where */
    HANDSHAKE_WANTS_CERTIFICATE, /* it ended when we had no client certificate to show */
    HANDSHAKE_LOCAL,             /* our own library would not: reason has why */
    HANDSHAKE_OUTCOMES
};

/* Of the chain. The name and the age of a leaf are told apart from it. */
enum trust {
    TRUST_NOT_KNOWN, /* no certificate, or no anchors to judge by */
    TRUST_OK,
    TRUST_SELF_SIGNED,  /* the leaf signs itself, and nobody else vouches for it */
    TRUST_UNKNOWN_ROOT, /* the chain ends in a root that is not trusted here */
    TRUST_PARTIAL,      /* an issuer was not sent and is not known here */
    TRUST_TIME,         /* a certificate of the chain has expired or is not valid yet */
    TRUST_BAD,          /* anything else: trust_why says what */
    TRUSTS
};

enum staple {
    STAPLE_NONE,
    STAPLE_GOOD,
    STAPLE_REVOKED,
    STAPLE_UNKNOWN,   /* the responder does not know the certificate */
    STAPLE_UNCHECKED, /* there is one, and the certificate's issuer is not known here */
    STAPLE_BAD,       /* of another certificate, stale, badly signed, or not a response */
    STAPLES
};

struct handshake_seen {
    enum handshake_outcome outcome;
    enum tls_version version; /* of the ServerHello, where one came */
    uint16_t suite;
    uint8_t alert; /* that the peer sent, where alerted */
    bool alerted;
    char at[64];               /* "after its ServerKeyExchange": where it broke */
    char reason[160];          /* OpenSSL's, or how the connection ended */
    char group[24];            /* "x25519", "secp256r1"; "" = none or not known */
    char peer_hash[16];        /* with which the server signed in this handshake; "" = it did not */
    char alpn[24];             /* that was agreed */
    bool certificate_asked;    /* the server asks clients for a certificate */
    struct certificate *chain; /* leaf first, as sent */
    size_t n_chain;
    enum trust trust;
    char trust_why[200]; /* "" when trusted */
    bool name_asked;     /* a name was given to compare with */
    bool name_matches;
    char name_why[200]; /* why not, or "only the common name matches" */
    enum staple staple;
    char staple_why[120];
};

void handshake_seen_fini(struct handshake_seen *s);
const char *handshake_outcome_word(enum handshake_outcome o); /* "wants_certificate" */
const char *trust_word(enum trust t);                         /* "self_signed" */
const char *staple_word(enum staple s);                       /* "good" */

/* What one certificate says; der is the whole of it.
 * Errors: E_FORMAT, E_MEMORY; *out is then zero. certificate_fini() frees. */
MUST_CHECK enum err certificate_read(struct rd der, struct certificate *out);
void certificate_fini(struct certificate *c);

/* The roots that are trusted: a PEM file, or (NULL) the system's. Loaded once, used by any number
 * of handshakes, by several threads too.
 * Errors: E_CONFIG with the file; E_MEMORY. */
struct anchors;
MUST_CHECK enum err anchors_load(const char *ca_file, struct anchors **out, struct why *why);
void anchors_free(struct anchors *a);

/* name is what the certificate must be for; also SNI, unless it is an IP address; NULL: neither.
 * Without anchors trust is not judged, alpn may be NULL, now_unix is when validity is judged. */
struct whole_options {
    const char *name;
    const struct anchors *anchors;
    const char *alpn;
    enum tls_version lowest, highest;
    int64_t now_unix;
};

/* A talk that does one whole handshake. Options are borrowed until it ends.
 * Errors: E_UNSUPPORTED for versions that OpenSSL does not speak; E_MEMORY, E_INTERNAL. */
struct whole_talk;
MUST_CHECK enum err whole_talk_new(const struct whole_options *options, struct whole_talk **out,
                                   struct why *why);
struct talk *whole_talk_of(struct whole_talk *t); /* to give to an engine or a dialect */
/* After the talk has ended; moves what was seen out of it. */
void whole_talk_take(struct whole_talk *t, struct handshake_seen *out);
void whole_talk_free(struct whole_talk *t);

#endif
