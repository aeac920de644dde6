/* A server that lies in any answer, or goes away at any: the client ends, in time, with the right
 * data or with an error in words. */
#include "tests/unit/transport/strict_world.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define STEPS_MAX 200
#define SHORT_WAIT_MS 60
#define FAREWELL 4 /* the last pipe, which identity can do without: opened, bound, asked, closed */

/* How many answers of a talk it cannot do without. */
static unsigned answers_of_a_talk(const char *rules)
{
    struct world w;
    struct why why;

    world_start(&w, rules);
    if (world_talk(&w, WORLD_WAIT_MS, &why) != OK)
        fail_msg("%s: %s", why.place, why.text);
    world_stop(&w);
    assert_in_range(w.messages, 5 + FAREWELL, STEPS_MAX);
    return w.messages - FAREWELL;
}

struct lie {
    const char *name;
    unsigned from; /* answers before this one cannot carry the lie */
    int64_t wait_ms;
    bool may_heal; /* a client that connects again may yet be right */
};

static void tell(const struct lie *l, unsigned at, enum err e, const struct why *why)
{
    if (e == OK)
        fail_msg("%s at answer %u: taken for the truth", l->name, at);
    if (e == E_MEMORY || e == E_INTERNAL || why->text[0] == '\0')
        fail_msg("%s at answer %u: %s \"%s\"", l->name, at, err_name(e), why->text);
}

static void lie_at_each_answer(const struct lie *l, const char *rules, unsigned n)
{
    for (unsigned at = l->from; at <= n; at++) {
        char text[200];
        struct world w;
        struct why why;
        int64_t begin = clock_mono_ms();
        enum err e;

        (void)snprintf(text, sizeof text, "%s,lie=%s,lie_at=%u", rules, l->name, at);
        world_start(&w, text);
        e = world_talk(&w, l->wait_ms, &why);
        if (e != OK || !l->may_heal || world_connections(&w) < 2)
            tell(l, at, e, &why);
        assert_true(clock_mono_ms() - begin < l->wait_ms + 4000);
        world_stop_unjudged(&w);
    }
}

#define PLAIN "interim=0" /* one answer to a request */

static void connection_cut_at_any_answer_is_told(void **state)
{
    static const struct lie lies[] = {{"cut_before", 1, WORLD_WAIT_MS, true},
                                      {"cut_inside", 1, WORLD_WAIT_MS, true},
                                      {"length_long", 1, WORLD_WAIT_MS, true}};
    unsigned n = answers_of_a_talk(PLAIN);

    (void)state;
    for (size_t i = 0; i < COUNT(lies); i++)
        lie_at_each_answer(&lies[i], PLAIN, n);
    lie_at_each_answer(&(struct lie){"cut_after", 1, WORLD_WAIT_MS, true}, PLAIN, n);
}

static void connection_cut_at_any_interim_answer_is_told(void **state)
{
    unsigned n = answers_of_a_talk("interim=1"); /* of real answers: interim ones come to it */

    (void)state;
    lie_at_each_answer(&(struct lie){"cut_before", 1, WORLD_WAIT_MS, true}, "interim=1", n);
}

static void forged_answer_is_refused(void **state)
{
    /* the negotiation is protected by the hash over it, and a session is not there before */
    static const struct lie lies[] = {
        {"signature", 3, WORLD_WAIT_MS, true},
        {"body", 1, WORLD_WAIT_MS, true},
        {"unsigned", 3, WORLD_WAIT_MS, true},
        {"message_id", 1, WORLD_WAIT_MS, true},
        {"earlier_id", 2, WORLD_WAIT_MS, true},
        {"command", 1, WORLD_WAIT_MS, true},
        {"session", 3, WORLD_WAIT_MS, true},
        {"request", 1, WORLD_WAIT_MS, true},
        {"structure", 1, WORLD_WAIT_MS, true},
        {"length_short", 1, WORLD_WAIT_MS, true},
        {"length_huge", 1, WORLD_WAIT_MS, true},
    };
    unsigned n = answers_of_a_talk(PLAIN);

    (void)state;
    for (size_t i = 0; i < COUNT(lies); i++)
        lie_at_each_answer(&lies[i], PLAIN, n);
}

static void second_answer_to_one_request_is_refused(void **state)
{
    unsigned n = answers_of_a_talk(PLAIN);

    (void)state;
    lie_at_each_answer(&(struct lie){"twice", 1, WORLD_WAIT_MS, true}, PLAIN, n);
}

static void silence_ends_at_the_deadline(void **state)
{
    unsigned n = answers_of_a_talk(PLAIN);

    (void)state;
    lie_at_each_answer(&(struct lie){"silent", 1, SHORT_WAIT_MS, false}, PLAIN, n);
}

static void interim_answers_for_ever_are_not_waited_for(void **state)
{
    (void)state;
    lie_at_each_answer(&(struct lie){"pending", 1, SHORT_WAIT_MS, true}, "interim=0,delay_ms=400",
                       8);
}

/* From one answer on: what a service says is wrong, though it is signed well. */
static void wrong_calls_and_stubs_never_crash(void **state)
{
    static const char *const lies[] = {"fields", "call_id", "fragment_size", "stub", "counts"};
    unsigned n = answers_of_a_talk(PLAIN);

    (void)state;
    for (size_t i = 0; i < COUNT(lies); i++)
        for (unsigned at = 1; at <= n; at++) {
            char text[200];
            struct world w;
            struct why why;
            enum err e;

            (void)snprintf(text, sizeof text, "%s,lie=%s,lie_at=%u", PLAIN, lies[i], at);
            world_start(&w, text);
            e = world_talk(&w, 2 * SHORT_WAIT_MS, &why);
            if (e != OK && (e == E_MEMORY || e == E_INTERNAL || why.text[0] == '\0'))
                fail_msg("%s at answer %u: %s \"%s\"", lies[i], at, err_name(e), why.text);
            world_stop_unjudged(&w);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connection_cut_at_any_answer_is_told),
        cmocka_unit_test(connection_cut_at_any_interim_answer_is_told),
        cmocka_unit_test(forged_answer_is_refused),
        cmocka_unit_test(second_answer_to_one_request_is_refused),
        cmocka_unit_test(silence_ends_at_the_deadline),
        cmocka_unit_test(interim_answers_for_ever_are_not_waited_for),
        cmocka_unit_test(wrong_calls_and_stubs_never_crash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
