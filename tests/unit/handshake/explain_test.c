#include "handshake/explain_parts.h"

#include "base/err.h"
#include "base/text.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool has_cause(const struct explained *x, const char *id)
{
    for (size_t i = 0; i < x->n_causes; i++)
        if (strcmp(x->causes[i]->id, id) == 0)
            return true;
    return false;
}

static bool has_code(const struct explained *x, const struct code *c)
{
    for (size_t i = 0; i < x->n_codes; i++)
        if (x->codes[i] == c)
            return true;
    return false;
}

static void causes_are_known(const char *of, const char *ids)
{
    while (*ids != '\0') {
        char id[64] = "";
        size_t n = strcspn(ids, " ");
        assert_in_range(n, 1, sizeof id - 1);
        memcpy(id, ids, n);
        if (!explanation_of(id))
            fail_msg("%s: %s", of, id);
        ids += n;
        ids += strspn(ids, " ");
    }
}

static void every_explanation_is_whole_and_found_by_its_id(void **state)
{
    (void)state;
    assert_true(explanation_count() > 40);
    for (size_t i = 0; i < explanation_count(); i++) {
        const struct explanation *x = explanation_at(i);
        const char *const texts[] = {x->title, x->wrong, x->seen, x->remedy, x->source};
        struct explained found;
        for (size_t k = 0; k < COUNT(texts); k++)
            if (!texts[k] || strlen(texts[k]) < 5)
                fail_msg("%s: text %zu", x->id, k);
        assert_int_equal(strspn(x->id, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(x->id));
        assert_ptr_equal(explanation_of(x->id), x); /* none stands there twice */
        explain(x->id, &found);
        assert_true(found.n_causes > 0);
        assert_ptr_equal(found.causes[0], x);
        assert_false(found.guessed);
    }
}

static void is_found(const struct code *c, const char *query)
{
    struct explained found;
    explain(query, &found);
    if (!has_code(&found, c) || found.guessed)
        fail_msg("%s is not found by \"%s\"", c->name, query);
    if (found.n_causes == 0)
        fail_msg("%s has no causes", query);
}

static void number_is_found(const struct code *c, const char *before, bool hex, const char *after)
{
    char query[100];
    if (hex)
        (void)snprintf(query, sizeof query, "%s0x%08" PRIx32 "%s", before, c->number, after);
    else
        (void)snprintf(query, sizeof query, "%s%" PRIu32 "%s", before, c->number, after);
    is_found(c, query);
}

static void numbers_are_found(const struct code *c)
{
    switch (c->kind) {
    case CODE_ALERT:
        number_is_found(c, "", false, "");
        number_is_found(c, "alert ", false, "");
        number_is_found(c, "SSL alert number ", false, "!");
        number_is_found(c, "The TLS protocol defined fatal error code is ", false, ".");
        break;
    case CODE_STATUS:
        number_is_found(c, "", true, "");
        number_is_found(c, "failed (", true, "): no");
        break;
    case CODE_WIN32:
    case CODE_EVENT:
        number_is_found(c, "", false, "");
        number_is_found(c, "Event ID: ", false, " on web01");
        number_is_found(c, "error (", false, ")");
        break;
    case CODE_NAME:
    case CODE_KINDS: break;
    }
}

static void every_code_is_found_by_number_and_name(void **state)
{
    (void)state;
    assert_true(code_count() > 180);
    for (size_t i = 0; i < code_count(); i++) {
        const struct code *c = code_at(i);
        char query[CODE_TEXT_SIZE + 32], text[CODE_TEXT_SIZE];
        causes_are_known(c->name, c->causes);
        is_found(c, c->name);
        is_found(c, code_text(c, text));
        (void)snprintf(query, sizeof query, "it failed: %s (why?)", c->name);
        is_found(c, query);
        numbers_are_found(c);
        if (c->kind == CODE_STATUS) {
            (void)snprintf(query, sizeof query, "%" PRId32, (int32_t)c->number);
            is_found(c, query);
            (void)snprintf(query, sizeof query, "%" PRIu32, c->number);
            is_found(c, query);
        }
        for (size_t k = 0; k < i; k++)
            if (c->kind != CODE_NAME && code_at(k)->kind == c->kind)
                assert_int_not_equal(code_at(k)->number, c->number);
    }
}

static void every_symptom_leads_to_its_causes(void **state)
{
    (void)state;
    for (size_t i = 0; i < explain_symptoms.n; i++) {
        const struct symptom *s = &explain_symptoms.rows[i];
        char query[200], first[64] = "";
        struct explained found;
        causes_are_known(s->text, s->causes);
        for (const char *at = s->text; *at != '\0'; at++)
            assert_false(*at >= 'A' && *at <= 'Z');
        (void)snprintf(query, sizeof query, "Error:  %s\t today", s->text);
        memcpy(first, s->causes, strcspn(s->causes, " "));
        explain(query, &found);
        if (!has_cause(&found, first))
            fail_msg("%s", query);
    }
}

/* What the four guides that this program grew from describe, in the words of their readers. */
static void every_case_of_the_guides_is_explained(void **state)
{
    static const struct {
        const char *query, *id;
    } cases[] = {
        {"SSL_ERROR_WEAK_SERVER_EPHEMERAL_DH_KEY", "dh-too-short"},
        {"Internet Explorer: \"This page can\xe2\x80\x99t be displayed\"", "dh-too-short"},
        {"The installation of a Konica Minolta device randomly crashes on different installation "
         "steps",
         "dh-broken"},
        {"SSL_ERROR_BAD_MAC_ALERT", "pretends-version"},
        {"ERR_SSL_BAD_RECORD_MAC_ALERT", "pretends-version"},
        {"Could not create SSL/TLS secure channel", "sha512-certificate"},
        {"could not create\nSSL/TLS secure channel.", "dh-too-short"},
        {"Make sure TLS and SSL protocols are enabled.", "sha512-certificate"},
        {"The certificate chain was issued by an authority that is not trusted",
         "certificate-untrusted"},
        {"Schannel 36887 fatal alert code 43", "certificate-unsupported-algorithm"},
        {"The underlying connection was closed. An unexpected error occurred on a send.",
         "dotnet-old-tls"},
        {"Initialization failed before PreInit: Membership could not be verified: A connection was "
         "successfully established with the server, but then an error occurred during the "
         "pre-login handshake. (provider: TCP Provider, error: 0 - An existing connection was "
         "forcibly closed by the remote host.)",
         "sql-pre-login"},
        {"Schannel error 0x80090326 (SEC_E_ILLEGAL_MESSAGE)", "winhttp-tls10"},
        {"Outlook on Windows 7 cannot connect", "winhttp-tls10"},
        {"TLS alert 0x40", "no-common-suite"},
        {"KB4019276", "tls12-prerequisites"},
        {"36874", "no-common-suite"},
        {"Event 36888: A fatal alert was generated. The TLS protocol defined fatal error code is "
         "70.",
         "no-common-version"},
        {"rsReportServerDatabaseUnavailable", "sql-pre-login"},
        {"-2146893018", "no-common-suite"},
        {"curl: (35) schannel: failed to receive handshake", "connection-reset"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct explained found;
        explain(cases[i].query, &found);
        if (!has_cause(&found, cases[i].id) || found.guessed)
            fail_msg("%s: no %s", cases[i].query, cases[i].id);
    }
}

static void near_misses_are_guessed_and_called_that(void **state)
{
    struct explained found;
    (void)state;
    explain("ERR_SSL_VERSION_OR_CIPHER_MISMATH", &found);
    assert_true(found.guessed);
    assert_int_equal(found.n_codes, 1);
    assert_string_equal(found.codes[0]->name, "ERR_SSL_VERSION_OR_CIPHER_MISMATCH");
    explain("prime of the key exchange shorter than clients allow", &found);
    assert_true(found.guessed);
    assert_true(has_cause(&found, "dh-too-short"));
}

static void what_is_not_known_is_not_explained(void **state)
{
    static const char *const queries[] = {"", "  ", "17", "0x12345678", "0x999999999999999999",
                                          "xyzzy", "alert 255", "123456789012345678901234567890",
                                          "40th birthday", "."};
    (void)state;
    for (size_t i = 0; i < COUNT(queries); i++) {
        struct explained found;
        explain(queries[i], &found);
        if (found.n_codes > 0 || found.n_causes > 0)
            fail_msg("\"%s\": %s", queries[i],
                     found.n_codes ? found.codes[0]->name : found.causes[0]->id);
    }
}

static void long_question_is_read_as_far_as_it_fits(void **state)
{
    struct text t = {0};
    struct explained found;
    (void)state;
    text_put(&t, "alert 70 ");
    for (int i = 0; i < 2000; i++)
        text_put(&t, "word_and_more ");
    explain(text_str(&t), &found);
    assert_true(has_cause(&found, "no-common-version"));
    text_fini(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_explanation_is_whole_and_found_by_its_id),
        cmocka_unit_test(every_code_is_found_by_number_and_name),
        cmocka_unit_test(every_symptom_leads_to_its_causes),
        cmocka_unit_test(every_case_of_the_guides_is_explained),
        cmocka_unit_test(near_misses_are_guessed_and_called_that),
        cmocka_unit_test(what_is_not_known_is_not_explained),
        cmocka_unit_test(long_question_is_read_as_far_as_it_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
