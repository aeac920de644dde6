/* tests/unit/rollout/sim_fleet.h: a fleet, a policy and an operator drawn from a seed, and one
 * whole rollout with them. */
#ifndef SWELL_TESTS_UNIT_ROLLOUT_SIM_FLEET_H
#define SWELL_TESTS_UNIT_ROLLOUT_SIM_FLEET_H

#include "tests/unit/rollout/sim.h"

#define SIM_LONGEST_MS (INT64_C(30) * 24 * 3600 * 1000)

static inline struct policy policy_draw(struct dice *d)
{
    static const int64_t budgets[] = {1, 1, 2, 3, HOSTS_ANY};
    struct policy p = policy_default();
    p.n_serial = (size_t)dice_between(d, 1, 3);
    for (size_t i = 0; i < p.n_serial; i++)
        p.serial[i] = dice_chance(d, 500) ? (struct amount){dice_between(d, 1, 4), false}
                                          : (struct amount){dice_between(d, 10, 100), true};
    p.max_unavailable = dice_chance(d, 600) ? (struct amount){dice_between(d, 1, 4), false}
                                            : (struct amount){dice_between(d, 1, 100), true};
    p.max_failed = budgets[dice_between(d, 0, COUNT(budgets) - 1)];
    p.soak_ms = dice_chance(d, 500) ? 0 : dice_between(d, 1, 120000);
    p.approval_between_waves = dice_chance(d, 200);
    p.restart_never = dice_chance(d, 80);
    p.restart_timeout_ms = dice_between(d, 20000, 60000);
    p.restart_delay_ms = dice_between(d, 0, 5000);
    p.restart_quiet_ms = dice_between(d, 0, 15000);
    p.restart_settle_ms = dice_between(d, 1000, 15000);
    p.look_ms = dice_between(d, 500, 3000);
    p.step_timeout_ms = 10000;
    p.verify_timeout_ms = dice_between(d, 0, 20000);
    p.step_tries = dice_between(d, 1, 5);
    return p;
}

static inline void values_draw(struct sim_host *h, struct dice *d)
{
    for (size_t i = 0; i < SIM_VALUES; i++) {
        struct sim_value *v = &h->values[i];
        v->noop = dice_chance(d, 300);
        v->is = v->noop ? IS_AFTER : IS_BEFORE;
        v->restart = dice_chance(d, 700);
        /* From a rollout before this one, which left its restart owed. */
        v->pending = v->noop && v->restart && dice_chance(d, 200);
        h->plan_owes |= v->pending;
    }
}

/* What a host has, and what it does when it restarts. */
static inline void trouble_draw(struct sim_host *h, struct dice *d, const struct policy *p)
{
    static const enum err logins[] = {E_AUTH, E_DENIED, E_UNAVAILABLE};
    const int64_t long_ms = p->restart_timeout_ms * 2;
    h->cut_per_thousand = dice_chance(d, 300) ? dice_between(d, 0, 300) : 0;
    h->lost_per_thousand = dice_chance(d, 300) ? 600 : 0;
    h->blind_per_thousand = dice_chance(d, 80) ? 100 : 0;
    h->login = dice_chance(d, 80) ? logins[dice_between(d, 0, 2)] : OK;
    h->restart_refusal = dice_chance(d, 60) ? E_DENIED : OK;
    h->restarting = (enum restarting)dice_between(d, RESTARTS_WELL, BACK_LATE);
    h->checking = (enum checking)dice_between(d, CHECKS_WELL, CHECKS_NOT);
    h->no_guid = dice_chance(d, 100);
    h->no_marker = dice_chance(d, 150);
    h->no_shutdown = dice_chance(d, 300);
    h->no_uptime = dice_chance(d, 400);
    if (dice_chance(d, 100)) /* nothing of the machine can be asked */
        h->no_marker = h->no_shutdown = h->no_uptime = true;
    if (h->restarting == RESTARTS_UNSEEN)
        h->away_ms = dice_between(d, 1, 800);
    if (h->restarting == BACK_LATE)
        h->away_ms = long_ms;
    if (dice_chance(d, h->lost_per_thousand ? 600 : 200))
        h->shuts_ms = dice_between(d, 0, 20000); /* longer than it takes to settle, too */
    if (dice_chance(d, 250)) {
        h->login_after = logins[dice_between(d, 0, 2)];
        h->login_after_ms = dice_between(d, 0, long_ms);
    }
    if (dice_chance(d, 150))
        h->other_at = SIM_BEGIN_MS + dice_between(d, 0, 120000);
    if (dice_chance(d, 300))
        h->service_at = SIM_BEGIN_MS + dice_between(d, 0, 120000);
    if (dice_chance(d, 120))
        h->drift_at = SIM_BEGIN_MS + dice_between(d, 0, 120000);
    if (dice_chance(d, 300)) {
        h->blip_at = SIM_BEGIN_MS + dice_between(d, 0, 120000);
        h->blip_until = h->blip_at + dice_between(d, 100, 30000);
    }
    h->up = !dice_chance(d, 60);
}

