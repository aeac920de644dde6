/* playbooks/verify.h: what a playbook wants TLS to be on a port after the change.
 * Shape: one rule a port; want[] is indexed by enum tls_version. */
#ifndef SWELL_PLAYBOOKS_VERIFY_H
#define SWELL_PLAYBOOKS_VERIFY_H

#include <stdbool.h>
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

struct verify_rule {
    uint16_t port;
    char dialect[DIALECT_NAME_MAX]; /* "" = TLS from the first byte; else "rdp", "smtp" … */
    enum tls_want want[TLS_VERSIONS];
    int line; /* in the playbook */
};

const char *tls_version_name(enum tls_version v);  /* "tls1.2": the playbook's word */
const char *tls_version_words(enum tls_version v); /* "TLS 1.2" */
/* SSL 2.0 and 3.0: asked for only where somebody wants to know, and written down only then. */
bool tls_version_is_ssl(enum tls_version v);

#endif
