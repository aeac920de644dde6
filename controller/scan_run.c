#include "controller/scan_run.h"

#include "base/clock.h"
#include "base/text.h"
#include "controller/pool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RESOLVERS 16 /* threads that ask for addresses */
#define TAKE_MS 100
#define ATTEMPTS_OF_ALL 15 /* that one endpoint may take, one after the other */
#define ATTEMPTS_OF_VERSIONS 4
#define GENTLE_FACTOR 8

struct endpoint_run {
    const struct scan_goal *goal;
    struct target target;
    enum err resolved;
    struct why why;
    struct scan_options options;
    struct scan *scan;
    struct scan_result *result;
    bool finished;
    struct run *run;
};

struct run {
    const struct scan_run *wish;
    struct talks *talks;
    struct endpoint_run *all;
    size_t begun, told, busy;
    struct endpoint_run *last; /* what is its is freed when the next one is done */
    bool beginning;
    enum err e;
    struct why *why;
};

static bool is_stopped(void *who)
{
    struct run *r = who;
    return r->e != OK || (r->wish->stop != NULL && r->wish->stop(r->wish->who));
}

/* --- addresses --- */

static void resolve_one(void *piece)
{
    struct endpoint_run *p = piece;
    p->resolved = target_resolve(p->goal->address, p->goal->port, &p->target, &p->why);
}

static enum err resolve_all(struct run *r)
{
    struct pool *pool = NULL;
    size_t n = r->wish->n, given = 0, taken = 0;
    enum err e = pool_new(n < RESOLVERS ? (int)n : RESOLVERS, resolve_one, &pool, r->why);
    if (e != OK)
        return e;
    while (given < n && pool_give(pool, &r->all[given]))
        given++;
    if (given < n)
        e = why_set(r->why, E_MEMORY, "no memory for %zu endpoints", n);
    while (e == OK && taken < given && !is_stopped(r))
        taken += pool_take(pool, TAKE_MS) != NULL ? 1 : 0;
    pool_free(pool);
    return e;
}

/* --- one endpoint --- */

static void result_drop(struct endpoint_run *p)
{
    if (p->result != NULL)
        scan_result_fini(p->result);
    free(p->result);
    p->result = NULL;
}

static void scan_drop(struct endpoint_run *p)
{
    scan_free(p->scan);
    p->scan = NULL;
}

static void tell_one(struct run *r, struct endpoint_run *p)
{
    char line[sizeof p->why.text + sizeof p->why.place];
    r->wish->done(r->wish->who, (size_t)(p - r->all), p->result,
                  p->resolved == OK ? NULL : why_line(&p->why, line, sizeof line));
}

/* Those that are done and have nobody before them. */
static void tell(struct run *r)
{
    while (r->told < r->begun && r->all[r->told].finished) {
        struct endpoint_run *p = &r->all[r->told++];
        tell_one(r, p);
        if (p != r->last)
            result_drop(p);
    }
}

/* After a stop nobody waits for those that were before them. */
static void tell_rest(struct run *r)
{
    for (; r->told < r->begun; r->told++)
        if (r->all[r->told].finished)
            tell_one(r, &r->all[r->told]);
}

static void begin_more(struct run *r);

static void on_done(void *who, struct scan_result *out)
{
    struct endpoint_run *p = who;
    struct run *r = p->run;
    p->finished = true;
    if (out->local != OK && r->e == OK) {
        r->e = why_set(r->why, out->local, "cannot ask: %s", err_words(out->local));
        (void)why_place(r->why, r->e, "%s", p->goal->name);
    }
    r->busy--;
    if (r->last != NULL) {
        scan_drop(r->last);
        if (r->last < r->all + r->told)
            result_drop(r->last);
    }
    r->last = p;
    tell(r);
    if (!r->beginning) /* a scan may end within its beginning */
        begin_more(r);
}

static int64_t whole_ms(const struct scan_run *w, const struct scan_goal *g)
{
    int64_t attempts = g->depth == SCAN_ALL ? ATTEMPTS_OF_ALL : ATTEMPTS_OF_VERSIONS;
    return w->attempt_ms * attempts * (w->gentle ? GENTLE_FACTOR : 1);
}

static enum err begin_one(struct run *r, struct endpoint_run *p)
{
    const struct scan_run *w = r->wish;
    if ((p->result = calloc(1, sizeof *p->result)) == NULL)
        return why_set(r->why, E_MEMORY, "no memory for a scan");
    p->result->port = p->goal->port;
    (void)snprintf(p->result->dialect, sizeof p->result->dialect, "%s",
                   dialect_name(p->goal->dialect));
    if (p->resolved != OK) {
        p->finished = true;
        return OK;
    }
    p->options = (struct scan_options){.depth = p->goal->depth,
                                       .versions = p->goal->versions,
                                       .anchors = w->anchors,
                                       .attempt_ms = w->attempt_ms,
                                       .deadline_ms = clock_mono_ms() + whole_ms(w, p->goal)};
    r->busy++;
    const struct scan_job job = {.talks = r->talks,
                                 .target = &p->target,
                                 .sni = p->goal->name,
                                 .port = p->goal->port,
                                 .dialect = p->goal->dialect,
                                 .options = p->options,
                                 .out = p->result,
                                 .done = on_done,
                                 .who = p};
    return scan_begin(&job, &p->scan, r->why);
}

static void begin_more(struct run *r)
{
    r->beginning = true;
    while (r->e == OK && r->begun < r->wish->n && r->busy < r->wish->at_once) {
        struct endpoint_run *p = &r->all[r->begun++];
        enum err e = begin_one(r, p);
        r->e = r->e == OK ? e : r->e;
        tell(r);
    }
    r->beginning = false;
}

/* --- the whole --- */

static void run_fini(struct run *r)
{
    talks_free(r->talks);
    for (size_t i = 0; r->all != NULL && i < r->wish->n; i++) {
        scan_drop(&r->all[i]);
        result_drop(&r->all[i]);
    }
    free(r->all);
}

static enum err run_prepare(struct run *r)
{
    const struct engine_limits limits = {.per_host = r->wish->gentle ? 1 : 0,
                                         .gap_ms = r->wish->gentle ? SCAN_GENTLE_GAP_MS : 0};
    if ((r->all = calloc(r->wish->n, sizeof *r->all)) == NULL)
        return why_set(r->why, E_MEMORY, "no memory for %zu endpoints", r->wish->n);
    for (size_t i = 0; i < r->wish->n; i++) {
        r->all[i].goal = &r->wish->goals[i];
        r->all[i].run = r;
    }
    enum err e = resolve_all(r);
    return e != OK ? e : talks_new(&limits, &r->talks, r->why);
}

enum err scan_run(const struct scan_run *wish, struct why *why)
{
    struct run r = {.wish = wish, .why = why};
    enum err e = run_prepare(&r);
    if (e == OK && !is_stopped(&r)) {
        begin_more(&r);
        e = r.e != OK ? r.e : talks_run(r.talks, is_stopped, &r, why);
        e = r.e != OK ? r.e : e;
        if (e == OK)
            tell_rest(&r);
    }
    run_fini(&r);
    return e;
}
