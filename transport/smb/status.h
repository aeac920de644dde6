/* transport/smb/status.h: what a host says with an NTSTATUS: its name, what it means for Swell,
 * plain words. Those of a logon are in transport/auth_reasons.h.
 * Source: MS-ERREF 2.3.1.
 * Errors: a status that is not in the table is E_REFUSED. */
#ifndef SWELL_TRANSPORT_SMB_STATUS_H
#define SWELL_TRANSPORT_SMB_STATUS_H

#include "base/err.h"

#define STATUS_SUCCESS 0x00000000u
#define STATUS_PENDING 0x00000103u
#define STATUS_BUFFER_OVERFLOW 0x80000005u /* a good answer, more of it is in the pipe */
#define STATUS_MORE_PROCESSING_REQUIRED 0xC0000016u
#define STATUS_INVALID_DEVICE_REQUEST 0xC0000010u
#define STATUS_ACCESS_DENIED 0xC0000022u
#define STATUS_OBJECT_NAME_NOT_FOUND 0xC0000034u
#define STATUS_PIPE_NOT_AVAILABLE 0xC00000ACu
#define STATUS_NOT_SUPPORTED 0xC00000BBu
#define STATUS_NETWORK_NAME_DELETED 0xC00000C9u
#define STATUS_FILE_CLOSED 0xC0000128u
#define STATUS_USER_SESSION_DELETED 0xC0000203u
#define STATUS_NETWORK_SESSION_EXPIRED 0xC000035Cu

const char *smb_status_name(uint32_t status); /* "STATUS_…", "" for one that is not in the table */
/* Fills *why with the words, the number and its name; returns what it means. Not for
 * STATUS_SUCCESS. */
enum err smb_status_fail(struct why *why, uint32_t status);
/* The same for the answers to a logon and to a tree connect. "Access denied" is there also what a
 * host says that demands encryption where the dialect has none (MS-SMB2 3.3.5.5, 3.3.5.7).
 */
enum err smb_status_fail_entry(struct why *why, uint32_t status);

#endif
