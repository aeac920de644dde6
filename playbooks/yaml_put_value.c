#include "playbooks/yaml_put_value.h"

#include "base/utf16.h"
#include "playbooks/yaml_put.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define INDENT 6    /* of a value's name */
#define KEY_MAX 250 /* libyaml looks for a colon within 1024 characters; each byte may be \xNN */

bool yaml_name_is_odd(const char *name)
{
    return strcmp(name, "@") == 0 || strcmp(name, "(default)") == 0 || strlen(name) > KEY_MAX;
}

static void put_hex(struct text *t, const struct reg_value *v)
{
    for (size_t i = 0; i < v->size; i++)
        text_printf(t, "%s%02x", i == 0 ? "" : " ", v->bytes[i]);
}

/* `type:` and `hex:`: the form for what has no other. */
static void put_raw(struct text *t, const struct reg_value *v)
{
    char name[REG_TYPE_TEXT_SIZE];
    text_printf(t, "%*stype: %s\n%*shex: ", INDENT + 2, "", reg_type_name(v->type, name),
                INDENT + 2, "");
    if (v->size == 0)
        text_put(t, "''");
    put_hex(t, v);
    text_char(t, '\n');
}

/* The text of a value with its NULs, if it is nothing but text. */
static bool texts_of(const struct reg_value *v, struct text *all)
{
    return utf16_read(rd_of(v->bytes, v->size), all) == OK && all->used > 0 &&
           utf8_check(all->s, all->used) == OK && all->s[all->used - 1] == '\0';
}

/* The text of an sz, if writing it gives the same bytes again. */
static bool text_of(const struct reg_value *v, struct text *out)
{
    struct reg_value again = {0};
    bool same = texts_of(v, out) && strlen(out->s) + 1 == out->used &&
                value_sz(v->type, out->s, &again) == OK && value_equal(v, &again);
    value_fini(&again);
    return same;
}

/* `TYPE TEXT`; or, where the reader would ask about quotes, a map of TYPE and TEXT. */
static bool put_text(struct text *t, const struct reg_value *v)
{
    char name[REG_TYPE_TEXT_SIZE];
    struct text s = {0}, form = {0};
    bool same = text_of(v, &s);
    if (same) {
        bool quoted = s.used > 2 && (s.s[0] == '"' || s.s[0] == '\'') && s.s[s.used - 2] == s.s[0];
        text_printf(&form, "%s%s%s", reg_type_name(v->type, name), s.used == 1 ? "" : " ", s.s);
        text_put(t, quoted ? "\n" : " ");
        if (quoted) {
            same = yaml_put_line(t, INDENT + 2, name, s.s) == OK;
        } else {
            same = yaml_put(t, text_str(&form)) == OK;
            text_char(t, '\n');
        }
    }
    text_fini(&form);
    text_fini(&s);
    return same;
}

/* `multi_sz: [a, b]` as a block. */
static bool put_texts(struct text *t, const struct reg_value *v)
{
    struct text s = {0}, block = {0};
    struct reg_value again = {0};
    const char **items = NULL;
    size_t n = 0;
    bool same = texts_of(v, &s) && (items = calloc(s.used, sizeof(char *))) != NULL;
    for (size_t at = 0; same && at + 1 < s.used; at += strlen(s.s + at) + 1)
        items[n++] = s.s + at;
    same = same && value_multi_sz(items, n, &again) == OK && value_equal(v, &again);
    text_printf(&block, "%*smulti_sz:%s\n", INDENT + 2, "", n == 0 ? " []" : "");
    for (size_t i = 0; same && i < n; i++) {
        text_printf(&block, "%*s- ", INDENT + 4, "");
        same = yaml_put(&block, items[i]) == OK;
        text_char(&block, '\n');
    }
    if (same)
        text_put(t, text_str(&block));
    free(items);
    value_fini(&again);
    text_fini(&block);
    text_fini(&s);
    return same;
}

/* ` dword 1` and the like on the same line. */
static bool put_short(struct text *t, const struct reg_value *v)
{
    char name[REG_TYPE_TEXT_SIZE];
    uint64_t n;
    if (v->absent) {
        text_put(t, " absent\n");
        return true;
    }
    if (value_as_u64(v, &n)) {
        text_printf(t, " %s %" PRIu64 "\n", reg_type_name(v->type, name), n);
        return true;
    }
    if (v->type != REG_BINARY && v->type != REG_NONE)
        return false;
    text_printf(t, " %s%s", reg_type_name(v->type, name), v->size == 0 ? "" : " ");
    put_hex(t, v);
    text_char(t, '\n');
    return true;
}

/* A block below the name. */
static void put_block(struct text *t, const struct reg_value *v)
{
    text_char(t, '\n');
    if (v->type != REG_MULTI_SZ || !put_texts(t, v))
        put_raw(t, v);
}

static enum err put_odd(struct text *t, const struct setting *s, const char *label)
{
    text_printf(t, "%*s%s:\n", INDENT, "", label);
    enum err e = yaml_put_line(t, INDENT + 2, "name", s->name);
    if (s->kind == SETTING_VALUE_ABSENT)
        text_printf(t, "%*sstate: absent\n", INDENT + 2, "");
    else
        put_raw(t, &s->value);
    return e != OK ? e : text_end(t);
}

enum err yaml_put_value(struct text *t, const struct setting *s, const char *label)
{
    const struct reg_value absent = value_absent();
    const struct reg_value *v = s->kind == SETTING_VALUE ? &s->value : &absent;
    bool is_text = !v->absent && (v->type == REG_SZ || v->type == REG_EXPAND_SZ);
    enum err e;
    if (yaml_name_is_odd(s->name))
        return put_odd(t, s, label);
    text_printf(t, "%*s", INDENT, "");
    if ((e = yaml_put(t, *s->name == '\0' ? "(default)" : s->name)) != OK)
        return e;
    text_char(t, ':');
    if (!(is_text ? put_text(t, v) : put_short(t, v)))
        put_block(t, v);
    return text_end(t);
}
