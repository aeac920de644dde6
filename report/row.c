#include "report/row.h"

#include <string.h>

enum err report_read_row(const struct journal_row *row, struct event *out, struct why *why)
{
    struct event ev;
    size_t n = strlen(row->host);
    enum err e = event_decode(row->kind, row->body, &ev, why);
    if (e != OK)
        return why_place(why, e, "event %lld", (long long)row->seq);
    if (n >= sizeof ev.host) {
        event_fini(&ev);
        return why_place(why, why_set(why, E_CORRUPT, "the name of its host is too long"),
                         "event %lld", (long long)row->seq);
    }
    memcpy(ev.host, row->host, n + 1);
    ev.seq = row->seq;
    ev.at_ms = row->at_ms;
    ev.rollout = row->rollout;
    *out = ev;
    return OK;
}
