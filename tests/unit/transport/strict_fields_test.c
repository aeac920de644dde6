/* A server that lies in one field of one answer, whichever, and signs or encrypts that well: every
 * two bytes of each kind of answer, of the header, the body, and the RPC message inside, and of the
 * header in front of an encrypted one. The client ends in time, with an error in words, or with
 * what is right; or it was told wrong content, which no client can see. */
#include "tests/unit/transport/strict_talk.h"
#include "transport/smb/header.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define HEADER_SIZE 64
#define RPC_AT 112
#define SEAL_SIZE 52
#define FIELD 2
#define FAR 180 /* a long answer has nothing new behind these bytes */

/* gss-ntlmssp 1.2 loses a few bytes over a challenge that makes no sense. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:gssntlmssp.so";
}

static struct {
    unsigned runs, refused, harmless, wrong;
} seen;

static void lie(const char *rules, const char *kind, unsigned at, size_t offset, unsigned change)
{
    char text[300];
    struct world w;
    struct why why = {0};
    enum err e;

    (void)snprintf(text, sizeof text,
                   "%s,lie=%s,lie_at=%u,lie_offset=%zu,lie_width=%d,lie_change=%u", rules, kind,
                   at, offset, FIELD, change);
    world_start(&w, text);
    w.may_lie = true;
    e = world_talk(&w, WORLD_WAIT_MS, &why);
    if (e != OK && (e == E_MEMORY || e == E_INTERNAL || e == E_TIMEOUT || why.text[0] == '\0'))
        fail_msg("%s: %s: %s", text, err_name(e), why.text);
    seen.runs++;
    seen.refused += e != OK;
    seen.harmless += e == OK && !w.lied;
    seen.wrong += e == OK && w.lied;
    world_stop_unjudged(&w);
}

/* What all answers begin with is lied in once for each command: header, body, and behind the body
 * of an ioctl the RPC message. */
static size_t begin_of(const struct talk *t, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (t->kind[k].command == t->kind[i].command)
            return t->kind[i].command == SMB_IOCTL ? RPC_AT : HEADER_SIZE;
    return 0;
}

static void lie_in_each_field(const char *rules, const struct talk *t, size_t i)
{
    size_t end = t->kind[i].size < FAR || t->kind[i].command == SMB_NEGOTIATE ? t->kind[i].size
                                                                              : FAR;

    for (size_t offset = begin_of(t, i); offset < end; offset += FIELD) {
        lie(rules, "field", t->at[i], offset, CHANGE_ONES);
        if (offset % 4 == 0)
            lie(rules, "field", t->at[i], offset, CHANGE_PLUS);
    }
}

static void answer_that_lies_in_any_field_is_lived_through(void **state)
{
    static const char rules[] = "interim=0";
    struct talk t = talk_of(rules, TALK_KINDS);

    (void)state;
    for (size_t i = 0; i < t.n; i++)
        lie_in_each_field(rules, &t, i);
}

static void seal_that_lies_in_any_field_is_refused(void **state)
{
    static const char rules[] = "interim=0,encrypt=1";
    struct talk t = talk_of(rules, TALK_KINDS);
    unsigned done = 0, refused_before = seen.refused;

    (void)state;
    for (size_t i = 0; i < t.n && done < 2; i++) {
        if (!t.kind[i].sealed)
            continue;
        for (size_t offset = 0; offset < SEAL_SIZE; offset += FIELD)
            lie(rules, "seal", t.at[i], offset, CHANGE_PLUS);
        done++;
    }
    assert_int_equal(done, 2);
    assert_int_equal(seen.refused - refused_before, 2 * SEAL_SIZE / FIELD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answer_that_lies_in_any_field_is_lived_through),
        cmocka_unit_test(seal_that_lies_in_any_field_is_refused),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);

    (void)printf("%u lies: %u refused, %u harmless, %u wrong content\n", seen.runs, seen.refused,
                 seen.harmless, seen.wrong);
    return failed;
}
