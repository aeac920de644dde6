#include "base/text.h"
#include "tests/unit/playbooks/test.h"

#include <stdlib.h>

#define SCH "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL"
#define NET "HKLM\\SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319"
#define NET_32 "HKLM\\SOFTWARE\\Wow6432Node\\Microsoft\\.NETFramework\\v4.0.30319"
#define HTTP "Microsoft\\Windows\\CurrentVersion\\Internet Settings\\WinHttp"

/* The settings: lines of a playbook, the first of which is line 3. */
static struct lint_finding *lint(const char *head, const char *settings, size_t *n)
{
    struct text t = {0};
    struct lint_finding *found = NULL;
    text_printf(&t, "playbook: p\n%ssettings:\n%s", head, settings);
    struct playbook *p = yaml_good(text_str(&t));
    assert_int_equal(playbook_lint(p, &found, n), OK);
    playbook_free(p);
    text_fini(&t);
    return found;
}

static void finds(const char *settings, int line, int column, const char *words)
{
    size_t n = 0;
    struct lint_finding *found = lint("", settings, &n);
    if (n != 1 || found[0].line != line || found[0].column != column ||
        strstr(found[0].text, words) == NULL)
        fail_msg("expected one finding at %d:%d with \"%s\", got %zu, the first at %d:%d: %s\n%s",
                 line, column, words, n, n > 0 ? found[0].line : 0, n > 0 ? found[0].column : 0,
                 n > 0 ? found[0].text : "", settings);
    free(found);
}

static void finds_nothing(const char *settings)
{
    size_t n = 0;
    struct lint_finding *found = lint("", settings, &n);
    if (n != 0)
        fail_msg("%d:%d: %s", found[0].line, found[0].column, found[0].text);
    free(found);
}

static void one_of_the_pair_alone_is_found(void **state)
{
    (void)state;
    finds("  - key: " SCH "\\Protocols\\TLS 1.2\\Server\n    values: {Enabled: dword 1}\n", 4, 14,
          "Enabled without DisabledByDefault");
    finds("  - key: " SCH
          "\\Protocols\\TLS 1.1\\Client\n    values: {DisabledByDefault: dword 0}\n",
          4, 14, "DisabledByDefault without Enabled");
    finds_nothing("  - key: " SCH "\\Protocols\\TLS 1.2\\Server\n    values: {Enabled: dword 1}\n"
                  "  - key: " SCH
                  "\\Protocols\\tls 1.2\\server\n    values: {disabledByDefault: dword 0}\n");
    finds_nothing("  - key: " SCH "\\Protocols\\TLS 1.2\\Server\n    values: {Enabled: dword 1, "
                  "DisabledByDefault: absent}\n");
    finds_nothing("  - key: " SCH "\\Protocols\\TLS 1.2\\Server\n    values: {Enabled: absent}\n");
}

static void what_a_restart_takes_away_is_found(void **state)
{
    (void)state;
    finds("  - key: HKLM\\Hardware\\Description\n    values: {A: dword 1}\n", 4, 14,
          "made anew at each start");
    finds_nothing("  - key: HKLM\\SOFTWARE\\HARDWARE\n    values: {A: dword 1}\n");
    finds_nothing("  - key: HKLM\\HARDWAREX\\A\n    values: {A: dword 1}\n");
}

static void a_number_stored_as_text_is_found(void **state)
{
    (void)state;
    finds("  - key: " SCH
          "\\Protocols\\TLS 1.2\\Server\n    values: {Enabled: sz 1, DisabledByDefault: dword 0}\n",
          4, 14, "read as a dword; this sz");
    finds("  - key: " SCH "\\Ciphers\\RC4 128/128\n    values: {Enabled: qword 0}\n", 4, 14,
          "this qword");
    finds("  - key: " SCH "\\KeyExchangeAlgorithms\\Diffie-Hellman\n    values: "
          "{ClientMinKeyBitLength: {type: dword, hex: 00}}\n",
          4, 14, "dword of a wrong size");
    finds_nothing("  - key: " SCH "\\Ciphers\\RC4 128/128\n    values: {Enabled: dword 0}\n");
}

static void a_key_that_is_nearly_right_is_found(void **state)
{
    (void)state;
    finds("  - key: "
          "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNELProtocols\\TLS "
          "1.1\\Client\n    values: {Enabled: dword 0}\n",
          4, 14, "Schannel does not read this key");
    finds("  - key: "
          "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Security\\Providers\\SCHANNEL\\Protocols\\TLS "
          "1.2\\Server\n    values: {Enabled: dword 1}\n",
          4, 14, "Schannel does not read this key");
    finds("  - key: "
          "HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProvider\\SCHANEL\\Protocols\\TLS "
          "1.2\\Server\n    values: {Enabled: dword 1}\n",
          4, 14, "Schannel does not read this key");
    finds("  - key: "
          "HKLM\\SYSTEM\\ControlSet001\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS "
          "1.2\\Server\n    values: {Enabled: dword 1}\n",
          4, 14, "CurrentControlSet is");
    finds_nothing(
        "  - key: HKLM\\SYSTEM\\CurrentControlSet\\Services\\EventLog\\System\\Schannel\n    "
        "values: {X: dword 1}\n");
    finds_nothing("  - key: HKLM\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\WDigest\n "
                  "   values: {UseLogonCredential: dword 0}\n");
    finds_nothing("  - key: HKLM\\SYSTEM\n    values: {X: dword 1}\n");
}

