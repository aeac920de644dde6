/* Servers that nobody here wrote: OpenSSL's and GnuTLS's, in every combination of versions, and
 * nmap as a second witness. Their programs must be there; without them this test fails. */
#include "handshake/probe.h"
#include "tests/unit/handshake/process.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ADDRESS "127.0.83.2"
#define NAME "server.handshake.test"
#define SUBJECT "/CN=" NAME

enum { ARGS_MAX = 32,
       PATH_SIZE = 128,
       PROBE_MS = 20000,
       STEP = 1 << TLS_1_0, /* versions in steps: all combinations of TLS */
       ALL = (1 << TLS_VERSIONS) - STEP };

/* Where certificates and logs are, and the server that runs: a test that fails leaves it to the
 * end. */
struct place {
    pid_t running;
    char dir[64];
    char rsa_key[PATH_SIZE], rsa_cert[PATH_SIZE], ec_key[PATH_SIZE], ec_cert[PATH_SIZE];
    char log[PATH_SIZE], nmap_log[PATH_SIZE];
};

struct argv {
    char *at[ARGS_MAX];
    size_t n;
    char port[8], accept[32];
};

static void arg(struct argv *a, const char *text)
{
    assert_in_range(a->n, 0, ARGS_MAX - 2);
    assert_non_null(a->at[a->n++] = str_dup(text));
}

static void args_fini(struct argv *a)
{
    for (size_t i = 0; i < a->n; i++)
        free(a->at[i]);
}

static const char *path(char out[PATH_SIZE], const struct place *p, const char *name)
{
    (void)snprintf(out, PATH_SIZE, "%s/%s", p->dir, name);
    return out;
}

static void certificate_make(const struct place *p, const char *const algorithm[4], const char *key,
                             const char *cert)
{
    static const char *const rest[] = {"-x509", "-nodes", "-days", "2", "-subj", SUBJECT};
    struct argv a = {.n = 0};
    arg(&a, "openssl");
    arg(&a, "req");
    for (size_t i = 0; i < 4 && algorithm[i]; i++)
        arg(&a, algorithm[i]);
    for (size_t i = 0; i < COUNT(rest); i++)
        arg(&a, rest[i]);
    arg(&a, "-keyout");
    arg(&a, key);
    arg(&a, "-out");
    arg(&a, cert);
    assert_true(process_run(a.at, p->log));
    args_fini(&a);
}

static int place_make(void **state)
{
    static const char *const rsa[4] = {"-newkey", "rsa:2048"};
    static const char *const ec[4] = {"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"};
    struct place *p = calloc(1, sizeof *p);
    assert_non_null(p);
    (void)snprintf(p->dir, sizeof p->dir, "/tmp/swell-handshake-XXXXXX");
    assert_non_null(mkdtemp(p->dir));
    path(p->log, p, "log");
    path(p->nmap_log, p, "nmap");
    certificate_make(p, rsa, path(p->rsa_key, p, "rsa.key"), path(p->rsa_cert, p, "rsa.pem"));
    certificate_make(p, ec, path(p->ec_key, p, "ec.key"), path(p->ec_cert, p, "ec.pem"));
    *state = p;
    return 0;
}

static void server_stop(struct place *p)
{
    if (p->running > 0)
        process_stop(p->running);
    p->running = 0;
}

static int place_remove(void **state)
{
    struct place *p = *state;
    const char *const files[] = {p->rsa_key, p->rsa_cert, p->ec_key,
                                 p->ec_cert, p->log, p->nmap_log};
    server_stop(p);
    for (size_t i = 0; i < COUNT(files); i++)
        (void)unlink(files[i]);
    (void)rmdir(p->dir);
    free(p);
    return 0;
}

static void log_print(const struct place *p)
{
    struct text log = {0};
    if (file_read(p->log, FILE_LIMIT_DEFAULT, &log, NULL) == OK)
        print_error("%s\n", text_str(&log));
    text_fini(&log);
}

static uint16_t server_start(struct place *p, struct argv *a, uint16_t port)
{
    server_stop(p);
    p->running = process_start(a->at, p->log);
    args_fini(a);
    if (p->running < 0 || !port_await(p->running, ADDRESS, port)) {
        log_print(p);
        fail_msg("the server does not start");
    }
    return port;
}

/* versions: bit 1 << enum tls_version for each that is on. The others are switched off one by
 * one. */
