#include "inventory/yaml_read.h"

#include "base/shown.h"
#include "base/utf8.h"
#include "base/yaml_tree.h"
#include "inventory/json_read.h"
#include "inventory/yaml_scalar.h"

#include <string.h>

#define TAG(name) "tag:yaml.org,2002:" name

struct reader {
    const char *file;
    struct notes *notes;
    struct values *values;
    struct why *why;
};

static enum err convert(struct reader *r, const struct yaml_item *item, struct value **out);

static enum err place(const struct reader *r, const struct yaml_item *item, enum err e)
{
    return why_place(r->why, e, "%s:%d:%d", shown_file(r->file), item->line, item->column);
}

static enum err refuse(const struct reader *r, const struct yaml_item *item, const char *words)
{
    return place(r, item, why_set(r->why, E_DATA, "%s", words));
}

static enum err out_of_memory(const struct reader *r)
{
    if (r->values->n >= VALUES_MAX)
        return why_place(r->why,
                         why_set(r->why, E_LIMIT, "more than %d values in one file", VALUES_MAX),
                         "%s", shown_file(r->file));
    return why_set(r->why, E_MEMORY, "out of memory");
}

/* --- texts --- */

static bool type_of_tag(const char *tag, enum yaml_type *out)
{
    static const struct {
        const char *tag;
        enum yaml_type type;
    } types[] = {
        {"!unsafe", YAML_TYPE_STRING},
        {TAG("str"), YAML_TYPE_STRING},
        {TAG("null"), YAML_TYPE_NULL},
        {TAG("bool"), YAML_TYPE_BOOL},
        {TAG("int"), YAML_TYPE_INT},
        {TAG("float"), YAML_TYPE_FLOAT},
        {TAG("timestamp"), YAML_TYPE_TIME},
    };

    for (size_t i = 0; i < COUNT(types); i++)
        if (strcmp(types[i].tag, tag) == 0) {
            *out = types[i].type;
            return true;
        }
    return false;
}

static bool is_secret_tag(const char *tag)
{
    return tag != NULL && (strcmp(tag, "!vault") == 0 || strcmp(tag, "!vault-encrypted") == 0);
}

static enum err unknown_tag(const struct reader *r, const struct yaml_item *item)
{
    char buf[SHOWN_SIZE];

    return place(r, item,
                 why_set(r->why, E_DATA, "the tag %s: it has no meaning here",
                         shown(item->tag, strlen(item->tag), buf)));
}

/* libyaml lets escapes make what no other reader of ours would take. */
static bool is_sound(const struct yaml_item *item)
{
    for (size_t i = 0; i < item->size;) {
        uint32_t code = 0;
        size_t n = utf8_decode(item->text + i, item->size - i, &code);

        if (n == 0 || code == 0 || utf8_is_surrogate(code))
            return false;
        i += n;
    }
    return true;
}

static enum err convert_text(struct reader *r, const struct yaml_item *item, struct value *v)
{
    enum yaml_type type = YAML_TYPE_STRING;

    if (!is_sound(item))
        return refuse(r, item, "a NUL or half a character in a text");
    if (item->tag == NULL ? item->quote == 0 : strcmp(item->tag, "!") == 0)
        type = yaml_type_of(item->text); /* with ! even if it is quoted, says libyaml */
    else if (item->tag != NULL && !type_of_tag(item->tag, &type))
        return unknown_tag(r, item);
    return place(r, item, yaml_scalar_set(v, type, item->text, r->why));
}

/* --- lists and maps --- */

static enum err convert_list(struct reader *r, const struct yaml_item *item, struct value *v)
{
    enum err e;

    for (size_t i = 0; i < item->n; i++) {
        struct value *one;

        if ((e = convert(r, item->items[i], &one)) != OK)
            return e;
        if (!value_add(v, one))
            return out_of_memory(r);
    }
    return OK;
}

static bool is_merge(const struct yaml_item *key)
{
    return key->tag == NULL ? key->quote == 0 && strcmp(key->text, "<<") == 0
                            : strcmp(key->tag, TAG("merge")) == 0;
}

/* Another map's pairs go before the map's own, which count more. */
static enum err merge_map(struct reader *r, const struct yaml_item *from, struct value *v)
{
    struct value *other;
    enum err e;

    if (from->shape != YAML_MAP)
        return refuse(r, from, "expected a map behind <<, or a list of maps");
    if ((e = convert(r, from, &other)) != OK)
        return e;
    for (size_t i = 0; i < other->n; i++)
        if (!value_add(v, other->items[i]))
            return out_of_memory(r);
    return OK;
}

/* PyYAML puts what is merged before all other pairs, and of a list its last map first: later ones
 * count more. */
