#include "tests/unit/transport/strict_bad.h"

#include "base/clock.h"
#include "transport/auth.h"
#include "transport/smb/read_write.h"
#include "transport/smb/session.h"
#include "transport/smb/tree.h"
#include "transport/smb/validate.h"
#include "transport/tcp.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

void bad_must(enum err e, const struct why *why)
{
    if (e != OK)
        fail_msg("%s: %s", why->place, why->text);
}

static void log_on(struct bad *b)
{
    struct auth *auth = NULL;
    struct why why = {0};

    bad_must(auth_new(&b->w.target, "cifs", b->c.deadline_ms, &auth, &why), &why);
    bad_must(smb_logon(&b->c, auth, &why), &why);
    auth_free(auth);
}

void bad_pipe_bind(struct bad *b, struct smb_pipe *pipe, struct rpc *rpc)
{
    struct why why = {0};

    bad_must(smb_pipe_open(&b->c, "winreg", pipe, &why), &why);
    rpc_init(rpc, smb_pipe_channel(pipe));
    bad_must(rpc_bind(rpc, &winreg_interface, &why), &why);
}

void bad_come_to(struct bad *b, const char *rules, enum depth depth)
{
    int64_t deadline_ms = clock_mono_ms() + WORLD_WAIT_MS;
    struct why why = {0};
    int fd = -1;

    world_start(&b->w, rules);
    bad_must(tcp_connect("127.0.0.1", b->w.target.port, deadline_ms, &fd, &why), &why);
    smb_connection_init(&b->c, fd, deadline_ms);
    if (depth >= NEGOTIATED)
        bad_must(smb_negotiate(&b->c, &b->negotiated, &why), &why);
    if (depth >= LOGGED_ON)
        log_on(b);
    if (depth >= AT_THE_SHARE)
        bad_must(smb_tree_connect(&b->c, "h", &why), &why);
    if (depth >= VALIDATED)
        bad_must(smb_validate(&b->c, &b->negotiated, &why), &why);
    if (depth >= BOUND)
        bad_pipe_bind(b, &b->pipe, &b->rpc);
}

/* The request that stands in c.out. What becomes of it is the server's to say. */
void bad_post(struct bad *b)
{
    (void)!smb_send(&b->c, 0, NULL);
    (void)!smb_flush(&b->c, NULL);
}

void bad_create_put(struct bad *b, const char *name)
{
    smb_create_put(smb_request(&b->c, SMB_CREATE), name);
}

struct rd bad_fragment(struct wr *w, uint8_t flags, uint16_t operation, size_t stub_size)
{
    static const uint8_t stub[4000];

    wr_init(w, 0);
    pdu_request_put(w, 77, flags, operation, 0, rd_of(stub, stub_size));
    return wr_view_of(w);
}

void bad_transceive_put(struct bad *b, struct rd bytes)
{
    smb_transceive_put(smb_request(&b->c, SMB_IOCTL), &b->pipe.id, bytes, 4096);
}

/* One fragment of a call by transceive, or by write. */
void bad_call_post(struct bad *b, enum smb_command command, uint8_t flags, uint16_t operation,
                   size_t stub_size)
{
    struct wr w;
    struct rd bytes = bad_fragment(&w, flags, operation, stub_size);

    if (command == SMB_IOCTL)
        bad_transceive_put(b, bytes);
    else
        smb_write_put(smb_request(&b->c, SMB_WRITE), &b->pipe.id, bytes);
    bad_post(b);
    wr_fini(&w);
}

void bad_go(struct bad *b)
{
    rpc_fini(&b->rpc);
    smb_connection_fini(&b->c);
    world_stop_unjudged(&b->w);
}
