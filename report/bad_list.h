/* report/bad_list.h: hosts by how they stand and why, and those that somebody has to see to.
 * Errors: false when memory is out, or the text becomes bad. */
#ifndef SWELL_REPORT_BAD_LIST_H
#define SWELL_REPORT_BAD_LIST_H

#include "report/page.h"
#include "report/tally.h"
#include "rollout/engine.h"

/* One row for each state, outcome and reason; the sample is the struct host_run of its first host.
 */
bool hosts_by_reason(const struct engine *g, struct tally *out);
/* Outcome, hosts and reason of those that ended badly, the worst first, after an empty line; no
 * more than so many rows. Nothing at all when there is none. */
void bad_list_put(const struct engine *g, const struct page *p, struct text *t, size_t rows);

#endif
