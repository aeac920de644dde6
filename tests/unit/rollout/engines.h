/* tests/unit/rollout/engines.h: are two engines in the same state, field by field? */
#ifndef SWELL_TESTS_UNIT_ROLLOUT_ENGINES_H
#define SWELL_TESTS_UNIT_ROLLOUT_ENGINES_H

#include "rollout/engine.h"
#include "tests/unit/rollout/events.h"

struct engine_field {
    const char *name;
    size_t at, size;
    bool text; /* what is after its NUL does not count */
};

#define FIELD_OF(type, member, is_text)                                                     \
    {                                                                                       \
#member, offsetof(struct type, member), sizeof(((struct type *)0)->member), is_text \
    }
#define HOST_FIELD(member) FIELD_OF(host_run, member, false)
#define HOST_TEXT(member) FIELD_OF(host_run, member, true)
#define ENGINE_FIELD(member) FIELD_OF(engine, member, false)
#define ENGINE_TEXT(member) FIELD_OF(engine, member, true)

/* All of it but the last look, which the journal does not hold: last, last_look_ms, refusals,
 * last_why, and the wait that follows from it. */
static const struct engine_field host_fields[] = {
    HOST_FIELD(state),
    HOST_FIELD(attempt),
    HOST_FIELD(outcome),
    HOST_TEXT(why),
    HOST_FIELD(ending),
    HOST_FIELD(intent_open),
    HOST_FIELD(intent),
    HOST_FIELD(tries),
    HOST_FIELD(started_ms),
    HOST_FIELD(since_ms),
    HOST_FIELD(finished_ms),
    HOST_FIELD(changed),
    HOST_FIELD(owes_restart),
    HOST_FIELD(to_change),
    HOST_FIELD(written),
    HOST_FIELD(foreign),
    HOST_FIELD(may_be_down),
    HOST_FIELD(armed),
    HOST_FIELD(before.has_guid),
    HOST_FIELD(before.guid),
    HOST_FIELD(before.has_start),
    HOST_FIELD(before.start),
    HOST_FIELD(before.has_boot),
    HOST_FIELD(before.boot_ms),
    HOST_FIELD(before.has_shutdown),
    HOST_FIELD(before.shutdown),
    HOST_FIELD(before.marker),
    HOST_FIELD(asked),
    HOST_FIELD(fate_unknown),
    HOST_FIELD(was_going_down),
    HOST_FIELD(settled),
    HOST_FIELD(first_asked_ms),
    HOST_FIELD(asked_ms),
    HOST_FIELD(down_ms),
    HOST_FIELD(up_ms),
    HOST_FIELD(quiet_until_ms),
    HOST_FIELD(down_seen),
    HOST_FIELD(down_again),
    HOST_FIELD(back.has_guid),
    HOST_FIELD(back.guid),
    HOST_FIELD(back.has_start),
    HOST_FIELD(back.start),
    HOST_FIELD(back.has_boot),
    HOST_FIELD(back.boot_ms),
    HOST_FIELD(back.has_shutdown),
    HOST_FIELD(back.shutdown),
    HOST_FIELD(back.marker),
    HOST_FIELD(restarts),
    HOST_FIELD(quiet_passed),
    HOST_FIELD(restart_proved),
    HOST_FIELD(check_failed),
    HOST_TEXT(witnesses),
};

static const struct engine_field engine_fields[] = {
    ENGINE_FIELD(rollout),
    ENGINE_FIELD(max_failed),
    ENGINE_FIELD(promoted),
    ENGINE_FIELD(paused),
    ENGINE_FIELD(aborted),
    ENGINE_FIELD(finished),
    ENGINE_FIELD(budget_spent),
    ENGINE_FIELD(retried),
    ENGINE_TEXT(why),
    ENGINE_TEXT(by),
    ENGINE_TEXT(title),
    ENGINE_FIELD(created_ms),
    ENGINE_FIELD(changed_ms),
    ENGINE_FIELD(last_seq),
};

/* The name of the first field that differs, or NULL. */
static inline const char *field_difference(const struct engine_field *fields, size_t n,
                                           const void *a, const void *b)
{
    for (size_t i = 0; i < n; i++) {
        const char *x = (const char *)a + fields[i].at, *y = (const char *)b + fields[i].at;
        if (fields[i].text ? strcmp(x, y) != 0 : memcmp(x, y, fields[i].size) != 0)
            return fields[i].name;
    }
    return NULL;
}

static inline const char *host_difference(const struct host_run *a, const struct host_run *b)
{
    return field_difference(host_fields, COUNT(host_fields), a, b);
}

static inline void assert_same_engine(const struct engine *a, const struct engine *b)
{
    const char *differs = field_difference(engine_fields, COUNT(engine_fields), a, b);
    if (differs)
        fail_msg("the rollouts differ in %s", differs);
    assert_true((a->spec == NULL) == (b->spec == NULL));
    if (!a->spec)
        return;
    assert_int_equal(a->spec->n_hosts, b->spec->n_hosts);
    assert_int_equal(a->spec->n_waves, b->spec->n_waves);
    for (size_t i = 0; i < a->spec->n_hosts; i++)
        if ((differs = host_difference(&a->hosts[i], &b->hosts[i])))
            fail_msg("host %s differs in %s", a->spec->hosts[i].name, differs);
    for (int32_t w = 0; w < a->spec->n_waves; w++) {
        assert_int_equal(a->waves[w].state, b->waves[w].state);
        assert_true(a->waves[w].started_ms == b->waves[w].started_ms);
        assert_true(a->waves[w].passed_ms == b->waves[w].passed_ms);
        assert_int_equal(a->waves[w].hosts, b->waves[w].hosts);
    }
}

#endif
