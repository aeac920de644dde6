/* The services of a host, and RemoteRegistry among them: waking it and putting it back. */
#include "transport/rpc/svcctl.h"
#include "transport/smb_lanes.h"

#include <stdlib.h>

static const char registry_service_name[] = "RemoteRegistry";

struct services { /* an open \pipe\svcctl */
    struct smb_service pipe;
    struct svcctl_handle manager, service;
};

static enum err services_open(struct smb_host *h, uint32_t manager_access, struct services *s,
                              struct why *why)
{
    enum err e = smb_service_open(h, &svcctl_interface, &s->pipe, why);

    if (e == OK)
        e = svcctl_open_manager(&s->pipe.rpc, manager_access, &s->manager, why);
    return why_place(why, e, "\\pipe\\svcctl open the list of services");
}

/* The pipe takes its handles with it. */
static void services_close(struct services *s)
{
    smb_service_close(&s->pipe);
}

static enum err registry_open(struct smb_host *h, uint32_t access, struct services *s,
                              struct why *why)
{
    enum err e = services_open(h, SC_MANAGER_CONNECT, s, why);

    if (e != OK)
        return e;
    e = svcctl_open_service(&s->pipe.rpc, &s->manager, registry_service_name, access, &s->service,
                            why);
    return why_place(why, e, "\\pipe\\svcctl open %s", registry_service_name);
}

static enum err registry_ask(struct services *s, struct registry_service *out, struct why *why)
{
    struct svcctl_status status = {0};
    struct registry_service r = {0};
    enum err e;

    if ((e = svcctl_start_type(&s->pipe.rpc, &s->service, &r.start_type, why)) != OK ||
        (e = svcctl_status(&s->pipe.rpc, &s->service, &status, why)) != OK)
        return why_place(why, e, "\\pipe\\svcctl query %s", registry_service_name);
    r.state = status.state;
    *out = r;
    return OK;
}

enum err smb_registry_service(struct transport *t, int64_t deadline_ms,
                              struct registry_service *out, struct why *why)
{
    struct smb_host *h = (struct smb_host *)t;
    struct registry_service r = {0};
    struct services s = {0};
    enum err e;

    h->connection.deadline_ms = deadline_ms;
    if ((e = registry_open(h, SERVICE_QUERY_CONFIG | SERVICE_QUERY_STATUS, &s, why)) == OK)
        e = registry_ask(&s, &r, why);
    services_close(&s);
    if (e != OK)
        return e;
    /* A stopped one that starts when its pipe is asked for (a trigger, since Windows 8) has said so
     * when it was asked for; where the pipe is plainly not there, nothing starts it. */
    r.is_asleep = r.state == SERVICE_IS_STOPPED &&
                  (r.start_type == SERVICE_IS_DISABLED || h->winreg_missing);
    *out = r;
    return OK;
}

enum err smb_registry_wake(struct transport *t, int64_t deadline_ms, struct why *why)
{
    struct smb_host *h = (struct smb_host *)t;
    struct registry_service now = {0};
    struct services s = {0};
    enum err e;

    h->connection.deadline_ms = deadline_ms;
    if ((e = registry_open(h,
                           SERVICE_QUERY_CONFIG | SERVICE_QUERY_STATUS | SERVICE_CHANGE_CONFIG |
                               SERVICE_START,
                           &s, why)) != OK ||
        (e = registry_ask(&s, &now, why)) != OK)
        goto out;
    if (now.start_type == SERVICE_IS_DISABLED &&
        (e = svcctl_change_start(&s.pipe.rpc, &s.service, SERVICE_STARTS_ON_DEMAND, why)) != OK) {
        why_place(why, e, "\\pipe\\svcctl let %s start", registry_service_name);
        goto out;
    }
    if (now.state == SERVICE_IS_STOPPED &&
        (e = svcctl_start(&s.pipe.rpc, &s.service, why)) == E_EXISTS)
        e = OK; /* somebody else was quicker */
    why_place(why, e, "\\pipe\\svcctl start %s", registry_service_name);
out:
    services_close(&s);
    return e;
}

