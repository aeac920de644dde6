/* Folding events into a host's state. What is to be done next is in host_decide.c. */
#include "rollout/host_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const state_names[HOST_STATES] = {
    [HOST_QUEUED] = "queued",
    [HOST_PREFLIGHT] = "preflight",
    [HOST_SNAPSHOT] = "snapshot",
    [HOST_APPLY] = "apply",
    [HOST_RESTART] = "restart",
    [HOST_AWAIT_DOWN] = "await_down",
    [HOST_AWAIT_UP] = "await_up",
    [HOST_QUIET] = "quiet",
    [HOST_VERIFY] = "verify",
    [HOST_FINAL] = "final",
};

const char *host_state_name(enum host_state s)
{
    return state_names[s];
}

bool host_in_flight(const struct host_run *h)
{
    return h->state != HOST_QUEUED && h->state != HOST_FINAL;
}

bool host_is_unavailable(const struct host_run *h)
{
    if (host_in_flight(h) || h->may_be_down)
        return true;
    return h->state == HOST_FINAL && outcome_is_bad(h->outcome) && h->asked && !h->restart_proved;
}

static void enter(struct host_run *h, enum host_state s, int64_t now_ms)
{
    h->state = s;
    h->since_ms = now_ms;
    h->wait_until_ms = 0;
    h->tries = 0;
}

static void end(struct host_run *h, enum outcome o, const char *why)
{
    h->ending = o;
    h->tries = 0;
    h->wait_until_ms = 0;
    snprintf(h->why, sizeof h->why, "%s", why);
}

/* Before it ends: what was woken. Not settled here, it is the ledger's. */
static void fold_rest(struct host_run *h, const struct policy *p, const struct event *ev)
{
    char why[EVENT_WHY_SIZE], was[401], said[161];
    if (ev->err == OK) {
        h->woken = false;
        if (!ev->why[0])
            return;
        snprintf(why, sizeof why, "%s%s%s", words_fit(was, sizeof was, h->why),
                 h->why[0] ? "; " : "", words_fit(said, sizeof said, ev->why));
    } else if (err_class(ev->err) != CLASS_FAIL_HOST && h->tries + 1 < p->step_tries) {
        h->tries++;
        h->wait_until_ms = ev->at_ms + p->look_ms;
        return;
    } else {
        h->rest_failed = true;
        snprintf(why, sizeof why, "%s%sRemoteRegistry is not put back yet: %s",
                 words_fit(was, sizeof was, h->why), h->why[0] ? "; " : "",
                 words_fit(said, sizeof said, ev->why));
    }
    snprintf(h->why, sizeof h->why, "%s", why);
}

static void end_failed_step(struct host_run *h, const struct event *ev)
{
    if (ev->step == STEP_LOOK) { /* nothing was seen, so nothing is known */
        end(h, OUTCOME_INCONCLUSIVE, ev->why);
        return;
    }
    switch (err_class(ev->err)) {
    case CLASS_UNREACHABLE:
    case CLASS_AGAIN:
        if (ev->err == E_GOING_DOWN)
            end(h, OUTCOME_FAILED, ev->why);
        else
            end(h, h->changed ? OUTCOME_INCONCLUSIVE : OUTCOME_UNREACHABLE, ev->why);
        return;
    case CLASS_OK:
    case CLASS_FAIL_HOST:
    case CLASS_HALT: end(h, OUTCOME_FAILED, ev->why); return;
    }
    abort();
}

/* A busy or restarting host gets more tries; true if this failure is not the last word. */
static bool try_again(struct host_run *h, const struct policy *p, const struct event *ev)
{
    bool going_down = ev->err == E_GOING_DOWN && ev->at_ms - h->since_ms < p->restart_timeout_ms;
    /* Once something is written, a host that is out of reach for a moment is not given up at the
     * first try. */
    bool again = err_class(ev->err) == CLASS_AGAIN || ev->step == STEP_LOOK ||
                 (h->changed && err_class(ev->err) == CLASS_UNREACHABLE);
    if (!going_down && (!again || ev->err == E_GOING_DOWN || h->tries + 1 >= p->step_tries))
        return false;
    h->tries++;
    h->wait_until_ms = ev->at_ms + p->look_ms;
    return true;
}

static void fold_snapshot(struct host_run *h, const struct policy *p, const struct event *ev)
{
    h->to_change = ev->to_change;
    h->owes_restart |= ev->needs_restart;
    if (ev->to_change > 0)
        enter(h, HOST_APPLY, ev->at_ms);
    else
        enter(h, h->owes_restart && !p->restart_never ? HOST_RESTART : HOST_VERIFY, ev->at_ms);
}

