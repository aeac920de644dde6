#include "transport/smb_lanes.h"

#include "transport/rpc/win32.h"
#include "transport/smb/ioctl.h"
#include "transport/smb/many.h"
#include "transport/smb/status.h"
#include "transport/tcp.h"

#include <stdlib.h>

bool lane_is_open(const struct smb_lane *lane)
{
    return lane->service.is_open && !lane->service.rpc.broken;
}

static void lane_fini(struct smb_lane *lane)
{
    for (size_t i = 0; i < lane->n_keys; i++)
        path_fini(&lane->keys[i].path);
    path_fini(&lane->asked_path);
    value_fini(&lane->call.found);
    rpc_fini(&lane->service.rpc);
    *lane = (struct smb_lane){0};
}

void lanes_free(struct smb_lanes *lanes)
{
    for (size_t i = 0; lanes != NULL && i < LANES_MAX; i++)
        lane_fini(&lanes->lane[i]);
    free(lanes);
}

void lanes_close(struct smb_host *h)
{
    for (size_t i = 0; i < LANES_MAX; i++)
        smb_pipe_close(&h->lanes->lane[i].service.pipe);
    lanes_free(h->lanes);
    h->lanes = NULL;
}

/* What goes out on each lane that has asked, by its place among them. */
struct flight {
    struct smb_host *h;
    struct smb_lane *of[LANES_MAX];
    size_t n;
};

static void create_put(void *self, size_t i, struct wr *w)
{
    (void)self;
    (void)i;
    smb_create_put(w, winreg_interface.pipe);
}

/* A host that gives fewer instances than asked is served with those. */
static enum err create_take(void *self, size_t i, const struct smb_answer *a, struct why *why)
{
    struct flight *f = self;
    struct smb_service *s = &f->of[i]->service;
    enum err e;

    if (a->header.status != STATUS_SUCCESS)
        return OK;
    s->pipe = (struct smb_pipe){.c = &f->h->connection, .is_open = true};
    if ((e = smb_create_get(a->body, &s->pipe.id)) != OK)
        return smb_malformed(&f->h->connection, e, "open", why);
    rpc_init(&s->rpc, smb_pipe_channel(&s->pipe));
    s->is_open = true;
    return OK;
}

static void transceive_put(void *self, size_t i, struct wr *w)
{
    struct flight *f = self;
    struct smb_service *s = &f->of[i]->service;

    smb_transceive_put(w, &s->pipe.id, wr_view_of(&s->rpc.fragment), f->h->connection.io_max);
}

static enum err transceive_take(void *self, size_t i, const struct smb_answer *a, struct why *why)
{
    struct flight *f = self;
    struct smb_lane *lane = f->of[i];
    struct rpc *r = &lane->service.rpc;
    struct rd bytes;
    enum err e;

    if (a->header.status != STATUS_BUFFER_OVERFLOW &&
        (lane->err = smb_answer_status(a, &lane->why)) != OK) {
        r->broken = true;
        return OK;
    }
    if ((e = smb_transceive_get(a->message, &bytes)) != OK)
        return smb_malformed(&f->h->connection, e, "pipe data", why);
    wr_view(&r->in, bytes);
    if ((e = wr_end(&r->in)) != OK) {
        r->broken = true;
        lane->err = why_set(&lane->why, e, "the answer is too long");
    }
    return OK;
}

/* All that stands ready in the lanes of the flight, out and back. */
static enum err flight_transact(struct flight *f, struct why *why)
{
    const struct smb_many m = {
        .command = SMB_IOCTL, .put = transceive_put, .take = transceive_take, .self = f};

    for (size_t i = 0; i < f->n; i++)
        f->of[i]->err = OK;
    return smb_exchange_many(&f->h->connection, &m, f->n, why);
}

static enum err lanes_bind(struct flight *f, struct why *why)
{
    struct flight bound = {.h = f->h};
    enum err e;

    for (size_t i = 0; i < f->n; i++) {
        struct smb_lane *lane = f->of[i];

        if (!lane->service.is_open)
            continue;
        if (rpc_bind_begin(&lane->service.rpc, &winreg_interface, NULL) == OK)
            bound.of[bound.n++] = lane;
        else
            lane->service.rpc.broken = true;
    }
    if ((e = flight_transact(&bound, why)) != OK)
        return e;
    for (size_t i = 0; i < bound.n; i++)
        if (bound.of[i]->err == OK && rpc_bind_end(&bound.of[i]->service.rpc, NULL) != OK)
            bound.of[i]->err = E_CUT; /* it is marked as broken */
    return f->h->connection.broken ? why_set(why, E_CUT, "the connection has failed") : OK;
}

