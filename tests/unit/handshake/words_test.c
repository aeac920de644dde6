#include "handshake/probe.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void every_word_is_read_back(void **state)
{
    (void)state;
    for (int i = SEEN_NOT_ASKED; i <= SEEN_INCONCLUSIVE; i++) {
        enum tls_seen seen;
        assert_true(tls_seen_from_word(tls_seen_word((enum tls_seen)i), &seen));
        assert_int_equal(seen, i);
    }
    for (int i = HOW_NONE; i < HOW_COUNT; i++) {
        enum tls_how how;
        assert_true(tls_how_from_word(tls_how_word((enum tls_how)i), &how));
        assert_int_equal(how, i);
    }
}

static void unknown_word_changes_nothing(void **state)
{
    enum tls_seen seen = SEEN_REFUSED;
    enum tls_how how = HOW_ALERT;
    (void)state;
    assert_false(tls_seen_from_word("Accepted", &seen));
    assert_false(tls_seen_from_word(NULL, &seen));
    assert_false(tls_how_from_word("", &how));
    assert_int_equal(seen, SEEN_REFUSED);
    assert_int_equal(how, HOW_ALERT);
}

static void answer_text_says_what_was_seen_and_why(void **state)
{
    static const struct {
        struct tls_answer answer;
        const char *text;
    } want[] = {
        {{SEEN_NOT_ASKED, HOW_NONE, 0, 0, 0}, "not asked"},
        {{SEEN_ACCEPTED, HOW_SERVER_HELLO, 0, 0x1302, 0x0304}, "accepted (AES_256_GCM_SHA384)"},
        {{SEEN_ACCEPTED, HOW_SERVER_HELLO, 0, 0xeeee, 0x0303}, "accepted (an unknown suite)"},
        {{SEEN_REFUSED, HOW_OTHER_VERSION, 0, 0, 0x0301}, "refused (answered with TLS 1.0)"},
        {{SEEN_REFUSED, HOW_OTHER_VERSION, 0, 0, 0x0300}, "refused (answered with SSL 3.0)"},
        {{SEEN_REFUSED, HOW_ALERT, 70, 0, 0}, "refused (alert 70 protocol_version)"},
        {{SEEN_REFUSED, HOW_ALERT, 0, 0, 0}, "refused (alert 0 close_notify)"},
        {{SEEN_REFUSED, HOW_ALERT, 255, 0, 0}, "refused (alert 255 unknown)"},
        {{SEEN_REFUSED, HOW_RESET, 0, 0, 0}, "refused (connection reset)"},
        {{SEEN_INCONCLUSIVE, HOW_CLOSED, 0, 0, 0},
         "inconclusive (connection closed without an answer)"},
        {{SEEN_INCONCLUSIVE, HOW_SILENCE, 0, 0, 0}, "inconclusive (no answer in time)"},
        {{SEEN_INCONCLUSIVE, HOW_GARBAGE, 0, 0, 0}, "inconclusive (not a TLS answer)"},
        {{SEEN_INCONCLUSIVE, HOW_NO_CONNECTION, 0, 0, 0}, "inconclusive (no connection)"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(want); i++) {
        char buf[TLS_ANSWER_TEXT_SIZE];
        assert_string_equal(tls_answer_text(&want[i].answer, buf), want[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_word_is_read_back),
        cmocka_unit_test(unknown_word_changes_nothing),
        cmocka_unit_test(answer_text_says_what_was_seen_and_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
