/* Changes in levels: an operation is one level above those before it that it depends on; those of
 * one level go out together. StdRegProv cannot flush a key: the host writes its registry to disk by
 * itself within seconds, and in any case when it shuts down. */
#include "transport/winrm_host.h"

#include <stdlib.h>
#include <string.h>

static bool is_key_op(const struct reg_op *op)
{
    return op->kind == OP_CREATE_KEY || op->kind == OP_DELETE_KEY;
}

static bool depends(const struct reg_op *later, const struct reg_op *earlier)
{
    if (path_equal(later->path, earlier->path))
        return is_key_op(later) || is_key_op(earlier) ||
               reg_name_equal(later->name, earlier->name);
    return (is_key_op(later) || is_key_op(earlier)) && (path_is_under(later->path, earlier->path) ||
                                                        path_is_under(earlier->path, later->path));
}

static size_t levels_find(const struct reg_op *ops, size_t n, size_t *level)
{
    size_t most = 0;

    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < i; k++)
            if (level[k] >= level[i] && depends(&ops[i], &ops[k]))
                level[i] = level[k] + 1;
        if (level[i] > most)
            most = level[i];
    }
    return most + 1;
}

static const char *doing(const struct reg_op *op)
{
    switch (op->kind) {
    case OP_CREATE_KEY: return "create";
    case OP_SET_VALUE: return "set";
    case OP_DELETE_VALUE:
    case OP_DELETE_KEY: return "delete";
    }
    abort();
}

static enum err op_fail(struct reg_op *op, enum err e)
{
    const char *name = is_key_op(op) ? NULL : op->name;

    op->err = e;
    op->done = false;
    return winrm_place(&op->why, e, doing(op), op->path, name);
}

static enum err op_ask(struct reg_op *op, struct call *c)
{
    switch (op->kind) {
    case OP_CREATE_KEY:
        if (op->volatile_key)
            return why_set(&op->why, E_UNSUPPORTED, "WinRM makes no volatile keys");
        return regprov_ask(REGPROV_CREATE_KEY, op->path, NULL, c, &op->why);
    case OP_SET_VALUE: return regprov_set(op->path, op->name, op->value, c, &op->why);
    case OP_DELETE_VALUE:
        return regprov_ask(REGPROV_DELETE_VALUE, op->path, op->name, c, &op->why);
    case OP_DELETE_KEY:
        if (*op->path->key == '\0')
            return why_set(&op->why, E_REFUSED, "a whole hive is not deleted");
        return regprov_ask(REGPROV_DELETE_KEY, op->path, NULL, c, &op->why);
    }
    abort();
}

static void op_take(struct reg_op *op, const struct call *c)
{
    enum err e = regprov_done(c, &op->why);

    if (e == E_ABSENT && (op->kind == OP_DELETE_VALUE || op->kind == OP_DELETE_KEY))
        e = OK; /* it is gone */
    if (e != OK) {
        (void)op_fail(op, e);
        return;
    }
    op->done = true;
    op->why = (struct why){0};
}

/* Is the key that is to go empty? StdRegProv itself would take its values along. */
static enum err key_check(struct winrm_host *h, struct reg_op *op, int64_t deadline_ms,
                          struct why *why)
{
    struct call calls[2] = {{0}, {0}};
    struct regprov_names subkeys = {0}, values = {0};
    enum err e;

    if ((e = regprov_ask(REGPROV_ENUM_KEY, op->path, NULL, &calls[0], why)) == OK &&
        (e = regprov_ask(REGPROV_ENUM_VALUES, op->path, NULL, &calls[1], why)) == OK &&
        (e = wsman_run(h->wsman, calls, COUNT(calls), deadline_ms, why)) == OK &&
        (e = regprov_names(&calls[0], false, &subkeys, why)) == OK &&
        (e = regprov_names(&calls[1], true, &values, why)) == OK &&
        (subkeys.n > 0 || values.n > 0))
        e = why_set(why, E_REFUSED, "the key is not empty: it has %zu subkeys and %zu values",
                    subkeys.n, values.n);
    for (size_t i = 0; i < COUNT(calls); i++)
        call_fini(&calls[i]);
    regprov_names_fini(&subkeys);
    regprov_names_fini(&values);
    return e;
}

