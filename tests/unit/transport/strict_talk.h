/* tests/unit/transport/strict_talk.h: which answers of world_talk are worth lying in.
 * Shape:  answers are counted from 1, interim ones too, as the rule lie_at does. Those that look
 *         alike (same command, status and size) are of one kind: calls that many lanes make at
 *         once are not lied about one by one. */
#ifndef SWELL_TESTS_UNIT_TRANSPORT_STRICT_TALK_H
#define SWELL_TESTS_UNIT_TRANSPORT_STRICT_TALK_H

#include "tests/unit/transport/strict_world.h"

enum talk_choice {
    TALK_KINDS,     /* the first of each kind */
    TALK_BOUNDARIES /* the first two and the last of each kind */
};

struct talk {
    unsigned all; /* answers, without those that the client can do without at the end */
    size_t n;
    unsigned at[STRICT_ANSWERS_MAX];
    struct strict_answer_kind kind[STRICT_ANSWERS_MAX];
};

/* Of an honest talk under these rules; fails the test if it fails. */
struct talk talk_of(const char *rules, enum talk_choice choice);

#endif
