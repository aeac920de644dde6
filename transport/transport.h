/* transport/transport.h: the seam between what Swell wants of a host and how it is reached.
 * Three protocols and a fake stand behind it. It speaks of registry batches, so each can be as
 * fast as its protocol allows. A transport neither retries nor sleeps nor reads the store; every
 * call ends by its deadline.
 * Units:  deadline_ms is a point on clock_mono_ms().
 * Owns:   results are the caller's (read_fini, list_fini …); the target stays the caller's and
 *         must outlive the transport.
 * Errors: a call's own enum err tells of the connection; each item's err tells of that item
 *         alone. */
#ifndef SWELL_TRANSPORT_TRANSPORT_H
#define SWELL_TRANSPORT_TRANSPORT_H

#include "base/secret.h"
#include "registry/path.h"
#include "registry/value.h"

enum auth_policy {
    AUTH_NEGOTIATE,
    AUTH_NTLM,
    AUTH_KERBEROS,
    AUTH_BASIC,      /* winrm over TLS alone: the password itself travels */
    AUTH_CERTIFICATE /* winrm over TLS alone */
};

struct transport_target {
    const char *name;    /* the host's name in the inventory, for messages and Kerberos */
    const char *address; /* name or IP literal to connect to */
    uint16_t port;       /* 0 = the protocol's own */
    const char *user;    /* "user", "DOMAIN\user" or "user@REALM" */
    const struct secret *password;
    enum auth_policy auth;
    const char *spn; /* Kerberos' name of the host, if it is neither address nor name; or NULL */
    bool encrypt;    /* what cannot be encrypted is not sent: E_UNSUPPORTED */
    unsigned crowd;  /* so many hosts are talked to at the same time; 0 = this one alone */
    /* TLS, where the protocol has it (winrm). */
    bool https;
    const char *ca_file;     /* PEM: who may vouch for the host; NULL = whom this machine trusts */
    const char *client_cert; /* PEM, for AUTH_CERTIFICATE; its key is in client_key */
    const char *client_key;
    bool insecure; /* who the host is, is not checked: only where a person said so by name */
    void *world;   /* for a transport that keeps its own world (tests); NULL otherwise */
};

/* One thing to read. name NULL asks about the key itself; "" is the default value. */
struct reg_read {
    const struct reg_path *path;
    const char *name;
    /* out */
    bool key_exists;
    struct reg_value value; /* absent if the value (for name NULL: the key) is not there */
    enum err err;           /* OK also when absent; E_DENIED … otherwise */
    struct why why;
};

enum reg_op_kind {
    OP_CREATE_KEY,
    OP_SET_VALUE,
    OP_DELETE_VALUE,
    OP_DELETE_KEY
};

/* One thing to do. Deleting what is not there is OK; deleting a key that has subkeys or values is
 * E_REFUSED. */
struct reg_op {
    enum reg_op_kind kind;
    const struct reg_path *path;
    const char *name;              /* OP_SET_VALUE, OP_DELETE_VALUE */
    const struct reg_value *value; /* OP_SET_VALUE; the key must exist */
    bool volatile_key;             /* OP_CREATE_KEY, whose parent exists: gone at a restart */
    /* out */
    bool done;
    enum err err;
    struct why why;
};

struct reg_entry {
    char *name;
    struct reg_value value;
};

/* What a key holds, one level deep. */
struct reg_list {
    bool key_exists;
    char **subkeys;
    size_t n_subkeys;
    struct reg_entry *values;
    size_t n_values;
};

/* What tells one boot of a host from the next (MS-SMB2 2.2.4, MS-SRVS 2.2.4.105, ShutdownTime). */
struct boot_identity {
    bool has_guid; /* changes each time the server service starts */
    uint8_t server_guid[16];
    bool has_start; /* ServerStartTime, real up to Windows 10 1703 / Server 2016; FILETIME */
    uint64_t start_filetime;
    bool has_uptime; /* NetrRemoteTOD: milliseconds since boot, wraps every 49.7 days */
    uint32_t uptime_ms;
    bool has_clock; /* the host's own clock at that moment, Unix ms */
    int64_t clock_ms;
    bool has_shutdown; /* Control\Windows\ShutdownTime: the last clean shutdown; FILETIME */
    uint64_t shutdown_filetime;
};

