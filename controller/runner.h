/* controller/runner.h: carries a rollout on: asks the engine, writes intents, lets workers act,
 * writes outcomes. One thread decides and writes; the workers only act. Nothing is acted on before
 * its intent is committed. Shape:  the rollout's events come from the store; other processes may
 * append to them meanwhile (pause, abort, promote). Owns:   everything in struct running is the
 * caller's and outlives the call. Errors: E_LOCKED when another controller is at work; E_IO and
 * E_CORRUPT of the store: the rollout can be resumed. */
#ifndef SWELL_CONTROLLER_RUNNER_H
#define SWELL_CONTROLLER_RUNNER_H

#include "controller/job.h"
#include "db/journal.h"
#include "rollout/engine.h"

#include <signal.h>

struct running {
    const struct world *world;
    struct store *store; /* locked by store_lock_controller */
    const struct inventory *inventory;
    const struct credentials *credentials;
    int64_t rollout;
    const struct plan *plan; /* of the rollout, if somebody has it; NULL: it is read */
    int forks;
    const char *by;
    const volatile sig_atomic_t
        *stop; /* set by a signal: finish the steps under way, pause, return */
    /* Called for each event after it is committed, and now and then in between (ev NULL). */
    void (*progress)(void *self, const struct engine *g, const struct event *ev);
    void *self;
};

/* Writes EV_ROLLOUT_CREATED and stores the plan, in one commit. */
MUST_CHECK enum err rollout_create(struct store *st, const struct plan *plan,
                                   const struct policy *policy, const char *by, const char *title,
                                   int64_t now_ms, int64_t *rollout, struct why *why);
/* Writes an event into the open transaction; sets its seq. */
MUST_CHECK enum err event_append(struct store *st, struct event *ev, struct why *why);
/* Appends one event to the rollout, in a commit of its own. */
MUST_CHECK enum err rollout_append(struct store *st, int64_t rollout, struct event *ev,
                                   int64_t now_ms, struct why *why);
/* Returns when the rollout is at rest or *stop is set; *out is then the engine, the caller's to
 * free. */
MUST_CHECK enum err runner_run(const struct running *r, struct engine **out, struct why *why);

#endif
