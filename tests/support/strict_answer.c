/* What goes out: headers, credits, signatures; and the lies about them. */
#include "tests/support/strict_parts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define FLAGS_AT 16
#define PENDING_FLOOD 200

static void bytes_send(struct strict_connection *c, const uint8_t *bytes, size_t n)
{
    while (n > 0 && !c->closing) {
        ssize_t k = send(c->fd, bytes, n, MSG_NOSIGNAL);

        if (k <= 0)
            c->closing = true;
        else
            bytes += k, n -= (size_t)k;
    }
}

/* One frame; announced: the length that it claims to have. */
static void frame_send(struct strict_connection *c, struct rd message, size_t n, size_t announced)
{
    struct wr w;

    wr_init(&w, 0);
    wr_be32(&w, announced);
    wr_bytes(&w, message.at, n);
    if (wr_end(&w) != OK)
        abort();
    bytes_send(c, w.bytes, w.used);
    wr_fini(&w);
}

/* Windows grants with the first answer that goes out. A client is never left without any. */
static uint16_t grant(struct strict_server *s, struct strict_connection *c,
                      const struct strict_message *m, bool interim)
{
    uint64_t held = c->ids_end - c->taken, most = s->rules.credits_max, n;

    if (most >= STRICT_IDS / 2)
        most = STRICT_IDS / 2;
    c->answers++;
    if (s->rules.credits_late && (interim || (held >= 1 && c->answers % 2 == 0)))
        return 0;
    if (m->async_id != 0 && !interim && held >= 1 && !s->rules.credits_late)
        return 0;
    n = held >= most ? 0 : most - held;
    if (n > (m->h.credits == 0 ? 1u : m->h.credits))
        n = m->h.credits == 0 ? 1 : m->h.credits;
    for (uint64_t i = 0; i < n; i++, c->ids_end++)
        c->used[c->ids_end % STRICT_IDS / 8] &=
            (uint8_t) ~(1u << (c->ids_end % STRICT_IDS % 8));
    return (uint16_t)n;
}

/* Before it is signed. */
static void lie_in(struct wr *w, struct smb_header *h, enum strict_lie lie)
{
    struct smb_header f = *h;
    uint8_t *body = w->bytes + SMB_HEADER_SIZE;
    struct wr head;

    if (lie == LIE_MESSAGE_ID)
        f.message_id += 4711;
    else if (lie == LIE_EARLIER_ID)
        f.message_id--;
    else if (lie == LIE_COMMAND)
        f.command = f.command == SMB_READ ? SMB_WRITE : SMB_READ;
    else if (lie == LIE_SESSION)
        f.session_id += 4711;
    else if (lie == LIE_REQUEST)
        f.flags &= ~(uint32_t)SMB_FLAG_RESPONSE;
    wr_init(&head, 0);
    smb_header_put(&head, &f);
    memcpy(w->bytes, head.bytes, SMB_HEADER_SIZE);
    wr_fini(&head);
    if (lie == LIE_STRUCTURE)
        body[0] ^= 0x55;
    if (lie == LIE_FIELDS && w->used > SMB_HEADER_SIZE + 2)
        memset(body + 2, 0xff, w->used - SMB_HEADER_SIZE - 2);
}

/* One field, whatever it means. */
static void field_change(const struct strict_rules *r, struct wr *w)
{
    bool carry = true;

    for (size_t i = r->lie_offset; i < r->lie_offset + r->lie_width && i < w->used; i++) {
        uint8_t *b = &w->bytes[i];

        if (r->lie_change == CHANGE_ZEROS || r->lie_change == CHANGE_ONES) {
            *b = r->lie_change == CHANGE_ONES ? 0xff : 0;
        } else if (carry) {
            carry = *b == (r->lie_change == CHANGE_PLUS ? 0xff : 0);
            *b = (uint8_t)(r->lie_change == CHANGE_PLUS ? *b + 1 : *b - 1);
        }
    }
}

/* For who looks what there is to lie about. */
static void kind_note(struct strict_server *s, const struct strict_message *m,
                      const struct smb_header *h, size_t size)
{
    if (s->messages <= STRICT_ANSWERS_MAX)
        s->report.kinds[s->messages - 1] = (struct strict_answer_kind){
            .command = h->command, .status = h->status, .size = size, .sealed = m->encrypted};
}

static void out_send(struct strict_connection *c, struct rd m, enum strict_lie lie)
{
    if (lie == LIE_CUT_INSIDE)
        frame_send(c, m, m.left / 2, m.left);
    else if (lie == LIE_LENGTH_LONG)
        frame_send(c, m, m.left, m.left + 100);
    else if (lie == LIE_LENGTH_SHORT)
        frame_send(c, m, m.left - 3, m.left - 3);
    else if (lie == LIE_LENGTH_HUGE)
        frame_send(c, m, m.left, 0xffffff);
    else if (lie != LIE_CUT_BEFORE && lie != LIE_SILENT)
        frame_send(c, m, m.left, m.left);
    if (lie == LIE_TWICE)
        frame_send(c, m, m.left, m.left);
    c->closing = c->closing || lie == LIE_CUT_BEFORE || lie == LIE_CUT_INSIDE ||
                 lie == LIE_CUT_AFTER || lie == LIE_LENGTH_LONG;
}

