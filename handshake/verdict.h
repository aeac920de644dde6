/* handshake/verdict.h: what a port's answers after the change mean beside those before it and what
 * the playbook wants. Pure. A regression is: accepted before, not meant to stop, and refused or
 * gone now; or a port that was open and is not.
 * Words:  what could not be observed is inconclusive, never passed. */
#ifndef SWELL_HANDSHAKE_VERDICT_H
#define SWELL_HANDSHAKE_VERDICT_H

#include "handshake/probe.h"

enum verdict { VERDICT_PASSED,
               VERDICT_FAILED,
               VERDICT_INCONCLUSIVE };

struct finding {
    uint16_t port;
    enum tls_version version;
    enum verdict verdict;
    bool regression;
    char text[200]; /* "443 TLS 1.0: accepted, should be refused" */
};

/* Judge one port. before may be NULL (no baseline). findings[] gets at most TLS_VERSIONS entries:
 * those that are not passed, by version, or a single one when nothing answers on the port any more.
 * Returns the worst: failed over inconclusive over passed. A rule without any wish still judges
 * regressions. */
enum verdict verdict_judge(const struct verify_rule *rule, const struct port_state *before,
                           const struct port_state *after, struct finding findings[TLS_VERSIONS],
                           size_t *n);
const char *verdict_word(enum verdict v);

#endif
