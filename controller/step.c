/* The frame of every step: open, do, close, say how it went. */
#include "controller/step_parts.h"

#include "base/log.h"
#include "rollout/event.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct world world_real(void)
{
    return (struct world){
        .transport = &transport_smb,
        .probe = probe_ports,
        .look = port_look,
        .clock = clock_system()};
}

void name_list_fini(struct name_list *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->items[i]);
    free(l->items);
    *l = (struct name_list){0};
}

void job_fini(struct job *j)
{
    free(j->baseline.ports);
    free(j->expect.ports);
    name_list_fini(&j->services);
    j->baseline = j->expect = (struct port_list){0};
}

void job_target(struct job *j, const struct host *h, const struct login *login)
{
    const char *port = host_var_get(h, "swell_smb_port");
    uint64_t n = 0;
    j->target = (struct transport_target){
        .name = h->name,
        .address = host_address(h),
        .port = port && str_parse_u64(port, &n) && n <= UINT16_MAX ? (uint16_t)n : 0,
        .user = login->user,
        .password = login->password,
        .auth = login->auth,
        .spn = host_var_get(h, "swell_spn"),
        .encrypt = login->encrypt,
        .world = j->world->transport_world,
    };
}

/* Steps that a connection serves one after another. Those around a restart begin with a new one:
 * what an old one knows of the boot is old. */
static bool is_quiet(enum step step)
{
    switch (step) {
    case STEP_PREFLIGHT:
    case STEP_WAKE:
    case STEP_SNAPSHOT:
    case STEP_APPLY:
    case STEP_VERIFY:
    case STEP_REST: return true;
    case STEP_ARM:
    case STEP_RESTART:
    case STEP_LOOK:
    case STEPS: return false;
    }
    return false;
}

enum err step_open(struct step_run *run)
{
    if (run->transport)
        return OK;
    if (is_quiet(run->action->step) &&
        (run->transport = connection_cache_take(run->job->connections, &run->job->target))) {
        run->is_reused = true;
        return OK;
    }
    /* A host that just came back may refuse for a moment what is right. */
    return login_open(run->job->guard, run->job->world->transport, &run->job->target,
                      run->action->step == STEP_LOOK, &run->deadline_ms, &run->transport,
                      &run->why);
}

enum err step_read_changes(struct step_run *run, struct reg_read **items)
{
    const struct plan_host *plan = run->job->plan;
    struct reg_read *list = calloc(plan->n_changes + 1, sizeof *list);
    enum err e;
    *items = NULL;
    if (!list)
        return why_set(&run->why, E_MEMORY, "no memory to read %zu values", plan->n_changes);
    for (size_t i = 0; i < plan->n_changes; i++) {
        list[i].path = &plan->changes[i].path;
        list[i].name = plan->changes[i].name;
    }
    e = step_open(run);
    if (e == OK && plan->n_changes)
        e = run->job->world->transport->read(run->transport, list, plan->n_changes,
                                             run->deadline_ms, &run->why);
    for (size_t i = 0; e == OK && i < plan->n_changes; i++)
        if ((e = list[i].err) != OK)
            run->why = list[i].why;
    if (e != OK) {
        read_fini(list, plan->n_changes);
        free(list);
        return e;
    }
    *items = list;
    return OK;
}

enum standing change_standing(const struct change *c, const struct reg_value *found)
{
    /* A key has no bytes of its own: only being there counts. */
    if (!c->name) {
        if (found->absent == c->after.absent)
            return STANDS_AS_AFTER;
        return found->absent == c->before.absent ? STANDS_AS_BEFORE : STANDS_FOREIGN;
    }
    if (value_equal(found, &c->after))
        return STANDS_AS_AFTER;
    return value_equal(found, &c->before) ? STANDS_AS_BEFORE : STANDS_FOREIGN;
}

void change_put_name(struct text *t, const struct change *c)
{
    path_put_text(t, &c->path);
    if (c->name)
        text_printf(t, "\\%s", c->name[0] ? c->name : "(default)");
}

