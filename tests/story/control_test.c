/* Words to a rollout that is under way, from another handle on the database, as another process
 * would say them: pause, resume, abort, retry; and a second controller. */
#include "tests/support/story.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

static void begin(struct story *s, const char *ini, int64_t per_wave)
{
    story_begin(s, ini);
    s->policy.serial[0] = (struct amount){per_wave, false};
    story_plan(s);
    story_create(s);
}

static void say_when_web1_is_written(struct story *s, const struct event *ev, enum event_kind kind)
{
    if (ev->kind == EV_OUTCOME && ev->step == STEP_APPLY && strcmp(ev->host, "web1") == 0)
        story_say(s, (struct event){.kind = kind, .by = "somebody", .why = "as I say"});
}

static void pause_then(struct story *s, const struct engine *g, const struct event *ev)
{
    (void)g;
    say_when_web1_is_written(s, ev, EV_PAUSED);
}

static void abort_then(struct story *s, const struct engine *g, const struct event *ev)
{
    (void)g;
    say_when_web1_is_written(s, ev, EV_ABORTED);
}

static void a_pause_finishes_what_is_under_way_and_starts_nothing(void **state)
{
    struct story *s = *state;
    begin(s, "web[1:4]\n", 1);
    s->on_event = pause_then;
    story_run(s);
    assert_int_equal(engine_state(s->end), ROLLOUT_PAUSED);
    assert_false(s->end->budget_spent);
    story_ended(s, "web1", OUTCOME_CHANGED);
    assert_int_equal(fleet_host_tally(story_host(s, "web2")).calls[FLEET_OPEN], 1);
    s->on_event = NULL;
    story_run(s); /* a controller alone does not resume it */
    assert_int_equal(fleet_host_tally(story_host(s, "web2")).calls[FLEET_OPEN], 1);
    story_say(s, (struct event){.kind = EV_RESUMED});
    story_run(s);
    story_all_ended(s, OUTCOME_CHANGED);
    story_end(s);
}

static void a_host_that_is_done_may_be_gone_when_the_others_go_on(void **state)
{
    struct story *s = *state;
    struct host first;
    begin(s, "web[1:3]\n", 1);
    s->on_event = pause_then;
    story_run(s);
    story_ended(s, "web1", OUTCOME_CHANGED);
    s->on_event = NULL;
    story_say(s, (struct event){.kind = EV_RESUMED});
    first = s->inventory->hosts[0];
    assert_string_equal(first.name, "web1");
    s->inventory->hosts[0] = s->inventory->hosts[2];
    s->inventory->hosts[2] = first;
    s->inventory->n_hosts--; /* web1 is not in it */
    story_run(s);
    s->inventory->n_hosts++;
    story_all_ended(s, OUTCOME_CHANGED);
    story_end(s);
}

static void an_abort_finishes_what_is_under_way_and_skips_the_rest(void **state)
{
    struct story *s = *state;
    begin(s, "web[1:4]\n", 1);
    s->on_event = abort_then;
    story_run(s);
    assert_int_equal(engine_state(s->end), ROLLOUT_FINISHED);
    story_ended(s, "web1", OUTCOME_CHANGED);
    story_ended(s, "web2", OUTCOME_SKIPPED);
    story_ended(s, "web4", OUTCOME_SKIPPED);
    assert_int_equal(fleet_host_tally(story_host(s, "web2")).written, 0);
    story_end(s);
}

/* Another thread that talks while the runner is at work. */
#define WORDS 40
#define BETWEEN_MS 10

struct talker {
    struct story *s;
    int said;
};

static void *talk(void *arg)
{
    struct talker *t = arg;
    struct why why;
    struct store *st = NULL;
    if (store_open(t->s->db, &st, &why) != OK)
        return NULL;
    while (t->said < WORDS) { /* the last one is to resume */
        struct event ev = {.kind = t->said % 2 ? EV_RESUMED : EV_PAUSED, .by = "somebody"};
        if (rollout_append(st, t->s->rollout, &ev, t->s->clock.real_ms(t->s), &why) != OK)
            break;
        t->said++;
        (void)poll(NULL, 0, BETWEEN_MS);
    }
    store_close(st);
    return NULL;
}

