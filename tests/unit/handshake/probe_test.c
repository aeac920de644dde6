#include "base/clock.h"
#include "handshake/probe.h"
#include "handshake/suites.h"
#include "tests/unit/handshake/captured.h"
#include "tests/unit/handshake/peer.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/resource.h>

#include <cmocka.h>

static const uint8_t alert_70[] = {21, 3, 1, 0, 2, 2, 70};
static const uint8_t alert_40[] = {21, 3, 3, 0, 2, 2, 40};
static const char http[] = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";
static const char ssh[] = "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n";

#define SAY(wire) ((struct peer_reply){PEER_WAIT, wire, sizeof(wire), 0, 0})
#define SAY_AND(what, wire) ((struct peer_reply){what, wire, sizeof(wire), 0, 0})
#define SAY_NOTHING_AND(what) ((struct peer_reply){what, NULL, 0, 0, 0})

enum { PATIENCE_MS = 20000,
       SHORT_MS = 4000, /* some versions are silent; the others have a share each */
       SILENT_MS = 1600,
       SLACK_MS = 1000 };

/* TLS 1.2 accepted, the control; all else refused by alert 70. */
static struct peer peer_usual(void)
{
    struct peer p = {.fd = -1};
    for (int v = TLS_1_0; v < TLS_VERSIONS; v++)
        peer_answers(&p, (enum tls_version)v, SAY_AND(PEER_CLOSE, alert_70));
    peer_answers(&p, TLS_1_2, SAY(hello_12));
    return p;
}

static struct port_state ask(struct peer *p, const char *sni, int64_t patience_ms)
{
    struct port_state out;
    struct why why;
    peer_start(p);
    assert_int_equal(probe_port(PEER_ADDRESS, sni, p->port, "", clock_mono_ms() + patience_ms, &out,
                                &why),
                     OK);
    peer_stop(p);
    assert_int_equal(out.port, p->port);
    assert_string_equal(out.dialect, "");
    return out;
}

static void assert_answer(const struct tls_answer *a, enum tls_seen seen, enum tls_how how)
{
    assert_string_equal(tls_seen_word(a->seen), tls_seen_word(seen));
    assert_string_equal(tls_how_word(a->how), tls_how_word(how));
}

/* Beside the control, TLS 1.0 answered by the reply. */
static struct tls_answer ask_10(struct peer_reply reply)
{
    struct peer p = peer_usual();
    peer_answers(&p, TLS_1_0, reply);
    struct port_state s = ask(&p, NULL, PATIENCE_MS);
    assert_answer(&s.answers[TLS_1_2], SEEN_ACCEPTED, HOW_SERVER_HELLO);
    assert_answer(&s.answers[TLS_1_1], SEEN_REFUSED, HOW_ALERT);
    assert_int_equal(p.asked[TLS_1_2], 1);
    assert_int_equal(p.asked[TLS_1_0], s.answers[TLS_1_0].seen == SEEN_REFUSED ? 2 : 1);
    return s.answers[TLS_1_0];
}

static void accepted_versions_are_asked_once_and_refused_ones_twice(void **state)
{
    struct peer p = peer_usual();
    (void)state;
    peer_answers(&p, TLS_1_3, SAY(hello_13));
    struct port_state s = ask(&p, NULL, PATIENCE_MS);
    assert_true(s.open);
    assert_answer(&s.answers[TLS_1_3], SEEN_ACCEPTED, HOW_SERVER_HELLO);
    assert_int_equal(s.answers[TLS_1_3].suite, 0x1302);
    assert_int_equal(s.answers[TLS_1_3].version, 0x0304);
    assert_answer(&s.answers[TLS_1_0], SEEN_REFUSED, HOW_ALERT);
    assert_int_equal(s.answers[TLS_1_0].alert, 70);
    assert_int_equal(p.asked[TLS_1_3], 1);
    assert_int_equal(p.asked[TLS_1_2], 1);
    assert_int_equal(p.asked[TLS_1_1], 2);
    assert_int_equal(p.asked[TLS_1_0], 2);
}

