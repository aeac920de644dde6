#include "handshake/answer_parts.h"

#include "base/crypto.h"

/* The first eight bytes of the SHA-256 of each prime, without leading zeros. Those of programs are
 * what these releases use when nobody configures them; those of weakdh.org were seen on many
 * servers. Schannel uses groups 2 and 14 (RFC 2409, 3526). */
static const struct {
    uint64_t digest;
    const char *name;
} primes[] = {
    {0x3cdb020b9ef298b2, "Apache 2.0, 512 bits"},
    {0xf79d1db3c955a28f, "Apache 2.0, 1024 bits"},
    {0xdb01e702899166da, "Apache 2.2, 512 bits"},
    {0xbf910d9df4e0b2e7, "Apache 2.2, 1024 bits"},
    {0x8ae47dca3d24e9b6, "nginx, 1024 bits"},
    {0x73b391ec8da33ee1, "Java, 512 bits"},
    {0xee5483fe4b96caa1, "Java, 768 bits"},
    {0xcc21a33dd1a3edf4, "Java, 1024 bits"},
    {0xf26e2403f3f07946, "OpenSSL, 512 bits"},
    {0x66d0bf38b0bdfacf, "OpenSSL, 1024 bits"},
    {0x3166ce1918000532, "OpenSSL, 2048 bits"},
    {0x9e348a9471b7d123, "OpenSSL, 2048 bits"},
    {0xce7728db3aed1119, "OpenSSL, 4096 bits"},
    {0x74a5cce5b6a93eb7, "weakdh.org, 1024 bits"},
    {0x196085cb4281d1ff, "weakdh.org, 1024 bits"},
    {0x80571b97f71f8972, "weakdh.org, 1024 bits"},
    {0x5f856a00120eee6d, "weakdh.org, 1024 bits"},
    {0xdeb671287187265a, "weakdh.org, 1024 bits"},
    {0xbc19c041491e550f, "weakdh.org, 1024 bits"},
    {0xac0ff7a415f003c6, "weakdh.org, 1024 bits"},
    {0x2b07d24b932aa7a0, "weakdh.org, 1024 bits"},
    {0x8523c72057043833, "weakdh.org, 1024 bits"},
    {0x52d4faa53003b834, "weakdh.org, 1024 bits"},
    {0xb52ba6a3026520a6, "RFC 2409 group 1"},
    {0x3f35a3f5f6c4376a, "RFC 2409 group 2"},
    {0x64fcc83ec403930b, "RFC 3526 group 5"},
    {0xd66436f79bbd6b2e, "RFC 3526 group 14"},
    {0x48cf8b092fbce435, "RFC 3526 group 15"},
    {0x4ee95187682bcb23, "RFC 3526 group 16"},
    {0xd1bfe6d0925ce7e4, "RFC 3526 group 17"},
    {0x39ab4feab950a312, "RFC 3526 group 18"},
    {0x9cd3b7f336872f46, "RFC 7919 ffdhe2048"},
    {0x0eaf67db3a839156, "RFC 7919 ffdhe3072"},
    {0x4648414224ac881b, "RFC 7919 ffdhe4096"},
    {0x227ac9066b3ddd9e, "RFC 7919 ffdhe6144"},
    {0x770b14efaf6f0499, "RFC 7919 ffdhe8192"},
    {0x44c55cfee5c07592, "RFC 5114 group 22"},
    {0xbfe545862ca102ad, "RFC 5114 group 23"},
    {0x0b7835722cb61982, "RFC 5114 group 24"},
};

const char *dh_prime_name(struct rd p)
{
    uint8_t hash[SHA256_SIZE] = {0};
    struct rd r = rd_of(hash, sizeof hash);
    if (crypto_sha256(p, hash) != OK)
        return NULL;
    uint64_t digest = (uint64_t)rd_be32(&r) << 32;
    digest |= rd_be32(&r);
    for (size_t i = 0; i < COUNT(primes); i++)
        if (primes[i].digest == digest)
            return primes[i].name;
    return NULL;
}
