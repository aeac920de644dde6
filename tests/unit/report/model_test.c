/* What is kept of events, and events that are damaged. */
#include "report/model.h"

#include "report/json.h"
#include "report/text.h"
#include "tests/unit/report/scenes.h"

static const struct told_host two[] = {{"web1", 1, 0, 0}, {"web2", 1, 0, 0}, {NULL, 0, 0, 0}};

static void begin(struct told *s)
{
    told_create(s, told_spec(two), "anna", TITLE);
    scene_start(s);
}

static enum err try_detail(struct told *s, const char *host, enum step step, const char *detail)
{
    struct event ev = told_outcome(s, host, step, detail);
    enum err e = told_try(s, &ev);
    free(ev.detail);
    return e;
}

/* The event is refused by number and place; what was seen before can still be shown. */
static void assert_refused(enum step step, const char *detail, const char *place)
{
    static const struct page plain = {.utf8 = true};
    struct told s = scene_begin();
    struct text t = {0};
    char number[32];
    begin(&s);
    if (step != STEP_PREFLIGHT)
        told_step(&s, "web1", STEP_PREFLIGHT, 300, "@preflight.json");
    if (step == STEP_APPLY || step == STEP_VERIFY) {
        struct event ev = told_event(EV_INTENT, "web1");
        told_step(&s, "web1", STEP_SNAPSHOT, 200, "@snapshot.json");
        ev.step = STEP_APPLY;
        ev.attempt = 1;
        told_say(&s, &ev);
    }
    if (step == STEP_VERIFY) {
        struct event ev = told_outcome(&s, "web1", STEP_APPLY, "@applied.json");
        told_say(&s, &ev);
        free(ev.detail);
        told_restart(&s, "web1");
    }
    assert_int_equal(try_detail(&s, "web1", step, detail), E_CORRUPT);
    (void)snprintf(number, sizeof number, "event %lld (", (long long)s.seq);
    assert_non_null(strstr(s.why.text, number));
    if (!strstr(s.why.text, place))
        fail_msg("'%s' is not in: %s", place, s.why.text);
    assert_int_equal(report_put_text(s.r, &plain, &t), OK);
    assert_int_equal(report_put_json(s.r, &t), OK);
    text_fini(&t);
    told_end(&s);
}

