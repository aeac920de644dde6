/* What a playbook and a host's registry make of each other. */
#include "playbooks/plan.h"

#include "tests/unit/playbooks/random.h"
#include "tests/unit/playbooks/registry_map.h"

static void seed(struct map *m, const char *key, const char *name, const char *code)
{
    struct reg_path path = path_of(key);
    struct reg_value v;
    map_keys_make(m, &path);
    if (name != NULL) {
        assert_int_equal(value_from_code(code, &v), OK);
        map_value_set(m, &path, name, &v);
        value_fini(&v);
    }
    path_fini(&path);
}

static struct plan_host make(const char *settings, struct map *m)
{
    struct text yaml = {0};
    struct plan_host h = {0};
    struct plan_reader reader = map_reader(m);
    struct why why = {0};
    text_printf(&yaml, "playbook: p\nsettings:\n%s", settings);
    struct playbook *p = yaml_good(text_str(&yaml));
    enum err e = plan_host_changes_make(p, &reader, &h, &why);
    if (e != OK)
        fail_msg("%s: %s", err_name(e), why.text);
    playbook_free(p);
    text_fini(&yaml);
    return h;
}

/* "KEY NAME BEFORE AFTER" a line, NAME is - for keys. */
static void is(const struct plan_host *h, const char *lines)
{
    struct text t = {0};
    for (size_t i = 0; i < h->n_changes; i++) {
        const struct change *c = &h->changes[i];
        path_put_code(&t, &c->path);
        text_printf(&t, " %s ", c->name == NULL ? "-" : c->name);
        value_put_code(&t, &c->before);
        text_char(&t, ' ');
        value_put_code(&t, &c->after);
        text_put(&t, c->effect == EFFECT_RESTART ? "\n" : " no restart\n");
    }
    assert_string_equal(text_str(&t), lines);
    text_fini(&t);
}

static void a_value_is_set_from_what_was_there(void **state)
{
    struct map m = {0};
    (void)state;
    seed(&m, "HKLM\\SOFTWARE\\T", "Same", "4:01000000");
    seed(&m, "HKLM\\SOFTWARE\\T", "Other", "1:3100");
    struct plan_host h = make("  - key: HKLM\\SOFTWARE\\T\n    why: because\n"
                              "    values: {Same: dword 1, other: dword 1, New: dword 1}\n",
                              &m);
    is(&h, "HKLM\\SOFTWARE\\T Same 4:01000000 4:01000000\n"
           "HKLM\\SOFTWARE\\T other 1:3100 4:01000000\n"
           "HKLM\\SOFTWARE\\T New absent 4:01000000\n");
    assert_true(change_is_noop(&h.changes[0]));
    assert_false(change_is_noop(&h.changes[1]));
    assert_string_equal(h.changes[2].why, "because");
    assert_true(plan_host_changes(&h));
    assert_true(plan_host_needs_restart(&h));
    map_apply(&m, &h);
    plan_host_fini(&h);
    h = make(
        "  - key: HKLM\\SOFTWARE\\T\n    values: {Same: dword 1, other: dword 1, New: dword 1}\n",
        &m);
    assert_false(plan_host_changes(&h));
    assert_false(plan_host_needs_restart(&h));
    h.owes_restart = true;
    assert_true(plan_host_needs_restart(&h));
    plan_host_fini(&h);
    map_fini(&m);
}

