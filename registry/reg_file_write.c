#include "registry/reg_file.h"

#include "base/utf16.h"
#include "registry/reg_data.h"

#include <assert.h>
#include <string.h>

#define LINE_MAX_COLUMNS 80 /* regedit's */

static const char line_end[] = "\r\n";

static void put_quoted(struct text *t, const char *s, size_t n)
{
    text_char(t, '"');
    for (size_t i = 0; i < n; i++) {
        if (s[i] == '\\' || s[i] == '"')
            text_char(t, '\\');
        text_char(t, s[i]);
    }
    text_char(t, '"');
}

/* "…" can say a string of one line with its NUL at the end, and nothing else. */
static bool put_string(struct text *t, const struct reg_value *v)
{
    struct text s = {0};
    bool plain = v->type == REG_SZ && utf16_read(rd_of(v->bytes, v->size), &s) == OK && s.used > 0;

    for (size_t i = 0; plain && i < s.used; i++)
        plain = i + 1 == s.used ? s.s[i] == '\0' : (unsigned char)s.s[i] >= 0x20;
    if (plain)
        put_quoted(t, s.s, s.used - 1);
    text_fini(&s);
    return plain;
}

/* Columns that the line in work has so far; continuation bytes of UTF-8 are none. */
static size_t columns_since(const struct text *t, size_t from)
{
    size_t n = 0;

    for (size_t i = from; i < t->used; i++)
        if (((unsigned char)t->s[i] & 0xc0) != 0x80)
            n++;
    return n;
}

static void put_bytes(struct text *t, const struct reg_value *v, size_t column)
{
    for (size_t i = 0; i < v->size; i++) {
        text_hex(t, v->bytes + i, 1);
        if (i + 1 == v->size)
            break;
        text_char(t, ',');
        column += 3;
        if (column + 4 > LINE_MAX_COLUMNS) { /* "xx," and '\' */
            text_printf(t, "\\%s  ", line_end);
            column = 2;
        }
    }
}

static void put_data(struct text *t, const struct reg_value *v, size_t line_at)
{
    struct rd r = rd_of(v->bytes, v->size);

    if (put_string(t, v))
        return;
    if (v->type == REG_DWORD && v->size == 4) {
        text_printf(t, "dword:%08lx", (unsigned long)rd_le32(&r));
        return;
    }
    if (v->type == REG_BINARY)
        text_put(t, "hex:");
    else
        text_printf(t, "hex(%lx):", (unsigned long)v->type);
    put_bytes(t, v, columns_since(t, line_at));
}

static void put_value(struct text *t, const struct reg_entry *entry)
{
    size_t line_at = t->used;

    if (entry->name[0] == '\0')
        text_char(t, '@');
    else
        put_quoted(t, entry->name, strlen(entry->name));
    text_char(t, '=');
    if (entry->kind == REG_VALUE_DELETE)
        text_char(t, '-');
    else
        put_data(t, &entry->value, line_at);
    text_put(t, line_end);
}

static void put_section(struct text *t, enum reg_entry_kind kind, const struct reg_path *path)
{
    text_printf(t, "%s[%s%s%s%s]%s", line_end, kind == REG_KEY_DELETE ? "-" : "",
                hive_long_name(path->hive), path->key[0] == '\0' ? "" : "\\", path->key, line_end);
}

static bool is_value(const struct reg_entry *entry)
{
    return entry->kind == REG_VALUE_SET || entry->kind == REG_VALUE_DELETE;
}

/* One entry; *open is the key of the values before it, and afterwards of this one. */
static enum err put_entry(struct text *t, const struct reg_entry *entry, struct reg_path *open)
{
    struct reg_path path = {0};
    enum err e;

    assert(!entry->value.absent);
    if ((e = path_to_64bit_form(&entry->path, &path)) != OK)
        return e;
    if (reg_key_is_ambiguous(path.key)) {
        path_fini(&path);
        return E_FORMAT;
    }
    if (!is_value(entry) || open->key == NULL || open->hive != path.hive ||
        strcmp(open->key, path.key) != 0)
        put_section(t, entry->kind, &path);
    path_fini(open);
    if (is_value(entry)) {
        put_value(t, entry);
        *open = path;
    } else {
        path_fini(&path);
    }
    return text_end(t);
}

enum err reg_file_put_text(struct text *t, const struct reg_entry *entries, size_t n)
{
    struct reg_path open = {0};
    enum err e;

    text_printf(t, "Windows Registry Editor Version 5.00%s", line_end);
    e = text_end(t);
    for (size_t i = 0; i < n && e == OK; i++)
        e = put_entry(t, &entries[i], &open);
    path_fini(&open);
    text_put(t, line_end); /* as regedit does; Samba forgets the last line without it */
    return e == OK ? text_end(t) : e;
}

enum err reg_file_put_bytes(struct wr *w, const struct reg_entry *entries, size_t n)
{
    struct text t = {0};
    enum err e;

    text_put(&t, "\xef\xbb\xbf"); /* the mark, as any other character */
    if ((e = reg_file_put_text(&t, entries, n)) == OK)
        e = utf16_put_n(w, text_str(&t), t.used);
    text_fini(&t);
    return e;
}