static void each_way_of_refusing_is_told_apart(void **state)
{
    (void)state;
    struct tls_answer a = ask_10(SAY(alert_40));
    assert_answer(&a, SEEN_REFUSED, HOW_ALERT);
    assert_int_equal(a.alert, 40);
    a = ask_10(SAY_AND(PEER_RESET, alert_70)); /* an alert with a reset on its heels */
    assert_int_equal(a.seen, SEEN_REFUSED);
    a = ask_10(SAY_NOTHING_AND(PEER_RESET));
    assert_answer(&a, SEEN_REFUSED, HOW_RESET);
    a = ask_10(SAY_NOTHING_AND(PEER_CLOSE));
    assert_answer(&a, SEEN_REFUSED, HOW_CLOSED);
    a = ask_10(SAY(hello_12));
    assert_answer(&a, SEEN_REFUSED, HOW_OTHER_VERSION);
    assert_int_equal(a.version, 0x0303);
}

static void what_is_not_tls_is_no_refusal(void **state)
{
    static const uint8_t too_long[] = {22, 3, 3, 0xff, 0xff, 2};
    (void)state;
    struct tls_answer a = ask_10(SAY_AND(PEER_CLOSE, http));
    assert_answer(&a, SEEN_INCONCLUSIVE, HOW_GARBAGE);
    a = ask_10(SAY(ssh));
    assert_answer(&a, SEEN_INCONCLUSIVE, HOW_GARBAGE);
    a = ask_10(SAY(too_long));
    assert_answer(&a, SEEN_INCONCLUSIVE, HOW_GARBAGE);
}

static void answer_cut_in_the_middle_is_no_refusal(void **state)
{
    static const enum peer_then ends[] = {PEER_CLOSE, PEER_RESET};
    (void)state;
    for (size_t i = 0; i < COUNT(ends); i++)
        for (size_t n = 1; n < sizeof hello_10; n += 13) {
            struct tls_answer a = ask_10((struct peer_reply){ends[i], hello_10, n, 0, 0});
            assert_int_equal(a.seen, SEEN_INCONCLUSIVE);
        }
}

static void endless_warnings_end(void **state)
{
    static const uint8_t warnings[] = {21, 3, 3, 0, 8, 1, 112, 1, 112, 1, 112, 1, 112};
    (void)state;
    struct tls_answer a = ask_10(SAY_AND(PEER_LOOP, warnings));
    assert_answer(&a, SEEN_INCONCLUSIVE, HOW_GARBAGE);
}

static void server_hello_may_come_in_any_pieces(void **state)
{
    uint8_t records[6 * sizeof hello_13];
    size_t used = 0;
    (void)state;
    for (size_t at = 5; at < sizeof hello_13; at++) { /* one byte a record */
        const uint8_t record[] = {22, 3, 3, 0, 1, hello_13[at]};
        memcpy(records + used, record, sizeof record);
        used += sizeof record;
    }
    struct peer p = peer_usual();
    peer_answers(&p, TLS_1_3, (struct peer_reply){PEER_WAIT, records, used, 0, 0});
    peer_answers(&p, TLS_1_2, (struct peer_reply){PEER_WAIT, hello_12, sizeof hello_12, 1, 1});
    struct port_state s = ask(&p, NULL, PATIENCE_MS);
    assert_answer(&s.answers[TLS_1_3], SEEN_ACCEPTED, HOW_SERVER_HELLO);
    assert_answer(&s.answers[TLS_1_2], SEEN_ACCEPTED, HOW_SERVER_HELLO);
    p = peer_usual(); /* one byte a record, and a segment too */
    peer_answers(&p, TLS_1_3, (struct peer_reply){PEER_WAIT, records, used, 1, 0});
    s = ask(&p, NULL, PATIENCE_MS);
    assert_answer(&s.answers[TLS_1_3], SEEN_ACCEPTED, HOW_SERVER_HELLO);
}

