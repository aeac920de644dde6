#include "controller/cli/parse.h"

#include "base/text.h"

#include <string.h>

struct parser {
    struct verb_table table;
    char *const *argv;
    int argc, at;
    struct invocation *inv;
    struct why *why;
};

bool verb_in_family(const struct verb *v, const char *family)
{
    size_t n = strlen(family);
    return strncmp(v->name, family, n) == 0 && v->name[n] == ' ';
}

/* --- verbs --- */

static enum err refuse(struct parser *p, struct text *t)
{
    enum err e = why_set(p->why, E_USAGE, "%s", text_str(t));
    text_fini(t);
    return e;
}

#define WORDS_MAX 64 /* verbs or options that are offered as the nearest one */

static enum err verb_unknown(struct parser *p, const char *word)
{
    const char *names[WORDS_MAX];
    size_t n = 0;
    struct text t = {0};
    for (size_t i = 0; i < p->table.n && n < WORDS_MAX; i++)
        names[n++] = p->table.verbs[i].name;
    text_printf(&t, "there is no command `%s`", word);
    const char *near = str_nearest(word, names, n);
    if (near != NULL)
        text_printf(&t, "; did you mean `%s`?", near);
    else
        text_put(&t, "; `swell --help` lists them");
    return refuse(p, &t);
}

/* The second words of a family; returns how many. */
static size_t family_words(const struct parser *p, const char *words[WORDS_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < p->table.n && n < WORDS_MAX; i++)
        if (verb_in_family(&p->table.verbs[i], p->inv->family))
            words[n++] = p->table.verbs[i].name + strlen(p->inv->family) + 1;
    return n;
}

static enum err sub_missing(struct parser *p, const char *word)
{
    const char *words[WORDS_MAX];
    size_t n = family_words(p, words);
    struct text t = {0};
    if (word != NULL)
        text_printf(&t, "there is no command `%s %s`", p->inv->family, word);
    else
        text_printf(&t, "`%s` is not a whole command", p->inv->family);
    text_put(&t, ": expected ");
    for (size_t i = 0; i < n; i++)
        text_printf(&t, "%s`%s %s`",
                    i == 0       ? ""
                    : i + 1 == n ? " or "
                                 : ", ",
                    p->inv->family, words[i]);
    const char *near = word != NULL ? str_nearest(word, words, n) : NULL;
    if (near != NULL)
        text_printf(&t, "; did you mean `%s %s`?", p->inv->family, near);
    return refuse(p, &t);
}

static enum err family_take(struct parser *p, const char *word)
{
    for (size_t i = 0; i < p->table.n; i++) {
        const struct verb *v = &p->table.verbs[i];
        if (!verb_in_family(v, p->inv->family) ||
            strcmp(v->name + strlen(p->inv->family) + 1, word) != 0)
            continue;
        p->inv->verb = v;
        p->inv->sub = v->name + strlen(p->inv->family) + 1;
        return OK;
    }
    return sub_missing(p, word);
}

static enum err verb_take(struct parser *p, const char *word)
{
    if (p->inv->family != NULL)
        return family_take(p, word);
    if (strcmp(word, "help") == 0 && p->inv->values[OPT_HELP] == NULL) {
        p->inv->values[OPT_HELP] = "";
        return OK;
    }
    for (size_t i = 0; i < p->table.n; i++) {
        if (strcmp(p->table.verbs[i].name, word) == 0) {
            p->inv->verb = &p->table.verbs[i];
            return OK;
        }
        if (verb_in_family(&p->table.verbs[i], word)) {
            p->inv->family = word;
            return OK;
        }
    }
    return verb_unknown(p, word);
}

static enum err word_take(struct parser *p, const char *word)
{
    if (p->inv->verb == NULL)
        return verb_take(p, word);
    if (p->inv->n_args == ARGS_MAX)
        return why_set(p->why, E_USAGE, "more than %d arguments", ARGS_MAX);
    p->inv->args[p->inv->n_args++] = word;
    return OK;
}

/* --- options --- */

static bool verb_takes(const struct verb *v, enum opt o)
{
    if (option_of(o)->global)
        return true;
    for (const enum opt *at = v->opts; *at != OPTS; at++)
        if (*at == o)
            return true;
    return false;
}

static enum err option_unknown(struct parser *p, const char *name, size_t n_name)
{
    const char *names[OPTS];
    char word[64];
    size_t n = 0;
    struct text t = {0};
    for (enum opt o = 0; o < OPTS; o++)
        if (p->inv->verb == NULL || verb_takes(p->inv->verb, o))
            names[n++] = option_of(o)->name;
    if (n_name >= sizeof word)
        n_name = sizeof word - 1;
    memcpy(word, name, n_name);
    word[n_name] = '\0';
    if (strcmp(word, "password") == 0)
        return why_set(p->why, E_USAGE,
                       "everybody on this machine can read a command line, so no password stands "
                       "there; say where it is kept: --password-env or --password-file");
    text_printf(&t, "there is no option --%s", word);
    const char *near = str_nearest(word, names, n);
    if (near != NULL)
        text_printf(&t, "; did you mean --%s?", near);
    else if (p->inv->verb != NULL)
        text_printf(&t, "; `swell %s --help` lists them", p->inv->verb->name);
    else
        text_put(&t, "; `swell --help` lists them");
    return refuse(p, &t);
}

