#include "rollout/witness.h"

#include "tests/unit/rollout/test.h"

#include <string.h>

#define ASKED_MS INT64_C(1700000000000)

/* What each witness says: nothing, that the host is as before, or that it restarted. */
enum voice { SILENT,
             NO,
             YES,
             VOICES };

struct scene {
    enum voice guid, start, marker, boot, shutdown, down;
};

static struct witness_set before_of(const struct scene *s)
{
    struct witness_set b = {.has_guid = s->guid != SILENT,
                            .guid = {1, 2, 3},
                            .has_start = s->start != SILENT,
                            .start = 1000,
                            .has_shutdown = s->shutdown != SILENT,
                            .shutdown = 500,
                            .has_boot = true,
                            .boot_ms = ASKED_MS - 86400000};
    b.marker = s->marker != SILENT ? MARKER_PRESENT : MARKER_UNKNOWN;
    return b;
}

static struct observation now_of(const struct scene *s)
{
    struct observation o = {.reachable = true, .authenticated = true};
    o.set.has_guid = s->guid != SILENT;
    memcpy(o.set.guid, (uint8_t[3]){1, 2, s->guid == YES ? 9 : 3}, 3);
    o.set.has_start = s->start != SILENT;
    o.set.start = s->start == YES ? 2000 : 1000;
    o.set.marker = s->marker == YES ? MARKER_ABSENT : MARKER_PRESENT;
    o.set.has_boot = s->boot != SILENT;
    o.set.boot_ms = s->boot == YES ? ASKED_MS + 60000 : ASKED_MS - 86400000;
    o.set.has_shutdown = s->shutdown != SILENT;
    o.set.shutdown = s->shutdown == YES ? 600 : 500;
    return o;
}

static enum restart_verdict judge(struct scene s, char text[WITNESS_TEXT_SIZE])
{
    struct witness_set before = before_of(&s);
    struct observation now = now_of(&s);
    return witness_judge(&before, &now, ASKED_MS, s.down == YES, text);
}

/* The rule in other words than the code's: an old shutdown time and a gap not seen are silent, the
 * server's GUID and its start time are one witness. */
static enum restart_verdict rule(struct scene s)
{
    bool service = s.guid == YES || s.start == YES;
    int machine = (s.marker == YES) + (s.boot == YES) + (s.shutdown == YES);
    bool denied = s.guid == NO || s.start == NO || s.marker == NO || s.boot == NO;
    int yes = machine + (service ? 1 : 0) + (s.down == YES ? 1 : 0);
    if (yes >= 2 && machine >= 1 && !denied)
        return RESTART_PROVED;
    return denied && !service && machine == 0 ? RESTART_NOT_SEEN : RESTART_INCONCLUSIVE;
}

static void every_combination_of_witnesses_is_judged_by_the_rule(void **state)
{
    char text[WITNESS_TEXT_SIZE];
    int proved = 0, of_all = 0;
    (void)state;
    for (int i = 0; i < 3 * 3 * 3 * 3 * 3 * 2; i++) {
        struct scene s = {.guid = (enum voice)(i % 3),
                          .start = (enum voice)(i / 3 % 3),
                          .marker = (enum voice)(i / 9 % 3),
                          .boot = (enum voice)(i / 27 % 3),
                          .shutdown = (enum voice)(i / 81 % 3),
                          .down = i / 243 ? YES : SILENT};
        enum restart_verdict v = judge(s, text);
        assert_int_equal(v, rule(s));
        assert_true(text[0] != '\0' && strlen(text) < WITNESS_TEXT_SIZE - 1);
        proved += v == RESTART_PROVED;
        of_all++;
    }
    assert_int_equal(of_all, 486);
    assert_true(proved > 50 && proved < 486 / 2);
}

static void promise_2_one_witness_is_never_proof(void **state)
{
    const struct scene alone[] = {
        {.guid = YES},
        {.start = YES},
        {.marker = YES},
        {.boot = YES},
        {.shutdown = YES},
        {.down = YES},
    };
    char text[WITNESS_TEXT_SIZE];
    (void)state;
    for (size_t i = 0; i < COUNT(alone); i++)
        assert_int_equal(judge(alone[i], text), RESTART_INCONCLUSIVE);
}

