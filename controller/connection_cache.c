#include "controller/connection_cache.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/resource.h>

struct kept {
    const struct transport_target *target;
    struct transport *transport;
    int64_t since_ms;
};

struct connection_cache {
    pthread_mutex_t lock;
    size_t n, max;
    int64_t idle_ms;
    struct kept kept[]; /* max of them */
};

struct connection_cache *connection_cache_new_of(size_t max, int64_t idle_ms)
{
    struct connection_cache *c = calloc(1, sizeof *c + max * sizeof c->kept[0]);
    if (c && pthread_mutex_init(&c->lock, NULL) != 0) {
        free(c);
        c = NULL;
    }
    if (c) {
        c->max = max;
        c->idle_ms = idle_ms;
    }
    return c;
}

/* The other half is for the steps under way, the store and the handshakes. */
struct connection_cache *connection_cache_new(void)
{
    struct rlimit files;
    size_t max = CONNECTIONS_MAX;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur / 2 < max)
        max = (size_t)(files.rlim_cur / 2);
    return connection_cache_new_of(max, CONNECTION_IDLE_MS);
}

static void transport_close(struct transport *t)
{
    if (t)
        t->kind->close(t);
}

void connection_cache_free(struct connection_cache *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->n; i++)
        transport_close(c->kept[i].transport);
    pthread_mutex_destroy(&c->lock);
    free(c);
}

static struct transport *remove_at(struct connection_cache *c, size_t i)
{
    struct transport *t = c->kept[i].transport;
    c->kept[i] = c->kept[--c->n];
    return t;
}

static bool is_stale(const struct connection_cache *c, size_t i)
{
    return clock_mono_ms() - c->kept[i].since_ms >= c->idle_ms;
}

struct transport *connection_cache_take(struct connection_cache *c,
                                        const struct transport_target *target)
{
    struct transport *t = NULL;
    bool stale = false;
    if (!c)
        return NULL;
    pthread_mutex_lock(&c->lock);
    for (size_t i = 0; i < c->n; i++)
        if (c->kept[i].target == target) {
            stale = is_stale(c, i);
            t = remove_at(c, i);
            break;
        }
    pthread_mutex_unlock(&c->lock);
    if (!stale)
        return t;
    transport_close(t);
    return NULL;
}

void connection_cache_give(struct connection_cache *c, const struct transport_target *target,
                           struct transport *t)
{
    bool kept = false;
    if (c) {
        pthread_mutex_lock(&c->lock);
        kept = c->n < c->max;
        if (kept)
            c->kept[c->n++] = (struct kept){target, t, clock_mono_ms()};
        pthread_mutex_unlock(&c->lock);
    }
    if (!kept)
        transport_close(t);
}

void connection_cache_sweep(struct connection_cache *c)
{
    struct transport *t;
    do {
        t = NULL;
        pthread_mutex_lock(&c->lock);
        for (size_t i = 0; i < c->n && !t; i++)
            if (is_stale(c, i))
                t = remove_at(c, i);
        pthread_mutex_unlock(&c->lock);
        transport_close(t); /* not under the lock: it may take a while */
    } while (t);
}