static uint16_t openssl_start(struct place *p, unsigned versions, bool ec,
                              const char *const more[2])
{
    static const char *const off[] = {"-no_tls1", "-no_tls1_1", "-no_tls1_2", "-no_tls1_3"};
    struct argv a = {.n = 0};
    uint16_t port = port_free();
    (void)snprintf(a.accept, sizeof a.accept, ADDRESS ":%u", port);
    const char *const words[] = {
        "openssl", "s_server", "-www", "-accept", a.accept,
        "-key", ec ? p->ec_key : p->rsa_key, "-cert", ec ? p->ec_cert : p->rsa_cert};
    for (size_t i = 0; i < COUNT(words); i++)
        arg(&a, words[i]);
    for (int v = TLS_1_0; v < TLS_VERSIONS; v++)
        if (!(versions & 1u << v))
            arg(&a, off[v - TLS_1_0]);
    for (size_t i = 0; i < 2 && more[i]; i++)
        arg(&a, more[i]);
    return server_start(p, &a, port);
}

static const char *const any_cipher[2] = {"-cipher", "ALL:@SECLEVEL=0"};

static uint16_t gnutls_start(struct place *p, unsigned versions, const char *more)
{
    static const char *const on[] = {":+VERS-TLS1.0", ":+VERS-TLS1.1", ":+VERS-TLS1.2",
                                     ":+VERS-TLS1.3"};
    char priority[160] = "NORMAL:-VERS-ALL";
    struct argv a = {.n = 0};
    size_t used = strlen(priority);
    uint16_t port = port_free();
    for (int v = TLS_1_0; v < TLS_VERSIONS; v++)
        if (versions & 1u << v)
            used += (size_t)snprintf(priority + used, sizeof priority - used, "%s",
                                     on[v - TLS_1_0]);
    (void)snprintf(priority + used, sizeof priority - used, "%s", more);
    (void)snprintf(a.port, sizeof a.port, "%u", port);
    const char *const words[] = {"gnutls-serv", "--http", "--quiet", "--port", a.port,
                                 "--x509keyfile", p->rsa_key, "--x509certfile", p->rsa_cert,
                                 "--priority", priority};
    for (size_t i = 0; i < COUNT(words); i++)
        arg(&a, words[i]);
    return server_start(p, &a, port);
}

static struct port_state probe(uint16_t port)
{
    struct port_state out;
    struct why why;
    assert_int_equal(probe_port(ADDRESS, NAME, port, "", clock_mono_ms() + PROBE_MS, &out, &why),
                     OK);
    assert_true(out.open);
    return out;
}

/* Exactly these versions accepted and all others refused; without any, nothing can be said. */
static void assert_versions(const struct port_state *s, unsigned versions)
{
    for (int v = TLS_1_0; v < TLS_VERSIONS; v++) {
        enum tls_seen other = versions ? SEEN_REFUSED : SEEN_INCONCLUSIVE;
        enum tls_seen want = versions & 1u << v ? SEEN_ACCEPTED : other;
        char text[TLS_ANSWER_TEXT_SIZE];
        if (s->answers[v].seen != want)
            fail_msg("versions %x: %s: %s", versions, tls_version_words((enum tls_version)v),
                     tls_answer_text(&s->answers[v], text));
        if (want == SEEN_ACCEPTED)
            assert_int_equal(s->answers[v].version, 0x0300 + v - SSL_3_0);
    }
}

static void openssl_speaks_every_combination(void **state)
{
    for (unsigned versions = 0; versions <= ALL; versions += STEP) {
        struct port_state seen = probe(openssl_start(*state, versions, false, any_cipher));
        assert_versions(&seen, versions);
    }
}

/* GnuTLS leaves TLS 1.3 out when it is to speak older versions but not 1.2; openssl s_client is
 * refused too. */
static unsigned gnutls_speaks(unsigned versions)
{
    const unsigned old = 1 << TLS_1_0 | 1 << TLS_1_1;
    return versions & old && !(versions & 1 << TLS_1_2) ? versions & old : versions;
}

static void gnutls_speaks_every_combination(void **state)
{
    for (unsigned versions = STEP; versions <= ALL; versions += STEP) {
        const char *compat = versions & 1 << TLS_1_0 ? ":%COMPAT" : "";
        struct port_state seen = probe(gnutls_start(*state, versions, compat));
        assert_versions(&seen, gnutls_speaks(versions));
    }
}

static void server_with_an_ecdsa_key_is_accepted(void **state)
{
    struct port_state seen = probe(openssl_start(*state, ALL, true, any_cipher));
    assert_versions(&seen, ALL);
}

