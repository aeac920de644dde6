/* What is to be done next for one host: a step for a worker, a wait, or a decision. */
#include "rollout/host_run.h"

#include <stdio.h>
#include <stdlib.h>

#define REFUSALS_MAX 3 /* logins refused in a row before Swell stops asking: accounts get locked */
#define REFUSED_WAIT_MS 30000
#define RESTARTS_MAX 4 /* more of them in one go and the host is not coming to rest */

bool step_needs_intent(enum step s)
{
    return s == STEP_APPLY || s == STEP_ARM || s == STEP_RESTART || s == STEP_WAKE ||
           s == STEP_REST;
}

/* Its end is decided; what was woken is still to be put back. */
static bool is_owed_rest(const struct host_run *h)
{
    return h->woken && !h->rest_failed;
}

static enum step step_of_state(const struct host_run *h)
{
    if (h->ending != OUTCOME_NONE)
        return STEP_REST;
    switch (h->state) {
    case HOST_PREFLIGHT: return h->asleep ? STEP_WAKE : STEP_PREFLIGHT;
    case HOST_SNAPSHOT: return STEP_SNAPSHOT;
    case HOST_APPLY: return STEP_APPLY;
    case HOST_RESTART: return h->armed ? STEP_RESTART : STEP_ARM;
    case HOST_AWAIT_DOWN:
    case HOST_AWAIT_UP:
    case HOST_QUIET: return STEP_LOOK;
    case HOST_VERIFY: return STEP_VERIFY;
    case HOST_QUEUED:
    case HOST_FINAL:
    case HOST_STATES: break;
    }
    abort();
}

enum next host_next(const struct host_run *h, const struct rollout_spec *spec, int64_t now_ms,
                    struct action *out, int64_t *wake_ms)
{
    if (!host_in_flight(h) || (h->ending != OUTCOME_NONE && !is_owed_rest(h)) || h->intent_open)
        return NEXT_NONE;
    if (now_ms < h->wait_until_ms) {
        *wake_ms = h->wait_until_ms;
        return NEXT_WAIT;
    }
    *out = (struct action){
        .step = step_of_state(h),
        .attempt = h->attempt,
        .thorough = h->state == HOST_RESTART ? h->settled > 0
                                             : h->state != HOST_AWAIT_DOWN || !h->before.has_guid ||
                                                   h->down_seen || h->fate_unknown,
        .asked_ms = h->first_asked_ms,
        .tolerant = spec->rollback || h->changed,
        .restart_is_due = h->owes_restart,
        .restarted = h->restart_proved,
        .woken = h->woken,
        .service_start = h->service_start,
        .service_state = h->service_state,
        .before = h->before,
    };
    return NEXT_STEP;
}

static bool look_is_news(const struct host_run *h, const struct event *ev)
{
    const struct observation *seen = &ev->seen;
    char text[WITNESS_TEXT_SIZE];
    if (ev->err != OK)
        return true;
    if (seen->refused) /* counted by host_note(), and waited for */
        return false;
    if (h->state == HOST_QUIET)
        return (!seen->reachable && !h->down_again) ||
               (seen->reachable && witness_boot_differs(&h->back, &seen->set)) ||
               (seen->authenticated && ev->at_ms >= h->quiet_until_ms);
    if (!seen->reachable)
        return !h->down_seen;
    if (h->state == HOST_AWAIT_DOWN && witness_boot_differs(&h->before, &seen->set))
        return true;
    return seen->authenticated &&
           witness_judge(&h->before, seen, h->first_asked_ms, h->down_seen, text) == RESTART_PROVED;
}

/* A failed check after a restart is repeated until the services had their time to come up. */
static bool verify_is_final(const struct host_run *h, const struct policy *p,
                            const struct event *ev)
{
    enum err_class class = err_class(ev->err);
    if (ev->err != OK && class != CLASS_AGAIN && class != CLASS_UNREACHABLE)
        return true;
    if (ev->err == OK &&
        ((ev->check == CHECK_PASSED && !ev->services_missing) || !h->restart_proved))
        return true;
    return ev->at_ms - h->since_ms >= p->verify_timeout_ms;
}

