/* A batch of reads over the lanes. What is answered plainly is settled here; whatever is odd (a
 * refusal, a value that is larger than the room, a 32-bit host, a handle whose key has gone) is
 * left for the way alone, which knows what to make of it.
 * Each round deals what waits anew: a lane goes on with a key that it has open, a key that nobody
 * has is opened by one lane, and lanes that are left help where a key has several values. */
#include "transport/rpc/win32.h"
#include "transport/smb_lanes.h"

#include <stdlib.h>

#define NO_ITEM SIZE_MAX

enum item_state { ITEM_WAITS,
                  ITEM_RUNS,
                  ITEM_SETTLED,
                  ITEM_LEFT }; /* for the way alone */

struct group { /* the items of one key */
    size_t from, end;
    size_t waits;      /* items that nobody works on */
    size_t opened;     /* lanes that have the key open */
    bool is_opening;   /* a lane is on its way to open it */
    bool only_the_key; /* nothing is asked but whether it is there */
};

struct reading {
    struct smb_host *h;
    struct reg_read *const *items; /* sorted by path */
    enum item_state *states;       /* beside items */
    size_t n;
    struct group *groups;
    size_t n_groups;
    size_t item_of[LANES_MAX];
    size_t group_of[LANES_MAX];
};

static void groups_make(struct reading *r)
{
    for (size_t at = 0; at < r->n; r->n_groups++) {
        struct group *g = &r->groups[r->n_groups];

        *g = (struct group){.from = at, .end = at, .only_the_key = true};
        while (g->end < r->n && path_equal(r->items[g->end]->path, r->items[at]->path))
            g->only_the_key &= r->items[g->end++]->name == NULL;
        at = g->end;
    }
}

/* A value's answer tells of its key too. */
static bool has_to_be_asked(const struct reading *r, const struct group *g, size_t item)
{
    return r->states[item] == ITEM_WAITS && (g->only_the_key || r->items[item]->name != NULL);
}

static size_t group_next(const struct reading *r, const struct group *g)
{
    for (size_t i = g->from; i < g->end; i++)
        if (has_to_be_asked(r, g, i))
            return i;
    return NO_ITEM;
}

static void lane_give(struct reading *r, size_t lane, size_t group)
{
    struct group *g = &r->groups[group];

    r->item_of[lane] = group_next(r, g);
    r->group_of[lane] = group;
    r->states[r->item_of[lane]] = ITEM_RUNS;
    g->waits--;
}

static bool is_idle(const struct reading *r, size_t lane)
{
    return r->item_of[lane] == NO_ITEM && lane_is_open(&r->h->lanes->lane[lane]);
}

/* A handle of before tells of a key's values, but not whether the key is still there: hosts differ
 * in what they say of one that has gone. */
static bool holds(const struct smb_lane *lane, const struct reg_path *path, bool only_the_key)
{
    size_t at = lane_find(lane, path, false);

    return at < lane->n_keys && !(only_the_key && lane->keys[at].is_old);
}

/* Who has a key open goes on with it. */
static void deal_to_holders(struct reading *r, struct group *g)
{
    const struct reg_path *path = r->items[g->from]->path;

    for (size_t i = 0; i < LANES_MAX; i++) {
        const struct smb_lane *lane = &r->h->lanes->lane[i];

        if (!lane_is_open(lane) || !holds(lane, path, g->only_the_key))
            continue;
        g->opened++;
        if (g->waits > 0 && is_idle(r, i))
            lane_give(r, i, (size_t)(g - r->groups));
    }
}

/* A helper needs a turn to open the key: worth it when its holder has more than that to do. */
static bool wants_help(const struct group *g, bool by_more)
{
    if (g->waits == 0)
        return false;
    if (g->opened == 0 && !g->is_opening)
        return true;
    return by_more && (g->opened == 0 || g->waits > g->opened);
}

enum deal { DEAL_VALUES,
            DEAL_KEYS, /* what is found below them may settle them before they are asked for */
            DEAL_HELP };

static void deal_to_others(struct reading *r, enum deal deal)
{
    size_t lane = 0;

    for (size_t k = 0; k < r->n_groups; k++)
        while (r->groups[k].only_the_key == (deal == DEAL_KEYS) &&
               wants_help(&r->groups[k], deal == DEAL_HELP)) {
            while (lane < LANES_MAX && !is_idle(r, lane))
                lane++;
            if (lane == LANES_MAX)
                return;
            lane_give(r, lane, k);
            r->groups[k].is_opening = true;
        }
}

static void read_deal(void *self)
{
    struct reading *r = self;

    for (size_t k = 0; k < r->n_groups; k++) {
        struct group *g = &r->groups[k];

        g->waits = g->opened = 0;
        g->is_opening = false;
        for (size_t i = g->from; i < g->end; i++)
            g->waits += has_to_be_asked(r, g, i);
    }
    for (size_t i = 0; i < LANES_MAX; i++)
        if (r->item_of[i] != NO_ITEM)
            r->groups[r->group_of[i]].is_opening = true;
    for (size_t k = 0; k < r->n_groups; k++)
        if (r->groups[k].waits > 0)
            deal_to_holders(r, &r->groups[k]);
    deal_to_others(r, DEAL_VALUES);
    deal_to_others(r, DEAL_KEYS);
    deal_to_others(r, DEAL_HELP);
}

