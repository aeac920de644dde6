/* handshake/diagnose.h: what is wrong at a port, read off its scan. Pure.
 * Source: explain.h has one for each finding.
 * Shape:  the worst first; an id stands there once. What was not seen is not found fault with.
 * Units:  now_unix in Unix seconds. */
#ifndef SWELL_HANDSHAKE_DIAGNOSE_H
#define SWELL_HANDSHAKE_DIAGNOSE_H

#include "handshake/scan.h"

#define DIAGNOSES_MAX 40
#define DIAGNOSIS_TEXT_SIZE 320

enum severity {
    SEVERITY_NOTE, /* good to know */
    SEVERITY_WEAK, /* ought to be changed */
    SEVERITY_BAD,  /* broken, or some clients cannot connect */
    SEVERITIES
};

struct diagnosis {
    const char *id; /* of the explanation */
    enum severity severity;
    char text[DIAGNOSIS_TEXT_SIZE]; /* what was seen here, one line */
};

size_t diagnose(const struct scan_result *r, int64_t now_unix,
                struct diagnosis out[DIAGNOSES_MAX]);
const char *severity_word(enum severity s); /* "weak" */

#endif
