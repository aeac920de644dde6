/* tests/unit/transport/strict_bad.h: a client that comes so far by the rules of the strict server,
 * and then sends what a test wants.
 * Shape:  bad_come_to, then messages made with the encoders of transport/smb and changed in
 *         c.out, then bad_go. Answers are not waited for.
 * Owns:   bad_go ends all. A fragment's bytes are *w's, which the caller frees. */
#ifndef SWELL_TESTS_UNIT_TRANSPORT_STRICT_BAD_H
#define SWELL_TESTS_UNIT_TRANSPORT_STRICT_BAD_H

#include "tests/unit/transport/strict_world.h"
#include "transport/rpc/pdu.h"
#include "transport/rpc/winreg.h"
#include "transport/smb/ioctl.h"
#include "transport/smb/negotiate.h"
#include "transport/smb/pipe.h"

struct bad {
    struct world w;
    struct smb_connection c;
    struct smb_negotiated negotiated;
    struct smb_pipe pipe;
    struct rpc rpc;
};

enum depth { AT_THE_PORT,
             NEGOTIATED,
             LOGGED_ON,
             AT_THE_SHARE,
             VALIDATED,
             BOUND };

void bad_must(enum err e, const struct why *why); /* fails the test unless OK */
void bad_come_to(struct bad *b, const char *rules, enum depth depth);
void bad_go(struct bad *b);
void bad_pipe_bind(struct bad *b, struct smb_pipe *pipe, struct rpc *rpc);
void bad_post(struct bad *b); /* the request that stands in c.out */
void bad_create_put(struct bad *b, const char *name);
void bad_transceive_put(struct bad *b, struct rd bytes);
struct rd bad_fragment(struct wr *w, uint8_t flags, uint16_t operation, size_t stub_size);
/* One fragment of a call by transceive (SMB_IOCTL) or by write. */
void bad_call_post(struct bad *b, enum smb_command command, uint8_t flags, uint16_t operation,
                   size_t stub_size);

#endif