static void missing_keys_are_made_once_and_from_the_top_down(void **state)
{
    struct map m = {0};
    (void)state;
    seed(&m, "HKLM\\SYSTEM\\P", NULL, NULL);
    struct plan_host h =
        make("  - {key: HKLM\\SYSTEM\\P\\TLS\\Client, values: {E: dword 1, D: dword 0}}\n"
             "  - {key: HKLM\\SYSTEM\\P\\tls\\Server, values: {E: dword 1}}\n"
             "  - {key: HKLM\\SYSTEM\\P\\TLS\\Server\\X, state: present}\n"
             "  - {key: HKLM\\SYSTEM\\P\\TLS, state: present}\n"
             "  - {key: HKLM\\SYSTEM\\P, state: present}\n",
             &m);
    is(&h, "HKLM\\SYSTEM\\P\\TLS - absent 0:\n"
           "HKLM\\SYSTEM\\P\\TLS\\Client - absent 0:\n"
           "HKLM\\SYSTEM\\P\\tls\\Server - absent 0:\n"
           "HKLM\\SYSTEM\\P\\TLS\\Server\\X - absent 0:\n"
           "HKLM\\SYSTEM\\P - 0: 0:\n"
           "HKLM\\SYSTEM\\P\\TLS\\Client E absent 4:01000000\n"
           "HKLM\\SYSTEM\\P\\TLS\\Client D absent 4:00000000\n"
           "HKLM\\SYSTEM\\P\\tls\\Server E absent 4:01000000\n");
    assert_int_equal(m.asked_keys,
                     5); /* each of the five keys once, and none above the one that is there */
    map_apply(&m, &h);
    plan_host_fini(&h);
    map_fini(&m);
}

static void a_key_that_one_value_needs_a_restart_for_needs_it(void **state)
{
    struct map m = {0};
    (void)state;
    struct plan_host h = make("  - {key: HKLM\\A\\B\\C, values: {V: dword 1}, effect: none}\n"
                              "  - {key: HKLM\\A\\B, values: {W: dword 1}}\n",
                              &m);
    is(&h, "HKLM\\A - absent 0:\nHKLM\\A\\B - absent 0:\nHKLM\\A\\B\\C - absent 0: no restart\n"
           "HKLM\\A\\B\\C V absent 4:01000000 no restart\nHKLM\\A\\B W absent 4:01000000\n");
    assert_true(plan_host_needs_restart(&h));
    plan_host_fini(&h);
    h = make("  - {key: HKLM\\A\\B\\C, values: {V: dword 1}, effect: none}\n", &m);
    assert_true(plan_host_changes(&h));
    assert_false(plan_host_needs_restart(&h));
    plan_host_fini(&h);
    map_fini(&m);
}

static void a_thousand_keys_are_asked_for_once_each(void **state)
{
    struct text t = {0};
    struct map m = {0};
    (void)state;
    for (int i = 0; i < 1000; i++)
        text_printf(&t, "  - {key: HKLM\\A\\k%d\\%s, values: {V: dword 1}}\n", i / 2,
                    i % 2 == 0 ? "Client" : "Server");
    struct plan_host h = make(text_str(&t), &m);
    assert_int_equal(h.n_changes, 1 + 500 + 1000 + 1000);
    assert_int_equal(m.asked_keys, 1 + 500 + 1000);
    plan_host_fini(&h);
    text_fini(&t);
    map_fini(&m);
}

static void what_is_to_be_absent_and_is_makes_no_keys(void **state)
{
    struct map m = {0};
    (void)state;
    struct plan_host h = make(
        "  - {key: HKLM\\A\\B, values: {V: absent}}\n  - {key: HKLM\\A\\C, state: absent}\n", &m);
    is(&h, "HKLM\\A\\B V absent absent\nHKLM\\A\\C - absent absent\n");
    assert_false(plan_host_changes(&h));
    plan_host_fini(&h);
    map_fini(&m);
}

static void values_are_set_before_others_are_deleted(void **state)
{
    struct map m = {0};
    (void)state;
    seed(&m, "HKLM\\A\\B", "Old", "4:01000000");
    struct plan_host h = make("  - {key: HKLM\\A\\B, values: {Old: absent, New: dword 2}}\n", &m);
    is(&h, "HKLM\\A\\B New absent 4:02000000\nHKLM\\A\\B Old 4:01000000 absent\n");
    plan_host_fini(&h);
    map_fini(&m);
}

