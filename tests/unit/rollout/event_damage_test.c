/* Bodies that are not what their kind says: refused, and nothing is kept of them. */
#include "tests/unit/rollout/events.h"

#define POLICY                                                                      \
    "{'serial':['1','50%'],'max_unavailable':'10%','approval_between_waves':false," \
    "'restart_never':false,'max_failed':1,'soak_ms':0,'restart_timeout_ms':1,"      \
    "'restart_delay_ms':1,'restart_quiet_ms':1,'restart_settle_ms':1,'look_ms':1,"  \
    "'step_timeout_ms':1,'verify_timeout_ms':1,'step_tries':1}"
#define HOSTS "[{'name':'h1','wave':1},{'name':'h2','wave':0,'left_out':'skipped','why':'x'}]"
#define SPEC(policy, hosts)                                                             \
    "{'spec':{'plan':'abc','waves':1,'rollback':false,'rollback_of':0,'policy':" policy \
    ",'hosts':" hosts "}}"

static const struct good {
    const char *kind, *body;
} goods[] = {
    {"rollout_created", SPEC(POLICY, HOSTS)},
    {"promoted", "{'wave':2,'by':'anna'}"},
    {"retried", "{'hosts':['h1','h2']}"},
    {"wave_started", "{'wave':1}"},
    {"host_started", "{'attempt':1}"},
    {"intent", "{'attempt':1,'step':'apply'}"},
    {"outcome", "{'attempt':1,'step':'verify','check':'passed','err':'E_CUT','took_ms':5}"},
    {"outcome", "{'attempt':1,'step':'look','seen':{'reachable':true,'authenticated':true,"
                "'refused':true,'marker':'present','boot_ms':5,'start_filetime':'7',"
                "'shutdown_filetime':'8','server_guid':'000102030405060708090a0b0c0d0e0f'}}"},
    {"restart_settled", "{'attempt':2}"},
    {"restart_proved", "{'attempt':1,'restarts':1}"},
    {"host_finished", "{'outcome':'changed'}"},
    {"outcome", "{'attempt':1,'step':'snapshot','to_change':3,'needs_restart':true,"
                "'detail':{'items':[]}}"},
};

static char *quoted(const char *s) /* ' for " */
{
    char *copy = str_dup(s);
    assert_non_null(copy);
    for (char *c = copy; *c; c++)
        *c = *c == '\'' ? '"' : *c;
    return copy;
}

static enum err decode(const char *kind, const char *json, struct event *out)
{
    struct why why = {0};
    enum err e = event_decode(kind, json, out, &why);
    if (e != OK) {
        static const struct event nothing;
        assert_true(why.text[0] != '\0');
        assert_memory_equal(out, &nothing, sizeof nothing);
    }
    return e;
}

static void refuse(const char *kind, const char *body)
{
    char *json = quoted(body);
    struct event ev;
    if (decode(kind, json, &ev) != E_CORRUPT)
        fail_msg("a '%s' event was read from %s", kind, json);
    free(json);
}

static void take(const char *kind, const char *body)
{
    char *json = quoted(body);
    struct event ev;
    if (decode(kind, json, &ev) != OK)
        fail_msg("no '%s' event was read from %s", kind, json);
    event_fini(&ev);
    free(json);
}

static void body_cut_anywhere_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(goods); i++) {
        char *json = quoted(goods[i].body);
        size_t n = strlen(json);
        struct event ev;
        take(goods[i].kind, goods[i].body);
        for (size_t cut = 0; cut < n; cut++) {
            char *part = str_dup_n(json, cut);
            assert_int_equal(decode(goods[i].kind, part, &ev), E_CORRUPT);
            free(part);
        }
        free(json);
    }
}

/* With any byte turned into another one it is read or refused, and no more. */
static void body_with_one_byte_changed_does_no_harm(void **state)
{
    static const char bytes[] = "\"{}[]:,0-9etfn\\ \x01\xff";
    (void)state;
    for (size_t i = 0; i < COUNT(goods); i++) {
        char *json = quoted(goods[i].body);
        for (size_t at = 0; json[at]; at++)
            for (size_t k = 0; k < sizeof bytes - 1; k++) {
                char was = json[at];
                struct event ev;
                json[at] = bytes[k];
                if (decode(goods[i].kind, json, &ev) == OK)
                    event_fini(&ev);
                json[at] = was;
            }
        free(json);
    }
}

static bool other_type_fits(const char *name, const json_t *is, const json_t *other)
{
    bool text_is_free = strcmp(name, "by") == 0;
    return json_is_string(is) ? json_is_string(other) && text_is_free
                              : json_typeof(is) == json_typeof(other) ||
                                    (json_is_boolean(is) && json_is_boolean(other));
}

