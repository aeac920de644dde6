/* tests/unit/rollout/sim_host.h: a host under virtual time, with its faults, and the truth about
 * it that only the simulation knows. Shape:  host_advance() brings it to a moment; step_do() is one
 * step at that moment, as controller/step*.c would find it. */
#ifndef SWELL_TESTS_UNIT_ROLLOUT_SIM_HOST_H
#define SWELL_TESTS_UNIT_ROLLOUT_SIM_HOST_H

#include "rollout/host_run.h"
#include "tests/unit/rollout/test.h"

#define NEVER INT64_MAX
#define SIM_VALUES 3
#define SIM_ATTEMPTS 64

struct dice {
    uint64_t at;
};

/* splitmix64: the same seed is the same run, everywhere. */
static inline uint64_t dice_roll(struct dice *d)
{
    uint64_t z = (d->at += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static inline int64_t dice_between(struct dice *d, int64_t low, int64_t high)
{
    return low + (int64_t)(dice_roll(d) % (uint64_t)(high - low + 1));
}

static inline bool dice_chance(struct dice *d, int64_t per_thousand)
{
    return dice_between(d, 0, 999) < per_thousand;
}

enum value_is { IS_BEFORE,
                IS_AFTER,
                IS_FOREIGN };

struct sim_value {
    enum value_is is;
    bool noop;    /* right already when the plan was made */
    bool restart; /* takes effect at a restart */
    bool pending; /* written, and not in effect */
};

enum restarting {
    RESTARTS_WELL,
    RESTARTS_UNSEEN, /* between two looks */
    RESTARTS_TWICE,
    RESTARTS_OFTEN,
    NEVER_DOWN,
    SERVICE_ONLY, /* the server service restarts, and the host does not */
    NEVER_BACK,
    BACK_LATE
};

enum checking {
    CHECKS_WELL,
    CHECKS_LATE, /* a service takes its time */
    CHECKS_BADLY,
    CHECKS_NOT
};

struct sim_host {
    /* what it is like */
    int64_t slow_ms, cut_per_thousand, lost_per_thousand, blind_per_thousand;
    enum err login, restart_refusal;
    enum restarting restarting;
    enum checking checking;
    bool no_guid, no_start, no_uptime, no_shutdown, no_marker;
    int64_t shuts_ms, away_ms, login_after_ms;
    enum err login_after; /* for so long after a restart; OK: at once */
    bool sleeper;         /* its RemoteRegistry is disabled */
    bool plan_owes;       /* the ledger said so when the plan was made */
    /* how it is */
    bool up, marker;
    bool startable, awake; /* of a sleeper's service */
    int64_t boot_ms, start, shutdown, blip_at, blip_until;
    uint8_t guid;
    int64_t shutting_at, down_at, up_at; /* or NEVER */
    bool hangs;                          /* it accepted, and never goes down */
    bool down_by_swell;                  /* and not back since */
    int restarts_left;                   /* more of them by itself */
    int64_t request_at;                  /* one of Swell's is still on its way; or NEVER */
    int32_t request_attempt;
    int64_t other_at, service_at, drift_at; /* others restart it, its server service, a value */
    struct sim_value values[SIM_VALUES];
    /* what reached it */
    int accepted;                /* restarts asked for by Swell, since it was started */
    int delivered[SIM_ATTEMPTS]; /* by attempt */
    bool right_when_verified;    /* at the last check that passed */
};

static inline void host_goes_down(struct sim_host *h, int64_t at_ms)
{
    h->up = false;
    h->shutting_at = h->down_at = NEVER;
    h->up_at = h->restarting == NEVER_BACK ? NEVER : at_ms + h->away_ms;
    h->restarting = h->restarting == NEVER_BACK ? RESTARTS_WELL : h->restarting; /* once */
    h->shutdown = at_ms;
}

static inline void host_boots(struct sim_host *h, struct dice *d, int64_t at_ms)
{
    h->up = true;
    h->up_at = NEVER;
    h->boot_ms = at_ms;
    h->start = at_ms;
    h->guid++;
    h->marker = h->hangs = h->down_by_swell = h->awake = false;
    for (size_t i = 0; i < SIM_VALUES; i++)
        h->values[i].pending = false;
    if (h->restarts_left > 0) {
        h->restarts_left--;
        h->other_at = at_ms + dice_between(d, 100, 12000);
    }
}

/* A restart begins, whoever asked for it. */
static inline void host_begins_restart(struct sim_host *h, int64_t at_ms, int64_t delay_ms)
{
    h->shutting_at = at_ms + delay_ms;
    h->down_at = h->shutting_at + h->shuts_ms;
}

static inline bool host_is_restarting(const struct sim_host *h)
{
    return h->down_at != NEVER || h->hangs;
}

/* True: it will do it. False: it is doing it already. */
static inline bool host_takes_request(struct sim_host *h, int32_t attempt, int64_t at_ms,
                                      int64_t delay_ms)
{
    h->delivered[attempt % SIM_ATTEMPTS]++;
    if (host_is_restarting(h))
        return false;
    h->accepted++;
    if (h->restarting == NEVER_DOWN || h->restarting == SERVICE_ONLY) {
        h->hangs = true;
        if (h->restarting == SERVICE_ONLY) {
            h->service_at = h->blip_at = at_ms + delay_ms;
            h->blip_until = h->blip_at + 8000;
        }
        return true;
    }
    h->restarts_left = h->restarting == RESTARTS_TWICE   ? 1
                       : h->restarting == RESTARTS_OFTEN ? 6
                                                         : 0;
    h->down_by_swell = true; /* from now on its service may be away */
    host_begins_restart(h, at_ms, delay_ms);
    return true;
}

static inline int64_t earliest(const struct sim_host *h)
{
    const int64_t times[] = {h->request_at, h->down_at, h->up_at,
                             h->other_at, h->service_at, h->drift_at};
    int64_t first = NEVER;
    for (size_t i = 0; i < COUNT(times); i++)
        first = times[i] < first ? times[i] : first;
    return first;
}

static inline void host_drifts(struct sim_host *h, struct dice *d)
{
    struct sim_value *v = &h->values[dice_between(d, 0, SIM_VALUES - 1)];
    v->is = IS_FOREIGN;
}

static inline void host_advance(struct sim_host *h, struct dice *d, int64_t now_ms,
                                int64_t delay_ms)
{
    for (int64_t t = earliest(h); t <= now_ms; t = earliest(h)) {
        if (t == h->request_at) {
            h->request_at = NEVER;
            if (h->up)
                host_takes_request(h, h->request_attempt, t, delay_ms);
        } else if (t == h->down_at) {
            host_goes_down(h, t);
        } else if (t == h->up_at) {
            host_boots(h, d, t);
        } else if (t == h->other_at) {
            h->other_at = NEVER;
            if (h->up && !host_is_restarting(h))
                host_begins_restart(h, t, dice_between(d, 0, 3000));
        } else if (t == h->service_at) {
            h->service_at = NEVER;
            h->guid = (uint8_t)(h->guid + 100);
            h->start = t;
        } else {
            h->drift_at = NEVER;
            host_drifts(h, d);
        }
    }
}

static inline bool host_in_blip(const struct sim_host *h, int64_t now_ms)
{
    return now_ms >= h->blip_at && now_ms < h->blip_until;
}

static inline bool host_answers(const struct sim_host *h, int64_t now_ms)
{
    return h->up && !host_in_blip(h, now_ms);
}

/* Can it be logged in to? */
static inline enum err host_login(const struct sim_host *h, struct dice *d, int64_t now_ms)
{
    if (!host_answers(h, now_ms))
        return dice_chance(d, 500) ? E_CONNECT : E_TIMEOUT;
    if (now_ms >= h->shutting_at)
        return dice_chance(d, 700) ? E_GOING_DOWN : E_UNAVAILABLE;
    if (now_ms - h->boot_ms < h->login_after_ms)
        return h->login_after;
    return h->login;
}

static inline void host_door(const struct sim_host *h, struct witness_set *out)
{
    *out = (struct witness_set){0};
    if (!h->no_guid) {
        out->has_guid = true;
        out->guid[0] = h->guid;
    }
    if (!h->no_start) {
        out->has_start = true;
        out->start = (uint64_t)h->start;
    }
}

static inline void host_identity(const struct sim_host *h, struct dice *d, struct witness_set *out)
{
    host_door(h, out);
    if (!h->no_uptime) {
        out->has_boot = true;
        out->boot_ms = h->boot_ms + dice_between(d, 0, 1500); /* the answer took its time */
    }
    if (!h->no_shutdown) {
        out->has_shutdown = true;
        out->shutdown = (uint64_t)h->shutdown;
    }
}

static inline bool host_is_pending(const struct sim_host *h)
{
    for (size_t i = 0; i < SIM_VALUES; i++)
        if (h->values[i].pending)
            return true;
    return false;
}

/* --- the steps --- */
static inline void do_snapshot(struct sim_host *h, const struct action *a, bool rollback,
                               struct event *ev)
{
    ev->needs_restart = h->plan_owes;
    for (size_t i = 0; i < SIM_VALUES; i++) {
        const struct sim_value *v = &h->values[i];
        bool moved = v->is == IS_FOREIGN || (!a->tolerant && !v->noop && v->is == IS_AFTER);
        if (moved && !rollback) {
            ev->err = E_MOVED;
            return;
        }
        if (v->is == IS_BEFORE) {
            ev->to_change++;
            ev->needs_restart |= v->restart;
        }
    }
}

/* Writes no more than this many values, if it is cut off. */
static inline void do_apply(struct sim_host *h, bool rollback, int64_t most, struct event *ev)
{
    for (size_t i = 0; i < SIM_VALUES; i++)
        if (h->values[i].is == IS_FOREIGN && !rollback) {
            ev->err = E_MOVED;
            return;
        }
    for (size_t i = 0; i < SIM_VALUES; i++) {
        struct sim_value *v = &h->values[i];
        ev->foreign += v->is == IS_FOREIGN;
        if (v->is != IS_BEFORE || ev->written == most)
            continue;
        v->is = IS_AFTER;
        v->pending = v->restart;
        ev->written++;
    }
}

static inline void do_arm(struct sim_host *h, struct dice *d, struct event *ev)
{
    ev->seen.reachable = ev->seen.authenticated = true;
    host_identity(h, d, &ev->seen.set);
    h->marker = !h->no_marker;
    ev->seen.set.marker = h->marker ? MARKER_PRESENT : MARKER_UNKNOWN;
}

static inline void do_restart(struct sim_host *h, struct dice *d, const struct action *a,
                              const struct policy *p, int64_t now_ms, struct event *ev)
{
    if (h->restart_refusal != OK) {
        ev->err = h->restart_refusal;
        return;
    }
    if (a->thorough) { /* still the boot that was asked before? */
        struct observation seen = {.reachable = true, .authenticated = true};
        char text[WITNESS_TEXT_SIZE];
        host_identity(h, d, &seen.set);
        seen.set.marker = h->marker ? MARKER_PRESENT : MARKER_ABSENT;
        if (witness_judge(&a->before, &seen, a->asked_ms, false, text) != RESTART_NOT_SEEN) {
            ev->err = E_MOVED;
            return;
        }
    }
    ev->asked = true;
    if (dice_chance(d, h->lost_per_thousand)) {
        ev->err = dice_chance(d, 500) ? E_CUT : E_TIMEOUT;
        if (dice_chance(d, 500)) { /* lost for good, or only on a long way */
            h->request_at =
                dice_chance(d, 500) ? NEVER : now_ms + dice_between(d, 0, p->restart_settle_ms / 2);
            h->request_attempt = a->attempt;
            return;
        }
        host_takes_request(h, a->attempt, now_ms, p->restart_delay_ms);
    } else if (!host_takes_request(h, a->attempt, now_ms, p->restart_delay_ms)) {
        ev->err = E_GOING_DOWN;
    }
}

static inline void do_look(struct sim_host *h, struct dice *d, const struct action *a,
                           int64_t now_ms, struct event *ev)
{
    enum err e;
    if (dice_chance(d, h->blind_per_thousand)) { /* on our own side */
        ev->err = E_IO;
        return;
    }
    ev->seen.reachable = host_answers(h, now_ms);
    if (!ev->seen.reachable)
        return;
    host_door(h, &ev->seen.set);
    if (!a->thorough)
        return;
    e = host_login(h, d, now_ms);
    if (e == OK && h->sleeper && !h->awake) {
        h->awake = h->startable = a->woken;
        return;
    }
    ev->seen.refused = e == E_AUTH;
    if (e != OK)
        return;
    ev->seen.authenticated = true;
    host_identity(h, d, &ev->seen.set);
    ev->seen.set.marker = h->no_marker ? MARKER_ABSENT : h->marker ? MARKER_PRESENT
                                                                   : MARKER_ABSENT;
}

static inline void do_verify(struct sim_host *h, const struct action *a, bool rollback,
                             int64_t now_ms, struct event *ev)
{
    bool right = true;
    for (size_t i = 0; i < SIM_VALUES; i++)
        right =
            right && (h->values[i].is == IS_AFTER || (rollback && h->values[i].is == IS_FOREIGN));
    ev->check = !right ? CHECK_FAILED : CHECK_PASSED;
    if (right && !a->restart_is_due) {
        bool late = h->checking == CHECKS_LATE && now_ms - h->boot_ms < 9000;
        ev->check = late || h->checking == CHECKS_BADLY ? CHECK_FAILED
                    : h->checking == CHECKS_NOT         ? CHECK_INCONCLUSIVE
                                                        : CHECK_PASSED;
    }
    if (ev->check == CHECK_PASSED)
        h->right_when_verified = right;
}

/* Behind its registry is a service that was disabled when the rollout began. False: it does not
 * run; a host that was woken is woken again on the way. */
static inline bool host_is_served(struct sim_host *h, const struct action *a, struct event *ev)
{
    if (h->awake || a->step == STEP_WAKE || a->step == STEP_REST || a->step == STEP_RESTART)
        return true;
    ev->err = E_UNAVAILABLE;
    if (a->step == STEP_PREFLIGHT) {
        ev->service_start = 4;
        ev->service_state = 1;
    } else if (a->woken) {
        h->awake = h->startable = true;
    }
    return false;
}

/* What comes back is the outcome of the step; the host is as it is after it. */
static inline struct event step_do(struct sim_host *h, struct dice *d, const struct action *a,
                                   const struct rollout_spec *spec, int64_t now_ms)
{
    struct event ev = {.kind = EV_OUTCOME, .step = a->step, .attempt = a->attempt};
    bool cut_after;
    host_advance(h, d, now_ms, spec->policy.restart_delay_ms);
    if (a->step == STEP_LOOK) {
        do_look(h, d, a, now_ms, &ev);
        return ev;
    }
    if ((ev.err = host_login(h, d, now_ms)) == OK && dice_chance(d, h->cut_per_thousand))
        ev.err = dice_chance(d, 500) ? E_CUT : E_UNAVAILABLE; /* before anything was done */
    if (ev.err != OK)
        return ev;
    if (h->sleeper && !host_is_served(h, a, &ev))
        return ev;
    cut_after = dice_chance(d, h->cut_per_thousand);
    switch (a->step) {
    case STEP_PREFLIGHT: break;
    case STEP_WAKE:
        h->startable = h->awake = true;
        break;
    case STEP_REST: h->startable = h->awake = false; break;
    case STEP_SNAPSHOT: do_snapshot(h, a, spec->rollback, &ev); break;
    case STEP_APPLY:
        do_apply(h, spec->rollback, cut_after ? dice_between(d, 0, SIM_VALUES) : SIM_VALUES, &ev);
        break;
    case STEP_ARM: do_arm(h, d, &ev); break;
    case STEP_RESTART: do_restart(h, d, a, &spec->policy, now_ms, &ev); return ev;
    case STEP_VERIFY: do_verify(h, a, spec->rollback, now_ms, &ev); break;
    case STEP_LOOK:
    case STEPS: abort();
    }
    if (cut_after && ev.err == OK) {
        ev.err = dice_chance(d, 500) ? E_CUT : E_TIMEOUT;
        ev.written = 0; /* what the answer would have said */
    }
    return ev;
}

#endif
