#include "inventory/inventory.h"

#include "base/file.h"
#include "inventory/lines.h"

#include <string.h>

static bool ends_nocase(const char *s, const char *ending)
{
    size_t n = strlen(s), m = strlen(ending);

    return n >= m && str_eq_nocase(s + n - m, ending);
}

/* The first line that says something. */
static bool first_line(const char *file, const struct text *t, struct rd *out)
{
    struct lines l;

    if (lines_init(&l, file, text_str(t), t->used, NULL) != OK)
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

static const char *foreign_form(const char *file, const struct text *t, struct rd line)
{
    if (str_starts(text_str(t), "#!"))
        return "a program";
    if (ends_nocase(file, ".yml") || ends_nocase(file, ".yaml") || rd_equal(line, rd_text("---")) ||
        (line.left > 1 && line.at[line.left - 1] == ':'))
        return "YAML";
    if (ends_nocase(file, ".json") || (line.left > 0 && *line.at == '{'))
        return "JSON";
    if (ends_nocase(file, ".toml"))
        return "TOML";
    return NULL;
}

static enum err inventory_read(const char *file, const struct text *t, struct inventory **out,
                               struct why *why)
{
    struct rd line = {0};
    bool known = first_line(file, t, &line);
    const char *foreign;

    if (ends_nocase(file, ".csv") || (known && looks_like_csv(line)))
        return inventory_read_csv(file, text_str(t), t->used, out, why);
    foreign = foreign_form(file, t, line);
    if (foreign != NULL) {
        enum err e =
            why_set(why, E_DATA, "this looks like %s; an inventory is Ansible INI or CSV", foreign);

        return why_place(why, e, "%s", file);
    }
    return inventory_read_ini(file, text_str(t), t->used, out, why);
}

enum err inventory_load(const char *file, struct inventory **out, struct why *why)
{
    struct text t = {0};
    enum err e;

    *out = NULL;
    if ((e = file_read(file, FILE_LIMIT_DEFAULT, &t, why)) == OK)
        e = inventory_read(file, &t, out, why);
    text_fini(&t);
    return why_place(why, e, "%s", file);
}
