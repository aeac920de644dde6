#include "handshake/windows.h"

#include "base/err.h"

#define COLUMNS 7

/* SSL 2.0, SSL 3.0, TLS 1.0, 1.1, 1.2, 1.3, as a server. */
static const struct windows_release releases[] = {
    {6001,
     "Server 2008",
     {WINDOWS_ON, WINDOWS_ON, WINDOWS_ON, WINDOWS_LACKS, WINDOWS_LACKS, WINDOWS_LACKS},
     0},
    {6003, /* KB4019276 */
     "Server 2008 SP2 with KB4019276",
     {WINDOWS_ON, WINDOWS_ON, WINDOWS_ON, WINDOWS_OFF, WINDOWS_OFF, WINDOWS_LACKS},
     0},
    {7600,
     "Server 2008 R2",
     {WINDOWS_ON, WINDOWS_ON, WINDOWS_ON, WINDOWS_OFF, WINDOWS_OFF, WINDOWS_LACKS},
     0},
    {9200,
     "Server 2012",
     {WINDOWS_OFF, WINDOWS_ON, WINDOWS_ON, WINDOWS_ON, WINDOWS_ON, WINDOWS_LACKS},
     1},
    {9600,
     "Server 2012 R2",
     {WINDOWS_OFF, WINDOWS_ON, WINDOWS_ON, WINDOWS_ON, WINDOWS_ON, WINDOWS_LACKS},
     2},
    {14393,
     "Server 2016",
     {WINDOWS_LACKS, WINDOWS_OFF, WINDOWS_ON, WINDOWS_ON, WINDOWS_ON, WINDOWS_LACKS},
     3},
    {17763,
     "Server 2019",
     {WINDOWS_LACKS, WINDOWS_OFF, WINDOWS_ON, WINDOWS_ON, WINDOWS_ON, WINDOWS_LACKS},
     4},
    {20348,
     "Server 2022",
     {WINDOWS_LACKS, WINDOWS_OFF, WINDOWS_ON, WINDOWS_ON, WINDOWS_ON, WINDOWS_ON},
     5},
    {26100,
     "Server 2025",
     {WINDOWS_LACKS, WINDOWS_OFF, WINDOWS_ON, WINDOWS_ON, WINDOWS_ON, WINDOWS_ON},
     6},
};

/* Columns: 2008 and 2008 R2, 2012, 2012 R2, 2016, 2019, 2022, 2025; + on, o off, - lacking. Suites
 * without encryption are on in the documentation, and used only where a program asks for them. */
