#include "inventory/inventory.h"

#include <stdlib.h>
#include <string.h>

void host_fini(struct host *h)
{
    for (size_t i = 0; i < h->n_groups; i++)
        free(h->groups[i]);
    for (size_t i = 0; i < h->n_vars; i++) {
        free(h->vars[i].name);
        free(h->vars[i].value);
    }
    free(h->groups);
    free(h->places);
    free(h->vars);
    free(h->name);
    *h = (struct host){0};
}

void inventory_free(struct inventory *inv)
{
    if (inv == NULL)
        return;
    for (size_t i = 0; i < inv->n_hosts; i++)
        host_fini(&inv->hosts[i]);
    free(inv->hosts);
    notes_fini(&inv->notes);
    free(inv);
}

const char *host_var_get(const struct host *h, const char *name)
{
    for (size_t i = 0; i < h->n_vars; i++)
        if (strcmp(h->vars[i].name, name) == 0)
            return h->vars[i].typed && strcmp(h->vars[i].value, "null") == 0 ? NULL
                                                                             : h->vars[i].value;
    return NULL;
}

bool host_in_group(const struct host *h, const char *group)
{
    if (strcmp(group, "all") == 0)
        return true;
    for (size_t i = 0; i < h->n_groups; i++)
        if (strcmp(h->groups[i], group) == 0)
            return true;
    return false;
}

const char *host_address(const struct host *h)
{
    const char *address = host_var_get(h, "ansible_host");

    return address == NULL || address[0] == '\0' ? h->name : address;
}
