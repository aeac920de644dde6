#include "handshake/listen_dialect.h"

#include "base/text.h"

#include <string.h>

#define LINE_MAX_BYTES 512u

enum { STAGE_GREET,
       STAGE_TALK };

void before_say(struct before *b, const char *words, struct rd bytes)
{
    size_t used = strlen(b->said);
    for (const char *at = words; *at != '\0' && used + 1 < sizeof b->said; at++)
        b->said[used++] = *at;
    while (bytes.left > 0 && used + 1 < sizeof b->said) {
        uint8_t byte = rd_u8(&bytes);
        b->said[used++] = (char)(byte >= ' ' && byte < 0x7f ? byte : '.');
    }
    b->said[used] = '\0';
}

static void reply(struct wr *out, const char *text)
{
    wr_view(out, rd_text(text));
}

/* --- dialects of lines --- */

/* The next line without its end; false while it is not whole. */
static bool line_take(struct rd *in, char line[LINE_MAX_BYTES + 1], bool *too_long)
{
    const uint8_t *end = in->left > 0 ? memchr(in->at, '\n', in->left) : NULL;
    size_t n;
    *too_long = end == NULL ? in->left > LINE_MAX_BYTES
                            : (size_t)(end - in->at) > LINE_MAX_BYTES;
    if (end == NULL || *too_long)
        return false;
    n = (size_t)(end - in->at);
    (void)rd_copy(in, line, n);
    rd_skip(in, 1);
    line[n] = '\0';
    line[strcspn(line, "\r")] = '\0';
    return true;
}

static bool begins(const char *line, const char *word)
{
    char first[16] = "";
    size_t n = strlen(word);
    if (strlen(line) < n || n >= sizeof first)
        return false;
    memcpy(first, line, n);
    return str_eq_nocase(first, word) && (line[n] == '\0' || line[n] == ' ');
}

struct command {
    const char *word;
    const char *answer;
    enum before_step step;
};

struct line_dialect {
    const char *greeting;
    bool tagged; /* every command and its answer begin with a word of the client's (IMAP) */
    const char *otherwise;
    const struct command *commands;
    size_t n;
};

static const struct command smtp_commands[] = {
    {"EHLO", "250-swell listens\r\n250 STARTTLS\r\n", BEFORE_MORE},
    {"HELO", "250 swell listens\r\n", BEFORE_MORE},
    {"STARTTLS", "220 go ahead\r\n", BEFORE_TLS},
    {"NOOP", "250 ok\r\n", BEFORE_MORE},
    {"QUIT", "221 bye\r\n", BEFORE_NO_TLS},
    {"MAIL", "530 STARTTLS comes first\r\n", BEFORE_NO_TLS},
    {"AUTH", "530 STARTTLS comes first\r\n", BEFORE_NO_TLS},
};
static const struct command imap_commands[] = {
    {"CAPABILITY", "OK done\r\n", BEFORE_MORE},
    {"ID", "OK done\r\n", BEFORE_MORE},
    {"NOOP", "OK done\r\n", BEFORE_MORE},
    {"STARTTLS", "OK begin TLS\r\n", BEFORE_TLS},
    {"LOGOUT", "OK bye\r\n", BEFORE_NO_TLS},
    {"LOGIN", "NO STARTTLS comes first\r\n", BEFORE_NO_TLS},
    {"AUTHENTICATE", "NO STARTTLS comes first\r\n", BEFORE_NO_TLS},
};
static const struct command pop3_commands[] = {
    {"CAPA", "+OK\r\nSTLS\r\n.\r\n", BEFORE_MORE},
    {"STLS", "+OK begin TLS\r\n", BEFORE_TLS},
    {"QUIT", "+OK bye\r\n", BEFORE_NO_TLS},
    {"USER", "-ERR STLS comes first\r\n", BEFORE_NO_TLS},
};
static const struct command ftp_commands[] = {
    {"FEAT", "211-here\r\n AUTH TLS\r\n211 end\r\n", BEFORE_MORE},
    {"AUTH TLS", "234 begin TLS\r\n", BEFORE_TLS},
    {"AUTH SSL", "234 begin TLS\r\n", BEFORE_TLS},
    {"AUTH TLS-C", "234 begin TLS\r\n", BEFORE_TLS},
    {"QUIT", "221 bye\r\n", BEFORE_NO_TLS},
    {"USER", "530 AUTH TLS comes first\r\n", BEFORE_NO_TLS},
};

