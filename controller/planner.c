#include "controller/planner.h"

#include "controller/host_reader.h"
#include "controller/plan_wake.h"
#include "controller/pool.h"

#include <stdlib.h>
#include <string.h>

#define PLAN_TRIES 3       /* of a host whose registry service is just starting */
#define PLAN_AGAIN_MS 1500 /* until it has started */

/* True if every guard holds; otherwise verdict and reason are set. */
static enum err check_guards(struct piece *p, struct facts *facts, bool *hold)
{
    const struct playbook *pb = p->planning->playbook;
    struct plan_host *h = p->out;
    *hold = true;
    for (size_t i = 0; i < pb->n_guards && *hold; i++) {
        enum guard_answer answer;
        struct text t = {0};
        enum err e = guard_eval(pb->guards[i].that, facts_get, facts, &answer, &p->why);
        if (e != OK)
            return e;
        if (answer == GUARD_HOLDS)
            continue;
        *hold = false;
        h->verdict = answer == GUARD_FAILS ? PLAN_EXEMPT : PLAN_UNKNOWN;
        text_printf(&t,
                    answer == GUARD_FAILS ? "guard does not hold: %s"
                                          : "guard cannot be decided here: %s",
                    pb->guards[i].that);
        if (pb->guards[i].why)
            text_printf(&t, " (%s)", pb->guards[i].why);
        if (text_take(&t, &h->reason) != OK)
            return E_MEMORY;
    }
    return OK;
}

static enum err plan_one(struct piece *p)
{
    const struct planning *pl = p->planning;
    struct job job = {.world = pl->world};
    struct login login = {0};
    struct transport *t = NULL;
    struct host_reader reader = {0};
    struct facts facts;
    bool hold;
    enum err e;
    if ((e = credentials_for(pl->credentials, p->host, &login, &p->why)) != OK)
        return e;
    job_target(&job, p->host, &login);
    job.target.crowd = p->crowd;
    int64_t deadline_ms = clock_mono_ms() + pl->step_timeout_ms;
    if ((e = login_open(p->guard, pl->world->transport, &job.target, false, &deadline_ms, &t,
                        &p->why)) != OK ||
        (e = host_reader_init(&reader, pl->world->transport, t, pl->playbook, deadline_ms, &facts,
                              &p->why)) != OK) {
        plan_wake_look(p, t, deadline_ms, e);
        goto out;
    }
    if ((e = check_guards(p, &facts, &hold)) != OK || !hold)
        goto out;
    struct plan_reader ask = host_reader_for_plan(&reader);
    e = plan_host_changes_make(pl->playbook, &ask, p->out, &p->why);
out:
    host_reader_fini(&reader);
    if (t)
        pl->world->transport->close(t);
    return e;
}

static void work(void *piece)
{
    struct piece *p = piece;
    if (p->doing != PLAN_READS) {
        plan_wake_do(p);
        return;
    }
    p->why = (struct why){0};
    p->is_asleep = false;
    p->err = plan_one(p);
}

static enum err settle(struct piece *p)
{
    char line[sizeof p->why.text + sizeof p->why.place];
    if (p->err == OK)
        return OK;
    if (err_class(p->err) == CLASS_HALT)
        return p->err;
    p->out->verdict = PLAN_UNKNOWN;
    p->out->err = p->err;
    p->out->reason =
        str_dup(p->why.text[0] ? why_line(&p->why, line, sizeof line) : err_words(p->err));
    return p->out->reason ? OK : E_MEMORY;
}

static enum err run_all(const struct planning *pl, struct piece *pieces, size_t n, struct why *why)
{
    struct pool *pool = NULL;
    size_t done = 0, left = n;
    enum err e = pool_new(pl->forks < (int)n ? pl->forks : (int)n, work, &pool, why);
    for (int try = 0; e == OK && left && try < PLAN_TRIES; try++) {
        size_t given = 0, again = 0;
        if (try) /* nothing is under way: this only waits */
            (void)pool_take(pool, pl->again_ms ? pl->again_ms : PLAN_AGAIN_MS);
        for (size_t i = 0; i < n; i++)
            if (!try || err_class(pieces[i].err) == CLASS_AGAIN) {
                if (!pool_give(pool, &pieces[i]))
                    e = why_set(why, E_MEMORY, "no memory for the queue");
                else
                    given++;
            }
        while (given--) {
            struct piece *p;
            while (!(p = pool_take(pool, INT32_MAX)))
                continue;
            bool more = false;
            if (e == OK)
                e = plan_wake_next(p, try + 1 == PLAN_TRIES, &more, why);
            if (e == OK && more && pool_give(pool, p)) {
                given++;
                continue;
            }
            if (err_class(p->err) == CLASS_AGAIN)
                again++;
            else
                done++;
            if (pl->progress)
                pl->progress(pl->self, done, n);
        }
        left = again;
    }
    pool_free(pool);
    return e;
}

