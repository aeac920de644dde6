/* What a story came to. */
#include "controller/app.h"
#include "report/row.h"
#include "tests/support/story_parts.h"

#include <fcntl.h>
#include <spawn.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS_MAX 32

static const struct host_run *run_of(const struct story *s, const char *host)
{
    size_t at;
    assert_non_null(s->end);
    if (!engine_find(s->end, host, &at))
        fail_msg("%s is not in the rollout", host);
    return &s->end->hosts[at];
}

enum outcome story_outcome(const struct story *s, const char *host)
{
    const struct host_run *h = run_of(s, host);
    return h->state == HOST_FINAL ? h->outcome : OUTCOME_NONE;
}

void story_because(const struct story *s, const char *host, const char *words)
{
    if (!strstr(run_of(s, host)->why, words))
        fail_msg("%s: \"%s\" is not in \"%s\"", host, words, run_of(s, host)->why);
}

void story_ended(const struct story *s, const char *host, enum outcome o)
{
    if (story_outcome(s, host) != o)
        fail_msg("%s ended %s (in %s), not %s: %s", host, outcome_name(story_outcome(s, host)),
                 host_state_name(run_of(s, host)->state), outcome_name(o), run_of(s, host)->why);
}

void story_all_ended(const struct story *s, enum outcome o)
{
    assert_int_equal(engine_state(s->end), ROLLOUT_FINISHED);
    for (size_t i = 0; i < s->end->spec->n_hosts; i++)
        story_ended(s, s->end->spec->hosts[i].name, o);
}

struct counting {
    enum step step;
    int64_t n, first_ms;
};

static enum err count_event(void *self, const struct journal_row *row)
{
    struct counting *c = self;
    struct event ev;
    struct why why = {0};
    enum err e = report_read_row(row, &ev, &why);
    if (e != OK)
        return e;
    if (c->step == STEPS || ev.step == c->step) {
        c->first_ms = c->n++ ? c->first_ms : ev.at_ms;
    }
    event_fini(&ev);
    return OK;
}

static struct counting count(struct story *s, int64_t rollout, const char *host,
                             enum event_kind kind, enum step step)
{
    struct journal_filter f = {.rollout = rollout, .host = host, .kind = event_kind_name(kind)};
    struct counting c = {.step = step};
    struct store *st = story_store(s);
    struct why why = {0};
    assert_int_equal(journal_read(st, &f, count_event, &c, &why), OK);
    store_close(st);
    return c;
}

int64_t story_events(struct story *s, int64_t rollout, const char *host, enum event_kind kind,
                     enum step step)
{
    return count(s, rollout, host, kind, step).n;
}

int64_t story_event_ms(struct story *s, int64_t rollout, const char *host, enum event_kind kind,
                       enum step step)
{
    return count(s, rollout, host, kind, step).first_ms;
}

int64_t story_first_write_ms(struct story *s, const char *host)
{
    const struct fleet_record *r;
    const struct fleet_host *h = story_host(s, host);
    for (size_t i = 0; (r = fleet_record(s->fleet, h, i)); i++)
        if (r->what <= FLEET_KEY_DELETED)
            return r->at_ms;
    return 0;
}

bool story_is_applied(struct story *s, const char *host)
{
    char mode[FLEET_CODE_SIZE], legacy[FLEET_CODE_SIZE], made[FLEET_CODE_SIZE];
    struct fleet_host *h = story_host(s, host);
    fleet_host_code(h, STORY_APP, "Mode", mode);
    fleet_host_code(h, STORY_APP, "Legacy", legacy);
    fleet_host_code(h, STORY_NEW, "Made", made);
    return strcmp(mode, "4:05000000") == 0 && strcmp(legacy, "absent") == 0 &&
           strcmp(made, "absent") != 0;
}

int story_sql_try(struct story *s, const char *sql)
{
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(s->db, &db), SQLITE_OK);
    int rc = sqlite3_exec(db, sql, NULL, NULL, NULL);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return rc;
}

void story_sql(struct story *s, const char *sql)
{
    if (story_sql_try(s, sql) != SQLITE_OK)
        fail_msg("refused: %s", sql);
}

static void read_all(int fd, struct text *out)
{
    char buf[4096];
    ssize_t n;
    while ((n = read(fd, buf, sizeof buf)) > 0)
        text_put_n(out, buf, (size_t)n);
    assert_int_equal(n, 0);
    close(fd);
}

int story_program(struct story *s, struct text *out, ...)
{
    extern char **environ;
    const char *program = getenv("SWELL");
    char *argv[WORDS_MAX] = {str_dup("swell"), str_dup("--db"), str_dup(s->db)};
    int argc = 3, pipes[2], status = 0;
    posix_spawn_file_actions_t actions;
    pid_t child;
    va_list words;
    if (!program)
        fail_msg("the environment variable SWELL is to name the program");
    va_start(words, out);
    for (char *word; (word = va_arg(words, char *)) != NULL && argc < WORDS_MAX - 1;)
        argv[argc++] = str_dup(word);
    va_end(words);
    assert_int_equal(pipe(pipes), 0);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipes[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, pipes[1], STDERR_FILENO);
    posix_spawn_file_actions_addclose(&actions, pipes[0]);
    assert_int_equal(posix_spawn(&child, program, &actions, NULL, argv, environ), 0);
    posix_spawn_file_actions_destroy(&actions);
    close(pipes[1]);
    read_all(pipes[0], out);
    assert_int_equal(waitpid(child, &status, 0), child);
    for (int i = 0; i < argc; i++)
        free(argv[i]);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}