bool host_is_news(const struct host_run *h, const struct rollout_spec *spec, const struct event *ev)
{
    if (ev->step == STEP_LOOK)
        return look_is_news(h, ev);
    return ev->step != STEP_VERIFY || verify_is_final(h, &spec->policy, ev);
}

void host_note(struct host_run *h, const struct rollout_spec *spec, const struct event *ev)
{
    h->wait_until_ms = ev->at_ms + spec->policy.look_ms;
    if (ev->step != STEP_LOOK)
        return;
    h->refusals = ev->seen.refused ? h->refusals + 1 : 0;
    if (ev->seen.refused)
        h->wait_until_ms = ev->at_ms + REFUSED_WAIT_MS;
    h->last = ev->seen;
    h->last_look_ms =
        ev->at_ms - ev->took_ms; /* when it began: later than that it may have changed */
    snprintf(h->last_why, sizeof h->last_why, "%s", ev->why);
}

static bool finish(const struct host_run *h, struct event *out, enum outcome o)
{
    out->kind =
        h->ending == OUTCOME_NONE && is_owed_rest(h) ? EV_HOST_ENDING : EV_HOST_FINISHED;
    out->outcome = o;
    return true;
}

static bool late(const struct host_run *h, int64_t from_ms, int64_t patience_ms, int64_t now_ms)
{
    /* Only a look after the deadline can tell that nothing happened until the deadline. */
    return now_ms - from_ms >= patience_ms && h->last_look_ms - from_ms >= patience_ms;
}

/* Whether the request arrived is not known. */
static bool decide_unknown_fate(const struct host_run *h, const struct policy *p, int64_t now_ms,
                                struct event *out)
{
    char text[WITNESS_TEXT_SIZE], patience[DURATION_TEXT_SIZE], said[301];
    enum restart_verdict v = witness_judge(&h->before, &h->last, h->first_asked_ms, false, text);
    if (late(h, h->asked_ms, p->restart_delay_ms + p->restart_settle_ms, now_ms) &&
        h->last.authenticated && v == RESTART_NOT_SEEN) {
        if (h->settled >= p->step_tries) {
            snprintf(out->why, sizeof out->why,
                     "was asked to restart %d times, and no request had an effect: %s",
                     (int)h->settled + 1, text);
            return finish(h, out, OUTCOME_FAILED);
        }
        out->kind = EV_RESTART_SETTLED;
        out->attempt = h->attempt + 1;
        snprintf(out->why, sizeof out->why, "the earlier request had no effect: %s", text);
        return true;
    }
    if (!late(h, h->asked_ms, p->restart_delay_ms + p->restart_timeout_ms, now_ms))
        return false;
    duration_text(p->restart_timeout_ms, patience);
    if (h->last.authenticated)
        snprintf(out->why, sizeof out->why,
                 "whether it was asked to restart cannot be told, the witnesses do not agree: %s",
                 text);
    else
        snprintf(out->why, sizeof out->why,
                 "whether it was asked to restart cannot be told: it could not be logged in to "
                 "within %s: %s",
                 patience, words_fit(said, sizeof said, h->last_why));
    return finish(h, out, OUTCOME_INCONCLUSIVE);
}

static bool decide_await_down(const struct host_run *h, const struct policy *p, int64_t now_ms,
                              struct event *out)
{
    char patience[DURATION_TEXT_SIZE];
    if (h->fate_unknown)
        return decide_unknown_fate(h, p, now_ms, out);
    if (!late(h, h->asked_ms, p->restart_delay_ms + p->restart_timeout_ms, now_ms))
        return false;
    snprintf(out->why, sizeof out->why,
             "%s the restart, but did not go down within %s; a restart is owed",
             h->was_going_down ? "it announced" : "it accepted",
             duration_text(p->restart_timeout_ms, patience));
    return finish(h, out, OUTCOME_FAILED);
}

