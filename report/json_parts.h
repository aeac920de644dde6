/* report/json_parts.h: what the JSON of report, status and history share; private to report/.
 * Errors: makers give NULL when memory is out; takers then make the text bad. */
#ifndef SWELL_REPORT_JSON_PARTS_H
#define SWELL_REPORT_JSON_PARTS_H

#include "report/model.h"

#include <jansson.h>

json_t *time_json(int64_t ms); /* null for 0 */
/* Also of text that was cut in the middle of a character. */
json_t *said_json(const char *s);
/* {"hosts": 6, "ok": 0, …, "in_flight": 1, "not_begun": 2} */
json_t *counts_json(const struct engine_counts *n);
/* What report and history tell of one host: attempts, phases, changes, restarts … */
json_t *host_report_json(const struct host_run *run, const struct report_host *h);
/* Appends it, in one line, and drops it; NULL makes t bad. */
void text_put_json(struct text *t, json_t *j);
/* Adds to a list and drops it; false when either is NULL. */
bool json_add(json_t *list, json_t *item);

#endif
