#include "controller/cli/listing.h"

#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

void listing_put(struct listing *l, const char *cell)
{
    char *copy;
    if (l->bad)
        return;
    if (l->n == l->room) {
        size_t room = l->room == 0 ? 64 : 2 * l->room;
        char **cells = realloc(l->cells, room * sizeof(char *));
        if (cells == NULL) {
            l->bad = true;
            return;
        }
        l->cells = cells;
        l->room = room;
    }
    if ((copy = str_dup(cell)) == NULL)
        l->bad = true;
    else
        l->cells[l->n++] = copy;
}

void listing_fini(struct listing *l)
{
    for (size_t i = 0; i < l->n; i++)
        free(l->cells[i]);
    free(l->cells);
    *l = (struct listing){0};
}

static size_t width_of(const char *s)
{
    size_t n = strlen(s), width = 0;
    uint32_t code;
    for (size_t i = 0, taken; i < n; i += taken == 0 ? 1 : taken, width++)
        taken = utf8_decode(s + i, n - i, &code);
    return width;
}

static enum err put_row(const struct listing *l, size_t row, const size_t *widths, FILE *f)
{
    struct text line = {0};
    enum err e;
    for (size_t c = 0; c < l->columns; c++) {
        struct text cell = {0};
        const char *s = l->cells[row * l->columns + c];
        text_put_safe(&cell, s, strlen(s));
        text_put(&line, text_str(&cell));
        if (c + 1 < l->columns)
            text_printf(&line, "%*s", (int)(widths[c] - width_of(text_str(&cell)) + 2), "");
        line.bad = line.bad || cell.bad;
        text_fini(&cell);
    }
    while (line.used > 0 && line.s[line.used - 1] == ' ')
        line.s[--line.used] = '\0';
    if ((e = text_end(&line)) == OK)
        (void)fprintf(f, "%s\n", text_str(&line));
    text_fini(&line);
    return e;
}

static enum err widths_find(const struct listing *l, size_t *widths)
{
    for (size_t i = 0; i < l->n; i++) {
        struct text cell = {0};
        text_put_safe(&cell, l->cells[i], strlen(l->cells[i]));
        if (cell.bad)
            return E_MEMORY;
        size_t width = width_of(text_str(&cell));
        if (width > widths[i % l->columns])
            widths[i % l->columns] = width;
        text_fini(&cell);
    }
    return OK;
}

enum err listing_text(const struct listing *l, FILE *f)
{
    size_t *widths = calloc(l->columns, sizeof *widths);
    enum err e = l->bad || widths == NULL ? E_MEMORY : widths_find(l, widths);
    for (size_t row = 0; e == OK && row < l->n / l->columns; row++)
        e = put_row(l, row, widths, f);
    free(widths);
    return e;
}

static void put_csv(const char *s, FILE *f)
{
    if (strpbrk(s, ",\"\r\n") == NULL && *s != ' ' && (*s == '\0' || s[strlen(s) - 1] != ' ')) {
        (void)fputs(s, f);
        return;
    }
    (void)fputc('"', f);
    for (; *s != '\0'; s++) {
        if (*s == '"')
            (void)fputc('"', f);
        (void)fputc(*s, f);
    }
    (void)fputc('"', f);
}

enum err listing_csv(const struct listing *l, FILE *f)
{
    if (l->bad)
        return E_MEMORY;
    for (size_t i = 0; i < l->n; i++) {
        put_csv(l->cells[i], f);
        (void)fputs((i + 1) % l->columns == 0 ? "\n" : ",", f);
    }
    return OK;
}
