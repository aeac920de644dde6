#include "transport/smb/status.h"
#include "transport/smb_host.h"

/* What a pipe's absence means: the service that makes it is not there. */
static enum err pipe_absent(const struct rpc_interface *interface, enum err e, struct why *why)
{
    if (e != E_ABSENT)
        return e;
    return why_native(why, E_UNAVAILABLE, STATUS_OBJECT_NAME_NOT_FOUND,
                      smb_status_name(STATUS_OBJECT_NAME_NOT_FOUND), "%s",
                      interface == &winreg_interface
                          ? "the RemoteRegistry service is disabled or stopped"
                          : "the service behind the pipe is not running");
}

enum err smb_service_open(struct smb_host *h, const struct rpc_interface *interface,
                          struct smb_service *s, struct why *why)
{
    enum err e = smb_pipe_open(&h->connection, interface->pipe, &s->pipe, why);

    if (interface == &winreg_interface)
        h->winreg_missing = e == E_ABSENT;
    if (e != OK)
        return why_place(why, pipe_absent(interface, e, why), "open \\pipe\\%s", interface->pipe);
    rpc_init(&s->rpc, smb_pipe_channel(&s->pipe));
    s->is_open = true;
    if ((e = rpc_bind(&s->rpc, interface, why)) != OK)
        smb_service_close(s);
    return why_place(why, e, "bind to \\pipe\\%s", interface->pipe);
}

void smb_service_close(struct smb_service *s)
{
    if (!s->is_open)
        return;
    smb_pipe_close(&s->pipe);
    rpc_fini(&s->rpc);
    s->is_open = false;
}