static void hello_retry_request_accepts_tls_13(void **state)
{
    struct peer p = peer_usual();
    (void)state;
    peer_answers(&p, TLS_1_3, SAY_AND(PEER_CLOSE, hello_retry));
    struct port_state s = ask(&p, NULL, PATIENCE_MS);
    assert_answer(&s.answers[TLS_1_3], SEEN_ACCEPTED, HOW_SERVER_HELLO);
}

static void silent_version_takes_its_share_and_no_more(void **state)
{
    struct peer p = peer_usual();
    (void)state;
    peer_answers(&p, TLS_1_3, SAY_NOTHING_AND(PEER_WAIT));
    int64_t begun = clock_mono_ms();
    struct port_state s = ask(&p, NULL, SHORT_MS);
    assert_in_range(clock_mono_ms() - begun, 1, SHORT_MS);
    assert_answer(&s.answers[TLS_1_3], SEEN_INCONCLUSIVE, HOW_SILENCE);
    assert_answer(&s.answers[TLS_1_2], SEEN_ACCEPTED, HOW_SERVER_HELLO);
    assert_answer(&s.answers[TLS_1_0], SEEN_REFUSED, HOW_ALERT);
    assert_int_equal(p.asked[TLS_1_3], 2); /* once among the others, once alone */
}

static void silent_port_ends_at_the_deadline(void **state)
{
    struct peer p = {.fd = -1}; /* waits, whatever is asked */
    (void)state;
    int64_t begun = clock_mono_ms();
    struct port_state s = ask(&p, NULL, SILENT_MS);
    assert_in_range(clock_mono_ms() - begun, 1, SILENT_MS + SLACK_MS);
    assert_true(s.open);
    for (int v = TLS_1_0; v < TLS_VERSIONS; v++)
        assert_answer(&s.answers[v], SEEN_INCONCLUSIVE, HOW_SILENCE);
}

static void byte_by_byte_does_not_stretch_the_deadline(void **state)
{
    const struct peer_reply drip = {PEER_WAIT, hello_10, sizeof hello_10, 1, 50};
    struct peer p = {.fd = -1};
    (void)state;
    for (int v = TLS_1_0; v < TLS_VERSIONS; v++)
        peer_answers(&p, (enum tls_version)v, drip);
    int64_t begun = clock_mono_ms();
    struct port_state s = ask(&p, NULL, SILENT_MS);
    assert_in_range(clock_mono_ms() - begun, 1, SILENT_MS + SLACK_MS);
    for (int v = TLS_1_0; v < TLS_VERSIONS; v++)
        assert_answer(&s.answers[v], SEEN_INCONCLUSIVE, HOW_SILENCE);
}

static void deadline_already_past_asks_nothing(void **state)
{
    struct peer p = peer_usual();
    (void)state;
    struct port_state s = ask(&p, NULL, -1);
    assert_false(s.open);
    for (int v = TLS_1_0; v < TLS_VERSIONS; v++) {
        assert_int_equal(s.answers[v].seen, SEEN_INCONCLUSIVE);
        assert_int_equal(p.asked[v], 0);
    }
}

/* Promise 9: what could not be observed is inconclusive. */
static void refusal_without_a_control_is_inconclusive(void **state)
{
    struct peer p = peer_usual();
    (void)state;
    peer_answers(&p, TLS_1_2, SAY_AND(PEER_CLOSE, alert_70));
    peer_answers(&p, TLS_1_1, SAY_NOTHING_AND(PEER_RESET));
    struct port_state s = ask(&p, NULL, PATIENCE_MS);
    assert_true(s.open);
    assert_answer(&s.answers[TLS_1_2], SEEN_INCONCLUSIVE, HOW_ALERT);
    assert_int_equal(s.answers[TLS_1_2].alert, 70);
    assert_answer(&s.answers[TLS_1_1], SEEN_INCONCLUSIVE, HOW_RESET);
}

