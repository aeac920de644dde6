/* What a test tells a fake host to be, and what it reads of it. */
#include "tests/support/fleet_parts.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void path_text(const char *key, char out[FLEET_PATH_SIZE])
{
    struct reg_path path = {0};
    struct why why = {0};
    enum err e = path_parse(key, VIEW_64, &path, &why);
    assert(e == OK);
    fleet_path_of(&path, out);
    path_fini(&path);
}

static void enter(struct fleet_host *h)
{
    pthread_mutex_lock(&h->lock);
    fleet_settle(h);
}

static void leave(struct fleet_host *h)
{
    pthread_mutex_unlock(&h->lock);
}

void fleet_host_put(struct fleet_host *h, const char *key, const char *name, const char *code)
{
    char path[FLEET_PATH_SIZE];
    struct reg_value v = {0};
    enum err e = value_from_code(code, &v);
    assert(e == OK && !v.absent);
    path_text(key, path);
    enter(h);
    fleet_keys_make(&h->registry, path);
    fleet_value_put(&h->registry, path, name, &v);
    leave(h);
    value_fini(&v);
}

void fleet_host_put_key(struct fleet_host *h, const char *key)
{
    char path[FLEET_PATH_SIZE];
    path_text(key, path);
    enter(h);
    fleet_keys_make(&h->registry, path);
    leave(h);
}

void fleet_host_take(struct fleet_host *h, const char *key, const char *name)
{
    char path[FLEET_PATH_SIZE];
    path_text(key, path);
    enter(h);
    if (name)
        fleet_value_take(&h->registry, path, name);
    else
        fleet_key_take(&h->registry, path);
    leave(h);
}

bool fleet_host_has_key(struct fleet_host *h, const char *key)
{
    char path[FLEET_PATH_SIZE];
    path_text(key, path);
    enter(h);
    bool has = fleet_key_exists(&h->registry, path);
    leave(h);
    return has;
}

static void put_value(struct text *t, const struct fleet_value *v)
{
    text_printf(t, "%u:", (unsigned)v->type);
    text_hex(t, v->bytes, v->size);
}

const char *fleet_host_code(struct fleet_host *h, const char *key, const char *name,
                            char buf[FLEET_CODE_SIZE])
{
    char path[FLEET_PATH_SIZE];
    struct text t = {0};
    path_text(key, path);
    enter(h);
    const struct fleet_value *v = fleet_value_find(&h->registry, path, name);
    if (v)
        put_value(&t, v);
    leave(h);
    snprintf(buf, FLEET_CODE_SIZE, "%s", v ? text_str(&t) : "absent");
    text_fini(&t);
    return buf;
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static size_t dump_lines(const struct fleet_registry *r, char *lines[])
{
    size_t n = 0;
    for (size_t i = 0; i < FLEET_KEYS_MAX; i++)
        if (r->keys[i].there && !r->keys[i].is_volatile)
            lines[n++] = str_dup(r->keys[i].path);
    for (size_t i = 0; i < FLEET_VALUES_MAX; i++) {
        const struct fleet_value *v = &r->values[i];
        struct text t = {0};
        if (!v->there || r->keys[v->key].is_volatile)
            continue;
        text_printf(&t, "%s\\\\%s = ", r->keys[v->key].path, v->name);
        put_value(&t, v);
        enum err e = text_take(&t, &lines[n++]);
        assert(e == OK);
    }
    return n;
}

char *fleet_host_dump(struct fleet_host *h)
{
    char *lines[FLEET_KEYS_MAX + FLEET_VALUES_MAX], *out;
    struct text t = {0};
    enter(h);
    size_t n = dump_lines(&h->registry, lines);
    leave(h);
    qsort(lines, n, sizeof lines[0], compare_lines);
    for (size_t i = 0; i < n; i++) {
        text_printf(&t, "%s\n", lines[i]);
        free(lines[i]);
    }
    enum err e = text_take(&t, &out);
    assert(e == OK);
    return out;
}

struct fleet_tally fleet_host_tally(struct fleet_host *h)
{
    enter(h);
    struct fleet_tally tally = h->tally;
    leave(h);
    return tally;
}

bool fleet_host_is_up(struct fleet_host *h)
{
    enter(h);
    bool up = fleet_is_up(h);
    leave(h);
    return up;
}

void fleet_host_fault(struct fleet_host *h, struct fleet_fault fault)
{
    enter(h);
    assert(h->n_faults < FLEET_FAULTS_MAX);
    if (!fault.times)
        fault.times = 1;
    h->faults[h->n_faults++] = (struct fleet_armed_fault){
        .fault = fault, .first = h->tally.calls[fault.call] + (fault.from ? fault.from : 1)};
    leave(h);
}

void fleet_host_faults_end(struct fleet_host *h)
{
    enter(h);
    h->n_faults = 0;
    leave(h);
}

void fleet_host_restarting(struct fleet_host *h, struct fleet_restarting how)
{
    enter(h);
    h->how = how;
    leave(h);
}

void fleet_host_restart(struct fleet_host *h, int64_t in_ms)
{
    enter(h);
    enum err e = fleet_ask_restart(h, in_ms);
    assert(e == OK);
    h->tally.restarts_asked--; /* not by the program under test */
    leave(h);
}

void fleet_host_cut_off(struct fleet_host *h, int64_t for_ms)
{
    enter(h);
    h->cut_off_until_ms = fleet_now(h->fleet) + for_ms;
    leave(h);
}

void fleet_host_tls(struct fleet_host *h, enum fleet_tls tls)
{
    enter(h);
    h->tls = tls;
    leave(h);
}

void fleet_host_more(struct fleet_host *h, const struct port_more *more)
{
    enter(h);
    h->more = *more;
    leave(h);
}

void fleet_host_registry_service(struct fleet_host *h, enum service_start start,
                                 enum service_state state)
{
    enter(h);
    h->registry_service = (struct registry_service){.start_type = start, .state = state};
    h->service_up_at_ms = 0;
    leave(h);
}

struct registry_service fleet_host_registry_service_now(struct fleet_host *h)
{
    enter(h);
    struct registry_service now = h->registry_service;
    leave(h);
    return now;
}

void fleet_host_serves(struct fleet_host *h, const char *name, enum service_start start,
                       bool comes_back)
{
    char key[FLEET_PATH_SIZE], code[32];
    snprintf(key, sizeof key, "HKLM\\SYSTEM\\CurrentControlSet\\Services\\%s", name);
    snprintf(code, sizeof code, "4:0%d000000", (int)start);
    fleet_host_put(h, key, "Start", code);
    enter(h);
    assert(h->n_served < FLEET_SERVED_MAX);
    struct fleet_service *s = &h->served[h->n_served++];
    snprintf(s->name, sizeof s->name, "%s", name);
    s->runs = true;
    s->comes_back = comes_back;
    leave(h);
}

void fleet_host_tells_uptime(struct fleet_host *h, bool tells)
{
    enter(h);
    h->tells_uptime = tells;
    leave(h);
}
