#include "tests/lab/smb_driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a rollout of Schannel settings does: COST_KEYS keys of COST_VALUES values, made, set, read,
 * removed. */
#define COST_KEYS 8
#define COST_VALUES 22

struct cost {
    char keys[COST_KEYS][REG_KEY_MAX];
    struct reg_path paths[COST_KEYS];
    char names[COST_VALUES][32];
    struct reg_value values[COST_VALUES];
    struct reg_op ops[2 * COST_KEYS + COST_VALUES];
    struct reg_read items[COST_VALUES];
};

static void cost_fill(struct cost *c, const char *root)
{
    for (size_t k = 0; k < COST_KEYS; k++) {
        (void)snprintf(c->keys[k], sizeof c->keys[k],
                       k % 2 == 0 ? "%s\\TLS %zu" : "%s\\TLS %zu\\Server", root, k / 2);
        c->paths[k] = (struct reg_path){.view = VIEW_64, .key = c->keys[k]};
        c->ops[k] = (struct reg_op){.kind = OP_CREATE_KEY, .path = &c->paths[k]};
    }
    for (size_t v = 0; v < COST_VALUES; v++) {
        (void)snprintf(c->names[v], sizeof c->names[v], "value %zu", v);
        c->values[v] = (struct reg_value){0};
        if (value_dword((uint32_t)v, &c->values[v]) != OK)
            abort();
        c->ops[COST_KEYS + v] = (struct reg_op){.kind = OP_SET_VALUE,
                                                .path = &c->paths[v % COST_KEYS],
                                                .name = c->names[v],
                                                .value = &c->values[v]};
        c->items[v] = (struct reg_read){.path = &c->paths[v % COST_KEYS], .name = c->names[v]};
    }
}

bool cost_apply(struct transport *t, struct reg_op *ops, size_t n)
{
    struct why why = {0};
    bool good = told(transport_smb.apply(t, ops, n, deadline(), &why), &why);

    for (size_t i = 0; i < n; i++)
        good = ops[i].done && told(ops[i].err, &ops[i].why) && good;
    return good;
}

bool cost_run(struct transport *t, const char *root, bool tell)
{
    struct cost *c = calloc(1, sizeof *c);
    struct why why = {0};
    uint64_t before = smb_round_trips(t), turns = smb_turns(t);
    bool good;

    if (c == NULL)
        return false;
    cost_fill(c, root);
    good = cost_apply(t, c->ops, COST_KEYS + COST_VALUES);
    if (tell)
        printf("cost: apply of %d keys and %d values: %llu requests in %llu turns\n", COST_KEYS,
               COST_VALUES, (unsigned long long)(smb_round_trips(t) - before),
               (unsigned long long)(smb_turns(t) - turns));
    before = smb_round_trips(t);
    turns = smb_turns(t);
    good = told(transport_smb.read(t, c->items, COST_VALUES, deadline(), &why), &why) && good;
    if (tell)
        printf("cost: read of %d values in %d keys: %llu requests in %llu turns\n", COST_VALUES,
               COST_KEYS, (unsigned long long)(smb_round_trips(t) - before),
               (unsigned long long)(smb_turns(t) - turns));
    for (size_t v = 0; v < COST_VALUES; v++) {
        good = c->items[v].key_exists && value_equal(&c->items[v].value, &c->values[v]) && good;
        c->ops[v].kind = OP_DELETE_VALUE;
        c->ops[v].path = &c->paths[v % COST_KEYS];
        c->ops[v].name = c->names[v];
    }
    for (size_t k = 0; k < COST_KEYS; k++)
        c->ops[COST_VALUES + k] =
            (struct reg_op){.kind = OP_DELETE_KEY, .path = &c->paths[COST_KEYS - 1 - k]};
    good = cost_apply(t, c->ops, COST_VALUES + COST_KEYS) && good;
    read_fini(c->items, COST_VALUES);
    for (size_t v = 0; v < COST_VALUES; v++)
        value_fini(&c->values[v]);
    free(c);
    return good;
}

bool cost(struct driver *d)
{
    return key_make(d, ROOT, false) &&
           check(cost_run(d->t, ROOT, true), "a batch of 22 values in 8 keys");
}
