/* transport/winrm/fault.h: a SOAP fault as an error. Private to transport/winrm.
 * Source: SOAP 1.2 part 1, 5.4; DSP0226, 14; MS-WSMV 2.2.4.43; MS-WMI 2.2.11 (WBEM_E_…).
 * Errors: those of envelope.h; never OK. */
#ifndef SWELL_TRANSPORT_WINRM_FAULT_H
#define SWELL_TRANSPORT_WINRM_FAULT_H

#include "transport/winrm/xml.h"

MUST_CHECK enum err fault_read(const struct xml *fault, struct why *why);

#endif
