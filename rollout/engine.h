/* rollout/engine.h: a whole rollout as a pure function: state = fold(events), what next = f(state,
 * now). No socket, clock, SQL or thread; so it can be run a million times under virtual time.
 * Shape:  events are folded in the order of the journal, EV_ROLLOUT_CREATED first. What the engine
 * wants to be done comes as decisions (events to be appended and folded) and as steps for single
 * hosts. The caller keeps track of which hosts have a step running. Owns:   engine_free(NULL) is
 * fine. Hosts and spec are borrowed from the engine. Errors: engine_fold: E_CORRUPT when an event
 * cannot follow; the engine is unchanged then. */
#ifndef SWELL_ROLLOUT_ENGINE_H
#define SWELL_ROLLOUT_ENGINE_H

#include "rollout/host_run.h"

enum rollout_state {
    ROLLOUT_EMPTY, /* nothing folded yet */
    ROLLOUT_RUNNING,
    ROLLOUT_PAUSED,   /* hosts in flight go on, no new ones start */
    ROLLOUT_WAITING,  /* between waves, for an approval */
    ROLLOUT_ABORTING, /* hosts in flight go on, the others are skipped */
    ROLLOUT_FINISHED
};

enum wave_state { WAVE_PENDING,
                  WAVE_RUNNING,
                  WAVE_PASSED };

struct wave {
    enum wave_state state;
    int64_t started_ms, passed_ms;
    int32_t hosts;
};

struct engine {
    int64_t rollout;
    struct rollout_spec *spec;
    struct host_run *hosts; /* beside spec->hosts */
    uint32_t *by_name;      /* indexes, sorted by name */
    struct wave *waves;     /* waves[0] is wave 1 */
    int64_t max_failed;
    int32_t promoted; /* waves up to this one are approved */
    bool paused, aborted, finished, budget_spent;
    bool retried;             /* since the last finish */
    char why[EVENT_WHY_SIZE]; /* of the pause, the abort or the finish */
    char by[EVENT_BY_SIZE];   /* who asked for the rollout */
    char title[EVENT_WHY_SIZE];
    int64_t created_ms, changed_ms, last_seq;
};

struct engine_counts {
    int64_t total, queued, in_flight, final;
    int64_t by_outcome[OUTCOMES];
    int64_t bad; /* failed, unreachable and inconclusive: what the failure budget counts */
};

struct engine *engine_new(void); /* NULL when memory is out */
void engine_free(struct engine *g);
MUST_CHECK enum err engine_fold(struct engine *g, struct event *ev,
                                struct why *why); /* may move ev->spec out */

enum rollout_state engine_state(const struct engine *g);
const char *rollout_state_name(enum rollout_state s);
void engine_count(const struct engine *g, struct engine_counts *out);
bool engine_find(const struct engine *g, const char *host, size_t *index);
/* The first wave that has not passed; n_waves + 1 when all have. */
int32_t engine_wave(const struct engine *g);
bool engine_wave_is_final(const struct engine *g, int32_t wave); /* all of its hosts are */

/* The next decision that is due, if any; to be journaled and folded before asking again. */
bool engine_decide(const struct engine *g, int64_t now_ms, struct event *out);
enum next engine_next(const struct engine *g, size_t host, int64_t now_ms, struct action *out,
                      int64_t *wake_ms);
/* When engine_decide may have something to say again though no event came; INT64_MAX if never. */
int64_t engine_wake(const struct engine *g, int64_t now_ms);
/* Nothing more will happen by itself: finished, or paused or waiting with no host in flight. */
bool engine_is_at_rest(const struct engine *g);

#endif
