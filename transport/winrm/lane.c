#include "transport/winrm/lane.h"

#include "transport/winrm/base64.h"
#include "transport/winrm/encrypt.h"
#include "transport/winrm/login.h"

#include "base/clock.h"

#include <string.h>

#define OPERATION_TIME_MAX_MS 60000 /* MaxTimeoutms of every Windows */

static const char soap_type[] = "application/soap+xml;charset=UTF-8";

enum err lane_init(struct lane *l, const struct transport_target *target, struct http_host *host,
                   struct why *why)
{
    *l = (struct lane){.target = target, .host = host};
    return http_new(host, l, &l->http, why);
}

void lane_fini(struct lane *l)
{
    http_free(l->http);
    auth_free(l->auth);
    *l = (struct lane){.state = LANE_DEAD};
}

static void die(struct lane *l, enum err e, const struct why *why)
{
    l->state = LANE_DEAD;
    l->err = e;
    l->why = *why;
}

static enum err message_make(struct lane *l, int64_t deadline_ms, struct text *out,
                             struct why *why)
{
    const struct call *c = l->call;
    int64_t left_ms = deadline_ms - clock_mono_ms();
    struct envelope q = {
        .to = http_url(l->host),
        .resource = c->resource,
        .action = c->action,
        .selector = c->selector,
        .selected = c->selected,
        .body = text_str(&c->body),
        .timeout_ms = left_ms > OPERATION_TIME_MAX_MS ? OPERATION_TIME_MAX_MS : left_ms,
    };
    enum err e;

    if (left_ms <= 0)
        return why_set(why, E_TIMEOUT, "%s", err_words(E_TIMEOUT));
    if (c->is_identify) {
        l->id[0] = '\0';
        text_put(out, wsman_identify);
        return text_end(out);
    }
    if ((e = envelope_id(q.id)) == OK && (e = envelope_put(&q, out)) == OK) {
        memcpy(l->id, q.id, sizeof l->id);
        return OK;
    }
    return why_set(why, e, "%s",
                   e == E_FORMAT ? "the request has characters that XML cannot hold"
                                 : err_words(e));
}

static const char *protocol_of(const struct lane *l)
{
    return l->is_bare ? ENCRYPT_KERBEROS : ENCRYPT_SPNEGO;
}

static bool is_encrypted(const struct lane *l)
{
    return l->auth != NULL && !l->target->https;
}

static enum err call_post(struct lane *l, int64_t deadline_ms, struct why *why)
{
    struct http_request q = {.content_type = soap_type};
    struct text soap = {0}, type = {0}, authorization = {0};
    struct wr sealed;
    enum err e;

    wr_init(&sealed, 0);
    if ((e = message_make(l, deadline_ms, &soap, why)) != OK ||
        (e = login_header(l->target, &authorization, why)) != OK)
        goto out;
    q.body = rd_of(soap.s, soap.used);
    q.authorization = authorization.s;
    if (is_encrypted(l)) {
        encrypt_content_type(protocol_of(l), &type);
        if ((e = encrypt_seal(l->auth, protocol_of(l), q.body, &sealed, why)) != OK)
            goto out;
        q.content_type = text_str(&type);
        q.body = wr_view_of(&sealed);
    }
    l->is_calling = true;
    e = http_post(l->http, &q, deadline_ms, why);
    l->call->is_sent = l->call->is_sent || e == OK;
out:
    if (authorization.s != NULL)
        secret_wipe(authorization.s, authorization.used);
    text_fini(&authorization);
    text_fini(&soap);
    text_fini(&type);
    wr_fini(&sealed);
    return e;
}

static enum err state_send(struct lane *l, int64_t deadline_ms, struct why *why)
{
    switch (l->state) {
    case LANE_NEW:
    case LANE_HELLO:
    case LANE_LOGIN: return login_post(l, deadline_ms, why);
    case LANE_READY: return call_post(l, deadline_ms, why);
    case LANE_DEAD: break;
    }
    return why_set(why, E_INTERNAL, "the connection is gone");
}

void lane_send(struct lane *l, int64_t deadline_ms)
{
    struct why why = {0};
    enum err e;

    if (l->state == LANE_NEW && !login_is_needed(l->target))
        l->state = LANE_READY;
    l->is_calling = false;
    e = state_send(l, deadline_ms, &why);
    if (e != OK)
        die(l, e, &why);
    else
        l->messages++;
}

