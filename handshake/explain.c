#include "handshake/explain_parts.h"

#include "base/err.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct explanation_table *const books[] = {&explain_versions, &explain_ciphers,
                                                        &explain_certificates, &explain_windows};
static const struct code_table *const lists[] = {&explain_alerts, &explain_statuses, &explain_win32,
                                                 &explain_events, &explain_names};
static const struct {
    const char *word, *source;
} kinds[CODE_KINDS] = {
    [CODE_ALERT] = {"alert", "IANA TLS Alerts; Microsoft, Schannel error codes for TLS and SSL "
                             "alerts"},
    [CODE_STATUS] = {"status", "MS-ERREF 2.1; Microsoft, Schannel error codes"},
    [CODE_WIN32] = {"win32", "MS-ERREF 2.2; Microsoft, WinHTTP error messages; Windows Sockets "
                             "error codes"},
    [CODE_EVENT] = {"event", "Microsoft, Schannel events"},
    [CODE_NAME] = {"name", "the program's own list of errors"},
};

#define WORD_SIZE 32 /* of a word that is looked for; longer ones are in no text */

/* A question, folded so that pieces can be found: lower case, one blank, plain quotes. */
struct question {
    char s[EXPLAIN_QUERY_MAX];
    size_t n;
};

size_t explanation_count(void)
{
    size_t n = 0;
    for (size_t i = 0; i < COUNT(books); i++)
        n += books[i]->n;
    return n;
}

const struct explanation *explanation_at(size_t i)
{
    size_t book = 0;
    while (i >= books[book]->n)
        i -= books[book++]->n;
    return &books[book]->rows[i];
}

static const struct explanation *explanation_named(const char *id, size_t n)
{
    for (size_t i = 0; i < explanation_count(); i++) {
        const struct explanation *x = explanation_at(i);
        if (strlen(x->id) == n && memcmp(x->id, id, n) == 0)
            return x;
    }
    return NULL;
}

const struct explanation *explanation_of(const char *id)
{
    return explanation_named(id, strlen(id));
}

size_t code_count(void)
{
    size_t n = 0;
    for (size_t i = 0; i < COUNT(lists); i++)
        n += lists[i]->n;
    return n;
}

const struct code *code_at(size_t i)
{
    size_t list = 0;
    while (i >= lists[list]->n)
        i -= lists[list++]->n;
    return &lists[list]->rows[i];
}

const char *code_kind_word(enum code_kind k)
{
    return kinds[k].word;
}

const char *code_kind_source(enum code_kind k)
{
    return kinds[k].source;
}

const char *code_text(const struct code *c, char buf[CODE_TEXT_SIZE])
{
    switch (c->kind) {
    case CODE_ALERT:
        (void)snprintf(buf, CODE_TEXT_SIZE, "alert %" PRIu32 " %s", c->number, c->name);
        break;
    case CODE_STATUS:
        (void)snprintf(buf, CODE_TEXT_SIZE, "0x%08" PRIX32 " %s", c->number, c->name);
        break;
    case CODE_WIN32:
        (void)snprintf(buf, CODE_TEXT_SIZE, "%" PRIu32 " %s", c->number, c->name);
        break;
    case CODE_EVENT:
        (void)snprintf(buf, CODE_TEXT_SIZE, "event %s", c->name);
        break;
    case CODE_NAME:
    case CODE_KINDS: (void)snprintf(buf, CODE_TEXT_SIZE, "%s", c->name); break;
    }
    return buf;
}

