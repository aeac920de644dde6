/* controller/cli/live.h: one line at the end of the terminal that tells how far a verb has come;
 * nothing where standard output is no terminal. Log lines stand above it.
 * Owns:   live_end takes the line away (fine on a zeroed struct). */
#ifndef SWELL_CONTROLLER_CLI_LIVE_H
#define SWELL_CONTROLLER_CLI_LIVE_H

#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct live {
    bool on, drawn;
    char line[160];
    int64_t drawn_ms;
};

void live_begin(struct live *l);
void live_hide(struct live *l); /* before anything else is printed */
/* "scanned 3 of 20 ports"; at most ten times a second. */
void live_show(struct live *l, const char *did, size_t done, size_t total, const char *what);
void live_end(struct live *l);

#endif
