/* transport/rpc/srvsvc.h: the host's clock and how long it has been up.
 * Source: MS-SRVS 3.1.4.21 (NetrRemoteTOD), 2.2.4.105 (TIME_OF_DAY_INFO).
 * Units:  elapsed_s is Unix time; uptime_ms counts from boot and wraps every 49.7 days, 0 = the
 *         host does not tell.
 * Errors: those of rpc.h and win32.h. */
#ifndef SWELL_TRANSPORT_RPC_SRVSVC_H
#define SWELL_TRANSPORT_RPC_SRVSVC_H

#include "transport/rpc/ndr.h"
#include "transport/rpc/rpc.h"

struct srvsvc_time {
    uint32_t elapsed_s;
    uint32_t uptime_ms;
    uint32_t hundredths; /* of the current second */
};

extern const struct rpc_interface srvsvc_interface;

void srvsvc_time_put(struct wr *w, const char *server); /* NULL: none */
MUST_CHECK enum err srvsvc_time_get(struct rd stub, struct srvsvc_time *out, uint32_t *code);
MUST_CHECK enum err srvsvc_time(struct rpc *r, const char *server, struct srvsvc_time *out,
                                struct why *why);

#endif
