/* The reader of swell.yaml: whatever the file holds, it is read or refused with a place. */
#include "controller/config.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct config *c = NULL;
    struct why why = {0};
    enum err e = config_read("f/swell.yaml", (const char *)bytes, n, &c, &why);
    if (e != OK && (c != NULL || e != E_CONFIG || why.place[0] == '\0' || why.text[0] == '\0'))
        abort();
    for (enum opt o = 0; e == OK && o < OPTS; o++)
        if (config_get(c, o) != NULL && (*config_get(c, o) == '\0' || *config_place(c, o) == '\0'))
            abort();
    for (size_t i = 0; i < config_logins(c); i++)
        if (config_login(c, i)->group == NULL || config_login(c, i)->place[0] == '\0')
            abort();
    config_free(c);
    return 0;
}
