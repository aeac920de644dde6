/* Two hundred hosts and thirty-two hands, with every trouble that a host can have: each ends as its
 * own trouble says, and nobody else's. */
#include "tests/support/story.h"

#include "report/verdict.h"

static void write_denied(struct fleet_host *h)
{
    fleet_host_fault(h, (struct fleet_fault){.call = FLEET_WRITE, .from = 6, .err = E_DENIED});
}

static void write_answer_lost(struct fleet_host *h)
{
    fleet_host_fault(h, (struct fleet_fault){
                            .call = FLEET_WRITE, .phase = FLEET_AFTER, .from = 4, .err = E_CUT});
}

static void write_lost(struct fleet_host *h)
{
    fleet_host_fault(h, (struct fleet_fault){.call = FLEET_WRITE, .from = 9, .err = E_UNAVAILABLE});
}

static void read_cut(struct fleet_host *h)
{
    fleet_host_fault(h,
                     (struct fleet_fault){.call = FLEET_READ, .from = 1, .times = 2, .err = E_CUT});
}

static void request_lost(struct fleet_host *h)
{
    fleet_host_fault(h, (struct fleet_fault){.call = FLEET_RESTART, .err = E_CUT});
}

static void restart_answer_lost(struct fleet_host *h)
{
    fleet_host_fault(
        h, (struct fleet_fault){.call = FLEET_RESTART, .phase = FLEET_AFTER, .err = E_TIMEOUT});
}

static void manner(struct fleet_host *h, enum fleet_manner m)
{
    fleet_host_restarting(
        h, (struct fleet_restarting){.manner = m, .away_ms = 20000, .again_ms = 5000});
}

static void never_back(struct fleet_host *h)
{
    manner(h, FLEET_NEVER_BACK);
}

static void twice(struct fleet_host *h)
{
    manner(h, FLEET_TWICE);
}

static void ignores(struct fleet_host *h)
{
    manner(h, FLEET_IGNORES);
}

static void service_only(struct fleet_host *h)
{
    manner(h, FLEET_SERVICE_ONLY);
}

static void tls_stuck(struct fleet_host *h)
{
    fleet_host_tls(h, FLEET_TLS_STUCK);
}

static void slow(struct fleet_host *h)
{
    fleet_host_fault(
        h, (struct fleet_fault){.call = FLEET_OPEN, .times = FLEET_FOREVER, .delay_ms = 3});
}

static void none(struct fleet_host *h)
{
    (void)h;
}

static const struct trouble {
    void (*make)(struct fleet_host *h);
    enum outcome outcome;
    uint32_t boots;
} troubles[] = {
    {none, OUTCOME_CHANGED, 1},
    {write_denied, OUTCOME_FAILED, 0},
    {write_answer_lost, OUTCOME_CHANGED, 1},
    {write_lost, OUTCOME_CHANGED, 1},
    {read_cut, OUTCOME_CHANGED, 1},
    {none, OUTCOME_CHANGED, 1},
    {request_lost, OUTCOME_CHANGED, 1},
    {restart_answer_lost, OUTCOME_CHANGED, 1},
    {never_back, OUTCOME_UNREACHABLE, 0},
    {twice, OUTCOME_CHANGED, 2},
    {none, OUTCOME_CHANGED, 1},
    {ignores, OUTCOME_FAILED, 0},
    {service_only, OUTCOME_INCONCLUSIVE, 0},
    {tls_stuck, OUTCOME_FAILED, 1},
    {slow, OUTCOME_CHANGED, 1},
    {none, OUTCOME_CHANGED, 1},
};

static void make_troubles(struct story *s)
{
    for (size_t i = 0; i < s->inventory->n_hosts; i++)
        troubles[i % COUNT(troubles)].make(story_host(s, s->inventory->hosts[i].name));
}

static void assert_each_by_its_trouble(struct story *s)
{
    for (size_t i = 0; i < s->inventory->n_hosts; i++) {
        const struct trouble *t = &troubles[i % COUNT(troubles)];
        const char *name = s->inventory->hosts[i].name;
        struct fleet_tally tally = fleet_host_tally(story_host(s, name));
        story_ended(s, name, t->outcome);
        assert_int_equal(tally.boots, t->boots);
        assert_in_range(tally.restarts_asked, t->make == write_denied ? 0 : 1, 1);
        assert_true(story_is_applied(s, name) || t->make == write_denied);
    }
}

static void two_hundred_hosts_each_end_by_their_own_trouble(void **state)
{
    struct story *s = *state;
    story_begin(s, "web[001:200]\n");
    s->forks = 32;
    s->policy.max_unavailable = (struct amount){60, true};
    s->policy.restart_timeout_ms = 2000000;
    s->policy.look_ms = 20;
    story_plan(s);
    make_troubles(s); /* after the plan, which reads too */
    story_create(s);
    story_run(s);
    assert_int_equal(engine_state(s->end), ROLLOUT_FINISHED);
    assert_each_by_its_trouble(s);
    assert_in_range(fleet_most(s->fleet).touched, 20, 120);
    assert_int_equal(report_exit_bits(s->end),
                     REPORT_BIT_FAILED | REPORT_BIT_UNREACHABLE | REPORT_BIT_HANDSHAKE);
    story_end(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        STORY_TEST(two_hundred_hosts_each_end_by_their_own_trouble),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
