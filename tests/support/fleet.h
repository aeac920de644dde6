/* tests/support/fleet.h: a fleet of Windows hosts in memory, behind the seam of
 * transport/transport.h and beside it a probe of their TLS. A host has a registry with exact types
 * and bytes, volatile keys that a restart takes away, a boot identity, restarts that take their
 * time on a clock of the test's, and every fault that a test asks for. What was done to the fleet
 * is recorded in its order.
 * Shape:  the fleet lies in memory that a forked child shares: what a controller did before it was
 *         killed is there for the next one. Keys are named as in playbooks ("HKLM\A\B"), values
 *         as by value_put_code ("4:01000000", "absent").
 *         Each host has a lock of its own and nothing else is shared but through relaxed atomics,
 *         so that ThreadSanitizer still sees races of the program under test.
 * Units:  _ms are milliseconds of the fleet's clock, but delay_ms: real ones.
 * Owns:   fleet_free frees all; hosts are the fleet's. One fleet at a time (a probe_fn is not told
 *         its world). What is wrong in a test itself aborts. */
#ifndef SWELL_TESTS_SUPPORT_FLEET_H
#define SWELL_TESTS_SUPPORT_FLEET_H

#include "base/clock.h"
#include "handshake/look.h"
#include "transport/transport.h"

#define FLEET_HOSTS_MAX 256
#define FLEET_PATH_SIZE 200
#define FLEET_NAME_SIZE 64
#define FLEET_CODE_SIZE 640
#define FLEET_SHARED_SIZE 4096
#define FLEET_FOREVER UINT32_MAX
#define FLEET_PASSWORD "the right one"
#define FLEET_SCHANNEL \
    "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols"

struct fleet;
struct fleet_host;

enum fleet_call {
    FLEET_LOOK,
    FLEET_OPEN,
    FLEET_READ,
    FLEET_LIST,
    FLEET_WRITE, /* one of apply's operations */
    FLEET_IDENTITY,
    FLEET_RESTART,
    FLEET_SERVICE, /* how is RemoteRegistry? */
    FLEET_WAKE,
    FLEET_REST,
    FLEET_SERVICES, /* which run? */
    FLEET_PROBE,
    FLEET_CALLS
};

/* BEFORE: nothing has arrived. AFTER: it is done, but the answer is still under way. */
enum fleet_phase { FLEET_BEFORE,
                   FLEET_AFTER };

struct fleet_act { /* a call at one of its two moments */
    enum fleet_call call;
    enum fleet_phase phase;
    uint32_t n; /* the how-manieth of its kind on this host, from 1 */
    struct fleet_host *host;
    const struct reg_op *op; /* FLEET_WRITE, else NULL */
};

/* Called by the program's own threads, at once on several hosts, with no lock held: it may look at
 * hosts and change them, and may end the process; it must not use cmocka's assertions. */
typedef void fleet_hook_fn(void *self, const struct fleet_act *act);

struct fleet_fault {
    enum fleet_call call;
    enum fleet_phase phase;
    uint32_t from;  /* 1 = the next call of this kind */
    uint32_t times; /* so many calls in a row, or FLEET_FOREVER; 0 = once */
    enum err err;   /* OK: it is only slow */
    int delay_ms;
};

enum fleet_manner {
    FLEET_RESTARTS,
    FLEET_NEVER_BACK,
    FLEET_TWICE,       /* again_ms after it came back it goes down once more */
    FLEET_IGNORES,     /* says yes and does nothing */
    FLEET_SERVICE_ONLY /* the server service alone starts anew: the boot stays the same */
};

struct fleet_restarting {
    enum fleet_manner manner;
    int64_t away_ms;
    int64_t again_ms; /* FLEET_TWICE */
};

enum fleet_tls {
    FLEET_TLS_FOLLOWS, /* the registry as it was at the last boot */
    FLEET_TLS_STUCK,   /* whatever the registry says, as at first */
    FLEET_TLS_SILENT,  /* connects and says nothing */
    FLEET_TLS_CLOSED   /* nobody listens */
};

struct fleet_tally {
    uint32_t calls[FLEET_CALLS];
    uint32_t restarts_asked; /* requests that arrived, whatever came of them */
    uint32_t boots;
    uint32_t written; /* operations that changed something, the boot marker's left aside */
    uint32_t logins_refused;
};

/* The most that was ever so at one moment, as the hosts themselves saw it: a host is touched from
 * the first write until it booted afterwards, and while it is down. */
struct fleet_most {
    int touched;
    int touched_of_one_group; /* of hosts with the same affinity */
};

