#include "controller/scan_view.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct tls_answer accepted(uint16_t suite)
{
    return (struct tls_answer){.seen = SEEN_ACCEPTED, .how = HOW_SERVER_HELLO, .suite = suite};
}

static struct tls_answer refused(uint8_t alert)
{
    return (struct tls_answer){.seen = SEEN_REFUSED, .how = HOW_ALERT, .alert = alert};
}

static void suites_put(struct scan_version *v, enum scan_order order, const uint32_t *from,
                       size_t n)
{
    memcpy(v->suites, from, n * sizeof *from);
    v->n_suites = n;
    v->order = order;
    v->complete = true;
    v->answer = accepted((uint16_t)from[0]);
}

/* A Server 2012 R2 as it comes, and nothing of it is friendly to a terminal. */
static struct scan_result *result_new(void)
{
    static const uint32_t old[] = {0xc014, 0x0035, 0x0005}, new[] = {0xc028, 0x0035};
    struct scan_result *r = calloc(1, sizeof *r);
    assert_non_null(r);
    r->port = 443;
    (void)snprintf(r->dialect, sizeof r->dialect, "tls");
    r->open = true;
    r->before_tls = DIALECT_AGREED;
    for (size_t v = 0; v < TLS_VERSIONS; v++)
        r->versions[v].answer = refused(70);
    suites_put(&r->versions[TLS_1_0], ORDER_SERVER, old, 3);
    suites_put(&r->versions[TLS_1_1], ORDER_SERVER, old, 3);
    suites_put(&r->versions[TLS_1_2], ORDER_CLIENT, new, 2);
    r->dh.bits = 1024;
    (void)snprintf(r->dh.prime, sizeof r->dh.prime, "RFC 2409 group 2");
    r->groups[0] = 23;
    r->n_groups = 1;
    r->sigalgs[0] = 0x0201;
    r->n_sigalgs = 1;
    r->secure_renegotiation = SURE_YES;
    r->compression = SURE_NO;
    (void)snprintf(r->alpn[0], sizeof r->alpn[0], "h2\x1b[2J");
    r->n_alpn = 1;
    r->connections = 23;
    r->elapsed_ms = 412;
    return r;
}

static void certificate_put(struct scan_result *r)
{
    struct certificate *c = calloc(1, sizeof *c);
    assert_non_null(c);
    (void)snprintf(c->subject, sizeof c->subject, "=cmd|' /C calc'!A0");
    (void)snprintf(c->issuer, sizeof c->issuer, "CN=ca");
    c->names = strdup("web01.example *.web.example");
    (void)snprintf(c->sha1, sizeof c->sha1, "00112233445566778899aabbccddeeff00112233");
    (void)snprintf(c->key, sizeof c->key, "RSA");
    (void)snprintf(c->signature, sizeof c->signature, "sha1WithRSAEncryption");
    c->key_bits = 2048;
    c->not_before = 1700000000;
    c->not_after = 1900000000;
    c->server_auth = true;
    r->whole = (struct handshake_seen){.outcome = HANDSHAKE_DONE,
                                       .version = TLS_1_2,
                                       .suite = 0xc028,
                                       .chain = c,
                                       .n_chain = 1,
                                       .trust = TRUST_SELF_SIGNED,
                                       .trust_why = "self-signed certificate",
                                       .name_asked = true,
                                       .name_why = "it is for web01.example"};
}

static void result_free(struct scan_result *r)
{
    for (size_t i = 0; i < r->whole.n_chain; i++)
        free(r->whole.chain[i].names);
    free(r->whole.chain);
    free(r);
}

static char *text_of_view(const struct scan_view *v, int columns, bool colour)
{
    const struct page page = {.columns = columns, .colour = colour};
    struct text t = {0};
    char *s = NULL;
    scan_put_text(&page, &t, v);
    assert_int_equal(text_take(&t, &s), OK);
    return s;
}

static void assert_in(const char *text, const char *words)
{
    if (strstr(text, words) == NULL)
        fail_msg("'%s' is not in:\n%s", words, text);
}

