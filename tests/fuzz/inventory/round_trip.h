/* tests/fuzz/inventory/round_trip.h: what every inventory promises, and that it comes back from
 * each form in which it can be written. */
#ifndef SWELL_TESTS_FUZZ_INVENTORY_ROUND_TRIP_H
#define SWELL_TESTS_FUZZ_INVENTORY_ROUND_TRIP_H

#include "inventory/export.h"

#include <stdlib.h>
#include <string.h>

#define ROUND_TRIP_HOSTS_MAX 200 /* a range makes many hosts, all alike */

/* Unique names, sorted groups and variables, no secret by name. */
static inline void inventory_check(const struct inventory *inv)
{
    if (inv->n_hosts > INVENTORY_HOSTS_MAX)
        abort();
    for (size_t i = 0; i < inv->n_hosts; i++) {
        const struct host *h = &inv->hosts[i];

        if (h->name[0] == '\0' || strlen(h->name) > HOST_NAME_MAX_BYTES || h->n_groups == 0 ||
            h->place >= inv->n_hosts)
            abort();
        for (size_t k = 0; k < h->n_groups; k++)
            if (h->places[k] >= inv->n_hosts || strcmp(h->groups[k], "all") == 0 ||
                (k > 0 && strcmp(h->groups[k - 1], h->groups[k]) >= 0))
                abort();
        for (size_t k = 0; k < h->n_vars; k++)
            if (strcmp(h->vars[k].name, "ansible_password") == 0 ||
                strlen(h->vars[k].value) > HOST_VALUE_MAX ||
                (k > 0 && strcmp(h->vars[k - 1].name, h->vars[k].name) >= 0))
                abort();
    }
}

static inline bool same_host(const struct host *a, const struct host *b)
{
    if (strcmp(a->name, b->name) != 0 || a->n_groups != b->n_groups || a->n_vars != b->n_vars)
        return false;
    for (size_t i = 0; i < a->n_groups; i++)
        if (strcmp(a->groups[i], b->groups[i]) != 0 || a->places[i] != b->places[i])
            return false;
    for (size_t i = 0; i < a->n_vars; i++)
        if (strcmp(a->vars[i].name, b->vars[i].name) != 0 ||
            strcmp(a->vars[i].value, b->vars[i].value) != 0 ||
            a->vars[i].typed != b->vars[i].typed)
            return false;
    return true;
}

static inline void inventory_comes_back(const struct inventory *inv, enum export_form form)
{
    struct inventory *again = NULL;
    struct text out = {0};
    enum err e = inventory_export(inv, NULL, form, &out, NULL);

    if (e != OK && e != E_DATA)
        abort();
    if (e == OK) {
        e = form == EXPORT_INI
                ? inventory_read_ini("x", text_str(&out), out.used, &again, NULL)
                : inventory_read_data("x", text_str(&out), out.used, &again, NULL);
        if (e != OK || again->n_hosts != inv->n_hosts || again->notes.n != 0)
            abort();
        for (size_t i = 0; i < inv->n_hosts; i++)
            if (!same_host(&inv->hosts[i], &again->hosts[i]))
                abort();
    }
    inventory_free(again);
    text_fini(&out);
}

static inline void inventory_round_trip(const struct inventory *inv)
{
    if (inv->n_hosts == 0 || inv->n_hosts > ROUND_TRIP_HOSTS_MAX)
        return;
    inventory_comes_back(inv, EXPORT_INI);
    inventory_comes_back(inv, EXPORT_YAML);
    inventory_comes_back(inv, EXPORT_JSON);
}

#endif