/* The second answer is the one that counts, and only two refusals make one. */
static void refusal_that_does_not_repeat_is_none(void **state)
{
    struct peer p = peer_usual();
    (void)state;
    p.replies[TLS_1_3][0] = SAY_NOTHING_AND(PEER_RESET);
    p.replies[TLS_1_3][1] = SAY(hello_13);
    p.replies[TLS_1_1][1] = SAY_NOTHING_AND(PEER_WAIT);
    p.replies[TLS_1_0][0] = SAY_NOTHING_AND(PEER_RESET); /* then alert 70: the reason kept */
    struct port_state s = ask(&p, NULL, SHORT_MS);
    assert_answer(&s.answers[TLS_1_3], SEEN_ACCEPTED, HOW_SERVER_HELLO);
    assert_answer(&s.answers[TLS_1_1], SEEN_INCONCLUSIVE, HOW_SILENCE);
    assert_answer(&s.answers[TLS_1_0], SEEN_REFUSED, HOW_ALERT);
    assert_int_equal(s.answers[TLS_1_0].alert, 70);
}

static void service_that_comes_up_in_the_middle_refuses_nothing_it_accepts(void **state)
{
    struct peer p = {.fd = -1};
    (void)state;
    for (int v = TLS_1_0; v < TLS_VERSIONS; v++)
        p.replies[v][0] = SAY_NOTHING_AND(PEER_RESET);
    p.replies[TLS_1_3][1] = SAY(hello_13);
    p.replies[TLS_1_2][1] = SAY(hello_12);
    p.replies[TLS_1_1][1] = SAY(alert_70);
    p.replies[TLS_1_0][1] = SAY(hello_10);
    struct port_state s = ask(&p, NULL, PATIENCE_MS);
    assert_answer(&s.answers[TLS_1_3], SEEN_ACCEPTED, HOW_SERVER_HELLO);
    assert_answer(&s.answers[TLS_1_2], SEEN_ACCEPTED, HOW_SERVER_HELLO);
    assert_answer(&s.answers[TLS_1_1], SEEN_REFUSED, HOW_ALERT);
    assert_answer(&s.answers[TLS_1_0], SEEN_ACCEPTED, HOW_SERVER_HELLO);
}

static bool hello_offers(const struct peer *p, enum tls_version v, uint8_t hi, uint8_t lo)
{
    struct rd r = rd_at(rd_of(p->hello[v], p->hello_size[v]), 44, p->hello_size[v] - 44);
    struct rd suites = rd_sub(&r, rd_be16(&r));
    while (suites.left >= 2)
        if (rd_be16(&suites) == ((unsigned)hi << 8 | lo))
            return true;
    return false;
}

static void no_common_suite_is_asked_again_with_the_other_suites(void **state)
{
    uint8_t camellia[sizeof hello_10];
    struct peer p = peer_usual();
    (void)state;
    memcpy(camellia, hello_10, sizeof camellia);
    camellia[76] = 0x00; /* RSA_WITH_CAMELLIA_256_CBC_SHA */
    camellia[77] = 0x84;
    p.replies[TLS_1_0][0] = SAY(alert_40);
    p.replies[TLS_1_0][1] = SAY(camellia);
    struct port_state s = ask(&p, NULL, PATIENCE_MS);
    assert_answer(&s.answers[TLS_1_0], SEEN_ACCEPTED, HOW_SERVER_HELLO);
    assert_int_equal(s.answers[TLS_1_0].suite, 0x0084);
    assert_true(hello_offers(&p, TLS_1_0, 0x00, 0x84));
    assert_false(hello_offers(&p, TLS_1_1, 0x00, 0x84)); /* alert 70: the same hello again */
    assert_true(hello_offers(&p, TLS_1_1, 0x00, 0x2f));
    p = peer_usual(); /* TLS 1.3 has no others */
    peer_answers(&p, TLS_1_3, SAY(alert_40));
    s = ask(&p, NULL, PATIENCE_MS);
    assert_answer(&s.answers[TLS_1_3], SEEN_REFUSED, HOW_ALERT);
    assert_int_equal(p.asked[TLS_1_3], 2);
}

