/* transport/smb_host.h: what the parts of the SMB transport share: one logged-on host, its pipes
 * and its open hives. Private to transport/smb_*.c and the tests of them.
 * Source: MS-RRP 3.1.1.4 (views), 3.1.5; MS-SMB2 3.2.4.
 * Owns:   smb_transport's open makes a host, close ends it.
 * Errors: a call whose error is one of item_error() tells of that key or value; any other tells
 *         of the connection. */
#ifndef SWELL_TRANSPORT_SMB_HOST_H
#define SWELL_TRANSPORT_SMB_HOST_H

#include "transport/rpc/winreg.h"
#include "transport/smb/negotiate.h"
#include "transport/smb/pipe.h"
#include "transport/transport.h"

#define HIVES 5

struct smb_service { /* an RPC service behind a pipe; must not move while it is open */
    struct smb_pipe pipe;
    struct rpc rpc;
    bool is_open;
};

struct smb_lanes;

struct smb_host {
    struct transport base; /* first: the seam's pointer is ours */
    const struct transport_target *target;
    struct smb_connection connection;
    struct smb_negotiated negotiated;
    struct smb_service winreg;
    bool hive_is_open[HIVES];
    struct winreg_handle hives[HIVES];
    struct smb_lanes *lanes; /* smb_lanes.h; NULL until a batch is worth them */
    bool winreg_missing;     /* the pipe was asked for last, and there was none */
    bool one_view;           /* a 32-bit Windows: it refuses to hear of views */
};

struct smb_key {
    struct winreg_handle handle;
    bool is_hive; /* the host's own handle: stays open */
};

/* smb_service.c */
MUST_CHECK enum err smb_service_open(struct smb_host *h, const struct rpc_interface *interface,
                                     struct smb_service *s, struct why *why);
void smb_service_close(struct smb_service *s);

/* smb_registry.c */
bool item_error(enum err e);
MUST_CHECK enum err smb_key_open(struct smb_host *h, const struct reg_path *path, uint32_t access,
                                 struct smb_key *out, struct why *why);
MUST_CHECK enum err smb_key_create(struct smb_host *h, const struct smb_key *parent,
                                   const struct reg_path *path, bool volatile_key,
                                   struct smb_key *out, struct why *why);
uint32_t smb_view_access(const struct smb_host *h, const struct reg_path *path);
void smb_key_close(struct smb_host *h, struct smb_key *k);
const char *path_leaf(const struct reg_path *path); /* the last level */
/* "\pipe\winreg DOING HKLM\…\KEY [value NAME]" as the place of e, unless one is set. name may be
 * NULL. */
enum err place_key(struct why *why, enum err e, const char *doing, const struct reg_path *path,
                   const char *name);
/* E_DENIED at the door of the registry, in words that tell what to do; any other e as it is. */
enum err registry_denied(enum err e, struct why *why);

/* What can be read and done with several calls at once, before the rest is gone through alone:
 * smb_read_lanes.c, smb_apply_lanes.c. items[0..*n) are those that are left afterwards; of the ops,
 * those that are not done. */
MUST_CHECK enum err smb_read_together(struct smb_host *h, struct reg_read **items, size_t *n,
                                      struct why *why);
MUST_CHECK enum err smb_apply_together(struct smb_host *h, struct reg_op *ops, size_t n,
                                       struct why *why);

/* The functions of the seam, one file each. */
enum err smb_read_items(struct transport *t, struct reg_read *items, size_t n, int64_t deadline_ms,
                        struct why *why);
enum err smb_list_key(struct transport *t, const struct reg_path *path, int64_t deadline_ms,
                      struct reg_list *out, struct why *why);
enum err smb_apply_ops(struct transport *t, struct reg_op *ops, size_t n, int64_t deadline_ms,
                       struct why *why);
enum err smb_identity(struct transport *t, int64_t deadline_ms, struct boot_identity *out,
                      struct why *why);
enum err smb_restart(struct transport *t, const char *reason, uint32_t delay_s, int64_t deadline_ms,
                     struct why *why);
enum err smb_registry_service(struct transport *t, int64_t deadline_ms,
                              struct registry_service *out, struct why *why);
enum err smb_registry_wake(struct transport *t, int64_t deadline_ms, struct why *why);
enum err smb_registry_rest(struct transport *t, const struct registry_service *was,
                           int64_t deadline_ms, bool *left, struct why *why);
enum err smb_services(struct transport *t, int64_t deadline_ms, struct service_list *out,
                      struct why *why);
/* What the negotiation alone tells of the boot; a clock is in it only right after the negotiation.
 */
void smb_identity_negotiated(const struct smb_negotiated *n, struct boot_identity *out);

/* For reports of what a job costs: requests sent so far; and how often the client had to wait for
 * answers, the connecting included. */
uint64_t smb_round_trips(const struct transport *t);
uint64_t smb_turns(const struct transport *t);

#endif
