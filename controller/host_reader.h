/* controller/host_reader.h: answers a planner's questions about one host from what was read ahead:
 * the host's facts and every value that the playbook sets, in one batch, and in a second one the
 * keys above those that are not there. What was not foreseen is read on demand.
 * Owns:   host_reader_fini frees; the transport stays the caller's. */
#ifndef SWELL_CONTROLLER_HOST_READER_H
#define SWELL_CONTROLLER_HOST_READER_H

#include "controller/facts.h"
#include "playbooks/plan.h"
#include "transport/transport.h"

struct host_reader {
    const struct transport_kind *kind;
    struct transport *transport;
    int64_t deadline_ms;
    struct reg_read *items;
    struct reg_path *paths; /* beside items */
    size_t n, room;
};

/* Reads ahead. Errors: the transport's; nothing is held then. */
MUST_CHECK enum err host_reader_init(struct host_reader *r, const struct transport_kind *kind,
                                     struct transport *t, const struct playbook *pb,
                                     int64_t deadline_ms, struct facts *facts, struct why *why);
void host_reader_fini(struct host_reader *r);
struct plan_reader host_reader_for_plan(struct host_reader *r);

#endif
