#include "report/row.h"

#include <string.h>

enum err report_read_row(const struct journal_row *row, struct event *out, struct why *why)
{
    struct why inner = {0};
    size_t n = strlen(row->host);
    enum err e = event_decode(row->kind, row->body, out, &inner);
    if (e != OK)
        return why_set(why, e, "event %lld: %s", (long long)row->seq, inner.text);
    if (n >= sizeof out->host) {
        event_fini(out);
        return why_set(why, E_CORRUPT, "event %lld: the name of its host is too long",
                       (long long)row->seq);
    }
    memcpy(out->host, row->host, n + 1);
    out->seq = row->seq;
    out->at_ms = row->at_ms;
    out->rollout = row->rollout;
    return OK;
}