static enum err convert_merges(struct reader *r, const struct yaml_item *item, struct value *v)
{
    enum err e = OK;

    for (size_t i = 0; e == OK && i < item->n; i += 2) {
        const struct yaml_item *from = item->items[i + 1];

        if (!is_merge(item->items[i]))
            continue;
        if (from->shape != YAML_LIST)
            e = merge_map(r, from, v);
        for (size_t k = from->shape == YAML_LIST ? from->n : 0; e == OK && k > 0; k--)
            e = merge_map(r, from->items[k - 1], v);
    }
    return e;
}

static enum err convert_pairs(struct reader *r, const struct yaml_item *item, struct value *v)
{
    enum err e;

    for (size_t i = 0; i < item->n; i += 2) {
        struct value *key, *one;

        if (is_merge(item->items[i]))
            continue;
        if ((e = convert(r, item->items[i], &key)) != OK)
            return e;
        if (key->kind == VALUE_SECRET)
            return refuse(r, item->items[i], "a key cannot be encrypted");
        if (value_is_mark(key->text))
            return refuse(r, item->items[i], "this key is a mark of Ansible's own JSON");
        if ((e = convert(r, item->items[i + 1], &one)) != OK)
            return e;
        if (!value_add(v, key) || !value_add(v, one))
            return out_of_memory(r);
    }
    return OK;
}

static enum err convert_map(struct reader *r, const struct yaml_item *item, struct value *v)
{
    struct value *own = value_new(r->values, VALUE_MAP, item->line, item->column);
    enum err e;

    if (own == NULL)
        return out_of_memory(r);
    if ((e = convert_merges(r, item, v)) != OK || (e = convert_pairs(r, item, own)) != OK)
        return e;
    if (value_settle_map(own, r->file, r->notes) != OK)
        return out_of_memory(r);
    for (size_t i = 0; i < own->n; i++)
        if (!value_add(v, own->items[i]))
            return out_of_memory(r);
    /* A key that overrules a merged one was meant to. */
    return value_settle_map(v, r->file, NULL) == OK ? OK : out_of_memory(r);
}

static bool is_plain_branch(const struct yaml_item *item)
{
    const char *own = item->shape == YAML_LIST ? TAG("seq") : TAG("map");

    return item->tag == NULL || strcmp(item->tag, "!") == 0 || strcmp(item->tag, own) == 0 ||
           strcmp(item->tag, "!unsafe") == 0;
}

static enum err convert(struct reader *r, const struct yaml_item *item, struct value **out)
{
    struct value *v = value_new(r->values, VALUE_SECRET, item->line, item->column);

    if (v == NULL)
        return out_of_memory(r);
    *out = v;
    if (is_secret_tag(item->tag))
        return OK;
    if (item->shape == YAML_TEXT)
        return convert_text(r, item, v);
    if (!is_plain_branch(item))
        return unknown_tag(r, item);
    v->kind = item->shape == YAML_LIST ? VALUE_LIST : VALUE_MAP;
    return item->shape == YAML_LIST ? convert_list(r, item, v) : convert_map(r, item, v);
}

enum err yaml_read(const char *file, const char *bytes, size_t n, struct notes *notes,
                   struct values *values, struct value **out, struct why *why)
{
    static const struct yaml_rules rules = {
        .nodes_max = VALUES_MAX / 2, .depth_max = VALUE_TREE_DEPTH, .loose = true};
    struct reader r = {.file = file, .notes = notes, .values = values, .why = why};
    struct yaml_tree *tree = NULL;
    struct value *root = NULL;
    enum err e = yaml_tree_read_by(&rules, file, bytes, n, &tree, why);

    *out = NULL;
    if (e == OK && (e = convert(&r, tree->root, &root)) == OK)
        *out = root;
    yaml_tree_free(tree);
    return e;
}

static bool ends_json(const char *file)
{
    size_t n = strlen(file);

    return n >= 5 && str_eq_nocase(file + n - 5, ".json");
}

enum err data_read(const char *file, const char *bytes, size_t n, struct notes *notes,
                   struct values *values, struct value **out, bool *is_json, struct why *why)
{
    size_t kept = notes == NULL ? 0 : notes->kept, noted = notes == NULL ? 0 : notes->n;
    struct why of_json = {0};
    enum err e = json_read(file, bytes, n, notes, values, out, &of_json);
    bool json = e != E_DATA;

    if (is_json != NULL)
        *is_json = json;
    if (!json) {
        notes_forget(notes, kept, noted);
        e = yaml_read(file, bytes, n, notes, values, out, why);
    }
    if (e != OK && why != NULL && (json || (e == E_DATA && ends_json(file))))
        *why = of_json;
    return e;
}