/* Each member of each good body in every other JSON type. */
static void member_of_another_type_is_refused(void **state)
{
    static const char *const others[] = {"null", "5.5", "[]", "{}", "true", "7", "\"nonsense\""};
    (void)state;
    for (size_t i = 0; i < COUNT(goods); i++) {
        char *json = quoted(goods[i].body);
        json_t *o = json_loads(json, 0, NULL);
        for (void *it = json_object_iter(o); it; it = json_object_iter_next(o, it))
            for (size_t k = 0; k < COUNT(others); k++) {
                const char *name = json_object_iter_key(it);
                json_t *changed = json_copy(o);
                json_t *other = json_loads(others[k], JSON_DECODE_ANY, NULL);
                struct event ev;
                bool fits = other_type_fits(name, json_object_iter_value(it), other);
                json_object_set_new(changed, name, other);
                char *body = json_dumps(changed, 0);
                if (!fits)
                    assert_int_equal(decode(goods[i].kind, body, &ev), E_CORRUPT);
                free(body);
                json_decref(changed);
            }
        json_decref(o);
        free(json);
    }
}

static void field_that_a_kind_needs_must_be_there(void **state)
{
    static const char *const kinds[] = {"rollout_created", "promoted", "retried",
                                        "wave_started", "wave_passed", "host_started",
                                        "intent", "outcome", "restart_settled",
                                        "restart_proved", "host_finished"};
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++)
        refuse(kinds[i], "{}");
    refuse("intent", "{'attempt':1}");
    refuse("intent", "{'step':'apply'}");
    refuse("outcome", "{'attempt':1}");
    refuse("outcome", "{'step':'apply'}");
    refuse("host_finished", "{'outcome':'none'}");
    refuse("wave_started", "{'wave':0}");
    refuse("host_started", "{'attempt':0}");
}

static void promise_9_result_left_out_is_not_read_as_a_good_one(void **state)
{
    (void)state;
    refuse("outcome", "{'attempt':1,'step':'verify'}");
    refuse("outcome", "{'attempt':1,'step':'arm'}");
    refuse("outcome", "{'attempt':1,'step':'look'}");
    refuse("outcome", "{'attempt':1,'step':'look','seen':{}}");
    refuse("outcome", "{'attempt':1,'step':'look','seen':{'reachable':true,'marker':'absent'}}");
    refuse("outcome", "{'attempt':1,'step':'look','seen':{'reachable':true,'authenticated':true}}");
}

static void unknown_kind_is_refused(void **state)
{
    static const char *const kinds[] = {"", "nonsense", "OUTCOME", "outcome2", "host_finished "};
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++)
        refuse(kinds[i], "{}");
}

static void body_that_is_no_object_is_refused(void **state)
{
    static const char *const bodies[] = {"",
                                         " ",
                                         "null",
                                         "5",
                                         "'x'",
                                         "[]",
                                         "{}x",
                                         "{} {}",
                                         "{'by'}",
                                         "{'by':'a','by':'b'}",
                                         "{'by':'\\u0000'}",
                                         "{'by':'\xff'}"};
    (void)state;
    for (size_t i = 0; i < COUNT(bodies); i++)
        refuse("paused", bodies[i]);
    take("paused", "{}");
}

static void number_out_of_range_is_refused(void **state)
{
    (void)state;
    take("wave_started", "{'wave':2147483647}");
    refuse("wave_started", "{'wave':2147483648}");
    refuse("wave_started", "{'wave':-2147483649}");
    refuse("wave_started", "{'wave':4294967297}");
    refuse("wave_started", "{'wave':1.0}");
    refuse("resumed", "{'max_failed':9223372036854775808}");
    take("resumed", "{'max_failed':9223372036854775807}");
}

static void text_longer_than_its_field_is_refused(void **state)
{
    static const struct {
        const char *name;
        size_t size;
    } texts[] = {{"by", EVENT_BY_SIZE}, {"why", EVENT_WHY_SIZE}, {"comment", EVENT_WHY_SIZE}};
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++)
        for (size_t more = 0; more < 2; more++) {
            struct text t = {0};
            struct event ev;
            text_printf(&t, "{\"%s\":\"", texts[i].name);
            for (size_t k = 0; k < texts[i].size - 1 + more; k++)
                text_char(&t, 'x');
            text_put(&t, "\"}");
            assert_int_equal(decode("paused", text_str(&t), &ev), more ? E_CORRUPT : OK);
            text_fini(&t);
        }
}

#define LOOK(seen) \
    "{'attempt':1,'step':'look','seen':{'reachable':true,'authenticated':true," seen "}}"

static void observation_must_be_whole(void **state)
{
    (void)state;
    take("outcome", LOOK("'marker':'unknown'"));
    refuse("outcome", LOOK("'marker':'perhaps'"));
    refuse("outcome", LOOK("'marker':'absent','server_guid':'00'"));
    refuse("outcome", LOOK("'marker':'absent','server_guid':'000102030405060708090a0b0c0d0e0g'"));
    refuse("outcome", LOOK("'marker':'absent','server_guid':5"));
    refuse("outcome", LOOK("'marker':'absent','start_filetime':5"));
    refuse("outcome", LOOK("'marker':'absent','start_filetime':'-5'"));
    refuse("outcome", LOOK("'marker':'absent','start_filetime':'18446744073709551616'"));
    refuse("outcome", LOOK("'marker':'absent','shutdown_filetime':''"));
    refuse("outcome", LOOK("'marker':'absent','boot_ms':'5'"));
}

