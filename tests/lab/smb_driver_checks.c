#include "tests/lab/smb_driver.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int64_t deadline(void)
{
    return clock_mono_ms() + DEADLINE_MS;
}

bool told(enum err e, const struct why *why)
{
    char line[1024];

    if (e != OK)
        printf("%s %s\n", err_name(e), why_line(why, line, sizeof line));
    return e == OK;
}

bool check(bool good, const char *what)
{
    printf("%s %s\n", good ? "ok" : "NOT OK", what);
    return good;
}

struct reg_path path_of(const char *key, char *room, size_t size)
{
    (void)snprintf(room, size, "%s", key);
    return (struct reg_path){.hive = HIVE_LOCAL_MACHINE, .view = VIEW_64, .key = room};
}

static bool apply_one(struct driver *d, struct reg_op op, enum err expected)
{
    struct why why = {0};
    enum err e = transport_smb.apply(d->t, &op, 1, deadline(), &why);

    if (e == OK && op.err == expected && op.done == (expected == OK))
        return true;
    printf("NOT OK apply %s: call %s, item %s (expected %s)\n", op.path->key, err_name(e),
           err_name(op.err), err_name(expected));
    (void)told(e, &why);
    (void)told(op.err, &op.why);
    return false;
}

bool key_make(struct driver *d, const char *key, bool is_volatile)
{
    char room[REG_KEY_MAX];
    struct reg_path path = path_of(key, room, sizeof room);

    return apply_one(
        d, (struct reg_op){.kind = OP_CREATE_KEY, .path = &path, .volatile_key = is_volatile}, OK);
}

static bool key_delete(struct driver *d, const char *key, enum err expected)
{
    char room[REG_KEY_MAX];
    struct reg_path path = path_of(key, room, sizeof room);

    return apply_one(d, (struct reg_op){.kind = OP_DELETE_KEY, .path = &path}, expected);
}

static bool value_set(struct driver *d, const char *key, const char *name,
                      const struct reg_value *value, enum err expected)
{
    char room[REG_KEY_MAX];
    struct reg_path path = path_of(key, room, sizeof room);

    return apply_one(
        d, (struct reg_op){.kind = OP_SET_VALUE, .path = &path, .name = name, .value = value},
        expected);
}

static bool value_delete(struct driver *d, const char *key, const char *name)
{
    char room[REG_KEY_MAX];
    struct reg_path path = path_of(key, room, sizeof room);

    return apply_one(d, (struct reg_op){.kind = OP_DELETE_VALUE, .path = &path, .name = name}, OK);
}

/* The value is there and equal to the byte; expected NULL: the value is absent. */
static bool value_is(struct driver *d, const char *key, const char *name,
                     const struct reg_value *expected)
{
    char room[REG_KEY_MAX];
    struct reg_path path = path_of(key, room, sizeof room);
    struct reg_read item = {.path = &path, .name = name};
    struct reg_value absent = value_absent();
    struct why why = {0};
    bool good = told(transport_smb.read(d->t, &item, 1, deadline(), &why), &why) &&
                told(item.err, &item.why) &&
                value_equal(&item.value, expected == NULL ? &absent : expected);

    if (!good) {
        struct text t = {0};

        value_put_text(&t, &item.value);
        printf("NOT OK read %s value %s: %s\n", key, name, text_str(&t));
        text_fini(&t);
    }
    read_fini(&item, 1);
    return good;
}

static bool set_and_read(struct driver *d, const char *name, uint32_t type, const void *bytes,
                         size_t size)
{
    struct reg_value v = {0};
    bool good = value_raw(type, bytes, size, &v) == OK && value_set(d, ROOT, name, &v, OK) &&
                value_is(d, ROOT, name, &v);

    value_fini(&v);
    return check(good, name);
}

bool types(struct driver *d)
{
    static const uint8_t text[] = {'a', 0, 0xe1, 0, 0x3d, 0xd8, 0x00, 0xde, 0, 0};
    static const uint8_t multi[] = {'a', 0, 0, 0, 'b', 0, 0, 0, 0, 0};
    static const uint8_t number[] = {1, 2, 3, 4, 5, 6, 7, 8};
    bool good = key_make(d, ROOT, false);

    good = set_and_read(d, "none", REG_NONE, number, 5) && good;
    good = set_and_read(d, "none empty", REG_NONE, NULL, 0) && good;
    good = set_and_read(d, "sz", REG_SZ, text, sizeof text) && good;
    good = set_and_read(d, "sz without NUL", REG_SZ, text, sizeof text - 2) && good;
    good = set_and_read(d, "sz of odd size", REG_SZ, text, 3) && good;
    good = set_and_read(d, "sz empty", REG_SZ, NULL, 0) && good;
    good = set_and_read(d, "expand_sz", REG_EXPAND_SZ, text, sizeof text) && good;
    good = set_and_read(d, "binary", REG_BINARY, number, 3) && good;
    good = set_and_read(d, "binary empty", REG_BINARY, NULL, 0) && good;
    good = set_and_read(d, "dword", REG_DWORD, number, 4) && good;
    good = set_and_read(d, "dword of 3 bytes", REG_DWORD, number, 3) && good;
    good = set_and_read(d, "dword_be", REG_DWORD_BE, number, 4) && good;
    good = set_and_read(d, "link", REG_LINK, text, 8) && good;
    good = set_and_read(d, "multi_sz", REG_MULTI_SZ, multi, sizeof multi) && good;
    good = set_and_read(d, "multi_sz empty", REG_MULTI_SZ, NULL, 0) && good;
    good = set_and_read(d, "qword", REG_QWORD, number, 8) && good;
    good = set_and_read(d, "type 42", 42, number, 7) && good;
    good = set_and_read(d, "", REG_SZ, text, sizeof text) && good; /* the default value */
    good = set_and_read(d, "with / and \\ in it", REG_DWORD, number, 4) && good;
    good = set_and_read(d, "\xc5\xbdlu\xc5\xa5ou\xc4\x8dk\xc3\xbd \xf0\x9f\x90\x8e", REG_DWORD,
                        number, 4) &&
           good;
    return good;
}

