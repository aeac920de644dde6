/* The form of a playbook around its values, and each error with its place. */
#include "base/file.h"
#include "base/text.h"
#include "tests/unit/playbooks/test.h"

#include <stdlib.h>
#include <unistd.h>

#define SET "settings:\n  - {key: HKLM\\SOFTWARE\\T, values: {V: dword 1}}\n"

static void a_whole_playbook_is_read(void **state)
{
    struct playbook *p =
        yaml_good("playbook: whole-1.0\n"
                  "title: Everything at once\n"
                  "source: [a, b]\n"
                  "guards:\n"
                  "  - {that: \"os.build >= 7601\", why: old}\n"
                  "settings:\n"
                  "  - key: HKLM\\SOFTWARE\\A B\\C/D\n"
                  "    view: 32\n"
                  "    values: {(default): sz x, Two: absent}\n"
                  "    effect: none\n"
                  "    why: because\n"
                  "  - {key: 'HKEY_USERS\\S-1\\X', state: present}\n"
                  "  - {key: 'HKCR:\\X\\Y', state: absent, effect: restart}\n"
                  "verify:\n"
                  "  - {port: 443, tls1.0: refused, tls1.1: any, tls1.2: accepted}\n"
                  "  - {port: 25, starttls: smtp, tls1.3: accepted}\n");
    (void)state;
    assert_string_equal(p->name, "whole-1.0");
    assert_string_equal(p->title, "Everything at once");
    assert_int_equal(p->n_sources, 2);
    assert_string_equal(p->sources[1], "b");
    assert_int_equal(p->n_guards, 1);
    assert_string_equal(p->guards[0].that, "os.build >= 7601");
    assert_string_equal(p->guards[0].why, "old");
    assert_int_equal(p->guards[0].line, 5);
    assert_int_equal(p->guards[0].column, 12);
    assert_int_equal(p->n_settings, 4);
    assert_int_equal(p->settings[0].kind, SETTING_VALUE);
    assert_string_equal(p->settings[0].name, "");
    assert_string_equal(p->settings[0].path.key, "SOFTWARE\\A B\\C/D");
    assert_int_equal(p->settings[0].path.view, VIEW_32);
    assert_int_equal(p->settings[0].effect, EFFECT_NONE);
    assert_string_equal(p->settings[0].why, "because");
    assert_int_equal(p->settings[0].line, 9);
    assert_int_equal(p->settings[0].column, 14);
    assert_int_equal(p->settings[1].kind, SETTING_VALUE_ABSENT);
    assert_string_equal(p->settings[1].name, "Two");
    assert_string_equal(p->settings[1].why, "because");
    assert_int_equal(p->settings[2].kind, SETTING_KEY);
    assert_null(p->settings[2].name);
    assert_int_equal(p->settings[2].path.hive, HIVE_USERS);
    assert_int_equal(p->settings[2].path.view, VIEW_64);
    assert_int_equal(p->settings[2].effect, EFFECT_RESTART);
    assert_int_equal(p->settings[3].kind, SETTING_KEY_ABSENT);
    assert_int_equal(p->settings[3].path.hive, HIVE_CLASSES_ROOT);
    assert_int_equal(p->n_verify, 2);
    assert_int_equal(p->verify[0].port, 443);
    assert_string_equal(p->verify[0].dialect, "");
    assert_int_equal(p->verify[0].want[TLS_1_0], WANT_REFUSED);
    assert_int_equal(p->verify[0].want[TLS_1_1], WANT_ANYTHING);
    assert_int_equal(p->verify[0].want[TLS_1_2], WANT_ACCEPTED);
    assert_int_equal(p->verify[0].line, 15);
    assert_string_equal(p->verify[1].dialect, "smtp");
    playbook_free(p);
}

