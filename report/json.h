/* report/json.h: the report as one JSON document: docs/report-json.md says what is in it.
 * Shape:  ASCII (other characters as \uXXXX), so it is safe wherever it is shown; one host a line.
 *         Times are RFC 3339 UTC, null where they are not known; _ms are durations.
 * Errors: E_MEMORY. */
#ifndef SWELL_REPORT_JSON_H
#define SWELL_REPORT_JSON_H

#include "report/model.h"

#define REPORT_SCHEMA_VERSION 1

MUST_CHECK enum err report_put_json(const struct report *r, struct text *t);

#endif
