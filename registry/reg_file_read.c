#include "registry/reg_file.h"

#include "base/utf16.h"
#include "registry/reg_data.h"
#include "registry/reg_encoding.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 64

struct reader {
    struct cursor c;
    enum reg_version version;
    enum {
        NO_SECTION,
        NEW_SECTION, /* the last entry is the creation of its key */
        VALUE_SECTION,
        DELETED_SECTION
    } section;
    struct reg_path key;
    struct reg_file file;
    size_t room;
};

static void entry_fini(struct reg_entry *entry)
{
    path_fini(&entry->path);
    free(entry->name);
    value_fini(&entry->value);
}

void reg_file_fini(struct reg_file *f)
{
    for (size_t i = 0; i < f->n; i++)
        entry_fini(&f->entries[i]);
    free(f->entries);
    *f = (struct reg_file){0};
}

/* Moves *entry into the file. */
static enum err add(struct reader *r, struct reg_entry *entry)
{
    if (r->file.n == REG_FILE_ENTRIES_MAX)
        return cursor_fail(&r->c, "expected at most %d entries in a file", REG_FILE_ENTRIES_MAX);
    if (r->file.n == r->room) {
        size_t room = r->room == 0 ? FIRST_ROOM : 2 * r->room;
        struct reg_entry *entries = realloc(r->file.entries, room * sizeof *entries);

        if (entries == NULL)
            return E_MEMORY;
        r->file.entries = entries;
        r->room = room;
    }
    r->file.entries[r->file.n++] = *entry;
    *entry = (struct reg_entry){0};
    return OK;
}

static enum err add_key(struct reader *r, enum reg_entry_kind kind, struct place at)
{
    struct reg_entry entry = {.kind = kind, .line = at.line, .column = at.column};
    enum err e = path_copy(&r->key, &entry.path);

    if (e == OK)
        e = add(r, &entry);
    entry_fini(&entry);
    return e;
}

/* From the character behind '[' (or '[-') to the last ']' of the line: a key name may hold one. */
static enum err key_read(struct reader *r, struct reg_path *out)
{
    struct place at = cursor_place(&r->c);
    struct rd line = cursor_line(&r->c);
    size_t n = line.left;
    char *key;
    enum err e;

    while (n > 0 && line.at[n - 1] != ']')
        n--;
    if (n == 0)
        return cursor_fail(&r->c, "expected a key and ']' at the end of it");
    if ((key = str_dup_n((const char *)line.at, n - 1)) == NULL)
        return E_MEMORY;
    if (reg_key_is_ambiguous(key))
        e = cursor_fail(&r->c, "expected a key and ']', and no ']' in the comment behind it");
    else
        e = why_place(r->c.why, path_parse(key, VIEW_64, out, r->c.why), "%s:%zu:%zu", r->c.file,
                      at.line, at.column);
    free(key);
    rd_skip(&r->c.left, n);
    return e;
}

static enum err section_read(struct reader *r)
{
    struct place at = cursor_place(&r->c);
    struct reg_path key = {0};
    bool deleted;
    enum err e;

    cursor_next(&r->c);
    deleted = cursor_take(&r->c, "-");
    if ((e = key_read(r, &key)) != OK)
        goto out;
    if (deleted && key.key[0] == '\0') {
        e = cursor_fail_at(&r->c, at, "expected a key below the hive: a hive cannot be deleted");
        goto out;
    }
    if ((e = cursor_end_line(&r->c, "the end of the line after the key")) != OK)
        goto out;
    path_fini(&r->key);
    r->key = key;
    key = (struct reg_path){0};
    r->section = deleted ? DELETED_SECTION : NEW_SECTION;
    e = add_key(r, deleted ? REG_KEY_DELETE : REG_KEY_CREATE, at);
out:
    path_fini(&key);
    return e;
}

static enum err name_read(struct reader *r, char **out)
{
    struct place at = cursor_place(&r->c);
    struct text name = {0};
    size_t units;
    enum err e = OK;

    if (!cursor_take(&r->c, "@"))
        e = reg_quoted_read(&r->c, &name);
    if (e == OK && (e = text_take(&name, out)) == OK &&
        (utf16_units(*out, &units) != OK || units > REG_NAME_MAX))
        e = cursor_fail_at(&r->c, at, "expected a value name of at most %d characters",
                           REG_NAME_MAX);
    text_fini(&name);
    return e;
}

