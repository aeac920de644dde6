/* swell explain: what a code or a message means, and what to do. */
#include "base/file.h"
#include "controller/cli/options.h"
#include "handshake/explain.h"
#include "report/page.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define EXPLAIN_SCHEMA_VERSION 1
#define SHOWN_WHOLE 3 /* of the rest only the names are told */

static void put_part(const struct page *p, struct text *t, const char *head, const char *words)
{
    size_t line = t->used;
    text_put(t, "  ");
    page_tone(p, t, TONE_QUIET);
    text_put(t, head);
    page_tone(p, t, TONE_PLAIN);
    page_pad_to(t, line, 10);
    page_wrap(p, t, &line, 10, words);
    text_char(t, '\n');
}

static void put_code(const struct page *p, struct text *t, const struct code *c)
{
    char name[CODE_TEXT_SIZE];
    page_put(p, t, TONE_TITLE, code_text(c, name));
    text_char(t, '\n');
    put_part(p, t, "means", c->words);
    put_part(p, t, "source", code_kind_source(c->kind));
    text_char(t, '\n');
}

static void put_cause(const struct page *p, struct text *t, const struct explanation *x)
{
    page_put(p, t, TONE_TITLE, x->title);
    text_printf(t, " (%s)\n", x->id);
    put_part(p, t, "wrong", x->wrong);
    put_part(p, t, "seen", x->seen);
    put_part(p, t, "do", x->remedy);
    put_part(p, t, "source", x->source);
    text_char(t, '\n');
}

static void put_text(const struct page *p, struct text *t, const struct explained *x)
{
    size_t whole = x->n_causes < SHOWN_WHOLE ? x->n_causes : SHOWN_WHOLE;
    if (x->guessed)
        text_put(t, "Nothing is known by that name; this comes nearest.\n\n");
    for (size_t i = 0; i < x->n_codes; i++)
        put_code(p, t, x->codes[i]);
    if (x->n_codes > 0 && x->n_causes > 1)
        text_put(t, "What may be behind it, the likeliest first:\n\n");
    for (size_t i = 0; i < whole; i++)
        put_cause(p, t, x->causes[i]);
    if (x->n_causes > whole)
        text_put(t, "Also possible (swell explain NAME tells more):\n");
    for (size_t i = whole; i < x->n_causes; i++)
        text_printf(t, "  %s: %s\n", x->causes[i]->id, x->causes[i]->title);
}

static json_t *code_json(const struct code *c)
{
    json_t *number = c->kind == CODE_NAME ? json_null() : json_integer((json_int_t)c->number);
    return json_pack("{s:s, s:o, s:s, s:s, s:s}", "kind", code_kind_word(c->kind), "number", number,
                     "name", c->name, "means", c->words, "source", code_kind_source(c->kind));
}

static json_t *cause_json(const struct explanation *x)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "id", x->id, "title", x->title, "wrong",
                     x->wrong, "seen", x->seen, "do", x->remedy, "source", x->source);
}

static json_t *explained_json(const char *query, const struct explained *x)
{
    json_t *codes = json_array(), *causes = json_array();
    bool ok = codes && causes;
    struct text safe = {0};
    for (size_t i = 0; ok && i < x->n_codes; i++)
        ok = json_array_append_new(codes, code_json(x->codes[i])) == 0;
    for (size_t i = 0; ok && i < x->n_causes; i++)
        ok = json_array_append_new(causes, cause_json(x->causes[i])) == 0;
    text_put_safe(&safe, query, strlen(query));
    json_t *o = ok ? json_pack("{s:i, s:s, s:s, s:b, s:O, s:O}", "schema_version",
                               EXPLAIN_SCHEMA_VERSION, "kind", "explanation", "query",
                               text_str(&safe), "guessed", x->guessed, "codes", codes, "causes",
                               causes)
                   : NULL;
    text_fini(&safe);
    json_decref(codes);
    json_decref(causes);
    return o;
}

static void put_json(struct text *t, json_t *j)
{
    char *s = j ? json_dumps(j, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
    if (s)
        text_printf(t, "%s\n", s);
    else
        t->bad = true;
    free(s);
    json_decref(j);
}

/* Without a question: all that can be asked for by name. */
static void put_names(bool json, struct text *t)
{
    json_t *list = json ? json_array() : NULL;
    for (size_t i = 0; i < explanation_count(); i++) {
        const struct explanation *x = explanation_at(i);
        size_t line = t->used;
        if (json) {
            t->bad = t->bad || json_array_append_new(list, cause_json(x)) != 0;
            continue;
        }
        text_put(t, x->id);
        page_pad_to(t, line, 36);
        text_printf(t, "%s\n", x->title);
    }
    if (json)
        put_json(t, json_pack("{s:i, s:s, s:o}", "schema_version", EXPLAIN_SCHEMA_VERSION, "kind",
                              "explanations", "causes", list));
}

int verb_explain(struct invocation *inv)
{
    static const char *const forms[] = {"text", "json"};
    struct page page = page_for(STDOUT_FILENO, option_is_set(inv, OPT_NO_COLOR));
    struct text query = {0}, t = {0};
    struct explained x = {0};
    struct why why = {0};
    size_t form = 0;
    enum err e = option_word(inv, OPT_FORMAT, forms, COUNT(forms), 0, &form, &why);
    if (e != OK)
        goto out;
    for (size_t i = 0; i < inv->n_args; i++)
        text_printf(&query, "%s%s", i ? " " : "", inv->args[i]);
    explain(text_str(&query), &x);
    if (inv->n_args == 0)
        put_names(form == 1, &t);
    else if (form == 1)
        put_json(&t, explained_json(text_str(&query), &x));
    else
        put_text(&page, &t, &x);
    if (query.bad || t.bad)
        e = why_set(&why, E_MEMORY, "no memory for an explanation");
    else if (inv->n_args > 0 && x.n_codes == 0 && x.n_causes == 0)
        e = why_set(&why, E_ABSENT, "nothing is known of that; `swell explain` lists what is");
    else
        e = file_write("-", text_str(&t), t.used, 0644, &why);
out:
    text_fini(&query);
    text_fini(&t);
    return e == OK ? EXIT_WELL : fail(e, &why);
}
