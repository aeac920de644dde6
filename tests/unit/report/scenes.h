/* tests/unit/report/scenes.h: rollouts as they go, well and badly. Each leaves s open; told_end
 * closes it. */
#ifndef SWELL_TESTS_REPORT_SCENES_H
#define SWELL_TESTS_REPORT_SCENES_H

#include "tests/unit/report/told.h"

#define TITLE "TLS 1.2 on, TLS 1.0 and 1.1 off"

static inline struct told scene_begin(void)
{
    struct told s = {0};
    return s;
}

static inline void scene_start(struct told *s)
{
    told_decide(s, EV_CONTROLLER_STARTED, "controller 4242 on adm1", "", 0);
    told_settle(s);
}

/* Starts what may start, and takes the hosts of this wave through, one after the other. */
static inline void scene_wave(struct told *s, int32_t wave)
{
    told_settle(s);
    for (size_t i = 0; i < s->g->spec->n_hosts; i++)
        if (s->g->spec->hosts[i].wave == wave && host_in_flight(&s->g->hosts[i])) {
            told_host(s, s->g->spec->hosts[i].name);
            i = SIZE_MAX; /* the next one was let in; begin again */
        }
    told_wait(s, s->g->spec->policy.soak_ms);
    told_settle(s);
}

static inline void scene_all_well(struct told *s)
{
    static const struct told_host hosts[] = {
        {"web1", 1, 0, 0},
        {"web2", 2, 0, 0},
        {"web3", 2, 0, 0},
        {"db1", 3, 0, 0},
        {"db2", 3, 0, 0},
        {"app1", 3, 0, 0},
        {"old1", 0, OUTCOME_SKIPPED, "os.build >= 7601 does not hold: os.build is 6002"},
        {NULL, 0, 0, 0},
    };
    told_create(s, told_spec(hosts), "anna", TITLE);
    scene_start(s);
    for (int32_t w = 1; w <= 3; w++)
        scene_wave(s, w);
    assert_int_equal(engine_state(s->g), ROLLOUT_FINISHED);
}

#define CHECK_FAILED_WHY \
    "443 TLS 1.0: accepted (AES128-SHA), should be refused: restart owed, or not a Schannel service"

static inline void canary_fails(struct told *s)
{
    told_write(s, "web1");
    told_restart(s, "web1");
    told_wait(s, 120000);
    told_check(s, "web1", CHECK_FAILED, CHECK_FAILED_WHY, "@check-failed.json");
}

static inline void scene_canary_failed(struct told *s)
{
    static const struct told_host hosts[] = {
        {"web1", 1, 0, 0},
        {"web2", 2, 0, 0},
        {"web3", 2, 0, 0},
        {"db1", 3, 0, 0},
        {NULL, 0, 0, 0},
    };
    struct rollout_spec *spec = told_spec(hosts);
    spec->policy.max_failed = 1;
    told_create(s, spec, "anna", TITLE);
    scene_start(s);
    canary_fails(s);
    assert_int_equal(engine_state(s->g), ROLLOUT_PAUSED);
}

/* The failed canary is tried again and comes through; then the rest. */
static inline void scene_retried(struct told *s)
{
    struct event ev = {.kind = EV_RESUMED, .max_failed = 3, .by = "bob"};
    scene_canary_failed(s);
    told_wait(s, 600000);
    told_say(s, &ev);
    told_retry(s, "bob", "web1");
    for (int32_t w = 1; w <= 3; w++)
        scene_wave(s, w);
    assert_int_equal(engine_state(s->g), ROLLOUT_FINISHED);
}