/* name = data, the cursor on the name. */
static enum err assignment_read(struct reader *r, struct reg_entry *entry)
{
    struct place at = cursor_place(&r->c);
    enum err e;

    entry->line = at.line;
    entry->column = at.column;
    if ((e = name_read(r, &entry->name)) != OK)
        return e;
    cursor_skip_blanks(&r->c);
    if (!cursor_take(&r->c, "="))
        return at.line == r->c.line
                   ? cursor_fail(&r->c, "expected '=' after the name of the value")
                   : cursor_fail_at(&r->c, at, "expected '=' after the name that begins here");
    cursor_skip_blanks(&r->c);
    if (cursor_take(&r->c, "-")) {
        entry->kind = REG_VALUE_DELETE;
        return OK;
    }
    entry->kind = REG_VALUE_SET;
    return reg_data_read(&r->c, r->version, &entry->value);
}

static enum err value_read(struct reader *r)
{
    struct reg_entry entry = {0};
    enum err e;

    if (r->section == NO_SECTION)
        return cursor_fail(&r->c, "expected a key in [ ] before the first value");
    if (r->section == DELETED_SECTION)
        return cursor_fail(&r->c, "expected no values under a key that is deleted");
    if ((e = assignment_read(r, &entry)) != OK ||
        (e = cursor_end_line(&r->c, "the end of the line after the value")) != OK ||
        (e = path_copy(&r->key, &entry.path)) != OK)
        goto out;
    if (r->section == NEW_SECTION) /* its values create the key */
        entry_fini(&r->file.entries[--r->file.n]);
    r->section = VALUE_SECTION;
    e = add(r, &entry);
out:
    entry_fini(&entry);
    return e;
}

static enum err head_read(struct reader *r)
{
    struct place at;

    cursor_skip_blanks(&r->c);
    at = cursor_place(&r->c);
    if (cursor_take(&r->c, "REGEDIT4"))
        r->version = REG_VERSION_4;
    else if (cursor_take(&r->c, "Windows Registry Editor Version 5.00"))
        r->version = REG_VERSION_5;
    else
        return cursor_fail_at(&r->c, at,
                              "expected the first line to be Windows Registry Editor Version 5.00 "
                              "or REGEDIT4");
    return cursor_end_line(&r->c, "the end of the line after the version");
}

static enum err lines_read(struct reader *r)
{
    enum err e = head_read(r);

    while (e == OK) {
        cursor_skip_blanks(&r->c);
        if (cursor_peek(&r->c) == CURSOR_END)
            break;
        if (cursor_at_line_end(&r->c) || cursor_peek(&r->c) == ';')
            cursor_skip_line(&r->c);
        else if (cursor_peek(&r->c) == '[')
            e = section_read(r);
        else if (cursor_peek(&r->c) == '"' || cursor_peek(&r->c) == '@')
            e = value_read(r);
        else
            e = cursor_fail(&r->c, "expected a key in [ ], a value that begins with '\"' or '@', "
                                   "or a comment");
    }
    return e;
}

enum err reg_file_read(const char *file, struct rd bytes, struct reg_file *out, struct why *why)
{
    struct why unheard = {0}; /* the readers below have one for sure */
    struct text text = {0};
    struct reader r = {0};
    enum err e;

    *out = (struct reg_file){0};
    why = why == NULL ? &unheard : why;
    if (bytes.bad || bytes.left > REG_FILE_MAX) {
        (void)why_set(why, E_LIMIT, "the file is larger than %u bytes", REG_FILE_MAX);
        return why_place(why, E_LIMIT, "%s", file);
    }
    if ((e = reg_decode(file, bytes, &text, why)) != OK)
        goto out;
    r.c = cursor_of(file, rd_of(text_str(&text), text.used), why);
    if ((e = lines_read(&r)) == E_MEMORY)
        (void)why_place(why, why_set(why, e, "%s", err_words(e)), "%s", file);
    if (e != OK)
        goto out;
    *out = r.file;
    r.file = (struct reg_file){0};
out:
    reg_file_fini(&r.file);
    path_fini(&r.key);
    text_fini(&text);
    return e;
}