static void service_restarted_alone_is_no_restart_of_the_host(void **state)
{
    char text[WITNESS_TEXT_SIZE];
    (void)state;
    assert_int_equal(judge((struct scene){.guid = YES, .marker = NO}, text), RESTART_INCONCLUSIVE);
    assert_string_equal(text, "server GUID new, volatile key still there");
    assert_int_equal(
        judge((struct scene){.guid = YES, .start = YES, .marker = NO, .boot = NO}, text),
        RESTART_INCONCLUSIVE);
    /* And no proof either where nothing of the machine can be asked. */
    assert_int_equal(judge((struct scene){.guid = YES, .start = YES, .down = YES}, text),
                     RESTART_INCONCLUSIVE);
    assert_string_equal(text, "server GUID new, server start time new, seen down");
}

static void network_blip_is_no_restart(void **state)
{
    char text[WITNESS_TEXT_SIZE];
    (void)state;
    assert_int_equal(judge((struct scene){.guid = NO, .marker = NO, .boot = NO, .down = YES}, text),
                     RESTART_NOT_SEEN);
    assert_string_equal(text, "server GUID unchanged, volatile key still there, uptime reaches "
                              "back before the request, seen down");
    assert_int_equal(judge((struct scene){.guid = NO, .down = YES}, text), RESTART_NOT_SEEN);
}

static void unclean_restart_is_a_restart(void **state)
{
    char text[WITNESS_TEXT_SIZE];
    (void)state; /* power lost: the shutdown time stays the old one, and that says nothing */
    assert_int_equal(
        judge((struct scene){.guid = YES, .marker = YES, .boot = YES, .shutdown = NO}, text),
        RESTART_PROVED);
    assert_string_equal(text, "server GUID new, volatile key gone, booted after the request");
}

static void contradiction_is_inconclusive_however_many_agree(void **state)
{
    char text[WITNESS_TEXT_SIZE];
    (void)state;
    assert_int_equal(judge((struct scene){YES, YES, YES, NO, YES, YES}, text),
                     RESTART_INCONCLUSIVE);
    assert_int_equal(judge((struct scene){NO, SILENT, YES, YES, YES, YES}, text),
                     RESTART_INCONCLUSIVE);
    assert_int_equal(judge((struct scene){YES, YES, NO, YES, YES, YES}, text),
                     RESTART_INCONCLUSIVE);
}

static void nothing_seen_is_inconclusive_and_says_so(void **state)
{
    struct witness_set before = {0};
    struct observation now = {0};
    char text[WITNESS_TEXT_SIZE];
    (void)state;
    assert_int_equal(witness_judge(&before, &now, ASKED_MS, false, text), RESTART_INCONCLUSIVE);
    assert_string_equal(text, "no witness");
}

/* What was not known before cannot have changed. */
static void witness_of_one_side_only_is_silent(void **state)
{
    struct scene all = {YES, YES, YES, SILENT, YES, SILENT};
    struct witness_set none = {0}, before = before_of(&all);
    struct observation seen = now_of(&all), blind = {.reachable = true, .authenticated = true};
    char text[WITNESS_TEXT_SIZE];
    (void)state;
    assert_int_equal(witness_judge(&none, &seen, ASKED_MS, false, text), RESTART_INCONCLUSIVE);
    assert_string_equal(text, "no witness");
    assert_int_equal(witness_judge(&before, &blind, ASKED_MS, false, text), RESTART_INCONCLUSIVE);
    assert_string_equal(text, "no witness");
}

static void volatile_key_that_could_not_be_left_is_no_witness(void **state)
{
    struct scene s = {.guid = YES, .marker = YES};
    struct witness_set before = before_of(&s);
    struct observation now = now_of(&s);
    char text[WITNESS_TEXT_SIZE];
    (void)state;
    assert_int_equal(witness_judge(&before, &now, ASKED_MS, false, text), RESTART_PROVED);
    before.marker = MARKER_UNKNOWN;
    assert_int_equal(witness_judge(&before, &now, ASKED_MS, false, text), RESTART_INCONCLUSIVE);
    before.marker = MARKER_ABSENT;
    assert_int_equal(witness_judge(&before, &now, ASKED_MS, false, text), RESTART_INCONCLUSIVE);
}

