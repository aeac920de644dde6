/* report/intern.h: each text once. Ten thousand hosts have the same keys, names, values and
 * reasons; so a report keeps pointers to them, and equal texts are equal pointers.
 * Owns:   the texts live until intern_free (NULL is fine).
 * Errors: intern_text gives NULL when memory is out. */
#ifndef SWELL_REPORT_INTERN_H
#define SWELL_REPORT_INTERN_H

#include "base/err.h"

struct intern;

struct intern *intern_new(void); /* NULL when memory is out */
void intern_free(struct intern *in);
const char *intern_text(struct intern *in, const char *s);
/* s[n] without NULs inside. */
const char *intern_text_n(struct intern *in, const char *s, size_t n);

#endif
