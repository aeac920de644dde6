/* The logon's own side: what it needs, what it offers, what it makes of nonsense. Real logons are
 * in tests/lab/smb_peer_test.sh. */
#include "tests/unit/transport/hex.h"
#include "tests/vectors/smb_logon.h"
#include "transport/auth_parts.h"
#include "transport/nt_hash.h"
#include "transport/smb/session.h"

#include "base/clock.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define LONG_MS 10000
#define SHORT_MS 100

static char password_text[] = "Secret.1", not_utf8_text[] = "\xff";
static const struct secret password = {.bytes = password_text, .used = 8};
static const struct secret not_utf8 = {.bytes = not_utf8_text, .used = 1};
static const struct secret none = {0};
static const struct transport_target good = {
    .name = "h", .address = "127.0.0.1", .user = "FLEET\\admin", .password = &password};

static enum err new_with(struct transport_target t, const char *words)
{
    struct auth *a = NULL;
    struct why why = {0};
    enum err e = auth_new(&t, "cifs", clock_mono_ms() + LONG_MS, &a, &why);

    assert_true((a == NULL) == (e != OK));
    if (words != NULL)
        assert_non_null(strstr(why.text, words));
    assert_null(strstr(why.text, "Secret"));
    auth_free(a);
    return e;
}

static void credentials_that_cannot_be_used_are_told(void **state)
{
    struct transport_target t = good;
    char name[600];

    (void)state;
    assert_int_equal(new_with(t, NULL), OK);
    t.auth = AUTH_NTLM;
    assert_int_equal(new_with(t, NULL), OK);
    t = good;
    t.user = NULL;
    assert_int_equal(new_with(t, "user name"), E_CONFIG);
    t.user = "";
    assert_int_equal(new_with(t, "user name"), E_CONFIG);
    memset(name, 'a', sizeof name);
    name[sizeof name - 1] = '\0';
    t.user = name;
    assert_int_equal(new_with(t, "longer"), E_CONFIG);
    t = good;
    t.password = NULL;
    assert_int_equal(new_with(t, "password"), E_CONFIG);
    t.password = &none;
    assert_int_equal(new_with(t, "password"), E_CONFIG);
    t.password = &not_utf8;
    assert_int_equal(new_with(t, "UTF-8"), E_CONFIG);
}

/* main() has set an environment without tickets and without domains. */
static void kerberos_tells_what_it_lacks(void **state)
{
    struct transport_target t = {.name = "h", .address = "127.0.0.1", .auth = AUTH_KERBEROS};

    (void)state;
    assert_int_equal(new_with(t, "no Kerberos ticket"), E_CONFIG);
    t.user = "admin@FLEET.TEST";
    assert_int_equal(new_with(t, "no Kerberos ticket"), E_CONFIG);
    t.user = "FLEET\\admin";
    assert_int_equal(new_with(t, "user@REALM"), E_CONFIG);
    t.user = "";
    t.name = "10.0.0.1";
    assert_int_equal(new_with(t, "the host's name"), E_CONFIG);
    t.address = "fe80::1";
    assert_int_equal(new_with(t, "the host's name"), E_CONFIG);
    t.spn = "";
    assert_int_equal(new_with(t, "swell_spn"), E_CONFIG);
    t.spn = "web1.fleet.test";
    assert_int_equal(new_with(t, "no Kerberos ticket"), E_CONFIG);
    t.spn = "cifs/web1.fleet.test@FLEET.TEST";
    assert_int_equal(new_with(t, "no Kerberos ticket"), E_CONFIG);
}

static void without_a_ticket_negotiation_takes_the_password(void **state)
{
    struct transport_target t = good;

    (void)state;
    t.user = "admin@FLEET.TEST";
    t.address = "web1.fleet.test";
    assert_int_equal(new_with(t, NULL), OK);
    t.password = NULL; /* then it is the ticket that lacks */
    assert_int_equal(new_with(t, "no Kerberos ticket"), E_CONFIG);
}

