/* tests/unit/rollout/test.h: what the tests of this folder share. */
#ifndef SWELL_TESTS_UNIT_ROLLOUT_TEST_H
#define SWELL_TESTS_UNIT_ROLLOUT_TEST_H

#include "base/err.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static inline void must(enum err e, const struct why *why)
{
    if (e != OK)
        fail_msg("%s: %s %s", err_name(e), why->place, why->text);
}

#endif
