#include "report/host_parts.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static const char *const did_names[DIDS] = {
    [DID_NOTHING] = "nothing",
    [DID_CREATED] = "created",
    [DID_SET] = "set",
    [DID_DELETED] = "deleted",
    [DID_KEPT] = "kept",
    [DID_LEFT] = "left",
    [DID_IN_USE] = "in use",
};

static const char *const seen_names[REPORT_SEEN] = {
    [REPORT_NOT_ASKED] = "not_asked",
    [REPORT_ACCEPTED] = "accepted",
    [REPORT_REFUSED] = "refused",
    [REPORT_INCONCLUSIVE] = "inconclusive",
};

const char *did_name(enum did d)
{
    return did_names[d];
}

const char *report_seen_name(enum report_seen s)
{
    return seen_names[s];
}

void *list_add(void *list, uint32_t *n, size_t size)
{
    char *items;
    memcpy(&items, list, sizeof items);
    if ((*n & (*n - 1)) == 0) { /* 0 or a power of two: full */
        char *more = *n > UINT32_MAX / 2 ? NULL : realloc(items, (*n ? 2 * (size_t)*n : 1) * size);
        if (!more)
            return NULL;
        items = more;
        memcpy(list, &items, sizeof items);
    }
    memset(items + *n * size, 0, size);
    return items + (*n)++ * size;
}

void host_report_fini(struct report_host *h)
{
    free(h->items);
    free(h->ports);
    free(h->findings);
    free(h->values_wrong);
    free(h->moved);
    free(h->phases);
    free(h->attempts);
    free(h->restarts);
    free(h->troubles);
    *h = (struct report_host){0};
}

enum report_result report_result_of(const struct report_item *it)
{
    switch (it->did) {
    case DID_LEFT:
    case DID_IN_USE: return RESULT_LEFT;
    case DID_NOTHING:
    case DID_CREATED:
    case DID_SET:
    case DID_DELETED:
    case DID_KEPT:
    case DIDS: break;
    }
    if (strcmp(it->before, it->goal) == 0)
        return RESULT_RIGHT;
    return it->did == DID_NOTHING ? RESULT_NOT_WRITTEN : RESULT_WRITTEN;
}

bool report_owes_restart(const struct host_run *run)
{
    /* What is about to be written and was not yet owes nothing. */
    return run->owes_restart && !run->restart_proved && (run->changed || run->to_change == 0);
}

static enum err no_memory(struct why *why, const struct event *ev)
{
    return why_set(why, E_MEMORY, "no memory for the report (event %lld)", (long long)ev->seq);
}

static bool phase_follow(struct report_host *h, const struct host_run *run, const struct event *ev)
{
    struct report_phase *last = h->n_phases ? &h->phases[h->n_phases - 1] : NULL;
    if (last && last->state == run->state && last->attempt == run->attempt)
        return true;
    if (last && !last->to_ms)
        last->to_ms = ev->at_ms;
    if (!host_in_flight(run))
        return true;
    struct report_phase *next = LIST_ADD(h->phases, h->n_phases);
    if (!next)
        return false;
    *next = (struct report_phase){
        .state = run->state, .attempt = run->attempt, .from_ms = ev->at_ms};
    return true;
}

/* What the engine knows of the restart that is under way. */
static bool restart_follow(struct report_host *h, struct intern *in, const struct host_run *run)
{
    struct report_restart *r = h->n_restarts ? &h->restarts[h->n_restarts - 1] : NULL;
    if (!r || !run->asked || r->asked_ms != run->asked_ms)
        return true;
    r->asked = true;
    r->down_ms = run->down_seen ? run->down_ms : 0;
    r->up_ms = run->up_ms > run->asked_ms ? run->up_ms : 0;
    r->restarts = run->restarts;
    r->fate_unknown = run->fate_unknown;
    r->was_going_down = run->was_going_down;
    r->witnesses = intern_text(in, run->witnesses);
    return r->witnesses != NULL;
}

