/* tests/unit/rollout/sim_promises.h: the promises, watched at every event and every act of a
 * simulated rollout. It keeps books of its own and asks the engine nothing. */
#ifndef SWELL_TESTS_UNIT_ROLLOUT_SIM_PROMISES_H
#define SWELL_TESTS_UNIT_ROLLOUT_SIM_PROMISES_H

#include "rollout/ledger.h"
#include "tests/unit/rollout/engines.h"
#include "tests/unit/rollout/sim_host.h"

#define SIM_HOSTS 12

enum promise {
    PROMISE_1_IMAGE_FIRST,
    PROMISE_2_RESTART_ONCE,
    PROMISE_3_UNAVAILABLE,
    PROMISE_4_WAVES,
    PROMISE_5_BUDGET,
    PROMISE_6_LEDGER,
    PROMISE_9_OBSERVED,
    PROMISE_END,   /* every run comes to an end */
    PROMISE_FOLD,  /* the journal is the truth */
    PROMISE_WORDS, /* paused is paused, aborted is aborted */
    PROMISE_REST,  /* what was woken is put back, or known to be owed that */

    PROMISES
};

/* Kept broken promises: how often, and the first. */
struct broken {
    int64_t times;
    uint64_t seed;
    char first[400];
};

/* What the journal said of a host, as an auditor would write it down. */
struct host_book {
    bool in_flight, final, snapshot_taken, apply_meant, apply_meant_ever, restart_meant;
    bool verified; /* the last thing heard was a check that passed */
    enum outcome outcome;
    struct ledger_entry ledger;
};

struct books {
    struct broken *broken; /* by promise */
    uint64_t seed;
    const struct rollout_spec *spec;
    struct host_book hosts[SIM_HOSTS];
    int64_t max_failed, passed_ms[SIM_HOSTS + 1];
    bool wave_started[SIM_HOSTS + 1];
    int32_t promoted;
    bool paused, aborted, finished;
};

PRINTF_LIKE(3, 4)
static inline void breaks(struct books *b, enum promise p, const char *fmt, ...)
{
    struct broken *br = &b->broken[p];
    va_list args;
    if (br->times++ > 0)
        return;
    br->seed = b->seed;
    va_start(args, fmt);
    (void)vsnprintf(br->first, sizeof br->first, fmt, args);
    va_end(args);
}

static inline int64_t books_bad(const struct books *b)
{
    int64_t bad = 0;
    for (size_t i = 0; i < b->spec->n_hosts; i++)
        bad += b->hosts[i].final && (b->hosts[i].outcome == OUTCOME_FAILED ||
                                     b->hosts[i].outcome == OUTCOME_UNREACHABLE ||
                                     b->hosts[i].outcome == OUTCOME_INCONCLUSIVE);
    return bad;
}

/* In flight, or taken down by Swell and not back. */
static inline bool is_away(const struct books *b, const struct sim_host *hosts, size_t i)
{
    return b->hosts[i].in_flight || hosts[i].down_by_swell;
}

static inline void check_unavailable(struct books *b, const struct sim_host *hosts)
{
    int64_t away = 0, n = (int64_t)b->spec->n_hosts;
    const struct amount *limit = &b->spec->policy.max_unavailable;
    int64_t most = limit->percent ? n * limit->count / 100 : limit->count;
    for (size_t i = 0; i < b->spec->n_hosts; i++) {
        const char *group = b->spec->hosts[i].affinity;
        away += is_away(b, hosts, i);
        for (size_t k = 0; k < i && group && is_away(b, hosts, i); k++)
            if (b->spec->hosts[k].affinity && strcmp(b->spec->hosts[k].affinity, group) == 0 &&
                is_away(b, hosts, k))
                breaks(b, PROMISE_3_UNAVAILABLE, "%s and %s of group %s are away together",
                       b->spec->hosts[k].name, b->spec->hosts[i].name, group);
    }
    if (away > (most < 1 ? 1 : most))
        breaks(b, PROMISE_3_UNAVAILABLE, "%lld hosts are away, %lld may be", (long long)away,
               (long long)most);
}

