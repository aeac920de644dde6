/* transport/smb/many.h: many requests of one kind, sent together.
 * Source: MS-SMB2 3.2.4.1.2 (credits), 3.2.5.1.
 * Shape:  put writes the body of request i, take judges its answer; answers come in any order. No
 *         more requests are under way than the host has granted: with few credits it takes more
 *         turns.
 * Errors: those of the connection, and what take gives: nothing more is then sent, and the
 *         connection is broken if answers are outstanding. */
#ifndef SWELL_TRANSPORT_SMB_MANY_H
#define SWELL_TRANSPORT_SMB_MANY_H

#include "transport/smb/connection.h"

struct smb_many {
    enum smb_command command;
    void (*put)(void *self, size_t i, struct wr *w);
    enum err (*take)(void *self, size_t i, const struct smb_answer *a, struct why *why);
    void *self;
};

MUST_CHECK enum err smb_exchange_many(struct smb_connection *c, const struct smb_many *m, size_t n,
                                      struct why *why);

#endif
