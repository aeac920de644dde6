/* rollout/event_json.h: what event_json.c and event_spec_json.c share. Private to rollout/. */
#ifndef SWELL_ROLLOUT_EVENT_JSON_H
#define SWELL_ROLLOUT_EVENT_JSON_H

#include "rollout/event.h"

#include <jansson.h>

json_t *spec_json(const struct rollout_spec *spec); /* NULL when memory is out */
struct rollout_spec *spec_read(const json_t *o);    /* NULL when it is not a good one */

#endif
