/* swell inventory export */
#include "base/file.h"
#include "controller/cli/inventory_pick.h"
#include "inventory/export.h"

#include <stdlib.h>

#define OUT_MODE 0666 /* as the umask of the caller leaves it; there is no secret in it */

static enum err form_of(const struct invocation *inv, enum export_form *out, struct why *why)
{
    static const char *const words[] = {[EXPORT_INI] = "ini",
                                        [EXPORT_YAML] = "yaml",
                                        [EXPORT_JSON] = "json",
                                        [EXPORT_CSV] = "csv"};
    size_t at = EXPORT_INI;
    enum err e = option_word(inv, OPT_FORMAT, words, COUNT(words), EXPORT_INI, &at, why);
    if (e == OK)
        *out = (enum export_form)at;
    return e;
}

int verb_inventory_export(struct invocation *inv)
{
    const char *file = option_get(inv, OPT_OUT);
    enum export_form form = EXPORT_INI;
    struct inventory *hosts = NULL;
    struct text out = {0};
    bool *chosen = NULL;
    struct why why = {0};
    enum err e;
    if ((e = form_of(inv, &form, &why)) == OK &&
        (e = inventory_pick(inv, &hosts, &chosen, &why)) == OK &&
        (e = inventory_export(hosts, chosen, form, &out, &why)) == OK)
        e = file_write(file == NULL ? "-" : file, text_str(&out), out.used, OUT_MODE, &why);
    text_fini(&out);
    free(chosen);
    inventory_free(hosts);
    return e == OK ? EXIT_WELL : fail(e, &why);
}
