/* Written and read again, a playbook is the same. */
#include "base/text.h"
#include "tests/unit/playbooks/random.h"
#include "tests/unit/playbooks/test.h"

#include <stdlib.h>

static void same_text(const char *a, const char *b)
{
    assert_true((a == NULL) == (b == NULL));
    if (a != NULL)
        assert_string_equal(a, b);
}

static void same_setting(const struct setting *a, const struct setting *b)
{
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->path.hive, b->path.hive);
    assert_int_equal(a->path.view, b->path.view);
    assert_string_equal(a->path.key, b->path.key);
    same_text(a->name, b->name);
    assert_true(value_equal(&a->value, &b->value));
    assert_int_equal(a->effect, b->effect);
    same_text(a->why, b->why);
}

static void same(const struct playbook *a, const struct playbook *b)
{
    assert_string_equal(a->name, b->name);
    same_text(a->title, b->title);
    assert_int_equal(a->n_sources, b->n_sources);
    for (size_t i = 0; i < a->n_sources; i++)
        assert_string_equal(a->sources[i], b->sources[i]);
    assert_int_equal(a->n_guards, b->n_guards);
    for (size_t i = 0; i < a->n_guards; i++) {
        assert_string_equal(a->guards[i].that, b->guards[i].that);
        assert_string_equal(a->guards[i].why, b->guards[i].why);
    }
    assert_int_equal(a->n_settings, b->n_settings);
    for (size_t i = 0; i < a->n_settings; i++)
        same_setting(&a->settings[i], &b->settings[i]);
    assert_int_equal(a->n_verify, b->n_verify);
    for (size_t i = 0; i < a->n_verify; i++) {
        assert_int_equal(a->verify[i].port, b->verify[i].port);
        assert_string_equal(a->verify[i].dialect, b->verify[i].dialect);
        assert_memory_equal(a->verify[i].want, b->verify[i].want, sizeof a->verify[i].want);
    }
}

static void round_trip(const struct playbook *p)
{
    struct text first = {0}, second = {0};
    assert_int_equal(playbook_write_yaml(p, &first), OK);
    struct playbook *again = yaml_good(text_str(&first));
    same(p, again);
    assert_int_equal(playbook_write_yaml(again, &second), OK);
    assert_string_equal(text_str(&first), text_str(&second));
    playbook_free(again);
    text_fini(&first);
    text_fini(&second);
}

static void the_written_form_is_the_one_that_people_write(void **state)
{
    static const char yaml[] = "playbook: p\n"
                               "title: 'A: title'\n"
                               "sources:\n"
                               "  - one\n"
                               "guards:\n"
                               "  - that: os.product == \"ServerNT\"\n"
                               "    why: 'it''s #1: 100 %'\n"
                               "settings:\n"
                               "  - key: HKLM\\SOFTWARE\\T\n"
                               "    view: 32\n"
                               "    values:\n"
                               "      (default): sz C:\\Program Files\\x.exe\n"
                               "      'a: b': dword 512\n"
                               "      \"caf\xc3\xa9\": expand_sz %x%\n"
                               "      q: qword 5\n"
                               "      be: dword_be 1\n"
                               "      bin: binary 01 02 ff\n"
                               "      no: none\n"
                               "      gone: absent\n"
                               "      empty: sz\n"
                               "      quoted:\n"
                               "        sz: '\"x\"'\n"
                               "      list:\n"
                               "        multi_sz:\n"
                               "          - a\n"
                               "          - '- b'\n"
                               "      none_of:\n"
                               "        multi_sz: []\n"
                               "      odd:\n"
                               "        type: type 42\n"
                               "        hex: 00 01\n"
                               "      short:\n"
                               "        type: dword\n"
                               "        hex: 01\n"
                               "      value 1:\n"
                               "        name: '@'\n"
                               "        type: sz\n"
                               "        hex: ''\n"
                               "      \"tab\\x09\": dword 1\n"
                               "    effect: none\n"
                               "    why: because\n"
                               "  - key: HKLM\\SOFTWARE\\T\n"
                               "    values:\n"
                               "      x: dword 1\n"
                               "  - key: HKU\\A\n"
                               "    state: present\n"
                               "  - key: HKCR\\A\\B\n"
                               "    state: absent\n"
                               "verify:\n"
                               "  - {port: 25, starttls: smtp, tls1.0: refused, tls1.3: accepted}\n"
                               "  - {port: 443}\n";
    struct playbook *p = yaml_good(yaml);
    struct text t = {0};
    (void)state;
    assert_int_equal(playbook_write_yaml(p, &t), OK);
    assert_string_equal(text_str(&t), yaml);
    text_fini(&t);
    playbook_free(p);
}

