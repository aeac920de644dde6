/* From .reg files to playbooks and back. */
#include "base/text.h"
#include "tests/unit/playbooks/test.h"

#include <stdlib.h>

static enum err reg_read(const char *file, const char *text, struct playbook **out, struct why *why)
{
    *why = (struct why){0};
    return playbook_read_reg(file, text, strlen(text), out, why);
}

static struct playbook *reg_good(const char *file, const char *text)
{
    struct playbook *p = NULL;
    struct why why;
    enum err e = reg_read(file, text, &p, &why);
    if (e != OK)
        fail_msg("%s %s: %s", err_name(e), why.place, why.text);
    return p;
}

/* The tls.reg of a published troubleshooting guide: .NET and devices that do not speak TLS 1.2. */
static const char tls_reg[] = "Windows Registry Editor Version 5.00\r\n\r\n"
                              "[HKEY_LOCAL_"
                              "MACHINE\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHA"
                              "NNEL\\Protocols\\SSL 3.0\\Server]\r\n"
                              "\"Enabled\"=dword:00000000\r\n"
                              "\"DisabledByDefault\"=dword:00000001\r\n\r\n"
                              "[HKEY_LOCAL_"
                              "MACHINE\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHA"
                              "NNEL\\KeyExchangeAlgorithms\\Diffie-Hellman]\r\n"
                              "\"ClientMinKeyBitLength\"=dword:00000200\r\n"
                              "@=\"default\"\r\n"
                              "\"Old\"=-\r\n\r\n"
                              "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Wow6432Node\\Empty]\r\n\r\n"
                              "[-HKEY_LOCAL_MACHINE\\SOFTWARE\\Gone]\r\n";

static void a_reg_file_becomes_a_playbook_named_after_it(void **state)
{
    struct playbook *p = reg_good("/tmp/my tls!.reg", tls_reg);
    uint64_t n;
    (void)state;
    assert_string_equal(p->name, "my-tls-");
    assert_string_equal(p->title, p->name);
    assert_int_equal(p->n_settings, 7);
    assert_string_equal(p->settings[0].name, "Enabled");
    assert_int_equal(p->settings[0].line, 4);
    assert_int_equal(p->settings[0].effect, EFFECT_RESTART);
    assert_true(value_as_u64(&p->settings[2].value, &n) && n == 512);
    assert_string_equal(p->settings[3].name, "");
    assert_int_equal(p->settings[4].kind, SETTING_VALUE_ABSENT);
    assert_int_equal(p->settings[5].kind, SETTING_KEY);
    assert_null(p->settings[5].name);
    assert_string_equal(p->settings[5].path.key, "SOFTWARE\\Wow6432Node\\Empty");
    assert_int_equal(p->settings[6].kind, SETTING_KEY_ABSENT);
    playbook_free(p);
}

