#include "controller/cli/inventory_pick.h"

#include "controller/app.h"
#include "db/host_table.h"
#include "inventory/pattern.h"

#include <stdlib.h>

enum err inventory_open(const struct invocation *inv, struct inventory **out, struct why *why)
{
    struct store *st = NULL;
    enum err e;
    *out = NULL;
    if ((e = app_open(inv, APP_READ, &st, why)) == OK &&
        (e = host_table_load(st, out, why)) == OK && (*out)->n_hosts == 0) {
        inventory_free(*out);
        *out = NULL;
        e = why_set(why, E_ABSENT,
                    "the inventory is empty: `swell inventory import FILE` fills it");
    }
    store_close(st);
    return e;
}

enum err inventory_pick(const struct invocation *inv, struct inventory **out, bool **chosen,
                        struct why *why)
{
    struct inventory *hosts = NULL;
    bool *picked = NULL;
    enum err e;
    *out = NULL;
    *chosen = NULL;
    if ((e = inventory_open(inv, &hosts, why)) != OK)
        return e;
    if ((picked = calloc(hosts->n_hosts, sizeof *picked)) == NULL) {
        e = why_set(why, E_MEMORY, "%s", err_words(E_MEMORY));
    } else if ((e = pattern_select(hosts, option_get(inv, OPT_LIMIT), picked, why)) != OK) {
        e = option_blame(inv, OPT_LIMIT, e, why);
    } else {
        *out = hosts;
        *chosen = picked;
        return OK;
    }
    free(picked);
    inventory_free(hosts);
    return e;
}
