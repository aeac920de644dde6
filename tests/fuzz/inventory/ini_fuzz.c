#include "tests/fuzz/inventory/round_trip.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct inventory *inv = NULL;
    struct why why = {0};
    enum err e = inventory_read_ini("f", (const char *)bytes, n, &inv, &why);

    if ((e == OK) != (inv != NULL) || (e != OK && (why.text[0] == '\0' || why.place[0] != 'f')))
        abort();
    if (inv != NULL) {
        inventory_check(inv);
        inventory_round_trip(inv);
    }
    inventory_free(inv);
    return 0;
}
