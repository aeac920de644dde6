/* report/host_list.h: many hosts in few words: `web[01:14], db1` (a range as inventories and
 * --limit write it).
 * Shape:  places in the rollout, in that order; names in a row that count up make a range. */
#ifndef SWELL_REPORT_HOST_LIST_H
#define SWELL_REPORT_HOST_LIST_H

#include "report/page.h"
#include "rollout/engine.h"

/* Appends; what goes beyond so many columns is counted only: ", … 17 more". True if all are named.
 */
bool host_list_put(const struct page *p, struct text *t, const struct rollout_spec *spec,
                   const uint32_t *hosts, size_t n, size_t columns);

#endif
