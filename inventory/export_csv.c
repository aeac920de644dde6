#include "base/utf8.h"
#include "inventory/export_parts.h"
#include "inventory/readers.h"

#include <stdlib.h>
#include <string.h>

struct table {
    struct export *x;
    const struct host_var **columns; /* one variable of each name, sorted by it */
    size_t n;
    bool groups; /* some host is in a group */
};

static int name_compare(const void *a, const void *b)
{
    const struct host_var *const *v = a, *const *w = b;

    return strcmp((*v)->name, (*w)->name);
}

static enum err columns_find(struct table *t)
{
    size_t n = 0, kept = 0;

    for (size_t i = 0; i < t->x->n_hosts; i++)
        n += t->x->hosts[i]->n_vars;
    t->columns = calloc(n + 1, sizeof(struct host_var *));
    if (t->columns == NULL)
        return why_set(t->x->why, E_MEMORY, "out of memory");
    for (size_t i = 0; i < t->x->n_hosts; i++)
        for (size_t k = 0; k < t->x->hosts[i]->n_vars; k++)
            t->columns[t->n++] = &t->x->hosts[i]->vars[k];
    if (t->n > 0)
        qsort(t->columns, t->n, sizeof(struct host_var *), name_compare);
    for (size_t i = 0; i < t->n; i++)
        if (i == 0 || strcmp(t->columns[i]->name, t->columns[kept - 1]->name) != 0)
            t->columns[kept++] = t->columns[i];
    t->n = kept;
    return OK;
}

static bool is_own_group(const char *name)
{
    return strcmp(name, "ungrouped") != 0;
}

/* What the reader of CSV would take for something else. */
static enum err columns_check(const struct table *t)
{
    static const char *const taken[] = {"name", "host", "hostname", "groups", "group", "address",
                                        "port"};
    size_t most = CSV_COLUMNS_MAX - 1 - (t->groups ? 1 : 0);

    if (t->n > most)
        return why_set(t->x->why, E_DATA, "a CSV file has at most %zu variables, not %zu", most,
                       t->n);
    for (size_t i = 0; i < t->n; i++) {
        const char *name = t->columns[i]->name;
        bool bad = name[0] == ' ' || name[strlen(name) - 1] == ' ';

        for (size_t k = 0; k < COUNT(taken); k++)
            bad = bad || str_eq_nocase(name, taken[k]);
        if (bad)
            return why_set(t->x->why, E_DATA,
                           "a CSV file cannot hold the variable %s: such a column has a meaning of"
                           " its own",
                           name);
    }
    return OK;
}

/* Tabs, ends of lines and text; what else there is the reader refuses. */
static bool is_text(const char *s)
{
    while (*s != '\0') {
        uint32_t code;
        size_t n = utf8_decode(s, strnlen(s, UTF8_MAX), &code);

        if (n == 0 || (code < 0x20 && code != '\t' && code != '\n') ||
            (code >= 0x7f && code < 0xa0) || code == 0x2028 || code == 0x2029)
            return false;
        s += n;
    }
    return true;
}

static bool is_port(const char *s)
{
    uint64_t port;

    return *s == '\0' || (str_parse_u64(s, &port) && port > 0 && port <= 65535);
}

static void put_cell(struct text *t, const char *s)
{
    if (strpbrk(s, ",\"\n") == NULL && *s != ' ' && (*s == '\0' || s[strlen(s) - 1] != ' ')) {
        text_put(t, s);
        return;
    }
    text_char(t, '"');
    for (; *s != '\0'; s++) {
        if (*s == '"')
            text_char(t, '"');
        text_char(t, *s);
    }
    text_char(t, '"');
}

static enum err put_groups(struct table *t, const struct host *h)
{
    bool any = false;

    text_char(t->x->out, ',');
    for (size_t i = 0; i < h->n_groups; i++) {
        if (!is_own_group(h->groups[i]))
            continue;
        if (strchr(h->groups[i], ';') != NULL || strchr(h->groups[i], '"') != NULL)
            return export_refuse(t->x, h, NULL,
                                 "a CSV file cannot hold a group with ; or \" in its name");
        text_printf(t->x->out, "%s%s", any ? ";" : "", h->groups[i]);
        any = true;
    }
    return OK;
}

static enum err put_row(struct table *t, const struct host *h)
{
    size_t at = 0;
    enum err e = OK;

    put_cell(t->x->out, h->name);
    if (t->groups)
        e = put_groups(t, h);
    for (size_t i = 0; e == OK && i < t->n; i++) {
        const struct host_var *var;

        text_char(t->x->out, ',');
        if (at == h->n_vars || strcmp(h->vars[at].name, t->columns[i]->name) != 0)
            continue;
        var = &h->vars[at++]; /* both are sorted */
        if (!is_text(var->value))
            e = export_refuse(t->x, h, var, "a CSV file cannot hold a control character");
        else if (strcmp(var->name, "ansible_port") == 0 && !is_port(var->value))
            e = export_refuse(t->x, h, var, "a CSV file holds ports from 1 to 65535 only");
        put_cell(t->x->out, var->value);
    }
    text_char(t->x->out, '\n');
    return e;
}

enum err export_csv(struct export *x)
{
    struct table t = {.x = x};
    enum err e = columns_find(&t);

    for (size_t i = 0; i < x->n_groups; i++)
        t.groups = t.groups || is_own_group(x->groups[i].name);
    if (e == OK)
        e = columns_check(&t);
    if (e == OK) {
        text_put(x->out, t.groups ? "name,groups" : "name");
        for (size_t i = 0; i < t.n; i++) {
            text_char(x->out, ',');
            put_cell(x->out, t.columns[i]->name);
        }
        text_char(x->out, '\n');
    }
    for (size_t i = 0; e == OK && i < x->n_hosts; i++)
        e = put_row(&t, x->hosts[i]);
    free(t.columns);
    return e;
}
