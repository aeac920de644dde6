#include "controller/app.h"
#include "db/host_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMES_SHOWN 10 /* of the hosts that came or went */

static enum err memory(struct why *why)
{
    return why_set(why, E_MEMORY, "%s", err_words(E_MEMORY));
}

static int name_compare(const void *a, const void *b)
{
    const struct host *const *x = a, *const *y = b;
    return strcmp((*x)->name, (*y)->name);
}

static enum err hosts_sort(const struct inventory *inv, const struct host ***out, struct why *why)
{
    const struct host **sorted = calloc(inv->n_hosts + 1, sizeof(struct host *));
    if (sorted == NULL)
        return memory(why);
    for (size_t i = 0; i < inv->n_hosts; i++)
        sorted[i] = &inv->hosts[i];
    qsort(sorted, inv->n_hosts, sizeof(struct host *), name_compare);
    *out = sorted;
    return OK;
}

/* The names of `of` that are not in `in`, the first ten of them, in the order of the file. */
static enum err put_missing(const struct inventory *of, const struct inventory *in,
                            const char *words, struct text *out, struct why *why)
{
    const struct host **sorted = NULL;
    size_t found = 0;
    enum err e = hosts_sort(in, &sorted, why);
    if (e != OK)
        return e;
    for (size_t i = 0; i < of->n_hosts; i++) {
        const struct host *h = &of->hosts[i];
        if (bsearch(&h, sorted, in->n_hosts, sizeof(struct host *), name_compare) != NULL)
            continue;
        if (found++ < NAMES_SHOWN) {
            text_put(out, found == 1 ? words : ", ");
            text_put_safe(out, h->name, strlen(h->name));
        }
    }
    if (found > NAMES_SHOWN)
        text_printf(out, " and %zu more", found - NAMES_SHOWN);
    if (found > 0)
        text_char(out, '\n');
    free(sorted);
    return out->bad ? memory(why) : OK;
}

static void secrets_warn(const char *file, size_t n)
{
    if (n > 0)
        caution("%s: %zu password%s left out: Swell keeps none in its database, encrypted or not; "
                "say where %s kept with --password-env or --password-file, or with credentials: in "
                "swell.yaml",
                file, n, n == 1 ? " was" : "s were", n == 1 ? "it is" : "they are");
}

static void notes_warn(const struct notes *notes)
{
    for (size_t i = 0; i < notes->kept; i++)
        caution("%s", notes->at[i]);
    if (notes->n > notes->kept)
        caution("%zu more such remarks are not shown", notes->n - notes->kept);
}

static enum err inventory_take(struct store *st, const char *file, const struct inventory *fresh,
                               struct why *why)
{
    struct host_table_delta d = {0};
    struct inventory *old = NULL;
    struct text t = {0};
    enum err e;
    if ((e = host_table_load(st, &old, why)) != OK ||
        (e = host_table_replace(st, fresh, &d, why)) != OK)
        goto out;
    printf("%zu host%s: %zu added, %zu changed, %zu removed, %zu same\n", fresh->n_hosts,
           fresh->n_hosts == 1 ? "" : "s", d.added, d.changed, d.removed, d.same);
    if ((e = put_missing(fresh, old, "added: ", &t, why)) == OK &&
        (e = put_missing(old, fresh, "removed: ", &t, why)) == OK)
        (void)fputs(text_str(&t), stdout);
    secrets_warn(file, fresh->dropped_secrets);
out:
    text_fini(&t);
    inventory_free(old);
    return e;
}

int verb_inventory_import(struct invocation *inv)
{
    const char *file = inv->args[0];
    struct inventory *fresh = NULL;
    struct store *st = NULL;
    struct why why = {0};
    enum err e;
    if ((e = inventory_load(file, &fresh, &why)) != OK)
        goto out;
    notes_warn(&fresh->notes);
    if (fresh->n_hosts == 0) {
        e = why_place(&why, why_set(&why, E_DATA, "there is no host in it; nothing was changed"),
                      "%s", file);
        goto out;
    }
    if ((e = app_open(inv, APP_WRITE, &st, &why)) == OK)
        e = inventory_take(st, file, fresh, &why);
out:
    store_close(st);
    inventory_free(fresh);
    return e == OK ? EXIT_WELL : fail(e, &why);
}