static inline struct sim_host host_draw(struct dice *d, const struct policy *p, int64_t trouble)
{
    struct sim_host h = {.up = true,
                         .boot_ms = SIM_BEGIN_MS - dice_between(d, 1, 90) * 86400000,
                         .guid = 1,
                         .slow_ms = dice_between(d, 2, 1500),
                         .shuts_ms = dice_between(d, 0, 3000),
                         .away_ms = dice_between(d, 3000, 15000),
                         .shutting_at = NEVER,
                         .down_at = NEVER,
                         .up_at = NEVER,
                         .request_at = NEVER,
                         .other_at = NEVER,
                         .service_at = NEVER,
                         .drift_at = NEVER};
    h.start = h.boot_ms;
    h.shutdown = h.boot_ms - 60000;
    h.no_start = dice_chance(d, 500);
    h.sleeper = dice_chance(d, 120);
    values_draw(&h, d);
    if (dice_chance(d, trouble))
        trouble_draw(&h, d, p);
    return h;
}

static inline struct rollout_spec *spec_draw(struct dice *d)
{
    static const char *const groups[] = {"payroll", "mail"};
    struct rollout_spec *spec = calloc(1, sizeof *spec);
    int32_t wave_of[SIM_HOSTS];
    assert_non_null(spec);
    spec->policy = policy_draw(d);
    spec->n_hosts = (size_t)dice_between(d, 1, SIM_HOSTS);
    spec->rollback = dice_chance(d, 150);
    spec->n_waves = waves_assign(&spec->policy, (int64_t)spec->n_hosts, wave_of);
    spec->hosts = calloc(spec->n_hosts, sizeof *spec->hosts);
    assert_non_null(spec->hosts);
    for (size_t i = 0; i < spec->n_hosts; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "h%zu", i + 1);
        spec->hosts[i] = (struct spec_host){.name = str_dup(name), .wave = wave_of[i]};
        if (dice_chance(d, 250))
            spec->hosts[i].affinity = str_dup(groups[dice_between(d, 0, 1)]);
    }
    return spec;
}

/* --- an operator, between two processes --- */
static inline bool retry_bad(struct sim *s)
{
    struct event ev = {.kind = EV_RETRIED, .by = "bob"};
    ev.hosts = calloc(SIM_HOSTS, sizeof *ev.hosts);
    assert_non_null(ev.hosts);
    for (size_t i = 0; i < s->spec->n_hosts; i++) {
        struct sim_host *h = &s->hosts[i];
        if (s->g->hosts[i].state != HOST_FINAL || !outcome_is_bad(s->g->hosts[i].outcome) ||
            dice_chance(&s->dice, 200))
            continue;
        if (!h->up && h->up_at == NEVER && dice_chance(&s->dice, 600))
            h->up_at = s->now_ms + 1; /* somebody pressed its button */
        if (dice_chance(&s->dice, 500))
            h->login = h->restart_refusal = OK;
        ev.hosts[ev.n_hosts++] = str_dup(s->spec->hosts[i].name);
    }
    bool any = ev.n_hosts > 0;
    if (any)
        sim_say(s, ev);
    else
        event_fini(&ev);
    return any;
}