static bool restart_begin(struct report_host *h, struct intern *in, const struct event *ev)
{
    struct report_restart *r = LIST_ADD(h->restarts, h->n_restarts);
    if (!r)
        return false;
    *r = (struct report_restart){
        .attempt = ev->attempt, .asked_ms = ev->at_ms, .witnesses = intern_text(in, "")};
    return r->witnesses != NULL;
}

static bool restart_end(struct report_host *h, struct intern *in, const struct host_run *run,
                        const struct event *ev)
{
    struct report_restart *r = h->n_restarts ? &h->restarts[h->n_restarts - 1] : NULL;
    if (!r)
        return true;
    if (ev->kind == EV_OUTCOME) {
        r->err = ev->err;
        r->asked = run->asked;
    } else if (ev->kind == EV_RESTART_SETTLED) {
        r->no_effect = true;
    } else {
        r->proved = true;
        r->restarts = ev->restarts;
        r->took_ms = ev->took_ms;
        r->witnesses = intern_text(in, ev->why);
    }
    return r->witnesses != NULL;
}

static bool trouble_add(struct report_host *h, struct intern *in, const struct event *ev)
{
    struct report_trouble *t;
    if (h->n_troubles == REPORT_TROUBLES_MAX) {
        h->troubles_left_out++;
        return true;
    }
    if (!(t = LIST_ADD(h->troubles, h->n_troubles)))
        return false;
    *t = (struct report_trouble){
        .at_ms = ev->at_ms, .step = ev->step, .err = ev->err, .why = intern_text(in, ev->why)};
    return t->why != NULL;
}

static bool attempt_begin(struct report_host *h, const struct event *ev)
{
    struct report_attempt *a = LIST_ADD(h->attempts, h->n_attempts);
    if (!a)
        return false;
    *a = (struct report_attempt){.attempt = ev->attempt, .started_ms = ev->at_ms};
    h->n_findings = h->n_values_wrong = h->n_moved = 0; /* they were the earlier one's */
    return true;
}

static bool attempt_end(struct report_host *h, struct intern *in, const struct event *ev)
{
    struct report_attempt *a = h->n_attempts ? &h->attempts[h->n_attempts - 1] : NULL;
    if (!a || a->finished_ms) /* finished without a start: left alone by an abort */
        return true;
    a->finished_ms = ev->at_ms;
    a->outcome = ev->outcome;
    a->why = intern_text(in, ev->why);
    return a->why != NULL;
}

static bool outcome_take(struct report_host *h, struct intern *in, const struct host_run *run,
                         const struct event *ev)
{
    if (ev->step == STEP_RESTART && !restart_end(h, in, run, ev))
        return false;
    return ev->err == OK || trouble_add(h, in, ev);
}

enum err host_report_see(struct report_host *h, struct intern *in, const struct host_run *run,
                         const struct event *ev, struct why *why)
{
    bool ok = true;
    enum err e;
    if (ev->kind == EV_HOST_STARTED)
        ok = attempt_begin(h, ev);
    else if (ev->kind == EV_INTENT && ev->step == STEP_RESTART)
        ok = restart_begin(h, in, ev);
    else if (ev->kind == EV_OUTCOME)
        ok = outcome_take(h, in, run, ev);
    else if (ev->kind == EV_HOST_FINISHED)
        ok = attempt_end(h, in, ev);
    ok = ok && restart_follow(h, in, run) && phase_follow(h, run, ev);
    if (ok && (ev->kind == EV_RESTART_PROVED || ev->kind == EV_RESTART_SETTLED))
        ok = restart_end(h, in, run, ev);
    if (!ok)
        return no_memory(why, ev);
    if (ev->kind != EV_OUTCOME || !ev->detail)
        return OK;
    e = detail_take(h, in, ev, run->changed, why);
    return e == E_MEMORY ? no_memory(why, ev) : e;
}

enum err host_report_see_rollout(struct report_host *h, struct intern *in,
                                 const struct host_run *run, const struct event *ev,
                                 struct why *why)
{
    return restart_follow(h, in, run) && phase_follow(h, run, ev) ? OK : no_memory(why, ev);
}
