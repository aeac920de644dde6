/* controller/scan_view.h: what a scan found on one endpoint, for people and for programs.
 * Shape:  JSON is ASCII and its texts are safe to show; a cell of CSV never begins as a formula
 *         would. docs/scan.md says what each field is.
 * Owns:   the caller drops what the makers give.
 * Errors: E_MEMORY; makers give NULL, texts and listings become bad. */
#ifndef SWELL_CONTROLLER_SCAN_VIEW_H
#define SWELL_CONTROLLER_SCAN_VIEW_H

#include "controller/cli/listing.h"
#include "handshake/diagnose.h"
#include "report/page.h"

#include <jansson.h>

#define SCAN_SCHEMA_VERSION 1

struct scan_view {
    const char *host; /* as it was asked for */
    const struct scan_result *result;
    bool only_versions;
    const char *why; /* there is no address, or the like; NULL: result says it */
    const struct diagnosis *findings;
    size_t n_findings;
};

/* What can be said of the whole endpoint. */
enum scan_sum {
    SCAN_SUM_WHOLE,       /* every version has a yes or a no */
    SCAN_SUM_IN_DOUBT,    /* TLS, but of some version nobody knows */
    SCAN_SUM_NO_TLS,      /* something answers, and it is not TLS */
    SCAN_SUM_UNREACHABLE, /* no connection */
    SCAN_SUMS
};
enum scan_sum scan_sum_of(const struct scan_view *v);
const char *scan_sum_word(enum scan_sum s); /* "whole", "in_doubt" … */

void scan_put_text(const struct page *p, struct text *t, const struct scan_view *v);
json_t *scan_json(const struct scan_view *v);
/* One line a version; the titles come first. */
void scan_put_csv_titles(struct listing *l);
void scan_put_csv(struct listing *l, const struct scan_view *v);

#endif
