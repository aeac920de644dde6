#include "tests/unit/rollout/events.h"

#define LONG_TEXT                                                                     \
    "a sentence with \"quotes\", a back\\slash, a tab\t, a new line\n, \xc3\xbc and " \
    "\xf0\x9f\x94\x92"

static struct rollout_spec *full_spec(void)
{
    static const int32_t waves[] = {1, 2, 0};
    struct rollout_spec *spec = spec_make(waves);
    spec->hosts[1].affinity = str_dup("payroll \xc3\xbc");
    spec->hosts[2].wave = 0;
    spec->hosts[2].left_out = OUTCOME_SKIPPED;
    spec->hosts[2].why = str_dup("exempt: os.build >= 7601 does not hold");
    spec->rollback = true;
    spec->rollback_of = 41;
    memset(spec->plan, 'f', 64);
    spec->policy = (struct policy){
        .serial = {{1, false}, {33, true}, {1000000, false}},
        .n_serial = 3,
        .max_unavailable = {7, true},
        .max_failed = HOSTS_ANY,
        .soak_ms = 1,
        .approval_between_waves = true,
        .restart_never = true,
        .restart_timeout_ms = 2,
        .restart_delay_ms = 3,
        .restart_quiet_ms = 4,
        .restart_settle_ms = 5,
        .look_ms = 6,
        .step_timeout_ms = 7,
        .verify_timeout_ms = DURATION_MAX_MS,
        .step_tries = 9,
    };
    return spec;
}

/* Every field holds something; those that the kind does not say are left out. */
static struct event full_event(enum event_kind kind, enum step step)
{
    struct event ev = {
        .kind = kind,
        .by = "anna",
        .why = LONG_TEXT,
        .comment = "as agreed",
        .wave = INT32_MAX,
        .attempt = 3,
        .budget = true,
        .max_failed = HOSTS_ANY,
        .restarts = 2,
        .err = E_GOING_DOWN,
        .took_ms = INT64_C(9007199254740993), /* no double holds it */
        .service_start = 4,
        .service_state = 1,
        .services_missing = 2,
        .to_change = 11,
        .needs_restart = true,
        .written = -12,
        .foreign = 13,
        .asked = true,
        .detail = str_dup("{\"items\": [1, {\"deep\": null}], \"text\": \"\\u00fc\"}"),
        .n_hosts = 2,
    };
    ev.hosts = calloc(2, sizeof *ev.hosts);
    assert_non_null(ev.hosts);
    ev.hosts[0] = str_dup("h1");
    ev.hosts[1] = str_dup("h2");
    ev.spec = full_spec();
    ev.outcome = kind == EV_HOST_FINISHED || kind == EV_HOST_ENDING ? OUTCOME_ROLLED_BACK
                                                                    : OUTCOME_NONE;
    if (kind == EV_INTENT || kind == EV_OUTCOME)
        ev.step = step;
    if (kind == EV_OUTCOME && step == STEP_VERIFY)
        ev.check = CHECK_INCONCLUSIVE;
    if (kind == EV_OUTCOME && (step == STEP_ARM || step == STEP_LOOK))
        ev.seen = (struct observation){
            .reachable = true,
            .authenticated = true,
            .refused = true,
            .set = {.has_guid = true,
                    .guid = {0, 1, 2, 0xff, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 0x80},
                    .has_start = true,
                    .start = UINT64_MAX,
                    .has_boot = true,
                    .boot_ms = -5,
                    .has_shutdown = true,
                    .shutdown = UINT64_C(133500000000000001),
                    .marker = MARKER_ABSENT}};
    return ev;
}

static void assert_comes_back(const struct event *ev)
{
    struct event back;
    event_through_journal(ev, &back);
    assert_same_event(ev, &back);
    event_fini(&back);
}

static void event_of_every_kind_comes_back_with_every_field(void **state)
{
    (void)state;
    for (int k = 0; k < EVENT_KINDS; k++)
        for (int s = 0; s < STEPS; s++) {
            struct event ev = full_event((enum event_kind)k, (enum step)s);
            assert_comes_back(&ev);
            event_fini(&ev);
        }
}

