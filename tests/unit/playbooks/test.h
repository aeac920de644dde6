/* tests/unit/playbooks/test.h: what the tests of this folder share. */
#ifndef SWELL_TESTS_UNIT_PLAYBOOKS_TEST_H
#define SWELL_TESTS_UNIT_PLAYBOOKS_TEST_H

#include "playbooks/playbook.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* "f.yaml" is the file's name in every message. */
static inline enum err yaml_read(const char *text, struct playbook **out, struct why *why)
{
    *why = (struct why){0};
    return playbook_read_yaml("f.yaml", text, strlen(text), out, why);
}

static inline struct playbook *yaml_good(const char *text)
{
    struct playbook *p = NULL;
    struct why why;
    enum err e = yaml_read(text, &p, &why);
    if (e != OK)
        fail_msg("%s %s: %s", err_name(e), why.place, why.text);
    return p;
}

/* Refused at this place ("LINE:COLUMN"), with these words in the message. */
static inline void yaml_bad(const char *text, const char *place, const char *words)
{
    char whole[64] = "f.yaml:";
    struct playbook *p = NULL;
    struct why why;
    enum err e = yaml_read(text, &p, &why);
    (void)snprintf(whole + strlen(whole), sizeof whole - strlen(whole), "%s", place);
    if (e != E_DATA)
        fail_msg("expected E_DATA at %s, got %s: %s\n%s", place, err_name(e), why.text, text);
    assert_null(p);
    if (strcmp(why.place, whole) != 0 || strstr(why.text, words) == NULL)
        fail_msg("expected %s with \"%s\", got %s: %s\n%s", whole, words, why.place, why.text,
                 text);
}

#endif
