/* playbooks/yaml_verify.h: the verify rules of a playbook's YAML form; private to playbooks/.
 * Shape:  - port: 443
 *           starttls: smtp                       (starttls.h)
 *           tls1.0: refused                      (accepted, refused, any; ssl2.0 … tls1.3)
 *           suites: {must: [NAME, …], must_not: [NAME, …]}                     (verify.h)
 *           min_dh: 2048
 *           min_rsa: 2048
 *           certificate: {unchanged: true, name: true, trusted: true, days_left: 30}
 * Owns:   p->verify is the playbook's, also when half read.
 * Errors: E_DATA with FILE:LINE:COLUMN and what was expected; E_MEMORY. */
#ifndef SWELL_PLAYBOOKS_YAML_VERIFY_H
#define SWELL_PLAYBOOKS_YAML_VERIFY_H

#include "playbooks/playbook.h"
#include "playbooks/yaml_form.h"

/* at is what stands at verify:, or NULL. */
MUST_CHECK enum err yaml_verify_read(const struct yaml_form *f, const struct yaml_item *at,
                                     struct playbook *p);
void yaml_verify_put(struct text *t, const struct playbook *p);

#endif
