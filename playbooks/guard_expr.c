/* Recursive descent over the bytes of one expression; the grammar is in guard_expr.h. */
#include "playbooks/guard_expr.h"

#include "base/shown.h"
#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define FOUND_SIZE (SHOWN_SIZE + 2)
#define WORD_MAX 48 /* bytes of a fact's name that are compared */

static const struct guard_fact facts[] = {
    {"os.build", true, "7601"},
    {"os.product", false, "\"ServerNT\", \"LanmanNT\" or \"WinNT\""},
    {"os.name", false, "\"Windows Server 2019 Standard\""},
};

static const struct {
    char spelling[3];
    enum guard_op op;
} operators[] = {
    /* the longer ones first, or `<=` would be read as `<` */
    {"==", GUARD_EQ},
    {"!=", GUARD_NE},
    {"<=", GUARD_LE},
    {">=", GUARD_GE},
    {"<", GUARD_LT},
    {">", GUARD_GT},
};

struct parser {
    const char *that;
    size_t at; /* the next byte */
    size_t depth;
    struct guard_expr *out;
    struct why *why;
};

static enum err parse_any(struct parser *p, size_t *node);

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '.' || c == '_';
}

static void skip_blanks(struct parser *p)
{
    while (p->that[p->at] == ' ' || p->that[p->at] == '\t' || p->that[p->at] == '\n')
        p->at++;
}

static size_t word_size(const struct parser *p)
{
    size_t n = 0;
    while (is_word(p->that[p->at + n]))
        n++;
    return n;
}

static bool take_word(struct parser *p, const char *word)
{
    skip_blanks(p);
    size_t n = word_size(p);
    if (n != strlen(word) || memcmp(p->that + p->at, word, n) != 0)
        return false;
    p->at += n;
    return true;
}

/* "`got`" or "the end", for the second half of a message. */
static const char *found(const struct parser *p, char buf[FOUND_SIZE])
{
    char text[SHOWN_SIZE];
    size_t n = word_size(p);
    const char *s = p->that + p->at;
    if (*s == '\0')
        return "the end";
    (void)snprintf(buf, FOUND_SIZE, "`%s`", shown(s, n == 0 ? 1 : n, text));
    return buf;
}

static enum err node_add(struct parser *p, struct guard_node node, size_t *out)
{
    if (p->out->n == GUARD_NODES_MAX)
        return why_set(p->why, E_DATA, "more than %d operators in one guard", GUARD_NODES_MAX);
    p->out->nodes[p->out->n] = node;
    *out = p->out->n++;
    return OK;
}

static enum err parse_fact(struct parser *p, const struct guard_fact **out)
{
    const char *names[COUNT(facts)];
    char word[WORD_MAX], buf[FOUND_SIZE];
    size_t n = word_size(p);
    for (size_t i = 0; i < COUNT(facts); i++) {
        names[i] = facts[i].name;
        if (n == strlen(facts[i].name) && memcmp(p->that + p->at, facts[i].name, n) == 0) {
            *out = &facts[i];
            p->at += n;
            return OK;
        }
    }
    if (n == 0 || isdigit((unsigned char)p->that[p->at]))
        return why_set(p->why, E_DATA, "expected a fact (os.build, os.product or os.name), got %s",
                       found(p, buf));
    size_t kept = n < sizeof word ? n : sizeof word - 1;
    memcpy(word, p->that + p->at, kept);
    word[kept] = '\0';
    const char *near = str_nearest(word, names, COUNT(names));
    return why_set(p->why, E_DATA, "there is no fact %s; expected %s", found(p, buf),
                   near != NULL ? near : "os.build, os.product or os.name");
}

static enum err parse_operator(struct parser *p, const struct guard_fact *fact, enum guard_op *out)
{
    char buf[FOUND_SIZE];
    skip_blanks(p);
    for (size_t i = 0; i < COUNT(operators); i++) {
        if (!str_starts(p->that + p->at, operators[i].spelling))
            continue;
        if (!fact->is_number && operators[i].op != GUARD_EQ && operators[i].op != GUARD_NE)
            return why_set(p->why, E_DATA, "%s is a text: expected == or !=, got `%s`", fact->name,
                           operators[i].spelling);
        p->at += strlen(operators[i].spelling);
        *out = operators[i].op;
        return OK;
    }
    return why_set(p->why, E_DATA, "expected == != < <= > or >= after %s, got %s", fact->name,
                   found(p, buf));
}