static bool decide_await_up(const struct host_run *h, const struct policy *p, int64_t now_ms,
                            struct event *out)
{
    char text[WITNESS_TEXT_SIZE], patience[DURATION_TEXT_SIZE], said[301];
    if (!late(h, h->since_ms, p->restart_timeout_ms, now_ms))
        return false;
    duration_text(p->restart_timeout_ms, patience);
    if (!h->last.reachable) {
        snprintf(out->why, sizeof out->why, "went down to restart and did not come back within %s",
                 patience);
        return finish(h, out, OUTCOME_UNREACHABLE);
    }
    if (!h->last.authenticated) {
        snprintf(out->why, sizeof out->why,
                 "answers again, but could not be logged in to within %s: %s", patience,
                 words_fit(said, sizeof said, h->last_why));
        return finish(h, out, OUTCOME_INCONCLUSIVE);
    }
    if (witness_judge(&h->before, &h->last, h->first_asked_ms, h->down_seen, text) ==
        RESTART_NOT_SEEN) {
        snprintf(out->why, sizeof out->why,
                 "was out of reach for a moment, but did not restart (%s); a restart is owed",
                 text);
        return finish(h, out, OUTCOME_FAILED);
    }
    snprintf(out->why, sizeof out->why,
             "whether it restarted cannot be told, the witnesses do not agree: %s", text);
    return finish(h, out, OUTCOME_INCONCLUSIVE);
}

static bool decide_quiet(const struct host_run *h, const struct policy *p, int64_t now_ms,
                         struct event *out)
{
    char said[301];
    if (h->restarts > RESTARTS_MAX) {
        snprintf(out->why, sizeof out->why, "does not come to rest: restarted %d times",
                 (int)h->restarts);
        return finish(h, out, OUTCOME_FAILED);
    }
    if (h->quiet_passed) {
        out->kind = EV_RESTART_PROVED;
        out->attempt = h->attempt;
        out->restarts = h->restarts;
        out->took_ms = h->up_ms - h->first_asked_ms;
        snprintf(out->why, sizeof out->why, "%s", h->witnesses);
        return true;
    }
    if (!late(h, h->up_ms, p->restart_quiet_ms + p->restart_timeout_ms, now_ms))
        return false;
    snprintf(out->why, sizeof out->why, "%s%s",
             h->last.reachable ? "came back, but could not be logged in to afterwards: "
                               : "came back, went down again and stayed away",
             h->last.reachable ? words_fit(said, sizeof said, h->last_why) : "");
    return finish(h, out, h->last.reachable ? OUTCOME_INCONCLUSIVE : OUTCOME_UNREACHABLE);
}

bool host_decide(const struct host_run *h, const struct rollout_spec *spec, int64_t now_ms,
                 struct event *out)
{
    char said[401];
    if (h->ending != OUTCOME_NONE && is_owed_rest(h))
        return false;
    if (h->ending != OUTCOME_NONE) {
        snprintf(out->why, sizeof out->why, "%s", h->why);
        return finish(h, out, h->ending);
    }
    if (host_in_flight(h) && h->refusals >= REFUSALS_MAX) {
        snprintf(out->why, sizeof out->why, "answers again, but refuses the login: %s",
                 words_fit(said, sizeof said, h->last_why));
        return finish(h, out, OUTCOME_INCONCLUSIVE);
    }
    switch (h->state) {
    case HOST_AWAIT_DOWN: return decide_await_down(h, &spec->policy, now_ms, out);
    case HOST_AWAIT_UP: return decide_await_up(h, &spec->policy, now_ms, out);
    case HOST_QUIET: return decide_quiet(h, &spec->policy, now_ms, out);
    case HOST_QUEUED:
    case HOST_PREFLIGHT:
    case HOST_SNAPSHOT:
    case HOST_APPLY:
    case HOST_RESTART:
    case HOST_VERIFY:
    case HOST_FINAL:
    case HOST_STATES: return false;
    }
    abort();
}
