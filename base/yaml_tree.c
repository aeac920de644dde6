#include "base/yaml_tree.h"

#include "base/shown.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct anchor {
    char *name;
    struct yaml_item *item;
};

struct builder {
    const struct yaml_rules *rules;
    const char *file;
    const char *bytes;
    size_t size;
    yaml_parser_t parser;
    struct yaml_tree *tree;
    struct anchor anchors[YAML_ANCHORS_MAX];
    size_t n_anchors;
    size_t depth;
    struct why *why;
};

static enum err build(struct builder *b, const yaml_event_t *event, struct yaml_item **out);

const char *yaml_shape_words(enum yaml_shape s)
{
    switch (s) {
    case YAML_TEXT: return "a text";
    case YAML_LIST: return "a list";
    case YAML_MAP: return "a map";
    }
    abort();
}

void yaml_tree_free(struct yaml_tree *t)
{
    if (t == NULL)
        return;
    for (size_t i = 0; i < t->n; i++) {
        free(t->all[i]->tag);
        free(t->all[i]->text);
        free(t->all[i]->items);
        free(t->all[i]);
    }
    free(t->all);
    free(t);
}

static enum err refuse(struct builder *b, yaml_mark_t at, const char *fmt, ...) PRINTF_LIKE(3, 4);

static enum err refuse(struct builder *b, yaml_mark_t at, const char *fmt, ...)
{
    char text[sizeof b->why->text];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return why_place(b->why, why_set(b->why, E_DATA, "%s", text), "%s:%zu:%zu", shown_file(b->file),
                     at.line + 1, at.column + 1);
}

static yaml_mark_t mark_of(const struct yaml_item *item)
{
    return (yaml_mark_t){.line = (size_t)item->line - 1, .column = (size_t)item->column - 1};
}

/* libyaml tells an undecodable byte by its offset only. */
static yaml_mark_t mark_of_offset(const struct builder *b, size_t offset)
{
    yaml_mark_t m = {0};
    for (size_t i = 0; i < offset; i++) {
        bool second =
            ((unsigned char)b->bytes[i] & 0xc0) == 0x80; /* and later ones: no new column */
        m.column = b->bytes[i] == '\n' ? 0 : m.column + (second ? 0 : 1);
        m.line += b->bytes[i] == '\n';
    }
    return m;
}

static enum err parser_failed(struct builder *b)
{
    const yaml_parser_t *p = &b->parser;
    yaml_mark_t at = p->problem_mark;
    const char *problem = p->problem != NULL ? p->problem : "not YAML";
    if (p->error == YAML_MEMORY_ERROR)
        return why_set(b->why, E_MEMORY, "out of memory");
    if (p->error == YAML_READER_ERROR)
        at = mark_of_offset(b, p->problem_offset);
    else if (at.line > mark_of_offset(b, b->size).line) /* libyaml ends every file with a newline */
        at = mark_of_offset(b, b->size);
    if (p->context != NULL && p->error != YAML_READER_ERROR)
        return refuse(b, at, "%s, %s (from line %zu)", problem, p->context,
                      p->context_mark.line + 1);
    return refuse(b, at, "%s", problem);
}

static enum err event_next(struct builder *b, yaml_event_t *event)
{
    return yaml_parser_parse(&b->parser, event) ? OK : parser_failed(b);
}

static enum err item_new(struct builder *b, enum yaml_shape shape, yaml_mark_t at,
                         struct yaml_item **out)
{
    struct yaml_tree *t = b->tree;
    if (t->n == b->rules->nodes_max)
        return refuse(b, at, "more than %zu texts, lists and maps in one file",
                      b->rules->nodes_max);
    if (t->n == t->room) {
        size_t room = t->room == 0 ? 64 : t->room * 2;
        struct yaml_item **all = realloc(t->all, room * sizeof(struct yaml_item *));
        if (all == NULL)
            return E_MEMORY;
        t->all = all;
        t->room = room;
    }
    struct yaml_item *item = calloc(1, sizeof *item);
    if (item == NULL)
        return E_MEMORY;
    item->shape = shape;
    item->line = (int)at.line + 1;
    item->column = (int)at.column + 1;
    item->spread = sizeof *item;
    t->all[t->n++] = item;
    *out = item;
    return OK;
}

static enum err item_add(struct builder *b, struct yaml_item *to, struct yaml_item *child,
                         yaml_mark_t at)
{
    if ((to->n & (to->n - 1)) == 0) { /* full at every power of two */
        struct yaml_item **items =
            realloc(to->items, (to->n == 0 ? 1 : to->n * 2) * sizeof(struct yaml_item *));
        if (items == NULL)
            return E_MEMORY;
        to->items = items;
    }
    to->items[to->n++] = child;
    to->spread += child->spread;
    if (to->spread > YAML_SPREAD_MAX)
        return refuse(b, at, "with its aliases written out, this file would pass %u MiB",
                      YAML_SPREAD_MAX >> 20);
    return OK;
}

