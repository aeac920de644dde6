/* transport/smb_lanes.h: several instances of \pipe\winreg in one session, one call at a time on
 * each: how independent calls of one host go out together in the way that Windows allows. Private
 * to transport/smb_*.c and the tests of them.
 * Source: MS-RPCE 3.3.1.5.8 (one call at a time on a connection), MS-FSCC 2.3.48 (a pipe with
 *         unread data is busy), MS-SMB2 3.2.4.1.2.
 * Shape:  in each round lanes_next says of each lane what it should ask, all of it goes out
 *         together, and lanes_took judges each answer; it ends when no lane has a question. A lane
 *         shares no handle with another one: it opens its own hives and keys, and keeps them open
 *         for the next batch. lane->err tells of the call itself (a fault, a pipe that broke), the
 *         host's verdict is lane->call.code.
 * Owns:   lanes_free frees; what the host holds ends with the session.
 * Errors: of a round: the connection is lost; lanes with asked still set did not get their
 *         answer. */
#ifndef SWELL_TRANSPORT_SMB_LANES_H
#define SWELL_TRANSPORT_SMB_LANES_H

#include "transport/rpc/winreg_call.h"
#include "transport/smb_host.h"

#define LANES_MAX 24
/* Where a turn costs next to nothing, pipes cost the host more than they save, if there are many
 * hosts to wait for anyway. */
#define LANES_NEAR 10
#define NEAR_US 2000
#define CROWD 8
#define LANE_KEYS_MAX 16
#define BATCH_ALONE 2 /* so few items are not worth opening lanes for */

struct lane_key {
    struct reg_path path;
    struct winreg_handle handle;
    bool writable;
    bool touched; /* something in it must reach the host's disk */
    bool is_old;  /* opened for an earlier batch: the key may have gone meanwhile */
    bool is_dead; /* to be closed */
};

struct smb_lane {
    struct smb_service service;
    bool hive_is_open[HIVES];
    struct winreg_handle hives[HIVES];
    struct lane_key keys[LANE_KEYS_MAX];
    size_t n_keys;
    struct winreg_call call;
    size_t key;                  /* ASK_CLOSE_KEY, ASK_FLUSH_KEY …: which of keys it is about */
    const struct reg_path *path; /* ASK_OPEN_KEY, ASK_CREATE_KEY: of which key */
    struct reg_path asked_path;  /* where that is nobody else's */
    bool asked;
    enum err err;
    struct why why;
};

struct smb_lanes {
    struct smb_lane lane[LANES_MAX]; /* must not move */
};

struct lanes_work {
    void (*begin)(void *self);                                 /* of a round; may be NULL */
    bool (*next)(void *self, struct smb_lane *lane, size_t i); /* false: nothing to ask */
    void (*took)(void *self, struct smb_lane *lane, size_t i);
    void *self;
};

/* The lanes for a batch of n; NULL when there are none and the batch goes its way alone. */
MUST_CHECK enum err lanes_ready(struct smb_host *h, size_t n, struct smb_lanes **out,
                                struct why *why);
void lanes_free(struct smb_lanes *lanes);
/* Gives the pipes back to the host; nothing that must reach its disk may be left. */
void lanes_close(struct smb_host *h);
bool lane_is_open(const struct smb_lane *lane);
MUST_CHECK enum err lanes_run(struct smb_host *h, const struct lanes_work *w, struct why *why);

/* Questions that every batch has: the hive, room for a key, the key. True: lane->call is the one to
 * ask first. False: the key is open at *at, LANE_KEYS_MAX for the hive itself. */
bool lane_ask_key(const struct smb_host *h, struct smb_lane *lane, const struct reg_path *path,
                  bool writable, size_t *at);
/* Only the hive, and room for one key more. */
bool lane_ask_hive(struct smb_lane *lane, const struct reg_path *path);
const struct winreg_handle *lane_handle(const struct smb_lane *lane, const struct reg_path *path,
                                        size_t at);
/* What these questions brought: true if it was one of them. The err of a failure is in *e. */
bool lane_took_key(struct smb_lane *lane, enum err *e);
/* A key that calls have opened or created. */
MUST_CHECK enum err lane_keep(struct smb_lane *lane, const struct reg_path *path, bool writable);
size_t lane_find(const struct smb_lane *lane, const struct reg_path *path, bool writable);

#endif
