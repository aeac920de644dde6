/* What people read and write of a value: the names of types, and one line for a terminal. */
#include "registry/value.h"

#include "base/utf16.h"

#include <stdio.h>
#include <string.h>

#define SHOWN_BYTES 64    /* of a value that is shown as bytes */
#define SHOWN_STRING 4096 /* bytes of a string that is shown as text */

/* The first name of a type is the one that Swell writes. */
static const struct {
    const char *name;
    uint32_t type;
} names[] = {
    {"none", REG_NONE},
    {"sz", REG_SZ},
    {"expand_sz", REG_EXPAND_SZ},
    {"binary", REG_BINARY},
    {"dword", REG_DWORD},
    {"dword_be", REG_DWORD_BE},
    {"link", REG_LINK},
    {"multi_sz", REG_MULTI_SZ},
    {"qword", REG_QWORD},
    {"string", REG_SZ}, /* Ansible's win_regedit and PowerShell from here */
    {"expandstring", REG_EXPAND_SZ},
    {"multistring", REG_MULTI_SZ},
    {"dword_little_endian", REG_DWORD}, /* winnt.h */
    {"dword_big_endian", REG_DWORD_BE},
    {"qword_little_endian", REG_QWORD},
};

const char *reg_type_name(uint32_t type, char buf[REG_TYPE_TEXT_SIZE])
{
    for (size_t i = 0; i < COUNT(names); i++)
        if (names[i].type == type) {
            (void)snprintf(buf, REG_TYPE_TEXT_SIZE, "%s", names[i].name);
            return buf;
        }
    (void)snprintf(buf, REG_TYPE_TEXT_SIZE, "type %lu", (unsigned long)type);
    return buf;
}

bool reg_type_from_name(const char *name, uint32_t *out)
{
    static const char prefix[] = "reg_", numbered[] = "type ";
    char head[sizeof numbered] = "";
    uint64_t n;

    (void)snprintf(head, sizeof prefix, "%s", name);
    if (str_eq_nocase(head, prefix))
        name += strlen(prefix);
    for (size_t i = 0; i < COUNT(names); i++)
        if (str_eq_nocase(names[i].name, name)) {
            *out = names[i].type;
            return true;
        }
    (void)snprintf(head, sizeof numbered, "%s", name);
    if (!str_eq_nocase(head, numbered) || !str_parse_u64(name + strlen(numbered), &n) ||
        n > UINT32_MAX)
        return false;
    *out = (uint32_t)n;
    return true;
}

static void put_bytes(struct text *t, const struct reg_value *v)
{
    size_t shown = v->size < SHOWN_BYTES ? v->size : SHOWN_BYTES;

    for (size_t i = 0; i < shown; i++)
        text_printf(t, " %02x", v->bytes[i]);
    if (shown < v->size)
        text_printf(t, " \xe2\x80\xa6 (%zu bytes)", v->size);
}

static void put_string(struct text *t, const char *s, size_t n)
{
    size_t shown = n < SHOWN_STRING ? n : SHOWN_STRING;

    while (shown < n && shown > 0 && ((unsigned char)s[shown] & 0xc0) == 0x80)
        shown--;
    text_char(t, '"');
    text_put_safe(t, s, shown);
    text_char(t, '"');
    if (shown < n)
        text_put(t, " \xe2\x80\xa6");
}

/* A string that is whole: at most one NUL, and that at the end. */
static bool put_sz(struct text *t, const struct reg_value *v)
{
    struct text s = {0};
    bool whole = utf16_read(rd_of(v->bytes, v->size), &s) == OK;
    bool ended = s.used > 0 && s.s[s.used - 1] == '\0';
    size_t n = s.used - (ended ? 1 : 0);

    whole = whole && memchr(text_str(&s), '\0', n) == NULL;
    if (whole) {
        text_char(t, ' ');
        put_string(t, text_str(&s), n);
        if (!ended)
            text_put(t, " (no NUL)");
    }
    text_fini(&s);
    return whole;
}

/* A list that is whole: items that are not empty, each with its NUL, and one NUL more. */
static bool put_multi_sz(struct text *t, const struct reg_value *v)
{
    struct text s = {0}, list = {0};
    bool whole = utf16_read(rd_of(v->bytes, v->size), &s) == OK && s.used > 0;
    size_t at = 0;

    while (whole && s.s[at] != '\0') {
        size_t n = strlen(s.s + at);

        if (at > 0)
            text_put(&list, ", ");
        put_string(&list, s.s + at, n);
        at += n + 1;
        whole = at < s.used;
    }
    whole = whole && at + 1 == s.used && text_end(&list) == OK;
    if (whole)
        text_printf(t, " [%s]", text_str(&list));
    text_fini(&list);
    text_fini(&s);
    return whole;
}

void value_put_text(struct text *t, const struct reg_value *v)
{
    char name[REG_TYPE_TEXT_SIZE];
    uint64_t n;

    if (v->absent) {
        text_put(t, "absent");
        return;
    }
    text_put(t, reg_type_name(v->type, name));
    if (value_as_u64(v, &n)) {
        text_printf(t, " %llu", (unsigned long long)n);
        return;
    }
    if ((v->type == REG_SZ || v->type == REG_EXPAND_SZ) && put_sz(t, v))
        return;
    if (v->type == REG_MULTI_SZ && put_multi_sz(t, v))
        return;
    if (v->size == 0 || (v->type != REG_BINARY && v->type != REG_NONE))
        text_printf(t, " (%zu byte%s)", v->size, v->size == 1 ? "" : "s");
    put_bytes(t, v);
}