static void what_may_be_left_out_has_its_default(void **state)
{
    struct playbook *p = yaml_good("playbook: p\nsource: one\n" SET);
    (void)state;
    assert_string_equal(p->title, "p");
    assert_int_equal(p->n_sources, 1);
    assert_string_equal(p->sources[0], "one");
    assert_int_equal(p->settings[0].path.view, VIEW_64);
    assert_int_equal(p->settings[0].effect, EFFECT_RESTART);
    assert_null(p->settings[0].why);
    playbook_free(p);
    playbook_free(yaml_good("playbook: p\nverify: [{port: 443}]\n"));
    p = yaml_good(
        "playbook: p\nsettings: [{key: HKLM\\A, state: present, values: {'@': dword 1}}]\n");
    assert_int_equal(p->n_settings, 1);
    assert_string_equal(p->settings[0].name, "");
    playbook_free(p);
}

static void an_alias_can_stand_for_any_part(void **state)
{
    struct playbook *p =
        yaml_good("playbook: p\nsettings:\n"
                  "  - {key: HKLM\\A\\Client, values: &off {Enabled: &no dword 0}, why: &w x}\n"
                  "  - {key: HKLM\\A\\Server, values: *off, why: *w}\n"
                  "  - {key: HKLM\\A\\Other, values: {X: *no}}\n");
    (void)state;
    assert_int_equal(p->n_settings, 3);
    assert_string_equal(p->settings[1].name, "Enabled");
    assert_int_equal(p->settings[1].line, 3);
    playbook_free(p);
}

static void unknown_keys_are_errors_with_the_nearest_known_one(void **state)
{
    (void)state;
    yaml_bad("playbok: p\n" SET, "1:1", "did you mean `playbook`?");
    yaml_bad("playbook: p\nsetings: []\n", "2:1", "did you mean `settings`?");
    yaml_bad("playbook: p\nxyzzy: []\n" SET, "2:1",
             "expected playbook, title, source, sources, guards, settings or verify");
    yaml_bad("playbook: p\nsettings:\n  - {key: HKLM\\A, value: {V: dword 1}}\n", "3:19",
             "did you mean `values`?");
    yaml_bad("playbook: p\nguards: [{that: os.build > 1, wy: x}]\n" SET, "2:31",
             "did you mean `why`?");
    yaml_bad("playbook: p\nverify: [{port: 1, tls10: any}]\n" SET, "2:20",
             "did you mean `tls1.0`?");
    yaml_bad("playbook: p\nverify: [{prot: 1}]\n" SET, "2:11", "did you mean `port`?");
    yaml_bad("playbook: p\nplaybook: q\n" SET, "2:1",
             "`playbook` a second time; the first is at line 1, column 1");
    yaml_bad("playbook: p\n<<: {a: b}\n" SET, "2:1", "has no key `<<`");
}

