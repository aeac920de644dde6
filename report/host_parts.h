/* report/host_parts.h: what host.c and detail.c share; private to report/. */
#ifndef SWELL_REPORT_HOST_PARTS_H
#define SWELL_REPORT_HOST_PARTS_H

#include "report/host.h"

/* One zeroed entry more at the end of a list; NULL when memory is out. The list then is as it was.
 *     struct report_port *p = LIST_ADD(h->ports, h->n_ports); */
void *list_add(void *list, uint32_t *n, size_t size);
#define LIST_ADD(list, n) list_add(&(list), &(n), sizeof *(list))

/* Takes what the details of an outcome say. written: this rollout may have written to the host
 * before this event. */
MUST_CHECK enum err detail_take(struct report_host *h, struct intern *in, const struct event *ev,
                                bool written, struct why *why);

#endif
