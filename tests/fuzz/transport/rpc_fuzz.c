/* A bind and a call over a channel that gives the input piece by piece; the first byte is the size
 * of a piece. */
#include "transport/rpc/pdu.h"
#include "transport/rpc/winreg.h"

#include <stdlib.h>

struct source {
    struct rd left;
    size_t piece;
};

static enum err source_receive(void *self, struct wr *in, struct why *why)
{
    struct source *s = self;

    if (s->left.left == 0)
        return why_set(why, E_CUT, "the input ends");
    wr_view(in, rd_sub(&s->left, s->left.left < s->piece ? s->left.left : s->piece));
    return wr_end(in);
}

static enum err source_send(void *self, struct rd fragment, struct why *why)
{
    (void)self;
    (void)why;
    return fragment.bad ? E_INTERNAL : OK;
}

static enum err source_transact(void *self, struct rd fragment, struct wr *in, struct why *why)
{
    return fragment.bad ? E_INTERNAL : source_receive(self, in, why);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct source s;
    struct why why = {0};
    struct rd reply;
    struct rpc r;

    if (n < 1)
        return 0;
    s = (struct source){.left = rd_of(bytes + 1, n - 1), .piece = 1 + (size_t)bytes[0] * 4};
    rpc_init(&r, (struct rpc_channel){.send = source_send,
                                      .transact = source_transact,
                                      .receive = source_receive,
                                      .self = &s});
    if (rpc_bind(&r, &winreg_interface, &why) == OK) {
        wr_zeros(rpc_begin(&r), 5000);
        while (rpc_call(&r, 5, &reply, &why) == OK)
            if (reply.bad)
                abort();
    }
    rpc_fini(&r);
    return 0;
}
