/* transport/rpc/win32.h: Win32 error numbers as the registry and shutdown services give them.
 * Source: MS-ERREF 2.2.
 * Errors: a number that is not in the table is E_REFUSED. */
#ifndef SWELL_TRANSPORT_RPC_WIN32_H
#define SWELL_TRANSPORT_RPC_WIN32_H

#include "base/err.h"

#define WIN32_OK 0u
#define WIN32_FILE_NOT_FOUND 2u
#define WIN32_PATH_NOT_FOUND 3u
#define WIN32_ACCESS_DENIED 5u
#define WIN32_INSUFFICIENT_BUFFER 122u
#define WIN32_MORE_DATA 234u
#define WIN32_NO_MORE_ITEMS 259u
#define WIN32_KEY_DELETED 1018u
#define WIN32_SERVICE_ALREADY_RUNNING 1056u
#define WIN32_SERVICE_DISABLED 1058u
#define WIN32_SERVICE_CANNOT_ACCEPT 1061u
#define WIN32_SERVICE_NOT_ACTIVE 1062u
#define WIN32_NO_SHUTDOWN 1116u
#define WIN32_SHUTDOWN_SCHEDULED 1190u

const char *win32_name(uint32_t code); /* "ERROR_…", "" for one that is not in the table */
/* Fills *why; returns what it means. OK for WIN32_OK. */
enum err win32_fail(struct why *why, uint32_t code);

#endif