static void a_rollout_survives_somebody_who_pauses_and_resumes_all_the_time(void **state)
{
    struct story *s = *state;
    struct talker t = {.s = s};
    pthread_t thread;
    begin(s, "web[1:6]\n", 2);
    assert_int_equal(pthread_create(&thread, NULL, talk, &t), 0);
    for (int i = 0; i < 10; i++)
        story_run(s);
    pthread_join(thread, NULL);
    assert_int_equal(t.said, WORDS);
    story_run(s);
    story_all_ended(s, OUTCOME_CHANGED);
    story_end(s);
}

#define AWAY_MS 150000

/* A word can come between the moment when the runner hears the others and the moment when it
 * decides. The clock knows that moment: the runner asks for the time there. */
struct interruption {
    struct story *s;
    pthread_t runner;
    bool armed;
    int at, asked;
    bool said;
};

/* Somebody else's word comes at any time but while the runner itself writes. */
static bool is_writing(const char *file)
{
    sqlite3 *db = NULL;
    bool busy = sqlite3_open(file, &db) != SQLITE_OK ||
                sqlite3_exec(db, "BEGIN IMMEDIATE; ROLLBACK", NULL, NULL, NULL) != SQLITE_OK;
    sqlite3_close(db);
    return busy;
}

static int64_t interrupted_real(void *self)
{
    struct interruption *in = self;
    bool wait = pthread_equal(pthread_self(), in->runner) && in->armed && !in->said;
    if (wait && in->asked++ >= in->at && !is_writing(in->s->db)) {
        in->said = true;
        story_say(in->s, (struct event){.kind = EV_ABORTED, .by = "somebody"});
    } else if (wait) {
        /* The rollout must not end before the word, however slow this machine is. */
        fleet_host_cut_off(story_host(in->s, "web2"), AWAY_MS);
    }
    return in->s->clock.real_ms(in->s->clock.self);
}

static int64_t interrupted_mono(void *self)
{
    const struct interruption *in = self;
    return in->s->clock.mono_ms(in->s->clock.self);
}

/* web3 waits for a place, is held by a pause, and set free by somebody who then thinks better. */
static void pause_and_resume(struct story *s, const struct engine *g, const struct event *ev)
{
    struct interruption *in = s->self;
    (void)g;
    say_when_web1_is_written(s, ev, EV_PAUSED);
    if (ev->kind == EV_HOST_FINISHED && strcmp(ev->host, "web1") == 0) {
        story_say(s, (struct event){.kind = EV_RESUMED, .by = "somebody"});
        in->armed = true;
    }
}

struct after_abort {
    bool aborted;
    int started;
};

static enum err count_started_after(void *self, const struct journal_row *row)
{
    struct after_abort *a = self;
    if (strcmp(row->kind, "aborted") == 0)
        a->aborted = true;
    else if (a->aborted && strcmp(row->kind, "host_started") == 0)
        a->started++;
    return OK;
}

static int started_after_abort(struct story *s)
{
    struct journal_filter f = {.rollout = s->rollout};
    struct after_abort a = {0};
    struct store *st = story_store(s);
    struct why why = {0};
    assert_int_equal(journal_read(st, &f, count_started_after, &a, &why), OK);
    store_close(st);
    assert_true(a.aborted);
    return a.started;
}

static void abort_at(struct story *s, int at)
{
    struct interruption in = {.s = s, .at = at, .runner = pthread_self()};
    const struct clock clock = {
        .real_ms = interrupted_real, .mono_ms = interrupted_mono, .self = &in};
    story_begin(s, "web[1:3]\n");
    s->policy.max_unavailable = (struct amount){2, false};
    s->policy.restart_timeout_ms = 1000LL * AWAY_MS;
    fleet_host_restarting(story_host(s, "web2"), (struct fleet_restarting){.away_ms = AWAY_MS});
    story_plan(s);
    story_create(s);
    s->self = &in;
    s->on_event = pause_and_resume;
    s->world.clock = &clock;
    story_run(s);
    assert_true(in.said);
    assert_int_equal(started_after_abort(s), 0);
    story_end(s);
}

#define ABORT_AT(n)                                                              \
    static void an_abort_at_moment_##n##_starts_no_host_afterwards(void **state) \
    {                                                                            \
        abort_at(*state, n);                                                     \
    }
ABORT_AT(0)
ABORT_AT(1)
ABORT_AT(2)
ABORT_AT(3)
ABORT_AT(4)
ABORT_AT(5)

