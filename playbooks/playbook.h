/* playbooks/playbook.h: a playbook in memory: the registry values that should be, what must hold
 * before, and what TLS should be afterwards. It is read from YAML or made of a .reg file, and
 * written as either.
 * Owns:   everything inside; playbook_free(NULL) is fine.
 * Shape:  settings in the order of the file; a key and a value name occur once per view (a
 *         duplicate is E_DATA). */
#ifndef SWELL_PLAYBOOKS_PLAYBOOK_H
#define SWELL_PLAYBOOKS_PLAYBOOK_H

#include "playbooks/verify.h"
#include "registry/path.h"
#include "registry/value.h"

#define PLAYBOOK_SETTINGS_MAX 10000

enum setting_kind {
    SETTING_VALUE,        /* the value is there with this type and data */
    SETTING_VALUE_ABSENT, /* the value is not there */
    SETTING_KEY,          /* the key is there */
    SETTING_KEY_ABSENT    /* the key and all below it are not there */
};

/* What must happen on the host before a changed setting counts. */
enum effect { EFFECT_RESTART,
              EFFECT_NONE };

struct setting {
    enum setting_kind kind;
    struct reg_path path;
    char *name;             /* value name, "" = the default value; NULL for the key kinds */
    struct reg_value value; /* SETTING_VALUE only */
    enum effect effect;
    char *why; /* the playbook's own reason, or NULL */
    int line, column;
};

struct guard {
    char *that; /* the expression, as written */
    char *why;
    int line, column;
};

struct playbook {
    char *name;
    char *title;
    char **sources;
    size_t n_sources;
    struct guard *guards;
    size_t n_guards;
    struct setting *settings;
    size_t n_settings;
    struct verify_rule *verify;
    size_t n_verify;
};

void playbook_free(struct playbook *p);
void setting_fini(struct setting *s);

/* Read a playbook file: YAML, or .reg by its ending. Errors: E_DATA with FILE:LINE:COLUMN and what
 * was expected. */
MUST_CHECK enum err playbook_load(const char *file, struct playbook **out, struct why *why);
MUST_CHECK enum err playbook_read_yaml(const char *file, const char *bytes, size_t n,
                                       struct playbook **out, struct why *why);
MUST_CHECK enum err playbook_read_reg(const char *file, const char *bytes, size_t n,
                                      struct playbook **out, struct why *why);
/* The same playbook as YAML or as the bytes of a version 5 .reg file (UTF-16LE with BOM); appended
 * to *out. What .reg cannot say (guards, verify, titles) is left out and counted in *lost. */
MUST_CHECK enum err playbook_write_yaml(const struct playbook *p, struct text *out);
MUST_CHECK enum err playbook_write_reg(const struct playbook *p, struct text *out, size_t *lost);

/* Findings that do not make a playbook unusable but are worth a person's look; `swell lint` prints
 * them. */
struct lint_finding {
    int line, column;
    char text[240];
};
MUST_CHECK enum err playbook_lint(const struct playbook *p, struct lint_finding **out, size_t *n);

#endif
