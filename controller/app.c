#include "controller/app.h"

#include "base/text.h"
#include "controller/config.h"
#include "report/row.h"

#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum err app_db_path(const struct invocation *inv, char *buf, size_t size, struct why *why)
{
    const char *said = option_get(inv, OPT_DB);
    char folder[FOLDER_SIZE];
    int n;
    if (said != NULL)
        n = snprintf(buf, size, "%s", said);
    else if (folder_find("XDG_STATE_HOME", ".local/state", folder))
        n = snprintf(buf, size, "%s/swell/swell.db", folder);
    else
        return why_set(why, E_CONFIG,
                       "there is no home folder to keep the database in: give --db FILE");
    if (n < 0 || (size_t)n >= size)
        return option_blame(inv, OPT_DB,
                            why_set(why, E_CONFIG, "the name of the database is too long"), why);
    return OK;
}

enum err app_open(const struct invocation *inv, enum app_mode mode, struct store **out,
                  struct why *why)
{
    char file[FOLDER_SIZE + 32];
    enum err e = app_db_path(inv, file, sizeof file, why);
    *out = NULL;
    if (e != OK)
        return e;
    return mode == APP_WRITE ? store_open(file, out, why) : store_open_readonly(file, out, why);
}

static enum err note_there(void *self, const struct journal_row *row)
{
    bool *there = self;
    (void)row;
    *there = true;
    return OK;
}

static enum err rollout_check(struct store *st, int64_t rollout, struct why *why)
{
    struct journal_filter f = {.rollout = rollout, .kind = event_kind_name(EV_ROLLOUT_CREATED)};
    bool there = false;
    int64_t last;
    enum err e = journal_read(st, &f, note_there, &there, why);
    if (e != OK || there)
        return e;
    if ((e = journal_last_rollout(st, &last, why)) != OK)
        return e;
    return why_set(why, E_ABSENT, "there is no rollout %" PRId64 "; the last one is %" PRId64,
                   rollout, last);
}

enum err app_rollout_number(struct store *st, const char *name, int64_t *out, struct why *why)
{
    uint64_t n;
    enum err e;
    if (name == NULL || strcmp(name, "latest") == 0)
        return journal_last_rollout(st, out, why);
    if (strspn(name, "0123456789") != strlen(name) || !str_parse_u64(name, &n) || n == 0 ||
        n > INT64_MAX)
        return why_set(why, E_USAGE,
                       "'%s' names no rollout: expected its number or the word latest", name);
    if ((e = rollout_check(st, (int64_t)n, why)) != OK)
        return e;
    *out = (int64_t)n;
    return OK;
}

struct loading {
    struct engine *engine;
    event_visitor *visit;
    void *self;
    struct why *why;
};

static enum err load_event(void *self, const struct journal_row *row)
{
    struct loading *l = self;
    struct event ev;
    enum err e;
    if ((e = report_read_row(row, &ev, l->why)) != OK)
        return e;
    if ((e = engine_fold(l->engine, &ev, l->why)) == OK && l->visit != NULL)
        e = l->visit(l->self, l->engine, &ev);
    event_fini(&ev);
    return e;
}

enum err app_load_rollout(struct store *st, int64_t rollout, event_visitor *visit, void *self,
                          struct engine **out, struct why *why)
{
    struct loading l = {.engine = engine_new(), .visit = visit, .self = self, .why = why};
    struct journal_filter f = {.rollout = rollout};
    enum err e;
    *out = NULL;
    if (l.engine == NULL)
        return why_set(why, E_MEMORY, "%s", err_words(E_MEMORY));
    if ((e = journal_read(st, &f, load_event, &l, why)) != OK)
        goto out;
    if (engine_state(l.engine) == ROLLOUT_EMPTY) {
        e = why_set(why, E_ABSENT, "there is no rollout %" PRId64, rollout);
        goto out;
    }
    *out = l.engine;
    l.engine = NULL; /* moved to the caller */
out:
    engine_free(l.engine);
    return e;
}

static enum err ledger_event(void *self, const struct journal_row *row)
{
    struct loading *l = self;
    struct event ev;
    enum err e = report_read_row(row, &ev, l->why);
    if (e != OK)
        return e;
    ledger_fold(l->self, &ev);
    event_fini(&ev);
    return OK;
}

enum err app_ledger(struct store *st, const char *host, struct ledger_entry *out, struct why *why)
{
    struct ledger_entry entry = {0};
    struct loading l = {.self = &entry, .why = why};
    struct journal_filter f = {.host = host};
    enum err e = journal_read(st, &f, ledger_event, &l, why);
    if (e == OK)
        *out = entry;
    return e;
}

const char *app_user(char buf[EVENT_BY_SIZE])
{
    const char *sudo = getenv("SUDO_USER");
    char names[4096];
    struct passwd entry, *found = NULL;
    struct text t = {0};
    if (geteuid() == 0 && sudo != NULL && *sudo != '\0')
        text_put_safe(&t, sudo, strlen(sudo));
    else if (getpwuid_r(getuid(), &entry, names, sizeof names, &found) == 0 && found != NULL)
        text_put_safe(&t, found->pw_name, strlen(found->pw_name));
    else
        text_printf(&t, "user %u", (unsigned)getuid());
    (void)snprintf(buf, EVENT_BY_SIZE, "%.*s", EVENT_BY_SIZE - 1, text_str(&t));
    text_fini(&t);
    return buf;
}
