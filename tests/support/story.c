#include "tests/support/story.h"

#include "controller/app.h"
#include "controller/audit.h"
#include "controller/cli/wakes.h"
#include "controller/credentials.h"
#include "db/host_table.h"
#include "inventory/pattern.h"
#include "tests/support/story_parts.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A key that is made with the one above it, a value that changes its type, one that goes, one that
 * is right already, and what Schannel reads. */
static const char usual_playbook[] =
    "playbook: story\n"
    "title: TLS 1.0 off\n"
    "guards:\n"
    "  - {that: os.build >= 7601, why: no TLS 1.2 before}\n"
    "settings:\n"
    "  - key: " STORY_TLS12 "\n"
    "    values: {Enabled: dword 1, DisabledByDefault: dword 0}\n"
    "  - key: " STORY_TLS10 "\n"
    "    values: {Enabled: dword 0, DisabledByDefault: dword 1}\n"
    "  - key: " STORY_APP "\n"
    "    values: {Mode: dword 5, Legacy: absent, Right: sz yes, Odd: sz even}\n"
    "  - key: " STORY_NEW "\n"
    "    values: {Made: sz by Swell}\n"
    "verify:\n"
    "  - {port: 443, tls1.0: refused, tls1.2: accepted}\n";

static void must(enum err e, const struct why *why, const char *doing)
{
    char line[700];
    if (e != OK)
        fail_msg("%s: %s: %s", doing, err_name(e), why_line(why, line, sizeof line));
}

static int64_t story_mono(void *self)
{
    const struct story *s = self;
    return (clock_mono_ms() - s->began_mono_ms) * STORY_SPEED;
}

static int64_t story_real(void *self)
{
    const struct story *s = self;
    return s->began_real_ms + story_mono(self);
}

struct policy story_policy(void)
{
    struct policy p = policy_default();
    p.serial[0] = (struct amount){100, true};
    p.n_serial = 1;
    p.max_failed = HOSTS_ANY;
    p.restart_timeout_ms = (int64_t)2 * 3600 * 1000;
    p.restart_quiet_ms = 30000;
    p.restart_settle_ms = 30000;
    p.look_ms = 5; /* the runner waits so long on our clock */
    p.verify_timeout_ms = 60000;
    return p;
}

static void file_put(const char *path, const char *bytes)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(bytes, f) >= 0);
    assert_int_equal(fclose(f), 0);
    assert_int_equal(chmod(path, 0600), 0);
}

void story_login(struct story *s, const char *user, const char *password)
{
    s->user = user;
    file_put(s->password_file, password);
}

void story_playbook(struct story *s, const char *yaml)
{
    struct why why = {0};
    playbook_free(s->playbook);
    s->playbook = NULL;
    must(playbook_read_yaml("story.yaml", yaml, strlen(yaml), &s->playbook, &why), &why,
         "the playbook");
}

static void import(struct story *s, const char *ini)
{
    struct inventory *read = NULL;
    struct why why = {0};
    struct store *st;
    must(inventory_read_ini("story.ini", ini, strlen(ini), &read, &why), &why, "the inventory");
    must(store_create(s->db, &why), &why, "the database");
    st = story_store(s);
    must(host_table_replace(st, read, NULL, &why), &why, "the import");
    must(host_table_load(st, &s->inventory, &why), &why, "the import read back");
    store_close(st);
    inventory_free(read);
}

static void furnish(struct fleet_host *h)
{
    fleet_host_put(h, STORY_APP, "Mode", "1:6f006c0064000000");
    fleet_host_put(h, STORY_APP, "Legacy", "3:deadbeef");
    fleet_host_put(h, STORY_APP, "Right", "1:7900650073000000");
    fleet_host_put(h, STORY_APP, "Odd", "4:010203");   /* a dword of three bytes */
    fleet_host_put(h, STORY_APP, "Theirs", "42:00ff"); /* a type of their own */
}

static void on_act(void *self, const struct fleet_act *act)
{
    struct story *s = self;
    if (s->on_act)
        s->on_act(s, act);
    if (s->crash_when && s->crash_when(s, act))
        story_die(s);
}