static void missing_and_misshapen_parts_are_errors(void **state)
{
    (void)state;
    yaml_bad("title: x\n" SET, "1:1", "the playbook has no playbook:");
    yaml_bad("- a\n", "1:1", "expected a playbook, a map with keys such as playbook:, got a list");
    yaml_bad("just text\n", "1:1", "got `just text`");
    yaml_bad("playbook: [p]\n" SET, "1:11", "got a list");
    yaml_bad("playbook: ''\n" SET, "1:11", "expected the playbook's name, got nothing");
    yaml_bad("playbook: a b\n" SET, "1:11", "expected a name of A-Z a-z 0-9 . _ -");
    yaml_bad("playbook: -p\n" SET, "1:11", "expected a name");
    yaml_bad("playbook: a1234567890123456789012345678901234567890123456789012345678901234\n" SET,
             "1:11", "at most 64");
    yaml_bad("playbook: p\ntitle: {a: b}\n" SET, "2:8", "expected a title, got a map");
    yaml_bad("playbook: p\ntitle: \"a\\0b\"\n" SET, "2:8", "a NUL cannot stand in a title");
    yaml_bad("playbook: p\nsource: [a]\nsources: [b]\n" SET, "3:1",
             "expected source: or sources:, got both");
    yaml_bad("playbook: p\nsource: [a, [b]]\n" SET, "2:13", "expected a source, got a list");
    yaml_bad("playbook: p\nguards: {that: x}\n" SET, "2:9", "expected a list of guards, got a map");
    yaml_bad("playbook: p\nguards: [x]\n" SET, "2:10",
             "expected a guard, a map with keys such as that:, got `x`");
    yaml_bad("playbook: p\nguards: [{why: x}]\n" SET, "2:10", "the guard has no that:");
    yaml_bad("playbook: p\nguards: [{that: os.build > 1}]\n" SET, "2:10", "the guard has no why:");
    yaml_bad("playbook: p\nsettings: {key: x}\n", "2:11", "expected a list of settings, got a map");
    yaml_bad("playbook: p\nsettings: [x]\n", "2:12",
             "expected a setting, a map with keys such as key:, got `x`");
    yaml_bad("playbook: p\nsettings: [[key]]\n", "2:12",
             "expected a setting, a map with keys such as key:, got a list");
    yaml_bad("playbook: p\nsettings:\n- - key:\n  - key: HKLM\\A\n", "3:3", "expected a setting");
    yaml_bad("playbook: p\nguards: [[that]]\n" SET, "2:10", "expected a guard");
    yaml_bad("playbook: p\nverify: [[port]]\n" SET, "2:10", "expected a verify rule");
    yaml_bad("playbook: p\nsettings: [{values: {V: dword 1}}]\n", "2:12",
             "the setting has no key:");
    yaml_bad("playbook: p\nsettings: [{key: HKLM\\A}]\n", "2:12",
             "no values: (nor state: present or absent)");
    yaml_bad("playbook: p\nsettings: [{key: HKLM\\A, values: dword 1}]\n", "2:34",
             "expected a map of value names");
    yaml_bad("playbook: p\nsettings: [{key: HKLM\\A, values: {}}]\n", "2:34",
             "expected at least one value");
    yaml_bad("playbook: p\nsettings: [{key: HKLM\\A, values: {'': dword 1}}]\n", "2:35",
             "written (default)");
    yaml_bad("playbook: p\nverify: {port: 1}\n" SET, "2:9", "expected a list of verify rules");
    yaml_bad("playbook: p\nverify: [{tls1.0: any}]\n" SET, "2:10", "the verify rule has no port:");
    yaml_bad("playbook: p\n", "1:1", "nothing to set and nothing to verify");
    yaml_bad("playbook: p\nsettings: []\nverify: []\n", "1:1",
             "nothing to set and nothing to verify");
}

static void words_and_numbers_out_of_their_range_are_errors(void **state)
{
    (void)state;
    yaml_bad("playbook: p\nsettings: [{key: HKLM\\A, view: 16, state: present}]\n", "2:32",
             "expected 64 or 32, got `16`");
    yaml_bad("playbook: p\nsettings: [{key: HKLM\\A, state: gone}]\n", "2:33",
             "expected present or absent, got `gone`");
    yaml_bad("playbook: p\nsettings: [{key: HKLM\\A, state: present, effect: no}]\n", "2:50",
             "expected restart or none, got `no`");
    yaml_bad("playbook: p\nsettings: [{key: HKLM\\A\\B, state: absent, values: {V: absent}}]\n",
             "2:43", "takes the key away with all its values");
    yaml_bad("playbook: p\nverify: [{port: 0}]\n" SET, "2:17",
             "expected a port, 1 to 65535, got `0`");
    yaml_bad("playbook: p\nverify: [{port: 65536}]\n" SET, "2:17", "got `65536`");
    yaml_bad("playbook: p\nverify: [{port: https}]\n" SET, "2:17", "got `https`");
    yaml_bad("playbook: p\nverify: [{port: 1, starttls: tds}]\n" SET, "2:30",
             "expected tls, rdp, mssql, mssql-strict, smtp");
    yaml_bad("playbook: p\nverify: [{port: 1, tls1.0: off}]\n" SET, "2:28",
             "expected any, accepted or refused, got `off`");
    yaml_bad("playbook: p\nverify: [{port: 1}, {port: 1}]\n" SET, "2:21",
             "a second rule for port 1; the first is at line 2");
}