static bool read_next(void *self, struct smb_lane *lane, size_t i)
{
    struct reading *r = self;
    const struct reg_read *item;
    size_t at;

    if (r->item_of[i] == NO_ITEM) /* with nothing to do yet, it makes itself ready */
        return !lane->hive_is_open[r->items[0]->path->hive] &&
               lane_ask_hive(lane, r->items[0]->path);
    item = r->items[r->item_of[i]];
    while (item->name == NULL && *item->path->key != '\0' && !holds(lane, item->path, true) &&
           (at = lane_find(lane, item->path, false)) < lane->n_keys)
        lane->keys[at].is_dead = true;
    if (lane_ask_key(r->h, lane, item->path, false, &at))
        return true;
    lane->key = at;
    lane->call = (struct winreg_call){.kind = item->name == NULL ? ASK_QUERY_INFO : ASK_QUERY_VALUE,
                                      .handle = *lane_handle(lane, item->path, at),
                                      .name = item->name};
    return true;
}

/* What is known of the key itself answers those that ask for nothing else. */
static void key_settle(struct reading *r, const struct group *g)
{
    for (size_t i = g->from; i < g->end; i++) {
        if (r->states[i] == ITEM_LEFT || r->items[i]->name != NULL)
            continue;
        r->items[i]->key_exists = true;
        r->items[i]->value = (struct reg_value){0};
        r->states[i] = ITEM_SETTLED;
    }
}

/* A key that is there has all that is above it: parents come before children. */
static void key_found(struct reading *r, const struct group *found)
{
    const struct reg_path *path = r->items[found->from]->path;

    key_settle(r, found);
    for (const struct group *g = r->groups; g < found; g++)
        if (g->only_the_key && r->states[g->from] == ITEM_WAITS &&
            path_is_under(path, r->items[g->from]->path))
            key_settle(r, g);
}

static void key_absent(struct reading *r, const struct group *g)
{
    for (size_t i = g->from; i < g->end; i++)
        if (r->states[i] == ITEM_WAITS || r->states[i] == ITEM_RUNS)
            r->states[i] = ITEM_SETTLED;
}

static void item_took(struct reading *r, struct smb_lane *lane, size_t i)
{
    const size_t at = r->item_of[i];
    struct reg_read *item = r->items[at];
    enum err e = lane->err != OK ? lane->err : win32_fail(&lane->why, lane->call.code);
    bool absent = item->name != NULL && lane->err == OK && lane->call.code == WIN32_FILE_NOT_FOUND;

    r->item_of[i] = NO_ITEM;
    r->states[at] = ITEM_LEFT;
    if (e == OK || absent) {
        r->states[at] = ITEM_SETTLED;
        item->key_exists = true;
        item->value = e != OK ? value_absent() : item->name == NULL ? (struct reg_value){0}
                                                                    : lane->call.found;
        lane->call.found = (struct reg_value){0}; /* moved */
        key_found(r, &r->groups[r->group_of[i]]);
    } else if (lane->key < lane->n_keys) {
        lane->keys[lane->key].is_dead = lane->keys[lane->key].is_old;
    }
}

static void read_took(void *self, struct smb_lane *lane, size_t i)
{
    struct reading *r = self;
    const size_t at = r->item_of[i];
    const struct group *g = at == NO_ITEM ? NULL : &r->groups[r->group_of[i]];
    bool is_key = lane->call.kind == ASK_OPEN_KEY;
    enum err e = OK;

    if (!lane_took_key(lane, &e)) {
        item_took(r, lane, i);
    } else if (at == NO_ITEM) {
        return;
    } else if (e == E_ABSENT && is_key && lane->err == OK) {
        key_absent(r, g);
        r->item_of[i] = NO_ITEM;
    } else if (e == OK && is_key) {
        key_found(r, g);
        if (g->only_the_key)
            r->item_of[i] = NO_ITEM;
    } else if (e != OK) {
        r->states[at] = ITEM_LEFT;
        r->item_of[i] = NO_ITEM;
    }
    if (!lane_is_open(lane) && r->item_of[i] != NO_ITEM) {
        r->states[at] = ITEM_LEFT;
        r->item_of[i] = NO_ITEM;
    }
}

/* Those that are left, in their order. */
static size_t rest_gather(struct reg_read **items, const enum item_state *states, size_t n)
{
    size_t rest = 0;

    for (size_t i = 0; i < n; i++)
        if (states[i] != ITEM_SETTLED)
            items[rest++] = items[i];
    return rest;
}

enum err smb_read_together(struct smb_host *h, struct reg_read **items, size_t *n, struct why *why)
{
    struct reading r = {.h = h, .items = items, .n = *n};
    struct smb_lanes *lanes = NULL;
    const struct lanes_work work = {
        .begin = read_deal, .next = read_next, .took = read_took, .self = &r};
    enum err e = lanes_ready(h, *n, &lanes, why);

    if (e != OK || lanes == NULL)
        return e;
    for (size_t i = 0; i < LANES_MAX; i++)
        r.item_of[i] = NO_ITEM;
    r.states = calloc(*n, sizeof *r.states);
    r.groups = calloc(*n, sizeof *r.groups);
    if (r.states == NULL || r.groups == NULL) {
        e = why_set(why, E_MEMORY, "out of memory");
        goto out;
    }
    groups_make(&r);
    e = lanes_run(h, &work, why);
    *n = rest_gather(items, r.states, *n);
out:
    free(r.states);
    free(r.groups);
    return why_place(why, e, "\\pipe\\winreg read");
}