static void a_protocol_or_side_that_schannel_does_not_know_is_found(void **state)
{
    (void)state;
    finds("  - key: " SCH "\\Protocols\\TLS1.2\\Server\n    values: {Enabled: dword 1, "
          "DisabledByDefault: dword 0}\n    effect: none\n",
          4, 14, "no protocol `TLS1.2`; did you mean `TLS 1.2`?");
    finds("  - key: " SCH "\\Protocols\\TLS 1.2\\Servers\n    values: {Enabled: dword 1, "
          "DisabledByDefault: dword 0}\n",
          4, 14, "Client and Server, not `Servers`");
    finds("  - key: " SCH "\\Protocols\\TLS 1.2\n    values: {Enabled: dword 1}\n", 4, 14,
          "in Client and Server, not here");
    finds("  - key: " SCH "\\Protocols\\TLS 1.2\\Client\n    values: {Enabled: dword 1, "
          "DisableByDefault: dword 0, DisabledByDefault: dword 0}\n",
          4, 32, "did you mean `DisabledByDefault`?");
    finds_nothing("  - key: " SCH "\\Protocols\\TLS 1.2\n    state: present\n");
    finds_nothing("  - key: " SCH "\n    values: {EventLogging: dword 7}\n");
}

static void a_value_without_its_twin_is_found(void **state)
{
    (void)state;
    finds("  - key: " NET "\n    values: {SchUseStrongCrypto: dword 1}\n", 4, 14,
          "for 64-bit programs only; the others read "
          "HKLM\\SOFTWARE\\Wow6432Node\\Microsoft\\.NETFramework");
    finds("  - key: " NET_32 "\n    values: {SchUseStrongCrypto: dword 1}\n", 4, 14,
          "for 32-bit programs only");
    finds("  - key: HKLM\\SOFTWARE\\" HTTP "\n    values: {DefaultSecureProtocols: dword 0xA00}\n",
          4, 14, "Wow6432Node");
    finds_nothing("  - key: " NET "\n    values: {SchUseStrongCrypto: dword 1}\n  - key: " NET_32
                  "\n    values: {SchUseStrongCrypto: dword 1}\n");
    finds_nothing("  - key: " NET "\n    values: {SchUseStrongCrypto: dword 1}\n  - key: " NET
                  "\n    view: 32\n    values: {SchUseStrongCrypto: dword 1}\n");
    finds_nothing("  - key: " NET "\n    values: {InstallPath: sz x}\n");
}

static void guarded(const char *guards, size_t want)
{
    size_t n = 0;
    struct lint_finding *found =
        lint(guards,
             "  - key: " SCH "\\Protocols\\TLS 1.3\\Server\n    values: {Enabled: dword 1, "
             "DisabledByDefault: dword 0}\n",
             &n);
    if (n != want)
        fail_msg("%s: %zu findings, not %zu", guards, n, want);
    if (n > 0)
        assert_non_null(strstr(found[0].text, "os.build >= 20348"));
    free(found);
}

static void tls_1_3_wants_a_guard_however_it_is_written(void **state)
{
    (void)state;
    guarded("", 2);
    guarded("guards: [{that: os.build >= 20348, why: x}]\n", 0);
    guarded("guards: [{that: os.build > 20347, why: x}]\n", 0);
    guarded("guards: [{that: not os.build < 20348, why: x}]\n", 0);
    guarded("guards: [{that: \"os.build >= 20348 and os.product != 'WinNT'\", why: x}]\n", 0);
    guarded("guards: [{that: os.build >= 22000, why: x}]\n", 0);
    guarded("guards: [{that: os.build >= 17763, why: x}]\n", 2);
    guarded("guards: [{that: \"os.build >= 20348 or os.product == 'WinNT'\", why: x}]\n", 2);
    guarded("guards: [{that: \"os.product == 'ServerNT'\", why: x}]\n", 2);
    guarded("guards: [{that: \"os.name == 'x'\", why: x}]\n", 2);
    finds_nothing("  - key: " SCH "\\Protocols\\TLS 1.3\\Server\n    values: {Enabled: dword 0, "
                  "DisabledByDefault: dword 1}\n");
}

static void keys_that_nobody_reads_are_found(void **state)
{
    (void)state;
    finds("  - key: HKCU\\Software\\X\n    values: {V: dword 1}\n", 4, 14,
          "the user whom Swell logs on as");
    finds("  - key: HKLM\\SYSTEM\\X\n    view: 32\n    values: {V: dword 1}\n", 5, 14,
          "both views share this key");
    finds("  - key: HKLM\\Test\n    state: present\n", 3, 10, "no keys directly in HKLM");
    finds_nothing("  - key: HKLM\\SOFTWARE\\X\n    view: 32\n    values: {V: dword 1}\n");
}

static void findings_stand_in_the_order_of_the_file_and_are_bounded(void **state)
{
    struct text t = {0};
    size_t n = 0;
    (void)state;
    for (int i = 0; i < 1100; i++)
        text_printf(&t, "  - {key: HKCU\\Software\\X%d, values: {V: dword 1}}\n", 1100 - i);
    struct lint_finding *found = lint("", text_str(&t), &n);
    assert_int_equal(n, 1000);
    for (size_t i = 1; i < n; i++)
        assert_true(found[i - 1].line < found[i].line);
    free(found);
    text_fini(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_of_the_pair_alone_is_found),
        cmocka_unit_test(what_a_restart_takes_away_is_found),
        cmocka_unit_test(a_number_stored_as_text_is_found),
        cmocka_unit_test(a_key_that_is_nearly_right_is_found),
        cmocka_unit_test(a_protocol_or_side_that_schannel_does_not_know_is_found),
        cmocka_unit_test(a_value_without_its_twin_is_found),
        cmocka_unit_test(tls_1_3_wants_a_guard_however_it_is_written),
        cmocka_unit_test(keys_that_nobody_reads_are_found),
        cmocka_unit_test(findings_stand_in_the_order_of_the_file_and_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
