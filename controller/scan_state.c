#include "controller/scan_state.h"

#include <stdio.h>

static bool holds(const struct port_more *m, uint32_t suite)
{
    for (size_t i = 0; i < m->n_suites; i++)
        if (m->suites[i] == suite)
            return true;
    return false;
}

/* The kinds of SSL 2.0, of three bytes, are no suites; a list that is cut is not complete. */
static void suites_put(const struct scan_version *v, struct port_more *m)
{
    m->suites_complete = m->suites_complete && v->complete;
    for (size_t i = 0; i < v->n_suites; i++) {
        if (v->suites[i] > UINT16_MAX || holds(m, v->suites[i]))
            continue;
        if (m->n_suites == PORT_SUITES_MAX) {
            m->suites_complete = false;
            return;
        }
        m->suites[m->n_suites++] = (uint16_t)v->suites[i];
    }
}

static void more_put(const struct scan_result *r, struct port_more *m)
{
    bool accepted = false, doubt = false;
    m->suites_complete = true;
    for (size_t v = 0; v < TLS_VERSIONS; v++) {
        accepted = accepted || r->versions[v].answer.seen == SEEN_ACCEPTED;
        doubt = doubt || r->versions[v].answer.seen == SEEN_INCONCLUSIVE;
        if (r->versions[v].answer.seen == SEEN_ACCEPTED)
            suites_put(&r->versions[v], m);
    }
    m->suites_seen = accepted;
    m->suites_complete = m->suites_complete && accepted && !doubt;
    m->dh_bits = r->dh.bits;
    if (r->dh.export_bits > 0 && (m->dh_bits == 0 || r->dh.export_bits < m->dh_bits))
        m->dh_bits = r->dh.export_bits;
    port_more_of_handshake(&r->whole, m);
}

void port_state_of_scan(const struct scan_result *r, bool whole, struct port_state *out)
{
    *out = (struct port_state){.port = r->port, .open = r->open};
    (void)snprintf(out->dialect, sizeof out->dialect, "%s", r->dialect);
    for (size_t v = 0; v < TLS_VERSIONS; v++)
        out->answers[v] = r->versions[v].answer;
    if (whole)
        more_put(r, &out->more);
}
