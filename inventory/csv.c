#include "base/shown.h"
#include "inventory/lines.h"
#include "inventory/names.h"
#include "inventory/readers.h"

#include <stdlib.h>
#include <string.h>

enum column { COLUMN_NAME,
              COLUMN_GROUPS,
              COLUMN_VAR };

/* A record may run over several lines; each of its cells remembers where it begins. */
struct cell {
    struct text text;
    size_t line, column;
};

struct csv {
    struct lines lines;
    struct draft *draft;
    enum column kinds[CSV_COLUMNS_MAX];
    char *vars[CSV_COLUMNS_MAX]; /* the variable's name, of a COLUMN_VAR */
    size_t n_columns, name_column;
    struct cell cells[CSV_COLUMNS_MAX];
    size_t n_cells;
    struct why *why;
};

static enum err fail_cell(const struct csv *csv, const struct cell *cell, enum err e)
{
    return why_place(csv->why, e, "%s:%zu:%zu", shown_file(csv->lines.file), cell->line,
                     cell->column);
}

static enum err fail_here(const struct csv *csv, const uint8_t *at, const char *words)
{
    return line_place(&csv->lines, at, why_set(csv->why, E_DATA, "%s", words), csv->why);
}

static bool is_blank_line(struct rd line)
{
    return rd_trim(line).left == 0;
}

/* --- RFC 4180: records of cells --- */

/* Behind the opening quote: up to the closing one, over as many lines as it takes. */
static enum err quoted_take(struct csv *csv, struct rd *r, struct cell *cell)
{
    enum err e;

    for (;;) {
        while (r->left > 0) {
            char c = (char)rd_u8(r);

            if (c == '"' && (r->left == 0 || *r->at != '"'))
                return OK;
            if (c == '"')
                rd_skip(r, 1);
            text_char(&cell->text, c);
        }
        if (!lines_next(&csv->lines)) {
            e = why_set(csv->why, E_DATA, "expected a closing \"");
            return fail_cell(csv, cell, e);
        }
        if ((e = line_check(&csv->lines, false, csv->why)) != OK)
            return e;
        text_char(&cell->text, '\n');
        *r = csv->lines.line;
    }
}

static enum err cell_take(struct csv *csv, struct rd *r)
{
    struct cell *cell = &csv->cells[csv->n_cells];
    enum err e = OK;

    if (csv->n_cells >= CSV_COLUMNS_MAX)
        return fail_here(csv, r->at, "too many columns");
    text_fini(&cell->text);
    cell->line = csv->lines.number;
    cell->column = line_column(&csv->lines, r->at);
    csv->n_cells++;
    if (r->left > 0 && *r->at == '"') {
        rd_skip(r, 1);
        if ((e = quoted_take(csv, r, cell)) != OK)
            return e;
        if (r->left > 0 && *r->at != ',')
            return fail_here(csv, r->at, "expected a comma or the end of the line behind a \"");
    } else {
        while (r->left > 0 && *r->at != ',') {
            if (*r->at == '"')
                return fail_here(csv, r->at,
                                 "a \" within a cell: put the cell in quotes, and \"\""
                                 " for each \" in it");
            text_char(&cell->text, (char)rd_u8(r));
        }
    }
    return text_end(&cell->text) == OK ? OK : why_set(csv->why, E_MEMORY, "out of memory");
}

/* The record that begins in the current line. */
static enum err record_take(struct csv *csv)
{
    struct rd r = csv->lines.line;
    enum err e = line_check(&csv->lines, false, csv->why);

    csv->n_cells = 0;
    if (e != OK)
        return e;
    for (;;) {
        if ((e = cell_take(csv, &r)) != OK || r.left == 0)
            return e;
        rd_skip(&r, 1); /* the comma */
    }
}

static void cell_trim(struct cell *cell)
{
    struct rd trimmed = rd_trim(rd_of(text_str(&cell->text), cell->text.used));

    if (cell->text.used == 0)
        return;
    memmove(cell->text.s, trimmed.at, trimmed.left);
    cell->text.used = trimmed.left;
    cell->text.s[trimmed.left] = '\0';
}

/* --- the first record: what the columns are --- */

static bool is_one_of(const char *s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq_nocase(s, words[i]))
            return true;
    return false;
}

static bool is_name_column(const char *s)
{
    static const char *const words[] = {"name", "host", "hostname"};

    return is_one_of(s, words, COUNT(words));
}

static const char *var_of_column(const char *s)
{
    if (str_eq_nocase(s, "address"))
        return "ansible_host";
    return str_eq_nocase(s, "port") ? "ansible_port" : s;
}

static enum err column_take(struct csv *csv, size_t at, bool *has_groups)
{
    const char *title = text_str(&csv->cells[at].text);
    bool named = csv->name_column < CSV_COLUMNS_MAX;

