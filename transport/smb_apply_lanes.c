/* A batch of changes over the lanes. An operation goes out when all that it may depend on is done:
 * keys before what is in them, one value's changes in their order; the rest goes together. One
 * call makes a key and all that is missing above it (MS-RRP 3.1.5.7), so where nothing is deleted
 * keys are made on the way to what is deepest in them. What is not answered plainly stops the
 * issuing, and the way alone goes on from there and says what is wrong. Keys are deleted there
 * too. */
#include "transport/rpc/win32.h"
#include "transport/smb_lanes.h"

#include <stdlib.h>

#define WINDOW 64 /* operations looked at ahead of the first that is not done */
#define NO_OP SIZE_MAX

enum op_state { OP_WAITS,
                OP_RUNS,
                OP_SETTLED,
                OP_ODD };

struct applying {
    struct smb_host *h;
    struct reg_op *ops;
    size_t n;
    struct reg_path *places; /* beside ops: the same key has one name, whatever the view */
    enum op_state *states;   /* beside ops */
    bool stopped;
    bool on_the_way; /* keys are made on the way to what is in them */
    size_t ready[WINDOW];
    size_t n_ready;
    size_t op_of[LANES_MAX];
    enum err flush_err;
    struct why flush_why;
};

static bool is_key_op(const struct reg_op *op)
{
    return op->kind == OP_CREATE_KEY || op->kind == OP_DELETE_KEY;
}

/* Hives can be windows into each other: their operations keep their order. */
static bool depends(const struct applying *a, size_t later, size_t earlier)
{
    const struct reg_path *x = &a->places[later], *y = &a->places[earlier];
    bool x_key = is_key_op(&a->ops[later]), y_key = is_key_op(&a->ops[earlier]);

    if (x->hive != y->hive)
        return true;
    if (path_equal(x, y))
        return x_key || y_key || reg_name_equal(a->ops[later].name, a->ops[earlier].name);
    return (x_key && path_is_under(y, x)) || (y_key && path_is_under(x, y));
}

/* Later makes the key of earlier when that is not there yet. */
static bool makes(const struct applying *a, size_t later, size_t earlier)
{
    const struct reg_path *x = &a->places[later], *y = &a->places[earlier];
    enum reg_op_kind kind = a->ops[later].kind;

    return a->on_the_way && a->ops[earlier].kind == OP_CREATE_KEY &&
           (kind == OP_CREATE_KEY || kind == OP_SET_VALUE) && x->hive == y->hive &&
           (path_is_under(x, y) || (kind == OP_SET_VALUE && path_equal(x, y)));
}

static bool is_ready(const struct applying *a, size_t first, size_t i)
{
    if (a->states[i] != OP_WAITS || a->ops[i].kind == OP_DELETE_KEY)
        return false;
    for (size_t k = first; k < i; k++)
        if (a->states[k] != OP_SETTLED && !makes(a, i, k) && depends(a, i, k))
            return false;
    for (size_t k = i + 1;
         a->ops[i].kind == OP_CREATE_KEY && k < a->n && k - first < WINDOW; k++)
        if (a->states[k] != OP_SETTLED && makes(a, k, i))
            return false;
    return true;
}

static void ready_find(void *self)
{
    struct applying *a = self;
    size_t first = 0;

    a->n_ready = 0;
    while (first < a->n && a->states[first] == OP_SETTLED)
        first++;
    for (size_t i = first; !a->stopped && i < a->n && i - first < WINDOW; i++)
        if (is_ready(a, first, i))
            a->ready[a->n_ready++] = i;
}

/* The operation whose key the lane has open, or the first. */
static void op_pick(struct applying *a, const struct smb_lane *lane, size_t i)
{
    size_t best = a->n_ready;

    for (size_t k = 0; k < a->n_ready; k++) {
        const struct reg_op *op = &a->ops[a->ready[k]];

        if (a->states[a->ready[k]] != OP_WAITS)
            continue;
        if (best == a->n_ready)
            best = k;
        if (!is_key_op(op) && lane_find(lane, op->path, true) < lane->n_keys) {
            best = k;
            break;
        }
    }
    if (best == a->n_ready)
        return;
    a->op_of[i] = a->ready[best];
    a->states[a->ready[best]] = OP_RUNS;
}