static void errors_of_gssapi_itself_are_told_apart(void **state)
{
    struct why why = {0};

    (void)state;
    assert_int_equal(auth_kerberos_fail(&why, GSS_S_FAILURE, 1), E_AUTH);
    assert_non_null(strstr(why.text, "the Kerberos logon failed"));
    assert_string_equal(why.native_name, "");
    assert_int_equal(auth_kerberos_fail(NULL, GSS_S_BAD_SIG, 0), E_SECURITY);
    assert_int_equal(auth_kerberos_fail(NULL, GSS_S_BAD_MECH, 0), E_UNSUPPORTED);
    assert_int_equal(auth_kerberos_fail(NULL, GSS_S_NO_CRED, 0), E_CONFIG);
}

static void hash_is_the_one_of_the_standards(void **state)
{
    static const struct {
        const char *text, *hash; /* RFC 1320, A.5 */
    } vectors[] = {
        {"", "31d6cfe0d16ae931b73c59d7e0c089c0"},
        {"a", "bde52cb31de33e46245e05fbdbd6fb24"},
        {"abc", "a448017aaf21d8525fc10ae87aa6729d"},
        {"message digest", "d9130a8164549fe818874806e1c7014b"},
        {"abcdefghijklmnopqrstuvwxyz", "d79e1c308aa5bbcdeea8ed63df412da9"},
        {"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
         "043f8582f241db351ce627e153e7f0e4"},
        {"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
         "e33b4ddc9c38f2199c3e7b164fcc0536"},
    };
    static char password_of_nlmp[] = "Password"; /* MS-NLMP 4.2.1, 4.2.2.1.2 */
    const struct secret s = {.bytes = password_of_nlmp, .used = 8};
    uint8_t out[NT_HASH_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT(vectors); i++) {
        md4(rd_text(vectors[i].text), out);
        assert_bytes(rd_of(out, sizeof out), vectors[i].hash);
    }
    assert_int_equal(nt_hash(&s, out, NULL), OK);
    assert_bytes(rd_of(out, sizeof out), "a4f49c406510bdcab6824ee7c30fd852");
}

static void user_names_of_every_form_are_taken(void **state)
{
    static const char *const users[] = {"admin", ".\\admin", "FLEET\\admin", "admin@fleet.test",
                                        "\xc5\xbd"};

    (void)state;
    for (size_t i = 0; i < COUNT(users); i++) {
        struct transport_target t = good;

        t.user = users[i];
        assert_int_equal(new_with(t, NULL), OK);
    }
}

static void environment_that_allows_ntlm_1_is_refused(void **state)
{
    (void)state;
    assert_int_equal(setenv("LM_COMPAT_LEVEL", "2", 1), 0);
    assert_int_equal(new_with(good, "NTLMv1"), E_CONFIG);
    assert_int_equal(setenv("LM_COMPAT_LEVEL", "high", 1), 0);
    assert_int_equal(new_with(good, "NTLMv1"), E_CONFIG);
    assert_int_equal(setenv("LM_COMPAT_LEVEL", "5", 1), 0);
    assert_int_equal(new_with(good, NULL), OK);
    assert_int_equal(unsetenv("LM_COMPAT_LEVEL"), 0);
}

static bool holds(struct rd token, const char *bytes, size_t n)
{
    for (size_t i = 0; i + n <= token.left; i++)
        if (memcmp(token.at + i, bytes, n) == 0)
            return true;
    return false;
}

static void first_token_offers_ntlm_and_nothing_else(void **state)
{
    /* SPNEGO's own identifier; the list of mechanisms: one of 12 bytes, NTLM; then the token */
    static const char list[] = "\xa0\x0e\x30\x0c\x06\x0a\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a";
    struct auth *a = NULL;
    struct rd token;
    bool done = true;

    (void)state;
    assert_int_equal(auth_new(&good, "cifs", clock_mono_ms() + LONG_MS, &a, NULL), OK);
    assert_int_equal(auth_step(a, rd_of(NULL, 0), &token, &done, NULL), OK);
    assert_false(done);
    assert_int_equal(token.at[0], 0x60);
    assert_true(holds(token, list, sizeof list - 1));
    assert_true(holds(token, "NTLMSSP\0\1", 9));
    auth_free(a);
}

