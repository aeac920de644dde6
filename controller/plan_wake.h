/* controller/plan_wake.h: a host whose RemoteRegistry is asleep, while a plan is made: it is woken,
 * read and put back, and the journal says each before it is done. Private to controller/planner.c.
 * Shape:  a piece is read by a worker; the thread that plans then says what is next for it:
 *         READS -> WAKES -> READS (until it has started) -> RESTS -> done.
 * Owns:   a piece is the planner's. */
#ifndef SWELL_CONTROLLER_PLAN_WAKE_H
#define SWELL_CONTROLLER_PLAN_WAKE_H

#include "controller/planner.h"

enum plan_doing { PLAN_READS,
                  PLAN_WAKES,
                  PLAN_RESTS };

struct piece {
    const struct planning *planning;
    struct login_guard *guard;
    const struct host *host;
    unsigned crowd; /* so many hosts are read at the same time */
    struct plan_host *out;
    enum err err; /* of the reading */
    struct why why;
    bool may_wake;
    enum plan_doing doing;
    bool is_asleep; /* as the last reading found it */
    bool is_woken;  /* by this plan or by one that was killed, and not put back */
    bool tried;     /* to wake it */
    struct registry_service was;
    enum err act_err; /* of the waking, the rest */
    struct why act_why;
    bool left; /* by the rest: somebody else changed it since */
};

/* By a worker: after the registry did not answer with e, is its service asleep? */
void plan_wake_look(struct piece *p, struct transport *t, int64_t deadline_ms, enum err e);
/* By a worker: doing. */
void plan_wake_do(struct piece *p);
/* By the thread that plans, after a worker is done with the piece: notes what was done and what is
 * next; last: it will not be read again. *more: the piece goes to a worker once more. Errors: the
 * journal's. */
MUST_CHECK enum err plan_wake_next(struct piece *p, bool last, bool *more, struct why *why);

#endif
