/* OpenSSL has MD4 only in a provider that is off by default, and gss-ntlmssp loses that provider's
 * memory at each hash: 7 KB a logon. It takes the hash instead of the password, so we make it. */
#include "transport/nt_hash.h"

#include "base/utf16.h"

#include <string.h>

#define BLOCK 64

static uint32_t rotate(uint32_t v, unsigned n)
{
    return v << n | v >> (32 - n);
}

/* One round of 16 steps: the order of the words, the shifts, the constant and the function. */
struct round {
    uint8_t words[16];
    uint8_t shifts[4];
    uint32_t constant;
    uint32_t (*f)(uint32_t x, uint32_t y, uint32_t z);
};

static uint32_t choose(uint32_t x, uint32_t y, uint32_t z)
{
    return (x & y) | (~x & z);
}

static uint32_t majority(uint32_t x, uint32_t y, uint32_t z)
{
    return (x & y) | (x & z) | (y & z);
}

static uint32_t parity(uint32_t x, uint32_t y, uint32_t z)
{
    return x ^ y ^ z;
}

static const struct round rounds[] = {
    {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {3, 7, 11, 19}, 0, choose},
    {{0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15}, {3, 5, 9, 13}, 0x5a827999, majority},
    {{0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15}, {3, 9, 11, 15}, 0x6ed9eba1, parity},
};

static void md4_block(uint32_t s[4], struct rd block)
{
    uint32_t x[16], t[4];

    for (size_t i = 0; i < 16; i++)
        x[i] = rd_le32(&block);
    memcpy(t, s, sizeof t);
    for (size_t r = 0; r < COUNT(rounds); r++)
        for (size_t i = 0; i < 16; i++) {
            uint32_t v =
                t[0] + rounds[r].f(t[1], t[2], t[3]) + x[rounds[r].words[i]] + rounds[r].constant;

            v = rotate(v, rounds[r].shifts[i % 4]);
            t[0] = t[3]; /* the four words take turns */
            t[3] = t[2];
            t[2] = t[1];
            t[1] = v;
        }
    for (size_t i = 0; i < 4; i++)
        s[i] += t[i];
    secret_wipe(x, sizeof x);
    secret_wipe(t, sizeof t);
}

void md4(struct rd bytes, uint8_t out[NT_HASH_SIZE])
{
    uint32_t s[4] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};
    uint64_t bits = (uint64_t)bytes.left * 8;
    uint8_t end[2 * BLOCK] = {0};
    size_t n;

    while (bytes.left >= BLOCK)
        md4_block(s, rd_sub(&bytes, BLOCK));
    n = bytes.left;
    (void)rd_copy(&bytes, end, n);
    end[n] = 0x80;
    n = n + 9 <= BLOCK ? BLOCK : 2 * BLOCK;
    for (size_t i = 0; i < 8; i++)
        end[n - 8 + i] = (uint8_t)(bits >> 8 * i);
    for (size_t at = 0; at < n; at += BLOCK)
        md4_block(s, rd_of(end + at, BLOCK));
    for (size_t i = 0; i < NT_HASH_SIZE; i++)
        out[i] = (uint8_t)(s[i / 4] >> 8 * (i % 4));
    secret_wipe(end, sizeof end);
    secret_wipe(s, sizeof s);
}

enum err nt_hash(const struct secret *password, uint8_t out[NT_HASH_SIZE], struct why *why)
{
    struct wr w;
    enum err e;

    memset(out, 0, NT_HASH_SIZE);
    wr_init(&w, 2 * SECRET_MAX);
    wr_zeros(&w, 2 * SECRET_MAX); /* all the room at once: growing would leave copies behind */
    wr_reset(&w);
    e = utf16_put_n(&w, password->bytes, password->used);
    if (e == OK)
        e = wr_end(&w);
    if (e == OK)
        md4(wr_view_of(&w), out);
    else
        e = e == E_MEMORY ? why_set(why, e, "out of memory")
                          : why_set(why, E_CONFIG, "the password is not UTF-8");
    if (w.bytes != NULL)
        secret_wipe(w.bytes, w.room);
    wr_fini(&w);
    return e;
}
