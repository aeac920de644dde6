#include "controller/facts.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *fact, *key, *value;
    bool number;
    size_t at;
} sources[FACT_READS] = {
    {"os.build", "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion", "CurrentBuildNumber",
     true, offsetof(struct facts, build)},
    {"os.name", "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion", "ProductName", false,
     offsetof(struct facts, name)},
    /* Where the first key is hidden (Samba shows a view of its own); 64-bit Windows keeps both. */
    {"os.build", "HKLM\\SOFTWARE\\Wow6432Node\\Microsoft\\Windows NT\\CurrentVersion",
     "CurrentBuildNumber", true, offsetof(struct facts, build)},
    {"os.name", "HKLM\\SOFTWARE\\Wow6432Node\\Microsoft\\Windows NT\\CurrentVersion", "ProductName",
     false, offsetof(struct facts, name)},
    {"os.product", "HKLM\\SYSTEM\\CurrentControlSet\\Control\\ProductOptions", "ProductType", false,
     offsetof(struct facts, product)},
};

static void fact_from_value(const struct reg_value *v, bool number, struct fact_value *out)
{
    struct text t = {0};
    uint64_t n = 0;
    if (v->absent || value_as_text(v, &t) != OK)
        goto out;
    snprintf(out->text, sizeof out->text, "%s", text_str(&t));
    out->is_number = number;
    out->known = !number || str_parse_u64(out->text, &n);
    out->number = (int64_t)n;
out:
    text_fini(&t);
}

/* The first source that knows a fact is believed. */
static void one_take(struct facts *f, size_t source, const struct reg_read *item)
{
    struct fact_value v = {0};
    char *at = (char *)f + sources[source].at;
    memcpy(&v, at, sizeof v);
    if (v.known || item->err != OK)
        return;
    fact_from_value(&item->value, sources[source].number, &v);
    memcpy(at, &v, sizeof v);
}

enum err facts_ask(struct reg_path paths[FACT_READS], struct reg_read items[FACT_READS],
                   struct why *why)
{
    enum err e = OK;
    for (size_t i = 0; i < FACT_READS; i++)
        paths[i] = (struct reg_path){0};
    for (size_t i = 0; e == OK && i < FACT_READS; i++) {
        e = path_parse(sources[i].key, VIEW_64, &paths[i], why);
        items[i] = (struct reg_read){.path = &paths[i], .name = sources[i].value};
    }
    return e;
}

void facts_take(const struct reg_read items[FACT_READS], struct facts *out)
{
    *out = (struct facts){0};
    for (size_t i = 0; i < FACT_READS; i++)
        one_take(out, i, &items[i]);
}

enum err facts_read(const struct transport_kind *kind, struct transport *t, int64_t deadline_ms,
                    struct facts *out, struct why *why)
{
    struct reg_path paths[FACT_READS];
    struct reg_read items[FACT_READS] = {0};
    enum err e = facts_ask(paths, items, why);
    *out = (struct facts){0};
    if (e == OK)
        e = kind->read(t, items, FACT_READS, deadline_ms, why);
    if (e == OK)
        facts_take(items, out);
    read_fini(items, FACT_READS);
    for (size_t i = 0; i < FACT_READS; i++)
        path_fini(&paths[i]);
    return e;
}

struct fact_value facts_get(void *facts, const char *name)
{
    struct fact_value v = {0};
    for (size_t i = 0; i < COUNT(sources); i++)
        if (strcmp(sources[i].fact, name) == 0) /* each source of it has the same place */
            memcpy(&v, (char *)facts + sources[i].at, sizeof v);
    return v;
}

json_t *facts_json(const struct facts *f)
{
    json_t *o = json_object();
    for (size_t i = 0; o && i < COUNT(sources); i++) {
        struct fact_value v;
        memcpy(&v, (const char *)f + sources[i].at, sizeof v);
        if (v.known &&
            json_object_set_new(o, sources[i].fact,
                                v.is_number ? json_integer(v.number) : json_string(v.text))) {
            json_decref(o);
            return NULL;
        }
    }
    return o;
}
