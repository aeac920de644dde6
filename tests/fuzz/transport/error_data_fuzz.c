#include "transport/auth_reasons.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    (void)auth_error_data_status(rd_of(bytes, n));
    return 0;
}
