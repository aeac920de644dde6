/* The share IPC$, and pipes opened and closed. */
#include "tests/support/strict_parts.h"

#include "base/utf16.h"

#include <stdlib.h>
#include <string.h>

const char *const strict_pipe_names[IF_COUNT] = {
    [IF_WINREG] = "winreg",
    [IF_SVCCTL] = "svcctl",
    [IF_SRVSVC] = "srvsvc",
    [IF_SHUTDOWN] = "InitShutdown",
    [IF_LSA] = "lsarpc",
};

static char *name_take(struct rd units)
{
    struct text t = {0};
    char *s = NULL;

    if (units.bad || utf16_read(units, &t) != OK || text_take(&t, &s) != OK)
        s = NULL;
    text_fini(&t);
    return s;
}

void strict_tree_connect(struct strict_server *s, struct strict_connection *c,
                         const struct strict_message *m, struct rd message)
{
    struct rd r = rd_at(message, SMB_HEADER_SIZE, message.left - SMB_HEADER_SIZE);
    uint16_t size = rd_le16(&r);
    char *path, *share;
    struct wr w;

    rd_skip(&r, 2);
    uint16_t at = rd_le16(&r), n = rd_le16(&r);
    path = size == 9 && !r.bad ? name_take(rd_at(message, at, n)) : NULL;
    share = path == NULL ? NULL : strrchr(path, '\\');
    if (share == NULL || strncmp(path, "\\\\", 2) != 0)
        strict_answer_malformed(s, c, m);
    else if (!str_eq_nocase(share + 1, "IPC$"))
        strict_answer_error(s, c, m, NT_BAD_NETWORK_NAME);
    else if ((s->rules.encrypt & 2) != 0 && c->cipher == 0)
        strict_answer_error(s, c, m, NT_ACCESS_DENIED); /* 3.3.5.7 */
    else {
        c->tree_id = (uint32_t)strict_number(s);
        wr_init(&w, 0);
        wr_le16(&w, 16);
        wr_u8(&w, 2); /* pipes */
        wr_u8(&w, 0);
        wr_le32(&w, (s->rules.encrypt & 2) != 0 ? 0x8000 : 0);
        wr_le32(&w, 0);
        wr_le32(&w, 0x001f01ff);
        strict_answer(s, c, m, NT_OK, wr_view_of(&w));
        wr_fini(&w);
    }
    free(path);
}

static uint32_t pipe_by_name(struct strict_server *s, const char *name, enum strict_interface *out)
{
    for (int i = 0; i < IF_COUNT; i++) {
        if (!str_eq_nocase(name, strict_pipe_names[i]))
            continue;
        *out = (enum strict_interface)i;
        if (i != IF_WINREG || s->winreg == SERVICE_RUNNING)
            return NT_OK;
        if (s->winreg == SERVICE_DISABLED)
            return NT_NOT_FOUND;
        strict_winreg_start(s);
        return NT_PIPE_NOT_AVAILABLE;
    }
    return NT_NOT_FOUND;
}

static struct strict_pipe *pipe_new(struct strict_server *s, struct strict_connection *c,
                                    enum strict_interface i)
{
    for (size_t k = 0; k < STRICT_PIPES; k++) {
        struct strict_pipe *p = &c->pipes[k];
        uint64_t number;

        if (p->used)
            continue;
        *p = (struct strict_pipe){.used = true, .interface = i, .send_max = 4280};
        number = strict_number(s);
        memcpy(p->id, &number, sizeof number);
        memcpy(p->id + 8, &number, sizeof number);
        wr_init(&p->stub, 0);
        return p;
    }
    return NULL;
}

static size_t pipes_open(const struct strict_connection *c)
{
    size_t n = 0;

    for (size_t k = 0; k < STRICT_PIPES; k++)
        n += c->pipes[k].used;
    return n;
}

static uint32_t create(struct strict_server *s, struct strict_connection *c, struct rd message,
                       struct strict_pipe **out)
{
    struct rd r = rd_at(message, SMB_HEADER_SIZE, message.left - SMB_HEADER_SIZE);
    enum strict_interface i = IF_WINREG;
    uint16_t size = rd_le16(&r), at, n;
    uint32_t status;
    char *name;

