/* STARTTLS over SMTP: RFC 3207, 5321. */
#include "handshake/dialect_parts.h"

enum { GREETING,
       EHLO,
       STARTTLS };

static void smtp_before(struct dialect_talk *t, struct rd *in, struct wr *out)
{
    struct rd last;
    while (t->outcome == DIALECT_TALKING && dialect_reply(t, in, &last)) {
        if (t->stage == GREETING && t->detail == 220) {
            wr_view(out, rd_text("EHLO swell.invalid\r\n"));
        } else if (t->stage == EHLO && t->detail == 250) {
            /* Asked for even if it was not offered: the answer is the server's own. */
            wr_view(out, rd_text("STARTTLS\r\n"));
        } else if (t->stage == STARTTLS && t->detail == 220) {
            dialect_agree(t);
        } else {
            dialect_refuse(t, "", last);
        }
        t->stage++;
    }
}

const struct dialect dialect_smtp = {
    .id = STARTTLS_SMTP,
    .words = "SMTP STARTTLS",
    .first = {(const uint8_t *)"245", 3, false},
    .before = smtp_before,
};
