/* tests/unit/rollout/sim.h: a controller and a fleet under virtual time. The loop is that of
 * controller/runner.c: hear what others said, take results, decide, prepare steps, commit, act;
 * and it can be killed between any two of these. */
#ifndef SWELL_TESTS_UNIT_ROLLOUT_SIM_H
#define SWELL_TESTS_UNIT_ROLLOUT_SIM_H

#include "tests/unit/rollout/sim_promises.h"

#define SIM_EVENTS_MAX 20000
#define SIM_TURNS_MAX 10000
#define SIM_BEGIN_MS INT64_C(1700000000000)

/* One step on its way to a host and back. */
struct piece {
    bool under_way, acted;
    struct action action;
    int64_t began_at, act_at, done_at;
    struct event result;
};

struct sim {
    struct dice dice;
    struct rollout_spec *spec;
    struct sim_host hosts[SIM_HOSTS];
    struct piece pieces[SIM_HOSTS], ready[SIM_HOSTS];
    bool is_ready[SIM_HOSTS];
    int64_t now_ms, killed_at, word_at, stop_at;
    int forks, kills_left, words_left;
    bool stopping, through_json, killed;
    bool writing; /* in a transaction */
    bool jammed;  /* the engine refused an event of its own making */
    struct engine *g;
    struct event *journal;
    size_t n, room, committed;
    struct books books, books_on_disk;
    /* what happened, to know that the runs are worth something */
    int64_t *seen;
};

/* --- the journal --- */
static inline struct event journal_read(const struct sim *s, size_t at)
{
    struct event ev = s->journal[at];
    ev.spec = ev.spec ? spec_copy(ev.spec) : NULL;
    return ev;
}

/* Kept as it would come back from the disk; its hosts and spec are the journal's. */
static inline void journal_append(struct sim *s, const struct event *ev)
{
    struct event *kept;
    if (s->n >= SIM_EVENTS_MAX) {
        breaks(&s->books, PROMISE_END, "it says more and more");
        s->jammed = true;
    }
    if (s->n == s->room) {
        s->room += 128;
        s->journal = realloc(s->journal, s->room * sizeof *s->journal);
        assert_non_null(s->journal);
    }
    kept = &s->journal[s->n];
    if (s->through_json) {
        event_through_journal(ev, kept);
    } else {
        *kept = *ev;
        kept->spec = ev->spec ? spec_copy(ev->spec) : NULL;
        kept->hosts = ev->n_hosts ? calloc(ev->n_hosts, sizeof *kept->hosts) : NULL;
        for (size_t i = 0; i < ev->n_hosts; i++)
            kept->hosts[i] = str_dup(ev->hosts[i]);
    }
    s->n++;
}

static inline struct engine *sim_fold_again(struct sim *s)
{
    struct engine *g = engine_new();
    struct why why = {0};
    assert_non_null(g);
    for (size_t i = 0; i < s->n && !s->jammed; i++) {
        struct event ev = journal_read(s, i);
        if (engine_fold(g, &ev, &why) != OK) {
            breaks(&s->books, PROMISE_FOLD, "its own journal is refused: %s", why.text);
            s->jammed = true;
        }
        spec_free(ev.spec); /* the rest is the journal's */
    }
    return g;
}

static inline void sim_check_fold(struct sim *s)
{
    struct engine *again = sim_fold_again(s);
    const char *differs = field_difference(engine_fields, COUNT(engine_fields), s->g, again);
    for (size_t i = 0; !differs && i < s->spec->n_hosts; i++)
        differs = host_difference(&s->g->hosts[i], &again->hosts[i]);
    for (int32_t w = 0; !differs && w < s->spec->n_waves; w++)
        if (s->g->waves[w].state != again->waves[w].state ||
            s->g->waves[w].passed_ms != again->waves[w].passed_ms)
            differs = "a wave";
    if (differs)
        breaks(&s->books, PROMISE_FOLD, "folded again from its journal it differs in %s", differs);
    engine_free(again);
}

static inline void sim_note(struct sim *s, const struct event *ev)
{
    for (size_t i = 0; i < s->spec->n_hosts; i++) {
        host_advance(&s->hosts[i], &s->dice, s->now_ms, s->spec->policy.restart_delay_ms);
        if (ev->kind == EV_HOST_STARTED && strcmp(ev->host, s->spec->hosts[i].name) == 0)
            s->hosts[i].accepted = 0;
    }
    books_note(&s->books, s->hosts, ev);
    s->seen[ev->kind]++;
    s->seen[EVENT_KINDS + ev->outcome] += ev->kind == EV_HOST_FINISHED;
}

