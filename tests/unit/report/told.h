/* tests/unit/report/told.h: rollouts told event by event, as the journal would have them: each one
 * is encoded and decoded once, folded into the engine and seen by the report. */
#ifndef SWELL_TESTS_REPORT_TOLD_H
#define SWELL_TESTS_REPORT_TOLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/file.h"
#include "report/history.h"
#include "report/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOLD_BEGIN_MS 1795226584000 /* 2026-11-21 02:03:04 UTC */

struct told {
    struct engine *g;
    struct report *r;
    struct history *history; /* or NULL */
    int64_t rollout, seq, now_ms;
    struct why why;
};

static inline void assert_ok(enum err e, const struct why *why)
{
    char line[700];
    if (e != OK)
        fail_msg("%s: %s", err_name(e), why_line(why, line, sizeof line));
}

/* Sends an event by way of the journal's form. What is in it is freed. */
static inline enum err told_try(struct told *s, struct event *ev)
{
    struct event back;
    char *body = NULL;
    enum err e;
    ev->seq = ++s->seq;
    ev->at_ms = s->now_ms;
    ev->rollout = s->rollout;
    assert_int_equal(event_encode(ev, &body), OK);
    assert_ok(event_decode(event_kind_name(ev->kind), body, &back, &s->why), &s->why);
    back.seq = ev->seq;
    back.at_ms = ev->at_ms;
    back.rollout = ev->rollout;
    memcpy(back.host, ev->host, sizeof back.host);
    free(body);
    e = s->history ? history_see(s->history, &back, &s->why) : OK;
    if (e == OK)
        e = engine_fold(s->g, &back, &s->why);
    if (e == OK)
        e = report_see(s->r, s->g, &back, &s->why);
    event_fini(&back);
    return e;
}

static inline void told_say(struct told *s, struct event *ev)
{
    assert_ok(told_try(s, ev), &s->why);
}

static inline void told_wait(struct told *s, int64_t ms)
{
    s->now_ms += ms;
}

/* Hosts in waves: {"h1", 1, OUTCOME_NONE, NULL} … ; ends with a name of NULL. */
struct told_host {
    const char *name;
    int32_t wave;
    enum outcome left_out;
    const char *why;
};

static inline struct rollout_spec *told_spec(const struct told_host *hosts)
{
    struct rollout_spec *spec = calloc(1, sizeof *spec);
    assert_non_null(spec);
    spec->policy = policy_default();
    memset(spec->plan, 'a', 64);
    memcpy(spec->plan, "3f2a91c04b7e", 12);
    while (hosts[spec->n_hosts].name)
        spec->n_hosts++;
    spec->hosts = calloc(spec->n_hosts, sizeof *spec->hosts);
    assert_non_null(spec->hosts);
    for (size_t i = 0; i < spec->n_hosts; i++) {
        spec->hosts[i] = (struct spec_host){.name = str_dup(hosts[i].name),
                                            .wave = hosts[i].wave,
                                            .left_out = hosts[i].left_out,
                                            .why = str_dup(hosts[i].why)};
        spec->n_waves = hosts[i].wave > spec->n_waves ? hosts[i].wave : spec->n_waves;
    }
    return spec;
}

static inline void told_create(struct told *s, struct rollout_spec *spec, const char *by,
                               const char *title)
{
    struct event ev = {.kind = EV_ROLLOUT_CREATED, .spec = spec};
    if (!s->rollout)
        s->rollout = 12;
    if (!s->now_ms)
        s->now_ms = TOLD_BEGIN_MS;
    if (!s->seq)
        s->seq = 100;
    s->g = engine_new();
    s->r = report_new();
    assert_non_null(s->g);
    assert_non_null(s->r);
    (void)snprintf(ev.by, sizeof ev.by, "%s", by);
    (void)snprintf(ev.comment, sizeof ev.comment, "%s", title);
    told_say(s, &ev);
    spec_free(spec);
    told_wait(s, 900);
}

static inline void told_end(struct told *s)
{
    report_free(s->r);
    engine_free(s->g);
    *s = (struct told){0};
}

static inline struct event told_event(enum event_kind kind, const char *host)
{
    struct event ev = {.kind = kind};
    (void)snprintf(ev.host, sizeof ev.host, "%s", host);
    return ev;
}

static inline int32_t told_attempt(const struct told *s, const char *host)
{
    size_t at = 0;
    assert_true(engine_find(s->g, host, &at));
    return s->g->hosts[at].attempt;
}

/* --- the rollout --- */
static inline void told_decide(struct told *s, enum event_kind kind, const char *by,
                               const char *why, int32_t wave)
{
    struct event ev = {.kind = kind, .wave = wave};
    (void)snprintf(ev.by, sizeof ev.by, "%s", by);
    (void)snprintf(kind == EV_PROMOTED ? ev.comment : ev.why, sizeof ev.why, "%s", why);
    ev.budget = kind == EV_PAUSED && strstr(why, "budget") != NULL;
    told_say(s, &ev);
}

/* All that the engine decides by itself now. */
static inline void told_settle(struct told *s)
{
    struct event ev;
    while (engine_decide(s->g, s->now_ms, &ev))
        told_say(s, &ev);
}

static inline void told_retry(struct told *s, const char *by, const char *host)
{
    char *names[] = {str_dup(host)};
    struct event ev = {.kind = EV_RETRIED, .hosts = names, .n_hosts = 1};
    (void)snprintf(ev.by, sizeof ev.by, "%s", by);
    told_say(s, &ev);
    free(names[0]);
}

