/* The real client against the strict server: each rule that real Samba forgives, and what a Windows
 * host does and Samba does not. world_stop fails a test in which a rule was broken.
 *
 * What the host does (rules of strict_server.h)      the client that does not master it fails
 *   dialect_min, dialect_max                         every_dialect_…, strict_downgrade_test
 *   signing, signing_optional                        every_signature_…
 *   cipher, encrypt                                  every_encryption_…
 *   validate, tampered                               negotiation_that_…, strict_downgrade_test
 *   credits_max, credits_late                        meagre_and_late_credits_…
 *   interim, delay_ms                                interim_answers_…, strict_silence_test
 *   part_max, io_max, fragment_max                   long_answers_come_in_parts
 *   mpx, shuffle                                     interim_answers_…
 *   winreg, wake_ms, dies_after, dies_kind           sleeping_…, disabled_…, …_dies_between_calls_…
 *   restart_ms, restart_code, restart_cut            restart_…
 *   bits32, views, volatile keys, start_time         two_views_…, windows_of_32_bits_…, keys_are_…
 *   guest                                            guest_is_nobody
 *   expires_after                                    session_whose_time_is_over_…
 *   forgets_after                                    controller's step_again_test
 *   lie                                              strict_lies_test, strict_fields_test
 * What a client may do wrong has its own list, in strict_rules_test.c. */
#include "tests/unit/transport/strict_world.h"

#include "base/clock.h"

#include <poll.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const struct reg_value seven = {.type = 4, .bytes = (uint8_t[]){7, 0, 0, 0}, .size = 4};
static const struct reg_value eight = {.type = 4, .bytes = (uint8_t[]){8, 0, 0, 0}, .size = 4};

static void talks_by(const char *rules)
{
    struct world w;
    struct why why;

    world_start(&w, rules);
    if (world_talk(&w, WORLD_WAIT_MS, &why) != OK)
        fail_msg("%s: %s: %s (%x)", rules, why.place, why.text, (unsigned)why.native);
    world_stop(&w);
}

static void every_dialect_is_spoken_by_the_rules(void **state)
{
    (void)state;
    talks_by("dialect_max=0x0210");
    talks_by("dialect_min=0x0311");
    talks_by("dialect_max=0x0202");
    talks_by("dialect_min=0x0300,dialect_max=0x0300");
    talks_by("dialect_min=0x0302,dialect_max=0x0302");
}

static void every_signature_is_made_and_checked(void **state)
{
    (void)state;
    talks_by("signing=0");
    talks_by("signing=1");
    talks_by("signing=2");
    talks_by("signing_optional=1");
}

static void every_encryption_is_done_by_the_rules(void **state)
{
    (void)state;
    talks_by("encrypt=1,cipher=2");
    talks_by("encrypt=1,cipher=4");
    talks_by("encrypt=2,cipher=8");
    talks_by("encrypt=3,cipher=16");
    talks_by("encrypt=1,dialect_max=0x0302");
}

/* In the middle of many requests at once, of one alone, on each kind of signature and sealed. */
static void session_whose_time_is_over_is_renewed_and_the_request_repeated(void **state)
{
    (void)state;
    for (unsigned after = 1; after < 90; after += 11) {
        char rules[100];

        (void)snprintf(rules, sizeof rules, "expires_after=%u,credits_max=1", after);
        talks_by(rules);
    }
    talks_by("expires_after=28");
    talks_by("expires_after=60");
    talks_by("expires_after=60,dialect_max=0x0202");
    talks_by("expires_after=40,dialect_max=0x0302,delay_ms=3");
    talks_by("expires_after=40,encrypt=1");
    talks_by("expires_after=40,encrypt=2,cipher=2");
    talks_by("expires_after=40,part_max=100");
}

static void session_that_cannot_be_renewed_is_told(void **state)
{
    struct transport *t;
    struct world w;
    struct why why = {0};
    char password[] = "Wrong.1";
    const struct secret wrong = {.bytes = password, .used = sizeof password - 1};
    uint32_t n;

    (void)state;
    world_start(&w, "expires_after=40");
    t = world_open(&w);
    w.target.password = &wrong; /* it was changed meanwhile */
    for (int i = 0; i < 20 && why.text[0] == '\0'; i++)
        (void)!world_read(&w, t, "SOFTWARE", VIEW_64, "V", &n, &why);
    assert_string_equal(why.native_name, "STATUS_LOGON_FAILURE");
    assert_int_equal(world_read(&w, t, "SOFTWARE", VIEW_64, "V", &n, &why), E_CUT);
    transport_smb.close(t);
    world_stop(&w);
}

