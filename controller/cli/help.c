#include "controller/cli/help.h"

#include "base/text.h"

#include <string.h>

#define OPTION_COLUMN 25 /* where the words on an option begin */

static const char *const group_titles[VERB_GROUPS] = {
    [GROUP_PREPARE] = "Prepare",
    [GROUP_CHANGE] = "Change the fleet",
    [GROUP_WATCH] = "Watch and steer",
    [GROUP_UNDO] = "Undo",
    [GROUP_TLS] = "Look at TLS",
    [GROUP_PROVE] = "Prove",
};

static void spaces(FILE *f, size_t n)
{
    (void)fprintf(f, "%*s", (int)n, "");
}

static size_t put_word(FILE *f, const char *word, size_t n, size_t at, size_t indent)
{
    if (at > indent && at + 1 + n >= HELP_WIDTH) {
        (void)fputc('\n', f);
        spaces(f, indent);
        at = indent;
    } else if (at > indent) {
        (void)fputc(' ', f);
        at++;
    }
    (void)fwrite(word, 1, n, f);
    return at + n;
}

void help_wrap(FILE *f, const char *s, size_t at, size_t indent)
{
    bool literal = false;
    while (*s != '\0') {
        size_t n = strcspn(s, " \n");
        if (literal) {
            n = strcspn(s, "\n");
            (void)fwrite(s, 1, n, f);
        } else if (n > 0) {
            at = put_word(f, s, n, at, indent);
        }
        s += n;
        if (*s == '\n') {
            (void)fputc('\n', f);
            s++;
            literal = *s == ' ';
            at = indent;
            if (*s != '\0' && *s != '\n')
                spaces(f, indent);
        } else if (*s == ' ') {
            s++;
        }
    }
    (void)fputc('\n', f);
}

void help_version(FILE *f)
{
    (void)fprintf(f, "swell %s\n", SWELL_VERSION);
}

/* --- options --- */

static void put_option(FILE *f, const struct option *o)
{
    struct text t = {0}, words = {0};
    if (o->letter != 0)
        text_printf(&t, "  -%c, --%s", o->letter, o->name);
    else
        text_printf(&t, "  --%s", o->name);
    if (o->value != NULL)
        text_printf(&t, " %s", o->value);
    text_put(&words, o->help);
    if (o->env != NULL)
        text_printf(&words, " [%s]", o->env);
    (void)fputs(text_str(&t), f);
    if (t.used + 2 > OPTION_COLUMN) {
        (void)fputc('\n', f);
        spaces(f, OPTION_COLUMN);
    } else {
        spaces(f, OPTION_COLUMN - t.used);
    }
    help_wrap(f, text_str(&words), OPTION_COLUMN, OPTION_COLUMN);
    text_fini(&t);
    text_fini(&words);
}

static void put_globals(FILE *f)
{
    (void)fputs("\nOptions of every command\n", f);
    for (enum opt o = 0; o < OPTS; o++)
        if (option_of(o)->global)
            put_option(f, option_of(o));
    (void)fputc('\n', f);
    help_wrap(f,
              "A setting is looked for on the command line, then in the environment variable in "
              "brackets, then in swell.yaml under the option's name with _ for -.",
              0, 0);
}

static void put_exit_codes(FILE *f)
{
    (void)fputs("\nExit codes\n"
                "  These add up:\n"
                "     0 all well       1 internal error      2 hosts failed\n"
                "     4 hosts unreachable                    8 stopped by the failure budget\n"
                "    16 paused, also by the failure budget, or waiting for approval\n"
                "    32 handshake check not passed\n"
                "  These stand alone:\n"
                "    64 usage         65 bad data           69 no transport\n"
                "    75 locked, try again                   77 not allowed\n"
                "    78 configuration                      130, 143 interrupted\n",
                f);
}

/* --- verbs --- */

static void verb_usage(struct text *t, const struct verb *v)
{
    text_put(t, v->name);
    if (v->args[0] != '\0')
        text_printf(t, " %s", v->args);
}

static void put_verbs(FILE *f, struct verb_table table, enum verb_group group, const char *family)
{
    bool first = true;
    for (size_t i = 0; i < table.n; i++) {
        const struct verb *v = &table.verbs[i];
        struct text t = {0};
        if (v->group != group || (family != NULL && !verb_in_family(v, family)))
            continue;
        if (first)
            (void)fprintf(f, "\n%s\n", group_titles[group]);
        first = false;
        text_put(&t, "  ");
        verb_usage(&t, v);
        (void)fputs(text_str(&t), f);
        if (t.used + 2 > OPTION_COLUMN + 4) {
            (void)fputc('\n', f);
            spaces(f, OPTION_COLUMN + 4);
        } else {
            spaces(f, OPTION_COLUMN + 4 - t.used);
        }
        help_wrap(f, v->summary, OPTION_COLUMN + 4, OPTION_COLUMN + 4);
        text_fini(&t);
    }
}

void help_program(FILE *f, struct verb_table table)
{
    help_wrap(f,
              "Swell changes registry settings on a fleet of Windows servers without an agent, "
              "restarts them in waves, proves by TLS handshakes that each one came back as "
              "intended, and can put every value back.\n\n"
              "Usage: swell COMMAND [ARGUMENT]... [OPTION]...",
              0, 0);
    for (size_t g = 0; g < VERB_GROUPS; g++)
        put_verbs(f, table, (enum verb_group)g, NULL);
    (void)fputc('\n', f);
    help_wrap(f,
              "`swell COMMAND --help` says more about each. A rollout is named by its number or by "
              "the word latest; where none is named, the latest is meant.",
              0, 0);
    put_globals(f);
    put_exit_codes(f);
}

void help_family(FILE *f, struct verb_table table, const char *family)
{
    (void)fprintf(f, "Usage: swell %s COMMAND [ARGUMENT]... [OPTION]...\n", family);
    for (size_t g = 0; g < VERB_GROUPS; g++)
        put_verbs(f, table, (enum verb_group)g, family);
    (void)fprintf(f, "\n`swell %s COMMAND --help` says more about each.\n", family);
}

void help_verb(FILE *f, const struct verb *v)
{
    struct text t = {0};
    verb_usage(&t, v);
    (void)fprintf(f, "Usage: swell %s%s\n\n", text_str(&t), *v->opts != OPTS ? " [OPTION]..." : "");
    text_fini(&t);
    help_wrap(f, v->summary, 0, 0);
    if (v->help != NULL) {
        (void)fputc('\n', f);
        help_wrap(f, v->help, 0, 0);
    }
    if (*v->opts != OPTS)
        (void)fputs("\nOptions\n", f);
    for (const enum opt *o = v->opts; *o != OPTS; o++)
        put_option(f, option_of(*o));
    put_globals(f);
}