static char low(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static void fold(const char *s, struct question *q)
{
    static const char quote[] = "\xe2\x80\x99"; /* ’ */
    q->n = 0;
    while (*s != '\0' && q->n + 1 < sizeof q->s) {
        bool blank = *s == ' ' || *s == '\t' || *s == '\r' || *s == '\n';
        if (str_starts(s, quote)) {
            q->s[q->n++] = '\'';
            s += sizeof quote - 1;
            continue;
        }
        if (!blank)
            q->s[q->n++] = low(*s);
        else if (q->n > 0 && q->s[q->n - 1] != ' ')
            q->s[q->n++] = ' ';
        s++;
    }
    while (q->n > 0 && (q->s[q->n - 1] == ' ' || q->s[q->n - 1] == '.'))
        q->n--;
    q->s[q->n] = '\0';
}

static void add_cause(struct explained *out, const struct explanation *x)
{
    for (size_t i = 0; i < out->n_causes; i++)
        if (out->causes[i] == x)
            return;
    if (x && out->n_causes < EXPLAIN_FOUND_MAX)
        out->causes[out->n_causes++] = x;
}

static void add_causes(struct explained *out, const char *ids)
{
    while (*ids != '\0') {
        size_t n = strcspn(ids, " ");
        add_cause(out, explanation_named(ids, n));
        ids += n;
        ids += strspn(ids, " ");
    }
}

static void add_code(struct explained *out, const struct code *c)
{
    for (size_t i = 0; i < out->n_codes; i++)
        if (out->codes[i] == c)
            return;
    if (out->n_codes < EXPLAIN_FOUND_MAX)
        out->codes[out->n_codes++] = c;
}

/* name stands in s as a word of its own; an underscore of it may be a blank there. */
static bool has_word(const char *s, const char *name, bool blanks)
{
    for (const char *at = s; *at != '\0'; at++) {
        size_t i = 0;
        while (name[i] != '\0' &&
               (at[i] == low(name[i]) || (blanks && name[i] == '_' && at[i] == ' ')))
            i++;
        if (name[i] == '\0' && !is_word(at[i]) && (at == s || !is_word(at[-1])))
            return true;
    }
    return false;
}

static void names_find(const struct question *q, struct explained *out)
{
    bool alert = strstr(q->s, "alert") != NULL;
    for (size_t i = 0; i < code_count(); i++) {
        const struct code *c = code_at(i);
        if (has_word(q->s, c->name, alert && c->kind == CODE_ALERT))
            add_code(out, c);
    }
}

static bool code_add(struct explained *out, enum code_kind kind, uint32_t number)
{
    for (size_t i = 0; i < code_count(); i++)
        if (code_at(i)->kind == kind && code_at(i)->number == number) {
            add_code(out, code_at(i));
            return true;
        }
    return false;
}

struct number {
    uint64_t value;
    bool hex, negative;
    const char *digits; /* as they stand there */
    size_t n;
};

/* The text before a number ends with one of these words for alerts. */
static bool means_alert(const struct question *q, const struct number *x)
{
    static const char *const before[] = {"alert ", "alert number ", "alert: ", "alert=", "alert #",
                                         "code is ", "fatal alert code ", "alert code "};
    size_t at = (size_t)(x->digits - q->s) - (x->hex ? 2 : 0);
    for (size_t i = 0; i < COUNT(before); i++) {
        size_t n = strlen(before[i]);
        if (at >= n && memcmp(q->s + at - n, before[i], n) == 0)
            return true;
    }
    return at == 0 && x->n + (x->hex ? 2 : 0) == q->n; /* it is all that was asked */
}

/* An alert is often printed with 0x before its decimal number. */
static void alert_add(struct explained *out, const struct number *x)
{
    uint64_t as_decimal = 0;
    if (code_add(out, CODE_ALERT, (uint32_t)x->value) || !x->hex)
        return;
    for (size_t i = 0; i < x->n; i++) {
        if (x->digits[i] > '9')
            return;
        as_decimal = as_decimal * 10 + (uint64_t)(x->digits[i] - '0');
    }
    (void)code_add(out, CODE_ALERT, (uint32_t)as_decimal);
}

static void number_add(const struct question *q, const struct number *x, struct explained *out)
{
    uint32_t value = (uint32_t)(x->negative ? 0 - x->value : x->value);
    if (x->value > UINT32_MAX)
        return;
    if (x->value <= UINT8_MAX && !x->negative) {
        if (means_alert(q, x))
            alert_add(out, x);
        return;
    }
    if (!code_add(out, CODE_STATUS, value) && !code_add(out, CODE_EVENT, value))
        (void)code_add(out, CODE_WIN32, value);
}

static bool digit_of(char c, bool hex, unsigned *out)
{
    if (c >= '0' && c <= '9')
        *out = (unsigned)(c - '0');
    else if (hex && c >= 'a' && c <= 'f')
        *out = (unsigned)(c - 'a') + 10;
    else
        return false;
    return true;
}

/* Digits from s on as a number that ends with a word's end; a value too large is UINT64_MAX. */
static bool number_read(const char *s, bool hex, struct number *x)
{
    unsigned digit;
    *x = (struct number){.hex = hex, .digits = s};
    for (; digit_of(s[x->n], hex, &digit); x->n++)
        x->value = x->value > UINT32_MAX ? UINT64_MAX : x->value * (hex ? 16 : 10) + digit;
    return x->n > 0 && !is_word(s[x->n]);
}

static void numbers_find(const struct question *q, struct explained *out)
{
    for (const char *at = q->s; *at != '\0'; at++) {
        struct number x;
        if (at > q->s && is_word(at[-1]))
            continue;
        if (at[0] == '0' && at[1] == 'x' && number_read(at + 2, true, &x)) {
            number_add(q, &x, out);
        } else if (number_read(at, true, &x) && x.n == 8 && x.value > INT32_MAX) {
            number_add(q, &x, out); /* 80090326, as logs write it */
        } else if (number_read(at, false, &x)) {
            x.negative = at > q->s && at[-1] == '-';
            number_add(q, &x, out);
        }
    }
}

static void symptoms_find(const struct question *q, struct explained *out)
{
    for (size_t i = 0; i < explain_symptoms.n; i++)
        if (strstr(q->s, explain_symptoms.rows[i].text))
            add_causes(out, explain_symptoms.rows[i].causes);
}

/* The next word of at least four letters, cut to the room; false at the end. */
static bool word_next(const char **at, char word[WORD_SIZE])
{
    while (**at != '\0') {
        size_t n = 0, kept;
        while (is_word((*at)[n]))
            n++;
        kept = n < WORD_SIZE ? n : WORD_SIZE - 1;
        memcpy(word, *at, kept);
        word[kept] = '\0';
        *at += n > 0 ? n : 1;
        if (n >= 4)
            return true;
    }
    return false;
}

/* How many of the question's longer words stand in an explanation. */
static unsigned words_shared(const struct question *q, const struct explanation *x)
{
    const char *const texts[] = {x->title, x->wrong, x->seen};
    struct question folded[COUNT(texts)];
    char word[WORD_SIZE];
    unsigned shared = 0;
    for (size_t i = 0; i < COUNT(texts); i++)
        fold(texts[i], &folded[i]);
    for (const char *at = q->s; word_next(&at, word);) {
        bool found = false;
        for (size_t i = 0; !found && i < COUNT(texts); i++)
            found = has_word(folded[i].s, word, false);
        shared += found;
    }
    return shared;
}

/* The nearest code by its name, or the explanations that share the most words. */
static void guess(const struct question *q, struct explained *out)
{
    unsigned best = 2; /* one word in common says nothing */
    const struct code *near = NULL;
    size_t nearest = 4;
    for (size_t i = 0; i < code_count() && q->n <= 64; i++) {
        size_t d = str_distance(q->s, code_at(i)->name);
        if (d < nearest && d * 3 < q->n) {
            nearest = d;
            near = code_at(i);
        }
    }
    if (near) {
        add_code(out, near);
        return;
    }
    for (size_t i = 0; i < explanation_count(); i++) {
        unsigned shared = words_shared(q, explanation_at(i));
        if (shared > best)
            out->n_causes = 0;
        if (shared >= best) {
            best = shared;
            add_cause(out, explanation_at(i));
        }
    }
}

void explain(const char *query, struct explained *out)
{
    struct question q;
    *out = (struct explained){0};
    fold(query, &q);
    if (q.n == 0)
        return;
    add_cause(out, explanation_of(q.s));
    names_find(&q, out);
    numbers_find(&q, out);
    symptoms_find(&q, out);
    if (out->n_codes == 0 && out->n_causes == 0) {
        guess(&q, out);
        out->guessed = true;
    }
    for (size_t i = 0; i < out->n_codes; i++)
        add_causes(out, out->codes[i]->causes);
}