static enum err anchor_set(struct builder *b, const yaml_char_t *name, yaml_mark_t at,
                           struct yaml_item *item)
{
    if (name == NULL)
        return OK;
    if (b->n_anchors == YAML_ANCHORS_MAX)
        return refuse(b, at, "more than %d anchors in one file", YAML_ANCHORS_MAX);
    char *copy = str_dup((const char *)name);
    if (copy == NULL)
        return E_MEMORY;
    b->anchors[b->n_anchors++] = (struct anchor){.name = copy, .item = item};
    return OK;
}

static enum err tag_take(struct builder *b, const yaml_char_t *tag, yaml_mark_t at,
                         struct yaml_item *item)
{
    const char *s = (const char *)tag;
    char buf[SHOWN_SIZE];
    if (tag == NULL)
        return OK;
    if (b->rules->loose)
        return (item->tag = str_dup(s)) == NULL ? E_MEMORY : OK;
    return refuse(b, at, "the tag %s: tags are not used here, types are written as words",
                  shown(s, strlen(s), buf));
}

static enum err build_alias(struct builder *b, const yaml_event_t *event, struct yaml_item **out)
{
    const char *name = (const char *)event->data.alias.anchor;
    for (size_t i = b->n_anchors; i > 0; i--) { /* from the last: an anchor may be set again */
        if (strcmp(b->anchors[i - 1].name, name) != 0)
            continue;
        if (b->anchors[i - 1].item->open)
            return refuse(b, event->start_mark, "*%.60s stands inside of &%.60s, a circle", name,
                          name);
        *out = b->anchors[i - 1].item;
        return OK;
    }
    return refuse(b, event->start_mark, "*%.60s, but there is no &%.60s before it", name, name);
}

static enum err build_text(struct builder *b, const yaml_event_t *event, struct yaml_item **out)
{
    struct yaml_item *item;
    bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    enum err e;
    if ((e = item_new(b, YAML_TEXT, event->start_mark, &item)) != OK ||
        (e = tag_take(b, event->data.scalar.tag, event->start_mark, item)) != OK ||
        (e = anchor_set(b, event->data.scalar.anchor, event->start_mark, item)) != OK)
        return e;
    item->size = event->data.scalar.length;
    item->spread += item->size;
    if ((item->text = calloc(1, item->size + 1)) == NULL)
        return E_MEMORY;
    memcpy(item->text, event->data.scalar.value, item->size);
    size_t width = event->end_mark.column - event->start_mark.column;
    item->quote = plain ? 0 : 1;
    item->exact = event->data.scalar.anchor == NULL &&
                  event->start_mark.line == event->end_mark.line &&
                  width == item->size + (plain ? 0 : 2);
    *out = item;
    return OK;
}

static enum err key_check(struct builder *b, const struct yaml_item *key)
{
    yaml_mark_t at = mark_of(key);
    if (key->shape != YAML_TEXT)
        return refuse(b, at, "expected a text as key, got %s", yaml_shape_words(key->shape));
    if (strlen(key->text) != key->size)
        return refuse(b, at, "a key with a NUL in it");
    return OK;
}

static int place_compare(const struct yaml_item *x, const struct yaml_item *y)
{
    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    return (x->column > y->column) - (x->column < y->column);
}

static int key_compare(const void *a, const void *b)
{
    const struct yaml_item *x = *(struct yaml_item *const *)a, *y = *(struct yaml_item *const *)b;
    int c = strcmp(x->text, y->text);
    return c != 0 ? c : place_compare(x, y);
}

/* Sorted, equal keys are neighbours; the one reported is the first in the file that repeats an
 * earlier one. */
static enum err keys_differ(struct builder *b, const struct yaml_item *map)
{
    size_t n = map->n / 2;
    const struct yaml_item **keys = calloc(n + 1, sizeof(struct yaml_item *));
    const struct yaml_item *twice = NULL, *first = NULL;
    char buf[SHOWN_SIZE];
    if (keys == NULL)
        return E_MEMORY;
    for (size_t i = 0; i < n; i++)
        keys[i] = map->items[2 * i];
    qsort(keys, n, sizeof(struct yaml_item *), key_compare);
    for (size_t i = 1; i < n; i++)
        if (strcmp(keys[i - 1]->text, keys[i]->text) == 0 &&
            (twice == NULL || place_compare(keys[i], twice) < 0)) {
            first = keys[i - 1];
            twice = keys[i];
        }
    free(keys);
    if (twice == NULL)
        return OK;
    return refuse(b, mark_of(twice), "`%s` a second time; the first is at line %d, column %d",
                  shown(twice->text, twice->size, buf), first->line, first->column);
}

