#include "base/clock.h"
#include "handshake/engine.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define ADDRESS "127.51.8.1"
#define NOBODY "127.51.8.2"

enum { JOBS = 1000,
       PATIENCE_MS = 30000,
       SHORT_MS = 300,
       SLACK_MS = 5000,
       DRIP_MS = 20 };

enum manner { ECHO,  /* sends back what came */
              CLOSE, /* at once */
              RESET,
              HOLD,
              DRIP }; /* a byte now and then */

struct server {
    enum manner manner;
    int fd;
    uint16_t port;
    pthread_t thread;
};

static void serve(enum manner manner, int fd)
{
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    struct pollfd gone = {.fd = fd, .events = POLLIN};
    char buf[256];
    ssize_t n;
    switch (manner) {
    case RESET: (void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once); break;
    case CLOSE: break;
    case HOLD:
        while (recv(fd, buf, sizeof buf, 0) > 0)
            continue;
        break;
    case ECHO:
        while ((n = recv(fd, buf, sizeof buf, 0)) > 0)
            (void)send(fd, buf, (size_t)n, MSG_NOSIGNAL);
        break;
    case DRIP:
        (void)recv(fd, buf, sizeof buf, 0);
        while (poll(&gone, 1, DRIP_MS) == 0 && send(fd, "x", 1, MSG_NOSIGNAL) == 1)
            continue;
        break;
    }
}

static void *server_main(void *self)
{
    struct server *s = self;
    int fd;
    while ((fd = accept(s->fd, NULL, NULL)) >= 0) {
        serve(s->manner, fd);
        (void)close(fd);
    }
    return NULL;
}

static void server_start(struct server *s, enum manner manner)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t size = sizeof at;
    s->manner = manner;
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(inet_pton(AF_INET, ADDRESS, &at.sin_addr), 1);
    assert_int_equal(bind(s->fd, (const struct sockaddr *)&at, size), 0);
    assert_int_equal(listen(s->fd, 1024), 0);
    assert_int_equal(getsockname(s->fd, (struct sockaddr *)&at, &size), 0);
    s->port = ntohs(at.sin_port);
    assert_int_equal(pthread_create(&s->thread, NULL, server_main, s), 0);
}

static void server_stop(struct server *s)
{
    (void)shutdown(s->fd, SHUT_RDWR); /* makes accept() return */
    (void)pthread_join(s->thread, NULL);
    (void)close(s->fd);
}

/* All talks of a test, and how many were under way at once. */
struct crowd {
    unsigned now, most, done;
    struct talks *talks;
    struct engine_job again; /* added once from the callback, if it has a talk */
};

/* Says "hello" and waits for as many bytes. */
struct greeting {
    struct talk talk;
    struct crowd *crowd;
    bool begun, ended, greedy; /* greedy: no answer is ever enough */
    enum talk_end end;
    char heard[8];
};

static enum talk_step greeting_step(struct talk *t, struct rd *in, struct wr *out)
{
    struct greeting *g = (struct greeting *)t;
    if (!g->begun) {
        g->begun = true;
        if (++g->crowd->now > g->crowd->most)
            g->crowd->most = g->crowd->now;
        wr_bytes(out, "hello", 5);
        return TALK_MORE;
    }
    struct rd r = *in;
    if (!g->greedy && rd_copy(&r, g->heard, 5))
        return TALK_DONE;
    return TALK_MORE;
}

static void greeting_ended(struct talk *t, enum talk_end end, struct rd left)
{
    struct greeting *g = (struct greeting *)t;
    g->ended = true;
    g->end = end;
    (void)left;
}

static const struct talk_kind greeting_kind = {greeting_step, greeting_ended};

static void greeting_done(void *who, struct talk *t)
{
    struct crowd *c = who;
    c->now -= ((struct greeting *)t)->begun;
    c->done++;
    if (c->again.talk) {
        struct engine_job job = c->again;
        c->again.talk = NULL;
        assert_int_equal(talks_add(c->talks, &job, NULL), OK);
    }
}

static struct engine_job job_of(struct crowd *c, struct greeting *g, struct target *t,
                                int64_t attempt_ms)
{
    *g = (struct greeting){.talk = {&greeting_kind}, .crowd = c};
    return (struct engine_job){.target = t,
                               .talk = &g->talk,
                               .attempt_ms = attempt_ms,
                               .deadline_ms = clock_mono_ms() + PATIENCE_MS,
                               .done = greeting_done,
                               .who = c};
}

static void crowd_new(struct crowd *c, const struct engine_limits *limits)
{
    *c = (struct crowd){.now = 0};
    assert_int_equal(talks_new(limits, &c->talks, NULL), OK);
}

