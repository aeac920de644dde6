/* rollout/host_run.h: one host's road through a rollout. Events come in, steps and decisions come
 * out. Pure.
 *
 *   QUEUED -> PREFLIGHT -> SNAPSHOT -> APPLY -> RESTART -> AWAIT_DOWN -> AWAIT_UP -> QUIET
 *                              |          |         |                                 |
 *                              |          |         | none is due                     v
 *                              +----------+---------+-----------------------------> VERIFY -> FINAL
 *
 *   PREFLIGHT finds the registry's service asleep: STEP_WAKE, then PREFLIGHT again; a host that was
 *   woken gets STEP_REST in whatever state its end is decided, before FINAL
 *   any but FINAL -> FINAL, the outcome says how; FINAL -> QUEUED when it is tried again
 *   AWAIT_DOWN -> RESTART when a request of unknown fate had no effect; RESTART -> AWAIT_DOWN when
 *   the next one finds that it had one after all
 *
 * Units:  _ms are the controller's real time. */
#ifndef SWELL_ROLLOUT_HOST_RUN_H
#define SWELL_ROLLOUT_HOST_RUN_H

#include "rollout/event.h"

enum host_state {
    HOST_QUEUED,
    HOST_PREFLIGHT,
    HOST_SNAPSHOT,
    HOST_APPLY,
    HOST_RESTART,
    HOST_AWAIT_DOWN,
    HOST_AWAIT_UP,
    HOST_QUIET,
    HOST_VERIFY,
    HOST_FINAL,
    HOST_STATES
};

struct host_run {
    enum host_state state;
    int32_t attempt;
    enum outcome outcome; /* of HOST_FINAL */
    char why[EVENT_WHY_SIZE];
    enum outcome ending; /* decided, to be said by EV_HOST_FINISHED */

    bool intent_open; /* an act whose outcome is not known */
    enum step intent;
    int64_t tries;                               /* of the present step */
    int64_t started_ms, since_ms, wait_until_ms; /* since_ms: of the present state */
    int64_t finished_ms;

    bool changed;      /* something was, or may have been, written */
    bool owes_restart; /* and takes effect only at a restart not yet proved */
    int64_t to_change, written, foreign;

    /* The registry's service: asleep, it is to be woken; woken, it is owed its rest, in which it
     * was before. rest_failed: given up for this attempt, the debt stays in the ledger. */
    bool asleep, woken, rest_failed;
    int64_t service_start, service_state;

    /* An earlier attempt asked it to restart, and it was not logged in to since. */
    bool may_be_down;

    bool armed;
    struct witness_set before; /* identity before the restart */
    bool asked;                /* for a restart, in this attempt */
    bool fate_unknown;         /* whether the request arrived */
    bool was_going_down;       /* somebody else's restart was under way */
    int32_t settled;           /* requests taken as lost */
    int64_t first_asked_ms;    /* of all requests that may have had an effect */
    int64_t asked_ms, down_ms, up_ms, quiet_until_ms;
    bool down_seen, down_again;
    struct witness_set back; /* identity since it is back */
    int32_t restarts;        /* seen */
    bool quiet_passed, restart_proved;
    bool check_failed; /* STEP_VERIFY found it otherwise than it should be */
    char witnesses[WITNESS_TEXT_SIZE];

    /* the last look: not from the journal; losing it costs one look */
    struct observation last;
    int64_t last_look_ms;
    int32_t refusals; /* logins refused in a row */
    char last_why[EVENT_WHY_SIZE];
};

/* One short step for a worker. A plain value. */
struct action {
    enum step step;
    int32_t attempt;
    /* STEP_LOOK: log in and look at every witness. STEP_RESTART: an earlier request, taken as lost,
     * may have been late: where the witnesses do not deny a restart since asked_ms, do not ask, and
     * answer E_MOVED. To be looked at in the session in which it is asked. */
    bool thorough;
    int64_t asked_ms; /* beside before: when the first request was made */
    bool
        /* STEP_SNAPSHOT, STEP_APPLY: earlier work of this rollout may be there already */
        tolerant;
    bool restarted; /* STEP_VERIFY: a restart was proved in this attempt */
    bool woken;     /* the journal says that the service is ours to start, so also once more */
    /* STEP_REST: to be put back */
    int64_t service_start, service_state;
    bool restart_is_due; /* STEP_VERIFY: changes wait for a restart; judge regressions only */
    struct witness_set before;
};

enum next { NEXT_STEP,
            NEXT_WAIT,
            NEXT_NONE };

const char *host_state_name(enum host_state s); /* "await_down" */

/* E_CORRUPT when the event cannot follow what was before; h is unchanged then. */
MUST_CHECK enum err host_fold(struct host_run *h, const struct rollout_spec *spec,
                              const struct event *ev, struct why *why);
void host_controller_started(struct host_run *h, int64_t now_ms);

/* What this host's next step is; NEXT_WAIT sets *wake_ms. */
enum next host_next(const struct host_run *h, const struct rollout_spec *spec, int64_t now_ms,
                    struct action *out, int64_t *wake_ms);
bool step_needs_intent(enum step s); /* it changes something on the host */
/* Is this outcome worth an event? A look that sees what the last one saw is not. */
bool host_is_news(const struct host_run *h, const struct rollout_spec *spec,
                  const struct event *ev);
void host_note(struct host_run *h, const struct rollout_spec *spec,
               const struct event *ev); /* one that is not news */
/* A decision that is due for this host: fills kind and fields of *out (not seq, at_ms, rollout,
 * host). */
bool host_decide(const struct host_run *h, const struct rollout_spec *spec, int64_t now_ms,
                 struct event *out);
/* Its service is, or may be, away: in flight, or ended badly after a restart that was not proved.
 */
bool host_is_unavailable(const struct host_run *h);
bool host_in_flight(const struct host_run *h);

#endif