    rd_skip(&r, 42);
    at = rd_le16(&r);
    n = rd_le16(&r);
    name = size == 57 && !r.bad ? name_take(rd_at(message, at, n)) : NULL;
    if (name == NULL || name[0] == '\\') { /* 3.3.5.9: no leading backslash */
        strict_violation(s, "the name of the pipe is malformed");
        free(name);
        return NT_INVALID_PARAMETER;
    }
    if (s->rules.validate && (c->dialect == 0x0300 || c->dialect == 0x0302) && !c->validated)
        strict_violation(s, "a pipe is opened and the negotiation was not validated");
    status = pipe_by_name(s, name, &i);
    free(name);
    if (status != NT_OK)
        return status;
    if (s->rules.pipes_max > 0 && pipes_open(c) >= s->rules.pipes_max)
        return NT_PIPE_BUSY;
    *out = pipe_new(s, c, i);
    return *out == NULL ? NT_TOO_MANY_OPENED : NT_OK;
}

void strict_create(struct strict_server *s, struct strict_connection *c,
                   const struct strict_message *m, struct rd message)
{
    struct strict_pipe *p = NULL;
    uint32_t status = create(s, c, message, &p);
    struct wr w;

    if (status != NT_OK) {
        memset(c->last_file, 0, sizeof c->last_file);
        strict_answer_error(s, c, m, status);
        return;
    }
    memcpy(c->last_file, p->id, sizeof p->id);
    wr_init(&w, 0);
    wr_le16(&w, 89);
    wr_u8(&w, 0);
    wr_u8(&w, 0);
    wr_le32(&w, 1); /* opened */
    wr_zeros(&w, 4 * 8);
    wr_le64(&w, 4096);
    wr_le64(&w, 0);
    wr_le32(&w, 0x80); /* normal */
    wr_le32(&w, 0);
    wr_bytes(&w, p->id, sizeof p->id);
    wr_le32(&w, 0);
    wr_le32(&w, 0);
    strict_answer(s, c, m, NT_OK, wr_view_of(&w));
    wr_fini(&w);
}

struct strict_pipe *strict_pipe_find(struct strict_connection *c, struct rd id)
{
    uint8_t all[16];

    memset(all, 0xff, sizeof all);
    if (rd_equal(id, rd_of(all, sizeof all)))
        id = rd_of(c->last_file, sizeof c->last_file);
    for (size_t k = 0; k < STRICT_PIPES; k++)
        if (c->pipes[k].used && rd_equal(id, rd_of(c->pipes[k].id, sizeof c->pipes[k].id)))
            return &c->pipes[k];
    return NULL;
}

/* The context handles of an association end with its last connection (C706 6.1.6). */
static void group_leave(struct strict_server *s, uint32_t group)
{
    for (size_t i = 0; i < STRICT_CONNECTIONS; i++)
        for (size_t k = 0; s->connections[i] != NULL && k < STRICT_PIPES; k++)
            if (s->connections[i]->pipes[k].used && s->connections[i]->pipes[k].group == group)
                return;
    if (group != 0)
        strict_handles_drop(s, group);
}

void strict_pipe_free(struct strict_server *s, struct strict_connection *c, struct strict_pipe *p)
{
    if (!p->used)
        return;
    p->used = false;
    for (size_t i = 0; i < p->n_waiters && !c->closing; i++)
        strict_answer_error(s, c, &p->waiters[i].m, NT_CANCELLED);
    for (size_t i = 0; i < p->n_replies; i++)
        wr_fini(&p->replies[i].bytes);
    wr_fini(&p->stub);
    group_leave(s, p->group);
}

void strict_close(struct strict_server *s, struct strict_connection *c,
                  const struct strict_message *m, struct rd message)
{
    struct strict_pipe *p = strict_pipe_find(c, rd_at(message, SMB_HEADER_SIZE + 8, 16));
    uint8_t body[60] = {60};

    if (p == NULL) {
        strict_answer_error(s, c, m, NT_FILE_CLOSED);
        return;
    }
    strict_pipe_free(s, c, p);
    strict_answer(s, c, m, NT_OK, rd_of(body, sizeof body));
}
