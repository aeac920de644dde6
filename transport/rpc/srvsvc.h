/* transport/rpc/srvsvc.h: the host's clock, how long it has been up, and what it calls itself.
 * Source: MS-SRVS 3.1.4.21 (NetrRemoteTOD), 2.2.4.105 (TIME_OF_DAY_INFO); 3.1.4.17
 *         (NetrServerGetInfo), 2.2.4.41 and 2.2.4.42 (SERVER_INFO_101, 102).
 * Units:  elapsed_s is Unix time; uptime_ms counts from boot and wraps every 49.7 days, 0 = the
 *         host does not tell.
 * Owns:   the texts of a struct srvsvc_info are the caller's (srvsvc_info_fini).
 * Errors: those of rpc.h and win32.h. Level 101 is anyone's who may log on, 102 an
 *         administrator's: E_DENIED. */
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

#define SRVSVC_INFO_101 101u
#define SRVSVC_INFO_102 102u

struct srvsvc_info {
    uint32_t platform; /* 500: Windows NT */
    char *name, *comment;
    uint32_t major, minor;
    uint32_t type;      /* SV_TYPE_…: 0x8 a domain controller, 0x4 SQL Server … */
    uint32_t users_max; /* level 102 */
};

void srvsvc_info_fini(struct srvsvc_info *info); /* fine on a zeroed one */
void srvsvc_info_put(struct wr *w, const char *server, uint32_t level);
MUST_CHECK enum err srvsvc_info_get(struct rd stub, struct srvsvc_info *out, uint32_t *code);
MUST_CHECK enum err srvsvc_info(struct rpc *r, const char *server, uint32_t level,
                                struct srvsvc_info *out, struct why *why);

#endif
