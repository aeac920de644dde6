/* controller/facts.h: what a host is, read from its registry (HKLM\SOFTWARE\Microsoft\Windows
 * NT\CurrentVersion and Control\ProductOptions): os.build, os.name, os.product. Errors: the
 * transport's; a value that is not there makes that fact unknown, no failure. */
#ifndef SWELL_CONTROLLER_FACTS_H
#define SWELL_CONTROLLER_FACTS_H

#include "playbooks/guard.h"
#include "transport/transport.h"

#include <jansson.h>

struct facts {
    struct fact_value build, name, product;
};

MUST_CHECK enum err facts_read(const struct transport_kind *kind, struct transport *t,
                               int64_t deadline_ms, struct facts *out, struct why *why);
struct fact_value facts_get(void *facts, const char *name); /* a fact_fn */
/* The known ones; NULL when memory is out. */
json_t *facts_json(const struct facts *f);

#endif
