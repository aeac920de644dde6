#include "rollout/ledger.h"

static void service_fold(struct service_debt *d, const struct event *ev)
{
    if (ev->kind == EV_OUTCOME && ev->step == STEP_PREFLIGHT && ev->service_start && !d->owed) {
        d->start = ev->service_start;
        d->state = ev->service_state;
    } else if (ev->kind == EV_INTENT && ev->step == STEP_WAKE && !d->owed) {
        d->owed = true;
        d->since_ms = ev->at_ms;
        d->rollout = ev->rollout;
    } else if (ev->kind == EV_OUTCOME && ev->step == STEP_REST && ev->err == OK) {
        *d = (struct service_debt){0};
    }
}

void ledger_fold(struct ledger_entry *entry, const struct event *ev)
{
    if (ev->kind == EV_OUTCOME && ev->step == STEP_SNAPSHOT && ev->err == OK) {
        entry->next_needs = ev->needs_restart;
    } else if (ev->kind == EV_INTENT && ev->step == STEP_APPLY && entry->next_needs &&
               !entry->owed) {
        /* From the intent on: after a crash nobody can say that nothing was written. */
        entry->owed = true;
        entry->since_ms = ev->at_ms;
        entry->rollout = ev->rollout;
    } else if (ev->kind == EV_RESTART_PROVED) {
        *entry = (struct ledger_entry){.service = entry->service};
    }
    service_fold(&entry->service, ev);
}
