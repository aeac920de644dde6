/* controller/facts.h: what a host is, read from its registry (HKLM\SOFTWARE\Microsoft\Windows
 * NT\CurrentVersion and Control\ProductOptions): os.build, os.name, os.product. Errors: the
 * transport's; a value that is not there makes that fact unknown, no failure.
 * Shape:  facts_read reads them alone; facts_ask and facts_take are for who reads other things with
 *         them in one batch. */
#ifndef SWELL_CONTROLLER_FACTS_H
#define SWELL_CONTROLLER_FACTS_H

#include "playbooks/guard.h"
#include "transport/transport.h"

#include <jansson.h>

struct facts {
    struct fact_value build, name, product;
};

#define FACT_READS 5

/* Fills paths (the caller's to path_fini, also after an error) and items, which borrow them. */
MUST_CHECK enum err facts_ask(struct reg_path paths[FACT_READS], struct reg_read items[FACT_READS],
                              struct why *why);
void facts_take(const struct reg_read items[FACT_READS], struct facts *out);
MUST_CHECK enum err facts_read(const struct transport_kind *kind, struct transport *t,
                               int64_t deadline_ms, struct facts *out, struct why *why);
struct fact_value facts_get(void *facts, const char *name); /* a fact_fn */
/* The known ones; NULL when memory is out. */
json_t *facts_json(const struct facts *f);

#endif
