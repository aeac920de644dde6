/* STARTTLS over IMAP: RFC 3501 6.2.1, 7.1; RFC 2595 3. */
#include "handshake/dialect_parts.h"

enum { GREETING,
       STARTTLS };

static void imap_greeted(struct dialect_talk *t, struct rd line, struct wr *out)
{
    if (line_starts(line, "* OK")) {
        wr_view(out, rd_text("a1 STARTTLS\r\n"));
        t->stage = STARTTLS;
    } else if (line_starts(line, "* BYE") || line_starts(line, "* PREAUTH")) {
        dialect_refuse(t, "", line);
    } else {
        dialect_foreign(t, line);
    }
}

static void imap_answered(struct dialect_talk *t, struct rd line)
{
    if (line_starts(line, "A1 OK"))
        dialect_agree(t);
    else if (line_starts(line, "* BYE") || !line_starts(line, "* "))
        dialect_refuse(t, "", line);
}

static void imap_before(struct dialect_talk *t, struct rd *in, struct wr *out)
{
    struct rd line;
    while (t->outcome == DIALECT_TALKING && dialect_line(t, in, &line)) {
        if (t->stage == GREETING)
            imap_greeted(t, line, out);
        else
            imap_answered(t, line);
    }
}

const struct dialect dialect_imap = {
    .id = STARTTLS_IMAP,
    .words = "IMAP STARTTLS",
    .first = {(const uint8_t *)"*", 1, false},
    .before = imap_before,
};
