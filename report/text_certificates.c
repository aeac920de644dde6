/* Ports that show another certificate than before the change, and what else is worth telling of
 * hosts that are well. */
#include "report/text_parts.h"

#include <string.h>

#define CHANGED_MAX 30
#define THUMBPRINT_SHOWN 12

static void put_one(struct telling *k, const char *host, const struct report_port *p)
{
    struct text t = {0};
    text_printf(&t, "%s %u%s%s: %.*s", host, p->port, p->dialect[0] ? " " : "", p->dialect,
                THUMBPRINT_SHOWN, p->before.thumbprint);
    text_printf(&t, "%s %s %.*s%s", page_more(k->p), page_arrow(k->p), THUMBPRINT_SHOWN,
                p->after.thumbprint, page_more(k->p));
    text_put(k->t, "  ");
    page_said(k->p, k->t, text_str(&t));
    text_char(k->t, '\n');
    k->t->bad |= t.bad;
    text_fini(&t);
}

void tell_certificates(struct telling *k)
{
    size_t changed = 0;
    for (size_t i = 0; i < k->g->spec->n_hosts; i++) {
        const struct report_host *h = &k->r->hosts[i];
        for (size_t n = 0; n < h->n_ports; n++) {
            const struct report_port *p = &h->ports[n];
            if (!p->before.thumbprint || !p->after.thumbprint ||
                strcmp(p->before.thumbprint, p->after.thumbprint) == 0)
                continue;
            if (changed == 0)
                page_heading(k->p, k->t, "Certificates that changed (SHA-1 thumbprints)");
            if (changed++ < CHANGED_MAX)
                put_one(k, k->g->spec->hosts[i].name, p);
        }
    }
    if (changed > CHANGED_MAX)
        text_printf(k->t, "  and %zu more\n", changed - CHANGED_MAX);
}

static bool is_note(const struct report_finding *f)
{
    return f->verdict == CHECK_PASSED &&
           (!f->explain || strcmp(f->explain, "certificate-changed") != 0);
}

/* Of hosts that are not well, all findings stand with the host. */
void tell_notes(struct telling *k)
{
    size_t told = 0;
    for (size_t i = 0; i < k->g->spec->n_hosts; i++) {
        const struct report_host *h = &k->r->hosts[i];
        for (size_t n = 0; n < h->n_findings; n++) {
            struct text t = {0};
            if (!is_note(&h->findings[n]))
                continue;
            if (told == 0)
                page_heading(k->p, k->t, "Worth knowing");
            if (told++ >= CHANGED_MAX)
                continue;
            text_printf(&t, "  %s  ", k->g->spec->hosts[i].name);
            size_t line = k->t->used, column = t.used;
            page_said(k->p, k->t, text_str(&t));
            page_wrap(k->p, k->t, &line, column, h->findings[n].text);
            text_char(k->t, '\n');
            text_fini(&t);
        }
    }
    if (told > CHANGED_MAX)
        text_printf(k->t, "  and %zu more\n", told - CHANGED_MAX);
}
