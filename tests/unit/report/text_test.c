#include "report/text.h"

#include "tests/unit/report/scenes.h"

typedef void scene(struct told *s);

static void check_text(scene *play, const char *golden)
{
    static const struct page plain = {.utf8 = true};
    struct told s = scene_begin();
    struct text t = {0};
    play(&s);
    assert_int_equal(report_put_text(s.r, &plain, &t), OK);
    assert_golden(golden, &t);
    text_fini(&t);
    told_end(&s);
}

static void rollout_where_all_went_well_is_told_on_a_screen(void **state)
{
    (void)state;
    check_text(scene_all_well, "all-well.txt");
}

static void failed_canary_is_told_first_and_with_its_reason(void **state)
{
    (void)state;
    check_text(scene_canary_failed, "canary-failed.txt");
}

static void host_that_was_tried_again_keeps_its_first_before_image(void **state)
{
    (void)state;
    check_text(scene_retried, "retried.txt");
}

static void rollback_says_what_was_left_to_somebody_else(void **state)
{
    (void)state;
    check_text(scene_rolled_back, "rolled-back.txt");
}

static void host_that_never_came_back_is_not_called_down_for_sure(void **state)
{
    (void)state;
    check_text(scene_never_back, "never-back.txt");
}

static void hostile_names_are_only_text(void **state)
{
    (void)state;
    check_text(scene_hostile, "hostile.txt");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rollout_where_all_went_well_is_told_on_a_screen),
        cmocka_unit_test(failed_canary_is_told_first_and_with_its_reason),
        cmocka_unit_test(host_that_was_tried_again_keeps_its_first_before_image),
        cmocka_unit_test(rollback_says_what_was_left_to_somebody_else),
        cmocka_unit_test(host_that_never_came_back_is_not_called_down_for_sure),
        cmocka_unit_test(hostile_names_are_only_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