static bool hello_names(const struct peer *p, enum tls_version v, const char *name)
{
    for (size_t i = 0; i + strlen(name) <= p->hello_size[v]; i++)
        if (memcmp(p->hello[v] + i, name, strlen(name)) == 0)
            return true;
    return false;
}

static void name_goes_into_every_hello_and_a_literal_into_none(void **state)
{
    struct peer p = peer_usual();
    (void)state;
    (void)ask(&p, "sql01.corp.example", PATIENCE_MS);
    for (int v = TLS_1_0; v < TLS_VERSIONS; v++)
        assert_true(hello_names(&p, (enum tls_version)v, "sql01.corp.example"));
    p = peer_usual();
    (void)ask(&p, PEER_ADDRESS, PATIENCE_MS);
    for (int v = TLS_1_0; v < TLS_VERSIONS; v++)
        assert_false(hello_names(&p, (enum tls_version)v, PEER_ADDRESS));
}

static void reset_before_the_hello_is_read_kills_nobody(void **state)
{
    struct peer p = {.fd = -1, .raw = true};
    (void)state;
    struct port_state s = ask(&p, NULL, PATIENCE_MS);
    assert_true(s.open);
    for (int v = TLS_1_0; v < TLS_VERSIONS; v++)
        assert_answer(&s.answers[v], SEEN_INCONCLUSIVE, HOW_RESET);
}

static void closed_port_and_unknown_name_are_not_errors(void **state)
{
    static const char *const addresses[] = {PEER_ADDRESS, "no-such-host.invalid"};
    struct peer p = peer_usual();
    (void)state;
    peer_start(&p);
    peer_stop(&p); /* a port that is free now */
    for (size_t i = 0; i < COUNT(addresses); i++) {
        struct port_state s;
        assert_int_equal(probe_port(addresses[i], NULL, p.port, "", clock_mono_ms() + PATIENCE_MS,
                                    &s, NULL),
                         OK);
        assert_false(s.open);
        for (int v = TLS_1_0; v < TLS_VERSIONS; v++)
            assert_answer(&s.answers[v], SEEN_INCONCLUSIVE, HOW_NO_CONNECTION);
    }
}

/* A listener that nobody serves, its queue full: what comes is dropped, as by a firewall. */
static void port_that_drops_connections_ends_at_the_deadline(void **state)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    socklen_t size = sizeof at;
    struct port_state s;
    int held[4];
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)state;
    assert_int_equal(inet_pton(AF_INET, PEER_ADDRESS, &at.sin_addr), 1);
    assert_int_equal(bind(fd, (const struct sockaddr *)&at, size), 0);
    assert_int_equal(listen(fd, 0), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&at, &size), 0);
    for (size_t i = 0; i < COUNT(held); i++) {
        held[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        (void)connect(held[i], (const struct sockaddr *)&at, size);
    }
    int64_t begun = clock_mono_ms();
    assert_int_equal(probe_port(PEER_ADDRESS, NULL, ntohs(at.sin_port), "", begun + SILENT_MS, &s,
                                NULL),
                     OK);
    assert_in_range(clock_mono_ms() - begun, 1, SILENT_MS + SLACK_MS);
    for (size_t i = 0; i < COUNT(held); i++)
        (void)close(held[i]);
    (void)close(fd);
    assert_false(s.open);
    for (int v = TLS_1_0; v < TLS_VERSIONS; v++)
        assert_answer(&s.answers[v], SEEN_INCONCLUSIVE, HOW_NO_CONNECTION);
}

static void no_socket_left_is_an_error_of_ours(void **state)
{
    struct rlimit was, none;
    struct port_state s = {.port = 7};
    struct why why = {0};
    (void)state;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &was), 0);
    none = (struct rlimit){.rlim_cur = 3, .rlim_max = was.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
    enum err e = probe_port(PEER_ADDRESS, NULL, 443, "", clock_mono_ms() + 1000, &s, &why);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &was), 0);
    assert_int_equal(e, E_IO);
    assert_int_equal(why.native, EMFILE);
    assert_string_equal(why.place, PEER_ADDRESS ":443");
    assert_int_equal(s.port, 7);
}

