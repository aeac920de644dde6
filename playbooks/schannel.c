#include "playbooks/schannel.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCHANNEL "SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL"
#define KEY_SIZE 160

/* The list of the group policy takes the place of the local one. */
static const char policy_list[] =
    "SOFTWARE\\Policies\\Microsoft\\Cryptography\\Configuration\\SSL\\00010002";
static const char local_list[] =
    "SYSTEM\\CurrentControlSet\\Control\\Cryptography\\Configuration\\Local\\SSL\\00010002";

static const char *const algorithm_keys[] = {
    [ALGORITHM_NULL] = "Ciphers\\NULL",
    [ALGORITHM_DES_56] = "Ciphers\\DES 56/56",
    [ALGORITHM_RC2_40] = "Ciphers\\RC2 40/128",
    [ALGORITHM_RC2_56] = "Ciphers\\RC2 56/128",
    [ALGORITHM_RC2_128] = "Ciphers\\RC2 128/128",
    [ALGORITHM_RC4_40] = "Ciphers\\RC4 40/128",
    [ALGORITHM_RC4_56] = "Ciphers\\RC4 56/128",
    [ALGORITHM_RC4_64] = "Ciphers\\RC4 64/128",
    [ALGORITHM_RC4_128] = "Ciphers\\RC4 128/128",
    [ALGORITHM_3DES] = "Ciphers\\Triple DES 168",
    [ALGORITHM_AES_128] = "Ciphers\\AES 128/128",
    [ALGORITHM_AES_256] = "Ciphers\\AES 256/256",
    [ALGORITHM_MD5] = "Hashes\\MD5",
    [ALGORITHM_SHA] = "Hashes\\SHA",
    [ALGORITHM_SHA256] = "Hashes\\SHA256",
    [ALGORITHM_SHA384] = "Hashes\\SHA384",
    [ALGORITHM_SHA512] = "Hashes\\SHA512",
    [ALGORITHM_DIFFIE_HELLMAN] = "KeyExchangeAlgorithms\\Diffie-Hellman",
    [ALGORITHM_PKCS] = "KeyExchangeAlgorithms\\PKCS",
    [ALGORITHM_ECDH] = "KeyExchangeAlgorithms\\ECDH",
};

const char *schannel_algorithm_key(enum schannel_algorithm a)
{
    return algorithm_keys[a];
}

static enum schannel_say say_of(const struct setting *s)
{
    uint64_t n;
    if (s->kind != SETTING_VALUE || !value_as_u64(&s->value, &n))
        return SAYS_NOTHING;
    return n != 0 ? SAYS_YES : SAYS_NO;
}

static void pair_take(const struct setting *s, struct schannel_wish *w)
{
    static const char *const sides[] = {[SCHANNEL_CLIENT] = "Client", [SCHANNEL_SERVER] = "Server"};
    for (size_t v = 0; v < TLS_VERSIONS; v++)
        for (size_t side = 0; side < SCHANNEL_SIDES; side++) {
            struct schannel_pair *pair = &w->protocols[v][side];
            char key[KEY_SIZE];
            (void)snprintf(key, sizeof key, SCHANNEL "\\Protocols\\%s\\%s",
                           tls_version_words((enum tls_version)v), sides[side]);
            if (!reg_name_equal(s->path.key, key))
                continue;
            if (reg_name_equal(s->name, "Enabled"))
                pair->enabled = say_of(s);
            else if (reg_name_equal(s->name, "DisabledByDefault"))
                pair->disabled_by_default = say_of(s);
            else
                return;
            w->n++;
        }
}

static void algorithm_take(const struct setting *s, struct schannel_wish *w)
{
    if (!reg_name_equal(s->name, "Enabled"))
        return;
    for (size_t a = 0; a < ALGORITHMS; a++) {
        char key[KEY_SIZE];
        (void)snprintf(key, sizeof key, SCHANNEL "\\%s", algorithm_keys[a]);
        if (reg_name_equal(s->path.key, key)) {
            w->algorithms[a] = say_of(s);
            w->n++;
        }
    }
}

/* The texts of a multi_sz as one, parted by commas. */
static void put_items(const struct reg_value *v, struct text *t)
{
    struct rd r = rd_of(v->bytes, v->size);
    bool begun = false;
    while (r.left >= 2) {
        uint16_t unit = rd_le16(&r);
        if (unit == 0) {
            begun = false;
            continue;
        }
        if (!begun && t->used > 0)
            text_char(t, ',');
        begun = true;
        text_char(t, unit < 0x80 ? (char)unit : '?'); /* names of suites are ASCII */
    }
}

static enum err list_take(const struct setting *s, struct schannel_wish *w)
{
    struct text t = {0};
    bool policy = reg_name_equal(s->path.key, policy_list);
    if ((!policy && !reg_name_equal(s->path.key, local_list)) ||
        !reg_name_equal(s->name, "Functions") || s->kind != SETTING_VALUE)
        return OK;
    w->n++;
    if (w->suites != NULL && !policy)
        return OK;
    if (s->value.type == REG_SZ || s->value.type == REG_MULTI_SZ)
        put_items(&s->value, &t);
    free(w->suites);
    w->suites = NULL;
    return text_take(&t, &w->suites);
}

enum err schannel_wish_read(const struct playbook *p, struct schannel_wish *out, struct why *why)
{
    struct schannel_wish w = {0};
    enum err e = OK;
    for (size_t i = 0; e == OK && i < p->n_settings; i++) {
        const struct setting *s = &p->settings[i];
        if (s->path.hive != HIVE_LOCAL_MACHINE || s->name == NULL)
            continue;
        pair_take(s, &w);
        algorithm_take(s, &w);
        e = list_take(s, &w);
    }
    if (e != OK) {
        schannel_wish_fini(&w);
        return why_set(why, e, "no memory for what the playbook says of Schannel");
    }
    *out = w;
    return OK;
}

void schannel_wish_fini(struct schannel_wish *w)
{
    free(w->suites);
    *w = (struct schannel_wish){0};
}