static void meagre_and_late_credits_are_lived_with(void **state)
{
    (void)state;
    talks_by("credits_max=1");
    talks_by("credits_max=1,delay_ms=3");
    talks_by("credits_max=2,credits_late=1");
    talks_by("credits_max=3,credits_late=1,delay_ms=3");
    talks_by("credits_max=4,credits_late=1,interim=0");
}

static void interim_answers_come_before_slow_ones(void **state)
{
    (void)state;
    talks_by("delay_ms=3");
    talks_by("delay_ms=3,mpx=1");
    talks_by("delay_ms=3,mpx=1,shuffle=1");
    talks_by("interim=0");
}

static void long_answers_come_in_parts(void **state)
{
    struct world w;
    struct why why;

    (void)state;
    talks_by("fragment_max=1432");
    talks_by("io_max=4296,part_max=17");
    talks_by("part_max=100,fragment_max=1432,mpx=1,delay_ms=2");
    world_start(&w, "part_max=100");
    assert_int_equal(world_talk(&w, WORLD_WAIT_MS, &why), OK);
    assert_true(strict_server_report(w.server)->cut_parts > 50);
    world_stop(&w);
}

static void negotiation_that_was_changed_is_found_out(void **state)
{
    struct world w;
    struct why why;

    (void)state;
    world_start(&w, "tampered=1");
    assert_int_equal(world_talk(&w, WORLD_WAIT_MS, &why), E_SECURITY);
    world_stop_unjudged(&w);
}

static void guest_is_nobody(void **state)
{
    struct world w;
    struct why why;

    (void)state;
    world_start(&w, "guest=1");
    assert_int_equal(world_talk(&w, WORLD_WAIT_MS, &why), E_SECURITY);
    assert_non_null(strstr(why.text, "guest"));
    world_stop_unjudged(&w);
}

static enum err talk_until(struct world *w, struct why *why)
{
    int64_t end_ms = clock_mono_ms() + WORLD_WAIT_MS;
    enum err e;

    while ((e = world_talk(w, WORLD_WAIT_MS, why)) != OK && clock_mono_ms() < end_ms)
        (void)poll(NULL, 0, 20);
    return e;
}

static void sleeping_remote_registry_is_woken(void **state)
{
    struct world w;
    struct why why;
    enum err e;

    (void)state;
    world_start(&w, "winreg=stopped,wake_ms=100");
    e = world_talk(&w, WORLD_WAIT_MS, &why);
    assert_true(e == OK || e == E_UNAVAILABLE);
    if (e != OK)
        assert_non_null(strstr(why.text, "not running"));
    assert_int_equal(talk_until(&w, &why), OK);
    assert_true(strict_server_report(w.server)->wakes >= 1);
    world_stop(&w);
}

static void disabled_remote_registry_is_told_or_put_back(void **state)
{
    struct world w;
    struct why why;
    enum err e;

    (void)state;
    world_start(&w, "winreg=disabled");
    e = world_talk(&w, WORLD_WAIT_MS, &why);
    assert_true(e == OK || e == E_ABSENT || e == E_UNAVAILABLE);
    assert_true(e == OK || why.text[0] != '\0');
    assert_int_equal(strict_server_winreg_start_type(w.server), 4);
    world_stop(&w);
}

static void remote_registry_that_dies_between_calls_is_told(void **state)
{
    static const char *const rules[] = {"wake_ms=50,dies_after=6,dies_kind=0",
                                        "wake_ms=50,dies_after=6,dies_kind=1",
                                        "wake_ms=50,dies_after=9,dies_kind=0",
                                        "wake_ms=50,dies_after=9,dies_kind=1"};
    struct world w;
    struct why why;
    enum err e;

    (void)state;
    for (size_t i = 0; i < COUNT(rules); i++) {
        world_start(&w, rules[i]);
        e = world_talk(&w, WORLD_WAIT_MS, &why);
        if (e != OK && e != E_CUT && e != E_UNAVAILABLE)
            fail_msg("%s: %s", rules[i], why.text);
        assert_int_equal(talk_until(&w, &why), OK);
        world_stop(&w);
    }
}