/* Made or opened for this batch, on whichever lane. */
static bool key_is_known(const struct smb_lanes *lanes, const struct reg_path *path)
{
    for (size_t i = 0; i < LANES_MAX; i++) {
        const struct smb_lane *lane = &lanes->lane[i];
        size_t at = lane_find(lane, path, false);

        if (at < lane->n_keys && !lane->keys[at].is_old)
            return true;
    }
    return false;
}

/* The topmost key that making this one makes, or this one. */
static const struct reg_op *top_of(const struct applying *a, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (a->states[i] != OP_SETTLED && makes(a, at, i))
            return &a->ops[i];
    return &a->ops[at];
}

static bool is_being_opened(const struct smb_lanes *lanes, const struct reg_path *path)
{
    for (size_t i = 0; i < LANES_MAX; i++)
        if (lanes->lane[i].asked && lanes->lane[i].call.kind == ASK_OPEN_KEY &&
            path_equal(lanes->lane[i].path, path))
            return true;
    return false;
}

/* Below a key that is there, a key is made from the hive: no lane needs another one's handle. */
static bool create_next(struct applying *a, struct smb_lane *lane, size_t i)
{
    const struct reg_op *op = &a->ops[i];
    struct reg_path parent = {0};
    size_t at = 0;
    bool asks = path_parent(top_of(a, i)->path, &parent) == OK && *parent.key != '\0' &&
                !key_is_known(a->h->lanes, &parent);

    if (asks && (a->stopped || is_being_opened(a->h->lanes, &parent))) {
        path_fini(&parent);
        return false; /* another lane sees whether it is there */
    }
    if (asks && (at = lane_find(lane, &parent, false)) < lane->n_keys)
        lane->keys[at].is_dead = true; /* it may have gone since */
    if (asks)
        asks = lane_ask_key(a->h, lane, &parent, false, &at);
    if (asks && lane->call.kind == ASK_OPEN_KEY) { /* the path must live until the answer */
        path_fini(&lane->asked_path);
        lane->asked_path = parent;
        parent = (struct reg_path){0};
        lane->path = &lane->asked_path;
        lane->call.name = lane->asked_path.key;
    }
    path_fini(&parent);
    if (asks || lane_ask_hive(lane, op->path))
        return true;
    lane->path = op->path;
    lane->call =
        (struct winreg_call){.kind = ASK_CREATE_KEY,
                             .handle = lane->hives[op->path->hive],
                             .name = op->path->key,
                             .option = op->volatile_key ? KEY_VOLATILE : KEY_NON_VOLATILE,
                             .access = KEY_READ_WRITE | smb_view_access(a->h, op->path)};
    return true;
}

static bool apply_next(void *self, struct smb_lane *lane, size_t i)
{
    struct applying *a = self;
    const struct reg_op *op;
    size_t at;

    if (a->op_of[i] == NO_OP)
        op_pick(a, lane, i);
    if (a->op_of[i] == NO_OP) /* with nothing to do yet, it makes itself ready */
        return !a->stopped && !lane->hive_is_open[a->ops[0].path->hive] &&
               lane_ask_hive(lane, a->ops[0].path);
    op = &a->ops[a->op_of[i]];
    if (op->kind == OP_CREATE_KEY || (top_of(a, a->op_of[i]) != op &&
                                      lane_find(lane, op->path, true) == lane->n_keys))
        return create_next(a, lane, a->op_of[i]);
    if (lane_ask_key(a->h, lane, op->path, true, &at))
        return true;
    lane->key = at;
    lane->call = (struct winreg_call){.kind = op->kind == OP_SET_VALUE ? ASK_SET_VALUE
                                                                       : ASK_DELETE_VALUE,
                                      .handle = *lane_handle(lane, op->path, at),
                                      .name = op->name,
                                      .value = op->kind == OP_SET_VALUE ? op->value : NULL};
    return true;
}

