/* controller/login_guard.h: keeps a wrong password from locking a domain account. A domain login
 * that no host has accepted yet is tried on one host at a time; once a host refused it, it is not
 * tried again in this run. Local accounts ("user", ".\user") are each host's own and are not
 * guarded. Errors: login_enter: E_AUTH with the first refusal's reason. */
#ifndef SWELL_CONTROLLER_LOGIN_GUARD_H
#define SWELL_CONTROLLER_LOGIN_GUARD_H

#include "base/err.h"

struct login_guard;

struct login_guard *login_guard_new(void); /* NULL when memory is out */
void login_guard_free(struct login_guard *g);
/* Before a login; may wait for another thread that tries the same one. Each OK is followed by
 * login_leave. */
MUST_CHECK enum err login_enter(struct login_guard *g, const char *user, struct why *why);
void login_leave(struct login_guard *g, const char *user, const char *host, enum err result,
                 const struct why *why);

#endif