static void two_views_are_two_places(void **state)
{
    const struct reg_op make = {.kind = OP_CREATE_KEY};
    const struct reg_op set_7 = {.kind = OP_SET_VALUE, .name = "V", .value = &seven};
    const struct reg_op set_8 = {.kind = OP_SET_VALUE, .name = "V", .value = &eight};
    static const char key[] = "SOFTWARE\\Views", shared[] = "SOFTWARE\\Policies\\Views";
    struct strict_key *there;
    struct transport *t;
    struct world w;
    struct why why;
    uint32_t n;

    (void)state;
    world_start(&w, "");
    t = world_open(&w);
    assert_int_equal(world_write(&w, t, make, key, VIEW_64, &why), OK);
    assert_int_equal(world_write(&w, t, make, key, VIEW_32, &why), OK);
    assert_int_equal(world_write(&w, t, set_7, key, VIEW_64, &why), OK);
    assert_int_equal(world_write(&w, t, set_8, key, VIEW_32, &why), OK);
    assert_int_equal(world_read(&w, t, key, VIEW_64, "V", &n, &why), OK);
    assert_int_equal(n, 7);
    assert_int_equal(world_read(&w, t, key, VIEW_32, "V", &n, &why), OK);
    assert_int_equal(n, 8);
    assert_int_equal(world_write(&w, t, make, shared, VIEW_32, &why), OK);
    assert_int_equal(world_write(&w, t, set_7, shared, VIEW_32, &why), OK);
    assert_int_equal(world_read(&w, t, shared, VIEW_64, "V", &n, &why), OK);
    transport_smb.close(t);
    strict_server_lock(w.server);
    there = strict_machine_key(strict_server_registry(w.server), "SOFTWARE\\Wow6432Node\\Views");
    assert_true(there != NULL && strict_value_find(there, "v")->bytes[0] == 8);
    strict_server_unlock(w.server);
    world_stop(&w);
}

static void windows_of_32_bits_hears_of_no_views(void **state)
{
    (void)state;
    talks_by("bits32=1");
}

static void keys_are_made_where_windows_lets_them_be(void **state)
{
    const struct reg_op make = {.kind = OP_CREATE_KEY}, unmake = {.kind = OP_DELETE_KEY};
    struct reg_op passing = {.kind = OP_CREATE_KEY, .volatile_key = true};
    struct transport *t;
    struct world w;
    struct why why = {0};

    (void)state;
    world_start(&w, "");
    t = world_open(&w);
    assert_int_equal(world_write(&w, t, make, "Swell", VIEW_64, &why), E_REFUSED);
    assert_int_equal(why.native, 87);
    assert_int_equal(world_write(&w, t, passing, "SOFTWARE\\Gone", VIEW_64, &why), OK);
    assert_int_equal(world_write(&w, t, make, "SOFTWARE\\Gone\\Stable", VIEW_64, &why), E_REFUSED);
    assert_int_equal(why.native, 1021);
    assert_int_equal(world_write(&w, t, passing, "SOFTWARE\\Gone\\Too", VIEW_64, &why), OK);
    assert_int_equal(world_write(&w, t, unmake, "SOFTWARE\\Gone", VIEW_64, &why), E_REFUSED);
    assert_int_equal(world_write(&w, t, unmake, "SOFTWARE\\Gone\\Too", VIEW_64, &why), OK);
    assert_int_equal(world_write(&w, t, unmake, "SOFTWARE\\Gone", VIEW_64, &why), OK);
    assert_int_equal(world_write(&w, t, unmake, "SOFTWARE\\Gone", VIEW_64, &why), OK);
    transport_smb.close(t);
    world_stop(&w);
}

static enum err restart_asked(const char *rules, struct why *why)
{
    struct transport *t;
    struct world w;
    enum err e;

    world_start(&w, rules);
    t = world_open(&w);
    e = transport_smb.restart(t, "test", 60, clock_mono_ms() + WORLD_WAIT_MS, why);
    if (e == OK) /* one is scheduled now, and a second one is refused */
        assert_int_equal(
            transport_smb.restart(t, "test", 60, clock_mono_ms() + WORLD_WAIT_MS, why),
            E_GOING_DOWN);
    transport_smb.close(t);
    world_stop(&w);
    return e;
}