static void a_port_is_told_for_people(void **state)
{
    struct scan_result *r = result_new();
    static const struct diagnosis findings[] = {
        {"dh-too-short", SEVERITY_BAD, "DH with 1024 bits\x1b[2J"}};
    const struct scan_view v = {
        .host = "web01", .result = r, .findings = findings, .n_findings = 1};
    (void)state;
    certificate_put(r);
    char *s = text_of_view(&v, 100, false);
    assert_in(s, "web01:443  23 connections, 412ms\n");
    assert_in(s, "  SSL 3.0       refused       alert 70 protocol_version\n");
    assert_in(s, "  TLS 1.0       accepted      old: 3 suites, the server chooses\n");
    assert_in(s, "  TLS 1.2       accepted      2 suites, the client chooses\n");
    assert_in(s, "  TLS 1.0  the suites of TLS 1.1\n");
    assert_in(s, "    0005  TLS_RSA_WITH_RC4_128_SHA ");
    assert_in(s, " broken: RC4\n");
    assert_in(s, "  DH            1024 bits, RFC 2409 group 2; weak: short\n");
    assert_in(s, "  yes           secure renegotiation\n");
    assert_in(s, "  ALPN          h2\\x1B[2J\n");
    assert_in(s, "  names       web01.example *.web.example\n");
    assert_in(s, "  trust         self-signed certificate\n");
    assert_in(s, "  name          it is for web01.example\n");
    assert_in(s, "  findings      bad  dh-too-short: DH with 1024 bits\\x1B[2J\n");
    assert_in(s, "2023-11-14 to 2030-03-17\n");
    assert_null(strchr(s, '\x1b'));
    free(s);
    result_free(r);
}

static void colour_is_only_where_it_is_wanted(void **state)
{
    struct scan_result *r = result_new();
    const struct scan_view v = {.host = "web01", .result = r};
    (void)state;
    char *s = text_of_view(&v, 100, true);
    assert_in(s, "\x1b[1;31mbroken\x1b[0m");
    assert_null(strstr(s, "\x1b[2J"));
    free(s);
    result_free(r);
}

static void a_narrow_terminal_breaks_no_line(void **state)
{
    struct scan_result *r = result_new();
    const struct scan_view v = {.host = "web01", .result = r};
    (void)state;
    certificate_put(r);
    char *s = text_of_view(&v, 60, false);
    for (const char *line = s; *line != '\0';) {
        size_t n = strcspn(line, "\n");
        if (n > 75) /* a suite's name and its worth do not break */
            fail_msg("%zu columns: %.*s", n, (int)n, line);
        line += n + (line[n] == '\n' ? 1 : 0);
    }
    free(s);
    result_free(r);
}

static void what_is_no_tls_is_told(void **state)
{
    struct scan_result *r = calloc(1, sizeof *r);
    struct scan_view v = {.host = "::1", .result = r};
    (void)state;
    r->port = 22;
    char *s = text_of_view(&v, 0, false);
    assert_int_equal(scan_sum_of(&v), SCAN_SUM_UNREACHABLE);
    assert_in(s, "[::1]:22\n  no TLS        no connection\n");
    free(s);
    r->open = true;
    r->before_tls = DIALECT_FOREIGN;
    (void)snprintf(r->said, sizeof r->said, "SSH: SSH-2.0-x");
    s = text_of_view(&v, 0, false);
    assert_int_equal(scan_sum_of(&v), SCAN_SUM_NO_TLS);
    assert_in(s, "it said: SSH: SSH-2.0-x");
    free(s);
    v.why = "the name has no address";
    s = text_of_view(&v, 0, false);
    assert_in(s, "the name has no address");
    free(s);
    free(r);
}

static void doubt_is_doubt(void **state)
{
    struct scan_result *r = result_new();
    const struct scan_view v = {.host = "web01", .result = r};
    (void)state;
    assert_int_equal(scan_sum_of(&v), SCAN_SUM_WHOLE);
    r->versions[TLS_1_3].answer = (struct tls_answer){SEEN_INCONCLUSIVE, HOW_SILENCE, 0, 0, 0};
    assert_int_equal(scan_sum_of(&v), SCAN_SUM_IN_DOUBT);
    for (size_t i = 0; i < TLS_VERSIONS; i++)
        r->versions[i].answer = (struct tls_answer){SEEN_INCONCLUSIVE, HOW_GARBAGE, 0, 0, 0};
    assert_int_equal(scan_sum_of(&v), SCAN_SUM_NO_TLS);
    result_free(r);
}

