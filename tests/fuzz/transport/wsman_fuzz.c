/* Answers of WS-Management through every reader of them. */
#include "transport/winrm/cim.h"
#include "transport/winrm/envelope.h"
#include "transport/winrm/login.h"
#include "transport/winrm/stdregprov.h"

static void readers_try(const struct call *c)
{
    static const uint32_t types[] = {REG_SZ, REG_EXPAND_SZ, REG_BINARY, REG_DWORD,
                                     REG_MULTI_SZ, REG_QWORD, REG_NONE};
    struct why why = {0};
    struct regprov_names names;
    struct cim_os os;

    for (size_t i = 0; i < COUNT(types); i++) {
        struct reg_value v;

        if (regprov_value(c, types[i], &v, &why) == OK && v.type != types[i])
            __builtin_trap();
        value_fini(&v);
    }
    for (int with_types = 0; with_types < 2; with_types++)
        if (regprov_names(c, with_types != 0, &names, &why) == OK)
            regprov_names_fini(&names);
    (void)!cim_os_read(c, &os, &why);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    struct call c = {0};
    struct why why = {0};
    struct text offers = {0};
    struct rd token;
    int64_t ms;

    c.err = envelope_read(rd_of(bytes, n), NULL, &c.answer, &c.out, &why);
    if ((c.err == OK) != (c.answer != NULL && c.out != NULL))
        __builtin_trap();
    readers_try(&c);
    call_fini(&c);
    text_put_n(&offers, (const char *)bytes, n);
    (void)login_offer(text_str(&offers), "Negotiate", &token);
    text_fini(&offers);
    (void)cim_time((const char *)bytes, n, &ms);
    return 0;
}