static enum err (*const steps[STEPS])(struct step_run *) = {
    [STEP_PREFLIGHT] = step_preflight,
    [STEP_WAKE] = step_wake,
    [STEP_SNAPSHOT] = step_snapshot,
    [STEP_APPLY] = step_apply,
    [STEP_ARM] = step_arm,
    [STEP_RESTART] = step_restart,
    [STEP_LOOK] = step_look,
    [STEP_VERIFY] = step_verify,
    [STEP_REST] = step_rest,
};

/* A host that restarts swallows packets: a look that takes long is an answer in itself. */
#define LOOK_LONGEST_MS 5000
#define LOOK_THOROUGH_LONGEST_MS 20000

static int64_t patience_ms(const struct job *job, const struct action *a)
{
    int64_t longest = a->thorough ? LOOK_THOROUGH_LONGEST_MS : LOOK_LONGEST_MS;
    return a->step == STEP_LOOK && longest < job->policy->step_timeout_ms
               ? longest
               : job->policy->step_timeout_ms;
}

/* The next step comes soon, and may use it if it is one of these. */
static void connection_leave(struct step_run *run, enum err e)
{
    const struct job *job = run->job;
    enum step step = run->action->step;
    if (run->transport && e == OK && is_quiet(step) && step != STEP_VERIFY &&
        step != STEP_REST)
        connection_cache_give(job->connections, &job->target, run->transport);
    else if (run->transport)
        job->world->transport->close(run->transport);
    run->transport = NULL;
}

static enum err step_do(struct step_run *run)
{
    enum step step = run->action->step;
    struct transport *old =
        is_quiet(step) ? NULL
                       : connection_cache_take(run->job->connections, &run->job->target);
    if (old)
        run->job->world->transport->close(old);
    run->detail = json_object();
    return run->detail ? steps[step](run) : why_set(&run->why, E_MEMORY, "no memory for a step");
}

/* A connection that died while nobody used it says nothing of the host: once more with a new one,
 * if nothing was changed yet. */
static enum err step_try(struct step_run *run)
{
    const struct step_result begun = *run->result;
    enum err e = step_do(run);
    if (e == E_CUT && run->is_reused && !run->is_dirty) {
        connection_leave(run, e);
        json_decref(run->detail);
        step_result_fini(run->result);
        *run->result = begun;
        *run = (struct step_run){.job = run->job,
                                 .action = run->action,
                                 .result = run->result,
                                 .deadline_ms = run->deadline_ms};
        e = step_do(run);
    }
    step_wake_again(run, e);
    connection_leave(run, e);
    return e;
}

void step_run(const struct job *job, const struct action *action, struct step_result *out)
{
    struct step_run run = {.job = job, .action = action, .result = out};
    struct event *ev = &out->ev;
    int64_t began_ms = clock_mono_ms();
    *out = (struct step_result){
        .ev = {.kind = EV_OUTCOME, .step = action->step, .attempt = action->attempt}};
    run.deadline_ms = began_ms + patience_ms(job, action);
    ev->err = step_try(&run);
    if (ev->err != OK)
        why_line(&run.why, ev->why, sizeof ev->why);
    if (ev->err != OK && !ev->why[0])
        snprintf(ev->why, sizeof ev->why, "%s", err_words(ev->err));
    if (json_object_size(run.detail))
        ev->detail = json_dumps(run.detail, JSON_COMPACT | JSON_SORT_KEYS);
    ev->detail_is_json = ev->detail != NULL;
    json_decref(run.detail);
    ev->took_ms = clock_mono_ms() - began_ms;
    log_line(LOG_DEBUG, "step", "%s: %s %s in %lld ms%s%s", job->target.name,
             step_name(action->step), ev->err == OK ? "done" : err_name(ev->err),
             (long long)ev->took_ms, ev->why[0] ? ": " : "", ev->why);
}

void step_result_fini(struct step_result *r)
{
    event_fini(&r->ev);
    free(r->ports.ports);
    r->ports = (struct port_list){0};
    name_list_fini(&r->services);
}
