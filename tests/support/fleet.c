/* The fleet and its hosts as time goes by: boots, restarts, the record of it all. */
#include "tests/support/fleet_parts.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define BOOTED_BEFORE_MS 86400000 /* a host has run for a day when a test begins */
#define FILETIME_1970 116444736000000000
#define AWAY_MS 30000

static struct fleet *current; /* a probe_fn is not told its world */

struct fleet *fleet_current(void)
{
    return current;
}

struct fleet *fleet_new(const struct clock *clock)
{
    struct fleet *f = mmap(NULL, sizeof *f, PROT_READ | PROT_WRITE,
                           MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    assert(f != MAP_FAILED);
    f->clock = clock;
    snprintf(f->password, sizeof f->password, "%s", FLEET_PASSWORD);
    return current = f;
}

void fleet_free(struct fleet *f)
{
    if (!f)
        return;
    munmap(f, sizeof *f);
    current = NULL;
}

void fleet_hook(struct fleet *f, fleet_hook_fn *hook, void *self)
{
    f->hook = hook;
    f->self = self;
}

void fleet_password(struct fleet *f, const char *password)
{
    assert(strlen(password) < sizeof f->password);
    snprintf(f->password, sizeof f->password, "%s", password);
}

void *fleet_shared(struct fleet *f)
{
    return f->shared;
}

void fleet_freeze(struct fleet *f)
{
    for (size_t i = 0; i < f->n_hosts; i++)
        pthread_mutex_lock(&f->hosts[i].lock);
}

static void lock_make(struct fleet_host *h)
{
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&h->lock, &attr);
    pthread_mutexattr_destroy(&attr);
}

void fleet_thaw(struct fleet *f)
{
    for (size_t i = 0; i < f->n_hosts; i++)
        lock_make(&f->hosts[i]);
}

int64_t fleet_now(const struct fleet *f)
{
    return f->clock->real_ms(f->clock->self);
}

void fleet_note(struct fleet_host *h, enum fleet_happening what, const char *path, const char *name)
{
    struct fleet *f = h->fleet;
    size_t at = atomic_fetch_add_explicit(&f->n_records, 1, memory_order_relaxed);
    assert(at < FLEET_RECORDS_MAX);
    struct fleet_record *r = &f->records[at];
    r->at_ms = fleet_now(f);
    r->what = what;
    snprintf(r->path, sizeof r->path, "%s", path);
    snprintf(r->name, sizeof r->name, "%s", name ? name : "");
    r->host = h;
}

const struct fleet_record *fleet_record(const struct fleet *f, const struct fleet_host *h,
                                        size_t i)
{
    size_t n = atomic_load_explicit(&f->n_records, memory_order_relaxed);
    for (size_t at = 0; at < n; at++)
        if ((!h || f->records[at].host == h) && i-- == 0)
            return &f->records[at];
    return NULL;
}

static bool is_touched(const struct fleet_host *h, int64_t now_ms)
{
    return atomic_load_explicit(&h->written, memory_order_relaxed) ||
           (now_ms >= atomic_load_explicit(&h->away_from_ms, memory_order_relaxed) &&
            now_ms < atomic_load_explicit(&h->away_until_ms, memory_order_relaxed));
}

static void raise_to(atomic_int *most, int n)
{
    int was = atomic_load_explicit(most, memory_order_relaxed);
    while (n > was && !atomic_compare_exchange_weak_explicit(most, &was, n, memory_order_relaxed,
                                                             memory_order_relaxed))
        continue;
}

void fleet_measure(struct fleet *f)
{
    const struct fleet_host *touched[FLEET_HOSTS_MAX];
    int64_t now_ms = fleet_now(f);
    int n = 0;
    for (size_t i = 0; i < f->n_hosts; i++)
        if (is_touched(&f->hosts[i], now_ms))
            touched[n++] = &f->hosts[i];
    for (int i = 0; i < n; i++) {
        int of_group = 0;
        for (int k = 0; k < n; k++)
            of_group +=
                touched[i]->affinity[0] && strcmp(touched[i]->affinity, touched[k]->affinity) == 0;
        raise_to(&f->most_of_group, of_group);
    }
    raise_to(&f->most_touched, n);
}

struct fleet_most fleet_most(const struct fleet *f)
{
    return (struct fleet_most){
        .touched = atomic_load_explicit(&f->most_touched, memory_order_relaxed),
        .touched_of_one_group = atomic_load_explicit(&f->most_of_group, memory_order_relaxed)};
}

/* What Schannel accepts from its registry, as it is at a boot: 1.0 to 1.2 unless they are off. */
static void read_schannel(struct fleet_host *h)
{
    for (size_t v = 0; v < TLS_VERSIONS; v++) {
        char path[FLEET_PATH_SIZE];
        snprintf(path, sizeof path, FLEET_SCHANNEL "\\%s\\Server",
                 tls_version_words((enum tls_version)v));
        const struct fleet_value *on = fleet_value_find(&h->registry, path, "Enabled");
        bool off = on && on->size == 4 && on->bytes[0] == 0;
        h->accepts[v] = v == TLS_1_3 || v == SSL_2_0 ? on && !off : !off;
    }
}

