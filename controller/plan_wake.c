#include "controller/plan_wake.h"

#include "base/log.h"

#include <stdio.h>
#include <string.h>

void plan_wake_look(struct piece *p, struct transport *t, int64_t deadline_ms, enum err e)
{
    const struct transport_kind *kind = p->planning->world->transport;
    struct registry_service now = {0};
    struct why unused;
    char said[sizeof p->why.text];
    p->is_asleep = false;
    if (e != E_UNAVAILABLE || !t || !kind->service ||
        kind->service(t, deadline_ms, &now, &unused) != OK || !now.is_asleep)
        return;
    p->is_asleep = true;
    if (!p->is_woken)
        p->was = now;
    if (p->may_wake)
        return;
    memcpy(said, p->why.text, sizeof said);
    why_native(&p->why, e, p->why.native, p->why.native_name,
               "%.200s; --wake-remote-registry lets Swell start it and put it back", said);
}

void plan_wake_do(struct piece *p)
{
    const struct planning *pl = p->planning;
    const struct transport_kind *kind = pl->world->transport;
    int64_t deadline_ms = clock_mono_ms() + pl->step_timeout_ms;
    struct job job = {.world = pl->world};
    struct transport *t = NULL;
    struct login login = {0};
    enum err e;
    p->act_why = (struct why){0};
    p->left = false;
    if ((e = credentials_for(pl->credentials, p->host, &login, &p->act_why)) != OK)
        goto out;
    job_target(&job, p->host, &login);
    if ((e = login_open(p->guard, kind, &job.target, false, &deadline_ms, &t, &p->act_why)) != OK)
        goto out;
    e = p->doing == PLAN_WAKES
            ? kind->wake(t, deadline_ms, &p->act_why)
            : kind->rest(t, &p->was, deadline_ms, &p->left, &p->act_why);
    kind->close(t);
out:
    p->act_err = e;
}

/* One line of the journal. */
static enum err note(struct piece *p, enum event_kind kind, enum step step, struct why *why)
{
    const struct planning *pl = p->planning;
    struct event ev = {.kind = kind, .step = step, .attempt = 1};
    snprintf(ev.host, sizeof ev.host, "%s", p->host->name);
    ev.at_ms = pl->world->clock->real_ms(pl->world->clock->self);
    if (kind == EV_OUTCOME && step == STEP_PREFLIGHT) {
        ev.err = p->err;
        ev.service_start = p->was.start_type;
        ev.service_state = p->was.state;
        why_line(&p->why, ev.why, sizeof ev.why);
    } else if (kind == EV_OUTCOME) {
        ev.err = p->act_err;
        if (p->act_err != OK)
            why_line(&p->act_why, ev.why, sizeof ev.why);
        else if (p->left)
            snprintf(ev.why, sizeof ev.why,
                     "left as found: somebody else changed the start type since");
    }
    return pl->journal(pl->journal_self, &ev, why);
}

static enum err begin(struct piece *p, enum plan_doing doing, bool *more, struct why *why)
{
    enum step step = doing == PLAN_WAKES ? STEP_WAKE : STEP_REST;
    enum err e = OK;
    if (doing == PLAN_WAKES)
        e = note(p, EV_OUTCOME, STEP_PREFLIGHT, why);
    if (e != OK || (e = note(p, EV_INTENT, step, why)) != OK)
        return e;
    p->doing = doing;
    p->is_woken = p->out->may_wake = true;
    p->tried |= doing == PLAN_WAKES;
    *more = true;
    return OK;
}

static enum err after_rest(struct piece *p, struct why *why)
{
    char line[sizeof p->act_why.text + sizeof p->act_why.place];
    enum err e = note(p, EV_OUTCOME, STEP_REST, why);
    if (e != OK)
        return e;
    p->doing = PLAN_READS;
    if (p->act_err == OK)
        p->is_woken = false;
    else
        log_line(LOG_WARN, "plan", "%s: RemoteRegistry is not put back yet: %s", p->host->name,
                 why_line(&p->act_why, line, sizeof line));
    return OK;
}

enum err plan_wake_next(struct piece *p, bool last, bool *more, struct why *why)
{
    enum err e;
    *more = false;
    switch (p->doing) {
    case PLAN_RESTS: return after_rest(p, why);
    case PLAN_WAKES:
        if ((e = note(p, EV_OUTCOME, STEP_WAKE, why)) != OK)
            return e;
        p->doing = PLAN_READS;
        if (p->act_err != OK) {
            p->err = p->act_err;
            p->why = p->act_why;
            return begin(p, PLAN_RESTS, more, why);
        }
        return OK; /* it is read again when it has had time to start */
    case PLAN_READS:
        if (p->is_asleep && p->may_wake && !p->tried && !last)
            return begin(p, PLAN_WAKES, more, why);
        if (p->is_woken && (last || p->err == OK || err_class(p->err) != CLASS_AGAIN))
            return begin(p, PLAN_RESTS, more, why);
        return OK;
    }
    return OK;
}
