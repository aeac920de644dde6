/* What happens to the journal when processes die, race each other, or the disk is full. */
#include "tests/unit/db/db_support.h"

#include "base/clock.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define KILLS 12
#define WRITERS 2
#define ROUNDS 40

/* Commits one event after the other; its number goes down the pipe after the commit, not before. */
static void commit_for_ever(const char *file, int to_parent)
{
    struct store *st = NULL;

    if (store_open(file, &st, NULL) != OK || store_lock_controller(st, NULL) != OK)
        _exit(2);
    for (;;) {
        int64_t seq;

        if (events_try(st, 3, 700, NULL) != OK || journal_last_seq(st, &seq, NULL) != OK ||
            write(to_parent, &seq, sizeof seq) != sizeof seq)
            _exit(3);
    }
}

static int64_t kill_after(const char *file, int commits)
{
    int64_t seq = 0, acknowledged = 0;
    int ends[2], status;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ends[0]);
        commit_for_ever(file, ends[1]);
    }
    close(ends[1]);
    for (int i = 0; i < commits; i++) {
        assert_int_equal(read(ends[0], &seq, sizeof seq), sizeof seq);
        acknowledged = seq;
    }
    assert_int_equal(kill(child, SIGKILL), 0);
    while (read(ends[0], &seq, sizeof seq) == sizeof seq)
        acknowledged = seq;
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    return acknowledged;
}

static void every_acknowledged_commit_outlives_a_kill(void **state)
{
    struct place *p = *state;

    for (int i = 0; i < KILLS; i++) {
        int64_t acknowledged = kill_after(p->file, 1 + i * 3);
        struct store *st = store_must_open(p->file);
        struct why why = {0};
        int64_t there = journal_must_verify(st);

        assert_true(there >= acknowledged);
        assert_true(there <= acknowledged + 3); /* the one whose acknowledgement was cut off */
        assert_int_equal(there % 3, 0);         /* a transaction is whole or not there */
        assert_ok(store_lock_controller(st, &why), &why);
        store_close(st);
    }
}

static void two_processes_that_append_at_once_make_one_chain(void **state)
{
    struct place *p = *state;
    struct store *st;
    pid_t children[WRITERS];

    for (int i = 0; i < WRITERS; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) {
            struct store *mine = NULL;
            enum err e = store_open(p->file, &mine, NULL);

            for (int round = 0; e == OK && round < ROUNDS; round++)
                e = events_try(mine, 2, 100, NULL);
            store_close(mine);
            _exit(e == OK ? 0 : 1);
        }
    }
    for (int i = 0; i < WRITERS; i++) {
        int status;

        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    st = store_must_open(p->file);
    assert_int_equal(journal_must_verify(st), WRITERS * ROUNDS * 2);
    store_close(st);
}

static void fill_the_disk(const char *file)
{
    struct rlimit limit = {.rlim_cur = 1000000, .rlim_max = RLIM_INFINITY};
    struct store *st = NULL;
    struct why why = {0};
    int64_t acknowledged = 0;
    enum err e;

    signal(SIGXFSZ, SIG_IGN);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0 || store_open(file, &st, &why) != OK)
        _exit(2);
    while ((e = events_try(st, 3, 3000, &why)) == OK && acknowledged < 1000)
        acknowledged += 3;
    if (e != E_IO || why.native == 0 || why.native_name[0] == '\0' || acknowledged < 30)
        _exit(3);
    if (events_try(st, 3, 3000, &why) != E_IO) /* and again, not only the first time */
        _exit(4);
    limit.rlim_cur = RLIM_INFINITY;
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        _exit(5);
    if (events_try(st, 3, 3000, &why) != OK) /* as soon as there is room, the same store goes on */
        _exit(6);
    store_close(st);
    _exit((int)(acknowledged / 3));
}

/* A limit on the size of files is the disk that is full for this process alone. */
static void full_disk_is_said_and_loses_nothing(void **state)
{
    struct place *p = *state;
    struct store *st;
    pid_t child = fork();
    int status;

    assert_true(child >= 0);
    if (child == 0)
        fill_the_disk(p->file);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_true(WEXITSTATUS(status) >= 10);
    st = store_must_open(p->file);
    assert_int_equal(journal_must_verify(st), (WEXITSTATUS(status) + 1) * 3);
    events_append(st, 1);
    store_close(st);
}

static void create_on_a_full_disk_leaves_nothing(void **state)
{
    struct place *p = *state;
    pid_t child = fork();
    int status;

    assert_true(child >= 0);
    if (child == 0) {
        struct rlimit limit = {.rlim_cur = 5000, .rlim_max = RLIM_INFINITY};
        struct why why = {0};

        signal(SIGXFSZ, SIG_IGN);
        _exit(setrlimit(RLIMIT_FSIZE, &limit) == 0 && store_create(p->file, &why) == E_IO &&
                      why.native != 0
                  ? 0
                  : 1);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(rmdir(p->folder), 0); /* it is empty */
    assert_int_equal(mkdir(p->folder, 0700), 0);
}

/* A figure, no verdict: machines differ. */
static void ten_thousand_events_take(void **state)
{
    struct place *p = *state;
    struct store *st = store_must_open(p->file);
    int64_t began = clock_mono_ms(), done;

    for (int i = 0; i < 100; i++)
        events_append(st, 100);
    done = clock_mono_ms();
    print_message("10,000 events in transactions of 100: %lld ms", (long long)(done - began));
    began = clock_mono_ms();
    assert_int_equal(journal_must_verify(st), 10000);
    print_message("; verified in %lld ms\n", (long long)(clock_mono_ms() - began));
    store_close(st);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_STORE(every_acknowledged_commit_outlives_a_kill),
        WITH_STORE(two_processes_that_append_at_once_make_one_chain),
        WITH_STORE(full_disk_is_said_and_loses_nothing),
        WITH_PLACE(create_on_a_full_disk_leaves_nothing),
        WITH_STORE(ten_thousand_events_take),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
