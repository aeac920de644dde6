/* report/grid.h: a table whose columns are as wide as what is in them; the last one is wrapped.
 * Shape:  cells are given row by row and must be safe already (page_said). Empty rows are fine.
 * Owns:   grid_fini frees (fine on a zeroed struct but for `columns`).
 * Errors: out of memory makes the text bad that it is put into. */
#ifndef SWELL_REPORT_GRID_H
#define SWELL_REPORT_GRID_H

#include "report/page.h"

#define GRID_COLUMNS_MAX 8

struct grid_cell {
    char *s;
    enum tone tone;
    bool alone;
};

struct grid {
    size_t columns; /* set by the caller: 1..GRID_COLUMNS_MAX */
    struct grid_cell *cells;
    uint32_t n_cells;
    bool bad;
};

void grid_add(struct grid *g, enum tone tone, const char *s);
/* Takes what t holds and leaves it empty. */
void grid_take(struct grid *g, enum tone tone, struct text *t);
/* A row that is one text, two columns to the left and as long as it likes. Takes what t holds. */
void grid_line(struct grid *g, enum tone tone, struct text *t);
void grid_put(const struct grid *g, const struct page *p, struct text *t, size_t indent);
void grid_fini(struct grid *g);

#endif
