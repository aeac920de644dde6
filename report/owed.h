/* report/owed.h: hosts that owe a restart, as a list for people and programs.
 * Errors: E_MEMORY. */
#ifndef SWELL_REPORT_OWED_H
#define SWELL_REPORT_OWED_H

#include "report/page.h"

struct owed {
    const char *host;
    int64_t since_ms;
    int64_t rollout;
};

/* now_ms: for how long, in the text. */
MUST_CHECK enum err owed_put_text(const struct owed *list, size_t n, int64_t now_ms,
                                  const struct page *p, struct text *t);
MUST_CHECK enum err owed_put_json(const struct owed *list, size_t n, struct text *t);
/* RFC 4180, with a header; lines end with LF alone, as scripts want it. */
MUST_CHECK enum err owed_put_csv(const struct owed *list, size_t n, struct text *t);

#endif
