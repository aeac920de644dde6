#include "controller/detail.h"

#include "controller/detail_port.h"

#include <stdlib.h>
#include <string.h>

bool detail_put(json_t *object, const char *name, json_t *value)
{
    return json_object_set_new(object, name, value) == 0; /* takes value, fails on NULL */
}

json_t *detail_text(const struct text *t)
{
    return t->bad ? NULL : json_stringn(text_str(t), t->used);
}

json_t *detail_code(const struct reg_value *v)
{
    struct text t = {0};
    value_put_code(&t, v);
    json_t *j = detail_text(&t);
    text_fini(&t);
    return j;
}

json_t *detail_change(const struct change *c)
{
    struct text t = {0};
    json_t *o = json_object();
    path_put_code(&t, &c->path);
    bool ok = o && detail_put(o, "path", detail_text(&t)) &&
              (!c->name || detail_put(o, "name", json_string(c->name)));
    text_fini(&t);
    if (ok)
        return o;
    json_decref(o);
    return NULL;
}

static json_t *answer_json(const struct tls_answer *a)
{
    json_t *o = json_object();
    bool ok = o && detail_put(o, "seen", json_string(tls_seen_word(a->seen))) &&
              detail_put(o, "how", json_string(tls_how_word(a->how))) &&
              (a->how != HOW_ALERT || detail_put(o, "alert", json_integer(a->alert))) &&
              (!a->suite || detail_put(o, "suite", json_integer(a->suite))) &&
              (!a->version || detail_put(o, "version", json_integer(a->version)));
    if (ok)
        return o;
    json_decref(o);
    return NULL;
}

/* SSL 2.0 and 3.0 are written down only where they were asked for, as in journals of before. */
static bool unasked(const struct tls_answer *a, enum tls_version v)
{
    return tls_version_is_ssl(v) && a->seen == SEEN_NOT_ASKED;
}

static json_t *port_json(const struct port_state *p)
{
    json_t *o = json_object(), *versions = json_object();
    bool ok = o && versions && detail_put(o, "port", json_integer(p->port)) &&
              detail_put(o, "dialect", json_string(p->dialect)) &&
              detail_put(o, "open", json_boolean(p->open));
    for (size_t v = 0; ok && v < TLS_VERSIONS; v++)
        ok = unasked(&p->answers[v], (enum tls_version)v) ||
             detail_put(versions, tls_version_name((enum tls_version)v),
                        answer_json(&p->answers[v]));
    ok = ok && detail_put(o, "versions", json_incref(versions)) &&
         (!detail_has_more(&p->more) || detail_put(o, "tls", detail_more(&p->more)));
    json_decref(versions);
    if (ok)
        return o;
    json_decref(o);
    return NULL;
}

json_t *detail_ports(const struct port_list *ports)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < ports->n; i++)
        if (json_array_append_new(list, port_json(&ports->ports[i])) != 0) {
            json_decref(list);
            return NULL;
        }
    return list;
}

json_t *detail_finding(const struct finding *f)
{
    json_t *o = json_object();
    bool ok = o && detail_put(o, "port", json_integer(f->port)) &&
              (f->version == TLS_VERSIONS ||
               detail_put(o, "version", json_string(tls_version_name(f->version)))) &&
              (!f->id || detail_put(o, "explain", json_string(f->id))) &&
              detail_put(o, "verdict", json_string(verdict_word(f->verdict))) &&
              detail_put(o, "regression", json_boolean(f->regression)) &&
              detail_put(o, "text", json_string(f->text));
    if (ok)
        return o;
    json_decref(o);
    return NULL;
}

static bool answer_read(const json_t *o, struct tls_answer *out)
{
    const char *seen = json_string_value(json_object_get(o, "seen"));
    const char *how = json_string_value(json_object_get(o, "how"));
    out->alert = (uint8_t)json_integer_value(json_object_get(o, "alert"));
    out->suite = (uint16_t)json_integer_value(json_object_get(o, "suite"));
    out->version = (uint16_t)json_integer_value(json_object_get(o, "version"));
    return seen && how && tls_seen_from_word(seen, &out->seen) && tls_how_from_word(how, &out->how);
}