static bool is_secured(const struct strict_server *s, const struct strict_connection *c,
                       const struct strict_message *m, const struct smb_header *h)
{
    return c->session_good && h->status != NT_PENDING &&
           ((m->h.flags & SMB_FLAG_SIGNED) != 0 || h->command == SMB_SESSION_SETUP ||
            !s->rules.signing_optional);
}

static void message_send(struct strict_server *s, struct strict_connection *c,
                         const struct strict_message *m, struct smb_header *h, struct rd body)
{
    enum strict_lie lie = LIE_NONE;
    struct wr w, sealed;

    if (++s->messages == s->rules.lie_at)
        lie = (enum strict_lie)s->rules.lie;
    wr_init(&w, 0);
    wr_init(&sealed, 0);
    smb_header_put(&w, h);
    wr_view(&w, body);
    if (wr_end(&w) != OK)
        abort();
    kind_note(s, m, h, w.used);
    lie_in(&w, h, lie);
    if (lie == LIE_FIELD)
        field_change(&s->rules, &w);
    if (is_secured(s, c, m, h) && (!m->encrypted || lie == LIE_PLAIN) && lie != LIE_UNSIGNED)
        strict_sign(c->signing, &c->keys, w.bytes, w.used);
    if (h->command == SMB_NEGOTIATE || h->status == NT_MORE_PROCESSING)
        strict_preauth(c, wr_view_of(&w));
    if (m->encrypted && lie != LIE_UNSIGNED && lie != LIE_PLAIN && !c->forgotten)
        strict_encrypt(c->cipher, &c->keys, c->session_id, wr_view_of(&w), &sealed);
    struct wr *out = sealed.used > 0 ? &sealed : &w;
    if (lie == LIE_SEAL)
        field_change(&s->rules, out);
    if (lie == LIE_SIGNATURE)
        out->bytes[sealed.used > 0 ? 5 : SMB_SIGNATURE_AT + 1] ^= 0x10;
    if (lie == LIE_BODY)
        out->bytes[out->used - 1] ^= 0x10;
    out_send(c, wr_view_of(out), lie);
    wr_fini(&sealed);
    wr_fini(&w);
    if (lie == LIE_PENDING)
        for (int i = 0; i < PENDING_FLOOD && !c->closing; i++) {
            struct strict_message again = *m;

            strict_interim(s, c, &again);
        }
}

static struct smb_header header_for(const struct strict_connection *c,
                                    const struct strict_message *m, uint32_t status)
{
    return (struct smb_header){
        .credit_charge = m->h.credit_charge,
        .status = status,
        .command = m->h.command,
        .flags = SMB_FLAG_RESPONSE | (m->async_id != 0 ? SMB_FLAG_ASYNC : 0) |
                 (m->h.flags & SMB_FLAG_RELATED),
        .message_id = m->h.message_id,
        .async_id = m->async_id,
        .tree_id = m->h.command == SMB_TREE_CONNECT && status == NT_OK ? c->tree_id : m->h.tree_id,
        .session_id = m->h.command == SMB_SESSION_SETUP ? c->session_id : m->h.session_id,
    };
}

void strict_answer(struct strict_server *s, struct strict_connection *c,
                   const struct strict_message *m, uint32_t status, struct rd body)
{
    static const uint8_t error_body[9] = {9};
    struct smb_header h;

    if (c->forgotten) { /* also what was under way */
        status = NT_USER_SESSION_DELETED;
        body = rd_of(error_body, sizeof error_body);
    }
    h = header_for(c, m, status);
    h.credits = grant(s, c, m, false);
    s->report.answers++;
    c->unanswered--;
    message_send(s, c, m, &h, body);
}

void strict_answer_error(struct strict_server *s, struct strict_connection *c,
                         const struct strict_message *m, uint32_t status)
{
    static const uint8_t body[9] = {9}; /* MS-SMB2 2.2.2 */

    strict_answer(s, c, m, status, rd_of(body, sizeof body));
}

void strict_answer_malformed(struct strict_server *s, struct strict_connection *c,
                             const struct strict_message *m)
{
    strict_violation(s, "command %u is malformed", m->h.command);
    strict_answer_error(s, c, m, NT_INVALID_PARAMETER);
}

void strict_interim(struct strict_server *s, struct strict_connection *c, struct strict_message *m)
{
    static const uint8_t body[9] = {9};
    struct smb_header h;

    m->async_id = strict_number(s);
    h = header_for(c, m, NT_PENDING);
    h.credits = grant(s, c, m, true);
    s->report.interims++;
    message_send(s, c, m, &h, rd_of(body, sizeof body));
}
