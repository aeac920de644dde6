/* Promise 1: nothing is written to a host before its before-image is on disk. The fake hosts look
 * into the database file themselves, each time that somebody is about to write to them. */
#include "tests/support/story.h"

#include "controller/app.h"
#include "controller/detail.h"
#include "report/row.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

struct looking {
    _Atomic int writes, restarts, flaws;
    char flaw[400]; /* of one of them */
};

struct looking_for {
    const struct fleet_act *act;
    bool has_image, has_intent;
};

static bool is_about(const struct change *c, const struct reg_op *op)
{
    return path_equal(&c->path, op->path) && !c->name == !op->name &&
           (!c->name || reg_name_equal(c->name, op->name));
}

/* The image of this value says what the host has at this moment. */
static bool image_is_right(const struct change *c, const struct fleet_act *act)
{
    char now[FLEET_CODE_SIZE];
    struct text key = {0}, was = {0};
    bool right;
    path_put_code(&key, &c->path);
    value_put_code(&was, &c->before);
    if (c->name)
        right = strcmp(text_str(&was),
                       fleet_host_code(act->host, text_str(&key), c->name, now)) == 0;
    else
        right = c->before.absent != fleet_host_has_key(act->host, text_str(&key));
    text_fini(&key);
    text_fini(&was);
    return right;
}

static enum err see(void *self, const struct journal_row *row)
{
    struct looking_for *l = self;
    struct event ev;
    struct change *changes = NULL;
    size_t n = 0;
    enum err e = report_read_row(row, &ev, NULL);
    if (e != OK)
        return e;
    if (ev.kind == EV_INTENT)
        l->has_intent |= ev.step == STEP_APPLY || ev.step == STEP_ARM;
    if (ev.kind == EV_OUTCOME && ev.step == STEP_SNAPSHOT && ev.err == OK)
        e = detail_read_snapshot(ev.detail, &changes, &n);
    for (size_t i = 0; i < n; i++) {
        if (is_about(&changes[i], l->act->op) && image_is_right(&changes[i], l->act))
            l->has_image = true;
        change_fini(&changes[i]);
    }
    free(changes);
    event_fini(&ev);
    return e;
}

static bool is_marker(const struct fleet_act *act)
{
    return strstr(act->op->path->key, "Swell Boot Marker") != NULL;
}

static void look_into_database(struct story *s, const struct fleet_act *act)
{
    struct looking *found = s->self;
    struct looking_for l = {.act = act};
    struct journal_filter f = {.rollout = s->rollout, .host = fleet_host_name(act->host)};
    struct store *st = NULL;
    struct why why = {0};
    if (act->call != FLEET_WRITE || act->phase != FLEET_BEFORE)
        return;
    enum err e = store_open_readonly(s->db, &st, &why);
    if (e == OK)
        e = journal_read(st, &f, see, &l, &why);
    store_close(st);
    atomic_fetch_add(&found->writes, 1);
    if (e == OK && l.has_intent && (l.has_image || is_marker(act)))
        return;
    if (atomic_fetch_add(&found->flaws, 1) == 0)
        snprintf(found->flaw, sizeof found->flaw, "%s: %.150s\\%.40s: %s %.80s%s%s",
                 fleet_host_name(act->host), act->op->path->key,
                 act->op->name ? act->op->name : "(the key)", err_name(e), why.text,
                 l.has_intent ? "" : " no intent", l.has_image ? "" : " no image");
}

static void assert_no_flaw(const struct looking *l, int writes)
{
    if (l->flaws)
        fail_msg("%d writes without a before-image; one: %s", l->flaws, l->flaw);
    assert_int_equal(l->writes, writes);
}

#define WRITES 15 /* of the usual playbook on one host, the boot marker included */

static void promise_1_each_write_finds_its_before_image_in_the_database(void **state)
{
    struct looking l = {0};
    struct story *s = *state;
    story_begin(s, "web[1:4]\n");
    s->self = &l;
    s->on_act = look_into_database;
    story_apply(s);
    story_all_ended(s, OUTCOME_CHANGED);
    assert_no_flaw(&l, 4 * WRITES);
    story_rollback(s);
    story_all_ended(s, OUTCOME_ROLLED_BACK);
    if (l.flaws)
        fail_msg("%d writes without a before-image; one: %s", l.flaws, l.flaw);
    assert_true(l.writes > 4 * WRITES);
    story_end(s);
}

/* From the first outcome on the database cannot grow any more. */
static void fill_disk(struct story *s, const struct engine *g, const struct event *ev)
{
    const struct rlimit none = {.rlim_cur = 1, .rlim_max = 1};
    (void)s;
    (void)g;
    if (ev->kind != EV_OUTCOME || ev->step != STEP_PREFLIGHT)
        return;
    (void)signal(SIGXFSZ, SIG_IGN);
    (void)setrlimit(RLIMIT_FSIZE, &none);
}

static void promise_1_nothing_is_written_when_the_image_cannot_be_kept(void **state)
{
    struct story *s = *state;
    story_begin(s, "web1\n");
    story_plan(s);
    story_create(s);
    s->on_event = fill_disk;
    assert_int_equal(story_run_apart(s), E_IO);
    assert_int_equal(fleet_host_tally(story_host(s, "web1")).calls[FLEET_WRITE], 0);
    s->on_event = NULL;
    story_run(s); /* there is room again */
    story_all_ended(s, OUTCOME_CHANGED);
    story_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY_TEST(promise_1_each_write_finds_its_before_image_in_the_database),
        STORY_TEST(promise_1_nothing_is_written_when_the_image_cannot_be_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
