#include "controller/connection_cache.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdlib.h>

struct kept {
    const struct transport_target *target;
    struct transport *transport;
    int64_t since_ms;
};

struct connection_cache {
    pthread_mutex_t lock;
    struct kept kept[CONNECTIONS_MAX];
    size_t n;
};

struct connection_cache *connection_cache_new(void)
{
    struct connection_cache *c = calloc(1, sizeof *c);
    if (c && pthread_mutex_init(&c->lock, NULL) != 0) {
        free(c);
        c = NULL;
    }
    return c;
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

static bool is_stale(const struct kept *k)
{
    return clock_mono_ms() - k->since_ms >= CONNECTION_IDLE_MS;
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
            stale = is_stale(&c->kept[i]);
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
        kept = c->n < CONNECTIONS_MAX;
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
            if (is_stale(&c->kept[i]))
                t = remove_at(c, i);
        pthread_mutex_unlock(&c->lock);
        transport_close(t); /* not under the lock: it may take a while */
    } while (t);
}