static const struct line_dialect smtp = {"220 swell listens ESMTP\r\n", false,
                                         "502 not here\r\n", smtp_commands,
                                         COUNT(smtp_commands)};
static const struct line_dialect imap = {
    "* OK [CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED] swell listens\r\n", true,
    "BAD not here\r\n", imap_commands, COUNT(imap_commands)};
static const struct line_dialect pop3 = {"+OK swell listens\r\n", false, "-ERR not here\r\n",
                                         pop3_commands, COUNT(pop3_commands)};
static const struct line_dialect ftp = {"220 swell listens\r\n", false, "502 not here\r\n",
                                        ftp_commands, COUNT(ftp_commands)};

static enum before_step line_answer(const struct line_dialect *d, struct before *b,
                                    const char *line, struct wr *out)
{
    const char *command = line;
    if (d->tagged) {
        size_t tag = strcspn(line, " ");
        wr_bytes(out, line, tag);
        wr_u8(out, ' ');
        command = line + tag + (line[tag] == ' ' ? 1 : 0);
    }
    for (size_t i = 0; i < d->n; i++) {
        if (!begins(command, d->commands[i].word))
            continue;
        if (begins(command, "EHLO") || begins(command, "HELO"))
            before_say(b, "", rd_text(command));
        if (d->commands[i].step == BEFORE_NO_TLS)
            before_say(b, *b->said ? ", went on without TLS: " : "went on without TLS: ",
                       rd_text(d->commands[i].word));
        reply(out, d->commands[i].answer);
        return d->commands[i].step;
    }
    reply(out, d->otherwise);
    return BEFORE_MORE;
}

static enum before_step lines_step(const struct line_dialect *d, struct before *b, struct rd *in,
                                   struct wr *out)
{
    char line[LINE_MAX_BYTES + 1];
    enum before_step step = BEFORE_MORE;
    bool too_long = false;
    if (b->stage == STAGE_GREET) {
        reply(out, d->greeting);
        b->stage = STAGE_TALK;
    }
    /* A TLS record or the like has a byte that no command begins with. */
    if (in->left > 0 && (in->at[0] < ' ' || in->at[0] >= 0x7f))
        return BEFORE_FOREIGN;
    while (step == BEFORE_MORE && line_take(in, line, &too_long))
        step = line_answer(d, b, line, out);
    return too_long ? BEFORE_FOREIGN : step;
}

static enum before_step before_smtp(struct before *b, struct rd *in, struct wr *out)
{
    return lines_step(&smtp, b, in, out);
}

static enum before_step before_imap(struct before *b, struct rd *in, struct wr *out)
{
    return lines_step(&imap, b, in, out);
}

static enum before_step before_pop3(struct before *b, struct rd *in, struct wr *out)
{
    return lines_step(&pop3, b, in, out);
}

static enum before_step before_ftp(struct before *b, struct rd *in, struct wr *out)
{
    return lines_step(&ftp, b, in, out);
}

static enum before_step before_nothing(struct before *b, struct rd *in, struct wr *out)
{
    (void)b;
    (void)in;
    (void)out;
    return BEFORE_TLS;
}

static const struct listen_dialect dialects[] = {
    {"tls", before_nothing},
    {"rdp", before_rdp},
    {"mssql", before_mssql},
    {"mssql-strict", before_nothing},
    {"smtp", before_smtp},
    {"imap", before_imap},
    {"pop3", before_pop3},
    {"ftp", before_ftp},
    {"ldap", before_ldap},
    {"postgres", before_postgresql},
    {"mysql", before_mysql},
};

const struct listen_dialect *listen_dialect_named(const char *name)
{
    if (*name == '\0')
        return &dialects[0];
    for (size_t i = 0; i < COUNT(dialects); i++)
        if (strcmp(dialects[i].name, name) == 0)
            return &dialects[i];
    return NULL;
}

size_t listen_dialect_count(void)
{
    return COUNT(dialects);
}

const struct listen_dialect *listen_dialect_at(size_t i)
{
    return &dialects[i];
}
