/* controller/login_guard.h: keeps a wrong password from locking a domain account. A domain login
 * that no host has accepted yet is tried on one host at a time; once a host refused it, it is not
 * tried again in this run. A host that was just restarted may refuse for a moment what is right: a
 * patient login is refused for good only after LOGIN_REFUSALS_MAX in a row. Local accounts ("user",
 * ".\user") are each host's own and are not guarded.
 * Units:  *deadline_ms is a point on clock_mono_ms(); it moves by the time for which another
 *         host's login was waited for.
 * Owns:   login_guard_free(NULL) is fine.
 * Errors: login_open: the transport's; E_AUTH with the first refusal's reason for a login that is
 *         not tried any more. */
#ifndef SWELL_CONTROLLER_LOGIN_GUARD_H
#define SWELL_CONTROLLER_LOGIN_GUARD_H

#include "transport/transport.h"

#define LOGIN_REFUSALS_MAX 3

struct login_guard;

struct login_guard *login_guard_new(void); /* NULL when memory is out */
void login_guard_free(struct login_guard *g);
/* Opens the target when it is its turn; g NULL: at once. May wait for another thread that tries the
 * same login. */
MUST_CHECK enum err login_open(struct login_guard *g, const struct transport_kind *kind,
                               const struct transport_target *target, bool patient,
                               int64_t *deadline_ms, struct transport **out, struct why *why);

#endif
