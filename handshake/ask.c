#include "handshake/ask.h"

#include <string.h>

enum { RECORD_CIPHER_CHANGE = 20,
       RECORD_HEADER = 5,
       CIPHER_CHANGE_SIZE = 6 };

static enum talk_step fail(struct ask *a, enum err e)
{
    a->failed = true;
    a->local = e;
    a->said.answer = answer_of(HOW_NO_CONNECTION);
    return TALK_DONE;
}

static enum talk_step hello_say(struct ask *a, struct wr *out)
{
    enum err e = hello_fresh_make(&a->offer, &a->fresh, NULL);
    if (e != OK || (e = hello_put(out, &a->offer, &a->fresh)) != OK)
        return fail(a, e);
    return TALK_MORE;
}

/* RFC 8446 4.1.2: the same hello with the share asked for and the cookie. What the server said of
 * itself so far is enough where we cannot follow. */
static bool retry_follow(struct ask *a, struct wr *out)
{
    struct rd cookie = a->said.cookie;
    uint16_t group = a->said.group;
    if (a->retried || group == 0 || group == a->offer.share || a->offer.share == 0 ||
        cookie.left > sizeof a->fresh.cookie || hello_share_make(&a->fresh, group, NULL) != OK)
        return false;
    a->fresh.cookie_size = cookie.left;
    (void)rd_copy(&cookie, a->fresh.cookie, a->fresh.cookie_size);
    a->offer.share = group;
    a->retried = true;
    return hello_put(out, &a->offer, &a->fresh) == OK;
}

/* Takes the record of the retry; one that is spread over records is not followed. */
static bool record_take(struct rd *in)
{
    struct rd r = *in;
    rd_skip(&r, 3);
    size_t size = rd_be16(&r);
    rd_skip(&r, 1); /* the message's type */
    if (r.bad || size != (size_t)rd_be24(&r) + 4 || in->left < RECORD_HEADER + size)
        return false;
    rd_skip(in, RECORD_HEADER + size);
    return true;
}

static enum talk_step retry_take(struct ask *a, struct rd *in, struct wr *out)
{
    struct tls_answer answer = a->said.answer;
    struct rd rest = *in;
    if (!record_take(&rest) || !retry_follow(a, out))
        return TALK_DONE;
    *in = rest;
    a->need = 1;
    a->said = (struct server_said){.answer = answer};
    return TALK_MORE;
}

static enum talk_step ask_step(struct talk *t, struct rd *in, struct wr *out)
{
    struct ask *a = (struct ask *)t;
    if (!a->connected) {
        a->connected = true;
        return hello_say(a, out);
    }
    if (in->left < a->need)
        return TALK_MORE;
    /* For middleboxes some servers let a change of cipher follow the retry (RFC 8446 D.4). */
    if (a->retried && in->at[0] == RECORD_CIPHER_CHANGE) {
        a->need = CIPHER_CHANGE_SIZE;
        if (in->left < a->need)
            return TALK_MORE;
        rd_skip(in, CIPHER_CHANGE_SIZE);
        a->need = 1;
        if (in->left == 0)
            return TALK_MORE;
    }
    size_t had = in->left;
    struct server_said said;
    enum answer_step step = answer_read(*in, &a->offer, a->rest, &said, &a->need);
    if (step == ANSWER_MORE) {
        a->need += had;
        if (said.answer.seen != SEEN_NOT_ASKED)
            a->said = said;
        return TALK_MORE;
    }
    if (a->retried && said.answer.seen != SEEN_ACCEPTED) {
        a->said.has_alert = said.answer.how == HOW_ALERT;
        a->said.late_alert = said.answer.alert;
        return TALK_DONE;
    }
    a->said = said;
    if (said.answer.how == HOW_GARBAGE && !said.unoffered)
        (void)service_guess(*in, a->guess);
    if (said.retry && said.answer.seen == SEEN_ACCEPTED)
        return retry_take(a, in, out);
    a->said.cookie = (struct rd){0}; /* the bytes go */
    return TALK_DONE;
}

static struct tls_answer answer_after(enum talk_end end, struct rd left)
{
    switch (end) {
    case TALK_END_CLOSED: return answer_stopped(left, END_CLOSED);
    case TALK_END_RESET: return answer_stopped(left, END_RESET);
    case TALK_END_DEADLINE: return answer_stopped(left, END_DEADLINE);
    case TALK_END_NO_CONNECTION: break;
    }
    return answer_of(HOW_NO_CONNECTION);
}

/* An answer cut after its ServerHello stays one, and so does a retry: it names its version,
 * whatever the server makes of the second hello. */
static void ask_ended(struct talk *t, enum talk_end end, struct rd left)
{
    struct ask *a = (struct ask *)t;
    a->end = end;
    a->connected = a->connected || end == TALK_END_RESET;
    a->said.cookie = (struct rd){0};
    if (a->said.answer.seen == SEEN_NOT_ASKED)
        a->said.answer = answer_after(end, left);
}

void ask_begin(struct ask *a)
{
    static const struct talk_kind kind = {ask_step, ask_ended};
    a->talk.kind = &kind;
    a->connected = a->retried = a->failed = false;
    a->local = OK;
    a->end = TALK_END_CLOSED;
    a->need = 1;
    a->guess[0] = '\0';
    memset(&a->said, 0, sizeof a->said);
}
