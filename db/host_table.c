#include "db/host_table.h"

#include "db/query.h"

#include <stdlib.h>
#include <string.h>

#define SQL_ADD_HOST "INSERT INTO host (id, name, place) VALUES (?, ?, ?)"
#define SQL_ADD_GROUP "INSERT INTO host_group (host, name, place) VALUES (?, ?, ?)"
#define SQL_ADD_VAR "INSERT INTO host_var (host, name, value, typed) VALUES (?, ?, ?, ?)"
#define SQL_COUNT "SELECT count(*) FROM host"
#define SQL_HOSTS                                                         \
    "SELECT id, name, (SELECT count(*) FROM host_group WHERE host = id)," \
    " (SELECT count(*) FROM host_var WHERE host = id), place FROM host ORDER BY id"
#define SQL_GROUPS "SELECT name, place FROM host_group WHERE host = ? ORDER BY name"
#define SQL_VARS "SELECT name, value, typed FROM host_var WHERE host = ? ORDER BY name"

/* The three statements of one direction, prepared once for all hosts. */
struct host_queries {
    struct query *host, *group, *var;
    struct why *why;
};

static void queries_fini(struct host_queries *q)
{
    query_free(q->host);
    query_free(q->group);
    query_free(q->var);
}

static int64_t place_of(const struct host *h, size_t group, int64_t id)
{
    return h->places == NULL ? id : (int64_t)h->places[group];
}

static enum err host_add(struct host_queries *q, int64_t id, const struct host *h)
{
    enum err e;

    if ((e = query_bind_i64(q->host, 1, id)) != OK ||
        (e = query_bind_text(q->host, 2, h->name)) != OK ||
        (e = query_bind_i64(q->host, 3, (int64_t)h->place)) != OK ||
        (e = query_run(q->host)) != OK)
        return e;
    for (size_t i = 0; i < h->n_groups; i++)
        if ((e = query_bind_i64(q->group, 1, id)) != OK ||
            (e = query_bind_text(q->group, 2, h->groups[i])) != OK ||
            (e = query_bind_i64(q->group, 3, place_of(h, i, id))) != OK ||
            (e = query_run(q->group)) != OK)
            return e;
    for (size_t i = 0; i < h->n_vars; i++)
        if ((e = query_bind_i64(q->var, 1, id)) != OK ||
            (e = query_bind_text(q->var, 2, h->vars[i].name)) != OK ||
            (e = query_bind_text(q->var, 3, h->vars[i].value)) != OK ||
            (e = query_bind_i64(q->var, 4, h->vars[i].typed)) != OK ||
            (e = query_run(q->var)) != OK)
            return e;
    return OK;
}

static enum err hosts_add(struct store *st, const struct inventory *inv, struct why *why)
{
    struct host_queries q = {.why = why};
    enum err e;

    if ((e = query_open(st, SQL_ADD_HOST, &q.host, why)) != OK ||
        (e = query_open(st, SQL_ADD_GROUP, &q.group, why)) != OK ||
        (e = query_open(st, SQL_ADD_VAR, &q.var, why)) != OK)
        goto out;
    for (size_t i = 0; i < inv->n_hosts; i++)
        if ((e = host_add(&q, (int64_t)i + 1, &inv->hosts[i])) != OK)
            goto out;
out:
    queries_fini(&q);
    return e;
}

static bool same_groups(const struct host *a, const struct host *b)
{
    if (a->n_groups != b->n_groups)
        return false;
    for (size_t i = 0; i < a->n_groups; i++)
        if (strcmp(a->groups[i], b->groups[i]) != 0)
            return false;
    return true;
}

static bool same_vars(const struct host *a, const struct host *b)
{
    if (a->n_vars != b->n_vars)
        return false;
    for (size_t i = 0; i < a->n_vars; i++)
        if (strcmp(a->vars[i].name, b->vars[i].name) != 0 ||
            strcmp(a->vars[i].value, b->vars[i].value) != 0 || a->vars[i].typed != b->vars[i].typed)
            return false;
    return true;
}

static int by_name(const void *a, const void *b)
{
    const struct host *const *x = a;
    const struct host *const *y = b;

    return strcmp((*x)->name, (*y)->name);
}

/* The hosts of inv by name; never of size 0, so that NULL means out of memory. */
static const struct host **hosts_sorted(const struct inventory *inv)
{
    const struct host **sorted = calloc(inv->n_hosts + 1, sizeof *sorted);

    if (sorted == NULL)
        return NULL;
    for (size_t i = 0; i < inv->n_hosts; i++)
        sorted[i] = &inv->hosts[i];
    qsort(sorted, inv->n_hosts, sizeof *sorted, by_name);
    return sorted;
}

static enum err delta_make(const struct inventory *old, const struct inventory *new,
                           struct host_table_delta *out)
{
    const struct host **before = hosts_sorted(old), **after = hosts_sorted(new);
    size_t i = 0, k = 0;
    enum err e = before == NULL || after == NULL ? E_MEMORY : OK;

    if (e != OK)
        goto out;
    *out = (struct host_table_delta){0};
    while (i < old->n_hosts || k < new->n_hosts) {
        int order = i == old->n_hosts ? 1 : -1;

        if (i < old->n_hosts && k < new->n_hosts)
            order = by_name(&before[i], &after[k]);
        if (order < 0)
            out->removed++;
        else if (order > 0)
            out->added++;
        else if (same_groups(before[i], after[k]) && same_vars(before[i], after[k]))
            out->same++;
        else
            out->changed++;
        i += order <= 0;
        k += order >= 0;
    }
out:
    free(before);
    free(after);
    return e;
}

