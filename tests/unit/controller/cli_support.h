/* tests/unit/controller/cli_support.h: a small table of verbs, and a command line as one call. */
#ifndef SWELL_TESTS_CLI_SUPPORT_H
#define SWELL_TESTS_CLI_SUPPORT_H

#include "base/text.h"
#include "controller/cli/parse.h" /* before cmocka, which has a macro named fail */
#include "controller/config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static inline int no_run(struct invocation *inv)
{
    (void)inv;
    return EXIT_WELL;
}

static const enum opt list_opts[] = {OPT_LIMIT, OPT_FORMAT, OPTS};
static const enum opt apply_opts[] = {OPT_YES, OPT_SERIAL, OPT_APPROVAL,
                                      OPT_FORKS, OPT_RESTART, OPT_USER,
                                      OPT_PASSWORD_ENV, OPT_PASSWORD_FILE, OPTS};
static const enum opt status_opts[] = {OPT_WATCH, OPTS};
static const enum opt init_opts[] = {OPTS};

static const struct verb some_verbs[] = {
    {"init", GROUP_PREPARE, "", "Make it", NULL, init_opts, 0, 0, no_run},
    {"inventory import", GROUP_PREPARE, "FILE", "Read it", NULL, init_opts, 1, 1, no_run},
    {"inventory list", GROUP_PREPARE, "", "List it", NULL, list_opts, 0, 0, no_run},
    {"apply", GROUP_CHANGE, "PLAN", "Do it", NULL, apply_opts, 1, 1, no_run},
    {"lint", GROUP_PREPARE, "FILE...", "Read them", NULL, init_opts, 1, ARGS_MAX, no_run},
    {"status", GROUP_WATCH, "[ROLLOUT]", "See it", NULL, status_opts, 0, 1, no_run},
};

static inline struct verb_table some_table(void)
{
    return (struct verb_table){.verbs = some_verbs, .n = COUNT(some_verbs)};
}

#define WORDS_MAX 32

/* The words of the call, NULL behind the last. */
static inline enum err parse(struct invocation *inv, struct why *why, ...)
{
    static char program[] = "swell";
    char *argv[WORDS_MAX] = {program};
    int argc = 1;
    va_list words;
    va_start(words, why);
    for (char *word; (word = va_arg(words, char *)) != NULL;) {
        assert_true(argc < WORDS_MAX);
        argv[argc++] = word;
    }
    va_end(words);
    memset(why, 0, sizeof *why);
    return invocation_parse(some_table(), argc, argv, inv, why);
}

/* Is refused as that error, with these words in its reason, and leaves the invocation alone. */
#define assert_refused(error, words, ...)                                              \
    do {                                                                               \
        struct invocation refused_inv, refused_before;                                 \
        struct why refused_why;                                                        \
        char refused_line[700];                                                        \
        memset(&refused_inv, 0x5a, sizeof refused_inv);                                \
        refused_before = refused_inv;                                                  \
        assert_int_equal(parse(&refused_inv, &refused_why, __VA_ARGS__, NULL), error); \
        (void)why_line(&refused_why, refused_line, sizeof refused_line);               \
        if (strstr(refused_line, words) == NULL)                                       \
            fail_msg("\"%s\" is not in \"%s\"", words, refused_line);                  \
        assert_memory_equal(&refused_inv, &refused_before, sizeof refused_inv);        \
    } while (0)

#endif
