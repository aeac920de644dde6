/* report/history.h: everything that ever happened to one host, over all rollouts.
 * Shape:  history_see takes events of the journal: EV_ROLLOUT_CREATED first, then of each rollout
 *         EV_CONTROLLER_STARTED and EV_RETRIED, then the host's own; each kind in the order of the
 *         journal. What does not concern the host is passed over. history_end closes it. Entries
 *         are by rollout, the newest last.
 * Owns:   history_free(NULL) is fine; events are only read.
 * Errors: E_CORRUPT when an event cannot follow, or as in report/host.h; E_MEMORY. */
#ifndef SWELL_REPORT_HISTORY_H
#define SWELL_REPORT_HISTORY_H

#include "report/host.h"
#include "report/page.h"
#include "rollout/engine.h"

struct store;

struct history_entry {
    int64_t rollout, created_ms;
    const char *by, *title;
    struct rollout_spec spec; /* without its hosts */
    int32_t wave;
    struct host_run run;
    struct report_host host;
};

struct history {
    char *host;
    struct intern *texts;
    struct history_entry *entries;
    uint32_t n_entries;
    struct history_late *late; /* of whole rollouts, not folded yet */
    uint32_t n_late;
};

struct history *history_new(const char *host); /* NULL when memory is out */
void history_free(struct history *hs);
MUST_CHECK enum err history_see(struct history *hs, const struct event *ev, struct why *why);
MUST_CHECK enum err history_end(struct history *hs, struct why *why);
/* All of the above from a database; a host that no rollout ever had has no entries. */
MUST_CHECK enum err history_load(struct store *st, const char *host, struct history **out,
                                 struct why *why);

MUST_CHECK enum err history_put_text(const struct history *hs, const struct page *p,
                                     struct text *t);
MUST_CHECK enum err history_put_json(const struct history *hs, struct text *t);

#endif
