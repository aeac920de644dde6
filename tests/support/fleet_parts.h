/* tests/support/fleet_parts.h: what the files of the fake fleet know of it. Private to
 * tests/support/fleet_*.c.
 * Shape:  one mapping that forked children share, at the same address in each. */
#ifndef SWELL_TESTS_SUPPORT_FLEET_PARTS_H
#define SWELL_TESTS_SUPPORT_FLEET_PARTS_H

#include "tests/support/fleet_registry.h"

#include <pthread.h>
#include <stdatomic.h>

#define FLEET_FAULTS_MAX 16
#define FLEET_SERVED_MAX 8
#define FLEET_RECORDS_MAX 16384

struct fleet_armed_fault { /* first: as counted since the host was added */
    struct fleet_fault fault;
    uint32_t first;
};

struct fleet_host {
    struct fleet *fleet;
    char name[FLEET_NAME_SIZE], affinity[FLEET_NAME_SIZE];
    pthread_mutex_t lock; /* of all that follows but the atomics */
    struct fleet_registry registry;
    uint32_t index, services; /* services: how often its server service began anew */
    int64_t boot_ms, service_ms;
    uint64_t shutdown_filetime;
    bool is_down;
    int64_t down_at_ms, up_at_ms; /* of the restart that is scheduled or under way; 0 = none */
    int64_t again_at_ms;          /* FLEET_TWICE: of the second one, once the first is over */
    bool service_only;            /* what is under way */
    int64_t cut_off_until_ms;
    struct fleet_restarting how;
    bool tells_uptime;
    enum fleet_tls tls;
    bool accepts[TLS_VERSIONS];
    struct port_more more; /* what every port shows beside versions */
    struct registry_service registry_service;
    int64_t service_up_at_ms; /* it is starting; 0 = it is not */
    struct fleet_service {
        char name[FLEET_NAME_SIZE];
        bool runs, comes_back;
    } served[FLEET_SERVED_MAX];
    size_t n_served;
    struct fleet_tally tally;
    struct fleet_armed_fault faults[FLEET_FAULTS_MAX];
    size_t n_faults;

    /* For fleet_most, without locks: */
    atomic_bool written; /* since the last boot */
    _Atomic int64_t away_from_ms, away_until_ms;
};

struct fleet {
    const struct clock *clock;
    char password[FLEET_NAME_SIZE];
    fleet_hook_fn *hook;
    void *self;
    struct fleet_host hosts[FLEET_HOSTS_MAX];
    size_t n_hosts;
    struct fleet_record records[FLEET_RECORDS_MAX];
    _Atomic size_t n_records;
    atomic_int most_touched, most_of_group;
    uint64_t shared[FLEET_SHARED_SIZE / sizeof(uint64_t)];
};

int64_t fleet_now(const struct fleet *f);
struct fleet *fleet_current(void);
void fleet_note(struct fleet_host *h, enum fleet_happening what, const char *path,
                const char *name);
/* With the host's lock: lets what has fallen due by now happen: goes down, comes up. */
void fleet_settle(struct fleet_host *h);
/* With the host's lock, settled: is it there for the network? */
bool fleet_is_up(const struct fleet_host *h);
/* With the host's lock: a request for a restart has arrived. E_GOING_DOWN when one is scheduled. */
MUST_CHECK enum err fleet_ask_restart(struct fleet_host *h, int64_t in_ms);
/* Counts how many hosts are touched at this moment. */
void fleet_measure(struct fleet *f);

#endif
