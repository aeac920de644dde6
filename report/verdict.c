#include "report/verdict.h"

#include <stdio.h>
#include <stdlib.h>

const char *outcome_words(enum outcome o)
{
    return o == OUTCOME_ROLLED_BACK ? "rolled back" : outcome_name(o);
}

static const char *const state_words[HOST_STATES] = {
    [HOST_QUEUED] = "waits for its turn",
    [HOST_PREFLIGHT] = "is being reached",
    [HOST_SNAPSHOT] = "is being read",
    [HOST_APPLY] = "is being written",
    [HOST_RESTART] = "is being asked to restart",
    [HOST_AWAIT_DOWN] = "is about to go down",
    [HOST_AWAIT_UP] = "is down, restarting",
    [HOST_QUIET] = "is back, being watched",
    [HOST_VERIFY] = "is being checked",
    [HOST_FINAL] = "is done",
};

const char *host_state_words(enum host_state s)
{
    return state_words[s];
}

unsigned report_exit_bits(const struct engine *g)
{
    enum rollout_state s = engine_state(g);
    unsigned bits = 0;
    for (size_t i = 0; g->spec && i < g->spec->n_hosts; i++) {
        const struct host_run *h = &g->hosts[i];
        if (h->state != HOST_FINAL)
            continue;
        bits |= h->outcome == OUTCOME_FAILED ? REPORT_BIT_FAILED : 0u;
        bits |= h->outcome == OUTCOME_UNREACHABLE ? REPORT_BIT_UNREACHABLE : 0u;
        if (h->outcome == OUTCOME_INCONCLUSIVE || h->check_failed)
            bits |= REPORT_BIT_HANDSHAKE;
    }
    bits |= g->budget_spent ? REPORT_BIT_BUDGET : 0u;
    return bits | (s == ROLLOUT_PAUSED || s == ROLLOUT_WAITING ? REPORT_BIT_PAUSED : 0u);
}

void report_put_title(struct text *t, int64_t rollout, const struct rollout_spec *spec,
                      const char *title)
{
    text_printf(t, "Rollout %lld", (long long)rollout);
    if (title[0])
        text_printf(t, ": %s", title);
    else if (spec->rollback)
        text_printf(t, ": puts rollout %lld back", (long long)spec->rollback_of);
}

static const char *plural(int64_t n, const char *one, const char *more)
{
    return n == 1 ? one : more;
}

struct line {
    char *buf;
    size_t used;
};

static void say(struct line *l, const char *fmt, ...) PRINTF_LIKE(2, 3);

static void say(struct line *l, const char *fmt, ...)
{
    va_list args;
    size_t room = REPORT_VERDICT_SIZE - l->used;
    va_start(args, fmt);
    int n = vsnprintf(l->buf + l->used, room, fmt, args);
    va_end(args);
    if (n > 0)
        l->used += (size_t)n < room ? (size_t)n : room - 1;
}

/* "1 failed, 2 unreachable" */
static void say_bad(struct line *l, const struct engine_counts *n)
{
    const char *part = "";
    for (int o = 0; o < OUTCOMES; o++)
        if (n->by_outcome[o] && outcome_is_bad((enum outcome)o)) {
            say(l, "%s%lld %s", part, (long long)n->by_outcome[o], outcome_words((enum outcome)o));
            part = ", ";
        }
}

static void say_finished(struct line *l, const struct engine *g, const struct engine_counts *n)
{
    int64_t good = n->by_outcome[OUTCOME_OK] + n->by_outcome[OUTCOME_CHANGED] +
                   n->by_outcome[OUTCOME_ROLLED_BACK];
    int64_t out = n->by_outcome[OUTCOME_SKIPPED];
    const char *goal = g->spec->rollback ? "as before" : "as planned";
    if (good == 0 && n->bad == 0) {
        say(l, "no host was looked at: %s left out",
            out == 1 ? "the only one was" : "all of them were");
        return;
    }
    if (n->bad) {
        say(l, "%lld of %lld hosts %s not %s: ", (long long)n->bad, (long long)n->total,
            plural(n->bad, "is", "are"), goal);
        say_bad(l, n);
        if (good)
            say(l, "; %lld %s %s", (long long)good, plural(good, "is", "are"), goal);
    } else if (good == 1 && n->total == 1) {
        say(l, "the host is %s", goal);
    } else if (good == n->total) {
        say(l, "all %lld hosts are %s", (long long)good, goal);
    } else {
        say(l, "%lld of %lld hosts are %s", (long long)good, (long long)n->total, goal);
    }
    if (out)
        say(l, "; %lld %s left out", (long long)out, plural(out, "was", "were"));
}

static void say_progress(struct line *l, const struct engine *g, const struct engine_counts *n)
{
    say(l, "; %lld of %lld hosts done", (long long)n->final, (long long)n->total);
    if (n->in_flight)
        say(l, ", %lld in flight", (long long)n->in_flight);
    if (n->bad && !g->budget_spent) { /* which says it already */
        say(l, " (");
        say_bad(l, n);
        say(l, ")");
    }
}

const char *report_verdict(const struct engine *g, char buf[REPORT_VERDICT_SIZE])
{
    struct line l = {.buf = buf};
    struct engine_counts n;
    buf[0] = '\0';
    if (!g->spec)
        return buf;
    engine_count(g, &n);
    int32_t wave = engine_wave(g);
    wave = wave > g->spec->n_waves ? g->spec->n_waves : wave;
    switch (engine_state(g)) {
    case ROLLOUT_EMPTY: return buf;
    case ROLLOUT_RUNNING:
        say(&l, "running: wave %d of %d", (int)wave, (int)g->spec->n_waves);
        break;
    case ROLLOUT_PAUSED: say(&l, "paused: %s", g->why); break;
    case ROLLOUT_WAITING:
        say(&l, "waits for an approval to start wave %d of %d", (int)wave, (int)g->spec->n_waves);
        break;
    case ROLLOUT_ABORTING: say(&l, "being aborted: %s", g->why); break;
    case ROLLOUT_FINISHED:
        if (g->aborted)
            say(&l, "aborted; ");
        say_finished(&l, g, &n);
        return buf;
    }
    say_progress(&l, g, &n);
    return buf;
}
