/* A comparison of two ends as text and JSON, and the file that an end is read from. */
#include "base/file.h"
#include "controller/compare.h"
#include "controller/tls_json.h"
#include "handshake/strength.h"
#include "handshake/suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_LIMIT (16u << 20)
#define SHARED_MARGIN 2
#define NAME_COLUMNS 30

static const char *const says_words[] = {
    [CMP_UNKNOWN] = "unknown", [CMP_NO] = "no", [CMP_PERHAPS] = "perhaps", [CMP_YES] = "yes"};
static const char *const outcome_words[] = {[COMPARE_SHARED] = "shared",
                                            [COMPARE_DOUBTFUL] = "doubtful",
                                            [COMPARE_NOTHING] = "nothing"};

enum err compare_end_of_file(const char *file, struct compare_end *out, struct why *why)
{
    struct text bytes = {0};
    json_error_t error;
    json_t *j = NULL;
    enum err e;
    if ((e = file_read(file, FILE_LIMIT, &bytes, why)) != OK)
        goto out;
    /* Of a file of lines the first one is meant. */
    j = json_loadb(text_str(&bytes), bytes.used, JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK,
                   &error);
    if (j == NULL)
        e = why_set(why, E_DATA, "this is no JSON");
    else
        e = compare_end_of_json(file, j, out, why);
    e = why_place(why, e, "%s", file);
out:
    json_decref(j);
    text_fini(&bytes);
    return e;
}

/* --- text --- */

static enum tone tone_of(enum compare_says s)
{
    switch (s) {
    case CMP_YES: return TONE_GOOD;
    case CMP_NO: return TONE_QUIET;
    case CMP_PERHAPS:
    case CMP_UNKNOWN: return TONE_BUSY;
    }
    return TONE_PLAIN;
}

static size_t name_columns(const struct compare_end *e)
{
    size_t n = page_width(e->name);
    return n < 8 ? 8 : n > NAME_COLUMNS ? NAME_COLUMNS
                                        : n;
}

static void put_cell(const struct page *p, struct text *t, size_t start, size_t *column,
                     size_t width, enum compare_says says)
{
    page_put(p, t, tone_of(says), says_words[says]);
    *column += width + SHARED_MARGIN;
    page_pad_to(t, start, *column);
}

static void put_row(const struct page *p, struct text *t, size_t v, const struct compare_end *a,
                    const struct compare_end *b, const struct comparison *c)
{
    size_t start = t->used, column = 11;
    page_pad_to(t, start, SHARED_MARGIN);
    text_put(t, tls_version_words((enum tls_version)v));
    page_pad_to(t, start, column);
    put_cell(p, t, start, &column, name_columns(a), a->versions[v]);
    put_cell(p, t, start, &column, name_columns(b), b->versions[v]);
    page_put(p, t, tone_of(c->versions[v]), says_words[c->versions[v]]);
    if (c->suites[v].n > 0 && c->versions[v] >= CMP_PERHAPS)
        text_printf(t, ", %zu suite%s", c->suites[v].n, c->suites[v].n == 1 ? "" : "s");
    else if (a->suites_known && b->suites_known && a->versions[v] >= CMP_PERHAPS &&
             b->versions[v] >= CMP_PERHAPS)
        text_put(t, ": no suite is shared");
    text_char(t, '\n');
}

static void put_titles(const struct page *p, struct text *t, const struct compare_end *a,
                       const struct compare_end *b)
{
    size_t start = t->used, column = 11;
    page_pad_to(t, start, column);
    page_tone(p, t, TONE_TITLE);
    page_said_cut(p, t, a->name, NAME_COLUMNS);
    page_pad_to(t, start, column += name_columns(a) + SHARED_MARGIN);
    page_said_cut(p, t, b->name, NAME_COLUMNS);
    page_pad_to(t, start, column + name_columns(b) + SHARED_MARGIN);
    text_put(t, "shared");
    page_tone(p, t, TONE_PLAIN);
    text_char(t, '\n');
}

static void put_suites(const struct page *p, struct text *t, const struct comparison *c)
{
    for (size_t v = TLS_VERSIONS; v-- > 0;) {
        if (c->versions[v] < CMP_PERHAPS || c->suites[v].n == 0)
            continue;
        text_char(t, '\n');
        page_put(p, t, TONE_TITLE, tls_version_words((enum tls_version)v));
        text_char(t, '\n');
        for (size_t i = 0; i < c->suites[v].n; i++) {
            const char *name = suite_name(c->suites[v].at[i]);
            struct suite_worth worth = suite_worth(name);
            text_printf(t, "  %04x  %s%s  %s\n", (unsigned)c->suites[v].at[i],
                        name != NULL ? "TLS_" : "", name != NULL ? name : "unknown",
                        strength_word(worth.strength));
        }
    }
}

static void put_sentence(const struct page *p, struct text *t, const char *label, const char *s)
{
    size_t start = t->used;
    if (*s == '\0')
        return;
    text_printf(t, "%s: ", label);
    page_wrap(p, t, &start, strlen(label) + 2, s);
    text_char(t, '\n');
}

void compare_put_text(const struct page *p, struct text *t, const struct compare_end *a,
                      const struct compare_end *b, const struct comparison *c)
{
    put_titles(p, t, a, b);
    for (size_t v = 0; v < TLS_VERSIONS; v++)
        put_row(p, t, v, a, b, c);
    put_suites(p, t, c);
    text_char(t, '\n');
    put_sentence(p, t, "result", c->text);
    put_sentence(p, t, "remedy", c->remedy);
}

/* --- JSON --- */

static json_t *end_json(const struct compare_end *e)
{
    return json_pack("{s:o, s:s}", "name", tls_words_json(e->name), "is",
                     e->client ? "client" : "server");
}

static json_t *suites_json(const struct compare_suites *s)
{
    json_t *all = json_array();
    for (size_t i = 0; i < s->n; i++)
        if (!tls_json_add(&all, tls_suite_json(s->at[i])))
            return NULL;
    return all;
}

static json_t *versions_json(const struct compare_end *a, const struct compare_end *b,
                             const struct comparison *c)
{
    json_t *all = json_array();
    for (size_t v = 0; v < TLS_VERSIONS; v++)
        if (!tls_json_add(&all, json_pack("{s:s, s:s, s:s, s:s, s:o}", "version",
                                          tls_version_words((enum tls_version)v), "a",
                                          says_words[a->versions[v]], "b",
                                          says_words[b->versions[v]], "shared",
                                          says_words[c->versions[v]], "suites",
                                          suites_json(&c->suites[v]))))
            return NULL;
    return all;
}

json_t *compare_json(const struct compare_end *a, const struct compare_end *b,
                     const struct comparison *c)
{
    return json_pack("{s:i, s:s, s:o, s:o, s:s, s:o, s:s, s:o}", "schema_version", 1, "kind",
                     "comparison", "a", end_json(a), "b", end_json(b), "outcome",
                     outcome_words[c->outcome], "versions", versions_json(a, b, c), "text",
                     c->text, "remedy", tls_words_json(c->remedy));
}