static void op_settle(struct applying *a, size_t i, bool done)
{
    size_t at = a->op_of[i];

    a->op_of[i] = NO_OP;
    a->ops[at].done = done;
    a->states[at] = done ? OP_SETTLED : OP_ODD;
    a->stopped = a->stopped || !done;
}

/* The keys on the way are there now: one was perhaps somebody else's, but it is there. */
static void way_settle(struct applying *a, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (a->states[i] == OP_WAITS && makes(a, at, i)) {
            a->states[i] = OP_SETTLED;
            a->ops[i].done = true;
        }
}

static void op_took(struct applying *a, struct smb_lane *lane, size_t i, enum err e)
{
    const struct reg_op *op = &a->ops[a->op_of[i]];
    bool created = lane->call.kind == ASK_CREATE_KEY;
    bool gone = !created && lane->key < lane->n_keys && lane->keys[lane->key].is_old &&
                lane->err == OK && lane->call.code == WIN32_KEY_DELETED;

    if (gone) { /* and perhaps made anew: it is opened and tried again */
        lane->keys[lane->key].is_dead = true;
        return;
    }
    if (e == OK && created && lane_keep(lane, op->path, true) == OK)
        lane->keys[lane->n_keys - 1].touched = !op->volatile_key;
    else if (e == OK && !created && lane->key < lane->n_keys)
        lane->keys[lane->key].touched = true;
    if (e == OK && created)
        way_settle(a, a->op_of[i]);
    if (e == OK && created && op->kind != OP_CREATE_KEY)
        return; /* and now what is to be in it */
    op_settle(a, i,
              e == OK || (op->kind == OP_DELETE_VALUE && e == E_ABSENT && lane->err == OK));
}

static void apply_took(void *self, struct smb_lane *lane, size_t i)
{
    struct applying *a = self;
    bool is_open = lane->call.kind == ASK_OPEN_KEY;
    enum err e = OK;

    if (!lane_took_key(lane, &e)) {
        op_took(a, lane, i, e);
        return;
    }
    if (lane->call.kind == ASK_FLUSH_KEY && e != OK && a->flush_err == OK) {
        a->flush_err = e;
        a->flush_why = lane->why;
    }
    if (a->op_of[i] == NO_OP || (e == OK && lane_is_open(lane)))
        return;
    op_settle(a, i,
              is_open && e == E_ABSENT && lane->err == OK &&
                  a->ops[a->op_of[i]].kind == OP_DELETE_VALUE);
}

/* Keys that are to be deleted must not be held open. */
static void dead_mark(const struct applying *a)
{
    for (size_t d = 0; d < a->n; d++)
        for (size_t i = 0; i < LANES_MAX && a->ops[d].kind == OP_DELETE_KEY; i++) {
            struct smb_lane *lane = &a->h->lanes->lane[i];

            for (size_t k = 0; k < lane->n_keys && !a->ops[d].done; k++)
                lane->keys[k].is_dead |= path_equal(a->ops[d].path, &lane->keys[k].path);
        }
}

/* One flush of a key is enough, whatever handle it goes through. */
static bool is_flushed_elsewhere(const struct applying *a, size_t lane, const struct reg_path *path)
{
    for (size_t i = 0; i < lane; i++) {
        const struct smb_lane *other = &a->h->lanes->lane[i];

        for (size_t k = 0; lane_is_open(other) && k < other->n_keys; k++)
            if (other->keys[k].touched && path_equal(&other->keys[k].path, path))
                return true;
    }
    return false;
}

static bool flush_next(void *self, struct smb_lane *lane, size_t i)
{
    const struct applying *a = self;

    for (size_t k = 0; k < lane->n_keys; k++) {
        struct lane_key *key = &lane->keys[k];

        if ((!key->touched && !key->is_dead) ||
            (key->touched && is_flushed_elsewhere(a, i, &key->path)))
            continue;
        lane->key = k;
        lane->call = (struct winreg_call){.kind = key->touched ? ASK_FLUSH_KEY : ASK_CLOSE_KEY,
                                          .handle = key->handle};
        return true;
    }
    return false;
}

