/* YAML and JSON: the same maps, written in two ways. */
#include "inventory/export_parts.h"
#include "inventory/value_write.h"

struct style {
    void (*put_string)(struct text *, const char *);
    void (*put_value)(struct text *, const struct value *);
};

static enum err put_var_value(struct export *x, const struct style *style, const struct host *h,
                              const struct host_var *var)
{
    struct values values = {0};
    struct value *v;
    enum err e;

    if (!var->typed) {
        style->put_string(x->out, var->value);
        return OK;
    }
    if ((e = export_value(x, h, var, &values, &v)) == OK)
        style->put_value(x->out, v);
    values_fini(&values);
    return e;
}

/* --- YAML --- */

static void yaml_key(struct export *x, int indent, const char *key)
{
    text_printf(x->out, "%*s", indent, "");
    string_put_yaml(x->out, key);
    text_char(x->out, ':');
}

static enum err yaml_host(struct export *x, const struct host *h)
{
    static const struct style yaml = {string_put_yaml, value_put_yaml};
    enum err e = OK;

    yaml_key(x, 4, h->name);
    text_char(x->out, '\n');
    for (size_t i = 0; e == OK && i < h->n_vars; i++) {
        yaml_key(x, 6, h->vars[i].name);
        text_char(x->out, ' ');
        e = put_var_value(x, &yaml, h, &h->vars[i]);
        text_char(x->out, '\n');
    }
    return e;
}

enum err export_yaml(struct export *x)
{
    enum err e = OK;

    text_put(x->out, "all:\n  hosts:\n");
    for (size_t i = 0; e == OK && i < x->n_hosts; i++)
        e = yaml_host(x, x->hosts[i]);
    text_put(x->out, "  children:\n");
    for (size_t i = 0; i < x->n_groups; i++) {
        yaml_key(x, 4, x->groups[i].name);
        text_put(x->out, "\n      hosts:\n");
        for (size_t k = 0; k < x->groups[i].n; k++) {
            yaml_key(x, 8, x->hosts[x->groups[i].members[k].host]->name);
            text_char(x->out, '\n');
        }
    }
    return e;
}

/* --- JSON --- */

static void json_key(struct export *x, const char *before, const char *key)
{
    text_put(x->out, before);
    string_put_json(x->out, key);
    text_put(x->out, ": ");
}

static enum err json_host(struct export *x, const struct host *h, bool first)
{
    static const struct style json = {string_put_json, value_put_json};
    enum err e = OK;

    json_key(x, first ? "\n            " : ",\n            ", h->name);
    text_char(x->out, '{');
    for (size_t i = 0; e == OK && i < h->n_vars; i++) {
        json_key(x, i == 0 ? "" : ", ", h->vars[i].name);
        e = put_var_value(x, &json, h, &h->vars[i]);
    }
    text_char(x->out, '}');
    return e;
}

static void json_group(struct export *x, const struct export_group *g, bool first)
{
    json_key(x, first ? "\n            " : ",\n            ", g->name);
    text_put(x->out, "{\"hosts\": {");
    for (size_t k = 0; k < g->n; k++) {
        json_key(x, k == 0 ? "" : ", ", x->hosts[g->members[k].host]->name);
        text_put(x->out, "null");
    }
    text_put(x->out, "}}");
}

enum err export_json(struct export *x)
{
    enum err e = OK;

    text_put(x->out, "{\n    \"all\": {\n        \"hosts\": {");
    for (size_t i = 0; e == OK && i < x->n_hosts; i++)
        e = json_host(x, x->hosts[i], i == 0);
    text_put(x->out, "\n        },\n        \"children\": {");
    for (size_t i = 0; i < x->n_groups; i++)
        json_group(x, &x->groups[i], i == 0);
    text_put(x->out, "\n        }\n    }\n}\n");
    return e;
}