static void away(struct fleet_host *h, int64_t from_ms, int64_t until_ms)
{
    atomic_store_explicit(&h->away_from_ms, from_ms, memory_order_relaxed);
    atomic_store_explicit(&h->away_until_ms, until_ms, memory_order_relaxed);
}

static void schedule(struct fleet_host *h, int64_t down_at_ms)
{
    h->service_only = h->how.manner == FLEET_SERVICE_ONLY;
    h->down_at_ms = down_at_ms;
    h->up_at_ms = h->how.manner == FLEET_NEVER_BACK ? INT64_MAX : down_at_ms + h->how.away_ms;
    away(h, h->down_at_ms, h->up_at_ms);
}

enum err fleet_ask_restart(struct fleet_host *h, int64_t in_ms)
{
    h->tally.restarts_asked++;
    if (h->down_at_ms)
        return E_GOING_DOWN;
    if (h->how.manner == FLEET_IGNORES)
        return OK;
    schedule(h, fleet_now(h->fleet) + in_ms);
    if (h->how.manner == FLEET_TWICE)
        h->again_at_ms = h->up_at_ms + h->how.again_ms;
    return OK;
}

/* What starts by itself starts. */
static void fleet_services_boot(struct fleet_host *h)
{
    h->service_up_at_ms = 0;
    h->registry_service.state = h->registry_service.start_type == SERVICE_STARTS_AUTO
                                    ? SERVICE_IS_RUNNING
                                    : SERVICE_IS_STOPPED;
    for (size_t i = 0; i < h->n_served; i++)
        h->served[i].runs = h->served[i].comes_back;
}

static void come_up(struct fleet_host *h)
{
    h->is_down = false;
    h->services++;
    h->service_ms = h->up_at_ms;
    if (!h->service_only) {
        h->boot_ms = h->up_at_ms;
        h->tally.boots++;
        fleet_volatile_end(&h->registry);
        fleet_services_boot(h);
        read_schannel(h);
        atomic_store_explicit(&h->written, false, memory_order_relaxed);
    }
    h->down_at_ms = h->up_at_ms = 0;
    fleet_note(h, FLEET_CAME_UP, "", "");
    if (h->again_at_ms) {
        schedule(h, h->again_at_ms);
        h->again_at_ms = 0;
    }
}

void fleet_settle(struct fleet_host *h)
{
    int64_t now_ms = fleet_now(h->fleet);
    if (h->service_up_at_ms && now_ms >= h->service_up_at_ms) {
        h->service_up_at_ms = 0;
        h->registry_service.state = SERVICE_IS_RUNNING;
    }
    while (h->down_at_ms && now_ms >= (h->is_down ? h->up_at_ms : h->down_at_ms)) {
        if (h->is_down) {
            come_up(h);
            continue;
        }
        h->is_down = true;
        if (!h->service_only)
            h->shutdown_filetime = (uint64_t)h->down_at_ms * 10000 + FILETIME_1970;
        fleet_note(h, FLEET_WENT_DOWN, "", "");
    }
}

bool fleet_is_up(const struct fleet_host *h)
{
    return !h->is_down && fleet_now(h->fleet) >= h->cut_off_until_ms;
}

struct fleet_host *fleet_host_add(struct fleet *f, const char *name, const char *affinity)
{
    assert(f->n_hosts < FLEET_HOSTS_MAX && strlen(name) < FLEET_NAME_SIZE);
    struct fleet_host *h = &f->hosts[f->n_hosts];
    h->fleet = f;
    h->index = (uint32_t)f->n_hosts++;
    snprintf(h->name, sizeof h->name, "%s", name);
    snprintf(h->affinity, sizeof h->affinity, "%s", affinity ? affinity : "");
    lock_make(h);
    h->boot_ms = h->service_ms = fleet_now(f) - BOOTED_BEFORE_MS;
    h->shutdown_filetime = (uint64_t)(h->boot_ms - AWAY_MS) * 10000 + FILETIME_1970;
    h->how = (struct fleet_restarting){.away_ms = AWAY_MS};
    h->tells_uptime = true;
    h->registry_service = (struct registry_service){.start_type = SERVICE_STARTS_AUTO,
                                                    .state = SERVICE_IS_RUNNING};
    fleet_host_put(h, "HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion", "CurrentBuildNumber",
                   "1:320030003300340038000000"); /* 20348 */
    fleet_host_put(h, "HKLM\\SYSTEM\\CurrentControlSet\\Control\\ProductOptions", "ProductType",
                   "1:5300650072007600650072004e0054000000"); /* ServerNT */
    fleet_host_put_key(h, FLEET_SCHANNEL);
    read_schannel(h);
    return h;
}

struct fleet_host *fleet_host_find(const struct fleet *f, const char *name)
{
    for (size_t i = 0; i < f->n_hosts; i++)
        if (strcmp(f->hosts[i].name, name) == 0) {
            struct fleet *of = f->hosts[i].fleet;
            return &of->hosts[i];
        }
    return NULL;
}

const char *fleet_host_name(const struct fleet_host *h)
{
    return h->name;
}
