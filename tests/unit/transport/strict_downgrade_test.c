/* Somebody between the client and the host changes one field of the negotiation. The client must
 * find out and say so: below SMB 3.1.1 by asking the host what it negotiated (MS-SMB2 3.2.5.5,
 * 3.3.5.15.12), with 3.1.1 by the hash over the negotiation that the keys are made of
 * (3.2.5.3.1). */
#include "tests/support/man_between.h"
#include "tests/unit/transport/strict_world.h"
#include "transport/smb/header.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { /* in the request, 2.2.3 */
       Q_COUNT = 64 + 2,
       Q_MODE = 64 + 4,
       Q_CAPABILITIES = 64 + 8,
       Q_GUID = 64 + 12,
       Q_CONTEXTS_AT = 64 + 28,
       Q_CONTEXTS = 64 + 32,
       Q_DIALECTS = 64 + 36,
       /* in the answer, 2.2.4 */
       A_MODE = 64 + 2,
       A_DIALECT = 64 + 4,
       A_CONTEXTS = 64 + 6,
       A_GUID = 64 + 8,
       A_CAPABILITIES = 64 + 24,
       A_TRANSACT_MAX = 64 + 28,
       A_SYSTEM_TIME = 64 + 40,
       A_TOKEN = 64 + 64,
       A_CONTEXTS_AT = 64 + 60
};

#define CONTEXT_PREAUTH 1
#define CONTEXT_ENCRYPTION 2
#define CONTEXT_SIGNING 8
#define CONTEXT_HEAD 8

struct change {
    const char *what;
    const char *rules;
    bool from_client;
    size_t at;        /* from the header; 0: in the context */
    uint16_t context; /* this kind of context */
    size_t inside;    /* its data */
    uint8_t was, is;  /* 0, 0: the byte is inverted */
};

#define V311 ""
#define V302 "dialect_max=0x0302"
#define V300 "dialect_max=0x0300"
#define V210 "dialect_max=0x0210"
#define V202 "dialect_max=0x0202"

static const struct change changes[] = {
    {"3.1.1 is not offered", V311, true, Q_COUNT, 0, 0, 5, 4},
    {"3.0 and up are not offered", V311, true, Q_COUNT, 0, 0, 5, 2},
    {"2.0.2 alone is offered", V311, true, Q_COUNT, 0, 0, 5, 1},
    {"3.0.2 is not offered", V302, true, Q_COUNT, 0, 0, 5, 3},
    {"2.0.2 alone is offered", V302, true, Q_COUNT, 0, 0, 5, 1},
    {"2.1 is offered as another", V302, true, Q_DIALECTS + 2, 0, 0, 0x10, 0x11},
    {"3.1.1 is offered as another", V311, true, Q_DIALECTS + 8, 0, 0, 0x11, 0x12},
    {"the client's mode", V311, true, Q_MODE, 0, 0, 3, 1},
    {"the client's mode", V302, true, Q_MODE, 0, 0, 3, 1},
    {"the client's mode", V210, true, Q_MODE, 0, 0, 3, 1},
    {"the client's capabilities", V311, true, Q_CAPABILITIES, 0, 0, 0x44, 4},
    {"the client's capabilities", V302, true, Q_CAPABILITIES, 0, 0, 0x44, 4},
    {"the client's capabilities", V300, true, Q_CAPABILITIES, 0, 0, 0x44, 0x40},
    {"the client's guid", V311, true, Q_GUID, 0, 0, 0, 0},
    {"the client's guid", V300, true, Q_GUID + 15, 0, 0, 0, 0},
    {"the client's guid", V202, true, Q_GUID + 7, 0, 0, 0, 0},
    {"the client's contexts", V311, true, Q_CONTEXTS, 0, 0, 3, 2},
    {"the client's contexts", V311, true, Q_CONTEXTS, 0, 0, 3, 1},
    {"the client's salt", V311, true, 0, CONTEXT_PREAUTH, 6, 0, 0},
    {"the client's first cipher", V311, true, 0, CONTEXT_ENCRYPTION, 2, 4, 9},
    {"how many ciphers the client has", V311, true, 0, CONTEXT_ENCRYPTION, 0, 4, 1},
    {"the client's first signature", V311, true, 0, CONTEXT_SIGNING, 2, 2, 0},
    {"the chosen dialect", V311, false, A_DIALECT, 0, 0, 0x11, 0x02},
    {"the chosen dialect", V302, false, A_DIALECT, 0, 0, 0x02, 0x00},
    {"the host's mode", V311, false, A_MODE, 0, 0, 3, 1},
    {"the host's mode", V302, false, A_MODE, 0, 0, 3, 1},
    {"the host's mode", V202, false, A_MODE, 0, 0, 3, 1},
    {"the host's guid", V311, false, A_GUID, 0, 0, 0, 0},
    {"the host's guid", V300, false, A_GUID + 15, 0, 0, 0, 0},
    {"the host's guid", V210, false, A_GUID + 3, 0, 0, 0, 0},
    {"the host's capabilities", V311, false, A_CAPABILITIES, 0, 0, 4, 0},
    {"the host's capabilities", V302, false, A_CAPABILITIES, 0, 0, 0x44, 4},
    {"the host's capabilities", V210, false, A_CAPABILITIES, 0, 0, 4, 0},
    {"the size of a message", V311, false, A_TRANSACT_MAX + 1, 0, 0, 0, 0},
    {"the host's clock", V311, false, A_SYSTEM_TIME, 0, 0, 0, 0},
    {"the host's token", V311, false, A_TOKEN + 20, 0, 0, 0, 0},
    {"the host's contexts", V311, false, A_CONTEXTS, 0, 0, 3, 2},
    {"the host's salt", V311, false, 0, CONTEXT_PREAUTH, 6, 0, 0},
    {"the chosen cipher", V311, false, 0, CONTEXT_ENCRYPTION, 2, 4, 1},
    {"the chosen cipher", V311, false, 0, CONTEXT_ENCRYPTION, 2, 4, 0},
    {"the chosen signature", V311, false, 0, CONTEXT_SIGNING, 2, 2, 1},
};

