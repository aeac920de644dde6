/* controller/detail.h: the details of outcome events as JSON: written by the steps, read back by
 * rollback and resume. preflight {"ports": [PORT], "facts": {name: value}} snapshot  {"items":
 * [{"path", "name", "name_found" (where the host's letters are others), "before", "goal", "effect",
 * "why"}], "moved": [text]} apply     {"items":
 * [{"path", "name", "did"}]} verify    {"ports": [PORT], "findings": [{"port", "version",
 * "verdict", "regression", "text"}], "values": [text], "matrix": [{"version", "desired", "stored",
 * "default", "wire": [{"port", "seen", "restart_owed"}]}]} PORT      {"port", "dialect", "open",
 * "versions": {"tls1.2": {"seen", "how", "alert", "suite", "version"}}, "tls": detail_port.h}; a
 * finding may lack its version, and have "explain", an id of explain.h; arm and verify also
 * {"services": [name]}: what ran before the restart, what should run after it and does not.
 * Owns:   what is returned is the caller's (json_decref, free of ports, change_fini,
 *         name_list_fini).
 * Errors: E_MEMORY; readers: E_CORRUPT for details that are not of this shape. */
#ifndef SWELL_CONTROLLER_DETAIL_H
#define SWELL_CONTROLLER_DETAIL_H

#include "controller/job.h"
#include "handshake/verdict.h"

#include <jansson.h>

/* Sets a member; takes value; false when memory is out or the text is not UTF-8. */
bool detail_put(json_t *object, const char *name, json_t *value);
json_t *detail_text(const struct text *t); /* NULL if t is bad */
json_t *detail_ports(const struct port_list *ports);
json_t *detail_change(const struct change *c); /* {"path", "name"} */
json_t *detail_code(const struct reg_value *v);
json_t *detail_finding(const struct finding *f);

MUST_CHECK enum err detail_read_services(const char *detail, struct name_list *out);
MUST_CHECK enum err detail_read_ports(const char *detail, struct port_list *out);
/* The before-image: each change as it was found and as it was to become. */
MUST_CHECK enum err detail_read_snapshot(const char *detail, struct change **out, size_t *n);

#endif
