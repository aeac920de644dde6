#include "base/secret.h"

#include "base/secret_line.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whole pages, so that locking one secret never unlocks a neighbour's page. */
static size_t pages_for(size_t n)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE);

    return (n + page - 1) / page * page;
}

static char *memory_take(size_t n)
{
    size_t size = pages_for(n);
    void *bytes = NULL;

    if (posix_memalign(&bytes, (size_t)sysconf(_SC_PAGESIZE), size) != 0)
        return NULL;
    memset(bytes, 0, size);
    (void)mlock(bytes, size); /* best effort: the limit may be small */
    (void)madvise(bytes, size, MADV_DONTDUMP);
    return bytes;
}

static void memory_give_back(char *bytes, size_t n)
{
    size_t size = pages_for(n);

    if (bytes == NULL)
        return;
    secret_wipe(bytes, size);
    (void)madvise(bytes, size, MADV_DODUMP);
    (void)munlock(bytes, size);
    free(bytes);
}

enum err secret_from_bytes(const void *bytes, size_t n, struct secret *out)
{
    char *copy;

    *out = (struct secret){0};
    if (n > SECRET_MAX)
        return E_LIMIT;
    copy = memory_take(n + 1);
    if (copy == NULL)
        return E_MEMORY;
    if (n > 0)
        memcpy(copy, bytes, n);
    out->bytes = copy;
    out->used = n;
    return OK;
}

enum err secret_from_env(const char *variable, struct secret *out, struct why *why)
{
    const char *value = getenv(variable);
    enum err e;

    *out = (struct secret){0};
    if (value == NULL || value[0] == '\0')
        e = why_set(why, E_CONFIG, "the environment variable %s",
                    value == NULL ? "is not set" : "is empty");
    else if ((e = secret_from_bytes(value, strlen(value), out)) == E_LIMIT)
        e = why_set(why, E_CONFIG, "the secret is longer than %d bytes", SECRET_MAX);
    else if (e != OK)
        (void)why_set(why, e, "%s", err_words(e));
    return why_place(why, e, "%s", variable);
}

static enum err check_private(int fd, const char *path, struct why *why)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return why_errno(why, E_CONFIG, errno, "the secret file cannot be examined");
    if (S_ISDIR(st.st_mode))
        return why_set(why, E_CONFIG, "a directory holds no secret");
    if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0 && !S_ISCHR(st.st_mode))
        return why_set(why, E_CONFIG,
                       "others than its owner may read or change the secret file (mode %04o); "
                       "mend it with: chmod 600 %s",
                       (unsigned)(st.st_mode & 07777), path);
    return OK;
}

/* The newline that an editor leaves at the end is not part of a password. */
static size_t without_newline(const char *s, size_t n)
{
    if (n > 0 && s[n - 1] == '\n')
        n--;
    else
        return n;
    return n > 0 && s[n - 1] == '\r' ? n - 1 : n;
}

enum err secret_from_line(const char *line, size_t n, struct secret *out, struct why *why)
{
    enum err e;

    n = without_newline(line, n);
    if (n == 0)
        return why_set(why, E_CONFIG, "it gives no secret: it is empty");
    if (n > SECRET_MAX)
        return why_set(why, E_CONFIG, "the secret is longer than %d bytes", SECRET_MAX);
    if ((e = secret_from_bytes(line, n, out)) != OK)
        return why_set(why, e, "%s", err_words(e));
    return OK;
}

/* Read until the end or until line is full; full is one byte more than any secret has. */
static enum err read_line(int fd, char line[SECRET_LINE_SIZE], size_t *n, struct why *why)
{
    size_t used = 0;

    while (used < SECRET_LINE_SIZE) {
        ssize_t got = read(fd, line + used, SECRET_LINE_SIZE - used);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return why_errno(why, E_CONFIG, errno, "the secret file cannot be read");
        if (got == 0)
            break;
        used += (size_t)got;
    }
    *n = used;
    return OK;
}

enum err secret_from_file(const char *path, struct secret *out, struct why *why)
{
    char line[SECRET_LINE_SIZE];
    size_t n = 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    enum err e;

    *out = (struct secret){0};
    if (fd < 0)
        return why_place(why, why_errno(why, E_CONFIG, errno, "the secret file cannot be opened"),
                         "%s", path);
    if ((e = check_private(fd, path, why)) == OK && (e = read_line(fd, line, &n, why)) == OK)
        e = secret_from_line(line, n, out, why);
    secret_wipe(line, sizeof line);
    close(fd);
    return why_place(why, e, "%s", path);
}

enum err secret_copy(const struct secret *from, struct secret *out)
{
    if (from->bytes == NULL) {
        *out = (struct secret){0};
        return OK;
    }
    return secret_from_bytes(from->bytes, from->used, out);
}

void secret_fini(struct secret *s)
{
    memory_give_back(s->bytes, s->used + 1);
    *s = (struct secret){0};
}

void secret_wipe(void *bytes, size_t n)
{
    if (n > 0)
        explicit_bzero(bytes, n);
}

bool secret_is_set(const struct secret *s)
{
    return s->bytes != NULL;
}