static enum err parse_number(struct parser *p, const struct guard_fact *fact, int64_t *out)
{
    char digits[24], buf[FOUND_SIZE];
    uint64_t number;
    skip_blanks(p);
    size_t n = word_size(p);
    if (n == 0 || n >= sizeof digits)
        return why_set(p->why, E_DATA, "%s is a number: expected one such as %s, got %s",
                       fact->name, fact->example, found(p, buf));
    memcpy(digits, p->that + p->at, n);
    digits[n] = '\0';
    if (!str_parse_u64(digits, &number) || number > INT64_MAX)
        return why_set(p->why, E_DATA, "%s is a number: expected one such as %s, got %s",
                       fact->name, fact->example, found(p, buf));
    p->at += n;
    *out = (int64_t)number;
    return OK;
}

static enum err parse_text(struct parser *p, const struct guard_fact *fact,
                           char out[GUARD_FACT_TEXT_MAX])
{
    char buf[FOUND_SIZE];
    skip_blanks(p);
    char quote = p->that[p->at];
    if (quote != '"' && quote != '\'')
        return why_set(p->why, E_DATA, "%s is a text: expected it in quotes, such as %s, got %s",
                       fact->name, fact->example, found(p, buf));
    const char *from = p->that + p->at + 1;
    const char *end = strchr(from, quote);
    if (end == NULL)
        return why_set(p->why, E_DATA, "the text that begins here has no closing %c", quote);
    size_t n = (size_t)(end - from);
    if (n >= GUARD_FACT_TEXT_MAX)
        return why_set(p->why, E_DATA, "a text of %zu bytes; a fact has at most %d", n,
                       GUARD_FACT_TEXT_MAX - 1);
    memcpy(out, from, n);
    out[n] = '\0';
    p->at += n + 2;
    return OK;
}

static enum err parse_comparison(struct parser *p, size_t *node)
{
    struct guard_node c = {0};
    enum err e;
    if ((e = parse_fact(p, &c.fact)) != OK || (e = parse_operator(p, c.fact, &c.op)) != OK ||
        (e = c.fact->is_number ? parse_number(p, c.fact, &c.number)
                               : parse_text(p, c.fact, c.text)) != OK)
        return e;
    return node_add(p, c, node);
}

static enum err parse_closed(struct parser *p, size_t *node)
{
    char buf[FOUND_SIZE];
    enum err e;
    if ((e = parse_any(p, node)) != OK)
        return e;
    skip_blanks(p);
    if (p->that[p->at] != ')')
        return why_set(p->why, E_DATA, "expected `and`, `or` or `)`, got %s", found(p, buf));
    p->at++;
    return OK;
}

static enum err parse_not(struct parser *p, size_t *node)
{
    struct guard_node n = {.op = GUARD_NOT};
    enum err e;
    skip_blanks(p);
    if (p->depth == GUARD_DEPTH_MAX)
        return why_set(p->why, E_DATA, "more than %d levels of parentheses and nots",
                       GUARD_DEPTH_MAX);
    p->depth++;
    if (take_word(p, "not")) {
        if ((e = parse_not(p, &n.left)) == OK)
            e = node_add(p, n, node);
    } else if (p->that[p->at] == '(') {
        p->at++;
        e = parse_closed(p, node);
    } else {
        e = parse_comparison(p, node);
    }
    p->depth--;
    return e;
}

static enum err parse_all(struct parser *p, size_t *node)
{
    struct guard_node n = {.op = GUARD_AND};
    enum err e = parse_not(p, node);
    while (e == OK && take_word(p, "and")) {
        n.left = *node;
        if ((e = parse_not(p, &n.right)) == OK)
            e = node_add(p, n, node);
    }
    return e;
}

static enum err parse_any(struct parser *p, size_t *node)
{
    struct guard_node n = {.op = GUARD_OR};
    enum err e = parse_all(p, node);
    while (e == OK && take_word(p, "or")) {
        n.left = *node;
        if ((e = parse_all(p, &n.right)) == OK)
            e = node_add(p, n, node);
    }
    return e;
}

enum err guard_parse(const char *that, struct guard_expr *out, size_t *at, struct why *why)
{
    struct parser p = {.that = that, .out = out, .why = why};
    char buf[FOUND_SIZE];
    enum err e;
    *at = 0;
    out->n = 0;
    if (strlen(that) > GUARD_TEXT_MAX)
        return why_set(why, E_DATA, "a guard of more than %d bytes", GUARD_TEXT_MAX);
    if ((e = parse_any(&p, &out->root)) == OK) {
        skip_blanks(&p);
        if (that[p.at] != '\0')
            e = why_set(why, E_DATA, "expected `and`, `or` or the end, got %s", found(&p, buf));
    }
    *at = p.at;
    return e;
}