static void server_without_our_curve_asks_for_another_and_is_accepted(void **state)
{
    static const char *const groups[2] = {"-groups", "P-384"};
    const unsigned modern = 1 << TLS_1_3 | 1 << TLS_1_2;
    struct port_state seen = probe(openssl_start(*state, modern, false, groups));
    assert_versions(&seen, modern);
    seen = probe(gnutls_start(*state, 1 << TLS_1_3, ":-GROUP-ALL:+GROUP-FFDHE2048"));
    assert_versions(&seen, 1 << TLS_1_3);
}

static void server_with_one_rare_suite_is_accepted(void **state)
{
    static const char *const camellia[2] = {"-cipher", "CAMELLIA256-SHA:@SECLEVEL=0"};
    const unsigned old = 1 << TLS_1_0 | 1 << TLS_1_1 | 1 << TLS_1_2;
    struct port_state seen = probe(openssl_start(*state, old, false, camellia));
    assert_versions(&seen, old);
    assert_int_equal(seen.answers[TLS_1_0].suite, 0x0084);
}

/* TLS 1.0 and 1.1 are on, but OpenSSL's default level lets no handshake of them succeed. */
static void version_that_no_handshake_can_use_is_refused(void **state)
{
    static const char *const strong[2] = {"-cipher", "DEFAULT:@SECLEVEL=2"};
    struct port_state seen = probe(openssl_start(*state, ALL, false, strong));
    assert_versions(&seen, 1 << TLS_1_2 | 1 << TLS_1_3);
}

static void server_that_stopped_is_not_open(void **state)
{
    uint16_t port = openssl_start(*state, ALL, false, any_cipher);
    struct port_state seen;
    server_stop(*state);
    assert_int_equal(probe_port(ADDRESS, NAME, port, "", clock_mono_ms() + PROBE_MS, &seen, NULL),
                     OK);
    assert_false(seen.open);
}

/* What nmap's ssl-enum-ciphers sees: bit 1 << enum tls_version. */
static unsigned nmap_versions(const struct place *p, uint16_t port)
{
    static const char *const lines[] = {"TLSv1.0:", "TLSv1.1:", "TLSv1.2:", "TLSv1.3:"};
    struct argv a = {.n = 0};
    struct text said = {0};
    unsigned versions = 0;
    (void)snprintf(a.port, sizeof a.port, "%u", port);
    const char *const words[] = {"nmap", "-Pn", "-n", "-p", a.port,
                                 "--script", "ssl-enum-ciphers", ADDRESS};
    for (size_t i = 0; i < COUNT(words); i++)
        arg(&a, words[i]);
    assert_true(process_run(a.at, p->nmap_log));
    args_fini(&a);
    assert_int_equal(file_read(p->nmap_log, FILE_LIMIT_DEFAULT, &said, NULL), OK);
    assert_non_null(strstr(text_str(&said), "ssl-enum-ciphers"));
    for (int v = TLS_1_0; v < TLS_VERSIONS; v++)
        if (strstr(text_str(&said), lines[v - TLS_1_0]))
            versions |= 1u << v;
    text_fini(&said);
    return versions;
}

static void nmap_sees_what_we_see(void **state)
{
    static const struct {
        bool gnutls;
        unsigned versions;
    } setups[] = {{false, ALL}, {false, 1 << TLS_1_2}, {true, 1 << TLS_1_0 | 1 << TLS_1_2}};
    for (size_t i = 0; i < COUNT(setups); i++) {
        unsigned versions = setups[i].versions;
        uint16_t port = setups[i].gnutls ? gnutls_start(*state, versions, "")
                                         : openssl_start(*state, versions, false, any_cipher);
        struct port_state seen = probe(port);
        assert_versions(&seen, versions);
        assert_int_equal(nmap_versions(*state, port), versions);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(openssl_speaks_every_combination),
        cmocka_unit_test(gnutls_speaks_every_combination),
        cmocka_unit_test(server_with_an_ecdsa_key_is_accepted),
        cmocka_unit_test(server_without_our_curve_asks_for_another_and_is_accepted),
        cmocka_unit_test(server_with_one_rare_suite_is_accepted),
        cmocka_unit_test(version_that_no_handshake_can_use_is_refused),
        cmocka_unit_test(server_that_stopped_is_not_open),
        cmocka_unit_test(nmap_sees_what_we_see),
    };
    return cmocka_run_group_tests(tests, place_make, place_remove);
}