/* Into the journal, and folded; not on disk before sim_commit(). */
static inline void sim_say(struct sim *s, struct event ev)
{
    struct why why = {0};
    ev.seq = (int64_t)s->n + 1;
    ev.at_ms = s->now_ms;
    ev.rollout = 1;
    journal_append(s, &ev);
    if (engine_fold(s->g, &ev, &why) == OK) {
        sim_note(s, &ev);
    } else {
        breaks(&s->books, PROMISE_FOLD, "%s", why.text);
        event_fini(&s->journal[--s->n]);
        s->jammed = true;
    }
    event_fini(&ev);
}

static inline void sim_commit(struct sim *s)
{
    s->committed = s->n;
    s->writing = false;
    books_check_ledger(&s->books, s->hosts);
    s->books_on_disk = s->books;
}

/* --- words --- */

/* Somebody else's; it is on disk before the controller hears it. */
static inline void sim_hear(struct sim *s)
{
    struct event ev = {.by = "bob", .why = "as asked"};
    if (s->words_left == 0 || s->now_ms < s->word_at)
        return;
    s->words_left--;
    s->word_at = s->now_ms + dice_between(&s->dice, 1000, 200000);
    if (dice_chance(&s->dice, 400)) {
        ev.kind = EV_PROMOTED;
        ev.wave = engine_wave(s->g) + 1;
    } else {
        ev.kind = dice_chance(&s->dice, 150) ? EV_ABORTED : EV_PAUSED;
    }
    if (ev.kind == EV_PROMOTED && ev.wave > s->spec->n_waves)
        return;
    if (engine_state(s->g) != ROLLOUT_FINISHED)
        sim_say(s, ev);
    sim_commit(s);
}

/* From here to the commit nobody else can write: what they said before is heard first. True: there
 * may have been something. */
static inline bool sim_begin_writing(struct sim *s)
{
    if (s->writing)
        return false;
    /* Somebody was quicker by a moment. */
    if (s->words_left && dice_chance(&s->dice, 100))
        s->word_at = s->now_ms;
    sim_hear(s);
    s->writing = true;
    return true;
}

/* --- steps --- */
static inline void piece_start(struct sim *s, size_t i)
{
    struct piece *p = &s->pieces[i];
    *p = s->ready[i];
    s->is_ready[i] = false;
    p->began_at = s->now_ms;
    p->act_at = s->now_ms + dice_between(&s->dice, 1, s->hosts[i].slow_ms);
    p->done_at = p->act_at + dice_between(&s->dice, 1, s->hosts[i].slow_ms);
}

static inline void piece_act(struct sim *s, size_t i)
{
    struct piece *p = &s->pieces[i];
    if (p->action.step != STEP_ARM && step_needs_intent(p->action.step))
        books_before_act(&s->books, s->journal, s->committed, s->spec->hosts[i].name,
                         p->action.step);
    p->result = step_do(&s->hosts[i], &s->dice, &p->action, s->spec, p->act_at);
    p->acted = true;
    if (p->result.err == E_TIMEOUT)
        p->done_at += 5000;
    books_after_act(&s->books, s->hosts, i);
    books_check_ledger(&s->books_on_disk, s->hosts);
}

/* The acts until now, in their order. */
static inline void sim_act(struct sim *s, int64_t until_ms)
{
    for (;;) {
        size_t first = SIM_HOSTS;
        for (size_t i = 0; i < s->spec->n_hosts; i++)
            if (s->pieces[i].under_way && !s->pieces[i].acted && s->pieces[i].act_at <= until_ms &&
                (first == SIM_HOSTS || s->pieces[i].act_at < s->pieces[first].act_at))
                first = i;
        if (first == SIM_HOSTS)
            return;
        piece_act(s, first);
    }
}

static inline void sim_take_results(struct sim *s)
{
    for (size_t i = 0; i < s->spec->n_hosts; i++) {
        struct piece *p = &s->pieces[i];
        struct event *ev = &p->result;
        if (!p->under_way || !p->acted || p->done_at > s->now_ms)
            continue;
        p->under_way = false;
        ev->at_ms = s->now_ms;
        ev->took_ms = p->done_at - p->began_at;
        (void)snprintf(ev->host, sizeof ev->host, "%s", s->spec->hosts[i].name);
        if (ev->err != OK && !ev->why[0])
            (void)snprintf(ev->why, sizeof ev->why, "%s", err_words(ev->err));
        if (host_is_news(&s->g->hosts[i], s->g->spec, ev)) {
            sim_begin_writing(s);
            sim_say(s, *ev);
        } else {
            host_note(&s->g->hosts[i], s->g->spec, ev);
        }
    }
}

static inline void sim_decide(struct sim *s)
{
    struct event ev;
    while (!s->jammed && engine_decide(s->g, s->now_ms, &ev))
        if (!sim_begin_writing(s)) /* or what was heard may have it decided otherwise */
            sim_say(s, ev);
}

static inline void sim_stop(struct sim *s)
{
    struct event ev = {.kind = EV_PAUSED, .by = "ctrl-c", .why = "interrupted at the keyboard"};
    s->stopping = true;
    s->stop_at = NEVER;
    if (engine_state(s->g) == ROLLOUT_RUNNING)
        sim_say(s, ev);
}

