/* report/text.h: a report that a change manager reads: a summary that fits on a screen, and below
 * it waves, decisions, hosts (bad ones first), values, handshakes, restarts, and what was left out.
 * What many hosts have in common is said once. Times are UTC.
 * Errors: E_MEMORY. */
#ifndef SWELL_REPORT_TEXT_H
#define SWELL_REPORT_TEXT_H

#include "report/model.h"
#include "report/page.h"

MUST_CHECK enum err report_put_text(const struct report *r, const struct page *p, struct text *t);

#endif
