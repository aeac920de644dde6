/* controller/job.h: what a worker must have at hand to do any step on one host. Read by workers,
 * written only by the thread that runs the rollout, while no step of that host runs. Owns:
 * baseline, services and expect are the job's (job_fini); all else is borrowed and outlives the
 * rollout. */
#ifndef SWELL_CONTROLLER_JOB_H
#define SWELL_CONTROLLER_JOB_H

#include "base/clock.h"
#include "controller/connection_cache.h"
#include "controller/credentials.h"
#include "controller/login_guard.h"
#include "handshake/look.h"
#include "playbooks/plan.h"
#include "rollout/host_run.h"

typedef enum err probe_fn(const char *address, const char *sni, const struct verify_rule *rules,
                          size_t n, int64_t deadline_ms, struct port_state *out, struct why *why);

typedef enum err look_fn(const struct look_wish *wish, int64_t deadline_ms, struct port_more *out,
                         struct why *why);

/* The outside world, so that a test can put its own in its place. */
struct world {
    const struct transport_kind *transport;
    probe_fn *probe;
    look_fn *look; /* or NULL: nothing but versions is looked at */
    const struct clock *clock;
    void *transport_world; /* for the fake */
};

struct world world_real(void);

struct port_list {
    struct port_state *ports;
    size_t n;
};

struct name_list {
    char **items;
    size_t n;
};

void name_list_fini(struct name_list *l);

struct job {
    const struct world *world;
    const struct policy *policy;
    struct transport_target target;
    struct connection_cache *connections; /* between steps; may be NULL */
    struct login_guard *guard;            /* or NULL */
    const struct plan_host *plan;
    const struct verify_rule *verify;
    size_t n_verify;
    bool rollback;
    const char *reason;        /* of a restart, shown on the host */
    struct port_list baseline; /* before the change: from STEP_PREFLIGHT */
    bool may_wake;             /* the plan says that RemoteRegistry is to be woken there */
    /* Left awake by an earlier run: how RemoteRegistry was before; start 0 = it was not. */
    int64_t debt_start, debt_state;
    struct name_list services; /* that ran before the restart: from STEP_ARM */
    struct port_list expect;   /* of a rollback: what was seen before the change that is undone */
};

void job_fini(struct job *j);
/* Fills target from the inventory's variables and the login. */
void job_target(struct job *j, const struct host *h, const struct login *login);

#endif
