/* A host that says nothing more, or nothing but that it works on it, at any answer: the client ends
 * at its deadline, and says so. */
#include "tests/unit/transport/strict_talk.h"
#include "transport/smb/header.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define SHORT_WAIT_MS 60
#define PENDING 0x103u

static void silent_at_each_answer(const char *rules, const char *lie, unsigned first)
{
    struct talk t = talk_of(rules, TALK_KINDS);

    for (size_t i = 0; i < t.n; i++) {
        char text[200];
        struct world w;
        struct why why;
        enum err e;

        if (t.at[i] < first || t.kind[i].status == PENDING)
            continue;
        (void)snprintf(text, sizeof text, "%s,lie=%s,lie_at=%u", rules, lie, t.at[i]);
        world_start(&w, text);
        e = world_talk(&w, SHORT_WAIT_MS, &why);
        /* nobody waits long for the answer to a close, but then the connection is of no use */
        if ((e != E_TIMEOUT && (e != E_CUT || t.kind[i].command != SMB_CLOSE)) ||
            why.text[0] == '\0')
            fail_msg("%s at answer %u: %s \"%s\"", lie, t.at[i], err_name(e), why.text);
        world_stop_unjudged(&w);
    }
}

static void silence_ends_at_the_deadline(void **state)
{
    (void)state;
    silent_at_each_answer("interim=0", "silent", 1);
    silent_at_each_answer("interim=1", "silent", 3);
}

static void silence_of_an_encrypted_session_ends_at_the_deadline(void **state)
{
    (void)state;
    silent_at_each_answer("interim=0,encrypt=1", "silent", 4);
}

/* Behind the answer that begins it, which a client may take for the whole. */
static void interim_answers_for_ever_are_not_waited_for(void **state)
{
    struct talk t = talk_of("interim=1", TALK_KINDS);

    (void)state;
    for (size_t i = 0; i < t.n; i++) {
        char text[200];
        struct world w;
        struct why why;
        enum err e;

        if (t.kind[i].status != PENDING)
            continue;
        (void)snprintf(text, sizeof text, "interim=1,delay_ms=400,lie=pending,lie_at=%u", t.at[i]);
        world_start(&w, text);
        e = world_talk(&w, SHORT_WAIT_MS, &why);
        if (e != E_TIMEOUT || why.text[0] == '\0')
            fail_msg("pending at answer %u: %s \"%s\"", t.at[i], err_name(e), why.text);
        world_stop_unjudged(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(silence_ends_at_the_deadline),
        cmocka_unit_test(silence_of_an_encrypted_session_ends_at_the_deadline),
        cmocka_unit_test(interim_answers_for_ever_are_not_waited_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
