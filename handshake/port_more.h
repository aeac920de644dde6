/* handshake/port_more.h: what a port shows beside its versions, as far as a playbook may ask for
 * it.
 * Shape:  a plain value that is kept in the journal; what was not looked at is not seen.
 * Units:  times in Unix seconds, sizes of keys in bits.
 * Owns:   nothing. */
#ifndef SWELL_HANDSHAKE_PORT_MORE_H
#define SWELL_HANDSHAKE_PORT_MORE_H

#include "handshake/certificate.h"

#define PORT_SUITES_MAX 200

struct port_certificate {
    bool seen;
    char subject[128], sha256[THUMBPRINT_TEXT_SIZE], sha1[THUMBPRINT_SHA1_TEXT_SIZE];
    int64_t not_after;
    char key[24], hash[16]; /* of the leaf */
    unsigned key_bits;
    unsigned shortest_rsa; /* of the leaf and its issuers, but no root; 0 = no RSA key */
    enum trust trust;
    char trust_why[128];
    bool name_asked, name_matches;
    char name_why[128];
};

struct port_more {
    bool suites_seen; /* of every version that is accepted */
    bool suites_complete;
    uint16_t suites[PORT_SUITES_MAX]; /* of all versions together, each once */
    size_t n_suites;
    unsigned dh_bits; /* the shortest; 0 = none seen */
    enum handshake_outcome whole;
    enum tls_version whole_version;
    char broke[160]; /* where and why, for HANDSHAKE_BROKEN and HANDSHAKE_SILENT */
    struct port_certificate certificate;
};

/* What a whole handshake says of it; the rest of *out stays. */
void port_more_of_handshake(const struct handshake_seen *seen, struct port_more *out);

#endif
