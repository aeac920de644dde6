#include "report/status.h"

#include "report/verdict.h"
#include "tests/unit/report/scenes.h"

#include <jansson.h>

static void put(struct told *s, enum at_work controller, const struct page *p, struct text *t)
{
    struct status st = {.engine = s->g,
                        .now_ms = s->now_ms + 7000,
                        .controller = controller,
                        .process = controller == AT_WORK_YES ? 4242 : 0};
    assert_int_equal(status_put_text(&st, p, t), OK);
}

static void check_status(struct told *s, enum at_work controller, const char *golden)
{
    static const struct page plain = {.utf8 = true};
    struct text t = {0};
    put(s, controller, &plain, &t);
    assert_golden(golden, &t);
    text_fini(&t);
}

static void finished_rollout_says_so_and_nothing_is_to_do(void **state)
{
    struct told s = scene_begin();
    (void)state;
    scene_all_well(&s);
    check_status(&s, AT_WORK_NO, "status-all-well.txt");
    assert_int_equal(report_exit_bits(s.g), 0);
    told_end(&s);
}

static void paused_rollout_says_why_and_what_to_do(void **state)
{
    struct told s = scene_begin();
    (void)state;
    scene_canary_failed(&s);
    check_status(&s, AT_WORK_NO, "status-paused.txt");
    assert_int_equal(report_exit_bits(s.g), REPORT_BIT_FAILED | REPORT_BIT_HANDSHAKE |
                                                REPORT_BIT_BUDGET | REPORT_BIT_PAUSED);
    told_end(&s);
}

/* web1 is restarting, web2 waits in the same wave. */
static void begin_one(struct told *s)
{
    static const struct told_host hosts[] = {
        {"web1", 1, 0, 0}, {"web2", 1, 0, 0}, {"web3", 2, 0, 0}, {NULL, 0, 0, 0}};
    told_create(s, told_spec(hosts), "anna", TITLE);
    scene_start(s);
    told_write(s, "web1");
    told_step(s, "web1", STEP_ARM, 100, NULL);
    told_step(s, "web1", STEP_RESTART, 150, NULL);
    told_wait(s, 4000);
    told_look(s, "web1", false, 1);
}

static void host_in_flight_is_named_with_what_it_does(void **state)
{
    struct told s = scene_begin();
    (void)state;
    begin_one(&s);
    check_status(&s, AT_WORK_YES, "status-running.txt");
    told_end(&s);
}

static void unfinished_rollout_without_a_controller_is_to_be_resumed(void **state)
{
    static const struct page plain = {.utf8 = true};
    struct told s = scene_begin();
    struct text t = {0};
    (void)state;
    begin_one(&s);
    put(&s, AT_WORK_NO, &plain, &t);
    assert_non_null(strstr(text_str(&t), "no controller is at work: `swell resume 12`"));
    text_fini(&t);
    told_end(&s);
}

static void waiting_for_approval_is_told_with_its_command(void **state)
{
    static const struct told_host hosts[] = {{"web1", 1, 0, 0}, {"web2", 2, 0, 0}, {NULL, 0, 0, 0}};
    struct rollout_spec *spec = told_spec(hosts);
    struct told s = scene_begin();
    (void)state;
    spec->policy.approval_between_waves = true;
    told_create(&s, spec, "anna", TITLE);
    scene_start(&s);
    scene_wave(&s, 1);
    check_status(&s, AT_WORK_NO, "status-waiting.txt");
    assert_int_equal(report_exit_bits(s.g), REPORT_BIT_PAUSED);
    told_end(&s);
}

static void soak_between_waves_is_told_with_its_end(void **state)
{
    static const struct told_host hosts[] = {{"web1", 1, 0, 0}, {"web2", 2, 0, 0}, {NULL, 0, 0, 0}};
    static const struct page plain = {0};
    struct rollout_spec *spec = told_spec(hosts);
    struct told s = scene_begin();
    struct text t = {0};
    (void)state;
    spec->policy.soak_ms = 600000;
    told_create(&s, spec, "anna", TITLE);
    scene_start(&s);
    told_host(&s, "web1");
    put(&s, AT_WORK_YES, &plain, &t);
    assert_non_null(
        strstr(text_str(&t), "wave 2 begins at 02:14:48 UTC, after the soak (in 9m53s)\n"));
    text_fini(&t);
    told_end(&s);
}

