/* report/text_parts.h: what the files of the text report share; private to report/. */
#ifndef SWELL_REPORT_TEXT_PARTS_H
#define SWELL_REPORT_TEXT_PARTS_H

#include "report/grid.h"
#include "report/host_list.h"
#include "report/model.h"
#include "report/tally.h"

struct telling {
    const struct report *r;
    const struct engine *g;
    const struct page *p;
    struct text *t;
    bool one_day; /* all on one day: times without the date */
};

void tell_summary(struct telling *k);
void tell_waves(struct telling *k);
void tell_decisions(struct telling *k);
void tell_hosts(struct telling *k);
void tell_left_out(struct telling *k);
void tell_values(struct telling *k);
void tell_handshakes(struct telling *k);
void tell_certificates(struct telling *k);
void tell_notes(struct telling *k);
void tell_restarts(struct telling *k);

const char *tell_time(const struct telling *k, int64_t ms, char buf[PAGE_TIME_SIZE]);
enum tone outcome_tone(enum outcome o);
/* "3 hosts: web[1:3]", or "all 6 hosts" when it is so many. */
void tell_which(const struct telling *k, struct text *t, const uint32_t *hosts, size_t n,
                size_t all, size_t columns);
/* `dword 0`; for a key "there"; in columns. */
void item_put_value(const struct page *p, struct text *t, const struct report_item *it,
                    const char *code);
/* What became of it: `absent -> dword 0`. */
void item_put_change(const struct page *p, struct text *t, const struct report_item *it);
void item_put_key(const struct page *p, struct text *t, const struct report_item *it);
/* By place: key, the key itself before its values. */
int item_compare(const struct report_item *a, const struct report_item *b);
const char *item_name(const struct report_item *it); /* "(default)", "(the key)" */
/* `server GUID new, …`, and what is odd about it. */
void restart_put_words(struct text *t, const struct report_restart *r);
bool restart_is_odd(const struct report_restart *r);

#endif