static void event_with_nothing_set_is_a_short_body(void **state)
{
    struct event ev = {.kind = EV_CONTROLLER_STARTED};
    struct event back;
    char *body = NULL;
    (void)state;
    assert_int_equal(event_encode(&ev, &body), OK);
    assert_string_equal(body, "{}");
    free(body);
    event_through_journal(&ev, &back);
    assert_same_event(&ev, &back);
}

static void body_is_json_with_sorted_names(void **state)
{
    struct event ev = {.kind = EV_OUTCOME,
                       .attempt = 1,
                       .step = STEP_LOOK,
                       .why = "no route",
                       .seen = {.set = {.has_guid = true, .guid = {0xab}}}};
    char *body = NULL;
    (void)state;
    assert_int_equal(event_encode(&ev, &body), OK);
    assert_string_equal(body, "{\"attempt\":1,\"seen\":{\"authenticated\":false,\"marker\":"
                              "\"unknown\",\"reachable\":false,\"server_guid\":"
                              "\"ab000000000000000000000000000000\"},\"step\":\"look\","
                              "\"why\":\"no route\"}");
    free(body);
}

static void every_check_and_outcome_and_error_comes_back(void **state)
{
    (void)state;
    for (int i = 0; i < CHECKS; i++) {
        struct event ev = {.kind = EV_OUTCOME, .attempt = 1, .step = STEP_VERIFY};
        ev.check = (enum check)i;
        assert_comes_back(&ev);
    }
    for (int i = OUTCOME_NONE + 1; i < OUTCOMES; i++) {
        struct event ev = {.kind = EV_HOST_FINISHED};
        ev.outcome = (enum outcome)i;
        assert_comes_back(&ev);
    }
    for (int i = 0; i < ERR_COUNT; i++) {
        struct event ev = {.kind = EV_OUTCOME, .attempt = 1, .step = STEP_APPLY};
        ev.err = (enum err)i;
        assert_comes_back(&ev);
    }
    for (int i = MARKER_UNKNOWN; i <= MARKER_ABSENT; i++) {
        struct event ev = {.kind = EV_OUTCOME, .attempt = 1, .step = STEP_ARM};
        ev.seen.set.marker = (enum marker)i;
        assert_comes_back(&ev);
    }
}

static void names_are_told_apart_and_found_again(void **state)
{
    enum event_kind k = EV_PAUSED;
    (void)state;
    for (int i = 0; i < EVENT_KINDS; i++) {
        assert_true(event_kind_from_name(event_kind_name((enum event_kind)i), &k));
        assert_int_equal(k, i);
    }
    k = EV_PAUSED;
    assert_false(event_kind_from_name("", &k));
    assert_false(event_kind_from_name("Outcome", &k));
    assert_false(event_kind_from_name("outcome ", &k));
    assert_int_equal(k, EV_PAUSED);
    assert_string_equal(event_kind_name(EV_HOST_FINISHED), "host_finished");
    assert_string_equal(step_name(STEP_PREFLIGHT), "preflight");
    assert_string_equal(outcome_name(OUTCOME_ROLLED_BACK), "rolled_back");
    assert_string_equal(check_name(CHECK_PASSED), "passed");
}

static void promise_5_failed_unreachable_and_inconclusive_are_bad(void **state)
{
    (void)state;
    for (int i = 0; i < OUTCOMES; i++)
        assert_int_equal(outcome_is_bad((enum outcome)i), i == OUTCOME_FAILED ||
                                                              i == OUTCOME_UNREACHABLE ||
                                                              i == OUTCOME_INCONCLUSIVE);
}

static void words_that_do_not_fit_are_cut_between_characters(void **state)
{
    char buf[8];
    (void)state;
    assert_string_equal(words_fit(buf, sizeof buf, "1234567"), "1234567");
    assert_string_equal(words_fit(buf, sizeof buf, "12345678"), "1234567");
    assert_string_equal(words_fit(buf, sizeof buf, "123456\xc3\xbc"), "123456");
    assert_string_equal(words_fit(buf, sizeof buf, "12345\xc3\xbc"), "12345\xc3\xbc");
    assert_string_equal(words_fit(buf, sizeof buf, "1234\xf0\x9f\x94\x92"), "1234");
    assert_string_equal(words_fit(buf, sizeof buf, "123\xf0\x9f\x94\x92"), "123\xf0\x9f\x94\x92");
    assert_string_equal(words_fit(buf, sizeof buf, ""), "");
    assert_string_equal(words_fit(buf, 1, "x"), "");
}