void story_begin(struct story *s, const char *inventory_ini)
{
    const char *top = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    *s = (struct story){.forks = 8, .user = STORY_USER, .policy = story_policy()};
    snprintf(s->folder, sizeof s->folder, "%s/swell-story-XXXXXX", top);
    assert_non_null(mkdtemp(s->folder));
    snprintf(s->db, sizeof s->db, "%s/swell.db", s->folder);
    snprintf(s->password_file, sizeof s->password_file, "%s/password", s->folder);
    story_login(s, STORY_USER, FLEET_PASSWORD);
    s->began_mono_ms = clock_mono_ms();
    s->began_real_ms = clock_real_ms();
    s->clock = (struct clock){.mono_ms = story_mono, .real_ms = story_real, .self = s};
    s->fleet = fleet_new(&s->clock);
    fleet_hook(s->fleet, on_act, s);
    import(s, inventory_ini);
    for (size_t i = 0; i < s->inventory->n_hosts; i++)
        furnish(fleet_host_add(s->fleet, s->inventory->hosts[i].name,
                               host_var_get(&s->inventory->hosts[i], "swell_affinity")));
    story_playbook(s, usual_playbook);
    s->world = (struct world){.transport = &fleet_transport,
                              .probe = fleet_probe,
                              .look = fleet_look,
                              .clock = &s->clock,
                              .transport_world = s->fleet};
}

struct fleet_host *story_host(struct story *s, const char *name)
{
    struct fleet_host *h = fleet_host_find(s->fleet, name);
    assert_non_null(h);
    return h;
}

struct store *story_store(struct story *s)
{
    struct store *st = NULL;
    struct why why = {0};
    must(store_open(s->db, &st, &why), &why, "open the database");
    return st;
}

static enum err login(struct story *s, const bool *chosen, struct why *why)
{
    struct invocation inv = {
        .values = {[OPT_USER] = s->user, [OPT_PASSWORD_FILE] = s->password_file}};
    credentials_free(s->credentials);
    s->credentials = NULL;
    return credentials_load(&inv, s->inventory, chosen, &s->credentials, why);
}

static enum err owed_of(struct story *s, struct store *st, bool *owed, struct why *why)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < s->inventory->n_hosts; i++) {
        struct ledger_entry entry = {0};
        if ((e = app_ledger(st, s->inventory->hosts[i].name, &entry, why)) == OK)
            owed[i] = entry.owed;
    }
    return e;
}

enum err story_try_plan(struct story *s, struct why *why)
{
    size_t n = s->inventory->n_hosts;
    bool *chosen = calloc(n + 1, sizeof *chosen), *owed = calloc(n + 1, sizeof *owed);
    struct store *st = story_store(s);
    struct invocation inv = {
        .values = {[OPT_DB] = s->db, [OPT_WAKE] = s->may_wake ? "" : NULL}};
    struct wakes wakes = {0};
    enum err e;
    plan_free(s->plan);
    s->plan = NULL;
    if ((e = pattern_select(s->inventory, s->limit, chosen, why)) != OK ||
        (e = login(s, chosen, why)) != OK || (e = owed_of(s, st, owed, why)) != OK ||
        (e = wakes_load(&inv, st, s->inventory, chosen, &wakes, why)) != OK)
        goto out;
    struct planning pl = {.world = &s->world,
                          .inventory = s->inventory,
                          .chosen = chosen,
                          .owed = owed,
                          .playbook = s->playbook,
                          .credentials = s->credentials,
                          .step_timeout_ms = s->policy.step_timeout_ms,
                          .again_ms = 20, /* twenty seconds of the story */
                          .forks = s->forks};
    wakes_give(&wakes, &pl);
    e = planner_run(&pl, &s->plan, why);
out:
    wakes_fini(&wakes);
    store_close(st);
    free(chosen);
    free(owed);
    return e;
}

void story_plan(struct story *s)
{
    struct why why = {0};
    must(story_try_plan(s, &why), &why, "plan");
}

enum err story_try_create(struct story *s, struct why *why)
{
    struct store *st = story_store(s);
    enum err e = rollout_create(st, s->plan, &s->policy, "the test", s->plan->title,
                                s->clock.real_ms(s), &s->rollout, why);
    store_close(st);
    return e;
}

void story_create(struct story *s)
{
    struct why why = {0};
    must(story_try_create(s, &why), &why, "create");
}