static const char *const odd_texts[] = {
    "",
    " ",
    "x ",
    " x",
    "-",
    "- x",
    "?",
    "? x",
    ":",
    "a:",
    "a: b",
    "a #b",
    "#",
    "&a",
    "*a",
    "!t",
    "|",
    ">",
    "%",
    "`",
    "'",
    "\"",
    "''",
    "\"\"",
    "'x'",
    "\"x\"",
    "{",
    "[",
    "]",
    ",",
    "~",
    "null",
    "...",
    "---",
    "\t",
    "a\tb",
    "\n",
    "a\nb\n",
    "\r\n",
    "\x02",
    "\x7f",
    "\xc2\x85",
    "\xe2\x80\xa8",
    "\xef\xbb\xbf",
    "\xc2\xa0",
    "é",
    "\xf0\x9f\x98\x80",
    "\xef\xbf\xbf",
    "<<",
    "=",
    "\\",
    "\\x41",
    "absent",
    "dword 1",
    "@",
    "(default)",
    "value 1",
    "value 2",
};

static void odd_names_and_texts_survive(void **state)
{
    struct playbook p = {.name = str_dup("p"), .title = str_dup("t")};
    (void)state;
    p.settings = calloc(COUNT(odd_texts) * 2, sizeof *p.settings);
    for (size_t i = 0; i < COUNT(odd_texts); i++)
        for (int k = 0; k < 2; k++) {
            struct setting *s = &p.settings[p.n_settings++];
            *s = (struct setting){.kind = SETTING_VALUE,
                                  .name = str_dup(odd_texts[i]),
                                  .path = {.key = str_dup(k == 0 ? "A" : "B")}};
            if (k == 0)
                assert_int_equal(
                    value_sz(i % 2 == 0 ? REG_SZ : REG_EXPAND_SZ, odd_texts[i], &s->value), OK);
            else if (*odd_texts[i] != '\0')
                assert_int_equal(value_multi_sz(&odd_texts[i], 1, &s->value), OK);
            else
                s->kind = SETTING_VALUE_ABSENT;
        }
    round_trip(&p);
    for (size_t i = 0; i < p.n_settings; i++)
        setting_fini(&p.settings[i]);
    free(p.settings);
    free(p.name);
    free(p.title);
}

static void a_name_too_long_for_a_yaml_key_survives(void **state)
{
    struct text t = {0};
    (void)state;
    text_put(&t, "playbook: p\nsettings:\n  - key: HKLM\\A\n    values:\n      a: {type: none, "
                 "hex: '', name: ");
    for (int i = 0; i < 16383; i++)
        text_char(&t, 'x');
    text_put(&t, "}\n      c: {state: absent, name: d");
    for (int i = 0; i < 1024; i++)
        text_char(&t, 'x');
    for (int n = 240; n < 260; n++) {
        text_printf(&t, "}\n      e%d: {type: dword, data: 1, name: \"", n);
        for (int i = 0; i < n; i++)
            text_put(&t, "\\x02");
        text_char(&t, '"');
    }
    text_put(&t, "}\n");
    struct playbook *p = yaml_good(text_str(&t));
    round_trip(p);
    playbook_free(p);
    text_fini(&t);
}

