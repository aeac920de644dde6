#include "inventory/export_parts.h"
#include "inventory/value_write.h"

#include <string.h>

/* What neither a shell's words nor Python's literals give a meaning. */
static bool is_safe(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("_.:%@/+-", c) != NULL);
}

static bool all_safe(const char *s)
{
    while (is_safe(*s))
        s++;
    return *s == '\0';
}

/* One word, or the part of one. */
static void put_shell(struct text *t, const char *s)
{
    if (*s != '\0' && all_safe(s)) {
        text_put(t, s);
    } else if (strchr(s, '\'') == NULL) {
        text_printf(t, "'%s'", s);
    } else {
        text_char(t, '"');
        for (; *s != '\0'; s++) {
            if (*s == '"' || *s == '\\')
                text_char(t, '\\');
            text_char(t, *s);
        }
        text_char(t, '"');
    }
}

static bool is_ipv4(const char *s)
{
    int parts = 0;

    for (; *s >= '0' && *s <= '9'; s += *s == '.') {
        size_t n = strspn(s, "0123456789");

        if (n > 3 || (s[n] != '.' && s[n] != '\0'))
            return false;
        s += n;
        parts++;
    }
    return *s == '\0' && parts == 4;
}

/* A text that is no literal to Python, and so is itself: an address, or letters, digits and such,
 * that begin like a word. */
static bool is_bare(const char *s)
{
    static const char *const literals[] = {"True", "False", "None"};

    for (size_t i = 0; i < COUNT(literals); i++)
        if (strcmp(s, literals[i]) == 0)
            return false;
    return is_ipv4(s) || (((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z')) && all_safe(s));
}

static enum err put_typed(struct export *x, const struct host *h, const struct host_var *var,
                          struct text *t)
{
    struct values values = {0};
    struct value *v;
    enum err e = export_value(x, h, var, &values, &v);

    if (e == OK && !value_put_python(t, v))
        e = export_refuse(x, h, var, "an INI file has no word for NaN");
    values_fini(&values);
    return e;
}

static enum err put_var(struct export *x, const struct host *h, const struct host_var *var)
{
    struct text value = {0};
    enum err e = OK;

    if (strchr(var->name, '=') != NULL)
        return export_refuse(x, h, var, "an INI file cannot hold a name with =");
    text_char(x->out, ' ');
    put_shell(x->out, var->name);
    text_char(x->out, '=');
    if (var->typed)
        e = put_typed(x, h, var, &value);
    else if (is_bare(var->value))
        text_put(&value, var->value);
    else
        string_put_python(&value, var->value);
    put_shell(x->out, text_str(&value));
    x->out->bad = x->out->bad || value.bad;
    text_fini(&value);
    return e;
}

static enum err put_host(struct export *x, const struct host *h)
{
    enum err e = OK;

    if (h->name[strlen(h->name) - 1] == ':')
        return export_refuse(x, h, NULL, "an INI file cannot hold an address that ends in :");
    put_shell(x->out, h->name);
    for (size_t i = 0; e == OK && i < h->n_vars; i++)
        e = put_var(x, h, &h->vars[i]);
    text_char(x->out, '\n');
    return e;
}

enum err export_ini(struct export *x)
{
    enum err e = OK;

    text_put(x->out, "[all]\n");
    for (size_t i = 0; e == OK && i < x->n_hosts; i++)
        e = put_host(x, x->hosts[i]);
    for (size_t i = 0; e == OK && i < x->n_groups; i++) {
        text_printf(x->out, "\n[%s]\n", x->groups[i].name);
        for (size_t k = 0; k < x->groups[i].n; k++) {
            put_shell(x->out, x->hosts[x->groups[i].members[k].host]->name);
            text_char(x->out, '\n');
        }
    }
    return e;
}