static void restart_is_refused_in_words(void **state)
{
    struct why why;

    (void)state;
    assert_int_equal(restart_asked("", &why), OK);
    assert_int_equal(why.native, 1190);
    assert_int_equal(restart_asked("restart_code=1115", &why), E_GOING_DOWN);
    assert_int_equal(restart_asked("restart_code=21", &why), E_GOING_DOWN);
    assert_int_equal(restart_asked("restart_code=1191", &why), E_REFUSED);
    assert_int_equal(restart_asked("restart_code=1314", &why), E_DENIED);
    assert_int_equal(restart_asked("restart_cut=1", &why), E_CUT);
}

static enum err look_until(struct world *w, struct boot_identity *out, enum err wanted,
                           struct why *why)
{
    int64_t end_ms = clock_mono_ms() + WORLD_WAIT_MS;
    enum err e;

    while ((e = transport_smb.look(&w->target, clock_mono_ms() + 500, out, why)) != wanted &&
           clock_mono_ms() < end_ms)
        (void)poll(NULL, 0, 10);
    return e;
}

static void restart_forgets_what_is_volatile(void **state)
{
    const struct reg_op passing = {.kind = OP_CREATE_KEY, .volatile_key = true};
    struct boot_identity before = {0}, after = {0};
    struct reg_path p = {.hive = HIVE_LOCAL_MACHINE, .key = str_dup("SOFTWARE\\Gone")};
    struct reg_read item = {.path = &p};
    struct transport *t;
    struct world w;
    struct why why = {0};

    (void)state;
    world_start(&w, "restart_ms=300,start_time=1");
    t = world_open(&w);
    assert_int_equal(world_write(&w, t, passing, p.key, VIEW_64, &why), OK);
    assert_int_equal(transport_smb.identity(t, clock_mono_ms() + WORLD_WAIT_MS, &before, &why), OK);
    assert_int_equal(transport_smb.restart(t, "test", 1, clock_mono_ms() + WORLD_WAIT_MS, &why),
                     OK);
    transport_smb.close(t);
    assert_int_equal(look_until(&w, &after, E_CONNECT, &why), E_CONNECT);
    assert_int_equal(look_until(&w, &after, OK, &why), OK);
    t = world_open(&w);
    assert_int_equal(transport_smb.identity(t, clock_mono_ms() + WORLD_WAIT_MS, &after, &why), OK);
    assert_int_equal(transport_smb.read(t, &item, 1, clock_mono_ms() + WORLD_WAIT_MS, &why), OK);
    assert_false(item.key_exists);
    assert_memory_not_equal(before.server_guid, after.server_guid, sizeof after.server_guid);
    assert_true(before.has_start && after.start_filetime > before.start_filetime);
    assert_true(!before.has_shutdown && after.has_shutdown);
    assert_true(after.has_uptime && after.uptime_ms < WORLD_WAIT_MS);
    read_fini(&item, 1);
    path_fini(&p);
    transport_smb.close(t);
    world_stop(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_dialect_is_spoken_by_the_rules),
        cmocka_unit_test(every_signature_is_made_and_checked),
        cmocka_unit_test(every_encryption_is_done_by_the_rules),
        cmocka_unit_test(session_whose_time_is_over_is_renewed_and_the_request_repeated),
        cmocka_unit_test(session_that_cannot_be_renewed_is_told),
        cmocka_unit_test(meagre_and_late_credits_are_lived_with),
        cmocka_unit_test(interim_answers_come_before_slow_ones),
        cmocka_unit_test(long_answers_come_in_parts),
        cmocka_unit_test(negotiation_that_was_changed_is_found_out),
        cmocka_unit_test(guest_is_nobody),
        cmocka_unit_test(sleeping_remote_registry_is_woken),
        cmocka_unit_test(disabled_remote_registry_is_told_or_put_back),
        cmocka_unit_test(remote_registry_that_dies_between_calls_is_told),
        cmocka_unit_test(two_views_are_two_places),
        cmocka_unit_test(windows_of_32_bits_hears_of_no_views),
        cmocka_unit_test(keys_are_made_where_windows_lets_them_be),
        cmocka_unit_test(restart_is_refused_in_words),
        cmocka_unit_test(restart_forgets_what_is_volatile),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
