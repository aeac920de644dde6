/* handshake/suite_names.h: the table behind suites.h; nobody else includes it. */
#ifndef SWELL_HANDSHAKE_SUITE_NAMES_H
#define SWELL_HANDSHAKE_SUITE_NAMES_H

#include <stddef.h>
#include <stdint.h>

struct suite_names {
    uint16_t id;
    const char *iana;    /* without "TLS_" */
    const char *openssl; /* or NULL */
};

extern const struct suite_names suite_names[];
extern const size_t suite_names_count;

#endif