static void a_tree_is_taken_away_value_by_value_from_the_bottom_up(void **state)
{
    struct map m = {0};
    (void)state;
    seed(&m, "HKLM\\A\\T", "", "1:6100");
    seed(&m, "HKLM\\A\\T", "v", "3:00ff");
    seed(&m, "HKLM\\A\\T\\x\\deep", "w", "42:01");
    seed(&m, "HKLM\\A\\T\\y", NULL, NULL);
    seed(&m, "HKLM\\A\\Tx", "stays", "4:00000000");
    struct plan_host h = make("  - {key: HKLM\\A\\T, state: absent, effect: none}\n", &m);
    is(&h, "HKLM\\A\\T  1:6100 absent no restart\n"
           "HKLM\\A\\T v 3:00ff absent no restart\n"
           "HKLM\\A\\T\\x\\deep w 42:01 absent no restart\n"
           "HKLM\\A\\T\\x\\deep - 0: absent no restart\n"
           "HKLM\\A\\T\\x - 0: absent no restart\n"
           "HKLM\\A\\T\\y - 0: absent no restart\n"
           "HKLM\\A\\T - 0: absent no restart\n");
    map_apply(&m, &h);
    plan_host_fini(&h);
    map_fini(&m);
}

static void promise_7_the_inverse_writes_old_values_before_it_deletes_new_ones(void **state)
{
    struct map m = {0};
    struct plan_host back = {0};
    (void)state;
    seed(&m, "HKLM\\A\\B", "Old", "4:01000000");
    seed(&m, "HKLM\\A\\B", "Same", "4:05000000");
    seed(&m, "HKLM\\A\\T\\x", "v", "3:00");
    struct plan_host h = make("  - {key: HKLM\\A\\B\\new, values: {N: dword 1}}\n"
                              "  - {key: HKLM\\A\\B, values: {Old: dword 2, Same: dword 5}}\n"
                              "  - {key: HKLM\\A\\T, state: absent}\n",
                              &m);
    h.name = str_dup("web01");
    h.affinity = str_dup("pair");
    h.owes_restart = true;
    assert_int_equal(plan_host_invert(&h, &back), OK);
    is(&back, "HKLM\\A\\T - absent 0:\nHKLM\\A\\T\\x - absent 0:\n"
              "HKLM\\A\\T\\x v absent 3:00\nHKLM\\A\\B Old 4:02000000 4:01000000\n"
              "HKLM\\A\\B\\new N 4:01000000 absent\nHKLM\\A\\B\\new - 0: absent\n");
    assert_string_equal(back.name, "web01");
    assert_string_equal(back.affinity, "pair");
    assert_int_equal(back.verdict, PLAN_GO);
    assert_false(back.owes_restart);
    plan_host_fini(&back);
    plan_host_fini(&h);
    map_fini(&m);
}

static void fails(const char *settings, struct map *m, enum err want, const char *words)
{
    struct text yaml = {0};
    struct plan_host h = {.n_changes = 77};
    struct plan_reader reader = map_reader(m);
    struct why why = {0};
    text_printf(&yaml, "playbook: p\nsettings:\n%s", settings);
    struct playbook *p = yaml_good(text_str(&yaml));
    assert_int_equal(plan_host_changes_make(p, &reader, &h, &why), want);
    assert_non_null(strstr(why.text, words));
    assert_null(h.changes);
    assert_int_equal(h.n_changes, 77);
    playbook_free(p);
    text_fini(&yaml);
}

static void the_current_user_is_refused_with_the_reason(void **state)
{
    struct map m = {0};
    (void)state;
    fails("  - {key: HKLM\\A, values: {V: dword 1}}\n  - {key: HKCU\\Software\\X, values: {V: "
          "dword 1}}\n",
          &m, E_UNSUPPORTED, "the user whom Swell logs on as");
    map_fini(&m);
}

