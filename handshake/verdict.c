#include "handshake/verdict.h"

#include <stdio.h>

static const char *const words[] = {
    [VERDICT_PASSED] = "passed",
    [VERDICT_FAILED] = "failed",
    [VERDICT_INCONCLUSIVE] = "inconclusive",
};

const char *verdict_word(enum verdict v)
{
    return words[v];
}

/* "443" or "3389 (rdp)" */
static void port_text(const struct verify_rule *rule, char *buf, size_t size)
{
    if (rule->dialect[0] != '\0')
        (void)snprintf(buf, size, "%u (%.*s)", rule->port, DIALECT_NAME_MAX - 1, rule->dialect);
    else
        (void)snprintf(buf, size, "%u", rule->port);
}

/* What one version's answer means; *tail completes the sentence that begins with the answer. */
static enum verdict version_judge(enum tls_want want, bool worked, enum tls_seen seen,
                                  bool *regression, const char **tail)
{
    bool unsure = seen == SEEN_INCONCLUSIVE || seen == SEEN_NOT_ASKED;
    *regression = false;
    *tail = "";
    switch (want) {
    case WANT_ACCEPTED:
        *tail = worked ? ", should be accepted and was before" : ", should be accepted";
        *regression = worked && seen == SEEN_REFUSED;
        break;
    case WANT_REFUSED:
        if (seen == SEEN_REFUSED)
            return VERDICT_PASSED;
        *tail = unsure ? ", should be refused"
                       : ", should be refused: restart owed, or not a Schannel service";
        return unsure ? VERDICT_INCONCLUSIVE : VERDICT_FAILED;
    case WANT_ANYTHING:
        if (!worked)
            return VERDICT_PASSED;
        *tail = ", was accepted before and was not meant to stop";
        *regression = seen == SEEN_REFUSED;
        break;
    }
    if (unsure)
        return VERDICT_INCONCLUSIVE;
    return seen == SEEN_ACCEPTED ? VERDICT_PASSED : VERDICT_FAILED;
}

static bool accepted(const struct port_state *p, int version)
{
    return p && p->answers[version].seen == SEEN_ACCEPTED;
}

/* The whole port is gone: one sentence, whatever each version was meant to become. */
static enum verdict gone_judge(const struct verify_rule *rule, const struct port_state *before,
                               struct finding *f)
{
    char port[32];
    enum tls_version newest = TLS_1_2;
    bool any = false;
    for (int v = 0; v < TLS_VERSIONS; v++)
        if (accepted(before, v)) {
            newest = (enum tls_version)v;
            any = true;
        }
    *f = (struct finding){.port = rule->port,
                          .version = newest,
                          .verdict = VERDICT_FAILED,
                          .regression = true,
                          .id = "unreachable"};
    port_text(rule, port, sizeof port);
    (void)snprintf(f->text, sizeof f->text, "%s: nothing answers any more%s%s", port,
                   any ? ", before it accepted " : "", any ? tls_version_words(newest) : "");
    return VERDICT_FAILED;
}

static enum verdict worse(enum verdict a, enum verdict b)
{
    if (a == VERDICT_FAILED || b == VERDICT_FAILED)
        return VERDICT_FAILED;
    return a == VERDICT_INCONCLUSIVE ? a : b;
}

enum verdict verdict_judge(const struct verify_rule *rule, const struct port_state *before,
                           const struct port_state *after, struct finding findings[TLS_VERSIONS],
                           size_t *n)
{
    enum verdict worst = VERDICT_PASSED;
    char port[32], answer[TLS_ANSWER_TEXT_SIZE];
    *n = 0;
    if (before && before->open && !after->open) {
        *n = 1;
        return gone_judge(rule, before, &findings[0]);
    }
    port_text(rule, port, sizeof port);
    for (int i = 0; i < TLS_VERSIONS; i++) {
        const char *tail;
        bool regression;
        enum verdict v = version_judge(rule->want[i], accepted(before, i), after->answers[i].seen,
                                       &regression, &tail);
        if (v == VERDICT_PASSED)
            continue;
        struct finding *f = &findings[(*n)++];
        *f = (struct finding){.port = rule->port,
                              .version = (enum tls_version)i,
                              .verdict = v,
                              .regression = regression};
        (void)snprintf(f->text, sizeof f->text, "%s %s: %s%s", port,
                       tls_version_words((enum tls_version)i),
                       tls_answer_text(&after->answers[i], answer), tail);
        worst = worse(worst, v);
    }
    return worst;
}