struct level {
    struct reg_op **ops;
    struct call *calls;
    size_t n;
};

/* A default value that is not listed shows here too. */
static enum err key_default_check(struct winrm_host *h, struct reg_op *op, int64_t deadline_ms,
                                  struct why *why)
{
    struct reg_read item = {.path = op->path, .name = ""};
    enum err e = winrm_read_items(&h->base, &item, 1, deadline_ms, why);

    if (e == OK && (e = item.err) != OK && why != NULL)
        *why = item.why;
    if (e == OK && !item.value.absent)
        e = why_set(why, E_REFUSED, "the key is not empty: it has a default value");
    read_fini(&item, 1);
    return e;
}

static bool key_may_go(struct winrm_host *h, struct reg_op *op, int64_t deadline_ms)
{
    enum err e = key_check(h, op, deadline_ms, &op->why);

    if (e == OK)
        e = key_default_check(h, op, deadline_ms, &op->why);
    if (e == E_ABSENT) {
        op->done = true; /* it is gone already */
        op->why = (struct why){0};
    } else if (e != OK) {
        (void)op_fail(op, e);
    }
    return e == OK;
}

/* False: it is settled without a call. */
static bool op_prepare(struct winrm_host *h, struct reg_op *op, struct call *c,
                       int64_t deadline_ms)
{
    enum err e;

    if (op->kind == OP_CREATE_KEY && *op->path->key == '\0') {
        op->done = true; /* a hive is always there */
        return false;
    }
    if (op->kind == OP_DELETE_KEY && *op->path->key != '\0' && !key_may_go(h, op, deadline_ms))
        return false;
    if ((e = op_ask(op, c)) == OK)
        return true;
    (void)op_fail(op, e);
    return false;
}

static enum err level_run(struct winrm_host *h, struct level *l, int64_t deadline_ms,
                          struct why *why)
{
    enum err e = wsman_run(h->wsman, l->calls, l->n, deadline_ms, why);

    /* Also of those that were settled before the connection broke it is told. */
    for (size_t i = 0; i < l->n; i++)
        if (e == OK || l->calls[i].answer != NULL || l->calls[i].is_sent)
            op_take(l->ops[i], &l->calls[i]);
    return e;
}

static enum err apply_level(struct winrm_host *h, struct reg_op *ops, size_t n,
                            const size_t *levels, size_t level, struct level *l,
                            int64_t deadline_ms, struct why *why)
{
    enum err e = OK;
    bool failed = false;

    l->n = 0;
    for (size_t i = 0; i < n && !failed; i++) {
        if (levels[i] != level)
            continue;
        if (op_prepare(h, &ops[i], &l->calls[l->n], deadline_ms))
            l->ops[l->n++] = &ops[i];
        failed = ops[i].err != OK;
        if (failed && !wsman_item_error(ops[i].err)) {
            e = ops[i].err;
            if (why != NULL)
                *why = ops[i].why;
        }
    }
    if (e == OK && !failed)
        e = level_run(h, l, deadline_ms, why);
    for (size_t i = 0; i < l->n; i++)
        call_fini(&l->calls[i]);
    return e;
}

static bool any_failed(const struct reg_op *ops, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (ops[i].err != OK)
            return true;
    return false;
}

enum err winrm_apply_ops(struct transport *t, struct reg_op *ops, size_t n, int64_t deadline_ms,
                         struct why *why)
{
    struct winrm_host *h = (struct winrm_host *)t;
    size_t room = n == 0 ? 1 : n, n_levels = 0;
    size_t *levels = calloc(room, sizeof *levels);
    struct level l = {.ops = calloc(room, sizeof *l.ops), .calls = calloc(room, sizeof *l.calls)};
    enum err e = OK;

    for (size_t i = 0; i < n; i++) {
        ops[i].done = false;
        ops[i].err = OK;
        ops[i].why = (struct why){0};
    }
    if (levels == NULL || l.ops == NULL || l.calls == NULL)
        e = why_set(why, E_MEMORY, "out of memory");
    else
        n_levels = levels_find(ops, n, levels);
    for (size_t i = 0; i < n_levels && e == OK && !any_failed(ops, n); i++)
        e = apply_level(h, ops, n, levels, i, &l, deadline_ms, why);
    free(levels);
    free(l.ops);
    free(l.calls);
    return e;
}
