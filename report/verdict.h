/* report/verdict.h: how a rollout stands, as exit code bits and as one sentence. Pure.
 * Shape:  the bits are those of the command line's exit codes; each has a meaning of its own, so
 *         they may be OR-ed. */
#ifndef SWELL_REPORT_VERDICT_H
#define SWELL_REPORT_VERDICT_H

#include "rollout/engine.h"

enum report_bit {
    REPORT_BIT_FAILED = 2,
    REPORT_BIT_UNREACHABLE = 4,
    REPORT_BIT_BUDGET = 8,
    REPORT_BIT_PAUSED = 16,   /* or waiting for an approval */
    REPORT_BIT_HANDSHAKE = 32 /* a check failed, or a host is inconclusive */
};

unsigned report_exit_bits(const struct engine *g);

#define REPORT_VERDICT_SIZE (EVENT_WHY_SIZE + 200)
/* "all 6 hosts are as planned", "stopped: …"; into buf. Holds text from outside. Returns buf. */
const char *report_verdict(const struct engine *g, char buf[REPORT_VERDICT_SIZE]);

/* "Rollout 12: TLS 1.2 on"; as it was written, not made safe. */
void report_put_title(struct text *t, int64_t rollout, const struct rollout_spec *spec,
                      const char *title);
/* "rolled back": for people */
const char *outcome_words(enum outcome o);
/* "waits to come back": for people */
const char *host_state_words(enum host_state s);

#endif
