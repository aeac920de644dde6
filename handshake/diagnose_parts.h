/* handshake/diagnose_parts.h: what the files of diagnose() share; nobody else includes it. */
#ifndef SWELL_HANDSHAKE_DIAGNOSE_PARTS_H
#define SWELL_HANDSHAKE_DIAGNOSE_PARTS_H

#include "handshake/diagnose.h"

struct diagnosing {
    const struct scan_result *r;
    int64_t now_unix;
    struct diagnosis *list;
    size_t n;
};

/* Of one id only the worst is kept. */
void diagnosis_add(struct diagnosing *d, const char *id, enum severity s, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
void diagnose_handshake(struct diagnosing *d); /* the whole one, and its certificates */

#endif
