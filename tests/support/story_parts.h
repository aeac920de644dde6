/* tests/support/story_parts.h: what the files of a story share. */
#ifndef SWELL_TESTS_SUPPORT_STORY_PARTS_H
#define SWELL_TESTS_SUPPORT_STORY_PARTS_H

#include "tests/support/story.h"

/* Ends this process as a power cut would, but for the hosts, which stay as they are. */
_Noreturn void story_die(struct story *s);

#endif
