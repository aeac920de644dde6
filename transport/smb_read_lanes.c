/* A batch of reads over the lanes. What is answered plainly is settled here; whatever is odd (a
 * refusal, a value that is larger than the room, a 32-bit host, a handle whose key has gone) is
 * left for the way alone, which knows what to make of it. */
#include "transport/rpc/win32.h"
#include "transport/smb_lanes.h"

#include <stdlib.h>

struct reading {
    struct smb_host *h;
    struct reg_read *const *items; /* sorted by path */
    bool *settled;                 /* beside items */
    struct span {
        size_t at, end; /* of items */
    } of[LANES_MAX];
};

/* Neighbours share a key: a lane gets a run of them. */
static void spans_deal(struct reading *r, struct smb_lanes *lanes, size_t n)
{
    size_t open = 0, i = 0;

    for (size_t k = 0; k < LANES_MAX; k++)
        open += lane_is_open(&lanes->lane[k]);
    for (size_t k = 0; k < LANES_MAX; k++) {
        if (!lane_is_open(&lanes->lane[k]))
            continue;
        r->of[k] = (struct span){.at = i * n / open, .end = (i + 1) * n / open};
        i++;
    }
}

static bool read_next(void *self, struct smb_lane *lane, size_t i)
{
    struct reading *r = self;
    struct span *s = &r->of[i];
    const struct reg_read *item;
    size_t at;

    if (s->at == s->end)
        return false;
    item = r->items[s->at];
    if (lane_ask_key(r->h, lane, item->path, false, &at))
        return true;
    lane->key = at;
    lane->call = (struct winreg_call){.kind = item->name == NULL ? ASK_QUERY_INFO : ASK_QUERY_VALUE,
                                      .handle = *lane_handle(lane, item->path, at),
                                      .name = item->name};
    return true;
}

/* All items of the lane that are of the same key: absent, or not to be settled here. */
static void key_skip(struct reading *r, struct span *s, bool absent)
{
    const struct reg_path *path = r->items[s->at]->path;

    for (; s->at < s->end && path_equal(r->items[s->at]->path, path); s->at++)
        r->settled[s->at] = absent;
}

static void item_took(struct reading *r, struct span *s, struct smb_lane *lane)
{
    struct reg_read *item = r->items[s->at];
    enum err e = lane->err != OK ? lane->err : win32_fail(&lane->why, lane->call.code);

    if (e == OK && item->name == NULL) {
        item->subkeys = lane->call.info.subkeys;
        item->values = lane->call.info.values;
        item->value = (struct reg_value){0};
    } else if (e == OK) {
        item->value = lane->call.found;
        lane->call.found = (struct reg_value){0}; /* moved */
    }
    if (e == OK || (item->name != NULL && lane->err == OK &&
                    lane->call.code == WIN32_FILE_NOT_FOUND)) {
        item->key_exists = true;
        r->settled[s->at] = true;
    } else if (lane->key < lane->n_keys) {
        lane->keys[lane->key].is_dead = lane->keys[lane->key].is_old;
    }
    s->at++;
}

static void read_took(void *self, struct smb_lane *lane, size_t i)
{
    struct reading *r = self;
    struct span *s = &r->of[i];
    bool is_key = lane->call.kind == ASK_OPEN_KEY;
    enum err e = OK;

    if (!lane_took_key(lane, &e))
        item_took(r, s, lane);
    else if (e == E_ABSENT && is_key && lane->err == OK)
        key_skip(r, s, true);
    else if (e != OK)
        key_skip(r, s, false);
    if (!lane_is_open(lane))
        s->at = s->end;
}

/* Those that are left, in their order. */
static size_t rest_gather(struct reg_read **items, const bool *settled, size_t n)
{
    size_t rest = 0;

    for (size_t i = 0; i < n; i++)
        if (!settled[i])
            items[rest++] = items[i];
    return rest;
}

enum err smb_read_together(struct smb_host *h, struct reg_read **items, size_t *n, struct why *why)
{
    struct reading r = {.h = h, .items = items};
    struct smb_lanes *lanes = NULL;
    const struct lanes_work work = {.next = read_next, .took = read_took, .self = &r};
    enum err e = lanes_ready(h, *n, &lanes, why);

    if (e != OK || lanes == NULL)
        return e;
    if ((r.settled = calloc(*n, sizeof *r.settled)) == NULL)
        return why_set(why, E_MEMORY, "out of memory");
    spans_deal(&r, lanes, *n);
    e = lanes_run(h, &work, why);
    *n = rest_gather(items, r.settled, *n);
    free(r.settled);
    return why_place(why, e, "\\pipe\\winreg read");
}
