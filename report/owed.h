/* report/owed.h: hosts that owe a restart, and hosts whose RemoteRegistry was woken and is still to
 * be put back, as lists for people and programs.
 * Errors: E_MEMORY. */
#ifndef SWELL_REPORT_OWED_H
#define SWELL_REPORT_OWED_H

#include "report/page.h"

struct owed {
    const char *host;
    int64_t since_ms;
    int64_t rollout;
};

struct owed_service {
    const char *host;
    const char *was; /* its start type: "disabled" */
    int64_t since_ms;
    int64_t rollout; /* 0: a plan was made */
};

/* Nothing for an empty list. */
MUST_CHECK enum err owed_put_services_text(const struct owed_service *list, size_t n,
                                           const struct page *p, struct text *t);
/* now_ms: for how long, in the text. */
MUST_CHECK enum err owed_put_text(const struct owed *list, size_t n, int64_t now_ms,
                                  const struct page *p, struct text *t);
MUST_CHECK enum err owed_put_json(const struct owed *list, size_t n,
                                  const struct owed_service *services, size_t n_services,
                                  struct text *t);
/* The restarts alone. RFC 4180, with a header; lines end with LF alone, as scripts want it. */
MUST_CHECK enum err owed_put_csv(const struct owed *list, size_t n, struct text *t);

#endif