static void what_cannot_be_read_ends_the_planning_of_the_host(void **state)
{
    struct map m = {0};
    (void)state;
    seed(&m, "HKLM\\A\\B", "V", "4:00000000");
    m.broken = "A\\B";
    fails("  - {key: HKLM\\A\\C, values: {V: dword 1}}\n  - {key: HKLM\\A\\B, values: {V: dword "
          "1}}\n",
          &m, E_DENIED, "denied");
    fails("  - {key: HKLM\\A\\B\\C, values: {V: dword 1}}\n", &m, E_DENIED, "denied");
    fails("  - {key: HKLM\\A\\B, state: present}\n", &m, E_DENIED, "denied");
    m.broken = "a\\b";
    seed(&m, "HKLM\\A\\B\\C", "V", "4:00000000");
    fails("  - {key: HKLM\\A\\B, state: absent}\n", &m, E_DENIED, "denied");
    map_fini(&m);
}

/* A host that lies about its keys. */
static enum err liar_list(void *self, const struct reg_path *path, struct key_state *out,
                          struct why *why)
{
    const char *subkey = self;
    (void)why;
    *out = (struct key_state){.exists = true, .subkeys = calloc(1, sizeof(char *)), .n_subkeys = 1};
    out->subkeys[0] = str_dup(subkey);
    return path_copy(path, &out->path);
}

static void lies(const char *subkey, enum err want, const char *words)
{
    struct plan_reader reader = {.list = liar_list, .self = (void *)(uintptr_t)subkey};
    struct playbook *p = yaml_good("playbook: p\nsettings: [{key: HKLM\\A\\B, state: absent}]\n");
    struct plan_host h = {0};
    struct why why = {0};
    assert_int_equal(plan_host_changes_make(p, &reader, &h, &why), want);
    if (strstr(why.text, words) == NULL)
        fail_msg("expected \"%s\", got %s", words, why.text);
    playbook_free(p);
}

static void a_host_that_lists_keys_without_end_is_left(void **state)
{
    char long_name[256];
    (void)state;
    memset(long_name, 'x', 255);
    long_name[255] = '\0';
    lies("x", E_LIMIT, "too much to take away");
    lies(long_name, E_LIMIT, "more than 4096 bytes");
    lies("", E_PROTOCOL, "no key name");
    lies("a\\b", E_PROTOCOL, "`a\\b`");
    lies("a\\\x1b", E_PROTOCOL, "\\x1B");
}

static enum err vanishing_list(void *self, const struct reg_path *path, struct key_state *out,
                               struct why *why)
{
    int *calls = self;
    return (*calls)++ == 0 ? liar_list((void *)(uintptr_t) "x", path, out, why) : E_ABSENT;
}

static void a_key_that_goes_away_while_it_is_read_is_told(void **state)
{
    int calls = 0;
    struct plan_reader reader = {.list = vanishing_list, .self = &calls};
    struct playbook *p = yaml_good("playbook: p\nsettings: [{key: HKLM\\A\\B, state: absent}]\n");
    struct plan_host h = {0};
    struct why why = {0};
    (void)state;
    assert_int_equal(plan_host_changes_make(p, &reader, &h, &why), E_MOVED);
    assert_non_null(strstr(why.text, "A\\B\\x went away"));
    playbook_free(p);
}

/* --- promise 7: applied and put back, a registry is the same to the byte --- */

static const char *const levels[] = {"a", "B", "c d", "e"};
static const char *const names[] = {"", "v", "W", "x y"};

static void random_path(struct rng *r, size_t most, char out[64])
{
    size_t depth = 1 + rng_below(r, most);
    (void)snprintf(out, 64, "%s", rng_below(r, 4) == 0 ? "HKU\\r" : "HKLM\\R");
    for (size_t i = 0; i < depth; i++)
        (void)snprintf(out + strlen(out), 64 - strlen(out), "\\%s",
                       levels[rng_below(r, COUNT(levels))]);
}