static void exit_bits_tell_outcomes_apart(void **state)
{
    struct told s = scene_begin();
    (void)state;
    scene_never_back(&s);
    assert_int_equal(report_exit_bits(s.g), REPORT_BIT_FAILED | REPORT_BIT_UNREACHABLE);
    told_end(&s);
    scene_rolled_back(&s);
    assert_int_equal(report_exit_bits(s.g), REPORT_BIT_FAILED);
    told_end(&s);
}

static void nothing_looked_at_is_never_called_well(void **state)
{
    static const struct told_host hosts[] = {
        {"web1", 0, OUTCOME_SKIPPED, "a guard"},
        {"web2", 0, OUTCOME_SKIPPED, "a guard"},
        {NULL, 0, 0, 0},
    };
    char verdict[REPORT_VERDICT_SIZE];
    struct told s = scene_begin();
    (void)state;
    told_create(&s, told_spec(hosts), "anna", TITLE);
    told_settle(&s);
    assert_string_equal(report_verdict(s.g, verdict),
                        "no host was looked at: all of them were left out");
    told_end(&s);
}

/* Without UTF-8 only ASCII is written, and without colour no escape. */
static void plain_page_is_plain_ascii(void **state)
{
    static const struct page ascii = {0};
    struct told s = scene_begin();
    struct text t = {0};
    (void)state;
    scene_hostile(&s);
    put(&s, AT_WORK_NO, &ascii, &t);
    assert_int_equal(report_exit_bits(s.g), REPORT_BIT_FAILED | REPORT_BIT_UNREACHABLE);
    for (const char *c = text_str(&t); *c; c++)
        assert_true((*c >= ' ' && *c < 0x7f) || *c == '\n');
    text_fini(&t);
    told_end(&s);
}

static void news_are_a_line_each_and_nothing_else_is(void **state)
{
    static const struct page plain = {.utf8 = true};
    struct event ev = {.kind = EV_INTENT, .host = "web1", .step = STEP_APPLY, .attempt = 1};
    struct told s = scene_begin();
    struct status_before before;
    struct text t = {0};
    (void)state;
    begin_one(&s);
    before = status_before(s.g, &ev);
    assert_int_equal(before.state, HOST_AWAIT_UP);
    ev.at_ms = s.now_ms;
    status_put_news(s.g, &ev, &before, &plain, &t);
    assert_string_equal(text_str(&t), "");
    before.state = HOST_AWAIT_DOWN;
    status_put_news(s.g, &ev, &before, &plain, &t);
    assert_string_equal(text_str(&t), "02:03:10  web1 is down, restarting\n");
    text_fini(&t);
    told_end(&s);
}

static void json_says_the_same_as_the_engine(void **state)
{
    struct told s = scene_begin();
    struct text t = {0};
    json_t *doc;
    (void)state;
    begin_one(&s);
    struct status st = {
        .engine = s.g, .now_ms = s.now_ms, .controller = AT_WORK_YES, .process = 4242};
    assert_int_equal(status_put_json(&st, &t), OK);
    assert_non_null(doc = json_loads(text_str(&t), JSON_REJECT_DUPLICATES, NULL));
    const json_t *r = json_object_get(doc, "rollout"), *hosts = json_object_get(doc, "hosts");
    const json_t *web1 = json_array_get(hosts, 0);
    assert_int_equal(json_integer_value(json_object_get(doc, "schema_version")), 1);
    assert_string_equal(json_string_value(json_object_get(r, "state")), "running");
    assert_int_equal(
        json_integer_value(json_object_get(json_object_get(r, "controller"), "process")), 4242);
    assert_int_equal(json_array_size(hosts), 3);
    assert_string_equal(json_string_value(json_object_get(web1, "state")), "await_up");
    assert_true(json_is_null(json_object_get(web1, "outcome")));
    json_decref(doc);
    text_fini(&t);
    told_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finished_rollout_says_so_and_nothing_is_to_do),
        cmocka_unit_test(paused_rollout_says_why_and_what_to_do),
        cmocka_unit_test(host_in_flight_is_named_with_what_it_does),
        cmocka_unit_test(unfinished_rollout_without_a_controller_is_to_be_resumed),
        cmocka_unit_test(waiting_for_approval_is_told_with_its_command),
        cmocka_unit_test(soak_between_waves_is_told_with_its_end),
        cmocka_unit_test(exit_bits_tell_outcomes_apart),
        cmocka_unit_test(nothing_looked_at_is_never_called_well),
        cmocka_unit_test(plain_page_is_plain_ascii),
        cmocka_unit_test(news_are_a_line_each_and_nothing_else_is),
        cmocka_unit_test(json_says_the_same_as_the_engine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
