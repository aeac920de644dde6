#include "transport/smb/many.h"

static enum err one_take(struct smb_connection *c, const struct smb_many *m, struct why *why)
{
    struct smb_answer a;
    size_t i = 0;
    enum err e = smb_receive(c, &a, &i, why);

    return e == OK ? m->take(m->self, i, &a, why) : e;
}

enum err smb_exchange_many(struct smb_connection *c, const struct smb_many *m, size_t n,
                           struct why *why)
{
    size_t sent = 0;
    enum err e = OK;

    if (!c->broken && c->n_flight > 0)
        return why_set(why, E_INTERNAL, "other requests are under way");
    while (e == OK && (sent < n || c->n_flight > 0)) {
        if (sent < n && (smb_can_send(c) || c->n_flight == 0)) {
            m->put(m->self, sent, smb_request(c, m->command));
            e = smb_send(c, sent++, why); /* without a credit it says so */
        } else {
            e = one_take(c, m, why);
        }
    }
    if (c->n_flight > 0)
        c->broken = true;
    return e;
}
