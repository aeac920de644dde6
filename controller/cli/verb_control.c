/* pause, resume, abort, promote, retry: words to a rollout. Each is one event; who runs the
 * rollout hears it. */
#include "controller/cli/rollout_run.h"

#include "base/clock.h"
#include "controller/runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct control { /* a rollout opened to be told something */
    struct store *st;
    struct engine *g;
    int64_t rollout;
};

static void control_fini(struct control *c)
{
    engine_free(c->g);
    store_close(c->st);
}

static enum err control_open(const struct invocation *inv, struct control *c, struct why *why)
{
    enum err e;
    if ((e = app_open(inv, APP_WRITE, &c->st, why)) != OK ||
        (e = app_rollout_number(c->st, inv->n_args ? inv->args[0] : NULL, &c->rollout, why)) !=
            OK ||
        (e = app_load_rollout(c->st, c->rollout, NULL, NULL, &c->g, why)) != OK)
        return e;
    return OK;
}

static void fill(const struct invocation *inv, struct event *ev, const char *why_default)
{
    char by[EVENT_BY_SIZE];
    const char *comment = option_get(inv, OPT_COMMENT);
    snprintf(ev->by, sizeof ev->by, "%s", app_user(by));
    snprintf(ev->why, sizeof ev->why, "%s", comment ? comment : why_default);
    if (comment)
        snprintf(ev->comment, sizeof ev->comment, "%s", comment);
}

static enum err tell(struct control *c, struct event *ev, struct why *why)
{
    return rollout_append(c->st, c->rollout, ev, clock_real_ms(), why);
}

int verb_pause(struct invocation *inv)
{
    struct control c = {0};
    struct why why = {0};
    struct event ev = {.kind = EV_PAUSED};
    enum err e = control_open(inv, &c, &why);
    if (e == OK && engine_state(c.g) != ROLLOUT_RUNNING && engine_state(c.g) != ROLLOUT_WAITING)
        e = why_set(&why, E_USAGE, "rollout %lld is %s: there is nothing to pause",
                    (long long)c.rollout, rollout_state_name(engine_state(c.g)));
    fill(inv, &ev, "asked for");
    if (e == OK && (e = tell(&c, &ev, &why)) == OK)
        printf(
            "rollout %lld is paused: hosts on their way are brought to an end, no new ones start\n",
            (long long)c.rollout);
    control_fini(&c);
    return e == OK ? EXIT_WELL : fail(e, &why);
}

/* With nobody at work, the hosts that never began are finished here and now. */
static enum err abort_at_rest(struct control *c, struct why *why)
{
    struct event ev;
    struct engine_counts n;
    enum err e = OK;
    engine_count(c->g, &n);
    while (e == OK && n.in_flight == 0 && engine_decide(c->g, clock_real_ms(), &ev)) {
        if ((e = tell(c, &ev, why)) == OK)
            e = engine_fold(c->g, &ev, why);
        event_fini(&ev);
    }
    if (e == OK && n.in_flight)
        printf("%lld hosts are on their way; `swell resume %lld` brings them to an end\n",
               (long long)n.in_flight, (long long)c->rollout);
    return e;
}

int verb_abort(struct invocation *inv)
{
    struct control c = {0};
    struct why why = {0}, busy = {0};
    struct event ev = {.kind = EV_ABORTED};
    enum err e = control_open(inv, &c, &why);
    if (e == OK && engine_state(c.g) == ROLLOUT_FINISHED)
        e = why_set(&why, E_USAGE, "rollout %lld is finished: `swell rollback %lld` puts it back",
                    (long long)c.rollout, (long long)c.rollout);
    fill(inv, &ev, "asked for");
    if (e == OK && (e = tell(&c, &ev, &why)) == OK && (e = engine_fold(c.g, &ev, &why)) == OK) {
        printf("rollout %lld is aborted; what was changed stays until `swell rollback %lld`\n",
               (long long)c.rollout, (long long)c.rollout);
        if (store_lock_controller(c.st, &busy) == OK)
            e = abort_at_rest(&c, &why);
    }
    control_fini(&c);
    return e == OK ? EXIT_WELL : fail(e, &why);
}

int verb_promote(struct invocation *inv)
{
    struct control c = {0};
    struct why why = {0};
    struct event ev = {.kind = EV_PROMOTED};
    enum err e = control_open(inv, &c, &why);
    if (e == OK && !c.g->spec->policy.approval_between_waves)
        e = why_set(&why, E_USAGE, "rollout %lld asks for no approval between its waves",
                    (long long)c.rollout);
    if (e == OK) {
        /* The wave after those that run or have passed. */
        ev.wave = engine_wave(c.g);
        ev.wave += ev.wave <= c.g->spec->n_waves && c.g->waves[ev.wave - 1].state == WAVE_RUNNING;
        if (ev.wave > c.g->spec->n_waves)
            e = why_set(&why, E_USAGE, "rollout %lld has no wave left to approve",
                        (long long)c.rollout);
    }
    fill(inv, &ev, "");
    if (e == OK && (e = tell(&c, &ev, &why)) == OK)
        printf("wave %d of rollout %lld is approved\n", (int)ev.wave, (long long)c.rollout);
    control_fini(&c);
    return e == OK ? EXIT_WELL : fail(e, &why);
}

