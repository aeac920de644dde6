/* swell lint | convert | export: playbooks and .reg files, without any host or database. */
#include "base/file.h"
#include "controller/cli/options.h"
#include "handshake/suite_match.h"
#include "playbooks/playbook.h"
#include "registry/reg_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OUT_MODE 0666 /* as the umask of the caller leaves it */

static enum err memory(struct why *why)
{
    return why_set(why, E_MEMORY, "%s", err_words(E_MEMORY));
}

/* --- lint --- */

static void print_findings(const char *file, const struct lint_finding *found, size_t n)
{
    struct text t = {0};
    for (size_t i = 0; i < n; i++) {
        text_put_safe(&t, file, strlen(file));
        text_printf(&t, ":%d:%d: ", found[i].line, found[i].column);
        text_put_safe(&t, found[i].text, strlen(found[i].text));
        text_char(&t, '\n');
    }
    (void)fputs(text_str(&t), stdout);
    text_fini(&t);
}

/* A name that no suite has asks for nothing, or for what can never be: it is misspelt. */
static size_t lint_suites(const char *file, const struct verify_rule *r, const char *list)
{
    struct lint_finding f = {.line = r->line, .column = 1};
    const char *name;
    size_t n, found = 0;
    while (verify_suite_next(&list, &name, &n)) {
        if (suite_pattern_is_known(name, n))
            continue;
        (void)snprintf(f.text, sizeof f.text,
                       "port %u: no cipher suite that is known answers to %.*s", r->port, (int)n,
                       name);
        print_findings(file, &f, 1);
        found++;
    }
    return found;
}

static enum err lint_one(const char *file, size_t *findings, size_t *settings, struct why *why)
{
    struct lint_finding *found = NULL;
    struct playbook *p = NULL;
    size_t n = 0;
    enum err e;
    if ((e = playbook_load(file, &p, why)) != OK)
        return e;
    if ((e = playbook_lint(p, &found, &n)) != OK) {
        e = memory(why);
    } else {
        print_findings(file, found, n);
        *findings += n;
        *settings += p->n_settings;
        for (size_t i = 0; i < p->n_verify; i++)
            *findings += lint_suites(file, &p->verify[i], p->verify[i].must) +
                         lint_suites(file, &p->verify[i], p->verify[i].must_not);
    }
    free(found);
    playbook_free(p);
    return e;
}

int verb_lint(struct invocation *inv)
{
    size_t findings = 0, settings = 0, unusable = 0;
    int code = EXIT_WELL;
    for (size_t i = 0; i < inv->n_args; i++) {
        struct why why = {0};
        enum err e = lint_one(inv->args[i], &findings, &settings, &why);
        if (e == OK)
            continue;
        unusable++;
        int one = fail(e, &why);
        code = one > code ? one : code;
    }
    printf("%zu playbook%s, %zu unusable, %zu setting%s, %zu finding%s\n", inv->n_args,
           inv->n_args == 1 ? "" : "s", unusable, settings, settings == 1 ? "" : "s", findings,
           findings == 1 ? "" : "s");
    return code;
}

/* --- convert and export --- */

static enum err result_write(const struct invocation *inv, const struct text *bytes,
                             struct why *why)
{
    const char *out = option_get(inv, OPT_OUT);
    mode_t mask = umask(0);
    (void)umask(mask);
    return file_write(out != NULL ? out : "-", text_str(bytes), bytes->used,
                      OUT_MODE & ~(unsigned)mask, why);
}

int verb_convert(struct invocation *inv)
{
    const char *file = inv->args[0];
    struct text bytes = {0}, yaml = {0};
    struct playbook *p = NULL;
    struct why why = {0};
    enum err e;
    if ((e = file_read(file, REG_FILE_MAX, &bytes, &why)) != OK ||
        (e = playbook_read_reg(file, text_str(&bytes), bytes.used, &p, &why)) != OK)
        goto out;
    if ((e = playbook_write_yaml(p, &yaml)) != OK) {
        (void)why_set(&why, e, "%s", err_words(e));
        goto out;
    }
    e = result_write(inv, &yaml, &why);
out:
    playbook_free(p);
    text_fini(&yaml);
    text_fini(&bytes);
    return e == OK ? EXIT_WELL : fail(e, &why);
}

static enum err terminal_refuse(const struct invocation *inv, struct why *why)
{
    const char *out = option_get(inv, OPT_OUT);
    if ((out != NULL && strcmp(out, "-") != 0) || !isatty(STDOUT_FILENO))
        return OK;
    return why_set(why, E_USAGE,
                   "a .reg file is UTF-16, which a terminal cannot show: give --out FILE, or send "
                   "the output to a file with >");
}

int verb_export(struct invocation *inv)
{
    static const char *const forms[] = {"reg"};
    struct playbook *p = NULL;
    struct text bytes = {0};
    struct why why = {0};
    size_t form, lost = 0;
    enum err e;
    if ((e = option_word(inv, OPT_FORMAT, forms, COUNT(forms), 0, &form, &why)) != OK ||
        (e = terminal_refuse(inv, &why)) != OK || (e = playbook_load(inv->args[0], &p, &why)) != OK)
        goto out;
    if ((e = playbook_write_reg(p, &bytes, &lost)) != OK) {
        (void)why_set(&why, e, "%s", err_words(e));
        goto out;
    }
    if ((e = result_write(inv, &bytes, &why)) == OK && lost > 0)
        caution("%s: %zu thing%s that a .reg file cannot say (guards, checks, titles) %s left out",
                inv->args[0], lost, lost == 1 ? "" : "s", lost == 1 ? "was" : "were");
out:
    playbook_free(p);
    text_fini(&bytes);
    return e == OK ? EXIT_WELL : fail(e, &why);
}
