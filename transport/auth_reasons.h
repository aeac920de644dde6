/* transport/auth_reasons.h: why a logon failed, in words for who runs Swell: what is wrong, then
 * what to do. One table for what a host or a domain controller says as an NTSTATUS and for what
 * Kerberos says; the two number ranges do not meet.
 * Source: MS-ERREF 2.3.1; RFC 4120 7.5.9, MS-KILE 2.2.1 and 2.2.2, and MIT's own codes.
 * Errors: E_AUTH is for what is wrong with the login itself and therefore with every host, so that
 *         it is not tried on the next one (lockout). What is wrong with one host or its domain
 *         controller is E_UNAVAILABLE where it may pass (a host that has just started), E_REFUSED,
 *         E_DENIED or E_UNSUPPORTED where it does not; what this machine lacks is E_CONFIG. */
#ifndef SWELL_TRANSPORT_AUTH_REASONS_H
#define SWELL_TRANSPORT_AUTH_REASONS_H

#include "base/wire.h"

struct auth_reason {
    uint32_t code; /* NTSTATUS, or krb5_error_code */
    enum err err;
    const char *name;
    const char *words;
    const char *says; /* or NULL: the library's words where it gives no number */
};

/* NULL: the code is none of a logon's. */
const struct auth_reason *auth_reason_find(uint32_t code);
/* By the library's number, else by its words. NULL if neither is known. */
const struct auth_reason *auth_reason_heard(uint32_t code, const char *said);
size_t auth_reasons_count(void);
const struct auth_reason *auth_reason_at(size_t i);

/* The NTSTATUS in the e-data of a KRB-ERROR, with which a domain controller says what is behind
 * "revoked" or "policy": KERB-ERROR-DATA with a KERB-EXT-ERROR in it. 0 if there is none. */
uint32_t auth_error_data_status(struct rd e_data);

#endif
