#include "transport/winrm/login.h"

#include "transport/winrm/base64.h"

#include "base/crypto.h"
#include "base/shown.h"

#include <string.h>
#include <strings.h>

static const char soap_type[] = "application/soap+xml;charset=UTF-8";
static const char mutual[] = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual";

bool login_is_needed(const struct transport_target *target)
{
    return target->auth != AUTH_BASIC && target->auth != AUTH_CERTIFICATE;
}

enum err login_check(const struct transport_target *target, struct why *why)
{
    if (login_is_needed(target))
        return OK;
    if (!target->https)
        return why_set(why, E_CONFIG,
                       "a login by %s is for HTTPS alone: over HTTP anybody could read along",
                       target->auth == AUTH_BASIC ? "basic" : "certificate");
    if (target->auth == AUTH_CERTIFICATE && target->client_cert == NULL)
        return why_set(why, E_CONFIG, "no client certificate is named for this host");
    if (target->auth == AUTH_BASIC && (target->user == NULL || target->password == NULL ||
                                       !secret_is_set(target->password)))
        return why_set(why, E_CONFIG, "no user or no password is set for this host");
    if (target->auth == AUTH_BASIC && strchr(target->user, ':') != NULL)
        return why_set(why, E_CONFIG, "a user name with a colon cannot log in by basic");
    return OK;
}

enum err login_header(const struct transport_target *target, struct text *out, struct why *why)
{
    struct wr both;
    enum err e = OK;

    if (target->auth == AUTH_CERTIFICATE)
        text_put(out, mutual);
    if (target->auth != AUTH_BASIC)
        return text_end(out);
    wr_init(&both, 0);
    wr_view(&both, rd_text(target->user));
    wr_u8(&both, ':');
    wr_bytes(&both, target->password->bytes, target->password->used);
    text_put(out, "Basic ");
    base64_put(out, wr_view_of(&both));
    if (wr_end(&both) != OK || text_end(out) != OK)
        e = why_set(why, E_MEMORY, "out of memory");
    if (both.bytes != NULL)
        secret_wipe(both.bytes, both.used);
    wr_fini(&both);
    return e;
}

/* Several schemes may stand in one line, parted by commas; a token has none. */
bool login_offer(const char *offers, const char *scheme, struct rd *token)
{
    size_t n = strlen(scheme);

    *token = rd_of("", 0);
    for (const char *s = offers; *s != '\0';) {
        s += strspn(s, " \t,\n");
        if (strncasecmp(s, scheme, n) == 0 && (s[n] == '\0' || strchr(" \t,\n", s[n]) != NULL)) {
            s += n;
            s += strspn(s, " \t");
            *token = rd_of(s, strcspn(s, " \t,\n"));
            return true;
        }
        s += strcspn(s, ",\n");
    }
    return false;
}

static const char *scheme_of(const struct lane *l)
{
    return l->is_bare ? "Kerberos" : "Negotiate";
}

static enum err binding_make(const struct lane *l, struct wr *out, struct why *why)
{
    uint8_t hash[SHA512_SIZE];
    size_t n = 0;
    enum err e;

    if (!l->target->https)
        return OK;
    if (http_certificate(l->http).left == 0)
        return why_set(why, E_INTERNAL, "libcurl gives no certificate of the host");
    if ((e = crypto_tls_server_end_point(http_certificate(l->http), hash, &n)) != OK)
        return why_set(why, e == E_FORMAT ? E_SECURITY : e,
                       "the host's certificate cannot be read");
    wr_view(out, rd_text("tls-server-end-point:"));
    wr_bytes(out, hash, n);
    return wr_end(out);
}

static enum err logon_begin(struct lane *l, int64_t deadline_ms, struct why *why)
{
    struct auth_wish wish = {.service = "HTTP", .bare_kerberos = l->is_bare};
    struct wr binding;
    enum err e;

    wr_init(&binding, 0);
    if ((e = binding_make(l, &binding, why)) == OK) {
        wish.binding = wr_view_of(&binding);
        e = auth_new_for(l->target, &wish, deadline_ms, &l->auth, why);
    }
    wr_fini(&binding);
    return e;
}

static enum err token_post(struct lane *l, struct rd token, int64_t deadline_ms, struct why *why)
{
    struct http_request q = {.content_type = soap_type};
    struct text t = {0};
    enum err e;