/* The children of a list or map, up to its end. */
static enum err build_children(struct builder *b, struct yaml_item *item, yaml_event_type_t end)
{
    yaml_event_t event;
    enum err e;
    for (;;) {
        struct yaml_item *child = NULL;
        if ((e = event_next(b, &event)) != OK)
            return e;
        bool done = event.type == end;
        yaml_mark_t at = event.start_mark;
        if (!done && (e = build(b, &event, &child)) == OK && item->shape == YAML_MAP &&
            item->n % 2 == 0)
            e = key_check(b, child);
        yaml_event_delete(&event);
        if (done || e != OK || (e = item_add(b, item, child, at)) != OK)
            return e;
    }
}

static enum err build_branch(struct builder *b, const yaml_event_t *event, struct yaml_item **out)
{
    bool list = event->type == YAML_SEQUENCE_START_EVENT;
    const yaml_char_t *tag = list ? event->data.sequence_start.tag : event->data.mapping_start.tag;
    const yaml_char_t *anchor =
        list ? event->data.sequence_start.anchor : event->data.mapping_start.anchor;
    struct yaml_item *item;
    enum err e;
    if (b->depth == b->rules->depth_max)
        return refuse(b, event->start_mark, "more than %zu levels of lists and maps",
                      b->rules->depth_max);
    if ((e = item_new(b, list ? YAML_LIST : YAML_MAP, event->start_mark, &item)) != OK ||
        (e = tag_take(b, tag, event->start_mark, item)) != OK ||
        (e = anchor_set(b, anchor, event->start_mark, item)) != OK)
        return e;
    item->open = true;
    b->depth++;
    e = build_children(b, item, list ? YAML_SEQUENCE_END_EVENT : YAML_MAPPING_END_EVENT);
    b->depth--;
    item->open = false;
    if (e == OK && !list && !b->rules->loose)
        e = keys_differ(b, item);
    *out = item;
    return e;
}

static enum err build(struct builder *b, const yaml_event_t *event, struct yaml_item **out)
{
    if (event->type == YAML_ALIAS_EVENT)
        return build_alias(b, event, out);
    if (event->type == YAML_SCALAR_EVENT)
        return build_text(b, event, out);
    return build_branch(b, event, out);
}

static enum err build_nothing(struct builder *b)
{
    enum err e = item_new(b, YAML_TEXT, (yaml_mark_t){0}, &b->tree->root);
    return e == OK && (b->tree->root->text = str_dup("")) == NULL ? E_MEMORY : e;
}

/* STREAM-START, then one DOCUMENT-START … DOCUMENT-END, then STREAM-END. */
static enum err build_stream(struct builder *b)
{
    yaml_event_t event;
    enum err e;
    if ((e = event_next(b, &event)) != OK)
        return e;
    yaml_event_delete(&event);
    if ((e = event_next(b, &event)) != OK)
        return e;
    bool empty = event.type == YAML_STREAM_END_EVENT;
    yaml_event_delete(&event);
    if (empty && b->rules->loose)
        return build_nothing(b);
    if (empty)
        return refuse(b, (yaml_mark_t){0}, "the file is empty");
    if ((e = event_next(b, &event)) != OK)
        return e;
    e = build(b, &event, &b->tree->root);
    yaml_event_delete(&event);
    if (e != OK || (e = event_next(b, &event)) != OK)
        return e;
    yaml_event_delete(&event);
    if ((e = event_next(b, &event)) != OK)
        return e;
    if (event.type != YAML_STREAM_END_EVENT)
        e = refuse(b, event.start_mark, "a second document begins here; one file is one document");
    yaml_event_delete(&event);
    return e;
}

enum err yaml_tree_read(const char *file, const char *bytes, size_t n, struct yaml_tree **out,
                        struct why *why)
{
    static const struct yaml_rules ours = {.nodes_max = YAML_NODES_MAX,
                                           .depth_max = YAML_DEPTH_MAX};
    return yaml_tree_read_by(&ours, file, bytes, n, out, why);
}

enum err yaml_tree_read_by(const struct yaml_rules *rules, const char *file, const char *bytes,
                           size_t n, struct yaml_tree **out, struct why *why)
{
    struct builder b = {.rules = rules, .file = file, .bytes = bytes, .size = n, .why = why};
    enum err e;
    *out = NULL;
    if (n > YAML_FILE_MAX)
        return why_place(
            why,
            why_set(why, E_DATA, "the file has %zu bytes; at most %u are read", n, YAML_FILE_MAX),
            "%s:1:1", shown_file(file));
    if ((b.tree = calloc(1, sizeof *b.tree)) == NULL || !yaml_parser_initialize(&b.parser)) {
        free(b.tree);
        return why_set(why, E_MEMORY, "out of memory");
    }
    yaml_parser_set_input_string(&b.parser, (const unsigned char *)bytes, n);
    if ((e = build_stream(&b)) == OK) {
        *out = b.tree;
        b.tree = NULL;
    } else if (e == E_MEMORY) {
        e = why_set(why, E_MEMORY, "out of memory");
    }
    for (size_t i = 0; i < b.n_anchors; i++)
        free(b.anchors[i].name);
    yaml_parser_delete(&b.parser);
    yaml_tree_free(b.tree);
    return e;
}
