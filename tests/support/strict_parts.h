/* tests/support/strict_parts.h: what the parts of the strict server share. Private to strict_*.c.
 * Source: MS-SMB2 3.3.1 (server, connection, session), MS-RPCE 3.3.3.
 * Shape:  one thread serves all connections; a connection has one session, one tree and a few
 *         open pipes. A pipe has at most one call under way, unless multiplexing was agreed, and
 *         requests (waiters) that wait for its bytes.
 * Owns:   the server owns all. */
#ifndef SWELL_TESTS_SUPPORT_STRICT_PARTS_H
#define SWELL_TESTS_SUPPORT_STRICT_PARTS_H

#include "tests/support/strict_crypto.h"
#include "tests/support/strict_ndr.h"
#include "tests/support/strict_registry.h"
#include "tests/support/strict_server.h"
#include "transport/smb/header.h"

#include <pthread.h>

#define STRICT_CONNECTIONS 64
#define STRICT_PIPES 64
#define STRICT_REPLIES 64
#define STRICT_WAITERS 64
#define STRICT_HANDLES 512
#define STRICT_IDS 8192 /* message ids remembered; credits_max stays below */
#define STRICT_NEVER INT64_MAX
#define STRICT_CANCEL 12 /* the commands that no client here sends by name */
#define STRICT_ECHO 13

/* NTSTATUS, MS-ERREF 2.3.1 */
#define NT_OK 0u
#define NT_PENDING 0x103u
#define NT_BUFFER_OVERFLOW 0x80000005u
#define NT_INVALID_PARAMETER 0xC000000Du
#define NT_INVALID_DEVICE_REQUEST 0xC0000010u
#define NT_MORE_PROCESSING 0xC0000016u
#define NT_ACCESS_DENIED 0xC0000022u
#define NT_NOT_FOUND 0xC0000034u
#define NT_LOGON_FAILURE 0xC000006Du
#define NT_PIPE_NOT_AVAILABLE 0xC00000ACu
#define NT_PIPE_BUSY 0xC00000AEu
#define NT_NOT_SUPPORTED 0xC00000BBu
#define NT_BAD_NETWORK_NAME 0xC00000CCu
#define NT_NETWORK_NAME_DELETED 0xC00000C9u
#define NT_TOO_MANY_OPENED 0xC000011Fu
#define NT_CANCELLED 0xC0000120u
#define NT_FILE_CLOSED 0xC0000128u
#define NT_PIPE_EMPTY 0xC00000D9u
#define NT_PIPE_BROKEN 0xC000014Bu
#define NT_USER_SESSION_DELETED 0xC0000203u
#define NT_NETWORK_SESSION_EXPIRED 0xC000035Cu

enum strict_interface {
    IF_WINREG,
    IF_SVCCTL,
    IF_SRVSVC,
    IF_SHUTDOWN,
    IF_LSA,
    IF_COUNT
};

struct strict_message { /* what an answer needs to know of its request */
    struct smb_header h;
    bool encrypted;
    uint64_t async_id; /* not 0: an interim answer has gone */
};

struct strict_waiter {
    struct strict_message m;
    bool is_read;
    uint32_t max;
};

struct strict_reply { /* of one call: fragments, each behind its size in four bytes */
    int64_t due_ms;
    struct wr bytes;
    size_t at;
    size_t left; /* of the fragment at at, 0 = a size comes next */
};

struct strict_pipe {
    bool used;
    uint8_t id[16];
    enum strict_interface interface;
    bool bound, mpx, broken;
    uint32_t group;
    uint16_t send_max; /* bytes of a fragment that the client takes */
    uint16_t context;
    bool gathering; /* fragments of call_id so far are in stub */
    uint32_t call_id;
    uint16_t operation;
    struct wr stub;
    struct strict_reply replies[STRICT_REPLIES];
    size_t n_replies;
    struct strict_waiter waiters[STRICT_WAITERS];
    size_t n_waiters;
};

