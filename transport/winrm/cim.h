/* transport/winrm/cim.h: what WMI's own classes tell of a host.
 * Source: "Win32_OperatingSystem", "Win32_Service" of the Windows documentation; DSP0226, 8
 *         (enumerations); DSP0230 and DSP0004 5.3.1 (times).
 * Units:  times are Unix ms.
 * Errors: E_PROTOCOL, the answer lacks what every host has; E_LIMIT; the others of wsman.h. */
#ifndef SWELL_TRANSPORT_WINRM_CIM_H
#define SWELL_TRANSPORT_WINRM_CIM_H

#include "transport/winrm/wsman.h"

#define CIM_ITEMS_MAX 20000u

struct cim_os {
    bool has_boot, has_clock;
    int64_t boot_ms, clock_ms;
};

/* "2026-11-21T02:03:04.5+01:00", "…Z" or "20261121020304.500000+060"; false: no time. */
bool cim_time(const char *s, size_t n, int64_t *out);
struct call cim_os_ask(void);
MUST_CHECK enum err cim_os_read(const struct call *c, struct cim_os *out, struct why *why);
MUST_CHECK enum err cim_restart_ask(const char *reason, uint32_t delay_s, struct call *out,
                                    struct why *why);
/* The services that are not stopped, by as many messages as it takes. */
MUST_CHECK enum err cim_services(struct wsman *w, int64_t deadline_ms, struct service_list *out,
                                 struct why *why);
/* Start type and state of one. */
MUST_CHECK enum err cim_service(struct wsman *w, const char *name, int64_t deadline_ms,
                                struct registry_service *out, struct why *why);

#endif