static enum err pieces_make(const struct planning *pl, struct plan *plan, struct piece *pieces,
                            struct login_guard *guard)
{
    for (size_t i = 0; i < pl->inventory->n_hosts; i++) {
        const struct host *h = &pl->inventory->hosts[i];
        const char *affinity = host_var_get(h, "swell_affinity");
        struct plan_host *out = &plan->hosts[plan->n_hosts];
        if (!pl->chosen[i])
            continue;
        *out = (struct plan_host){
            .name = str_dup(h->name), .affinity = str_dup(affinity), .owes_restart = pl->owed[i]};
        const struct service_debt *debt = pl->debts && pl->debts[i].owed ? &pl->debts[i] : NULL;
        pieces[plan->n_hosts++] =
            (struct piece){.planning = pl,
                           .guard = guard,
                           .host = h,
                           .out = out,
                           .may_wake = pl->journal && (debt || (pl->may_wake && pl->may_wake[i])),
                           .is_woken = debt != NULL};
        if (debt)
            pieces[plan->n_hosts - 1].was = (struct registry_service){
                .start_type = (uint32_t)debt->start, .state = (uint32_t)debt->state};
        if (!out->name || (affinity && !out->affinity))
            return E_MEMORY;
    }
    return OK;
}

static enum err plan_begin(const struct planning *pl, size_t n, struct plan **out)
{
    const struct playbook *pb = pl->playbook;
    struct plan *plan = calloc(1, sizeof *plan);
    *out = plan;
    if (!plan)
        return E_MEMORY;
    plan->kind = PLAN_APPLY;
    plan->made_at_ms = pl->world->clock->real_ms(pl->world->clock->self);
    plan->title = str_dup(pb->title ? pb->title : pb->name);
    plan->playbook = str_dup(pb->name);
    plan->hosts = calloc(n, sizeof *plan->hosts);
    plan->verify = calloc(pb->n_verify + 1, sizeof *plan->verify);
    if (!plan->title || !plan->playbook || !plan->hosts || !plan->verify)
        return E_MEMORY;
    if (pb->n_verify)
        memcpy(plan->verify, pb->verify, pb->n_verify * sizeof *plan->verify);
    plan->n_verify = pb->n_verify;
    return OK;
}

enum err planner_run(const struct planning *pl, struct plan **out, struct why *why)
{
    struct plan *plan = NULL;
    struct piece *pieces = NULL;
    struct login_guard *guard = NULL;
    enum err e;
    size_t n = 0;
    *out = NULL;
    for (size_t i = 0; i < pl->inventory->n_hosts; i++)
        n += pl->chosen[i];
    if (!n)
        return why_set(why, E_DATA,
                       "no host was chosen; `swell inventory list` shows what there is");
    pieces = calloc(n, sizeof *pieces);
    guard = login_guard_new();
    if (!pieces || !guard || plan_begin(pl, n, &plan) != OK ||
        pieces_make(pl, plan, pieces, guard) != OK) {
        e = why_set(why, E_MEMORY, "no memory for a plan of %zu hosts", n);
        goto out;
    }
    for (size_t i = 0; i < n; i++)
        pieces[i].crowd = (unsigned)(n < (size_t)pl->forks ? n : (size_t)pl->forks);
    if ((e = run_all(pl, pieces, n, why)) != OK)
        goto out;
    for (size_t i = 0; i < n; i++)
        if ((e = settle(&pieces[i])) != OK) {
            *why = pieces[i].why;
            goto out;
        }
    if ((e = plan_seal(plan)) != OK) {
        why_set(why, e, "the plan cannot be sealed");
        goto out;
    }
    *out = plan;
    plan = NULL; /* moved */
out:
    plan_free(plan);
    login_guard_free(guard);
    free(pieces);
    return e;
}