bool large(struct driver *d)
{
    static const size_t sizes[] = {4095, 4280, 8192, 65535, 65536, 65537, 262144, 1048576};
    uint8_t *bytes = malloc(1048576);
    bool good = bytes != NULL && key_make(d, ROOT, false);

    for (size_t i = 0; good && i < 1048576; i++)
        bytes[i] = (uint8_t)(i * 31 + i / 251);
    for (size_t i = 0; good && i < COUNT(sizes); i++) {
        char name[32];

        (void)snprintf(name, sizeof name, "%zu bytes", sizes[i]);
        good = set_and_read(d, name, REG_BINARY, bytes, sizes[i]);
        good = value_delete(d, ROOT, name) && value_is(d, ROOT, name, NULL) && good;
    }
    free(bytes);
    return good;
}

bool keys(struct driver *d)
{
    struct reg_value one = {0};
    char deep[REG_KEY_MAX] = ROOT;
    bool good = value_dword(1, &one) == OK && key_make(d, ROOT, false);

    good = key_make(d, ROOT "\\RC4 128/128", false) && good;
    good = value_set(d, ROOT "\\RC4 128/128", "Enabled", &one, OK) && good;
    good = value_is(d, ROOT "\\rc4 128/128", "ENABLED", &one) && good;
    good =
        check(key_delete(d, ROOT "\\RC4 128/128", E_REFUSED), "a key with a value stays") && good;
    good = check(key_delete(d, ROOT, E_REFUSED), "a key with a subkey stays") && good;
    good = value_delete(d, ROOT "\\RC4 128/128", "Enabled") && good;
    good = value_delete(d, ROOT "\\RC4 128/128", "Enabled") && good; /* not there: fine */
    good = check(key_delete(d, ROOT "\\RC4 128/128", OK), "an empty key goes") && good;
    good = check(key_delete(d, ROOT "\\RC4 128/128", OK), "a missing key is gone already") && good;
    good =
        check(value_set(d, ROOT "\\missing", "a", &one, E_ABSENT), "no value in a missing key") &&
        good;
    good = check(value_delete(d, ROOT "\\missing", "a"), "no value to delete in a missing key") &&
           good;
    good = key_make(d, ROOT "\\vol", true) && key_delete(d, ROOT "\\vol", OK) && good;
    for (int i = 0; good && i < 20; i++) {
        (void)snprintf(deep + strlen(deep), sizeof deep - strlen(deep), "\\Level %d \xc5\xbe", i);
        good = key_make(d, deep, false);
    }
    good = check(good && value_set(d, deep, "x", &one, OK) && value_is(d, deep, "x", &one),
                 "20 levels");
    good = value_delete(d, deep, "x") && good;
    while (good && strcmp(deep, ROOT) != 0) {
        good = key_delete(d, deep, OK);
        *strrchr(deep, '\\') = '\0';
    }
    value_fini(&one);
    return check(good, "keys");
}

bool many(struct driver *d)
{
    char room[REG_KEY_MAX];
    struct reg_path path = path_of(ROOT "\\many", room, sizeof room);
    struct reg_list l = {0};
    struct why why = {0};
    bool good = key_make(d, ROOT, false) && key_make(d, ROOT "\\many", false) &&
                key_make(d, ROOT "\\many\\sub 1", false) &&
                key_make(d, ROOT "\\many\\sub 2", false);

    for (uint32_t i = 0; good && i < 300; i++) {
        struct reg_value v = {0};
        char name[32];

        (void)snprintf(name, sizeof name, "value %u", (unsigned)i);
        good = value_dword(i, &v) == OK && value_set(d, ROOT "\\many", name, &v, OK);
        value_fini(&v);
    }
    good = good && told(transport_smb.list(d->t, &path, deadline(), &l, &why), &why);
    good = check(good && l.key_exists && l.n_values == 300 && l.n_subkeys == 2,
                 "300 values, 2 subkeys listed");
    for (size_t i = 0; i < l.n_values; i++) {
        uint64_t n = 0;
        char name[32];

        good = value_as_u64(&l.values[i].value, &n) && good;
        (void)snprintf(name, sizeof name, "value %u", (unsigned)n);
        good = strcmp(name, l.values[i].name) == 0 && value_delete(d, ROOT "\\many", name) && good;
    }
    list_fini(&l);
    (void)snprintf(room, sizeof room, "%s", ROOT "\\missing");
    good =
        told(transport_smb.list(d->t, &path, deadline(), &l, &why), &why) && !l.key_exists && good;
    good = key_delete(d, ROOT "\\many\\sub 1", OK) && key_delete(d, ROOT "\\many\\sub 2", OK) &&
           key_delete(d, ROOT "\\many", OK) && good;
    return check(good, "many");
}

/* Everything that the other checks may have left. */
bool clear(struct driver *d)
{
    char room[REG_KEY_MAX];
    struct reg_path path = path_of(ROOT, room, sizeof room);
    struct reg_list l = {0};
    struct why why = {0};
    bool good = told(transport_smb.list(d->t, &path, deadline(), &l, &why), &why);

    for (size_t i = 0; i < l.n_values; i++)
        good = value_delete(d, ROOT, l.values[i].name) && good;
    list_fini(&l);
    return check(good && key_delete(d, ROOT, OK), "all is removed");
}
