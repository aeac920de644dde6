#include "playbooks/yaml_data.h"

#include "base/shown.h"
#include "base/text.h"
#include "base/wire.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static enum err placed(const struct yaml_form *f, const struct yaml_item *at, size_t byte,
                       enum err e)
{
    if (e == OK)
        return OK;
    if (e == E_MEMORY)
        return form_memory(f);
    if (e == E_LIMIT)
        return form_fail_in(f, at, byte, "a value of more than %u bytes", REG_VALUE_MAX);
    return form_fail_in(f, at, byte, "the text cannot be written as UTF-16");
}

/* `00000200` is 200 to one reader and 0x200 to the next, who has it from a .reg file; so it is not
 * read at all. */
static bool is_doubtful(const char *s, uint64_t n)
{
    return s[0] == '0' && isdigit((unsigned char)s[1]) && n > 7;
}

static enum err number_read(const struct yaml_form *f, const struct yaml_item *at, size_t from,
                            uint64_t most, uint64_t *out)
{
    const char *s = at->text + from;
    char buf[SHOWN_SIZE];
    if (*s == '\0')
        return form_fail_in(f, at, from,
                            "expected a number, 0 to %" PRIu64 " (0x%" PRIX64 "), got nothing",
                            most, most);
    if (!str_parse_u64(s, out) || *out > most)
        return form_fail_in(f, at, from,
                            "expected a number, 0 to %" PRIu64 " (0x%" PRIX64 "), got `%s`", most,
                            most, shown(s, strlen(s), buf));
    if (is_doubtful(s, *out))
        return form_fail_in(
            f, at, from,
            "`%s` may be decimal or hexadecimal; write 0x%s or the number without zeros",
            shown(s, strlen(s), buf), s + strspn(s, "0"));
    return OK;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

enum err yaml_hex_read(const struct yaml_form *f, const struct yaml_item *at, size_t from,
                       uint32_t type, struct reg_value *out)
{
    const char *s = at->text;
    struct wr w;
    enum err e = OK;
    wr_init(&w, REG_VALUE_MAX);
    for (size_t i = from; i < at->size && e == OK;) {
        uint8_t byte;
        if (is_blank(s[i])) {
            i++;
        } else if (!isxdigit((unsigned char)s[i])) {
            e = form_fail_in(f, at, i, "expected pairs of hex digits such as 01 02 ff");
        } else if (!hex_decode(s + i, 2, &byte, 1)) {
            e = form_fail_in(f, at, i, "half a byte: hex digits come in pairs");
        } else {
            wr_u8(&w, byte);
            i += 2;
        }
    }
    if (e == OK && (e = placed(f, at, from, wr_end(&w))) == OK)
        e = placed(f, at, from, value_raw(type, w.bytes, w.used, out));
    wr_fini(&w);
    return e;
}

/* A person who quotes inside of the text gets the quotes, which is seldom meant; the map form says
 * which was. */
static enum err text_read(const struct yaml_form *f, const struct yaml_item *at, size_t from,
                          uint32_t type, struct reg_value *out)
{
    const char *s = at->text + from;
    size_t n = strlen(s);
    if (from > 0 && n > 1 && (s[0] == '"' || s[0] == '\'') && s[n - 1] == s[0])
        return form_fail_in(
            f, at, from,
            "the quotes would be part of the text; if they are meant, write {sz: '\"text\"'}");
    return placed(f, at, from, value_sz(type, s, out));
}

enum err yaml_data_read(const struct yaml_form *f, const struct yaml_item *at, size_t from,
                        uint32_t type, struct reg_value *out)
{
    char name[REG_TYPE_TEXT_SIZE];
    uint64_t n;
    enum err e;
    if (strlen(at->text) != at->size)
        return form_fail(f, at, "a NUL cannot stand in a text; write the bytes with hex:");
    switch (type) {
    case REG_DWORD:
    case REG_DWORD_BE:
        if ((e = number_read(f, at, from, UINT32_MAX, &n)) != OK)
            return e;
        return placed(f, at, from,
                      type == REG_DWORD ? value_dword((uint32_t)n, out)
                                        : value_dword_be((uint32_t)n, out));
    case REG_QWORD:
        e = number_read(f, at, from, UINT64_MAX, &n);
        return e != OK ? e : placed(f, at, from, value_qword(n, out));
    case REG_SZ:
    case REG_EXPAND_SZ: return text_read(f, at, from, type, out);
    case REG_NONE:
    case REG_BINARY: return yaml_hex_read(f, at, from, type, out);
    case REG_MULTI_SZ: return form_fail(f, at, "a multi_sz is a list: write {multi_sz: [a, b]}");
    }
    return form_fail(f, at, "%s has no text form: write {type: %" PRIu32 ", hex: 01 02}",
                     reg_type_name(type, name), type);
}

enum err yaml_texts_read(const struct yaml_form *f, const struct yaml_item *list,
                         struct reg_value *out)
{
    const char **items = NULL;
    enum err e = form_shape(f, list, YAML_LIST, "the list of a multi_sz, [a, b]");
    if (e != OK)
        return e;
    if ((items = calloc(list->n + 1, sizeof(char *))) == NULL)
        return form_memory(f);
    for (size_t i = 0; i < list->n && e == OK; i++) {
        const struct yaml_item *item = list->items[i];
        if ((e = form_shape(f, item, YAML_TEXT, "a text")) != OK)
            break;
        if (item->size == 0)
            e = form_fail(f, item,
                          "an empty text ends a multi_sz early; write the bytes with hex:");
        else if (strlen(item->text) != item->size)
            e = form_fail(f, item, "a NUL cannot stand in a text; write the bytes with hex:");
        items[i] = item->text;
    }
    if (e == OK)
        e = placed(f, list, 0, value_multi_sz(items, list->n, out));
    free(items);
    return e;
}
