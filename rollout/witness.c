#include "rollout/witness.h"

#include <stdio.h>
#include <string.h>

/* A host's uptime and our clock are read a moment apart; less than this is no difference. */
#define BOOT_SLACK_MS 5000

struct votes {
    int yes, no;
    char text[WITNESS_TEXT_SIZE];
};

static void vote(struct votes *v, bool yes, const char *words)
{
    size_t used = strlen(v->text);
    snprintf(v->text + used, sizeof v->text - used, "%s%s", used ? ", " : "", words);
    if (yes)
        v->yes++;
    else
        v->no++;
}

enum restart_verdict witness_judge(const struct witness_set *before, const struct observation *now,
                                   int64_t asked_ms, bool down_seen, char text[WITNESS_TEXT_SIZE])
{
    const struct witness_set *set = &now->set;
    struct votes v = {0};
    if (before->has_guid && set->has_guid) {
        bool new = memcmp(before->guid, set->guid, sizeof set->guid) != 0;
        vote(&v, new, new ? "server GUID new" : "server GUID unchanged");
    }
    if (before->has_start && set->has_start) {
        bool new = before->start != set->start;
        vote(&v, new, new ? "server start time new" : "server start time unchanged");
    }
    if (before->marker == MARKER_PRESENT && set->marker != MARKER_UNKNOWN) {
        bool gone = set->marker == MARKER_ABSENT;
        vote(&v, gone, gone ? "volatile key gone" : "volatile key still there");
    }
    if (set->has_boot) {
        bool after = set->boot_ms > asked_ms - BOOT_SLACK_MS;
        vote(&v, after,
             after ? "booted after the request" : "uptime reaches back before the request");
    }
    /* Written by a clean shutdown only: an old one says nothing. */
    if (before->has_shutdown && set->has_shutdown && set->shutdown > before->shutdown)
        vote(&v, true, "shutdown time new");
    /* A gap alone may be the network's, and its absence only a slow look. */
    if (down_seen)
        vote(&v, true, "seen down");
    snprintf(text, WITNESS_TEXT_SIZE, "%s", v.text[0] ? v.text : "no witness");
    if (v.yes >= 2 && v.no == 0)
        return RESTART_PROVED;
    return v.yes == (down_seen ? 1 : 0) && v.no > 0 ? RESTART_NOT_SEEN : RESTART_INCONCLUSIVE;
}

bool witness_boot_differs(const struct witness_set *a, const struct witness_set *b)
{
    if (a->has_guid && b->has_guid && memcmp(a->guid, b->guid, sizeof a->guid) != 0)
        return true;
    return a->has_start && b->has_start && a->start != b->start;
}
