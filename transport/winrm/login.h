/* transport/winrm/login.h: who we are, proved in HTTP headers. Private to transport/winrm.
 * Source: RFC 4559, RFC 7617 (Basic), RFC 5929; MS-WSMV 2.2.9.1; DSP0226 C.3.
 * Owns:   nothing beyond the lane.
 * Errors: E_AUTH, refused; E_UNSUPPORTED, the host does not offer what is asked for; E_SECURITY, it
 *         does not prove itself; the others of auth.h and http.h. */
#ifndef SWELL_TRANSPORT_WINRM_LOGIN_H
#define SWELL_TRANSPORT_WINRM_LOGIN_H

#include "transport/winrm/lane.h"

/* By tokens, before the first call? Basic and certificates go with each call. */
bool login_is_needed(const struct transport_target *target);
/* Is what is asked for allowed, and complete? */
MUST_CHECK enum err login_check(const struct transport_target *target, struct why *why);
/* The header that goes with each call; nothing where the connection is logged in. */
MUST_CHECK enum err login_header(const struct transport_target *target, struct text *out,
                                 struct why *why);
MUST_CHECK enum err login_post(struct lane *l, int64_t deadline_ms, struct why *why);
MUST_CHECK enum err login_take(struct lane *l, struct why *why);
/* The token after the scheme in WWW-Authenticate, "Negotiate YIIB…": false, the scheme is not
 * there; *token may be empty. */
bool login_offer(const char *offers, const char *scheme, struct rd *token);

#endif
