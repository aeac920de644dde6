/* controller/runner_load.h: the state of a rollout as a runner needs it: engine, plan and one job a
 * host, baselines included, all from the store. Private to controller/. Owns:   loaded_fini frees
 * (fine on a zeroed struct). */
#ifndef SWELL_CONTROLLER_RUNNER_LOAD_H
#define SWELL_CONTROLLER_RUNNER_LOAD_H

#include "controller/runner.h"

struct loaded {
    struct engine *engine;
    const struct plan *plan;
    struct plan *own; /* that plan, if nobody else has it */
    struct job *jobs; /* beside engine->spec->hosts */
    size_t n;
    char reason[160]; /* shown on a host that restarts */
};

MUST_CHECK enum err runner_load(const struct running *r, struct loaded *out, struct why *why);
void loaded_fini(struct loaded *l);

#endif