static void damaged_details_are_refused_by_number_and_place(void **state)
{
    static const struct {
        enum step step;
        const char *detail, *place;
    } bad[] = {
        {STEP_PREFLIGHT, "{'facts':7}", "'facts'"},
        {STEP_PREFLIGHT, "{'ports':{}}", "'ports'"},
        {STEP_PREFLIGHT, "{'ports':[{}]}", "'port'"},
        {STEP_PREFLIGHT, "{'ports':[7]}", "'port'"},
        {STEP_PREFLIGHT, "{'ports':[{'port':65536}]}", "'port'"},
        {STEP_PREFLIGHT, "{'ports':[{'port':-1}]}", "'port'"},
        {STEP_PREFLIGHT, "{'ports':[{'port':443,'open':1}]}", "'open'"},
        {STEP_PREFLIGHT, "{'ports':[{'port':443,'versions':{'tls1.2':{'seen':'maybe'}}}]}",
         "'seen'"},
        {STEP_PREFLIGHT, "{'ports':[{'port':443,'versions':{'tls1.2':{'alert':256}}}]}", "'alert'"},
        {STEP_SNAPSHOT, "{'items':[{}]}", "'path'"},
        {STEP_SNAPSHOT, "{'items':[{'path':'HKXX\\\\A'}]}", "'path'"},
        {STEP_SNAPSHOT, "{'items':[{'path':'HKLM\\\\A','name':'B','before':'4:0'}]}", "'before'"},
        {STEP_SNAPSHOT, "{'items':[{'path':'HKLM\\\\A','name':7}]}", "'name'"},
        {STEP_SNAPSHOT,
         "{'items':[{'path':'HKLM\\\\A','before':'0:','goal':'absent','effect':'logoff'}]}",
         "'effect'"},
        {STEP_SNAPSHOT, "{'moved':'all'}", "'moved'"},
        {STEP_APPLY, "{'items':[{'path':'HKLM\\\\A','did':'painted'}]}", "'did'"},
        {STEP_APPLY, "{'items':[{'path':'HKLM\\\\A','name':'Other','did':'set'}]}", "'path'"},
        {STEP_VERIFY, "{'findings':[{'port':443,'version':'tls1.4'}]}", "'version'"},
        {STEP_VERIFY, "{'findings':[{'port':443,'version':'tls1.2'}]}", "'text'"},
        {STEP_VERIFY, "{'values':[1]}", "'values'"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_refused(bad[i].step, bad[i].detail, bad[i].place);
}

static void details_that_are_no_object_are_refused(void **state)
{
    static const char *const bad[] = {"", "[]", "{", "7", "{} {}", "\xff"};
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct event ev = told_event(EV_OUTCOME, "web1");
        struct host_run run = {.state = HOST_SNAPSHOT};
        struct intern *in = intern_new();
        struct report_host h = {0};
        struct why why = {0};
        assert_non_null(in);
        ev.detail = str_dup(bad[i]);
        ev.seq = 77;
        assert_int_equal(host_report_see(&h, in, &run, &ev, &why), E_CORRUPT);
        assert_non_null(strstr(why.text, "event 77"));
        event_fini(&ev);
        host_report_fini(&h);
        intern_free(in);
    }
}

static void details_that_are_missing_are_no_failure(void **state)
{
    static const struct page plain = {0};
    struct told s = scene_begin();
    struct text t = {0};
    (void)state;
    begin(&s);
    told_step(&s, "web1", STEP_PREFLIGHT, 300, NULL);
    told_step(&s, "web1", STEP_SNAPSHOT, 200, "{}");
    told_step(&s, "web1", STEP_APPLY, 700, NULL);
    told_restart(&s, "web1");
    told_check(&s, "web1", CHECK_PASSED, "", NULL);
    assert_int_equal(report_put_text(s.r, &plain, &t), OK);
    text_fini(&t);
    told_end(&s);
}

static void before_image_is_that_of_before_the_first_write(void **state)
{
    struct told s = scene_begin();
    const struct report_host *h;
    (void)state;
    scene_retried(&s);
    h = &s.r->hosts[0];
    assert_int_equal(h->n_attempts, 2);
    assert_int_equal(h->n_restarts, 1);
    assert_int_equal(h->n_items, 4);
    assert_int_equal(h->ports[0].before.answers[TLS_1_0].seen, REPORT_ACCEPTED);
    assert_int_equal(h->ports[0].after.answers[TLS_1_0].seen, REPORT_REFUSED);
    assert_string_equal(h->items[1].before, "absent");
    assert_int_equal(h->items[1].did, DID_SET);
    assert_int_equal(h->attempts[0].outcome, OUTCOME_FAILED);
    assert_int_equal(h->attempts[1].outcome, OUTCOME_CHANGED);
    assert_int_equal(h->n_findings, 0); /* the first attempt's are no longer true */
    told_end(&s);
}

static void value_not_come_to_is_not_called_written(void **state)
{
    struct told s = scene_begin();
    struct event ev = told_event(EV_INTENT, "web1");
    (void)state;
    begin(&s);
    told_step(&s, "web1", STEP_PREFLIGHT, 300, "@preflight.json");
    told_step(&s, "web1", STEP_SNAPSHOT, 200, "@snapshot.json");
    ev.step = STEP_APPLY;
    ev.attempt = 1;
    told_say(&s, &ev);
    told_fail(&s, "web1", STEP_APPLY, E_DENIED, "access denied",
              "@applied-in-part.json");
    assert_int_equal(report_result_of(&s.r->hosts[0].items[0]), RESULT_WRITTEN);
    assert_int_equal(report_result_of(&s.r->hosts[0].items[1]), RESULT_NOT_WRITTEN);
    assert_int_equal(report_result_of(&s.r->hosts[0].items[3]), RESULT_RIGHT);
    assert_int_equal(s.r->hosts[0].n_troubles, 1);
    assert_true(report_owes_restart(&s.g->hosts[0]));
    told_end(&s);
}

/* The program dies between the request and its answer; the next one finds that it had no effect. */
static void restart_of_unknown_fate_is_told_with_its_end(void **state)
{
    struct told s = scene_begin();
    struct event ev = told_event(EV_INTENT, "web1");
    const struct report_host *h;
    (void)state;
    begin(&s);
    told_write(&s, "web1");
    told_step(&s, "web1", STEP_ARM, 100, NULL);
    ev.step = STEP_RESTART;
    ev.attempt = 1;
    told_say(&s, &ev);
    told_wait(&s, 60000);
    scene_start(&s);
    h = &s.r->hosts[0];
    assert_int_equal(h->n_restarts, 1);
    assert_true(h->restarts[0].fate_unknown);
    ev = told_event(EV_RESTART_SETTLED, "web1");
    ev.attempt = 2;
    told_say(&s, &ev);
    assert_true(h->restarts[0].no_effect);
    told_step(&s, "web1", STEP_RESTART, 150, NULL);
    told_wait(&s, 4000);
    told_look(&s, "web1", false, 1);
    assert_int_equal(h->n_restarts, 2);
    assert_false(h->restarts[1].fate_unknown);
    assert_int_equal(h->restarts[1].down_ms, s.now_ms);
    told_end(&s);
}

static void phases_follow_one_another_without_gaps(void **state)
{
    struct told s = scene_begin();
    (void)state;
    scene_retried(&s);
    for (size_t i = 0; i < s.r->n_hosts; i++) {
        const struct report_host *h = &s.r->hosts[i];
        for (size_t p = 1; p < h->n_phases; p++) {
            assert_true(h->phases[p - 1].to_ms > 0);
            if (h->phases[p].attempt == h->phases[p - 1].attempt)
                assert_int_equal(h->phases[p].from_ms, h->phases[p - 1].to_ms);
        }
        assert_int_equal(h->phases[h->n_phases - 1].state, HOST_VERIFY);
    }
    told_end(&s);
}

/* Ten thousand hosts: told in one screen more than ten, and in bounded memory. */
static void ten_thousand_hosts_are_told_in_few_lines(void **state)
{
    enum { HOSTS = 10000 };
    static const struct page plain = {.utf8 = true};
    struct rollout_spec *spec = told_spec(two);
    struct told s = scene_begin();
    struct text t = {0};
    size_t lines = 0;
    (void)state;
    for (size_t i = 0; i < spec->n_hosts; i++)
        spec_host_fini(&spec->hosts[i]);
    free(spec->hosts);
    spec->hosts = calloc(HOSTS, sizeof *spec->hosts);
    assert_non_null(spec->hosts);
    spec->n_hosts = HOSTS;
    spec->policy.max_unavailable = (struct amount){.count = 1};
    for (size_t i = 0; i < HOSTS; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "web%05zu", i + 1);
        spec->hosts[i] = (struct spec_host){.name = str_dup(name), .wave = 1};
    }
    told_create(&s, spec, "anna", TITLE);
    told_decide(&s, EV_WAVE_STARTED, "", "", 1);
    for (size_t i = 0; i < 300; i++) {
        struct event ev = told_event(EV_HOST_STARTED, s.g->spec->hosts[i].name);
        ev.attempt = 1;
        told_say(&s, &ev);
        told_step(&s, ev.host, STEP_PREFLIGHT, 3, "@preflight.json");
        told_step(&s, ev.host, STEP_SNAPSHOT, 2, "@snapshot.json");
        told_step(&s, ev.host, STEP_APPLY, 7, "@applied.json");
    }
    assert_int_equal(report_put_text(s.r, &plain, &t), OK);
    for (const char *c = text_str(&t); *c; c++)
        lines += *c == '\n';
    assert_true(lines < 60);
    assert_non_null(strstr(text_str(&t), "9700 hosts: web[00301:10000]"));
    assert_non_null(strstr(text_str(&t), "300 hosts: web[00001:00300]"));
    text_fini(&t);
    assert_int_equal(report_put_json(s.r, &t), OK);
    text_fini(&t);
    told_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damaged_details_are_refused_by_number_and_place),
        cmocka_unit_test(details_that_are_no_object_are_refused),
        cmocka_unit_test(details_that_are_missing_are_no_failure),
        cmocka_unit_test(before_image_is_that_of_before_the_first_write),
        cmocka_unit_test(value_not_come_to_is_not_called_written),
        cmocka_unit_test(restart_of_unknown_fate_is_told_with_its_end),
        cmocka_unit_test(phases_follow_one_another_without_gaps),
        cmocka_unit_test(ten_thousand_hosts_are_told_in_few_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