/* Rollout 13 puts wave 1 of 12 back; web1 has a value that somebody else changed since. */
static inline void scene_rolled_back(struct told *s)
{
    static const struct told_host hosts[] = {{"web1", 1, 0, 0}, {"web2", 1, 0, 0}, {NULL, 0, 0, 0}};
    struct rollout_spec *spec = told_spec(hosts);
    struct event ev;
    spec->rollback = true;
    spec->rollback_of = 12;
    s->rollout = 13;
    told_create(s, spec, "carol", "Put back rollout 12: " TITLE);
    scene_start(s);
    told_step(s, "web1", STEP_PREFLIGHT, 300, "@preflight.json");
    told_step(s, "web1", STEP_SNAPSHOT, 200, "@snapshot-back.json");
    ev = told_event(EV_INTENT, "web1");
    ev.step = STEP_APPLY;
    ev.attempt = 1;
    told_say(s, &ev);
    ev = told_outcome(s, "web1", STEP_APPLY, "@applied-back.json");
    ev.written = 1;
    ev.foreign = 1;
    told_say(s, &ev);
    free(ev.detail);
    told_restart(s, "web1");
    told_check(s, "web1", CHECK_PASSED, "", "@verified.json");
    scene_wave(s, 1);
    assert_int_equal(engine_state(s->g), ROLLOUT_FINISHED);
}

/* db1 goes down and stays away; db2 asks not to be logged in to. */
static inline void scene_never_back(struct told *s)
{
    static const struct told_host hosts[] = {
        {"db1", 1, 0, 0},
        {"db2", 1, 0, 0},
        {"db3", 0, OUTCOME_UNREACHABLE, "connection refused when the plan was made"},
        {NULL, 0, 0, 0},
    };
    struct rollout_spec *spec = told_spec(hosts);
    struct event ev;
    spec->policy.max_failed = HOSTS_ANY;
    spec->policy.max_unavailable = (struct amount){.count = 100, .percent = true};
    told_create(s, spec, "anna", TITLE);
    scene_start(s);
    told_write(s, "db1");
    told_step(s, "db1", STEP_ARM, 100, NULL);
    told_step(s, "db1", STEP_RESTART, 150, NULL);
    told_wait(s, 5000);
    told_look(s, "db1", false, 1);
    told_fail(s, "db2", STEP_PREFLIGHT, E_AUTH, "the user name or the password is wrong", NULL);
    told_wait(s, s->g->spec->policy.restart_timeout_ms);
    ev = told_event(EV_HOST_FINISHED, "db1");
    ev.outcome = OUTCOME_UNREACHABLE;
    (void)snprintf(ev.why, sizeof ev.why, "went down to restart and did not come back within 20m");
    told_say(s, &ev);
    told_settle(s);
    assert_int_equal(engine_state(s->g), ROLLOUT_FINISHED);
}

#define EVIL_HTML "<img src=x onerror=alert(1)>"
#define EVIL_ESCAPE "\033[2J\033]0;owned\007web"
#define EVIL_RTL "web\xe2\x80\xae" \
                 "1bd\xe2\x81\xa6"

/* Names and reasons that want to be more than text. */
static inline void scene_hostile(struct told *s)
{
    static const struct told_host hosts[] = {
        {EVIL_HTML, 1, 0, 0},
        {EVIL_ESCAPE, 1, 0, 0},
        {EVIL_RTL, 1, 0, 0},
        {"\xc5\x99idici", 0, OUTCOME_SKIPPED, "\033[31mred\033[0m\n\nfake: all is well"},
        {NULL, 0, 0, 0},
    };
    struct rollout_spec *spec = told_spec(hosts);
    spec->policy.max_failed = HOSTS_ANY;
    spec->policy.max_unavailable = (struct amount){.count = 100, .percent = true};
    told_create(s, spec, "an\xe2\x80\xaena", "\033[1mtitle\033[0m\r\nRollout 1: all well");
    scene_start(s);
    told_host(s, EVIL_HTML);
    told_fail(s, EVIL_ESCAPE, STEP_PREFLIGHT, E_AUTH, "\033[8mhidden\033[0m", NULL);
    told_fail(s, EVIL_RTL, STEP_PREFLIGHT, E_CONNECT, "\xe2\x80\xaeno route", NULL);
}

#endif
