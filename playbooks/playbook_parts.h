/* playbooks/playbook_parts.h: what the readers of playbooks (YAML, .reg) share; private to
 * playbooks/. */
#ifndef SWELL_PLAYBOOKS_PLAYBOOK_PARTS_H
#define SWELL_PLAYBOOKS_PLAYBOOK_PARTS_H

#include "playbooks/playbook.h"

#define PLAYBOOK_NAME_MAX 64

/* *s is moved into p, and zeroed; on failure it stays the caller's. E_LIMIT past
 * PLAYBOOK_SETTINGS_MAX. */
MUST_CHECK enum err playbook_setting_add(struct playbook *p, struct setting *s);

/* What no reader can see in one setting alone: the same place set twice (also by its two
 * spellings), a setting at or below a key that is to be absent, a hive or top key to be absent, an
 * impossible value name, nothing to do at all. Errors: E_DATA with FILE:LINE:COLUMN of the later
 * setting, naming the line of the other; E_MEMORY. */
MUST_CHECK enum err playbook_check(const struct playbook *p, const char *file, struct why *why);

/* 1 to 64 of A-Z a-z 0-9 . _ - and no leading dot or dash. */
bool playbook_name_is_good(const char *name);
/* A good name made of a file's name without folder and ending; `playbook` if nothing is left. */
MUST_CHECK enum err playbook_name_from_file(const char *file, char **out);

#endif