static void a_guard_is_wrong_at_its_column(void **state)
{
    (void)state;
    yaml_bad("playbook: p\nguards:\n  - {that: os.build > x, why: y}\n" SET, "3:23",
             "os.build is a number");
    yaml_bad("playbook: p\nguards:\n  - that: \"os.build > x\"\n    why: y\n" SET, "3:23",
             "os.build is a number");
    yaml_bad("playbook: p\nguards:\n  - that: \"os.product > \\\"x\\\"\"\n    why: y\n" SET, "3:11",
             "os.product is a text");
    yaml_bad("playbook: p\nguards:\n  - {that: os.bild > 1, why: y}\n" SET, "3:12",
             "expected os.build");
}

static void keys_are_registry_paths(void **state)
{
    (void)state;
    yaml_bad("playbook: p\nsettings:\n  - {key: HKML\\A, state: present}\n", "3:11",
             "did you mean HKLM?");
    yaml_bad("playbook: p\nsettings:\n  - {key: 'HKEY_LOCAL_MACHIN\\A', state: present}\n", "3:11",
             "did you mean HKEY_LOCAL_MACHINE?");
    yaml_bad("playbook: p\nsettings:\n  - {key: tHKEY_LOCAL_MACHINE\\A, state: present}\n", "3:11",
             "did you mean HKEY_LOCAL_MACHINE?");
    yaml_bad("playbook: p\nsettings:\n  - {key: HKLM\\A\\\\B, state: present}\n", "3:11",
             "a second '\\'");
    yaml_bad("playbook: p\nsettings:\n  - {key: HKLM/A, state: present}\n", "3:11", "not by '/'");
    yaml_bad("playbook: p\nsettings:\n  - {key: [x], state: present}\n", "3:11",
             "expected a registry key");
}

static void the_same_place_twice_names_both_places(void **state)
{
    (void)state;
    yaml_bad("playbook: p\nsettings:\n"
             "  - {key: HKLM\\SOFTWARE\\T, values: {V: dword 1}}\n"
             "  - {key: 'hklm\\software\\t', values: {W: dword 1, v: dword 2}}\n",
             "4:51",
             "a second setting for HKLM\\software\\t, value v; the first is at line 3, column 37");
    yaml_bad("playbook: p\nsettings:\n"
             "  - {key: HKLM\\SOFTWARE\\T, values: {V: absent, v: dword 1}}\n",
             "3:48", "the first is at line 3, column 37");
    yaml_bad("playbook: p\nsettings:\n"
             "  - {key: HKLM\\SOFTWARE\\T, values: {'@': dword 1, (default): dword 1}}\n",
             "3:51", "value (default)");
    yaml_bad("playbook: p\nsettings:\n"
             "  - {key: HKLM\\SOFTWARE\\Wow6432Node\\T, values: {V: dword 1}}\n"
             "  - {key: HKLM\\SOFTWARE\\T, view: 32, values: {V: dword 1}}\n",
             "4:47", "HKLM\\SOFTWARE\\T (32-bit view), value V; the first is at line 3, column 49");
    yaml_bad("playbook: p\nsettings:\n"
             "  - {key: HKLM\\SYSTEM\\T, values: {V: dword 1}}\n"
             "  - {key: HKLM\\SYSTEM\\T, view: 32, values: {V: dword 1}}\n",
             "4:45", "the first is at line 3");
    yaml_bad("playbook: p\nsettings: [{key: HKLM\\A\\B, state: present}, {key: HKLM\\A\\b, state: "
             "present}]\n",
             "2:51", "a second setting for HKLM\\A\\b; the first is at line 2, column 18");
    playbook_free(yaml_good("playbook: p\nsettings:\n"
                            "  - {key: HKLM\\SOFTWARE\\T, values: {V: dword 1}}\n"
                            "  - {key: HKLM\\SOFTWARE\\T, view: 32, values: {V: dword 1}}\n"
                            "  - {key: HKLM\\SOFTWARE\\T, state: present}\n"));
}