static void retried_hosts_are_names(void **state)
{
    (void)state;
    refuse("retried", "{'hosts':[]}");
    refuse("retried", "{'hosts':'h1'}");
    refuse("retried", "{'hosts':['h1',5]}");
    refuse("retried", "{'hosts':[null]}");
}

static void hosts_of_a_rollout_are_checked(void **state)
{
    static const char *const bad[] = {"[]",
                                      "{}",
                                      "[5]",
                                      "[{}]",
                                      "[{'name':'h1'}]",
                                      "[{'name':'','wave':1}]",
                                      "[{'name':'h1','wave':2}]",
                                      "[{'name':'h1','wave':-1}]",
                                      "[{'name':'h1','wave':0}]",
                                      "[{'name':'h1','wave':4294967297}]",
                                      "[{'name':'h1','wave':1,'left_out':'failed'}]",
                                      "[{'name':'h1','wave':0,'left_out':'none'}]",
                                      "[{'name':'h1','wave':0,'left_out':'gone'}]",
                                      "[{'name':5,'wave':1}]",
                                      "[{'name':'h1','wave':1},null]"};
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct text t = {0};
        text_put(&t, "{'spec':{'plan':'abc','waves':1,'rollback':false,'rollback_of':0,'policy':");
        text_put(&t, POLICY ",'hosts':");
        text_put(&t, bad[i]);
        text_put(&t, "}}");
        refuse("rollout_created", text_str(&t));
        text_fini(&t);
    }
}

/* Every member of o left out, one at a time, where o is a part of all. */
static size_t refuse_without_each(json_t *all, json_t *o)
{
    size_t n = 0;
    json_t *whole = json_copy(o);
    for (void *it = json_object_iter(whole); it; it = json_object_iter_next(whole, it), n++) {
        struct event ev;
        json_object_del(o, json_object_iter_key(it));
        char *body = json_dumps(all, 0);
        assert_int_equal(decode("rollout_created", body, &ev), E_CORRUPT);
        free(body);
        json_object_set(o, json_object_iter_key(it), json_object_iter_value(it));
    }
    json_decref(whole);
    return n;
}

static void specification_that_is_not_whole_is_refused(void **state)
{
    char *json = quoted(SPEC(POLICY, HOSTS));
    json_t *all = json_loads(json, 0, NULL), *spec = json_object_get(all, "spec");
    (void)state;
    assert_int_equal(refuse_without_each(all, spec), 6);
    assert_int_equal(refuse_without_each(all, json_object_get(spec, "policy")), 14);
    json_decref(all);
    free(json);
}

static void limits_of_a_rollout_are_checked(void **state)
{
    static const struct {
        const char *name, *value;
    } bad[] = {{"soak_ms", "-1"},
               {"soak_ms", "315360000001"},
               {"restart_timeout_ms", "9223372036854775807"},
               {"step_tries", "2147483648"},
               {"max_failed", "-1"},
               {"max_failed", "\"none\""},
               {"max_unavailable", "\"0\""},
               {"max_unavailable", "\"101%\""},
               {"max_unavailable", "5"},
               {"serial", "[]"},
               {"serial", "[\"0\"]"},
               {"serial", "\"1\""},
               {"serial", "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]"},
               {"restart_never", "0"},
               {"approval_between_waves", "\"no\""}};
    char *json = quoted(SPEC(POLICY, HOSTS));
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        json_t *o = json_loads(json, 0, NULL);
        json_t *policy = json_object_get(json_object_get(o, "spec"), "policy");
        struct event ev;
        assert_non_null(json_object_get(policy, bad[i].name));
        json_object_set_new(policy, bad[i].name, json_loads(bad[i].value, JSON_DECODE_ANY, NULL));
        char *body = json_dumps(o, 0);
        assert_int_equal(decode("rollout_created", body, &ev), E_CORRUPT);
        free(body);
        json_decref(o);
    }
    free(json);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(body_cut_anywhere_is_refused),
        cmocka_unit_test(body_with_one_byte_changed_does_no_harm),
        cmocka_unit_test(member_of_another_type_is_refused),
        cmocka_unit_test(field_that_a_kind_needs_must_be_there),
        cmocka_unit_test(promise_9_result_left_out_is_not_read_as_a_good_one),
        cmocka_unit_test(unknown_kind_is_refused),
        cmocka_unit_test(body_that_is_no_object_is_refused),
        cmocka_unit_test(number_out_of_range_is_refused),
        cmocka_unit_test(text_longer_than_its_field_is_refused),
        cmocka_unit_test(observation_must_be_whole),
        cmocka_unit_test(retried_hosts_are_names),
        cmocka_unit_test(hosts_of_a_rollout_are_checked),
        cmocka_unit_test(specification_that_is_not_whole_is_refused),
        cmocka_unit_test(limits_of_a_rollout_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
