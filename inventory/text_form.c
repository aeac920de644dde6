/* Which form a text is of: by the ending of its file's name, or by its first line. */
#include "base/shown.h"
#include "inventory/lines.h"
#include "inventory/readers.h"
#include "inventory/yaml_read.h"

#include <string.h>

static bool ends_nocase(const char *s, const char *ending)
{
    size_t n = strlen(s), m = strlen(ending);

    return n >= m && str_eq_nocase(s + n - m, ending);
}

static bool has_ending(const char *file)
{
    const char *slash = strrchr(file, '/'), *name = slash == NULL ? file : slash + 1;

    name += strspn(name, ".");
    return strchr(name, '.') != NULL;
}

/* The first line that says something. */
static bool first_line(const char *file, const char *bytes, size_t n, struct rd *out)
{
    struct lines l;

    if (lines_init(&l, file, bytes, n, NULL) != OK)
        return false;
    while (lines_next(&l)) {
        *out = rd_trim(l.line);
        if (out->left > 0 && *out->at != '#' && *out->at != ';')
            return true;
    }
    return false;
}

static bool cell_is(struct rd cell, const char *word)
{
    size_t n = strlen(word);

    cell = rd_trim(cell);
    if (cell.left == n + 2 && cell.at[0] == '"' && cell.at[n + 1] == '"')
        cell = rd_at(cell, 1, n);
    if (cell.left != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if ((cell.at[i] | 0x20) != word[i])
            return false;
    return true;
}

/* A first line of cells, one of which is the host's name: no INI file begins like that. */
static bool looks_like_csv(struct rd line)
{
    bool named = false;
    size_t commas = 0;

    while (line.left > 0) {
        const uint8_t *comma = memchr(line.at, ',', line.left);
        struct rd cell = rd_sub(&line, comma == NULL ? line.left : (size_t)(comma - line.at));

        if (comma != NULL) {
            rd_skip(&line, 1);
            commas++;
        }
        named =
            named || cell_is(cell, "name") || cell_is(cell, "host") || cell_is(cell, "hostname");
    }
    return named && commas > 0;
}

/* No INI file of ours begins like that: a host's name cannot hold these. */
static bool looks_like_data(const char *file, struct rd line)
{
    return ends_nocase(file, ".yml") || ends_nocase(file, ".yaml") || ends_nocase(file, ".json") ||
           rd_equal(line, rd_text("---")) ||
           (line.left > 0 && (*line.at == '{' || line.at[line.left - 1] == ':'));
}

static bool begins(const char *bytes, size_t n, const char *with)
{
    return n >= strlen(with) && memcmp(bytes, with, strlen(with)) == 0;
}

static const char *never_read(const char *file, const char *bytes, size_t n)
{
    if (begins(bytes, n, "#!"))
        return "this is a program, and it may not be run: give it the right (chmod +x)";
    if (begins(bytes, n, "$ANSIBLE_VAULT"))
        return "the file is encrypted with ansible-vault: Swell has no key; decrypt it, or leave"
               " the passwords to files of their own";
    if (ends_nocase(file, ".toml"))
        return "this looks like TOML; an inventory is INI, YAML, JSON or CSV";
    return NULL;
}

static enum err value_take(struct draft *d, struct value *root, bool is_json, struct why *why)
{
    return is_json && listing_is_one(root) ? listing_read(d, root, NULL, why)
                                           : groups_read(d, root, why);
}

enum err data_file_read(struct draft *d, const char *bytes, size_t n, struct why *why)
{
    struct values values = {0};
    struct value *root;
    bool is_json;
    enum err e =
        data_read(draft_file_name(d), bytes, n, &d->notes, &values, &root, &is_json, why);

    if (e == OK)
        e = value_take(d, root, is_json, why);
    values_fini(&values);
    return e;
}

static bool has_group(const struct value *root)
{
    for (size_t i = 1; root->kind == VALUE_MAP && i < root->n; i += 2)
        if (root->items[i]->kind == VALUE_MAP || root->items[i]->kind == VALUE_NULL ||
            root->items[i]->kind == VALUE_LIST)
            return true;
    return false;
}

/* A name without an ending says nothing: Ansible tries YAML first, then INI. */
static enum err either_read(struct draft *d, const char *bytes, size_t n, struct why *why)
{
    size_t kept = d->notes.kept, noted = d->notes.n;
    struct values values = {0};
    struct value *root = NULL;
    bool is_json;
    enum err e =
        data_read(draft_file_name(d), bytes, n, &d->notes, &values, &root, &is_json, NULL);

    if (e == OK && has_group(root)) {
        e = value_take(d, root, is_json, why);
    } else {
        notes_forget(&d->notes, kept, noted);
        e = ini_read(d, bytes, n, why);
    }
    values_fini(&values);
    return e;
}

enum err text_read(struct draft *d, const char *bytes, size_t n, struct why *why)
{
    const char *file = draft_file_name(d), *never = never_read(file, bytes, n);
    struct rd line = {0};
    bool known = first_line(file, bytes, n, &line);

    if (never != NULL)
        return why_set(why, E_DATA, "%s", never);
    if (ends_nocase(file, ".csv") || (known && looks_like_csv(line)))
        return csv_read(d, bytes, n, why);
    if (known && looks_like_data(file, line))
        return data_file_read(d, bytes, n, why);
    return has_ending(file) ? ini_read(d, bytes, n, why) : either_read(d, bytes, n, why);
}
