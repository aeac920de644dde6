/* transport/rpc/initshutdown.h: asking a host to restart, and calling it off.
 * Source: MS-RSP 3.2.4, 2.2; the strings of this interface do not count their NUL in Length.
 * Errors: those of rpc.h and win32.h: E_GOING_DOWN (1115, 1190, 21, 19), E_DENIED, E_REFUSED. */
#ifndef SWELL_TRANSPORT_RPC_INITSHUTDOWN_H
#define SWELL_TRANSPORT_RPC_INITSHUTDOWN_H

#include "transport/rpc/ndr.h"
#include "transport/rpc/rpc.h"

#define SHUTDOWN_REASON_OS_RECONFIG_PLANNED 0x80020004u
#define SHUTDOWN_MESSAGE_UNITS_MAX 512

struct shutdown_request {
    const char *message;
    uint32_t delay_s;
    bool force_apps_closed;
    bool reboot;
    uint32_t reason;
};

extern const struct rpc_interface initshutdown_interface;

void initshutdown_put(struct wr *w, const struct shutdown_request *q, bool with_reason);
void initshutdown_abort_put(struct wr *w);
MUST_CHECK enum err initshutdown_get(struct rd stub, uint32_t *code);
/* BaseInitiateShutdownEx; where the host does not know that call, BaseInitiateShutdown without the
 * reason. */
MUST_CHECK enum err initshutdown_start(struct rpc *r, const struct shutdown_request *q,
                                       struct why *why);
MUST_CHECK enum err initshutdown_abort(struct rpc *r, struct why *why);

#endif