static void jobs_add(struct crowd *c, struct greeting *all, size_t n, struct target *t,
                     int64_t attempt_ms)
{
    for (size_t i = 0; i < n; i++) {
        struct engine_job job = job_of(c, &all[i], t, attempt_ms);
        assert_int_equal(talks_add(c->talks, &job, NULL), OK);
    }
}

static void run(struct crowd *c)
{
    assert_int_equal(talks_run(c->talks, NULL, NULL, NULL), OK);
    talks_free(c->talks);
}

static struct target target_of(const char *address, uint16_t port)
{
    struct target t;
    assert_int_equal(target_resolve(address, port, &t, NULL), OK);
    return t;
}

static struct greeting one(enum manner manner, int64_t attempt_ms)
{
    struct server s;
    struct crowd c;
    struct greeting g;
    server_start(&s, manner);
    struct target t = target_of(ADDRESS, s.port);
    crowd_new(&c, NULL);
    jobs_add(&c, &g, 1, &t, attempt_ms);
    run(&c);
    server_stop(&s);
    assert_int_equal(c.done, 1);
    return g;
}

static void answer_reset_close_and_silence_are_told_apart(void **state)
{
    (void)state;
    struct greeting g = one(ECHO, PATIENCE_MS);
    assert_false(g.ended);
    assert_memory_equal(g.heard, "hello", 5);
    g = one(RESET, PATIENCE_MS);
    assert_true(g.ended);
    assert_int_equal(g.end, TALK_END_RESET);
    g = one(HOLD, SHORT_MS);
    assert_true(g.ended && g.begun);
    assert_int_equal(g.end, TALK_END_DEADLINE);
}

/* What closes without having read resets. */
static void close_is_an_end_of_one_kind_or_the_other(void **state)
{
    struct greeting g = one(CLOSE, PATIENCE_MS);
    (void)state;
    assert_true(g.ended);
    assert_true(g.end == TALK_END_CLOSED || g.end == TALK_END_RESET);
}

static void byte_now_and_then_meets_the_deadline(void **state)
{
    struct server s;
    struct crowd c;
    struct greeting g;
    (void)state;
    server_start(&s, DRIP);
    struct target t = target_of(ADDRESS, s.port);
    crowd_new(&c, NULL);
    struct engine_job job = job_of(&c, &g, &t, SHORT_MS);
    int64_t begun = clock_mono_ms();
    g.greedy = true;
    assert_int_equal(talks_add(c.talks, &job, NULL), OK);
    run(&c);
    server_stop(&s);
    assert_in_range(clock_mono_ms() - begun, SHORT_MS, SHORT_MS + SLACK_MS);
    assert_int_equal(g.end, TALK_END_DEADLINE);
}

static void nobody_there_is_no_connection(void **state)
{
    struct server s;
    struct crowd c;
    struct greeting g;
    (void)state;
    server_start(&s, HOLD);
    server_stop(&s); /* a port that is free now */
    struct target t = target_of(ADDRESS, s.port);
    crowd_new(&c, NULL);
    jobs_add(&c, &g, 1, &t, PATIENCE_MS);
    run(&c);
    assert_true(g.ended && !g.begun);
    assert_int_equal(g.end, TALK_END_NO_CONNECTION);
}

static void limit_of_a_host_holds(void **state)
{
    const struct engine_limits limits = {.per_host = 3};
    struct greeting all[40];
    struct server s;
    struct crowd c;
    (void)state;
    server_start(&s, ECHO);
    struct target t = target_of(ADDRESS, s.port);
    crowd_new(&c, &limits);
    assert_int_equal(talks_per_host(c.talks), 3);
    jobs_add(&c, all, COUNT(all), &t, PATIENCE_MS);
    run(&c);
    server_stop(&s);
    assert_int_equal(c.done, COUNT(all));
    assert_in_range(c.most, 1, 3);
}

static void limit_of_all_connections_holds(void **state)
{
    const struct engine_limits limits = {.connections = 2};
    struct greeting all[20];
    struct target targets[COUNT(all)];
    struct server s;
    struct crowd c;
    (void)state;
    server_start(&s, ECHO);
    crowd_new(&c, &limits);
    for (size_t i = 0; i < COUNT(all); i++) {
        targets[i] = target_of(ADDRESS, s.port);
        jobs_add(&c, &all[i], 1, &targets[i], PATIENCE_MS);
    }
    run(&c);
    server_stop(&s);
    assert_int_equal(c.done, COUNT(all));
    assert_in_range(c.most, 1, 2);
}

