/* swell explain, through the program itself: it needs no database and no host. */
#include "tests/story/program.h"

static void codes_and_messages_are_explained(void **state)
{
    struct place *p = *state;
    assert_ran(p, 0, "alert 40 handshake_failure", "", "explain", "alert", "40");
    assert_ran(p, 0, "(winhttp-tls10)", "", "explain", "0x80090326");
    assert_ran(p, 0, "SEC_E_ILLEGAL_MESSAGE", "", "explain", "--", "-2146893018");
    assert_ran(p, 0, "SystemDefaultTlsVersions 1", "", "explain",
               "The underlying connection was closed");
    assert_ran(p, 0, "Nothing is known by that name", "", "explain",
               "ERR_SSL_VERSION_OR_CIPHER_MISMATH");
    assert_ran(p, 0, "\"id\":\"dh-too-short\"", "", "explain", "--format", "json", "dh-too-short");
    assert_ran(p, 0, "pretends-version ", "", "explain");
    assert_ran(p, 0, "\"kind\":\"explanations\"", "", "explain", "--format", "json");
    assert_ran(p, 65, "", "nothing is known of that", "explain", "xyzzy");
    assert_ran(p, 64, "", "csv", "explain", "--format", "csv", "40");
}

int main(void)
{
    const struct CMUnitTest tests[] = {WITH_HOME(codes_and_messages_are_explained)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
