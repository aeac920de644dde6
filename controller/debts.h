/* controller/debts.h: hosts on which Swell woke RemoteRegistry and has not put it back: a run was
 * killed, or the host was away at the end. From the journal, over all rollouts and plans.
 * Owns:   debts_fini frees (fine on a zeroed struct).
 * Errors: the journal's; E_MEMORY. */
#ifndef SWELL_CONTROLLER_DEBTS_H
#define SWELL_CONTROLLER_DEBTS_H

#include "db/journal.h"
#include "rollout/ledger.h"

struct debts {
    struct debt {
        char *host;
        struct service_debt debt;
    } * items;
    size_t n;
};

MUST_CHECK enum err debts_load(struct store *st, struct debts *out, struct why *why);
void debts_fini(struct debts *d);
const struct service_debt *debts_find(const struct debts *d, const char *host); /* NULL: none */
const char *service_start_words(int64_t start_type);                            /* "disabled" */

#endif
