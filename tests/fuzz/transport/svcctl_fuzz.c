/* The stubs that the service manager, and the rarer calls of the registry and the server service,
 * are answered with. The first byte chooses the decoder. */
#include "transport/rpc/srvsvc.h"
#include "transport/rpc/svcctl.h"
#include "transport/rpc/win32.h"
#include "transport/rpc/winreg.h"

#include <stdlib.h>

#define MANY 3

static void list_decode(struct rd stub)
{
    struct service_list list = {0};
    struct svcctl_page page;
    uint32_t code = 1;

    if (svcctl_list_get(stub, &list, &page, &code) == OK && list.n > stub.left / 36)
        abort();
    for (size_t i = 0; i < list.n; i++)
        if (list.items[i].name == NULL)
            abort();
    service_list_fini(&list);
}

static void many_decode(struct rd stub)
{
    struct reg_value found[MANY] = {{0}};
    uint32_t needed = 0, code = 1;
    bool good = winreg_query_many_get(stub, found, MANY, &needed, &code) == OK && code == WIN32_OK;

    for (size_t i = 0; i < MANY; i++) {
        if (found[i].size > stub.left || (!good && found[i].bytes != NULL))
            abort();
        value_fini(&found[i]);
    }
}

static void security_decode(struct rd stub)
{
    struct rd bytes = {0};
    uint32_t needed = 0, code = 1;

    if (winreg_get_security_get(stub, &bytes, &needed, &code) == OK && bytes.left > stub.left)
        abort();
}

static void info_decode(struct rd stub)
{
    struct srvsvc_info info = {0};
    uint32_t code = 1;
    bool good = srvsvc_info_get(stub, &info, &code) == OK && code == WIN32_OK;

    if (good != (info.name != NULL))
        abort();
    srvsvc_info_fini(&info);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct svcctl_status status;
    struct svcctl_handle handle;
    uint32_t start, needed, code;
    struct rd stub;

    if (n < 1)
        return 0;
    stub = rd_of(bytes + 1, n - 1);
    switch (bytes[0] % 9) {
    case 0: list_decode(stub); break;
    case 1: many_decode(stub); break;
    case 2: security_decode(stub); break;
    case 3: info_decode(stub); break;
    case 4: (void)!svcctl_status_get(stub, &status, &code); break;
    case 5: (void)!svcctl_status_ex_get(stub, &status, &code); break;
    case 6: (void)!svcctl_config_get(stub, &start, &needed, &code); break;
    case 7: (void)!svcctl_change_get(stub, &code); break;
    default: (void)!svcctl_handle_get(stub, &handle, &code); break;
    }
    return 0;
}