static bool port_read(const json_t *o, struct port_state *out)
{
    const char *dialect = json_string_value(json_object_get(o, "dialect"));
    const json_t *versions = json_object_get(o, "versions");
    if (!dialect || strlen(dialect) >= sizeof out->dialect)
        return false;
    memcpy(out->dialect, dialect, strlen(dialect) + 1);
    out->port = (uint16_t)json_integer_value(json_object_get(o, "port"));
    out->open = json_is_true(json_object_get(o, "open"));
    if (!detail_more_read(json_object_get(o, "tls"), &out->more))
        return false;
    for (size_t v = 0; v < TLS_VERSIONS; v++) {
        const json_t *answer = json_object_get(versions, tls_version_name((enum tls_version)v));
        if (!answer && tls_version_is_ssl((enum tls_version)v))
            out->answers[v] = (struct tls_answer){.seen = SEEN_NOT_ASKED};
        else if (!answer_read(answer, &out->answers[v]))
            return false;
    }
    return true;
}

/* One without services is one of a host that does not tell. */
enum err detail_read_services(const char *detail, struct name_list *out)
{
    struct name_list list = {0};
    json_t *o = detail ? json_loads(detail, 0, NULL) : NULL;
    const json_t *names = json_object_get(o, "services");
    size_t n = json_array_size(names);
    enum err e = names && !json_is_array(names) ? E_CORRUPT : OK;
    if (e == OK && !(list.items = calloc(n + 1, sizeof(char *))))
        e = E_MEMORY;
    for (size_t i = 0; e == OK && i < n; i++) {
        const char *name = json_string_value(json_array_get(names, i));
        if (!name)
            e = E_CORRUPT;
        else if (!(list.items[list.n++] = str_dup(name)))
            e = E_MEMORY;
    }
    json_decref(o);
    if (e == OK)
        *out = list;
    else
        name_list_fini(&list);
    return e;
}

enum err detail_read_ports(const char *detail, struct port_list *out)
{
    struct port_list list = {0};
    enum err e = E_CORRUPT;
    json_t *o = detail ? json_loads(detail, 0, NULL) : NULL;
    const json_t *ports = json_object_get(o, "ports");
    if (!json_is_array(ports))
        goto out;
    list.ports = calloc(json_array_size(ports) + 1, sizeof *list.ports);
    if (!list.ports) {
        e = E_MEMORY;
        goto out;
    }
    for (; list.n < json_array_size(ports); list.n++)
        if (!port_read(json_array_get(ports, list.n), &list.ports[list.n]))
            goto out;
    *out = list;
    list.ports = NULL; /* moved */
    e = OK;
out:
    free(list.ports);
    json_decref(o);
    return e;
}

static enum err change_read(const json_t *o, struct change *out)
{
    const char *path = json_string_value(json_object_get(o, "path"));
    const char *plan_name = json_string_value(json_object_get(o, "name"));
    const char *name_found = json_string_value(json_object_get(o, "name_found"));
    const char *name = name_found ? name_found : plan_name;
    const char *before = json_string_value(json_object_get(o, "before"));
    const char *goal = json_string_value(json_object_get(o, "goal"));
    const char *effect = json_string_value(json_object_get(o, "effect"));
    const char *why = json_string_value(json_object_get(o, "why"));
    enum err e;
    if (!path || !before || !goal || !effect)
        return E_CORRUPT;
    if ((e = path_from_code(path, &out->path)) != OK ||
        (e = value_from_code(before, &out->before)) != OK ||
        (e = value_from_code(goal, &out->after)) != OK)
        return e == E_MEMORY ? e : E_CORRUPT;
    out->effect = strcmp(effect, "none") == 0 ? EFFECT_NONE : EFFECT_RESTART;
    out->name = str_dup(name);
    out->why = str_dup(why);
    return (name && !out->name) || (why && !out->why) ? E_MEMORY : OK;
}

enum err detail_read_snapshot(const char *detail, struct change **out, size_t *n)
{
    enum err e = E_CORRUPT;
    struct change *list = NULL;
    size_t used = 0;
    json_t *o = detail ? json_loads(detail, 0, NULL) : NULL;
    const json_t *items = json_object_get(o, "items");
    if (!json_is_array(items))
        goto out;
    list = calloc(json_array_size(items) + 1, sizeof *list);
    e = list ? OK : E_MEMORY;
    while (e == OK && used < json_array_size(items)) {
        e = change_read(json_array_get(items, used), &list[used]);
        used++;
    }
    if (e != OK)
        goto out;
    *out = list;
    *n = used;
    list = NULL; /* moved */
out:
    for (size_t i = 0; list && i < used; i++)
        change_fini(&list[i]);
    free(list);
    json_decref(o);
    return e;
}
