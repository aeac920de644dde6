/* The first byte chooses the dialect and the size of the pieces in which the rest comes. */
#include "handshake/listen_talk.h"

#include <stdlib.h>
#include <string.h>

static void check(bool holds)
{
    if (!holds)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct listen_talk t;
    struct wr out;
    if (n == 0)
        return 0;
    size_t piece = (size_t)(bytes[0] >> 4) * 7 + 1, end = 1, taken = 1;
    enum talk_step step = TALK_MORE;
    wr_init(&out, 0);
    listen_talk_init(&t, listen_dialect_at((bytes[0] & 15) % listen_dialect_count()));
    while (step == TALK_MORE) {
        struct rd in = rd_of(bytes + taken, end - taken);
        step = t.talk.kind->step(&t.talk, &in, &out);
        check(!in.bad);
        taken = end - in.left;
        if (step == TALK_MORE && end == n) {
            t.talk.kind->ended(&t.talk, TALK_END_RESET, in);
            break;
        }
        end += piece < n - end ? piece : n - end;
    }
    check(t.outcome != LISTEN_TALKING && wr_end(&out) == OK);
    check(strlen(t.before.said) < sizeof t.before.said);
    for (const char *at = t.before.said; *at != '\0'; at++)
        check(*at >= ' ' && *at < 0x7f);
    listen_talk_fini(&t);
    wr_fini(&out);
    return 0;
}
