/* tests/unit/rollout/play.h: a rollout played by hand, with a journal in memory. */
#ifndef SWELL_TESTS_UNIT_ROLLOUT_PLAY_H
#define SWELL_TESTS_UNIT_ROLLOUT_PLAY_H

#include "tests/unit/rollout/engines.h"

#define PLAY_BEGIN_MS INT64_C(1700000000000)
#define PLAY_EVENTS_MAX 4096

struct play {
    struct engine *g;
    int64_t now_ms;
    struct event *journal; /* as read back */
    size_t n;
};

static inline enum err play_try(struct play *p, struct event ev, struct why *why)
{
    struct event kept;
    enum err e;
    assert_true(p->n < PLAY_EVENTS_MAX);
    ev.seq = (int64_t)p->n + 1;
    ev.at_ms = p->now_ms;
    ev.rollout = 7;
    event_through_journal(&ev, &kept);
    e = engine_fold(p->g, &ev, why);
    event_fini(&ev);
    if (e == OK)
        p->journal[p->n++] = kept; /* moved */
    else
        event_fini(&kept);
    return e;
}

static inline void play_say(struct play *p, struct event ev)
{
    struct why why = {0};
    must(play_try(p, ev, &why), &why);
}

/* The spec is moved in. */
static inline struct play play_of(struct rollout_spec *spec)
{
    struct play p = {.g = engine_new(), .now_ms = PLAY_BEGIN_MS};
    p.journal = calloc(PLAY_EVENTS_MAX, sizeof *p.journal);
    assert_true(p.g && p.journal);
    play_say(&p, (struct event){.kind = EV_ROLLOUT_CREATED, .by = "anna", .spec = spec});
    return p;
}

/* Every limit off, so that a test sets the one that it is about. */
static inline struct rollout_spec *play_spec(const int32_t *waves)
{
    struct rollout_spec *spec = spec_make(waves);
    spec->policy.max_failed = HOSTS_ANY;
    spec->policy.max_unavailable = (struct amount){100, true};
    return spec;
}

/* What the journal makes of it, from the start. */
static inline struct engine *play_refold(const struct play *p)
{
    struct engine *g = engine_new();
    struct why why = {0};
    assert_non_null(g);
    for (size_t i = 0; i < p->n; i++) {
        struct event ev;
        event_through_journal(&p->journal[i], &ev);
        must(engine_fold(g, &ev, &why), &why);
        event_fini(&ev);
    }
    return g;
}

static inline void play_end(struct play *p)
{
    struct engine *again = play_refold(p);
    assert_same_engine(p->g, again);
    engine_free(again);
    engine_free(p->g);
    for (size_t i = 0; i < p->n; i++)
        event_fini(&p->journal[i]);
    free(p->journal);
    *p = (struct play){0};
}

/* An event that cannot follow: refused, and the engine is as it was. */
static inline void play_refuse(struct play *p, struct event ev, const char *words)
{
    struct why why = {0};
    struct engine *before = play_refold(p);
    assert_int_equal(play_try(p, ev, &why), E_CORRUPT);
    if (!strstr(why.text, words))
        fail_msg("'%s' does not say '%s'", why.text, words);
    assert_same_engine(p->g, before);
    engine_free(before);
}

static inline bool play_decide_one(struct play *p, struct event *out)
{
    if (!engine_decide(p->g, p->now_ms, out))
        return false;
    play_say(p, *out);
    return true;
}

/* Everything that is decided now; how many events it was. */
static inline size_t play_decide(struct play *p)
{
    struct event ev;
    size_t n = 0;
    while (play_decide_one(p, &ev))
        assert_true(++n < PLAY_EVENTS_MAX);
    return n;
}

static inline size_t play_index(const struct play *p, const char *host)
{
    size_t at = 0;
    assert_true(engine_find(p->g, host, &at));
    return at;
}

static inline const struct host_run *play_host(const struct play *p, const char *host)
{
    return &p->g->hosts[play_index(p, host)];
}

static inline void play_outcome(struct play *p, const char *host, struct event ev)
{
    ev.kind = EV_OUTCOME;
    ev.attempt = play_host(p, host)->attempt;
    (void)snprintf(ev.host, sizeof ev.host, "%s", host);
    play_say(p, ev);
}

static inline void play_act(struct play *p, const char *host, struct event ev)
{
    struct event intent = {.kind = EV_INTENT, .step = ev.step};
    intent.attempt = play_host(p, host)->attempt;
    (void)snprintf(intent.host, sizeof intent.host, "%s", host);
    play_say(p, intent);
    play_outcome(p, host, ev);
}

/* The host is right already. */
static inline void play_ok(struct play *p, const char *host)
{
    play_outcome(p, host, (struct event){.step = STEP_PREFLIGHT});
    play_outcome(p, host, (struct event){.step = STEP_SNAPSHOT});
    play_outcome(p, host, (struct event){.step = STEP_VERIFY, .check = CHECK_PASSED});
    play_decide(p);
}

/* It ends at its preflight: E_AUTH as failed, E_CONNECT as unreachable. */
static inline void play_fail(struct play *p, const char *host, enum err err)
{
    play_outcome(p, host, (struct event){.step = STEP_PREFLIGHT, .err = err, .why = "as told"});
    play_decide(p);
}

/* Written to and not verified: inconclusive. */
static inline void play_lose(struct play *p, const char *host)
{
    play_outcome(p, host, (struct event){.step = STEP_PREFLIGHT});
    play_outcome(p, host, (struct event){.step = STEP_SNAPSHOT, .to_change = 1});
    play_act(p, host, (struct event){.step = STEP_APPLY, .written = 1});
    play_outcome(p, host, (struct event){.step = STEP_VERIFY, .check = CHECK_INCONCLUSIVE});
    play_decide(p);
}

/* Asked to restart, with a broken answer: it may be down. */
static inline void play_vanish(struct play *p, const char *host)
{
    play_outcome(p, host, (struct event){.step = STEP_PREFLIGHT});
    play_outcome(p, host, (struct event){.step = STEP_SNAPSHOT, .needs_restart = true});
    play_act(p, host, (struct event){.step = STEP_ARM});
    play_act(p, host, (struct event){.step = STEP_RESTART, .asked = true, .err = E_SECURITY});
    play_decide(p);
}

/* It is logged in to, and then fails: but it is there. */
static inline void play_answer(struct play *p, const char *host)
{
    play_outcome(p, host, (struct event){.step = STEP_PREFLIGHT});
    play_outcome(p, host, (struct event){.step = STEP_SNAPSHOT, .err = E_DENIED});
    play_decide(p);
}

static inline void play_retry(struct play *p, const char *host)
{
    struct event ev = {.kind = EV_RETRIED, .by = "bob", .n_hosts = 1};
    ev.hosts = calloc(1, sizeof *ev.hosts);
    assert_non_null(ev.hosts);
    ev.hosts[0] = str_dup(host);
    play_say(p, ev);
}

/* The names of the hosts in flight, "h1 h3". */
static inline const char *play_in_flight(const struct play *p)
{
    static char text[512];
    text[0] = '\0';
    for (size_t i = 0; i < p->g->spec->n_hosts; i++)
        if (host_in_flight(&p->g->hosts[i]))
            (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s",
                           text[0] ? " " : "", p->g->spec->hosts[i].name);
    return text;
}

#endif
