#include "transport/winrm/cim.h"
#include "transport/winrm_host.h"

#include <stdlib.h>

/* Over HTTP one has to wait for the login to see that WinRM works; a listener that answers at all
 * is what a look asks for. It tells nothing of the boot. */
static enum err winrm_look(const struct transport_target *target, int64_t deadline_ms,
                           struct boot_identity *out, struct why *why)
{
    enum err e = wsman_look(target, deadline_ms, why);

    *out = (struct boot_identity){0};
    return why_place(why, e, "WinRM on %s", target->address);
}

static enum err winrm_open(const struct transport_target *target, int64_t deadline_ms,
                           struct transport **out, struct why *why)
{
    struct winrm_host *h = calloc(1, sizeof *h);
    enum err e;

    *out = NULL;
    if (h == NULL)
        return why_set(why, E_MEMORY, "out of memory");
    h->base.kind = &transport_winrm;
    if ((e = wsman_new(target, deadline_ms, &h->wsman, why)) != OK) {
        free(h);
        return why_place(why, e, "WinRM on %s", target->address);
    }
    *out = &h->base;
    return OK;
}

static enum err winrm_services(struct transport *t, int64_t deadline_ms, struct service_list *out,
                               struct why *why)
{
    struct winrm_host *h = (struct winrm_host *)t;
    enum err e = cim_services(h->wsman, deadline_ms, out, why);

    return why_place(why, e, "Win32_Service");
}

/* WMI, which answers only while it runs: it cannot be asleep. */
static enum err winrm_service(struct transport *t, int64_t deadline_ms,
                              struct registry_service *out, struct why *why)
{
    struct winrm_host *h = (struct winrm_host *)t;
    enum err e = cim_service(h->wsman, "Winmgmt", deadline_ms, out, why);

    return why_place(why, e, "Win32_Service Winmgmt");
}

static void winrm_close(struct transport *t)
{
    struct winrm_host *h = (struct winrm_host *)t;

    if (h == NULL)
        return;
    wsman_free(h->wsman);
    free(h);
}

uint64_t winrm_turns(const struct transport *t)
{
    return wsman_turns(((const struct winrm_host *)t)->wsman);
}

const struct transport_kind transport_winrm = {
    .name = "winrm",
    .look = winrm_look,
    .open = winrm_open,
    .read = winrm_read_items,
    .list = winrm_list_key,
    .apply = winrm_apply_ops,
    .identity = winrm_identity,
    .restart = winrm_restart,
    .service = winrm_service,
    .services = winrm_services,
    .close = winrm_close,
};