static const struct {
    uint16_t id;
    char defaults[COLUMNS + 1];
} suites[] = {
    {0x1302, "-----++"}, /* AES_256_GCM_SHA384 */
    {0x1301, "-----++"}, /* AES_128_GCM_SHA256 */
    {0xc02c, "+++++++"}, /* ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 */
    {0xc02b, "+++++++"}, /* ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 */
    {0xc030, "---++++"}, /* ECDHE_RSA_WITH_AES_256_GCM_SHA384 */
    {0xc02f, "---++++"}, /* ECDHE_RSA_WITH_AES_128_GCM_SHA256 */
    {0x009f, "++++++o"}, /* DHE_RSA_WITH_AES_256_GCM_SHA384 */
    {0x009e, "++++++o"}, /* DHE_RSA_WITH_AES_128_GCM_SHA256 */
    {0xc024, "+++++++"}, /* ECDHE_ECDSA_WITH_AES_256_CBC_SHA384 */
    {0xc023, "+++++++"}, /* ECDHE_ECDSA_WITH_AES_128_CBC_SHA256 */
    {0xc028, "+++++++"}, /* ECDHE_RSA_WITH_AES_256_CBC_SHA384 */
    {0xc027, "+++++++"}, /* ECDHE_RSA_WITH_AES_128_CBC_SHA256 */
    {0xc00a, "+++++++"}, /* ECDHE_ECDSA_WITH_AES_256_CBC_SHA */
    {0xc009, "+++++++"}, /* ECDHE_ECDSA_WITH_AES_128_CBC_SHA */
    {0xc014, "+++++++"}, /* ECDHE_RSA_WITH_AES_256_CBC_SHA */
    {0xc013, "+++++++"}, /* ECDHE_RSA_WITH_AES_128_CBC_SHA */
    {0x009d, "+++++++"}, /* RSA_WITH_AES_256_GCM_SHA384 */
    {0x009c, "+++++++"}, /* RSA_WITH_AES_128_GCM_SHA256 */
    {0x003d, "+++++++"}, /* RSA_WITH_AES_256_CBC_SHA256 */
    {0x003c, "+++++++"}, /* RSA_WITH_AES_128_CBC_SHA256 */
    {0x0035, "+++++++"}, /* RSA_WITH_AES_256_CBC_SHA */
    {0x002f, "+++++++"}, /* RSA_WITH_AES_128_CBC_SHA */
    {0x000a, "++++++o"}, /* RSA_WITH_3DES_EDE_CBC_SHA */
    {0x0039, "+-++ooo"}, /* DHE_RSA_WITH_AES_256_CBC_SHA */
    {0x0033, "+-++ooo"}, /* DHE_RSA_WITH_AES_128_CBC_SHA */
    {0x006a, "++++ooo"}, /* DHE_DSS_WITH_AES_256_CBC_SHA256 */
    {0x0040, "++++ooo"}, /* DHE_DSS_WITH_AES_128_CBC_SHA256 */
    {0x0038, "++++ooo"}, /* DHE_DSS_WITH_AES_256_CBC_SHA */
    {0x0032, "++++ooo"}, /* DHE_DSS_WITH_AES_128_CBC_SHA */
    {0x0013, "++++ooo"}, /* DHE_DSS_WITH_3DES_EDE_CBC_SHA */
    {0x0005, "++++ooo"}, /* RSA_WITH_RC4_128_SHA */
    {0x0004, "++++ooo"}, /* RSA_WITH_RC4_128_MD5 */
    {0x003b, "ooooo--"}, /* RSA_WITH_NULL_SHA256 */
    {0x0002, "ooooo--"}, /* RSA_WITH_NULL_SHA */
    {0x0009, "ooooooo"}, /* RSA_WITH_DES_CBC_SHA */
    {0x0064, "ooooooo"}, /* RSA_EXPORT1024_WITH_RC4_56_SHA */
    {0x0062, "ooooooo"}, /* RSA_EXPORT1024_WITH_DES_CBC_SHA */
    {0x0003, "ooooooo"}, /* RSA_EXPORT_WITH_RC4_40_MD5 */
    {0x0001, "ooooo--"}, /* RSA_WITH_NULL_MD5 */
    {0x0012, "ooooooo"}, /* DHE_DSS_WITH_DES_CBC_SHA */
    {0x0063, "ooooooo"}, /* DHE_DSS_EXPORT1024_WITH_DES_CBC_SHA */
    {0x1303, "-----oo"}, /* CHACHA20_POLY1305_SHA256 */
};

size_t windows_release_count(void)
{
    return COUNT(releases);
}

const struct windows_release *windows_release_at(size_t i)
{
    return &releases[i];
}

const struct windows_release *windows_release_of(uint32_t build)
{
    const struct windows_release *found = NULL;
    for (size_t i = 0; i < COUNT(releases) && releases[i].build <= build; i++)
        found = &releases[i];
    return found;
}

size_t windows_suite_count(void)
{
    return COUNT(suites);
}

uint16_t windows_suite_at(size_t i)
{
    return suites[i].id;
}

enum windows_default windows_suite_default(const struct windows_release *r, uint16_t suite)
{
    for (size_t i = 0; i < COUNT(suites); i++)
        if (suites[i].id == suite)
            return suites[i].defaults[r->column] == '+'   ? WINDOWS_ON
                   : suites[i].defaults[r->column] == 'o' ? WINDOWS_OFF
                                                          : WINDOWS_LACKS;
    return WINDOWS_LACKS;
}

bool windows_has_group(const struct windows_release *r, uint16_t group)
{
    enum { SECP256R1 = 23,
           SECP384R1 = 24,
           SECP521R1 = 25,
           X25519 = 29,
           CURVES_IN_ORDER = 14393 };
    switch (group) {
    case SECP256R1:
    case SECP384R1: return true;
    case SECP521R1: return r->build < CURVES_IN_ORDER; /* later: off until put on the list */
    case X25519: return r->build >= CURVES_IN_ORDER;
    default: return false;
    }
}
