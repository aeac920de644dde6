/* inventory/yaml_time.h: YAML's dates: 2001-12-14, 2001-12-14t21:59:43.10-05:00.
 * Source: YAML 1.1 timestamp, as PyYAML reads it and Python's isoformat() writes it.
 * Errors: yaml_put_time is false for a day, an hour or a zone that does not exist. */
#ifndef SWELL_INVENTORY_YAML_TIME_H
#define SWELL_INVENTORY_YAML_TIME_H

#include "base/text.h"

bool yaml_looks_time(const char *s);
MUST_CHECK bool yaml_put_time(struct text *t, const char *s);

#endif
