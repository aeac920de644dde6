/* playbooks/schannel.h: what a playbook says of Schannel: protocols, algorithms, the list of cipher
 * suites. Only what it says: what a host has beside it is not known here.
 * Source: "TLS registry settings" of the Windows Server documentation; KB245030 (Ciphers, Hashes,
 *         KeyExchangeAlgorithms); "Prioritizing Schannel cipher suites" of the Windows
 *         documentation.
 * Shape:  any number but 0 switches on. A value that the playbook takes away is as if not said.
 * Owns:   schannel_wish_fini frees (fine on a zeroed struct).
 * Errors: E_MEMORY. */
#ifndef SWELL_PLAYBOOKS_SCHANNEL_H
#define SWELL_PLAYBOOKS_SCHANNEL_H

#include "playbooks/playbook.h"

enum schannel_side { SCHANNEL_CLIENT,
                     SCHANNEL_SERVER,
                     SCHANNEL_SIDES };

enum schannel_say { SAYS_NOTHING,
                    SAYS_NO,
                    SAYS_YES };

struct schannel_pair { /* below Protocols\TLS 1.2\Server and the like */
    enum schannel_say enabled;
    enum schannel_say disabled_by_default;
};

enum schannel_algorithm {
    ALGORITHM_NULL,
    ALGORITHM_DES_56,
    ALGORITHM_RC2_40,
    ALGORITHM_RC2_56,
    ALGORITHM_RC2_128,
    ALGORITHM_RC4_40,
    ALGORITHM_RC4_56,
    ALGORITHM_RC4_64,
    ALGORITHM_RC4_128,
    ALGORITHM_3DES,
    ALGORITHM_AES_128,
    ALGORITHM_AES_256,
    ALGORITHM_MD5,
    ALGORITHM_SHA,
    ALGORITHM_SHA256,
    ALGORITHM_SHA384,
    ALGORITHM_SHA512,
    ALGORITHM_DIFFIE_HELLMAN,
    ALGORITHM_PKCS,
    ALGORITHM_ECDH,
    ALGORITHMS
};

struct schannel_wish {
    struct schannel_pair protocols[TLS_VERSIONS][SCHANNEL_SIDES];
    enum schannel_say algorithms[ALGORITHMS];
    char *suites; /* names parted by commas, in order; NULL: the list is not touched */
    size_t n;     /* settings that say something of Schannel */
};

MUST_CHECK enum err schannel_wish_read(const struct playbook *p, struct schannel_wish *out,
                                       struct why *why);
void schannel_wish_fini(struct schannel_wish *w);
/* Below SCHANNEL: "Ciphers\RC4 128/128". */
const char *schannel_algorithm_key(enum schannel_algorithm a);

#endif