static void fold_apply(struct host_run *h, const struct policy *p, const struct event *ev)
{
    h->foreign = ev->foreign;
    enter(h, h->owes_restart && !p->restart_never ? HOST_RESTART : HOST_VERIFY, ev->at_ms);
}

static void fold_restart(struct host_run *h, const struct policy *p, const struct event *ev)
{
    bool lost = ev->asked && (ev->err == E_CUT || ev->err == E_TIMEOUT);
    enum err_class class = err_class(ev->err);
    h->asked = ev->asked;
    if (ev->err == OK || ev->err == E_GOING_DOWN || lost) {
        h->asked = true;
        h->was_going_down = ev->err == E_GOING_DOWN;
        h->fate_unknown = lost;
        enter(h, HOST_AWAIT_DOWN, ev->at_ms);
    } else if (h->settled && !ev->asked &&
               (ev->err == E_MOVED || class == CLASS_AGAIN || class == CLASS_UNREACHABLE)) {
        /* The request that was taken as lost may be why: that is looked into first. */
        h->asked = h->fate_unknown = true;
        enter(h, HOST_AWAIT_DOWN, ev->at_ms);
    } else if (ev->asked || !try_again(h, p, ev)) {
        end_failed_step(h, ev);
    }
}

/* It is up and the witnesses agree. */
static void come_back(struct host_run *h, const struct policy *p, const struct event *ev)
{
    h->back = ev->seen.set;
    h->up_ms = ev->at_ms;
    h->quiet_until_ms = ev->at_ms + p->restart_quiet_ms;
    h->down_again = false;
    h->restarts++;
    enter(h, HOST_QUIET, ev->at_ms);
}

static void fold_look(struct host_run *h, const struct policy *p, const struct event *ev)
{
    const struct observation *seen = &ev->seen;
    if (seen->authenticated)
        h->refusals = 0;
    if (h->state == HOST_QUIET) {
        if (!seen->reachable) {
            h->down_again = true;
            h->quiet_until_ms = ev->at_ms + p->restart_quiet_ms;
        } else if (witness_boot_differs(&h->back, &seen->set)) {
            come_back(h, p, ev);
        } else {
            h->down_again = false;
            h->quiet_passed = ev->at_ms >= h->quiet_until_ms && seen->authenticated;
        }
        return;
    }
    if (!seen->reachable && !h->down_seen) {
        h->down_seen = true;
        h->down_ms = ev->at_ms;
    }
    if (seen->authenticated && witness_judge(&h->before, seen, h->first_asked_ms, h->down_seen,
                                             h->witnesses) == RESTART_PROVED)
        come_back(h, p, ev);
    else if (h->state == HOST_AWAIT_DOWN)
        enter(h, HOST_AWAIT_UP, ev->at_ms);
}

/* What was left alone is said, whatever else there is to say. */
static void end_checked(struct host_run *h, enum outcome o, const char *words)
{
    char why[EVENT_WHY_SIZE], said[501];
    snprintf(why, sizeof why, "%lld left as found: somebody else changed them since; %s",
             (long long)h->foreign, words_fit(said, sizeof said, words));
    end(h, o, h->foreign ? why : words);
}

static void end_verified(struct host_run *h, const struct rollout_spec *spec,
                         const struct event *ev)
{
    bool moved = h->changed || h->restart_proved;
    char why[EVENT_WHY_SIZE], said[501];
    if (h->foreign) {
        end_checked(h, OUTCOME_FAILED, "the rest is put back");
        return;
    }
    snprintf(why, sizeof why, "%s%s%s%s", words_fit(said, sizeof said, ev->why),
             h->restarts > 1 ? "; restarted more than once" : "",
             h->was_going_down ? "; a restart was under way already" : "",
             h->owes_restart ? "; a restart is owed" : "");
    end(h,
        !moved           ? OUTCOME_OK
        : spec->rollback ? OUTCOME_ROLLED_BACK
                         : OUTCOME_CHANGED,
        strncmp(why, "; ", 2) == 0 ? why + 2 : why);
}