/* Where in the message this context's byte is. */
static size_t context_find(const struct change *c, struct rd message)
{
    struct rd at = message, count = message, r = message;
    uint32_t from;
    uint16_t n;

    rd_skip(&at, c->from_client ? Q_CONTEXTS_AT : A_CONTEXTS_AT);
    from = rd_le32(&at);
    rd_skip(&count, c->from_client ? Q_CONTEXTS : A_CONTEXTS);
    n = rd_le16(&count);
    rd_skip(&r, from);
    for (uint16_t i = 0; i < n && !r.bad; i++) {
        size_t begin;
        uint16_t type, size;

        rd_align(&r, message.at, 8);
        begin = message.left - r.left;
        type = rd_le16(&r);
        size = rd_le16(&r);
        if (type == c->context)
            return begin + CONTEXT_HEAD + c->inside;
        rd_skip(&r, 4);
        rd_skip(&r, size);
    }
    return SIZE_MAX;
}

struct meddler {
    const struct change *change;
    unsigned done;
    bool wrong; /* what should have been there was not */
};

static void meddle(void *self, bool from_client, unsigned n, struct wr *message)
{
    struct meddler *m = self;
    const struct change *c = m->change;
    size_t at;

    if (c == NULL || n != 0 || from_client != c->from_client)
        return;
    at = c->at != 0 ? c->at : context_find(c, wr_view_of(message));
    if (at >= message->used || (c->was != c->is && message->bytes[at] != c->was)) {
        m->wrong = true;
        return;
    }
    message->bytes[at] = c->was == c->is ? (uint8_t)~message->bytes[at] : c->is;
    m->done++;
}

static enum err talk_with_somebody_between(const char *rules, struct meddler *m, struct why *why)
{
    struct man_between between = {.change = meddle, .self = m};
    struct world w;
    enum err e;

    world_start(&w, rules);
    between.host_port = strict_server_port(w.server);
    between_start(&between);
    w.target.port = between.port;
    e = world_talk(&w, WORLD_WAIT_MS, why);
    between_stop(&between);
    world_stop_unjudged(&w);
    return e;
}

static void who_changes_nothing_is_not_noticed(void **state)
{
    static const char *const rules[] = {V311, V302, V300, V210, V202};

    (void)state;
    for (size_t i = 0; i < COUNT(rules); i++) {
        struct meddler m = {0};
        struct why why = {0};

        if (talk_with_somebody_between(rules[i], &m, &why) != OK)
            fail_msg("%s: %s: %s", rules[i], why.place, why.text);
    }
}

static void every_change_of_the_negotiation_is_found_out_and_told(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(changes); i++) {
        struct meddler m = {.change = &changes[i]};
        struct why why = {0};
        enum err e = talk_with_somebody_between(changes[i].rules, &m, &why);

        if (m.wrong || m.done == 0)
            fail_msg("%s (%s): the negotiation has another form", changes[i].what,
                     changes[i].rules);
        if (e != E_SECURITY || strstr(why.text, "changed on its way (a downgrade)") == NULL)
            fail_msg("%s (%s): %s: %s: %s", changes[i].what, changes[i].rules, err_name(e),
                     why.place, why.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_changes_nothing_is_not_noticed),
        cmocka_unit_test(every_change_of_the_negotiation_is_found_out_and_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