static const char *string_at(json_t *j, const char *key)
{
    const char *s = json_string_value(json_object_get(j, key));
    assert_non_null(s);
    return s;
}

static void a_port_is_told_for_programs(void **state)
{
    struct scan_result *r = result_new();
    const struct scan_view v = {.host = "web01", .result = r};
    (void)state;
    certificate_put(r);
    json_t *j = scan_json(&v);
    assert_non_null(j);
    assert_int_equal(json_integer_value(json_object_get(j, "schema_version")), 1);
    assert_string_equal(string_at(j, "result"), "whole");
    json_t *version = json_array_get(json_object_get(j, "versions"), TLS_1_0);
    assert_string_equal(string_at(version, "version"), "TLS 1.0");
    assert_string_equal(string_at(version, "seen"), "accepted");
    assert_string_equal(string_at(version, "order"), "server");
    json_t *suite = json_array_get(json_object_get(version, "suites"), 2);
    assert_string_equal(string_at(suite, "id"), "0x0005");
    assert_string_equal(string_at(suite, "name"), "TLS_RSA_WITH_RC4_128_SHA");
    assert_string_equal(string_at(suite, "worth"), "broken");
    json_t *handshake = json_object_get(j, "handshake");
    assert_string_equal(string_at(handshake, "outcome"), "done");
    json_t *leaf = json_array_get(json_object_get(handshake, "certificates"), 0);
    assert_string_equal(string_at(leaf, "not_after"), "2030-03-17T17:46:40.000Z");
    json_t *alpn = json_array_get(json_object_get(j, "alpn"), 0);
    assert_string_equal(json_string_value(alpn), "h2\\x1B[2J");
    json_decref(j);
    result_free(r);
}

static void a_scan_of_versions_has_no_more(void **state)
{
    struct scan_result *r = result_new();
    const struct scan_view v = {.host = "web01", .result = r, .only_versions = true};
    (void)state;
    json_t *j = scan_json(&v);
    assert_non_null(j);
    assert_null(json_object_get(j, "handshake"));
    json_decref(j);
    char *s = text_of_view(&v, 100, false);
    assert_null(strstr(s, "RC4"));
    free(s);
    result_free(r);
}

static void csv_cells_are_no_formulas(void **state)
{
    struct scan_result *r = result_new();
    const struct scan_view v = {.host = "web01", .result = r};
    struct listing l = {0};
    char *bytes = NULL;
    size_t n = 0, lines = 0;
    (void)state;
    certificate_put(r);
    FILE *f = open_memstream(&bytes, &n);
    assert_non_null(f);
    scan_put_csv_titles(&l);
    scan_put_csv(&l, &v);
    assert_int_equal(listing_csv(&l, f), OK);
    assert_int_equal(fclose(f), 0);
    for (const char *at = bytes; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    assert_int_equal(lines, 1 + TLS_VERSIONS);
    assert_in(bytes, "host,port,starttls,result,version,seen,how,alert,");
    assert_in(bytes, "web01,443,tls,whole,TLS 1.0,accepted,server_hello,,");
    assert_in(bytes, "web01,443,tls,whole,TLS 1.3,refused,alert,70,");
    assert_in(bytes, ",'=cmd|");
    assert_null(strstr(bytes, ",=cmd"));
    listing_fini(&l);
    free(bytes);
    result_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_port_is_told_for_people),
        cmocka_unit_test(colour_is_only_where_it_is_wanted),
        cmocka_unit_test(a_narrow_terminal_breaks_no_line),
        cmocka_unit_test(what_is_no_tls_is_told),
        cmocka_unit_test(doubt_is_doubt),
        cmocka_unit_test(a_port_is_told_for_programs),
        cmocka_unit_test(a_scan_of_versions_has_no_more),
        cmocka_unit_test(csv_cells_are_no_formulas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