static void fold_verify(struct host_run *h, const struct rollout_spec *spec, const struct event *ev)
{
    if (ev->err != OK) {
        end_failed_step(h, ev);
        return;
    }
    switch (ev->check) {
    case CHECK_PASSED: end_verified(h, spec, ev); return;
    case CHECK_FAILED:
        h->check_failed = true;
        end_checked(h, OUTCOME_FAILED, ev->why);
        return;
    case CHECK_INCONCLUSIVE: end_checked(h, OUTCOME_INCONCLUSIVE, ev->why); return;
    case CHECKS: break;
    }
    abort();
}

static const enum host_state state_of_step[STEPS] = {
    [STEP_PREFLIGHT] = HOST_PREFLIGHT,
    [STEP_WAKE] = HOST_PREFLIGHT,
    [STEP_SNAPSHOT] = HOST_SNAPSHOT,
    [STEP_APPLY] = HOST_APPLY,
    [STEP_ARM] = HOST_RESTART,
    [STEP_RESTART] = HOST_RESTART,
    [STEP_LOOK] = HOST_AWAIT_DOWN, /* or either of the next two */
    [STEP_VERIFY] = HOST_VERIFY,
};

static bool step_fits(const struct host_run *h, enum step s)
{
    if (s == STEP_REST || h->ending != OUTCOME_NONE)
        return s == STEP_REST && h->ending != OUTCOME_NONE && h->woken && !h->rest_failed;
    if (s == STEP_WAKE || s == STEP_PREFLIGHT)
        return h->state == HOST_PREFLIGHT && h->asleep == (s == STEP_WAKE);
    if (s == STEP_LOOK)
        return h->state == HOST_AWAIT_DOWN || h->state == HOST_AWAIT_UP || h->state == HOST_QUIET;
    return h->state == state_of_step[s] && (s != STEP_RESTART || h->armed);
}

/* Found asleep, or left awake by an earlier run that could not put it back: what was first is what
 * is put back. */
static void fold_service(struct host_run *h, const struct event *ev)
{
    if (!h->woken) {
        h->service_start = ev->service_start;
        h->service_state = ev->service_state;
    }
    if (ev->err == OK)
        h->woken = true;
    h->asleep = ev->err != OK;
}

static void fold_outcome(struct host_run *h, const struct rollout_spec *spec,
                         const struct event *ev)
{
    const struct policy *p = &spec->policy;
    h->intent_open = false;
    if (ev->step == STEP_APPLY)
        h->written += ev->written; /* a write that was cut off has written too */
    if (ev->step == STEP_REST) {
        fold_rest(h, p, ev);
        return;
    }
    if (ev->step == STEP_PREFLIGHT && ev->service_start)
        fold_service(h, ev);
    if (h->asleep && ev->step == STEP_PREFLIGHT) {
        if (h->tries >= p->step_tries)
            end_failed_step(h, ev);
        return;
    }
    if (ev->err != OK && ev->step != STEP_RESTART && ev->step != STEP_VERIFY) {
        if (!try_again(h, p, ev))
            end_failed_step(h, ev);
        return;
    }
    switch (ev->step) {
    case STEP_WAKE:
        h->asleep = false;
        h->tries++;                                /* it may fall asleep again, but not for ever */
        h->wait_until_ms = ev->at_ms + p->look_ms; /* until it has started */
        return;
    case STEP_PREFLIGHT:
        h->may_be_down = false;
        enter(h, HOST_SNAPSHOT, ev->at_ms);
        return;
    case STEP_SNAPSHOT: fold_snapshot(h, p, ev); return;
    case STEP_APPLY: fold_apply(h, p, ev); return;
    case STEP_ARM:
        h->armed = true;
        h->before = ev->seen.set;
        h->tries = 0;
        return;
    case STEP_RESTART: fold_restart(h, p, ev); return;
    case STEP_LOOK: fold_look(h, p, ev); return;
    case STEP_VERIFY: fold_verify(h, spec, ev); return;
    case STEP_REST:
    case STEPS: break;
    }
    abort();
}

static void fold_intent(struct host_run *h, const struct event *ev)
{
    h->intent_open = true;
    h->intent = ev->step;
    if (ev->step == STEP_APPLY)
        h->changed = true; /* until it is known, it may be */
    if (ev->step == STEP_WAKE)
        h->woken = true; /* so too */
    if (ev->step == STEP_RESTART) {
        h->asked = true;
        h->asked_ms = ev->at_ms;
        if (!h->settled)
            h->first_asked_ms = ev->at_ms;
    }
}

