#include "controller/pool.h"

#include "base/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct node {
    struct node *next;
    void *piece;
};

struct list {
    struct node *first, **last;
};

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t work_came, result_came;
    struct list waiting, done;
    size_t busy;
    bool stop, woken;
    pool_work *work;
    pthread_t threads[POOL_THREADS_MAX];
    int n_threads;
};

static void list_put(struct list *l, struct node *n)
{
    n->next = NULL;
    if (!l->first)
        l->last = &l->first;
    *l->last = n;
    l->last = &n->next;
}

static struct node *list_get(struct list *l)
{
    struct node *n = l->first;
    if (n)
        l->first = n->next;
    return n;
}

static void *worker(void *arg)
{
    struct pool *p = arg;
    pthread_mutex_lock(&p->lock);
    for (;;) {
        struct node *n;
        while (!p->stop && !p->waiting.first)
            pthread_cond_wait(&p->work_came, &p->lock);
        if (p->stop)
            break;
        n = list_get(&p->waiting);
        pthread_mutex_unlock(&p->lock);
        p->work(n->piece);
        pthread_mutex_lock(&p->lock);
        list_put(&p->done, n);
        pthread_cond_signal(&p->result_came);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

static void init_clocked_cond(pthread_cond_t *c)
{
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(c, &attr);
    pthread_condattr_destroy(&attr);
}

enum err pool_new(int threads, pool_work *work, struct pool **out, struct why *why)
{
    struct pool *p = calloc(1, sizeof *p);
    *out = NULL;
    if (!p)
        return why_set(why, E_MEMORY, "no memory for %d workers", threads);
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->work_came, NULL);
    init_clocked_cond(&p->result_came);
    p->work = work;
    for (; p->n_threads < threads && p->n_threads < POOL_THREADS_MAX; p->n_threads++) {
        int error = pthread_create(&p->threads[p->n_threads], NULL, worker, p);
        if (error && p->n_threads == 0) {
            pool_free(p);
            return why_errno(why, E_INTERNAL, error, "cannot start a worker thread");
        }
        if (error)
            break; /* fewer will do */
    }
    *out = p;
    return OK;
}

void pool_free(struct pool *p)
{
    struct node *n;
    if (!p)
        return;
    pthread_mutex_lock(&p->lock);
    p->stop = true;
    pthread_cond_broadcast(&p->work_came);
    pthread_mutex_unlock(&p->lock);
    for (int i = 0; i < p->n_threads; i++)
        pthread_join(p->threads[i], NULL);
    while ((n = list_get(&p->waiting)) || (n = list_get(&p->done)))
        free(n);
    pthread_cond_destroy(&p->work_came);
    pthread_cond_destroy(&p->result_came);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

bool pool_give(struct pool *p, void *piece)
{
    struct node *n = malloc(sizeof *n);
    if (!n)
        return false;
    n->piece = piece;
    pthread_mutex_lock(&p->lock);
    list_put(&p->waiting, n);
    p->busy++;
    pthread_cond_signal(&p->work_came);
    pthread_mutex_unlock(&p->lock);
    return true;
}

void *pool_take(struct pool *p, int64_t wait_ms)
{
    int64_t until_ms = clock_mono_ms() + (wait_ms > 0 ? wait_ms : 0);
    struct timespec until = {.tv_sec = until_ms / 1000, .tv_nsec = until_ms % 1000 * 1000000};
    struct node *n;
    void *piece = NULL;
    pthread_mutex_lock(&p->lock);
    while (!p->done.first && !p->woken)
        if (pthread_cond_timedwait(&p->result_came, &p->lock, &until) != 0)
            break;
    n = list_get(&p->done);
    if (!n)
        p->woken = false;
    else
        p->busy--;
    pthread_mutex_unlock(&p->lock);
    if (n)
        piece = n->piece;
    free(n);
    return piece;
}

void pool_wake(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    p->woken = true;
    pthread_cond_signal(&p->result_came);
    pthread_mutex_unlock(&p->lock);
}

size_t pool_busy(struct pool *p)
{
    pthread_mutex_lock(&p->lock);
    size_t n = p->busy;
    pthread_mutex_unlock(&p->lock);
    return n;
}
