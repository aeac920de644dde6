/* The details of outcome events, as controller/detail.h describes them. They come from our own
 * journal; one that was damaged or written by a newer program is refused, with its place. */
#include "report/host_parts.h"

#include "base/text.h"
#include "registry/path.h"
#include "registry/value.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define PLACE_SIZE 64

struct taking {
    struct report_host *h;
    struct intern *in;
    const struct event *ev;
    struct why *why;
    enum err e; /* the first failure; nothing is taken after it */
};

static void refuse(struct taking *k, const char *place, const char *expected)
{
    if (k->e == OK)
        k->e = why_set(k->why, E_CORRUPT,
                       "event %lld (outcome %s of %s): its details have no good '%s': %s expected",
                       (long long)k->ev->seq, step_name(k->ev->step), k->ev->host, place, expected);
}

static void starve(struct taking *k)
{
    if (k->e == OK)
        k->e = E_MEMORY;
}

static const char *keep(struct taking *k, const char *s)
{
    const char *kept = intern_text(k->in, s);
    if (!kept)
        starve(k);
    return kept;
}

/* NULL and no complaint if it is not there. */
static const char *text_if_any(struct taking *k, const json_t *o, const char *name)
{
    const json_t *v = json_object_get(o, name);
    if (!v)
        return NULL;
    if (!json_is_string(v)) {
        refuse(k, name, "a text");
        return NULL;
    }
    return keep(k, json_string_value(v));
}

static const char *text_needed(struct taking *k, const json_t *o, const char *name)
{
    const char *s = text_if_any(k, o, name);
    if (!s)
        refuse(k, name, "a text");
    return s;
}

static uint64_t number(struct taking *k, const json_t *o, const char *name, uint64_t most)
{
    const json_t *v = json_object_get(o, name);
    json_int_t n = json_integer_value(v);
    if (v && (!json_is_integer(v) || n < 0 || (uint64_t)n > most))
        refuse(k, name, "a number of its range");
    return k->e == OK ? (uint64_t)n : 0;
}

static bool truth(struct taking *k, const json_t *o, const char *name)
{
    const json_t *v = json_object_get(o, name);
    if (v && !json_is_boolean(v))
        refuse(k, name, "true or false");
    return json_is_true(v);
}

/* One of the words; 0 and no complaint if it is not there. */
static int word(struct taking *k, const json_t *o, const char *name, const char *(*words)(int),
                int n)
{
    const char *s = text_if_any(k, o, name);
    for (int i = 0; s && i < n; i++)
        if (strcmp(words(i), s) == 0)
            return i;
    if (s)
        refuse(k, name, "a word that this version knows");
    return 0;
}

static const char *did_word(int i)
{
    return did_name((enum did)i);
}

static const char *seen_word(int i)
{
    return report_seen_name((enum report_seen)i);
}

static const char *verdict_word(int i)
{
    return check_name((enum check)i);
}

static const char *version_word(int i)
{
    return tls_version_name((enum tls_version)i);
}

/* An array, or NULL: it is not there, or was refused. */
static const json_t *list_of(struct taking *k, const json_t *o, const char *name)
{
    const json_t *list = json_object_get(o, name);
    if (list && !json_is_array(list))
        refuse(k, name, "a list");
    return json_is_array(list) ? list : NULL;
}

static void texts_take(struct taking *k, const json_t *o, const char *name, const char ***list,
                       uint32_t *n)
{
    const json_t *from = list_of(k, o, name);
    *n = 0;
    for (size_t i = 0; k->e == OK && i < json_array_size(from); i++) {
        const char *s = json_string_value(json_array_get(from, i));
        const char **to;
        if (!s)
            refuse(k, name, "a list of texts");
        else if ((to = LIST_ADD(*list, *n)) != NULL)
            *to = keep(k, s);
        else
            starve(k);
    }
}

/* --- the before-image, and what was written --- */

static const char *value_needed(struct taking *k, const json_t *o, const char *name)
{
    struct reg_value v = {0};
    const char *code = text_needed(k, o, name);
    enum err e = code ? value_from_code(code, &v) : OK;
    value_fini(&v);
    if (e == E_MEMORY)
        starve(k);
    else if (e != OK)
        refuse(k, name, "TYPE:HEX or absent");
    return code;
}