static void on_progress(void *self, const struct engine *g, const struct event *ev)
{
    struct story *s = self;
    const struct story_event_name *c = &s->crash_event;
    if (!ev)
        return;
    if (s->on_event)
        s->on_event(s, g, ev);
    if (c->wanted && ev->kind == c->kind && (c->step == STEPS || ev->step == c->step) &&
        (!c->host || strcmp(ev->host, c->host) == 0))
        story_die(s);
}

enum err story_try_run(struct story *s, struct why *why)
{
    size_t n = s->inventory->n_hosts;
    bool *chosen = calloc(n + 1, sizeof *chosen);
    struct running r = {.world = &s->world,
                        .inventory = s->inventory,
                        .rollout = s->rollout,
                        .forks = s->forks,
                        .by = "the test",
                        .stop = &s->stop,
                        .progress = on_progress,
                        .self = s};
    enum err e;
    engine_free(s->end);
    s->end = NULL;
    if ((e = store_open(s->db, &r.store, why)) == OK &&
        (e = store_lock_controller(r.store, why)) == OK &&
        (e = pattern_select(s->inventory, s->limit, chosen, why)) == OK &&
        (e = login(s, chosen, why)) == OK) {
        r.credentials = s->credentials;
        e = runner_run(&r, &s->end, why);
    }
    store_close(r.store);
    free(chosen);
    return e;
}

void story_run(struct story *s)
{
    struct why why = {0};
    must(story_try_run(s, &why), &why, "run");
}

void story_apply(struct story *s)
{
    story_plan(s);
    story_create(s);
    story_run(s);
}

enum err story_try_rollback(struct story *s, const struct rollback_scope *scope, struct why *why)
{
    struct store *st = story_store(s);
    enum err e;
    plan_free(s->plan);
    s->plan = NULL;
    e = rollback_plan(st, s->rollout, scope, s->clock.real_ms(s), &s->plan, why);
    store_close(st);
    return e == OK ? story_try_create(s, why) : e;
}

void story_rollback(struct story *s)
{
    struct rollback_scope all = {0};
    struct why why = {0};
    must(story_try_rollback(s, &all, &why), &why, "rollback");
    story_run(s);
}

void story_say(struct story *s, struct event ev)
{
    struct why why = {0};
    struct store *st = story_store(s);
    must(rollout_append(st, s->rollout, &ev, s->clock.real_ms(s), &why), &why, "append");
    store_close(st);
}

void story_retry(struct story *s, const char *host)
{
    char *hosts[] = {str_dup(host)};
    story_say(s, (struct event){.kind = EV_RETRIED, .hosts = hosts, .n_hosts = 1});
    free(hosts[0]);
    story_run(s);
}

static void folder_remove(const char *folder)
{
    DIR *d = opendir(folder);
    struct dirent *entry;
    assert_non_null(d);
    while ((entry = readdir(d)) != NULL) {
        struct text path = {0};
        text_printf(&path, "%s/%s", folder, entry->d_name);
        (void)unlink(text_str(&path));
        text_fini(&path);
    }
    closedir(d);
    assert_int_equal(rmdir(folder), 0);
}

/* Whatever happened: the record is whole and makes sense, and no request for a restart arrived
 * that was not noted before. */
static void check_promises(struct story *s)
{
    struct audit_result proof = {0};
    struct why why = {0};
    struct store *st = story_store(s);
    must(audit_verify(st, &proof, &why), &why, "the audit at the end");
    store_close(st);
    for (size_t i = 0; i < s->inventory->n_hosts; i++) {
        const char *name = s->inventory->hosts[i].name;
        int64_t noted = 0;
        for (int64_t r = 1; r <= proof.rollouts; r++)
            noted += story_events(s, r, name, EV_INTENT, STEP_RESTART);
        assert_true(fleet_host_tally(story_host(s, name)).restarts_asked <= noted);
    }
}

void story_end(struct story *s)
{
    if (!s->tampered)
        check_promises(s);
}

int story_setup(void **state)
{
    *state = calloc(1, sizeof(struct story));
    return *state ? 0 : -1;
}

int story_teardown(void **state)
{
    struct story *s = *state;
    engine_free(s->end);
    plan_free(s->plan);
    credentials_free(s->credentials);
    playbook_free(s->playbook);
    inventory_free(s->inventory);
    fleet_free(s->fleet);
    if (s->folder[0])
        folder_remove(s->folder);
    free(s);
    return 0;
}
