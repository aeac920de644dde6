/* swell inventory list | show */
#include "controller/cli/inventory_pick.h"
#include "controller/cli/listing.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum form { FORM_TEXT,
            FORM_JSON,
            FORM_CSV };

static enum err form_of(const struct invocation *inv, enum form *out, struct why *why)
{
    static const char *const words[] = {
        [FORM_TEXT] = "text", [FORM_JSON] = "json", [FORM_CSV] = "csv"};
    size_t at = FORM_TEXT;
    enum err e = option_word(inv, OPT_FORMAT, words, COUNT(words), FORM_TEXT, &at, why);
    if (e == OK)
        *out = (enum form)at;
    return e;
}

static enum err memory(struct why *why)
{
    return why_set(why, E_MEMORY, "%s", err_words(E_MEMORY));
}

static void put_groups(struct text *t, const struct host *h, const char *between)
{
    for (size_t i = 0; i < h->n_groups; i++)
        text_printf(t, "%s%s", i == 0 ? "" : between, h->groups[i]);
}

static void put_cells(struct listing *l, const struct host *h, const char *between)
{
    struct text groups = {0};
    put_groups(&groups, h, between);
    listing_put(l, h->name);
    listing_put(l, host_address(h));
    listing_put(l, text_str(&groups));
    l->bad = l->bad || groups.bad;
    text_fini(&groups);
}

/* Text that is no UTF-8 is shown as it would be on a terminal. */
static json_t *text_json(const char *s)
{
    json_t *o = json_string(s);
    struct text t = {0};
    if (o != NULL)
        return o;
    text_put_safe(&t, s, strlen(s));
    o = json_string(text_str(&t));
    text_fini(&t);
    return o;
}

static json_t *host_json(const struct host *h)
{
    json_t *groups = json_array(), *vars = json_object();
    bool bad = false;
    for (size_t i = 0; i < h->n_groups; i++)
        bad = json_array_append_new(groups, text_json(h->groups[i])) != 0 || bad;
    for (size_t i = 0; i < h->n_vars; i++)
        bad = json_object_set_new(vars, h->vars[i].name, text_json(h->vars[i].value)) != 0 || bad;
    json_t *o = json_pack("{s:o, s:o, s:o, s:o}", "name", text_json(h->name), "address",
                          text_json(host_address(h)), "groups", groups, "vars", vars);
    if (bad || o == NULL) {
        json_decref(o);
        return NULL;
    }
    return o;
}

/* Takes o, which is NULL when memory is out. */
static enum err json_print(json_t *o, struct why *why)
{
    int bad = o == NULL || json_dumpf(o, stdout, JSON_INDENT(2)) != 0;
    json_decref(o);
    if (bad && ferror(stdout) == 0)
        return memory(why);
    (void)fputc('\n', stdout);
    return OK;
}

static enum err list_json(const struct inventory *hosts, const bool *chosen, struct why *why)
{
    json_t *all = json_array();
    bool bad = all == NULL;
    for (size_t i = 0; i < hosts->n_hosts; i++)
        if (chosen[i])
            bad = json_array_append_new(all, host_json(&hosts->hosts[i])) != 0 || bad;
    if (bad) {
        json_decref(all);
        return memory(why);
    }
    return json_print(json_pack("{s:i, s:o}", "schema_version", 1, "hosts", all), why);
}

static enum err list_print(const struct inventory *hosts, const bool *chosen, enum form form,
                           struct why *why)
{
    struct listing l = {.columns = 3};
    enum err e;
    if (form == FORM_JSON)
        return list_json(hosts, chosen, why);
    listing_put(&l, form == FORM_CSV ? "name" : "NAME");
    listing_put(&l, form == FORM_CSV ? "address" : "ADDRESS");
    listing_put(&l, form == FORM_CSV ? "groups" : "GROUPS");
    for (size_t i = 0; i < hosts->n_hosts; i++)
        if (chosen[i])
            put_cells(&l, &hosts->hosts[i], form == FORM_CSV ? ";" : ", ");
    e = form == FORM_CSV ? listing_csv(&l, stdout) : listing_text(&l, stdout);
    listing_fini(&l);
    return e == OK ? OK : memory(why);
}