enum service_state { /* MS-SCMR 2.2.47 */
                     SERVICE_IS_STOPPED = 1,
                     SERVICE_IS_STARTING = 2,
                     SERVICE_IS_STOPPING = 3,
                     SERVICE_IS_RUNNING = 4
};

enum service_start { /* MS-SCMR 2.2.15 */
                     SERVICE_STARTS_AUTO = 2,
                     SERVICE_STARTS_ON_DEMAND = 3,
                     SERVICE_IS_DISABLED = 4
};

/* The service that the registry is reached through (RemoteRegistry), as the host says it. */
struct registry_service {
    uint32_t start_type; /* enum service_start */
    uint32_t state;      /* enum service_state */
    bool is_asleep;      /* it does not run, and to ask for the registry does not start it */
};

struct service_entry {
    char *name;
    uint32_t state;
};

struct service_list {
    struct service_entry *items;
    size_t n;
};

struct transport; /* one open, authenticated path to one host; used by one thread at a time */

struct transport_kind {
    const char *name; /* "smb" */
    /* Without credentials: is the host's front door answering, and which boot is it? Fills what it
     * can see that way. */
    enum err (*look)(const struct transport_target *target, int64_t deadline_ms,
                     struct boot_identity *out, struct why *why);
    enum err (*open)(const struct transport_target *target, int64_t deadline_ms,
                     struct transport **out, struct why *why);
    /* Each item is settled, or has the error that the call returns. */
    enum err (*read)(struct transport *t, struct reg_read *items, size_t n, int64_t deadline_ms,
                     struct why *why);
    /* A key that is not there is OK with key_exists false. */
    enum err (*list)(struct transport *t, const struct reg_path *path, int64_t deadline_ms,
                     struct reg_list *out, struct why *why);
    /* What depends on an earlier item waits for it: a key before what is in it, one value's changes
     * in their order, the values before their key goes. The others may go together. After the
     * first failure nothing more is begun; done tells exactly of each item, so a later one may be
     * done, and those that were not begun have done = false and err = OK. All that was done is
     * flushed to the host's disk before it returns. */
    enum err (*apply)(struct transport *t, struct reg_op *ops, size_t n, int64_t deadline_ms,
                      struct why *why);
    enum err (*identity)(struct transport *t, int64_t deadline_ms, struct boot_identity *out,
                         struct why *why);
    /* OK: accepted. E_GOING_DOWN: it is already restarting or has one scheduled (native tells
     * which). E_CUT, E_TIMEOUT: the answer was lost, so it may have been accepted. Anything else:
     * it was not; E_UNAVAILABLE when the path broke before it was asked. */
    enum err (*restart)(struct transport *t, const char *reason, uint32_t delay_s,
                        int64_t deadline_ms, struct why *why);
    /* The four below may be NULL where a protocol needs no such service or cannot ask. */
    /* After a read that was E_UNAVAILABLE: how is the service behind it? */
    enum err (*service)(struct transport *t, int64_t deadline_ms, struct registry_service *out,
                        struct why *why);
    /* Asks that it start, and makes it startable before if it is disabled. Looks first; safe to
     * repeat. OK: it runs, or is starting; until it does, a read is E_UNAVAILABLE. */
    enum err (*wake)(struct transport *t, int64_t deadline_ms, struct why *why);
    /* Puts back how it was before wake. Looks first; safe to repeat. *left: somebody else changed
     * its start type since, so nothing was done. The registry is no more to be asked for here. */
    enum err (*rest)(struct transport *t, const struct registry_service *was, int64_t deadline_ms,
                     bool *left, struct why *why);
    /* The services that are not stopped. */
    enum err (*services)(struct transport *t, int64_t deadline_ms, struct service_list *out,
                         struct why *why);
    void (*close)(struct transport *t); /* NULL is fine; never blocks for long */
};

/* Every transport begins with this. */
struct transport {
    const struct transport_kind *kind;
};

extern const struct transport_kind transport_smb;
extern const struct transport_kind transport_winrm;

void read_fini(struct reg_read *items, size_t n);
void list_fini(struct reg_list *l);
void service_list_fini(struct service_list *l);

#endif