static void a_second_controller_is_told_so_and_does_nothing(void **state)
{
    struct story *s = *state;
    struct why why = {0};
    begin(s, "web1\n", 1);
    struct store *first = story_store(s);
    assert_int_equal(store_lock_controller(first, &why), OK);
    assert_int_equal(story_try_run(s, &why), E_LOCKED);
    assert_int_equal(story_run_apart(s), E_LOCKED);
    assert_int_equal(story_events(s, 1, NULL, EV_CONTROLLER_STARTED, STEPS), 0);
    assert_int_equal(fleet_host_tally(story_host(s, "web1")).calls[FLEET_OPEN], 1); /* to plan */
    store_close(first);
    story_run(s);
    story_all_ended(s, OUTCOME_CHANGED);
    story_end(s);
}

static bool at_first_write(struct story *s, const struct fleet_act *act)
{
    (void)s;
    return act->call == FLEET_WRITE;
}

static void a_controller_that_was_killed_keeps_nobody_out(void **state)
{
    struct story *s = *state;
    begin(s, "web1\n", 1);
    assert_true(story_crash(s, at_first_write));
    story_run(s);
    story_all_ended(s, OUTCOME_CHANGED);
    story_end(s);
}

/* The first Ctrl-C. */
static void interrupt(struct story *s, const struct engine *g, const struct event *ev)
{
    (void)g;
    if (ev->kind == EV_INTENT && ev->step == STEP_APPLY && strcmp(ev->host, "web2") == 0)
        s->stop = SIGINT;
}

static void an_interrupt_sees_the_steps_under_way_to_their_end_and_pauses(void **state)
{
    struct story *s = *state;
    begin(s, "web[1:4]\n", 2);
    s->on_event = interrupt;
    story_run(s);
    assert_int_equal(engine_state(s->end), ROLLOUT_PAUSED);
    assert_int_equal(story_events(s, 1, NULL, EV_INTENT, STEP_APPLY),
                     story_events(s, 1, NULL, EV_OUTCOME, STEP_APPLY));
    assert_int_equal(story_events(s, 1, "web3", EV_HOST_STARTED, STEPS), 0);
    s->stop = 0;
    s->on_event = NULL;
    story_say(s, (struct event){.kind = EV_RESUMED});
    story_run(s);
    story_all_ended(s, OUTCOME_CHANGED);
    story_end(s);
}

static void a_host_is_tried_again_and_the_waves_after_it_go_on(void **state)
{
    struct story *s = *state;
    begin(s, "web[1:3]\n", 1);
    fleet_host_fault(story_host(s, "web1"),
                     (struct fleet_fault){.call = FLEET_WRITE, .from = 3, .err = E_DENIED});
    s->policy.max_failed = 1;
    story_create(s); /* with that budget */
    story_run(s);
    assert_int_equal(engine_state(s->end), ROLLOUT_PAUSED);
    story_ended(s, "web1", OUTCOME_FAILED);
    story_retry(s, "web1");
    story_all_ended(s, OUTCOME_CHANGED);
    assert_int_equal(story_events(s, s->rollout, "web1", EV_HOST_STARTED, STEPS), 2);
    story_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY_TEST(a_pause_finishes_what_is_under_way_and_starts_nothing),
        STORY_TEST(a_host_that_is_done_may_be_gone_when_the_others_go_on),
        STORY_TEST(an_abort_finishes_what_is_under_way_and_skips_the_rest),
        STORY_TEST(a_rollout_survives_somebody_who_pauses_and_resumes_all_the_time),
        STORY_TEST(an_abort_at_moment_0_starts_no_host_afterwards),
        STORY_TEST(an_abort_at_moment_1_starts_no_host_afterwards),
        STORY_TEST(an_abort_at_moment_2_starts_no_host_afterwards),
        STORY_TEST(an_abort_at_moment_3_starts_no_host_afterwards),
        STORY_TEST(an_abort_at_moment_4_starts_no_host_afterwards),
        STORY_TEST(an_abort_at_moment_5_starts_no_host_afterwards),
        STORY_TEST(a_second_controller_is_told_so_and_does_nothing),
        STORY_TEST(a_controller_that_was_killed_keeps_nobody_out),
        STORY_TEST(an_interrupt_sees_the_steps_under_way_to_their_end_and_pauses),
        STORY_TEST(a_host_is_tried_again_and_the_waves_after_it_go_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
