/* report/tally.h: which hosts have the same thing to say. Rows in the order in which they came up.
 * Owns:   tally_fini frees (fine on a zeroed struct); the key is copied, the sample borrowed.
 * Errors: false when memory is out; the tally then has only what fitted before. */
#ifndef SWELL_REPORT_TALLY_H
#define SWELL_REPORT_TALLY_H

#include "report/intern.h"

#include <stdbool.h>

struct tally_row {
    const char *key;
    const void *sample; /* what the first host gave */
    uint32_t *hosts;    /* rising; each once */
    uint32_t n_hosts;
};

struct tally {
    struct intern *keys;
    struct tally_row *rows;
    uint32_t n_rows;
    uint32_t *index; /* rows by key, hashed; UINT32_MAX is free */
    size_t room;
};

bool tally_add(struct tally *y, const char *key, const void *sample, uint32_t host);
void tally_fini(struct tally *y);

#endif
