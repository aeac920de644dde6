/* controller/cli/listing.h: a list as people, spreadsheets and scripts want it.
 * Shape:  cells row by row, `columns` of them a row; the first row holds the titles.
 * Owns:   copies what it is given; listing_fini frees (fine on a zeroed struct but for columns).
 * Source: RFC 4180 (CSV), but lines end with LF alone: shell tools would keep the CR.
 * Errors: E_MEMORY. The stream keeps its own. */
#ifndef SWELL_CONTROLLER_CLI_LISTING_H
#define SWELL_CONTROLLER_CLI_LISTING_H

#include "base/text.h"

#include <stdio.h>

struct listing {
    size_t columns;
    char **cells;
    size_t n, room;
    bool bad;
};

void listing_put(struct listing *l, const char *cell);
void listing_fini(struct listing *l);
/* Columns aligned, made safe for a terminal. */
MUST_CHECK enum err listing_text(const struct listing *l, FILE *f);
MUST_CHECK enum err listing_csv(const struct listing *l, FILE *f);

#endif