struct strict_connection {
    int fd;
    struct wr in;
    bool closing;
    bool negotiated;
    uint16_t dialect;
    unsigned signing, cipher;
    bool multi_credit;
    struct wr negotiate_request; /* for the validation of it */
    uint8_t preauth[SHA512_SIZE];
    uint64_t ids_end, taken; /* ids below ids_end were granted, so many of them were used */
    uint8_t used[STRICT_IDS / 8];
    unsigned answers;
    unsigned unanswered;
    struct strict_logon *logon;
    uint64_t session_id;
    bool session_good, encrypt;
    unsigned session_requests; /* since the logon, or since it was renewed */
    unsigned told_expired;     /* answers that said so since then */
    bool renewing;
    bool forgotten;
    struct strict_keys keys;
    uint32_t tree_id;
    bool validated;
    struct strict_pipe pipes[STRICT_PIPES];
    uint8_t last_file[16]; /* of a compound */
};

struct strict_handle {
    bool used;
    uint8_t id[16];
    uint32_t group;
    enum strict_interface interface;
    struct strict_key *key;
    uint32_t access;
    unsigned kind; /* svcctl: 1 the manager, 2 a service */
    unsigned service;
};

struct strict_server {
    struct strict_rules rules;
    struct strict_report report;
    pthread_t thread;
    pthread_mutex_t lock;
    bool running;
    int stop[2];
    int listener;
    char address[64];
    uint16_t port;
    struct strict_connection *connections[STRICT_CONNECTIONS];
    struct strict_registry *registry;
    struct strict_handle handles[STRICT_HANDLES];
    uint64_t next_number; /* of sessions, files, async ids, groups, handles */
    uint8_t guid[16];
    int64_t boot_ms;    /* when this boot began */
    int64_t restart_at; /* when it goes down, STRICT_NEVER if it does not */
    bool power_off;     /* and does not come back */
    int64_t back_at;    /* when the port opens again, STRICT_NEVER while it is open */
    enum strict_service_state winreg;
    unsigned winreg_start_type; /* 2 auto, 3 demand, 4 disabled */
    int64_t winreg_up_at;       /* start is under way, STRICT_NEVER if not */
    unsigned winreg_calls;
    unsigned session_requests; /* of all sessions */
    unsigned messages;         /* answers sent, interim ones too */
};

/* strict_server.c */
void strict_violation(struct strict_server *s, const char *fmt, ...) PRINTF_LIKE(2, 3);
uint64_t strict_number(struct strict_server *s);
void strict_restart(struct strict_server *s); /* the host goes down now */

/* strict_connection.c */
struct strict_connection *strict_connection_new(int fd);
void strict_connection_free(struct strict_server *s, struct strict_connection *c);
void strict_connection_readable(struct strict_server *s, struct strict_connection *c);
/* What is due by now; returns when something more is. */
int64_t strict_connection_tick(struct strict_server *s, struct strict_connection *c,
                               int64_t now_ms);
void strict_request(struct strict_server *s, struct strict_connection *c, uint8_t *bytes, size_t n,
                    bool encrypted);

/* strict_answer.c: body begins behind the header; offsets in it count from the header. */
void strict_answer(struct strict_server *s, struct strict_connection *c,
                   const struct strict_message *m, uint32_t status, struct rd body);
void strict_answer_error(struct strict_server *s, struct strict_connection *c,
                         const struct strict_message *m, uint32_t status);
/* NT_INVALID_PARAMETER, which no client of ours is to hear. */
void strict_answer_malformed(struct strict_server *s, struct strict_connection *c,
                             const struct strict_message *m);
void strict_interim(struct strict_server *s, struct strict_connection *c,
                    struct strict_message *m);

/* strict_logon.c; message: header and body */
void strict_negotiate(struct strict_server *s, struct strict_connection *c,
                      const struct strict_message *m, struct rd message);
/* SMB 1, in which SMB 2 is asked for (3.3.5.3.1). */
void strict_multi_negotiate(struct strict_server *s, struct strict_connection *c,
                            struct rd message);
void strict_session_setup(struct strict_server *s, struct strict_connection *c,
                          const struct strict_message *m, struct rd message);
void strict_validate(struct strict_server *s, struct strict_connection *c,
                     const struct strict_message *m, struct rd input);
void strict_preauth(struct strict_connection *c, struct rd message);

/* strict_gss.c */
void strict_users_make(void);
struct strict_logon *strict_logon_new(void);
void strict_logon_free(struct strict_logon *l);
/* The token that a negotiate answer shows; then one step of the logon. out is appended to. */
bool strict_logon_step(struct strict_logon *l, struct rd in, struct wr *out, bool *done);
bool strict_logon_key(struct strict_logon *l, struct wr *out);