static enum err resume_check(const struct invocation *inv, const struct control *c,
                             struct event *ev, struct why *why)
{
    struct policy p = policy_default();
    struct engine_counts n;
    /* Only said here and now: a setting must not raise a budget at every resume. */
    const char *max_failed = inv->values[OPT_MAX_FAILED];
    enum err e;
    if (engine_state(c->g) == ROLLOUT_FINISHED)
        return why_set(
            why, E_USAGE,
            "rollout %lld is finished; `swell retry %lld --failed` tries its bad hosts again",
            (long long)c->rollout, (long long)c->rollout);
    if (max_failed && (e = policy_parse_max_failed(max_failed, &p, why)) != OK)
        return e;
    ev->max_failed = max_failed ? p.max_failed : 0;
    engine_count(c->g, &n);
    if (n.bad >= (max_failed ? p.max_failed : c->g->max_failed) && n.queued && !n.in_flight &&
        engine_state(c->g) != ROLLOUT_ABORTING)
        return why_set(
            why, E_USAGE,
            "the failure budget of rollout %lld is spent (%lld failed): --max-failed N allows "
            "more, "
            "`swell retry %lld --failed` tries them again, `swell rollback %lld` puts it back",
            (long long)c->rollout, (long long)n.bad, (long long)c->rollout, (long long)c->rollout);
    return OK;
}

int verb_resume(struct invocation *inv)
{
    struct control c = {0};
    struct why why = {0};
    struct event ev = {.kind = EV_RESUMED};
    struct crew crew = {0};
    int code;
    enum err e;
    fill(inv, &ev, "");
    if ((e = control_open(inv, &c, &why)) != OK || (e = store_lock_controller(c.st, &why)) != OK ||
        (e = resume_check(inv, &c, &ev, &why)) != OK ||
        (e = crew_for_rollout(inv, c.st, c.g, NULL, &crew, &why)) != OK ||
        (engine_state(c.g) != ROLLOUT_ABORTING && (e = tell(&c, &ev, &why)) != OK))
        code = fail(e, &why);
    else
        code = cli_run_rollout(inv, c.st, c.rollout, &crew);
    crew_fini(&crew);
    control_fini(&c);
    return code;
}

/* Without a flag: all that ended badly. */
static bool is_wanted(const struct invocation *inv, enum outcome o)
{
    bool any = option_is_set(inv, OPT_FAILED) || option_is_set(inv, OPT_UNREACHABLE) ||
               option_is_set(inv, OPT_INCONCLUSIVE);
    return outcome_is_bad(o) &&
           (!any || (o == OUTCOME_FAILED && option_is_set(inv, OPT_FAILED)) ||
            (o == OUTCOME_UNREACHABLE && option_is_set(inv, OPT_UNREACHABLE)) ||
            (o == OUTCOME_INCONCLUSIVE && option_is_set(inv, OPT_INCONCLUSIVE)));
}

static enum err choose_retried(const struct invocation *inv, const struct control *c,
                               struct event *ev, struct why *why)
{
    const struct engine *g = c->g;
    size_t unplanned = 0;
    if (!(ev->hosts = calloc(g->spec->n_hosts + 1, sizeof *ev->hosts)))
        return why_set(why, E_MEMORY, "no memory for a list of hosts");
    for (size_t i = 0; i < g->spec->n_hosts; i++) {
        if (g->hosts[i].state != HOST_FINAL || !is_wanted(inv, g->hosts[i].outcome))
            continue;
        if (!g->spec->hosts[i].wave) {
            unplanned++;
            continue;
        }
        if (!(ev->hosts[ev->n_hosts] = str_dup(g->spec->hosts[i].name)))
            return why_set(why, E_MEMORY, "no memory for a list of hosts");
        ev->n_hosts++;
    }
    if (unplanned)
        printf("%zu hosts could not be read when the plan was made: they need a new plan\n",
               unplanned);
    if (!ev->n_hosts)
        return why_set(why, E_USAGE, "rollout %lld has no such host to try again",
                       (long long)c->rollout);
    return OK;
}

int verb_retry(struct invocation *inv)
{
    struct control c = {0};
    struct why why = {0};
    struct event ev = {.kind = EV_RETRIED};
    struct crew crew = {0};
    int code;
    enum err e;
    fill(inv, &ev, "");
    if ((e = control_open(inv, &c, &why)) != OK || (e = store_lock_controller(c.st, &why)) != OK ||
        (e = choose_retried(inv, &c, &ev, &why)) != OK ||
        (e = crew_for_rollout(inv, c.st, c.g, &ev, &crew, &why)) != OK ||
        (e = tell(&c, &ev, &why)) != OK)
        code = fail(e, &why);
    else
        code = cli_run_rollout(inv, c.st, c.rollout, &crew);
    crew_fini(&crew);
    event_fini(&ev);
    control_fini(&c);
    return code;
}
