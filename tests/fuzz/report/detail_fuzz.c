/* Details of an event as a damaged journal may hold them: the first byte is the step. */
#include "report/host.h"

#include "base/text.h"

#include <stdlib.h>

#define SNAPSHOT                                                     \
    "{\"items\":[{\"path\":\"HKLM\\\\A\",\"name\":\"B\",\"before\":" \
    "\"absent\",\"goal\":\"0:\",\"effect\":\"none\"}]}"

/* A before-image, so that what was done has something that it was done to. */
static void snapshot_see(struct report_host *h, struct intern *in)
{
    struct host_run run = {.state = HOST_APPLY};
    struct event ev = {.kind = EV_OUTCOME, .seq = 1, .step = STEP_SNAPSHOT};
    ev.detail = str_dup(SNAPSHOT);
    if (ev.detail && host_report_see(h, in, &run, &ev, NULL) != OK)
        abort();
    event_fini(&ev);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct host_run run = {.state = HOST_VERIFY};
    struct event ev = {.kind = EV_OUTCOME, .seq = 1, .host = "web1"};
    struct report_host h = {0};
    struct intern *in = intern_new();
    struct why why = {0};
    if (n > 1 && in && (ev.detail = str_dup_n((const char *)bytes + 1, n - 1))) {
        ev.step = (enum step)(bytes[0] % STEPS);
        run.changed = bytes[0] & 0x80;
        snapshot_see(&h, in);
        /* Twice: a later attempt meets what an earlier one left. */
        for (int i = 0; i < 2; i++)
            if (host_report_see(&h, in, &run, &ev, &why) != OK && why.text[0] == '\0')
                abort();
    }
    event_fini(&ev);
    host_report_fini(&h);
    intern_free(in);
    return 0;
}
