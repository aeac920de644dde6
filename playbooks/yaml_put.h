/* playbooks/yaml_put.h: texts as YAML writes them: plain where that is safe, quoted otherwise;
 * private to playbooks/.
 * Errors: E_UNSUPPORTED for what YAML cannot hold: half a surrogate pair, broken UTF-8. */
#ifndef SWELL_PLAYBOOKS_YAML_PUT_H
#define SWELL_PLAYBOOKS_YAML_PUT_H

#include "base/text.h"

MUST_CHECK enum err yaml_put(struct text *t, const char *s);
/* `key: s` and a newline, `indent` blanks before it. */
MUST_CHECK enum err yaml_put_line(struct text *t, int indent, const char *key, const char *s);

#endif
