#include "inventory/pattern.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT_MAX 4096

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static const char hosts[] = "solo\napp1\n[web]\nweb3\nweb[1:2]\nweb10\n[db]\ndb[01:03]\n"
                            "a.example.com\n[prod:children]\nweb\ndb\n[v6]\n2001:db8::1\n"
                            "[eu-west]\n\xc3\xa9t\xc3\xa9\nweb1\n";

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct inventory *inv = NULL;
    bool chosen[32] = {false};
    char limit[LIMIT_MAX + 1];
    struct why why = {0};
    size_t any = 0;
    enum err e;

    /* No @FILE: what lies on this machine's disk is none of the fuzzer's business. */
    if (n > LIMIT_MAX || memchr(bytes, '@', n) != NULL)
        return 0;
    memcpy(limit, bytes, n);
    limit[n] = '\0';
    if (inventory_read_ini("f", hosts, sizeof hosts - 1, &inv, &why) != OK)
        abort();
    e = pattern_select(inv, limit, chosen, &why);
    for (size_t i = 0; i < inv->n_hosts; i++)
        any += chosen[i];
    if ((e == OK) != (any > 0) || (e != OK && why.text[0] == '\0'))
        abort();
    inventory_free(inv);
    return 0;
}