/* Its uptime is counted back from our clock: five seconds are no difference. */
static void boot_just_before_the_request_is_within_the_slack(void **state)
{
    struct scene s = {.guid = YES, .boot = YES};
    struct witness_set before = before_of(&s);
    struct observation now = now_of(&s);
    char text[WITNESS_TEXT_SIZE];
    (void)state;
    now.set.boot_ms = ASKED_MS - 4999;
    assert_int_equal(witness_judge(&before, &now, ASKED_MS, false, text), RESTART_PROVED);
    now.set.boot_ms = ASKED_MS - 5000;
    assert_int_equal(witness_judge(&before, &now, ASKED_MS, false, text), RESTART_INCONCLUSIVE);
}

/* Its server service restarts, and it has not been up for long: that is not the boot asked for. */
static void boot_just_before_the_request_is_told_from_one_after_it(void **state)
{
    struct scene s = {.guid = YES, .boot = YES, .down = YES};
    struct witness_set before = before_of(&s);
    struct observation now = now_of(&s);
    char text[WITNESS_TEXT_SIZE];
    (void)state;
    before.boot_ms = ASKED_MS - 4000;
    now.set.boot_ms = before.boot_ms + 1500; /* the same one; its answer took longer */
    assert_int_equal(witness_judge(&before, &now, ASKED_MS, true, text), RESTART_INCONCLUSIVE);
    assert_non_null(strstr(text, "uptime reaches back before the request"));
    now.set.boot_ms = before.boot_ms + 5001;
    assert_int_equal(witness_judge(&before, &now, ASKED_MS, true, text), RESTART_PROVED);
    before.has_boot = false;
    now.set.boot_ms = ASKED_MS - 2500;
    assert_int_equal(witness_judge(&before, &now, ASKED_MS, true, text), RESTART_PROVED);
}

static void shutdown_time_that_went_back_is_no_witness(void **state)
{
    struct scene s = {.guid = YES, .shutdown = YES};
    struct witness_set before = before_of(&s);
    struct observation now = now_of(&s);
    char text[WITNESS_TEXT_SIZE];
    (void)state;
    assert_int_equal(witness_judge(&before, &now, ASKED_MS, false, text), RESTART_PROVED);
    now.set.shutdown = 400;
    assert_int_equal(witness_judge(&before, &now, ASKED_MS, false, text), RESTART_INCONCLUSIVE);
}

static void boots_differ_by_what_both_sets_have(void **state)
{
    struct witness_set a = {.has_guid = true, .guid = {1}, .has_start = true, .start = 5};
    struct witness_set b = a, none = {0};
    (void)state;
    assert_false(witness_boot_differs(&a, &b));
    assert_false(witness_boot_differs(&a, &none));
    assert_false(witness_boot_differs(&none, &a));
    b.guid[15] = 1;
    assert_true(witness_boot_differs(&a, &b));
    b.has_guid = false;
    assert_false(witness_boot_differs(&a, &b));
    b.start = 6;
    assert_true(witness_boot_differs(&a, &b));
    b.has_start = false;
    assert_false(witness_boot_differs(&a, &b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_combination_of_witnesses_is_judged_by_the_rule),
        cmocka_unit_test(promise_2_one_witness_is_never_proof),
        cmocka_unit_test(service_restarted_alone_is_no_restart_of_the_host),
        cmocka_unit_test(network_blip_is_no_restart),
        cmocka_unit_test(unclean_restart_is_a_restart),
        cmocka_unit_test(contradiction_is_inconclusive_however_many_agree),
        cmocka_unit_test(nothing_seen_is_inconclusive_and_says_so),
        cmocka_unit_test(witness_of_one_side_only_is_silent),
        cmocka_unit_test(volatile_key_that_could_not_be_left_is_no_witness),
        cmocka_unit_test(boot_just_before_the_request_is_within_the_slack),
        cmocka_unit_test(boot_just_before_the_request_is_told_from_one_after_it),
        cmocka_unit_test(shutdown_time_that_went_back_is_no_witness),
        cmocka_unit_test(boots_differ_by_what_both_sets_have),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
