/* The steps that read and write the values: snapshot, apply. */
#include "controller/detail.h"
#include "controller/step_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the key of the change before holds: deletions of one key come one after another. */
struct listing {
    const struct reg_path *path;
    struct reg_list list;
};

/* The name under which the host has a value that is to be deleted, where its letters are otherwise
 * than those of the plan; else NULL. Reading by name does not tell them, and once it is deleted
 * nobody can. A key that may not be listed is no hindrance. */
static enum err name_found(struct step_run *run, const struct change *c,
                           const struct reg_value *found, struct listing *l, const char **out)
{
    const struct transport_kind *kind = run->job->world->transport;
    enum err e;
    *out = NULL;
    if (!c->name || !c->after.absent || found->absent)
        return OK;
    if (!l->path || !path_equal(l->path, &c->path)) {
        list_fini(&l->list);
        *l = (struct listing){0};
        e = kind->list(run->transport, &c->path, run->deadline_ms, &l->list, &run->why);
        if (e == E_DENIED || e == E_LIMIT || e == E_ABSENT)
            return OK;
        if (e != OK)
            return e;
        l->path = &c->path;
    }
    for (size_t i = 0; i < l->list.n_values && !*out; i++)
        if (reg_name_equal(l->list.values[i].name, c->name) &&
            strcmp(l->list.values[i].name, c->name) != 0)
            *out = l->list.values[i].name;
    return OK;
}

static json_t *snapshot_item(const struct change *c, const struct reg_value *found,
                             const char *name_there)
{
    json_t *o = detail_change(c);
    bool ok = o && (!name_there || detail_put(o, "name_found", json_string(name_there))) &&
              detail_put(o, "before", detail_code(found)) &&
              detail_put(o, "goal", detail_code(&c->after)) &&
              detail_put(o, "effect", json_string(c->effect == EFFECT_NONE ? "none" : "restart")) &&
              (!c->why || detail_put(o, "why", json_string(c->why)));
    if (ok)
        return o;
    json_decref(o);
    return NULL;
}

static json_t *moved_text(const struct change *c, const struct reg_value *found)
{
    struct text t = {0};
    change_put_name(&t, c);
    text_put(&t, " is ");
    value_put_text(&t, found);
    text_put(&t, ", the plan was made for ");
    value_put_text(&t, &c->before);
    json_t *j = detail_text(&t);
    text_fini(&t);
    return j;
}

/* Which standings the plan allows: work of our own that is there already is fine where there may be
 * some. */
static bool is_moved(const struct step_run *run, const struct change *c, enum standing s)
{
    if (run->job->rollback)
        return false; /* what somebody else changed is left alone, value by value */
    if (run->action->tolerant)
        return s == STANDS_FOREIGN;
    return s != STANDS_AS_BEFORE && !change_is_noop(c);
}

enum err step_snapshot(struct step_run *run)
{
    const struct plan_host *plan = run->job->plan;
    struct event *ev = &run->result->ev;
    struct reg_read *found = NULL;
    struct listing names = {0};
    json_t *items = json_array(), *moved = json_array();
    enum err e = step_read_changes(run, &found);
    bool ok = items && moved;
    ev->needs_restart = plan->owes_restart;
    for (size_t i = 0; e == OK && ok && i < plan->n_changes; i++) {
        const struct change *c = &plan->changes[i];
        enum standing s = change_standing(c, &found[i].value);
        const char *name;
        if ((e = name_found(run, c, &found[i].value, &names, &name)) != OK)
            break;
        ok = json_array_append_new(items, snapshot_item(c, &found[i].value, name)) == 0;
        if (is_moved(run, c, s) ||
            (change_is_noop(c) && s == STANDS_FOREIGN && !run->job->rollback))
            ok = ok && json_array_append_new(moved, moved_text(c, &found[i].value)) == 0;
        else if (s == STANDS_AS_BEFORE) {
            ev->to_change++;
            ev->needs_restart |= c->effect == EFFECT_RESTART;
        }
    }
    if (e == OK &&
        (!ok || !detail_put(run->detail, "items", json_incref(items)) ||
         (json_array_size(moved) && !detail_put(run->detail, "moved", json_incref(moved)))))
        e = why_set(&run->why, E_MEMORY, "no memory for a before-image");
    if (e == OK && json_array_size(moved))
        e = why_set(&run->why, E_MOVED,
                    "not touched, its state moved since the plan was made: %s%s",
                    json_string_value(json_array_get(moved, 0)),
                    json_array_size(moved) > 1 ? " (and more)" : "");
    read_fini(found, found ? plan->n_changes : 0);
    free(found);
    list_fini(&names.list);
    json_decref(items);
    json_decref(moved);
    return e;
}

static struct reg_op op_of(const struct change *c)
{
    struct reg_op op = {.path = &c->path, .name = c->name, .value = &c->after};
    if (c->name)
        op.kind = c->after.absent ? OP_DELETE_VALUE : OP_SET_VALUE;
    else
        op.kind = c->after.absent ? OP_DELETE_KEY : OP_CREATE_KEY;
    return op;
}

struct writing {
    struct reg_op *ops;
    size_t *change_of; /* beside ops: index of the change */
    const char **did;  /* beside the changes */
    size_t n;
};

static void writing_fini(struct writing *w)
{
    free(w->ops);
    free(w->change_of);
    free(w->did);
}

