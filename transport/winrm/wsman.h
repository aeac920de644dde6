/* transport/winrm/wsman.h: calls of WS-Management to one host, several at once.
 * Source: DSP0226; MS-WSMV 2.2.9.1, 3.1.4.1; RFC 4559 (Negotiate), RFC 5929 (channel binding).
 * Shape:  a call is one request and its answer. Calls of one wsman_run are independent of each
 *         other and go out over up to WSMAN_LANES_MAX connections, each logged in for itself. Over
 *         HTTP everything is encrypted under the login; Basic and certificates are for TLS alone.
 * Units:  deadline_ms is a point on clock_mono_ms().
 * Owns:   call_fini frees what a call holds (fine on a zeroed struct); wsman_free ends all.
 * Errors: wsman_run gives an error of the connection alone; call->err tells of each call, and has
 *         the same error if it was not settled. */
#ifndef SWELL_TRANSPORT_WINRM_WSMAN_H
#define SWELL_TRANSPORT_WINRM_WSMAN_H

#include "transport/transport.h"
#include "transport/winrm/xml.h"

#define WSMAN_LANES_MAX 8 /* MaxConnections is 25 on Windows Server 2008 R2, 300 later */

struct wsman;

struct call {
    const char *resource, *action;
    const char *selector, *selected; /* or NULL */
    struct text body;                /* XML; empty: none */
    bool is_identify;                /* body alone is the message */
    bool is_once;                    /* never repeated, whatever happens */
    /* out */
    bool is_sent; /* it may have arrived */
    enum err err;
    struct why why;
    struct xml *answer;
    const struct xml *out; /* the Body of the answer */
};

void call_fini(struct call *c);
/* Logs in. */
MUST_CHECK enum err wsman_new(const struct transport_target *target, int64_t deadline_ms,
                              struct wsman **out, struct why *why);
void wsman_free(struct wsman *w); /* NULL is fine */
MUST_CHECK enum err wsman_run(struct wsman *w, struct call *calls, size_t n, int64_t deadline_ms,
                              struct why *why);
/* One call on a connection that is new, so that nothing of it is in doubt before it is sent. */
MUST_CHECK enum err wsman_run_once(struct wsman *w, struct call *call, int64_t deadline_ms,
                                   struct why *why);
/* Does something answer there that speaks HTTP? Without credentials. */
MUST_CHECK enum err wsman_look(const struct transport_target *target, int64_t deadline_ms,
                               struct why *why);
uint64_t wsman_turns(const struct wsman *w); /* how many messages went one after the other */
/* An error that one call may have while the connection is good. */
bool wsman_item_error(enum err e);

#endif
