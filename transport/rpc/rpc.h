/* transport/rpc/rpc.h: remote procedure calls over a channel that carries bytes, one call at a
 * time.
 * Source: MS-RPCE 2.2.2 and C706 chapter 12 (connection-oriented PDUs), NDR transfer syntax 2.0
 *         only.
 * Shape:  rpc_bind once; then rpc_begin gives the writer of the stub (alignment counts from its
 *         start) and rpc_call sends it, in as many fragments as the server's limit asks for, and
 *         gathers the answer's stub.
 * Owns:   rpc_init/rpc_fini; the channel stays the caller's. *reply is a view, good until the
 *         next rpc_begin.
 * Errors: what the channel gives; a fault by its number (E_DENIED, E_UNSUPPORTED for an unknown
 *         call …); E_PROTOCOL for an answer that breaks the protocol; E_LIMIT. Whatever is not a
 *         fault makes it broken: E_CUT from then on. */
#ifndef SWELL_TRANSPORT_RPC_RPC_H
#define SWELL_TRANSPORT_RPC_RPC_H

#include "base/wire.h"

#define RPC_FRAGMENT_SIZE 4280 /* what Windows offers and takes on a pipe */
#define RPC_STUB_MAX (4u << 20)

/* Where fragments go and come from. transact sends a last fragment and appends what came back;
 * receive appends what comes next. What comes need not end where a fragment ends. */
struct rpc_channel {
    enum err (*send)(void *self, struct rd fragment, struct why *why);
    enum err (*transact)(void *self, struct rd fragment, struct wr *in, struct why *why);
    enum err (*receive)(void *self, struct wr *in, struct why *why);
    void *self;
};

struct rpc_interface {
    const char *pipe;
    uint8_t uuid[16]; /* as on the wire */
    uint16_t major;
    uint16_t minor;
};

struct rpc {
    struct rpc_channel channel;
    bool broken;
    uint32_t call_id;
    size_t send_max; /* bytes of one fragment to the server */
    struct wr stub;
    struct wr fragment;
    struct wr in;
    struct wr reply;
};

void rpc_init(struct rpc *r, struct rpc_channel channel);
void rpc_fini(struct rpc *r); /* fine on a zeroed one */
MUST_CHECK enum err rpc_bind(struct rpc *r, const struct rpc_interface *interface, struct why *why);
struct wr *rpc_begin(struct rpc *r);
MUST_CHECK enum err rpc_call(struct rpc *r, uint16_t operation, struct rd *reply, struct why *why);
/* The same in two halves, for who has several channels with a call under way on each: the first
 * leaves in r->fragment what is to be transacted, the second takes the answer, whose first bytes
 * were put into r->in meanwhile (it fetches the rest). An error of what is between them, and each
 * of theirs but a fault, leaves the channel broken. */
MUST_CHECK enum err rpc_bind_begin(struct rpc *r, const struct rpc_interface *interface,
                                   struct why *why);
MUST_CHECK enum err rpc_bind_end(struct rpc *r, struct why *why);
MUST_CHECK enum err rpc_call_begin(struct rpc *r, uint16_t operation, struct why *why);
MUST_CHECK enum err rpc_call_end(struct rpc *r, struct rd *reply, struct why *why);
/* What a stub decoder's E_SHORT or E_FORMAT means: E_PROTOCOL, in words, and the channel is broken.
 * Other errors stay what they are and leave the channel good. */
enum err rpc_malformed(struct rpc *r, enum err e, const char *what, struct why *why);

#endif