int verb_inventory_list(struct invocation *inv)
{
    struct inventory *hosts = NULL;
    struct why why = {0};
    bool *chosen = NULL;
    enum form form = FORM_TEXT;
    enum err e;
    if ((e = form_of(inv, &form, &why)) == OK &&
        (e = inventory_pick(inv, &hosts, &chosen, &why)) == OK)
        e = list_print(hosts, chosen, form, &why);
    free(chosen);
    inventory_free(hosts);
    return e == OK ? EXIT_WELL : fail(e, &why);
}

static enum err host_find(const struct inventory *hosts, const char *name, const struct host **out,
                          struct why *why)
{
    const char **names = calloc(hosts->n_hosts + 1, sizeof(char *));
    const char *near;
    if (names == NULL)
        return memory(why);
    for (size_t i = 0; i < hosts->n_hosts; i++) {
        names[i] = hosts->hosts[i].name;
        if (strcmp(names[i], name) == 0) {
            *out = &hosts->hosts[i];
            free(names);
            return OK;
        }
    }
    near = str_nearest(name, names, hosts->n_hosts);
    (void)why_set(why, E_ABSENT, "there is no host %s in the inventory%s%s%s", name,
                  near != NULL ? "; did you mean " : "", near != NULL ? near : "",
                  near != NULL ? "?" : "");
    free(names);
    return E_ABSENT;
}

static enum err show_text(const struct host *h, struct why *why)
{
    struct listing l = {.columns = 2};
    struct text groups = {0};
    put_groups(&groups, h, ", ");
    listing_put(&l, "name");
    listing_put(&l, h->name);
    listing_put(&l, "address");
    listing_put(&l, host_address(h));
    listing_put(&l, "groups");
    listing_put(&l, text_str(&groups));
    for (size_t i = 0; i < h->n_vars; i++) {
        listing_put(&l, h->vars[i].name);
        listing_put(&l, h->vars[i].value);
    }
    enum err e = groups.bad ? E_MEMORY : listing_text(&l, stdout);
    text_fini(&groups);
    listing_fini(&l);
    return e == OK ? OK : memory(why);
}

/* One line of titles and one of values, which `inventory import` reads again. */
static enum err show_csv(const struct host *h, struct why *why)
{
    struct listing l = {.columns = 3};
    listing_put(&l, "name");
    listing_put(&l, "address");
    listing_put(&l, "groups");
    for (size_t i = 0; i < h->n_vars; i++)
        if (strcmp(h->vars[i].name, "ansible_host") != 0) {
            listing_put(&l, h->vars[i].name);
            l.columns++;
        }
    put_cells(&l, h, ";");
    for (size_t i = 0; i < h->n_vars; i++)
        if (strcmp(h->vars[i].name, "ansible_host") != 0)
            listing_put(&l, h->vars[i].value);
    enum err e = listing_csv(&l, stdout);
    listing_fini(&l);
    return e == OK ? OK : memory(why);
}

static enum err show_json(const struct host *h, struct why *why)
{
    json_t *host = host_json(h), *o = json_pack("{s:i}", "schema_version", 1);
    if (host == NULL || o == NULL || json_object_update(o, host) != 0) {
        json_decref(o);
        o = NULL;
    }
    json_decref(host);
    return json_print(o, why);
}

int verb_inventory_show(struct invocation *inv)
{
    struct inventory *hosts = NULL;
    const struct host *h = NULL;
    struct why why = {0};
    enum form form = FORM_TEXT;
    enum err e;
    if ((e = form_of(inv, &form, &why)) != OK || (e = inventory_open(inv, &hosts, &why)) != OK ||
        (e = host_find(hosts, inv->args[0], &h, &why)) != OK)
        goto out;
    switch (form) {
    case FORM_TEXT: e = show_text(h, &why); break;
    case FORM_JSON: e = show_json(h, &why); break;
    case FORM_CSV: e = show_csv(h, &why); break;
    }
out:
    inventory_free(hosts);
    return e == OK ? EXIT_WELL : fail(e, &why);
}
