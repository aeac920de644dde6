/* report/status.h: how a rollout stands at this moment, on one screen: bad hosts first, waves,
 * hosts in flight, and what to do next.
 * Errors: E_MEMORY. */
#ifndef SWELL_REPORT_STATUS_H
#define SWELL_REPORT_STATUS_H

#include "report/page.h"
#include "rollout/engine.h"

enum at_work {
    AT_WORK_UNKNOWN, /* nobody looked, or it could not be told */
    AT_WORK_YES,
    AT_WORK_NO
};

struct status {
    const struct engine *engine;
    int64_t now_ms;
    enum at_work controller;
    int64_t process; /* of the controller; 0 = not known */
};

MUST_CHECK enum err status_put_text(const struct status *s, const struct page *p, struct text *t);
MUST_CHECK enum err status_put_json(const struct status *s, struct text *t);

/* One line for what an event did, for those who watch without a terminal: "02:03:11 web1 is being
 * checked". before: the host's state before the event was folded; nothing when there is no news.
 * host == SIZE_MAX: an event of the whole rollout. */
struct status_before {
    size_t host;
    enum host_state state;
};
struct status_before status_before(const struct engine *g, const struct event *ev);
void status_put_news(const struct engine *g, const struct event *ev,
                     const struct status_before *before, const struct page *p, struct text *t);

#endif
