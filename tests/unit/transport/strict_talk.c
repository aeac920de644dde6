#include "tests/unit/transport/strict_talk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define FAREWELL 4 /* the last pipe, which identity can do without: opened, bound, asked, closed */

static bool is_alike(const struct strict_answer_kind *a, const struct strict_answer_kind *b)
{
    return a->command == b->command && a->status == b->status && a->size == b->size &&
           a->sealed == b->sealed;
}

static unsigned count_alike(const struct strict_answer_kind *kinds, size_t from, size_t to,
                            size_t of)
{
    unsigned n = 0;

    for (size_t i = from; i < to; i++)
        n += is_alike(&kinds[i], &kinds[of]);
    return n;
}

struct talk talk_of(const char *rules, enum talk_choice choice)
{
    struct talk t = {0};
    struct strict_answer_kind kinds[STRICT_ANSWERS_MAX];
    struct world w;
    struct why why;

    world_start(&w, rules);
    if (world_talk(&w, WORLD_WAIT_MS, &why) != OK)
        fail_msg("%s: %s", why.place, why.text);
    strict_server_lock(w.server);
    for (size_t i = 0; i < STRICT_ANSWERS_MAX; i++)
        kinds[i] = strict_server_report(w.server)->kinds[i];
    strict_server_unlock(w.server);
    world_stop(&w);
    assert_in_range(w.messages, 5 + FAREWELL, STRICT_ANSWERS_MAX);
    t.all = w.messages - FAREWELL;
    for (size_t i = 0; i < t.all; i++) {
        unsigned before = count_alike(kinds, 0, i, i);

        if (before == 0 || (choice == TALK_BOUNDARIES &&
                            (before == 1 || count_alike(kinds, i + 1, t.all, i) == 0))) {
            t.at[t.n] = (unsigned)i + 1;
            t.kind[t.n++] = kinds[i];
        }
    }
    return t;
}
