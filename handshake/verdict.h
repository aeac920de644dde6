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

#define VERDICT_MORE_MAX 80

struct finding {
    uint16_t port;
    enum tls_version version; /* TLS_VERSIONS: of no version alone */
    enum verdict verdict;     /* VERDICT_PASSED: worth telling all the same */
    bool regression;
    char text[200]; /* "443 TLS 1.0: accepted, should be refused" */
    const char *id; /* of an explanation (explain.h), or NULL */
};

/* Judge one port. before may be NULL (no baseline). findings[] gets at most TLS_VERSIONS entries:
 * those that are not passed, by version, or a single one when nothing answers on the port any more.
 * Returns the worst: failed over inconclusive over passed. A rule without any wish still judges
 * regressions. */
enum verdict verdict_judge(const struct verify_rule *rule, const struct port_state *before,
                           const struct port_state *after, struct finding findings[TLS_VERSIONS],
                           size_t *n);
/* The same of what a rule asks beside versions: suites, sizes of keys, the certificate, and whether
 * a whole handshake still succeeds. before may be NULL. A certificate that changed is told in any
 * case, and fails where the rule says `unchanged`. */
enum verdict verdict_judge_more(const struct verify_rule *rule, const struct port_more *before,
                                const struct port_more *after, int64_t now_unix,
                                struct finding findings[VERDICT_MORE_MAX], size_t *n);
const char *verdict_word(enum verdict v);

#endif