/* --- a host --- */

/* "@NAME": the file of that name under tests/vectors/report; otherwise JSON, with ' for ". */
static inline char *told_detail(const char *detail)
{
    char path[256], *s = NULL;
    struct text t = {0};
    struct why why = {0};
    if (!detail || detail[0] != '@') {
        s = str_dup(detail);
        for (char *c = s; c && *c; c++)
            *c = *c == '\'' ? '"' : *c;
        return s;
    }
    (void)snprintf(path, sizeof path, TEST_ROOT "/tests/vectors/report/%s", detail + 1);
    assert_ok(file_read(path, FILE_LIMIT_DEFAULT, &t, &why), &why);
    assert_int_equal(text_take(&t, &s), OK);
    return s;
}

static inline struct event told_outcome(const struct told *s, const char *host, enum step step,
                                        const char *detail)
{
    struct event ev = told_event(EV_OUTCOME, host);
    ev.step = step;
    ev.attempt = told_attempt(s, host);
    ev.detail = told_detail(detail);
    return ev;
}

static inline void told_step(struct told *s, const char *host, enum step step, int64_t ms,
                             const char *detail)
{
    struct event ev;
    if (step_needs_intent(step)) {
        ev = told_event(EV_INTENT, host);
        ev.step = step;
        ev.attempt = told_attempt(s, host);
        told_say(s, &ev);
    }
    told_wait(s, ms);
    ev = told_outcome(s, host, step, detail);
    ev.asked = step == STEP_RESTART;
    ev.needs_restart = step == STEP_SNAPSHOT && !(detail && strstr(detail, "-again"));
    ev.to_change = ev.needs_restart ? 3 : 0;
    ev.written = step == STEP_APPLY ? 3 : 0;
    if (step == STEP_ARM)
        ev.seen = (struct observation){
            .reachable = true,
            .authenticated = true,
            .set = {.has_guid = true, .guid = {1}, .marker = MARKER_PRESENT}};
    told_say(s, &ev);
    free(ev.detail);
}

static inline void told_fail(struct told *s, const char *host, enum step step, enum err err,
                             const char *why, const char *detail)
{
    struct event ev = told_outcome(s, host, step, detail);
    ev.err = err;
    (void)snprintf(ev.why, sizeof ev.why, "%s", why);
    told_say(s, &ev);
    free(ev.detail);
    told_settle(s);
}

static inline void told_look(struct told *s, const char *host, bool reachable, uint8_t guid)
{
    struct event ev = told_outcome(s, host, STEP_LOOK, NULL);
    ev.seen = (struct observation){
        .reachable = reachable,
        .authenticated = reachable,
        .set = {.has_guid = reachable,
                .guid = {guid},
                .marker = reachable ? MARKER_ABSENT : MARKER_UNKNOWN}};
    told_say(s, &ev);
}

static inline void told_check(struct told *s, const char *host, enum check check, const char *why,
                              const char *detail)
{
    struct event ev = told_outcome(s, host, STEP_VERIFY, detail);
    ev.check = check;
    (void)snprintf(ev.why, sizeof ev.why, "%s", why);
    told_say(s, &ev);
    free(ev.detail);
    told_settle(s);
}

/* Preflight, snapshot, apply: in about two seconds. */
static inline void told_write(struct told *s, const char *host)
{
    told_step(s, host, STEP_PREFLIGHT, 300, "@preflight.json");
    told_step(s, host, STEP_SNAPSHOT, 200, "@snapshot.json");
    told_step(s, host, STEP_APPLY, 700, "@applied.json");
}

/* Asked to restart, seen down, back, and quiet for a while. */
static inline void told_restart(struct told *s, const char *host)
{
    told_step(s, host, STEP_ARM, 100, NULL);
    told_step(s, host, STEP_RESTART, 150, NULL);
    told_wait(s, 4000);
    told_look(s, host, false, 1);
    told_wait(s, 37000);
    told_look(s, host, true, 2);
    told_wait(s, policy_default().restart_quiet_ms);
    told_look(s, host, true, 2);
    told_settle(s);
}

/* The whole road of a host on which all goes well; one that was written to before finds its own
 * work. */
static inline void told_host(struct told *s, const char *host)
{
    size_t at = 0;
    assert_true(engine_find(s->g, host, &at));
    if (s->g->hosts[at].changed) {
        told_step(s, host, STEP_PREFLIGHT, 300, "@preflight-again.json");
        told_step(s, host, STEP_SNAPSHOT, 200, "@snapshot-again.json");
    } else {
        told_write(s, host);
        told_restart(s, host);
    }
    told_wait(s, 800);
    told_check(s, host, CHECK_PASSED, "", "@verified.json");
}

/* The text is what the file under tests/vectors/report says; SWELL_GOLDEN_WRITE=1 writes it. */
static inline void assert_golden(const char *name, const struct text *t)
{
    char path[256];
    struct text want = {0};
    struct why why = {0};
    (void)snprintf(path, sizeof path, TEST_ROOT "/tests/vectors/report/%s", name);
    assert_int_equal(text_end(t), OK);
    if (getenv("SWELL_GOLDEN_WRITE"))
        assert_ok(file_write(path, text_str(t), t->used, 0644, &why), &why);
    assert_ok(file_read(path, FILE_LIMIT_DEFAULT, &want, &why), &why);
    assert_string_equal(text_str(t), text_str(&want));
    text_fini(&want);
}

#endif
