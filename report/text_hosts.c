/* Hosts by how they ended, bad ones first; and those that were left out. */
#include "report/bad_list.h"
#include "report/text_parts.h"
#include "report/verdict.h"

#include <stdlib.h>
#include <string.h>

#define DETAILS_MAX 8      /* findings, wrong values or moved values of one host that are named */
#define NAMES_COLUMNS 400  /* of one group */
#define BAD_COLUMNS 10000  /* of one that ended badly */
#define NAME_INDENT 16     /* where the names begin */
#define GROUPS_DETAILED 20 /* single hosts that get their details below */

/* A host that is not final has a state instead of an outcome. */
static const enum outcome outcome_order[] = {
    OUTCOME_FAILED,
    OUTCOME_INCONCLUSIVE,
    OUTCOME_UNREACHABLE,
    OUTCOME_NONE,
    OUTCOME_CHANGED,
    OUTCOME_ROLLED_BACK,
    OUTCOME_OK,
    OUTCOME_SKIPPED,
};

static const char *label_of(const struct host_run *h)
{
    if (h->state == HOST_QUEUED)
        return "not begun";
    return h->state == HOST_FINAL ? outcome_words(h->outcome) : "in flight";
}

static void put_line(const struct telling *k, enum tone tone, const char *dash, const char *s)
{
    size_t line_start = k->t->used;
    page_pad_to(k->t, line_start, NAME_INDENT);
    text_put(k->t, dash);
    if (tone != TONE_PLAIN)
        page_tone(k->p, k->t, tone);
    page_wrap(k->p, k->t, &line_start, NAME_INDENT + strlen(dash), s);
    if (tone != TONE_PLAIN)
        page_tone(k->p, k->t, TONE_PLAIN);
    text_char(k->t, '\n');
}

static void put_more(const struct telling *k, size_t n)
{
    struct text t = {0};
    if (n <= DETAILS_MAX)
        return;
    text_printf(&t, "and %zu more", n - DETAILS_MAX);
    put_line(k, TONE_PLAIN, "- ", text_str(&t));
    k->t->bad |= t.bad;
    text_fini(&t);
}

/* What the reason says already is not said again. */
static void put_texts(const struct telling *k, const char *const *list, size_t n, const char *said)
{
    for (size_t i = 0; i < n && i < DETAILS_MAX; i++)
        if (!strstr(said, list[i]))
            put_line(k, TONE_PLAIN, "- ", list[i]);
    put_more(k, n);
}

static void put_findings(const struct telling *k, const struct report_host *h, const char *said)
{
    for (size_t i = 0; i < h->n_findings && i < DETAILS_MAX; i++) {
        const struct report_finding *f = &h->findings[i];
        struct text t = {0};
        bool said_already = !f->regression && strstr(said, f->text);
        if (!said_already)
            text_printf(&t, "%s%s", f->regression ? "regression: " : "", f->text);
        if (f->explain)
            text_printf(&t, "%sswell explain %s", said_already ? "" : "; ", f->explain);
        if (t.used > 0)
            put_line(k, TONE_PLAIN, "- ", text_str(&t));
        k->t->bad |= t.bad;
        text_fini(&t);
    }
    put_more(k, h->n_findings);
}

static const char *const phase_words[HOST_STATES] = {
    [HOST_QUEUED] = "",
    [HOST_PREFLIGHT] = " while it was being reached",
    [HOST_SNAPSHOT] = " while it was being read",
    [HOST_APPLY] = " while it was being written",
    [HOST_RESTART] = " while it was being asked to restart",
    [HOST_AWAIT_DOWN] = " while it was about to go down",
    [HOST_AWAIT_UP] = " while it was awaited back",
    [HOST_QUIET] = " while it was watched to stay up",
    [HOST_VERIFY] = " while it was being checked",
    [HOST_FINAL] = "",
};