static void random_tree(struct rng *r, struct map *m)
{
    static const char *const codes[] = {"4:00000000", "4:01000000", "1:3100", "3:", "42:0102"};
    size_t n = rng_below(r, 25);
    for (size_t i = 0; i < n; i++) {
        char key[64];
        random_path(r, 4, key);
        seed(m, key, rng_below(r, 4) == 0 ? NULL : names[rng_below(r, COUNT(names))],
             codes[rng_below(r, COUNT(codes))]);
    }
}

/* A playbook of random settings; what would contradict another one is left out again. */
static struct playbook *random_playbook(struct rng *r)
{
    static const char *const values[] = {"dword 1", "dword 0", "absent", "none"};
    struct text yaml = {0};
    struct playbook *best = NULL;
    size_t n = 1 + rng_below(r, 12);
    text_put(&yaml, "playbook: p\nsettings:\n");
    for (size_t i = 0; i < n; i++) {
        struct text longer = {0};
        struct playbook *p;
        struct why why;
        char key[64], line[64];
        size_t name = rng_below(r, COUNT(names)), kind = rng_below(r, 7);
        random_path(r, 5, key);
        if (kind < COUNT(values))
            (void)snprintf(line, sizeof line, "values: {'%s': %s}", name == 0 ? "@" : names[name],
                           values[kind]);
        else
            (void)snprintf(line, sizeof line, "state: %s",
                           kind == COUNT(values) ? "present" : "absent");
        text_printf(&longer, "%s  - {key: '%s', %s}\n", text_str(&yaml), key, line);
        if (yaml_read(text_str(&longer), &p, &why) == OK) {
            playbook_free(best);
            best = p;
            text_fini(&yaml);
            yaml = longer;
        } else {
            text_fini(&longer);
        }
    }
    text_fini(&yaml);
    return best;
}

static void promise_7_any_plan_and_its_inverse_leave_the_registry_as_it_was(void **state)
{
    struct rng r = {.state = 7};
    size_t changed = 0;
    (void)state;
    for (int round = 0; round < 3000; round++) {
        struct map before = {0}, m = {0};
        struct plan_host h = {0}, back = {0}, again = {0};
        struct why why = {0};
        random_tree(&r, &before);
        map_copy(&before, &m);
        struct playbook *p = random_playbook(&r);
        struct plan_reader reader = map_reader(&m);
        assert_int_equal(plan_host_changes_make(p, &reader, &h, &why), OK);
        assert_int_equal(plan_host_invert(&h, &back), OK);
        map_apply(&m, &h);
        assert_int_equal(plan_host_changes_make(p, &reader, &again, &why), OK);
        assert_false(
            plan_host_changes(&again)); /* the goal is reached, and a second plan is empty */
        changed += plan_host_changes(&h);
        map_apply(&m, &back);
        assert_true(map_equal(&m, &before));
        plan_host_fini(&h);
        plan_host_fini(&back);
        plan_host_fini(&again);
        playbook_free(p);
        map_fini(&m);
        map_fini(&before);
    }
    assert_true(changed > 2000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_value_is_set_from_what_was_there),
        cmocka_unit_test(missing_keys_are_made_once_and_from_the_top_down),
        cmocka_unit_test(a_key_that_one_value_needs_a_restart_for_needs_it),
        cmocka_unit_test(a_thousand_keys_are_asked_for_once_each),
        cmocka_unit_test(what_is_to_be_absent_and_is_makes_no_keys),
        cmocka_unit_test(values_are_set_before_others_are_deleted),
        cmocka_unit_test(a_tree_is_taken_away_value_by_value_from_the_bottom_up),
        cmocka_unit_test(promise_7_the_inverse_writes_old_values_before_it_deletes_new_ones),
        cmocka_unit_test(the_current_user_is_refused_with_the_reason),
        cmocka_unit_test(what_cannot_be_read_ends_the_planning_of_the_host),
        cmocka_unit_test(a_host_that_lists_keys_without_end_is_left),
        cmocka_unit_test(a_key_that_goes_away_while_it_is_read_is_told),
        cmocka_unit_test(promise_7_any_plan_and_its_inverse_leave_the_registry_as_it_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
