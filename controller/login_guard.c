#include "controller/login_guard.h"

#include "base/text.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum standing { UNPROVED,
                BEING_TRIED,
                ACCEPTED,
                REFUSED };

struct entry {
    struct entry *next;
    char *user;
    enum standing standing;
    struct why why;
};

struct login_guard {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct entry *entries;
};

struct login_guard *login_guard_new(void)
{
    struct login_guard *g = calloc(1, sizeof *g);
    if (!g)
        return NULL;
    pthread_mutex_init(&g->lock, NULL);
    pthread_cond_init(&g->changed, NULL);
    return g;
}

void login_guard_free(struct login_guard *g)
{
    if (!g)
        return;
    while (g->entries) {
        struct entry *next = g->entries->next;
        free(g->entries->user);
        free(g->entries);
        g->entries = next;
    }
    pthread_cond_destroy(&g->changed);
    pthread_mutex_destroy(&g->lock);
    free(g);
}

static bool is_domain_login(const char *user)
{
    return user && strncmp(user, ".\\", 2) != 0 && strpbrk(user, "\\@") != NULL;
}

/* NULL when memory is out: the login is then not guarded. */
static struct entry *entry_of(struct login_guard *g, const char *user)
{
    struct entry *e = g->entries;
    while (e && !str_eq_nocase(e->user, user))
        e = e->next;
    if (e || !(e = calloc(1, sizeof *e)))
        return e;
    if (!(e->user = str_dup(user))) {
        free(e);
        return NULL;
    }
    e->next = g->entries;
    return g->entries = e;
}

enum err login_enter(struct login_guard *g, const char *user, struct why *why)
{
    enum err e = OK;
    if (!g || !is_domain_login(user))
        return OK;
    pthread_mutex_lock(&g->lock);
    struct entry *entry = entry_of(g, user);
    while (entry && entry->standing == BEING_TRIED)
        pthread_cond_wait(&g->changed, &g->lock);
    if (entry && entry->standing == UNPROVED)
        entry->standing = BEING_TRIED;
    if (entry && entry->standing == REFUSED) {
        if (why)
            *why = entry->why;
        e = E_AUTH;
    }
    pthread_mutex_unlock(&g->lock);
    return e;
}

void login_leave(struct login_guard *g, const char *user, const char *host, enum err result,
                 const struct why *why)
{
    if (!g || !is_domain_login(user))
        return;
    pthread_mutex_lock(&g->lock);
    struct entry *entry = entry_of(g, user);
    if (entry && result == OK) {
        entry->standing = ACCEPTED;
    } else if (entry && result == E_AUTH) {
        char line[sizeof why->text];
        entry->standing = REFUSED;
        why_line(why, line, sizeof line);
        entry->why = *why;
        why_set(&entry->why, E_AUTH,
                "not tried, so that the account is not locked: %s refused this login: %.250s", host,
                line);
    } else if (entry && entry->standing == BEING_TRIED) {
        entry->standing = UNPROVED;
    }
    pthread_cond_broadcast(&g->changed);
    pthread_mutex_unlock(&g->lock);
}
