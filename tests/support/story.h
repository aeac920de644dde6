/* tests/support/story.h: a whole rollout on a fake fleet, told as a test: database, inventory,
 * playbook, planner, runner and rollback are the real ones, called as the command line calls them;
 * only hosts, handshakes and the clock are the test's.
 * Shape:  story_begin makes a folder with a database and a fleet with a host for each line of the
 *         inventory; a story goes on with story_plan, story_create, story_run and so on, and ends
 *         with story_end, which looks whether the promises that no test may break were kept.
 *         A step that fails fails the test; story_try_… return what happened instead.
 *             static void wave_two_waits_for_wave_one(void **state)
 *             {
 *                 struct story *s = *state; …
 *             STORY_TEST(wave_two_waits_for_wave_one)
 * Units:  _ms are of the story's clock, which is STORY_SPEED times as fast as ours.
 * Owns:   what is in struct story is the story's, and goes with it when the test is over. */
#ifndef SWELL_TESTS_SUPPORT_STORY_H
#define SWELL_TESTS_SUPPORT_STORY_H

#include "controller/planner.h" /* before cmocka, which has a macro named fail */
#include "controller/rollback.h"
#include "controller/runner.h"
#include "tests/support/fleet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define STORY_SPEED 1000
#define STORY_USER ".\\swell"
#define STORY_APP "HKLM\\SOFTWARE\\Vendor\\App"
#define STORY_NEW "HKLM\\SOFTWARE\\Vendor\\New\\Deep"
#define STORY_TLS10 FLEET_SCHANNEL "\\TLS 1.0\\Server"
#define STORY_TLS12 FLEET_SCHANNEL "\\TLS 1.2\\Server"

struct story;
/* After each event that is committed; in the thread that decides. */
typedef void story_event_fn(struct story *s, const struct engine *g, const struct event *ev);
/* At each act of each call (tests/support/fleet.h); in the worker's thread: no assertions. */
typedef void story_act_fn(struct story *s, const struct fleet_act *act);
typedef bool story_crash_fn(struct story *s, const struct fleet_act *act);

struct story {
    char folder[64], db[96], password_file[96];
    struct clock clock;
    int64_t began_mono_ms, began_real_ms;
    struct fleet *fleet;
    struct world world;
    struct inventory *inventory;
    struct playbook *playbook;
    const char *user;
    struct credentials *credentials;
    struct policy policy;
    int forks;
    const char *limit;
    struct plan *plan;
    int64_t rollout;    /* the last one made */
    struct engine *end; /* of the last run */
    volatile sig_atomic_t stop;
    bool may_wake; /* RemoteRegistry, everywhere */
    bool tampered; /* the test spoilt the record itself: no audit at the end */
    story_event_fn *on_event;
    story_act_fn *on_act;
    story_crash_fn *crash_when; /* in a child that is to be killed */
    struct story_event_name {   /* and so is this */
        bool wanted;
        enum event_kind kind;
        enum step step;
        const char *host;
    } crash_event;
    void *self; /* the test's */
};

/* --- begin and end --- */
#define STORY_TEST(test) cmocka_unit_test_setup_teardown(test, story_setup, story_teardown)
int story_setup(void **state);
int story_teardown(void **state);
void story_begin(struct story *s, const char *inventory_ini);
void story_playbook(struct story *s, const char *yaml); /* in place of the usual one */
void story_login(struct story *s, const char *user, const char *password);
void story_end(struct story *s);
/* A policy that is quick on the story's clock: one wave, no delays, no limits. */
struct policy story_policy(void);
struct fleet_host *story_host(struct story *s, const char *name);

/* --- as the command line does it --- */
struct store *story_store(struct story *s); /* another handle on the database; store_close */
enum err story_try_plan(struct story *s, struct why *why);
void story_plan(struct story *s);
enum err story_try_create(struct story *s, struct why *why);
void story_create(struct story *s);
enum err story_try_run(struct story *s, struct why *why);
void story_run(struct story *s);   /* until it is at rest; s->end */
void story_apply(struct story *s); /* plan, create, run */
enum err story_try_rollback(struct story *s, const struct rollback_scope *scope, struct why *why);
/* Of s->rollout, all of it, and run; the new one is s->rollout then. */
void story_rollback(struct story *s);
void story_say(struct story *s, struct event ev);    /* pause, abort, promote … from elsewhere */
void story_retry(struct story *s, const char *host); /* and run */

/* As story_try_run, in a child process; for a test that spoils its own process. */
enum err story_run_apart(struct story *s);

/* --- crashes --- */
/* Runs in a child process that is killed (SIGKILL) at the first act for which when says so; true
 * if that ever was, false if the run came to its end. */
bool story_crash(struct story *s, story_crash_fn *when);
/* The same, while a plan is made. */
bool story_crash_plan(struct story *s, story_crash_fn *when);
/* Is killed once it has committed this event (host NULL: of any host). */
bool story_crash_at_event(struct story *s, enum event_kind kind, enum step step, const char *host);

/* --- what came of it --- */
enum outcome story_outcome(const struct story *s, const char *host);
void story_because(const struct story *s, const char *host, const char *words); /* in its reason */
/* Ended so, or the test fails. */
void story_ended(const struct story *s, const char *host, enum outcome o);
void story_all_ended(const struct story *s, enum outcome o);
int64_t story_events(struct story *s, int64_t rollout, const char *host, enum event_kind kind,
                     enum step step); /* step STEPS: any; how many there are */
/* When the first of them was; 0 if there is none. */
int64_t story_event_ms(struct story *s, int64_t rollout, const char *host, enum event_kind kind,
                       enum step step);
/* The first thing that was done to the host's registry, and the last; 0 if nothing was. */
int64_t story_first_write_ms(struct story *s, const char *host);
/* Does the host have what the usual playbook wants? */
bool story_is_applied(struct story *s, const char *host);

/* As somebody with the sqlite3 program would do it. */
void story_sql(struct story *s, const char *sql);
int story_sql_try(struct story *s, const char *sql); /* SQLite's result */
/* Runs the program itself: words end with NULL; its standard output and error go to out, one after
 * the other. Returns its exit code. */
int story_program(struct story *s, struct text *out, ...);

#endif