/* False: it is left as it is. */
static inline bool operator_acts(struct sim *s)
{
    enum rollout_state state = engine_state(s->g);
    struct event ev = {.by = "bob", .why = "as asked"};
    s->now_ms += dice_between(&s->dice, 0, 600000);
    if (state == ROLLOUT_WAITING) {
        ev.kind = EV_PROMOTED;
        ev.wave = engine_wave(s->g);
    } else if (state == ROLLOUT_FINISHED || dice_chance(&s->dice, 400)) {
        if (!retry_bad(s))
            return false;
        sim_commit(s);
        return true;
    } else if (state == ROLLOUT_ABORTING) {
        return true; /* resumed without a word */
    } else if (dice_chance(&s->dice, 150)) {
        ev.kind = EV_ABORTED;
    } else {
        ev.kind = EV_RESUMED;
        ev.max_failed = s->g->budget_spent ? books_bad(&s->books) + 1 : 0;
    }
    sim_say(s, ev);
    sim_commit(s);
    return true;
}

static inline void sim_make(struct sim *s, uint64_t seed, struct broken *broken, int64_t *seen)
{
    *s = (struct sim){.dice = {seed}, .now_ms = SIM_BEGIN_MS, .seen = seen};
    s->through_json = seed % 8 == 0;
    s->spec = spec_draw(&s->dice);
    int64_t trouble = dice_between(&s->dice, 0, 900);
    for (size_t i = 0; i < s->spec->n_hosts; i++) {
        s->hosts[i] = host_draw(&s->dice, &s->spec->policy, trouble);
        s->books.hosts[i].ledger.owed = s->hosts[i].plan_owes;
    }
    s->forks = (int)dice_between(&s->dice, 1, 8);
    s->kills_left = dice_chance(&s->dice, 500) ? (int)dice_between(&s->dice, 1, 6) : 0;
    s->stop_at = dice_chance(&s->dice, 100) ? s->now_ms + dice_between(&s->dice, 0, 200000) : NEVER;
    s->words_left = dice_chance(&s->dice, 300) ? (int)dice_between(&s->dice, 1, 3) : 0;
    s->g = engine_new();
    assert_non_null(s->g);
    s->books.broken = broken;
    s->books.seed = seed;
    s->books.spec = s->spec;
    s->books.max_failed = s->spec->policy.max_failed;
    s->books.promoted = 1;
    sim_say(s,
            (struct event){.kind = EV_ROLLOUT_CREATED, .by = "anna", .spec = spec_copy(s->spec)});
    sim_commit(s);
}

/* For the eyes of whoever looks into a broken promise. */
static inline void journal_print(const struct sim *s)
{
    for (size_t i = 0; i < s->n; i++) {
        const struct event *ev = &s->journal[i];
        char *body = NULL;
        if (event_encode(ev, &body) == OK)
            print_message("%4zu %9.3f %-4s %s %s\n", i + 1,
                          (double)(ev->at_ms - SIM_BEGIN_MS) / 1000, ev->host,
                          event_kind_name(ev->kind), body);
        free(body);
    }
}

static inline void sim_end(struct sim *s)
{
    if (getenv("SWELL_SIM_JOURNAL"))
        journal_print(s);
    for (size_t i = 0; i < s->n; i++)
        event_fini(&s->journal[i]);
    free(s->journal);
    engine_free(s->g);
    spec_free(s->spec);
}

static inline void sim_run(uint64_t seed, struct broken *broken, int64_t *seen)
{
    struct sim s;
    int acts_left;
    sim_make(&s, seed, broken, seen);
    acts_left = (int)dice_between(&s.dice, 0, 8);
    do {
        sim_carry_on(&s);
        if (s.killed)
            s.now_ms += dice_chance(&s.dice, 200) ? dice_between(&s.dice, 0, 3600000)
                                                  : dice_between(&s.dice, 20, 30000);
        else if (acts_left-- <= 0 || !operator_acts(&s))
            break;
    } while (!s.jammed && s.now_ms - SIM_BEGIN_MS < SIM_LONGEST_MS);
    if (s.now_ms - SIM_BEGIN_MS >= SIM_LONGEST_MS)
        breaks(&s.books, PROMISE_END, "it takes more than thirty days");
    if (!s.jammed && !engine_is_at_rest(s.g) && engine_state(s.g) != ROLLOUT_ABORTING &&
        !s.stopping)
        breaks(&s.books, PROMISE_END, "it stopped on its way");
    if (engine_state(s.g) == ROLLOUT_PAUSED && !s.g->why[0])
        breaks(&s.books, PROMISE_END, "it is paused and nobody knows why");
    sim_end(&s);
}

#endif