enum fleet_happening {
    FLEET_CREATED,
    FLEET_SET,
    FLEET_DELETED,
    FLEET_KEY_DELETED,
    FLEET_ASKED, /* for a restart */
    FLEET_WENT_DOWN,
    FLEET_CAME_UP,
    FLEET_LOGIN_REFUSED,
    FLEET_WOKEN, /* RemoteRegistry was made startable or started; path: its start type now */
    FLEET_RESTED /* it was put back or stopped; path: its start type now */
};

struct fleet_record {
    enum fleet_happening what;
    int64_t at_ms;
    const struct fleet_host *host;
    char path[FLEET_PATH_SIZE];
    char name[FLEET_NAME_SIZE];
};

extern const struct transport_kind fleet_transport; /* target.world is the fleet */
/* A probe_fn (controller/job.h). Knows hosts by sni, their names in the inventory. */
enum err fleet_probe(const char *address, const char *sni, const struct verify_rule *rules,
                     size_t n, int64_t deadline_ms, struct port_state *out, struct why *why);
/* A look_fn; knows hosts by the wish's name. */
enum err fleet_look(const struct look_wish *wish, int64_t deadline_ms, struct port_more *out,
                    struct why *why);

/* --- the fleet --- */
struct fleet *fleet_new(const struct clock *clock);                /* the clock outlives it */
void fleet_free(struct fleet *f);                                  /* NULL is fine */
void fleet_hook(struct fleet *f, fleet_hook_fn *hook, void *self); /* NULL: none */
/* Which password every host takes; FLEET_PASSWORD at first. */
void fleet_password(struct fleet *f, const char *password);
/* FLEET_SHARED_SIZE zero bytes that forked children share too. */
void *fleet_shared(struct fleet *f);
/* Takes every host's lock for good, so that a process may end without leaving one half-changed. */
void fleet_freeze(struct fleet *f);
/* Frees the locks that a process took with it. */
void fleet_thaw(struct fleet *f);
struct fleet_most fleet_most(const struct fleet *f);
/* What happened, in its order; of one host if it is given. NULL behind the last. */
const struct fleet_record *fleet_record(const struct fleet *f, const struct fleet_host *h,
                                        size_t i);

/* --- a host: Windows Server 2022 as installed, TLS 1.0 to 1.2 accepted --- */
struct fleet_host *fleet_host_add(struct fleet *f, const char *name, const char *affinity);
struct fleet_host *fleet_host_find(const struct fleet *f, const char *name);
const char *fleet_host_name(const struct fleet_host *h);
void fleet_host_put(struct fleet_host *h, const char *key, const char *name, const char *code);
void fleet_host_put_key(struct fleet_host *h, const char *key);
void fleet_host_take(struct fleet_host *h, const char *key, const char *name); /* NULL: the key */
bool fleet_host_has_key(struct fleet_host *h, const char *key);
/* As value_put_code; into buf, returned. */
const char *fleet_host_code(struct fleet_host *h, const char *key, const char *name,
                            char buf[FLEET_CODE_SIZE]);
/* All that outlives a restart: a line for each key and value, sorted. The caller frees. */
char *fleet_host_dump(struct fleet_host *h);
struct fleet_tally fleet_host_tally(struct fleet_host *h);
bool fleet_host_is_up(struct fleet_host *h);

void fleet_host_fault(struct fleet_host *h, struct fleet_fault fault);
void fleet_host_faults_end(struct fleet_host *h);
void fleet_host_restarting(struct fleet_host *h, struct fleet_restarting how); /* from now on */
/* Somebody else restarts it. */
void fleet_host_restart(struct fleet_host *h, int64_t in_ms);
/* The network is gone, the host is not. */
void fleet_host_cut_off(struct fleet_host *h, int64_t for_ms);
void fleet_host_tls(struct fleet_host *h, enum fleet_tls tls);
/* What its ports show beside versions, from now on; nothing at first. */
void fleet_host_more(struct fleet_host *h, const struct port_more *more);
/* Whether it tells when it and its server service began; at first it does. */
void fleet_host_tells_uptime(struct fleet_host *h, bool tells);
/* RemoteRegistry: automatic and running at first. A stopped one does not start because somebody
 * asks for the registry. */
void fleet_host_registry_service(struct fleet_host *h, enum service_start start,
                                 enum service_state state);
struct registry_service fleet_host_registry_service_now(struct fleet_host *h);
/* Another service, which runs; whether it does after the next restart too. */
void fleet_host_serves(struct fleet_host *h, const char *name, enum service_start start,
                       bool comes_back);

#endif
