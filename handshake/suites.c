#include "handshake/suites.h"
#include "handshake/suite_names.h"

#include "base/err.h"

#include <string.h>

struct suite {
    uint16_t id;
    enum suite_list list;
    enum tls_version first, last;
};

static const struct suite suites[] = {
    {0x1302, SUITES_COMMON, TLS_1_3, TLS_1_3},
    {0x1301, SUITES_COMMON, TLS_1_3, TLS_1_3},
    {0x1303, SUITES_COMMON, TLS_1_3, TLS_1_3},
    {0x1304, SUITES_COMMON, TLS_1_3, TLS_1_3},
    {0x1305, SUITES_COMMON, TLS_1_3, TLS_1_3},
    {0xc02c, SUITES_COMMON, TLS_1_2, TLS_1_2},
    {0xc02b, SUITES_COMMON, TLS_1_2, TLS_1_2},
    {0xc030, SUITES_COMMON, TLS_1_2, TLS_1_2},
    {0xc02f, SUITES_COMMON, TLS_1_2, TLS_1_2},
    {0xcca9, SUITES_COMMON, TLS_1_2, TLS_1_2},
    {0xcca8, SUITES_COMMON, TLS_1_2, TLS_1_2},
    {0x009f, SUITES_COMMON, TLS_1_2, TLS_1_2},
    {0x009e, SUITES_COMMON, TLS_1_2, TLS_1_2},
    {0xc024, SUITES_COMMON, TLS_1_2, TLS_1_2},
    {0xc023, SUITES_COMMON, TLS_1_2, TLS_1_2},
    {0xc028, SUITES_COMMON, TLS_1_2, TLS_1_2},
    {0xc027, SUITES_COMMON, TLS_1_2, TLS_1_2},
    {0xc00a, SUITES_COMMON, TLS_1_0, TLS_1_2},
    {0xc009, SUITES_COMMON, TLS_1_0, TLS_1_2},
    {0xc014, SUITES_COMMON, TLS_1_0, TLS_1_2},
    {0xc013, SUITES_COMMON, TLS_1_0, TLS_1_2},
    {0x009d, SUITES_COMMON, TLS_1_2, TLS_1_2},
    {0x009c, SUITES_COMMON, TLS_1_2, TLS_1_2},
    {0x003d, SUITES_COMMON, TLS_1_2, TLS_1_2},
    {0x003c, SUITES_COMMON, TLS_1_2, TLS_1_2},
    {0x0035, SUITES_COMMON, TLS_1_0, TLS_1_2},
    {0x002f, SUITES_COMMON, TLS_1_0, TLS_1_2},
    {0x006b, SUITES_COMMON, TLS_1_2, TLS_1_2},
    {0x0067, SUITES_COMMON, TLS_1_2, TLS_1_2},
    {0x0039, SUITES_COMMON, TLS_1_0, TLS_1_2},
    {0x0033, SUITES_COMMON, TLS_1_0, TLS_1_2},
    {0x006a, SUITES_COMMON, TLS_1_2, TLS_1_2},
    {0x0040, SUITES_COMMON, TLS_1_2, TLS_1_2},
    {0x0038, SUITES_COMMON, TLS_1_0, TLS_1_2},
    {0x0032, SUITES_COMMON, TLS_1_0, TLS_1_2},
    {0x000a, SUITES_COMMON, TLS_1_0, TLS_1_2},
    {0xc012, SUITES_COMMON, TLS_1_0, TLS_1_2},
    {0x0016, SUITES_COMMON, TLS_1_0, TLS_1_2},
    {0x0013, SUITES_COMMON, TLS_1_0, TLS_1_2},
    {0x0005, SUITES_COMMON, TLS_1_0, TLS_1_2},
    {0x0004, SUITES_COMMON, TLS_1_0, TLS_1_2},
    {0x0009, SUITES_COMMON, TLS_1_0, TLS_1_1},
    {0x0012, SUITES_COMMON, TLS_1_0, TLS_1_1},
    {0x0064, SUITES_COMMON, TLS_1_0, TLS_1_0},
    {0x0062, SUITES_COMMON, TLS_1_0, TLS_1_0},
    {0x0063, SUITES_COMMON, TLS_1_0, TLS_1_0},
    {0x0003, SUITES_COMMON, TLS_1_0, TLS_1_0},
    {0x003b, SUITES_COMMON, TLS_1_2, TLS_1_2},
    {0x0002, SUITES_COMMON, TLS_1_0, TLS_1_2},
    {0x0001, SUITES_COMMON, TLS_1_0, TLS_1_2},
    {0xc0ad, SUITES_RARE, TLS_1_2, TLS_1_2},
    {0xc0ac, SUITES_RARE, TLS_1_2, TLS_1_2},
    {0xc09f, SUITES_RARE, TLS_1_2, TLS_1_2},
    {0xc09e, SUITES_RARE, TLS_1_2, TLS_1_2},
    {0xc09d, SUITES_RARE, TLS_1_2, TLS_1_2},
    {0xc09c, SUITES_RARE, TLS_1_2, TLS_1_2},
    {0xccaa, SUITES_RARE, TLS_1_2, TLS_1_2},
    {0x00a3, SUITES_RARE, TLS_1_2, TLS_1_2},
    {0x00a2, SUITES_RARE, TLS_1_2, TLS_1_2},
    {0xc02e, SUITES_RARE, TLS_1_2, TLS_1_2},
    {0xc02d, SUITES_RARE, TLS_1_2, TLS_1_2},
    {0xc032, SUITES_RARE, TLS_1_2, TLS_1_2},
    {0xc031, SUITES_RARE, TLS_1_2, TLS_1_2},
    {0xc05d, SUITES_RARE, TLS_1_2, TLS_1_2},
    {0xc061, SUITES_RARE, TLS_1_2, TLS_1_2},
    {0xc087, SUITES_RARE, TLS_1_2, TLS_1_2},
    {0xc08b, SUITES_RARE, TLS_1_2, TLS_1_2},
    {0xc077, SUITES_RARE, TLS_1_2, TLS_1_2},
    {0xc076, SUITES_RARE, TLS_1_2, TLS_1_2},
    {0x00c0, SUITES_RARE, TLS_1_2, TLS_1_2},
    {0x00ba, SUITES_RARE, TLS_1_2, TLS_1_2},
    {0xc005, SUITES_RARE, TLS_1_0, TLS_1_2},
    {0xc004, SUITES_RARE, TLS_1_0, TLS_1_2},
    {0xc00f, SUITES_RARE, TLS_1_0, TLS_1_2},
    {0xc00e, SUITES_RARE, TLS_1_0, TLS_1_2},
    {0x0084, SUITES_RARE, TLS_1_0, TLS_1_2},
    {0x0041, SUITES_RARE, TLS_1_0, TLS_1_2},
    {0x0088, SUITES_RARE, TLS_1_0, TLS_1_2},
    {0x0045, SUITES_RARE, TLS_1_0, TLS_1_2},
    {0x0096, SUITES_RARE, TLS_1_0, TLS_1_2},
    {0x009a, SUITES_RARE, TLS_1_0, TLS_1_2},
    {0x0007, SUITES_RARE, TLS_1_0, TLS_1_1},
    {0xc008, SUITES_RARE, TLS_1_0, TLS_1_2},
    {0xc003, SUITES_RARE, TLS_1_0, TLS_1_2},
    {0xc00d, SUITES_RARE, TLS_1_0, TLS_1_2},
    {0xc007, SUITES_RARE, TLS_1_0, TLS_1_2},
    {0xc011, SUITES_RARE, TLS_1_0, TLS_1_2},
    {0x0066, SUITES_RARE, TLS_1_0, TLS_1_2},
    {0xc006, SUITES_RARE, TLS_1_0, TLS_1_2},
    {0xc010, SUITES_RARE, TLS_1_0, TLS_1_2},
    {0x0015, SUITES_RARE, TLS_1_0, TLS_1_1},
    {0x0065, SUITES_RARE, TLS_1_0, TLS_1_0},
    {0x0006, SUITES_RARE, TLS_1_0, TLS_1_0},
    {0x0008, SUITES_RARE, TLS_1_0, TLS_1_0},
    {0x0014, SUITES_RARE, TLS_1_0, TLS_1_0},
    {0x0011, SUITES_RARE, TLS_1_0, TLS_1_0},
    {0x00a7, SUITES_RARE, TLS_1_2, TLS_1_2},
    {0x00a6, SUITES_RARE, TLS_1_2, TLS_1_2},
    {0xc019, SUITES_RARE, TLS_1_0, TLS_1_2},
    {0xc018, SUITES_RARE, TLS_1_0, TLS_1_2},
    {0x003a, SUITES_RARE, TLS_1_0, TLS_1_2},
    {0x0034, SUITES_RARE, TLS_1_0, TLS_1_2},
    {0x001b, SUITES_RARE, TLS_1_0, TLS_1_2},
    {0x0018, SUITES_RARE, TLS_1_0, TLS_1_2},
    {0x00a9, SUITES_RARE, TLS_1_2, TLS_1_2},
    {0x00a8, SUITES_RARE, TLS_1_2, TLS_1_2},
    {0x00af, SUITES_RARE, TLS_1_2, TLS_1_2},
    {0x00ae, SUITES_RARE, TLS_1_2, TLS_1_2},
    {0x008d, SUITES_RARE, TLS_1_0, TLS_1_2},
    {0x008c, SUITES_RARE, TLS_1_0, TLS_1_2},
    {0xc036, SUITES_RARE, TLS_1_0, TLS_1_2},
    {0xc035, SUITES_RARE, TLS_1_0, TLS_1_2},
    {0x0091, SUITES_RARE, TLS_1_0, TLS_1_2},
    {0x0090, SUITES_RARE, TLS_1_0, TLS_1_2},
};

