#include "playbooks/yaml_value.h"

#include "base/shown.h"
#include "base/text.h"
#include "playbooks/yaml_data.h"

#include <stdlib.h>
#include <string.h>

#define WORD_MAX 40

static const char *const type_words[] = {"dword", "sz", "expand_sz", "multi_sz", "binary",
                                         "qword", "dword_be", "none", "absent"};
static const char *const long_keys[] = {"type", "data", "hex", "name", "state"};

/* The word in front of the data, and where the data begins: after one blank, so that more of them
 * belong to it. */
static size_t word_take(const struct yaml_item *at, char word[WORD_MAX])
{
    size_t n = strcspn(at->text, " \t\n");
    size_t kept = n < WORD_MAX - 1 ? n : WORD_MAX - 1;
    memcpy(word, at->text, kept);
    word[kept] = '\0';
    return at->text[n] == '\0' ? n : n + 1;
}

static enum err type_unknown(const struct yaml_form *f, const struct yaml_item *at,
                             const char *word)
{
    char buf[SHOWN_SIZE];
    const char *near = str_nearest(word, type_words, COUNT(type_words));
    const char *safe = shown(word, strlen(word), buf);
    if (strchr(word, ':') != NULL)
        return form_fail(f, at, "`%s` is .reg syntax; write a type and data such as `dword 0x200`",
                         safe);
    if (near != NULL)
        return form_fail(f, at, "`%s` is no registry type; did you mean `%s`?", safe, near);
    return form_fail(f, at,
                     "expected a type and data such as `dword 1` or `sz text`, or `absent`; `%s` "
                     "is no registry type",
                     safe);
}

static enum err text_form(const struct yaml_form *f, const struct yaml_item *at,
                          struct yaml_value *out)
{
    char word[WORD_MAX];
    uint32_t type;
    if (at->size == 0)
        return form_fail(
            f, at,
            "expected a type and data such as `dword 1` or `sz text`, or `absent`; got nothing");
    size_t from = word_take(at, word);
    if (strcmp(at->text, "absent") == 0 && at->size == strlen("absent")) {
        out->value = value_absent();
        return OK;
    }
    if (strcmp(word, "absent") == 0)
        return form_fail_in(f, at, from, "`absent` has no data; a text is written `sz absent …`");
    if (!reg_type_from_name(word, &type))
        return type_unknown(f, at, word);
    return yaml_data_read(f, at, from, type, &out->value);
}

static enum err data_form(const struct yaml_form *f, const struct yaml_item *data, uint32_t type,
                          struct reg_value *out)
{
    if (type == REG_MULTI_SZ)
        return yaml_texts_read(f, data, out);
    enum err e = form_shape(f, data, YAML_TEXT, "the data as a text or number");
    return e != OK ? e : yaml_data_read(f, data, 0, type, out);
}

static enum err type_read(const struct yaml_form *f, const struct yaml_item *at, uint32_t *out)
{
    uint64_t n;
    enum err e = form_shape(f, at, YAML_TEXT, "a registry type such as dword");
    if (e != OK)
        return e;
    if (strlen(at->text) == at->size && reg_type_from_name(at->text, out))
        return OK;
    if (!str_parse_u64(at->text, &n) || n > UINT32_MAX)
        return type_unknown(f, at, at->text);
    *out = (uint32_t)n;
    return OK;
}

/* The part of a long map that says what the value is. */
static enum err long_value(const struct yaml_form *f, const struct yaml_item *at,
                           struct reg_value *out)
{
    static const char *const states[] = {"absent"};
    const struct yaml_item *type = form_get(at, "type"), *data = form_get(at, "data");
    const struct yaml_item *hex = form_get(at, "hex"), *state = form_get(at, "state");
    uint32_t number;
    size_t word;
    enum err e;
    if (state != NULL) {
        if (type != NULL || data != NULL || hex != NULL)
            return form_fail(f, at, "expected state: or type: and data:, got both");
        *out = value_absent();
        return form_word(f, state, states, COUNT(states), &word);
    }
    if (type == NULL)
        return form_fail(f, at, "the value has no type:");
    if ((e = type_read(f, type, &number)) != OK)
        return e;
    if (data != NULL && hex != NULL)
        return form_fail(f, hex, "expected data: or hex:, got both");
    if (data != NULL)
        return data_form(f, data, number, out);
    if (hex == NULL)
        return form_fail(f, at, "the value has no data: (or hex:)");
    e = form_shape(f, hex, YAML_TEXT, "hex digits such as 01 02 ff");
    return e != OK ? e : yaml_hex_read(f, hex, 0, number, out);
}

static enum err long_form(const struct yaml_form *f, const struct yaml_item *at,
                          struct yaml_value *out)
{
    const struct yaml_item *name = form_get(at, "name");
    enum err e = form_map(f, at, "a value", long_keys, COUNT(long_keys));
    if (e != OK || (e = long_value(f, at, &out->value)) != OK || name == NULL)
        return e;
    if ((e = form_shape(f, name, YAML_TEXT, "a value name")) != OK)
        return e;
    if (strlen(name->text) != name->size)
        return form_fail(f, name, "a NUL cannot stand in a value name");
    return (out->name = str_dup(name->text)) != NULL ? OK : form_memory(f);
}

static bool is_long(const struct yaml_item *at)
{
    for (size_t i = 0; i < COUNT(long_keys); i++)
        if (form_get(at, long_keys[i]) != NULL)
            return true;
    return false;
}

static enum err map_form(const struct yaml_form *f, const struct yaml_item *at,
                         struct yaml_value *out)
{
    uint32_t type;
    if (at->n != 2 || is_long(at))
        return long_form(f, at, out);
    if (!reg_type_from_name(at->items[0]->text, &type))
        return type_unknown(f, at->items[0], at->items[0]->text);
    return data_form(f, at->items[1], type, &out->value);
}

enum err yaml_value_read(const struct yaml_form *f, const struct yaml_item *at,
                         struct yaml_value *out)
{
    enum err e = OK;
    *out = (struct yaml_value){0};
    switch (at->shape) {
    case YAML_TEXT: e = text_form(f, at, out); break;
    case YAML_MAP: e = map_form(f, at, out); break;
    case YAML_LIST:
        e = form_fail(f, at, "expected a type and data; a list is written {multi_sz: [a, b]}");
        break;
    }
    if (e != OK) {
        value_fini(&out->value);
        free(out->name);
        *out = (struct yaml_value){0};
    }
    return e;
}
