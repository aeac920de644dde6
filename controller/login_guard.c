#include "controller/login_guard.h"

#include "base/clock.h"
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
    int refusals; /* in a row */
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

static bool is_accepted(struct login_guard *g, const char *user)
{
    pthread_mutex_lock(&g->lock);
    const struct entry *entry = entry_of(g, user);
    bool accepted = !entry || entry->standing == ACCEPTED;
    pthread_mutex_unlock(&g->lock);
    return accepted;
}

/* Each OK is followed by leave. */
static enum err enter(struct login_guard *g, const char *user, struct why *why)
{
    enum err e = OK;
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

static void note_refusal(struct entry *entry, bool patient, const char *host,
                         const struct why *why)
{
    char line[sizeof why->text];
    if (entry->standing == REFUSED)
        return;
    entry->standing =
        patient && ++entry->refusals < LOGIN_REFUSALS_MAX ? UNPROVED : REFUSED;
    why_line(why, line, sizeof line);
    entry->why = *why;
    why_set(&entry->why, E_AUTH,
            "not tried, so that the account is not locked: %s refused this login: %.250s", host,
            line);
}

static void leave(struct login_guard *g, const struct transport_target *target, bool patient,
                  enum err result, const struct why *why)
{
    pthread_mutex_lock(&g->lock);
    struct entry *entry = entry_of(g, target->user);
    if (entry && result == OK && entry->standing != REFUSED) {
        entry->standing = ACCEPTED;
        entry->refusals = 0;
    } else if (entry && result == E_AUTH) {
        note_refusal(entry, patient, target->name, why);
    } else if (entry && entry->standing == BEING_TRIED) {
        entry->standing = UNPROVED;
    }
    pthread_cond_broadcast(&g->changed);
    pthread_mutex_unlock(&g->lock);
}

enum err login_open(struct login_guard *g, const struct transport_kind *kind,
                    const struct transport_target *target, bool patient, int64_t *deadline_ms,
                    struct transport **out, struct why *why)
{
    struct boot_identity unused;
    int64_t since_ms;
    enum err e;
    if (!g || !is_domain_login(target->user))
        return kind->open(target, *deadline_ms, out, why);
    /* A host that is not there must not keep the others waiting for its login. */
    if (!is_accepted(g, target->user) &&
        (e = kind->look(target, *deadline_ms, &unused, why)) != OK)
        return e;
    since_ms = clock_mono_ms();
    if ((e = enter(g, target->user, why)) != OK)
        return e;
    *deadline_ms += clock_mono_ms() - since_ms;
    e = kind->open(target, *deadline_ms, out, why);
    leave(g, target, patient, e, why);
    return e;
}