static enum err value_set(struct parser *p, enum opt o, const char *value)
{
    const struct option *option = option_of(o);
    if (p->inv->values[o] != NULL && option->value != NULL)
        return why_set(p->why, E_USAGE, "--%s is given twice", option->name);
    if (option->value != NULL && *value == '\0')
        return why_set(p->why, E_USAGE, "--%s has an empty value: expected %s", option->name,
                       option->value);
    p->inv->values[o] = value;
    if (o == OPT_VERBOSE)
        p->inv->verbose++;
    return OK;
}

/* A setting that swell.yaml or the environment switches on can be switched off for one call. */
static enum err flag_take(struct parser *p, enum opt o, const char *value)
{
    const struct option *option = option_of(o);
    bool on;
    if (value == NULL)
        return value_set(p, o, "");
    if (option->env == NULL)
        return why_set(p->why, E_USAGE, "--%s takes no value, but got `%s`", option->name, value);
    if (!switch_parse(value, &on))
        return why_set(p->why, E_USAGE, "--%s: expected yes or no, got `%s`", option->name, value);
    return value_set(p, o, value);
}

static enum err long_take(struct parser *p, const char *name)
{
    size_t n = strcspn(name, "=");
    const char *value = name[n] == '=' ? name + n + 1 : NULL;
    for (enum opt o = 0; o < OPTS; o++) {
        const struct option *option = option_of(o);
        if (strlen(option->name) != n || strncmp(option->name, name, n) != 0)
            continue;
        if (option->value == NULL)
            return flag_take(p, o, value);
        if (value != NULL)
            return value_set(p, o, value);
        value = p->at + 1 < p->argc ? p->argv[p->at + 1] : NULL;
        if (value == NULL)
            return why_set(p->why, E_USAGE, "--%s needs a value: --%s %s", option->name,
                           option->name, option->value);
        if (value[0] == '-' && value[1] != '\0')
            return why_set(p->why, E_USAGE,
                           "--%s needs a value, but `%s` follows; if that is the value, write "
                           "--%s=%s",
                           option->name, value, option->name, value);
        p->at++;
        return value_set(p, o, value);
    }
    return option_unknown(p, name, n);
}

static enum err letters_take(struct parser *p, const char *letters)
{
    for (const char *at = letters; *at != '\0'; at++) {
        enum err e = E_ABSENT;
        for (enum opt o = 0; e == E_ABSENT && o < OPTS; o++)
            if (option_of(o)->letter == *at)
                e = value_set(p, o, "");
        if (e == E_ABSENT)
            return why_set(p->why, E_USAGE,
                           "there is no option -%c; `swell --help` lists them, and those of a "
                           "command are in its own --help",
                           *at);
        if (e != OK)
            return e;
    }
    return OK;
}

/* --- the whole --- */

static enum err foreign_option(struct parser *p, enum opt o)
{
    const struct verb *mine = p->inv->verb;
    struct text t = {0};
    size_t named = 0;
    text_printf(&t, "`swell %s` takes no --%s", mine->name, option_of(o)->name);
    for (size_t i = 0; i < p->table.n; i++)
        if (verb_takes(&p->table.verbs[i], o))
            text_printf(&t, "%s`%s`", named++ == 0 ? "; it belongs to " : ", ",
                        p->table.verbs[i].name);
    return refuse(p, &t);
}

static enum err args_check(struct parser *p)
{
    const struct invocation *inv = p->inv;
    const struct verb *v = inv->verb;
    if (inv->n_args < v->args_min)
        return why_set(p->why, E_USAGE, "something is missing: expected swell %s %s", v->name,
                       v->args);
    if (inv->n_args > v->args_max && v->args_max == 0)
        return why_set(p->why, E_USAGE, "`swell %s` takes no argument, but got `%s`", v->name,
                       inv->args[0]);
    if (inv->n_args > v->args_max)
        return why_set(p->why, E_USAGE, "`%s` is too much: expected swell %s %s",
                       inv->args[v->args_max], v->name, v->args);
    return OK;
}

static enum err invocation_check(struct parser *p)
{
    const struct invocation *inv = p->inv;
    bool asks = inv->values[OPT_HELP] != NULL || inv->values[OPT_VERSION] != NULL;
    if (inv->verb == NULL && asks)
        return OK;
    if (inv->verb == NULL && inv->family != NULL)
        return sub_missing(p, NULL);
    if (inv->verb == NULL) {
        for (enum opt o = 0; o < OPTS; o++)
            if (inv->values[o] != NULL)
                return why_set(p->why, E_USAGE, "there is no command; `swell --help` lists them");
        return OK;
    }
    for (enum opt o = 0; o < OPTS; o++)
        if (inv->values[o] != NULL && !verb_takes(inv->verb, o))
            return foreign_option(p, o);
    return asks ? OK : args_check(p);
}

enum err invocation_parse(struct verb_table table, int argc, char *const *argv,
                          struct invocation *out, struct why *why)
{
    struct invocation inv = {0};
    struct parser p = {
        .table = table, .argv = argv, .argc = argc, .at = 1, .inv = &inv, .why = why};
    bool ended = false;
    enum err e = OK;
    for (; e == OK && p.at < argc; p.at++) {
        const char *word = argv[p.at];
        if (!ended && strcmp(word, "--") == 0)
            ended = true;
        else if (!ended && strncmp(word, "--", 2) == 0)
            e = long_take(&p, word + 2);
        else if (!ended && word[0] == '-' && word[1] != '\0')
            e = letters_take(&p, word + 1);
        else
            e = word_take(&p, word);
    }
    if (e != OK || (e = invocation_check(&p)) != OK || (e = options_check_env(why)) != OK)
        return e;
    *out = inv;
    return OK;
}
