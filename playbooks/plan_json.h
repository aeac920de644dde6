/* playbooks/plan_json.h: the words and limits of the plan file that its writer and reader share;
 * private to playbooks/.
 * Shape:  one JSON object (RFC 8259); canonical: keys sorted, no blanks, one line. The digest is
 *         SHA-256 over the canonical object without its "digest"; a second opinion is
 *         `jq -cjS 'del(.digest)' FILE | sha256sum`.
 *         A text that is not strict UTF-8 (a registry name with half a surrogate pair) is written
 *         {"hex": its bytes}. */
#ifndef SWELL_PLAYBOOKS_PLAN_JSON_H
#define SWELL_PLAYBOOKS_PLAN_JSON_H

#include "playbooks/plan.h"

#define PLAN_TIME_MAX INT64_C(253402300799999) /* the last millisecond of the year 9999 */

/* By their enum's number. */
extern const char *const plan_kind_words[2];
extern const char *const plan_verdict_words[3];
extern const char *const plan_effect_words[2];
extern const char *const plan_want_words[3];

#endif