static void a_name_is_made_of_any_file_name(void **state)
{
    static const char *const cases[][2] = {
        {"a.reg", "a"},
        {"/x/y/b-c_d.e.reg", "b-c_d.e"},
        {"--x.reg", "x"},
        {"é.reg", "playbook"},
        {".reg", "reg"},
        {"/", "playbook"},
        {"a  b.reg", "a-b"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct playbook *p = reg_good(cases[i][0], tls_reg);
        assert_string_equal(p->name, cases[i][1]);
        playbook_free(p);
    }
}

static void a_reg_file_and_its_playbook_say_the_same(void **state)
{
    struct playbook *p = reg_good("a.reg", tls_reg), *again = NULL, *yaml = NULL;
    struct text reg = {0}, text = {0};
    struct why why = {0};
    size_t lost = 99;
    (void)state;
    assert_int_equal(playbook_write_reg(p, &reg, &lost), OK);
    assert_int_equal(lost, 0);
    assert_memory_equal(reg.s, "\xff\xfeW\0i\0", 6);
    assert_int_equal(playbook_read_reg("a.reg", reg.s, reg.used, &again, &why), OK);
    assert_int_equal(playbook_write_yaml(p, &text), OK);
    yaml = yaml_good(text_str(&text));
    assert_int_equal(again->n_settings, p->n_settings);
    assert_int_equal(yaml->n_settings, p->n_settings);
    for (size_t i = 0; i < p->n_settings; i++) {
        assert_int_equal(again->settings[i].kind, p->settings[i].kind);
        assert_true(path_equal(&again->settings[i].path, &p->settings[i].path));
        assert_true(value_equal(&again->settings[i].value, &p->settings[i].value));
        assert_int_equal(yaml->settings[i].kind, p->settings[i].kind);
        assert_true(path_equal(&yaml->settings[i].path, &p->settings[i].path));
        assert_true(value_equal(&yaml->settings[i].value, &p->settings[i].value));
    }
    text_fini(&reg);
    text_fini(&text);
    playbook_free(p);
    playbook_free(again);
    playbook_free(yaml);
}

static void what_reg_cannot_say_is_counted(void **state)
{
    struct playbook *p =
        yaml_good("playbook: p\ntitle: T\nsources: [a, b]\nguards: [{that: os.build > 1, why: w}]\n"
                  "settings:\n"
                  "  - {key: HKLM\\A, values: {V: dword 1}, why: x}\n"
                  "  - {key: HKLM\\A, values: {W: dword 1}, effect: none}\n"
                  "  - {key: HKLM\\A, values: {X: dword 1}}\n"
                  "verify: [{port: 1}, {port: 2}]\n");
    struct text reg = {0};
    size_t lost = 0;
    (void)state;
    assert_int_equal(playbook_write_reg(p, &reg, &lost), OK);
    assert_int_equal(lost, 1 + 2 + 1 + 2 + 2);
    text_fini(&reg);
    playbook_free(p);
}

static void reg_bad(const char *text, const char *place, const char *words)
{
    struct playbook *p = NULL;
    struct why why;
    assert_int_equal(reg_read("f.reg", text, &p, &why), E_DATA);
    assert_null(p);
    if (strcmp(why.place, place) != 0 || strstr(why.text, words) == NULL)
        fail_msg("expected %s with \"%s\", got %s: %s", place, words, why.place, why.text);
}

static void what_contradicts_itself_is_refused_in_reg_too(void **state)
{
    (void)state;
    reg_bad("REGEDIT4\n\n[HKEY_LOCAL_MACHINE\\A]\n\"V\"=dword:1\n\"v\"=dword:2\n", "f.reg:5:1",
            "a second setting for HKLM\\A, value v; the first is at line 4");
    reg_bad("REGEDIT4\n\n[-HKEY_LOCAL_MACHINE\\A\\B]\n[HKEY_LOCAL_MACHINE\\A\\B]\n\"V\"=dword:1\n",
            "f.reg:5:1", "line 3 wants HKLM\\A\\B to be absent");
    reg_bad("REGEDIT4\n\n[-HKEY_LOCAL_MACHINE\\SOFTWARE]\n", "f.reg:3:1", "cannot be made absent");
    reg_bad("REGEDIT4\n\n", "f.reg:1:1", "nothing to set");
    reg_bad("REGEDIT4\n\n[HKEY_LOCAL_MACHIN\\A]\n", "f.reg:3:2", "HKEY_LOCAL_MACHINE");
}

static void a_reg_file_of_too_many_settings_is_refused_at_its_place(void **state)
{
    struct text t = {0};
    (void)state;
    text_put(&t, "REGEDIT4\n\n[HKEY_LOCAL_MACHINE\\A]\n");
    for (int i = 0; i <= PLAYBOOK_SETTINGS_MAX; i++)
        text_printf(&t, "\"v%d\"=dword:1\n", i);
    reg_bad(text_str(&t), "f.reg:10004:1", "more than 10000 settings");
    text_fini(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reg_file_becomes_a_playbook_named_after_it),
        cmocka_unit_test(a_name_is_made_of_any_file_name),
        cmocka_unit_test(a_reg_file_and_its_playbook_say_the_same),
        cmocka_unit_test(what_reg_cannot_say_is_counted),
        cmocka_unit_test(what_contradicts_itself_is_refused_in_reg_too),
        cmocka_unit_test(a_reg_file_of_too_many_settings_is_refused_at_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
