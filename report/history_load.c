#include "report/history.h"
#include "report/row.h"

struct reading {
    struct history *hs;
    struct why *why;
};

static enum err row_see(void *self, const struct journal_row *row)
{
    struct reading *k = self;
    struct event ev;
    enum err e = report_read_row(row, &ev, k->why);
    if (e != OK)
        return e;
    e = history_see(k->hs, &ev, k->why);
    event_fini(&ev);
    return e;
}

enum err history_load(struct store *st, const char *host, struct history **out, struct why *why)
{
    static const enum event_kind of_rollouts[] = {EV_ROLLOUT_CREATED, EV_CONTROLLER_STARTED,
                                                  EV_RETRIED};
    struct history *hs = history_new(host);
    struct reading k = {hs, why};
    struct journal_filter own = {.host = host};
    enum err e = hs ? OK : why_set(why, E_MEMORY, "no memory for the history of a host");
    for (size_t i = 0; e == OK && i < COUNT(of_rollouts); i++) {
        struct journal_filter f = {.kind = event_kind_name(of_rollouts[i])};
        e = journal_read(st, &f, row_see, &k, why);
    }
    if (e == OK && (e = journal_read(st, &own, row_see, &k, why)) == OK &&
        (e = history_end(hs, why)) == OK) {
        *out = hs;
        hs = NULL; /* moved */
    }
    history_free(hs);
    return e;
}