static void gap_between_connections_is_kept(void **state)
{
    const struct engine_limits limits = {.gap_ms = 30};
    struct greeting all[4];
    struct server s;
    struct crowd c;
    (void)state;
    server_start(&s, ECHO);
    struct target t = target_of(ADDRESS, s.port);
    crowd_new(&c, &limits);
    int64_t begun = clock_mono_ms();
    jobs_add(&c, all, COUNT(all), &t, PATIENCE_MS);
    run(&c);
    server_stop(&s);
    assert_int_equal(c.done, COUNT(all));
    assert_true(clock_mono_ms() - begun >= 3 * 30);
}

static void thousand_jobs_are_done(void **state)
{
    struct greeting *all = calloc(JOBS, sizeof *all);
    struct server s;
    struct crowd c;
    (void)state;
    server_start(&s, ECHO);
    struct target t = target_of(ADDRESS, s.port);
    crowd_new(&c, NULL);
    jobs_add(&c, all, JOBS, &t, PATIENCE_MS);
    run(&c);
    server_stop(&s);
    assert_int_equal(c.done, JOBS);
    for (size_t i = 0; i < JOBS; i++)
        assert_memory_equal(all[i].heard, "hello", 5);
    free(all);
}

/* The address that answered is kept for all jobs of the target. */
static void second_address_is_tried_when_the_first_refuses(void **state)
{
    struct greeting all[10];
    struct server s;
    struct crowd c;
    (void)state;
    server_start(&s, ECHO);
    struct target t = target_of(NOBODY, s.port), good = target_of(ADDRESS, s.port);
    t.addresses[1] = good.addresses[0];
    t.sizes[1] = good.sizes[0];
    t.n = 2;
    crowd_new(&c, NULL);
    jobs_add(&c, all, COUNT(all), &t, PATIENCE_MS);
    run(&c);
    server_stop(&s);
    for (size_t i = 0; i < COUNT(all); i++)
        assert_memory_equal(all[i].heard, "hello", 5);
    assert_int_equal(t.n, 1);
    assert_memory_equal(&t.addresses[0], &good.addresses[0], sizeof t.addresses[0]);
}

static void job_added_when_another_is_done_is_done_too(void **state)
{
    struct greeting first, second;
    struct server s;
    struct crowd c;
    (void)state;
    server_start(&s, ECHO);
    struct target t = target_of(ADDRESS, s.port);
    crowd_new(&c, NULL);
    c.again = job_of(&c, &second, &t, PATIENCE_MS);
    jobs_add(&c, &first, 1, &t, PATIENCE_MS);
    run(&c);
    server_stop(&s);
    assert_int_equal(c.done, 2);
    assert_memory_equal(second.heard, "hello", 5);
}

static void job_whose_deadline_is_past_makes_no_connection(void **state)
{
    struct greeting g;
    struct crowd c;
    struct target t = target_of(ADDRESS, 9);
    (void)state;
    crowd_new(&c, NULL);
    struct engine_job job = job_of(&c, &g, &t, PATIENCE_MS);
    job.deadline_ms = clock_mono_ms() - 1;
    assert_int_equal(talks_add(c.talks, &job, NULL), OK);
    run(&c);
    assert_true(g.ended && !g.begun);
    assert_int_equal(g.end, TALK_END_DEADLINE);
}

static bool at_once(void *who)
{
    return *(bool *)who;
}

static void stop_drops_what_is_left(void **state)
{
    struct greeting g;
    struct crowd c;
    bool yes = true;
    struct target t = target_of(ADDRESS, 9);
    (void)state;
    crowd_new(&c, NULL);
    jobs_add(&c, &g, 1, &t, PATIENCE_MS);
    assert_int_equal(talks_run(c.talks, at_once, &yes, NULL), OK);
    talks_free(c.talks);
    assert_int_equal(c.done, 0);
    talks_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answer_reset_close_and_silence_are_told_apart),
        cmocka_unit_test(close_is_an_end_of_one_kind_or_the_other),
        cmocka_unit_test(byte_now_and_then_meets_the_deadline),
        cmocka_unit_test(nobody_there_is_no_connection),
        cmocka_unit_test(limit_of_a_host_holds),
        cmocka_unit_test(limit_of_all_connections_holds),
        cmocka_unit_test(gap_between_connections_is_kept),
        cmocka_unit_test(thousand_jobs_are_done),
        cmocka_unit_test(second_address_is_tried_when_the_first_refuses),
        cmocka_unit_test(job_added_when_another_is_done_is_done_too),
        cmocka_unit_test(job_whose_deadline_is_past_makes_no_connection),
        cmocka_unit_test(stop_drops_what_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
