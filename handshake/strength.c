#include "handshake/strength.h"

#include "base/err.h"
#include "base/text.h"

#include <string.h>

#define SSL_3_0_WIRE 0x0300
#define TLS_1_2_WIRE 0x0303
#define TLS_1_3_WIRE 0x0304

/* The first that occurs in the name counts. */
static const struct {
    const char *part;
    enum strength strength;
    const char *why;
} parts[] = {
    {"SCSV", STRENGTH_SIGNAL, "a signal"},
    {"NULL_WITH_NULL", STRENGTH_BROKEN, "no protection"},
    {"WITH_NULL", STRENGTH_BROKEN, "no encryption"},
    {"_SHA256_SHA256", STRENGTH_BROKEN, "no encryption"}, /* RFC 9150 */
    {"_SHA384_SHA384", STRENGTH_BROKEN, "no encryption"},
    {"_anon_", STRENGTH_BROKEN, "nobody is authenticated"},
    {"EXPORT", STRENGTH_BROKEN, "export key"},
    {"FORTEZZA", STRENGTH_BROKEN, "a cipher nobody may use any more"},
    {"DES40", STRENGTH_BROKEN, "key of 40 bits"},
    {"_40_", STRENGTH_BROKEN, "key of 40 bits"},
    {"_DES_64", STRENGTH_BROKEN, "key of 56 bits"},
    {"_DES_CBC", STRENGTH_BROKEN, "key of 56 bits"},
    {"RC4", STRENGTH_BROKEN, "RC4"},
    {"RC2", STRENGTH_BROKEN, "RC2"},
    {"_MD5", STRENGTH_WEAK, "MD5"},
    {"3DES", STRENGTH_WEAK, "blocks of 64 bits"},
    {"DES_192", STRENGTH_WEAK, "blocks of 64 bits"},
    {"IDEA", STRENGTH_WEAK, "blocks of 64 bits"},
    {"28147", STRENGTH_WEAK, "blocks of 64 bits"},
    {"CCM_8", STRENGTH_OLD, "short checksum"},
};

static struct suite_worth worth(enum strength s, const char *why)
{
    return (struct suite_worth){s, why};
}

/* Keys that are made anew for each connection: all of TLS 1.3, and the ephemeral exchanges. */
static bool is_forward_secret(const char *name)
{
    return strstr(name, "_WITH_") == NULL || str_starts(name, "ECDHE_") ||
           str_starts(name, "DHE_") || str_starts(name, "ECCPWD_");
}

struct suite_worth suite_worth(const char *name)
{
    if (name == NULL)
        return worth(STRENGTH_SIGNAL, "unknown");
    if (str_starts(name, "TLS_"))
        name += strlen("TLS_");
    for (size_t i = 0; i < COUNT(parts); i++)
        if (strstr(name, parts[i].part) != NULL)
            return worth(parts[i].strength, parts[i].why);
    if (!is_forward_secret(name))
        return worth(STRENGTH_OLD, "no forward secrecy");
    if (strstr(name, "_CBC") != NULL)
        return worth(STRENGTH_OLD, "CBC");
    return worth(STRENGTH_STRONG, "");
}

static bool ends_in(const char *s, const char *end)
{
    size_t n = strlen(s), m = strlen(end);
    return n >= m && strcmp(s + n - m, end) == 0;
}

/* TLS 1.3 has suites of its own; those with another hash than SHA-1 and MD5 begin with TLS 1.2. */
bool suite_fits_version(const char *name, uint16_t version)
{
    bool of_13 = strstr(name, "WITH_") == NULL;
    bool of_12 = ends_in(name, "_SHA256") || ends_in(name, "_SHA384") || strstr(name, "_CCM");
    if (version < SSL_3_0_WIRE)
        return false;
    if (of_13 || version == TLS_1_3_WIRE)
        return of_13 && version == TLS_1_3_WIRE;
    return !of_12 || version == TLS_1_2_WIRE;
}

const char *strength_word(enum strength s)
{
    static const char *const words[] = {
        [STRENGTH_SIGNAL] = "signal",
        [STRENGTH_BROKEN] = "broken",
        [STRENGTH_WEAK] = "weak",
        [STRENGTH_OLD] = "old",
        [STRENGTH_STRONG] = "strong",
    };
    return words[s];
}
