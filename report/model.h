/* report/model.h: everything a report says of one rollout. It is a reading of the journal: the
 * engine's fold, and beside it what only people want to know.
 * Shape:  report_see is called for each event of the rollout, in the order of the journal, after it
 *         was folded into the engine; what was seen so far can be shown at any time. hosts[] is
 *         beside engine->hosts.
 * Owns:   report_free(NULL) is fine. The engine is borrowed for as long as the report is shown.
 * Errors: E_MEMORY; E_CORRUPT as in report/host.h. */
#ifndef SWELL_REPORT_MODEL_H
#define SWELL_REPORT_MODEL_H

#include "report/host.h"
#include "rollout/engine.h"

struct report_decision { /* an event of the rollout itself */
    int64_t seq, at_ms;
    enum event_kind kind;
    const char *by;   /* "" = the engine, by its rules */
    const char *text; /* why, or the comment */
    int32_t wave;
    int64_t max_failed;
    bool budget;
    uint32_t *hosts; /* EV_RETRIED: their places in the rollout */
    size_t n_hosts;
};

struct report {
    const struct engine *engine;
    struct intern *texts;
    struct report_host *hosts;
    size_t n_hosts;
    struct report_decision *decisions;
    uint32_t n_decisions;
    int64_t finished_ms; /* 0 = not yet */
};

struct report *report_new(void); /* NULL when memory is out */
void report_free(struct report *r);
MUST_CHECK enum err report_see(struct report *r, const struct engine *g, const struct event *ev,
                               struct why *why);

/* Totals that a summary wants. */
struct report_totals {
    int64_t written, restarts, restarts_owed, restarts_open;
    int64_t last_ms; /* of the last event */
};
void report_total(const struct report *r, struct report_totals *out);

#endif
