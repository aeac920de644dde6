/* handshake/look.h: a port seen as far as a playbook's rule asks for more than versions: a whole
 * handshake with its certificates, and where suites are asked for, a scan of all of them.
 * Units:  deadline_ms is a point on clock_mono_ms(); now_unix in Unix seconds.
 * Owns:   nothing.
 * Errors: E_UNSUPPORTED for an unknown dialect; E_MEMORY, E_INTERNAL; E_IO when this machine has no
 *         socket left. What a host does is no error: it is in *out. */
#ifndef SWELL_HANDSHAKE_LOOK_H
#define SWELL_HANDSHAKE_LOOK_H

#include "handshake/probe.h"

struct look_wish {
    const char *address; /* a name or a literal */
    const char *name;    /* that the certificate must be for, and SNI; or NULL */
    const struct verify_rule *rule;
    const struct anchors *anchors; /* NULL: the system's, where the rule asks for trust */
    int64_t now_unix;
};

/* *out is zero but for what was seen. */
MUST_CHECK enum err port_look(const struct look_wish *wish, int64_t deadline_ms,
                              struct port_more *out, struct why *why);

#endif