static void half_a_surrogate_pair_survives_as_bytes_and_is_refused_as_a_name(void **state)
{
    struct playbook *p =
        yaml_good("playbook: p\nsettings: [{key: HKLM\\A, values: {V: dword 1}}]\n");
    struct text t = {0};
    (void)state;
    value_fini(&p->settings[0].value);
    assert_int_equal(value_sz(REG_SZ, "a\xed\xa0\x80", &p->settings[0].value), OK);
    round_trip(p);
    value_fini(&p->settings[0].value);
    assert_int_equal(value_raw(REG_MULTI_SZ, "\x00\xd8\0\0\0\0", 6, &p->settings[0].value), OK);
    round_trip(p);
    free(p->settings[0].name);
    p->settings[0].name = str_dup("a\xed\xa0\x80");
    assert_int_equal(playbook_write_yaml(p, &t), E_UNSUPPORTED);
    text_fini(&t);
    playbook_free(p);
}

/* --- a thousand playbooks of a fixed seed --- */

static struct reg_value random_value(struct rng *r)
{
    static const uint32_t types[] = {REG_NONE, REG_SZ, REG_EXPAND_SZ, REG_BINARY, REG_DWORD,
                                     REG_DWORD_BE, REG_LINK, REG_MULTI_SZ, REG_QWORD, 8,
                                     42, UINT32_MAX};
    uint8_t bytes[24];
    struct reg_value v;
    size_t n = rng_below(r, sizeof bytes);
    for (size_t i = 0; i < n; i++) /* mostly letters and NULs, so that many are texts */
        if (rng_below(r, 3) == 0)
            bytes[i] = (uint8_t)rng_below(r, 256);
        else
            bytes[i] = (uint8_t)(i % 2 == 1 ? '\0' : "ab\"\0 :#"[rng_below(r, 7)]);
    assert_int_equal(value_raw(types[rng_below(r, COUNT(types))], bytes, n, &v), OK);
    return v;
}

static void any_playbook_survives(void **state)
{
    struct rng r = {.state = 20261121};
    (void)state;
    for (int round = 0; round < 1000; round++) {
        struct playbook p = {.name = str_dup("p"), .title = str_dup("a title")};
        p.n_settings = 1 + rng_below(&r, 12);
        p.settings = calloc(p.n_settings, sizeof *p.settings);
        for (size_t i = 0; i < p.n_settings; i++) {
            struct setting *s = &p.settings[i];
            char name[40], key[40];
            (void)snprintf(name, sizeof name, "%c%zu", " #a'\"@~"[rng_below(&r, 7)], i);
            (void)snprintf(key, sizeof key, "A\\%s%zu", rng_below(&r, 2) == 0 ? "b" : "B c",
                           rng_below(&r, 2));
            s->kind = rng_below(&r, 5) == 0 ? SETTING_VALUE_ABSENT : SETTING_VALUE;
            s->path = (struct reg_path){.hive = (enum reg_hive)rng_below(&r, 2),
                                        .view = (enum reg_view)rng_below(&r, 2),
                                        .key = str_dup(key)};
            s->name = str_dup(name);
            s->effect = rng_below(&r, 3) == 0 ? EFFECT_NONE : EFFECT_RESTART;
            s->why = rng_below(&r, 3) == 0 ? str_dup("a: reason") : NULL;
            if (s->kind == SETTING_VALUE)
                s->value = random_value(&r);
        }
        round_trip(&p);
        for (size_t i = 0; i < p.n_settings; i++)
            setting_fini(&p.settings[i]);
        free(p.settings);
        free(p.name);
        free(p.title);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_written_form_is_the_one_that_people_write),
        cmocka_unit_test(odd_names_and_texts_survive),
        cmocka_unit_test(a_name_too_long_for_a_yaml_key_survives),
        cmocka_unit_test(half_a_surrogate_pair_survives_as_bytes_and_is_refused_as_a_name),
        cmocka_unit_test(any_playbook_survives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