static inline int sim_busy(const struct sim *s)
{
    int n = 0;
    for (size_t i = 0; i < s->spec->n_hosts; i++)
        n += s->pieces[i].under_way || s->is_ready[i];
    return n;
}

static inline void sim_prepare(struct sim *s)
{
    struct action a;
    int64_t wake;
    for (int state = HOST_FINAL - 1; state > HOST_QUEUED && !s->stopping; state--)
        for (size_t i = 0; i < s->spec->n_hosts && sim_busy(s) < s->forks; i++) {
            if ((int)s->g->hosts[i].state != state || s->pieces[i].under_way || s->is_ready[i] ||
                engine_next(s->g, i, s->now_ms, &a, &wake) != NEXT_STEP)
                continue;
            if (step_needs_intent(a.step)) {
                struct event ev = {.kind = EV_INTENT, .step = a.step, .attempt = a.attempt};
                (void)snprintf(ev.host, sizeof ev.host, "%s", s->spec->hosts[i].name);
                sim_begin_writing(s);
                sim_say(s, ev);
            }
            s->ready[i] = (struct piece){.under_way = true, .action = a};
            s->is_ready[i] = true;
        }
}

static inline void sim_give(struct sim *s)
{
    for (size_t i = 0; i < s->spec->n_hosts; i++)
        if (s->is_ready[i])
            piece_start(s, i);
}

/* --- the life of a controller --- */

/* Killed: what was not committed is gone; what was sent may still arrive, what comes back is
 * heard by nobody. */
static inline void sim_kill(struct sim *s)
{
    for (size_t i = 0; i < s->spec->n_hosts; i++) {
        struct piece *p = &s->pieces[i];
        if (p->under_way && !p->acted && dice_chance(&s->dice, 500)) {
            p->act_at = s->now_ms;
            piece_act(s, i);
        }
        *p = (struct piece){0};
        s->is_ready[i] = false;
    }
    while (s->n > s->committed)
        event_fini(&s->journal[--s->n]);
    s->books = s->books_on_disk;
    s->writing = false;
    s->killed = true;
    s->killed_at = NEVER;
}

static inline bool sim_killed_here(struct sim *s)
{
    if (s->kills_left == 0 || s->now_ms < s->killed_at || !dice_chance(&s->dice, 250))
        return false;
    s->kills_left--;
    sim_kill(s);
    return true;
}

static inline void sim_begin(struct sim *s)
{
    engine_free(s->g);
    s->g = sim_fold_again(s);
    s->killed = s->stopping = false;
    s->killed_at = s->now_ms + dice_between(&s->dice, 0, 120000);
    s->word_at = s->now_ms + dice_between(&s->dice, 0, 200000);
    sim_say(s, (struct event){.kind = EV_CONTROLLER_STARTED, .by = "anna"});
    sim_commit(s);
}

static inline int64_t sim_wake(const struct sim *s)
{
    int64_t wake = engine_wake(s->g, s->now_ms);
    for (size_t i = 0; i < s->spec->n_hosts; i++) {
        const struct piece *p = &s->pieces[i];
        int64_t at = p->under_way ? (p->acted ? p->done_at : p->act_at) : NEVER;
        wake = at < wake ? at : wake;
    }
    return s->words_left && s->word_at < wake ? s->word_at : wake;
}

/* False: it was killed on the way. */
static inline bool sim_turn(struct sim *s)
{
    int64_t wake;
    sim_hear(s);
    if (s->stop_at <= s->now_ms && !s->stopping)
        sim_stop(s);
    sim_take_results(s);
    if (!s->stopping)
        sim_decide(s);
    if (sim_killed_here(s))
        return false;
    sim_prepare(s);
    if (sim_killed_here(s))
        return false;
    sim_commit(s);
    if (sim_killed_here(s))
        return false;
    sim_give(s);
    if (sim_busy(s) == 0 && (s->stopping || engine_is_at_rest(s->g)))
        return true;
    wake = sim_wake(s);
    if (wake == NEVER) {
        breaks(&s->books, PROMISE_END, "nothing is under way and nothing is waited for");
        return false;
    }
    s->now_ms = wake > s->now_ms ? wake : s->now_ms + 1;
    sim_act(s, s->now_ms);
    return !sim_killed_here(s);
}

/* One process, from its start to its rest or to its death. */
static inline void sim_carry_on(struct sim *s)
{
    int64_t turns = 0;
    sim_begin(s);
    while (!s->jammed && sim_turn(s)) {
        if (sim_busy(s) == 0 && (s->stopping || engine_is_at_rest(s->g))) {
            sim_check_fold(s);
            return;
        }
        if (++turns > SIM_TURNS_MAX) {
            breaks(&s->books, PROMISE_END, "it does not come to an end");
            s->jammed = true;
        }
    }
}

#endif
