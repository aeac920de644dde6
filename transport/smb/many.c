#include "transport/smb/many.h"

/* Requests that are repeated once the session is renewed (3.2.5.1.6), each of them once: its tag
 * is then one behind all of the first ones. */
struct again {
    size_t of[SMB_FLIGHT_MAX];
    size_t n;
    bool expired;
};

static enum err one_send(struct smb_connection *c, const struct smb_many *m, size_t i, size_t tag,
                         struct why *why)
{
    m->put(m->self, i, smb_request(c, m->command));
    return smb_send(c, tag, why); /* without a credit it says so */
}

static enum err one_take(struct smb_connection *c, const struct smb_many *m, size_t n,
                         struct again *again, struct why *why)
{
    struct smb_answer a;
    size_t tag = 0;
    enum err e = smb_receive(c, &a, &tag, why);

    if (e != OK)
        return e;
    if (tag >= n || !smb_is_expired(c, &a))
        return m->take(m->self, tag < n ? tag : tag - n, &a, why);
    again->expired = true; /* nothing more is sent now: what expires is of one flight */
    again->of[again->n++] = tag;
    return OK;
}

enum err smb_exchange_many(struct smb_connection *c, const struct smb_many *m, size_t n,
                           struct why *why)
{
    struct again again = {0};
    size_t sent = 0;
    enum err e = OK;

    if (!c->broken && c->n_flight > 0)
        return why_set(why, E_INTERNAL, "other requests are under way");
    while (e == OK && (sent < n || c->n_flight > 0 || again.n > 0)) {
        bool may_send = !again.expired && (smb_can_send(c) || c->n_flight == 0);

        if (again.expired && c->n_flight == 0) {
            again.expired = false;
            e = smb_renew(c, why);
        } else if (may_send && again.n > 0) {
            size_t i = again.of[--again.n];

            e = one_send(c, m, i, i + n, why);
        } else if (may_send && sent < n) {
            e = one_send(c, m, sent, sent, why);
            sent++;
        } else {
            e = one_take(c, m, n, &again, why);
        }
    }
    if (c->n_flight > 0)
        c->broken = true;
    return e;
}
