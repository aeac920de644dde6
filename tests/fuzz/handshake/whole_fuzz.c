/* A server that answers a whole handshake with anything, in two pieces, and then ends as it likes.
 * Shape:  byte 0: how it ends; byte 1: where the first piece ends, in 16ths; the rest is said. */
#include "handshake/certificate.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    const struct whole_options o = {
        .name = "fuzz.test", .lowest = TLS_1_0, .highest = TLS_1_3, .now_unix = 1800000000};
    struct whole_talk *w;
    struct handshake_seen seen;
    struct wr out;
    if (n < 2 || whole_talk_new(&o, &w, NULL) != OK)
        return 0;
    struct talk *t = whole_talk_of(w);
    size_t first = (n - 2) * (bytes[1] & 15) / 16;
    struct rd none = {0}, pieces[2] = {rd_of(bytes + 2, first),
                                       rd_of(bytes + 2 + first, n - 2 - first)};
    wr_init(&out, 0);
    enum talk_step step = t->kind->step(t, &none, &out);
    for (size_t i = 0; i < 2 && step == TALK_MORE; i++)
        if (pieces[i].left > 0)
            step = t->kind->step(t, &pieces[i], &out);
    if (step == TALK_MORE)
        t->kind->ended(t, (enum talk_end)(bytes[0] & 3), none);
    wr_fini(&out);
    whole_talk_take(w, &seen);
    if (seen.outcome == HANDSHAKE_DONE) /* nobody guesses a Finished */
        abort();
    handshake_seen_fini(&seen);
    whole_talk_free(w);
    return 0;
}
