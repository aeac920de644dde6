/* Controllers that are killed in the middle of it. */
#include "tests/support/story_parts.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

_Noreturn void story_die(struct story *s)
{
    fleet_freeze(s->fleet);
    (void)kill(getpid(), SIGKILL);
    abort();
}

static _Noreturn void run_as_child(struct story *s, enum err (*run)(struct story *, struct why *))
{
    struct why why = {0};
    char line[700];
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    enum err e = run(s, &why);
    if (e != OK)
        fprintf(stderr, "%s: %s\n", err_name(e), why_line(&why, line, sizeof line));
    _exit((int)e);
}

/* Its wait status. */
static int run_child(struct story *s, enum err (*run)(struct story *, struct why *))
{
    int status = 0;
    fflush(NULL);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        run_as_child(s, run);
    assert_int_equal(waitpid(child, &status, 0), child);
    fleet_thaw(s->fleet);
    s->crash_when = NULL;
    s->crash_event.wanted = false;
    return status;
}

static bool run_killed(struct story *s, enum err (*run)(struct story *, struct why *))
{
    int status = run_child(s, run);
    if (WIFSIGNALED(status)) {
        assert_int_equal(WTERMSIG(status), SIGKILL);
        return true;
    }
    assert_int_equal(WEXITSTATUS(status), OK);
    return false;
}

enum err story_run_apart(struct story *s)
{
    int status = run_child(s, story_try_run);
    assert_true(WIFEXITED(status));
    return (enum err)WEXITSTATUS(status);
}

bool story_crash(struct story *s, story_crash_fn *when)
{
    s->crash_when = when;
    return run_killed(s, story_try_run);
}

bool story_crash_plan(struct story *s, story_crash_fn *when)
{
    s->crash_when = when;
    return run_killed(s, story_try_plan);
}

bool story_crash_at_event(struct story *s, enum event_kind kind, enum step step, const char *host)
{
    s->crash_event =
        (struct story_event_name){.wanted = true, .kind = kind, .step = step, .host = host};
    return run_killed(s, story_try_run);
}
