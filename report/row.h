/* report/row.h: an event as the journal keeps it, read back.
 * Owns:   event_fini(out).
 * Errors: E_CORRUPT with the number of the event as the place: damaged, or written by a newer
 *         program. */
#ifndef SWELL_REPORT_ROW_H
#define SWELL_REPORT_ROW_H

#include "db/journal.h"
#include "rollout/event.h"

MUST_CHECK enum err report_read_row(const struct journal_row *row, struct event *out,
                                    struct why *why);

#endif