static const char *path_needed(struct taking *k, const json_t *o)
{
    struct reg_path p = {0};
    const char *code = text_needed(k, o, "path");
    enum err e = code ? path_from_code(code, &p) : OK;
    path_fini(&p);
    if (e == E_MEMORY)
        starve(k);
    else if (e != OK)
        refuse(k, "path", "a registry path");
    return code;
}

/* The lists of one host keep their order from step to step, so the first guess is nearly always
 * right. Equal texts are equal pointers. */
static struct report_item *item_find(struct report_host *h, size_t guess, const char *path,
                                     const char *name)
{
    if (guess < h->n_items && h->items[guess].path == path && h->items[guess].name == name)
        return &h->items[guess];
    for (size_t i = 0; i < h->n_items; i++)
        if (h->items[i].path == path && h->items[i].name == name)
            return &h->items[i];
    return NULL;
}

static void item_take(struct taking *k, const json_t *o, size_t guess)
{
    struct report_item it = {
        .path = path_needed(k, o),
        .name = text_if_any(k, o, "name"),
        .before = value_needed(k, o, "before"),
        .goal = value_needed(k, o, "goal"),
        .why = text_if_any(k, o, "why"),
    };
    const char *effect = text_needed(k, o, "effect");
    if (effect && strcmp(effect, "restart") != 0 && strcmp(effect, "none") != 0)
        refuse(k, "effect", "restart or none");
    if (k->e != OK)
        return;
    it.needs_restart = strcmp(effect, "restart") == 0;
    if (item_find(k->h, guess, it.path, it.name))
        return; /* of an earlier attempt that may have written: that one is the before-image */
    struct report_item *to = LIST_ADD(k->h->items, k->h->n_items);
    if (to)
        *to = it;
    else
        starve(k);
}

static void snapshot_take(struct taking *k, const json_t *o, bool written)
{
    const json_t *items = list_of(k, o, "items");
    if (!written)
        k->h->n_items = 0;
    for (size_t i = 0; k->e == OK && i < json_array_size(items); i++)
        item_take(k, json_array_get(items, i), i);
    texts_take(k, o, "moved", &k->h->moved, &k->h->n_moved);
}

static void did_take(struct taking *k, const json_t *o, size_t guess)
{
    const char *path = path_needed(k, o), *name = text_if_any(k, o, "name");
    enum did did = (enum did)word(k, o, "did", did_word, DIDS);
    struct report_item *it = k->e == OK ? item_find(k->h, guess, path, name) : NULL;
    if (!it) {
        refuse(k, "path", "one of the before-image");
        return;
    }
    /* A later attempt finds what an earlier one did. */
    if (did == DID_KEPT && it->did != DID_NOTHING)
        return;
    if (did != DID_NOTHING)
        it->did = did;
}

static void apply_take(struct taking *k, const json_t *o)
{
    const json_t *items = list_of(k, o, "items");
    for (size_t i = 0; k->e == OK && i < json_array_size(items); i++)
        did_take(k, json_array_get(items, i), i);
}

/* --- handshakes --- */

static void answer_take(struct taking *k, const json_t *o, struct report_answer *out)
{
    struct report_answer a = {0};
    if (!o)
        return;
    a.seen = (enum report_seen)word(k, o, "seen", seen_word, REPORT_SEEN);
    a.how = text_if_any(k, o, "how");
    a.alert = (uint8_t)number(k, o, "alert", UINT8_MAX);
    a.suite = (uint16_t)number(k, o, "suite", UINT16_MAX);
    a.version = (uint16_t)number(k, o, "version", UINT16_MAX);
    if (k->e == OK)
        *out = a;
}

/* An object or a list is kept as its text. */
static const char *object_if_any(struct taking *k, const json_t *o, const char *name)
{
    const json_t *v = json_object_get(o, name);
    bool fits = json_is_object(v) || json_is_array(v);
    char *s = fits ? json_dumps(v, JSON_COMPACT | JSON_SORT_KEYS) : NULL;
    const char *kept = s ? keep(k, s) : NULL;
    if (v && !fits)
        refuse(k, name, "an object");
    else if (v && !s)
        starve(k);
    free(s);
    return kept;
}

