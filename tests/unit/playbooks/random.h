/* tests/unit/playbooks/random.h: numbers of a fixed seed (splitmix64), the same everywhere. */
#ifndef SWELL_TESTS_UNIT_PLAYBOOKS_RANDOM_H
#define SWELL_TESTS_UNIT_PLAYBOOKS_RANDOM_H

#include <stddef.h>
#include <stdint.h>

struct rng {
    uint64_t state;
};

static inline size_t rng_below(struct rng *r, size_t n)
{
    uint64_t z = (r->state += 0x9e3779b97f4a7c15u);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (size_t)((z ^ z >> 31) % n);
}

#endif
