/* A server that lies in any answer, or goes away at any: the client ends, in time, with the right
 * data or with an error in words. Single fields are those of strict_fields_test.c, silence that of
 * strict_silence_test.c. */
#include "tests/unit/transport/strict_talk.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define PENDING 0x103u

struct lie {
    const char *name;
    unsigned from;   /* answers before this one cannot carry the lie */
    bool final_ones; /* interim ones may be like that */
};

static void tell(const char *lie, unsigned at, const struct world *w, enum err e,
                 const struct why *why)
{
    if (e == OK)
        fail_msg("%s at answer %u: taken for the truth", lie, at);
    if (e == E_MEMORY || e == E_INTERNAL || e == E_TIMEOUT || why->text[0] == '\0' || w->lied)
        fail_msg("%s at answer %u: %s \"%s\"", lie, at, err_name(e), why->text);
}

static void lie_at_each_answer(const struct lie *l, const char *rules, const struct talk *t)
{
    for (size_t i = 0; i < t->n; i++) {
        char text[200];
        struct world w;
        struct why why;
        enum err e;

        if (t->at[i] < l->from || (l->final_ones && t->kind[i].status == PENDING))
            continue;
        (void)snprintf(text, sizeof text, "%s,lie=%s,lie_at=%u", rules, l->name, t->at[i]);
        world_start(&w, text);
        e = world_talk(&w, WORLD_WAIT_MS, &why);
        if (e != OK || world_connections(&w) < 2) /* who connected again may be right */
            tell(l->name, t->at[i], &w, e, &why);
        world_stop_unjudged(&w);
    }
}

static void lies_at_each_answer(const struct lie *lies, size_t n, const char *rules)
{
    struct talk t = talk_of(rules, TALK_BOUNDARIES);

    for (size_t i = 0; i < n; i++)
        lie_at_each_answer(&lies[i], rules, &t);
}

#define PLAIN "interim=0" /* one answer to a request */

static void connection_cut_at_any_answer_is_told(void **state)
{
    static const struct lie lies[] = {
        {"cut_before", 1, false},
        {"cut_inside", 1, false},
        {"length_long", 1, false},
        {"cut_after", 1, false}};

    (void)state;
    lies_at_each_answer(lies, COUNT(lies), PLAIN);
}

static void connection_cut_at_any_interim_answer_is_told(void **state)
{
    static const struct lie lies[] = {{"cut_before", 1, false}, {"cut_after", 1, false}};

    (void)state;
    lies_at_each_answer(lies, COUNT(lies), "interim=1");
}

static void forged_answer_is_refused(void **state)
{
    /* the negotiation is protected by the hash over it, and a session is not there before */
    static const struct lie lies[] = {
        {"signature", 3, false},
        {"body", 1, false},
        {"unsigned", 3, false},
        {"message_id", 1, false},
        {"earlier_id", 2, false},
        {"command", 1, false},
        {"session", 3, false},
        {"request", 1, false},
        {"structure", 1, false},
        {"length_short", 1, false},
        {"length_huge", 1, false},
    };

    (void)state;
    lies_at_each_answer(lies, COUNT(lies), PLAIN);
}

static void forged_encrypted_answer_is_refused(void **state)
{
    static const struct lie lies[] = {
        {"signature", 3, false},
        {"body", 1, false},
        {"unsigned", 4, false},
        {"plain", 4, false},
        {"message_id", 1, false},
        {"session", 3, false},
        {"cut_inside", 1, false},
    };

    (void)state;
    lies_at_each_answer(lies, COUNT(lies), PLAIN ",encrypt=1");
}

static void second_answer_to_one_request_is_refused(void **state)
{
    static const struct lie lies[] = {{"twice", 1, true}};

    (void)state;
    lies_at_each_answer(lies, COUNT(lies), PLAIN);
    lies_at_each_answer(lies, COUNT(lies), "interim=1");
}

/* From one answer on: what a service says is wrong, though it is signed well. */
static void wrong_calls_and_stubs_never_crash(void **state)
{
    static const char *const lies[] = {"fields", "call_id", "fragment_size", "stub", "counts"};
    struct talk t = talk_of(PLAIN, TALK_BOUNDARIES);

    (void)state;
    for (size_t i = 0; i < COUNT(lies); i++)
        for (size_t k = 0; k < t.n; k++) {
            char text[200];
            struct world w;
            struct why why;
            enum err e;

            (void)snprintf(text, sizeof text, "%s,lie=%s,lie_at=%u", PLAIN, lies[i], t.at[k]);
            world_start(&w, text);
            w.may_lie = true;
            e = world_talk(&w, WORLD_WAIT_MS, &why);
            if (e != OK)
                tell(lies[i], t.at[k], &(struct world){0}, e, &why);
            world_stop_unjudged(&w);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connection_cut_at_any_answer_is_told),
        cmocka_unit_test(connection_cut_at_any_interim_answer_is_told),
        cmocka_unit_test(forged_answer_is_refused),
        cmocka_unit_test(forged_encrypted_answer_is_refused),
        cmocka_unit_test(second_answer_to_one_request_is_refused),
        cmocka_unit_test(wrong_calls_and_stubs_never_crash),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