/* Where on its road it ended: the last phase that it was in. */
static void put_road(const struct telling *k, const struct host_run *run,
                     const struct report_host *h)
{
    const struct report_phase *last = h->n_phases ? &h->phases[h->n_phases - 1] : NULL;
    const struct report_attempt *a = h->n_attempts ? &h->attempts[h->n_attempts - 1] : NULL;
    char from[PAGE_TIME_SIZE], took[PAGE_TIME_SIZE];
    struct text t = {0};
    if (!a || !last)
        return;
    text_printf(&t, "began %s", tell_time(k, a->started_ms, from));
    if (a->finished_ms)
        text_printf(&t, ", ended after %s%s", page_took(a->finished_ms - a->started_ms, took),
                    phase_words[last->state]);
    if (h->n_attempts > 1)
        text_printf(&t, "; tried %u times", h->n_attempts);
    if (h->n_troubles > 1)
        text_printf(&t, "; %u steps went wrong", h->n_troubles + h->troubles_left_out);
    if (report_owes_restart(run))
        text_put(&t, "; owes a restart");
    put_line(k, TONE_QUIET, "", text_str(&t));
    k->t->bad |= t.bad;
    text_fini(&t);
}

static void put_details(const struct telling *k, uint32_t host)
{
    const struct host_run *run = &k->g->hosts[host];
    const struct report_host *h = &k->r->hosts[host];
    put_findings(k, h, run->why);
    put_texts(k, h->values_wrong, h->n_values_wrong, run->why);
    put_texts(k, h->moved, h->n_moved, run->why);
    put_road(k, run, h);
}

/* One host: its name, then why. Many: how many and why, then their names. */
static void put_group(const struct telling *k, const struct tally_row *row, bool details)
{
    const struct host_run *h = row->sample;
    enum tone tone = h->state == HOST_FINAL ? outcome_tone(h->outcome) : TONE_BUSY;
    const char *why = h->state == HOST_FINAL ? h->why : "";
    bool many = row->n_hosts > 1 && why[0];
    size_t line_start = k->t->used;
    struct text names = {0}, first = {0};
    text_put(k->t, "  ");
    page_put(k->p, k->t, tone, label_of(h));
    page_pad_to(k->t, line_start, NAME_INDENT);
    if (many) {
        text_printf(&first, "%u hosts: %s", row->n_hosts, why);
        host_list_put(k->p, &names, k->g->spec, row->hosts, row->n_hosts,
                      tone == TONE_BAD ? BAD_COLUMNS : NAMES_COLUMNS);
    } else {
        size_t all = row->n_hosts == k->g->spec->n_hosts ? row->n_hosts : 0;
        tell_which(k, &first, row->hosts, row->n_hosts, all, NAMES_COLUMNS);
    }
    if (host_in_flight(h))
        text_printf(&first, " (%s)", host_state_words(h->state));
    page_wrap(k->p, k->t, &line_start, NAME_INDENT, text_str(&first));
    text_char(k->t, '\n');
    if (many)
        put_line(k, TONE_PLAIN, "", text_str(&names));
    else if (why[0])
        put_line(k, TONE_PLAIN, "", why);
    if (details)
        put_details(k, row->hosts[0]);
    k->t->bad |= names.bad || first.bad;
    text_fini(&names);
    text_fini(&first);
}

static bool belongs(const struct host_run *h, enum outcome o)
{
    return o == OUTCOME_NONE ? h->state != HOST_FINAL
                             : h->state == HOST_FINAL && h->outcome == o;
}

static void put_groups(const struct telling *k, const struct tally *y, bool skipped)
{
    size_t detailed = 0;
    for (size_t o = 0; o < COUNT(outcome_order); o++)
        for (uint32_t i = 0; i < y->n_rows; i++) {
            const struct host_run *h = y->rows[i].sample;
            if (!belongs(h, outcome_order[o]) || skipped != (outcome_order[o] == OUTCOME_SKIPPED))
                continue;
            bool details = y->rows[i].n_hosts == 1 && h->state == HOST_FINAL &&
                           outcome_is_bad(h->outcome) && detailed < GROUPS_DETAILED;
            detailed += details;
            put_group(k, &y->rows[i], details);
        }
}

static void tell_groups(struct telling *k, const char *heading, bool skipped)
{
    struct tally y = {0};
    k->t->bad |= !hosts_by_reason(k->g, &y);
    bool any = false;
    for (uint32_t i = 0; i < y.n_rows; i++) {
        const struct host_run *h = y.rows[i].sample;
        any |= skipped == (h->state == HOST_FINAL && h->outcome == OUTCOME_SKIPPED);
    }
    if (any) {
        page_heading(k->p, k->t, heading);
        put_groups(k, &y, skipped);
    }
    tally_fini(&y);
}

void tell_hosts(struct telling *k)
{
    tell_groups(k, "Hosts", false);
}

void tell_left_out(struct telling *k)
{
    tell_groups(k, "Left out", true);
}