static size_t lanes_wanted(const struct smb_host *h)
{
    return h->target->crowd >= CROWD && tcp_round_trip_us(h->connection.fd) < NEAR_US ? LANES_NEAR
                                                                                      : LANES_MAX;
}

static enum err lanes_open(struct smb_host *h, struct smb_lanes *lanes, struct why *why)
{
    struct flight f = {.h = h}, first = {.h = h};
    const struct smb_many m = {
        .command = SMB_CREATE, .put = create_put, .take = create_take, .self = &f};
    enum err e;

    for (size_t i = 0; i < LANES_MAX; i++)
        lane_fini(&lanes->lane[i]);
    for (size_t wanted = lanes_wanted(h); f.n < wanted; f.n++)
        f.of[f.n] = &lanes->lane[f.n];
    e = smb_exchange_many(&h->connection, &m, f.n, why);
    while (f.n > 0 && first.n == 0)
        if (f.of[--f.n]->service.is_open)
            first.of[first.n++] = f.of[f.n];
    /* A service that starts on demand is woken by one: Samba's loses calls when many come while it
     * starts. */
    if (e == OK)
        e = lanes_bind(&first, why);
    if (e == OK)
        e = lanes_bind(&f, why);
    return why_place(why, e, "open \\pipe\\%s", winreg_interface.pipe);
}

static bool any_open(const struct smb_lanes *lanes)
{
    for (size_t i = 0; i < LANES_MAX; i++)
        if (lane_is_open(&lanes->lane[i]))
            return true;
    return false;
}

enum err lanes_ready(struct smb_host *h, size_t n, struct smb_lanes **out, struct why *why)
{
    enum err e;

    *out = NULL;
    if (h->connection.broken || (h->lanes == NULL && n <= BATCH_ALONE))
        return OK;
    if (h->lanes == NULL && (h->lanes = calloc(1, sizeof *h->lanes)) == NULL)
        return why_set(why, E_MEMORY, "out of memory");
    if (!any_open(h->lanes) && (e = lanes_open(h, h->lanes, why)) != OK)
        return e;
    if (!any_open(h->lanes))
        return OK;
    for (size_t i = 0; i < LANES_MAX; i++)
        for (size_t k = 0; k < h->lanes->lane[i].n_keys; k++) {
            h->lanes->lane[i].keys[k].is_old = true;
            h->lanes->lane[i].keys[k].touched = false; /* a loss was told when it happened */
        }
    *out = h->lanes;
    return OK;
}

/* What every lane asks in this round. */
static void round_begin(struct flight *f, const struct lanes_work *w)
{
    if (w->begin != NULL)
        w->begin(w->self);
    for (size_t i = 0; i < LANES_MAX; i++) {
        struct smb_lane *lane = &f->h->lanes->lane[i];

        lane->call = (struct winreg_call){0};
        lane->why = (struct why){0};
        lane->err = OK;
        lane->asked = lane_is_open(lane) && w->next(w->self, lane, i);
        if (!lane->asked)
            continue;
        lane->err = winreg_call_begin(&lane->service.rpc, &lane->call, &lane->why);
        if (lane->err == OK)
            f->of[f->n++] = lane;
    }
}

/* Why the connection has failed: what the first lane heard of it. */
static enum err lanes_lost(const struct smb_lanes *lanes, struct why *why)
{
    for (size_t i = 0; i < LANES_MAX; i++) {
        const struct smb_lane *lane = &lanes->lane[i];

        if (lane->err == OK || item_error(lane->err))
            continue;
        if (why != NULL)
            *why = lane->why;
        return lane->err;
    }
    return why_set(why, E_CUT, "the connection has failed");
}

enum err lanes_run(struct smb_host *h, const struct lanes_work *w, struct why *why)
{
    for (;;) {
        struct flight f = {.h = h};
        bool any = false;
        enum err e;

        round_begin(&f, w);
        if (h->connection.broken)
            return lanes_lost(h->lanes, why);
        if ((e = flight_transact(&f, why)) != OK)
            return e;
        for (size_t i = 0; i < f.n; i++)
            if (f.of[i]->err == OK)
                f.of[i]->err =
                    winreg_call_end(&f.of[i]->service.rpc, &f.of[i]->call, &f.of[i]->why);
        if (h->connection.broken)
            return lanes_lost(h->lanes, why);
        for (size_t i = 0; i < LANES_MAX; i++) {
            if (!h->lanes->lane[i].asked)
                continue;
            any = true;
            h->lanes->lane[i].asked = false;
            w->took(w->self, &h->lanes->lane[i], i);
        }
        if (!any)
            return OK;
    }
}