    text_printf(&t, "%s ", scheme_of(l));
    base64_put(&t, token);
    if ((e = text_end(&t)) == OK) {
        q.authorization = t.s;
        e = http_post(l->http, &q, deadline_ms, why);
    }
    text_fini(&t);
    return e;
}

/* Empty POSTs until the login is done: a body could not be encrypted before. */
enum err login_post(struct lane *l, int64_t deadline_ms, struct why *why)
{
    const struct http_request hello = {.content_type = soap_type};
    enum err e;

    if (l->state == LANE_NEW && l->target->https) {
        l->state = LANE_HELLO;
        return http_post(l->http, &hello, deadline_ms, why);
    }
    if (l->auth == NULL) {
        struct rd first;

        l->state = LANE_LOGIN;
        if ((e = logon_begin(l, deadline_ms, why)) != OK ||
            (e = auth_step(l->auth, rd_of("", 0), &first, &l->is_proved, why)) != OK)
            return e;
        return token_post(l, first, deadline_ms, why);
    }
    return token_post(l, l->token, deadline_ms, why);
}

static enum err offers_fail(const struct lane *l, const struct http_answer *a, struct why *why)
{
    char text[SHOWN_SIZE];
    struct rd token;
    bool is_offered = login_offer(text_str(&a->offers), scheme_of(l), &token);

    if (is_offered)
        return why_set(why, E_AUTH, "the host does not accept who we are (HTTP 401)");
    return why_set(why, E_UNSUPPORTED, "the host offers no login by Negotiate or Kerberos: %s",
                   a->offers.used == 0 ? "none at all"
                                       : shown(text_str(&a->offers), a->offers.used - 1, text));
}

/* "Kerberos" alone is offered: its tokens go without SPNEGO. */
static bool bare_wanted(const struct lane *l, const struct http_answer *a)
{
    struct rd token;

    return !l->is_bare && !login_offer(text_str(&a->offers), "Negotiate", &token) &&
           login_offer(text_str(&a->offers), "Kerberos", &token);
}

static enum err token_take(struct lane *l, struct rd digits, struct why *why)
{
    struct wr bytes;
    enum err e;

    wr_init(&bytes, 0);
    if (base64_read(digits, &bytes) != OK)
        e = why_set(why, E_PROTOCOL, "the host's logon token is not base64");
    else
        e = auth_step(l->auth, wr_view_of(&bytes), &l->token, &l->is_proved, why);
    wr_fini(&bytes);
    return e;
}

static enum err login_end(struct lane *l, struct why *why)
{
    if (!l->is_proved)
        return why_set(why, E_SECURITY, "the host says that we are in, but has not proved itself");
    l->state = LANE_READY;
    return OK;
}

static enum err login_step(struct lane *l, const struct http_answer *a, struct why *why)
{
    struct rd digits;
    bool has_token = login_offer(text_str(&a->offers), scheme_of(l), &digits) && digits.left > 0;
    bool is_refused = a->status == 401;
    enum err e;

    if (a->status == 404 || a->status == 503)
        return why_set(why, E_UNAVAILABLE, "WinRM does not answer there (HTTP %ld)", a->status);
    if (!has_token)
        return is_refused ? offers_fail(l, a, why) : login_end(l, why);
    if ((e = token_take(l, digits, why)) != OK)
        return is_refused && e == E_SECURITY ? E_AUTH : e;
    if (is_refused && l->token.left > 0)
        return OK; /* the next leg */
    return is_refused ? offers_fail(l, a, why) : login_end(l, why);
}

enum err login_take(struct lane *l, struct why *why)
{
    const struct http_answer *a;
    enum err e = http_result(l->http, &a, why);
    bool is_hello = l->state == LANE_HELLO;

    if (e != OK)
        return e;
    if (is_hello || (a->status == 401 && l->token.left == 0)) {
        if (bare_wanted(l, a)) {
            auth_free(l->auth);
            l->auth = NULL;
            l->is_proved = false;
            l->is_bare = true;
            l->state = LANE_LOGIN;
            return OK;
        }
        if (is_hello) {
            l->state = LANE_LOGIN;
            return OK;
        }
    }
    if (a->is_first && l->token.left > 0)
        return why_set(why, E_PROTOCOL, "the host ended the connection in the middle of the login");
    return login_step(l, a, why);
}