/* A challenge that answers somebody else's first token, whole and cut: none is taken. */
static void damaged_challenges_are_refused(void **state)
{
    struct blob m = blob_of(LOGON_SETUP_RESPONSE_1);
    struct smb_session_reply reply;

    (void)state;
    assert_int_equal(smb_session_setup_get(blob_view(&m), &reply), OK);
    for (size_t n = 1; n <= reply.token.left; n++) {
        struct auth *a = NULL;
        struct why why = {0};
        struct rd token;
        bool done = true;
        enum err e;

        assert_int_equal(auth_new(&good, "cifs", clock_mono_ms() + LONG_MS, &a, NULL), OK);
        assert_int_equal(auth_step(a, rd_of(NULL, 0), &token, &done, NULL), OK);
        e = auth_step(a, rd_at(reply.token, 0, n), &token, &done, &why);
        assert_true(e == E_SECURITY || e == E_AUTH || e == E_UNSUPPORTED);
        assert_false(done);
        assert_null(strstr(why.text, "Secret"));
        auth_free(a);
    }
}

static unsigned threads(void)
{
    DIR *d = opendir("/proc/self/task");
    unsigned n = 0;

    assert_non_null(d);
    for (const struct dirent *e; (e = readdir(d)) != NULL;)
        n += e->d_name[0] != '.';
    (void)closedir(d);
    return n;
}

/* A domain controller that takes questions and never answers; libkrb5 would wait for half a
 * minute. */
static void controller_that_is_silent_is_waited_for_until_the_deadline(void **state)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    struct transport_target t = {.name = "web1.fleet.test",
                                 .address = "127.0.0.1",
                                 .user = "admin@FLEET.TEST",
                                 .password = &password,
                                 .auth = AUTH_KERBEROS};
    int udp = socket(AF_INET, SOCK_DGRAM, 0), tcp = socket(AF_INET, SOCK_STREAM, 0);
    char path[] = "/tmp/auth_test.XXXXXX", text[300];
    socklen_t size = sizeof at;
    struct auth *a = NULL;
    struct why why = {0};
    int64_t end_ms = clock_mono_ms() + 3 * LONG_MS;
    unsigned before = threads();
    int fd = mkstemp(path);

    (void)state;
    assert_true(udp >= 0 && tcp >= 0 && fd >= 0);
    assert_int_equal(bind(tcp, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(getsockname(tcp, (struct sockaddr *)&at, &size), 0);
    assert_int_equal(bind(udp, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(tcp, 8), 0);
    (void)snprintf(text, sizeof text,
                   "[libdefaults]\n default_realm = FLEET.TEST\n dns_lookup_kdc = false\n"
                   "[realms]\n FLEET.TEST = {\n kdc = 127.0.0.1:%u\n }\n",
                   ntohs(at.sin_port));
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(close(fd), 0);
    assert_int_equal(setenv("KRB5_CONFIG", path, 1), 0);
    assert_int_equal(auth_new(&t, "cifs", clock_mono_ms() + SHORT_MS, &a, &why), E_TIMEOUT);
    assert_non_null(strstr(why.text, "domain controller"));
    assert_null(a);
    (void)close(udp); /* whoever still asks is refused, and ends: the library is unloaded next */
    (void)close(tcp);
    while (threads() > before && clock_mono_ms() < end_ms)
        (void)poll(NULL, 0, 5);
    assert_int_equal(threads(), before);
    (void)unlink(path);
}

static void nothing_is_freed_twice(void **state)
{
    (void)state;
    auth_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(credentials_that_cannot_be_used_are_told),
        cmocka_unit_test(kerberos_tells_what_it_lacks),
        cmocka_unit_test(without_a_ticket_negotiation_takes_the_password),
        cmocka_unit_test(errors_of_gssapi_itself_are_told_apart),
        cmocka_unit_test(hash_is_the_one_of_the_standards),
        cmocka_unit_test(user_names_of_every_form_are_taken),
        cmocka_unit_test(environment_that_allows_ntlm_1_is_refused),
        cmocka_unit_test(first_token_offers_ntlm_and_nothing_else),
        cmocka_unit_test(damaged_challenges_are_refused),
        cmocka_unit_test(nothing_is_freed_twice),
        /* the last: it changes the environment */
        cmocka_unit_test(controller_that_is_silent_is_waited_for_until_the_deadline),
    };
    if (setenv("KRB5_CONFIG", "/dev/null", 1) != 0 ||
        setenv("KRB5CCNAME", "FILE:/nonexistent/cache", 1) != 0 ||
        setenv("KRB5_CLIENT_KTNAME", "FILE:/nonexistent/keytab", 1) != 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
