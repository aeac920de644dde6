/* transport/smb/session.h: logging on and off.
 * Source: MS-SMB2 2.2.5, 2.2.6 (SESSION_SETUP), 2.2.7, 2.2.8 (LOGOFF), 3.2.4.2.3, 3.2.5.3.
 * Shape:  smb_logon leaves the connection secured: all that follows is signed and checked, or
 *         encrypted if the host wants that. On a secured one it renews the session: same number,
 *         same keys. A session as guest or anonymous has no key of the user
 *         and is refused.
 * Errors: E_AUTH, the host's status says why; E_SECURITY, guest, anonymous, unsigned or wrongly
 *         signed; E_UNSUPPORTED, encryption is wanted and was not negotiated; those of
 *         connection.h and auth.h. */
#ifndef SWELL_TRANSPORT_SMB_SESSION_H
#define SWELL_TRANSPORT_SMB_SESSION_H

#include "transport/auth.h"
#include "transport/smb/connection.h"

enum smb_session_flag {
    SMB_SESSION_GUEST = 1,
    SMB_SESSION_ANONYMOUS = 2,
    SMB_SESSION_ENCRYPT = 4
};

struct smb_session_reply {
    uint16_t flags;
    struct rd token;
};

void smb_session_setup_put(struct wr *w, struct rd token);
MUST_CHECK enum err smb_session_setup_get(struct rd message, struct smb_session_reply *out);
MUST_CHECK enum err smb_logon(struct smb_connection *c, struct auth *a, struct why *why);
/* From here on everything is encrypted; wanted_by as in "the host demands". */
MUST_CHECK enum err smb_session_seal(struct smb_connection *c, const char *wanted_by,
                                     struct why *why);
/* Says so and waits for no answer: the connection ends next. */
void smb_logoff(struct smb_connection *c);

#endif
