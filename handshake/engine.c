#include "base/clock.h"
#include "handshake/engine_parts.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

enum { HOST_BUCKETS = 4096, /* a power of two */
       EVENTS_AT_ONCE = 64,
       STOP_LOOK_MS = 100,
       LONG_MS = 60000 };

struct queued {
    struct engine_job job;
    struct queued *next;
};

/* One address, whatever the port: the unit of politeness. */
struct engine_host {
    struct sockaddr_storage address;
    unsigned open;
    int64_t next_ms; /* no connection before that */
    struct queued *first, *last;
    struct engine_host *in_bucket;
    struct engine_host *in_line; /* of those that have a job and room for it */
    bool lined;
};

struct talks {
    struct engine_limits limits;
    int epoll;
    struct engine_host *buckets[HOST_BUCKETS];
    struct engine_host *line_first, *line_last;
    size_t n_lined;
    struct link **links;
    size_t n_links, n_jobs; /* jobs: waiting or under way */
    int64_t next_look_ms;   /* no link must be looked at before that */
};

/* Half of what this process may open, as it has other things to open too. */
static unsigned descriptors(void)
{
    struct rlimit r;
    if (getrlimit(RLIMIT_NOFILE, &r) != 0 || r.rlim_cur == RLIM_INFINITY)
        return ENGINE_CONNECTIONS;
    return r.rlim_cur / 2 > UINT16_MAX ? UINT16_MAX : (unsigned)(r.rlim_cur / 2);
}

enum err talks_new(const struct engine_limits *limits, struct talks **out, struct why *why)
{
    struct talks *e = calloc(1, sizeof *e);
    unsigned most = descriptors();
    *out = NULL;
    if (!e)
        return why_set(why, E_MEMORY, "no memory to probe with");
    e->limits = limits ? *limits : (struct engine_limits){0};
    if (e->limits.per_host == 0)
        e->limits.per_host = ENGINE_PER_HOST;
    if (e->limits.connections == 0)
        e->limits.connections = ENGINE_CONNECTIONS;
    if (e->limits.connections > most)
        e->limits.connections = most > 0 ? most : 1;
    e->links = calloc(e->limits.connections, sizeof(struct link *));
    e->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (e->links && e->epoll >= 0) {
        *out = e;
        return OK;
    }
    enum err err = e->links ? why_errno(why, E_IO, errno, "no socket to probe with")
                            : why_set(why, E_MEMORY, "no memory to probe with");
    free(e->links);
    if (e->epoll >= 0)
        (void)close(e->epoll);
    free(e);
    return err;
}

static void host_free(struct engine_host *h)
{
    while (h->first) {
        struct queued *q = h->first;
        h->first = q->next;
        free(q);
    }
    free(h);
}

void talks_free(struct talks *e)
{
    if (!e)
        return;
    for (size_t i = 0; i < e->n_links; i++) {
        link_end(e->links[i]);
        free(e->links[i]);
    }
    for (size_t i = 0; i < HOST_BUCKETS; i++)
        while (e->buckets[i]) {
            struct engine_host *h = e->buckets[i];
            e->buckets[i] = h->in_bucket;
            host_free(h);
        }
    free(e->links);
    (void)close(e->epoll);
    free(e);
}

/* The address without what a port adds to it. */
static struct sockaddr_storage address_of(const struct target *t)
{
    struct sockaddr_storage a = {0};
    if (t->n == 0)
        return a;
    a = t->addresses[0];
    if (a.ss_family == AF_INET)
        ((struct sockaddr_in *)&a)->sin_port = 0;
    else if (a.ss_family == AF_INET6)
        ((struct sockaddr_in6 *)&a)->sin6_port = 0;
    return a;
}

static size_t bucket_of(const struct sockaddr_storage *a) /* FNV-1a */
{
    const uint8_t *p = (const uint8_t *)a;
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < sizeof(struct sockaddr_in6); i++)
        h = (h ^ p[i]) * 16777619u;
    return h & (HOST_BUCKETS - 1);
}

static struct engine_host *host_of(struct talks *e, const struct target *t)
{
    struct sockaddr_storage a = address_of(t);
    struct engine_host **bucket = &e->buckets[bucket_of(&a)];
    for (struct engine_host *h = *bucket; h; h = h->in_bucket)
        if (memcmp(&h->address, &a, sizeof a) == 0)
            return h;
    struct engine_host *h = calloc(1, sizeof *h);
    if (h) {
        h->address = a;
        h->in_bucket = *bucket;
        *bucket = h;
    }
    return h;
}

static void host_line(struct talks *e, struct engine_host *h)
{
    if (h->lined || !h->first || h->open >= e->limits.per_host)
        return;
    h->lined = true;
    h->in_line = NULL;
    if (e->line_last)
        e->line_last->in_line = h;
    else
        e->line_first = h;
    e->line_last = h;
    e->n_lined++;
}

static struct engine_host *line_take(struct talks *e)
{
    struct engine_host *h = e->line_first;
    e->line_first = h->in_line;
    if (!e->line_first)
        e->line_last = NULL;
    h->lined = false;
    e->n_lined--;
    return h;
}

enum err talks_add(struct talks *e, const struct engine_job *job, struct why *why)
{
    struct engine_host *h = host_of(e, job->target);
    struct queued *q = h ? calloc(1, sizeof *q) : NULL;
    if (!q)
        return why_set(why, E_MEMORY, "no memory for a probe");
    q->job = *job;
    if (h->last)
        h->last->next = q;
    else
        h->first = q;
    h->last = q;
    e->n_jobs++;
    host_line(e, h);
    return OK;
}