/* A new try begins; what earlier ones wrote, and the restart they owe, is not forgotten. */
static void requeue(struct host_run *h, int32_t attempt)
{
    *h = (struct host_run){.state = HOST_QUEUED,
                           .attempt = attempt,
                           .changed = h->changed,
                           .owes_restart = h->owes_restart,
                           .may_be_down = host_is_unavailable(h),
                           .woken = h->woken,
                           .service_start = h->service_start,
                           .service_state = h->service_state,
                           .written = h->written};
}

void host_controller_started(struct host_run *h, int64_t now_ms)
{
    if (h->intent_open && h->intent == STEP_RESTART) {
        h->fate_unknown = true;
        enter(h, HOST_AWAIT_DOWN, now_ms);
    }
    h->intent_open = false;
    h->tries = 0;
    h->wait_until_ms = 0;
}

static bool may_follow(const struct host_run *h, const struct event *ev)
{
    /* What is decided has only to be said. */
    bool goes_on = (h->ending == OUTCOME_NONE || ev->step == STEP_REST) &&
                   ev->attempt == h->attempt;
    switch (ev->kind) {
    case EV_HOST_STARTED: return h->state == HOST_QUEUED && ev->attempt == h->attempt + 1;
    case EV_INTENT:
        return goes_on && !h->intent_open && step_needs_intent(ev->step) &&
               step_fits(h, ev->step) && !(ev->step == STEP_RESTART && h->asked);
    case EV_OUTCOME:
        return goes_on && step_fits(h, ev->step) &&
               (step_needs_intent(ev->step) ? h->intent_open && h->intent == ev->step
                                            : !h->intent_open);
    case EV_RESTART_SETTLED:
        return h->state == HOST_AWAIT_DOWN && h->fate_unknown && ev->attempt == h->attempt + 1;
    case EV_RESTART_PROVED:
        return goes_on && h->ending == OUTCOME_NONE && h->state == HOST_QUIET && h->quiet_passed;
    case EV_HOST_ENDING:
        return host_in_flight(h) && h->ending == OUTCOME_NONE && h->woken && !h->rest_failed &&
               ev->outcome != OUTCOME_NONE;
    case EV_HOST_FINISHED: return h->state != HOST_FINAL && ev->outcome != OUTCOME_NONE;
    case EV_RETRIED: return h->state == HOST_FINAL;
    case EV_ROLLOUT_CREATED:
    case EV_CONTROLLER_STARTED:
    case EV_PAUSED:
    case EV_RESUMED:
    case EV_ABORTED:
    case EV_PROMOTED:
    case EV_WAVE_STARTED:
    case EV_WAVE_PASSED:
    case EV_ROLLOUT_FINISHED:
    case EVENT_KINDS: return false;
    }
    abort();
}

enum err host_fold(struct host_run *h, const struct rollout_spec *spec, const struct event *ev,
                   struct why *why)
{
    if (!may_follow(h, ev))
        return why_set(why, E_CORRUPT,
                       "event %lld (%s%s%s of %s) cannot follow: the host is in state %s",
                       (long long)ev->seq, event_kind_name(ev->kind),
                       ev->kind == EV_OUTCOME || ev->kind == EV_INTENT ? " " : "",
                       ev->kind == EV_OUTCOME || ev->kind == EV_INTENT ? step_name(ev->step) : "",
                       ev->host, host_state_name(h->state));
    if (ev->kind == EV_HOST_STARTED) {
        h->attempt = ev->attempt;
        h->started_ms = ev->at_ms;
        enter(h, HOST_PREFLIGHT, ev->at_ms);
    } else if (ev->kind == EV_INTENT) {
        fold_intent(h, ev);
    } else if (ev->kind == EV_OUTCOME) {
        fold_outcome(h, spec, ev);
    } else if (ev->kind == EV_RESTART_SETTLED) {
        h->attempt = ev->attempt;
        h->settled++;
        h->asked = h->fate_unknown = h->down_seen = false;
        enter(h, HOST_RESTART, ev->at_ms);
    } else if (ev->kind == EV_RESTART_PROVED) {
        h->restart_proved = true;
        h->owes_restart = false;
        enter(h, HOST_VERIFY, ev->at_ms);
    } else if (ev->kind == EV_HOST_ENDING) {
        end(h, ev->outcome, ev->why);
    } else if (ev->kind == EV_RETRIED) {
        requeue(h, h->attempt);
    } else {
        h->outcome = ev->outcome;
        h->ending = OUTCOME_NONE;
        h->finished_ms = ev->at_ms;
        snprintf(h->why, sizeof h->why, "%s", ev->why);
        enter(h, HOST_FINAL, ev->at_ms);
    }
    return OK;
}
