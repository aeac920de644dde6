/* Kerberos may ask a domain controller, and libkrb5 waits for one as long as it likes: it does that
 * in a thread of its own, and who is waited for too long is left behind. Such a thread ends when
 * libkrb5 gives up (well within two minutes), and frees what it has. */
#include "transport/auth_parts.h"

#include "base/text.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct asking {
    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool is_done, is_left; /* under the lock; who comes last frees */
    struct transport_target target;
    char *name, *address, *user, *spn, *service;
    struct secret password;
    struct auth *auth;
    enum err err;
    struct why why;
};

static void asking_free(struct asking *q)
{
    if (q == NULL)
        return;
    auth_free(q->auth);
    secret_fini(&q->password);
    free(q->name);
    free(q->address);
    free(q->user);
    free(q->spn);
    free(q->service);
    (void)pthread_cond_destroy(&q->ended);
    (void)pthread_mutex_destroy(&q->lock);
    free(q);
}

static bool text_copy(const char *from, char **out)
{
    *out = from == NULL ? NULL : str_dup(from);
    return from == NULL || *out != NULL;
}

/* The target may be gone before the answer comes. */
static bool target_copy(struct asking *q, const struct transport_target *target,
                        const char *service)
{
    q->target = *target;
    q->target.world = NULL;
    if (!text_copy(target->name, &q->name) || !text_copy(target->address, &q->address) ||
        !text_copy(target->user, &q->user) || !text_copy(target->spn, &q->spn) ||
        !text_copy(service, &q->service))
        return false;
    if (target->password != NULL && secret_is_set(target->password) &&
        secret_copy(target->password, &q->password) != OK)
        return false;
    q->target.name = q->name;
    q->target.address = q->address;
    q->target.user = q->user;
    q->target.spn = q->spn;
    q->target.password = target->password == NULL ? NULL : &q->password;
    return true;
}

static struct asking *asking_new(const struct transport_target *target, const char *service)
{
    struct asking *q = calloc(1, sizeof *q);
    pthread_condattr_t attr;

    if (q == NULL)
        return NULL;
    (void)pthread_mutex_init(&q->lock, NULL); /* these fail on no system of ours */
    (void)pthread_condattr_init(&attr);
    (void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&q->ended, &attr);
    (void)pthread_condattr_destroy(&attr);
    q->auth = calloc(1, sizeof *q->auth);
    if (q->auth == NULL || !target_copy(q, target, service)) {
        asking_free(q);
        return NULL;
    }
    return q;
}

/* With its first token, for which the ticket is fetched: whether there is one decides between
 * Kerberos and NTLM. */
static enum err begin(struct asking *q)
{
    bool done;
    enum err e = auth_kerberos(q->auth, &q->target, q->service, &q->why);

    if (e == OK && (e = auth_init(q->auth, rd_of(NULL, 0), &done, &q->why)) == OK)
        q->auth->begun = true;
    return e;
}

static void *asking_run(void *arg)
{
    struct asking *q = arg;
    enum err e = begin(q);
    bool is_left;

    (void)pthread_mutex_lock(&q->lock);
    q->err = e;
    q->is_done = true;
    is_left = q->is_left;
    (void)pthread_cond_signal(&q->ended);
    (void)pthread_mutex_unlock(&q->lock);
    if (is_left)
        asking_free(q);
    return NULL;
}

static enum err asking_start(struct asking *q, struct why *why)
{
    pthread_attr_t attr;
    pthread_t thread;
    int error;

    (void)pthread_attr_init(&attr);
    (void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    error = pthread_create(&thread, &attr, asking_run, q);
    (void)pthread_attr_destroy(&attr);
    return error == 0 ? OK : why_errno(why, E_MEMORY, error, "no thread for a Kerberos logon");
}

/* False: it is left behind, and frees itself. */
static bool asking_await(struct asking *q, int64_t deadline_ms)
{
    const struct timespec until = {.tv_sec = (time_t)(deadline_ms / 1000),
                                   .tv_nsec = (long)(deadline_ms % 1000) * 1000000};
    bool is_done;

    (void)pthread_mutex_lock(&q->lock);
    while (!q->is_done)
        if (pthread_cond_timedwait(&q->ended, &q->lock, &until) == ETIMEDOUT)
            break;
    is_done = q->is_done;
    q->is_left = !is_done;
    (void)pthread_mutex_unlock(&q->lock);
    return is_done;
}

enum err auth_kerberos_in_time(struct auth *a, const struct transport_target *target,
                               const char *service, int64_t deadline_ms, struct why *why)
{
    struct asking *q = asking_new(target, service);
    enum err e;

    if (q == NULL)
        return why_set(why, E_MEMORY, "out of memory");
    *q->auth = *a; /* what is wished; nothing was acquired yet */
    if ((e = asking_start(q, why)) != OK)
        goto out;
    if (!asking_await(q, deadline_ms))
        return why_set(why, E_TIMEOUT, "no domain controller (KDC) of the realm answers in time");
    e = q->err;
    if (e == OK) {
        *a = *q->auth;
        *q->auth = (struct auth){0}; /* moved */
    } else if (why != NULL) {
        *why = q->why;
    }
out:
    asking_free(q);
    return e;
}
