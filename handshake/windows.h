/* handshake/windows.h: what each Windows release offers as a TLS server before anybody changed it.
 * Source: "Protocols in TLS/SSL (Schannel SSP)", "TLS Cipher Suites in Windows 7 … Windows Server
 *         2025" and "TLS elliptic curves in Windows 10 version 1607 and later" of the Windows
 *         documentation; KB3042058 for the lists before Windows 10.
 * Shape:  suites in the order in which Schannel prefers them.
 * Owns:   nothing; everything is static. */
#ifndef SWELL_HANDSHAKE_WINDOWS_H
#define SWELL_HANDSHAKE_WINDOWS_H

#include "playbooks/verify.h"

#include <stdbool.h>
#include <stddef.h>

enum windows_default {
    WINDOWS_LACKS,
    WINDOWS_OFF, /* there, and off until somebody switches it on */
    WINDOWS_ON
};

struct windows_release {
    uint32_t build; /* the first one of this kind */
    const char *name;
    enum windows_default server[TLS_VERSIONS];
    unsigned column; /* private to windows.c */
};

size_t windows_release_count(void);
const struct windows_release *windows_release_at(size_t i); /* old before new */
/* The newest that is not newer than the build; NULL for builds below 6001 (Server 2008). */
const struct windows_release *windows_release_of(uint32_t build);

size_t windows_suite_count(void);
uint16_t windows_suite_at(size_t i);
enum windows_default windows_suite_default(const struct windows_release *r, uint16_t suite);
bool windows_has_group(const struct windows_release *r, uint16_t group);

#endif
