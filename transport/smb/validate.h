/* transport/smb/validate.h: was the negotiation changed on its way? Asked once the session signs.
 * Source: MS-SMB2 2.2.31.4, 2.2.32.6 (messages), 3.2.5.5, 3.2.5.14.12, 3.3.5.15.12.
 * Shape:  after the tree connect. 3.1.1 needs none: its keys are bound to the negotiation. A host
 *         of 2.0.2 or 2.1 that does not know the question may say so, signed; one of 3.0 or 3.0.2
 *         must know it.
 * Errors: E_SECURITY, what the host says now differs from what it said then; E_CUT, also how a
 *         host ends it that heard something else than was sent; those of connection.h. */
#ifndef SWELL_TRANSPORT_SMB_VALIDATE_H
#define SWELL_TRANSPORT_SMB_VALIDATE_H

#include "transport/smb/negotiate.h"

void smb_validate_put(struct wr *w, const uint8_t client_guid[SMB_GUID_SIZE]); /* the input */
MUST_CHECK enum err smb_validate_get(struct rd output, struct smb_negotiated *out);
MUST_CHECK enum err smb_validate(struct smb_connection *c, const struct smb_negotiated *n,
                                 struct why *why);

#endif
