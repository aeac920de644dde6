#include "handshake/strength.h"

#include "base/err.h"
#include "base/text.h"

#include <string.h>

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