static void link_add(struct talks *e, struct link *l)
{
    l->index = e->n_links;
    e->links[e->n_links++] = l;
    if (l->look_ms < e->next_look_ms)
        e->next_look_ms = l->look_ms;
}

/* The talk knows how it ended; its place is free before whoever asked is told, who may add more. */
static void link_over(struct talks *e, struct link *l)
{
    struct engine_job job = l->job;
    struct engine_host *h = l->host;
    e->links[l->index] = e->links[--e->n_links];
    e->links[l->index]->index = l->index;
    link_end(l);
    free(l);
    h->open--;
    e->n_jobs--;
    host_line(e, h);
    job.done(job.who, job.talk);
}

static enum err link_settle(struct talks *e, struct link *l, enum link_state s)
{
    switch (s) {
    case LINK_GOES_ON:
        if (l->look_ms < e->next_look_ms)
            e->next_look_ms = l->look_ms;
        return OK;
    case LINK_OVER: link_over(e, l); return OK;
    case LINK_NO_MEMORY: return E_MEMORY;
    case LINK_NO_DESCRIPTOR:
    case LINK_LOCAL: break;
    }
    return E_IO;
}

/* False: there is no descriptor for it now. */
static bool job_keep(struct talks *e, struct engine_host *h, struct link *l)
{
    if (e->n_links == 0)
        return false;
    e->limits.connections = (unsigned)e->n_links;
    link_end(l);
    free(l);
    host_line(e, h);
    return true;
}

static enum err job_start(struct talks *e, struct engine_host *h, int64_t now_ms, struct why *why)
{
    struct queued *q = h->first;
    struct link *l = calloc(1, sizeof *l);
    if (!l)
        return why_set(why, E_MEMORY, "no memory for a connection");
    l->job = q->job;
    l->host = h;
    l->epoll = e->epoll;
    enum link_state s = link_begin(l, now_ms, why);
    if (s == LINK_NO_DESCRIPTOR && job_keep(e, h, l))
        return OK;
    h->first = q->next;
    if (!h->first)
        h->last = NULL;
    free(q);
    h->open++;
    h->next_ms = now_ms + e->limits.gap_ms;
    link_add(e, l);
    host_line(e, h);
    return link_settle(e, l, s);
}

/* One connection for each host in line, then again, as long as there is room. *next_ms is when a
 * gap ends. */
static enum err jobs_start(struct talks *e, int64_t now_ms, int64_t *next_ms, struct why *why)
{
    size_t waiting = 0;
    enum err err = OK;
    *next_ms = INT64_MAX;
    while (err == OK && waiting < e->n_lined && e->n_links < e->limits.connections) {
        struct engine_host *h = line_take(e);
        if (h->next_ms > now_ms) {
            waiting++;
            *next_ms = h->next_ms < *next_ms ? h->next_ms : *next_ms;
            host_line(e, h);
        } else {
            err = job_start(e, h, now_ms, why);
        }
    }
    return err;
}

static enum err links_expire(struct talks *e, int64_t now_ms, struct why *why)
{
    enum err err = OK;
    if (now_ms < e->next_look_ms)
        return OK;
    e->next_look_ms = INT64_MAX;
    for (size_t i = e->n_links; i > 0 && err == OK; i--) {
        struct link *l = e->links[i - 1]; /* one that ends is replaced by the last, seen already */
        enum link_state s = now_ms < l->look_ms ? LINK_GOES_ON : link_expire(l, now_ms, why);
        err = link_settle(e, l, s);
    }
    return err;
}

static int wait_ms(const struct talks *e, int64_t gap_ms, bool stoppable)
{
    int64_t next = e->next_look_ms < gap_ms ? e->next_look_ms : gap_ms;
    int64_t most = stoppable ? STOP_LOOK_MS : LONG_MS;
    int64_t left = next == INT64_MAX ? most : next - clock_mono_ms();
    if (left < 0)
        return 0;
    return (int)(left < most ? left : most);
}

static enum err events_take(struct talks *e, int timeout_ms, struct why *why)
{
    struct epoll_event events[EVENTS_AT_ONCE];
    enum err err = OK;
    int n = epoll_wait(e->epoll, events, EVENTS_AT_ONCE, timeout_ms);
    if (n < 0 && errno != EINTR)
        return why_errno(why, E_IO, errno, "epoll failed");
    int64_t now_ms = clock_mono_ms();
    for (int i = 0; i < n && err == OK; i++) {
        struct link *l = events[i].data.ptr;
        err = link_settle(e, l, link_look(l, now_ms, why));
    }
    return err;
}

unsigned talks_per_host(const struct talks *e)
{
    return e->limits.per_host;
}

enum err talks_run(struct talks *e, bool (*stop)(void *), void *who, struct why *why)
{
    int64_t gap_ms;
    enum err err = OK;
    e->next_look_ms = INT64_MAX;
    for (size_t i = 0; i < e->n_links; i++)
        if (e->links[i]->look_ms < e->next_look_ms)
            e->next_look_ms = e->links[i]->look_ms;
    while (err == OK && e->n_jobs > 0 && !(stop && stop(who))) {
        if ((err = jobs_start(e, clock_mono_ms(), &gap_ms, why)) != OK || e->n_jobs == 0)
            break;
        if ((err = events_take(e, wait_ms(e, gap_ms, stop != NULL), why)) == OK)
            err = links_expire(e, clock_mono_ms(), why);
    }
    return err;
}
