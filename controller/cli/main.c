/* The program: argv in, exit code out. */
#include "base/log.h"
#include "controller/cli/help.h"
#include "controller/config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A closed standard stream's number would go to the next file that is opened: the database would
 * get what was meant for the terminal. Opened the wrong way round, using it is still an error. */
static bool streams_open(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        int way = fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;
        if (fcntl(fd, F_GETFD) < 0 && (errno != EBADF || open("/dev/null", way) != fd))
            return false;
    }
    return true;
}

/* A reader that has gone must not end a rollout; the write says so (EPIPE), and stream_end too. */
static void pipe_survive(void)
{
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    (void)sigemptyset(&ignore.sa_mask);
    (void)sigaction(SIGPIPE, &ignore, NULL);
}

/* Named here, gss-ntlmssp does not ask a winbindd that may run on this machine at each logon. */
static void workstation_name(void)
{
    char name[16] = "SWELL"; /* a NetBIOS name has 15 letters */
    if (gethostname(name, sizeof name - 1) == 0)
        name[strcspn(name, ".")] = '\0';
    (void)setenv("NETBIOS_COMPUTER_NAME", name[0] ? name : "SWELL", 0);
    (void)setenv("NETBIOS_DOMAIN_NAME", "WORKGROUP", 0);
}

static void log_begin(int verbose)
{
    static const enum log_level levels[] = {LOG_WARN, LOG_INFO, LOG_DEBUG, LOG_TRACE};
    size_t at = (size_t)verbose;
    log_level_set(levels[at < COUNT(levels) ? at : COUNT(levels) - 1]);
}

static bool help_wanted(const struct invocation *inv)
{
    if (inv->values[OPT_VERSION] != NULL && inv->values[OPT_HELP] == NULL)
        help_version(stdout);
    else if (inv->verb != NULL && inv->values[OPT_HELP] != NULL)
        help_verb(stdout, inv->verb);
    else if (inv->family != NULL && inv->verb == NULL)
        help_family(stdout, verb_table(), inv->family);
    else if (inv->verb == NULL)
        help_program(stdout, verb_table());
    else
        return false;
    return true;
}

static int verb_do(struct invocation *inv)
{
    struct why why = {0};
    enum err e;
    int code;
    log_begin(inv->verbose);
    if ((e = config_load(inv, &inv->config, &why)) != OK)
        return fail(e, &why);
    code = inv->verb->run(inv);
    config_free(inv->config);
    return code;
}

static bool reader_gone(void)
{
    struct pollfd out = {.fd = STDOUT_FILENO};
    return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

/* What was printed has arrived, or the exit code says that it did not. */
static int stream_end(int code)
{
    bool lost = ferror(stdout) != 0;
    struct why why = {0};
    errno = 0;
    if (fflush(stdout) != 0 || (!lost && close(STDOUT_FILENO) != 0))
        lost = true;
    if (!lost)
        return code;
    if (errno != EPIPE && !reader_gone()) { /* who has left a pipe, as `head` does, knows it */
        (void)(errno != 0 ? why_errno(&why, E_IO, errno, "cannot write the output")
                          : why_set(&why, E_IO, "not all of the output could be written"));
        (void)why_place(&why, E_IO, "standard output");
        (void)fail(E_IO, &why);
    }
    return code >= EXIT_BAD_USAGE ? code : code | EXIT_BROKEN;
}

int main(int argc, char **argv)
{
    struct invocation inv = {0};
    struct why why = {0};
    enum err e;
    if (!streams_open())
        return EXIT_BROKEN;
    pipe_survive();
    workstation_name();
    if ((e = invocation_parse(verb_table(), argc, argv, &inv, &why)) != OK)
        return fail(e, &why);
    return stream_end(help_wanted(&inv) ? EXIT_WELL : verb_do(&inv));
}
