/* base/shown.h: a piece of somebody's file or host as a message repeats it.
 * Never for what may be a secret: a value is not repeated, only its name. */
#ifndef SWELL_BASE_SHOWN_H
#define SWELL_BASE_SHOWN_H

#include <stddef.h>

#define SHOWN_MAX 60                   /* bytes that are shown */
#define SHOWN_SIZE (SHOWN_MAX * 4 + 8) /* each may become \xNN */

/* The first bytes of s[n] into buf: safe for a terminal, whole characters, "…" if there are more.
 * Returns buf. */
const char *shown(const char *s, size_t n, char buf[SHOWN_SIZE]);

#define SHOWN_FILE_MAX 100 /* bytes of a file's path in a place */

/* The end of a file's path, so that the line and column behind it still fit into why->place;
 * borrowed from file. */
const char *shown_file(const char *file);

#endif