static void nothing_is_set_inside_of_a_key_that_goes(void **state)
{
    (void)state;
    yaml_bad("playbook: p\nsettings:\n"
             "  - {key: HKLM\\A\\B, state: absent}\n"
             "  - {key: HKLM\\a\\b\\C\\D, values: {V: dword 1}}\n",
             "4:34", "line 3 wants HKLM\\A\\B to be absent");
    yaml_bad("playbook: p\nsettings:\n"
             "  - {key: HKLM\\A\\B, values: {V: dword 1}}\n"
             "  - {key: HKLM\\A\\B, state: absent}\n",
             "3:30", "line 4 wants HKLM\\A\\B to be absent");
    yaml_bad("playbook: p\nsettings: [{key: HKLM\\A\\B, state: absent}, {key: HKLM\\A\\B, state: "
             "present}]\n",
             "2:50", "line 2 wants");
    yaml_bad("playbook: p\nsettings: [{key: HKLM\\A\\B, state: absent}, {key: HKLM\\A\\B\\C, "
             "state: absent}]\n",
             "2:50", "line 2 wants");
    yaml_bad("playbook: p\nsettings:\n"
             "  - {key: HKLM\\SOFTWARE\\T, view: 32, state: absent}\n"
             "  - {key: HKLM\\SOFTWARE\\WOW6432node\\T\\U, state: present}\n",
             "4:11", "line 3 wants");
    playbook_free(yaml_good("playbook: p\nsettings: [{key: HKLM\\A\\B, state: absent}, {key: "
                            "HKLM\\A\\BC, state: present}]\n"));
}

static void a_whole_hive_is_never_taken_away(void **state)
{
    (void)state;
    yaml_bad("playbook: p\nsettings: [{key: HKLM, state: absent}]\n", "2:18",
             "cannot be made absent");
    yaml_bad("playbook: p\nsettings: [{key: HKLM\\SOFTWARE, state: absent}]\n", "2:18",
             "cannot be made absent");
    yaml_bad("playbook: p\nsettings: [{key: HKLM\\SOFTWARE\\Wow6432Node, state: absent}]\n", "2:18",
             "cannot be made absent");
}

static void lengths_are_bounded(void **state)
{
    struct text t = {0};
    (void)state;
    text_put(&t, "playbook: p\ntitle: ");
    for (int i = 0; i < 4201; i++)
        text_char(&t, 'x');
    text_put(&t, "\n" SET);
    yaml_bad(text_str(&t), "2:8", "a title of 4201 bytes; at most 4200");
    text_fini(&t);
    text_put(&t, "playbook: p\nsettings:\n  - key: HKLM\\A\n    values:\n      a: {type: none, "
                 "hex: '', name: ");
    for (int i = 0; i < 16384; i++)
        text_char(&t, 'x');
    text_put(&t, "}\n");
    yaml_bad(text_str(&t), "5:7", "a value name of 16384 characters; the registry allows 16383");
    text_fini(&t);
    text_put(&t, "playbook: p\nsettings:\n  - key: HKLM\\A\n    values:\n");
    for (int i = 0; i < PLAYBOOK_SETTINGS_MAX; i++)
        text_printf(&t, "      v%d: dword 1\n", i);
    playbook_free(yaml_good(text_str(&t)));
    text_put(&t, "      w: dword 1\n");
    yaml_bad(text_str(&t), "10005:7", "more than 10000 settings");
    text_fini(&t);
}

