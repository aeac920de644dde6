/* What only shows when all settings are seen together. Places are compared as a 64-bit program
 * names them, so that a key of the 32-bit view and the same key by its Wow6432Node name are one. */
#include "playbooks/playbook_parts.h"

#include "base/shown.h"
#include "base/utf16.h"
#include <stdlib.h>
#include <string.h>

struct spot { /* where a setting acts */
    const struct setting *setting;
    struct reg_path path;
};

struct checker {
    const char *file;
    struct spot *spots;
    size_t n;
    bool any_absent; /* key */
    struct why *why;
};

static enum err fail_at(const struct checker *c, const struct setting *s, enum err e)
{
    return why_place(c->why, e, "%s:%d:%d", shown_file(c->file), s->line, s->column);
}

static bool is_key_kind(const struct setting *s)
{
    return s->kind == SETTING_KEY || s->kind == SETTING_KEY_ABSENT;
}

static int place_compare(const struct setting *a, const struct setting *b)
{
    if (a->line != b->line)
        return a->line < b->line ? -1 : 1;
    return (a->column > b->column) - (a->column < b->column);
}

/* By path, the key itself before its values, then by name. */
static int spot_compare(const struct spot *a, const struct spot *b)
{
    int c = path_compare(&a->path, &b->path);
    if (c != 0)
        return c;
    if (is_key_kind(a->setting) || is_key_kind(b->setting))
        return (int)is_key_kind(b->setting) - (int)is_key_kind(a->setting);
    return reg_name_compare(a->setting->name, b->setting->name);
}

static int spot_order(const void *a, const void *b)
{
    const struct spot *x = a, *y = b;
    int c = spot_compare(x, y);
    return c != 0 ? c : place_compare(x->setting, y->setting);
}

static enum err spots_make(struct checker *c, const struct playbook *p)
{
    enum err e = OK;
    if ((c->spots = calloc(p->n_settings + 1, sizeof *c->spots)) == NULL)
        return E_MEMORY;
    for (size_t i = 0; i < p->n_settings && e == OK; i++) {
        c->spots[i].setting = &p->settings[i];
        if ((e = path_to_64bit_form(&p->settings[i].path, &c->spots[i].path)) == OK)
            c->n++;
        c->any_absent = c->any_absent || p->settings[i].kind == SETTING_KEY_ABSENT;
    }
    qsort(c->spots, c->n, sizeof *c->spots, spot_order);
    return e;
}

static bool is_same(const struct spot *a, const struct spot *b)
{
    if (spot_compare(a, b) != 0)
        return false;
    return !is_key_kind(a->setting) ||
           a->setting->kind == b->setting->kind; /* a key there and absent is told better later */
}

static enum err none_twice(const struct checker *c)
{
    const struct setting *twice = NULL, *first = NULL;
    struct text what = {0};
    char buf[SHOWN_SIZE];
    for (size_t i = 1; i < c->n; i++)
        if (is_same(&c->spots[i - 1], &c->spots[i]) &&
            (twice == NULL || place_compare(c->spots[i].setting, twice) < 0)) {
            first = c->spots[i - 1].setting;
            twice = c->spots[i].setting;
        }
    if (twice == NULL)
        return OK;
    path_put_text(&what, &twice->path);
    if (twice->name != NULL)
        text_printf(&what, ", value %s",
                    *twice->name == '\0' ? "(default)"
                                         : shown(twice->name, strlen(twice->name), buf));
    enum err e = fail_at(c, twice,
                         why_set(c->why, E_DATA,
                                 "a second setting for %s; the first is at line %d, column %d",
                                 text_str(&what), first->line, first->column));
    text_fini(&what);
    return e;
}

static const struct setting *absent_find(const struct checker *c, const struct reg_path *path)
{
    size_t low = 0, high = c->n;
    while (low < high) { /* the first spot at or after path; keys stand before their values */
        size_t mid = low + (high - low) / 2;
        if (path_compare(&c->spots[mid].path, path) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    for (; low < c->n && path_compare(&c->spots[low].path, path) == 0 &&
           is_key_kind(c->spots[low].setting);
         low++)
        if (c->spots[low].setting->kind == SETTING_KEY_ABSENT)
            return c->spots[low].setting;
    return NULL;
}

static enum err refuse_inside(const struct checker *c, const struct setting *s,
                              const struct setting *absent)
{
    struct text what = {0};
    path_put_text(&what, &absent->path);
    enum err e = fail_at(
        c, s,
        why_set(c->why, E_DATA,
                "line %d wants %s to be absent, with all that is in it, and this setting is in it",
                absent->line, text_str(&what)));
    text_fini(&what);
    return e;
}

/* Is one of the keys above this spot, or its own key, to be absent? */
static enum err not_inside_absent(const struct checker *c, const struct spot *spot)
{
    struct reg_path at = {0};
    enum err e = path_copy(&spot->path, &at);
    while (e == OK) {
        struct reg_path up = {0};
        const struct setting *absent = absent_find(c, &at);
        if (absent != NULL && absent != spot->setting) {
            e = refuse_inside(c, spot->setting, absent);
            break;
        }
        e = path_parent(&at, &up);
        path_fini(&at);
        at = up;
    }
    path_fini(&at);
    return e == E_ABSENT ? OK : e;
}

static enum err name_is_good(const struct checker *c, const struct setting *s)
{
    size_t units;
    if (s->name == NULL)
        return OK;
    if (utf16_units(s->name, &units) != OK)
        return fail_at(c, s, why_set(c->why, E_DATA, "the value name cannot be written as UTF-16"));
    if (units > REG_NAME_MAX)
        return fail_at(c, s,
                       why_set(c->why, E_DATA,
                               "a value name of %zu characters; the registry allows %d", units,
                               REG_NAME_MAX));
    return OK;
}

/* A hive, one of its top keys (HKLM\SOFTWARE) or the whole 32-bit copy: no playbook means to remove
 * those. */
static enum err path_is_good(const struct checker *c, const struct setting *s)
{
    const char *last = strrchr(s->path.key, '\\');
    if (s->kind != SETTING_KEY_ABSENT || (last != NULL && !reg_name_equal(last + 1, "Wow6432Node")))
        return OK;
    return fail_at(c, s,
                   why_set(c->why, E_DATA,
                           "a hive, a key directly in it or Wow6432Node cannot be made absent"));
}

enum err playbook_check(const struct playbook *p, const char *file, struct why *why)
{
    struct checker c = {.file = file, .why = why};
    enum err e = OK;
    if (p->n_settings == 0 && p->n_verify == 0)
        return why_place(why, why_set(why, E_DATA, "nothing to set and nothing to verify"),
                         "%s:1:1", shown_file(file));
    for (size_t i = 0; i < p->n_settings && e == OK; i++)
        if ((e = name_is_good(&c, &p->settings[i])) == OK)
            e = path_is_good(&c, &p->settings[i]);
    if (e == OK && (e = spots_make(&c, p)) == OK)
        e = none_twice(&c);
    for (size_t i = 0; i < c.n && c.any_absent && e == OK; i++)
        e = not_inside_absent(&c, &c.spots[i]);
    if (e == E_MEMORY)
        e = why_set(why, E_MEMORY, "out of memory");
    for (size_t i = 0; i < c.n; i++)
        path_fini(&c.spots[i].path);
    free(c.spots);
    return e;
}
