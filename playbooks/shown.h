/* playbooks/shown.h: a piece of somebody's file or host as a message repeats it; private to
 * playbooks/. */
#ifndef SWELL_PLAYBOOKS_SHOWN_H
#define SWELL_PLAYBOOKS_SHOWN_H

#include <stddef.h>

#define SHOWN_MAX 60                   /* bytes that are shown */
#define SHOWN_SIZE (SHOWN_MAX * 4 + 8) /* each may become \xNN */

/* The first bytes of s[n] into buf: safe for a terminal, whole characters, "…" if there are more.
 * Returns buf. */
const char *shown(const char *s, size_t n, char buf[SHOWN_SIZE]);

#endif
