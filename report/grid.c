#include "report/grid.h"

#include "report/host_parts.h"

#include <assert.h>
#include <stdlib.h>

#define GAP 2

void grid_add(struct grid *g, enum tone tone, const char *s)
{
    struct grid_cell *cell = g->bad ? NULL : LIST_ADD(g->cells, g->n_cells);
    if (cell)
        *cell = (struct grid_cell){.s = str_dup(s), .tone = tone};
    g->bad |= !cell || !cell->s;
}

void grid_take(struct grid *g, enum tone tone, struct text *t)
{
    g->bad |= t->bad;
    grid_add(g, tone, text_str(t));
    text_fini(t);
}

void grid_line(struct grid *g, enum tone tone, struct text *t)
{
    grid_take(g, tone, t);
    if (!g->bad)
        g->cells[g->n_cells - 1].alone = true;
    for (size_t c = 1; c < g->columns; c++)
        grid_add(g, TONE_PLAIN, "");
}

static void widths_of(const struct grid *g, size_t widths[GRID_COLUMNS_MAX])
{
    for (size_t i = 0; i < g->n_cells; i++) {
        size_t *most = &widths[i % g->columns];
        size_t width = g->cells[i].alone ? 0 : page_width(g->cells[i].s);
        *most = width > *most ? width : *most;
    }
}

static bool row_ends_at(const struct grid *g, size_t first, size_t column)
{
    for (size_t c = column + 1; c < g->columns && first + c < g->n_cells; c++)
        if (g->cells[first + c].s[0])
            return false;
    return true;
}

static void row_put(const struct grid *g, const struct page *p, struct text *t, size_t indent,
                    size_t first, const size_t widths[GRID_COLUMNS_MAX])
{
    size_t line_start = t->used, column = indent;
    for (size_t c = 0; c < g->columns && first + c < g->n_cells; c++) {
        const struct grid_cell *cell = &g->cells[first + c];
        page_pad_to(t, line_start, cell->alone && column >= GAP ? column - GAP : column);
        if (cell->tone != TONE_PLAIN && cell->s[0])
            page_tone(p, t, cell->tone);
        if (c + 1 == g->columns && !cell->alone)
            page_wrap(p, t, &line_start, column, cell->s);
        else
            text_put(t, cell->s);
        if (cell->tone != TONE_PLAIN && cell->s[0])
            page_tone(p, t, TONE_PLAIN);
        if (row_ends_at(g, first, c))
            break;
        column += widths[c] + (widths[c] ? GAP : 0);
    }
    text_char(t, '\n');
}

void grid_put(const struct grid *g, const struct page *p, struct text *t, size_t indent)
{
    size_t widths[GRID_COLUMNS_MAX] = {0};
    assert(g->columns >= 1 && g->columns <= GRID_COLUMNS_MAX);
    if (g->bad) {
        t->bad = true;
        return;
    }
    widths_of(g, widths);
    for (size_t i = 0; i < g->n_cells; i += g->columns)
        row_put(g, p, t, indent, i, widths);
}

void grid_fini(struct grid *g)
{
    for (size_t i = 0; i < g->n_cells; i++)
        free(g->cells[i].s);
    free(g->cells);
    g->cells = NULL;
    g->n_cells = 0;
}
