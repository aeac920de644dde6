#include "handshake/matrix.h"

#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static void state_follows_from_both_values(void **state)
{
    static const struct {
        struct schannel_pair values;
        enum matrix_state state;
    } cases[] = {
        {{SAYS_NOTHING, SAYS_NOTHING}, MATRIX_UNSAID},
        {{SAYS_YES, SAYS_NO}, MATRIX_ON},
        {{SAYS_YES, SAYS_NOTHING}, MATRIX_ON},
        {{SAYS_NOTHING, SAYS_NO}, MATRIX_ON},
        {{SAYS_NO, SAYS_NOTHING}, MATRIX_OFF},
        {{SAYS_NO, SAYS_NO}, MATRIX_OFF}, /* Enabled 0 wins */
        {{SAYS_NO, SAYS_YES}, MATRIX_OFF},
        {{SAYS_YES, SAYS_YES}, MATRIX_OFF_BY_DEFAULT},
        {{SAYS_NOTHING, SAYS_YES}, MATRIX_OFF_BY_DEFAULT},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_string_equal(matrix_state_word(matrix_state_of(cases[i].values)),
                            matrix_state_word(cases[i].state));
}

static void restart_is_owed_only_where_both_are_plain(void **state)
{
    (void)state;
    for (int s = 0; s < MATRIX_STATES; s++)
        for (int w = SEEN_NOT_ASKED; w <= SEEN_INCONCLUSIVE; w++) {
            bool owed = (s == MATRIX_OFF && w == SEEN_ACCEPTED) ||
                        (s == MATRIX_ON && w == SEEN_REFUSED);
            assert_int_equal(matrix_owes_restart((enum matrix_state)s, (enum tls_seen)w), owed);
        }
}

static void defaults_are_those_of_the_release(void **state)
{
    const struct windows_release *r2008r2 = windows_release_of(7601);
    const struct windows_release *r2022 = windows_release_of(20348);
    (void)state;
    assert_string_equal(matrix_default_word(NULL, TLS_1_2), "unknown");
    assert_string_equal(matrix_default_word(r2008r2, TLS_1_2), "off");
    assert_string_equal(matrix_default_word(r2008r2, TLS_1_3), "lacks");
    assert_string_equal(matrix_default_word(r2008r2, TLS_1_0), "on");
    assert_string_equal(matrix_default_word(r2022, TLS_1_3), "on");
    assert_string_equal(matrix_default_word(r2022, SSL_3_0), "off");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(state_follows_from_both_values),
        cmocka_unit_test(restart_is_owed_only_where_both_are_plain),
        cmocka_unit_test(defaults_are_those_of_the_release),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