static inline void check_wave_may_run(struct books *b, int32_t wave, int64_t now_ms)
{
    for (size_t i = 0; i < b->spec->n_hosts; i++)
        if (b->spec->hosts[i].wave < wave && !b->hosts[i].final)
            breaks(b, PROMISE_4_WAVES, "wave %d runs and %s of wave %d has not ended", (int)wave,
                   b->spec->hosts[i].name, (int)b->spec->hosts[i].wave);
    for (int32_t w = 1; w < wave; w++)
        if (!b->passed_ms[w] || now_ms < b->passed_ms[w] + b->spec->policy.soak_ms)
            breaks(b, PROMISE_4_WAVES, "wave %d runs, wave %d has not passed and soaked", (int)wave,
                   (int)w);
    if (b->spec->policy.approval_between_waves && wave > 1 && b->promoted < wave)
        breaks(b, PROMISE_4_WAVES, "wave %d runs without its approval", (int)wave);
}

static inline void book_start(struct books *b, const struct event *ev, size_t i)
{
    int32_t wave = b->spec->hosts[i].wave;
    struct host_book *h = &b->hosts[i];
    if (!b->wave_started[wave])
        breaks(b, PROMISE_4_WAVES, "%s of wave %d is started before its wave", ev->host, (int)wave);
    check_wave_may_run(b, wave, ev->at_ms);
    if (books_bad(b) >= b->max_failed)
        breaks(b, PROMISE_5_BUDGET, "%s is started with %lld of %lld failed", ev->host,
               (long long)books_bad(b), (long long)b->max_failed);
    if (b->paused || b->aborted)
        breaks(b, PROMISE_WORDS, "%s is started though the rollout is %s", ev->host,
               b->aborted ? "aborted" : "paused");
    h->in_flight = true;
    h->snapshot_taken = h->apply_meant = h->restart_meant = h->verified = false;
}

static inline void book_finish(struct books *b, const struct sim_host *truth,
                               const struct event *ev, size_t i)
{
    struct host_book *h = &b->hosts[i];
    bool good = ev->outcome == OUTCOME_OK || ev->outcome == OUTCOME_CHANGED ||
                ev->outcome == OUTCOME_ROLLED_BACK;
    if (ev->outcome == OUTCOME_NONE || !ev->outcome)
        breaks(b, PROMISE_9_OBSERVED, "%s ends without an outcome", ev->host);
    if (b->hosts[i].ledger.service.owed && !strstr(ev->why, "not put back yet"))
        breaks(b, PROMISE_REST, "%s ends, is not put back, and nobody is told", ev->host);
    if (good && (!h->verified || !truth->right_when_verified))
        breaks(b, PROMISE_9_OBSERVED, "%s is %s, and was not seen to be right", ev->host,
               outcome_name(ev->outcome));
    if (good && host_is_pending(truth) && !strstr(ev->why, "a restart is owed"))
        breaks(b, PROMISE_9_OBSERVED, "%s is %s, but what was written is not in effect", ev->host,
               outcome_name(ev->outcome));
    if (ev->outcome == OUTCOME_OK && h->apply_meant_ever)
        breaks(b, PROMISE_9_OBSERVED, "%s is ok though it was written to", ev->host);
    if (ev->outcome == OUTCOME_SKIPPED && h->apply_meant_ever)
        breaks(b, PROMISE_9_OBSERVED, "%s is skipped though it was written to", ev->host);
    h->in_flight = false;
    h->final = true;
    h->outcome = ev->outcome;
}

static inline void book_intent(struct books *b, const struct event *ev, struct host_book *h)
{
    if (ev->step == STEP_APPLY) {
        if (!h->snapshot_taken)
            breaks(b, PROMISE_1_IMAGE_FIRST, "%s is to be written to without a before-image",
                   ev->host);
        h->apply_meant = h->apply_meant_ever = true;
    }
    if (ev->step == STEP_RESTART)
        h->restart_meant = true;
}

static inline void book_host(struct books *b, const struct sim_host *truth, const struct event *ev,
                             size_t i)
{
    struct host_book *h = &b->hosts[i];
    ledger_fold(&h->ledger, ev);
    if (ev->kind == EV_HOST_STARTED)
        book_start(b, ev, i);
    if (ev->kind == EV_INTENT)
        book_intent(b, ev, h);
    if (ev->kind == EV_OUTCOME) {
        h->snapshot_taken |= ev->step == STEP_SNAPSHOT && ev->err == OK;
        if (ev->step != STEP_REST)
            h->verified = ev->step == STEP_VERIFY && ev->err == OK && ev->check == CHECK_PASSED;
    }
    if (ev->kind == EV_HOST_FINISHED)
        book_finish(b, truth, ev, i);
}

