#include "rollout/witness.h"

#include <stdio.h>
#include <string.h>

/* A host's uptime and our clock are read a moment apart; less than this is no difference. */
#define BOOT_SLACK_MS 5000

struct votes {
    bool service; /* the server service began anew: with the machine, or all by itself */
    int machine;  /* say what only a restart of the machine does */
    int no;
    char text[WITNESS_TEXT_SIZE];
};

static void say(struct votes *v, const char *words)
{
    size_t used = strlen(v->text);
    snprintf(v->text + used, sizeof v->text - used, "%s%s", used ? ", " : "", words);
}

/* Two marks of the same thing: together one voice. */
static void ask_service(struct votes *v, const struct witness_set *before,
                        const struct witness_set *now)
{
    if (before->has_guid && now->has_guid) {
        bool new = memcmp(before->guid, now->guid, sizeof now->guid) != 0;
        say(v, new ? "server GUID new" : "server GUID unchanged");
        v->service |= new;
        v->no += !new;
    }
    if (before->has_start && now->has_start) {
        bool new = before->start != now->start;
        say(v, new ? "server start time new" : "server start time unchanged");
        v->service |= new;
        v->no += !new;
    }
}

static void ask_machine(struct votes *v, const struct witness_set *before,
                        const struct witness_set *now, int64_t asked_ms)
{
    if (before->marker == MARKER_PRESENT && now->marker != MARKER_UNKNOWN) {
        bool gone = now->marker == MARKER_ABSENT;
        say(v, gone ? "volatile key gone" : "volatile key still there");
        v->machine += gone;
        v->no += !gone;
    }
    if (now->has_boot) {
        /* Of a host that booted just before it was asked only the boot itself can tell. */
        bool same = before->has_boot && now->boot_ms <= before->boot_ms + BOOT_SLACK_MS;
        bool after = now->boot_ms > asked_ms - BOOT_SLACK_MS && !same;
        say(v, after ? "booted after the request" : "uptime reaches back before the request");
        v->machine += after;
        v->no += !after;
    }
    /* Written by a clean shutdown only: an old one says nothing. */
    if (before->has_shutdown && now->has_shutdown && now->shutdown > before->shutdown) {
        say(v, "shutdown time new");
        v->machine++;
    }
}

enum restart_verdict witness_judge(const struct witness_set *before, const struct observation *now,
                                   int64_t asked_ms, bool down_seen, char text[WITNESS_TEXT_SIZE])
{
    struct votes v = {0};
    ask_service(&v, before, &now->set);
    ask_machine(&v, before, &now->set, asked_ms);
    /* A gap alone may be the network's, and its absence only a slow look. */
    if (down_seen)
        say(&v, "seen down");
    snprintf(text, WITNESS_TEXT_SIZE, "%s", v.text[0] ? v.text : "no witness");
    /* A server service that was restarted by itself has a new GUID and a gap as well. */
    if (v.no == 0 && v.machine > 0 && v.machine + v.service + down_seen >= 2)
        return RESTART_PROVED;
    return v.no > 0 && v.machine == 0 && !v.service ? RESTART_NOT_SEEN : RESTART_INCONCLUSIVE;
}

bool witness_boot_differs(const struct witness_set *a, const struct witness_set *b)
{
    if (a->has_guid && b->has_guid && memcmp(a->guid, b->guid, sizeof a->guid) != 0)
        return true;
    return a->has_start && b->has_start && a->start != b->start;
}