/* Is there anything to do? *left: somebody else changed it. */
static bool needs_rest(const struct registry_service *was, const struct registry_service *now,
                       bool *left)
{
    bool ours = was->start_type == SERVICE_IS_DISABLED; /* else it never was changed */

    *left = ours && now->start_type != SERVICE_STARTS_ON_DEMAND &&
            now->start_type != SERVICE_IS_DISABLED;
    if (*left)
        return false;
    return (ours && now->start_type != SERVICE_IS_DISABLED) ||
           (was->state == SERVICE_IS_STOPPED && now->state != SERVICE_IS_STOPPED &&
            now->state != SERVICE_IS_STOPPING);
}

/* Start type first: a service that is stopped while it may still start comes back when anybody
 * asks for its pipe. */
static enum err registry_put_back(struct services *s, const struct registry_service *was,
                                  const struct registry_service *now, struct why *why)
{
    enum err e = OK;

    if (was->start_type == SERVICE_IS_DISABLED && now->start_type != SERVICE_IS_DISABLED &&
        (e = svcctl_change_start(&s->pipe.rpc, &s->service, SERVICE_IS_DISABLED, why)) != OK)
        return why_place(why, e, "\\pipe\\svcctl disable %s again", registry_service_name);
    if (was->state != SERVICE_IS_STOPPED || now->state == SERVICE_IS_STOPPED ||
        now->state == SERVICE_IS_STOPPING)
        return OK;
    e = svcctl_stop(&s->pipe.rpc, &s->service, why);
    return e == E_ABSENT ? OK /* it stopped by itself */
                         : why_place(why, e, "\\pipe\\svcctl stop %s", registry_service_name);
}

enum err smb_registry_rest(struct transport *t, const struct registry_service *was,
                           int64_t deadline_ms, bool *left, struct why *why)
{
    struct smb_host *h = (struct smb_host *)t;
    struct registry_service now = {0};
    struct services s = {0};
    bool foreign = false;
    enum err e;

    h->connection.deadline_ms = deadline_ms;
    /* Who may not change it, and need not, is not refused. */
    if ((e = registry_open(h, SERVICE_QUERY_CONFIG | SERVICE_QUERY_STATUS, &s, why)) != OK ||
        (e = registry_ask(&s, &now, why)) != OK || !needs_rest(was, &now, &foreign))
        goto out;
    svcctl_close(&s.pipe.rpc, &s.service);
    e = svcctl_open_service(&s.pipe.rpc, &s.manager, registry_service_name,
                            SERVICE_CHANGE_CONFIG | SERVICE_STOP, &s.service, why);
    if (e == OK)
        e = registry_put_back(&s, was, &now, why);
    else
        why_place(why, e, "\\pipe\\svcctl open %s", registry_service_name);
out:
    services_close(&s);
    if (e == OK)
        *left = foreign;
    return e;
}

/* Samba lists all, whatever was asked for. */
static void stopped_drop(struct service_list *l)
{
    size_t n = 0;

    for (size_t i = 0; i < l->n; i++)
        if (l->items[i].state != SERVICE_IS_STOPPED)
            l->items[n++] = l->items[i];
        else
            free(l->items[i].name);
    l->n = n;
}

enum err smb_services(struct transport *t, int64_t deadline_ms, struct service_list *out,
                      struct why *why)
{
    struct smb_host *h = (struct smb_host *)t;
    struct services s = {0};
    enum err e;

    h->connection.deadline_ms = deadline_ms;
    if ((e = services_open(h, SC_MANAGER_CONNECT | SC_MANAGER_ENUMERATE_SERVICE, &s, why)) == OK)
        e = why_place(why, svcctl_list(&s.pipe.rpc, &s.manager, out, why),
                      "\\pipe\\svcctl list the services");
    services_close(&s);
    if (e == OK)
        stopped_drop(out);
    return e;
}