static void unknown_dialect_is_unsupported_and_changes_nothing(void **state)
{
    struct port_state s = {.port = 7}, before = s;
    struct why why;
    (void)state;
    assert_int_equal(probe_port(PEER_ADDRESS, NULL, 3389, "telnet", clock_mono_ms() + 1000, &s,
                                &why),
                     E_UNSUPPORTED);
    assert_memory_equal(&s, &before, sizeof s);
    assert_non_null(strstr(why.text, "telnet"));
}

enum { PROBERS = 16 };

struct prober {
    pthread_t thread;
    uint16_t port;
    enum err e;
    struct port_state out;
};

static void *prober_main(void *self)
{
    struct prober *p = self;
    p->e = probe_port(PEER_ADDRESS, "web01.corp.example", p->port, "",
                      clock_mono_ms() + PATIENCE_MS, &p->out, NULL);
    return NULL;
}

static void sixteen_threads_probe_at_once(void **state)
{
    struct prober probers[PROBERS];
    struct peer p = peer_usual();
    (void)state;
    peer_answers(&p, TLS_1_3, SAY(hello_13));
    peer_answers(&p, TLS_1_1, SAY_NOTHING_AND(PEER_RESET));
    peer_start(&p);
    for (int i = 0; i < PROBERS; i++) {
        probers[i].port = p.port;
        assert_int_equal(pthread_create(&probers[i].thread, NULL, prober_main, &probers[i]), 0);
    }
    for (int i = 0; i < PROBERS; i++)
        (void)pthread_join(probers[i].thread, NULL);
    peer_stop(&p);
    for (int i = 0; i < PROBERS; i++) {
        const struct tls_answer *a = probers[i].out.answers;
        assert_int_equal(probers[i].e, OK);
        assert_answer(&a[TLS_1_3], SEEN_ACCEPTED, HOW_SERVER_HELLO);
        assert_answer(&a[TLS_1_2], SEEN_ACCEPTED, HOW_SERVER_HELLO);
        assert_answer(&a[TLS_1_1], SEEN_REFUSED, HOW_RESET);
        assert_answer(&a[TLS_1_0], SEEN_REFUSED, HOW_ALERT);
    }
    assert_int_equal(p.asked[TLS_1_0], 2 * PROBERS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepted_versions_are_asked_once_and_refused_ones_twice),
        cmocka_unit_test(each_way_of_refusing_is_told_apart),
        cmocka_unit_test(what_is_not_tls_is_no_refusal),
        cmocka_unit_test(answer_cut_in_the_middle_is_no_refusal),
        cmocka_unit_test(endless_warnings_end),
        cmocka_unit_test(server_hello_may_come_in_any_pieces),
        cmocka_unit_test(hello_retry_request_accepts_tls_13),
        cmocka_unit_test(silent_version_takes_its_share_and_no_more),
        cmocka_unit_test(silent_port_ends_at_the_deadline),
        cmocka_unit_test(byte_by_byte_does_not_stretch_the_deadline),
        cmocka_unit_test(deadline_already_past_asks_nothing),
        cmocka_unit_test(refusal_without_a_control_is_inconclusive),
        cmocka_unit_test(refusal_that_does_not_repeat_is_none),
        cmocka_unit_test(service_that_comes_up_in_the_middle_refuses_nothing_it_accepts),
        cmocka_unit_test(no_common_suite_is_asked_again_with_the_other_suites),
        cmocka_unit_test(name_goes_into_every_hello_and_a_literal_into_none),
        cmocka_unit_test(reset_before_the_hello_is_read_kills_nobody),
        cmocka_unit_test(closed_port_and_unknown_name_are_not_errors),
        cmocka_unit_test(port_that_drops_connections_ends_at_the_deadline),
        cmocka_unit_test(no_socket_left_is_an_error_of_ours),
        cmocka_unit_test(unknown_dialect_is_unsupported_and_changes_nothing),
        cmocka_unit_test(sixteen_threads_probe_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
