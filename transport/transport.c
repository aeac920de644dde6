#include "transport/transport.h"

#include <stdlib.h>

void read_fini(struct reg_read *items, size_t n)
{
    for (size_t i = 0; i < n; i++)
        value_fini(&items[i].value);
}

void list_fini(struct reg_list *l)
{
    for (size_t i = 0; i < l->n_subkeys; i++)
        free(l->subkeys[i]);
    for (size_t i = 0; i < l->n_values; i++) {
        free(l->values[i].name);
        value_fini(&l->values[i].value);
    }
    free(l->subkeys);
    free(l->values);
    *l = (struct reg_list){0};
}

void service_list_fini(struct service_list *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->items[i].name);
    free(l->items);
    *l = (struct service_list){0};
}
