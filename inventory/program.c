#include "inventory/program.h"

#include "base/child.h"
#include "base/clock.h"
#include "base/shown.h"
#include "inventory/json_read.h"
#include "inventory/readers.h"
#include "inventory/yaml_read.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A script, or an ELF file. A text that only has the right to be run, as on a disk of Windows, is
 * a text. */
static enum err has_program_bytes(const char *path, bool *out, struct why *why)
{
    char head[4] = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n;

    if (fd < 0)
        return why_errno(why, E_IO, errno, "cannot open it");
    n = read(fd, head, sizeof head);
    close(fd);
    *out = n >= 2 && (memcmp(head, "#!", 2) == 0 || (n == 4 && memcmp(head, "\x7f"
                                                                            "ELF",
                                                                      4) == 0));
    return OK;
}

enum err program_look(const char *path, bool *is_program, struct why *why)
{
    struct stat st;
    enum err e;

    *is_program = false;
    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode) || access(path, X_OK) != 0)
        return OK;
    if ((e = has_program_bytes(path, is_program, why)) != OK || !*is_program)
        return why_place(why, e, "%s", shown_file(path));
    if ((st.st_mode & S_IWOTH) != 0)
        return why_place(why,
                         why_set(why, E_DATA,
                                 "everybody may write this program, so it is not run: take the"
                                 " right away (chmod o-w)"),
                         "%s", shown_file(path));
    return OK;
}

static enum err output_read(struct child *c, int64_t deadline_ms, size_t output_max,
                            struct text *out, struct why *why)
{
    for (;;) {
        char part[16384];
        size_t n;
        enum err e = child_read(c, part, sizeof part, deadline_ms, &n, why);

        if (e != OK || n == 0)
            return e;
        if (n > output_max - out->used)
            return why_set(why, E_DATA, "the program printed more than %zu bytes", output_max);
        text_put_n(out, part, n);
        if (text_end(out) != OK)
            return why_set(why, E_MEMORY, "out of memory");
    }
}

enum err program_run(const char *path, const char *option, const char *argument,
                     int64_t deadline_ms, size_t output_max, struct text *out, struct why *why)
{
    const char *const argv[] = {path, option, argument, NULL};
    struct child child;
    enum err e;

    if ((e = child_start(argv, &child, why)) == OK &&
        (e = output_read(&child, deadline_ms, output_max, out, why)) == OK)
        e = child_judge(&child, why);
    child_stop(&child);
    if (e != OK && e != E_MEMORY && e != E_IO)
        e = E_DATA;
    return why_place(why, e, "%s", shown_file(path));
}

struct asking {
    const char *path;
    int64_t deadline_ms;
    struct notes *notes;
};

static bool is_blank(const struct text *t)
{
    for (size_t i = 0; i < t->used; i++)
        if (strchr(" \t\r\n", t->s[i]) == NULL)
            return false;
    return true;
}

static enum err ask_host(void *self, const char *host, struct values *values, struct value **out,
                         struct why *why)
{
    const struct asking *a = self;
    struct text printed = {0}, label = {0};
    enum err e;

    *out = NULL;
    text_printf(&label, "%s --host %s", a->path, host);
    if ((e = program_run(a->path, "--host", host, a->deadline_ms, PROGRAM_OUTPUT_MAX, &printed,
                         why)) == OK &&
        !is_blank(&printed))
        e = data_read(text_str(&label), text_str(&printed), printed.used, a->notes, values, out,
                      NULL, why);
    text_fini(&printed);
    text_fini(&label);
    return e;
}

enum err program_read(struct draft *d, const char *path, struct why *why)
{
    struct asking asking = {.path = path, .notes = &d->notes};
    struct host_asker asker = {.ask = ask_host, .self = &asking};
    struct values values = {0};
    struct value *root = NULL;
    struct text printed = {0};
    enum err e;

    if ((e = program_run(path, "--list", NULL, clock_mono_ms() + PROGRAM_LIST_MS,
                         PROGRAM_OUTPUT_MAX, &printed, why)) == OK &&
        (e = json_read(path, text_str(&printed), printed.used, &d->notes, &values, &root, why)) ==
            OK) {
        asking.deadline_ms = clock_mono_ms() + PROGRAM_HOSTS_MS;
        e = listing_read(d, root, &asker, why);
    }
    values_fini(&values);
    text_fini(&printed);
    return e;
}