/* strict_file.c */
void strict_tree_connect(struct strict_server *s, struct strict_connection *c,
                         const struct strict_message *m, struct rd message);
void strict_create(struct strict_server *s, struct strict_connection *c,
                   const struct strict_message *m, struct rd message);
void strict_close(struct strict_server *s, struct strict_connection *c,
                  const struct strict_message *m, struct rd message);
struct strict_pipe *strict_pipe_find(struct strict_connection *c, struct rd id);
void strict_pipe_free(struct strict_server *s, struct strict_connection *c, struct strict_pipe *p);

/* strict_pipe_io.c */
void strict_read(struct strict_server *s, struct strict_connection *c,
                 const struct strict_message *m, struct rd message);
void strict_write(struct strict_server *s, struct strict_connection *c,
                  const struct strict_message *m, struct rd message);
void strict_ioctl(struct strict_server *s, struct strict_connection *c,
                  const struct strict_message *m, struct rd message);
void strict_ioctl_answer(struct strict_server *s, struct strict_connection *c,
                         const struct strict_message *m, uint32_t status, uint32_t code,
                         struct rd file, struct rd output);
void strict_cancel(struct strict_server *s, struct strict_connection *c,
                   const struct smb_header *h);
int64_t strict_pipe_tick(struct strict_server *s, struct strict_connection *c,
                         struct strict_pipe *p, int64_t now_ms);

/* strict_rpc.c: one fragment in. False: the pipe breaks. */
bool strict_fragment(struct strict_server *s, struct strict_connection *c, struct strict_pipe *p,
                     struct rd fragment);
extern const char *const strict_pipe_names[IF_COUNT];

/* strict_handle.c */
struct strict_handle *strict_handle_new(struct strict_server *s, const struct strict_pipe *p);
struct strict_handle *strict_handle_find(struct strict_server *s, const struct strict_pipe *p,
                                         struct rd id);
void strict_handle_put(struct wr *w, const struct strict_handle *h); /* NULL: zeros */
void strict_handles_drop(struct strict_server *s, uint32_t group);   /* 0: all of winreg */

/* A number for every call below is of Win32, MS-ERREF 2.2. */
enum {
    WIN_OK = 0,
    WIN_NOT_FOUND = 2,
    WIN_DENIED = 5,
    WIN_INVALID_HANDLE = 6,
    WIN_INVALID_PARAMETER = 87,
    WIN_INSUFFICIENT_BUFFER = 122,
    WIN_INVALID_LEVEL = 124,
    WIN_MORE_DATA = 234,
    WIN_NO_MORE_ITEMS = 259,
    WIN_KEY_DELETED = 1018,
    WIN_SERVICE_RUNNING = 1056,
    WIN_SERVICE_DISABLED = 1058,
    WIN_NO_SERVICE = 1060,
    WIN_SERVICE_NOT_ACTIVE = 1062,
    WIN_NO_SHUTDOWN = 1116,
    WIN_SHUTDOWN_SCHEDULED = 1190,
    WIN_PRIVILEGE_NOT_HELD = 1314
};

/* The calls of each interface: the answer's stub is appended to out; a fault's number or 0. */
#define FAULT_OP_RANGE 0x1c010002u
#define FAULT_UNKNOWN_IF 0x1c010003u
#define FAULT_PROTOCOL 0x1c01000bu
#define FAULT_CONTEXT 0x1c00001au
#define FAULT_BAD_STUB 0x6f7u

struct strict_call {
    struct strict_server *s;
    struct strict_connection *c;
    struct strict_pipe *p;
    uint16_t operation;
    struct sndr in;
    struct wr *out;
};

uint32_t strict_winreg_call(struct strict_call *q);
uint32_t strict_winreg_value_call(struct strict_call *q, struct strict_handle *h);
uint32_t strict_svcctl_call(struct strict_call *q);
uint32_t strict_srvsvc_call(struct strict_call *q);
uint32_t strict_shutdown_call(struct strict_call *q);
uint32_t strict_lsa_call(struct strict_call *q);

/* strict_services.c: RemoteRegistry */
void strict_winreg_start(struct strict_server *s);
void strict_winreg_die(struct strict_server *s);

#endif
