/* The steps around a restart: arm, ask, look. */
#include "controller/step_parts.h"

#include <stdlib.h>
#include <string.h>

static void witness_from(const struct boot_identity *id, int64_t now_ms, struct witness_set *out)
{
    out->has_guid = id->has_guid;
    memcpy(out->guid, id->server_guid, sizeof out->guid);
    out->has_start = id->has_start;
    out->start = id->start_filetime;
    out->has_boot = id->has_uptime;
    out->boot_ms = now_ms - (int64_t)id->uptime_ms;
    out->has_shutdown = id->has_shutdown;
    out->shutdown = id->shutdown_filetime;
}

static enum err read_identity(struct step_run *run, struct witness_set *out)
{
    const struct world *w = run->job->world;
    struct boot_identity id = {0};
    enum err e = w->transport->identity(run->transport, run->deadline_ms, &id, &run->why);
    if (e == OK)
        witness_from(&id, w->clock->real_ms(w->clock->self), out);
    return e;
}

enum err step_arm(struct step_run *run)
{
    struct event *ev = &run->result->ev;
    struct reg_path marker = {0};
    struct reg_op op = {.kind = OP_CREATE_KEY, .path = &marker, .volatile_key = true};
    struct why unused;
    enum err e;
    if ((e = path_parse(BOOT_MARKER_KEY, VIEW_64, &marker, &run->why)) != OK ||
        (e = step_open(run)) != OK || (e = read_identity(run, &ev->seen.set)) != OK)
        goto out;
    ev->seen.reachable = ev->seen.authenticated = true;
    /* Without the key there is one witness less; the others still have to agree. */
    e = run->job->world->transport->apply(run->transport, &op, 1, run->deadline_ms, &unused);
    ev->seen.set.marker = e == OK && op.done ? MARKER_PRESENT : MARKER_UNKNOWN;
    if (e != OK && err_class(e) != CLASS_FAIL_HOST)
        run->why = unused;
    else
        e = step_note_services(run);
out:
    path_fini(&marker);
    return e;
}

static enum err look_thoroughly(struct step_run *run, struct observation *seen)
{
    struct reg_path marker = {0};
    struct reg_read item = {.path = &marker};
    enum err e;
    if ((e = path_parse(BOOT_MARKER_KEY, VIEW_64, &marker, &run->why)) != OK ||
        (e = step_open(run)) != OK || (e = read_identity(run, &seen->set)) != OK ||
        (e = run->job->world->transport->read(run->transport, &item, 1, run->deadline_ms,
                                              &run->why)) != OK)
        goto out;
    if (item.err == OK)
        seen->set.marker = item.value.absent ? MARKER_ABSENT : MARKER_PRESENT;
    seen->authenticated = true;
out:
    read_fini(&item, 1);
    path_fini(&marker);
    return e;
}

/* An earlier request was taken as lost: is this the boot that it was for? */
static enum err make_sure_of_boot(struct step_run *run)
{
    const struct action *a = run->action;
    struct observation seen = {.reachable = true};
    char text[WITNESS_TEXT_SIZE];
    enum err e = look_thoroughly(run, &seen);
    if (e != OK ||
        witness_judge(&a->before, &seen, a->asked_ms, false, text) == RESTART_NOT_SEEN)
        return e;
    return why_set(&run->why, E_MOVED,
                   "not asked again, the earlier request may have come late: %s", text);
}

enum err step_restart(struct step_run *run)
{
    const struct policy *p = run->job->policy;
    enum err e = step_open(run);
    if (e != OK || (run->action->thorough && (e = make_sure_of_boot(run)) != OK))
        return e;
    run->result->ev.asked = true;
    e = run->job->world->transport->restart(run->transport, run->job->reason,
                                            (uint32_t)(p->restart_delay_ms / 1000),
                                            run->deadline_ms, &run->why);
    /* Only a lost answer leaves the fate open; every other failure means that it was not accepted.
     */
    if (e != OK && e != E_CUT && e != E_TIMEOUT && e != E_GOING_DOWN)
        run->result->ev.asked = false;
    return e;
}

/* A look fails only for reasons of our own: what the host does or does not do is what was seen. */
enum err step_look(struct step_run *run)
{
    const struct world *w = run->job->world;
    struct observation *seen = &run->result->ev.seen;
    struct boot_identity id = {0};
    enum err e = w->transport->look(&run->job->target, run->deadline_ms, &id, &run->why);
    if (e == OK) {
        seen->reachable = true;
        witness_from(&id, w->clock->real_ms(w->clock->self), &seen->set);
        if (run->action->thorough)
            e = look_thoroughly(run, seen);
    }
    if (e == OK)
        return OK;
    step_wake_again(run, e);
    seen->refused = e == E_AUTH;
    why_line(&run->why, run->result->ev.why, sizeof run->result->ev.why);
    return err_class(e) == CLASS_HALT ? e : OK;
}