/* SSL 2.0, C.4 of its draft, and the one that SSLeay added. */
static const struct {
    uint32_t kind;
    const char *name, *openssl;
} kinds[] = {
    {0x0700c0, "SSL_CK_DES_192_EDE3_CBC_WITH_MD5", "DES-CBC3-MD5"},
    {0x050080, "SSL_CK_IDEA_128_CBC_WITH_MD5", "IDEA-CBC-MD5"},
    {0x030080, "SSL_CK_RC2_128_CBC_WITH_MD5", "RC2-CBC-MD5"},
    {0x010080, "SSL_CK_RC4_128_WITH_MD5", "RC4-MD5"},
    {0x080080, "SSL_CK_RC4_64_WITH_MD5", "RC4-64-MD5"},
    {0x060040, "SSL_CK_DES_64_CBC_WITH_MD5", "DES-CBC-MD5"},
    {0x040080, "SSL_CK_RC2_128_CBC_EXPORT40_WITH_MD5", "EXP-RC2-CBC-MD5"},
    {0x020080, "SSL_CK_RC4_128_EXPORT40_WITH_MD5", "EXP-RC4-MD5"},
};

/* SSL 3.0 knows what TLS 1.0 knows. */
static bool suite_fits(const struct suite *s, enum suite_list list, enum tls_version version)
{
    enum tls_version v = version == SSL_3_0 ? TLS_1_0 : version;
    return s->list == list && s->first <= v && v <= s->last;
}

