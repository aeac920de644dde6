#include "transport/auth.h"
#include "transport/smb/session.h"
#include "transport/smb/tree.h"
#include "transport/smb/validate.h"
#include "transport/smb_lanes.h"
#include "transport/tcp.h"

#include "base/clock.h"

#include <stdlib.h>

#define CLOSE_TIME_MS 1000

static enum err host_connect(const struct transport_target *target, int64_t deadline_ms,
                             struct smb_connection *c, struct smb_negotiated *negotiated,
                             struct why *why)
{
    uint16_t port = target->port == 0 ? SMB_PORT : target->port;
    int fd = -1;
    enum err e = tcp_connect(target->address, port, deadline_ms, &fd, why);

    smb_connection_init(c, fd, deadline_ms);
    if (e != OK)
        return why_place(why, e, "connect to %s port %u", target->address, port);
    c->turns = 1; /* the connecting */
    return smb_negotiate(c, negotiated, why);
}

static enum err smb_look(const struct transport_target *target, int64_t deadline_ms,
                         struct boot_identity *out, struct why *why)
{
    struct smb_negotiated negotiated = {0};
    struct smb_connection c;
    enum err e = host_connect(target, deadline_ms, &c, &negotiated, why);

    *out = (struct boot_identity){0};
    if (e == OK)
        smb_identity_negotiated(&negotiated, out);
    smb_connection_fini(&c);
    return e;
}

static void smb_close_host(struct transport *t)
{
    struct smb_host *h = (struct smb_host *)t;

    if (h == NULL)
        return;
    /* Pipes and shares of a session end with it (MS-SMB2 3.3.5.6): one farewell for all. */
    h->connection.deadline_ms = clock_mono_ms() + CLOSE_TIME_MS;
    rpc_fini(&h->winreg.rpc);
    lanes_free(h->lanes);
    smb_logoff(&h->connection);
    smb_connection_fini(&h->connection);
    free(h);
}

/* The session's time is over: who we are is proved again, with a new ticket if need be. */
static enum err host_renew(struct smb_connection *c, void *self, struct why *why)
{
    const struct smb_host *h = self;
    struct auth *auth = NULL;
    enum err e = auth_new(h->target, "cifs", c->deadline_ms, &auth, why);

    if (e == OK)
        e = smb_logon(c, auth, why);
    auth_free(auth);
    return why_place(why, e, "log on again");
}

/* *cut: the host ended the connection when it was asked what it negotiated. */
static enum err host_open(struct smb_host *h, struct auth *auth, int64_t deadline_ms, bool *cut,
                          struct why *why)
{
    enum err e = host_connect(h->target, deadline_ms, &h->connection, &h->negotiated, why);

    if (e == OK)
        e = smb_logon(&h->connection, auth, why);
    h->connection.renew = host_renew;
    h->connection.renew_self = h;
    if (e == OK && h->target->encrypt)
        e = smb_session_seal(&h->connection, "the settings demand", why);
    if (e == OK)
        e = smb_tree_connect(&h->connection, h->target->address, why);
    if (e != OK)
        return e;
    e = smb_validate(&h->connection, &h->negotiated, why);
    *cut = e == E_CUT;
    return e;
}

static enum err host_new(const struct transport_target *target, int64_t deadline_ms,
                         struct transport **out, bool *cut, struct why *why)
{
    struct smb_host *h = NULL;
    struct auth *auth = NULL;
    enum err e = auth_new(target, "cifs", deadline_ms, &auth, why);

    if (e != OK)
        return why_place(why, e, "credentials");
    h = calloc(1, sizeof *h);
    if (h == NULL) {
        e = why_set(why, E_MEMORY, "out of memory");
        goto out;
    }
    h->base.kind = &transport_smb;
    h->target = target;
    if ((e = host_open(h, auth, deadline_ms, cut, why)) != OK)
        goto out;
    *out = &h->base;
    h = NULL; /* moved to the caller */
out:
    auth_free(auth);
    smb_close_host(h == NULL ? NULL : &h->base);
    return e;
}

/* A host that is asked about a negotiation that it did not have ends the connection (MS-SMB2
 * 3.3.5.15.12). Once that may have been chance; so it is tried again. */
static enum err smb_open_host(const struct transport_target *target, int64_t deadline_ms,
                              struct transport **out, struct why *why)
{
    bool cut = false, again = false;
    enum err e;

    *out = NULL;
    e = host_new(target, deadline_ms, out, &cut, why);
    if (e != E_CUT || !cut)
        return e;
    e = host_new(target, deadline_ms, out, &again, why);
    if (e == E_CUT && again)
        e = why_set(why, E_SECURITY,
                    "the host twice ended the connection when asked what it negotiated: that was "
                    "changed on its way (a downgrade)");
    return why_place(why, e, "validate negotiation");
}

uint64_t smb_turns(const struct transport *t)
{
    return ((const struct smb_host *)t)->connection.turns;
}

uint64_t smb_round_trips(const struct transport *t)
{
    return ((const struct smb_host *)t)->connection.round_trips;
}

const struct transport_kind transport_smb = {
    .name = "smb",
    .look = smb_look,
    .open = smb_open_host,
    .read = smb_read_items,
    .list = smb_list_key,
    .apply = smb_apply_ops,
    .identity = smb_identity,
    .restart = smb_restart,
    .service = smb_registry_service,
    .wake = smb_registry_wake,
    .rest = smb_registry_rest,
    .services = smb_services,
    .close = smb_close_host,
};
