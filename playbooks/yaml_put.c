#include "playbooks/yaml_put.h"

#include "base/utf16.h"
#include "base/utf8.h"

#include <ctype.h>
#include <string.h>

static bool is_printable(const char *s)
{
    for (; *s != '\0'; s++)
        if (*s < 0x20 || *s > 0x7e)
            return false;
    return true;
}

/* YAML 1.1, 9.1.3, and narrower: it must not begin like anything else, nor hold what ends it. */
static bool is_plain(const char *s)
{
    size_t n = strlen(s);
    if (n == 0 || !is_printable(s) || s[n - 1] == ' ' || s[n - 1] == ':')
        return false;
    if (!isalnum((unsigned char)s[0]) && strchr("\\/_(.", s[0]) == NULL)
        return false;
    return strstr(s, ": ") == NULL && strstr(s, " #") == NULL;
}

/* Code points that would not be seen, or that YAML takes for a line's end. */
static bool is_hidden(uint32_t code)
{
    static const struct {
        uint32_t first, last;
    } hidden[] = {
        {0x00, 0x1f},
        {0x7f, 0xa0},
        {0xad, 0xad},
        {0x200b, 0x200f},
        {0x2028, 0x202e},
        {0x2060, 0x206f},
        {0xfe00, 0xfe0f},
        {0xfeff, 0xfeff},
        {0xfff0, 0xffff},
        {0xe000, 0xf8ff},
        {0xe0000, 0x10ffff},
    };
    for (size_t i = 0; i < COUNT(hidden); i++)
        if (code >= hidden[i].first && code <= hidden[i].last)
            return true;
    return false;
}

static void put_single(struct text *t, const char *s)
{
    text_char(t, '\'');
    for (; *s != '\0'; s++) {
        if (*s == '\'')
            text_char(t, '\'');
        text_char(t, *s);
    }
    text_char(t, '\'');
}

static void put_double(struct text *t, const char *s)
{
    text_char(t, '"');
    for (size_t n = strlen(s), at = 0, size; at < n; at += size) {
        uint32_t code;
        size = utf8_decode(s + at, n - at, &code);
        if (is_hidden(code))
            text_printf(t,
                        code < 0x100     ? "\\x%02X"
                        : code < 0x10000 ? "\\u%04X"
                                         : "\\U%08X",
                        (unsigned)code);
        else if (code == '"' || code == '\\')
            text_printf(t, "\\%c", (char)code);
        else
            text_put_n(t, s + at, size);
    }
    text_char(t, '"');
}

enum err yaml_put(struct text *t, const char *s)
{
    if (utf8_check(s, strlen(s)) != OK)
        return E_UNSUPPORTED;
    if (is_plain(s))
        text_put(t, s);
    else if (is_printable(s))
        put_single(t, s);
    else
        put_double(t, s);
    return text_end(t);
}

enum err yaml_put_line(struct text *t, int indent, const char *key, const char *s)
{
    text_printf(t, "%*s%s: ", indent, "", key);
    enum err e = yaml_put(t, s);
    text_char(t, '\n');
    return e != OK ? e : text_end(t);
}
