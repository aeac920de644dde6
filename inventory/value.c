#include "inventory/value.h"

#include "base/shown.h"

#include <stdlib.h>
#include <string.h>

void values_fini(struct values *v)
{
    for (size_t i = 0; i < v->n; i++) {
        free(v->all[i]->text);
        free(v->all[i]->items);
        free(v->all[i]);
    }
    free(v->all);
    *v = (struct values){0};
}

struct value *value_new(struct values *v, enum value_kind kind, int line, int column)
{
    struct value *one;

    if (v->n >= VALUES_MAX)
        return NULL;
    if (v->n == v->room) {
        size_t room = v->room == 0 ? 64 : v->room * 2;
        struct value **all = realloc(v->all, room * sizeof *all);

        if (all == NULL)
            return NULL;
        v->all = all;
        v->room = room;
    }
    if ((one = calloc(1, sizeof *one)) == NULL)
        return NULL;
    *one = (struct value){.kind = kind, .line = line, .column = column};
    v->all[v->n++] = one;
    return one;
}

bool value_set_text(struct value *v, const char *s, size_t n)
{
    char *copy = str_dup_n(s, n);

    if (copy == NULL)
        return false;
    free(v->text);
    v->text = copy;
    return true;
}

bool value_add(struct value *to, struct value *item)
{
    if ((to->n & (to->n - 1)) == 0) { /* full at every power of two */
        struct value **items = realloc(to->items, (to->n == 0 ? 1 : to->n * 2) * sizeof *items);

        if (items == NULL)
            return false;
        to->items = items;
    }
    to->items[to->n++] = item;
    return true;
}

/* --- keys that came again --- */

struct pair {
    struct value *key, *value;
    size_t place; /* that of the pair in the map */
    bool again;
};

static int pair_compare(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    int c = strcmp(x->key->text, y->key->text);

    return c != 0 ? c : x->place < y->place ? -1
                                            : x->place > y->place;
}

static int place_compare(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;

    return x->place < y->place ? -1 : x->place > y->place;
}

/* Equal keys are neighbours: the value of the last goes to the first. */
static bool pairs_join(struct pair *pairs, size_t n, const char *file, struct notes *notes)
{
    char buf[SHOWN_SIZE];
    bool any = false;

    for (size_t i = 0; i + 1 < n;) {
        size_t k = i + 1;

        for (; k < n && strcmp(pairs[i].key->text, pairs[k].key->text) == 0; k++) {
            pairs[i].value = pairs[k].value;
            pairs[k].again = any = true;
            notes_add(notes, "%s:%d:%d: `%s` a second time: only the last one counts",
                      shown_file(file), pairs[k].key->line, pairs[k].key->column,
                      shown(pairs[k].key->text, strlen(pairs[k].key->text), buf));
        }
        i = k;
    }
    return any;
}

enum err value_settle_map(struct value *map, const char *file, struct notes *notes)
{
    size_t n = map->n / 2, kept = 0;
    struct pair *pairs;

    if (n < 2)
        return OK;
    if ((pairs = calloc(n, sizeof *pairs)) == NULL)
        return E_MEMORY;
    for (size_t i = 0; i < n; i++)
        pairs[i] = (struct pair){
            .key = map->items[2 * i], .value = map->items[2 * i + 1], .place = i};
    qsort(pairs, n, sizeof *pairs, pair_compare);
    if (pairs_join(pairs, n, file, notes)) {
        qsort(pairs, n, sizeof *pairs, place_compare);
        for (size_t i = 0; i < n; i++)
            if (!pairs[i].again) {
                map->items[2 * kept] = pairs[i].key;
                map->items[2 * kept + 1] = pairs[i].value;
                kept++;
            }
        map->n = 2 * kept;
    }
    free(pairs);
    return OK;
}

struct value *value_get(const struct value *map, const char *key)
{
    if (map->kind != VALUE_MAP)
        return NULL;
    for (size_t i = 0; i < map->n; i += 2)
        if (strcmp(map->items[i]->text, key) == 0)
            return map->items[i + 1];
    return NULL;
}

bool value_is_mark(const char *key)
{
    return strcmp(key, "__ansible_vault") == 0 || strcmp(key, "__ansible_unsafe") == 0;
}

bool value_is_scalar(const struct value *v)
{
    return v->kind == VALUE_NULL || v->kind == VALUE_BOOL || v->kind == VALUE_NUMBER ||
           v->kind == VALUE_STRING;
}

bool value_is_false(const struct value *v)
{
    static const char *const words[] = {"null", "false", "0", "0.0", "-0.0"};

    if (v->kind == VALUE_STRING)
        return v->text[0] == '\0';
    if (v->kind == VALUE_LIST || v->kind == VALUE_MAP)
        return v->n == 0;
    for (size_t i = 0; v->kind != VALUE_SECRET && i < COUNT(words); i++)
        if (strcmp(v->text, words[i]) == 0)
            return true;
    return false;
}

size_t value_depth(const struct value *v)
{
    size_t most = 0;

    if (v->kind != VALUE_LIST && v->kind != VALUE_MAP)
        return 0;
    for (size_t i = 0; i < v->n; i++) {
        size_t depth = value_depth(v->items[i]);

        most = depth > most ? depth : most;
    }
    return most + 1;
}

const char *value_kind_words(enum value_kind kind)
{
    switch (kind) {
    case VALUE_NULL: return "nothing";
    case VALUE_BOOL: return "a truth value";
    case VALUE_NUMBER: return "a number";
    case VALUE_STRING: return "a string";
    case VALUE_LIST: return "a list";
    case VALUE_MAP: return "a map";
    case VALUE_SECRET: return "an encrypted value";
    }
    abort();
}
