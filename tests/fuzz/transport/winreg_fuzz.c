/* The stubs that services answer with. The first byte chooses the decoder. */
#include "transport/rpc/initshutdown.h"
#include "transport/rpc/srvsvc.h"
#include "transport/rpc/win32.h"
#include "transport/rpc/winreg.h"

#include <stdlib.h>
#include <string.h>

static void value_decode(struct rd stub)
{
    struct reg_value value = {0};
    uint32_t needed = 0, code = 1;

    if (winreg_query_value_get(stub, &value, &needed, &code) == OK && code == WIN32_OK &&
        (value.absent || value.size != needed || value.size > stub.left))
        abort();
    value_fini(&value);
}

static void enum_value_decode(struct rd stub)
{
    struct reg_entry entry = {0};
    uint32_t needed = 0, code = 1;
    bool good = winreg_enum_value_get(stub, &entry, &needed, &code) == OK && code == WIN32_OK;

    if (good != (entry.name != NULL) || (good && entry.value.size != needed))
        abort();
    free(entry.name);
    value_fini(&entry.value);
}

static void enum_key_decode(struct rd stub)
{
    char *name = NULL;
    uint32_t code = 1;
    bool good = winreg_enum_key_get(stub, &name, &code) == OK && code == WIN32_OK;

    if (good != (name != NULL) || (good && winreg_name_check(name, stub.left, NULL) != OK))
        abort();
    free(name);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct winreg_key_info info;
    struct winreg_handle handle;
    struct srvsvc_time time;
    uint32_t number, code;
    struct rd stub;

    if (n < 1)
        return 0;
    stub = rd_of(bytes + 1, n - 1);
    switch (bytes[0] % 8) {
    case 0: value_decode(stub); break;
    case 1: enum_value_decode(stub); break;
    case 2: enum_key_decode(stub); break;
    case 3: (void)!winreg_query_info_get(stub, &info, &code); break;
    case 4: (void)!winreg_handle_get(stub, &handle, &code); break;
    case 5: (void)!winreg_create_key_get(stub, &handle, &number, &code); break;
    case 6: (void)!srvsvc_time_get(stub, &time, &code); break;
    default: (void)!initshutdown_get(stub, &code); break;
    }
    return 0;
}
