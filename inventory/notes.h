/* inventory/notes.h: what a reader passed over and a person should know: FILE:LINE:COLUMN: words.
 * Shape:  the first NOTES_MAX are kept, all are counted. Never a value: it may be a secret.
 * Owns:   notes_fini frees; fine on a zeroed struct.
 * Errors: none: a note that finds no memory is only counted. */
#ifndef SWELL_INVENTORY_NOTES_H
#define SWELL_INVENTORY_NOTES_H

#include "base/text.h"

#define NOTES_MAX 20

struct notes {
    char *at[NOTES_MAX];
    size_t kept;
    size_t n; /* all there were */
};

void notes_fini(struct notes *notes);
void notes_add(struct notes *notes, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Back to when there were n of them, `kept` of them kept. */
void notes_forget(struct notes *notes, size_t kept, size_t n);

#endif
