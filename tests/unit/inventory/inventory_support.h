/* tests/unit/inventory/inventory_support.h: inventories from text, and Ansible beside us. */
#ifndef SWELL_TESTS_INVENTORY_SUPPORT_H
#define SWELL_TESTS_INVENTORY_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "inventory/inventory.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static inline void assert_ok(enum err e, const struct why *why)
{
    char line[600];

    if (e != OK)
        fail_msg("%s: %s", err_name(e), why_line(why, line, sizeof line));
}

static inline struct inventory *ini_of(const char *text)
{
    struct inventory *inv = NULL;
    struct why why = {0};

    assert_ok(inventory_read_ini("hosts.ini", text, strlen(text), &inv, &why), &why);
    assert_non_null(inv);
    return inv;
}

static inline struct inventory *path_of(const char *path)
{
    struct inventory *inv = NULL;
    struct why why = {0};

    assert_ok(inventory_load(path, &inv, &why), &why);
    assert_non_null(inv);
    return inv;
}

static inline struct inventory *file_of(const char *name)
{
    struct inventory *inv;
    struct text path = {0};

    text_printf(&path, "tests/vectors/inventory/%s", name);
    inv = path_of(text_str(&path));
    text_fini(&path);
    return inv;
}

static inline struct inventory *data_of(const char *text)
{
    struct inventory *inv = NULL;
    struct why why = {0};

    assert_ok(inventory_read_data("hosts.yml", text, strlen(text), &inv, &why), &why);
    assert_non_null(inv);
    return inv;
}

static inline const struct host *host_of(const struct inventory *inv, const char *name)
{
    for (size_t i = 0; i < inv->n_hosts; i++)
        if (strcmp(inv->hosts[i].name, name) == 0)
            return &inv->hosts[i];
    fail_msg("there is no host %s", name);
    return NULL;
}

/* "a b c": the names in order. */
static inline void assert_hosts(const struct inventory *inv, const char *names)
{
    struct text t = {0};

    for (size_t i = 0; i < inv->n_hosts; i++)
        text_printf(&t, "%s%s", i == 0 ? "" : " ", inv->hosts[i].name);
    assert_string_equal(text_str(&t), names);
    text_fini(&t);
}

static inline void assert_groups(const struct host *h, const char *names)
{
    struct text t = {0};

    for (size_t i = 0; i < h->n_groups; i++)
        text_printf(&t, "%s%s", i == 0 ? "" : " ", h->groups[i]);
    assert_string_equal(text_str(&t), names);
    text_fini(&t);
}

static inline void assert_var(const struct inventory *inv, const char *host, const char *name,
                              const char *value)
{
    const char *is = host_var_get(host_of(inv, host), name);

    if (value == NULL && is != NULL)
        fail_msg("%s of %s is there", name, host);
    if (value != NULL && is == NULL)
        fail_msg("%s of %s is not there", name, host);
    if (value != NULL)
        assert_string_equal(is, value);
}

/* Runs a script beside this file with input: its exit code, and what it said on both streams. */
static inline int script_run(const char *script, const char *mode, const char *file,
                             const struct text *input, char *said, size_t said_size)
{
    const char *const argv[] = {"/usr/bin/python3", script, mode, file, NULL};
    extern char **environ;
    posix_spawn_file_actions_t actions;
    char in[] = "/tmp/swell-inventory-XXXXXX";
    int in_fd = mkstemp(in), out[2], status = -1;
    char rest[512];
    size_t used = 0;
    ssize_t n;
    pid_t child;

    assert_true(in_fd >= 0);
    assert_int_equal(write(in_fd, text_str(input), input->used), input->used);
    assert_int_equal(lseek(in_fd, 0, SEEK_SET), 0);
    assert_int_equal(unlink(in), 0);
    assert_int_equal(pipe(out), 0);
    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    assert_int_equal(posix_spawn_file_actions_adddup2(&actions, in_fd, 0), 0);
    assert_int_equal(posix_spawn_file_actions_adddup2(&actions, out[1], 1), 0);
    assert_int_equal(posix_spawn_file_actions_adddup2(&actions, out[1], 2), 0);
    assert_int_equal(posix_spawn_file_actions_addclose(&actions, out[0]), 0);
    assert_int_equal(
        posix_spawn(&child, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv, environ), 0);
    close(out[1]);
    while ((n = read(out[0], said + used, said_size - 1 - used)) > 0)
        used += (size_t)n;
    said[used] = '\0';
    if (n == 0 && used == said_size - 1) /* it has more to say, and must not wait for a reader */
        while (read(out[0], rest, sizeof rest) > 0)
            continue;
    close(out[0]);
    close(in_fd);
    assert_int_equal(waitpid(child, &status, 0), child);
    (void)posix_spawn_file_actions_destroy(&actions);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static inline void put_hex(struct text *t, const char *s)
{
    text_hex(t, s, strlen(s));
}

/* The inventory as the lines that ansible_compare.py reads. */
static inline void put_inventory(struct text *t, const char *path, const struct inventory *inv)
{
    text_put(t, "F ");
    put_hex(t, path);
    text_char(t, '\n');
    for (size_t i = 0; i < inv->n_hosts; i++) {
        const struct host *h = &inv->hosts[i];

        text_put(t, "H ");
        put_hex(t, h->name);
        text_printf(t, " %zu", h->place);
        for (size_t k = 0; k < h->n_groups; k++) {
            text_put(t, "\nG ");
            put_hex(t, h->groups[k]);
            text_printf(t, " %zu", h->places[k]);
        }
        for (size_t k = 0; k < h->n_vars; k++) {
            text_put(t, "\nV ");
            put_hex(t, h->vars[k].name);
            text_char(t, ' ');
            put_hex(t, h->vars[k].value);
            text_put(t, h->vars[k].typed ? " 1" : " 0");
        }
        text_char(t, '\n');
    }
}

static inline int ansible_compare(const char *mode, const struct text *input, char *said,
                                  size_t said_size)
{
    return script_run("tests/unit/inventory/ansible_compare.py", mode, NULL, input, said,
                      said_size);
}

static inline void ansible_agrees(const char *mode, const struct text *input)
{
    char said[8000];

    if (ansible_compare(mode, input, said, sizeof said) == 0)
        return;
    (void)fputs(said, stderr); /* a message of cmocka's is short */
    fail_msg("Ansible does not agree");
}

#endif
