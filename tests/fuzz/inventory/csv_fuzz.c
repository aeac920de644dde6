#include "inventory/inventory.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct inventory *inv = NULL;
    struct why why = {0};
    enum err e = inventory_read_csv("f", (const char *)bytes, n, &inv, &why);

    if ((e == OK) != (inv != NULL) || (e != OK && (why.text[0] == '\0' || why.place[0] != 'f')))
        abort();
    for (size_t i = 0; inv != NULL && i < inv->n_hosts; i++)
        if (inv->hosts[i].n_groups == 0 || inv->hosts[i].name[0] == '\0')
            abort();
    inventory_free(inv);
    return 0;
}