enum err host_table_replace(struct store *st, const struct inventory *inv,
                            struct host_table_delta *out, struct why *why)
{
    struct host_table_delta delta = {0};
    struct inventory *old = NULL;
    enum err e;

    if ((e = store_begin(st, why)) != OK)
        return e;
    if ((e = host_table_load(st, &old, why)) != OK)
        goto out;
    if ((e = delta_make(old, inv, &delta)) != OK) {
        e = why_set(why, e, "out of memory");
        goto out;
    }
    if ((e = store_exec(st, "DELETE FROM host", why)) != OK || /* groups and variables go with it */
        (e = hosts_add(st, inv, why)) != OK || (e = store_commit(st, why)) != OK)
        goto out;
    if (out != NULL)
        *out = delta;
out:
    store_rollback(st);
    inventory_free(old);
    return e;
}

static enum err out_of_memory(const struct host_queries *q)
{
    return why_set(q->why, E_MEMORY, "out of memory");
}

/* Counted and read within one snapshot: if the numbers differ, an index is damaged. */
static enum err miscounted(const struct host_queries *q)
{
    return why_set(q->why, E_CORRUPT, "the inventory in the database is damaged: import it again");
}

static enum err copy_text(const struct host_queries *q, struct query *row, int column, char **out)
{
    *out = str_dup(query_text(row, column));
    return *out == NULL ? out_of_memory(q) : OK;
}

static enum err groups_load(struct host_queries *q, int64_t id, size_t n, struct host *h)
{
    bool row = false;
    enum err e;

    h->groups = calloc(n + 1, sizeof *h->groups);
    h->places = calloc(n + 1, sizeof *h->places);
    if (h->groups == NULL || h->places == NULL)
        return out_of_memory(q);
    if ((e = query_bind_i64(q->group, 1, id)) != OK || (e = query_step(q->group, &row)) != OK)
        return e;
    while (row && h->n_groups < n) {
        h->places[h->n_groups] = (size_t)query_i64(q->group, 1);
        if ((e = copy_text(q, q->group, 0, &h->groups[h->n_groups++])) != OK ||
            (e = query_step(q->group, &row)) != OK)
            return e;
    }
    return row || h->n_groups != n ? miscounted(q) : OK;
}

static enum err vars_load(struct host_queries *q, int64_t id, size_t n, struct host *h)
{
    bool row = false;
    enum err e;

    h->vars = calloc(n + 1, sizeof *h->vars);
    if (h->vars == NULL)
        return out_of_memory(q);
    if ((e = query_bind_i64(q->var, 1, id)) != OK || (e = query_step(q->var, &row)) != OK)
        return e;
    while (row && h->n_vars < n) {
        struct host_var *v = &h->vars[h->n_vars++];

        v->typed = query_i64(q->var, 2) != 0;
        if ((e = copy_text(q, q->var, 0, &v->name)) != OK ||
            (e = copy_text(q, q->var, 1, &v->value)) != OK || (e = query_step(q->var, &row)) != OK)
            return e;
    }
    return row || h->n_vars != n ? miscounted(q) : OK;
}

static enum err host_load(struct host_queries *q, struct host *h)
{
    int64_t id = query_i64(q->host, 0);
    int64_t n_groups = query_i64(q->host, 2), n_vars = query_i64(q->host, 3);
    enum err e;

    h->place = (size_t)query_i64(q->host, 4);
    if ((e = copy_text(q, q->host, 1, &h->name)) != OK ||
        (e = groups_load(q, id, (size_t)n_groups, h)) != OK)
        return e;
    return vars_load(q, id, (size_t)n_vars, h);
}

static enum err hosts_load(struct host_queries *q, size_t n, struct inventory *inv)
{
    bool row = false;
    enum err e;

    inv->hosts = calloc(n + 1, sizeof *inv->hosts);
    if (inv->hosts == NULL)
        return out_of_memory(q);
    if ((e = query_step(q->host, &row)) != OK)
        return e;
    while (row && inv->n_hosts < n)
        if ((e = host_load(q, &inv->hosts[inv->n_hosts++])) != OK ||
            (e = query_step(q->host, &row)) != OK)
            return e;
    return row || inv->n_hosts != n ? miscounted(q) : OK;
}

enum err host_table_load(struct store *st, struct inventory **out, struct why *why)
{
    struct inventory *inv = calloc(1, sizeof *inv);
    struct host_queries q = {.why = why};
    int64_t n = 0;
    bool own = false;
    enum err e;

    *out = NULL;
    if (inv == NULL)
        return out_of_memory(&q);
    if ((e = store_snapshot_begin(st, &own, why)) != OK ||
        (e = store_ask_i64(st, SQL_COUNT, &n, why)) != OK ||
        (e = query_open(st, SQL_HOSTS, &q.host, why)) != OK ||
        (e = query_open(st, SQL_GROUPS, &q.group, why)) != OK ||
        (e = query_open(st, SQL_VARS, &q.var, why)) != OK ||
        (e = hosts_load(&q, (size_t)n, inv)) != OK)
        goto out;
    *out = inv;
    inv = NULL; /* moved to the caller */
out:
    queries_fini(&q);
    store_snapshot_end(st, own);
    inventory_free(inv);
    return e;
}