static inline void book_rollout(struct books *b, const struct event *ev)
{
    if (ev->kind == EV_WAVE_STARTED) {
        check_wave_may_run(b, ev->wave, ev->at_ms);
        b->wave_started[ev->wave] = true;
    } else if (ev->kind == EV_WAVE_PASSED) {
        b->passed_ms[ev->wave] = ev->at_ms;
    } else if (ev->kind == EV_PROMOTED) {
        b->promoted = ev->wave > b->promoted ? ev->wave : b->promoted;
    } else if (ev->kind == EV_PAUSED) {
        b->paused = true;
        if (!ev->why[0])
            breaks(b, PROMISE_END, "paused without a reason");
    } else if (ev->kind == EV_RESUMED) {
        b->paused = false;
        b->max_failed = ev->max_failed ? ev->max_failed : b->max_failed;
    } else if (ev->kind == EV_ABORTED) {
        b->aborted = true;
    } else if (ev->kind == EV_ROLLOUT_FINISHED) {
        b->finished = true;
        for (size_t i = 0; i < b->spec->n_hosts; i++)
            if (!b->hosts[i].final)
                breaks(b, PROMISE_END, "finished before %s", b->spec->hosts[i].name);
    }
}

static inline void book_retry(struct books *b, const struct event *ev)
{
    b->paused = b->aborted = b->finished = false;
    for (size_t k = 0; k < ev->n_hosts; k++)
        for (size_t i = 0; i < b->spec->n_hosts; i++)
            if (strcmp(ev->hosts[k], b->spec->hosts[i].name) == 0) {
                b->hosts[i].final = false;
                b->passed_ms[b->spec->hosts[i].wave] = 0;
            }
}

static inline void books_note(struct books *b, const struct sim_host *hosts, const struct event *ev)
{
    for (size_t i = 0; ev->host[0] && i < b->spec->n_hosts; i++)
        if (strcmp(ev->host, b->spec->hosts[i].name) == 0)
            book_host(b, &hosts[i], ev, i);
    if (ev->kind == EV_RETRIED)
        book_retry(b, ev);
    else
        book_rollout(b, ev);
    check_unavailable(b, hosts);
}

/* A step reaches its host: is what it needs on disk? And afterwards: is what it did owed? */
static inline void books_before_act(struct books *b, const struct event *journal, size_t committed,
                                    const char *host, enum step step)
{
    bool image = false, meant = false;
    for (size_t k = 0; k < committed; k++) {
        const struct event *ev = &journal[k];
        if (strcmp(ev->host, host) != 0)
            continue;
        if (ev->kind == EV_HOST_STARTED)
            image = meant = false;
        image |= ev->kind == EV_OUTCOME && ev->step == STEP_SNAPSHOT && ev->err == OK;
        if (ev->kind == EV_INTENT || ev->kind == EV_OUTCOME)
            meant = ev->kind == EV_INTENT && ev->step == step;
    }
    if (step == STEP_APPLY && !(image && meant))
        breaks(b, PROMISE_1_IMAGE_FIRST, "%s is written to, and the before-image is not on disk",
               host);
    if ((step == STEP_WAKE || step == STEP_REST) && !meant)
        breaks(b, PROMISE_REST, "%s is woken or put back, and that is not on disk", host);
    if (step == STEP_RESTART && !meant)
        breaks(b, PROMISE_2_RESTART_ONCE, "%s is asked to restart, and that is not on disk", host);
}

static inline void books_after_act(struct books *b, const struct sim_host *hosts, size_t i)
{
    const struct sim_host *h = &hosts[i];
    const char *name = b->spec->hosts[i].name;
    if (h->accepted > 1)
        breaks(b, PROMISE_2_RESTART_ONCE, "%s was asked to restart %d times", name, h->accepted);
    for (int a = 0; a < SIM_ATTEMPTS; a++)
        if (h->delivered[a] > 1)
            breaks(b, PROMISE_2_RESTART_ONCE, "%d requests reached %s in attempt %d",
                   h->delivered[a], name, a);
    check_unavailable(b, hosts);
}

static inline void books_check_ledger(struct books *b, const struct sim_host *hosts)
{
    for (size_t i = 0; i < b->spec->n_hosts; i++)
        if (host_is_pending(&hosts[i]) && !b->hosts[i].ledger.owed)
            breaks(b, PROMISE_6_LEDGER, "%s has values not in effect, and nothing is owed",
                   b->spec->hosts[i].name);
    for (size_t i = 0; i < b->spec->n_hosts; i++)
        if (hosts[i].sleeper && (hosts[i].startable || hosts[i].awake) &&
            !b->hosts[i].ledger.service.owed)
            breaks(b, PROMISE_REST, "%s was woken, and nothing is owed", b->spec->hosts[i].name);
}

#endif