size_t suites_of(enum suite_list list, enum tls_version version, uint16_t out[SUITES_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < COUNT(suites) && n < SUITES_MAX; i++)
        if (suite_fits(&suites[i], list, version))
            out[n++] = suites[i].id;
    return n;
}

static bool is_13(uint16_t id)
{
    return id >> 8 == 0x13 || (id >= 0xc0b4 && id <= 0xc0b5) || (id >= 0x00c6 && id <= 0x00c7) ||
           (id >= 0xc103 && id <= 0xc106);
}

size_t suites_all(enum tls_version version, uint16_t out[SUITES_ALL_MAX])
{
    size_t n = 0;
    for (size_t i = 0; i < suite_names_count && n < SUITES_ALL_MAX && version != SSL_2_0; i++)
        if (suite_names[i].id != 0 && is_13(suite_names[i].id) == (version == TLS_1_3))
            out[n++] = suite_names[i].id;
    return n;
}

static const struct suite_names *names_of(uint32_t id)
{
    for (size_t i = 0; i < suite_names_count; i++)
        if (suite_names[i].id == id)
            return &suite_names[i];
    return NULL;
}

/* What came with TLS 1.2 and is hardly ever spoken before it. */
static bool is_new(const struct suite_names *names)
{
    static const char *const words[] = {"GCM", "CCM", "CHACHA", "SHA256", "SHA384", "ARIA"};
    for (size_t i = 0; i < COUNT(words); i++)
        if (strstr(names->iana, words[i]))
            return true;
    return false;
}

unsigned suite_weight(uint16_t id, enum tls_version version)
{
    const struct suite_names *names = names_of(id);
    if (!names || (version < TLS_1_2 && is_new(names)))
        return 1;
    for (size_t i = 0; i < COUNT(suites); i++)
        if (suites[i].id == id)
            return suites[i].list == SUITES_COMMON ? 32 : 16;
    return names->openssl ? 8 : 1;
}

size_t suites_sslv2(uint32_t out[SUITES_MAX])
{
    for (size_t i = 0; i < COUNT(kinds); i++)
        out[i] = kinds[i].kind;
    return COUNT(kinds);
}

const char *suite_name(uint32_t id)
{
    const struct suite_names *names = id <= UINT16_MAX ? names_of(id) : NULL;
    for (size_t i = 0; i < COUNT(kinds) && id > UINT16_MAX; i++)
        if (kinds[i].kind == id)
            return kinds[i].name;
    return names ? names->iana : NULL;
}

const char *suite_openssl_name(uint32_t id)
{
    const struct suite_names *names = id <= UINT16_MAX ? names_of(id) : NULL;
    for (size_t i = 0; i < COUNT(kinds) && id > UINT16_MAX; i++)
        if (kinds[i].kind == id)
            return kinds[i].openssl;
    return names ? names->openssl : NULL;
}

enum suite_exchange suite_exchange(uint16_t id)
{
    const struct suite_names *names = names_of(id);
    if (!names)
        return EXCHANGE_OTHER;
    if (is_13(id))
        return EXCHANGE_13;
    if (strncmp(names->iana, "ECDHE_", 6) == 0 || strncmp(names->iana, "ECDH_anon", 9) == 0)
        return EXCHANGE_ECDHE;
    if (strncmp(names->iana, "DHE_", 4) == 0 || strncmp(names->iana, "DH_anon", 7) == 0 ||
        strncmp(names->iana, "PSK_DHE", 7) == 0)
        return EXCHANGE_DHE;
    return EXCHANGE_OTHER;
}

bool suite_is_export(uint16_t id)
{
    const struct suite_names *names = names_of(id);
    return names && strstr(names->iana, "EXPORT") != NULL;
}
