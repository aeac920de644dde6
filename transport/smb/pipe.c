#include "transport/smb/pipe.h"

#include "transport/smb/close.h"
#include "transport/smb/ioctl.h"
#include "transport/smb/read_write.h"

enum err smb_pipe_open(struct smb_connection *c, const char *name, struct smb_pipe *out,
                       struct why *why)
{
    struct smb_pipe p = {.c = c, .is_open = true};
    enum err e = smb_create(c, name, &p.id, why);

    if (e == OK)
        *out = p;
    return e;
}

void smb_pipe_close(struct smb_pipe *p)
{
    if (p->is_open)
        smb_close(p->c, &p->id);
    p->is_open = false;
}

static enum err pipe_send(void *self, struct rd fragment, struct why *why)
{
    struct smb_pipe *p = self;

    return smb_write(p->c, &p->id, fragment, why);
}

static enum err bytes_keep(struct rd bytes, struct wr *in, struct why *why)
{
    enum err e;

    wr_view(in, bytes);
    e = wr_end(in);
    return e == OK ? OK : why_set(why, e, "the answer is too long");
}

static enum err pipe_transact(void *self, struct rd fragment, struct wr *in, struct why *why)
{
    struct smb_pipe *p = self;
    struct rd bytes;
    enum err e = smb_transceive(p->c, &p->id, fragment, &bytes, why);

    return e == OK ? bytes_keep(bytes, in, why) : e;
}

static enum err pipe_receive(void *self, struct wr *in, struct why *why)
{
    struct smb_pipe *p = self;
    struct rd bytes;
    enum err e = smb_read(p->c, &p->id, &bytes, why);

    return e == OK ? bytes_keep(bytes, in, why) : e;
}

struct rpc_channel smb_pipe_channel(struct smb_pipe *p)
{
    return (struct rpc_channel){
        .send = pipe_send, .transact = pipe_transact, .receive = pipe_receive, .self = p};
}