/* What is still to be done, judged by what is there now and not by what was there a step ago. */
static enum err writing_make(struct step_run *run, const struct reg_read *found, struct writing *w)
{
    const struct plan_host *plan = run->job->plan;
    w->ops = calloc(plan->n_changes + 1, sizeof *w->ops);
    w->change_of = calloc(plan->n_changes + 1, sizeof *w->change_of);
    w->did = calloc(plan->n_changes + 1, sizeof *w->did);
    if (!w->ops || !w->change_of || !w->did)
        return why_set(&run->why, E_MEMORY, "no memory for %zu changes", plan->n_changes);
    for (size_t i = 0; i < plan->n_changes; i++) {
        const struct change *c = &plan->changes[i];
        enum standing s = change_standing(c, &found[i].value);
        w->did[i] = "kept";
        if (s == STANDS_FOREIGN && !run->job->rollback) {
            struct text t = {0};
            change_put_name(&t, c);
            why_set(&run->why, E_MOVED,
                    "%s was changed by somebody else a moment ago; nothing more is written",
                    text_str(&t));
            text_fini(&t);
            return E_MOVED;
        }
        if (s == STANDS_FOREIGN) {
            w->did[i] = "left";
            run->result->ev.foreign++;
        } else if (s == STANDS_AS_BEFORE) {
            w->did[i] = "nothing"; /* until it is done */
            w->change_of[w->n] = i;
            w->ops[w->n++] = op_of(c);
        }
    }
    return OK;
}

static const char *const did_names[] = {
    [OP_CREATE_KEY] = "created",
    [OP_SET_VALUE] = "set",
    [OP_DELETE_VALUE] = "deleted",
    [OP_DELETE_KEY] = "deleted",
};

/* A key that a rollout made and somebody else uses by now stays: that is no failure. */
static bool is_key_in_use(const struct step_run *run, const struct reg_op *op)
{
    return run->job->rollback && op->kind == OP_DELETE_KEY && op->err == E_REFUSED;
}

/* Notes what was done and keeps the rest. True: one of the rest failed, it is at *failed. */
static bool writing_take(struct step_run *run, struct writing *w, size_t *failed)
{
    size_t left = 0;
    bool any = false;
    for (size_t i = 0; i < w->n; i++) {
        if (w->ops[i].done) {
            w->did[w->change_of[i]] = did_names[w->ops[i].kind];
            run->result->ev.written++;
            continue;
        }
        if (!any && w->ops[i].err != OK) {
            any = true;
            *failed = left;
        }
        w->ops[left] = w->ops[i];
        w->change_of[left++] = w->change_of[i];
    }
    w->n = left;
    return any;
}

static void writing_drop(struct writing *w, size_t at)
{
    w->n--;
    memmove(w->ops + at, w->ops + at + 1, (w->n - at) * sizeof *w->ops);
    memmove(w->change_of + at, w->change_of + at + 1, (w->n - at) * sizeof *w->change_of);
}

static enum err writing_do(struct step_run *run, struct writing *w)
{
    const struct transport_kind *kind = run->job->world->transport;
    enum err e = OK;
    while (e == OK && w->n > 0) {
        size_t failed = 0, before = w->n;
        run->is_dirty = true;
        e = kind->apply(run->transport, w->ops, w->n, run->deadline_ms, &run->why);
        if (!writing_take(run, w, &failed)) {
            if (e == OK && w->n == before)
                e = why_set(&run->why, E_INTERNAL, "nothing was written, and nothing failed");
            continue;
        }
        if (is_key_in_use(run, &w->ops[failed])) {
            w->did[w->change_of[failed]] = "in use";
            writing_drop(w, failed);
            e = OK;
        } else {
            e = w->ops[failed].err;
            run->why = w->ops[failed].why;
        }
    }
    return e;
}

static bool apply_detail(struct step_run *run, const struct writing *w)
{
    const struct plan_host *plan = run->job->plan;
    json_t *items = json_array();
    bool ok = items != NULL;
    for (size_t i = 0; ok && w->did && i < plan->n_changes; i++) {
        json_t *o = detail_change(&plan->changes[i]);
        ok = o && detail_put(o, "did", json_string(w->did[i] ? w->did[i] : "kept"));
        ok = json_array_append(items, o) == 0 && ok;
        json_decref(o);
    }
    ok = ok && detail_put(run->detail, "items", json_incref(items));
    json_decref(items);
    return ok;
}

/* Written is what can be read back. */
static enum err read_back(struct step_run *run, const struct writing *w)
{
    const struct plan_host *plan = run->job->plan;
    struct reg_read *found = NULL;
    enum err e = step_read_changes(run, &found);
    for (size_t i = 0; e == OK && i < plan->n_changes; i++) {
        const struct change *c = &plan->changes[i];
        if (strcmp(w->did[i], "left") == 0 || strcmp(w->did[i], "in use") == 0 ||
            change_standing(c, &found[i].value) == STANDS_AS_AFTER)
            continue;
        struct text t = {0};
        change_put_name(&t, c);
        text_put(&t, " was written, but reads back as ");
        value_put_text(&t, &found[i].value);
        e = why_set(&run->why, E_PROTOCOL, "%s", text_str(&t));
        text_fini(&t);
    }
    read_fini(found, found ? plan->n_changes : 0);
    free(found);
    return e;
}

enum err step_apply(struct step_run *run)
{
    const size_t n = run->job->plan->n_changes;
    struct reg_read *found = NULL;
    struct writing w = {0};
    enum err e = step_read_changes(run, &found);
    if (e == OK)
        e = writing_make(run, found, &w);
    if (e == OK)
        e = writing_do(run, &w);
    if (e == OK)
        e = read_back(run, &w);
    if (!apply_detail(run, &w) && e == OK)
        e = why_set(&run->why, E_MEMORY, "no memory for the record of what was written");
    read_fini(found, found ? n : 0);
    free(found);
    writing_fini(&w);
    return e;
}
