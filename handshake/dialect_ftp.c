/* AUTH TLS over FTP: RFC 4217, 959. */
#include "handshake/dialect_parts.h"

enum { GREETING,
       AUTH_TLS,
       AUTH_SSL };

static void ftp_answer(struct dialect_talk *t, struct rd last, struct wr *out)
{
    bool passing = t->detail / 100 == 5;
    switch (t->stage) {
    case GREETING:
        if (t->detail == 120) /* ready in some minutes: another greeting follows */
            return;
        if (t->detail != 220)
            break;
        wr_view(out, rd_text("AUTH TLS\r\n"));
        t->stage = AUTH_TLS;
        return;
    case AUTH_TLS:
    case AUTH_SSL:
        if (t->detail == 234 || t->detail == 334) { /* 334: servers older than the RFC */
            dialect_agree(t);
            return;
        }
        if (t->stage == AUTH_SSL || !passing)
            break;
        wr_view(out, rd_text("AUTH SSL\r\n"));
        t->stage = AUTH_SSL;
        return;
    }
    dialect_refuse(t, "", last);
}

static void ftp_before(struct dialect_talk *t, struct rd *in, struct wr *out)
{
    struct rd last;
    while (t->outcome == DIALECT_TALKING && dialect_reply(t, in, &last))
        ftp_answer(t, last, out);
}

const struct dialect dialect_ftp = {
    .id = STARTTLS_FTP,
    .words = "FTP AUTH TLS",
    .first = {(const uint8_t *)"1245", 4, false},
    .before = ftp_before,
};
