/* transport/rpc/svcctl.h: the services of a host: their states and start types, and starting them.
 * Source: MS-SCMR 3.1.4 (ROpenSCManagerW, ROpenServiceW, RQueryServiceStatus, RQueryServiceConfigW,
 *         RChangeServiceConfigW, RStartServiceW, RControlService, REnumServicesStatusW,
 *         RCloseServiceHandle), 2.2.11, 2.2.15, 2.2.47.
 * Shape:  svcctl_*_put encodes a call's arguments, svcctl_*_get decodes its answer, svcctl_* does
 *         the round trip. An answer ends with a Win32 number, as winreg's do.
 * Owns:   lists are the caller's (service_list_fini).
 * Errors: those of rpc.h and win32.h: E_ABSENT for a service that is not there (1060), E_EXISTS for
 *         one that runs already (1056), E_REFUSED for a disabled one (1058); E_LIMIT for a host
 *         with more services than SERVICES_MAX. Outputs are set only on OK. */
#ifndef SWELL_TRANSPORT_RPC_SVCCTL_H
#define SWELL_TRANSPORT_RPC_SVCCTL_H

#include "transport/rpc/ndr.h"
#include "transport/rpc/rpc.h"
#include "transport/transport.h"

#define SVCCTL_HANDLE_SIZE 20
#define SERVICES_MAX 4096
#define SVCCTL_LIST_ROOM_MAX 262144u /* of one answer (MS-SCMR 2.2.2) */

enum svcctl_access {
    SC_MANAGER_CONNECT = 0x1,
    SC_MANAGER_ENUMERATE_SERVICE = 0x4,
    SERVICE_QUERY_CONFIG = 0x1,
    SERVICE_CHANGE_CONFIG = 0x2,
    SERVICE_QUERY_STATUS = 0x4,
    SERVICE_START = 0x10,
    SERVICE_STOP = 0x20
};

enum svcctl_control { SERVICE_CONTROL_STOP = 1 };

enum svcctl_filter { /* which services are listed */
                     SERVICE_WIN32 = 0x30,
                     SERVICE_ACTIVE = 1
};

struct svcctl_handle {
    uint8_t bytes[SVCCTL_HANDLE_SIZE];
};

struct svcctl_status {
    uint32_t type;
    uint32_t state; /* enum service_state, as the host says it */
    uint32_t exit_code;
    uint32_t process; /* QueryServiceStatusEx; 0 = it does not run, or is not told */
};

extern const struct rpc_interface svcctl_interface;

/* Handles: svcctl.c */
void svcctl_open_manager_put(struct wr *w, uint32_t access);
void svcctl_open_service_put(struct wr *w, const struct svcctl_handle *manager, const char *name,
                             uint32_t access);
MUST_CHECK enum err svcctl_handle_get(struct rd stub, struct svcctl_handle *out, uint32_t *code);
MUST_CHECK enum err svcctl_open_manager(struct rpc *r, uint32_t access, struct svcctl_handle *out,
                                        struct why *why);
MUST_CHECK enum err svcctl_open_service(struct rpc *r, const struct svcctl_handle *manager,
                                        const char *name, uint32_t access,
                                        struct svcctl_handle *out, struct why *why);
void svcctl_close(struct rpc *r, const struct svcctl_handle *h);

/* One service: svcctl_service.c */
void svcctl_handle_put(struct wr *w, const struct svcctl_handle *h); /* status, close */
void svcctl_status_ex_put(struct wr *w, const struct svcctl_handle *service);
void svcctl_config_put(struct wr *w, const struct svcctl_handle *service, uint32_t room);
void svcctl_change_start_put(struct wr *w, const struct svcctl_handle *service, uint32_t start);
void svcctl_start_put(struct wr *w, const struct svcctl_handle *service);
void svcctl_control_put(struct wr *w, const struct svcctl_handle *service, uint32_t control);
MUST_CHECK enum err svcctl_status_get(struct rd stub, struct svcctl_status *out,
                                      uint32_t *code); /* of a control too */
MUST_CHECK enum err svcctl_status_ex_get(struct rd stub, struct svcctl_status *out, uint32_t *code);
/* With *code WIN32_INSUFFICIENT_BUFFER, *needed is the room that it takes. */
MUST_CHECK enum err svcctl_config_get(struct rd stub, uint32_t *start_type, uint32_t *needed,
                                      uint32_t *code);
MUST_CHECK enum err svcctl_change_get(struct rd stub, uint32_t *code);
MUST_CHECK enum err svcctl_code_get(struct rd stub, uint32_t *code);

MUST_CHECK enum err svcctl_status(struct rpc *r, const struct svcctl_handle *service,
                                  struct svcctl_status *out, struct why *why);
MUST_CHECK enum err svcctl_status_ex(struct rpc *r, const struct svcctl_handle *service,
                                     struct svcctl_status *out, struct why *why);
MUST_CHECK enum err svcctl_start_type(struct rpc *r, const struct svcctl_handle *service,
                                      uint32_t *out, struct why *why);
/* All else stays as it is. */
MUST_CHECK enum err svcctl_change_start(struct rpc *r, const struct svcctl_handle *service,
                                        uint32_t start, struct why *why);
/* OK: it is starting; its state says when it runs. */
MUST_CHECK enum err svcctl_start(struct rpc *r, const struct svcctl_handle *service,
                                 struct why *why);
MUST_CHECK enum err svcctl_stop(struct rpc *r, const struct svcctl_handle *service,
                                struct why *why);

/* All services that are not stopped: svcctl_list.c */
void svcctl_list_put(struct wr *w, const struct svcctl_handle *manager, uint32_t room,
                     uint32_t resume);
struct svcctl_page { /* what one answer says of the rest */
    uint32_t needed, resume;
};
/* Appends to *out. */
MUST_CHECK enum err svcctl_list_get(struct rd stub, struct service_list *out,
                                    struct svcctl_page *page, uint32_t *code);
MUST_CHECK enum err svcctl_list(struct rpc *r, const struct svcctl_handle *manager,
                                struct service_list *out, struct why *why);

#endif
