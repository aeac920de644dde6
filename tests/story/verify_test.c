/* What a playbook asks of a port beside versions: suites, key sizes, the certificate. */
#include "tests/support/story.h"

#include <stdio.h>
#include <string.h>

#define DAY 86400

static const char head[] = "playbook: more\n"
                           "settings:\n"
                           "  - {key: 'HKLM\\SOFTWARE\\Vendor\\App', values: {Mode: dword 9}}\n"
                           "verify:\n"
                           "  - ";

static void asks(struct story *s, const char *rule)
{
    struct text t = {0};
    text_printf(&t, "%s%s\n", head, rule);
    story_playbook(s, text_str(&t));
    text_fini(&t);
}

static struct port_more shown(const char *thumbprint)
{
    struct port_more m = {.suites_seen = true,
                          .suites_complete = true,
                          .suites = {0xc02f},
                          .n_suites = 1,
                          .whole = HANDSHAKE_DONE,
                          .whole_version = TLS_1_2,
                          .certificate = {.seen = true,
                                          .not_after = clock_real_ms() / 1000 + 90 * DAY,
                                          .key = "RSA",
                                          .key_bits = 2048,
                                          .shortest_rsa = 2048,
                                          .trust = TRUST_OK,
                                          .name_asked = true,
                                          .name_matches = true}};
    (void)snprintf(m.certificate.sha256, sizeof m.certificate.sha256, "%s", thumbprint);
    (void)snprintf(m.certificate.sha1, sizeof m.certificate.sha1, "%s", thumbprint);
    return m;
}

/* With its restart the host shows another certificate. */
static void another_certificate(struct story *s, const struct fleet_act *act)
{
    const struct port_more m = shown("bbbbbbbbbbbbbbbb");
    (void)s;
    if (act->call == FLEET_RESTART)
        fleet_host_more(act->host, &m);
}

static void begin(struct story *s, const char *rule)
{
    const struct port_more m = shown("aaaaaaaaaaaaaaaa");
    story_begin(s, "web1\n");
    asks(s, rule);
    fleet_host_more(story_host(s, "web1"), &m);
}

static void report_says(struct story *s, const char *format, const char *words)
{
    struct text t = {0};
    (void)story_program(s, &t, "report", "--format", format, NULL);
    if (!strstr(text_str(&t), words))
        fail_msg("%s: no \"%s\" in\n%s", format, words, text_str(&t));
    text_fini(&t);
}

static void port_that_shows_what_is_asked_for_is_well(void **state)
{
    struct story *s = *state;
    begin(s, "{port: 443, suites: {must: ECDHE, must_not: [RC4, 3DES]}, min_dh: 2048, min_rsa: "
             "2048, certificate: {unchanged: true, name: true, trusted: true, days_left: 30}}");
    story_apply(s);
    story_all_ended(s, OUTCOME_CHANGED);
    report_says(s, "json", "\"handshake\":\"done\"");
    story_end(s);
}

static void suite_that_must_not_be_there_fails_the_host(void **state)
{
    struct story *s = *state;
    struct port_more m = shown("aaaaaaaaaaaaaaaa");
    begin(s, "{port: 443, suites: {must_not: [RC4]}}");
    m.suites[m.n_suites++] = 0x0005;
    fleet_host_more(story_host(s, "web1"), &m);
    story_apply(s);
    story_all_ended(s, OUTCOME_FAILED);
    story_because(s, "web1", "RSA_WITH_RC4_128_SHA is accepted, RC4 must not be");
    report_says(s, "text", "swell explain weak-suites");
    story_end(s);
}

static void certificate_that_changed_fails_where_it_was_not_to(void **state)
{
    struct story *s = *state;
    begin(s, "{port: 443, certificate: {unchanged: true}}");
    s->on_act = another_certificate;
    story_apply(s);
    story_all_ended(s, OUTCOME_FAILED);
    story_because(s, "web1", "another certificate than before: bbbbbbbbbbbb");
    story_end(s);
}

static void certificate_that_changed_is_told_where_nobody_asked(void **state)
{
    struct story *s = *state;
    begin(s, "{port: 443, tls1.2: accepted}");
    s->on_act = another_certificate;
    story_apply(s);
    story_all_ended(s, OUTCOME_CHANGED);
    report_says(s, "text", "Certificates that changed");
    report_says(s, "json", "certificate-changed");
    story_end(s);
}

/* The ports show nothing beside versions. */
static void not_seen(struct story *s, const char *rule)
{
    story_begin(s, "web1\n");
    asks(s, rule);
    story_apply(s);
    story_all_ended(s, OUTCOME_INCONCLUSIVE);
    story_because(s, "web1", "could not be seen");
    story_end(s);
}

static void promise_9_suites_that_were_not_seen_are_inconclusive(void **state)
{
    not_seen(*state, "{port: 443, suites: {must_not: RC4}}");
}

static void promise_9_a_certificate_that_was_not_seen_is_inconclusive(void **state)
{
    not_seen(*state, "{port: 443, certificate: {name: true}}");
}

/* The playbook's wishes are not those of who undoes it; a certificate that changes is. */
static void rollback_asks_only_for_what_was_before(void **state)
{
    struct story *s = *state;
    struct port_more m = shown("aaaaaaaaaaaaaaaa");
    begin(s, "{port: 443, suites: {must_not: RC4}, min_dh: 2048, certificate: {unchanged: true}}");
    story_apply(s);
    story_all_ended(s, OUTCOME_CHANGED);
    m.suites[m.n_suites++] = 0x0005; /* with the old values it is there again */
    m.dh_bits = 1024;
    fleet_host_more(story_host(s, "web1"), &m);
    story_rollback(s);
    story_all_ended(s, OUTCOME_ROLLED_BACK);
    story_end(s);
}

/* The registry says off, the service goes on as before: told though nobody asked. */
static void wire_that_contradicts_the_registry_is_told(void **state)
{
    struct story *s = *state;
    story_begin(s, "web1\n");
    story_playbook(s, "playbook: off\n"
                      "settings:\n"
                      "  - key: " STORY_TLS10 "\n"
                      "    values: {Enabled: dword 0, DisabledByDefault: dword 1}\n"
                      "verify:\n"
                      "  - {port: 443, tls1.2: accepted}\n");
    fleet_host_tls(story_host(s, "web1"), FLEET_TLS_STUCK);
    story_apply(s);
    story_all_ended(s, OUTCOME_CHANGED);
    report_says(s, "text", "443 TLS 1.0: the registry says off and the wire says accepted");
    report_says(s, "json", "{\"default\":\"on\",\"desired\":\"off\",\"stored\":\"off\","
                           "\"version\":\"tls1.0\",\"wire\":[{\"port\":443,"
                           "\"restart_owed\":true,\"seen\":\"accepted\"}]}");
    report_says(s, "json", "\"explain\":\"restart-owed\"");
    story_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY_TEST(port_that_shows_what_is_asked_for_is_well),
        STORY_TEST(suite_that_must_not_be_there_fails_the_host),
        STORY_TEST(certificate_that_changed_fails_where_it_was_not_to),
        STORY_TEST(certificate_that_changed_is_told_where_nobody_asked),
        STORY_TEST(promise_9_suites_that_were_not_seen_are_inconclusive),
        STORY_TEST(promise_9_a_certificate_that_was_not_seen_is_inconclusive),
        STORY_TEST(rollback_asks_only_for_what_was_before),
        STORY_TEST(wire_that_contradicts_the_registry_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