    if (is_name_column(title)) {
        if (named)
            return why_set(csv->why, E_DATA, "two columns name the host: %s and %s",
                           text_str(&csv->cells[csv->name_column].text), title);
        csv->kinds[at] = COLUMN_NAME;
        csv->name_column = at;
        return OK;
    }
    if (str_eq_nocase(title, "groups") || str_eq_nocase(title, "group")) {
        if (*has_groups)
            return why_set(csv->why, E_DATA, "two columns hold the groups");
        csv->kinds[at] = COLUMN_GROUPS;
        *has_groups = true;
        return OK;
    }
    csv->kinds[at] = COLUMN_VAR;
    csv->vars[at] = str_dup(var_of_column(title));
    if (csv->vars[at] == NULL)
        return why_set(csv->why, E_MEMORY, "out of memory");
    for (size_t i = 0; i < at; i++)
        if (csv->vars[i] != NULL && strcmp(csv->vars[i], csv->vars[at]) == 0)
            return why_set(csv->why, E_DATA, "two columns mean %s", csv->vars[at]);
    return var_name_check(csv->vars[at], csv->why);
}

static enum err header_take(struct csv *csv)
{
    bool has_groups = false;
    enum err e = record_take(csv);

    csv->name_column = CSV_COLUMNS_MAX;
    for (size_t i = 0; e == OK && i < csv->n_cells; i++) {
        cell_trim(&csv->cells[i]);
        csv->n_columns = i + 1;
        e = fail_cell(csv, &csv->cells[i], column_take(csv, i, &has_groups));
    }
    if (e == OK && csv->name_column == CSV_COLUMNS_MAX)
        return fail_here(csv, NULL,
                         "expected a first line with a column name, host or hostname,"
                         " columns parted by commas");
    return e;
}

/* --- the other records: one host each --- */

static enum err host_take(struct csv *csv, struct cell *cell, size_t *host)
{
    bool is_new = false;
    enum err e;

    cell_trim(cell);
    if ((e = host_name_check(text_str(&cell->text), csv->why)) == OK)
        e = draft_host(csv->draft, text_str(&cell->text), cell->line, host, &is_new, csv->why);
    if (e == OK && !is_new && csv->draft->hosts[*host].file == draft_file_name(csv->draft))
        e = why_set(csv->why, E_DATA, "host %s is there twice: in line %zu and in line %zu",
                    text_str(&cell->text), csv->draft->hosts[*host].line, cell->line);
    return fail_cell(csv, cell, e);
}

static enum err group_take(struct csv *csv, size_t host, const char *name, size_t line)
{
    size_t group;
    enum err e;

    if ((e = group_name_check(name, csv->why)) != OK ||
        (e = draft_group(csv->draft, name, line, &group, csv->why)) != OK)
        return e;
    return draft_join(csv->draft, host, group, csv->why);
}

static enum err groups_take(struct csv *csv, size_t host, struct cell *cell)
{
    static const char parting[] = "; \t\n";
    enum err e = OK;

    for (char *at = cell->text.s; e == OK && at != NULL && *at != '\0';) {
        size_t n;

        at += strspn(at, parting);
        n = strcspn(at, parting);
        if (n > 0) {
            char after = at[n];

            at[n] = '\0';
            e = group_take(csv, host, at, cell->line);
            at[n] = after;
        }
        at += n;
    }
    return fail_cell(csv, cell, e);
}

static enum err var_take(struct csv *csv, size_t host, const char *name, struct cell *cell)
{
    uint64_t port;
    enum err e = OK;

    if (cell->text.used == 0)
        return OK;
    if (strcmp(name, "ansible_port") == 0) {
        cell_trim(cell);
        if (!str_parse_u64(text_str(&cell->text), &port) || port == 0 || port > 65535)
            e = why_set(csv->why, E_DATA, "expected a port from 1 to 65535");
    }
    if (e == OK)
        e = draft_host_text(csv->draft, host, name, text_str(&cell->text), csv->why);
    return fail_cell(csv, cell, e);
}

static enum err row_take(struct csv *csv)
{
    size_t host;
    enum err e = record_take(csv);

    if (e != OK)
        return e;
    if (csv->n_cells != csv->n_columns) {
        e = why_set(csv->why, E_DATA, "expected %zu cells as in the first line, not %zu",
                    csv->n_columns, csv->n_cells);
        return fail_cell(csv, &csv->cells[0], e);
    }
    if ((e = host_take(csv, &csv->cells[csv->name_column], &host)) != OK)
        return e;
    for (size_t i = 0; e == OK && i < csv->n_cells; i++)
        switch (csv->kinds[i]) {
        case COLUMN_NAME: break;
        case COLUMN_GROUPS: e = groups_take(csv, host, &csv->cells[i]); break;
        case COLUMN_VAR: e = var_take(csv, host, csv->vars[i], &csv->cells[i]); break;
        }
    return e;
}

static void csv_free(struct csv *csv)
{
    for (size_t i = 0; i < CSV_COLUMNS_MAX; i++) {
        free(csv->vars[i]);
        text_fini(&csv->cells[i].text);
    }
    free(csv);
}

enum err csv_read(struct draft *d, const char *bytes, size_t n, struct why *why)
{
    struct csv *csv = calloc(1, sizeof *csv);
    bool has_header = false;
    enum err e;

    if (csv == NULL)
        return why_set(why, E_MEMORY, "out of memory");
    csv->draft = d;
    csv->why = why;
    e = lines_init(&csv->lines, draft_file_name(d), bytes, n, why);
    while (e == OK && lines_next(&csv->lines)) {
        if (is_blank_line(csv->lines.line))
            continue;
        e = has_header ? row_take(csv) : header_take(csv);
        has_header = true;
    }
    if (e == OK && !has_header)
        e = why_set(why, E_DATA, "the file is empty: expected a first line with a column name");
    csv_free(csv);
    return e;
}
