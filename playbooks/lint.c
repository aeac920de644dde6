#include "playbooks/lint_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum err lint_add(struct lint *l, const struct setting *at, const char *fmt, ...)
{
    va_list args;
    if (l->n >= LINT_FINDINGS_MAX)
        return OK;
    if ((l->n & (l->n - 1)) == 0) { /* full at every power of two */
        struct lint_finding *more = realloc(l->found, (l->n == 0 ? 1 : l->n * 2) * sizeof *more);
        if (more == NULL)
            return E_MEMORY;
        l->found = more;
    }
    struct lint_finding *f = &l->found[l->n++];
    *f = (struct lint_finding){.line = at->line, .column = at->column};
    va_start(args, fmt);
    (void)vsnprintf(f->text, sizeof f->text, fmt, args);
    va_end(args);
    return OK;
}

static int spot_compare(const struct reg_path *path, const char *name, const struct lint_spot *b)
{
    int c = path_compare(path, &b->path);
    if (c != 0 || name == NULL || b->setting->name == NULL)
        return c != 0 ? c : (name != NULL) - (b->setting->name != NULL);
    return reg_name_compare(name, b->setting->name);
}

static int spot_order(const void *a, const void *b)
{
    const struct lint_spot *x = a;
    return spot_compare(&x->path, x->setting->name, b);
}

bool lint_sets(const struct lint *l, const struct reg_path *path, const char *name)
{
    size_t low = 0, high = l->n_spots;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        int c = spot_compare(path, name, &l->spots[mid]);
        if (c == 0)
            return true;
        low = c > 0 ? mid + 1 : low;
        high = c > 0 ? high : mid;
    }
    return false;
}

static bool is_before(const struct setting *a, const struct setting *b)
{
    return a->line != b->line ? a->line < b->line : a->column < b->column;
}

const struct setting *lint_key(const struct lint *l, size_t spot)
{
    const struct reg_path *path = &l->spots[spot].path;
    const struct setting *first = l->spots[spot].setting;
    if (spot > 0 && path_equal(&l->spots[spot - 1].path, path))
        return NULL;
    for (size_t i = spot + 1; i < l->n_spots && path_equal(&l->spots[i].path, path); i++)
        first = is_before(l->spots[i].setting, first) ? l->spots[i].setting : first;
    return first;
}

const char *key_below(const char *key, const char *top)
{
    for (; *top != '\0'; key++, top++) {
        char a[2] = {*key, '\0'}, b[2] = {*top, '\0'};
        if (!str_eq_nocase(a, b))
            return NULL;
    }
    return *key == '\0' ? key : *key == '\\' ? key + 1
                                             : NULL;
}

const char *key_level(const char *key, char *buf, size_t size)
{
    size_t n = strcspn(key, "\\");
    size_t kept = n < size - 1 ? n : size - 1;
    memcpy(buf, key, kept);
    buf[kept] = '\0';
    return key[n] == '\0' ? key + n : key + n + 1;
}

static int finding_order(const void *a, const void *b)
{
    const struct lint_finding *x = a, *y = b;
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    if (x->column != y->column)
        return x->column < y->column ? -1 : 1;
    return strcmp(x->text, y->text);
}

static enum err spots_make(struct lint *l)
{
    const struct playbook *p = l->playbook;
    enum err e = OK;
    if ((l->spots = calloc(p->n_settings + 1, sizeof *l->spots)) == NULL)
        return E_MEMORY;
    for (size_t i = 0; i < p->n_settings && e == OK; i++) {
        l->spots[i].setting = &p->settings[i];
        if ((e = path_to_64bit_form(&p->settings[i].path, &l->spots[i].path)) == OK)
            l->n_spots++;
    }
    qsort(l->spots, l->n_spots, sizeof *l->spots, spot_order);
    return e;
}

enum err playbook_lint(const struct playbook *p, struct lint_finding **out, size_t *n)
{
    static enum err (*const rules[])(struct lint *) = {lint_schannel, lint_types, lint_twins,
                                                       lint_paths, lint_verify};
    struct lint l = {.playbook = p};
    enum err e = spots_make(&l);
    for (size_t i = 0; i < COUNT(rules) && e == OK; i++)
        e = rules[i](&l);
    if (e == OK) {
        if (l.n > 0)
            qsort(l.found, l.n, sizeof *l.found, finding_order);
        *out = l.found;
        *n = l.n;
        l.found = NULL; /* moved to the caller */
    }
    for (size_t i = 0; i < l.n_spots; i++)
        path_fini(&l.spots[i].path);
    free(l.spots);
    free(l.found);
    return e;
}