/* A host's words, or a comment typed in another character set, are kept as well as they can be. */
static void text_that_is_not_utf_8_is_not_lost(void **state)
{
    struct event ev = {.kind = EV_PROMOTED,
                       .wave = 2,
                       .comment = "gepr\xfc"
                                  "ft",
                       .why = "\xff"};
    struct event back;
    (void)state;
    event_through_journal(&ev, &back);
    assert_string_equal(back.comment, "gepr\\xFC"
                                      "ft");
    assert_string_equal(back.why, "\\xFF");
}

static void text_that_is_not_utf_8_still_fits_its_field(void **state)
{
    struct event ev = {.kind = EV_PAUSED};
    struct event back;
    (void)state;
    memset(ev.why, 0xfc, sizeof ev.why - 1);
    memset(ev.by, 'x', sizeof ev.by - 1);
    ev.by[sizeof ev.by - 2] = (char)0xc3; /* cut in the middle of a character */
    event_through_journal(&ev, &back);
    assert_true(strlen(back.why) > sizeof back.why - 8);
    assert_memory_equal(back.why, "\\xFC\\xFC", 8);
    assert_int_equal(strlen(back.by), sizeof back.by - 1);
}

static void detail_that_is_no_object_is_not_written(void **state)
{
    static const char *const bad[] = {"", "{", "[1]", "5", "\"x\"", "{} {}", "{\"a\":}"};
    char *body = NULL;
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct event ev = {.kind = EV_OUTCOME, .attempt = 1, .step = STEP_APPLY};
        ev.detail = str_dup(bad[i]);
        assert_int_equal(event_encode(&ev, &body), E_INTERNAL);
        assert_null(body);
        event_fini(&ev);
    }
}

static void detail_of_a_json_writer_is_written_as_it_is(void **state)
{
    static const char detail[] = "{\"a\":\"\\\"detail\\\":null\",\"b\":[1,{}]}";
    struct event ev = {.kind = EV_OUTCOME,
                       .attempt = 1,
                       .step = STEP_APPLY,
                       .by = "\"detail\":null",
                       .comment = "x"};
    char *looked_at = NULL, *as_it_is = NULL;
    (void)state;
    ev.detail = str_dup(detail);
    assert_int_equal(event_encode(&ev, &looked_at), OK);
    ev.detail_is_json = true;
    assert_int_equal(event_encode(&ev, &as_it_is), OK);
    assert_string_equal(as_it_is, looked_at);
    assert_non_null(strstr(as_it_is, detail));
    free(looked_at);
    free(as_it_is);
    event_fini(&ev);
}

static void finishing_an_event_twice_is_harmless(void **state)
{
    struct event ev = full_event(EV_RETRIED, STEP_LOOK);
    (void)state;
    event_fini(&ev);
    assert_null(ev.spec);
    assert_null(ev.hosts);
    assert_null(ev.detail);
    event_fini(&ev);
    spec_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(event_of_every_kind_comes_back_with_every_field),
        cmocka_unit_test(event_with_nothing_set_is_a_short_body),
        cmocka_unit_test(body_is_json_with_sorted_names),
        cmocka_unit_test(every_check_and_outcome_and_error_comes_back),
        cmocka_unit_test(names_are_told_apart_and_found_again),
        cmocka_unit_test(promise_5_failed_unreachable_and_inconclusive_are_bad),
        cmocka_unit_test(words_that_do_not_fit_are_cut_between_characters),
        cmocka_unit_test(text_that_is_not_utf_8_is_not_lost),
        cmocka_unit_test(text_that_is_not_utf_8_still_fits_its_field),
        cmocka_unit_test(detail_that_is_no_object_is_not_written),
        cmocka_unit_test(detail_of_a_json_writer_is_written_as_it_is),
        cmocka_unit_test(finishing_an_event_twice_is_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
