#include "inventory/inventory.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* What every inventory promises: unique names, sorted groups and variables, no secret by name. */
static void check(const struct inventory *inv)
{
    if (inv->n_hosts > INVENTORY_HOSTS_MAX)
        abort();
    for (size_t i = 0; i < inv->n_hosts; i++) {
        const struct host *h = &inv->hosts[i];

        if (h->name[0] == '\0' || strlen(h->name) > HOST_NAME_MAX_BYTES || h->n_groups == 0)
            abort();
        for (size_t k = 0; k < h->n_groups; k++)
            if (h->places[k] >= inv->n_hosts || strcmp(h->groups[k], "all") == 0 ||
                (k > 0 && strcmp(h->groups[k - 1], h->groups[k]) >= 0))
                abort();
        for (size_t k = 0; k < h->n_vars; k++)
            if (strcmp(h->vars[k].name, "ansible_password") == 0 ||
                (k > 0 && strcmp(h->vars[k - 1].name, h->vars[k].name) >= 0))
                abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct inventory *inv = NULL;
    struct why why = {0};
    enum err e = inventory_read_ini("f", (const char *)bytes, n, &inv, &why);

    if ((e == OK) != (inv != NULL) || (e != OK && (why.text[0] == '\0' || why.place[0] != 'f')))
        abort();
    if (inv != NULL)
        check(inv);
    inventory_free(inv);
    return 0;
}
