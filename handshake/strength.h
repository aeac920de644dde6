/* handshake/strength.h: what a cipher suite is worth, read off its IANA name.
 * Source: RFC 9325 4 (which suites to use and not to use), RFC 7465 (RC4), RFC 4346 and NIST SP
 *         800-52 (export, DES), CVE-2016-2183 (blocks of 64 bits). */
#ifndef SWELL_HANDSHAKE_STRENGTH_H
#define SWELL_HANDSHAKE_STRENGTH_H

#include <stdbool.h>
#include <stdint.h>

enum strength {
    STRENGTH_SIGNAL, /* no suite: a number that says something else */
    STRENGTH_BROKEN, /* protects nothing, or can be broken by whoever wants to */
    STRENGTH_WEAK,   /* attacks are known */
    STRENGTH_OLD,    /* no attack that is cheap; better is to be had */
    STRENGTH_STRONG
};

struct suite_worth {
    enum strength strength;
    const char *why; /* "no forward secrecy"; "" for a strong one */
};

/* name is as suite_name() gives it, NULL for an unknown suite. */
struct suite_worth suite_worth(const char *name);
/* Is it defined for this version of the wire (0x0300 … 0x0304)? */
bool suite_fits_version(const char *name, uint16_t version);
const char *strength_word(enum strength s); /* "broken" */

#endif