/* The login is over, or the connection: from the beginning, with the same call. */
static void begin_again(struct lane *l)
{
    auth_free(l->auth);
    l->auth = NULL;
    l->token = rd_of("", 0);
    l->state = LANE_NEW;
    l->is_proved = false;
    l->has_served = false;
    l->repeats++;
}

/* OK, and *soap is the message; a message that should be encrypted and is not is good for nothing
 * but saying that something failed. */
static enum err message_open(struct lane *l, const struct http_answer *a, struct wr *store,
                             struct rd *soap, struct why *why)
{
    *soap = wr_view_of(&a->body);
    if (!is_encrypted(l))
        return OK;
    if (encrypt_is_sealed(a->content_type.s)) {
        enum err e = encrypt_open(l->auth, a->content_type.s, *soap, store, why);

        *soap = wr_view_of(store);
        return e;
    }
    if (a->status >= 200 && a->status < 300)
        return why_set(why, E_SECURITY,
                       "the host answers in the clear where all has to be encrypted");
    return OK;
}

static enum err status_error(long status, struct why *why)
{
    switch (status) {
    case 401: return why_set(why, E_AUTH, "the host does not accept the login (HTTP 401)");
    case 403: return why_set(why, E_DENIED, "the host's listener refuses (HTTP 403)");
    case 404:
        return why_set(why, E_UNAVAILABLE, "no WS-Management answers at /wsman (HTTP 404)");
    case 413:
        return why_set(why, E_LIMIT,
                       "the request is larger than the host's MaxEnvelopeSizekb (HTTP 413)");
    case 500: return why_set(why, E_UNAVAILABLE, "the host failed at it (HTTP 500)");
    case 503: return why_set(why, E_UNAVAILABLE, "the host's WinRM does not run (HTTP 503)");
    default: return why_set(why, E_PROTOCOL, "the host answers with HTTP %ld", status);
    }
}

static enum err answer_read(struct lane *l, const struct http_answer *a, struct why *why)
{
    const char *id = l->id[0] == '\0' ? NULL : l->id;
    struct call *c = l->call;
    struct wr store;
    struct rd soap;
    enum err e;

    wr_init(&store, AUTH_SEAL_MAX);
    if ((e = message_open(l, a, &store, &soap, why)) != OK)
        goto out;
    e = soap.left == 0 ? E_FORMAT : envelope_read(soap, id, &c->answer, &c->out, why);
    if ((e == OK || e == E_FORMAT || e == E_PROTOCOL) && (a->status < 200 || a->status >= 300)) {
        xml_free(c->answer);
        c->answer = NULL;
        c->out = NULL;
        e = status_error(a->status, why);
    } else if (soap.left == 0) {
        e = why_set(why, E_PROTOCOL, "the host's answer is empty");
    }
out:
    wr_fini(&store);
    return e;
}

/* 401: nothing was done, the login is over (a ticket that ended, a connection that was closed and
 * is a new one). A connection that was closed while nobody used it is no failure of the host. HTTP
 * 500 without a word is what a provider gives that is only starting. */
static bool may_repeat(const struct lane *l, enum err e, const struct http_answer *a)
{
    if (l->repeats > 0)
        return false;
    if (a != NULL && a->status == 401)
        return login_is_needed(l->target);
    if (l->call->is_once)
        return false;
    return (e == E_CUT && l->has_served) || (a != NULL && a->status == 500 && e == E_UNAVAILABLE &&
                                             l->call->why.native == 0);
}

static void call_take(struct lane *l, bool *settled)
{
    struct call *c = l->call;
    const struct http_answer *a = NULL;
    enum err e;

    c->why = (struct why){0};
    e = http_result(l->http, &a, &c->why);
    if (e == OK)
        e = a->status == 401 ? status_error(401, &c->why) : answer_read(l, a, &c->why);
    if (e != OK && may_repeat(l, e, a)) {
        begin_again(l);
        return;
    }
    c->err = e;
    *settled = true;
    l->has_served = true;
    if (e != OK && !wsman_item_error(e))
        die(l, e, &c->why);
    l->call = NULL;
}

void lane_take(struct lane *l, bool *settled)
{
    struct why why = {0};
    enum err e;

    *settled = false;
    if (l->is_calling) {
        call_take(l, settled);
        return;
    }
    e = login_take(l, &why);
    if (e != OK)
        die(l, e, &why);
}
