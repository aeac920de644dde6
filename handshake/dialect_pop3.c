/* STLS over POP3: RFC 2595 4, 1939. */
#include "handshake/dialect_parts.h"

enum { GREETING,
       STLS };

static void pop3_before(struct dialect_talk *t, struct rd *in, struct wr *out)
{
    struct rd line;
    while (t->outcome == DIALECT_TALKING && dialect_line(t, in, &line)) {
        bool good = line_starts(line, "+OK");
        if (!good && t->stage == GREETING && !line_starts(line, "-ERR")) {
            dialect_foreign(t, line);
        } else if (!good) {
            dialect_refuse(t, "", line);
        } else if (t->stage == STLS) {
            dialect_agree(t);
        } else {
            wr_view(out, rd_text("STLS\r\n"));
            t->stage = STLS;
        }
    }
}

const struct dialect dialect_pop3 = {
    .id = STARTTLS_POP3,
    .words = "POP3 STLS",
    .first = {(const uint8_t *)"+-", 2, false},
    .before = pop3_before,
};
