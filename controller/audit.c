#include "controller/audit.h"

#include "controller/app.h"
#include "db/plan_table.h"
#include "report/row.h"

#include <inttypes.h>

struct count {
    int64_t up_to; /* events that the chain's check has seen; a controller may append meanwhile */
    int64_t events;
};

static enum err count_event(void *self, const struct engine *g, const struct event *ev)
{
    struct count *c = self;
    (void)g;
    if (ev->seq <= c->up_to)
        c->events++;
    return OK;
}

/* A rollout's events name its plan by digest, so the chain vouches for the plan too. */
static enum err plan_check(struct store *st, const struct engine *g, struct why *why)
{
    struct plan *plan = NULL;
    enum err e = plan_table_get(st, g->spec->plan, &plan, why);
    plan_free(plan);
    if (e == E_ABSENT)
        return why_set(why, E_CORRUPT, "the plan of rollout %" PRId64 " is missing", g->rollout);
    if (e != E_DATA && e != E_CORRUPT)
        return e;
    struct why old = why != NULL ? *why : (struct why){0};
    return why_set(why, E_CORRUPT, "the plan of rollout %" PRId64 " was changed: %s: %s",
                   g->rollout, old.place, old.text);
}

static enum err rollout_check(struct store *st, int64_t rollout, struct count *c, struct why *why)
{
    struct engine *g = NULL;
    enum err e = app_load_rollout(st, rollout, count_event, c, &g, why);
    if (e == OK)
        e = plan_check(st, g, why);
    else if (e == E_ABSENT) /* numbers are given one after the other */
        e = why_set(why, E_CORRUPT, "rollout %" PRId64 " has no events", rollout);
    engine_free(g);
    return e;
}

/* What was woken and put back while a plan was made belongs to no rollout. */
static bool may_be_alone(const struct event *ev)
{
    return ev->host[0] && ((ev->kind == EV_OUTCOME && ev->step == STEP_PREFLIGHT) ||
                           ((ev->kind == EV_INTENT || ev->kind == EV_OUTCOME) &&
                            (ev->step == STEP_WAKE || ev->step == STEP_REST)));
}

struct lonely {
    struct count *count;
    struct why *why;
};

static enum err count_lonely(void *self, const struct journal_row *row)
{
    struct lonely *l = self;
    struct event ev;
    enum err e;
    if (row->rollout != 0 || row->seq > l->count->up_to)
        return OK;
    if ((e = report_read_row(row, &ev, l->why)) != OK)
        return e;
    l->count->events += may_be_alone(&ev);
    event_fini(&ev);
    return OK;
}

enum err audit_verify(struct store *st, struct audit_result *out, struct why *why)
{
    struct audit_result r = {0};
    struct count c = {0};
    enum err e;
    if ((e = journal_verify(st, &r.proof, why)) != OK ||
        (e = journal_next_rollout(st, &r.rollouts, why)) != OK)
        return e;
    r.rollouts--;
    c.up_to = r.proof.events;
    for (int64_t i = 1; i <= r.rollouts; i++)
        if ((e = rollout_check(st, i, &c, why)) != OK)
            return e;
    struct lonely lonely = {&c, why};
    for (size_t i = 0; i < 2; i++) {
        struct journal_filter f = {.kind =
                                       event_kind_name(i == 0 ? EV_INTENT : EV_OUTCOME)};
        if ((e = journal_read(st, &f, count_lonely, &lonely, why)) != OK)
            return e;
    }
    if (c.events != c.up_to)
        return why_set(why, E_CORRUPT, "%" PRId64 " events belong to no rollout",
                       c.up_to - c.events);
    *out = r;
    return OK;
}