static void a_long_file_name_leaves_room_for_line_and_column(void **state)
{
    char file[301];
    struct playbook *p = NULL;
    struct why why = {0};
    (void)state;
    memset(file, 'd', 300);
    memcpy(file + 291, "/f.yaml", 8);
    assert_int_equal(playbook_read_yaml(file, "a: [", 4, &p, &why), E_DATA);
    assert_non_null(strstr(why.place, "/f.yaml:1:5"));
    assert_int_equal(playbook_read_yaml(file, "a: b", 4, &p, &why), E_DATA);
    assert_int_equal(playbook_read_yaml(file, "playbook: p", 11, &p, &why), E_DATA);
}

static void promise_13_every_beginning_of_a_playbook_is_read_or_refused_with_a_place(void **state)
{
    static const char whole[] =
        "playbook: p\ntitle: \"t\\u00e9\"\nguards:\n  - {that: \"os.build >= 1\", why: w}\n"
        "settings:\n  - key: HKLM\\SOFTWARE\\T\n    values: {A: &x dword 1, B: *x, C: {multi_sz: "
        "[a]}}\n"
        "    effect: none\nverify:\n  - {port: 443, tls1.0: refused}\n";
    (void)state;
    playbook_free(yaml_good(whole));
    for (size_t n = 0; n < sizeof whole - 1; n++) {
        struct playbook *p = NULL;
        struct why why = {0};
        enum err e = playbook_read_yaml("f.yaml", whole, n, &p, &why);
        assert_true(e == OK ? p != NULL
                            : e == E_DATA && p == NULL && str_starts(why.place, "f.yaml:"));
        playbook_free(p);
    }
}

static void a_file_is_read_by_its_ending(void **state)
{
    char yaml[] = "/tmp/swell_playbook_XXXXXX", reg[64];
    static const char reg_text[] =
        "REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\T]\r\n\"V\"=dword:00000001\r\n";
    struct playbook *p = NULL;
    struct why why = {0};
    int fd = mkstemp(yaml);
    (void)state;
    assert_true(fd >= 0);
    close(fd);
    (void)snprintf(reg, sizeof reg, "%s.Reg", yaml);
    assert_int_equal(file_write(yaml, "playbook: p\n" SET, strlen("playbook: p\n" SET), 0600, &why),
                     OK);
    assert_int_equal(file_write(reg, reg_text, strlen(reg_text), 0600, &why), OK);
    assert_int_equal(playbook_load(yaml, &p, &why), OK);
    assert_string_equal(p->name, "p");
    playbook_free(p);
    assert_int_equal(playbook_load(reg, &p, &why), OK);
    assert_true(str_starts(p->name, "swell_playbook_"));
    playbook_free(p);
    unlink(reg);
    unlink(yaml);
    assert_int_equal(playbook_load(yaml, &p, &why), E_IO);
    assert_null(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_whole_playbook_is_read),
        cmocka_unit_test(what_may_be_left_out_has_its_default),
        cmocka_unit_test(an_alias_can_stand_for_any_part),
        cmocka_unit_test(unknown_keys_are_errors_with_the_nearest_known_one),
        cmocka_unit_test(missing_and_misshapen_parts_are_errors),
        cmocka_unit_test(words_and_numbers_out_of_their_range_are_errors),
        cmocka_unit_test(a_guard_is_wrong_at_its_column),
        cmocka_unit_test(keys_are_registry_paths),
        cmocka_unit_test(the_same_place_twice_names_both_places),
        cmocka_unit_test(nothing_is_set_inside_of_a_key_that_goes),
        cmocka_unit_test(a_whole_hive_is_never_taken_away),
        cmocka_unit_test(lengths_are_bounded),
        cmocka_unit_test(a_long_file_name_leaves_room_for_line_and_column),
        cmocka_unit_test(promise_13_every_beginning_of_a_playbook_is_read_or_refused_with_a_place),
        cmocka_unit_test(a_file_is_read_by_its_ending),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