static void flushed_note(struct applying *a, const struct reg_path *path)
{
    for (size_t i = 0; i < LANES_MAX; i++) {
        struct smb_lane *lane = &a->h->lanes->lane[i];

        for (size_t k = 0; k < lane->n_keys; k++)
            if (lane->keys[k].touched && path_equal(&lane->keys[k].path, path))
                lane->keys[k].touched = false;
    }
}

static void flush_took(void *self, struct smb_lane *lane, size_t i)
{
    struct applying *a = self;
    const struct reg_path *path = &lane->keys[lane->key].path;
    bool flushed = lane->call.kind == ASK_FLUSH_KEY;
    enum err e = lane->err != OK ? lane->err : OK;

    (void)i;
    if (flushed && e == OK)
        e = win32_fail(&lane->why, lane->call.code);
    if (flushed && e != OK && lane_is_open(lane) && a->flush_err == OK) {
        a->flush_err = place_key(&lane->why, e, "flush", path, NULL);
        a->flush_why = lane->why;
    }
    if (flushed && e == OK)
        flushed_note(a, path);
    if (lane_is_open(lane) || !flushed)
        (void)lane_took_key(lane, &e);
}

static enum err applying_init(struct applying *a, struct why *why)
{
    enum err e = OK;

    for (size_t i = 0; i < LANES_MAX; i++)
        a->op_of[i] = NO_OP;
    a->places = calloc(a->n, sizeof *a->places);
    a->states = calloc(a->n, sizeof *a->states);
    if (a->places == NULL || a->states == NULL)
        return why_set(why, E_MEMORY, "out of memory");
    for (size_t i = 0; e == OK && i < a->n; i++) {
        e = path_to_64bit_form(a->ops[i].path, &a->places[i]);
        if (e == OK && a->ops[i].kind == OP_CREATE_KEY && *a->ops[i].path->key == '\0') {
            a->ops[i].done = true;
            a->states[i] = OP_SETTLED;
        }
        a->on_the_way &= a->ops[i].kind != OP_DELETE_KEY && !a->ops[i].volatile_key;
    }
    return e == OK ? OK : why_set(why, e, "%s", err_words(e));
}

static void applying_fini(struct applying *a)
{
    for (size_t i = 0; a->places != NULL && i < a->n; i++)
        path_fini(&a->places[i]);
    free(a->places);
    free(a->states);
}

/* The connection was lost: what was under way may or may not have been done. */
static void lost(struct applying *a, enum err e, const struct why *why)
{
    for (size_t i = 0; i < LANES_MAX; i++) {
        if (a->op_of[i] == NO_OP)
            continue;
        a->ops[a->op_of[i]].err = e;
        a->ops[a->op_of[i]].why = *why;
    }
}

/* A pipe that broke cannot flush any more what was done through it. */
static enum err flush_verdict(const struct applying *a, struct why *why)
{
    if (a->flush_err != OK) {
        *why = a->flush_why;
        return a->flush_err;
    }
    for (size_t i = 0; i < LANES_MAX; i++)
        for (size_t k = 0; k < a->h->lanes->lane[i].n_keys; k++)
            if (a->h->lanes->lane[i].keys[k].touched)
                return why_set(why, E_CUT, "a pipe was lost before what was written was flushed");
    return OK;
}

enum err smb_apply_together(struct smb_host *h, struct reg_op *ops, size_t n, struct why *why)
{
    struct applying a = {.h = h, .ops = ops, .n = n, .on_the_way = true};
    const struct lanes_work work = {
        .begin = ready_find, .next = apply_next, .took = apply_took, .self = &a};
    const struct lanes_work flush = {.next = flush_next, .took = flush_took, .self = &a};
    struct smb_lanes *lanes = NULL;
    enum err e = lanes_ready(h, n, &lanes, why);

    if (e != OK || lanes == NULL)
        return e;
    if ((e = applying_init(&a, why)) != OK)
        goto out;
    if ((e = lanes_run(h, &work, why)) != OK) {
        lost(&a, e, why);
        goto out;
    }
    dead_mark(&a);
    if ((e = lanes_run(h, &flush, why)) == OK)
        e = flush_verdict(&a, why);
out:
    applying_fini(&a);
    return why_place(why, e, "\\pipe\\winreg apply");
}
