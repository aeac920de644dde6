#include "rollout/ledger.h"

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
        *entry = (struct ledger_entry){0};
    }
}