static void tls_take(struct taking *k, const json_t *o, struct report_look *look)
{
    if (!o)
        return;
    look->handshake = text_if_any(k, o, "handshake");
    look->certificate = object_if_any(k, o, "certificate");
    look->thumbprint = text_if_any(k, json_object_get(o, "certificate"), "sha1");
}

static struct report_port *port_of(struct taking *k, uint16_t port, const char *dialect)
{
    for (size_t i = 0; i < k->h->n_ports; i++)
        if (k->h->ports[i].port == port && k->h->ports[i].dialect == dialect)
            return &k->h->ports[i];
    struct report_port *p = LIST_ADD(k->h->ports, k->h->n_ports);
    if (p)
        *p = (struct report_port){.port = port, .dialect = dialect};
    else
        starve(k);
    return p;
}

static void port_take(struct taking *k, const json_t *o, bool after)
{
    const json_t *versions = json_object_get(o, "versions");
    uint16_t number_ = (uint16_t)number(k, o, "port", UINT16_MAX);
    const char *dialect = text_if_any(k, o, "dialect");
    struct report_look look = {.taken = true, .open = truth(k, o, "open")};
    if (!number_)
        refuse(k, "port", "a number of its range");
    for (int v = 0; v < TLS_VERSIONS; v++)
        answer_take(k, json_object_get(versions, version_word(v)), &look.answers[v]);
    tls_take(k, json_object_get(o, "tls"), &look);
    if (!dialect)
        dialect = keep(k, "");
    struct report_port *p = k->e == OK ? port_of(k, number_, dialect) : NULL;
    if (p && after)
        p->after = look;
    else if (p)
        p->before = look;
}

static void ports_take(struct taking *k, const json_t *o, bool after)
{
    const json_t *ports = list_of(k, o, "ports");
    for (size_t i = 0; i < k->h->n_ports && after; i++)
        k->h->ports[i].after = (struct report_look){0};
    for (size_t i = 0; k->e == OK && i < json_array_size(ports); i++)
        port_take(k, json_array_get(ports, i), after);
}

static void finding_take(struct taking *k, const json_t *o)
{
    struct report_finding f = {.version = TLS_VERSIONS};
    f.port = (uint16_t)number(k, o, "port", UINT16_MAX);
    if (json_object_get(o, "version"))
        f.version = (enum tls_version)word(k, o, "version", version_word, TLS_VERSIONS);
    f.verdict = (enum check)word(k, o, "verdict", verdict_word, CHECKS);
    f.regression = truth(k, o, "regression");
    f.text = text_needed(k, o, "text");
    f.explain = text_if_any(k, o, "explain");
    struct report_finding *to =
        k->e == OK ? LIST_ADD(k->h->findings, k->h->n_findings) : NULL;
    if (to)
        *to = f;
    else
        starve(k);
}

static void verify_take(struct taking *k, const json_t *o)
{
    const json_t *findings = list_of(k, o, "findings");
    k->h->n_findings = 0;
    k->h->matrix = object_if_any(k, o, "matrix");
    ports_take(k, o, true);
    for (size_t i = 0; k->e == OK && i < json_array_size(findings); i++)
        finding_take(k, json_array_get(findings, i));
    texts_take(k, o, "values", &k->h->values_wrong, &k->h->n_values_wrong);
}

static void facts_take(struct taking *k, const json_t *o)
{
    const char *facts = object_if_any(k, o, "facts");
    if (facts)
        k->h->facts = facts;
}

enum err detail_take(struct report_host *h, struct intern *in, const struct event *ev, bool written,
                     struct why *why)
{
    struct taking k = {.h = h, .in = in, .ev = ev, .why = why};
    json_t *o = json_loads(ev->detail, 0, NULL);
    if (!json_is_object(o))
        refuse(&k, "detail", "an object");
    else if (ev->step == STEP_PREFLIGHT) {
        facts_take(&k, o);
        if (!written)
            ports_take(&k, o, false);
    } else if (ev->step == STEP_SNAPSHOT) {
        snapshot_take(&k, o, written);
    } else if (ev->step == STEP_APPLY) {
        apply_take(&k, o);
    } else if (ev->step == STEP_VERIFY) {
        verify_take(&k, o);
    }
    json_decref(o);
    return k.e;
}
